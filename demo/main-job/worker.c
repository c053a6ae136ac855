/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "worker.h"

#include <zmqglib/zmqglib.h>

#define PATIENCE (5 * G_TIME_SPAN_SECOND)

struct _Worker
{
  ZmqgSocket *socket;
  GThread *thread;
  guint n_messages;
  guint n_waits;
  int is_done; /* atomic */

  GMutex lock;
  GCond writable;
  gboolean has_room;

  double n_counted;
  double n_out_of_order;
};

/* In the main loop, as every signal. */
static void
writable_cb (ZmqgSocket *socket,
             gpointer    user_data)
{
  Worker *self = user_data;

  g_mutex_lock (&self->lock);
  self->has_room = TRUE;
  g_cond_signal (&self->writable);
  g_mutex_unlock (&self->lock);
}

static gboolean
worker_wait_for_room (Worker *self)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  gboolean has_room;

  g_mutex_lock (&self->lock);
  while (!self->has_room && g_cond_wait_until (&self->writable, &self->lock, deadline))
    ;
  has_room = self->has_room;
  g_mutex_unlock (&self->lock);

  return has_room;
}

static gboolean
worker_send (Worker *self,
             guint   number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);
  g_autoptr (GError) error = NULL;

  for (;;)
    {
      /* Cleared before the attempt, so that no "writable" after it can be missed */
      g_mutex_lock (&self->lock);
      self->has_room = FALSE;
      g_mutex_unlock (&self->lock);

      g_clear_error (&error);
      if (zmqg_socket_send_string (self->socket, text, &error))
        return TRUE;

      self->n_waits++;
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ||
          !worker_wait_for_room (self))
        {
          g_printerr ("The worker stops at message %u: %s\n", number, error->message);
          return FALSE;
        }
    }
}

static gpointer
worker_thread (gpointer user_data)
{
  Worker *self = user_data;
  guint number = 0;

  while (number < self->n_messages && worker_send (self, number))
    number++;

  g_atomic_int_set (&self->is_done, TRUE);

  return NULL;
}

Worker *
worker_new (const char  *endpoint,
            guint        n_messages,
            GError     **error)
{
  g_autoptr (Worker) self = g_new0 (Worker, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->writable);
  self->n_messages = n_messages;
  self->socket = zmqg_socket_new (ZMQG_SOCKET_TYPE_PUSH, error);
  if (self->socket == NULL)
    return NULL;

  g_signal_connect (self->socket, "writable", G_CALLBACK (writable_cb), self);
  if (!zmqg_socket_connect_to (self->socket, endpoint, error))
    return NULL;

  self->thread = g_thread_new ("worker", worker_thread, self);

  return g_steal_pointer (&self);
}

void
worker_free (Worker *self)
{
  g_clear_pointer (&self->thread, g_thread_join);
  if (self->socket != NULL)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->socket);
  g_cond_clear (&self->writable);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
worker_is_done (Worker *self)
{
  return g_atomic_int_get (&self->is_done);
}

/* Takes the peer's count; returns TRUE once nothing is missing. */
gboolean
worker_set_counted (Worker     *self,
                    const char *json)
{
  g_autoptr (GVariant) counted = NULL;

  if (json != NULL)
    counted = g_variant_parse (G_VARIANT_TYPE ("a{sd}"), json, NULL, NULL, NULL);
  if (counted != NULL)
    {
      g_variant_lookup (counted, "messages", "d", &self->n_counted);
      g_variant_lookup (counted, "out_of_order", "d", &self->n_out_of_order);
    }

  return self->n_counted >= self->n_messages;
}

void
worker_report (Worker *self,
               Report *report)
{
  g_autofree char *sent = format_count (self->n_messages);
  g_autofree char *counted = format_count (self->n_counted);

  if (!worker_is_done (self))
    {
      report_problem (report, "the end of the worker's %s messages", sent);
      return;
    }

  report_line (report, "worker", "%s messages from its own thread, %u waits for room; the peer "
               "counted %s", sent, self->n_waits, counted);

  if (self->n_counted != self->n_messages)
    report_problem (report, "messages of the worker: %s sent, %s counted", sent, counted);
  if (self->n_out_of_order > 0)
    report_problem (report, "the order of the worker's messages (%.0f times)",
                    self->n_out_of_order);
}
