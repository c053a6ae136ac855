/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-operations.h"

#include "bench-pair.h"
#include "bench-tasks.h"

#define LONG_LINGER_MS 20000

/* close_async() of a socket in which messages wait: without a peer, and at once; or until the peer
 * that comes then has them. */
typedef struct
{
  gboolean is_async;
  gboolean has_peer;
  guint    n_queued;
  guint    n_messages;
} Case;

typedef struct
{
  const Case  *test;
  BenchPair    pair;
  ZmqgMessage *message;
  guint        n_ended;
  guint        n_unsent;
  gboolean     is_closed;
} Closer;

static const guint8 payload[BENCH_PAIR_SIZE];

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Closer *self = user_data;
  gboolean was_sent = zmqg_socket_send_finish (self->pair.socket, result, NULL);

  bench_require (was_sent == self->test->has_peer);
  self->n_ended++;
}

static void
close_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Closer *self = user_data;

  bench_require (zmqg_socket_close_finish (self->pair.socket, result, &self->n_unsent, NULL));
}

static void
closed_cb (ZmqgSocket *socket,
           gpointer    user_data)
{
  Closer *self = user_data;

  self->is_closed = TRUE;
}

static void
fill_queue (Closer *self)
{
  for (guint i = 0; i < self->test->n_queued; i++)
    {
      if (self->test->is_async)
        zmqg_socket_send_async (self->pair.socket, self->message, NULL, sent_cb, self);
      else
        bench_require (zmqg_socket_send (self->pair.socket, self->message, NULL));
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Returns ns of thread time from the call to `closed`. */
static gint64
close_once (Closer *self)
{
  const Case *test = self->test;
  gint64 begun, spent;

  self->n_ended = 0;
  self->is_closed = FALSE;
  bench_pair_init (&self->pair, "inproc", TRUE, FALSE);
  g_signal_connect (self->pair.socket, "closed", G_CALLBACK (closed_cb), self);
  g_object_set (self->pair.socket, "linger", test->has_peer ? LONG_LINGER_MS : 0, NULL);
  fill_queue (self);
  if (test->has_peer)
    bench_pair_join (&self->pair);

  begun = bench_thread_ns ();
  zmqg_socket_close_async (self->pair.socket, NULL, close_cb, self);
  while (!self->is_closed)
    g_main_context_iteration (NULL, TRUE);
  spent = bench_thread_ns () - begun;

  bench_require (self->n_unsent == (test->has_peer ? 0 : test->n_queued));
  bench_require (self->n_ended == (test->is_async ? test->n_queued : 0));
  if (test->has_peer)
    bench_raw_receive (self->pair.peer, test->n_queued);
  bench_pair_clear (&self->pair);
  return spent;
}

static BenchFigure
close_sample (gconstpointer data)
{
  Closer self = { .test = data, .message = zmqg_message_new () };
  gint64 spent = 0;

  zmqg_message_append_data (self.message, payload, sizeof payload);
  for (guint n = 0; n < self.test->n_messages; n += self.test->n_queued)
    spent += close_once (&self);
  zmqg_message_unref (self.message);
  return (BenchFigure) { (double) spent / self.test->n_messages, 0 };
}

static void
add (GArray     *table,
     Case        test,
     const char *name)
{
  operations_table_add (table, close_sample, &test, sizeof test,
                        (BenchTarget) { BENCH_NO_TARGET, 0 }, "close_async, %u %s", test.n_queued,
                        name);
}

void
operations_close (guint n_operations)
{
  static const guint lengths[] = { 1000, 10000 };
  BenchTasks tasks = { 1000, n_operations, TRUE, 0 };
  GArray *table = operations_table_new ();

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      add (table, (Case) { FALSE, FALSE, lengths[i], n_operations }, "send, no peer");
      add (table, (Case) { TRUE, FALSE, lengths[i], n_operations }, "send_async, no peer");
      add (table, (Case) { FALSE, TRUE, lengths[i], n_operations }, "send, a peer comes");
      add (table, (Case) { TRUE, TRUE, lengths[i], n_operations }, "send_async, a peer comes");
    }
  operations_table_compare (table, "bare GTask, fails", bench_tasks_sample, &tasks, NULL);
}
