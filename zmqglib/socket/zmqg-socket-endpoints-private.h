/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/socket/zmqg-socket-private.h>

G_BEGIN_DECLS

/* All by the holder of the main context. @operation: "bind to" or another verb that goes before
 * an endpoint */

typedef gboolean (*ZmqgEndpointFunc) (ZmqgSocket  *self,
                                      const char  *endpoint,
                                      GError     **error);

/* zmqg-socket-endpoints.c */
void        zmqg_socket_set_last_endpoint   (ZmqgSocket         *self,
                                             const char         *endpoint);
gboolean    zmqg_socket_fail_endpoint       (ZmqgSocket         *self,
                                             int                 errsv,
                                             const char         *operation,
                                             const char         *endpoint,
                                             GError            **error);
/* Puts the operation and the endpoint before the reason */
void        zmqg_socket_prefix_endpoint     (ZmqgSocket         *self,
                                             const char         *operation,
                                             const char         *endpoint,
                                             GError            **error);
gboolean    zmqg_socket_fail_no_endpoint    (ZmqgSocket         *self,
                                             const char         *operation,
                                             const char         *endpoint,
                                             GError            **error);
gboolean    zmqg_socket_check_free_fds      (ZmqgSocket         *self,
                                             const char         *operation,
                                             const char         *endpoint,
                                             GError            **error);

/* zmqg-socket-bind.c */
gboolean    zmqg_socket_bind_held           (ZmqgSocket         *self,
                                             const char         *endpoint,
                                             GError            **error);
gboolean    zmqg_socket_unbind_held         (ZmqgSocket         *self,
                                             const char         *endpoint,
                                             GError            **error);

/* zmqg-socket-connect.c */
gboolean    zmqg_socket_connect_held        (ZmqgSocket         *self,
                                             const char         *endpoint,
                                             GError            **error);
/* @address: the endpoint with an address in place of the name of a host */
gboolean    zmqg_socket_connect_resolved    (ZmqgSocket         *self,
                                             const char         *endpoint,
                                             const char         *address,
                                             GError            **error);
gboolean    zmqg_socket_disconnect_held     (ZmqgSocket         *self,
                                             const char         *endpoint,
                                             GError            **error);

G_END_DECLS
