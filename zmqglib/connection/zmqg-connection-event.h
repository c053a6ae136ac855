/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <zmqglib/base/zmqg-enums.h>
#include <zmqglib/connection/zmqg-peer.h>

G_BEGIN_DECLS

#define ZMQG_TYPE_CONNECTION_EVENT (zmqg_connection_event_get_type ())

typedef struct _ZmqgConnectionEvent ZmqgConnectionEvent;

ZMQG_AVAILABLE_IN_1_0
GType                    zmqg_connection_event_get_type       (void) G_GNUC_CONST;

ZMQG_AVAILABLE_IN_1_0
ZmqgConnectionEvent     *zmqg_connection_event_ref            (ZmqgConnectionEvent *self);

ZMQG_AVAILABLE_IN_1_0
void                     zmqg_connection_event_unref          (ZmqgConnectionEvent *self);

ZMQG_AVAILABLE_IN_1_0
ZmqgConnectionEventKind  zmqg_connection_event_get_kind       (ZmqgConnectionEvent *self);

ZMQG_AVAILABLE_IN_1_0
const char              *zmqg_connection_event_get_endpoint   (ZmqgConnectionEvent *self);

ZMQG_AVAILABLE_IN_1_0
ZmqgPeer                *zmqg_connection_event_get_peer       (ZmqgConnectionEvent *self);

ZMQG_AVAILABLE_IN_1_0
ZmqgHandshakeFailure     zmqg_connection_event_get_failure    (ZmqgConnectionEvent *self);

ZMQG_AVAILABLE_IN_1_0
int                      zmqg_connection_event_get_error_code (ZmqgConnectionEvent *self);

ZMQG_AVAILABLE_IN_1_0
const char              *zmqg_connection_event_get_reason     (ZmqgConnectionEvent *self);

ZMQG_AVAILABLE_IN_1_0
int                      zmqg_connection_event_get_interval   (ZmqgConnectionEvent *self);

ZMQG_AVAILABLE_IN_1_0
gint64                   zmqg_connection_event_get_time       (ZmqgConnectionEvent *self);

ZMQG_AVAILABLE_IN_1_0
guint                    zmqg_connection_event_get_n_times    (ZmqgConnectionEvent *self);

ZMQG_AVAILABLE_IN_1_0
guint                    zmqg_connection_event_get_n_dropped  (ZmqgConnectionEvent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgConnectionEvent, zmqg_connection_event_unref)

G_END_DECLS
