/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-events.h"
#include "zmqg-test-peer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

/* Who has gone: also where the next one has the file descriptor since */

#define KIND(kind) ZMQG_CONNECTION_EVENT_KIND_##kind
#define N_VISITS 40

static guint
get_n_peers (ZmqgSocket *socket)
{
  return zmqg_test_get_number (socket, "n-peers");
}

static void
test_killed (gconstpointer data)
{
  ZmqgTestTransport transport = GPOINTER_TO_INT (data);
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_ROUTER,
                                                                  transport, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  ZmqgTestProcess *stays = zmqg_test_process_start ("router-peer.py", "REQ", "stays", endpoint,
                                                    NULL);
  ZmqgTestProcess *leaves = zmqg_test_process_start ("router-peer.py", "DEALER", "leaves", endpoint,
                                                     NULL);
  g_autofree char *process = zmqg_test_process_read_line (leaves);
  g_autofree char *routing_id = NULL;
  ZmqgConnectionEvent *event;
  ZmqgPeer *peer;
  ZmqgTestReader reader;

  g_test_summary ("A ROUTER is told which peer has been killed");

  zmqg_test_events_init (&events, socket);
  zmqg_test_reader_init (&reader, socket);
  zmqg_test_wait_for (reader.n_messages == 2);
  g_assert_cmpuint (reader.n_nobody, ==, 0);
  zmqg_test_process_kill (leaves);
  zmqg_test_wait_for (zmqg_test_events_get (&events, KIND (DISCONNECTED)) != NULL);

  event = zmqg_test_events_get (&events, KIND (DISCONNECTED));
  peer = zmqg_connection_event_get_peer (event);
  routing_id = zmqg_test_bytes_to_text (zmqg_peer_get_routing_id (peer));
  g_assert_cmpstr (routing_id, ==, "leaves");
  g_assert_true (peer == g_hash_table_lookup (reader.peers, "leaves"));
  g_assert_cmpint (zmqg_peer_get_process_id (peer), ==,
                   transport == ZMQG_TEST_IPC ? atoi (process) : 0);
  g_assert_false (zmqg_peer_is_connected (peer));
  g_assert_true (zmqg_peer_is_connected (g_hash_table_lookup (reader.peers, "stays")));
  zmqg_test_process_kill (stays);
  zmqg_test_reader_clear (&reader);
}

static void
visit (const char *endpoint,
       const char *routing_id)
{
  g_auto (ZmqgTestRaw) raw = { NULL };
  int linger = 1000;

  zmqg_test_raw_init (&raw, ZMQ_DEALER, routing_id);
  zmq_setsockopt (raw.socket, ZMQ_LINGER, &linger, sizeof linger);
  zmqg_test_raw_connect (&raw, endpoint);
  zmqg_test_raw_send (&raw, "hello");
}

/* Each routing id has gone once. */
static void
check_visits (ZmqgTestEvents *events,
              guint           n_visits)
{
  g_autoptr (GHashTable) gone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < events->events->len; i++)
    {
      ZmqgConnectionEvent *event = events->events->pdata[i];

      if (zmqg_connection_event_get_kind (event) != KIND (DISCONNECTED))
        continue;
      g_assert_nonnull (zmqg_peer_get_routing_id (zmqg_connection_event_get_peer (event)));
      g_assert_true (g_hash_table_add (gone, zmqg_test_bytes_to_text (zmqg_peer_get_routing_id (
                                               zmqg_connection_event_get_peer (event)))));
    }
  g_assert_cmpuint (g_hash_table_size (gone), ==, n_visits);
  for (guint i = 0; i < n_visits; i++)
    {
      g_autofree char *routing_id = g_strdup_printf ("visitor-%u", i);

      g_assert_true (g_hash_table_contains (gone, routing_id));
    }
}

static void
test_visitors (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_ROUTER,
                                                                  GPOINTER_TO_INT (data),
                                                                  &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  ZmqgTestReader reader;

  g_test_summary ("Of peers that come one after the other each is known");

  zmqg_test_events_init (&events, socket);
  zmqg_test_reader_init (&reader, socket);
  for (guint i = 0; i < N_VISITS; i++)
    {
      g_autofree char *routing_id = g_strdup_printf ("visitor-%u", i);

      visit (endpoint, routing_id);
      zmqg_test_wait_for (reader.n_messages == i + 1);
    }
  zmqg_test_wait_for (zmqg_test_events_count (&events, KIND (DISCONNECTED)) == N_VISITS);
  g_assert_cmpuint (reader.n_nobody, ==, 0);
  check_visits (&events, N_VISITS);
  g_assert_cmpuint (get_n_peers (socket), ==, 0);
  zmqg_test_reader_clear (&reader);
}

/* Long enough for the peer to say what it has to say, and to go */
static void
dawdle_cb (ZmqgSocket          *socket,
           ZmqgConnectionEvent *event,
           gpointer             user_data)
{
  g_usleep (3000);
}

/* By another process, so that all get the same file descriptor of ours. @runs: whether the main
 * context runs meanwhile */
