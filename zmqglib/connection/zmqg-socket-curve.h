/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <zmqglib/connection/zmqg-certificate.h>
#include <zmqglib/socket/zmqg-socket.h>

G_BEGIN_DECLS

ZMQG_AVAILABLE_IN_1_0
gboolean  zmqg_socket_set_curve_server (ZmqgSocket       *self,
                                        ZmqgCertificate  *certificate,
                                        GError          **error);

ZMQG_AVAILABLE_IN_1_0
gboolean  zmqg_socket_set_curve_client (ZmqgSocket       *self,
                                        ZmqgCertificate  *certificate,
                                        const char       *server_public_key,
                                        GError          **error);

G_END_DECLS
