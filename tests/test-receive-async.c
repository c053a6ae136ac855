/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

/* A PULL socket and a raw peer that sends what it is told to */
typedef struct
{
  ZmqgSocket *socket;
  ZmqgTestPeer *peer;
  char *endpoint;
} Wire;

static void
wire_init (Wire              *wire,
           ZmqgTestTransport  transport)
{
  wire->socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, transport, &wire->endpoint);
  wire->peer = zmqg_test_peer_start (wire->endpoint, ZMQ_PUSH, 0, 0, zmqg_test_peer_on_command);
}

static void
wire_clear (Wire *wire)
{
  g_clear_pointer (&wire->peer, zmqg_test_peer_stop);
  g_clear_pointer (&wire->socket, zmqg_test_release);
  g_clear_pointer (&wire->endpoint, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wire, wire_clear)

static void
receive_each (ZmqgTestOutcomes *outcomes,
              guint             first,
              guint             n_items,
              ZmqgSocket       *socket)
{
  for (guint i = 0; i < n_items; i++)
    zmqg_test_outcomes_receive (outcomes, first + i, socket, NULL);
}

/* Those who wait get what comes, and those who come get what waits, in the order of the calls */
static void
test_fifo (gconstpointer data)
{
  g_auto (Wire) wire = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;

  wire_init (&wire, GPOINTER_TO_INT (data));
  zmqg_test_outcomes_init (&outcomes, 160);
  receive_each (&outcomes, 0, 100, wire.socket);
  zmqg_test_run_for (NULL, 10);
  g_assert_cmpuint (outcomes.n_ended, ==, 0);

  zmqg_test_peer_send_now (wire.peer, 100);
  zmqg_test_wait_for (outcomes.n_ended == 100);
  zmqg_test_outcomes_assert_order (&outcomes, 0, 100, 0);

  zmqg_test_peer_send_now (wire.peer, 50);
  receive_each (&outcomes, 100, 60, wire.socket);
  zmqg_test_wait_for (outcomes.n_ended == 150);
  zmqg_test_outcomes_assert_order (&outcomes, 100, 50, 100);
  zmqg_test_run_for (NULL, 10);
  g_assert_cmpuint (outcomes.n_ended, ==, 150);

  zmqg_test_peer_send_now (wire.peer, 10);
  zmqg_test_wait_for (outcomes.n_ended == 160);
  zmqg_test_outcomes_assert_order (&outcomes, 150, 10, 150);
  zmqg_test_outcomes_assert_released (&outcomes);
}

/* Who gets what: 'r' for an operation, 'h' for a handler */
typedef struct
{
  GString *story;
  ZmqgTestCounter counter;
} Share;

static void
share_ended_cb (ZmqgTestOutcomes *outcomes,
                guint             index,
                gpointer          user_data)
{
  Share *share = user_data;

  g_assert_cmpuint (outcomes->items[index].number, ==, share->counter.next++);
  g_string_append_c (share->story, 'r');
}

static void
share_message_cb (ZmqgSocket  *socket,
                  ZmqgMessage *message,
                  gpointer     user_data)
{
  Share *share = user_data;

  zmqg_test_counter_received_cb (socket, message, &share->counter);
  g_string_append_c (share->story, 'h');
}

static void
share_messages_cb (ZmqgSocket *socket,
                   GPtrArray  *messages,
                   gpointer    user_data)
{
  for (guint i = 0; i < messages->len; i++)
    share_message_cb (socket, g_ptr_array_index (messages, i), user_data);
}

/* NULL: the message function */
static void
share_connect (Share      *share,
               ZmqgSocket *socket,
               const char *signal)
{
  if (signal == NULL)
    zmqg_socket_set_message_func (socket, share_message_cb, share, NULL);
  else if (g_str_equal (signal, "message-received"))
    g_signal_connect (socket, signal, G_CALLBACK (share_message_cb), share);
  else
    g_signal_connect (socket, signal, G_CALLBACK (share_messages_cb), share);
}

static void
test_before_handlers (gconstpointer signal)
{
  g_auto (Wire) wire = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;
  Share share = { g_string_new (NULL), { 0 } };

  wire_init (&wire, ZMQG_TEST_INPROC);
  zmqg_test_outcomes_init (&outcomes, 7);
  outcomes.func = share_ended_cb;
  outcomes.user_data = &share;
  share_connect (&share, wire.socket, signal);
  receive_each (&outcomes, 0, 5, wire.socket);
  zmqg_test_peer_send_now (wire.peer, 8);
  zmqg_test_wait_for (share.counter.next == 8);
  g_assert_cmpstr (share.story->str, ==, "rrrrrhhh");

  receive_each (&outcomes, 5, 2, wire.socket);
  zmqg_test_run_for (NULL, 10);
  zmqg_test_peer_send_now (wire.peer, 3);
  zmqg_test_wait_for (share.counter.next == 11);
  g_assert_cmpstr (share.story->str, ==, "rrrrrhhhrrh");
  g_string_free (share.story, TRUE);
}

static void
test_paused (gconstpointer data)
{
  g_auto (Wire) wire = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;
  Share share = { g_string_new (NULL), { 0 } };

  wire_init (&wire, GPOINTER_TO_INT (data));
  zmqg_test_outcomes_init (&outcomes, 3);
  outcomes.func = share_ended_cb;
  outcomes.user_data = &share;
  share_connect (&share, wire.socket, "message-received");
  zmqg_test_set_number (wire.socket, "paused", TRUE);
  receive_each (&outcomes, 0, 3, wire.socket);
  zmqg_test_peer_send_now (wire.peer, 5);
  zmqg_test_wait_for (outcomes.n_ended == 3);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 50), <, 20);
  g_assert_cmpstr (share.story->str, ==, "rrr");

  zmqg_test_set_number (wire.socket, "paused", FALSE);
  zmqg_test_wait_for (share.counter.next == 5);
  g_assert_cmpstr (share.story->str, ==, "rrrhh");
  g_string_free (share.story, TRUE);
}

