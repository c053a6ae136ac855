/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

/* The lives of operations: from the call, in any thread, over their places in line, to the task */

void
zmqg_socket_init_operations (ZmqgSocket *self)
{
  g_queue_init (&self->receives);
  g_queue_init (&self->sends);
  g_queue_init (&self->finished);
  g_queue_init (&self->cancelled);
  g_queue_init (&self->producers);
  zmqg_deadlines_init (&self->receive_deadlines);
  zmqg_deadlines_init (&self->send_deadlines);
  self->queue.operations_limit = ZMQG_MAX_PENDING_OPERATIONS;
  self->send_timeout = -1;
  self->receive_timeout = -1;
}

static void
clear_line (GQueue *line)
{
  GList *link;

  while ((link = g_queue_pop_head_link (line)) != NULL)
    zmqg_operation_unref (link->data);
}

/* Those that somebody waits for hold a reference to the socket: what is left are messages. */
void
zmqg_socket_clear_operations (ZmqgSocket *self)
{
  clear_line (&self->sends);
  clear_line (&self->queue.incoming_operations);
  clear_line (&self->cancelled);
  zmqg_deadlines_clear (&self->receive_deadlines);
  zmqg_deadlines_clear (&self->send_deadlines);
}

/* From any thread */
void
zmqg_socket_wake (ZmqgSocket *self)
{
  g_mutex_lock (&self->lock);
  if (self->member.hub != NULL)
    zmqg_hub_post (&self->member);
  g_mutex_unlock (&self->lock);
}

/* Not through the macro of that name, which also makes a copy of its argument's text: a name for
 * the task, for 10 ns. */
GTask *
zmqg_socket_new_task (ZmqgSocket          *self,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data,
                      gpointer             source_tag)
{
  /* Without the cancellable: GTask would forget the message of a receive that is cancelled, or
   * leave the callback to an idle source, behind those of later operations */
  GTask *task = g_task_new (self, NULL, callback, user_data);

  (g_task_set_source_tag) (task, source_tag);

  return task;
}

/* @task: (transfer full) (nullable), made just now */
ZmqgOperation *
zmqg_socket_new_operation (ZmqgSocket        *self,
                           ZmqgOperationKind  kind,
                           GTask             *task)
{
  gint64 created = task != NULL ? zmqg_hub_get_task_time (&self->member) : 0;

  return zmqg_operation_new (kind, task, self->main_context, created);
}

static const char *
get_verb (ZmqgOperation *operation)
{
  switch (operation->kind)
    {
    case ZMQG_OPERATION_RECEIVE:
      return "receive on";
    case ZMQG_OPERATION_SEND:
    case ZMQG_OPERATION_SENT:
      return "send on";
    case ZMQG_OPERATION_FLUSH:
      return "flush";
    case ZMQG_OPERATION_CLOSE:
    default:
      return "close";
    }
}

static GError *
make_error (ZmqgSocket    *self,
            ZmqgOperation *operation,
            int            code,
            const char    *reason)
{
  return g_error_new (G_IO_ERROR, code, "Could not %s the %s socket: %s", get_verb (operation),
                      zmqg_socket_get_type_name (self), reason);
}

GError *
zmqg_socket_make_timed_out (ZmqgSocket    *self,
                            ZmqgOperation *operation)
{
  g_autofree char *reason = NULL;

  if (operation->kind == ZMQG_OPERATION_RECEIVE)
    reason = g_strdup_printf ("no message came within %d ms", operation->timeout);
  else
    reason = g_strdup_printf ("libzmq did not take the message within %d ms", operation->timeout);

  return make_error (self, operation, G_IO_ERROR_TIMED_OUT, reason);
}

GError *
zmqg_socket_make_cancelled (ZmqgSocket    *self,
                            ZmqgOperation *operation)
{
  return make_error (self, operation, G_IO_ERROR_CANCELLED, "the operation was cancelled");
}

