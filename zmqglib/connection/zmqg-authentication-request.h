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

#define ZMQG_TYPE_AUTHENTICATION_REQUEST (zmqg_authentication_request_get_type ())

ZMQG_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ZmqgAuthenticationRequest, zmqg_authentication_request, ZMQG,
                      AUTHENTICATION_REQUEST, GObject)

ZMQG_AVAILABLE_IN_1_0
gboolean     zmqg_authentication_request_accept          (ZmqgAuthenticationRequest  *self,
                                                          const char                 *user_id);

ZMQG_AVAILABLE_IN_1_0
gboolean     zmqg_authentication_request_deny            (ZmqgAuthenticationRequest  *self,
                                                          const char                 *reason);

ZMQG_AVAILABLE_IN_1_0
gboolean     zmqg_authentication_request_is_pending      (ZmqgAuthenticationRequest  *self);

ZMQG_AVAILABLE_IN_1_0
const char  *zmqg_authentication_request_get_mechanism   (ZmqgAuthenticationRequest  *self);

ZMQG_AVAILABLE_IN_1_0
const char  *zmqg_authentication_request_get_domain      (ZmqgAuthenticationRequest  *self);

ZMQG_AVAILABLE_IN_1_0
const char  *zmqg_authentication_request_get_address     (ZmqgAuthenticationRequest  *self);

ZMQG_AVAILABLE_IN_1_0
GBytes      *zmqg_authentication_request_get_routing_id  (ZmqgAuthenticationRequest  *self);

ZMQG_AVAILABLE_IN_1_0
const char  *zmqg_authentication_request_get_username    (ZmqgAuthenticationRequest  *self);

ZMQG_AVAILABLE_IN_1_0
const char  *zmqg_authentication_request_get_password    (ZmqgAuthenticationRequest  *self);

ZMQG_AVAILABLE_IN_1_0
const char  *zmqg_authentication_request_get_public_key  (ZmqgAuthenticationRequest  *self);

G_END_DECLS
