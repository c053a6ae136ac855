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

/* Who is connected, and who has gone */

#define KIND(kind) ZMQG_CONNECTION_EVENT_KIND_##kind
#define N_VISITS 40
#define N_UNSEEN_VISITS 150

static const ZmqgTestTransport network_transports[] = { ZMQG_TEST_TCP, ZMQG_TEST_IPC };

static void
add_network_transports (const char    *path,
                        GTestDataFunc  func)
{
  for (guint i = 0; i < G_N_ELEMENTS (network_transports); i++)
    {
      ZmqgTestTransport transport = network_transports[i];
      g_autofree char *full = g_strdup_printf ("%s/%s", path,
                                               zmqg_test_transport_get_name (transport));

      g_test_add_data_func (full, GINT_TO_POINTER (transport), func);
    }
}

static guint
get_n_peers (ZmqgSocket *socket)
{
  return zmqg_test_get_number (socket, "n-peers");
}

static char *
dup_text (GBytes *bytes)
{
  if (bytes == NULL)
    return NULL;

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* Reads all messages: the peer of each, by the text it begins with */
typedef struct
{
  ZmqgSocket *socket;
  GHashTable *peers;
  guint n_messages;
  guint n_nobody;
} Reader;

static void
received_cb (ZmqgSocket  *socket,
             ZmqgMessage *message,
             Reader      *self)
{
  ZmqgPeer *peer = zmqg_socket_find_peer (socket, message);
  char *text = dup_text (zmqg_message_get_frame (message, 0));

  self->n_messages++;
  if (peer == NULL)
    {
      self->n_nobody++;
      g_free (text);
      return;
    }
  g_hash_table_replace (self->peers, text, peer);
}

static void
reader_init (Reader     *self,
             ZmqgSocket *socket)
{
  self->socket = socket;
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) zmqg_peer_unref);
  self->n_messages = 0;
  self->n_nobody = 0;
  g_signal_connect (socket, "message-received", G_CALLBACK (received_cb), self);
}

static void
reader_clear (Reader *self)
{
  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_hash_table_unref (self->peers);
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
  Reader reader;

  g_test_summary ("A message tells the routing id and the type of its peer");

  reader_init (&reader, socket);
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
  reader_clear (&reader);
}

