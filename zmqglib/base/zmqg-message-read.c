/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error.h>
#include <zmqglib/base/zmqg-message-private.h>

/**
 * zmqg_message_get_n_frames:
 * @self: a message
 *
 * Gets the number of frames.
 *
 * Returns: the number of frames
 *
 * Since: 1.0
 */
guint
zmqg_message_get_n_frames (ZmqgMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_frames;
}

/**
 * zmqg_message_get_size:
 * @self: a message
 *
 * Gets the size of all frames together.
 *
 * Returns: the size in bytes
 *
 * Since: 1.0
 */
gsize
zmqg_message_get_size (ZmqgMessage *self)
{
  gsize size = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < self->n_frames; i++)
    {
      gsize length;

      zmqg_frame_get_data (&self->frames[i], &length);
      size += length;
    }

  return size;
}

/**
 * zmqg_message_get_frame:
 * @self: a message
 * @index: which frame, from 0
 *
 * Gets a frame.
 *
 * A frame of less than 8 KiB that was received is copied the first time it is asked for, so
 * that keeping it does not keep libzmq's read buffer.
 *
 * Returns: (transfer none) (nullable): the frame, or `NULL` if there are not as many
 *
 * Since: 1.0
 */
GBytes *
zmqg_message_get_frame (ZmqgMessage *self,
                        guint        index)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (index >= self->n_frames)
    return NULL;

  return zmqg_frame_get_bytes (&self->frames[index]);
}

/**
 * zmqg_message_peek_frame:
 * @self: a message
 * @index: which frame, from 0
 * @length: (out) (optional): the size of the frame in bytes
 *
 * Reads a frame without making a [struct@GLib.Bytes].
 *
 * The data is valid as long as @self is and is not changed.
 *
 * Returns: (transfer none) (array length=length) (element-type guint8) (nullable): the frame,
 *   or `NULL` if there are not as many
 *
 * Since: 1.0
 */
const guint8 *
zmqg_message_peek_frame (ZmqgMessage *self,
                         guint        index,
                         gsize       *length)
{
  gconstpointer data = NULL;
  gsize size = 0;

  g_return_val_if_fail (self != NULL, NULL);

  if (index < self->n_frames)
    data = zmqg_frame_get_data (&self->frames[index], &size);
  if (length != NULL)
    *length = size;
  if (index >= self->n_frames)
    return NULL;

  /* The data of an empty GBytes is NULL, which would say that there is no frame */
  return data != NULL ? data : (const guint8 *) "";
}

static gboolean
check_index (ZmqgMessage  *self,
             guint         index,
             GError      **error)
{
  if (index < self->n_frames)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "Could not read frame %u: the message has %u", index, self->n_frames);
  return FALSE;
}

/**
 * zmqg_message_get_string:
 * @self: a message
 * @index: which frame, from 0
 * @error: return location for a [struct@GLib.Error]
 *
 * Reads a frame as text.
 *
 * Fails with `G_IO_ERROR_NOT_FOUND` if there is no such frame and with
 * `G_IO_ERROR_INVALID_DATA` if it is not valid UTF-8 or has a NUL in it.
 *
 * Returns: (transfer full): the text
 *
 * Since: 1.0
 */
char *
zmqg_message_get_string (ZmqgMessage  *self,
                         guint         index,
                         GError      **error)
{
  const char *data;
  const char *end;
  gsize length;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_index (self, index, error))
    return NULL;

  data = (const char *) zmqg_message_peek_frame (self, index, &length);
  if (!g_utf8_validate_len (data, length, &end))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "Could not read frame %u as text: not valid UTF-8 at byte %" G_GSIZE_FORMAT
                   " of %" G_GSIZE_FORMAT, index, (gsize) (end - data), length);
      return NULL;
    }

  return g_strndup (data, length);
}

/**
 * zmqg_message_get_variant:
 * @self: a message
 * @index: which frame, from 0
 * @type: (nullable): the type the frame should have, or `NULL` for the one it was made
 *   from in this process
 * @error: return location for a [struct@GLib.Error]
 *
 * Reads a frame as a serialised value in little-endian byte order.
 *
 * The frame may come from anywhere: what is not the normal form of a value of this type is
 * refused. Fails with `G_IO_ERROR_NOT_FOUND` if there is no such frame, with
 * `G_IO_ERROR_INVALID_ARGUMENT` if @type is not definite, or `NULL` and not known, and with
 * `G_IO_ERROR_INVALID_DATA` if the frame is not such a value.
 *
 * Returns: (transfer full): the value
 *
 * Since: 1.0
 */
GVariant *
zmqg_message_get_variant (ZmqgMessage         *self,
                          guint                index,
                          const GVariantType  *type,
                          GError             **error)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) swapped = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_index (self, index, error))
    return NULL;

  if (type == NULL)
    type = self->frames[index].variant_type;
  if (type == NULL || !g_variant_type_is_definite (type))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "Could not read frame %u as a variant: %s", index,
                   type == NULL ? "its type is not known" : "the type is not definite");
      return NULL;
    }

  value = g_variant_ref_sink (
    g_variant_new_from_bytes (type, zmqg_frame_get_bytes (&self->frames[index]), FALSE));
  if (!g_variant_is_normal_form (value))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "Could not read frame %u as a variant: not a value of type %.*s", index,
                   (int) g_variant_type_get_string_length (type),
                   g_variant_type_peek_string (type));
      return NULL;
    }

  if (G_BYTE_ORDER == G_BIG_ENDIAN)
    {
      swapped = g_variant_byteswap (value);
      return g_steal_pointer (&swapped);
    }

  return g_steal_pointer (&value);
}

/**
 * zmqg_message_to_strv:
 * @self: a message
 * @error: return location for a [struct@GLib.Error]
 *
 * Reads all frames as text.
 *
 * Fails with `G_IO_ERROR_INVALID_DATA` if one is not valid UTF-8 or has a NUL in it.
 *
 * Returns: (transfer full) (array zero-terminated=1): the text of each frame
 *
 * Since: 1.0
 */
char **
zmqg_message_to_strv (ZmqgMessage  *self,
                      GError      **error)
{
  g_auto (GStrv) strv = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  strv = g_new0 (char *, self->n_frames + 1);
  for (guint i = 0; i < self->n_frames; i++)
    {
      strv[i] = zmqg_message_get_string (self, i, error);
      if (strv[i] == NULL)
        return NULL;
    }

  return g_steal_pointer (&strv);
}

/**
 * zmqg_message_get_metadata:
 * @self: a message
 * @key: a property of the connection, such as `Peer-Address`, `User-Id`, `Socket-Type` or
 *   `Identity`
 *
 * Gets what libzmq knows of the peer a message came from (`zmq_msg_gets`).
 *
 * On a ROUTER libzmq loses it for the first frame, so all frames are asked.
 *
 * Returns: (transfer none) (nullable): the value, or `NULL` if there is none: the message
 *   was not received, came over inproc, or the peer did not tell
 *
 * Since: 1.0
 */
const char *
zmqg_message_get_metadata (ZmqgMessage *self,
                           const char  *key)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (key != NULL, NULL);

  for (guint i = 0; i < self->n_frames; i++)
    {
      const char *value = zmq_msg_gets (&self->frames[i].msg, key);

      if (value != NULL)
        return value;
    }

  return NULL;
}
