/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-sockets.h"
#include "bench.h"

#include <zmq.h>

#define SIZE 16
#define MAX_PRODUCERS 4

/* Everybody's backlog is bounded, or what is measured is how fast the kernel clears new pages. */
#define BACKLOG 10000
#define BACK_OFF_US 100

typedef enum
{
  DIRECT,
  INVOKE,
  FRESH,
  PREBUILT,
  DATA,
  RETRY,
} Way;

typedef struct
{
  Way   way;
  guint n_producers;
  guint n_messages;
} Case;

typedef struct
{
  const Case  *test;
  GMainLoop   *loop;
  ZmqgSocket  *socket;
  ZmqgMessage *message;
  char        *endpoint;
  void        *push;
  void        *pull;
  int          go;
  int          n_ready;
  gint64       started;
  gint64       ended;
} Relay;

typedef struct
{
  Relay   *relay;
  void    *own_push;
  GThread *thread;
  gint64   thread_ns;
} Producer;

static ZmqgContext  *context;
static const guint8  payload[SIZE];

static gboolean
send_invoked (gpointer user_data)
{
  Relay *self = user_data;

  bench_raw_send (self->push, payload, SIZE);
  return G_SOURCE_REMOVE;
}

static void
send_fresh (Relay *self)
{
  ZmqgMessage *message = zmqg_message_new ();

  zmqg_message_append_data (message, payload, SIZE);
  while (!zmqg_socket_send (self->socket, message, NULL))
    g_usleep (BACK_OFF_US);
  zmqg_message_unref (message);
}

static void
send_one (Producer *producer)
{
  Relay *self = producer->relay;

  switch (self->test->way)
    {
    case DIRECT:
      bench_raw_send (producer->own_push, payload, SIZE);
      break;
    case INVOKE:
      g_main_context_invoke (NULL, send_invoked, self);
      break;
    case PREBUILT:
      while (!zmqg_socket_send (self->socket, self->message, NULL))
        g_usleep (BACK_OFF_US);
      break;
    case DATA:
      while (!zmqg_socket_send_data (self->socket, payload, SIZE, NULL))
        g_usleep (BACK_OFF_US);
      break;
    case FRESH:
    case RETRY:
    default:
      send_fresh (self);
      break;
    }
}

static gpointer
producer_run (gpointer data)
{
  Producer *self = data;
  guint n = self->relay->test->n_messages / self->relay->test->n_producers;
  gint64 before;

  if (self->relay->test->way == DIRECT)
    {
      self->own_push = bench_raw_socket (zmqg_context_get_handle (context), ZMQ_PUSH,
                                         BACKLOG);
      bench_raw_connect (self->own_push, self->relay->endpoint);
    }
  g_atomic_int_inc (&self->relay->n_ready);
  while (g_atomic_int_get (&self->relay->go) == 0)
    g_thread_yield ();

  before = bench_thread_ns ();
  for (guint i = 0; i < n; i++)
    send_one (self);
  self->thread_ns = bench_thread_ns () - before;
  return NULL;
}

static gpointer
sink_run (gpointer data)
{
  Relay *self = data;

  bench_raw_receive (self->pull, self->test->n_messages);
  self->ended = bench_wall_ns ();
  g_main_loop_quit (self->loop);
  return NULL;
}

/* From inside the loop: a context that nobody runs yet would be acquired by the producers. */
static gboolean
start_cb (gpointer user_data)
{
  Relay *self = user_data;

  while ((guint) g_atomic_int_get (&self->n_ready) < self->test->n_producers)
    g_thread_yield ();
  self->started = bench_wall_ns ();
  g_atomic_int_set (&self->go, 1);
  return G_SOURCE_REMOVE;
}

