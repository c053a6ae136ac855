/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <string.h>
#include <zmq.h>

/* Asks libzmq what the socket is ready for, which also arms its fd. */
int
zmqg_socket_query_events (ZmqgSocket *self,
                          int        *errsv)
{
  int events = 0;
  size_t size = sizeof events;

  *errsv = 0;
  self->member.uses++;
  if (ZMQG_RETRY (self->process,
                  zmq_getsockopt (self->handle, ZMQ_EVENTS, &events, &size)) != 0)
    {
      *errsv = zmq_errno ();
      self->fatal_errno = *errsv;
    }
  zmqg_hub_asked (&self->member);

  return events;
}

static gboolean
wants_look_at_signals (ZmqgSocket *self)
{
  return zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGE_RECEIVED) ||
         zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGES_RECEIVED);
}

gboolean
zmqg_socket_wants_messages (ZmqgSocket *self)
{
  if (self->paused || !zmqg_socket_can_receive (self))
    return FALSE;

  return self->message_callback != NULL || wants_look_at_signals (self);
}

static gboolean
receive_frame (ZmqgSocket  *self,
               ZmqgMessage *message,
               int         *errsv)
{
  ZmqgFrame *frame = zmqg_message_add_frame (message);

  frame->bytes = NULL;
  frame->variant_type = NULL;
  zmq_msg_init (&frame->msg);
  if (ZMQG_RETRY (self->process, zmq_msg_recv (&frame->msg, self->handle, ZMQ_DONTWAIT)) != -1)
    return TRUE;

  *errsv = zmq_errno ();
  return FALSE;
}

/* Takes one whole message from libzmq; the frames of one are there together. (nullable) */
static ZmqgMessage *
read_message (ZmqgSocket *self,
              int        *errsv)
{
  ZmqgMessage *message = zmqg_message_alloc ();
  ZmqgFrame *last;

  do
    {
      if (!receive_frame (self, message, errsv))
        {
          zmqg_message_unref (message);
          return NULL;
        }
      last = &message->frames[message->n_frames - 1];
      self->statistics.bytes_received += zmq_msg_size (&last->msg);
    }
  while (zmq_msg_more (&last->msg));

  self->statistics.messages_received++;

  return message;
}

static ZmqgMessage *
take_message (ZmqgSocket *self,
              int        *errsv)
{
  if (G_UNLIKELY (self->stash != NULL))
    return g_steal_pointer (&self->stash);

  return read_message (self, errsv);
}

void
zmqg_message_callback_unref (ZmqgMessageCallback *self)
{
  if (--self->ref_count > 0)
    return;

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_free (self);
}

/* What reading came to when there is no message. EAGAIN has armed the fd; other errors, such
 * as EFSM, have not. */
static ZmqgHubAnswer
settle (ZmqgSocket *self,
        int         errsv)
{
  int events;

  if (errsv == EAGAIN)
    {
      zmqg_hub_asked (&self->member);
      return ZMQG_HUB_IDLE;
    }

  events = zmqg_socket_query_events (self, &errsv);
  if (errsv != 0)
    return ZMQG_HUB_READY;
  if ((events & ZMQ_POLLIN) == 0 || !zmqg_socket_can_receive (self))
    return ZMQG_HUB_IDLE;

  return zmqg_socket_wants_messages (self) ? ZMQG_HUB_READY : ZMQG_HUB_PARKED;
}

/* The function may be replaced while it runs, and the socket may go: neither is looked at
 * before @turn has told that the socket is still there. */
static ZmqgHubAnswer
deliver_to_func (ZmqgSocket *self,
                 ZmqgTurn   *turn)
{
  ZmqgMessageCallback *callback = self->message_callback;
  ZmqgHubAnswer answer = ZMQG_HUB_READY;
  int errsv = 0;

  callback->ref_count++;
  do
    {
      ZmqgMessage *message = take_message (self, &errsv);

      if (message == NULL)
        {
          answer = settle (self, errsv);
          break;
        }
      callback->func (self, message, callback->user_data);
      zmqg_message_unref (message);
    }
  while (turn->member != NULL && !zmqg_turn_count (turn) &&
         self->message_callback == callback && !self->paused);
  zmqg_message_callback_unref (callback);

  return answer;
}