static void
test_large_messages (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_autofree char *large = g_strnfill (100000, 'x');
  ZmqgTestRaw raw[3];
  Reader reader;

  g_test_summary ("Messages of which none is kept are attributed each time");

  reader_init (&reader, socket);
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
  reader_clear (&reader);
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
  Reader reader;

  g_test_summary ("A ROUTER is told which peer has been killed");

  zmqg_test_events_init (&events, socket);
  reader_init (&reader, socket);
  zmqg_test_wait_for (reader.n_messages == 2);
  g_assert_cmpuint (reader.n_nobody, ==, 0);
  zmqg_test_process_kill (leaves);
  zmqg_test_wait_for (zmqg_test_events_get (&events, KIND (DISCONNECTED)) != NULL);

  event = zmqg_test_events_get (&events, KIND (DISCONNECTED));
  peer = zmqg_connection_event_get_peer (event);
  routing_id = dup_text (zmqg_peer_get_routing_id (peer));
  g_assert_cmpstr (routing_id, ==, "leaves");
  g_assert_true (peer == g_hash_table_lookup (reader.peers, "leaves"));
  g_assert_cmpint (zmqg_peer_get_process_id (peer), ==,
                   transport == ZMQG_TEST_IPC ? atoi (process) : 0);
  g_assert_false (zmqg_peer_is_connected (peer));
  g_assert_true (zmqg_peer_is_connected (g_hash_table_lookup (reader.peers, "stays")));
  zmqg_test_process_kill (stays);
  reader_clear (&reader);
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
      g_assert_true (g_hash_table_add (gone, dup_text (zmqg_peer_get_routing_id (
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
  Reader reader;

  g_test_summary ("Of peers that come one after the other each is known");

  zmqg_test_events_init (&events, socket);
  reader_init (&reader, socket);
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
  reader_clear (&reader);
}

/* By another process, so that all get the same file descriptor of ours; and more than the main
 * context takes in one dispatch */
static void
test_unseen_visitors (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_ROUTER,
                                                                  GPOINTER_TO_INT (data),
                                                                  &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  g_autofree char *number = g_strdup_printf ("%d", N_UNSEEN_VISITS);
  Reader reader;

  g_test_summary ("Of peers that came and went while the main context did not run, all are told");

  zmqg_test_events_init (&events, socket);
  reader_init (&reader, socket);
  zmqg_test_process_finish (zmqg_test_process_start ("visitors.py", endpoint, number, NULL));
  zmqg_test_wait_for (zmqg_test_events_count (&events, KIND (DISCONNECTED)) == N_UNSEEN_VISITS);
  g_assert_cmpuint (reader.n_messages, ==, N_UNSEEN_VISITS);
  check_visits (&events, N_UNSEEN_VISITS);
  g_assert_cmpuint (get_n_peers (socket), ==, 0);
  reader_clear (&reader);
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
  Reader reader;

  g_test_summary ("A message that waits is not taken for one of whoever has the descriptor since");

  /* The main context runs in the middle without reading, so that the second comes after */
  zmqg_test_events_init (&events, socket);
  visit (endpoint, "former");
  zmqg_test_wait_for (zmqg_test_events_count (&events, KIND (DISCONNECTED)) == 1);
  zmqg_test_raw_init (&raw, ZMQ_DEALER, "latter");
  zmqg_test_raw_connect (&raw, endpoint);
  zmqg_test_wait_for (get_n_peers (socket) == 1);
  peers = zmqg_socket_list_peers (socket);

  reader_init (&reader, socket);
  zmqg_test_wait_for (reader.n_messages == 1);
  g_assert_null (zmqg_peer_get_routing_id (peers->pdata[0]));
  g_assert_true (g_hash_table_lookup (reader.peers, "former") != peers->pdata[0]);

  zmqg_test_run_until_idle (NULL);
  zmqg_test_raw_send (&raw, "hello");
  zmqg_test_wait_for (reader.n_messages == 2);
  g_assert_true (g_hash_table_lookup (reader.peers, "latter") == peers->pdata[0]);
  routing_id = dup_text (zmqg_peer_get_routing_id (peers->pdata[0]));
  g_assert_cmpstr (routing_id, ==, "latter");
  reader_clear (&reader);
}

static void
test_stream (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_STREAM,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  ZmqgPeer *peer;
  Reader reader;
  int fd = zmqg_test_tcp_connect (endpoint);

  g_test_summary ("On STREAM there is no handshake");

  zmqg_test_events_init (&events, socket);
  reader_init (&reader, socket);
  zmqg_test_wait_for (get_n_peers (socket) == 1 && reader.n_messages == 1);
  close (fd);
  zmqg_test_wait_for (zmqg_test_events_get (&events, KIND (DISCONNECTED)) != NULL);
  peer = zmqg_connection_event_get_peer (zmqg_test_events_get (&events, KIND (DISCONNECTED)));
  g_assert_cmpuint (g_bytes_get_size (zmqg_peer_get_routing_id (peer)), ==, 5);
  g_assert_cmpuint (get_n_peers (socket), ==, 0);
  reader_clear (&reader);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_network_transports ("/peers/list", test_list);
  add_network_transports ("/peers/messages", test_messages);
  g_test_add_func ("/peers/large-messages", test_large_messages);
  add_network_transports ("/peers/killed", test_killed);
  add_network_transports ("/peers/visitors", test_visitors);
  add_network_transports ("/peers/unseen-visitors", test_unseen_visitors);
  g_test_add_func ("/peers/successor", test_successor);
  g_test_add_func ("/peers/stream", test_stream);

  return g_test_run ();
}
