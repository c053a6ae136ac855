/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <zmqglib/base/zmqg-message.h>

G_BEGIN_DECLS

#define ZMQG_TYPE_REQUEST (zmqg_request_get_type ())

ZMQG_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ZmqgRequest, zmqg_request, ZMQG, REQUEST, GObject)

ZMQG_AVAILABLE_IN_1_0
ZmqgMessage  *zmqg_request_get_message  (ZmqgRequest   *self);

ZMQG_AVAILABLE_IN_1_0
gboolean      zmqg_request_reply        (ZmqgRequest   *self,
                                         ZmqgMessage   *message,
                                         GError       **error);

ZMQG_AVAILABLE_IN_1_0
gboolean      zmqg_request_reply_error  (ZmqgRequest   *self,
                                         const GError  *reason,
                                         GError       **error);

G_END_DECLS
