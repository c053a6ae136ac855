/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "tick.h"

#define RATE 60
#define PERIOD (G_USEC_PER_SEC / RATE)
/* Of GDK_PRIORITY_REDRAW */
#define PRIORITY (G_PRIORITY_HIGH_IDLE + 20)
/* Far above what the scheduler of a busy machine does, far below what a greedy source would */
#define TOLERANCE 250 /* ms */

/* The source is the tick: its memory belongs to GLib. */
struct _Tick
{
  GSource source;
  gint64 due;
  gboolean is_loaded;
  guint n_skipped;
  GArray *quiet; /* how late each tick was, in µs, while there was nothing else to do */
  GArray *loaded;
};

static gboolean
tick_dispatch (GSource     *source,
               GSourceFunc  callback,
               gpointer     user_data)
{
  Tick *self = (Tick *) source;
  gint64 now = g_get_monotonic_time ();
  gint64 late = now - self->due;

  g_array_append_val (self->is_loaded ? self->loaded : self->quiet, late);
  for (self->due += PERIOD; self->due <= now; self->due += PERIOD)
    self->n_skipped += self->is_loaded;
  g_source_set_ready_time (source, self->due);

  return G_SOURCE_CONTINUE;
}

Tick *
tick_new (void)
{
  static GSourceFuncs funcs = { .dispatch = tick_dispatch };
  GSource *source = g_source_new (&funcs, sizeof (Tick));
  Tick *self = (Tick *) source;

  self->due = g_get_monotonic_time () + PERIOD;
  self->quiet = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->loaded = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_source_set_static_name (source, "tick");
  g_source_set_priority (source, PRIORITY);
  g_source_set_ready_time (source, self->due);
  g_source_attach (source, NULL);

  return self;
}

void
tick_free (Tick *self)
{
  g_array_unref (self->quiet);
  g_array_unref (self->loaded);
  g_source_destroy (&self->source);
  g_source_unref (&self->source);
}

/* Whether the flood runs: what is told apart in the report. */
void
tick_set_is_loaded (Tick     *self,
                    gboolean  is_loaded)
{
  self->is_loaded = is_loaded;
}

void
tick_report (Tick   *self,
             Report *report)
{
  double worst = get_quantile (self->loaded, 1);

  report_line (report, "tick", "%u of %u at %d Hz; late by %.2f ms (median), %.2f (99 %%), %.2f at "
               "worst; quiet: %.2f", self->loaded->len, self->loaded->len + self->n_skipped, RATE,
               get_quantile (self->loaded, 0.5), get_quantile (self->loaded, 0.99), worst,
               get_quantile (self->quiet, 1));

  if (self->loaded->len == 0)
    report_problem (report, "any tick");
  if (worst > TOLERANCE)
    report_problem (report, "ticks: one came %.0f ms late", worst);
}