static ZmqgHubAnswer
deliver_to_signal (ZmqgSocket *self,
                   ZmqgTurn   *turn)
{
  guint signal_id = zmqg_socket_signals[ZMQG_SIGNAL_MESSAGE_RECEIVED];
  int errsv = 0;

  do
    {
      ZmqgMessage *message = take_message (self, &errsv);

      if (message == NULL)
        return settle (self, errsv);
      g_signal_emit (self, signal_id, 0, message);
      zmqg_message_unref (message);
    }
  while (turn->member != NULL && !zmqg_turn_count (turn) && !self->paused &&
         self->message_callback == NULL &&
         zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGE_RECEIVED));

  return ZMQG_HUB_READY;
}

/* The next batch is as long as its handler may take: what the last one took for each message
 * fits it into what the time budget leaves. */
static void
adapt_batch_limit (ZmqgSocket *self,
                   guint       n_messages,
                   gint64      spent)
{
  guint budget = zmqg_main_context_get_time_budget (self->main_context);
  gint64 fitting = spent > 0 && budget > 0 ? (gint64) n_messages * budget / spent : G_MAXINT;

  self->batch_limit = CLAMP (fitting, 1, (gint64) self->batch_limit * 2);
  self->batch_limit = MIN (self->batch_limit, 4096);
}

static GPtrArray *
read_batch (ZmqgSocket *self,
            ZmqgTurn   *turn,
            int        *errsv)
{
  GPtrArray *messages = g_ptr_array_new_full (16, (GDestroyNotify) zmqg_message_unref);
  guint limit = self->batch_limit;
  ZmqgMessage *message;

  if (self->member.message_budget > 0)
    limit = MIN (limit, turn->left);
  while (messages->len < limit && (message = take_message (self, errsv)) != NULL)
    g_ptr_array_add (messages, message);

  return messages;
}

static void
emit_batch (ZmqgSocket *self,
            ZmqgTurn   *turn,
            GPtrArray  *messages)
{
  gint64 begun = g_get_monotonic_time ();
  guint n_messages = messages->len;

  g_signal_emit (self, zmqg_socket_signals[ZMQG_SIGNAL_MESSAGES_RECEIVED], 0, messages);
  for (guint i = 0; i < n_messages && turn->member != NULL &&
                    zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGE_RECEIVED); i++)
    g_signal_emit (self, zmqg_socket_signals[ZMQG_SIGNAL_MESSAGE_RECEIVED], 0,
                   g_ptr_array_index (messages, i));

  if (turn->member != NULL)
    adapt_batch_limit (self, n_messages, g_get_monotonic_time () - begun);
}

static ZmqgHubAnswer
deliver_batch (ZmqgSocket *self,
               ZmqgTurn   *turn)
{
  int errsv = 0;
  g_autoptr (GPtrArray) messages = read_batch (self, turn, &errsv);
  ZmqgHubAnswer answer = errsv != 0 ? settle (self, errsv) : ZMQG_HUB_READY;

  if (messages->len == 0)
    return answer;

  turn->left -= MIN (turn->left, messages->len);
  emit_batch (self, turn, messages);

  return answer;
}

/* Hands waiting messages to whoever wants them */
ZmqgHubAnswer
zmqg_socket_deliver (ZmqgSocket *self,
                     ZmqgTurn   *turn)
{
  self->member.uses++;
  if (self->paused || !zmqg_socket_can_receive (self))
    return settle (self, 0);
  if (self->message_callback != NULL)
    return deliver_to_func (self, turn);
  if (zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGES_RECEIVED))
    return deliver_batch (self, turn);
  if (zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGE_RECEIVED))
    return deliver_to_signal (self, turn);

  return settle (self, 0);
}

static gboolean
refuse_to_receive (ZmqgSocket  *self,
                   int          errsv,
                   GError     **error)
{
  if (errsv == EAGAIN)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                 "Could not receive on the %s socket: no message waits",
                 zmqg_socket_get_type_name (self));
  else
    zmqg_set_error_from_errno (error, errsv, "Could not receive on the %s socket",
                               zmqg_socket_get_type_name (self));

  return FALSE;
}

/**
 * zmqg_socket_try_receive:
 * @self: a socket
 * @error: return location for a [struct@GLib.Error]
 *
 * Receives a message that waits.
 *
 * To be called by the holder of the main context. Fails with `G_IO_ERROR_WOULD_BLOCK` if no
 * message waits, [error@Error.STATE] (REQ and REP out of turn), `G_IO_ERROR_NOT_SUPPORTED`
 * (PUB and PUSH) and `G_IO_ERROR_CLOSED`.
 *
 * Returns: (transfer full): the message
 *
 * Since: 1.0
 */