static void
relay_init (Relay      *self,
            const Case *test)
{
  void *zmq_context = zmqg_context_get_handle (context);

  *self = (Relay) { .test = test, .loop = g_main_loop_new (NULL, FALSE) };
  self->pull = bench_raw_socket (zmq_context, ZMQ_PULL, BACKLOG);
  self->endpoint = bench_new_endpoint ("inproc");
  bench_raw_bind (self->pull, self->endpoint);
  self->message = zmqg_message_new ();
  zmqg_message_append_data (self->message, payload, SIZE);
  if (test->way == DIRECT)
    return;
  if (test->way == INVOKE)
    {
      self->push = bench_raw_socket (zmq_context, ZMQ_PUSH, BACKLOG);
      bench_raw_connect (self->push, self->endpoint);
      return;
    }
  self->socket = bench_socket_new (context, NULL, ZMQG_SOCKET_TYPE_PUSH, BACKLOG);
  if (test->way != RETRY)
    g_object_set (self->socket, "send-queue-limit", BACKLOG, NULL);
  bench_socket_connect (self->socket, self->endpoint);
}

static void
relay_clear (Relay *self)
{
  if (self->socket != NULL)
    bench_socket_end (self->socket, NULL);
  if (self->push != NULL)
    zmq_close (self->push);
  zmq_close (self->pull);
  zmqg_message_unref (self->message);
  g_free (self->endpoint);
  g_main_loop_unref (self->loop);
}

static BenchFigure
relay_sample (gconstpointer data)
{
  const Case *test = data;
  Producer producers[MAX_PRODUCERS] = { { 0 } };
  Relay relay;
  GThread *sink;
  double producer_ns = 0;
  double wall;

  relay_init (&relay, test);
  sink = g_thread_new ("sink", sink_run, &relay);
  for (guint i = 0; i < test->n_producers; i++)
    {
      producers[i].relay = &relay;
      producers[i].thread = g_thread_new ("producer", producer_run, &producers[i]);
    }
  g_idle_add (start_cb, &relay);
  g_main_loop_run (relay.loop);
  for (guint i = 0; i < test->n_producers; i++)
    {
      g_thread_join (producers[i].thread);
      producer_ns += (double) producers[i].thread_ns;
      if (producers[i].own_push != NULL)
        zmq_close (producers[i].own_push);
    }
  g_thread_join (sink);
  wall = (double) (relay.ended - relay.started);
  relay_clear (&relay);
  return (BenchFigure) { test->n_messages * 1e6 / wall, producer_ns / test->n_messages };
}

typedef struct
{
  Way     way;
  gint64  sent;
  GArray *delays;
  guint   n;
  Relay   relay;
} Latency;

static void
note_delay (Latency *self)
{
  double delay = (double) (bench_wall_ns () - self->sent) / 1000.0;

  g_array_append_val (self->delays, delay);
  if (self->delays->len == self->n)
    g_main_loop_quit (self->relay.loop);
}

static void
message_sent_cb (ZmqgSocket  *socket,
                 ZmqgMessage *message,
                 gpointer     user_data)
{
  note_delay (user_data);
}

static gboolean
send_noted (gpointer user_data)
{
  Latency *self = user_data;

  bench_raw_send (self->relay.push, payload, SIZE);
  note_delay (self);
  return G_SOURCE_REMOVE;
}

/* The pause lets the loop fall asleep, which is what a single message meets. */
static gpointer
latency_producer (gpointer data)
{
  Latency *self = data;

  while (g_atomic_int_get (&self->relay.go) == 0)
    g_thread_yield ();
  for (guint i = 0; i < self->n; i++)
    {
      g_usleep (100);
      self->sent = bench_wall_ns ();
      if (self->way == INVOKE)
        g_main_context_invoke (NULL, send_noted, self);
      else
        send_fresh (&self->relay);
    }
  return NULL;
}

static BenchFigure
latency_sample (gconstpointer data)
{
  const Case *test = data;
  Case relay_case = { test->way, 0, test->n_messages };
  Latency self = { .way = test->way, .n = test->n_messages };
  GThread *producer;
  double median;

  self.delays = g_array_new (FALSE, FALSE, sizeof (double));
  relay_init (&self.relay, &relay_case);
  if (self.relay.socket != NULL)
    g_signal_connect (self.relay.socket, "message-sent", G_CALLBACK (message_sent_cb), &self);
  producer = g_thread_new ("producer", latency_producer, &self);
  g_idle_add (start_cb, &self.relay);
  g_main_loop_run (self.relay.loop);
  g_thread_join (producer);
  median = bench_percentile (self.delays, 50);
  bench_raw_receive (self.relay.pull, self.n);
  relay_clear (&self.relay);
  g_array_unref (self.delays);
  return (BenchFigure) { median, 0 };
}