/* Waiting costs nothing, however many wait */
static void
test_ten_thousand (gconstpointer data)
{
  const guint n_items = 10000;
  g_auto (Wire) wire = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;

  wire_init (&wire, GPOINTER_TO_INT (data));
  zmqg_test_outcomes_init (&outcomes, n_items);
  receive_each (&outcomes, 0, n_items, wire.socket);
  g_assert_cmpint (zmqg_test_get_number (wire.socket, "n-pending-operations"), ==, n_items);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 100), <, 20);

  zmqg_test_peer_send_now (wire.peer, n_items);
  zmqg_test_wait_for (outcomes.n_ended == n_items);
  zmqg_test_outcomes_assert_order (&outcomes, 0, n_items, 0);
  zmqg_test_outcomes_assert_released (&outcomes);
  g_assert_cmpint (zmqg_test_get_number (wire.socket, "n-pending-operations"), ==, 0);
}

static void
chain_cb (ZmqgTestOutcomes *outcomes,
          guint             index,
          gpointer          user_data)
{
  g_assert_cmpuint (outcomes->items[index].number, ==, index);
  g_assert_cmpuint (outcomes->items[index].place, ==, index);
  if (index + 1 < outcomes->length)
    zmqg_test_outcomes_receive (outcomes, index + 1, user_data, NULL);
}

/* A callback may begin the next operation: it is not called from inside that */
static void
test_chain (gconstpointer data)
{
  const guint n_items = 20000;
  g_auto (Wire) wire = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;

  wire_init (&wire, GPOINTER_TO_INT (data));
  zmqg_test_outcomes_init (&outcomes, n_items);
  outcomes.func = chain_cb;
  outcomes.user_data = wire.socket;
  zmqg_test_peer_send_now (wire.peer, n_items / 2);
  zmqg_test_outcomes_receive (&outcomes, 0, wire.socket, NULL);
  zmqg_test_wait_for (outcomes.n_ended == n_items / 2);
  zmqg_test_peer_send_now (wire.peer, n_items / 2);
  zmqg_test_wait_for (outcomes.n_ended == n_items);
  g_assert_cmpuint (outcomes.n_succeeded, ==, n_items);
}

