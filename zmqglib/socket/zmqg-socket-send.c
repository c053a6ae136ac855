/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <string.h>
#include <zmq.h>

/* Below, making a message around the data costs more than copying it */
#define SMALL 2047

static gboolean
refuse_full (ZmqgSocket  *self,
             GError     **error)
{
  return zmqg_socket_refuse_send (self, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                                  "the send queue is full", error);
}

static gboolean
refuse_state (ZmqgSocket  *self,
              GError     **error)
{
  return zmqg_socket_refuse_send (self, ZMQG_ERROR, ZMQG_ERROR_STATE,
                                  "a request waits to be sent", error);
}

static gboolean
enqueue (ZmqgSocket   *self,
         ZmqgMessage  *message,
         GError      **error)
{
  gboolean queued = zmqg_socket_enqueue (self, message);

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

static gboolean
refuse_errno (ZmqgSocket  *self,
              int          errsv,
              GError     **error)
{
  zmqg_set_error_from_errno (error, errsv, "Could not send on the %s socket",
                             zmqg_socket_get_type_name (self));
  return FALSE;
}

static void
touch_sent (ZmqgSocket *self,
            int         errsv)
{
  if (G_LIKELY (errsv == 0))
    zmqg_socket_touch_quietly (self);
  else
    zmqg_hub_touch (&self->member);
}

static void
note_sent (ZmqgSocket  *self,
           ZmqgMessage *message,
           gsize        size)
{
  zmqg_socket_count_sent (self, size);
  if (is_sent_heard (self))
    zmqg_socket_add_notice (self, ZMQG_NOTICE_SENT, message, NULL);
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

  touch_sent (self, errsv);
  if (errsv != 0)
    return refuse_errno (self, errsv, error);

  note_sent (self, message, size);

  return TRUE;
}

static gboolean
send_data_now (ZmqgSocket     *self,
               gconstpointer   data,
               gsize           length,
               GError        **error)
{
  g_autoptr (ZmqgMessage) message = NULL;
  int errsv = zmqg_socket_write_data (self, data, length);

  if (errsv == EAGAIN)
    {
      message = zmqg_message_new_data (data, length);
      return enqueue (self, message, error);
    }

  touch_sent (self, errsv);
  if (errsv != 0)
    return refuse_errno (self, errsv, error);

  zmqg_socket_count_sent (self, length);
  if (is_sent_heard (self))
    {
      message = zmqg_message_new_data (data, length);
      zmqg_socket_add_notice (self, ZMQG_NOTICE_SENT, message, NULL);
    }

  return TRUE;
}

/* A strict REQ whose request still waits cannot send another one. */
static gboolean
has_pending_request (ZmqgSocket *self)
{
  gint64 relaxed = 0;

  if (self->type != ZMQG_SOCKET_TYPE_REQ ||
      zmqg_send_queue_get_length (&self->queue) + self->queue.n_in_line == 0)
    return FALSE;

  return !zmqg_socket_get_option_int (self, ZMQ_REQ_RELAXED, &relaxed, NULL) || relaxed == 0;
}

static gboolean
is_queue_empty (ZmqgSocket *self)
{
  if (G_UNLIKELY (zmqg_send_queue_has_incoming (&self->queue)))
    zmqg_socket_take_incoming (self);

  return zmqg_send_queue_peek (&self->queue) == NULL && self->sends.head == NULL;
}

static gboolean
send_held (ZmqgSocket   *self,
           ZmqgMessage  *message,
           GError      **error)
{
  if (!zmqg_socket_check_send (self, message->n_frames, TRUE, error))
    return FALSE;
  if (G_LIKELY (is_queue_empty (self)))
    return send_now (self, message, error);
  if (has_pending_request (self))
    return refuse_state (self, error);

  return enqueue (self, message, error);
}

/* For send_async(): FAILED sets @error. */
ZmqgSendResult
zmqg_socket_send_at_once (ZmqgSocket   *self,
                          ZmqgMessage  *message,
                          GError      **error)
{
  gsize size;
  int errsv = EAGAIN;

  if (is_queue_empty (self))
    errsv = zmqg_socket_write (self, message->frames, message->n_frames, &size);
  else if (has_pending_request (self))
    {
      refuse_state (self, error);
      return ZMQG_SEND_FAILED;
    }

  touch_sent (self, errsv);
  if (errsv == EAGAIN)
    return ZMQG_SEND_WAITS;
  if (errsv != 0)
    {
      refuse_errno (self, errsv, error);
      return ZMQG_SEND_FAILED;
    }
  note_sent (self, message, size);

  return ZMQG_SEND_DONE;
}

static gboolean
settle_post (ZmqgSocket      *self,
             ZmqgPostResult   result,
             GError         **error)
{
  switch (result)
    {
    case ZMQG_POST_FIRST:
      zmqg_socket_wake (self);
      return TRUE;
    case ZMQG_POST_QUEUED:
      return TRUE;
    case ZMQG_POST_FULL:
      /* The owner may have made room before it could know that somebody waits for it */
      if (!zmqg_send_queue_is_full (&self->queue))
        zmqg_socket_wake (self);
      return refuse_full (self, error);
    case ZMQG_POST_CLOSED:
    default:
      return zmqg_socket_refuse_closed (self, error);
    }
}

/* From another thread */
static gboolean
post (ZmqgSocket  *self,
      ZmqgQueued  *queued,
      GError     **error)
{
  return settle_post (self, zmqg_send_queue_post (&self->queue, queued), error);
}

static gboolean
post_expiring (ZmqgSocket   *self,
               ZmqgMessage  *message,
               GError      **error)
{
  ZmqgOperation *operation = zmqg_socket_new_operation (self, ZMQG_OPERATION_SEND, NULL);
  ZmqgPostResult result;

  zmqg_operation_set_message (operation, message);
  result = zmqg_send_queue_post_operation (&self->queue, operation);
  if (result == ZMQG_POST_FULL || result == ZMQG_POST_CLOSED)
    zmqg_operation_unref (operation);

  return settle_post (self, result, error);
}

static gboolean
post_message (ZmqgSocket   *self,
              ZmqgMessage  *message,
              GError      **error)
{
  ZmqgQueued queued;

  if (!zmqg_socket_check_send (self, message->n_frames, FALSE, error))
    return FALSE;

  if (zmqg_message_get_expiry (message) >= 0)
    return post_expiring (self, message, error);

  zmqg_queued_init_small (&queued, message);

  return post (self, &queued, error);
}

static gboolean
take_hold (ZmqgSocket *self,
           ZmqgHold   *hold)
{
  GThread *server = g_atomic_pointer_get (&self->server);

  /* In a forked child GLib's locks may be held by threads that are not there any more */
  return (server == NULL || server == g_thread_self ()) &&
         G_LIKELY (self->process == zmqg_process_get_id ()) &&
         zmqg_hold_take (hold, self->main_context);
}

static gboolean
send_data (ZmqgSocket     *self,
           gconstpointer   data,
           gsize           length,
           GError        **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  g_autoptr (ZmqgMessage) message = NULL;
  gboolean is_held = take_hold (self, &hold);
  ZmqgQueued queued;

  if (!is_held && length <= ZMQG_QUEUED_DATA)
    {
      if (!zmqg_socket_check_send (self, 1, FALSE, error))
        return FALSE;
      zmqg_queued_init_data (&queued, data, length);
      return post (self, &queued, error);
    }

  if (is_held && length <= SMALL && is_queue_empty (self))
    return zmqg_socket_check_send (self, 1, TRUE, error) &&
           send_data_now (self, data, length, error);

  message = zmqg_message_new_data (data, length);

  return is_held ? send_held (self, message, error) : post_message (self, message, error);
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
 * `G_IO_ERROR_CLOSED` (also while [method@Socket.close_async] drains the queue),
 * `G_IO_ERROR_HOST_UNREACHABLE` (ROUTER with
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

  if (!take_hold (self, &hold))
    return post_message (self, message, error);

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
  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (utf8 != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return send_data (self, utf8, strlen (utf8), error);
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
  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return send_data (self, data, length, error);
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
