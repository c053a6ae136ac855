/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "flood.h"

#include <string.h>
#include <zmqglib/zmqglib.h>

struct _Flood
{
  ZmqgSocket *socket;
  gint64 first_time;
  gint64 end_time;
  guint64 n_messages;
  guint64 n_sent;
  guint64 n_out_of_order;
  gboolean is_over;
};

static void
flood_take_number (Flood        *self,
                   const guint8 *data,
                   gsize         length)
{
  guint32 number;

  if (self->n_messages == 0)
    self->first_time = g_get_monotonic_time ();

  memcpy (&number, data, sizeof number);
  if (GUINT32_FROM_LE (number) != self->n_messages)
    self->n_out_of_order++;
  self->n_messages++;
}

/* The sender's last message has a second frame: how many there were before it. */
static void
flood_take_end (Flood       *self,
                ZmqgMessage *message)
{
  g_autofree char *count = zmqg_message_get_string (message, 1, NULL);

  self->n_sent = count != NULL ? g_ascii_strtoull (count, NULL, 10) : 0;
  self->end_time = g_get_monotonic_time ();
  self->is_over = TRUE;
}

static void
message_received_cb (ZmqgSocket  *socket,
                     ZmqgMessage *message,
                     gpointer     user_data)
{
  gsize length;
  const guint8 *data = zmqg_message_peek_frame (message, 0, &length);

  if (zmqg_message_get_n_frames (message) > 1)
    flood_take_end (user_data, message);
  else if (length >= sizeof (guint32))
    flood_take_number (user_data, data, length);
}

Flood *
flood_new (const char  *endpoint,
           GError     **error)
{
  g_autoptr (Flood) self = g_new0 (Flood, 1);

  self->socket = zmqg_socket_new (ZMQG_SOCKET_TYPE_PULL, error);
  if (self->socket == NULL)
    return NULL;

  g_signal_connect (self->socket, "message-received", G_CALLBACK (message_received_cb), self);
  if (!zmqg_socket_connect_to (self->socket, endpoint, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
flood_free (Flood *self)
{
  if (self->socket != NULL)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->socket);
  g_free (self);
}

gboolean
flood_is_over (Flood *self)
{
  return self->is_over;
}

guint64
flood_get_n_messages (Flood *self)
{
  return self->n_messages;
}

void
flood_report (Flood  *self,
              Report *report)
{
  double seconds = (self->end_time - self->first_time) / (double) G_USEC_PER_SEC;
  g_autofree char *count = format_count (self->n_messages);
  g_autofree char *sent = format_count (self->n_sent);
  g_autofree char *rate = format_count (seconds > 0 ? self->n_messages / seconds : 0);

  report_line (report, "flood", "%s of %s messages received, %s a second",
               count, self->is_over ? sent : "an unknown number of", rate);

  if (!self->is_over)
    report_problem (report, "the end of the flood");
  else if (self->n_messages != self->n_sent || self->n_messages == 0)
    report_problem (report, "messages of the flood: %s sent, %s received", sent, count);
  if (self->n_out_of_order > 0)
    report_problem (report, "the order of %" G_GUINT64_FORMAT " messages", self->n_out_of_order);
}
