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

#define ZMQG_TYPE_SOCKET_STATISTICS (zmqg_socket_statistics_get_type ())

typedef struct _ZmqgSocketStatistics ZmqgSocketStatistics;

/**
 * ZmqgSocketStatistics:
 * @messages_received: whole messages handed out
 * @messages_sent: whole messages that libzmq has accepted
 * @bytes_received: bytes in those received
 * @bytes_sent: bytes in those sent
 * @wakeups: how often the socket's `ZMQ_FD` woke the main loop
 * @dispatches: how often the main loop served the socket
 * @budgets_exhausted: how often it had to stop because the time budget was used up
 * @longest_dispatch: the longest time it was served at a stretch, handlers included, in µs
 * @send_failures: messages reported by [signal@Socket::send-failed]
 * @messages_dropped: queued messages that were dropped: the oldest ones, to make room
 *   ([property@Socket:keep-newest]), and those left when the last reference went without a call
 *   of [method@Socket.close]
 * @messages_expired: queued messages that libzmq did not take before their expiry
 *   ([method@Message.set_expiry])
 *
 * What a socket has done so far.
 *
 * Since: 1.0
 */
struct _ZmqgSocketStatistics
{
  guint64 messages_received;
  guint64 messages_sent;
  guint64 bytes_received;
  guint64 bytes_sent;
  guint64 wakeups;
  guint64 dispatches;
  guint64 budgets_exhausted;
  guint64 longest_dispatch;
  guint64 send_failures;
  guint64 messages_dropped;
  guint64 messages_expired;

  /*< private >*/
  guint64 reserved[5];
};

ZMQG_AVAILABLE_IN_1_0
GType                  zmqg_socket_statistics_get_type (void) G_GNUC_CONST;

ZMQG_AVAILABLE_IN_1_0
ZmqgSocketStatistics  *zmqg_socket_statistics_copy     (const ZmqgSocketStatistics *self);

ZMQG_AVAILABLE_IN_1_0
void                   zmqg_socket_statistics_free     (ZmqgSocketStatistics       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgSocketStatistics, zmqg_socket_statistics_free)

G_END_DECLS
