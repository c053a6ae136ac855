/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error.h>
#include <zmqglib/socket/zmqg-socket-private.h>

/* Those that have been told are not kept while others are added. */
#define MAX_TOLD 1024

void
zmqg_notice_clear (ZmqgNotice *self)
{
  g_clear_pointer (&self->message, zmqg_message_unref);
  g_clear_error (&self->error);
}

/* @error: (transfer full) */
void
zmqg_socket_add_notice (ZmqgSocket     *self,
                        ZmqgNoticeKind  kind,
                        ZmqgMessage    *message,
                        GError         *error)
{
  ZmqgNotice notice = { kind, NULL, error };

  if (message != NULL)
    notice.message = zmqg_message_ref (message);
  g_array_append_val (self->notices, notice);
  zmqg_hub_touch (&self->member);
}

/* FALSE: there is none. @notice is the caller's to clear. */
gboolean
zmqg_socket_take_notice (ZmqgSocket *self,
                         ZmqgNotice *notice)
{
  if (self->n_told == self->notices->len)
    {
      g_array_set_size (self->notices, 0);
      self->n_told = 0;
      return FALSE;
    }
  if (self->n_told >= MAX_TOLD)
    {
      g_array_remove_range (self->notices, 0, self->n_told);
      self->n_told = 0;
    }

  *notice = g_array_index (self->notices, ZmqgNotice, self->n_told++);
  return TRUE;
}

static void
tell_error (ZmqgSocket *self,
            GError     *error)
{
  if (zmqg_socket_has_handler (self, ZMQG_SIGNAL_ERROR_OCCURRED))
    g_signal_emit (self, zmqg_socket_signals[ZMQG_SIGNAL_ERROR_OCCURRED], 0, error);
  else
    g_warning ("%s", error->message);
}

/* From a dispatch of the main context */
void
zmqg_notice_tell (ZmqgSocket *self,
                  ZmqgNotice *notice)
{
  switch (notice->kind)
    {
    case ZMQG_NOTICE_SENT:
      g_signal_emit (self, zmqg_socket_signals[ZMQG_SIGNAL_MESSAGE_SENT], 0, notice->message);
      break;
    case ZMQG_NOTICE_SEND_FAILED:
      self->statistics.send_failures++;
      g_signal_emit (self, zmqg_socket_signals[ZMQG_SIGNAL_SEND_FAILED], 0, notice->message,
                     notice->error);
      break;
    case ZMQG_NOTICE_ERROR:
    default:
      tell_error (self, notice->error);
      break;
    }
}

static gboolean
is_writable_due (ZmqgSocket *self)
{
  /* The counters were changed before, and a thread that was refused reads them after it said so:
   * one of the two sees what the other did. */
  __atomic_thread_fence (__ATOMIC_SEQ_CST);

  return g_atomic_int_get (&self->queue.refused) && !zmqg_send_queue_is_full (&self->queue);
}

static gboolean
is_drained_due (ZmqgSocket *self)
{
  return self->is_drained_due && zmqg_send_queue_get_length (&self->queue) == 0 &&
         self->queue.n_in_line == 0;
}

/* Whether there is something to tell of */
gboolean
zmqg_socket_has_notices (ZmqgSocket *self)
{
  return self->notices->len > self->n_told || self->is_endpoint_due ||
         is_writable_due (self) || is_drained_due (self) ||
         self->notified_length != zmqg_send_queue_get_length (&self->queue) ||
         self->notified_bytes != zmqg_send_queue_get_bytes (&self->queue) ||
         g_atomic_int_get (&self->watch.is_due);
}

/* One at a time: a handler may add to them, run a loop that tells the rest, or close the socket,
 * which then tells the rest before closed. What a handler adds has to wait for the next turn, or
 * one that sends whenever something was sent would never let go. */
static gboolean
tell_listed (ZmqgSocket *self,
             ZmqgTurn   *turn)
{
  guint n_listed = self->notices->len - self->n_told;
  ZmqgNotice notice;

  while (n_listed-- > 0 && zmqg_socket_take_notice (self, &notice))
    {
      zmqg_notice_tell (self, &notice);
      zmqg_notice_clear (&notice);
      if (turn->member == NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
notify_endpoint (ZmqgSocket *self,
                 ZmqgTurn   *turn)
{
  if (self->is_endpoint_due)
    {
      self->is_endpoint_due = FALSE;
      g_object_notify_by_pspec (G_OBJECT (self), zmqg_socket_get_pspec (ZMQG_PROP_LAST_ENDPOINT));
    }

  return turn->member != NULL;
}

static gboolean
notify_length (ZmqgSocket *self,
               ZmqgTurn   *turn)
{
  guint length = zmqg_send_queue_get_length (&self->queue);
  gsize bytes = zmqg_send_queue_get_bytes (&self->queue);

  if (self->notified_length != length)
    {
      self->notified_length = length;
      g_object_notify_by_pspec (G_OBJECT (self),
                                zmqg_socket_get_pspec (ZMQG_PROP_SEND_QUEUE_LENGTH));
      if (turn->member == NULL)
        return FALSE;
    }
  if (self->notified_bytes != bytes)
    {
      self->notified_bytes = bytes;
      g_object_notify_by_pspec (G_OBJECT (self),
                                zmqg_socket_get_pspec (ZMQG_PROP_SEND_QUEUE_BYTES));
    }

  return turn->member != NULL;
}

/* FALSE: the socket was closed, or is gone, meanwhile. */
gboolean
zmqg_socket_tell_notices (ZmqgSocket *self,
                          ZmqgTurn   *turn)
{
  if (!tell_listed (self, turn) || !notify_endpoint (self, turn) || !notify_length (self, turn))
    return FALSE;

  if (is_drained_due (self))
    {
      self->is_drained_due = FALSE;
      g_signal_emit (self, zmqg_socket_signals[ZMQG_SIGNAL_DRAINED], 0);
      if (turn->member == NULL)
        return FALSE;
    }
  if (is_writable_due (self))
    {
      g_atomic_int_set (&self->queue.refused, FALSE);
      g_signal_emit (self, zmqg_socket_signals[ZMQG_SIGNAL_WRITABLE], 0);
    }

  return turn->member != NULL;
}
