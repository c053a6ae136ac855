/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The public keys in the files of a directory. It is read by a thread of GIO's, whenever the
 * directory changes and whenever it is asked for: nothing depends on how soon a change is told.
 *
 * Everything but the constructor is called by the holder of the main context. */
typedef struct _ZmqgCertificateDirectory ZmqgCertificateDirectory;

/* @removed: keys that no file has any more; from a dispatch of the main context */
typedef void (*ZmqgKeysRemovedFunc) (ZmqgCertificateDirectory *directory,
                                     GPtrArray                 *removed,
                                     gpointer                   user_data);
/* @error: (nullable): why the directory could not be read; what was known is still known */
typedef void (*ZmqgRefreshedFunc)   (const GError              *error,
                                     gpointer                   user_data);

ZmqgCertificateDirectory *zmqg_certificate_directory_new     (GFile                     *folder,
                                                              GError                  **error);
ZmqgCertificateDirectory *zmqg_certificate_directory_ref     (ZmqgCertificateDirectory  *self);
void                      zmqg_certificate_directory_unref   (ZmqgCertificateDirectory  *self);
void                      zmqg_certificate_directory_watch   (ZmqgCertificateDirectory  *self,
                                                              GMainContext             *context,
                                                              ZmqgKeysRemovedFunc       func,
                                                              gpointer                  user_data);
void                      zmqg_certificate_directory_unwatch (ZmqgCertificateDirectory  *self);
/* Reads it, beginning after this call */
void                      zmqg_certificate_directory_refresh (ZmqgCertificateDirectory  *self,
                                                              ZmqgRefreshedFunc         func,
                                                              gpointer                  user_data);
/* @metadata: (out) (transfer none) (nullable): as ZMTP has it */
gboolean                  zmqg_certificate_directory_look_up (ZmqgCertificateDirectory  *self,
                                                              const char               *key,
                                                              GBytes                  **metadata);
/* (element-type utf8) (transfer container) */
GPtrArray                *zmqg_certificate_directory_list    (ZmqgCertificateDirectory  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgCertificateDirectory, zmqg_certificate_directory_unref)

G_END_DECLS
