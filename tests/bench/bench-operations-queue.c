/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-operations.h"

#include "bench-pair.h"
#include "bench-window.h"

#define LONG_TIMEOUT_MS 60000

/* Messages that are sent while there is no peer; then one comes and takes them. */
typedef struct
{
  const char *transport;
  BenchStart  start;
  guint       n_queued;
  guint       n_messages;
  int         expiry;
} Case;

typedef struct
{
  BenchWindow  window;
  BenchPair    pair;
  const Case  *test;
  ZmqgMessage *message;
  gint64       enqueued;
} Queuer;

static const guint8 payload[BENCH_PAIR_SIZE];

static void
send_raw (BenchWindow *window)
{
  Queuer *self = (Queuer *) window;

  for (guint i = 0; i < self->test->n_queued; i++)
    bench_raw_send (self->pair.raw, payload, sizeof payload);
  bench_window_stop (window);
  self->enqueued = window->spent;
}

/* The peer comes where no clock runs. */
static void
let_peer_come (Queuer *self)
{
  guint length = 0;

  bench_window_pause (&self->window);
  self->enqueued = self->window.spent;
  g_object_get (self->pair.socket, "send-queue-length", &length, NULL);
  bench_require (length > 0);
  bench_pair_join (&self->pair);
  bench_window_resume (&self->window);
}

static void
drained_cb (ZmqgSocket *socket,
            gpointer    user_data)
{
  bench_window_stop (user_data);
}

static void
send_plain (BenchWindow *window)
{
  Queuer *self = (Queuer *) window;

  for (guint i = 0; i < self->test->n_queued; i++)
    bench_require (zmqg_socket_send (self->pair.socket, self->message, NULL));
  g_signal_connect (self->pair.socket, "drained", G_CALLBACK (drained_cb), self);
  let_peer_come (self);
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Queuer *self = user_data;

  bench_require (zmqg_socket_send_finish (self->pair.socket, result, NULL));
  if (++self->window.n_finished == self->test->n_queued)
    bench_window_stop (&self->window);
}

static void
send_async (BenchWindow *window)
{
  Queuer *self = (Queuer *) window;

  for (guint i = 0; i < self->test->n_queued; i++)
    zmqg_socket_send_async (self->pair.socket, self->message, NULL, sent_cb, self);
  let_peer_come (self);
}

static void
send_with_timeout (BenchWindow *window)
{
  Queuer *self = (Queuer *) window;

  for (guint i = 0; i < self->test->n_queued; i++)
    zmqg_socket_send_with_timeout_async (self->pair.socket, self->message, LONG_TIMEOUT_MS, NULL,
                                         sent_cb, self);
  let_peer_come (self);
}

static void
send_with_a_cancellable (BenchWindow *window)
{
  Queuer *self = (Queuer *) window;

  for (guint i = 0; i < self->test->n_queued; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      zmqg_socket_send_async (self->pair.socket, self->message, cancellable, sent_cb, self);
    }
  let_peer_come (self);
}

static double
queue_once (Queuer *self)
{
  const Case *test = self->test;
  double ns;

  bench_pair_init (&self->pair, test->transport, TRUE, test->start == send_raw);
  if (test->start == send_raw)
    bench_pair_connect (&self->pair);
  ns = bench_window_run (&self->window, test->start, 1, 1);
  bench_raw_receive (self->pair.peer, test->n_queued);
  bench_pair_clear (&self->pair);
  return ns;
}

/* The extra is the share of the calls. */
static BenchFigure
queue_sample (gconstpointer data)
{
  Queuer self = { .test = data, .message = zmqg_message_new () };
  BenchFigure figure = { 0, 0 };

  zmqg_message_append_data (self.message, payload, sizeof payload);
  zmqg_message_set_expiry (self.message, self.test->expiry);
  for (guint n_sent = 0; n_sent < self.test->n_messages; n_sent += self.test->n_queued)
    {
      figure.value += queue_once (&self) / self.test->n_messages;
      figure.extra += (double) self.enqueued / self.test->n_messages;
    }
  zmqg_message_unref (self.message);
  return figure;
}

static void
add (GArray     *table,
     const Case *test,
     BenchStart  start,
     guint       n_queued,
     int         expiry,
     const char *name)
{
  Case variant = { test->transport, start, n_queued, test->n_messages, expiry };

  operations_table_add (table, queue_sample, &variant, sizeof variant,
                        (BenchTarget) { BENCH_NO_TARGET, 0 }, "%s, %u queued, %s",
                        test->transport, n_queued, name);
}

void
operations_queue (const char *transport,
                  guint       n_operations)
{
  static const guint lengths[] = { 1000, 10000 };
  Case raw = { transport, send_raw, 1000, n_operations, -1 };
  GArray *table = operations_table_new ();

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      add (table, &raw, send_plain, lengths[i], -1, "send");
      add (table, &raw, send_plain, lengths[i], LONG_TIMEOUT_MS, "send with expiry");
      add (table, &raw, send_async, lengths[i], -1, "send_async");
    }
  add (table, &raw, send_with_timeout, 1000, -1, "send_async with a timeout");
  add (table, &raw, send_with_a_cancellable, 1000, -1, "send_async, a new cancellable for each");
  operations_table_compare (table, "zmq_msg_send", queue_sample, &raw, "of it calls");
}
