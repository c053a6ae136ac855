/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
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

/* After a send that libzmq took: it would have said so had the context ended. */
void
zmqg_socket_touch_quietly (ZmqgSocket *self)
{
  ZmqgHubMember *member = &self->member;
  gboolean was_quiet = member->uses == member->asked || member->uses == self->quiet_uses;

  zmqg_hub_touch (member);
  if (was_quiet)
    self->quiet_uses = member->uses;
}

/* One that only sends, and has nothing to send, waits for nothing but the end of its context,
 * which other calls than a send may have swallowed: were its fd readable, or came to be, it would
 * fire, and be asked then. */
gboolean
zmqg_socket_needs_asking (ZmqgSocket *self)
{
  ZmqgHubMember *member = &self->member;

  if (zmqg_socket_can_receive (self) || zmqg_socket_wants_to_send (self))
    return TRUE;
  if (member->uses != member->asked && member->uses != self->quiet_uses)
    return TRUE;

  zmqg_hub_asked (&self->member);

  return FALSE;
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
  if (self->receives.length > 0)
    return TRUE;
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

/* A message that no handler has kept is filled again: (nullable) if somebody has */
static ZmqgMessage *
recycle_message (ZmqgMessage *message)
{
  if (g_atomic_int_get (&message->ref_count) == 1 && message->n_frames == 1 &&
      message->frames == &message->first && message->first.bytes == NULL &&
      message->first.variant_type == NULL && message->retired == NULL)
    {
      zmq_msg_close (&message->first.msg);
      message->n_frames = 0;
      message->is_held = FALSE;
      message->expiry = -1;
      return message;
    }

  zmqg_message_unref (message);
  return NULL;
}

/* Takes one whole message from libzmq; the frames of one are there together. @message: one to
 * fill (transfer full) (nullable). Returns: (nullable) */
static ZmqgMessage *
read_message (ZmqgSocket  *self,
              ZmqgMessage *message,
              int         *errsv)
{
  ZmqgFrame *last;

  if (message == NULL)
    message = zmqg_message_alloc ();

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
  if (G_UNLIKELY (self->watch.is_on))
    zmqg_monitor_funcs.see_message (self, message);

  return message;
}

/* What try_receive_data() left, or the next one from libzmq */
ZmqgMessage *
zmqg_socket_take_message (ZmqgSocket  *self,
                          ZmqgMessage *spare,
                          int         *errsv)
{
  if (G_LIKELY (self->stash == NULL))
    return read_message (self, spare, errsv);

  g_clear_pointer (&spare, zmqg_message_unref);
  return g_steal_pointer (&self->stash);
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
ZmqgHubAnswer
zmqg_socket_settle (ZmqgSocket *self,
                    int         errsv)
{
  int events;

  if (errsv == EAGAIN)
    {
      zmqg_hub_asked (&self->member);
      return ZMQG_HUB_IDLE;
    }
  if (errsv == 0 && !zmqg_socket_needs_asking (self))
    return ZMQG_HUB_IDLE;

  events = zmqg_socket_query_events (self, &errsv);
  if (errsv != 0)
    return ZMQG_HUB_READY;
  if (((events & ZMQ_POLLIN) == 0 && self->stash == NULL) || !zmqg_socket_can_receive (self))
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
  ZmqgMessage *message = NULL;
  int errsv = 0;

  callback->ref_count++;
  do
    {
      message = zmqg_socket_take_message (self, message, &errsv);
      if (message == NULL)
        {
          answer = zmqg_socket_settle (self, errsv);
          break;
        }
      callback->func (self, message, callback->user_data);
      message = recycle_message (message);
    }
  while (turn->member != NULL && !zmqg_turn_count (turn) &&
         self->message_callback == callback && !self->paused);
  g_clear_pointer (&message, zmqg_message_unref);
  zmqg_message_callback_unref (callback);

  return answer;
}

/* The GValues have a reference of their own, which must not keep the socket alive. */
static gboolean
goes_on (ZmqgSocket *self,
         ZmqgTurn   *turn)
{
  return turn->member != NULL && g_atomic_int_get (&G_OBJECT (self)->ref_count) > 1 &&
         !zmqg_turn_count (turn) && !self->paused && self->message_callback == NULL &&
         zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGE_RECEIVED);
}

static ZmqgHubAnswer
emit_each (ZmqgSocket   *self,
           ZmqgTurn     *turn,
           const GValue *values,
           GValue       *value)
{
  guint signal_id = zmqg_socket_signals[ZMQG_SIGNAL_MESSAGE_RECEIVED];
  ZmqgMessage *message = NULL;
  int errsv = 0;

  do
    {
      message = zmqg_socket_take_message (self, message, &errsv);
      if (message == NULL)
        return zmqg_socket_settle (self, errsv);
      /* Not g_value_take_boxed(), whose counterpart g_value_steal_boxed() came with 2.80 */
      value->data[0].v_pointer = message;
      g_signal_emitv (values, signal_id, 0, NULL);
      value->data[0].v_pointer = NULL;
      message = recycle_message (message);
    }
  while (goes_on (self, turn));
  g_clear_pointer (&message, zmqg_message_unref);

  return ZMQG_HUB_READY;
}

/* With the values made once, an emission takes 45 ns less than with g_signal_emit(). */
static ZmqgHubAnswer
deliver_to_signal (ZmqgSocket *self,
                   ZmqgTurn   *turn)
{
  GValue values[2] = { G_VALUE_INIT, G_VALUE_INIT };
  ZmqgHubAnswer answer;

  g_value_init (&values[0], ZMQG_TYPE_SOCKET);
  g_value_set_object (&values[0], self);
  g_value_init (&values[1], ZMQG_TYPE_MESSAGE);
  answer = emit_each (self, turn, values, &values[1]);
  g_value_unset (&values[1]);
  /* Here the socket may go */
  g_value_unset (&values[0]);

  return answer;
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
  while (messages->len < limit && (message = zmqg_socket_take_message (self, NULL, errsv)) != NULL)
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
  /* A handler may move the socket to another hub: that is not the end of the batch */
  g_autoptr (ZmqgSocket) held = g_object_ref (self);

  g_signal_emit (self, zmqg_socket_signals[ZMQG_SIGNAL_MESSAGES_RECEIVED], 0, messages);
  for (guint i = 0; i < n_messages && !g_atomic_int_get (&self->closed) &&
                    g_atomic_int_get (&G_OBJECT (self)->ref_count) > 1 &&
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
  ZmqgHubAnswer answer = errsv != 0 ? zmqg_socket_settle (self, errsv) : ZMQG_HUB_READY;

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
  if (zmqg_socket_can_receive (self))
    self->member.uses++;
  if (self->receives.length > 0)
    {
      ZmqgHubAnswer answer = zmqg_socket_serve_receives (self, turn);

      if (turn->member == NULL || answer != ZMQG_HUB_PARKED)
        return answer;
    }
  if (self->paused || !zmqg_socket_can_receive (self))
    return zmqg_socket_settle (self, 0);
  if (self->message_callback != NULL)
    return deliver_to_func (self, turn);
  if (zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGES_RECEIVED))
    return deliver_batch (self, turn);
  if (zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGE_RECEIVED))
    return deliver_to_signal (self, turn);

  return zmqg_socket_settle (self, 0);
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
