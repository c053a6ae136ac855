/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-events.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

/* Events: that each kind comes where it should, with what belongs to it */

#define KIND(kind) ZMQG_CONNECTION_EVENT_KIND_##kind

static void
wait_for_event (ZmqgTestEvents          *events,
                ZmqgConnectionEventKind  kind)
{
  zmqg_test_wait_for (zmqg_test_events_get (events, kind) != NULL);
}

static void
test_accepting_end (gconstpointer data)
{
  ZmqgTestTransport transport = GPOINTER_TO_INT (data);
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL, transport,
                                                                  &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  g_auto (ZmqgTestRaw) raw = { NULL };
  ZmqgConnectionEvent *event;
  gint64 before = g_get_monotonic_time ();

  g_test_summary ("listening, accepted, handshake-succeeded and disconnected come in this order");

  zmqg_test_events_init (&events, socket);
  zmqg_test_raw_init (&raw, ZMQ_PUSH, NULL);
  zmqg_test_raw_connect (&raw, endpoint);
  wait_for_event (&events, KIND (HANDSHAKE_SUCCEEDED));
  zmqg_test_raw_clear (&raw);
  wait_for_event (&events, KIND (DISCONNECTED));

  g_assert_cmpuint (events.events->len, ==, 4);
  for (guint i = 0; i < events.events->len; i++)
    {
      event = events.events->pdata[i];
      g_assert_cmpstr (zmqg_connection_event_get_endpoint (event), ==, endpoint);
      g_assert_cmpint (zmqg_connection_event_get_error_code (event), ==, 0);
      g_assert_null (zmqg_connection_event_get_reason (event));
      g_assert_cmpint (zmqg_connection_event_get_interval (event), ==, 0);
      g_assert_cmpuint (zmqg_connection_event_get_n_times (event), ==, 1);
      g_assert_cmpuint (zmqg_connection_event_get_n_dropped (event), ==, 0);
      g_assert_cmpint (zmqg_connection_event_get_time (event), <=, g_get_monotonic_time ());
      g_assert_cmpint (zmqg_connection_event_get_time (event), >=, i > 0 ? before : 0);
      g_assert_cmpint (zmqg_connection_event_get_failure (event), ==, ZMQG_HANDSHAKE_FAILURE_NONE);
      g_assert_true ((zmqg_connection_event_get_peer (event) != NULL) == (i > 0));
    }
  event = events.events->pdata[0];
  g_assert_cmpint (zmqg_connection_event_get_kind (event), ==, KIND (LISTENING));
  event = events.events->pdata[1];
  g_assert_cmpint (zmqg_connection_event_get_kind (event), ==, KIND (ACCEPTED));
  event = events.events->pdata[2];
  g_assert_cmpint (zmqg_connection_event_get_kind (event), ==, KIND (HANDSHAKE_SUCCEEDED));
}

/* A port that was free a moment ago, with a socket that is bound to it and does not listen */
static int
reserve_port (char **endpoint)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t size = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &size), ==, 0);
  *endpoint = g_strdup_printf ("tcp://127.0.0.1:%u", ntohs (address.sin_port));

  return fd;
}

