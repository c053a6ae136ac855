/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-frame-private.h>

#include <string.h>

/* A smaller frame kept as libzmq gave it keeps libzmq's whole read buffer alive, 12 to
 * 20 KB; from here on a frame has an allocation of its own. */
#define RECEIVE_BY_REFERENCE 8192

void
zmqg_frame_init_bytes (ZmqgFrame *frame,
                       GBytes    *bytes)
{
  zmq_msg_init (&frame->msg);
  frame->bytes = g_bytes_ref (bytes);
  frame->variant_type = NULL;
}

void
zmqg_frame_init_data (ZmqgFrame     *frame,
                      gconstpointer  data,
                      gsize          length)
{
  frame->bytes = NULL;
  frame->variant_type = NULL;

  if (length < ZMQG_FRAME_BY_REFERENCE && zmq_msg_init_size (&frame->msg, length) == 0)
    {
      if (length > 0)
        memcpy (zmq_msg_data (&frame->msg), data, length);
      return;
    }

  zmq_msg_init (&frame->msg);
  frame->bytes = g_bytes_new (data, length);
}

void
zmqg_frame_init_copy (ZmqgFrame *frame,
                      ZmqgFrame *other)
{
  gsize length;
  gconstpointer data = zmqg_frame_get_data (other, &length);

  if (length >= ZMQG_FRAME_BY_REFERENCE || other->bytes != NULL)
    zmqg_frame_init_bytes (frame, zmqg_frame_get_bytes (other));
  else
    zmqg_frame_init_data (frame, data, length);

  if (other->variant_type != NULL)
    frame->variant_type = g_variant_type_copy (other->variant_type);
}

/* Leaves @other without content; it needs no clearing then. */
void
zmqg_frame_move (ZmqgFrame *frame,
                 ZmqgFrame *other)
{
  zmq_msg_init (&frame->msg);
  zmq_msg_move (&frame->msg, &other->msg);
  frame->bytes = g_steal_pointer (&other->bytes);
  frame->variant_type = g_steal_pointer (&other->variant_type);
}

static void
close_kept_msg (gpointer data)
{
  zmq_msg_t *msg = data;

  zmq_msg_close (msg);
  g_free (msg);
}

/* zmq_msg_copy() changes the reference count in the original without an atomic operation
 * the first time, and two threads may ask one message at once. */
static GBytes *
make_bytes (ZmqgFrame *frame)
{
  static GMutex copying;
  gsize length = zmq_msg_size (&frame->msg);
  zmq_msg_t *kept;

  if (length < RECEIVE_BY_REFERENCE)
    return g_bytes_new (zmq_msg_data (&frame->msg), length);

  kept = g_new (zmq_msg_t, 1);
  zmq_msg_init (kept);
  g_mutex_lock (&copying);
  zmq_msg_copy (kept, &frame->msg);
  g_mutex_unlock (&copying);

  return g_bytes_new_with_free_func (zmq_msg_data (kept), length, close_kept_msg, kept);
}

/* (transfer none) */
GBytes *
zmqg_frame_get_bytes (ZmqgFrame *frame)
{
  GBytes *bytes = g_atomic_pointer_get (&frame->bytes);

  if (bytes != NULL)
    return bytes;

  bytes = make_bytes (frame);
  if (!g_atomic_pointer_compare_and_exchange (&frame->bytes, NULL, bytes))
    {
      g_bytes_unref (bytes);
      bytes = g_atomic_pointer_get (&frame->bytes);
    }

  return bytes;
}

static void
unref_sent_bytes (void *data,
                  void *hint)
{
  g_bytes_unref (hint);
}

/* libzmq's ws_encoder masks in place what it believes to be its own alone, which would change
 * the sender's GBytes; a message that was copied once is marked as shared for good. */
void
zmqg_frame_mark_as_shared (zmq_msg_t *msg)
{
  zmq_msg_t copy;

  zmq_msg_init (&copy);
  zmq_msg_copy (&copy, msg);
  zmq_msg_close (&copy);
}

/* Makes @msg, ready to be sent, leaving @frame as it is: a message may be sent again.
 * @is_masked: it may go over WebSocket. @size: in bytes */
int
zmqg_frame_to_zmq (ZmqgFrame *frame,
                   zmq_msg_t *msg,
                   gboolean   is_masked,
                   gsize     *size)
{
  gsize length;
  gconstpointer data = zmqg_frame_get_data (frame, &length);
  GBytes *bytes;

  *size = length;
  if (length < ZMQG_FRAME_BY_REFERENCE)
    {
      if (zmq_msg_init_size (msg, length) != 0)
        return -1;
      if (length > 0)
        memcpy (zmq_msg_data (msg), data, length);
      return 0;
    }

  bytes = g_bytes_ref (zmqg_frame_get_bytes (frame));
  data = g_bytes_get_data (bytes, &length);
  if (zmq_msg_init_data (msg, (void *) data, length, unref_sent_bytes, bytes) != 0)
    {
      g_bytes_unref (bytes);
      return -1;
    }
  if (is_masked)
    zmqg_frame_mark_as_shared (msg);

  return 0;
}
