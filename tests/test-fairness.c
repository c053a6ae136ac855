/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

#define HANDLER_TIME 20
#define TICK 5
#define REDRAW_PRIORITY 120
#define MIB (1024 * 1024)

/* Of this thread on the processor: what else the machine has to do does not count */
static void
work (gint64 microseconds)
{
  gint64 end = zmqg_test_get_thread_cpu_time () + microseconds;

  while (zmqg_test_get_thread_cpu_time () < end)
    ;
}

/* How late something is, is told by the messages that were handled before it: what the loop does
 * is measured, and not what the scheduler does to it. */
typedef struct
{
  guint n_messages;
  guint n_ticks;
  guint n_redraws;
  gint64 due;
  guint n_overdue;
  guint worst_tick;
  guint n_undrawn;
  guint worst_redraw;
} Desk;

static void
desk_received_cb (ZmqgSocket  *socket,
                  ZmqgMessage *message,
                  Desk        *desk)
{
  desk->n_messages++;
  desk->n_undrawn++;
  if (g_get_monotonic_time () >= desk->due)
    desk->n_overdue++;
  work (HANDLER_TIME);
}

static gboolean
desk_tick_cb (gpointer user_data)
{
  Desk *desk = user_data;

  desk->worst_tick = MAX (desk->worst_tick, desk->n_overdue);
  desk->n_overdue = 0;
  desk->due = g_get_monotonic_time () + TICK * 1000;
  desk->n_ticks++;

  return G_SOURCE_CONTINUE;
}

static gboolean
desk_redraw_cb (gpointer user_data)
{
  Desk *desk = user_data;

  desk->worst_redraw = MAX (desk->worst_redraw, desk->n_undrawn);
  desk->n_undrawn = 0;
  desk->n_redraws++;

  return G_SOURCE_CONTINUE;
}

/* Messages handled in a second of the processor */
static double
measure_throughput (Desk  *desk,
                    guint  milliseconds)
{
  gint64 begun = zmqg_test_get_thread_cpu_time ();
  guint n_before = desk->n_messages;

  zmqg_test_run_for (NULL, milliseconds);

  return (desk->n_messages - n_before) /
         ((zmqg_test_get_thread_cpu_time () - begun) / (double) G_USEC_PER_SEC);
}

static double
measure_unbounded (Desk *desk)
{
  guint budget = zmqg_main_context_get_time_budget (NULL);
  double throughput;

  zmqg_main_context_set_time_budget (NULL, 300 * 1000);
  throughput = measure_throughput (desk, 600);
  zmqg_main_context_set_time_budget (NULL, budget);

  return throughput;
}

static double
measure_desk (Desk *desk)
{
  guint tick = g_timeout_add (TICK, desk_tick_cb, desk);
  guint redraw = g_idle_add_full (REDRAW_PRIORITY, desk_redraw_cb, desk, NULL);
  double throughput;

  desk->due = g_get_monotonic_time () + TICK * 1000;
  desk->n_overdue = 0;
  desk->n_undrawn = 0;
  throughput = measure_throughput (desk, 1000);
  desk->due = G_MAXINT64;
  g_source_remove (tick);
  g_source_remove (redraw);

  return throughput;
}

static void
test_flood (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  Desk desk = { .due = G_MAXINT64 };
  ZmqgSocket *socket;
  double ratio = 0;

  socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data), &endpoint);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 64, zmqg_test_peer_flood);
  g_signal_connect (socket, "message-received", G_CALLBACK (desk_received_cb), &desk);
  zmqg_test_wait_for (desk.n_messages > 1000);

  /* Caches and clocks are shared with the rest of the machine */
  for (guint i = 0; i < 3 && ratio <= 0.8; i++)
    {
      double unbounded = measure_unbounded (&desk);

      ratio = measure_desk (&desk) / unbounded;
    }
  g_test_message ("tick %u messages late at worst, redraw after %u, throughput %.2f",
                  desk.worst_tick, desk.worst_redraw, ratio);
  g_assert_cmpuint (desk.n_ticks, >=, 20);
  g_assert_cmpuint (desk.n_redraws, >=, 20);
  g_assert_cmpuint (desk.worst_tick * HANDLER_TIME, <, 10 * 1000);
  g_assert_cmpuint (desk.worst_redraw * HANDLER_TIME, <, 20 * 1000);
  g_assert_cmpfloat (ratio, >, 0.8);

  zmqg_test_release (socket);
}

static void
send_time_slowly (ZmqgTestPeer *peer)
{
  while (!zmqg_test_peer_is_stopping (peer))
    {
      zmqg_test_peer_send_number (peer, g_get_monotonic_time ());
      g_usleep (20 * 1000);
    }
}

