/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-operations.h"

#include "bench-pair.h"
#include "bench-tasks.h"
#include "bench-window.h"

#define SHORT_TIMEOUT_MS 1
#define CLOCK_READINGS 1000

typedef enum
{
  CANCEL_IN_ORDER,
  CANCEL_BACKWARDS,
  CANCEL_ALL_WITH_ONE,
} Manner;

/* Operations that come to nothing: receives without messages, sends without a peer */
typedef struct
{
  gboolean sends;
  Manner   manner;
  guint    n_outstanding;
  guint    n_operations;
} Case;

typedef struct
{
  BenchWindow    window;
  const Case    *test;
  BenchPair      pair;
  ZmqgMessage   *message;
  GCancellable **cancellables;
  int            expected;
  guint          n_ended;
} Ender;

static const guint8 payload[BENCH_PAIR_SIZE];

static void
note_end (Ender        *self,
          GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  if (self->test->sends)
    bench_require (!zmqg_socket_send_finish (self->pair.socket, result, &error));
  else
    bench_require (zmqg_socket_receive_finish (self->pair.socket, result, &error) == NULL);
  bench_require (g_error_matches (error, G_IO_ERROR, self->expected));
  self->n_ended++;
}

static void
cancelled_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  note_end (user_data, result);
}

static void
timed_out_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Ender *self = user_data;

  note_end (self, result);
  bench_window_finished (&self->window);
}

