/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <zmq.h>

void
zmqg_socket_count_sent (ZmqgSocket *self,
                        gsize       size)
{
  self->statistics.messages_sent++;
  self->statistics.bytes_sent += size;
}

static inline int
write_frame (ZmqgSocket *self,
             ZmqgFrame  *frame,
             gboolean    more,
             gsize      *size)
{
  zmq_msg_t msg;
  int flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0);
  int errsv;

  if (zmqg_frame_to_zmq (frame, &msg, self->has_websocket, size) != 0)
    return zmq_errno ();
  if (G_LIKELY (ZMQG_RETRY (self->process, zmq_msg_send (&msg, self->handle, flags)) != -1))
    return 0;

  errsv = zmq_errno ();
  zmq_msg_close (&msg);

  return errsv;
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

/* Gives libzmq the whole message or nothing of it. Returns 0 or an error number; EAGAIN: not
 * now. @size: in bytes */
int
zmqg_socket_write (ZmqgSocket *self,
                   ZmqgFrame  *frames,
                   guint       n_frames,
                   gsize      *size)
{
  for (;;)
    {
      guint i = 0;
      int errsv = write_frame (self, &frames[0], n_frames > 1, size);

      while (errsv == 0 && ++i < n_frames)
        {
          gsize more;

          errsv = write_frame (self, &frames[i], i + 1 < n_frames, &more);
          *size += more;
        }
      if (errsv == 0 || i == 0)
        return errsv;

      if (drops_the_rest (self))
        finish_dropped (self, &frames[i + 1], n_frames - i - 1);
      /* A REQ now waits for the reply of a peer that is gone */
      if (errsv != EAGAIN || self->type == ZMQG_SOCKET_TYPE_REQ)
        return errsv == EAGAIN ? EHOSTUNREACH : errsv;
    }
}

static gboolean
refuse (ZmqgSocket  *self,
        GQuark       domain,
        int          code,
        const char  *reason,
        GError     **error)
{
  g_set_error (error, domain, code, "Could not send on the %s socket: %s",
               zmqg_socket_get_type_name (self), reason);
  return FALSE;
}

/* What libzmq would drop without a word, or take for something else */
static gboolean
check_message (ZmqgSocket   *self,
               ZmqgMessage  *message,
               GError      **error)
{
  guint n_frames = message->n_frames;

  if (G_UNLIKELY (n_frames == 0))
    return refuse (self, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "the message has no frames",
                   error);
  if (G_UNLIKELY (!zmqg_socket_can_send (self)))
    return refuse (self, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "this socket type only receives",
                   error);
  if (G_UNLIKELY (self->type == ZMQG_SOCKET_TYPE_ROUTER && n_frames < 2))
    return refuse (self, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "the message needs a routing id and a frame at least", error);
  if (G_UNLIKELY (self->type == ZMQG_SOCKET_TYPE_STREAM && n_frames != 2))
    return refuse (self, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "the message must be a routing id and one frame", error);

  return TRUE;
}

static gboolean
refuse_closed (ZmqgSocket  *self,
               GError     **error)
{
  if (self->process != zmqg_process_get_id ())
    return refuse (self, ZMQG_ERROR, ZMQG_ERROR_FORKED, "the socket was made before fork()", error);
  if (self->open_error != NULL)
    return refuse (self, self->open_error->domain, self->open_error->code,
                   self->open_error->message, error);

  return refuse (self, G_IO_ERROR, G_IO_ERROR_CLOSED, "the socket is closed", error);
}

static gboolean
refuse_full (ZmqgSocket  *self,
             GError     **error)
{
  return refuse (self, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "the send queue is full", error);
}

static gboolean
enqueue (ZmqgSocket   *self,
         ZmqgMessage  *message,
         GError      **error)
{
  gboolean queued = zmqg_send_queue_push (&self->queue, message);

  zmqg_hub_touch (&self->member);

  return queued || refuse_full (self, error);
}

static gboolean
is_sent_heard (ZmqgSocket *self)
{
  GSource *source = g_main_current_source ();

  if (G_UNLIKELY (source == NULL || source != self->sent_in))
    {
      self->sent_in = source;
      self->sent_heard = zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGE_SENT);
    }

  return self->sent_heard;
}