static void
compare_with_own (const char *label,
                  guint       n_producers,
                  guint       n_messages,
                  BenchTarget target)
{
  static const char *names[] = {
    "fresh message", "prebuilt message", "send_data", "fresh message, queue of 1000",
  };
  static const Way ways[] = { FRESH, PREBUILT, DATA, RETRY };
  enum { N = G_N_ELEMENTS (ways) };
  const Case direct = { DIRECT, n_producers, n_messages };
  Case cases[N];
  BenchVariant variants[N];

  for (guint i = 0; i < N; i++)
    {
      cases[i] = (Case) { ways[i], n_producers, n_messages };
      variants[i] = (BenchVariant) {
        g_strdup_printf ("%s, %s", label, names[i]), relay_sample, &cases[i], target,
      };
      if (ways[i] == RETRY)
        variants[i].target.kind = BENCH_NO_TARGET;
    }
  bench_compare (&(BenchComparison) {
                   .unit = "k msg/s",
                   .baseline_name = "own sockets",
                   .extra_name = "producer ns/msg",
                   .baseline = { "own", relay_sample, &direct, { BENCH_NO_TARGET, 0 } },
                 }, variants, N);
  for (guint i = 0; i < N; i++)
    g_free ((char *) variants[i].measure);
}

static void
compare_with_invoke (const char *label,
                     guint       n_producers,
                     guint       n_messages,
                     BenchTarget target)
{
  const Case invoke = { INVOKE, n_producers, n_messages / 5 };
  const Case fresh = { FRESH, n_producers, n_messages };
  g_autofree char *measure = g_strdup_printf ("%s, fresh message, against invoke", label);

  bench_compare (&(BenchComparison) {
                   .unit = "k msg/s",
                   .baseline_name = "invoke",
                   .extra_name = "producer ns/msg",
                   .baseline = { "invoke", relay_sample, &invoke, { BENCH_NO_TARGET, 0 } },
                 },
                 (BenchVariant[]) { { measure, relay_sample, &fresh, target } }, 1);
}

static void
run_latency (const char  *measure,
             BenchTarget  target)
{
  guint n = bench_is_quick () ? 500 : 2000;
  const Case invoke = { INVOKE, 1, n };
  const Case fresh = { FRESH, 1, n };

  bench_compare (&(BenchComparison) {
                   .unit = "µs",
                   .baseline_name = "invoke",
                   .baseline = { "invoke", latency_sample, &invoke, { BENCH_NO_TARGET, 0 } },
                 },
                 (BenchVariant[]) { { measure, latency_sample, &fresh, target } }, 1);
}

/* On one core the threads do not wait for one another's cache lines: what is left is what the
 * processor has to do, and repeats within a few per cent. */
static void
run_all (const char *place,
         gboolean    judged)
{
  guint n_messages = bench_is_quick () ? 200000 : 1000000;
  BenchTargetKind at_least = judged ? BENCH_RATIO_AT_LEAST : BENCH_NO_TARGET;
  g_autofree char *one = g_strdup_printf ("1 producer, %s", place);
  g_autofree char *four = g_strdup_printf ("4 producers, %s", place);

  context = zmqg_context_new ();
  compare_with_own (one, 1, n_messages, (BenchTarget) { at_least, 0.5 });
  compare_with_invoke (one, 1, n_messages, (BenchTarget) { at_least, 8 });
  compare_with_own (four, 4, n_messages, (BenchTarget) { at_least, 0.33 });
  compare_with_invoke (four, 4, n_messages, (BenchTarget) { at_least, 8 });
  g_object_unref (context);
}

static void
run_hand_off (const char  *measure,
              BenchTarget  target)
{
  context = zmqg_context_new ();
  run_latency (measure, target);
  g_object_unref (context);
}

int
main (int   argc,
      char *argv[])
{
  bench_init (&argc, &argv, "threads");
  run_all ("free", TRUE);
  run_hand_off ("hand-off to an idle loop, free", (BenchTarget) { BENCH_NO_TARGET, 0 });
  bench_pin (0);
  run_all ("one core", FALSE);
  run_hand_off ("hand-off to an idle loop, one core", (BenchTarget) { BENCH_FIGURE_AT_MOST, 5 });
  return 0;
}
