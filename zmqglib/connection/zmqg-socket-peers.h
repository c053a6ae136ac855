/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <zmqglib/connection/zmqg-connection-event.h>
#include <zmqglib/connection/zmqg-peer.h>
#include <zmqglib/socket/zmqg-socket.h>

G_BEGIN_DECLS

ZMQG_AVAILABLE_IN_1_0
GPtrArray  *zmqg_socket_list_peers                          (ZmqgSocket           *self);

ZMQG_AVAILABLE_IN_1_0
ZmqgPeer   *zmqg_socket_find_peer                           (ZmqgSocket           *self,
                                                             ZmqgMessage          *message);

ZMQG_AVAILABLE_IN_1_0
void        zmqg_socket_wait_connected_async                (ZmqgSocket           *self,
                                                             guint                 n_peers,
                                                             GCancellable         *cancellable,
                                                             GAsyncReadyCallback   callback,
                                                             gpointer              user_data);

ZMQG_AVAILABLE_IN_1_0
gboolean    zmqg_socket_wait_connected_finish               (ZmqgSocket           *self,
                                                             GAsyncResult         *result,
                                                             GError              **error);

ZMQG_AVAILABLE_IN_1_0
void        zmqg_socket_wait_connected_with_timeout_async   (ZmqgSocket           *self,
                                                             guint                 n_peers,
                                                             int                   timeout_ms,
                                                             GCancellable         *cancellable,
                                                             GAsyncReadyCallback   callback,
                                                             gpointer              user_data);

ZMQG_AVAILABLE_IN_1_0
gboolean    zmqg_socket_wait_connected_with_timeout_finish  (ZmqgSocket           *self,
                                                             GAsyncResult         *result,
                                                             GError              **error);

G_END_DECLS
