/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

G_BEGIN_DECLS

/* A frame clock's stand-in: due at absolute deadlines, it notes how late each turn comes. */
typedef struct
{
  GSource *source;
  gint64   period;              /* µs */
  gint64   deadline;
  guint    n_skipped;
  GArray  *lateness;            /* double, µs */
} BenchTick;

void bench_tick_start (BenchTick    *self,
                       GMainContext *main_context,
                       guint         rate,
                       int           priority,
                       GArray       *lateness);
void bench_tick_stop  (BenchTick    *self,
                       gint64        now);

G_END_DECLS
