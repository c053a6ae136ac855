/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-window.h"

#include "bench.h"

static void
start_one (BenchWindow *self)
{
  self->n_started++;
  self->start (self);
}

static gboolean
begin_cb (gpointer user_data)
{
  BenchWindow *self = user_data;

  bench_window_resume (self);
  for (guint i = 0; i < self->n_outstanding; i++)
    start_one (self);
  return G_SOURCE_REMOVE;
}

/* Returns ns of thread time for each operation, from the first call to the last callback. */
double
bench_window_run (BenchWindow *self,
                  BenchStart   start,
                  guint        n_outstanding,
                  guint        n_operations)
{
  GSource *source = g_idle_source_new ();

  *self = (BenchWindow) {
    .start = start,
    .n_outstanding = MIN (n_outstanding, n_operations),
    .n_operations = n_operations,
    .loop = g_main_loop_new (NULL, FALSE),
  };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, begin_cb, self, NULL);
  g_source_attach (source, NULL);
  g_main_loop_run (self->loop);
  g_source_unref (source);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  return (double) self->spent / n_operations;
}

void
bench_window_finished (BenchWindow *self)
{
  self->n_finished++;
  if (self->n_started < self->n_operations)
    start_one (self);
  else if (self->n_finished == self->n_operations)
    bench_window_stop (self);
}

void
bench_window_stop (BenchWindow *self)
{
  bench_window_pause (self);
  g_main_loop_quit (self->loop);
}

void
bench_window_pause (BenchWindow *self)
{
  self->spent += bench_thread_ns () - self->since;
}

void
bench_window_resume (BenchWindow *self)
{
  self->since = bench_thread_ns ();
}
