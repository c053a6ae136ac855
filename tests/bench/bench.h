/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BENCH_NO_TARGET,
  BENCH_RATIO_AT_MOST,
  BENCH_RATIO_AT_LEAST,
  BENCH_FIGURE_AT_MOST,
  BENCH_EXCESS_AT_MOST,         /* figure minus baseline */
} BenchTargetKind;

typedef struct
{
  BenchTargetKind kind;
  double          value;
} BenchTarget;

/* What one sample measured: the figure, and what its row adds as a note. */
typedef struct
{
  double value;
  double extra;
} BenchFigure;

typedef BenchFigure (*BenchSample) (gconstpointer data);

typedef struct
{
  const char    *measure;
  BenchSample    sample;
  gconstpointer  data;
  BenchTarget    target;
} BenchVariant;

typedef struct
{
  const char   *unit;
  const char   *baseline_name;
  const char   *extra_name;     /* NULL where the samples have no extra */
  guint         n_times;        /* the rounds, for what is noisy; 0 means once */
  BenchVariant  baseline;
} BenchComparison;

typedef struct
{
  const char  *measure;
  const char  *unit;
  const char  *baseline_name;
  double       figure;
  double       baseline;        /* NAN where there is none */
  double       ratio;           /* NAN where there is none */
  double       low;             /* the spread of the ratio, or of the figure without one */
  double       high;
  BenchTarget  target;
  gboolean     failed;          /* misses its target whatever the figure says */
  guint        rounds;
  guint        disturbed;
  char        *note;
} BenchRow;

void        bench_init            (int                    *argc,
                                   char                 ***argv,
                                   const char             *name);
gboolean    bench_is_quick        (void);
guint       bench_get_rounds      (void);
gboolean    bench_is_wanted       (const char             *measure);

gint64      bench_wall_ns         (void);
gint64      bench_thread_ns       (void);
void        bench_busy_wait       (gint64                  ns);
void        bench_pin             (int                     cpu);
void        bench_claim_cpu       (int                     cpu);
void        bench_unpin           (void);
void        bench_allow_files     (guint                   n_files);

BenchFigure bench_measure         (BenchSample             sample,
                                   gconstpointer           data,
                                   guint                  *disturbed);
void        bench_compare         (const BenchComparison  *comparison,
                                   const BenchVariant     *variants,
                                   guint                   n_variants);
void        bench_report          (BenchRow               *row);

double      bench_percentile      (GArray                 *values,
                                   double                  percent);

G_END_DECLS