/* Nothing waits: libzmq may take it at once. */
static gboolean
send_now (ZmqgSocket   *self,
          ZmqgMessage  *message,
          GError      **error)
{
  gsize size;
  int errsv = zmqg_socket_write (self, message->frames, message->n_frames, &size);

  if (errsv == EAGAIN)
    return enqueue (self, message, error);

  zmqg_hub_touch (&self->member);
  if (errsv != 0)
    {
      zmqg_set_error_from_errno (error, errsv, "Could not send on the %s socket",
                                 zmqg_socket_get_type_name (self));
      return FALSE;
    }

  zmqg_socket_count_sent (self, size);
  if (is_sent_heard (self))
    zmqg_socket_add_notice (self, ZMQG_NOTICE_SENT, message, NULL);

  return TRUE;
}

/* A strict REQ whose request still waits cannot send another one. */
static gboolean
has_pending_request (ZmqgSocket *self)
{
  gint64 relaxed = 0;

  if (self->type != ZMQG_SOCKET_TYPE_REQ)
    return FALSE;

  return !zmqg_socket_get_option_int (self, ZMQ_REQ_RELAXED, &relaxed, NULL) || relaxed == 0;
}

static gboolean
send_held (ZmqgSocket   *self,
           ZmqgMessage  *message,
           GError      **error)
{
  if (G_UNLIKELY (self->handle == NULL || self->process != zmqg_process_get_id ()))
    return refuse_closed (self, error);
  if (!check_message (self, message, error))
    return FALSE;

  zmqg_send_queue_take (&self->queue);
  if (G_LIKELY (zmqg_send_queue_peek (&self->queue) == NULL))
    return send_now (self, message, error);
  if (has_pending_request (self))
    return refuse (self, ZMQG_ERROR, ZMQG_ERROR_STATE, "a request waits to be sent", error);

  return enqueue (self, message, error);
}

static gboolean
post (ZmqgSocket   *self,
      ZmqgMessage  *message,
      GError      **error)
{
  if (G_UNLIKELY (self->open_error != NULL || self->process != zmqg_process_get_id ()))
    return refuse_closed (self, error);
  if (!check_message (self, message, error))
    return FALSE;

  switch (zmqg_send_queue_post (&self->queue, message))
    {
    case ZMQG_POST_FIRST:
      g_mutex_lock (&self->lock);
      if (self->member.hub != NULL)
        zmqg_hub_post (&self->member);
      g_mutex_unlock (&self->lock);
      return TRUE;
    case ZMQG_POST_QUEUED:
      return TRUE;
    case ZMQG_POST_FULL:
      return refuse_full (self, error);
    case ZMQG_POST_CLOSED:
    default:
      return refuse_closed (self, error);
    }
}

