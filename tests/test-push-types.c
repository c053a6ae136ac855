/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

/* push_write() on each socket type, with what cannot be sent, and without an end */

typedef struct
{
  guint64 next;
  guint64 end;
  gboolean is_destroyed;
} Maker;

static ZmqgMessage *
maker_cb (ZmqgSocket *socket,
          gpointer    user_data)
{
  Maker *maker = user_data;

  return maker->next < maker->end ? zmqg_test_message_new (maker->next++, 0) : NULL;
}

static void
maker_destroy (gpointer data)
{
  ((Maker *) data)->is_destroyed = TRUE;
}

static void
return_cb (ZmqgSocket  *socket,
           ZmqgMessage *message)
{
  g_assert_true (zmqg_socket_send (socket, message, NULL));
}

typedef struct
{
  ZmqgSocketType type;
  ZmqgSocketType other_type;
} Pairing;

static const Pairing pairings[] = {
  { ZMQG_SOCKET_TYPE_PUSH, ZMQG_SOCKET_TYPE_PULL },
  { ZMQG_SOCKET_TYPE_DEALER, ZMQG_SOCKET_TYPE_DEALER },
  { ZMQG_SOCKET_TYPE_DEALER, ZMQG_SOCKET_TYPE_ROUTER },
  { ZMQG_SOCKET_TYPE_PAIR, ZMQG_SOCKET_TYPE_PAIR },
};

static void
test_each_type (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (pairings); i++)
    {
      g_auto (ZmqgTestPair) pair = { NULL };
      ZmqgTestCounter counter = { 0 };
      Maker maker = { 0, 200, FALSE };

      g_test_message ("type %d", pairings[i].type);
      zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), pairings[i].type,
                           pairings[i].other_type);
      zmqg_test_counter_connect (&counter, pair.connected);
      zmqg_test_call (zmqg_socket_push_write (pair.bound, maker_cb, &maker, maker_destroy));
      zmqg_test_wait_for (counter.n_messages == 200 && maker.is_destroyed);
    }
}

/* One request for each reply */
static void
reply_cb (ZmqgSocket      *socket,
          ZmqgMessage     *message,
          ZmqgTestCounter *counter)
{
  Maker *maker = g_object_get_data (G_OBJECT (socket), "maker");

  zmqg_test_counter_received_cb (socket, message, counter);
  g_assert_cmpuint (maker->next, ==, counter->n_messages);
}

static void
test_req (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  ZmqgTestCounter counter = { 0 };
  Maker maker = { 0, 50, FALSE };

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_REQ, ZMQG_SOCKET_TYPE_REP);
  g_object_set_data (G_OBJECT (pair.bound), "maker", &maker);
  g_signal_connect (pair.connected, "message-received", G_CALLBACK (return_cb), NULL);
  zmqg_test_call (zmqg_socket_push_write (pair.bound, maker_cb, &maker, maker_destroy));
  zmqg_test_wait_for (maker.next == 1);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (maker.next, ==, 1);
  g_signal_connect (pair.bound, "message-received", G_CALLBACK (reply_cb), &counter);
  zmqg_test_wait_for (counter.n_messages == 50 && maker.is_destroyed);
}

/* It drops what nobody has subscribed to, and so it always has room */
static void
test_pub (gconstpointer data)
{
  const ZmqgSocketType types[] = { ZMQG_SOCKET_TYPE_PUB, ZMQG_SOCKET_TYPE_XPUB };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (ZmqgSocketStatistics) statistics = NULL;
      ZmqgSocket *socket = zmqg_test_socket_new_bound (types[i], GPOINTER_TO_INT (data), NULL);
      Maker maker = { 0, 200, FALSE };

      zmqg_test_call (zmqg_socket_push_write (socket, maker_cb, &maker, maker_destroy));
      zmqg_test_wait_for (maker.is_destroyed);
      statistics = zmqg_socket_get_statistics (socket);
      g_assert_cmpuint (statistics->messages_sent, ==, 200);
      zmqg_test_release (socket);
    }
}

/* Letters that libzmq cannot or does not want to take, and good ones among them */
typedef struct
{
  GBytes *address;
  guint n_made;
  GString *story;
  gboolean is_destroyed;
} Writer;

static ZmqgMessage *
writer_cb (ZmqgSocket *socket,
           gpointer    user_data)
{
  Writer *writer = user_data;
  g_autoptr (ZmqgMessage) message = zmqg_message_new ();
  guint number = writer->n_made++;

  switch (number)
    {
    case 0:
      break;
    case 1:
      zmqg_message_append_string (message, "an address alone");
      break;
    case 2:
      zmqg_message_append_string (message, "nobody");
      zmqg_message_append_string (message, "a letter");
      break;
    case 3:
    case 4:
      zmqg_message_append_bytes (message, writer->address);
      zmqg_message_append_string (message, "a letter");
      break;
    default:
      return NULL;
    }

  return g_steal_pointer (&message);
}

static void
writer_destroy (gpointer data)
{
  ((Writer *) data)->is_destroyed = TRUE;
}

