/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/socket/zmqg-socket-private.h>

/* One order for what waits to be sent: messages in the queue, and operations, which are a list
 * so that they can be taken out from the middle. Each operation knows after how many messages it
 * comes. */

static ZmqgOperation *
peek_due_operation (ZmqgSocket *self)
{
  ZmqgOperation *operation = self->sends.head != NULL ? self->sends.head->data : NULL;

  return operation != NULL && operation->after <= self->queue.n_gone ? operation : NULL;
}

/* One that has nothing to send has come to the head of the line. */
gboolean
zmqg_socket_has_due_flush (ZmqgSocket *self)
{
  ZmqgOperation *operation = peek_due_operation (self);

  return operation != NULL && operation->kind != ZMQG_OPERATION_SEND;
}

/* The next one to be sent (nullable). @operation: its operation if it has one; FLUSH and CLOSE
 * have nothing to send, and what is returned is not to be looked at. */
ZmqgQueued *
zmqg_socket_peek_queued (ZmqgSocket     *self,
                         ZmqgOperation **operation)
{
  *operation = peek_due_operation (self);
  if (*operation != NULL)
    return &(*operation)->queued;

  return zmqg_send_queue_peek (&self->queue);
}

static ZmqgOperation *
find_oldest_plain (ZmqgSocket *self)
{
  for (GList *link = self->sends.head; link != NULL && self->n_plain > 0; link = link->next)
    {
      ZmqgOperation *operation = link->data;

      if (operation->kind == ZMQG_OPERATION_SEND && operation->task == NULL)
        return operation;
    }

  return NULL;
}

/* FALSE: nothing is there that somebody does not wait for. */
static gboolean
drop_oldest (ZmqgSocket *self)
{
  ZmqgOperation *operation = find_oldest_plain (self);
  gboolean has_queued = zmqg_send_queue_peek (&self->queue) != NULL;

  if (operation != NULL && (!has_queued || operation->after <= self->queue.n_gone))
    {
      zmqg_socket_detach (self, operation);
      zmqg_operation_unref (operation);
      __atomic_add_fetch (&self->queue.n_dropped, 1, __ATOMIC_RELAXED);
      return TRUE;
    }
  if (has_queued)
    zmqg_send_queue_drop (&self->queue);

  return has_queued;
}

static gboolean
admit_first (ZmqgSocket *self)
{
  ZmqgOperation *operation = self->first_in_line->data;

  if (operation->kind == ZMQG_OPERATION_SEND)
    {
      gssize size = operation->queued.size;

      /* Those that nobody waits for were let in because there was room */
      if (operation->task != NULL &&
          !zmqg_send_queue_has_room_for_operation (&self->queue, size, self->n_plain))
        return FALSE;
      operation->has_room = TRUE;
      zmqg_send_queue_count_operations (&self->queue, 1, size, -1);
    }
  self->first_in_line = self->first_in_line->next;

  return TRUE;
}

/* Those in line move up into the queue as far as it has room. */
void
zmqg_socket_find_room (ZmqgSocket *self)
{
  while (self->first_in_line != NULL && admit_first (self))
    ;
  while (self->queue.keep_newest && zmqg_send_queue_is_over (&self->queue) && drop_oldest (self))
    ;
}

static void
enqueue_expiring (ZmqgSocket  *self,
                  ZmqgMessage *message)
{
  ZmqgOperation *operation = zmqg_socket_new_operation (self, ZMQG_OPERATION_SEND, NULL);

  zmqg_operation_set_message (operation, message);
  operation->after = zmqg_send_queue_get_n_pushed (&self->queue);
  zmqg_socket_accept (self, operation);
}

/* Dropping is of no use where what may not be dropped takes up the room. */
static gboolean
can_make_room (ZmqgSocket *self,
               gsize       size)
{
  ZmqgSendQueue *queue = &self->queue;
  guint n_kept = queue->n_operations - MIN (queue->n_operations, self->n_plain);
  gsize kept = queue->operations_bytes - MIN (queue->operations_bytes, self->plain_bytes);

  if (!queue->keep_newest || queue->n_in_line > 0 || (queue->limit > 0 && n_kept >= queue->limit))
    return FALSE;

  return queue->bytes_limit == 0 || n_kept == 0 || kept + size <= queue->bytes_limit;
}

/* By the owner. FALSE: no room */
gboolean
zmqg_socket_enqueue (ZmqgSocket  *self,
                     ZmqgMessage *message)
{
  gsize size = zmqg_message_get_size (message);

  if (can_make_room (self, size))
    {
      while (!zmqg_send_queue_has_room (&self->queue, size) && drop_oldest (self))
        ;
    }
  if (zmqg_message_get_expiry (message) < 0 || !zmqg_send_queue_has_room (&self->queue, size))
    return zmqg_send_queue_push (&self->queue, message);

  enqueue_expiring (self, message);

  return TRUE;
}