static int
compare_latencies (gconstpointer a,
                   gconstpointer b)
{
  gint64 first = *(const gint64 *) a, second = *(const gint64 *) b;

  return (first > second) - (first < second);
}

static void
latency_received_cb (ZmqgSocket  *socket,
                     ZmqgMessage *message,
                     GArray      *latencies)
{
  gint64 latency = g_get_monotonic_time () - (gint64) zmqg_test_message_get_number (message);

  g_array_append_val (latencies, latency);
}

static void
test_two_busy (gconstpointer data)
{
  g_autofree char *busy_endpoint = NULL, *slow_endpoint = NULL;
  g_autoptr (ZmqgTestPeer) busy_peer = NULL, slow_peer = NULL;
  g_autoptr (GArray) latencies = g_array_new (FALSE, FALSE, sizeof (gint64));
  Desk desk = { .due = G_MAXINT64 };
  ZmqgSocket *busy, *slow;
  gint64 median;

  busy = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data),
                                     &busy_endpoint);
  slow = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data),
                                     &slow_endpoint);
  g_signal_connect (busy, "message-received", G_CALLBACK (desk_received_cb), &desk);
  g_signal_connect (slow, "message-received", G_CALLBACK (latency_received_cb), latencies);
  busy_peer = zmqg_test_peer_start (busy_endpoint, ZMQ_PUSH, -1, 64, zmqg_test_peer_flood);
  zmqg_test_wait_for (desk.n_messages > 1000);
  slow_peer = zmqg_test_peer_start (slow_endpoint, ZMQ_PUSH, -1, 64, send_time_slowly);
  zmqg_test_wait_for (latencies->len >= 40);

  /* The scheduler may delay single ones on a busy machine; a loop that serves one socket only
   * delays them all. */
  g_array_sort (latencies, compare_latencies);
  median = g_array_index (latencies, gint64, latencies->len / 2);
  g_test_message ("median latency %d µs", (int) median);
  g_assert_cmpint (median, <, 10 * 1000);

  zmqg_test_release (busy);
  zmqg_test_release (slow);
}

typedef struct
{
  guint n_received;
  guint n_sent;
  guint n_accepted;
  guint depth;
  guintptr lowest;
  guintptr highest;
} Recursion;

static void
enter (Recursion *recursion)
{
  guintptr here = (guintptr) __builtin_frame_address (0);

  g_assert_cmpuint (recursion->depth, ==, 0);
  recursion->depth++;
  recursion->lowest = recursion->lowest == 0 ? here : MIN (recursion->lowest, here);
  recursion->highest = MAX (recursion->highest, here);
}

static void
recursion_received_cb (ZmqgSocket  *socket,
                       ZmqgMessage *message,
                       Recursion   *recursion)
{
  enter (recursion);
  recursion->n_received++;
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;

      if (zmqg_socket_send (socket, message, &error))
        recursion->n_sent++;
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
    }
  recursion->depth--;
}

static void
recursion_sent_cb (ZmqgSocket  *socket,
                   ZmqgMessage *message,
                   Recursion   *recursion)
{
  enter (recursion);
  recursion->n_accepted++;
  recursion->depth--;
}

static void
recursion_check (Recursion *recursion)
{
  g_assert_cmpuint (recursion->n_accepted, >, 0);
  /* Two kinds of handlers, each reached on one way only */
  g_assert_cmpuint (recursion->highest - recursion->lowest, <, 8 * 1024);
}

/* Each end answers each message with three: it only grows, until the queues are full */
static void
test_recursion (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { 0 };
  Recursion recursion = { 0 };

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PAIR,
                       ZMQG_SOCKET_TYPE_PAIR);
  for (int i = 0; i < 2; i++)
    {
      ZmqgSocket *socket = i == 0 ? pair.bound : pair.connected;

      g_signal_connect (socket, "message-received", G_CALLBACK (recursion_received_cb),
                        &recursion);
      g_signal_connect (socket, "message-sent", G_CALLBACK (recursion_sent_cb), &recursion);
    }
  zmqg_test_send_number (pair.connected, 0);
  zmqg_test_wait_for (recursion.n_received >= 20000);
  recursion_check (&recursion);

  zmqg_socket_close (pair.bound);
  zmqg_socket_close (pair.connected);
}

typedef struct
{
  guint n_messages;
  gsize baseline;
  gsize most;
} BigMessages;

