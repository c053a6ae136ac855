/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>

/* @task: (transfer full) */
static void
refuse_task (GTask  *task,
             GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

static ZmqgOperation *
make_send (ZmqgSocket  *self,
           GTask       *task,
           ZmqgMessage *message,
           int          timeout)
{
  ZmqgOperation *operation = zmqg_socket_new_operation (self, ZMQG_OPERATION_SEND, task);

  zmqg_operation_set_message (operation, message);
  zmqg_operation_set_timeout (operation, timeout);

  return operation;
}

/* libzmq has it already, which nothing can take back: only the callback is left to come. */
static void
submit_sent (ZmqgSocket *self,
             GTask      *task)
{
  ZmqgOperation *operation = zmqg_socket_new_operation (self, ZMQG_OPERATION_SENT, task);

  g_atomic_int_inc (&self->n_pending);
  zmqg_socket_finish (self, operation, NULL, FALSE);
}

/* @task: (transfer full) */
static void
send_held (ZmqgSocket   *self,
           GTask        *task,
           ZmqgMessage  *message,
           int           timeout,
           GCancellable *cancellable)
{
  GError *error = NULL;

  if (!zmqg_socket_check_send (self, message->n_frames, TRUE, &error) ||
      g_cancellable_set_error_if_cancelled (cancellable, &error))
    {
      refuse_task (task, error);
      return;
    }

  switch (zmqg_socket_send_at_once (self, message, &error))
    {
    case ZMQG_SEND_DONE:
      submit_sent (self, task);
      break;
    case ZMQG_SEND_FAILED:
      refuse_task (task, error);
      break;
    case ZMQG_SEND_WAITS:
    default:
      zmqg_socket_submit (self, make_send (self, task, message, timeout), cancellable, TRUE);
      break;
    }
}

static void
send (ZmqgSocket          *self,
      ZmqgMessage         *message,
      int                  timeout,
      GCancellable        *cancellable,
      GAsyncReadyCallback  callback,
      gpointer             user_data,
      gpointer             source_tag)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  GTask *task = zmqg_socket_new_task (self, callback, user_data, source_tag);
  GError *error = NULL;

  if (zmqg_hold_take (&hold, self->main_context))
    send_held (self, task, message, timeout, cancellable);
  else if (!zmqg_socket_check_send (self, message->n_frames, FALSE, &error))
    refuse_task (task, error);
  else
    zmqg_socket_submit (self, make_send (self, task, message, timeout), cancellable, FALSE);
}

/**
 * zmqg_socket_send_async:
 * @self: a socket
 * @message: (transfer none): a message with at least one frame
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when libzmq has accepted the whole message, or it has failed
 * @user_data: data for @callback
 *
 * Sends a message, and tells when libzmq has accepted it.
 *
 * It is never refused for lack of room: it waits for libzmq to take it, in one order with the
 * messages of [method@Socket.send]. Any number may wait;
 * [property@Socket:max-pending-operations] of them claim room in the queue. One that was
 * cancelled or whose time was over was not sent.
 *
 * May be called from any thread; @callback is called in the thread-default main context of the
 * caller, never from inside the call. The operation holds a reference to the socket.
 *
 * Fails like [method@Socket.send], but for `G_IO_ERROR_WOULD_BLOCK`, and with
 * `G_IO_ERROR_CANCELLED`, `G_IO_ERROR_TIMED_OUT` ([property@Socket:send-timeout], or
 * [method@Message.set_expiry] if that is sooner), and `G_IO_ERROR_CLOSED` also when the socket
 * is closed while it waits. [signal@Socket::send-failed] is not emitted.
 *
 * Since: 1.0
 */
