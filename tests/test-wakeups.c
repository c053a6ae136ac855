/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

#define N_ROUNDS 15
#define WINDOW 8
/* Far more than a message takes when nothing was lost (ms) */
#define SOON 3000

typedef void (*UseFunc) (ZmqgSocket *socket);

/* In a dispatch of another source, a message arrives and the socket is used: what uses it takes
 * the edge of its ZMQ_FD away, and no further traffic will bring one. */
typedef struct
{
  ZmqgSocket *socket;
  ZmqgTestPeer *peer;
  UseFunc use;
} EatenEdge;

static gboolean
eat_edge_cb (gpointer user_data)
{
  EatenEdge *test = user_data;

  zmqg_test_peer_send_now (test->peer, 1);
  test->use (test->socket);

  return G_SOURCE_REMOVE;
}

static void
check_use_keeps_message (ZmqgTestTransport transport,
                         UseFunc           use)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  ZmqgTestCounter counter = { 0 };
  EatenEdge test = { NULL, NULL, use };

  test.socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_DEALER, transport, &endpoint);
  test.peer = peer = zmqg_test_peer_start (endpoint, ZMQ_DEALER, 0, 0, zmqg_test_peer_on_command);
  zmqg_test_counter_connect (&counter, test.socket);

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      zmqg_test_run_until_idle (NULL);
      g_idle_add (eat_edge_cb, &test);
      zmqg_test_wait_for_in (NULL, SOON, counter.n_messages == i + 1);
    }

  zmqg_test_release (test.socket);
}

static void
use_send (ZmqgSocket *socket)
{
  zmqg_test_send_number (socket, 0);
}

static void
test_send_eats_edge (gconstpointer data)
{
  check_use_keeps_message (GPOINTER_TO_INT (data), use_send);
}

typedef struct
{
  ZmqgSocket *socket;
  guint n_sent;
  guint n_received;
  guint n_total;
  guint idle;
} Echo;

static gboolean
echo_send_cb (gpointer user_data)
{
  Echo *echo = user_data;

  if (echo->n_sent == echo->n_total || echo->n_sent - echo->n_received == WINDOW)
    {
      echo->idle = 0;
      return G_SOURCE_REMOVE;
    }
  zmqg_test_send_number (echo->socket, echo->n_sent++);

  return G_SOURCE_CONTINUE;
}

static void
echo_received_cb (ZmqgSocket  *socket,
                  ZmqgMessage *message,
                  Echo        *echo)
{
  g_assert_cmpuint (zmqg_test_message_get_number (message), ==, echo->n_received);
  echo->n_received++;
  if (echo->idle == 0)
    echo->idle = g_idle_add (echo_send_cb, echo);
}

static void
check_echo (ZmqgTestTransport transport,
            gboolean          by_pyzmq)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  g_autoptr (ZmqgTestProcess) process = NULL;
  Echo echo = { .n_total = by_pyzmq ? 5000 : g_test_slow () ? 200000 : 20000 };

  echo.socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_DEALER, transport, &endpoint);
  if (by_pyzmq)
    process = zmqg_test_process_start ("echo.py", endpoint, NULL);
  else
    peer = zmqg_test_peer_start (endpoint, ZMQ_DEALER, -1, 0, zmqg_test_peer_echo);
  g_signal_connect (echo.socket, "message-received", G_CALLBACK (echo_received_cb), &echo);
  echo.idle = g_idle_add (echo_send_cb, &echo);
  zmqg_test_wait_for_in (NULL, 3 * ZMQG_TEST_DEADLINE, echo.n_received == echo.n_total);
  zmqg_test_run_until_idle (NULL);

  zmqg_test_release (echo.socket);
}

static void
test_echo (gconstpointer data)
{
  check_echo (GPOINTER_TO_INT (data), FALSE);
}

static void
test_echo_pyzmq (void)
{
  check_echo (ZMQG_TEST_TCP, TRUE);
}

static int
read_events (ZmqgSocket *socket)
{
  int events = 0;
  size_t size = sizeof events;

  g_assert_cmpint (zmq_getsockopt (zmqg_socket_get_handle (socket), ZMQ_EVENTS, &events, &size),
                   ==, 0);

  return events;
}

static void
connect_handler (ZmqgSocket      *socket,
                 ZmqgTestCounter *counter)
{
  zmqg_test_counter_connect (counter, socket);
}

static void
move_to_other_hub (ZmqgSocket      *socket,
                   ZmqgTestCounter *counter)
{
  zmqg_test_counter_connect (counter, socket);
  zmqg_test_set_number (socket, "priority", G_PRIORITY_DEFAULT + 1);
}

static void
check_waiting (ZmqgTestTransport   transport,
               void              (*attach) (ZmqgSocket *, ZmqgTestCounter *))
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  ZmqgTestCounter counter = { 0 };
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, transport, &endpoint);

  peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 0, zmqg_test_peer_on_command);
  zmqg_test_run_until_idle (NULL);
  zmqg_test_peer_send_now (peer, 100);
  zmqg_test_poll_for ((read_events (socket) & ZMQ_POLLIN) != 0);
  g_usleep (ZMQG_TEST_SETTLE);
  g_assert_cmpint (read_events (socket) & ZMQ_POLLIN, !=, 0);

  attach (socket, &counter);
  zmqg_test_wait_for_in (NULL, SOON, counter.n_messages == 100);

  zmqg_test_release (socket);
}

