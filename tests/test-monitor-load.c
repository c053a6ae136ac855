/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-events.h"
#include "zmqg-test-peer.h"

#include <string.h>
#include <unistd.h>
#include <zmq.h>

/* Monitors under more than they are made for */

#define KIND(kind) ZMQG_CONNECTION_EVENT_KIND_##kind
#define N_CONNECTS 5000
#define N_ROUNDS 1000
#define N_SOCKETS 10000
#define MAX_EVENTS 1000
#define MEBIBYTE (1024 * 1024)

/* Two sockets of libzmq in the context of ours, whose I/O thread they share */
typedef struct
{
  void *push;
  void *pull;
} Others;

static void
others_init (Others *self)
{
  void *context = zmqg_context_get_handle (zmqg_context_get_default ());
  char endpoint[100];
  size_t size = sizeof endpoint;
  int timeout = 2000, zero = 0;

  self->pull = zmq_socket (context, ZMQ_PULL);
  self->push = zmq_socket (context, ZMQ_PUSH);
  zmq_setsockopt (self->pull, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
  zmq_setsockopt (self->push, ZMQ_LINGER, &zero, sizeof zero);
  g_assert_cmpint (zmq_bind (self->pull, "tcp://127.0.0.1:*"), ==, 0);
  g_assert_cmpint (zmq_getsockopt (self->pull, ZMQ_LAST_ENDPOINT, endpoint, &size), ==, 0);
  g_assert_cmpint (zmq_connect (self->push, endpoint), ==, 0);
}

static void
others_clear (Others *self)
{
  zmq_close (self->push);
  zmq_close (self->pull);
}

/* One message, over tcp; returns how long it took (µs) */
static gint64
others_exchange (Others *self)
{
  gint64 begun = g_get_monotonic_time ();
  char byte;

  g_assert_cmpint (zmq_send (self->push, "x", 1, 0), ==, 1);
  g_assert_cmpint (zmq_recv (self->pull, &byte, 1, 0), ==, 1);

  return g_get_monotonic_time () - begun;
}

static void
test_unread (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_ROUTER,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  ZmqgConnectionEvent *last;
  gint64 longest = 0;
  gsize before;
  Others others;

  g_test_summary ("32: With the main context at rest, thousands of connects stop nobody, cost "
                  "little memory, and the newest events are kept");

  others_init (&others);
  others_exchange (&others);
  zmqg_test_events_init (&events, socket);
  before = zmqg_test_get_rss ();
  for (guint i = 0; i < N_CONNECTS; i++)
    {
      close (zmqg_test_tcp_connect (endpoint));
      if (i % 50 == 0)
        longest = MAX (longest, others_exchange (&others));
    }
  longest = MAX (longest, others_exchange (&others));
  g_test_message ("the others waited for %d µs at most", (int) longest);
  if (zmqg_test_rss_is_meaningful ())
    g_assert_cmpuint (zmqg_test_get_rss () - MIN (before, zmqg_test_get_rss ()), <, 8 * MEBIBYTE);
  g_usleep (100 * 1000);

  /* accepted, handshake-failed and disconnected of each, and listening */
  zmqg_test_wait_for (events.events->len > 0 &&
                      events.events->len + zmqg_test_events_get_dropped (&events) ==
                      3 * N_CONNECTS + 1);
  g_assert_cmpuint (events.events->len, ==, MAX_EVENTS);
  g_assert_cmpuint (zmqg_connection_event_get_n_dropped (events.events->pdata[0]), ==,
                    3 * N_CONNECTS + 1 - MAX_EVENTS);
  last = events.events->pdata[events.events->len - 1];
  g_assert_cmpint (zmqg_connection_event_get_kind (last), ==, KIND (DISCONNECTED));
  g_assert_cmpuint (zmqg_peer_get_id (zmqg_connection_event_get_peer (last)), ==, N_CONNECTS);
  g_assert_cmpint (zmqg_test_get_number (socket, "n-peers"), ==, 0);
  others_clear (&others);
}

/* Clients that connect and go, all the time */
typedef struct
{
  const char *endpoint;
  gboolean sends;
  int stopping;
  GThread *thread;
} Churn;

static gpointer
churn_thread (gpointer data)
{
  Churn *self = data;

  while (!g_atomic_int_get (&self->stopping))
    {
      g_auto (ZmqgTestRaw) raw = { NULL };

      zmqg_test_raw_init (&raw, ZMQ_DEALER, NULL);
      zmqg_test_raw_connect (&raw, self->endpoint);
      if (self->sends)
        zmqg_test_raw_send (&raw, "x");
      g_usleep (self->sends ? 500 : 10000);
    }

  return NULL;
}

static void
churn_start (Churn      *self,
             const char *endpoint,
             gboolean    sends)
{
  self->endpoint = endpoint;
  self->sends = sends;
  self->stopping = FALSE;
  self->thread = g_thread_new ("churn", churn_thread, self);
}

static void
churn_stop (Churn *self)
{
  g_atomic_int_set (&self->stopping, TRUE);
  g_thread_join (self->thread);
}

static void
ignore_cb (ZmqgSocket  *socket,
           ZmqgMessage *message,
           gpointer     user_data)
{
}

static void
switch_monitor (ZmqgSocket *socket,
                guint       round)
{
  g_object_set (socket, "monitored", TRUE, NULL);
  if (round % 3 == 0)
    g_main_context_iteration (NULL, FALSE);
  g_object_set (socket, "monitored", FALSE, NULL);
  g_object_set (socket, "monitored", TRUE, NULL);
  g_object_set (socket, "monitored", TRUE, NULL);
  if (round % 2 == 0)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_switch (void)
{
  guint n_fds, n_threads;

  g_test_summary ("33: On, off, on twice, and closed with it on, while peers connect and go");

  zmqg_test_release (zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, ZMQG_TEST_TCP, NULL));
  zmqg_test_run_for (NULL, 50);
  n_fds = zmqg_test_count_fds ();
  n_threads = zmqg_test_count_threads ();
  for (guint i = 0; i < N_ROUNDS / 50; i++)
    {
      g_autofree char *endpoint = NULL;
      g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_ROUTER,
                                                                  ZMQG_TEST_TCP, &endpoint);
      Churn churn;

      g_signal_connect (socket, "message-received", G_CALLBACK (ignore_cb), NULL);
      churn_start (&churn, endpoint, TRUE);
      for (guint round = 0; round < 50; round++)
        switch_monitor (socket, round);
      if (i % 2 == 0)
        zmqg_socket_close (socket);
      g_clear_object (&socket);
      churn_stop (&churn);
      zmqg_test_run_until_idle (NULL);
    }
  zmqg_test_poll_for (zmqg_test_count_threads () <= n_threads &&
                      zmqg_test_count_fds () <= n_fds);
}

