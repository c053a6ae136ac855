/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-peer.h"

#include <glib-unix.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#define N_WARM_UP 200

/* An application with N sockets, on a main context, a libzmq context and an fd of its own. */
typedef struct
{
  guint         n_sockets;
  GMainContext *main_context;
  ZmqgContext  *context;
  ZmqgSocket  **sockets;
  GSource      *work;
  int           fd;
} Application;

static guint n_turns;
static guint n_trips;

static gboolean
work_cb (int          fd,
         GIOCondition condition,
         gpointer     user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
never_cb (ZmqgSocket  *socket,
          ZmqgMessage *message,
          gpointer     user_data)
{
  bench_fail (G_STRLOC, "an idle socket received a message");
}

/* The first one, which is to become the active one, is a ROUTER; they all want messages. */
static ZmqgSocket *
application_add_socket (Application *self,
                        guint        index)
{
  ZmqgSocketType type = index == 0 ? ZMQG_SOCKET_TYPE_ROUTER : ZMQG_SOCKET_TYPE_PULL;
  ZmqgSocket *socket = bench_socket_new (self->context, self->main_context, type, 0);
  g_autofree char *endpoint = g_strdup_printf ("inproc://idle-%u", index);

  bench_socket_bind (socket, endpoint);
  zmqg_socket_set_message_func (socket, never_cb, NULL, NULL);
  return socket;
}

static void
application_init (Application *self,
                  guint        n_sockets)
{
  self->n_sockets = n_sockets;
  self->main_context = g_main_context_new ();
  self->fd = eventfd (1, EFD_CLOEXEC);
  bench_require (self->fd >= 0);
  self->work = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_callback (self->work, G_SOURCE_FUNC (work_cb), NULL, NULL);
  g_source_attach (self->work, self->main_context);
  if (n_sockets == 0)
    return;

  self->context = zmqg_context_new ();
  self->sockets = g_new0 (ZmqgSocket *, n_sockets);
  for (guint i = 0; i < n_sockets; i++)
    self->sockets[i] = application_add_socket (self, i);
}

static void
application_clear (Application *self)
{
  g_source_destroy (self->work);
  g_source_unref (self->work);
  for (guint i = 0; i < self->n_sockets; i++)
    bench_socket_end (self->sockets[i], self->main_context);
  g_clear_pointer (&self->sockets, g_free);
  g_clear_object (&self->context);
  g_main_context_unref (self->main_context);
  close (self->fd);
}

/* The application's fd is always ready, so each turn polls everything and dispatches one source. */
static BenchFigure
turn_sample (gconstpointer data)
{
  const Application *self = data;
  gint64 before;

  for (guint i = 0; i < n_turns / 10; i++)
    g_main_context_iteration (self->main_context, TRUE);
  before = bench_thread_ns ();
  for (guint i = 0; i < n_turns; i++)
    g_main_context_iteration (self->main_context, TRUE);
  return (BenchFigure) { (double) (bench_thread_ns () - before) / n_turns, 0 };
}

static BenchFigure
trip_sample (gconstpointer data)
{
  const Application *self = data;
  void *zmq_context = zmqg_context_get_handle (self->context);
  BenchServer server = { .n_warm_up = N_WARM_UP, .n_trips = n_trips };
  BenchClient *client;
  BenchFigure figure;

  server.loop = g_main_loop_new (self->main_context, FALSE);
  server.socket = self->sockets[0];
  zmqg_socket_set_message_func (server.socket, bench_server_answer, &server, NULL);
  client = bench_client_start (zmq_context, ZMQ_DEALER, "inproc://idle-0", N_WARM_UP, n_trips);
  g_main_loop_run (server.loop);
  figure.extra = (double) server.thread_ns / 1000.0 / n_trips;
  figure.value = bench_client_finish (client);
  zmqg_socket_set_message_func (server.socket, never_cb, NULL, NULL);
  g_main_loop_unref (server.loop);
  return figure;
}

static void
application_stop_work (Application *self)
{
  g_source_destroy (self->work);
  g_source_unref (self->work);
  self->work = g_timeout_source_new_seconds (3600);
}

int
main (int   argc,
      char *argv[])
{
  static const guint numbers[] = { 1, 10, 100, 500, 900 };
  enum { N = G_N_ELEMENTS (numbers) };
  Application none = { 0 };
  Application applications[N] = { { 0 } };
  BenchVariant turns[N], trips[N];
  BenchTarget turn_target = { BENCH_RATIO_AT_MOST, 1.25 };
  BenchTarget trip_target = { BENCH_RATIO_AT_MOST, 1.05 };

  bench_init (&argc, &argv, "idle");
  bench_allow_files (8192);
  bench_pin (0);
  n_turns = bench_is_quick () ? 10000 : 50000;
  n_trips = bench_is_quick () ? 2000 : 8000;
  application_init (&none, 0);
  for (guint i = 0; i < N; i++)
    {
      Application *application = &applications[i];

      application_init (application, numbers[i]);
      turns[i] = (BenchVariant) {
        g_strdup_printf ("a turn of the loop, %u idle", numbers[i]), turn_sample, application,
        turn_target,
      };
      trips[i] = (BenchVariant) {
        g_strdup_printf ("round trip, one active of %u", numbers[i]), trip_sample, application,
        trip_target,
      };
    }

  bench_compare (&(BenchComparison) {
                   .unit = "ns",
                   .baseline_name = "no ZeroMQ",
                   .baseline = { "none", turn_sample, &none, { BENCH_NO_TARGET, 0 } },
                 }, turns, N);
  for (guint i = 0; i < N; i++)
    application_stop_work (&applications[i]);
  bench_compare (&(BenchComparison) {
                   .unit = "µs",
                   .baseline_name = "one socket",
                   .extra_name = "loop thread µs",
                   .baseline = trips[0],
                 }, trips + 1, N - 1);
  for (guint i = 0; i < N; i++)
    {
      application_clear (&applications[i]);
      g_free ((char *) turns[i].measure);
      g_free ((char *) trips[i].measure);
    }
  application_clear (&none);
  return 0;
}