static void
test_connecting_end (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PUSH,
                                                                  ZMQG_TEST_TCP, NULL);
  g_autoptr (ZmqgSocket) server = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_auto (ZmqgTestEvents) events = { NULL };
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;
  ZmqgConnectionEvent *event;
  int fd = reserve_port (&endpoint);

  g_test_summary ("34: Refused, retried, and connected as soon as the server is there");

  zmqg_test_events_init (&events, socket);
  g_object_set (socket, "reconnect-interval", 20, NULL);
  zmqg_socket_connect_to (socket, endpoint, &error);
  g_assert_no_error (error);
  zmqg_test_wait_for (zmqg_test_events_count (&events, KIND (CONNECT_RETRIED)) >= 2);

  event = zmqg_test_events_get (&events, KIND (CONNECT_DELAYED));
  g_assert_cmpint (zmqg_connection_event_get_error_code (event), ==, EINPROGRESS);
  g_assert_cmpstr (zmqg_connection_event_get_reason (event), ==, g_strerror (EINPROGRESS));
  event = zmqg_test_events_get (&events, KIND (CONNECT_RETRIED));
  g_assert_cmpint (zmqg_connection_event_get_interval (event), >=, 20);
  g_assert_cmpint (zmqg_connection_event_get_error_code (event), ==, 0);
  g_assert_nonnull (zmqg_test_events_get (&events, KIND (CLOSED)));
  g_assert_null (zmqg_test_events_get (&events, KIND (CONNECTED)));
  g_assert_cmpint (zmqg_test_get_number (socket, "n-peers"), ==, 0);

  close (fd);
  zmqg_socket_bind (server, endpoint, &error);
  g_assert_no_error (error);
  wait_for_event (&events, KIND (CONNECTED));
  event = zmqg_test_events_get (&events, KIND (CONNECTED));
  g_assert_cmpstr (zmqg_connection_event_get_endpoint (event), ==, endpoint);
  g_assert_cmpstr (zmqg_peer_get_address (zmqg_connection_event_get_peer (event)), ==, endpoint);
  g_assert_false (zmqg_peer_is_incoming (zmqg_connection_event_get_peer (event)));
  zmqg_test_wait_for (zmqg_test_get_number (socket, "n-peers") == 1);
}

static void
test_bind_failed (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) first = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, ZMQG_TEST_TCP,
                                                             &endpoint);
  g_autoptr (ZmqgSocket) second = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                  ZMQG_TEST_TCP, NULL);
  g_auto (ZmqgTestEvents) events = { NULL };
  g_autoptr (GError) error = NULL;
  ZmqgConnectionEvent *event;

  g_test_summary ("What could not be bound is an event too, beside the error of the call");

  zmqg_test_events_init (&events, second);
  zmqg_socket_bind (second, endpoint, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpuint (events.events->len, ==, 0);
  wait_for_event (&events, KIND (BIND_FAILED));
  event = zmqg_test_events_get (&events, KIND (BIND_FAILED));
  g_assert_cmpint (zmqg_connection_event_get_error_code (event), ==, EADDRINUSE);
}

static void
test_unbind (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  g_autoptr (GError) error = NULL;

  g_test_summary ("What is unbound is closed");

  zmqg_test_events_init (&events, socket);
  zmqg_socket_unbind (socket, endpoint, &error);
  g_assert_no_error (error);
  wait_for_event (&events, KIND (CLOSED));
}

static void
test_garbage (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  ZmqgConnectionEvent *event;
  int fd = zmqg_test_tcp_connect (endpoint);

  g_test_summary ("Who goes during the handshake has failed, and was no peer");

  zmqg_test_events_init (&events, socket);
  wait_for_event (&events, KIND (ACCEPTED));
  close (fd);
  wait_for_event (&events, KIND (DISCONNECTED));
  event = zmqg_test_events_get (&events, KIND (HANDSHAKE_FAILED));
  g_assert_nonnull (event);
  g_assert_cmpint (zmqg_connection_event_get_failure (event), ==,
                   ZMQG_HANDSHAKE_FAILURE_NO_DETAIL);
  g_assert_cmpint (zmqg_connection_event_get_error_code (event), !=, 0);
  g_assert_nonnull (zmqg_connection_event_get_reason (event));
  g_assert_nonnull (zmqg_connection_event_get_peer (event));
  g_assert_cmpint (zmqg_test_get_number (socket, "n-peers"), ==, 0);
}

/* Signature, version 3.1, mechanism, client, filler */
static const guint8 plain_greeting[64] =
  "\xff\0\0\0\0\0\0\0\1\x7f" "\3\1" "PLAIN";

