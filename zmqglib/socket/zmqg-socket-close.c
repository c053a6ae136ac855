/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <zmq.h>

static GError *
make_error (ZmqgSocket *self,
            int         errsv)
{
  GError *error = NULL;

  zmqg_set_error_from_errno (&error, errsv, "Could not send on the %s socket",
                             zmqg_socket_get_type_name (self));

  return error;
}

static void
note_sent (ZmqgSocket *self,
           ZmqgQueued *queued,
           int         errsv)
{
  if (errsv == 0)
    zmqg_socket_count_sent (self, queued->size);
  if (errsv == 0 && zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGE_SENT))
    zmqg_socket_add_notice (self, ZMQG_NOTICE_SENT, zmqg_queued_get_message (queued), NULL);
}

static void
offer_queued (ZmqgSocket *self,
              int         errsv)
{
  ZmqgQueued queued;

  zmqg_send_queue_pop (&self->queue, &queued);
  note_sent (self, &queued, errsv);
  if (errsv != 0)
    zmqg_socket_add_notice (self, ZMQG_NOTICE_SEND_FAILED, zmqg_queued_get_message (&queued),
                            make_error (self, errsv));
  zmqg_queued_clear (&queued);
}

static void
offer_operation (ZmqgSocket    *self,
                 ZmqgOperation *operation,
                 int            errsv)
{
  zmqg_socket_detach (self, operation);
  note_sent (self, &operation->queued, errsv);
  zmqg_socket_finish (self, operation, errsv != 0 ? make_error (self, errsv) : NULL, FALSE);
}

/* What is queued is offered to libzmq once more, unless it would only throw it away; no handler
 * runs here. */
static void
offer_queue (ZmqgSocket *self)
{
  ZmqgOperation *operation;
  ZmqgQueued *next;

  if (zmqg_socket_get_linger (self) == 0)
    return;

  while ((next = zmqg_socket_peek_queued (self, &operation)) != NULL)
    {
      int errsv;

      if (operation != NULL && operation->kind == ZMQG_OPERATION_FLUSH)
        {
          zmqg_socket_finish (self, operation, NULL, FALSE);
          continue;
        }
      if (operation != NULL && operation->kind == ZMQG_OPERATION_CLOSE)
        return;

      errsv = zmqg_socket_write_queued (self, next);
      if (errsv == EAGAIN || errsv == ETERM)
        return;
      if (operation != NULL)
        offer_operation (self, operation, errsv);
      else
        offer_queued (self, errsv);
    }
}

/* The fd's number is free for others once libzmq closes it: the hub lets go of it before. */
static void
close_handle (ZmqgSocket *self)
{
  if (self->process == zmqg_process_get_id ())
    zmqg_socket_remove_files (self);
  if (self->handle != NULL && self->process == zmqg_process_get_id ())
    zmqg_monitor_funcs.close (self);

  g_mutex_lock (&self->lock);
  zmqg_hub_remove (&self->member);
  g_ptr_array_set_size (self->bindings, 0);
  g_ptr_array_set_size (self->connections, 0);
  g_ptr_array_set_size (self->subscriptions, 0);
  g_mutex_unlock (&self->lock);

  if (self->handle != NULL && self->process == zmqg_process_get_id ())
    zmqg_context_close_socket (self->context, &self->context_member, self->handle,
                               self->statistics.messages_sent > 0 ?
                                 zmqg_socket_get_linger (self) : 0);
  self->handle = NULL;
}

static guint
count_unsent (ZmqgSocket *self)
{
  guint n_unsent = self->queue.outgoing.length;

  for (GList *link = self->sends.head; link != NULL; link = link->next)
    n_unsent += ((ZmqgOperation *) link->data)->kind == ZMQG_OPERATION_SEND;

  return n_unsent;
}

static GError *
make_closed (ZmqgSocket *self)
{
  return g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED,
                      "Could not send on the %s socket: it was closed before",
                      zmqg_socket_get_type_name (self));
}

