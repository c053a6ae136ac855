/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <string.h>

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

  message = zmqg_socket_take_message (self, NULL, &errsv);
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
  while (messages->len < max && (message = zmqg_socket_take_message (self, NULL, &errsv)) != NULL)
    g_ptr_array_add (messages, message);
  zmqg_hub_touch (&self->member);

  if (messages->len == 0 && errsv != 0 && errsv != EAGAIN)
    {
      refuse_to_receive (self, errsv, error);
      return NULL;
    }

  return g_steal_pointer (&messages);
}
