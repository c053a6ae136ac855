/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/socket/zmqg-operation-private.h>

#include <string.h>

/* A burst must not keep its memory for ever */
#define KEPT_ITEMS 1024

/* A counter has one writer at a time: g_atomic_int_set() would be a full barrier, two of them for
 * each message. */
#define STORE(counter, value) __atomic_store_n (&(counter), (value), __ATOMIC_RELEASE)

void
zmqg_queued_init (ZmqgQueued  *self,
                  ZmqgMessage *message)
{
  self->message = zmqg_message_ref (message);
  zmqg_message_hold_frames (message);
  self->frames = message->frames;
  self->n_frames = message->n_frames;
  self->size = zmqg_message_get_size (message);
}

/* As data, if it is small: then the thread that made the message also frees it. */
void
zmqg_queued_init_small (ZmqgQueued  *self,
                        ZmqgMessage *message)
{
  gsize length;
  gconstpointer data = zmqg_frame_get_data (&message->frames[0], &length);

  if (message->n_frames == 1 && length <= ZMQG_QUEUED_DATA)
    zmqg_queued_init_data (self, data, length);
  else
    zmqg_queued_init (self, message);
}

/* @length: at most ZMQG_QUEUED_DATA */
void
zmqg_queued_init_data (ZmqgQueued    *self,
                       gconstpointer  data,
                       gsize          length)
{
  self->message = NULL;
  self->size = length;
  if (length > 0)
    memcpy (self->data, data, length);
}

/* (transfer none): made now if there was none */
ZmqgMessage *
zmqg_queued_get_message (ZmqgQueued *self)
{
  if (self->message == NULL)
    {
      g_autoptr (ZmqgMessage) message = zmqg_message_new_data (self->data, self->size);

      zmqg_queued_init (self, message);
    }

  return self->message;
}

void
zmqg_queued_clear (ZmqgQueued *self)
{
  g_clear_pointer (&self->message, zmqg_message_unref);
}

static void
ring_grow (ZmqgRing *self)
{
  guint allocated = MAX (16, self->allocated * 2);
  ZmqgQueued *items = g_new (ZmqgQueued, allocated);

  for (guint i = 0; i < self->length; i++)
    items[i] = self->items[(self->head + i) & (self->allocated - 1)];

  g_free (self->items);
  self->items = items;
  self->head = 0;
  self->allocated = allocated;
}

static ZmqgQueued *
ring_add (ZmqgRing *self)
{
  if (self->length == self->allocated)
    ring_grow (self);

  return &self->items[(self->head + self->length++) & (self->allocated - 1)];
}

static void
ring_remove (ZmqgRing   *self,
             ZmqgQueued *queued)
{
  *queued = self->items[self->head];
  self->head = (self->head + 1) & (self->allocated - 1);
  if (--self->length == 0 && self->allocated > KEPT_ITEMS)
    {
      g_clear_pointer (&self->items, g_free);
      self->allocated = 0;
      self->head = 0;
    }
}

static void
ring_clear (ZmqgRing *self)
{
  while (self->length > 0)
    {
      ZmqgQueued queued;

      ring_remove (self, &queued);
      zmqg_queued_clear (&queued);
    }
  g_clear_pointer (&self->items, g_free);
  self->allocated = 0;
}

void
zmqg_send_queue_init (ZmqgSendQueue *self)
{
  g_mutex_init (&self->lock);
  g_queue_init (&self->incoming_operations);
}

void
zmqg_send_queue_clear (ZmqgSendQueue *self)
{
  ring_clear (&self->outgoing);
  ring_clear (&self->incoming);
  g_mutex_clear (&self->lock);
}

/* A message larger than the limit finds room in an empty queue, or it could never be sent. */
static gboolean
is_within_limits (ZmqgSendQueue *self,
                  gsize          size)
{
  guint limit = g_atomic_int_get (&self->limit);
  gsize bytes_limit = g_atomic_pointer_get (&self->bytes_limit);
  guint length = zmqg_send_queue_get_length (self);

  if (limit > 0 && length >= limit)
    return FALSE;

  return bytes_limit == 0 || length == 0 || zmqg_send_queue_get_bytes (self) + size <= bytes_limit;
}

/* Those who wait for room come first. */
gboolean
zmqg_send_queue_has_room (ZmqgSendQueue *self,
                          gsize          size)
{
  return __atomic_load_n (&self->n_in_line, __ATOMIC_ACQUIRE) == 0 &&
         is_within_limits (self, size);
}

gboolean
zmqg_send_queue_is_full (ZmqgSendQueue *self)
{
  return !zmqg_send_queue_has_room (self, __atomic_load_n (&self->refused_size, __ATOMIC_RELAXED));
}

/* More is there than may be, and something of it can go */
gboolean
zmqg_send_queue_is_over (ZmqgSendQueue *self)
{
  guint limit = g_atomic_int_get (&self->limit);
  gsize bytes_limit = g_atomic_pointer_get (&self->bytes_limit);
  guint length = zmqg_send_queue_get_length (self);

  return (limit > 0 && length > limit) ||
         (bytes_limit > 0 && length > 1 && zmqg_send_queue_get_bytes (self) > bytes_limit);
}