static void
start_all (Ender *self)
{
  for (guint i = 0; i < self->test->n_outstanding; i++)
    {
      if (self->test->sends)
        zmqg_socket_send_async (self->pair.socket, self->message, self->cancellables[i],
                                cancelled_cb, self);
      else
        zmqg_socket_receive_async (self->pair.socket, self->cancellables[i], cancelled_cb, self);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
cancel_all (Ender *self)
{
  guint n = self->test->n_outstanding;

  for (guint i = 0; i < n; i++)
    g_cancellable_cancel (self->cancellables[self->test->manner == CANCEL_IN_ORDER ? i
                                                                                   : n - 1 - i]);
  while (self->n_ended < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
make_cancellables (Ender *self)
{
  GCancellable *shared = g_cancellable_new ();

  for (guint i = 0; i < self->test->n_outstanding; i++)
    self->cancellables[i] = self->test->manner == CANCEL_ALL_WITH_ONE ? g_object_ref (shared)
                                                                      : g_cancellable_new ();
  g_object_unref (shared);
}

/* What lies between two readings of the clock, of nothing: as much as a short operation. */
static double
get_clock_ns (void)
{
  gint64 begun = bench_thread_ns ();

  for (guint i = 0; i < CLOCK_READINGS; i++)
    bench_thread_ns ();
  return (double) (bench_thread_ns () - begun) / (CLOCK_READINGS + 1);
}

static void
cancel_once (Ender       *self,
             BenchFigure *figure)
{
  gint64 begun, started, ended;

  make_cancellables (self);
  self->n_ended = 0;
  begun = bench_thread_ns ();
  start_all (self);
  started = bench_thread_ns ();
  cancel_all (self);
  ended = bench_thread_ns ();
  for (guint i = 0; i < self->test->n_outstanding; i++)
    g_object_unref (self->cancellables[i]);
  figure->value += (double) (ended - begun) / self->test->n_operations;
  figure->extra += (double) (started - begun) / self->test->n_operations;
}

static void
ender_init (Ender      *self,
            const Case *test,
            int         expected)
{
  *self = (Ender) { .test = test, .expected = expected, .message = zmqg_message_new () };
  zmqg_message_append_data (self->message, payload, sizeof payload);
  bench_pair_init (&self->pair, "inproc", test->sends, FALSE);
  self->cancellables = g_new0 (GCancellable *, test->n_outstanding);
}

static void
ender_clear (Ender *self)
{
  g_free (self->cancellables);
  bench_pair_clear (&self->pair);
  zmqg_message_unref (self->message);
}

/* The extra is the share of the calls. */
static BenchFigure
cancel_sample (gconstpointer data)
{
  const Case *test = data;
  double clock_ns = get_clock_ns () / test->n_outstanding;
  BenchFigure figure = { 0, 0 };
  Ender self;

  ender_init (&self, test, G_IO_ERROR_CANCELLED);
  for (guint n = 0; n < test->n_operations; n += test->n_outstanding)
    cancel_once (&self, &figure);
  ender_clear (&self);
  return (BenchFigure) { figure.value - 2 * clock_ns, figure.extra - clock_ns };
}

static void
start_with_timeout (BenchWindow *window)
{
  Ender *self = (Ender *) window;

  if (self->test->sends)
    zmqg_socket_send_with_timeout_async (self->pair.socket, self->message, SHORT_TIMEOUT_MS, NULL,
                                         timed_out_cb, self);
  else
    zmqg_socket_receive_with_timeout_async (self->pair.socket, SHORT_TIMEOUT_MS, NULL,
                                            timed_out_cb, self);
}

static BenchFigure
time_out_sample (gconstpointer data)
{
  const Case *test = data;
  BenchFigure figure = { 0, 0 };
  Ender self;

  ender_init (&self, test, G_IO_ERROR_TIMED_OUT);
  figure.value = bench_window_run (&self.window, start_with_timeout, test->n_outstanding,
                                   test->n_operations);
  ender_clear (&self);
  return figure;
}

static void
add (GArray      *table,
     BenchSample  sample,
     const Case  *test,
     const char  *name)
{
  operations_table_add (table, sample, test, sizeof *test, (BenchTarget) { BENCH_NO_TARGET, 0 },
                        "%s, %u outstanding", name, test->n_outstanding);
}

static void
compare_cancels (guint n_outstanding,
                 guint n_operations)
{
  BenchTasks tasks = { n_outstanding, n_operations, TRUE, 0 };
  Case receives = { FALSE, CANCEL_IN_ORDER, n_outstanding, n_operations };
  Case backwards = { FALSE, CANCEL_BACKWARDS, n_outstanding, n_operations };
  Case with_one = { FALSE, CANCEL_ALL_WITH_ONE, n_outstanding, n_operations };
  Case sends = { TRUE, CANCEL_IN_ORDER, n_outstanding, n_operations };
  GArray *table = operations_table_new ();

  add (table, cancel_sample, &receives, "a receive that is cancelled");
  if (n_outstanding >= 1000)
    {
      add (table, cancel_sample, &backwards, "a receive that is cancelled, the newest first");
      add (table, cancel_sample, &with_one, "a receive that is cancelled, one cancellable for all");
    }
  add (table, cancel_sample, &sends, "a send that is cancelled");
  operations_table_compare (table, "bare GTask, fails", bench_tasks_sample, &tasks, "of it calls");
}

/* Each turn of the loop waits for the timeout: few turns take long already. */
static void
compare_timeouts (guint n_outstanding,
                  guint n_operations)
{
  guint n_few = MIN (n_operations, n_outstanding * (n_operations / 500));
  BenchTasks tasks = { n_outstanding, n_few, TRUE, SHORT_TIMEOUT_MS };
  Case receives = { FALSE, CANCEL_IN_ORDER, n_outstanding, n_few };
  Case sends = { TRUE, CANCEL_IN_ORDER, n_outstanding, n_few };
  GArray *table = operations_table_new ();

  add (table, time_out_sample, &receives, "a receive that times out");
  add (table, time_out_sample, &sends, "a send that times out");
  operations_table_compare (table, "bare GTask, fails", bench_tasks_sample, &tasks, NULL);
}

void
operations_end (guint n_operations)
{
  for (guint i = 0; i < OPERATIONS_N_WINDOWS; i++)
    compare_cancels (operations_windows[i], n_operations);
  for (guint i = 0; i < OPERATIONS_N_WINDOWS; i++)
    compare_timeouts (operations_windows[i], n_operations);
}
