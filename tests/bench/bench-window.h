/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BenchWindow BenchWindow;

/* Starts an operation whose callback calls bench_window_finished(). */
typedef void (*BenchStart) (BenchWindow *window);

/* A number of operations of which so many are outstanding at a time: each one that ends starts
 * another. The first ones are started from a dispatch, as applications do. To be the first member
 * of what the operations need besides. */
struct _BenchWindow
{
  BenchStart  start;
  guint       n_outstanding;
  guint       n_operations;
  guint       n_started;
  guint       n_finished;
  GMainLoop  *loop;
  gint64      since;
  gint64      spent;
};

double bench_window_run      (BenchWindow  *self,
                              BenchStart    start,
                              guint         n_outstanding,
                              guint         n_operations);
void   bench_window_finished (BenchWindow  *self);
void   bench_window_stop     (BenchWindow  *self);
void   bench_window_pause    (BenchWindow  *self);
void   bench_window_resume   (BenchWindow  *self);

G_END_DECLS