/* Receives in another thread, whose results are to come there */
typedef struct
{
  Wire *wire;
  GMainContext *context;
  ZmqgTestOutcomes outcomes;
  guint n_items;
  int n_begun;
  int is_done;
} Foreigner;

static void
foreigner_cb (ZmqgTestOutcomes *outcomes,
              guint             index,
              gpointer          user_data)
{
  Foreigner *foreigner = user_data;

  g_assert_true (g_main_context_is_owner (foreigner->context));
  g_assert_true (g_main_context_get_thread_default () == foreigner->context);
}

static gpointer
foreigner_thread (gpointer data)
{
  Foreigner *foreigner = data;
  ZmqgTestOutcomes *outcomes = &foreigner->outcomes;

  foreigner->context = g_main_context_new ();
  g_main_context_push_thread_default (foreigner->context);
  zmqg_test_outcomes_init (outcomes, foreigner->n_items);
  outcomes->func = foreigner_cb;
  outcomes->user_data = foreigner;
  receive_each (outcomes, 0, foreigner->n_items, foreigner->wire->socket);
  g_atomic_int_set (&foreigner->n_begun, foreigner->n_items);
  zmqg_test_wait_for_in (foreigner->context, ZMQG_TEST_DEADLINE,
                         outcomes->n_ended == foreigner->n_items);
  zmqg_test_outcomes_assert_order (outcomes, 0, foreigner->n_items, 0);
  zmqg_test_outcomes_assert_released (outcomes);
  zmqg_test_outcomes_clear (outcomes);
  g_main_context_pop_thread_default (foreigner->context);
  g_main_context_unref (foreigner->context);
  g_atomic_int_set (&foreigner->is_done, TRUE);

  return NULL;
}

static void
test_context (gconstpointer data)
{
  g_auto (Wire) wire = { NULL };
  Foreigner foreigner = { .wire = &wire, .n_items = 200 };
  GThread *thread;

  wire_init (&wire, GPOINTER_TO_INT (data));
  /* So that it is a thread that cannot take the socket's main context over */
  g_assert_true (g_main_context_acquire (NULL));
  thread = g_thread_new ("foreigner", foreigner_thread, &foreigner);
  zmqg_test_poll_for (g_atomic_int_get (&foreigner.n_begun) > 0);
  zmqg_test_peer_send_now (wire.peer, foreigner.n_items);
  while (!g_atomic_int_get (&foreigner.is_done))
    zmqg_test_run_for (NULL, 2);
  g_thread_join (thread);
  g_main_context_release (NULL);
}

static gpointer
receive_thread (gpointer data)
{
  ZmqgTestOutcomes *outcomes = data;

  zmqg_test_outcomes_receive (outcomes, 0, outcomes->user_data, NULL);

  return NULL;
}

/* The call in the thread comes first, and its result in the default main context, as that thread
 * has none of its own */
static void
test_thread_then_owner (gconstpointer data)
{
  g_auto (Wire) wire = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;

  wire_init (&wire, GPOINTER_TO_INT (data));
  zmqg_test_outcomes_init (&outcomes, 2);
  outcomes.user_data = wire.socket;
  g_assert_true (g_main_context_acquire (NULL));
  g_thread_join (g_thread_new ("receive", receive_thread, &outcomes));
  zmqg_test_outcomes_receive (&outcomes, 1, wire.socket, NULL);
  g_main_context_release (NULL);
  zmqg_test_peer_send_now (wire.peer, 2);
  zmqg_test_wait_for (outcomes.n_ended == 2);
  zmqg_test_outcomes_assert_order (&outcomes, 0, 2, 0);
}

