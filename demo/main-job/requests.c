/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "requests.h"

typedef struct
{
  ZmqgMessage *message;
  ReplyFunc func;
  gpointer user_data;
  gint64 sent_time;
} Request;

struct _Requests
{
  ZmqgSocket *socket;
  GQueue waiting; /* of Request; the head is the one that was sent */
  GArray *round_trips; /* µs */
  guint n_echoes;
  guint n_refused;
};

static void
request_free (Request *request)
{
  zmqg_message_unref (request->message);
  g_free (request);
}

/* A REQ socket takes the next request only after the reply to the one before. */
static void
requests_send_head (Requests *self)
{
  Request *request = g_queue_peek_head (&self->waiting);
  g_autoptr (GError) error = NULL;

  if (request == NULL)
    return;

  request->sent_time = g_get_monotonic_time ();
  if (!zmqg_socket_send (self->socket, request->message, &error))
    {
      g_printerr ("%s\n", error->message);
      self->n_refused++;
    }
}

static gboolean
is_ok (ZmqgMessage *reply)
{
  g_autofree char *status = zmqg_message_get_string (reply, 0, NULL);

  return g_strcmp0 (status, "ok") == 0 || g_strcmp0 (status, "echo") == 0;
}

static void
message_received_cb (ZmqgSocket  *socket,
                     ZmqgMessage *reply,
                     gpointer     user_data)
{
  Requests *self = user_data;
  Request *request = g_queue_pop_head (&self->waiting);
  gint64 round_trip = g_get_monotonic_time () - request->sent_time;
  g_autofree char *text = NULL;

  g_array_append_val (self->round_trips, round_trip);
  if (!is_ok (reply))
    self->n_refused++;
  if (zmqg_message_get_n_frames (reply) > 1)
    text = zmqg_message_get_string (reply, 1, NULL);
  if (request->func != NULL)
    request->func (text, request->user_data);

  request_free (request);
  requests_send_head (self);
}

Requests *
requests_new (const char  *endpoint,
              GError     **error)
{
  g_autoptr (Requests) self = g_new0 (Requests, 1);

  self->round_trips = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->socket = zmqg_socket_new (ZMQG_SOCKET_TYPE_REQ, error);
  if (self->socket == NULL)
    return NULL;

  g_signal_connect (self->socket, "message-received", G_CALLBACK (message_received_cb), self);
  if (!zmqg_socket_connect_to (self->socket, endpoint, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
requests_free (Requests *self)
{
  if (self->socket != NULL)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->socket);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) request_free);
  g_array_unref (self->round_trips);
  g_free (self);
}

void
requests_ask (Requests   *self,
              const char *what,
              const char *argument,
              ReplyFunc   func,
              gpointer    user_data)
{
  Request *request = g_new0 (Request, 1);

  request->message = zmqg_message_new_string (what);
  if (argument != NULL)
    zmqg_message_append_string (request->message, argument);
  request->func = func;
  request->user_data = user_data;

  g_queue_push_tail (&self->waiting, request);
  if (self->waiting.length == 1)
    requests_send_head (self);
}

static void
echo_cb (const char *text,
         gpointer    user_data)
{
  Requests *self = user_data;

  if (g_strcmp0 (text, "Is anybody there?") == 0)
    self->n_echoes++;
}

void
requests_echo (Requests *self)
{
  requests_ask (self, "echo", "Is anybody there?", echo_cb, self);
}

void
requests_report (Requests *self,
                 Report   *report)
{
  guint n_replies = self->round_trips->len;

  report_line (report, "requests", "%u of %u answered; round trip %.2f ms (median), %.2f (99 %%), "
               "%.2f at worst", n_replies, n_replies + self->waiting.length,
               get_quantile (self->round_trips, 0.5), get_quantile (self->round_trips, 0.99),
               get_quantile (self->round_trips, 1));

  if (self->n_echoes == 0)
    report_problem (report, "an answer to any request");
  if (self->waiting.length > 0)
    report_problem (report, "the answers to %u requests", self->waiting.length);
  if (self->n_refused > 0)
    report_problem (report, "a good answer to %u requests", self->n_refused);
}
