/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-events.h"

#include <string.h>
#include <unistd.h>
#include <zmq.h>

/* Who is connected */

#define KIND(kind) ZMQG_CONNECTION_EVENT_KIND_##kind

static guint
get_n_peers (ZmqgSocket *socket)
{
  return zmqg_test_get_number (socket, "n-peers");
}

static void
count_cb (ZmqgSocket *socket,
          GParamSpec *pspec,
          guint      *count)
{
  (*count)++;
}

static void
test_list (gconstpointer data)
{
  ZmqgTestTransport transport = GPOINTER_TO_INT (data);
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_ROUTER,
                                                                  transport, &endpoint);
  g_auto (ZmqgTestRaw) first = { NULL }, second = { NULL };
  g_autoptr (GPtrArray) peers = NULL, later = NULL;
  gint64 begun = g_get_monotonic_time ();
  guint n_notified = 0;
  ZmqgPeer *peer;

  g_test_summary ("Peers in the order in which they came, with what is known of them");

  g_signal_connect (socket, "notify::n-peers", G_CALLBACK (count_cb), &n_notified);
  zmqg_test_raw_init (&first, ZMQ_DEALER, "one");
  zmqg_test_raw_connect (&first, endpoint);
  zmqg_test_wait_for (n_notified == 1);
  zmqg_test_raw_init (&second, ZMQ_REQ, "two");
  zmqg_test_raw_connect (&second, endpoint);
  zmqg_test_wait_for (n_notified == 2);
  g_assert_cmpuint (get_n_peers (socket), ==, 2);

  peers = zmqg_socket_list_peers (socket);
  g_assert_cmpuint (peers->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      peer = peers->pdata[i];
      g_assert_true (zmqg_peer_is_connected (peer));
      g_assert_true (zmqg_peer_is_incoming (peer));
      g_assert_cmpstr (zmqg_peer_get_endpoint (peer), ==, endpoint);
      g_assert_true (g_str_has_prefix (zmqg_peer_get_address (peer),
                                       transport == ZMQG_TEST_TCP ? "tcp://127.0.0.1:" : endpoint));
      g_assert_cmpint (zmqg_peer_get_since (peer), >=, begun);
      g_assert_cmpint (zmqg_peer_get_since (peer), <=, g_get_monotonic_time ());
      g_assert_cmpstr (zmqg_peer_get_mechanism (peer), ==, "NULL");
      g_assert_cmpint (zmqg_peer_get_process_id (peer), ==,
                       transport == ZMQG_TEST_TCP ? 0 : getpid ());
      g_assert_null (zmqg_peer_get_routing_id (peer));
      g_assert_null (zmqg_peer_get_user_id (peer));
      g_assert_null (zmqg_peer_get_socket_type (peer));
    }
  g_assert_cmpuint (zmqg_peer_get_id (peers->pdata[0]), <, zmqg_peer_get_id (peers->pdata[1]));

  zmqg_test_raw_clear (&first);
  zmqg_test_wait_for (n_notified == 3);
  later = zmqg_socket_list_peers (socket);
  g_assert_cmpuint (later->len, ==, 1);
  g_assert_true (later->pdata[0] == peers->pdata[1]);
  g_assert_false (zmqg_peer_is_connected (peers->pdata[0]));
}

static void
test_messages (gconstpointer data)
{
  ZmqgTestTransport transport = GPOINTER_TO_INT (data);
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_ROUTER,
                                                                  transport, &endpoint);
  g_autoptr (ZmqgMessage) own = zmqg_message_new_string ("own");
  g_auto (ZmqgTestRaw) first = { NULL }, second = { NULL };
  g_autoptr (GPtrArray) peers = NULL;
  ZmqgTestReader reader;

  g_test_summary ("A message tells the routing id and the type of its peer");

  zmqg_test_reader_init (&reader, socket);
  zmqg_test_raw_init (&first, ZMQ_DEALER, "one");
  zmqg_test_raw_connect (&first, endpoint);
  zmqg_test_wait_for (get_n_peers (socket) == 1);
  zmqg_test_raw_init (&second, ZMQ_REQ, "two");
  zmqg_test_raw_connect (&second, endpoint);
  zmqg_test_wait_for (get_n_peers (socket) == 2);
  zmqg_test_raw_send (&second, "hello");
  zmqg_test_raw_send (&first, "hello");
  zmqg_test_wait_for (reader.n_messages == 2);

  peers = zmqg_socket_list_peers (socket);
  g_assert_true (g_hash_table_lookup (reader.peers, "one") == peers->pdata[0]);
  g_assert_true (g_hash_table_lookup (reader.peers, "two") == peers->pdata[1]);
  g_assert_cmpmem (g_bytes_get_data (zmqg_peer_get_routing_id (peers->pdata[1]), NULL), 3,
                   "two", 3);
  g_assert_cmpstr (zmqg_peer_get_socket_type (peers->pdata[0]), ==, "DEALER");
  g_assert_cmpstr (zmqg_peer_get_socket_type (peers->pdata[1]), ==, "REQ");
  g_assert_null (zmqg_socket_find_peer (socket, own));
  zmqg_test_reader_clear (&reader);
}

