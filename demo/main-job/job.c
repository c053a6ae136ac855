/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "job.h"

#include "figures.h"
#include "flood.h"
#include "requests.h"
#include "tick.h"
#include "worker.h"

#include <zmqglib/zmqglib.h>

#define N_WORKER_MESSAGES 50000
#define QUIET_SECONDS 1
#define SPARE_SECONDS 10
#define ECHO_INTERVAL 50 /* ms */

typedef struct
{
  GMainLoop *loop;
  guint seconds;
  guint64 n_flood_before;
  char *count_endpoint;

  Requests *requests;
  Figures *figures;
  Flood *flood;
  Worker *worker;
  Tick *tick;

  guint echo_id;
  guint show_id;
  guint start_id;
  guint deadline_id;
} Job;

static void
job_clear (Job *self)
{
  g_clear_handle_id (&self->echo_id, g_source_remove);
  g_clear_handle_id (&self->show_id, g_source_remove);
  g_clear_handle_id (&self->start_id, g_source_remove);
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  g_clear_pointer (&self->tick, tick_free);
  g_clear_pointer (&self->worker, worker_free);
  g_clear_pointer (&self->flood, flood_free);
  g_clear_pointer (&self->figures, figures_free);
  g_clear_pointer (&self->requests, requests_free);
  g_clear_pointer (&self->count_endpoint, g_free);
  g_clear_pointer (&self->loop, g_main_loop_unref);
}

static void
job_give_up (Job        *self,
             const char *why)
{
  g_printerr ("%s\n", why);
  g_main_loop_quit (self->loop);
}

static gboolean
deadline_cb (gpointer user_data)
{
  Job *self = user_data;

  self->deadline_id = 0;
  g_main_loop_quit (self->loop);

  return G_SOURCE_REMOVE;
}

static void
counted_cb (const char *text,
            gpointer    user_data)
{
  Job *self = user_data;

  if (worker_set_counted (self->worker, text))
    g_main_loop_quit (self->loop);
}

/* Asked for again and again: the worker's last messages may still be on their way. */
static gboolean
echo_cb (gpointer user_data)
{
  Job *self = user_data;

  if (!flood_is_over (self->flood))
    {
      requests_echo (self->requests);
    }
  else
    {
      tick_set_is_loaded (self->tick, FALSE);
      if (worker_is_done (self->worker))
        requests_ask (self->requests, "counted", NULL, counted_cb, self);
    }

  return G_SOURCE_CONTINUE;
}

static gboolean
show_cb (gpointer user_data)
{
  Job *self = user_data;
  guint64 n_flood = flood_get_n_messages (self->flood);
  g_autofree char *count = format_count (n_flood - self->n_flood_before);
  g_autofree char *figures = figures_to_string (self->figures);

  self->n_flood_before = n_flood;
  g_print ("  flood %s/s, %s\n", count, figures);

  return G_SOURCE_CONTINUE;
}

static void
started_cb (const char *text,
            gpointer    user_data)
{
  Job *self = user_data;

  tick_set_is_loaded (self->tick, TRUE);
}

static gboolean
start_cb (gpointer user_data)
{
  Job *self = user_data;
  g_autofree char *seconds = g_strdup_printf ("%u", self->seconds);
  g_autoptr (GError) error = NULL;

  self->start_id = 0;
  self->worker = worker_new (self->count_endpoint, N_WORKER_MESSAGES, &error);
  if (self->worker == NULL)
    job_give_up (self, error->message);
  else
    requests_ask (self->requests, "flood", seconds, started_cb, self);

  return G_SOURCE_REMOVE;
}

static gboolean
job_open (Job         *self,
          const char  *where,
          GError     **error)
{
  g_autoptr (GVariant) endpoints = NULL;
  const char *figures;
  const char *flood;
  const char *count;

  endpoints = g_variant_parse (G_VARIANT_TYPE ("a{ss}"), where, NULL, NULL, error);
  if (endpoints == NULL)
    return FALSE;

  if (!g_variant_lookup (endpoints, "figures", "&s", &figures) ||
      !g_variant_lookup (endpoints, "flood", "&s", &flood) ||
      !g_variant_lookup (endpoints, "count", "&s", &count))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "The peer did not tell its endpoints: %s", where);
      return FALSE;
    }

  self->count_endpoint = g_strdup (count);
  self->figures = figures_new (figures, error);
  if (self->figures == NULL)
    return FALSE;
  self->flood = flood_new (flood, error);

  return self->flood != NULL;
}

static void
where_cb (const char *text,
          gpointer    user_data)
{
  Job *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!job_open (self, text != NULL ? text : "", &error))
    {
      job_give_up (self, error->message);
      return;
    }

  self->tick = tick_new ();
  self->echo_id = g_timeout_add (ECHO_INTERVAL, echo_cb, self);
  self->show_id = g_timeout_add_seconds (1, show_cb, self);
  self->start_id = g_timeout_add_seconds (QUIET_SECONDS, start_cb, self);
}

static gboolean
job_report (Job *self)
{
  Report report = { 0 };

  g_print ("\n");
  if (self->worker == NULL)
    {
      report_problem (&report, "everything: the peer could not be asked");
      return FALSE;
    }

  figures_report (self->figures, &report);
  flood_report (self->flood, &report);
  requests_report (self->requests, &report);
  worker_report (self->worker, &report);
  tick_report (self->tick, &report);

  return report.n_problems == 0;
}

gboolean
job_run (const char *endpoint,
         guint       seconds)
{
  Job self = { .loop = g_main_loop_new (NULL, FALSE), .seconds = seconds };
  g_autoptr (GError) error = NULL;
  gboolean is_complete = FALSE;

  self.requests = requests_new (endpoint, &error);
  if (self.requests == NULL)
    {
      g_printerr ("%s\n", error->message);
    }
  else
    {
      requests_ask (self.requests, "where", NULL, where_cb, &self);
      self.deadline_id = g_timeout_add_seconds (seconds + SPARE_SECONDS, deadline_cb, &self);
      g_main_loop_run (self.loop);
      is_complete = job_report (&self);
    }

  job_clear (&self);

  return is_complete;
}
