/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-sockets.h"
#include "bench-tick.h"
#include "bench.h"

#include <math.h>
#include <stdatomic.h>
#include <zmq.h>

#define MAX_SOCKETS 8
#define HIGH_WATER_MARK 2000
#define SIZE 64
#define UNBOUNDED_US (60 * G_USEC_PER_SEC)

#define LOOP_CPU 1
#define FLOOD_CPU 0

typedef struct
{
  guint rate;
  int   priority;
} TickKind;

typedef struct
{
  guint    n_sockets;           /* 0: no traffic */
  guint    handler_us;
  guint    budget_us;
  TickKind tick;                /* rate 0: no tick */
} Case;

/* What all rounds of one case found; the latest lateness is apart, as a sample may be retaken. */
typedef struct
{
  Case    test;
  GArray *rates;
  GArray *maxima;
  GArray *lateness;
  GArray *latest;
  guint   latest_skipped;
  guint   n_skipped;
  guint   disturbed;
} Findings;

typedef struct
{
  const Case *test;
  GMainLoop  *loop;
  ZmqgSocket *sockets[MAX_SOCKETS];
  void       *pushes[MAX_SOCKETS];
  gint64      stopped_at;
  atomic_int  n_handled;
  atomic_int  stop;
  int         n_in_time;
} Scene;

static const TickKind ticks[] = { { 60, 0 }, { 60, 120 }, { 120, 0 }, { 120, 120 } };
static const guint handlers[] = { 0, 1, 20, 200 };
static const guint socket_numbers[] = { 1, 8 };

#define N_TICKS G_N_ELEMENTS (ticks)

static ZmqgContext *context;
static gint64 duration_us;
static guint time_budget_us;

static void
message_cb (ZmqgSocket  *socket,
            ZmqgMessage *message,
            gpointer     user_data)
{
  Scene *self = user_data;
  int n_handled = atomic_load_explicit (&self->n_handled, memory_order_relaxed);

  if (G_UNLIKELY (atomic_load_explicit (&self->stop, memory_order_relaxed)))
    return;
  bench_busy_wait (self->test->handler_us * G_GINT64_CONSTANT (1000));
  atomic_store_explicit (&self->n_handled, n_handled + 1, memory_order_relaxed);
}

static gboolean
flood_once (Scene *self)
{
  static const char block[SIZE];
  gboolean sent = FALSE;

  for (guint i = 0; i < self->test->n_sockets; i++)
    sent |= zmq_send (self->pushes[i], block, SIZE, ZMQ_DONTWAIT) == SIZE;
  return sent;
}

/* The pipes hold far more than is handled during the pause, so they never run dry. */
static gpointer
flood_run (gpointer data)
{
  Scene *self = data;
  gint64 end = g_get_monotonic_time () + duration_us;

  bench_pin (FLOOD_CPU);
  while (g_get_monotonic_time () < end)
    if (!flood_once (self))
      g_usleep (self->test->n_sockets == 0 ? 1000 : 50);
  self->n_in_time = atomic_load (&self->n_handled);
  self->stopped_at = g_get_monotonic_time ();
  atomic_store (&self->stop, 1);
  g_main_loop_quit (self->loop);
  return NULL;
}

/* The sockets are attached before the tick: the order that makes it the latest. */
static void
scene_init (Scene      *self,
            const Case *test)
{
  *self = (Scene) { .test = test, .loop = g_main_loop_new (NULL, FALSE) };
  zmqg_main_context_set_time_budget (NULL, test->budget_us);
  for (guint i = 0; i < test->n_sockets; i++)
    {
      g_autofree char *endpoint = bench_new_endpoint ("inproc");

      self->sockets[i] = bench_socket_new (context, NULL, ZMQG_SOCKET_TYPE_PULL, HIGH_WATER_MARK);
      zmqg_socket_set_message_func (self->sockets[i], message_cb, self, NULL);
      bench_socket_bind (self->sockets[i], endpoint);
      self->pushes[i] = bench_raw_socket (zmqg_context_get_handle (context), ZMQ_PUSH,
                                          HIGH_WATER_MARK);
      bench_raw_connect (self->pushes[i], endpoint);
    }
}

