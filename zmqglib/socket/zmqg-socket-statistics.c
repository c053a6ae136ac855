/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/socket/zmqg-socket-private.h>

G_DEFINE_BOXED_TYPE (ZmqgSocketStatistics, zmqg_socket_statistics,
                     zmqg_socket_statistics_copy, zmqg_socket_statistics_free)

/**
 * zmqg_socket_statistics_copy:
 * @self: statistics
 *
 * Copies statistics.
 *
 * Returns: (transfer full): a copy
 *
 * Since: 1.0
 */
ZmqgSocketStatistics *
zmqg_socket_statistics_copy (const ZmqgSocketStatistics *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * zmqg_socket_statistics_free:
 * @self: (transfer full): statistics
 *
 * Frees statistics.
 *
 * Since: 1.0
 */
void
zmqg_socket_statistics_free (ZmqgSocketStatistics *self)
{
  g_free (self);
}

/**
 * zmqg_socket_get_statistics:
 * @self: a socket
 *
 * Gets what the socket has done so far.
 *
 * May be called from any thread; while the socket works in another one, the figures need not
 * belong to one moment.
 *
 * Returns: (transfer full): the statistics
 *
 * Since: 1.0
 */
ZmqgSocketStatistics *
zmqg_socket_get_statistics (ZmqgSocket *self)
{
  ZmqgSocketStatistics *statistics;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);

  statistics = zmqg_socket_statistics_copy (&self->statistics);
  statistics->wakeups = self->member.n_wakeups;
  statistics->dispatches = self->member.n_dispatches;
  statistics->budgets_exhausted = self->member.n_exhausted;
  statistics->longest_dispatch = self->member.longest_dispatch;
  statistics->messages_dropped = __atomic_load_n (&self->queue.n_dropped, __ATOMIC_RELAXED);

  return statistics;
}
