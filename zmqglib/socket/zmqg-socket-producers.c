/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <zmq.h>

/* Who makes a message only when libzmq can take it */
typedef struct
{
  int ref_count;
  ZmqgSocket *socket;
  ZmqgMessageProducer func;
  gpointer user_data;
  GDestroyNotify destroy;
} Producer;

/* It may be replaced, and the socket closed, while its function runs. */
static void
producer_unref (Producer *self)
{
  if (--self->ref_count > 0)
    return;

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_clear_object (&self->socket);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Producer, producer_unref)

static void
drop_first (ZmqgSocket *self,
            Producer   *producer)
{
  if (g_queue_peek_head (&self->producers) == producer)
    producer_unref (g_queue_pop_head (&self->producers));
}

void
zmqg_socket_clear_producers (ZmqgSocket *self)
{
  while (self->producers.length > 0)
    producer_unref (g_queue_pop_head (&self->producers));
}

static void
tell_failed (ZmqgSocket  *self,
             ZmqgMessage *message,
             GError      *error)
{
  ZmqgNotice notice = { ZMQG_NOTICE_SEND_FAILED, message, error };

  zmqg_notice_tell (self, &notice);
  g_error_free (error);
}

/* Libzmq said that it can take one; where it meant another peer, the message waits its turn. */
static void
send_produced (ZmqgSocket  *self,
               ZmqgMessage *message)
{
  GError *error = NULL;

  if (!zmqg_socket_check_send (self, message->n_frames, TRUE, &error))
    {
      tell_failed (self, message, error);
      return;
    }

  switch (zmqg_socket_send_at_once (self, message, &error))
    {
    case ZMQG_SEND_FAILED:
      tell_failed (self, message, error);
      break;
    case ZMQG_SEND_WAITS:
      if (!zmqg_socket_enqueue (self, message))
        tell_failed (self, message,
                     g_error_new (G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                                  "Could not send on the %s socket: the send queue is full",
                                  zmqg_socket_get_type_name (self)));
      break;
    case ZMQG_SEND_DONE:
    default:
      break;
    }
}

/* The socket may be gone after. */
static void
produce (ZmqgSocket *self)
{
  g_autoptr (ZmqgSocket) held = g_object_ref (self);
  g_autoptr (Producer) producer = g_queue_peek_head (&self->producers);
  g_autoptr (ZmqgMessage) message = NULL;

  producer->ref_count++;
  message = producer->func (self, producer->user_data);
  if (message != NULL)
    send_produced (self, message);
  else
    drop_first (self, producer);
}

/* When nothing else waits to be sent: the producers that wait are called, in order. */
ZmqgHubAnswer
zmqg_socket_serve_producers (ZmqgSocket *self,
                             ZmqgTurn   *turn)
{
  while (self->producers.length > 0)
    {
      ZmqgOperation *operation;
      int errsv;
      int events;

      if (zmqg_socket_peek_queued (self, &operation) != NULL ||
          self->queue.state != ZMQG_QUEUE_OPEN)
        return ZMQG_HUB_IDLE;

      events = zmqg_socket_query_events (self, &errsv);
      if (errsv != 0)
        return ZMQG_HUB_READY;
      if ((events & ZMQ_POLLOUT) == 0)
        return ZMQG_HUB_IDLE;

      produce (self);
      if (turn->member == NULL)
        return ZMQG_HUB_IDLE;
      if (zmqg_turn_count (turn))
        return ZMQG_HUB_READY;
    }

  return ZMQG_HUB_IDLE;
}

static gboolean
add_cb (gpointer user_data)
{
  Producer *producer = user_data;
  g_autoptr (ZmqgSocket) self = g_steal_pointer (&producer->socket);

  g_atomic_int_add (&self->n_posted_producers, -1);
  if (self->handle == NULL || self->process != zmqg_process_get_id () ||
      !zmqg_socket_can_send (self))
    return G_SOURCE_REMOVE;

  producer->ref_count++;
  g_queue_push_tail (&self->producers, producer);
  zmqg_hub_touch (&self->member);

  return G_SOURCE_REMOVE;
}

/**
 * zmqg_socket_push_write:
 * @self: a socket
 * @func: (scope notified) (closure user_data) (destroy destroy): makes the messages
 * @user_data: data for @func
 * @destroy: (nullable): frees @user_data when @func has no more messages, or the socket is closed
 *
 * Sends messages that are made only when libzmq can take them.
 *
 * When nothing else waits to be sent and libzmq has room for a message, @func is called for
 * one, and again for each further one, until it returns `NULL`; then the next one that was
 * pushed has its turn. As long as there is no peer, or none that keeps up, nothing is made. What
 * @func makes and libzmq refuses is reported by [signal@Socket::send-failed]. Sockets that drop
 * what they cannot send (PUB, XPUB, and ROUTER without [property@Socket:router-mandatory]) always
 * have room.
 *
 * May be called from any thread; @func and @destroy are called from a dispatch of the socket's
 * main context, never from inside the call. On a socket that is closed or only receives, only
 * @destroy is.
 *
 * Since: 1.0
 */
void
zmqg_socket_push_write (ZmqgSocket          *self,
                        ZmqgMessageProducer  func,
                        gpointer             user_data,
                        GDestroyNotify       destroy)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  Producer *producer;

  g_return_if_fail (ZMQG_IS_SOCKET (self));
  g_return_if_fail (func != NULL);

  producer = g_new0 (Producer, 1);
  *producer = (Producer) { 1, NULL, func, user_data, destroy };
  /* Behind those of other threads that came before */
  if (self->process == zmqg_process_get_id () &&
      g_atomic_int_get (&self->n_posted_producers) == 0 &&
      zmqg_hold_take (&hold, self->main_context) && self->handle != NULL &&
      self->queue.state == ZMQG_QUEUE_OPEN && zmqg_socket_can_send (self))
    {
      g_queue_push_tail (&self->producers, producer);
      zmqg_hub_touch (&self->member);
      return;
    }

  producer->socket = g_object_ref (self);
  g_atomic_int_inc (&self->n_posted_producers);
  zmqg_main_context_post (self->main_context, self->priority, add_cb, producer,
                          (GDestroyNotify) producer_unref);
}