static void
test_waiting_before_handler (gconstpointer data)
{
  check_waiting (GPOINTER_TO_INT (data), connect_handler);
}

static void
test_waiting_before_attach (gconstpointer data)
{
  check_waiting (GPOINTER_TO_INT (data), move_to_other_hub);
}

static void
use_condition_check (ZmqgSocket *socket)
{
  zmqg_socket_condition_check (socket, G_IO_OUT);
}

static void
use_handle (ZmqgSocket *socket)
{
  read_events (socket);
}

static gint64
get_events (ZmqgSocket *socket)
{
  gint64 events = 0;

  g_assert_true (zmqg_socket_get_option_int (socket, ZMQ_EVENTS, &events, NULL));

  return events;
}

static void
use_option (ZmqgSocket *socket)
{
  zmqg_test_poll_for ((get_events (socket) & ZMQ_POLLIN) != 0);
}

static void
use_bind (ZmqgSocket *socket)
{
  zmqg_test_bind_free (socket, ZMQG_TEST_INPROC, NULL);
}

static void
use_connect (ZmqgSocket *socket)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *endpoint = zmqg_test_transport_get_free (ZMQG_TEST_INPROC);

  zmqg_socket_connect_to (socket, endpoint, &error);
  g_assert_no_error (error);
}

static const struct
{
  const char *name;
  UseFunc use;
} uses[] = {
  { "condition-check", use_condition_check },
  { "handle", use_handle },
  { "option", use_option },
  { "bind", use_bind },
  { "connect-to", use_connect },
};

static void
test_use (gconstpointer data)
{
  for (int transport = 0; transport < ZMQG_TEST_N_TRANSPORTS; transport++)
    check_use_keeps_message (transport, uses[GPOINTER_TO_UINT (data)].use);
}

static void
take_first (ZmqgSocket *socket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgMessage) message = zmqg_socket_try_receive (socket, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (zmqg_test_message_get_number (message), ==, 0);
}

/* What try_receive() leaves behind has lost its edge, too */
static void
test_try_receive (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  ZmqgTestCounter counter = { .next = 1 };
  ZmqgSocket *socket;

  socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data), &endpoint);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 0, zmqg_test_peer_on_command);
  zmqg_test_counter_connect (&counter, socket);
  zmqg_test_run_until_idle (NULL);

  zmqg_test_peer_send_now (peer, 10);
  zmqg_test_poll_for ((zmqg_socket_condition_check (socket, G_IO_IN) & G_IO_IN) != 0);
  g_usleep (ZMQG_TEST_SETTLE);
  take_first (socket);
  zmqg_test_wait_for_in (NULL, SOON, counter.n_messages == 9);

  zmqg_test_release (socket);
}

static void
test_interest (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  ZmqgTestCounter counter = { 0 };
  ZmqgSocket *socket;
  gulong handler;
  gint64 begun;

  socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data), &endpoint);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 0, zmqg_test_peer_on_command);
  handler = zmqg_test_counter_connect (&counter, socket);
  zmqg_test_peer_send_now (peer, 1);
  zmqg_test_wait_for (counter.n_messages == 1);

  for (guint i = 0; i < 3; i++)
    {
      g_signal_handler_disconnect (socket, handler);
      zmqg_test_peer_send_now (peer, 10);
      zmqg_test_run_until_idle (NULL);
      begun = zmqg_test_get_thread_cpu_time ();
      g_assert_cmpuint (zmqg_test_run_for (NULL, 200), <=, 4);
      g_assert_cmpint (zmqg_test_get_thread_cpu_time () - begun, <, 10000);
      g_assert_cmpuint (counter.n_messages, ==, 1 + 10 * i);

      handler = zmqg_test_counter_connect (&counter, socket);
      zmqg_test_wait_for_in (NULL, SOON, counter.n_messages == 11 + 10 * i);
    }

  zmqg_test_release (socket);
}

static void
pass_message (ZmqgSocket      *from,
              ZmqgSocket      *to,
              ZmqgTestCounter *counter)
{
  guint n_before = counter->n_messages;

  g_assert_cmpint (zmqg_socket_condition_check (from, G_IO_IN | G_IO_OUT), ==, G_IO_OUT);
  g_assert_cmpint (zmqg_socket_condition_check (to, G_IO_IN), ==, 0);
  zmqg_test_send_number (from, counter->next);
  g_assert_cmpint (zmqg_socket_condition_check (from, G_IO_OUT), ==, G_IO_OUT);
  g_assert_cmpint (zmqg_socket_condition_check (to, G_IO_IN), ==, G_IO_IN);
  g_assert_cmpuint (counter->n_messages, ==, n_before);
  zmqg_test_wait_for_in (NULL, SOON, counter->n_messages == n_before + 1);
}

