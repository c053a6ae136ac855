/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-message-private.h>

#include <string.h>

/**
 * ZmqgMessage:
 *
 * One whole message of ZeroMQ: any number of frames, each a byte string.
 *
 * Frames that were received stay as libzmq gave them until somebody asks for a
 * [struct@GLib.Bytes] with [method@Message.get_frame]; [method@Message.peek_frame] reads
 * without making one. Large frames are neither copied when they are received (from 8 KiB)
 * nor when they are sent (from 2 KiB, where the [struct@GLib.Bytes] is handed over by
 * reference, and released on an I/O thread of libzmq: its free function must be safe
 * there).
 *
 * The reference count is atomic, and reading from several threads is safe; a message that
 * more than one thread can see must not be changed. Changing a message after
 * [method@Socket.send] does not change what is sent.
 *
 * Since: 1.0
 */
G_DEFINE_BOXED_TYPE (ZmqgMessage, zmqg_message, zmqg_message_ref, zmqg_message_unref)

struct _ZmqgRetiredFrames
{
  ZmqgRetiredFrames *next;
  ZmqgFrame *frames;
  guint n_frames;
};

static void
free_frames (ZmqgMessage *self,
             ZmqgFrame   *frames,
             guint        n_frames)
{
  for (guint i = 0; i < n_frames; i++)
    zmqg_frame_clear (&frames[i]);
  if (frames != &self->first)
    g_free (frames);
}

static void
free_retired (ZmqgMessage *self)
{
  while (self->retired != NULL)
    {
      ZmqgRetiredFrames *retired = self->retired;

      self->retired = retired->next;
      free_frames (self, retired->frames, retired->n_frames);
      g_free (retired);
    }
}

static void
retire_frames (ZmqgMessage *self)
{
  ZmqgRetiredFrames *retired = g_new (ZmqgRetiredFrames, 1);
  guint n_allocated = MAX (4, self->n_frames * 2);
  ZmqgFrame *frames = g_new (ZmqgFrame, n_allocated);

  for (guint i = 0; i < self->n_frames; i++)
    zmqg_frame_init_copy (&frames[i], &self->frames[i]);

  retired->next = self->retired;
  retired->frames = self->frames;
  retired->n_frames = self->n_frames;
  self->retired = retired;

  self->frames = frames;
  self->n_allocated = n_allocated;
}

/* No queue has the message if nobody but the caller has. */
static void
unshare_frames (ZmqgMessage *self)
{
  if (g_atomic_int_get (&self->ref_count) == 1)
    free_retired (self);
  else
    retire_frames (self);

  g_atomic_int_set (&self->is_held, FALSE);
}

static void
grow_frames (ZmqgMessage *self)
{
  guint n_allocated = MAX (4, self->n_allocated * 2);
  ZmqgFrame *frames = g_new (ZmqgFrame, n_allocated);

  for (guint i = 0; i < self->n_frames; i++)
    zmqg_frame_move (&frames[i], &self->frames[i]);
  if (self->frames != &self->first)
    g_free (self->frames);

  self->frames = frames;
  self->n_allocated = n_allocated;
}

ZmqgMessage *
zmqg_message_alloc (void)
{
  ZmqgMessage *self = g_malloc (sizeof (ZmqgMessage));

  self->ref_count = 1;
  self->is_held = FALSE;
  self->n_frames = 0;
  self->n_allocated = 1;
  self->expiry = -1;
  self->frames = &self->first;
  self->retired = NULL;

  return self;
}

/* The frame is not initialised. */
ZmqgFrame *
zmqg_message_add_frame (ZmqgMessage *self)
{
  if (G_UNLIKELY (g_atomic_int_get (&self->is_held)))
    unshare_frames (self);

  if (self->n_frames == self->n_allocated)
    grow_frames (self);

  return &self->frames[self->n_frames++];
}

/**
 * zmqg_message_new:
 *
 * Creates a message without frames; append some before sending it.
 *
 * Returns: (transfer full): a new message
 *
 * Since: 1.0
 */
ZmqgMessage *
zmqg_message_new (void)
{
  return zmqg_message_alloc ();
}

