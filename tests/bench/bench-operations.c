/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-operations.h"

#include "bench-pair.h"

#include <stdarg.h>

const guint operations_windows[OPERATIONS_N_WINDOWS] = { 1, 10, 100, 1000, 10000 };

GArray *
operations_table_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (BenchVariant));
}

/* @data: @size bytes of it are copied */
void
operations_table_add (GArray        *table,
                      BenchSample    sample,
                      gconstpointer  data,
                      gsize          size,
                      BenchTarget    target,
                      const char    *format,
                      ...)
{
  BenchVariant variant = { .sample = sample, .target = target };
  va_list arguments;

  va_start (arguments, format);
  variant.measure = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  variant.data = g_memdup2 (data, size);
  g_array_append_val (table, variant);
}

/* @table: (transfer full) */
void
operations_table_compare (GArray        *table,
                          const char    *baseline_name,
                          BenchSample    baseline,
                          gconstpointer  data,
                          const char    *extra_name)
{
  BenchVariant *variants = (BenchVariant *) table->data;

  bench_compare (&(BenchComparison) {
                   .unit = "ns",
                   .baseline_name = baseline_name,
                   .extra_name = extra_name,
                   .baseline = { baseline_name, baseline, data, { BENCH_NO_TARGET, 0 } },
                 }, variants, table->len);
  for (guint i = 0; i < table->len; i++)
    {
      g_free ((char *) variants[i].measure);
      g_free ((gpointer) variants[i].data);
    }
  g_array_unref (table);
}

int
main (int   argc,
      char *argv[])
{
  static const char * const transports[] = { "inproc", "tcp" };
  guint n_operations;

  bench_init (&argc, &argv, "operations");
  n_operations = bench_is_quick () ? 20000 : 100000;
  bench_pair_start ();
  for (guint i = 0; i < G_N_ELEMENTS (transports); i++)
    {
      operations_receive (transports[i], n_operations);
      operations_send (transports[i], n_operations);
      operations_queue (transports[i], n_operations);
      operations_produce (transports[i], n_operations);
    }
  operations_end (n_operations);
  operations_close (n_operations);
  bench_pair_finish ();
  return 0;
}