static void
test_many_sockets (void)
{
  guint n_fds, n_threads;
  gsize before = 0;

  g_test_summary ("31: Thousands of sockets are made and closed with monitors on");

  zmqg_test_run_for (NULL, 50);
  n_fds = zmqg_test_count_fds ();
  n_threads = zmqg_test_count_threads ();
  for (guint i = 0; i < N_SOCKETS; i++)
    {
      g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                      ZMQG_TEST_IPC, NULL);

      if (i % 3 == 0)
        zmqg_test_bind_free (socket, ZMQG_TEST_IPC, NULL);
      if (i % 2 == 0)
        zmqg_socket_close (socket);
      if (i % 100 == 0)
        zmqg_test_run_until_idle (NULL);
      /* Each thread of the monitors may get a heap of its own from the C library, up to a number */
      if (i == N_SOCKETS / 2)
        before = zmqg_test_get_rss ();
    }
  zmqg_test_run_until_idle (NULL);
  zmqg_test_poll_for (zmqg_test_count_threads () <= n_threads &&
                      zmqg_test_count_fds () <= n_fds);
  if (zmqg_test_rss_is_meaningful ())
    g_assert_cmpuint (zmqg_test_get_rss () - MIN (before, zmqg_test_get_rss ()), <, 16 * MEBIBYTE);
}

typedef struct
{
  guint n_gone;
  gint64 longest;
} Lateness;

static void
gone_cb (ZmqgSocket          *socket,
         ZmqgConnectionEvent *event,
         Lateness            *self)
{
  gint64 late = g_get_monotonic_time () - zmqg_connection_event_get_time (event);

  self->n_gone++;
  self->longest = MAX (self->longest, late);
}

static void
busy_cb (ZmqgSocket  *socket,
         ZmqgMessage *message,
         guint       *n_messages)
{
  gint64 end = g_get_monotonic_time () + 20;

  (*n_messages)++;
  while (g_get_monotonic_time () < end)
    ;
}

static void
test_flood (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_ROUTER,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_autoptr (ZmqgTestPeer) peer = zmqg_test_peer_start (endpoint, ZMQ_DEALER, 1000, 16,
                                                        zmqg_test_peer_flood);
  gint64 end = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;
  Lateness lateness = { 0 };
  guint n_messages = 0;
  Churn churn;

  g_test_summary ("Where there is always a message to be read, it is told in time who has gone");

  g_signal_connect (socket, "connection-event::disconnected", G_CALLBACK (gone_cb), &lateness);
  g_signal_connect (socket, "message-received", G_CALLBACK (busy_cb), &n_messages);
  zmqg_test_wait_for (n_messages > 0);
  churn_start (&churn, endpoint, FALSE);
  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  churn_stop (&churn);
  g_test_message ("%u went, the news of which came after %d µs at most", lateness.n_gone,
                  (int) lateness.longest);
  g_assert_cmpuint (lateness.n_gone, >, 10);
  /* It waits for 200 ms for what they may have said */
  g_assert_cmpint (lateness.longest, <, 2 * G_USEC_PER_SEC);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/monitor-load/32-unread", test_unread);
  g_test_add_func ("/monitor-load/33-switch", test_switch);
  g_test_add_func ("/monitor-load/31-many-sockets", test_many_sockets);
  g_test_add_func ("/monitor-load/flood", test_flood);

  return g_test_run ();
}