/* @n_plain: how many of the operations nobody waits for */
gboolean
zmqg_send_queue_has_room_for_operation (ZmqgSendQueue *self,
                                        gsize          size,
                                        guint          n_plain)
{
  if (self->operations_limit > 0 && self->n_operations >= self->operations_limit + n_plain)
    return FALSE;

  return is_within_limits (self, size);
}

/* By the owner: what changes */
void
zmqg_send_queue_count_operations (ZmqgSendQueue *self,
                                  int            n_operations,
                                  gssize         size,
                                  int            n_in_line)
{
  STORE (self->n_operations, self->n_operations + n_operations);
  STORE (self->operations_bytes, self->operations_bytes + size);
  STORE (self->n_in_line, self->n_in_line + n_in_line);
}

static void
refuse (ZmqgSendQueue *self,
        gsize          size)
{
  STORE (self->refused_size, size);
  g_atomic_int_set (&self->refused, TRUE);
}

/* By the owner. FALSE: no room. */
gboolean
zmqg_send_queue_push (ZmqgSendQueue *self,
                      ZmqgMessage   *message)
{
  ZmqgQueued queued;

  if (!zmqg_send_queue_has_room (self, zmqg_message_get_size (message)))
    {
      refuse (self, zmqg_message_get_size (message));
      return FALSE;
    }

  zmqg_queued_init (&queued, message);
  *ring_add (&self->outgoing) = queued;
  STORE (self->n_outgoing, self->outgoing.length);
  STORE (self->outgoing_bytes, self->outgoing_bytes + queued.size);

  return TRUE;
}

/* What other threads left is bounded by itself: the owner drops the oldest of all when it takes
 * it. With the lock held */
static void
drop_incoming (ZmqgSendQueue *self,
               gsize          size)
{
  guint limit = g_atomic_int_get (&self->limit);
  gsize bytes_limit = g_atomic_pointer_get (&self->bytes_limit);

  while (self->incoming.length > 0 &&
         ((limit > 0 && self->incoming.length >= limit) ||
          (bytes_limit > 0 && self->incoming_bytes + size > bytes_limit)))
    {
      ZmqgQueued queued;

      ring_remove (&self->incoming, &queued);
      self->n_incoming_gone++;
      STORE (self->incoming_bytes, self->incoming_bytes - queued.size);
      zmqg_queued_clear (&queued);
      __atomic_add_fetch (&self->n_dropped, 1, __ATOMIC_RELAXED);
    }
}

/* By any thread. @queued: taken over */
ZmqgPostResult
zmqg_send_queue_post (ZmqgSendQueue *self,
                      ZmqgQueued    *queued)
{
  ZmqgPostResult result;

  g_mutex_lock (&self->lock);
  if (self->state != ZMQG_QUEUE_OPEN)
    result = ZMQG_POST_CLOSED;
  else if (self->keep_newest ? __atomic_load_n (&self->n_in_line, __ATOMIC_ACQUIRE) > 0
                             : !zmqg_send_queue_has_room (self, queued->size))
    result = ZMQG_POST_FULL;
  else
    {
      if (self->keep_newest)
        drop_incoming (self, queued->size);
      *ring_add (&self->incoming) = *queued;
      result = self->n_incoming == 0 ? ZMQG_POST_FIRST : ZMQG_POST_QUEUED;
      STORE (self->n_incoming, self->incoming.length);
      STORE (self->incoming_bytes, self->incoming_bytes + queued->size);
    }
  if (result == ZMQG_POST_FULL)
    refuse (self, queued->size);
  g_mutex_unlock (&self->lock);

  if (result == ZMQG_POST_CLOSED || result == ZMQG_POST_FULL)
    zmqg_queued_clear (queued);

  return result;
}

static gboolean
is_plain (ZmqgOperation *operation)
{
  return operation->kind == ZMQG_OPERATION_SEND && operation->task == NULL;
}

static void
count_incoming_plain (ZmqgSendQueue *self,
                      int            n_operations,
                      gssize         size)
{
  STORE (self->n_incoming_plain, self->n_incoming_plain + n_operations);
  STORE (self->incoming_plain_bytes, self->incoming_plain_bytes + size);
}

/* With the lock held */
static void
drop_incoming_plain (ZmqgSendQueue *self)
{
  GList *link = self->incoming_operations.head;

  while (link != NULL && !is_plain (link->data))
    link = link->next;
  if (link == NULL)
    return;

  g_queue_unlink (&self->incoming_operations, link);
  count_incoming_plain (self, -1, -(gssize) ((ZmqgOperation *) link->data)->queued.size);
  zmqg_operation_unref (link->data);
  __atomic_add_fetch (&self->n_dropped, 1, __ATOMIC_RELAXED);
}

