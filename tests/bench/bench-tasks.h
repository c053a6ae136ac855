/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

G_BEGIN_DECLS

/* What GLib alone costs: tasks that a source returns in the iteration of the main context after
 * the one in which they were made, or some time later. */
typedef struct
{
  guint    n_outstanding;
  guint    n_tasks;
  gboolean fails;
  int      delay_ms;            /* 0: in the next iteration */
} BenchTasks;

BenchFigure bench_tasks_sample (gconstpointer data);

G_END_DECLS
