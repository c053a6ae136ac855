/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-sockets.h"
#include "bench.h"

#include <math.h>
#include <zmq.h>

#define SETTLE_MS 700
#define IDLE_MS 2000
#define N_TYPES (ZMQ_STREAM + 1)
#define N_WAITING 10

typedef enum
{
  ALONE,
  BOUND,
  CONNECTED,
  BUFFERED,
  UNREACHABLE,
  N_STATES,
} State;

/* One socket of each kind, each in a loop and a thread of its own, all idle at the same time. */
typedef struct
{
  int          type;            /* -1: a loop without ZeroMQ */
  State        state;
  gboolean     listening;
  ZmqgContext *context;
  GMainLoop   *loop;
  guint        n_polls;
  guint        n_wakeups;
  GThread     *thread;
} Idler;

static const char *type_names[N_TYPES] = {
  "PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB", "STREAM",
};

static const char *state_names[N_STATES] = {
  "alone", "bound", "connected", "unread messages", "unreachable",
};

static const int peers[N_TYPES] = {
  ZMQ_PAIR, ZMQ_SUB, ZMQ_PUB, ZMQ_REP, ZMQ_REQ, ZMQ_ROUTER, ZMQ_DEALER, ZMQ_PUSH, ZMQ_PULL,
  ZMQ_XSUB, ZMQ_XPUB, ZMQ_STREAM,
};

static GPrivate current_idler;

static int
counting_poll (GPollFD *fds,
               guint    n_fds,
               int      timeout)
{
  Idler *self = g_private_get (&current_idler);

  self->n_polls++;
  return g_poll (fds, n_fds, timeout);
}

static gboolean
settled_cb (gpointer user_data)
{
  Idler *self = user_data;

  self->n_polls = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
over_cb (gpointer user_data)
{
  Idler *self = user_data;

  self->n_wakeups = self->n_polls;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
ignore_cb (ZmqgSocket  *socket,
           ZmqgMessage *message,
           gpointer     user_data)
{
}

static void
add_timeout (Idler       *self,
             guint        ms,
             GSourceFunc  callback)
{
  GSource *source = g_timeout_source_new (ms);

  g_source_set_callback (source, callback, self, NULL);
  g_source_attach (source, g_main_loop_get_context (self->loop));
  g_source_unref (source);
}

/* REQ, REP and the like take no message unasked; the figure is then that of a connected one. */
static void
send_waiting (void *peer)
{
  for (guint i = 0; i < N_WAITING; i++)
    zmq_send (peer, "", 0, ZMQ_DONTWAIT);
}

static void *
enter_state (Idler      *self,
             ZmqgSocket *socket)
{
  g_autofree char *endpoint = NULL;
  void *peer = NULL;

  if (self->state == UNREACHABLE)
    bench_socket_connect (socket, "tcp://127.0.0.1:9");
  if (self->state == ALONE || self->state == UNREACHABLE)
    return NULL;
  bench_socket_bind (socket, "tcp://127.0.0.1:*");
  if (self->state == BOUND)
    return NULL;
  g_object_get (socket, "last-endpoint", &endpoint, NULL);
  peer = bench_raw_socket (zmqg_context_get_handle (self->context), peers[self->type], 0);
  if (peers[self->type] == ZMQ_SUB)
    zmq_setsockopt (peer, ZMQ_SUBSCRIBE, "", 0);
  bench_raw_connect (peer, endpoint);
  if (self->state == BUFFERED)
    {
      g_usleep (SETTLE_MS * 300);
      send_waiting (peer);
    }
  return peer;
}

static gpointer
idler_run (gpointer data)
{
  Idler *self = data;
  GMainContext *main_context = g_main_context_new ();
  ZmqgSocket *socket = NULL;
  void *peer = NULL;

  g_private_set (&current_idler, self);
  g_main_context_push_thread_default (main_context);
  g_main_context_set_poll_func (main_context, counting_poll);
  self->loop = g_main_loop_new (main_context, FALSE);
  if (self->type >= 0)
    {
      socket = bench_socket_new (self->context, main_context, (ZmqgSocketType) self->type, 0);
      if (self->type == ZMQ_SUB)
        zmqg_socket_subscribe (socket, "", NULL);
      if (self->listening)
        g_signal_connect (socket, "message-received", G_CALLBACK (ignore_cb), NULL);
      peer = enter_state (self, socket);
    }
  add_timeout (self, SETTLE_MS, settled_cb);
  add_timeout (self, SETTLE_MS + IDLE_MS, over_cb);
  g_main_loop_run (self->loop);

  if (socket != NULL)
    bench_socket_end (socket, main_context);
  if (peer != NULL)
    zmq_close (peer);
  g_main_loop_unref (self->loop);
  g_main_context_pop_thread_default (main_context);
  g_main_context_unref (main_context);
  return NULL;
}

static void
report_type (int          type,
             const Idler *idlers,
             guint        n_idlers,
             guint        n_without)
{
  g_autoptr (GString) note = g_string_new (NULL);
  g_autofree char *measure = g_strdup_printf ("%s, 2 s idle", type_names[type]);
  BenchRow row = {
    .measure = measure, .unit = "wake-ups", .baseline_name = "no ZeroMQ", .baseline = n_without,
    .ratio = NAN, .rounds = 1, .target = { BENCH_EXCESS_AT_MOST, 0 },
  };

  row.low = INFINITY;
  for (guint i = 0; i < n_idlers; i++)
    {
      const Idler *idler = &idlers[i];

      if (idler->type != type)
        continue;
      if (idler->n_wakeups > n_without)
        g_string_append_printf (note, "%s%s%s %u", note->len > 0 ? "; " : "",
                                state_names[idler->state], idler->listening ? ", listening" : "",
                                idler->n_wakeups - n_without);
      if (idler->state == UNREACHABLE)
        continue;
      row.low = MIN (row.low, idler->n_wakeups);
      row.high = MAX (row.high, idler->n_wakeups);
    }
  row.figure = row.high;
  if (note->len > 0)
    row.note = g_strdup (note->str);
  if (bench_is_wanted (measure))
    bench_report (&row);
}

int
main (int   argc,
      char *argv[])
{
  ZmqgContext *context = zmqg_context_new ();
  Idler idlers[1 + N_TYPES * N_STATES * 2] = { { .type = -1 } };
  guint n = 1;

  bench_init (&argc, &argv, "wakeups");
  for (int type = 0; type < N_TYPES; type++)
    for (State state = ALONE; state < N_STATES; state++)
      for (int listening = 0; listening < 2; listening++)
        idlers[n++] = (Idler) { type, state, listening, context, NULL, 0, 0, NULL };

  for (guint i = 0; i < n; i++)
    idlers[i].thread = g_thread_new ("idler", idler_run, &idlers[i]);
  for (guint i = 0; i < n; i++)
    g_thread_join (idlers[i].thread);
  for (int type = 0; type < N_TYPES; type++)
    report_type (type, idlers, n, idlers[0].n_wakeups);
  g_object_unref (context);
  return 0;
}