static void
scene_clear (Scene *self)
{
  for (guint i = 0; i < self->test->n_sockets; i++)
    {
      bench_socket_end (self->sockets[i], NULL);
      zmq_close (self->pushes[i]);
    }
  g_main_loop_unref (self->loop);
}

static BenchFigure
scene_sample (gconstpointer data)
{
  Findings *findings = (Findings *) data;
  const Case *test = &findings->test;
  BenchTick tick;
  Scene scene;
  GThread *flood;

  g_array_set_size (findings->latest, 0);
  scene_init (&scene, test);
  if (test->tick.rate > 0)
    bench_tick_start (&tick, NULL, test->tick.rate, test->tick.priority, findings->latest);
  flood = g_thread_new ("flood", flood_run, &scene);
  g_main_loop_run (scene.loop);
  g_thread_join (flood);
  if (test->tick.rate > 0)
    {
      bench_tick_stop (&tick, scene.stopped_at);
      findings->latest_skipped = tick.n_skipped;
    }
  scene_clear (&scene);
  return (BenchFigure) { scene.n_in_time * 1e3 / (double) duration_us, 0 };
}

static void
findings_init (Findings *self,
               Case      test)
{
  *self = (Findings) { .test = test };
  self->rates = g_array_new (FALSE, FALSE, sizeof (double));
  self->maxima = g_array_new (FALSE, FALSE, sizeof (double));
  self->lateness = g_array_new (FALSE, FALSE, sizeof (double));
  self->latest = g_array_new (FALSE, FALSE, sizeof (double));
}

static void
findings_clear (Findings *self)
{
  g_array_unref (self->rates);
  g_array_unref (self->maxima);
  g_array_unref (self->lateness);
  g_array_unref (self->latest);
}

static double
findings_measure (Findings *self)
{
  guint n_disturbed = self->disturbed;
  BenchFigure figure = bench_measure (scene_sample, self, &self->disturbed);
  double latest = bench_percentile (self->latest, 100);

  g_array_append_val (self->rates, figure.value);
  if (self->test.tick.rate == 0)
    return figure.value;
  g_array_append_val (self->maxima, latest);
  g_array_append_vals (self->lateness, self->latest->data, self->latest->len);
  /* Who was kept from running by others is not the one to blame */
  if (self->disturbed == n_disturbed)
    self->n_skipped += self->latest_skipped;
  return figure.value;
}

static void
report_lateness (const char *measure,
                 Findings   *self,
                 Findings   *quiet)
{
  guint handler_us = self->test.handler_us;
  BenchRow row = {
    .measure = measure, .unit = "µs", .baseline_name = "no traffic", .ratio = NAN,
    .rounds = self->maxima->len, .disturbed = self->disturbed, .failed = self->n_skipped > 0,
  };

  row.figure = bench_percentile (self->maxima, 50);
  row.low = bench_percentile (self->maxima, 0);
  row.high = bench_percentile (self->maxima, 100);
  row.baseline = bench_percentile (quiet->maxima, 50);
  if (self != quiet)
    row.target = (BenchTarget) { BENCH_EXCESS_AT_MOST, time_budget_us + handler_us };
  else
    row.baseline = NAN;
  row.note = g_strdup_printf ("p50 %.0f, p99 %.0f, skipped %u of %u",
                              bench_percentile (self->lateness, 50),
                              bench_percentile (self->lateness, 99), self->n_skipped,
                              self->lateness->len + self->n_skipped);
  bench_report (&row);
}