/* A message that nobody waits for needs room, as others do. With the lock held */
static gboolean
may_post (ZmqgSendQueue *self,
          ZmqgOperation *operation)
{
  guint limit = g_atomic_int_get (&self->limit);
  gsize bytes_limit = g_atomic_pointer_get (&self->bytes_limit);
  gsize size;

  if (!is_plain (operation))
    return TRUE;

  size = operation->queued.size;
  if (!self->keep_newest)
    return zmqg_send_queue_has_room (self, size);
  if (__atomic_load_n (&self->n_in_line, __ATOMIC_ACQUIRE) > 0)
    return FALSE;
  while (self->n_incoming_plain > 0 &&
         ((limit > 0 && self->n_incoming_plain >= limit) ||
          (bytes_limit > 0 && self->incoming_plain_bytes + size > bytes_limit)))
    drop_incoming_plain (self);

  return TRUE;
}

/* By any thread. @item: a ZmqgOperation, taken over unless refused */
ZmqgPostResult
zmqg_send_queue_post_operation (ZmqgSendQueue *self,
                                gpointer       item)
{
  ZmqgOperation *operation = item;
  ZmqgPostResult result = ZMQG_POST_CLOSED;

  g_mutex_lock (&self->lock);
  if (self->state == ZMQG_QUEUE_CLOSED ||
      (self->state == ZMQG_QUEUE_CLOSING && operation->kind == ZMQG_OPERATION_SEND))
    result = ZMQG_POST_CLOSED;
  else if (!may_post (self, operation))
    {
      refuse (self, operation->queued.size);
      result = ZMQG_POST_FULL;
    }
  else
    {
      operation->after = self->n_incoming_gone + self->incoming.length;
      g_queue_push_tail_link (&self->incoming_operations, &operation->link);
      if (is_plain (operation))
        count_incoming_plain (self, 1, operation->queued.size);
      result = self->n_incoming_operations == 0 ? ZMQG_POST_FIRST : ZMQG_POST_QUEUED;
      STORE (self->n_incoming_operations, self->incoming_operations.length);
    }
  g_mutex_unlock (&self->lock);

  return result;
}

/* They keep their places among the messages. */
static void
take_operations (ZmqgSendQueue *self,
                 GQueue        *operations)
{
  guint64 base = zmqg_send_queue_get_n_pushed (self);
  GList *link;

  while ((link = g_queue_pop_head_link (&self->incoming_operations)) != NULL)
    {
      ZmqgOperation *operation = link->data;
      guint64 n_before = operation->after;

      operation->after = base + (n_before > self->n_incoming_gone ?
                                   n_before - self->n_incoming_gone : 0);
      g_queue_push_tail_link (operations, link);
    }
  STORE (self->n_incoming_operations, 0);
  STORE (self->n_incoming_plain, 0);
  STORE (self->incoming_plain_bytes, 0);
}

/* By the owner: what other threads left goes to the end of the queue. */
void
zmqg_send_queue_take (ZmqgSendQueue *self,
                      GQueue        *operations)
{
  if (!zmqg_send_queue_has_incoming (self))
    return;

  g_mutex_lock (&self->lock);
  take_operations (self, operations);
  self->n_incoming_gone = 0;
  if (self->outgoing.length == 0)
    {
      ZmqgRing empty = self->outgoing;

      self->outgoing = self->incoming;
      self->incoming = empty;
    }
  else
    {
      while (self->incoming.length > 0)
        ring_remove (&self->incoming, ring_add (&self->outgoing));
    }
  STORE (self->n_outgoing, self->outgoing.length);
  STORE (self->outgoing_bytes, self->outgoing_bytes + self->incoming_bytes);
  STORE (self->n_incoming, 0);
  STORE (self->incoming_bytes, 0);
  g_mutex_unlock (&self->lock);
}

/* (nullable) */
ZmqgQueued *
zmqg_send_queue_peek (ZmqgSendQueue *self)
{
  return self->outgoing.length > 0 ? &self->outgoing.items[self->outgoing.head] : NULL;
}

/* @queued is the caller's to clear. */
void
zmqg_send_queue_pop (ZmqgSendQueue *self,
                     ZmqgQueued    *queued)
{
  ring_remove (&self->outgoing, queued);
  self->n_gone++;
  STORE (self->n_outgoing, self->outgoing.length);
  STORE (self->outgoing_bytes, self->outgoing_bytes - queued->size);
}

/* The oldest one goes. */
void
zmqg_send_queue_drop (ZmqgSendQueue *self)
{
  ZmqgQueued queued;

  zmqg_send_queue_pop (self, &queued);
  zmqg_queued_clear (&queued);
  __atomic_add_fetch (&self->n_dropped, 1, __ATOMIC_RELAXED);
}

void
zmqg_send_queue_set_state (ZmqgSendQueue  *self,
                           ZmqgQueueState  state)
{
  g_mutex_lock (&self->lock);
  self->state = state;
  g_mutex_unlock (&self->lock);
}
