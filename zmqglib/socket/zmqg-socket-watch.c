/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/socket/zmqg-socket-private.h>

void
zmqg_socket_set_monitored (ZmqgSocket *self,
                           gboolean    monitored)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  GError *error = NULL;

  if (self->watch.monitored == monitored)
    return;
  if (!self->constructing && !zmqg_socket_hold (self, &hold, "monitor", NULL, &error))
    {
      g_critical ("%s", error->message);
      g_error_free (error);
      return;
    }

  self->watch.monitored = monitored;
  if (!self->constructing && !zmqg_monitor_funcs.update (self, &error))
    {
      self->watch.monitored = FALSE;
      zmqg_socket_add_notice (self, ZMQG_NOTICE_ERROR, NULL, error);
      return;
    }
  g_object_notify_by_pspec (G_OBJECT (self), zmqg_socket_get_pspec (ZMQG_PROP_MONITORED));
}

void
zmqg_socket_install_watch_specs (GParamSpec **properties)
{
  /**
   * ZmqgSocket:monitored:
   *
   * Whether the connections of the socket are watched: with it [property@Socket:n-peers],
   * [method@Socket.list_peers], [method@Socket.find_peer] and
   * [signal@Socket::connection-event] know of them.
   *
   * Set at construction, it sees all of them. Set later, it finds those that were there before in
   * what the kernel knows, 50 ms later; those that connect to an endpoint that was given with
   * a host name are not found, nor those over WebSocket.
   *
   * libzmq has no news of connections over inproc: no events, and no peers.
   *
   * A thread, one for all sockets of a ZeroMQ context, takes the events from libzmq, so that it
   * never waits for the main context. Each socket that is watched needs two more file
   * descriptors, and the first one two for the thread; that there are none is told by
   * [signal@Socket::error-occurred].
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_MONITORED] =
    g_param_spec_boolean ("monitored", NULL, NULL, FALSE, G_PARAM_CONSTRUCT |
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ZmqgSocket:n-peers:
   *
   * How many connections there are whose handshakes have succeeded and that are not lost; 0 unless
   * [property@Socket:monitored] is set. Peers that speak a protocol older than ZMTP 3 (of
   * libzmq before 4.0) have no handshake, and do not count. Changes are notified once a dispatch.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_N_PEERS] =
    g_param_spec_uint ("n-peers", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}