static void
report_rate (const char *measure,
             Findings   *bounded,
             Findings   *unbounded,
             GArray     *ratios)
{
  BenchRow row = {
    .measure = measure, .unit = "k msg/s", .baseline_name = "unbounded",
    .target = { BENCH_RATIO_AT_LEAST, 0.98 }, .rounds = ratios->len,
  };
  g_autoptr (GArray) rates = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < N_TICKS; i++)
    g_array_append_vals (rates, bounded[i].rates->data, bounded[i].rates->len);
  row.figure = bench_percentile (rates, 50);
  row.baseline = bench_percentile (unbounded->rates, 50);
  row.ratio = bench_percentile (ratios, 50);
  row.low = bench_percentile (ratios, 0);
  row.high = bench_percentile (ratios, 100);
  row.disturbed = unbounded->disturbed;
  bench_report (&row);
}

/* Unbounded draining before, between and after the ticks: two of them share each pair. */
static void
measure_flood (Findings *bounded,
               Findings *unbounded,
               GArray   *ratios)
{
  for (guint round = 0; round < bench_get_rounds (); round++)
    {
      double before = findings_measure (unbounded);

      for (guint i = 0; i < N_TICKS; i += 2)
        {
          double first = findings_measure (&bounded[i]);
          double second = findings_measure (&bounded[i + 1]);
          double after = findings_measure (unbounded);
          double around = (before + after) / 2.0;

          first /= around;
          second /= around;
          g_array_append_val (ratios, first);
          g_array_append_val (ratios, second);
          before = after;
        }
    }
}

static void
run_flood (guint     n_sockets,
           guint     handler_us,
           Findings *quiet)
{
  g_autofree char *flood = NULL;
  g_autofree char *rate_measure = NULL;
  g_autoptr (GArray) ratios = g_array_new (FALSE, FALSE, sizeof (double));
  Findings bounded[N_TICKS];
  Findings unbounded;

  flood = g_strdup_printf ("%u socket%s, handler %u µs", n_sockets, n_sockets == 1 ? "" : "s",
                           handler_us);
  rate_measure = g_strdup_printf ("%s, throughput", flood);
  if (!bench_is_wanted (rate_measure))
    return;
  findings_init (&unbounded, (Case) { n_sockets, handler_us, UNBOUNDED_US, { 0, 0 } });
  for (guint i = 0; i < N_TICKS; i++)
    findings_init (&bounded[i], (Case) { n_sockets, handler_us, time_budget_us, ticks[i] });

  measure_flood (bounded, &unbounded, ratios);
  for (guint i = 0; i < N_TICKS; i++)
    {
      g_autofree char *measure = g_strdup_printf ("%s, %u Hz at %d, max lateness", flood,
                                                  ticks[i].rate, ticks[i].priority);

      report_lateness (measure, &bounded[i], &quiet[i]);
    }
  report_rate (rate_measure, bounded, &unbounded, ratios);
  for (guint i = 0; i < N_TICKS; i++)
    findings_clear (&bounded[i]);
  findings_clear (&unbounded);
}

static void
run_quiet (Findings *quiet)
{
  for (guint i = 0; i < N_TICKS; i++)
    {
      g_autofree char *measure = g_strdup_printf ("no traffic, %u Hz at %d, max lateness",
                                                  ticks[i].rate, ticks[i].priority);

      findings_init (&quiet[i], (Case) { 0, 0, time_budget_us, ticks[i] });
      for (guint round = 0; round < bench_get_rounds (); round++)
        findings_measure (&quiet[i]);
      report_lateness (measure, &quiet[i], &quiet[i]);
    }
}

int
main (int   argc,
      char *argv[])
{
  Findings quiet[N_TICKS];

  bench_init (&argc, &argv, "jank");
  duration_us = bench_is_quick () ? 150000 : 400000;
  time_budget_us = zmqg_main_context_get_time_budget (NULL);
  context = zmqg_context_new ();
  bench_claim_cpu (LOOP_CPU);
  run_quiet (quiet);
  for (guint i = 0; i < G_N_ELEMENTS (socket_numbers); i++)
    for (guint j = 0; j < G_N_ELEMENTS (handlers); j++)
      run_flood (socket_numbers[i], handlers[j], quiet);
  zmqg_main_context_set_time_budget (NULL, time_budget_us);
  for (guint i = 0; i < N_TICKS; i++)
    findings_clear (&quiet[i]);
  g_object_unref (context);
  return 0;
}
