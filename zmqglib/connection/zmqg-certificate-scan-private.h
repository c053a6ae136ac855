/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/connection/zmqg-key-file-private.h>

G_BEGIN_DECLS

/* What the files of a directory hold, by their names; never changed once it is there, so that
 * several threads may look at it. */
typedef struct
{
  /* Names to what was read of the file, and when */
  GHashTable *files;
  /* Public keys to a GBytes with the metadata as ZMTP has it */
  GHashTable *keys;
} ZmqgCertificateScan;

/* Reads what has changed since @before (nullable). Blocks: for a thread that may */
ZmqgCertificateScan *zmqg_certificate_scan_run   (GFile                      *folder,
                                                  const ZmqgCertificateScan  *before,
                                                  GError                    **error);
ZmqgCertificateScan *zmqg_certificate_scan_ref   (ZmqgCertificateScan        *self);
void                 zmqg_certificate_scan_unref (ZmqgCertificateScan        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgCertificateScan, zmqg_certificate_scan_unref)

/* Metadata as ZMTP has it, but for names that libzmq reads itself */
GBytes              *zmqg_metadata_to_bytes      (ZmqgMetadata               *self);

G_END_DECLS
