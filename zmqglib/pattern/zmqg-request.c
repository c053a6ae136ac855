/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error.h>
#include <zmqglib/base/zmqg-message-private.h>
#include <zmqglib/pattern/zmqg-envelope-private.h>
#include <zmqglib/pattern/zmqg-request-private.h>

/**
 * ZmqgRequest:
 *
 * A request that a [class@Service] received, to be answered once: now or later, in any order, from
 * any thread.
 *
 * One that is released without a reply is dropped and counted in
 * [property@Service:n-dropped]: the client finds out by its timeout.
 *
 * Since: 1.0
 */
struct _ZmqgRequest
{
  GObject parent_instance;

  ZmqgSocket *socket;
  ZmqgServiceCounters *counters;
  /* What goes before the reply: the routing id, the client's envelope, the delimiter */
  ZmqgMessage *envelope;
  ZmqgMessage *message;
  int is_answered;
};

G_DEFINE_FINAL_TYPE (ZmqgRequest, zmqg_request, G_TYPE_OBJECT)

static void
zmqg_request_finalize (GObject *object)
{
  ZmqgRequest *self = ZMQG_REQUEST (object);

  if (self->counters != NULL)
    {
      g_atomic_int_add (&self->counters->n_pending, -1);
      if (!self->is_answered)
        {
          g_atomic_int_inc (&self->counters->n_dropped);
          g_debug ("A request was dropped without a reply");
        }
      g_atomic_rc_box_release (self->counters);
    }
  g_clear_pointer (&self->envelope, zmqg_message_unref);
  g_clear_pointer (&self->message, zmqg_message_unref);
  g_clear_object (&self->socket);

  G_OBJECT_CLASS (zmqg_request_parent_class)->finalize (object);
}

static void
zmqg_request_class_init (ZmqgRequestClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zmqg_request_finalize;
}

static void
zmqg_request_init (ZmqgRequest *self)
{
}

/* Takes the frames out of @message, to which nobody else may have a reference */
ZmqgRequest *
zmqg_request_new (ZmqgSocket          *socket,
                  ZmqgServiceCounters *counters,
                  ZmqgMessage         *message,
                  guint                first)
{
  ZmqgRequest *self = g_object_new (ZMQG_TYPE_REQUEST, NULL);

  self->socket = g_object_ref (socket);
  self->counters = g_atomic_rc_box_acquire (counters);
  g_atomic_int_inc (&counters->n_pending);
  self->message = zmqg_envelope_split_body (message, first);
  self->envelope = zmqg_message_alloc ();
  for (guint i = 0; i < first; i++)
    zmqg_frame_move (zmqg_message_add_frame (self->envelope), &message->frames[i]);

  return self;
}

/**
 * zmqg_request_get_message:
 * @self: a request
 *
 * Gets what was asked, without its envelope.
 *
 * Returns: (transfer none): the message
 *
 * Since: 1.0
 */
ZmqgMessage *
zmqg_request_get_message (ZmqgRequest *self)
{
  g_return_val_if_fail (ZMQG_IS_REQUEST (self), NULL);

  return self->message;
}

static gboolean
send_reply (ZmqgRequest  *self,
            ZmqgMessage  *body,
            gboolean      is_error,
            GError      **error)
{
  guint n_frames = zmqg_message_get_n_frames (self->envelope);
  g_autoptr (ZmqgMessage) reply = NULL;

  if (self->socket == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED,
                   "Could not reply: the request is of no service");
      return FALSE;
    }
  if (!g_atomic_int_compare_and_exchange (&self->is_answered, FALSE, TRUE))
    {
      g_set_error (error, ZMQG_ERROR, ZMQG_ERROR_STATE,
                   "Could not reply: the request has been answered already");
      return FALSE;
    }

  reply = zmqg_envelope_join (self->envelope, n_frames, body);
  /* The first is the routing id, the last the delimiter */
  if (is_error && n_frames > 2)
    zmqg_envelope_mark_error (reply, n_frames - 2);
  if (zmqg_socket_send (self->socket, reply, error))
    return TRUE;

  g_atomic_int_set (&self->is_answered, FALSE);
  return FALSE;
}

/**
 * zmqg_request_reply:
 * @self: a request
 * @message: (transfer none): the reply, one frame at least
 * @error: return location for a [struct@GLib.Error]
 *
 * Answers the request. May be called from any thread.
 *
 * Fails with [error@Error.STATE] when it has been answered already, and with
 * `G_IO_ERROR_CLOSED` when the service is closed. Success does not mean that the client is still
 * there: the reply to one that has gone, or does not read what it was sent, is thrown away.
 *
 * Returns: whether it succeeded
 *
 * Since: 1.0
 */
gboolean
zmqg_request_reply (ZmqgRequest  *self,
                    ZmqgMessage  *message,
                    GError      **error)
{
  g_return_val_if_fail (ZMQG_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  if (zmqg_message_get_n_frames (message) == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "Could not reply: the message has no frames");
      return FALSE;
    }

  return send_reply (self, message, FALSE, error);
}

/**
 * zmqg_request_reply_error:
 * @self: a request
 * @reason: why it cannot be answered
 * @error: return location for a [struct@GLib.Error]
 *
 * Answers the request with an error, which [method@Client.request_finish] gives to a client of
 * this library. May be called from any thread.
 *
 * Other clients, such as a plain REQ, receive four frames of text: `ERROR`, the domain, the
 * code, and the message.
 *
 * Fails like [method@Request.reply].
 *
 * Returns: whether it succeeded
 *
 * Since: 1.0
 */
gboolean
zmqg_request_reply_error (ZmqgRequest   *self,
                          const GError  *reason,
                          GError       **error)
{
  g_autoptr (ZmqgMessage) message = NULL;

  g_return_val_if_fail (ZMQG_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (reason != NULL, FALSE);

  message = zmqg_envelope_from_error (reason);

  return send_reply (self, message, TRUE, error);
}