static void
check_inproc (gboolean connects_first)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *endpoint = zmqg_test_transport_get_free (ZMQG_TEST_INPROC);
  ZmqgTestCounter counters[2] = { { 0 }, { 0 } };
  ZmqgSocket *sockets[2];

  for (int i = 0; i < 2; i++)
    {
      sockets[i] = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PAIR);
      zmqg_test_counter_connect (&counters[i], sockets[i]);
      if ((i == 0) == connects_first)
        zmqg_socket_connect_to (sockets[i], endpoint, &error);
      else
        zmqg_socket_bind (sockets[i], endpoint, &error);
      g_assert_no_error (error);
    }

  for (guint i = 0; i < 1000; i++)
    pass_message (sockets[i % 2], sockets[1 - i % 2], &counters[1 - i % 2]);

  zmqg_test_release (sockets[0]);
  zmqg_test_release (sockets[1]);
}

static void
test_inproc_bind_first (void)
{
  check_inproc (FALSE);
}

static void
test_inproc_connect_first (void)
{
  check_inproc (TRUE);
}

/* The quickest of some: a machine that is busy delays one, a missed wake-up delays all */
static void
check_single_messages (ZmqgTestPeer    *peer,
                       ZmqgTestCounter *counter)
{
  gint64 quickest = G_MAXINT64;

  for (guint i = 0; i < 5; i++)
    {
      guint n_before = counter->n_messages;
      gint64 sent;

      zmqg_test_run_for (NULL, g_test_slow () ? 1000 : 100);
      sent = g_get_monotonic_time ();
      g_async_queue_push (peer->commands, GUINT_TO_POINTER (1));
      zmqg_test_wait_for_in (NULL, SOON, counter->n_messages == n_before + 1);
      quickest = MIN (quickest, g_get_monotonic_time () - sent);
    }
  g_assert_cmpint (quickest, <, 50 * 1000);
}

static void
test_high_to_low (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  ZmqgTestCounter counter = { 0 };
  ZmqgSocket *socket;
  const guint bursts[] = { 50000, 500 };

  socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data), &endpoint);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 0, zmqg_test_peer_on_command);
  zmqg_test_counter_connect (&counter, socket);

  for (guint i = 0; i < G_N_ELEMENTS (bursts); i++)
    {
      guint n_before = counter.n_messages;

      g_async_queue_push (peer->commands, GUINT_TO_POINTER (bursts[i]));
      zmqg_test_wait_for (counter.n_messages == n_before + bursts[i]);
      check_single_messages (peer, &counter);
    }

  zmqg_test_release (socket);
}

typedef struct
{
  ZmqgSocket *socket;
  ZmqgTestPeer *peer;
  ZmqgTestCounter replies;
  guint n_ticks;
} TwoWay;

static gboolean
two_way_tick_cb (gpointer user_data)
{
  TwoWay *test = user_data;

  /* What came in the last tick did not wait for the sends of this one */
  g_assert_cmpuint (test->replies.n_messages, ==, test->n_ticks);
  test->n_ticks++;
  zmqg_test_peer_send_now (test->peer, 1);
  for (guint i = 0; i < 10; i++)
    zmqg_test_send_number (test->socket, i);

  return G_SOURCE_CONTINUE;
}

static void
test_two_way (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  TwoWay test = { 0 };
  guint tick;

  test.socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PAIR, GPOINTER_TO_INT (data),
                                            &endpoint);
  test.peer = peer = zmqg_test_peer_start (endpoint, ZMQ_PAIR, 0, 0, zmqg_test_peer_on_command);
  zmqg_test_counter_connect (&test.replies, test.socket);
  /* Much longer than a reply takes, also on a busy machine */
  tick = g_timeout_add (100, two_way_tick_cb, &test);
  zmqg_test_wait_for (test.replies.n_messages == 10);
  g_source_remove (tick);

  zmqg_test_release (test.socket);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/scenario/01/send-eats-the-edge", test_send_eats_edge);
  zmqg_test_add_transports ("/scenario/01/echo", test_echo);
  g_test_add_func ("/scenario/01/echo/pyzmq", test_echo_pyzmq);
  zmqg_test_add_transports ("/scenario/02/waiting-before-handler", test_waiting_before_handler);
  zmqg_test_add_transports ("/scenario/02/waiting-before-attach", test_waiting_before_attach);
  for (guint i = 0; i < G_N_ELEMENTS (uses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/scenario/03/%s", uses[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_use);
    }
  zmqg_test_add_transports ("/scenario/03/try-receive", test_try_receive);
  zmqg_test_add_transports ("/scenario/05/interest-changes", test_interest);
  g_test_add_func ("/scenario/06/bind-first", test_inproc_bind_first);
  g_test_add_func ("/scenario/06/connect-first", test_inproc_connect_first);
  zmqg_test_add_transports ("/scenario/07/high-to-low-rate", test_high_to_low);
  zmqg_test_add_transports ("/scenario/08/two-way", test_two_way);

  return g_test_run ();
}