static void
test_mechanism_mismatch (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  ZmqgConnectionEvent *event;
  int fd = zmqg_test_tcp_connect (endpoint);

  g_test_summary ("Another mechanism is against the protocol");

  zmqg_test_events_init (&events, socket);
  /* Written by hand: two of libzmq tell whichever of them is faster */
  g_assert_cmpint (write (fd, plain_greeting, sizeof plain_greeting), ==, sizeof plain_greeting);
  wait_for_event (&events, KIND (DISCONNECTED));
  close (fd);
  event = zmqg_test_events_get (&events, KIND (HANDSHAKE_FAILED));
  g_assert_cmpint (zmqg_connection_event_get_failure (event), ==, ZMQG_HANDSHAKE_FAILURE_PROTOCOL);
  g_assert_cmpint (zmqg_connection_event_get_error_code (event), ==,
                   ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH);
  g_assert_cmpstr (zmqg_connection_event_get_reason (event), ==,
                   "The ends use different security mechanisms");
}

static void
count_cb (ZmqgSocket          *socket,
          ZmqgConnectionEvent *event,
          guint               *count)
{
  (*count)++;
}

static void
test_details (void)
{
  const char * const endpoints[] = { "tcp://127.0.0.1:*", NULL };
  g_autoptr (ZmqgSocket) socket = g_object_new (ZMQG_TYPE_SOCKET, "socket-type",
                                                ZMQG_SOCKET_TYPE_PULL, "bind-endpoints", endpoints,
                                                "monitored", TRUE, NULL);
  g_autofree char *endpoint = zmqg_socket_dup_last_endpoint (socket);
  guint n_listening = 0, n_accepted = 0, n_failed = 0, n_disconnected = 0;
  int fd;

  g_test_summary ("The detail of the signal is the kind of the event, and the first is there");

  g_signal_connect (socket, "connection-event::listening", G_CALLBACK (count_cb), &n_listening);
  g_signal_connect (socket, "connection-event::accepted", G_CALLBACK (count_cb), &n_accepted);
  g_signal_connect (socket, "connection-event::handshake-failed", G_CALLBACK (count_cb),
                    &n_failed);
  g_signal_connect (socket, "connection-event::disconnected", G_CALLBACK (count_cb),
                    &n_disconnected);
  fd = zmqg_test_tcp_connect (endpoint);
  zmqg_test_wait_for (n_accepted == 1);
  close (fd);
  zmqg_test_wait_for (n_disconnected == 1);
  g_assert_cmpuint (n_listening, ==, 1);
  g_assert_cmpuint (n_failed, ==, 1);
}

static void
disable_cb (ZmqgSocket          *socket,
            ZmqgConnectionEvent *event,
            gpointer             user_data)
{
  g_object_set (socket, "monitored", FALSE, NULL);
}

static void
test_disable (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  g_auto (ZmqgTestRaw) first = { NULL }, second = { NULL };

  g_test_summary ("Switched off in a handler: that it has stopped is the last event");

  zmqg_test_events_init (&events, socket);
  g_signal_connect (socket, "connection-event::handshake-succeeded", G_CALLBACK (disable_cb), NULL);
  zmqg_test_raw_init (&first, ZMQ_PUSH, NULL);
  zmqg_test_raw_connect (&first, endpoint);
  wait_for_event (&events, KIND (MONITOR_STOPPED));
  g_assert_cmpstr (zmqg_connection_event_get_endpoint (
                     zmqg_test_events_get (&events, KIND (MONITOR_STOPPED))), ==, "");

  zmqg_test_raw_init (&second, ZMQ_PUSH, NULL);
  zmqg_test_raw_connect (&second, endpoint);
  zmqg_test_raw_send (&second, "here");
  zmqg_test_run_for (NULL, 100);
  g_assert_cmpint (zmqg_connection_event_get_kind (
                     events.events->pdata[events.events->len - 1]), ==, KIND (MONITOR_STOPPED));
  g_assert_cmpint (zmqg_test_get_number (socket, "n-peers"), ==, 0);
}

static void
closed_cb (ZmqgSocket *socket,
           GPtrArray  *order)
{
  g_ptr_array_add (order, (gpointer) "closed");
}

static void
stopped_cb (ZmqgSocket          *socket,
            ZmqgConnectionEvent *event,
            GPtrArray           *order)
{
  g_ptr_array_add (order, (gpointer) "monitor-stopped");
}

static void
n_peers_cb (ZmqgSocket *socket,
            GParamSpec *pspec,
            GPtrArray  *order)
{
  g_ptr_array_add (order, zmqg_test_get_number (socket, "n-peers") > 0 ? (gpointer) "1" :
                                                                        (gpointer) "0");
}

