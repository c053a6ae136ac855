/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <gio/gio.h>
#include <zmqglib/base/zmqg-version.h>

G_BEGIN_DECLS

#define ZMQG_TYPE_CERTIFICATE (zmqg_certificate_get_type ())

ZMQG_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ZmqgCertificate, zmqg_certificate, ZMQG, CERTIFICATE, GObject)

ZMQG_AVAILABLE_IN_1_0
ZmqgCertificate  *zmqg_certificate_new            (void);

ZMQG_AVAILABLE_IN_1_0
ZmqgCertificate  *zmqg_certificate_new_from_keys  (const char           *public_key,
                                                   const char           *secret_key,
                                                   GError              **error);

ZMQG_AVAILABLE_IN_1_0
ZmqgCertificate  *zmqg_certificate_load           (GFile                *file,
                                                   GCancellable         *cancellable,
                                                   GError              **error);

ZMQG_AVAILABLE_IN_1_0
void              zmqg_certificate_load_async     (GFile                *file,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);

ZMQG_AVAILABLE_IN_1_0
ZmqgCertificate  *zmqg_certificate_load_finish    (GAsyncResult         *result,
                                                   GError              **error);

ZMQG_AVAILABLE_IN_1_0
gboolean          zmqg_certificate_save_public    (ZmqgCertificate      *self,
                                                   GFile                *file,
                                                   GError              **error);

ZMQG_AVAILABLE_IN_1_0
gboolean          zmqg_certificate_save_secret    (ZmqgCertificate      *self,
                                                   GFile                *file,
                                                   GError              **error);

ZMQG_AVAILABLE_IN_1_0
const char       *zmqg_certificate_get_public_key (ZmqgCertificate      *self);

ZMQG_AVAILABLE_IN_1_0
const char       *zmqg_certificate_get_secret_key (ZmqgCertificate      *self);

ZMQG_AVAILABLE_IN_1_0
gboolean          zmqg_certificate_has_secret_key (ZmqgCertificate      *self);

ZMQG_AVAILABLE_IN_1_0
void              zmqg_certificate_set_metadata   (ZmqgCertificate      *self,
                                                   const char           *name,
                                                   const char           *value);

ZMQG_AVAILABLE_IN_1_0
const char       *zmqg_certificate_get_metadata   (ZmqgCertificate      *self,
                                                   const char           *name);

ZMQG_AVAILABLE_IN_1_0
char            **zmqg_certificate_list_metadata  (ZmqgCertificate      *self);

G_END_DECLS
