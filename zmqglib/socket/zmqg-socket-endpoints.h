/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <zmqglib/socket/zmqg-socket.h>

G_BEGIN_DECLS

ZMQG_AVAILABLE_IN_1_0
gboolean  zmqg_socket_bind_fd           (ZmqgSocket           *self,
                                         int                   fd,
                                         const char           *endpoint,
                                         GError              **error);

ZMQG_AVAILABLE_IN_1_0
void      zmqg_socket_connect_to_async  (ZmqgSocket           *self,
                                         const char           *endpoint,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);

ZMQG_AVAILABLE_IN_1_0
gboolean  zmqg_socket_connect_to_finish (ZmqgSocket           *self,
                                         GAsyncResult         *result,
                                         GError              **error);

G_END_DECLS
