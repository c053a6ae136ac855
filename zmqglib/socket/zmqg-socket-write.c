/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-sent-frame-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <string.h>
#include <zmq.h>

void
zmqg_socket_count_sent (ZmqgSocket *self,
                        gsize       size)
{
  self->statistics.messages_sent++;
  self->statistics.bytes_sent += size;
}

static inline int
write_msg (ZmqgSocket *self,
           zmq_msg_t  *msg,
           gboolean    more)
{
  int flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0);
  int errsv;

  if (G_LIKELY (ZMQG_RETRY (self->process, zmq_msg_send (msg, self->handle, flags)) != -1))
    return 0;

  errsv = zmq_errno ();
  zmq_msg_close (msg);

  return errsv;
}

static inline int
write_frame (ZmqgSocket *self,
             ZmqgFrame  *frame,
             gboolean    more,
             gsize      *size)
{
  zmq_msg_t msg;

  if (zmqg_frame_to_zmq (frame, &msg, self->has_websocket, size) != 0)
    return zmq_errno ();

  return write_msg (self, &msg, more);
}

/* A message of one frame that nobody has made a ZmqgMessage of */
int
zmqg_socket_write_data (ZmqgSocket    *self,
                        gconstpointer  data,
                        gsize          length)
{
  zmq_msg_t msg;

  if (zmq_msg_init_size (&msg, length) != 0)
    return zmq_errno ();
  if (length > 0)
    memcpy (zmq_msg_data (&msg), data, length);

  return write_msg (self, &msg, FALSE);
}

/* libzmq's load balancer (lb.cpp) loses the peer in the middle of a message: it drops the rest
 * of that message, without a word, up to a frame without ZMQ_SNDMORE. Were the message begun
 * anew at once, its frames would be that rest. */
static void
finish_dropped (ZmqgSocket *self,
                ZmqgFrame  *frames,
                guint       n_frames)
{
  gsize size;

  for (guint i = 0; i < n_frames; i++)
    write_frame (self, &frames[i], i + 1 < n_frames, &size);
}

static gboolean
drops_the_rest (ZmqgSocket *self)
{
  return self->type == ZMQG_SOCKET_TYPE_PUSH || self->type == ZMQG_SOCKET_TYPE_DEALER ||
         self->type == ZMQG_SOCKET_TYPE_REQ;
}

/* EAGAIN also if libzmq has dropped the message and says that it has sent it. @i: the frame that
 * failed, or their number */
static int
write_last (ZmqgSocket *self,
            ZmqgFrame  *frame,
            gsize      *size,
            guint      *i)
{
  zmq_msg_t msg;
  ZmqgSentFrame *sent = zmqg_sent_frame_new (frame, &msg, self->has_websocket, size);
  int errsv;

  if (sent == NULL)
    return ENOMEM;

  errsv = write_msg (self, &msg, FALSE);
  if (zmqg_sent_frame_end (sent) && errsv == 0)
    {
      ++*i;
      errsv = EAGAIN;
    }

  return errsv;
}

/* Gives libzmq the whole message or nothing of it. Returns 0 or an error number; EAGAIN: not
 * now. @size: in bytes */
int
zmqg_socket_write (ZmqgSocket *self,
                   ZmqgFrame  *frames,
                   guint       n_frames,
                   gsize      *size)
{
  gboolean may_drop = drops_the_rest (self);

  for (;;)
    {
      guint i = 0;
      int errsv = write_frame (self, &frames[0], n_frames > 1, size);

      while (errsv == 0 && ++i < n_frames)
        {
          gsize more;

          if (may_drop && i + 1 == n_frames)
            errsv = write_last (self, &frames[i], &more, &i);
          else
            errsv = write_frame (self, &frames[i], i + 1 < n_frames, &more);
          *size += more;
        }
      if (errsv == 0 || i == 0)
        return errsv;

      if (may_drop && i < n_frames)
        finish_dropped (self, &frames[i + 1], n_frames - i - 1);
      /* A REQ now waits for the reply of a peer that is gone */
      if (errsv != EAGAIN || self->type == ZMQG_SOCKET_TYPE_REQ)
        return errsv == EAGAIN ? EHOSTUNREACH : errsv;
    }
}

int
zmqg_socket_write_queued (ZmqgSocket *self,
                          ZmqgQueued *queued)
{
  gsize size;

  if (queued->message == NULL)
    return zmqg_socket_write_data (self, queued->data, queued->size);

  return zmqg_socket_write (self, queued->frames, queued->n_frames, &size);
}

/* In order: a handler may have sent at once what is told of later. */
static void
tell_sent (ZmqgSocket *self,
           ZmqgQueued *queued)
{
  ZmqgMessage *message = zmqg_queued_get_message (queued);

  if (self->notices->len > self->n_told)
    zmqg_socket_add_notice (self, ZMQG_NOTICE_SENT, message, NULL);
  else
    g_signal_emit (self, zmqg_socket_signals[ZMQG_SIGNAL_MESSAGE_SENT], 0, message);
}

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
tell_failed (ZmqgSocket *self,
             ZmqgQueued *queued,
             int         errsv)
{
  ZmqgNotice notice = { ZMQG_NOTICE_SEND_FAILED, NULL, NULL };

  notice.message = zmqg_message_ref (zmqg_queued_get_message (queued));
  notice.error = make_error (self, errsv);
  zmqg_notice_tell (self, &notice);
  zmqg_notice_clear (&notice);
}