/* After the operations have ended, those apart that nobody waits for */
static void
report_unsent (ZmqgSocket *self)
{
  ZmqgOperation *operation;
  ZmqgQueued queued;

  while (zmqg_socket_peek_queued (self, &operation) != NULL)
    {
      if (operation != NULL)
        {
          zmqg_socket_finish (self, operation, make_closed (self), FALSE);
          continue;
        }
      zmqg_send_queue_pop (&self->queue, &queued);
      zmqg_socket_add_notice (self, ZMQG_NOTICE_SEND_FAILED, zmqg_queued_get_message (&queued),
                              make_closed (self));
      zmqg_queued_clear (&queued);
    }
}

/* Pending operations first, those that wait for the end of the socket last */
static void
tell_finished (ZmqgSocket *self,
               gboolean    close_too)
{
  GQueue later = G_QUEUE_INIT;
  ZmqgOperation *operation;

  while ((operation = zmqg_socket_take_finished (self)) != NULL)
    {
      if (close_too || operation->kind != ZMQG_OPERATION_CLOSE)
        {
          zmqg_operation_return (operation);
          continue;
        }
      g_atomic_int_inc (&self->n_pending);
      g_queue_push_tail_link (&later, &operation->link);
    }
  self->finished = later;
}

static void
tell_notices (ZmqgSocket *self)
{
  ZmqgNotice notice;

  while (zmqg_socket_take_notice (self, &notice))
    {
      zmqg_notice_tell (self, &notice);
      zmqg_notice_clear (&notice);
    }
}

static gboolean
tell_closed_cb (gpointer user_data)
{
  ZmqgSocket *self = user_data;

  zmqg_socket_clear_producers (self);
  zmqg_socket_end_connect_calls (self);
  tell_finished (self, FALSE);
  tell_notices (self);
  zmqg_monitor_funcs.tell_rest (self);
  tell_finished (self, TRUE);

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

  zmqg_send_queue_set_state (&self->queue, ZMQG_QUEUE_CLOSED);
  zmqg_socket_take_incoming (self);
  if (self->handle != NULL && self->process == zmqg_process_get_id ())
    offer_queue (self);
  if (reason != NULL)
    zmqg_socket_add_notice (self, ZMQG_NOTICE_ERROR, NULL, g_error_copy (reason));
  self->n_unsent = count_unsent (self);
  zmqg_socket_end_operations (self, reason);
  report_unsent (self);
  /* Before the context can know: who waits for its end is told after this */
  zmqg_main_context_post (self->main_context, self->priority, tell_closed_cb,
                          g_object_ref (self), g_object_unref);
  close_handle (self);
}

static gboolean
tell_finished_cb (gpointer user_data)
{
  tell_finished (user_data, TRUE);

  return G_SOURCE_REMOVE;
}

static void
warn_of_unsent (ZmqgSocket *self)
{
  g_autofree char *description = zmqg_socket_dup_description (self);

  g_message ("A socket was dropped with %u unsent messages: %s; close it to be told of them",
             self->n_unsent, description);
}

/* The last reference went, from dispose, by the holder of the main context: nobody is left to
 * be told, so what libzmq does not take is counted and logged. */
void
zmqg_socket_abandon (ZmqgSocket *self)
{
  g_atomic_int_set (&self->closed, TRUE);
  zmqg_send_queue_set_state (&self->queue, ZMQG_QUEUE_CLOSED);
  zmqg_socket_take_incoming (self);
  offer_queue (self);
  self->n_unsent = count_unsent (self);
  self->queue.n_dropped += self->n_unsent;
  if (self->n_unsent > 0)
    warn_of_unsent (self);
  /* There are some only if somebody disposed of the object while he had references */
  zmqg_socket_end_operations (self, NULL);
  if (self->finished.length > 0)
    zmqg_main_context_post (self->main_context, self->priority, tell_finished_cb,
                            g_object_ref (self), g_object_unref);
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
 * [property@Socket:linger] to deliver what it took; if that is 0, libzmq is offered nothing, as it
 * would drop it. Pending operations end with
 * `G_IO_ERROR_CLOSED`, the rest of the queue is reported by [signal@Socket::send-failed], and
 * [signal@Socket::closed] comes last, all from a later dispatch of the main context. The call
 * itself never blocks. [method@Socket.close_async] takes the time to send what waits.
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

  /* A forked child has nothing to close, and waits for no lock that a thread of its parent has */
  if (self->process != zmqg_process_get_id ())
    return;
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
