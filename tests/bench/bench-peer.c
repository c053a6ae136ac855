/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-peer.h"

#include <zmq.h>

struct _BenchClient
{
  GThread *thread;
  void    *socket;
  guint    n_warm_up;
  guint    n_trips;
  GArray  *trips;
};

static void
client_trip (BenchClient *self,
             zmq_msg_t   *reply)
{
  static const guint8 request[BENCH_TRIP_SIZE];

  bench_raw_send (self->socket, request, sizeof request);
  bench_require (zmq_msg_recv (reply, self->socket, 0) == BENCH_TRIP_SIZE);
}

static gpointer
client_run (gpointer data)
{
  BenchClient *self = data;
  zmq_msg_t reply;

  zmq_msg_init (&reply);
  for (guint i = 0; i < self->n_warm_up; i++)
    client_trip (self, &reply);
  for (guint i = 0; i < self->n_trips; i++)
    {
      gint64 asked = bench_wall_ns ();
      double trip;

      client_trip (self, &reply);
      trip = (double) (bench_wall_ns () - asked) / 1000.0;
      g_array_append_val (self->trips, trip);
    }
  zmq_msg_close (&reply);
  return NULL;
}

BenchClient *
bench_client_start (void       *zmq_context,
                    int         type,
                    const char *endpoint,
                    guint       n_warm_up,
                    guint       n_trips)
{
  BenchClient *self = g_new0 (BenchClient, 1);

  self->socket = bench_raw_socket (zmq_context, type, 0);
  bench_raw_connect (self->socket, endpoint);
  self->n_warm_up = n_warm_up;
  self->n_trips = n_trips;
  self->trips = g_array_sized_new (FALSE, FALSE, sizeof (double), n_trips);
  self->thread = g_thread_new ("client", client_run, self);
  return self;
}

double
bench_client_finish (BenchClient *self)
{
  double median;

  g_thread_join (self->thread);
  zmq_close (self->socket);
  median = bench_percentile (self->trips, 50);
  g_array_unref (self->trips);
  g_free (self);
  return median;
}

void
bench_server_answer (ZmqgSocket  *socket,
                     ZmqgMessage *message,
                     gpointer     server)
{
  BenchServer *self = server;

  bench_require (zmqg_socket_send (socket, message, NULL));
  self->n_answered++;
  if (self->n_answered == self->n_warm_up)
    self->thread_ns = bench_thread_ns ();
  if (self->n_answered == self->n_warm_up + self->n_trips)
    {
      self->thread_ns = bench_thread_ns () - self->thread_ns;
      g_main_loop_quit (self->loop);
    }
}
