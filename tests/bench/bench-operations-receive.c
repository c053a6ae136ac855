/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-operations.h"

#include "bench-pair.h"
#include "bench-tasks.h"
#include "bench-window.h"

#include <zmq.h>

#define LONG_TIMEOUT_MS 60000
#define TARGET_NS 600

typedef struct
{
  const char *transport;
  BenchStart  start;
  guint       n_outstanding;
  guint       n_messages;
} Case;

typedef struct
{
  BenchWindow   window;
  BenchPair     pair;
  GCancellable *cancellable;
} Receiver;

static void
receive_raw (BenchWindow *window)
{
  Receiver *self = (Receiver *) window;
  zmq_msg_t message;

  zmq_msg_init (&message);
  for (guint i = 0; i < window->n_operations; i++)
    bench_require (zmq_msg_recv (&message, self->pair.raw, 0) == BENCH_PAIR_SIZE);
  zmq_msg_close (&message);
  bench_window_stop (window);
}

static void
try_receive (BenchWindow *window)
{
  Receiver *self = (Receiver *) window;

  for (guint i = 0; i < window->n_operations; i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_socket_try_receive (self->pair.socket, NULL);

      bench_require (message != NULL && zmqg_message_get_size (message) == BENCH_PAIR_SIZE);
    }
  bench_window_stop (window);
}

static void
message_cb (ZmqgSocket  *socket,
            ZmqgMessage *message,
            gpointer     user_data)
{
  BenchWindow *window = user_data;

  bench_require (zmqg_message_get_size (message) == BENCH_PAIR_SIZE);
  if (++window->n_finished == window->n_operations)
    bench_window_stop (window);
}

static void
set_message_func (BenchWindow *window)
{
  Receiver *self = (Receiver *) window;

  zmqg_socket_set_message_func (self->pair.socket, message_cb, self, NULL);
}

static void
received_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  Receiver *self = user_data;
  g_autoptr (ZmqgMessage) message = NULL;

  message = zmqg_socket_receive_finish (self->pair.socket, result, NULL);
  bench_require (message != NULL && zmqg_message_get_size (message) == BENCH_PAIR_SIZE);
  bench_window_finished (&self->window);
}

static void
receive_async (BenchWindow *window)
{
  Receiver *self = (Receiver *) window;

  zmqg_socket_receive_async (self->pair.socket, NULL, received_cb, self);
}

static void
receive_with_one_cancellable (BenchWindow *window)
{
  Receiver *self = (Receiver *) window;

  zmqg_socket_receive_async (self->pair.socket, self->cancellable, received_cb, self);
}

static void
receive_with_a_cancellable (BenchWindow *window)
{
  Receiver *self = (Receiver *) window;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  zmqg_socket_receive_async (self->pair.socket, cancellable, received_cb, self);
}

static void
receive_with_timeout (BenchWindow *window)
{
  Receiver *self = (Receiver *) window;

  zmqg_socket_receive_with_timeout_async (self->pair.socket, LONG_TIMEOUT_MS, NULL, received_cb,
                                          self);
}

static BenchFigure
receive_sample (gconstpointer data)
{
  const Case *test = data;
  Receiver self;
  double ns;

  bench_pair_init (&self.pair, test->transport, FALSE, test->start == receive_raw);
  self.cancellable = g_cancellable_new ();
  bench_pair_join (&self.pair);
  bench_pair_fill (&self.pair, test->n_messages);
  ns = bench_window_run (&self.window, test->start, test->n_outstanding, test->n_messages);
  bench_pair_clear (&self.pair);
  g_object_unref (self.cancellable);
  return (BenchFigure) { ns, 0 };
}

static void
add (GArray     *table,
     const Case *test,
     BenchStart  start,
     const char *name)
{
  Case variant = { test->transport, start, 1, test->n_messages };

  operations_table_add (table, receive_sample, &variant, sizeof variant,
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

  operations_table_add (table, receive_sample, &variant, sizeof variant, target,
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
  static const guint few[] = { 1, 1000, 10000 };
  GArray *table = operations_table_new ();

  add (table, raw, try_receive, "try_receive");
  add (table, raw, set_message_func, "message function");
  for (guint i = 0; i < OPERATIONS_N_WINDOWS; i++)
    add_window (table, raw, receive_async, "receive_async", operations_windows[i],
                get_target (operations_windows[i], FALSE));
  for (guint i = 0; i < G_N_ELEMENTS (few); i++)
    {
      BenchTarget none = { BENCH_NO_TARGET, 0 };

      add_window (table, raw, receive_with_timeout, "receive with a timeout", few[i], none);
      add_window (table, raw, receive_with_one_cancellable, "receive, one cancellable for all",
                  few[i], none);
      add_window (table, raw, receive_with_a_cancellable, "receive, a new cancellable for each",
                  few[i], none);
    }
  operations_table_compare (table, "zmq_msg_recv", receive_sample, raw, NULL);
}

static void
compare_with_tasks (const Case *test)
{
  for (guint i = 0; i < OPERATIONS_N_WINDOWS; i++)
    {
      BenchTasks tasks = { operations_windows[i], test->n_messages, FALSE, 0 };
      GArray *table = operations_table_new ();

      add_window (table, test, receive_async, "receive_async over GLib", operations_windows[i],
                  get_target (operations_windows[i], TRUE));
      operations_table_compare (table, "bare GTask", bench_tasks_sample, &tasks, NULL);
    }
}

static void
compare_windows (const Case *test)
{
  Case few = { test->transport, receive_async, 10, test->n_messages };
  GArray *table = operations_table_new ();

  add_window (table, test, receive_async, "receive_async", 10000,
              (BenchTarget) { BENCH_RATIO_AT_MOST, 1.25 });
  operations_table_compare (table, "10 outstanding", receive_sample, &few, NULL);
}

void
operations_receive (const char *transport,
                    guint       n_operations)
{
  Case raw = { transport, receive_raw, 1, n_operations };

  compare_with_raw (&raw);
  compare_with_tasks (&raw);
  compare_windows (&raw);
}