static void
test_close (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  g_auto (ZmqgTestRaw) raw = { NULL };
  g_autofree char *joined = NULL;

  g_test_summary ("At close the last events come before closed, and no peer is left");

  g_signal_connect (socket, "closed", G_CALLBACK (closed_cb), order);
  g_signal_connect (socket, "notify::n-peers", G_CALLBACK (n_peers_cb), order);
  g_signal_connect (socket, "connection-event::monitor-stopped", G_CALLBACK (stopped_cb), order);
  zmqg_test_raw_init (&raw, ZMQ_PUSH, NULL);
  zmqg_test_raw_connect (&raw, endpoint);
  zmqg_test_wait_for (order->len == 1);
  zmqg_socket_close (socket);
  g_assert_cmpuint (order->len, ==, 1);
  zmqg_test_wait_for (g_ptr_array_find_with_equal_func (order, "closed", g_str_equal, NULL));
  g_ptr_array_add (order, NULL);
  joined = g_strjoinv (" ", (char **) order->pdata);
  g_assert_cmpstr (joined, ==, "1 monitor-stopped 0 closed");
}

static void
test_inproc (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                  ZMQG_TEST_INPROC, &endpoint);
  g_autoptr (ZmqgSocket) push = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  ZmqgTestCounter counter = { 0 };

  g_test_summary ("libzmq has no events of inproc");

  zmqg_test_events_init (&events, socket);
  zmqg_test_counter_connect (&counter, socket);
  zmqg_test_send_number (push, 0);
  zmqg_test_wait_for (counter.n_messages == 1);
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (events.events->len, ==, 0);
  g_assert_cmpint (zmqg_test_get_number (socket, "n-peers"), ==, 0);
}

static void
test_websocket (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                  ZMQG_TEST_TCP, NULL);
  g_auto (ZmqgTestEvents) events = { NULL };
  g_auto (ZmqgTestRaw) raw = { NULL };
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("Over WebSocket the half of the handshake that is HTTP does not count");

  if (!zmqg_has_capability ("WS"))
    {
      g_test_skip ("libzmq has no WebSocket");
      return;
    }

  zmqg_test_events_init (&events, socket);
  zmqg_socket_bind (socket, "ws://127.0.0.1:*", &error);
  g_assert_no_error (error);
  endpoint = zmqg_socket_dup_last_endpoint (socket);
  zmqg_test_raw_init (&raw, ZMQ_PUSH, NULL);
  zmqg_test_raw_connect (&raw, endpoint);
  wait_for_event (&events, KIND (HANDSHAKE_SUCCEEDED));
  zmqg_test_wait_for (zmqg_test_get_number (socket, "n-peers") == 1);
  zmqg_test_raw_clear (&raw);
  wait_for_event (&events, KIND (DISCONNECTED));
  g_assert_cmpuint (zmqg_test_events_count (&events, KIND (HANDSHAKE_SUCCEEDED)), ==, 1);
  g_assert_cmpint (zmqg_test_get_number (socket, "n-peers"), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/monitor/accepting-end/tcp", GINT_TO_POINTER (ZMQG_TEST_TCP),
                        test_accepting_end);
  g_test_add_data_func ("/monitor/accepting-end/ipc", GINT_TO_POINTER (ZMQG_TEST_IPC),
                        test_accepting_end);
  g_test_add_func ("/monitor/34-connecting-end", test_connecting_end);
  g_test_add_func ("/monitor/bind-failed", test_bind_failed);
  g_test_add_func ("/monitor/unbind", test_unbind);
  g_test_add_func ("/monitor/garbage", test_garbage);
  g_test_add_func ("/monitor/mechanism-mismatch", test_mechanism_mismatch);
  g_test_add_func ("/monitor/details", test_details);
  g_test_add_func ("/monitor/disable", test_disable);
  g_test_add_func ("/monitor/close", test_close);
  g_test_add_func ("/monitor/inproc", test_inproc);
  g_test_add_func ("/monitor/websocket", test_websocket);

  return g_test_run ();
}