/* In whichever thread cancels, from inside g_cancellable_cancel() */
static void
cancelled_cb (GCancellable  *cancellable,
              ZmqgOperation *operation)
{
  ZmqgSocket *self = ZMQG_SOCKET (operation->socket);
  gboolean is_first = FALSE;

  g_mutex_lock (&self->queue.lock);
  /* Closed, it has ended all of them, and nobody would look at the list again */
  if (!operation->is_cancelled && self->queue.state != ZMQG_QUEUE_CLOSED)
    {
      is_first = self->cancelled.length == 0;
      g_atomic_int_set (&operation->is_cancelled, TRUE);
      zmqg_operation_ref (operation);
      g_queue_push_tail_link (&self->cancelled, &operation->cancelled_link);
      g_atomic_int_set (&self->n_cancelled, self->cancelled.length);
    }
  g_mutex_unlock (&self->queue.lock);

  if (is_first)
    zmqg_socket_wake (self);
}

/* Not g_cancellable_connect(), whose counterpart waits for handlers that run in other threads. */
static void
watch (ZmqgSocket    *self,
       ZmqgOperation *operation,
       GCancellable  *cancellable)
{
  operation->cancellable = g_object_ref (cancellable);
  operation->socket = G_OBJECT (g_object_ref (self));
  operation->cancelled_id =
    g_signal_connect_data (cancellable, "cancelled", G_CALLBACK (cancelled_cb),
                           zmqg_operation_ref (operation),
                           (GClosureNotify) (void (*) (void)) zmqg_operation_unref, 0);
  if (g_cancellable_is_cancelled (cancellable))
    cancelled_cb (cancellable, operation);
}

static GQueue *
get_line (ZmqgSocket    *self,
          ZmqgOperation *operation)
{
  return operation->kind == ZMQG_OPERATION_RECEIVE ? &self->receives : &self->sends;
}

static ZmqgDeadlines *
get_deadlines (ZmqgSocket    *self,
               ZmqgOperation *operation)
{
  return operation->kind == ZMQG_OPERATION_RECEIVE ? &self->receive_deadlines
                                                   : &self->send_deadlines;
}

static void
count_plain (ZmqgSocket    *self,
             ZmqgOperation *operation,
             int            sign)
{
  self->n_plain += sign;
  self->plain_bytes += sign * (gssize) operation->queued.size;
}

/* By the owner. Its place among the queued messages is known already. */
void
zmqg_socket_accept (ZmqgSocket    *self,
                    ZmqgOperation *operation)
{
  operation->line = get_line (self, operation);
  g_queue_push_tail_link (operation->line, &operation->link);
  if (operation->kind == ZMQG_OPERATION_SEND)
    {
      zmqg_send_queue_count_operations (&self->queue, 0, 0, 1);
      if (operation->task == NULL)
        count_plain (self, operation, 1);
      if (self->first_in_line == NULL)
        self->first_in_line = &operation->link;
      zmqg_socket_find_room (self);
    }
  else if (operation->kind == ZMQG_OPERATION_CLOSE && !g_atomic_int_get (&self->closed))
    zmqg_send_queue_set_state (&self->queue, ZMQG_QUEUE_CLOSING);

  if (operation->deadline != G_MAXINT64)
    {
      zmqg_deadlines_add (get_deadlines (self, operation), operation);
      zmqg_hub_set_deadline (&self->member, operation->deadline);
    }
  if (g_atomic_int_get (&operation->is_cancelled))
    /* Its handler came before, and found it in no line */
    zmqg_socket_finish (self, operation, zmqg_socket_make_cancelled (self, operation), FALSE);
}

/* What other threads left */
void
zmqg_socket_take_incoming (ZmqgSocket *self)
{
  GQueue operations = G_QUEUE_INIT;
  GList *link;

  zmqg_send_queue_take (&self->queue, &operations);
  while ((link = g_queue_pop_head_link (&operations)) != NULL)
    zmqg_socket_accept (self, link->data);
  if (G_UNLIKELY (self->queue.keep_newest))
    zmqg_socket_find_room (self);
}