/**
 * zmqg_message_new_string:
 * @utf8: a string; its terminating NUL is not part of the frame
 *
 * Creates a message of one frame.
 *
 * Returns: (transfer full): a new message
 *
 * Since: 1.0
 */
ZmqgMessage *
zmqg_message_new_string (const char *utf8)
{
  ZmqgMessage *self;

  g_return_val_if_fail (utf8 != NULL, NULL);

  self = zmqg_message_alloc ();
  zmqg_message_append_string (self, utf8);

  return self;
}

/**
 * zmqg_message_new_bytes:
 * @bytes: (transfer none): the frame
 *
 * Creates a message of one frame, without copying @bytes.
 *
 * Returns: (transfer full): a new message
 *
 * Since: 1.0
 */
ZmqgMessage *
zmqg_message_new_bytes (GBytes *bytes)
{
  ZmqgMessage *self;

  g_return_val_if_fail (bytes != NULL, NULL);

  self = zmqg_message_alloc ();
  zmqg_frame_init_bytes (zmqg_message_add_frame (self), bytes);

  return self;
}

/**
 * zmqg_message_new_data:
 * @data: (array length=length) (element-type guint8) (nullable): the frame, copied
 * @length: its size in bytes
 *
 * Creates a message of one frame.
 *
 * Returns: (transfer full): a new message
 *
 * Since: 1.0
 */
ZmqgMessage *
zmqg_message_new_data (const guint8 *data,
                       gsize         length)
{
  ZmqgMessage *self;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  self = zmqg_message_alloc ();
  zmqg_frame_init_data (zmqg_message_add_frame (self), data, length);

  return self;
}

/**
 * zmqg_message_new_strv:
 * @frames: (array zero-terminated=1): strings, one for each frame
 *
 * Creates a message of as many frames as there are strings.
 *
 * Returns: (transfer full): a new message
 *
 * Since: 1.0
 */
ZmqgMessage *
zmqg_message_new_strv (const char * const *frames)
{
  ZmqgMessage *self;

  g_return_val_if_fail (frames != NULL, NULL);

  self = zmqg_message_alloc ();
  for (guint i = 0; frames[i] != NULL; i++)
    zmqg_message_append_string (self, frames[i]);

  return self;
}

/**
 * zmqg_message_new_variant:
 * @variant: a value; a floating reference is consumed
 *
 * Creates a message of one frame that holds @variant, serialised in little-endian byte
 * order.
 *
 * The type is not part of the frame: whoever receives it must know it. Within this message
 * it is remembered, see [method@Message.get_variant].
 *
 * Returns: (transfer full): a new message
 *
 * Since: 1.0
 */
ZmqgMessage *
zmqg_message_new_variant (GVariant *variant)
{
  ZmqgMessage *self;

  g_return_val_if_fail (variant != NULL, NULL);

  self = zmqg_message_alloc ();
  zmqg_message_append_variant (self, variant);

  return self;
}

/**
 * zmqg_message_copy:
 * @self: a message
 *
 * Creates a message with the same frames, which can be changed without changing @self.
 *
 * The bytes of large frames are shared. What libzmq knew of the peer
 * ([method@Message.get_metadata]) stays with @self.
 *
 * Returns: (transfer full): a new message
 *
 * Since: 1.0
 */
ZmqgMessage *
zmqg_message_copy (ZmqgMessage *self)
{
  ZmqgMessage *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = zmqg_message_alloc ();
  for (guint i = 0; i < self->n_frames; i++)
    zmqg_frame_init_copy (zmqg_message_add_frame (copy), &self->frames[i]);
  copy->expiry = self->expiry;

  return copy;
}

/**
 * zmqg_message_set_expiry:
 * @self: a message
 * @milliseconds: how long it may wait, in ms; -1 for as long as it takes (the default)
 *
 * Sets how long a message is worth sending, counted from each call that sends it.
 *
 * If libzmq has not accepted it by then it is not sent: [signal@Socket::send-failed] tells so
 * with `G_IO_ERROR_TIMED_OUT`, or [method@Socket.send_finish] does. What libzmq has accepted
 * is out of reach. A message that is queued already keeps what it was queued with.
 *
 * Since: 1.0
 */
