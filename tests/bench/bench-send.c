/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-sockets.h"
#include "bench.h"

#include <string.h>
#include <zmq.h>

#define LARGE (1u << 20)

typedef struct _Sender Sender;

typedef void (*SendFunc) (Sender *);

typedef enum
{
  IN_A_DISPATCH,
  OUTSIDE,
  ONE_A_TURN,
} Place;

typedef struct
{
  SendFunc send;
  Place    place;
  gsize    size;
  guint    batch;
  guint    n_batches;
} Case;

struct _Sender
{
  const Case  *test;
  ZmqgSocket  *socket;
  void        *push;
  void        *pull;
  guint8      *data;
  gsize        size;
  GBytes      *bytes;
  ZmqgMessage *message;
  GMainLoop   *loop;
  guint        n_batches;
  guint        n_in_batch;
  gint64       started;
  gint64       spent;
};

static ZmqgContext *context;

static void
send_raw_copy (Sender *self)
{
  bench_raw_send (self->push, self->data, self->size);
}

static void
send_raw_by_reference (Sender *self)
{
  bench_raw_send_by_ref (self->push, self->data, self->size);
}

static void
send_prebuilt (Sender *self)
{
  bench_require (zmqg_socket_send (self->socket, self->message, NULL));
}

static void
send_fresh (Sender *self)
{
  ZmqgMessage *message = zmqg_message_new ();

  zmqg_message_append_data (message, self->data, self->size);
  bench_require (zmqg_socket_send (self->socket, message, NULL));
  zmqg_message_unref (message);
}

static void
send_data (Sender *self)
{
  bench_require (zmqg_socket_send_data (self->socket, self->data, self->size, NULL));
}

static void
send_fresh_by_reference (Sender *self)
{
  ZmqgMessage *message = zmqg_message_new_bytes (self->bytes);

  bench_require (zmqg_socket_send (self->socket, message, NULL));
  zmqg_message_unref (message);
}

static gboolean
is_raw (const Case *test)
{
  return test->send == send_raw_copy || test->send == send_raw_by_reference;
}

/* The pipe is emptied where no clock runs. */
static void
finish_batch (Sender *self)
{
  bench_raw_receive (self->pull, self->test->batch);
  self->n_in_batch = 0;
  if (++self->n_batches == self->test->n_batches && self->loop != NULL)
    g_main_loop_quit (self->loop);
}

static void
send_batch (Sender *self)
{
  SendFunc send = self->test->send;
  gint64 before = bench_thread_ns ();

  for (guint i = 0; i < self->test->batch; i++)
    send (self);
  self->spent += bench_thread_ns () - before;
  finish_batch (self);
}

static gboolean
batch_cb (gpointer user_data)
{
  send_batch (user_data);
  return G_SOURCE_CONTINUE;
}

/* A whole turn of the loop is measured, with what the send leaves it to do. */
static gboolean
one_cb (gpointer user_data)
{
  Sender *self = user_data;

  if (self->n_in_batch == self->test->batch)
    {
      self->spent += bench_thread_ns () - self->started;
      finish_batch (self);
    }
  if (self->n_in_batch == 0)
    self->started = bench_thread_ns ();
  self->test->send (self);
  self->n_in_batch++;
  return G_SOURCE_CONTINUE;
}

static void
sender_run (Sender *self)
{
  GSource *source = NULL;

  if (self->test->place == OUTSIDE)
    {
      for (guint i = 0; i < self->test->n_batches; i++)
        send_batch (self);
      return;
    }
  self->loop = g_main_loop_new (NULL, FALSE);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, self->test->place == ONE_A_TURN ? one_cb : batch_cb, self, NULL);
  g_source_attach (source, NULL);
  g_main_loop_run (self->loop);
  g_source_destroy (source);
  g_source_unref (source);
  g_main_loop_unref (self->loop);
}

static void
sender_init (Sender     *self,
             const Case *test)
{
  g_autofree char *endpoint = bench_new_endpoint ("inproc");

  memset (self, 0, sizeof *self);
  self->test = test;
  self->size = test->size;
  self->data = g_malloc0 (test->size);
  self->bytes = g_bytes_new (self->data, test->size);
  self->message = zmqg_message_new_bytes (self->bytes);
  self->pull = bench_raw_socket (zmqg_context_get_handle (context), ZMQ_PULL, 0);
  bench_raw_bind (self->pull, endpoint);
  if (is_raw (test))
    {
      self->push = bench_raw_socket (zmqg_context_get_handle (context), ZMQ_PUSH, 0);
      bench_raw_connect (self->push, endpoint);
    }
  else
    {
      self->socket = bench_socket_new (context, NULL, ZMQG_SOCKET_TYPE_PUSH, 0);
      bench_socket_connect (self->socket, endpoint);
    }
}

