/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/socket/zmqg-send-queue-private.h>

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
has_room (ZmqgSendQueue *self,
          gsize          size)
{
  guint limit = g_atomic_int_get (&self->limit);
  gsize bytes_limit = g_atomic_pointer_get (&self->bytes_limit);
  guint length = zmqg_send_queue_get_length (self);

  if (limit > 0 && length >= limit)
    return FALSE;

  return bytes_limit == 0 || length == 0 || zmqg_send_queue_get_bytes (self) + size <= bytes_limit;
}

gboolean
zmqg_send_queue_is_full (ZmqgSendQueue *self)
{
  return !has_room (self, __atomic_load_n (&self->refused_size, __ATOMIC_RELAXED));
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

  if (!has_room (self, zmqg_message_get_size (message)))
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

/* By any thread. @queued: taken over */
ZmqgPostResult
zmqg_send_queue_post (ZmqgSendQueue *self,
                      ZmqgQueued    *queued)
{
  ZmqgPostResult result;

  g_mutex_lock (&self->lock);
  if (self->closed)
    result = ZMQG_POST_CLOSED;
  else if (!has_room (self, queued->size))
    result = ZMQG_POST_FULL;
  else
    {
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

/* By the owner: what other threads left goes to the end of the queue. */
void
zmqg_send_queue_take (ZmqgSendQueue *self)
{
  if (__atomic_load_n (&self->n_incoming, __ATOMIC_ACQUIRE) == 0)
    return;

  g_mutex_lock (&self->lock);
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
  STORE (self->n_outgoing, self->outgoing.length);
  STORE (self->outgoing_bytes, self->outgoing_bytes - queued->size);
}

void
zmqg_send_queue_close (ZmqgSendQueue *self)
{
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  g_mutex_unlock (&self->lock);
}
