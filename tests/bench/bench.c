/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FULL_ROUNDS 5
#define QUICK_ROUNDS 3

typedef struct
{
  GArray *figures;
  GArray *extras;
  GArray *ratios;
  guint   disturbed;
} Series;

static const char *bench_name;
static gboolean    quick;
static gboolean    json;
static int         rounds;
static char       *only;

void
bench_init (int          *argc,
            char       ***argv,
            const char   *name)
{
  GOptionEntry entries[] = {
    { "quick", 'q', 0, G_OPTION_ARG_NONE, &quick, "Fewer rounds and smaller samples", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "One JSON object a row", NULL },
    { "rounds", 'r', 0, G_OPTION_ARG_INT, &rounds, "Rounds of samples", "N" },
    { "only", 'o', 0, G_OPTION_ARG_FILENAME, &only, "Measures containing this text", "TEXT" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  bench_name = name;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      g_printerr ("%s: %s\n", name, error->message);
      exit (2);
    }
  if (rounds <= 0)
    rounds = quick ? QUICK_ROUNDS : FULL_ROUNDS;
}

gboolean
bench_is_quick (void)
{
  return quick;
}

guint
bench_get_rounds (void)
{
  return (guint) rounds;
}

gboolean
bench_is_wanted (const char *measure)
{
  return only == NULL || strstr (measure, only) != NULL;
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

double
bench_percentile (GArray *values,
                  double  percent)
{
  double rank;
  guint below;

  if (values->len == 0)
    return NAN;
  g_array_sort (values, compare_doubles);
  rank = percent / 100.0 * (values->len - 1);
  below = (guint) rank;
  if (below + 1 >= values->len)
    return g_array_index (values, double, values->len - 1);
  return g_array_index (values, double, below) * (1.0 - (rank - below))
         + g_array_index (values, double, below + 1) * (rank - below);
}

static gboolean
is_reached (const BenchRow *row)
{
  if (row->failed)
    return FALSE;
  switch (row->target.kind)
    {
    case BENCH_RATIO_AT_MOST:
      return row->ratio <= row->target.value;
    case BENCH_RATIO_AT_LEAST:
      return row->ratio >= row->target.value;
    case BENCH_FIGURE_AT_MOST:
      return row->figure <= row->target.value;
    case BENCH_EXCESS_AT_MOST:
      return row->figure - row->baseline <= row->target.value;
    case BENCH_NO_TARGET:
    default:
      return TRUE;
    }
}

static char *
target_text (const BenchRow *row)
{
  switch (row->target.kind)
    {
    case BENCH_RATIO_AT_MOST:
      return g_strdup_printf ("≤ %.2f×", row->target.value);
    case BENCH_RATIO_AT_LEAST:
      return g_strdup_printf ("≥ %.2f×", row->target.value);
    case BENCH_FIGURE_AT_MOST:
      return g_strdup_printf ("≤ %.4g %s", row->target.value, row->unit);
    case BENCH_EXCESS_AT_MOST:
      return g_strdup_printf ("≤ %s + %.4g", row->baseline_name, row->target.value);
    case BENCH_NO_TARGET:
    default:
      return g_strdup ("");
    }
}

static void
append_number (GString    *object,
               const char *key,
               double      value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isfinite (value))
    g_ascii_formatd (text, sizeof text, "%.6g", value);
  else
    g_strlcpy (text, "null", sizeof text);
  g_string_append_printf (object, ", \"%s\": %s", key, text);
}

static void
print_json (const BenchRow *row,
            const char     *target)
{
  g_autoptr (GString) object = g_string_new (NULL);
  const char *reached = is_reached (row) ? "true" : "false";

  g_string_printf (object, "{\"bench\": \"%s\", \"measure\": \"%s\", \"unit\": \"%s\"", bench_name,
                   row->measure, row->unit);
  append_number (object, "figure", row->figure);
  append_number (object, "baseline", row->baseline);
  g_string_append_printf (object, ", \"baseline_name\": \"%s\"",
                          row->baseline_name != NULL ? row->baseline_name : "");
  append_number (object, "ratio", row->ratio);
  append_number (object, "low", row->low);
  append_number (object, "high", row->high);
  g_string_append_printf (object, ", \"target\": \"%s\", \"reached\": %s", target,
                          row->target.kind == BENCH_NO_TARGET ? "null" : reached);
  g_string_append_printf (object, ", \"rounds\": %u, \"disturbed\": %u, \"note\": \"%s\"}\n",
                          row->rounds, row->disturbed, row->note != NULL ? row->note : "");
  fputs (object->str, stdout);
}

static void
print_text (const BenchRow *row,
            const char     *target)
{
  printf ("%s: %s: %.4g %s", bench_name, row->measure, row->figure, row->unit);
  if (isfinite (row->baseline))
    printf (", %s %.4g", row->baseline_name, row->baseline);
  if (isfinite (row->ratio))
    printf (", ratio %.3f", row->ratio);
  printf (" (%.3g-%.3g)", row->low, row->high);
  if (row->target.kind != BENCH_NO_TARGET)
    printf (", target %s: %s", target, is_reached (row) ? "reached" : "MISSED");
  if (row->note != NULL)
    printf ("; %s", row->note);
  if (row->disturbed > 0)
    printf ("; %u of %u samples disturbed", row->disturbed, row->rounds);
  fputs ("\n", stdout);
}

/* Takes over the note, so that callers may build it in place. */
void
bench_report (BenchRow *row)
{
  g_autofree char *target = target_text (row);

  if (json)
    print_json (row, target);
  else
    print_text (row, target);
  fflush (stdout);
  g_clear_pointer (&row->note, g_free);
}

static void
series_init (Series *series)
{
  series->figures = g_array_new (FALSE, FALSE, sizeof (double));
  series->extras = g_array_new (FALSE, FALSE, sizeof (double));
  series->ratios = g_array_new (FALSE, FALSE, sizeof (double));
  series->disturbed = 0;
}

static void
series_clear (Series *series)
{
  g_array_unref (series->figures);
  g_array_unref (series->extras);
  g_array_unref (series->ratios);
}

static double
series_measure (Series             *series,
                const BenchVariant *variant)
{
  BenchFigure figure = bench_measure (variant->sample, variant->data, &series->disturbed);

  g_array_append_val (series->figures, figure.value);
  g_array_append_val (series->extras, figure.extra);
  return figure.value;
}

/* Each variant stands between two samples of the baseline and is held against both: what drifts
 * in a machine drifts for all three. The order turns, lest one variant always follow the same. */
static void
run_round (guint               turn,
           const BenchVariant *baseline,
           const BenchVariant *variants,
           guint               n_variants,
           Series             *baseline_series,
           Series             *series)
{
  double before = series_measure (baseline_series, baseline);

  for (guint i = 0; i < n_variants; i++)
    {
      guint index = (i + turn) % n_variants;
      double value = series_measure (&series[index], &variants[index]);
      double after = series_measure (baseline_series, baseline);
      double ratio = value / ((before + after) / 2.0);

      g_array_append_val (series[index].ratios, ratio);
      before = after;
    }
}

/* A baseline may have none. */
static char *
extra_note (const BenchComparison *comparison,
            double                 extra,
            double                 baseline_extra)
{
  if (baseline_extra == 0)
    return g_strdup_printf ("%s %.4g", comparison->extra_name, extra);
  return g_strdup_printf ("%s %.4g, %s %.4g", comparison->extra_name, extra,
                          comparison->baseline_name, baseline_extra);
}

static void
report_variant (const BenchComparison *comparison,
                const BenchVariant    *variant,
                Series                *baseline,
                Series                *series)
{
  BenchRow row = {
    .measure = variant->measure,
    .unit = comparison->unit,
    .baseline_name = comparison->baseline_name,
    .target = variant->target,
    .rounds = series->figures->len,
    .disturbed = series->disturbed,
  };

  row.figure = bench_percentile (series->figures, 50);
  row.baseline = bench_percentile (baseline->figures, 50);
  row.ratio = bench_percentile (series->ratios, 50);
  row.low = bench_percentile (series->ratios, 0);
  row.high = bench_percentile (series->ratios, 100);
  if (comparison->extra_name != NULL)
    row.note = extra_note (comparison, bench_percentile (series->extras, 50),
                           bench_percentile (baseline->extras, 50));
  bench_report (&row);
}

void
bench_compare (const BenchComparison *comparison,
               const BenchVariant    *variants,
               guint                  n_variants)
{
  g_autofree BenchVariant *wanted = g_new0 (BenchVariant, n_variants);
  g_autofree Series *series = g_new0 (Series, n_variants);
  Series baseline;
  guint n_wanted = 0;

  for (guint i = 0; i < n_variants; i++)
    if (bench_is_wanted (variants[i].measure))
      wanted[n_wanted++] = variants[i];
  if (n_wanted == 0)
    return;

  series_init (&baseline);
  for (guint i = 0; i < n_wanted; i++)
    series_init (&series[i]);
  for (guint i = 0; i < bench_get_rounds () * MAX (comparison->n_times, 1); i++)
    run_round (i, &comparison->baseline, wanted, n_wanted, &baseline, series);
  for (guint i = 0; i < n_wanted; i++)
    {
      report_variant (comparison, &wanted[i], &baseline, &series[i]);
      series_clear (&series[i]);
    }
  series_clear (&baseline);
}