static void
sender_clear (Sender *self)
{
  if (self->socket != NULL)
    bench_socket_end (self->socket, NULL);
  else
    zmq_close (self->push);
  zmq_close (self->pull);
  zmqg_message_unref (self->message);
  g_bytes_unref (self->bytes);
  g_free (self->data);
}

static BenchFigure
send_sample (gconstpointer data)
{
  const Case *test = data;
  Sender sender;

  sender_init (&sender, test);
  sender_run (&sender);
  sender_clear (&sender);
  return (BenchFigure) { (double) sender.spent / ((double) test->n_batches * test->batch), 0 };
}

typedef struct
{
  const char  *name;
  SendFunc     send;
  BenchTarget  target;
} SendWay;

static void
compare_ways (const char    *label,
              const Case    *baseline,
              const char    *baseline_name,
              const SendWay *ways,
              guint          n_ways)
{
  Case cases[4];
  BenchVariant variants[4];
  BenchComparison comparison = {
    .unit = baseline->place == ONE_A_TURN ? "ns/turn" : "ns/msg",
    .baseline_name = baseline_name,
    .baseline = { "raw", send_sample, baseline, { BENCH_NO_TARGET, 0 } },
  };

  bench_require (n_ways <= G_N_ELEMENTS (cases));
  for (guint i = 0; i < n_ways; i++)
    {
      cases[i] = *baseline;
      cases[i].send = ways[i].send;
      variants[i] = (BenchVariant) {
        .measure = g_strdup_printf ("%s, %s", label, ways[i].name),
        .sample = send_sample,
        .data = &cases[i],
        .target = ways[i].target,
      };
    }
  bench_compare (&comparison, variants, n_ways);
  for (guint i = 0; i < n_ways; i++)
    g_free ((char *) variants[i].measure);
}

static void
run_small (Place       place,
           const char *where,
           gsize       n_bytes,
           const char *size,
           guint       n_batches)
{
  Case baseline = { send_raw_copy, place, n_bytes, 1000, n_batches };
  BenchTarget target = { BENCH_NO_TARGET, 20 };
  g_autofree char *label = g_strdup_printf ("%s, %s", size, where);

  if (place == IN_A_DISPATCH && n_bytes <= 64)
    target.kind = BENCH_EXCESS_AT_MOST;
  compare_ways (label, &baseline, "raw copy",
                (SendWay[]) {
                  { "prebuilt message", send_prebuilt, target },
                  { "fresh message", send_fresh, { BENCH_NO_TARGET, 0 } },
                  { "send_data", send_data, { BENCH_NO_TARGET, 0 } },
                }, 3);
}

static void
run_large (guint n_batches)
{
  Case copy = { send_raw_copy, IN_A_DISPATCH, LARGE, 16, MAX (n_batches / 20, 2) };
  Case reference = { send_raw_by_reference, IN_A_DISPATCH, LARGE, 1000, n_batches };
  BenchTarget target = { BENCH_FIGURE_AT_MOST, 200 };

  compare_ways ("1 MiB by reference", &reference, "raw by reference",
                (SendWay[]) {
                  { "prebuilt message", send_prebuilt, target },
                  { "fresh message", send_fresh_by_reference, target },
                }, 2);
  compare_ways ("1 MiB by reference", &copy, "raw copy",
                (SendWay[]) {
                  { "against a copy", send_fresh_by_reference, { BENCH_NO_TARGET, 0 } },
                }, 1);
}

int
main (int   argc,
      char *argv[])
{
  guint n_batches;

  bench_init (&argc, &argv, "send");
  n_batches = bench_is_quick () ? 50 : 300;
  context = zmqg_context_new ();
  run_small (IN_A_DISPATCH, "in a dispatch", 16, "16 B", n_batches);
  run_small (IN_A_DISPATCH, "in a dispatch", 64, "64 B", n_batches);
  run_small (IN_A_DISPATCH, "in a dispatch", 1024, "1 KiB", n_batches);
  run_small (OUTSIDE, "outside a dispatch", 64, "64 B", n_batches);
  run_small (ONE_A_TURN, "one a turn", 64, "64 B", n_batches / 5);
  run_large (n_batches);
  g_object_unref (context);
  return 0;
}
