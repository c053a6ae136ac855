/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/connection/zmqg-certificate.h>
#include <zmqglib/connection/zmqg-key-file-private.h>

G_BEGIN_DECLS

struct _ZmqgCertificate
{
  GObject parent_instance;

  /* Empty: none */
  char public_key[ZMQG_KEY_SIZE];
  char secret_key[ZMQG_KEY_SIZE];
  ZmqgMetadata metadata;
  /* Why there is no public key */
  GError *error;
};

/* Whether it has keys at all: an object can be made without a word of failure. */
gboolean         zmqg_certificate_check         (ZmqgCertificate    *self,
                                                 const char         *operation,
                                                 GError            **error);

ZmqgCertificate *zmqg_certificate_new_from_file (ZmqgKeyFile        *key_file);

G_END_DECLS