/* Nobody else keeps the socket */
static void
test_keeps_alive (gconstpointer data)
{
  g_auto (ZmqgTestOutcomes) outcomes;
  g_autofree char *endpoint = NULL;
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data),
                                                   &endpoint);
  g_autoptr (ZmqgTestPeer) peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, 0, 0,
                                                        zmqg_test_peer_on_command);
  gpointer weak = socket;

  zmqg_test_outcomes_init (&outcomes, 2);
  receive_each (&outcomes, 0, 2, socket);
  g_object_add_weak_pointer (G_OBJECT (socket), &weak);
  g_object_unref (socket);
  zmqg_test_run_for (NULL, 20);
  g_assert_nonnull (weak);
  zmqg_test_peer_send_now (peer, 1);
  zmqg_test_wait_for (outcomes.n_ended == 1);
  zmqg_test_run_for (NULL, 20);
  g_assert_nonnull (weak);
  zmqg_test_peer_send_now (peer, 1);
  zmqg_test_wait_for (outcomes.n_ended == 2);
  zmqg_test_wait_for (weak == NULL);
  zmqg_test_outcomes_assert_order (&outcomes, 0, 2, 0);
}

/* What is clear at once is told later all the same, and in which order does not depend on why */
static void
test_closed (gconstpointer data)
{
  g_auto (ZmqgTestOutcomes) outcomes;
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data),
                                                   NULL);

  zmqg_test_outcomes_init (&outcomes, 4);
  receive_each (&outcomes, 0, 2, socket);
  zmqg_test_call (zmqg_socket_close (socket));
  receive_each (&outcomes, 2, 2, socket);
  zmqg_test_wait_for (outcomes.n_ended == 4);
  for (guint i = 0; i < 4; i++)
    zmqg_test_outcomes_assert_error (&outcomes, i, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_cmpuint (outcomes.items[0].place, <, outcomes.items[1].place);
  zmqg_test_outcomes_assert_released (&outcomes);
  zmqg_test_release (socket);
}

static gboolean
send_at_leisure_cb (gpointer user_data)
{
  ZmqgSocket *socket = user_data;

  for (guint i = 0; i < 200; i++)
    zmqg_socket_send_string (socket, "more", NULL);

  return G_SOURCE_CONTINUE;
}

/* Sending without an end holds up neither messages nor timeouts */
static void
test_while_sending (void)
{
  g_auto (ZmqgTestOutcomes) outcomes;
  g_autofree char *endpoint = NULL;
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_DEALER, ZMQG_TEST_TCP,
                                                   &endpoint);
  g_autoptr (ZmqgTestPeer) peer = zmqg_test_peer_start (endpoint, ZMQ_DEALER, 0, 0,
                                                        zmqg_test_peer_echo);
  guint id = g_idle_add (send_at_leisure_cb, socket);

  zmqg_test_set_number (socket, "send-high-water-mark", 10);
  zmqg_test_outcomes_init (&outcomes, 1000);
  for (guint i = 0; i < 1000; i++)
    {
      zmqg_test_outcomes_receive (&outcomes, i, socket, NULL);
      zmqg_test_wait_for_in (NULL, 5000, outcomes.n_ended == i + 1);
    }
  g_assert_cmpuint (outcomes.n_succeeded, ==, 1000);
  g_source_remove (id);
  zmqg_test_release (socket);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/receive-async/fifo", test_fifo);
  g_test_add_data_func ("/receive-async/before-handlers/func", NULL, test_before_handlers);
  g_test_add_data_func ("/receive-async/before-handlers/message-received", "message-received",
                        test_before_handlers);
  g_test_add_data_func ("/receive-async/before-handlers/messages-received", "messages-received",
                        test_before_handlers);
  zmqg_test_add_transports ("/receive-async/paused", test_paused);
  zmqg_test_add_transports ("/receive-async/ten-thousand", test_ten_thousand);
  zmqg_test_add_transports ("/receive-async/chain", test_chain);
  zmqg_test_add_transports ("/receive-async/context", test_context);
  zmqg_test_add_transports ("/receive-async/thread-then-owner", test_thread_then_owner);
  zmqg_test_add_transports ("/receive-async/keeps-alive", test_keeps_alive);
  zmqg_test_add_transports ("/receive-async/closed", test_closed);
  g_test_add_func ("/receive-async/while-sending", test_while_sending);

  return g_test_run ();
}