static void
receive_visits (ZmqgTestTransport transport,
                guint             n_visits,
                gboolean          runs)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_ROUTER,
                                                                  transport, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  g_autofree char *number = g_strdup_printf ("%u", n_visits);
  ZmqgTestProcess *process;
  ZmqgTestReader reader;

  zmqg_test_events_init (&events, socket);
  zmqg_test_reader_init (&reader, socket);
  process = zmqg_test_process_start ("visitors.py", endpoint, number, NULL);
  if (runs)
    g_signal_connect (socket, "connection-event::accepted", G_CALLBACK (dawdle_cb), NULL);
  else
    zmqg_test_process_finish (process);
  zmqg_test_wait_for (zmqg_test_events_count (&events, KIND (DISCONNECTED)) == n_visits);
  if (runs)
    zmqg_test_process_finish (process);
  g_assert_cmpuint (reader.n_messages, ==, n_visits);
  check_visits (&events, n_visits);
  g_assert_cmpuint (get_n_peers (socket), ==, 0);
  zmqg_test_reader_clear (&reader);
}

static void
test_quick_visitors (gconstpointer data)
{
  guint budget = zmqg_main_context_get_time_budget (NULL);

  g_test_summary ("A peer that goes at once is told after its message, and known by it");

  zmqg_main_context_set_time_budget (NULL, 20000);
  receive_visits (GPOINTER_TO_INT (data), 100, TRUE);
  zmqg_main_context_set_time_budget (NULL, budget);
}

static void
test_unseen_visitors (gconstpointer data)
{
  g_test_summary ("Of peers that came and went while the main context did not run, all are told");

  /* More than it takes in one dispatch */
  receive_visits (GPOINTER_TO_INT (data), 150, FALSE);
}

static void
test_successor (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_ROUTER,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  g_auto (ZmqgTestRaw) raw = { NULL };
  g_autoptr (GPtrArray) peers = NULL;
  g_autofree char *routing_id = NULL;
  ZmqgTestReader reader;

  g_test_summary ("A message that waits is not taken for one of whoever has the descriptor since");

  /* The main context runs in the middle without reading, so that the second comes after */
  zmqg_test_events_init (&events, socket);
  visit (endpoint, "former");
  zmqg_test_wait_for (zmqg_test_events_count (&events, KIND (DISCONNECTED)) == 1);
  zmqg_test_raw_init (&raw, ZMQ_DEALER, "latter");
  zmqg_test_raw_connect (&raw, endpoint);
  zmqg_test_wait_for (get_n_peers (socket) == 1);
  peers = zmqg_socket_list_peers (socket);

  zmqg_test_reader_init (&reader, socket);
  zmqg_test_wait_for (reader.n_messages == 1);
  g_assert_null (zmqg_peer_get_routing_id (peers->pdata[0]));
  g_assert_true (g_hash_table_lookup (reader.peers, "former") != peers->pdata[0]);

  zmqg_test_run_until_idle (NULL);
  zmqg_test_raw_send (&raw, "hello");
  zmqg_test_wait_for (reader.n_messages == 2);
  g_assert_true (g_hash_table_lookup (reader.peers, "latter") == peers->pdata[0]);
  routing_id = zmqg_test_bytes_to_text (zmqg_peer_get_routing_id (peers->pdata[0]));
  g_assert_cmpstr (routing_id, ==, "latter");
  zmqg_test_reader_clear (&reader);
}

static void
test_other_process (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_ROUTER,
                                                                  ZMQG_TEST_IPC, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  ZmqgTestProcess *latter;
  g_autofree char *process = NULL;
  ZmqgPeer *peer;
  ZmqgTestReader reader;

  g_test_summary ("Over ipc the process tells those apart that have one descriptor in turn");

  zmqg_test_events_init (&events, socket);
  zmqg_test_process_finish (zmqg_test_process_start ("visitors.py", endpoint, "1", NULL));
  zmqg_test_wait_for (zmqg_test_events_count (&events, KIND (DISCONNECTED)) == 1);
  /* One of them gets it. */
  latter = zmqg_test_process_start ("router-peer.py", "DEALER", "latter", endpoint, "10", NULL);
  process = zmqg_test_process_read_line (latter);
  zmqg_test_wait_for (get_n_peers (socket) == 10);

  zmqg_test_reader_init (&reader, socket);
  zmqg_test_wait_for (reader.n_messages == 11);
  g_assert_cmpuint (reader.n_nobody, ==, 0);
  peer = g_hash_table_lookup (reader.peers, "visitor-0");
  g_assert_cmpint (zmqg_peer_get_process_id (peer), !=, atoi (process));
  g_assert_false (zmqg_peer_is_connected (peer));
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *routing_id = g_strdup_printf ("latter-%u", i);

      peer = g_hash_table_lookup (reader.peers, routing_id);
      g_assert_cmpint (zmqg_peer_get_process_id (peer), ==, atoi (process));
      g_assert_true (zmqg_peer_is_connected (peer));
    }
  zmqg_test_process_kill (latter);
  zmqg_test_reader_clear (&reader);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_network_transports ("/departures/killed", test_killed);
  zmqg_test_add_network_transports ("/departures/visitors", test_visitors);
  zmqg_test_add_network_transports ("/departures/quick-visitors", test_quick_visitors);
  zmqg_test_add_network_transports ("/departures/unseen-visitors", test_unseen_visitors);
  g_test_add_func ("/departures/successor", test_successor);
  g_test_add_func ("/departures/other-process", test_other_process);

  return g_test_run ();
}
