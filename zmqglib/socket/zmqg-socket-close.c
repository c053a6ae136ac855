/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <zmq.h>

/* What is queued is offered to libzmq once more; no handler runs here. */
static void
offer_queue (ZmqgSocket *self)
{
  ZmqgQueued *next;

  zmqg_send_queue_close (&self->queue);
  zmqg_send_queue_take (&self->queue);
  while ((next = zmqg_send_queue_peek (&self->queue)) != NULL)
    {
      int errsv = zmqg_socket_write_queued (self, next);
      ZmqgQueued queued;

      if (errsv == EAGAIN || errsv == ETERM)
        return;

      zmqg_send_queue_pop (&self->queue, &queued);
      if (errsv != 0)
        {
          GError *error = NULL;

          zmqg_set_error_from_errno (&error, errsv, "Could not send on the %s socket",
                                     zmqg_socket_get_type_name (self));
          zmqg_socket_add_notice (self, ZMQG_NOTICE_SEND_FAILED,
                                  zmqg_queued_get_message (&queued), error);
          zmqg_queued_clear (&queued);
          continue;
        }
      zmqg_socket_count_sent (self, queued.size);
      if (zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGE_SENT))
        zmqg_socket_add_notice (self, ZMQG_NOTICE_SENT, zmqg_queued_get_message (&queued), NULL);
      zmqg_queued_clear (&queued);
    }
}

/* The fd's number is free for others once libzmq closes it: the hub lets go of it before. */
static void
close_handle (ZmqgSocket *self)
{
  if (self->process == zmqg_process_get_id ())
    zmqg_socket_remove_files (self);

  g_mutex_lock (&self->lock);
  zmqg_hub_remove (&self->member);
  g_ptr_array_set_size (self->bindings, 0);
  g_ptr_array_set_size (self->connections, 0);
  g_ptr_array_set_size (self->subscriptions, 0);
  g_mutex_unlock (&self->lock);

  if (self->handle != NULL && self->process == zmqg_process_get_id ())
    zmqg_context_close_socket (self->context, &self->context_member, self->handle);
  self->handle = NULL;
}

static void
report_unsent (ZmqgSocket *self)
{
  ZmqgQueued queued;

  while (zmqg_send_queue_peek (&self->queue) != NULL)
    {
      GError *error = g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED,
                                   "Could not send on the %s socket: it was closed before",
                                   zmqg_socket_get_type_name (self));

      zmqg_send_queue_pop (&self->queue, &queued);
      zmqg_socket_add_notice (self, ZMQG_NOTICE_SEND_FAILED, zmqg_queued_get_message (&queued),
                              error);
      zmqg_queued_clear (&queued);
    }
}

static gboolean
tell_closed_cb (gpointer user_data)
{
  ZmqgSocket *self = user_data;
  ZmqgNotice notice;

  zmqg_socket_end_connect_calls (self);
  while (zmqg_socket_take_notice (self, &notice))
    {
      zmqg_notice_tell (self, &notice);
      zmqg_notice_clear (&notice);
    }

  g_object_notify_by_pspec (G_OBJECT (self), zmqg_socket_get_pspec (ZMQG_PROP_CLOSED));
  g_signal_emit (self, zmqg_socket_signals[ZMQG_SIGNAL_CLOSED], 0);
  g_clear_pointer (&self->message_callback, zmqg_message_callback_unref);

  return G_SOURCE_REMOVE;
}

/* By the holder of the main context. @reason: why it closes by itself (nullable) */
void
zmqg_socket_close_held (ZmqgSocket   *self,
                        const GError *reason)
{
  if (!g_atomic_int_compare_and_exchange (&self->closed, FALSE, TRUE))
    return;

  if (self->handle != NULL && self->process == zmqg_process_get_id ())
    offer_queue (self);
  if (reason != NULL)
    zmqg_socket_add_notice (self, ZMQG_NOTICE_ERROR, NULL, g_error_copy (reason));
  close_handle (self);
  report_unsent (self);

  zmqg_main_context_post (self->main_context, self->priority, tell_closed_cb,
                          g_object_ref (self), g_object_unref);
}

/* The last reference went, from dispose, by the holder of the main context: nobody is left to
 * be told, so what libzmq does not take is counted and logged. */
void
zmqg_socket_abandon (ZmqgSocket *self)
{
  g_atomic_int_set (&self->closed, TRUE);
  offer_queue (self);
  self->statistics.messages_dropped += zmqg_send_queue_get_length (&self->queue);
  if (self->statistics.messages_dropped > 0)
    g_message ("A %s socket was dropped with %u unsent messages; close it to be told of them",
               zmqg_socket_get_type_name (self), zmqg_send_queue_get_length (&self->queue));
  close_handle (self);
}

static gboolean
close_cb (gpointer user_data)
{
  zmqg_socket_close_held (user_data, NULL);

  return G_SOURCE_REMOVE;
}

/**
 * zmqg_socket_close:
 * @self: a socket
 *
 * Closes the socket; a second call does nothing.
 *
 * What waits in the queue is offered to libzmq once more, which then has
 * [property@Socket:linger] to deliver what it took. The rest is reported by
 * [signal@Socket::send-failed], and [signal@Socket::closed] comes last, from a later dispatch
 * of the main context. The call itself never blocks.
 *
 * May be called from any thread, also in a handler of the socket; from a thread that does not
 * hold the main context, the owner closes it.
 *
 * Since: 1.0
 */
void
zmqg_socket_close (ZmqgSocket *self)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;

  g_return_if_fail (ZMQG_IS_SOCKET (self));

  if (zmqg_hold_take (&hold, self->main_context))
    zmqg_socket_close_held (self, NULL);
  else
    zmqg_main_context_post (self->main_context, self->priority, close_cb,
                            g_object_ref (self), g_object_unref);
}

/**
 * zmqg_socket_is_closed: (get-property closed)
 * @self: a socket
 *
 * Whether the socket was closed, or could not be opened.
 *
 * May be called from any thread.
 *
 * Returns: `TRUE` if it cannot be used
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_is_closed (ZmqgSocket *self)
{
  g_return_val_if_fail (ZMQG_IS_SOCKET (self), TRUE);

  return g_atomic_int_get (&self->closed) || self->open_error != NULL;
}
