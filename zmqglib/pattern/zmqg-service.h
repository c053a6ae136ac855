/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <zmqglib/loop/zmqg-context.h>
#include <zmqglib/pattern/zmqg-request.h>
#include <zmqglib/socket/zmqg-socket.h>

G_BEGIN_DECLS

#define ZMQG_TYPE_SERVICE (zmqg_service_get_type ())

ZMQG_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ZmqgService, zmqg_service, ZMQG, SERVICE, GObject)

ZMQG_AVAILABLE_IN_1_0
ZmqgService  *zmqg_service_new         (ZmqgContext  *context,
                                        GError      **error);

ZMQG_AVAILABLE_IN_1_0
gboolean      zmqg_service_bind        (ZmqgService  *self,
                                        const char   *endpoint,
                                        GError      **error);

ZMQG_AVAILABLE_IN_1_0
void          zmqg_service_close       (ZmqgService  *self);

ZMQG_AVAILABLE_IN_1_0
ZmqgSocket   *zmqg_service_get_socket  (ZmqgService  *self);

G_END_DECLS
