/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/base/zmqg-message-private.h>

G_BEGIN_DECLS

/* What fits into a queue without a message around it: allocating one in a thread and freeing
 * it in another takes longer than all the rest of a send. */
#define ZMQG_QUEUED_DATA 40

/* One message on its way out, as it was when it was queued */
typedef struct
{
  /* NULL: the only frame is @data */
  ZmqgMessage *message;
  gsize size;
  union
  {
    struct
    {
      ZmqgFrame *frames;
      guint n_frames;
    };
    guint8 data[ZMQG_QUEUED_DATA];
  };
} ZmqgQueued;

typedef struct
{
  ZmqgQueued *items;
  guint head;
  guint length;
  guint allocated;
} ZmqgRing;

typedef enum
{
  ZMQG_QUEUE_OPEN,
  /* Drains before it is closed, and may be opened again */
  ZMQG_QUEUE_CLOSING,
  ZMQG_QUEUE_CLOSED,
} ZmqgQueueState;

/* The FIFO before libzmq: what the owner waits to send, and what other threads left for it.
 *
 * A list under a mutex that the owner takes whole costs a producer 39 ns a message, where
 * g_main_context_invoke() costs 590. */
typedef struct
{
  ZmqgRing outgoing;
  /* Written by the owner, read by everybody */
  guint n_outgoing;
  gsize outgoing_bytes;

  /* Messages that ever left @outgoing */
  guint64 n_gone;
  /* Operations that have found room, and those that wait for it */
  guint n_operations;
  gsize operations_bytes;
  guint n_in_line;

  GMutex lock;
  ZmqgRing incoming;
  gsize incoming_bytes;
  guint n_incoming;
  /* Dropped from the head of @incoming since it was taken last */
  guint n_incoming_gone;
  GQueue incoming_operations;
  guint n_incoming_operations;
  /* Those of them that nobody waits for */
  guint n_incoming_plain;
  gsize incoming_plain_bytes;
  ZmqgQueueState state;

  guint limit;
  gsize bytes_limit;
  guint operations_limit;
  /* To make room the oldest is dropped */
  gboolean keep_newest;
  guint64 n_dropped;
  /* Somebody was refused and waits for room */
  gboolean refused;
  gsize refused_size;
} ZmqgSendQueue;

typedef enum
{
  ZMQG_POST_FULL,
  ZMQG_POST_CLOSED,
  ZMQG_POST_QUEUED,
  /* … and the owner does not know yet */
  ZMQG_POST_FIRST,
} ZmqgPostResult;

void            zmqg_queued_init       (ZmqgQueued    *self,
                                        ZmqgMessage   *message);
void            zmqg_queued_init_small (ZmqgQueued    *self,
                                        ZmqgMessage   *message);
void            zmqg_queued_init_data  (ZmqgQueued    *self,
                                        gconstpointer  data,
                                        gsize          length);
ZmqgMessage    *zmqg_queued_get_message (ZmqgQueued   *self);
void            zmqg_queued_clear      (ZmqgQueued    *self);

void            zmqg_send_queue_init   (ZmqgSendQueue *self);
void            zmqg_send_queue_clear  (ZmqgSendQueue *self);
gboolean        zmqg_send_queue_push   (ZmqgSendQueue *self,
                                        ZmqgMessage   *message);
ZmqgPostResult  zmqg_send_queue_post   (ZmqgSendQueue *self,
                                        ZmqgQueued    *queued);
ZmqgPostResult  zmqg_send_queue_post_operation (ZmqgSendQueue *self,
                                                gpointer       operation);
void            zmqg_send_queue_take   (ZmqgSendQueue *self,
                                        GQueue        *operations);
ZmqgQueued     *zmqg_send_queue_peek   (ZmqgSendQueue *self);
void            zmqg_send_queue_pop    (ZmqgSendQueue *self,
                                        ZmqgQueued    *queued);
void            zmqg_send_queue_drop   (ZmqgSendQueue *self);
void            zmqg_send_queue_set_state (ZmqgSendQueue  *self,
                                           ZmqgQueueState  state);
gboolean        zmqg_send_queue_has_room (ZmqgSendQueue *self,
                                          gsize          size);
gboolean        zmqg_send_queue_is_full (ZmqgSendQueue *self);
gboolean        zmqg_send_queue_is_over (ZmqgSendQueue *self);
gboolean        zmqg_send_queue_has_room_for_operation (ZmqgSendQueue *self,
                                                        gsize          size,
                                                        guint          n_plain);
void            zmqg_send_queue_count_operations (ZmqgSendQueue *self,
                                                  int            n_operations,
                                                  gssize         size,
                                                  int            n_in_line);

static inline guint
zmqg_send_queue_get_length (ZmqgSendQueue *self)
{
  return __atomic_load_n (&self->n_outgoing, __ATOMIC_ACQUIRE) +
         __atomic_load_n (&self->n_incoming, __ATOMIC_ACQUIRE) +
         __atomic_load_n (&self->n_incoming_plain, __ATOMIC_ACQUIRE) +
         __atomic_load_n (&self->n_operations, __ATOMIC_ACQUIRE);
}

static inline gsize
zmqg_send_queue_get_bytes (ZmqgSendQueue *self)
{
  return __atomic_load_n (&self->outgoing_bytes, __ATOMIC_ACQUIRE) +
         __atomic_load_n (&self->incoming_bytes, __ATOMIC_ACQUIRE) +
         __atomic_load_n (&self->incoming_plain_bytes, __ATOMIC_ACQUIRE) +
         __atomic_load_n (&self->operations_bytes, __ATOMIC_ACQUIRE);
}

/* Other threads have left something for the owner */
static inline gboolean
zmqg_send_queue_has_incoming (ZmqgSendQueue *self)
{
  return __atomic_load_n (&self->n_incoming, __ATOMIC_ACQUIRE) > 0 ||
         __atomic_load_n (&self->n_incoming_operations, __ATOMIC_ACQUIRE) > 0;
}

/* Messages that were ever put into @outgoing: what a later one waits for to be gone */
static inline guint64
zmqg_send_queue_get_n_pushed (ZmqgSendQueue *self)
{
  return self->n_gone + self->outgoing.length;
}

G_END_DECLS
