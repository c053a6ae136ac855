/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-operations.h"

#include "bench-pair.h"
#include "bench-tasks.h"
#include "bench-window.h"

/* So many messages are in the pipe at most; it is emptied where no clock runs. */
#define BATCH 1000
#define TARGET_NS 700

typedef struct
{
  const char *transport;
  BenchStart  start;
  guint       n_outstanding;
  guint       n_messages;
} Case;

typedef struct
{
  BenchWindow  window;
  BenchPair    pair;
  ZmqgMessage *message;
  guint        n_sent;
  gboolean     has_produced;
} Sender;

static const guint8 payload[BENCH_PAIR_SIZE];

static void
note_sent (Sender *self)
{
  if (++self->n_sent % BATCH != 0)
    return;

  bench_window_pause (&self->window);
  bench_raw_receive (self->pair.peer, BATCH);
  bench_window_resume (&self->window);
}

static void
send_raw (BenchWindow *window)
{
  Sender *self = (Sender *) window;

  for (guint i = 0; i < window->n_operations; i++)
    {
      bench_raw_send (self->pair.raw, payload, sizeof payload);
      note_sent (self);
    }
  bench_window_stop (window);
}

static void
send_plain (BenchWindow *window)
{
  Sender *self = (Sender *) window;

  for (guint i = 0; i < window->n_operations; i++)
    {
      bench_require (zmqg_socket_send (self->pair.socket, self->message, NULL));
      note_sent (self);
    }
  bench_window_stop (window);
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Sender *self = user_data;

  bench_require (zmqg_socket_send_finish (self->pair.socket, result, NULL));
  bench_window_finished (&self->window);
}

static void
send_async (BenchWindow *window)
{
  Sender *self = (Sender *) window;

  zmqg_socket_send_async (self->pair.socket, self->message, NULL, sent_cb, self);
  note_sent (self);
}

static void
send_with_a_cancellable (BenchWindow *window)
{
  Sender *self = (Sender *) window;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  zmqg_socket_send_async (self->pair.socket, self->message, cancellable, sent_cb, self);
  note_sent (self);
}

static ZmqgMessage *
produce_all_cb (ZmqgSocket *socket,
                gpointer    user_data)
{
  Sender *self = user_data;
  BenchWindow *window = &self->window;

  /* The one of the call before */
  if (window->n_finished > 0)
    note_sent (self);
  if (window->n_finished == window->n_operations)
    {
      bench_window_stop (window);
      return NULL;
    }

  window->n_finished++;
  return zmqg_message_ref (self->message);
}

static void
push_one_producer (BenchWindow *window)
{
  Sender *self = (Sender *) window;

  zmqg_socket_push_write (self->pair.socket, produce_all_cb, self, NULL);
}

/* The producers have their turns one after another: what one has to know they all may share. */
static ZmqgMessage *
produce_one_cb (ZmqgSocket *socket,
                gpointer    user_data)
{
  Sender *self = user_data;

  self->has_produced = !self->has_produced;
  if (self->has_produced)
    return zmqg_message_ref (self->message);

  note_sent (self);
  return NULL;
}

static void
produced_cb (gpointer user_data)
{
  Sender *self = user_data;

  bench_window_finished (&self->window);
}

static void
push_a_producer (BenchWindow *window)
{
  Sender *self = (Sender *) window;

  zmqg_socket_push_write (self->pair.socket, produce_one_cb, self, produced_cb);
}

static BenchFigure
send_sample (gconstpointer data)
{
  const Case *test = data;
  Sender self = { .message = zmqg_message_new () };
  double ns;

  bench_require (test->n_messages % BATCH == 0);
  zmqg_message_append_data (self.message, payload, sizeof payload);
  bench_pair_init (&self.pair, test->transport, TRUE, test->start == send_raw);
  bench_pair_connect (&self.pair);
  ns = bench_window_run (&self.window, test->start, test->n_outstanding, test->n_messages);
  bench_require (self.n_sent == test->n_messages);
  bench_pair_clear (&self.pair);
  zmqg_message_unref (self.message);
  return (BenchFigure) { ns, 0 };
}