void
zmqg_socket_send_async (ZmqgSocket          *self,
                        ZmqgMessage         *message,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_return_if_fail (ZMQG_IS_SOCKET (self));
  g_return_if_fail (message != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  send (self, message, g_atomic_int_get (&self->send_timeout), cancellable, callback, user_data,
        zmqg_socket_send_async);
}

/**
 * zmqg_socket_send_with_timeout_async:
 * @self: a socket
 * @message: (transfer none): a message with at least one frame
 * @timeout: how long to wait, in ms; 0: only if libzmq takes it in the next turn; -1: for ever
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when libzmq has accepted the whole message, or it has failed
 * @user_data: data for @callback
 *
 * Sends a message, and waits for some time of its own rather than
 * [property@Socket:send-timeout]; see [method@Socket.send_async].
 *
 * Since: 1.0
 */
void
zmqg_socket_send_with_timeout_async (ZmqgSocket          *self,
                                     ZmqgMessage         *message,
                                     int                  timeout,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_return_if_fail (ZMQG_IS_SOCKET (self));
  g_return_if_fail (message != NULL);
  g_return_if_fail (timeout >= -1);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  send (self, message, timeout, cancellable, callback, user_data,
        zmqg_socket_send_with_timeout_async);
}

/**
 * zmqg_socket_send_finish:
 * @self: a socket
 * @result: the result given to the callback
 * @error: return location for a [struct@GLib.Error]
 *
 * Finishes [method@Socket.send_async] and [method@Socket.send_with_timeout_async].
 *
 * Returns: `TRUE` if libzmq has accepted the message
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_send_finish (ZmqgSocket    *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  gpointer source_tag;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  source_tag = g_task_get_source_tag (G_TASK (result));
  g_return_val_if_fail (source_tag == zmqg_socket_send_async ||
                          source_tag == zmqg_socket_send_with_timeout_async, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * zmqg_socket_send_with_timeout_finish:
 * @self: a socket
 * @result: the result given to the callback
 * @error: return location for a [struct@GLib.Error]
 *
 * Finishes [method@Socket.send_with_timeout_async], as [method@Socket.send_finish] does.
 *
 * Returns: `TRUE` if libzmq has accepted the message
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_send_with_timeout_finish (ZmqgSocket    *self,
                                      GAsyncResult  *result,
                                      GError       **error)
{
  return zmqg_socket_send_finish (self, result, error);
}

/**
 * zmqg_socket_flush_async:
 * @self: a socket
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when what was queued before has left the queue
 * @user_data: data for @callback
 *
 * Waits until libzmq has accepted everything that was queued before, of
 * [method@Socket.send] and of [method@Socket.send_async].
 *
 * What could not be sent has been reported by then ([signal@Socket::send-failed]), and does not
 * make this fail. That libzmq has accepted a message does not mean that the peer has it.
 *
 * May be called from any thread; @callback is called in the thread-default main context of the
 * caller. Fails with `G_IO_ERROR_CANCELLED`, and with `G_IO_ERROR_CLOSED` if the socket is closed
 * before.
 *
 * Since: 1.0
 */
void
zmqg_socket_flush_async (ZmqgSocket          *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  GError *error = NULL;
  gboolean is_held;
  GTask *task;

  g_return_if_fail (ZMQG_IS_SOCKET (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = zmqg_socket_new_task (self, callback, user_data, zmqg_socket_flush_async);
  is_held = zmqg_hold_take (&hold, self->main_context);
  if (!zmqg_socket_check_open (self, is_held, &error))
    {
      refuse_task (task, error);
      return;
    }

  zmqg_socket_submit (self, zmqg_socket_new_operation (self, ZMQG_OPERATION_FLUSH, task),
                      cancellable, is_held);
}

/**
 * zmqg_socket_flush_finish:
 * @self: a socket
 * @result: the result given to the callback
 * @error: return location for a [struct@GLib.Error]
 *
 * Finishes [method@Socket.flush_async].
 *
 * Returns: `TRUE` if what had been queued has left the queue
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_flush_finish (ZmqgSocket    *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, zmqg_socket_flush_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
