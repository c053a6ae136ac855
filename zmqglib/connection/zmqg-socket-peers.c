/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error.h>
#include <zmqglib/connection/zmqg-monitor-private.h>
#include <zmqglib/connection/zmqg-socket-peers.h>

/* Only who holds the main context can ask libzmq. */
static void
set_mechanisms (ZmqgSocket *self,
                GPtrArray  *peers)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  const char *mechanism;

  if (peers->len == 0 || !zmqg_hold_take (&hold, self->main_context))
    return;

  mechanism = zmqg_monitor_get_mechanism (self);
  for (guint i = 0; i < peers->len; i++)
    {
      ZmqgPeer *peer = peers->pdata[i];

      if (g_atomic_pointer_get (&peer->mechanism) == NULL)
        g_atomic_pointer_set (&peer->mechanism, (char *) mechanism);
    }
}

/**
 * zmqg_socket_list_peers:
 * @self: a socket
 *
 * Lists the connections whose handshakes have succeeded and that are not lost, as far as is known
 * in this moment, in the order in which they came.
 *
 * Empty unless [property@Socket:monitored] is set. May be called from any thread.
 *
 * Returns: (transfer container) (element-type ZmqgPeer): the peers
 *
 * Since: 1.0
 */
GPtrArray *
zmqg_socket_list_peers (ZmqgSocket *self)
{
  ZmqgMonitor *monitor;
  GPtrArray *peers = NULL;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);

  monitor = zmqg_monitor_get (self);
  if (monitor == NULL)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_peer_unref);

  g_mutex_lock (&monitor->lock);
  if (monitor->keeps_events)
    peers = zmqg_connections_list (&monitor->connections);
  g_mutex_unlock (&monitor->lock);
  zmqg_monitor_unref (monitor);

  if (peers == NULL)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_peer_unref);
  set_mechanisms (self, peers);

  return peers;
}

/**
 * zmqg_socket_find_peer:
 * @self: a socket
 * @message: a message that was received on @self
 *
 * Finds the connection that a message came in on.
 *
 * The answer is never a wrong one, but there may be none: the message came over inproc, or while
 * [property@Socket:monitored] was not set, or from a connection that is long gone; or, where many
 * connections came and went while the main context did not run, it cannot be told from which of
 * them. To be called by the holder of the main context.
 *
 * Returns: (transfer full) (nullable): the peer
 *
 * Since: 1.0
 */
ZmqgPeer *
zmqg_socket_find_peer (ZmqgSocket  *self,
                       ZmqgMessage *message)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);
  g_return_val_if_fail (message != NULL, NULL);

  if (self->process != zmqg_process_get_id ())
    return NULL;
  if (!zmqg_hold_take (&hold, self->main_context))
    {
      g_critical ("Could not find a peer of the %s socket: another thread runs the socket's main "
                  "context", zmqg_socket_get_type_name (self));
      return NULL;
    }

  return zmqg_monitor_find_peer (self, message);
}

typedef struct
{
  guint n_peers;
  int timeout;
} WaitData;

/* By the holder of the main context. @task: (transfer full) */
static void
begin_wait (GTask *task)
{
  ZmqgSocket *self = g_task_get_source_object (task);
  WaitData *data = g_task_get_task_data (task);
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  GError *error = NULL;

  if (!zmqg_socket_hold (self, &hold, "wait for peers of", NULL, &error))
    zmqg_monitor_return (task, error);
  else
    zmqg_monitor_add_waiter (self, task, data->n_peers, data->timeout);
}

static gboolean
begin_wait_cb (gpointer user_data)
{
  begin_wait (g_object_ref (user_data));

  return G_SOURCE_REMOVE;
}

static void
wait_connected (ZmqgSocket          *self,
                guint                n_peers,
                int                  timeout,
                GCancellable        *cancellable,
                GAsyncReadyCallback  callback,
                gpointer             user_data,
                gpointer             source_tag)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  WaitData *data = g_new (WaitData, 1);
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;

  data->n_peers = n_peers;
  data->timeout = timeout;
  g_task_set_source_tag (task, source_tag);
  g_task_set_task_data (task, data, g_free);

  /* In a forked child the main context may be held by a thread that is not there */
  if (self->process != zmqg_process_get_id () || zmqg_hold_take (&hold, self->main_context))
    begin_wait (task);
  else
    zmqg_main_context_post (self->main_context, self->priority, begin_wait_cb, task,
                            g_object_unref);
}

/**
 * zmqg_socket_wait_connected_async:
 * @self: a socket
 * @n_peers: how many peers
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when as many peers are connected
 * @user_data: data for @callback
 *
 * Waits until the handshakes of at least @n_peers connections have succeeded at the same time.
 *
 * [property@Socket:monitored] need not be set: without it the connections are watched as long as
 * somebody waits. Those that were there before count too, but it takes 50 ms to be sure of them.
 * What is connected over inproc does not count, nor a connection to an endpoint that was given
 * with a host name, if it was there before.
 *
 * May be called from any thread; @callback is called in the thread-default main context of the
 * caller. Fails with `G_IO_ERROR_CANCELLED`, `G_IO_ERROR_CLOSED` when the socket is closed,
 * [error@Error.TERMINATED], `G_IO_ERROR_TOO_MANY_OPEN_FILES` and [error@Error.FORKED].
 *
 * Since: 1.0
 */
void
zmqg_socket_wait_connected_async (ZmqgSocket          *self,
                                  guint                n_peers,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_return_if_fail (ZMQG_IS_SOCKET (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  wait_connected (self, n_peers, -1, cancellable, callback, user_data,
                  zmqg_socket_wait_connected_async);
}

static gboolean
finish (ZmqgSocket    *self,
        GAsyncResult  *result,
        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * zmqg_socket_wait_connected_finish:
 * @self: a socket
 * @result: the result given to the callback
 * @error: return location for a [struct@GLib.Error]
 *
 * Finishes [method@Socket.wait_connected_async].
 *
 * Returns: `TRUE` if as many peers were connected
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_wait_connected_finish (ZmqgSocket    *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  return finish (self, result, error);
}

/**
 * zmqg_socket_wait_connected_with_timeout_async:
 * @self: a socket
 * @n_peers: how many peers
 * @timeout_ms: how long to wait at most, in ms; -1: as long as it takes
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when as many peers are connected
 * @user_data: data for @callback
 *
 * Like [method@Socket.wait_connected_async], but fails with `G_IO_ERROR_TIMED_OUT` when the time
 * is over.
 *
 * Since: 1.0
 */
void
zmqg_socket_wait_connected_with_timeout_async (ZmqgSocket          *self,
                                               guint                n_peers,
                                               int                  timeout_ms,
                                               GCancellable        *cancellable,
                                               GAsyncReadyCallback  callback,
                                               gpointer             user_data)
{
  g_return_if_fail (ZMQG_IS_SOCKET (self));
  g_return_if_fail (timeout_ms >= -1);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  wait_connected (self, n_peers, timeout_ms, cancellable, callback, user_data,
                  zmqg_socket_wait_connected_with_timeout_async);
}

/**
 * zmqg_socket_wait_connected_with_timeout_finish:
 * @self: a socket
 * @result: the result given to the callback
 * @error: return location for a [struct@GLib.Error]
 *
 * Finishes [method@Socket.wait_connected_with_timeout_async].
 *
 * Returns: `TRUE` if as many peers were connected
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_wait_connected_with_timeout_finish (ZmqgSocket    *self,
                                                GAsyncResult  *result,
                                                GError       **error)
{
  return finish (self, result, error);
}