static void
add (GArray     *table,
     const Case *test,
     BenchStart  start,
     const char *name)
{
  Case variant = { test->transport, start, 1, test->n_messages };

  operations_table_add (table, send_sample, &variant, sizeof variant,
                        (BenchTarget) { BENCH_NO_TARGET, 0 }, "%s, %s", test->transport, name);
}

static void
add_window (GArray      *table,
            const Case  *test,
            BenchStart   start,
            const char  *name,
            guint        n_outstanding,
            BenchTarget  target)
{
  Case variant = { test->transport, start, n_outstanding, test->n_messages };

  operations_table_add (table, send_sample, &variant, sizeof variant, target,
                        "%s, %s, %u outstanding", test->transport, name, n_outstanding);
}

/* One at a time takes an iteration of the main context for each, and GLib alone more than the
 * target: that one is held against GLib. */
static BenchTarget
get_target (guint    n_outstanding,
            gboolean is_over_glib)
{
  if (is_over_glib)
    return (BenchTarget) { n_outstanding == 1 ? BENCH_EXCESS_AT_MOST : BENCH_NO_TARGET, TARGET_NS };
  return (BenchTarget) { n_outstanding > 1 ? BENCH_FIGURE_AT_MOST : BENCH_NO_TARGET, TARGET_NS };
}

static void
compare_with_raw (const Case *raw)
{
  GArray *table = operations_table_new ();
  BenchTarget none = { BENCH_NO_TARGET, 0 };

  add (table, raw, send_plain, "send");
  for (guint i = 0; i < OPERATIONS_N_WINDOWS; i++)
    add_window (table, raw, send_async, "send_async", operations_windows[i],
                get_target (operations_windows[i], FALSE));
  add_window (table, raw, send_with_a_cancellable, "send, a new cancellable for each", 1000, none);
  operations_table_compare (table, "zmq_msg_send", send_sample, raw, NULL);
}

static void
compare_with_tasks (const Case *test)
{
  for (guint i = 0; i < OPERATIONS_N_WINDOWS; i++)
    {
      BenchTasks tasks = { operations_windows[i], test->n_messages, FALSE, 0 };
      GArray *table = operations_table_new ();

      add_window (table, test, send_async, "send_async over GLib", operations_windows[i],
                  get_target (operations_windows[i], TRUE));
      operations_table_compare (table, "bare GTask", bench_tasks_sample, &tasks, NULL);
    }
}

static void
compare_windows (const Case *test)
{
  Case few = { test->transport, send_async, 10, test->n_messages };
  GArray *table = operations_table_new ();

  add_window (table, test, send_async, "send_async", 10000,
              (BenchTarget) { BENCH_RATIO_AT_MOST, 1.25 });
  operations_table_compare (table, "10 outstanding", send_sample, &few, NULL);
}

void
operations_send (const char *transport,
                 guint       n_operations)
{
  Case raw = { transport, send_raw, 1, n_operations };

  compare_with_raw (&raw);
  compare_with_tasks (&raw);
  compare_windows (&raw);
}

void
operations_produce (const char *transport,
                    guint       n_operations)
{
  Case raw = { transport, send_raw, 1, n_operations };
  BenchTarget none = { BENCH_NO_TARGET, 0 };
  GArray *table = operations_table_new ();

  add (table, &raw, push_one_producer, "push_write, one producer of all");
  add_window (table, &raw, push_a_producer, "push_write, a producer for each", 1, none);
  add_window (table, &raw, push_a_producer, "push_write, a producer for each", 1000, none);
  add_window (table, &raw, push_a_producer, "push_write, a producer for each", 10000, none);
  operations_table_compare (table, "zmq_msg_send", send_sample, &raw, NULL);
}