static void
writer_failed_cb (ZmqgSocket   *socket,
                  ZmqgMessage  *message,
                  const GError *error,
                  Writer       *writer)
{
  gboolean is_unreachable = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE);

  if (!is_unreachable)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_string_append_printf (writer->story, "%u%c", zmqg_message_get_n_frames (message),
                          is_unreachable ? 'u' : 'i');
}

static void
writer_sent_cb (ZmqgSocket  *socket,
                ZmqgMessage *message,
                Writer      *writer)
{
  g_string_append_printf (writer->story, "%us", zmqg_message_get_n_frames (message));
}

static void
test_bad_messages (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  g_autoptr (ZmqgMessage) hello = NULL;
  Writer writer = { NULL, 0, g_string_new (NULL), FALSE };

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_ROUTER,
                       ZMQG_SOCKET_TYPE_DEALER);
  zmqg_test_set_number (pair.bound, "router-mandatory", TRUE);
  zmqg_test_send_number (pair.connected, 0);
  hello = zmqg_test_take_message (pair.bound);
  writer.address = zmqg_message_get_frame (hello, 0);
  g_signal_connect (pair.bound, "send-failed", G_CALLBACK (writer_failed_cb), &writer);
  g_signal_connect (pair.bound, "message-sent", G_CALLBACK (writer_sent_cb), &writer);
  zmqg_test_call (zmqg_socket_push_write (pair.bound, writer_cb, &writer, writer_destroy));
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (ZmqgMessage) letter = zmqg_test_take_message (pair.connected);
      g_autofree char *text = zmqg_message_get_string (letter, 0, NULL);

      g_assert_cmpstr (text, ==, "a letter");
    }
  zmqg_test_wait_for (writer.is_destroyed && writer.story->len == 10);
  g_assert_cmpstr (writer.story->str, ==, "0i1i2u2s2s");
  g_string_free (writer.story, TRUE);
}

static gboolean
count_cb (gpointer user_data)
{
  guint *n_calls = user_data;

  (*n_calls)++;

  return G_SOURCE_CONTINUE;
}

typedef struct
{
  gint64 due;
  gint64 latest;
} Clock;

static gboolean
clock_cb (gpointer user_data)
{
  Clock *clock = user_data;
  gint64 now = g_get_monotonic_time ();

  clock->latest = MAX (clock->latest, now - clock->due);
  clock->due = now + 5000;

  return G_SOURCE_CONTINUE;
}

/* A producer without an end leaves turns to others: to what is less urgent, to timers, to other
 * sockets, and to the messages and operations of its own socket */
static void
test_endless (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_DEALER,
                                                   GPOINTER_TO_INT (data), &endpoint);
  g_autoptr (ZmqgTestPeer) peer = zmqg_test_peer_start (endpoint, ZMQ_DEALER, 0, 0,
                                                        zmqg_test_peer_echo);
  g_auto (ZmqgTestPair) others = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;
  ZmqgTestCounter own = { 0 }, other = { 0 };
  Maker maker = { 0, G_MAXUINT64, FALSE };
  Clock clock = { g_get_monotonic_time () + 5000, 0 };
  guint n_idle = 0, idle_id, clock_id;

  zmqg_test_pair_init (&others, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_counter_connect (&other, others.bound);
  zmqg_test_counter_connect (&own, socket);
  zmqg_test_outcomes_init (&outcomes, 2);
  zmqg_test_call (zmqg_socket_push_write (socket, maker_cb, &maker, maker_destroy));
  zmqg_test_wait_for (maker.next > 0);
  idle_id = g_idle_add_full (120, count_cb, &n_idle, NULL);
  clock_id = g_timeout_add (5, clock_cb, &clock);
  for (guint i = 0; i < 100; i++)
    {
      zmqg_test_send_number (others.connected, i);
      zmqg_test_run_for (NULL, 5);
    }
  zmqg_test_wait_for (other.n_messages == 100);
  g_signal_handlers_disconnect_by_data (socket, &own);
  zmqg_test_outcomes_receive_for (&outcomes, 0, socket, ZMQG_TEST_DEADLINE, NULL);
  zmqg_test_outcomes_receive_for (&outcomes, 1, others.bound, 50, NULL);
  zmqg_test_wait_for (outcomes.n_ended == 2);
  g_test_message ("%lu made, %u returned, %u turns for others, %ld us late",
                  (gulong) maker.next, own.n_messages, n_idle, (glong) clock.latest);
  g_assert_cmpuint (maker.next, >, 1000);
  g_assert_cmpuint (n_idle, >, 20);
  g_assert_cmpint (clock.latest, <, 2000000);
  g_assert_cmpuint (own.n_messages, >, 100);
  g_assert_true (zmqg_test_outcomes_is_good (&outcomes, 0));
  zmqg_test_outcomes_assert_error (&outcomes, 1, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_source_remove (idle_id);
  g_source_remove (clock_id);
  zmqg_test_release (socket);
  g_assert_true (maker.is_destroyed);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/push-types/each", test_each_type);
  zmqg_test_add_transports ("/push-types/req", test_req);
  zmqg_test_add_transports ("/push-types/pub", test_pub);
  zmqg_test_add_transports ("/push-types/bad-messages", test_bad_messages);
  zmqg_test_add_transports ("/push-types/endless", test_endless);

  return g_test_run ();
}
