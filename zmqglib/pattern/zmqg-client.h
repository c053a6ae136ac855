/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <zmqglib/loop/zmqg-context.h>
#include <zmqglib/socket/zmqg-socket.h>

G_BEGIN_DECLS

#define ZMQG_TYPE_CLIENT (zmqg_client_get_type ())

ZMQG_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ZmqgClient, zmqg_client, ZMQG, CLIENT, GObject)

ZMQG_AVAILABLE_IN_1_0
ZmqgClient   *zmqg_client_new             (ZmqgContext          *context,
                                           GError              **error);

ZMQG_AVAILABLE_IN_1_0
gboolean      zmqg_client_connect_to      (ZmqgClient           *self,
                                           const char           *endpoint,
                                           GError              **error);

ZMQG_AVAILABLE_IN_1_0
void          zmqg_client_request_async   (ZmqgClient           *self,
                                           ZmqgMessage          *message,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);

ZMQG_AVAILABLE_IN_1_0
ZmqgMessage  *zmqg_client_request_finish  (ZmqgClient           *self,
                                           GAsyncResult         *result,
                                           GError              **error);

ZMQG_AVAILABLE_IN_1_0
void          zmqg_client_close           (ZmqgClient           *self);

ZMQG_AVAILABLE_IN_1_0
ZmqgSocket   *zmqg_client_get_socket      (ZmqgClient           *self);

G_END_DECLS
