/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench.h"

G_BEGIN_DECLS

#define OPERATIONS_N_WINDOWS 5

extern const guint operations_windows[OPERATIONS_N_WINDOWS];

/* A table is an array of variants, with names and data of their own. */
GArray *operations_table_new     (void);
void    operations_table_add     (GArray              *table,
                                  BenchSample          sample,
                                  gconstpointer        data,
                                  gsize                size,
                                  BenchTarget          target,
                                  const char          *format,
                                  ...) G_GNUC_PRINTF (6, 7);
void    operations_table_compare (GArray              *table,
                                  const char          *baseline_name,
                                  BenchSample          baseline,
                                  gconstpointer        data,
                                  const char          *extra_name);

void    operations_receive       (const char          *transport,
                                  guint                n_operations);
void    operations_send          (const char          *transport,
                                  guint                n_operations);
void    operations_queue         (const char          *transport,
                                  guint                n_operations);
void    operations_produce       (const char          *transport,
                                  guint                n_operations);
void    operations_end           (guint                n_operations);
void    operations_close         (guint                n_operations);

G_END_DECLS
