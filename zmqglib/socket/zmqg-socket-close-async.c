/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

/* Anything that libzmq may still take */
static gboolean
has_unsent (ZmqgSocket *self)
{
  zmqg_socket_take_incoming (self);

  return self->sends.length > 0 || zmqg_send_queue_get_length (&self->queue) > 0;
}

/* At the end of the line of what waits to be sent: when its turn comes, all of that has gone. */
static void
drain (ZmqgSocket    *self,
       ZmqgOperation *operation,
       GCancellable  *cancellable)
{
  int linger = zmqg_socket_get_linger (self);
  gboolean has_time = linger != 0 && has_unsent (self);

  zmqg_operation_set_timeout (operation, linger);
  zmqg_socket_submit (self, operation, cancellable, TRUE);
  if (!has_time && operation->line != NULL)
    zmqg_socket_close_held (self, NULL);
}

typedef struct
{
  ZmqgSocket *socket;
  ZmqgOperation *operation;
  GCancellable *cancellable;
} Call;

static void
call_free (Call *self)
{
  g_clear_pointer (&self->operation, zmqg_operation_unref);
  g_clear_object (&self->cancellable);
  g_object_unref (self->socket);
  g_free (self);
}

/* @operation: (transfer full) */
static void
start (ZmqgSocket    *self,
       ZmqgOperation *operation,
       GCancellable  *cancellable)
{
  if (g_cancellable_is_cancelled (cancellable))
    operation->error = zmqg_socket_make_cancelled (self, operation);
  else if (self->process != zmqg_process_get_id ())
    operation->error = g_error_new (ZMQG_ERROR, ZMQG_ERROR_FORKED,
                                    "Could not close the %s socket: it was made before fork()",
                                    zmqg_socket_get_type_name (self));
  else if (self->handle != NULL)
    {
      drain (self, operation, cancellable);
      return;
    }

  operation->n_unsent = self->n_unsent;
  zmqg_operation_return (operation);
}

static gboolean
close_cb (gpointer user_data)
{
  Call *call = user_data;

  start (call->socket, g_steal_pointer (&call->operation), call->cancellable);

  return G_SOURCE_REMOVE;
}

/**
 * zmqg_socket_close_async:
 * @self: a socket
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when the socket is closed
 * @user_data: data for @callback
 *
 * Closes the socket when libzmq has accepted what waits in the queue, or
 * [property@Socket:linger] is over: at once if that is 0, and only then if it is -1.
 *
 * Until then nothing more can be sent; receiving goes on. Then it closes like
 * [method@Socket.close]: libzmq has the linger, once more, to deliver what it took.
 * Pending operations and [signal@Socket::send-failed] for what stayed come before @callback,
 * [signal@Socket::closed] after. A call of [method@Socket.close] in between ends the wait.
 *
 * May be called from any thread; @callback is called in the thread-default main context of the
 * caller. Fails with `G_IO_ERROR_CANCELLED` if it was cancelled before the socket was closed,
 * which is then open as before.
 *
 * Since: 1.0
 */
void
zmqg_socket_close_async (ZmqgSocket          *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  ZmqgOperation *operation;
  GTask *task;
  Call *call;

  g_return_if_fail (ZMQG_IS_SOCKET (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = zmqg_socket_new_task (self, callback, user_data, zmqg_socket_close_async);
  operation = zmqg_socket_new_operation (self, ZMQG_OPERATION_CLOSE, task);
  if (zmqg_hold_take (&hold, self->main_context))
    {
      start (self, operation, cancellable);
      return;
    }

  call = g_new (Call, 1);
  *call = (Call) { g_object_ref (self), operation, NULL };
  g_set_object (&call->cancellable, cancellable);
  zmqg_main_context_post (self->main_context, self->priority, close_cb, call,
                          (GDestroyNotify) call_free);
}

/**
 * zmqg_socket_close_finish:
 * @self: a socket
 * @result: the result given to the callback
 * @n_unsent: (out) (optional): how many messages libzmq has never accepted
 * @error: return location for a [struct@GLib.Error]
 *
 * Finishes [method@Socket.close_async].
 *
 * Returns: `TRUE` if the socket is closed
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_close_finish (ZmqgSocket    *self,
                          GAsyncResult  *result,
                          guint         *n_unsent,
                          GError       **error)
{
  gssize n_left;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, zmqg_socket_close_async), FALSE);

  n_left = g_task_propagate_int (G_TASK (result), error);
  if (n_unsent != NULL)
    *n_unsent = MAX (n_left, 0);

  return n_left >= 0;
}
