/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <glib-object.h>
#include <zmqglib/base/zmqg-version.h>

G_BEGIN_DECLS

#define ZMQG_TYPE_PEER (zmqg_peer_get_type ())

typedef struct _ZmqgPeer ZmqgPeer;

ZMQG_AVAILABLE_IN_1_0
GType        zmqg_peer_get_type        (void) G_GNUC_CONST;

ZMQG_AVAILABLE_IN_1_0
ZmqgPeer    *zmqg_peer_ref             (ZmqgPeer *self);

ZMQG_AVAILABLE_IN_1_0
void         zmqg_peer_unref           (ZmqgPeer *self);

ZMQG_AVAILABLE_IN_1_0
guint64      zmqg_peer_get_id          (ZmqgPeer *self);

ZMQG_AVAILABLE_IN_1_0
const char  *zmqg_peer_get_address     (ZmqgPeer *self);

ZMQG_AVAILABLE_IN_1_0
const char  *zmqg_peer_get_endpoint    (ZmqgPeer *self);

ZMQG_AVAILABLE_IN_1_0
gint64       zmqg_peer_get_since       (ZmqgPeer *self);

ZMQG_AVAILABLE_IN_1_0
gboolean     zmqg_peer_is_connected    (ZmqgPeer *self);

ZMQG_AVAILABLE_IN_1_0
gboolean     zmqg_peer_is_incoming     (ZmqgPeer *self);

ZMQG_AVAILABLE_IN_1_0
GBytes      *zmqg_peer_get_routing_id  (ZmqgPeer *self);

ZMQG_AVAILABLE_IN_1_0
const char  *zmqg_peer_get_user_id     (ZmqgPeer *self);

ZMQG_AVAILABLE_IN_1_0
const char  *zmqg_peer_get_socket_type (ZmqgPeer *self);

ZMQG_AVAILABLE_IN_1_0
const char  *zmqg_peer_get_mechanism   (ZmqgPeer *self);

ZMQG_AVAILABLE_IN_1_0
int          zmqg_peer_get_process_id  (ZmqgPeer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgPeer, zmqg_peer_unref)

G_END_DECLS