static void
test_large_messages (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_autofree char *large = g_strnfill (100000, 'x');
  ZmqgTestRaw raw[3];
  ZmqgTestReader reader;

  g_test_summary ("Messages of which none is kept are attributed each time");

  zmqg_test_reader_init (&reader, socket);
  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    {
      zmqg_test_raw_init (&raw[i], ZMQ_PUSH, NULL);
      zmqg_test_raw_connect (&raw[i], endpoint);
      zmqg_test_wait_for (get_n_peers (socket) == i + 1);
    }
  for (guint n = 0; n < 30; n++)
    {
      large[0] = '0' + n % G_N_ELEMENTS (raw);
      zmqg_test_raw_send (&raw[n % G_N_ELEMENTS (raw)], large);
    }
  zmqg_test_wait_for (reader.n_messages == 30);
  g_assert_cmpuint (reader.n_nobody, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    {
      g_autoptr (GPtrArray) peers = zmqg_socket_list_peers (socket);

      large[0] = '0' + i;
      g_assert_true (g_hash_table_lookup (reader.peers, large) == peers->pdata[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    zmqg_test_raw_clear (&raw[i]);
  zmqg_test_reader_clear (&reader);
}

static void
check_late (const char *wildcard,
            const char *host,
            gboolean    ipv6)
{
  const char * const bindings[] = { wildcard, NULL };
  g_autoptr (ZmqgSocket) bound = g_object_new (ZMQG_TYPE_SOCKET, "socket-type",
                                               ZMQG_SOCKET_TYPE_PULL, "ipv6", ipv6,
                                               "bind-endpoints", bindings, NULL);
  g_autoptr (ZmqgSocket) first = g_object_new (ZMQG_TYPE_SOCKET, "socket-type",
                                               ZMQG_SOCKET_TYPE_PUSH, "ipv6", ipv6, NULL);
  g_autoptr (ZmqgSocket) second = g_object_new (ZMQG_TYPE_SOCKET, "socket-type",
                                                ZMQG_SOCKET_TYPE_PUSH, "ipv6", ipv6, NULL);
  g_autofree char *given = zmqg_socket_dup_last_endpoint (bound);
  g_autofree char *endpoint = NULL;
  ZmqgTestCounter counter = { 0 };
  g_autoptr (GPtrArray) peers = NULL;

  if (given == NULL)
    {
      g_test_message ("No %s here", wildcard);
      return;
    }

  endpoint = host == NULL ? g_strdup (given) :
                            g_strconcat ("tcp://", host, strrchr (given, ':'), NULL);
  zmqg_test_counter_connect (&counter, bound);
  zmqg_socket_connect_to (first, endpoint, NULL);
  zmqg_socket_connect_to (second, endpoint, NULL);
  zmqg_test_send_number (first, 0);
  zmqg_test_wait_for (counter.n_messages == 1);
  zmqg_test_send_number (second, 1);
  zmqg_test_wait_for (counter.n_messages == 2);

  g_object_set (bound, "monitored", TRUE, NULL);
  g_object_set (first, "monitored", TRUE, NULL);
  zmqg_test_wait_for (get_n_peers (bound) == 2 && get_n_peers (first) == 1);
  peers = zmqg_socket_list_peers (bound);
  g_assert_cmpuint (peers->len, ==, 2);
  zmqg_test_send_number (second, 2);
  zmqg_test_wait_for (counter.n_messages == 3);
  g_assert_true (g_strcmp0 (zmqg_peer_get_socket_type (peers->pdata[0]), "PUSH") == 0 ||
                 g_strcmp0 (zmqg_peer_get_socket_type (peers->pdata[1]), "PUSH") == 0);

  zmqg_socket_close (bound);
  zmqg_test_wait_for (get_n_peers (first) == 0);
}

static void
test_late (void)
{
  g_test_summary ("Peers older than the watch over them are found, however they are written");

  check_late ("tcp://127.0.0.1:*", NULL, FALSE);
  check_late ("tcp://127.0.0.1:*", "localhost", FALSE);
  check_late ("tcp://0.0.0.0:*", NULL, FALSE);
  check_late ("tcp://0.0.0.0:*", "127.0.0.1", FALSE);
  check_late ("tcp://127.0.0.1:*", "127.0.0.1", TRUE);
  check_late ("tcp://0.0.0.0:*", "127.0.0.1", TRUE);
  check_late ("tcp://[::]:*", NULL, TRUE);
  check_late ("tcp://[::1]:*", NULL, TRUE);
  check_late ("ipc://@zmqg-test-late", NULL, FALSE);
  check_late ("ipc://*", NULL, FALSE);
}

static void
test_stream (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_STREAM,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  ZmqgPeer *peer;
  ZmqgTestReader reader;
  int fd = zmqg_test_tcp_connect (endpoint);

  g_test_summary ("On STREAM there is no handshake");

  zmqg_test_events_init (&events, socket);
  zmqg_test_reader_init (&reader, socket);
  zmqg_test_wait_for (get_n_peers (socket) == 1 && reader.n_messages == 1);
  close (fd);
  zmqg_test_wait_for (zmqg_test_events_get (&events, KIND (DISCONNECTED)) != NULL);
  peer = zmqg_connection_event_get_peer (zmqg_test_events_get (&events, KIND (DISCONNECTED)));
  g_assert_cmpuint (g_bytes_get_size (zmqg_peer_get_routing_id (peer)), ==, 5);
  g_assert_cmpuint (get_n_peers (socket), ==, 0);
  zmqg_test_reader_clear (&reader);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_network_transports ("/peers/list", test_list);
  zmqg_test_add_network_transports ("/peers/messages", test_messages);
  g_test_add_func ("/peers/large-messages", test_large_messages);
  g_test_add_func ("/peers/late", test_late);
  g_test_add_func ("/peers/stream", test_stream);

  return g_test_run ();
}