void
zmqg_message_set_expiry (ZmqgMessage *self,
                         int          milliseconds)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (milliseconds >= -1);

  self->expiry = milliseconds;
}

/**
 * zmqg_message_get_expiry:
 * @self: a message
 *
 * Gets how long a message is worth sending.
 *
 * Returns: the time in ms, or -1 for as long as it takes
 *
 * Since: 1.0
 */
int
zmqg_message_get_expiry (ZmqgMessage *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->expiry;
}

/**
 * zmqg_message_ref:
 * @self: a message
 *
 * Takes a reference, from any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
ZmqgMessage *
zmqg_message_ref (ZmqgMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);

  return self;
}

/**
 * zmqg_message_unref:
 * @self: (transfer full): a message
 *
 * Releases a reference, from any thread.
 *
 * Since: 1.0
 */
void
zmqg_message_unref (ZmqgMessage *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  if (G_UNLIKELY (self->retired != NULL))
    free_retired (self);
  free_frames (self, self->frames, self->n_frames);
  g_free (self);
}

/**
 * zmqg_message_append_bytes:
 * @self: a message
 * @bytes: (transfer none): a frame
 *
 * Appends a frame without copying it.
 *
 * Since: 1.0
 */
void
zmqg_message_append_bytes (ZmqgMessage *self,
                           GBytes      *bytes)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (bytes != NULL);

  zmqg_frame_init_bytes (zmqg_message_add_frame (self), bytes);
}

/**
 * zmqg_message_append_data:
 * @self: a message
 * @data: (array length=length) (element-type guint8) (nullable): a frame, copied
 * @length: its size in bytes
 *
 * Appends a frame.
 *
 * Since: 1.0
 */
void
zmqg_message_append_data (ZmqgMessage  *self,
                          const guint8 *data,
                          gsize         length)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (data != NULL || length == 0);

  zmqg_frame_init_data (zmqg_message_add_frame (self), data, length);
}

/**
 * zmqg_message_append_string:
 * @self: a message
 * @utf8: a string; its terminating NUL is not part of the frame
 *
 * Appends a frame.
 *
 * Since: 1.0
 */
void
zmqg_message_append_string (ZmqgMessage *self,
                            const char  *utf8)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (utf8 != NULL);

  zmqg_frame_init_data (zmqg_message_add_frame (self), utf8, strlen (utf8));
}

/**
 * zmqg_message_append_variant:
 * @self: a message
 * @variant: a value; a floating reference is consumed
 *
 * Appends a frame that holds @variant, serialised in little-endian byte order.
 *
 * Since: 1.0
 */
void
zmqg_message_append_variant (ZmqgMessage *self,
                             GVariant    *variant)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) swapped = NULL;
  g_autoptr (GBytes) bytes = NULL;
  ZmqgFrame *frame;

  g_return_if_fail (self != NULL);
  g_return_if_fail (variant != NULL);

  value = g_variant_ref_sink (variant);
  if (G_BYTE_ORDER == G_BIG_ENDIAN)
    swapped = g_variant_byteswap (value);

  bytes = g_variant_get_data_as_bytes (swapped != NULL ? swapped : value);
  frame = zmqg_message_add_frame (self);
  zmqg_frame_init_bytes (frame, bytes);
  frame->variant_type = g_variant_type_copy (g_variant_get_type (value));
}

/**
 * zmqg_message_prepend_bytes:
 * @self: a message
 * @bytes: (transfer none): a frame
 *
 * Puts a frame before all others, such as a routing id or a topic, without copying it.
 *
 * Since: 1.0
 */
void
zmqg_message_prepend_bytes (ZmqgMessage *self,
                            GBytes      *bytes)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (bytes != NULL);

  zmqg_message_add_frame (self);
  for (guint i = self->n_frames - 1; i > 0; i--)
    zmqg_frame_move (&self->frames[i], &self->frames[i - 1]);
  zmqg_frame_init_bytes (&self->frames[0], bytes);
}
