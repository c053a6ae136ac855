/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-tick.h"

static void
note_lateness (BenchTick *self,
               gint64     now)
{
  double late = (double) (now - self->deadline);
  guint n_skipped = (guint) ((now - self->deadline) / self->period);

  g_array_append_val (self->lateness, late);
  self->n_skipped += n_skipped;
  self->deadline += (n_skipped + 1) * self->period;
}

static gboolean
tick_cb (gpointer user_data)
{
  BenchTick *self = user_data;

  note_lateness (self, g_get_monotonic_time ());
  g_source_set_ready_time (self->source, self->deadline);
  return G_SOURCE_CONTINUE;
}

static gboolean
tick_dispatch (GSource     *source,
               GSourceFunc  callback,
               gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs tick_funcs = {
  .dispatch = tick_dispatch,
};

void
bench_tick_start (BenchTick    *self,
                  GMainContext *main_context,
                  guint         rate,
                  int           priority,
                  GArray       *lateness)
{
  self->period = G_USEC_PER_SEC / rate;
  self->deadline = g_get_monotonic_time () + self->period;
  self->n_skipped = 0;
  self->lateness = lateness;
  self->source = g_source_new (&tick_funcs, sizeof (GSource));
  g_source_set_callback (self->source, tick_cb, self, NULL);
  g_source_set_priority (self->source, priority);
  g_source_set_ready_time (self->source, self->deadline);
  g_source_attach (self->source, main_context);
}

/* A tick that never came is as late as the whole time it was waited for. */
void
bench_tick_stop (BenchTick *self,
                 gint64     now)
{
  if (now > self->deadline + self->period)
    note_lateness (self, now);
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}