ZmqgMessage *
zmqg_socket_try_receive (ZmqgSocket  *self,
                         GError     **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  ZmqgMessage *message;
  int errsv = 0;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!zmqg_socket_hold (self, &hold, "receive on", NULL, error))
    return NULL;

  message = take_message (self, &errsv);
  zmqg_hub_touch (&self->member);
  if (message == NULL)
    refuse_to_receive (self, errsv, error);

  return message;
}

/**
 * zmqg_socket_try_receive_data:
 * @self: a socket
 * @length: (out): the size of the frame in bytes
 * @error: return location for a [struct@GLib.Error]
 *
 * Receives a message of one frame that waits, as a byte array: the cheapest way in scripts.
 *
 * To be called by the holder of the main context. A message of several frames is not taken:
 * the call fails with `G_IO_ERROR_INVALID_DATA`, and [method@Socket.try_receive] gets it.
 * Fails otherwise like that, but for `G_IO_ERROR_WOULD_BLOCK`.
 *
 * Returns: (transfer full) (array length=length) (element-type guint8) (nullable): the frame, or
 *   `NULL` without an error if no message waits
 *
 * Since: 1.0
 */
guint8 *
zmqg_socket_try_receive_data (ZmqgSocket  *self,
                              gsize       *length,
                              GError     **error)
{
  g_autoptr (ZmqgMessage) message = NULL;
  g_autoptr (GError) reason = NULL;
  const guint8 *data;
  guint8 *copy;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);
  g_return_val_if_fail (length != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  *length = 0;
  message = zmqg_socket_try_receive (self, &reason);
  if (message == NULL)
    {
      if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  if (message->n_frames > 1)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "Could not receive on the %s socket: the message has %u frames",
                   zmqg_socket_get_type_name (self), message->n_frames);
      self->stash = g_steal_pointer (&message);
      return NULL;
    }

  data = zmqg_message_peek_frame (message, 0, length);
  copy = g_malloc (MAX (*length, 1));
  memcpy (copy, data, *length);

  return copy;
}

/**
 * zmqg_socket_receive_many:
 * @self: a socket
 * @max: how many at most
 * @error: return location for a [struct@GLib.Error]
 *
 * Receives the messages that wait.
 *
 * To be called by the holder of the main context. Fails like [method@Socket.try_receive], but
 * for `G_IO_ERROR_WOULD_BLOCK`: if no message waits, the array is empty.
 *
 * Returns: (transfer container) (element-type ZmqgMessage): the messages
 *
 * Since: 1.0
 */
GPtrArray *
zmqg_socket_receive_many (ZmqgSocket  *self,
                          guint        max,
                          GError     **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  g_autoptr (GPtrArray) messages = NULL;
  ZmqgMessage *message;
  int errsv = 0;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!zmqg_socket_hold (self, &hold, "receive on", NULL, error))
    return NULL;

  messages = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_message_unref);
  while (messages->len < max && (message = take_message (self, &errsv)) != NULL)
    g_ptr_array_add (messages, message);
  zmqg_hub_touch (&self->member);

  if (messages->len == 0 && errsv != 0 && errsv != EAGAIN)
    {
      refuse_to_receive (self, errsv, error);
      return NULL;
    }

  return g_steal_pointer (&messages);
}

/**
 * zmqg_socket_set_message_func:
 * @self: a socket
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): called for each
 *   message, or `NULL`
 * @user_data: data for @func
 * @destroy: (nullable): frees @user_data when @func is replaced or the socket is gone
 *
 * Sets the function that gets all messages, instead of the signals: the fast path for C, where
 * it costs a tenth of a signal.
 *
 * To be called by the holder of the main context.
 *
 * Since: 1.0
 */
void
zmqg_socket_set_message_func (ZmqgSocket      *self,
                              ZmqgMessageFunc  func,
                              gpointer         user_data,
                              GDestroyNotify   destroy)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  ZmqgMessageCallback *old;

  g_return_if_fail (ZMQG_IS_SOCKET (self));

  if (!zmqg_hold_take (&hold, self->main_context))
    {
      g_critical ("Could not set the message function of the %s socket: another thread runs the "
                  "socket's main context", zmqg_socket_get_type_name (self));
      return;
    }

  old = g_steal_pointer (&self->message_callback);
  if (func != NULL)
    {
      self->message_callback = g_new (ZmqgMessageCallback, 1);
      *self->message_callback = (ZmqgMessageCallback) { 1, func, user_data, destroy };
    }
  zmqg_hub_touch (&self->member);
  if (old != NULL)
    zmqg_message_callback_unref (old);
}