static void
big_received_cb (ZmqgSocket  *socket,
                 ZmqgMessage *message,
                 BigMessages *big)
{
  big->n_messages++;
  if (big->n_messages == 100)
    big->baseline = zmqg_test_get_rss ();
  if (big->n_messages <= 100 || big->n_messages % 10 != 0)
    return;

  big->most = MAX (big->most, zmqg_test_get_rss ());
  /* At this rate a leak fills the machine within seconds */
  if (zmqg_test_rss_is_meaningful ())
    g_assert_cmpuint (big->most, <, big->baseline + 64 * MIB);
}

static void
test_always_busy (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  BigMessages big = { 0 };
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);

  zmqg_test_set_number (socket, "receive-high-water-mark", 4);
  zmqg_test_bind_free (socket, GPOINTER_TO_INT (data), &endpoint);
  g_signal_connect (socket, "message-received", G_CALLBACK (big_received_cb), &big);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, 4, MIB, zmqg_test_peer_flood);
  zmqg_test_run_for (NULL, g_test_slow () ? 60000 : 2000);
  zmqg_test_wait_for (big.n_messages >= 400);

  zmqg_test_release (socket);
}

static guint
send_until_full (ZmqgSocket *socket)
{
  guint n_sent = 0;

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ZmqgMessage) message = zmqg_test_message_new (n_sent, 1024);

      if (!zmqg_socket_send (socket, message, &error))
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
          return n_sent;
        }
      n_sent++;
      g_assert_cmpuint (n_sent, <, 100000);
    }
}

static void
count_cb (ZmqgSocket *socket,
          guint      *count)
{
  (*count)++;
}

static void
check_no_peer (ZmqgSocket *socket,
               ZmqgSocket *late,
               guint       n_expected,
               const char *endpoint)
{
  g_autoptr (GError) error = NULL;
  ZmqgTestCounter counter = { 0 };
  guint n_writable = 0;

  g_signal_connect (socket, "writable", G_CALLBACK (count_cb), &n_writable);
  zmqg_test_counter_connect (&counter, late);
  g_assert_cmpuint (send_until_full (socket), ==, n_expected);
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (n_writable, ==, 0);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 100), <=, 4);

  if (endpoint != NULL)
    zmqg_socket_connect_to (late, endpoint, &error);
  g_assert_no_error (error);
  zmqg_test_wait_for (n_writable > 0 && counter.n_messages == n_expected);
  zmqg_test_send_number (socket, n_expected);
  zmqg_test_wait_for (counter.n_messages == n_expected + 1);
  g_assert_cmpuint (n_writable, ==, 1);

  zmqg_test_release (socket);
  zmqg_test_release (late);
}

/* libzmq takes nothing for a bound socket that has no peer */
static void
test_no_peer_bound (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  ZmqgSocket *socket;

  socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, GPOINTER_TO_INT (data), &endpoint);
  check_no_peer (socket, zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL),
                 zmqg_test_get_number (socket, "send-queue-limit"), endpoint);
}

static gboolean
bind_late_cb (gpointer user_data)
{
  ZmqgSocket *socket = user_data;
  g_autoptr (GError) error = NULL;

  zmqg_socket_bind (socket, g_object_get_data (G_OBJECT (socket), "endpoint"), &error);
  g_assert_no_error (error);

  return G_SOURCE_REMOVE;
}

/* A port on which nobody has listened: libzmq closes a listener some time after zmq_close(), and
 * the messages it still accepted would go with it. */
static char *
find_unused_endpoint (void)
{
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);

  return g_strdup_printf ("tcp://127.0.0.1:%u",
                          g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
}

/* libzmq takes what its high-water mark allows on behalf of a peer that is to come */
static void
test_no_peer_connected (void)
{
  char *endpoint = find_unused_endpoint ();
  ZmqgSocket *socket, *late;

  socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_set_number (socket, "send-high-water-mark", 50);
  zmqg_test_set_number (socket, "send-queue-limit", 20);
  g_assert_true (zmqg_socket_connect_to (socket, endpoint, NULL));
  late = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_object_set_data_full (G_OBJECT (late), "endpoint", endpoint, g_free);
  g_timeout_add (300, bind_late_cb, late);
  check_no_peer (socket, late, 70, NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/scenario/15/flood", test_flood);
  zmqg_test_add_transports ("/scenario/16/two-busy-sockets", test_two_busy);
  zmqg_test_add_transports ("/scenario/17/recursion", test_recursion);
  zmqg_test_add_transports ("/scenario/18/always-busy", test_always_busy);
  zmqg_test_add_transports ("/scenario/19/no-peer/bound", test_no_peer_bound);
  g_test_add_func ("/scenario/19/no-peer/connected", test_no_peer_connected);

  return g_test_run ();
}