/**
 * zmqg_socket_send:
 * @self: a socket
 * @message: (transfer none): a message with at least one frame
 * @error: return location for a [struct@GLib.Error]
 *
 * Sends a message, without ever blocking.
 *
 * What libzmq does not take at once waits in a queue, in order. From another thread than the
 * one that holds the main context the message is left for the owner, also in order; what
 * goes wrong later is told by [signal@Socket::send-failed].
 *
 * May be called from any thread. Fails with `G_IO_ERROR_WOULD_BLOCK` if the queue is full (the
 * message stays the caller's, and [signal@Socket::writable] tells when there is room),
 * `G_IO_ERROR_CLOSED`, `G_IO_ERROR_HOST_UNREACHABLE` (ROUTER with
 * [property@Socket:router-mandatory]), [error@Error.STATE] (REQ and REP out of turn),
 * `G_IO_ERROR_NOT_SUPPORTED` (SUB and PULL) and `G_IO_ERROR_INVALID_ARGUMENT` (a message
 * without frames, or without a routing id on ROUTER and STREAM).
 *
 * Returns: `TRUE` if the message was sent or queued
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_send (ZmqgSocket   *self,
                  ZmqgMessage  *message,
                  GError      **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!zmqg_hold_take (&hold, self->main_context))
    return post (self, message, error);

  return send_held (self, message, error);
}

/**
 * zmqg_socket_send_string:
 * @self: a socket
 * @utf8: the only frame; its terminating NUL is not sent
 * @error: return location for a [struct@GLib.Error]
 *
 * Sends a message of one frame; see [method@Socket.send].
 *
 * Returns: `TRUE` if the message was sent or queued
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_send_string (ZmqgSocket  *self,
                         const char  *utf8,
                         GError     **error)
{
  g_autoptr (ZmqgMessage) message = NULL;

  g_return_val_if_fail (utf8 != NULL, FALSE);

  message = zmqg_message_new_string (utf8);

  return zmqg_socket_send (self, message, error);
}

/**
 * zmqg_socket_send_bytes:
 * @self: a socket
 * @bytes: the only frame
 * @error: return location for a [struct@GLib.Error]
 *
 * Sends a message of one frame; see [method@Socket.send].
 *
 * Returns: `TRUE` if the message was sent or queued
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_send_bytes (ZmqgSocket  *self,
                        GBytes      *bytes,
                        GError     **error)
{
  g_autoptr (ZmqgMessage) message = NULL;

  g_return_val_if_fail (bytes != NULL, FALSE);

  message = zmqg_message_new_bytes (bytes);

  return zmqg_socket_send (self, message, error);
}

/**
 * zmqg_socket_send_data:
 * @self: a socket
 * @data: (array length=length) (element-type guint8) (nullable): the only frame, copied
 * @length: its size in bytes
 * @error: return location for a [struct@GLib.Error]
 *
 * Sends a message of one frame; see [method@Socket.send].
 *
 * Returns: `TRUE` if the message was sent or queued
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_send_data (ZmqgSocket    *self,
                       const guint8  *data,
                       gsize          length,
                       GError       **error)
{
  g_autoptr (ZmqgMessage) message = NULL;

  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  message = zmqg_message_new_data (data, length);

  return zmqg_socket_send (self, message, error);
}

/**
 * zmqg_socket_send_strv:
 * @self: a socket
 * @frames: (array zero-terminated=1): the frames
 * @error: return location for a [struct@GLib.Error]
 *
 * Sends a message of as many frames as there are strings; see [method@Socket.send].
 *
 * Returns: `TRUE` if the message was sent or queued
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_send_strv (ZmqgSocket          *self,
                       const char * const  *frames,
                       GError             **error)
{
  g_autoptr (ZmqgMessage) message = NULL;

  g_return_val_if_fail (frames != NULL, FALSE);

  message = zmqg_message_new_strv (frames);

  return zmqg_socket_send (self, message, error);
}

static void
tell_failed (ZmqgSocket *self,
             ZmqgQueued *queued,
             int         errsv)
{
  ZmqgNotice notice = { ZMQG_NOTICE_SEND_FAILED, zmqg_message_ref (queued->message), NULL };

  zmqg_set_error_from_errno (&notice.error, errsv, "Could not send on the %s socket",
                             zmqg_socket_get_type_name (self));
  zmqg_notice_tell (self, &notice);
  zmqg_notice_clear (&notice);
}

/* What other threads left in the meantime is sent in the same turn. */
static ZmqgQueued *
peek_or_take (ZmqgSocket *self)
{
  ZmqgQueued *next = zmqg_send_queue_peek (&self->queue);

  if (G_LIKELY (next != NULL))
    return next;

  zmqg_send_queue_take (&self->queue);

  return zmqg_send_queue_peek (&self->queue);
}

/* Sends what waits, from a dispatch. IDLE: libzmq takes no more for now, or nothing is left. */
ZmqgHubAnswer
zmqg_socket_flush (ZmqgSocket *self,
                   ZmqgTurn   *turn)
{
  gboolean has_listener = zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGE_SENT);
  ZmqgQueued *next;

  while ((next = peek_or_take (self)) != NULL)
    {
      gsize size;
      int errsv = zmqg_socket_write (self, next->frames, next->n_frames, &size);
      ZmqgQueued queued;

      if (errsv == EAGAIN)
        return ZMQG_HUB_IDLE;

      self->is_drained_due = TRUE;
      zmqg_send_queue_pop (&self->queue, &queued);
      if (errsv == 0)
        zmqg_socket_count_sent (self, size);
      if (errsv == 0 && has_listener)
        g_signal_emit (self, zmqg_socket_signals[ZMQG_SIGNAL_MESSAGE_SENT], 0, queued.message);
      else if (errsv != 0)
        tell_failed (self, &queued, errsv);
      zmqg_queued_clear (&queued);

      if (turn->member == NULL)
        return ZMQG_HUB_IDLE;
      if (errsv != 0 || has_listener)
        has_listener = zmqg_socket_has_handler (self, ZMQG_SIGNAL_MESSAGE_SENT);
      if (zmqg_turn_count (turn))
        return ZMQG_HUB_READY;
    }

  return ZMQG_HUB_IDLE;
}
