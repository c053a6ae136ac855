/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/connection/zmqg-connection-event.h>

G_BEGIN_DECLS

struct _ZmqgConnectionEvent
{
  int ref_count;
  ZmqgConnectionEventKind kind;
  ZmqgHandshakeFailure failure;
  /* What libzmq gave: a file descriptor, an error or an interval */
  guint32 value;
  guint n_times;
  guint n_dropped;
  gint64 time;
  GRefString *endpoint;
  ZmqgPeer *peer;
  GList link;
};

ZmqgConnectionEvent *zmqg_connection_event_new      (guint        zmq_event,
                                                     guint32      value,
                                                     GRefString  *endpoint,
                                                     gint64       time);
const char          *zmqg_handshake_failure_to_text (guint32      code);
GQuark               zmqg_connection_event_get_nick (ZmqgConnectionEvent *self);

G_END_DECLS
