/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-sockets.h"
#include "bench.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

/* What it costs to watch the connections of a socket */

#define ARRIVE_MS 400
#define N_CONNECTS 300
#define N_EVENTS (3 * N_CONNECTS)
#define N_SWITCHES 300

typedef struct
{
  ZmqgSocketType type;
  gboolean       by_signal;
  gsize          size;
  gboolean       monitored;
} Case;

typedef struct
{
  GMainLoop *loop;
  guint      count;
  guint      total;
} Counter;

static void
count_one (Counter *self)
{
  if (++self->count == self->total)
    g_main_loop_quit (self->loop);
}

static void
message_cb (ZmqgSocket  *socket,
            ZmqgMessage *message,
            gpointer     user_data)
{
  count_one (user_data);
}

static void
event_cb (ZmqgSocket          *socket,
          ZmqgConnectionEvent *event,
          gpointer             user_data)
{
  count_one (user_data);
}

/* All wait in the socket before the clock starts; over tcp, since what comes over inproc has no
 * metadata to look at. */
static BenchFigure
receive_sample (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autofree char *wildcard = bench_new_endpoint ("tcp");
  g_autofree char *endpoint = NULL;
  Counter counter = { g_main_loop_new (NULL, FALSE), 0, bench_is_quick () ? 50000 : 200000 };
  ZmqgSocket *socket = bench_socket_new (context, NULL, test->type, 0);
  void *zmq_context = zmq_ctx_new ();
  void *raw = bench_raw_socket (zmq_context, test->type == ZMQG_SOCKET_TYPE_PULL ? ZMQ_PUSH :
                                                                                ZMQ_DEALER, 0);
  gint64 begun;

  g_object_set (socket, "monitored", test->monitored, "paused", TRUE, NULL);
  bench_socket_bind (socket, wildcard);
  g_object_get (socket, "last-endpoint", &endpoint, NULL);
  bench_raw_connect (raw, endpoint);
  bench_raw_fill (raw, test->size, counter.total);
  g_usleep (ARRIVE_MS * 1000);
  if (test->by_signal)
    g_signal_connect (socket, "message-received", G_CALLBACK (message_cb), &counter);
  else
    zmqg_socket_set_message_func (socket, message_cb, &counter, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_set (socket, "paused", FALSE, NULL);

  begun = bench_thread_ns ();
  g_main_loop_run (counter.loop);
  begun = bench_thread_ns () - begun;

  bench_socket_end (socket, NULL);
  zmq_close (raw);
  zmq_ctx_term (zmq_context);
  g_main_loop_unref (counter.loop);

  return (BenchFigure) { (double) begun / counter.total, 0 };
}

static void
compare_receiving (const char     *name,
                   ZmqgSocketType  type,
                   gboolean        by_signal,
                   gsize           size)
{
  Case off = { type, by_signal, size, FALSE }, on = { type, by_signal, size, TRUE };
  g_autofree char *measure = g_strdup_printf ("receiving, %s", name);
  BenchVariant variant = { measure, receive_sample, &on, { BENCH_NO_TARGET, 0 } };
  BenchComparison comparison = {
    .unit = "ns/msg", .baseline_name = "not monitored", .n_times = 2,
    .baseline = { measure, receive_sample, &off, { BENCH_NO_TARGET, 0 } },
  };

  bench_compare (&comparison, &variant, 1);
}

/* Of the thread that reads the monitors; 0 if there is none (ns) */
static double
get_reader_time (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *entry;
  double found = 0;

  while ((entry = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *name = g_strdup_printf ("/proc/self/task/%s/comm", entry);
      g_autofree char *statistics = g_strdup_printf ("/proc/self/task/%s/schedstat", entry);
      g_autofree char *text = NULL;
      g_autofree char *times = NULL;

      if (g_file_get_contents (name, &text, NULL, NULL) &&
          g_str_has_prefix (text, "zmqg-monitor") &&
          g_file_get_contents (statistics, &times, NULL, NULL))
        found = g_ascii_strtod (times, NULL);
    }

  return found;
}

static void
connect_and_close (const char *endpoint)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_port = htons (g_ascii_strtoull (strrchr (endpoint, ':') + 1, NULL, 10));
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  bench_require (connect (fd, (struct sockaddr *) &address, sizeof address) == 0);
  close (fd);
}

/* The time of the main loop for each event, and, as its extra, that of the other thread */
static BenchFigure
event_sample (gconstpointer data)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autofree char *wildcard = bench_new_endpoint ("tcp");
  g_autofree char *endpoint = NULL;
  Counter counter = { g_main_loop_new (NULL, FALSE), 0, N_EVENTS };
  ZmqgSocket *pull = bench_socket_new (context, NULL, ZMQG_SOCKET_TYPE_PULL, 0);
  double reader;
  gint64 begun;

  g_object_set (pull, "monitored", TRUE, NULL);
  bench_socket_bind (pull, wildcard);
  g_object_get (pull, "last-endpoint", &endpoint, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_signal_connect (pull, "connection-event", G_CALLBACK (event_cb), &counter);
  g_usleep (10000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  counter.count = 0;
  reader = get_reader_time ();
  for (guint i = 0; i < N_CONNECTS; i++)
    connect_and_close (endpoint);
  g_usleep (ARRIVE_MS * 1000);
  reader = get_reader_time () - reader;

  begun = bench_thread_ns ();
  g_main_loop_run (counter.loop);
  begun = bench_thread_ns () - begun;
  bench_socket_end (pull, NULL);
  g_main_loop_unref (counter.loop);

  return (BenchFigure) { (double) begun / N_EVENTS, reader / N_EVENTS };
}

static BenchFigure
switch_sample (gconstpointer data)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  ZmqgSocket *other = bench_socket_new (context, NULL, ZMQG_SOCKET_TYPE_PULL, 0);
  ZmqgSocket *pull = bench_socket_new (context, NULL, ZMQG_SOCKET_TYPE_PULL, 0);
  gboolean is_first = data == NULL;
  gint64 begun;

  g_object_set (other, "monitored", !is_first, NULL);
  begun = bench_wall_ns ();
  for (guint i = 0; i < N_SWITCHES; i++)
    {
      g_object_set (pull, "monitored", TRUE, NULL);
      g_object_set (pull, "monitored", FALSE, NULL);
    }
  begun = bench_wall_ns () - begun;
  bench_socket_end (pull, NULL);
  bench_socket_end (other, NULL);

  return (BenchFigure) { begun / 1000.0 / N_SWITCHES, 0 };
}

static void
report (const char    *measure,
        const char    *unit,
        const char    *extra,
        BenchSample    sample,
        gconstpointer  data)
{
  g_autoptr (GArray) figures = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) extras = g_array_new (FALSE, FALSE, sizeof (double));
  BenchRow row = { .measure = measure, .unit = unit, .baseline = NAN, .ratio = NAN };

  if (!bench_is_wanted (measure))
    return;

  row.rounds = bench_get_rounds ();
  for (guint i = 0; i < row.rounds; i++)
    {
      BenchFigure figure = sample (data);

      g_array_append_val (figures, figure.value);
      g_array_append_val (extras, figure.extra);
    }
  row.figure = bench_percentile (figures, 50);
  row.low = bench_percentile (figures, 0);
  row.high = bench_percentile (figures, 100);
  if (extra != NULL)
    row.note = g_strdup_printf ("%.0f %s", bench_percentile (extras, 50), extra);
  bench_report (&row);
}

int
main (int   argc,
      char *argv[])
{
  bench_init (&argc, &argv, "monitor");

  compare_receiving ("16 B, PULL, message function", ZMQG_SOCKET_TYPE_PULL, FALSE, 16);
  compare_receiving ("16 B, PULL, message-received", ZMQG_SOCKET_TYPE_PULL, TRUE, 16);
  compare_receiving ("16 B, ROUTER, message function", ZMQG_SOCKET_TYPE_ROUTER, FALSE, 16);
  compare_receiving ("4 KiB, ROUTER, message function", ZMQG_SOCKET_TYPE_ROUTER, FALSE, 4096);
  report ("an event", "ns", "ns of the monitor thread", event_sample, NULL);
  report ("on and off, the first of its context", "µs", NULL, switch_sample, NULL);
  report ("on and off, a further one", "µs", NULL, switch_sample, "");

  return 0;
}
