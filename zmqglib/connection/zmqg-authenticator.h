/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <gio/gio.h>
#include <zmqglib/connection/zmqg-authentication-request.h>
#include <zmqglib/connection/zmqg-certificate.h>
#include <zmqglib/loop/zmqg-context.h>

G_BEGIN_DECLS

#define ZMQG_TYPE_AUTHENTICATOR (zmqg_authenticator_get_type ())

ZMQG_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ZmqgAuthenticator, zmqg_authenticator, ZMQG, AUTHENTICATOR, GObject)

ZMQG_AVAILABLE_IN_1_0
ZmqgAuthenticator *zmqg_authenticator_new                      (ZmqgContext          *context,
                                                                GError              **error);

ZMQG_AVAILABLE_IN_1_0
gboolean           zmqg_authenticator_allow_address            (ZmqgAuthenticator    *self,
                                                                const char           *domain,
                                                                const char           *address,
                                                                GError              **error);

ZMQG_AVAILABLE_IN_1_0
gboolean           zmqg_authenticator_deny_address             (ZmqgAuthenticator    *self,
                                                                const char           *domain,
                                                                const char           *address,
                                                                GError              **error);

ZMQG_AVAILABLE_IN_1_0
gboolean           zmqg_authenticator_remove_address           (ZmqgAuthenticator    *self,
                                                                const char           *domain,
                                                                const char           *address);

ZMQG_AVAILABLE_IN_1_0
void               zmqg_authenticator_add_plain_user           (ZmqgAuthenticator    *self,
                                                                const char           *domain,
                                                                const char           *username,
                                                                const char           *password);

ZMQG_AVAILABLE_IN_1_0
gboolean           zmqg_authenticator_remove_plain_user        (ZmqgAuthenticator    *self,
                                                                const char           *domain,
                                                                const char           *username);

ZMQG_AVAILABLE_IN_1_0
gboolean           zmqg_authenticator_load_plain_users         (ZmqgAuthenticator    *self,
                                                                const char           *domain,
                                                                GFile                *file,
                                                                GCancellable         *cancellable,
                                                                GError              **error);

ZMQG_AVAILABLE_IN_1_0
void               zmqg_authenticator_load_plain_users_async   (ZmqgAuthenticator    *self,
                                                                const char           *domain,
                                                                GFile                *file,
                                                                GCancellable         *cancellable,
                                                                GAsyncReadyCallback   callback,
                                                                gpointer              user_data);

ZMQG_AVAILABLE_IN_1_0
gboolean           zmqg_authenticator_load_plain_users_finish  (ZmqgAuthenticator    *self,
                                                                GAsyncResult         *result,
                                                                GError              **error);

ZMQG_AVAILABLE_IN_1_0
void               zmqg_authenticator_add_certificate          (ZmqgAuthenticator    *self,
                                                                const char           *domain,
                                                                ZmqgCertificate      *certificate);

ZMQG_AVAILABLE_IN_1_0
gboolean           zmqg_authenticator_remove_certificate       (ZmqgAuthenticator    *self,
                                                                const char           *domain,
                                                                const char           *public_key);

ZMQG_AVAILABLE_IN_1_0
gboolean           zmqg_authenticator_set_certificate_directory  (ZmqgAuthenticator    *self,
                                                                const char           *domain,
                                                                GFile                *directory,
                                                                GError              **error);

ZMQG_AVAILABLE_IN_1_0
void               zmqg_authenticator_stop                     (ZmqgAuthenticator    *self);

ZMQG_AVAILABLE_IN_1_0
gboolean           zmqg_authenticator_is_running               (ZmqgAuthenticator    *self);

ZMQG_AVAILABLE_IN_1_0
ZmqgContext       *zmqg_authenticator_get_context              (ZmqgAuthenticator    *self);

ZMQG_AVAILABLE_IN_1_0
GMainContext      *zmqg_authenticator_get_main_context         (ZmqgAuthenticator    *self);

G_END_DECLS