/* Nothing of what waits can be sent: not now, or, where somebody ended the context, never. */
static gboolean
is_stopped (ZmqgSocket *self,
            int         errsv)
{
  if (errsv == ETERM)
    self->fatal_errno = errsv;

  return errsv == EAGAIN || errsv == ETERM;
}

/* Offers libzmq the message at the head of the queue. @is_heard: message-sent. FALSE: not now */
static gboolean
flush_queued (ZmqgSocket *self,
              ZmqgQueued *next,
              gboolean   *is_heard)
{
  int errsv = zmqg_socket_write_queued (self, next);
  ZmqgQueued queued;

  if (is_stopped (self, errsv))
    return FALSE;

  self->is_drained_due = TRUE;
  zmqg_send_queue_pop (&self->queue, &queued);
  if (errsv == 0)
    zmqg_socket_count_sent (self, queued.size);
  if (errsv == 0 && *is_heard)
    tell_sent (self, &queued);
  else if (errsv != 0)
    tell_failed (self, &queued, errsv);
  *is_heard = *is_heard || errsv != 0;
  zmqg_queued_clear (&queued);

  return TRUE;
}

/* The same for the message of an operation. The socket may be gone after. */
static gboolean
flush_operation (ZmqgSocket    *self,
                 ZmqgOperation *operation,
                 gboolean      *is_heard)
{
  int errsv = zmqg_socket_write_queued (self, &operation->queued);

  if (is_stopped (self, errsv))
    return FALSE;

  self->is_drained_due = TRUE;
  zmqg_socket_detach (self, operation);
  if (errsv == 0)
    zmqg_socket_count_sent (self, operation->queued.size);
  if (errsv == 0 && *is_heard)
    tell_sent (self, &operation->queued);
  *is_heard = *is_heard || errsv != 0 || operation->task != NULL;
  zmqg_socket_finish (self, operation, errsv != 0 ? make_error (self, errsv) : NULL, TRUE);

  return TRUE;
}

/* One that has come to the head of the line. FALSE: libzmq takes no more for now. */
static gboolean
flush_head (ZmqgSocket    *self,
            ZmqgOperation *operation,
            gboolean      *is_heard)
{
  if (zmqg_operation_is_cancelled (operation))
    {
      zmqg_socket_finish (self, operation, zmqg_socket_make_cancelled (self, operation), TRUE);
      *is_heard = TRUE;
      return TRUE;
    }

  switch (operation->kind)
    {
    case ZMQG_OPERATION_SEND:
      /* libzmq may be able to take it again, but too late */
      if (operation->expires <= zmqg_hub_get_time (&self->member))
        {
          self->statistics.messages_expired += operation->task == NULL;
          zmqg_socket_finish (self, operation, zmqg_socket_make_timed_out (self, operation), TRUE);
          *is_heard = TRUE;
          return TRUE;
        }
      return flush_operation (self, operation, is_heard);
    case ZMQG_OPERATION_CLOSE:
      zmqg_socket_close_held (self, NULL);
      return TRUE;
    case ZMQG_OPERATION_FLUSH:
    case ZMQG_OPERATION_SENT:
    case ZMQG_OPERATION_RECEIVE:
    default:
      zmqg_socket_finish (self, operation, NULL, TRUE);
      *is_heard = TRUE;
      return TRUE;
    }
}

/* What other threads left in the meantime is sent in the same turn. */
static ZmqgQueued *
peek_or_take (ZmqgSocket     *self,
              ZmqgOperation **operation)
{
  ZmqgQueued *next = zmqg_socket_peek_queued (self, operation);

  if (G_LIKELY (next != NULL))
    return next;

  zmqg_socket_take_incoming (self);

  return zmqg_socket_peek_queued (self, operation);
}

/* Sends what waits, from a dispatch. IDLE: libzmq takes no more for now, or nothing is left. */
ZmqgHubAnswer
zmqg_socket_flush (ZmqgSocket *self,
                   ZmqgTurn   *turn)
{
  gboolean is_heard = zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGE_SENT);
  ZmqgOperation *operation;
  ZmqgQueued *next;

  while ((next = peek_or_take (self, &operation)) != NULL)
    {
      if (!(operation != NULL ? flush_head (self, operation, &is_heard)
                              : flush_queued (self, next, &is_heard)))
        return ZMQG_HUB_IDLE;
      if (turn->member == NULL)
        return ZMQG_HUB_IDLE;

      /* A handler may have connected another one, or the last one may have gone */
      if (is_heard)
        is_heard = zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGE_SENT);
      if (zmqg_turn_count (turn))
        return ZMQG_HUB_READY;
    }

  return ZMQG_HUB_IDLE;
}