static void
refuse_posted (ZmqgSocket    *self,
               ZmqgOperation *operation)
{
  operation->error = make_error (self, operation, G_IO_ERROR_CLOSED, "the socket is closed");
  if (operation->cancelled_id != 0)
    g_signal_handler_disconnect (operation->cancellable, operation->cancelled_id);
  g_atomic_int_add (&self->n_pending, -1);
  zmqg_operation_return (operation);
}

/* @operation: (transfer full) one with a task */
void
zmqg_socket_submit (ZmqgSocket    *self,
                    ZmqgOperation *operation,
                    GCancellable  *cancellable,
                    gboolean       is_held)
{
  ZmqgPostResult result;

  g_atomic_int_inc (&self->n_pending);
  if (cancellable != NULL)
    watch (self, operation, cancellable);

  if (is_held)
    {
      /* They came first */
      zmqg_socket_take_incoming (self);
      operation->after = zmqg_send_queue_get_n_pushed (&self->queue);
      zmqg_socket_accept (self, operation);
      zmqg_hub_touch (&self->member);
      return;
    }

  result = zmqg_send_queue_post_operation (&self->queue, operation);
  if (result == ZMQG_POST_CLOSED)
    refuse_posted (self, operation);
  else if (result == ZMQG_POST_FIRST)
    zmqg_socket_wake (self);
}

/* Whether its callback may come from this dispatch */
gboolean
zmqg_socket_is_ripe (ZmqgSocket    *self,
                     ZmqgOperation *operation)
{
  if (self->member.hub == NULL)
    return FALSE;

  return operation->is_foreign || operation->created == 0 ||
         operation->created < zmqg_hub_get_time (&self->member);
}

static void
detach_send (ZmqgSocket    *self,
             ZmqgOperation *operation)
{
  if (operation->task == NULL)
    count_plain (self, operation, -1);
  if (operation->has_room)
    zmqg_send_queue_count_operations (&self->queue, -1, -(gssize) operation->queued.size, 0);
  else
    zmqg_send_queue_count_operations (&self->queue, 0, 0, -1);
  operation->has_room = FALSE;
}

static gboolean
has_close (ZmqgSocket *self)
{
  for (GList *link = self->sends.tail; link != NULL; link = link->prev)
    {
      if (((ZmqgOperation *) link->data)->kind == ZMQG_OPERATION_CLOSE)
        return TRUE;
    }

  return FALSE;
}

/* Out of its line: nothing can end it any more but the caller. */
void
zmqg_socket_detach (ZmqgSocket    *self,
                    ZmqgOperation *operation)
{
  GQueue *line = g_steal_pointer (&operation->line);

  if (self->first_in_line == &operation->link)
    self->first_in_line = operation->link.next;
  g_queue_unlink (line, &operation->link);
  if (operation->kind == ZMQG_OPERATION_SEND)
    detach_send (self, operation);
  else if (operation->kind == ZMQG_OPERATION_CLOSE && !g_atomic_int_get (&self->closed) &&
           !has_close (self))
    zmqg_send_queue_set_state (&self->queue, ZMQG_QUEUE_OPEN);

  zmqg_deadlines_remove (get_deadlines (self, operation), operation);
  if (operation->cancelled_id != 0)
    g_signal_handler_disconnect (operation->cancellable, operation->cancelled_id);
  operation->cancelled_id = 0;
}

static void
tell_failed (ZmqgSocket    *self,
             ZmqgOperation *operation,
             GError        *error)
{
  zmqg_socket_add_notice (self, ZMQG_NOTICE_SEND_FAILED,
                          zmqg_queued_get_message (&operation->queued), error);
  zmqg_operation_unref (operation);
}

