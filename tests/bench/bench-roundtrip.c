/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-peer.h"

#include <zmq.h>

#define N_WARM_UP 200

typedef enum
{
  BY_RAW,
  BY_FUNC,
  BY_SIGNAL,
  N_WAYS,
} Way;

typedef struct
{
  const char     *name;
  int             client;
  ZmqgSocketType  server;
  const char     *transport;
  ZmqgContext    *context;
  void           *client_context;
} Cell;

typedef struct
{
  const Cell *cell;
  Way         way;
} Case;

static guint n_trips;

static double
serve_raw (void  *server,
           guint  n_frames)
{
  gint64 before = 0;

  for (guint i = 0; i < N_WARM_UP + n_trips; i++)
    {
      if (i == N_WARM_UP)
        before = bench_thread_ns ();
      for (guint frame = 0; frame < n_frames; frame++)
        {
          zmq_msg_t message;

          zmq_msg_init (&message);
          bench_require (zmq_msg_recv (&message, server, 0) >= 0);
          bench_require (zmq_msg_send (&message, server, frame + 1 < n_frames ? ZMQ_SNDMORE : 0)
                         >= 0);
        }
    }
  return (double) (bench_thread_ns () - before) / 1000.0 / n_trips;
}

static BenchFigure
trip_raw (const Cell *cell)
{
  void *server = bench_raw_socket (zmqg_context_get_handle (cell->context), (int) cell->server, 0);
  g_autofree char *wildcard = bench_new_endpoint (cell->transport);
  g_autofree char *endpoint = NULL;
  BenchClient *client;
  BenchFigure figure;

  bench_raw_bind (server, wildcard);
  endpoint = bench_raw_endpoint (server);
  client = bench_client_start (cell->client_context, cell->client, endpoint, N_WARM_UP, n_trips);
  figure.extra = serve_raw (server, cell->server == ZMQG_SOCKET_TYPE_ROUTER ? 2 : 1);
  figure.value = bench_client_finish (client);
  zmq_close (server);
  return figure;
}

static BenchFigure
trip_in_loop (const Cell *cell,
              Way         way)
{
  BenchServer server = { .n_warm_up = N_WARM_UP, .n_trips = n_trips };
  g_autofree char *wildcard = bench_new_endpoint (cell->transport);
  g_autofree char *endpoint = NULL;
  BenchClient *client;
  BenchFigure figure;

  server.loop = g_main_loop_new (NULL, FALSE);
  server.socket = bench_socket_new (cell->context, NULL, cell->server, 0);
  bench_socket_bind (server.socket, wildcard);
  g_object_get (server.socket, "last-endpoint", &endpoint, NULL);
  if (way == BY_FUNC)
    zmqg_socket_set_message_func (server.socket, bench_server_answer, &server, NULL);
  else
    g_signal_connect (server.socket, "message-received", G_CALLBACK (bench_server_answer),
                      &server);
  client = bench_client_start (cell->client_context, cell->client, endpoint, N_WARM_UP, n_trips);
  g_main_loop_run (server.loop);
  figure.extra = (double) server.thread_ns / 1000.0 / n_trips;
  figure.value = bench_client_finish (client);
  bench_socket_end (server.socket, NULL);
  g_main_loop_unref (server.loop);
  return figure;
}

static BenchFigure
trip_sample (gconstpointer data)
{
  const Case *test = data;

  return test->way == BY_RAW ? trip_raw (test->cell) : trip_in_loop (test->cell, test->way);
}

static void
run_cell (const Cell *cell,
          const char *place,
          double      target)
{
  BenchTarget ratio = { target > 0 ? BENCH_RATIO_AT_MOST : BENCH_NO_TARGET, target };
  Case cases[N_WAYS];
  g_autofree char *by_func = NULL;
  g_autofree char *by_signal = NULL;

  for (Way way = BY_RAW; way < N_WAYS; way++)
    cases[way] = (Case) { cell, way };
  by_func = g_strdup_printf ("%s %s, %s, message function", cell->transport, cell->name, place);
  by_signal = g_strdup_printf ("%s %s, %s, message-received", cell->transport, cell->name, place);
  bench_compare (&(BenchComparison) {
                   .unit = "µs",
                   .baseline_name = "raw",
                   .extra_name = "server thread µs",
                   .baseline = { "raw", trip_sample, &cases[BY_RAW], { BENCH_NO_TARGET, 0 } },
                 },
                 (BenchVariant[]) {
                   { by_func, trip_sample, &cases[BY_FUNC], ratio },
                   { by_signal, trip_sample, &cases[BY_SIGNAL], ratio },
                 }, 2);
}

/* Left free, an inproc trip takes 3 or 50 µs as the scheduler pleases: it is measured on one core.
 * Over tcp the client is as another application would be: with a context of its own. */
static void
run_all (const char *place,
         double      tcp_target,
         double      inproc_target)
{
  ZmqgContext *context = zmqg_context_new ();
  void *own = zmqg_context_get_handle (context);
  void *other = zmq_ctx_new ();
  const Cell cells[] = {
    { "REQ/REP", ZMQ_REQ, ZMQG_SOCKET_TYPE_REP, "tcp", context, other },
    { "DEALER/ROUTER", ZMQ_DEALER, ZMQG_SOCKET_TYPE_ROUTER, "tcp", context, other },
    { "REQ/REP", ZMQ_REQ, ZMQG_SOCKET_TYPE_REP, "inproc", context, own },
    { "DEALER/ROUTER", ZMQ_DEALER, ZMQG_SOCKET_TYPE_ROUTER, "inproc", context, own },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      gboolean inproc = cells[i].client_context == own;

      if (!inproc || inproc_target > 0)
        run_cell (&cells[i], place, inproc ? inproc_target : tcp_target);
    }
  zmq_ctx_term (other);
  g_object_unref (context);
}

int
main (int   argc,
      char *argv[])
{
  bench_init (&argc, &argv, "roundtrip");
  n_trips = bench_is_quick () ? 1000 : 4000;
  bench_pin (0);
  run_all ("one core", 1.15, 1.6);
  bench_unpin ();
  run_all ("free", 0, 0);
  return 0;
}
