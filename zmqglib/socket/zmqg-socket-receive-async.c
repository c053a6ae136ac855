/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <zmq.h>

/* Its callback cannot come yet. The message stays with the socket, for whoever is first in line
 * by then. */
static ZmqgHubAnswer
wait_until_ripe (ZmqgSocket *self)
{
  int errsv = 0;

  self->stash = zmqg_socket_take_message (self, NULL, &errsv);
  /* Out of turn: whether that is an error is for the next iteration to say */
  if (self->stash != NULL || errsv == EFSM)
    return ZMQG_HUB_LATER;

  return zmqg_socket_settle (self, errsv);
}

/* There is no message for the first in line. REQ and REP say EFSM out of turn: that passes if the
 * request or reply still waits to be sent, and is an error else, as it would wait for ever. */
static ZmqgHubAnswer
serve_nothing (ZmqgSocket *self,
               ZmqgTurn   *turn,
               int         errsv)
{
  GError *error = NULL;

  if (errsv != EFSM || zmqg_socket_wants_to_send (self))
    return zmqg_socket_settle (self, errsv);

  zmqg_set_error_from_errno (&error, errsv, "Could not receive on the %s socket",
                             zmqg_socket_get_type_name (self));
  zmqg_socket_finish (self, self->receives.head->data, error, TRUE);

  return ZMQG_HUB_READY;
}

/* Hands messages to those who wait for one. PARKED: nobody does any more. */
ZmqgHubAnswer
zmqg_socket_serve_receives (ZmqgSocket *self,
                            ZmqgTurn   *turn)
{
  while (self->receives.head != NULL)
    {
      ZmqgOperation *operation = self->receives.head->data;
      int errsv = 0;

      if (zmqg_operation_is_cancelled (operation))
        {
          zmqg_socket_finish (self, operation, zmqg_socket_make_cancelled (self, operation), TRUE);
        }
      else if (!zmqg_socket_is_ripe (self, operation))
        {
          return wait_until_ripe (self);
        }
      else
        {
          operation->message = zmqg_socket_take_message (self, NULL, &errsv);
          if (operation->message == NULL)
            return serve_nothing (self, turn, errsv);
          zmqg_socket_finish (self, operation, NULL, TRUE);
        }

      if (turn->member == NULL)
        return ZMQG_HUB_IDLE;
      if (zmqg_turn_count (turn))
        return ZMQG_HUB_READY;
    }

  return ZMQG_HUB_PARKED;
}

static gboolean
check (ZmqgSocket  *self,
       gboolean     is_held,
       GError     **error)
{
  if (self->process != zmqg_process_get_id ())
    {
      g_set_error (error, ZMQG_ERROR, ZMQG_ERROR_FORKED,
                   "Could not receive on the %s socket: the socket was made before fork()",
                   zmqg_socket_get_type_name (self));
      return FALSE;
    }
  if (self->open_error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->open_error));
      g_prefix_error (error, "Could not receive on the %s socket: ",
                      zmqg_socket_get_type_name (self));
      return FALSE;
    }
  if (!zmqg_socket_can_receive (self))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "Could not receive on the %s socket: this socket type only sends",
                   zmqg_socket_get_type_name (self));
      return FALSE;
    }
  /* Another thread finds out when it leaves the operation for the owner */
  if (!is_held || self->handle != NULL)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED,
               "Could not receive on the %s socket: the socket is closed",
               zmqg_socket_get_type_name (self));

  return FALSE;
}

static void
receive (ZmqgSocket          *self,
         int                  timeout,
         GCancellable        *cancellable,
         GAsyncReadyCallback  callback,
         gpointer             user_data,
         gpointer             source_tag)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  GTask *task = zmqg_socket_new_task (self, callback, user_data, source_tag);
  gboolean is_held = zmqg_hold_take (&hold, self->main_context);
  ZmqgOperation *operation;
  GError *error = NULL;

  if (!check (self, is_held, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  operation = zmqg_socket_new_operation (self, ZMQG_OPERATION_RECEIVE, task);
  zmqg_operation_set_timeout (operation, timeout);
  zmqg_socket_submit (self, operation, cancellable, is_held);
}

/**
 * zmqg_socket_receive_async:
 * @self: a socket
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when a message has come for it, or it has failed
 * @user_data: data for @callback
 *
 * Waits for a message.
 *
 * Any number may wait: they get the messages in the order of the calls, before the function of
 * [method@Socket.set_message_func] and the signals, also while [property@Socket:paused] is set.
 * One that is cancelled or whose time is over takes no message away from the others.
 *
 * May be called from any thread; @callback is called in the thread-default main context of the
 * caller, never from inside the call. The operation holds a reference to the socket.
 *
 * Fails with `G_IO_ERROR_CANCELLED`, `G_IO_ERROR_TIMED_OUT` ([property@Socket:receive-timeout]),
 * `G_IO_ERROR_CLOSED` (also when the socket is closed while it waits), [error@Error.TERMINATED],
 * `G_IO_ERROR_NOT_SUPPORTED` (PUB and PUSH), and [error@Error.STATE] (REQ and REP out of turn,
 * with no request or reply waiting to be sent either).
 *
 * Since: 1.0
 */
void
zmqg_socket_receive_async (ZmqgSocket          *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_return_if_fail (ZMQG_IS_SOCKET (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  receive (self, g_atomic_int_get (&self->receive_timeout), cancellable, callback, user_data,
           zmqg_socket_receive_async);
}

/**
 * zmqg_socket_receive_with_timeout_async:
 * @self: a socket
 * @timeout: how long to wait, in ms; 0: take what is there; -1: for ever
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when a message has come for it, or it has failed
 * @user_data: data for @callback
 *
 * Waits for a message, for some time of its own rather than [property@Socket:receive-timeout];
 * see [method@Socket.receive_async].
 *
 * Since: 1.0
 */
void
zmqg_socket_receive_with_timeout_async (ZmqgSocket          *self,
                                        int                  timeout,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data)
{
  g_return_if_fail (ZMQG_IS_SOCKET (self));
  g_return_if_fail (timeout >= -1);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  receive (self, timeout, cancellable, callback, user_data,
           zmqg_socket_receive_with_timeout_async);
}

/**
 * zmqg_socket_receive_finish:
 * @self: a socket
 * @result: the result given to the callback
 * @error: return location for a [struct@GLib.Error]
 *
 * Finishes [method@Socket.receive_async] and [method@Socket.receive_with_timeout_async].
 *
 * Returns: (transfer full): the message
 *
 * Since: 1.0
 */
ZmqgMessage *
zmqg_socket_receive_finish (ZmqgSocket    *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  gpointer source_tag;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  source_tag = g_task_get_source_tag (G_TASK (result));
  g_return_val_if_fail (source_tag == zmqg_socket_receive_async ||
                          source_tag == zmqg_socket_receive_with_timeout_async, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * zmqg_socket_receive_with_timeout_finish:
 * @self: a socket
 * @result: the result given to the callback
 * @error: return location for a [struct@GLib.Error]
 *
 * Finishes [method@Socket.receive_with_timeout_async], as [method@Socket.receive_finish] does.
 *
 * Returns: (transfer full): the message
 *
 * Since: 1.0
 */
ZmqgMessage *
zmqg_socket_receive_with_timeout_finish (ZmqgSocket    *self,
                                         GAsyncResult  *result,
                                         GError       **error)
{
  return zmqg_socket_receive_finish (self, result, error);
}