static gboolean
tell_finished_cb (gpointer user_data)
{
  ZmqgSocket *self = user_data;
  ZmqgOperation *operation;

  while ((operation = zmqg_socket_take_finished (self)) != NULL)
    zmqg_operation_return (operation);

  return G_SOURCE_REMOVE;
}

/* @operation: (transfer full), in a line still or not; @error: (transfer full) (nullable).
 * @in_dispatch: by the hub, so that its callback may come at once; the socket may be gone after */
void
zmqg_socket_finish (ZmqgSocket    *self,
                    ZmqgOperation *operation,
                    GError        *error,
                    gboolean       in_dispatch)
{
  if (operation->line != NULL)
    zmqg_socket_detach (self, operation);
  if (operation->task == NULL && error != NULL)
    {
      tell_failed (self, operation, error);
      return;
    }
  if (operation->task == NULL)
    {
      zmqg_operation_unref (operation);
      return;
    }

  operation->error = error;
  if (in_dispatch && self->finished.head == NULL && zmqg_socket_is_ripe (self, operation))
    {
      g_atomic_int_add (&self->n_pending, -1);
      zmqg_operation_return (operation);
      return;
    }
  g_queue_push_tail_link (&self->finished, &operation->link);
  if (self->member.hub != NULL)
    zmqg_hub_nudge (&self->member);
  else
    zmqg_main_context_post (self->main_context, self->priority, tell_finished_cb,
                            g_object_ref (self), g_object_unref);
}

/* (nullable) (transfer full) */
ZmqgOperation *
zmqg_socket_take_finished (ZmqgSocket *self)
{
  GList *link = g_queue_pop_head_link (&self->finished);

  if (link == NULL)
    return NULL;

  g_atomic_int_add (&self->n_pending, -1);
  return link->data;
}

/* (nullable) (transfer full) */
ZmqgOperation *
zmqg_socket_take_cancelled (ZmqgSocket *self)
{
  GList *link;

  if (g_atomic_int_get (&self->n_cancelled) == 0)
    return NULL;

  g_mutex_lock (&self->queue.lock);
  link = g_queue_pop_head_link (&self->cancelled);
  g_atomic_int_set (&self->n_cancelled, self->cancelled.length);
  g_mutex_unlock (&self->queue.lock);

  return link != NULL ? link->data : NULL;
}

static GError *
make_closed (ZmqgSocket    *self,
             ZmqgOperation *operation,
             const GError  *reason)
{
  return reason != NULL ? g_error_copy (reason)
                        : make_error (self, operation, G_IO_ERROR_CLOSED, "it was closed");
}

static void
end_cancelled (ZmqgSocket *self)
{
  ZmqgOperation *operation;

  while ((operation = zmqg_socket_take_cancelled (self)) != NULL)
    {
      if (operation->line != NULL)
        zmqg_socket_finish (self, operation, zmqg_socket_make_cancelled (self, operation), FALSE);
      zmqg_operation_unref (operation);
    }
}

/* The socket is closed: what waits has come to its end. Messages that nobody waits for stay. */
void
zmqg_socket_end_operations (ZmqgSocket   *self,
                            const GError *reason)
{
  GList *next;

  end_cancelled (self);

  while (self->receives.head != NULL)
    zmqg_socket_finish (self, self->receives.head->data,
                        make_closed (self, self->receives.head->data, reason), FALSE);
  for (GList *link = self->sends.head; link != NULL; link = next)
    {
      ZmqgOperation *operation = link->data;

      next = link->next;
      if (operation->kind == ZMQG_OPERATION_CLOSE)
        {
          operation->n_unsent = self->n_unsent;
          zmqg_socket_finish (self, operation, NULL, FALSE);
        }
      else if (operation->task != NULL)
        zmqg_socket_finish (self, operation, make_closed (self, operation, reason), FALSE);
    }
}
