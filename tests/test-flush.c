/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-utils.h"

/* flush_async(): what was queued before has left the queue */

static void
send_plain (ZmqgSocket *socket,
            guint       first,
            guint       n_messages)
{
  for (guint i = 0; i < n_messages; i++)
    zmqg_test_call (zmqg_test_send_number (socket, first + i));
}

static void
test_nothing (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PUSH,
                       ZMQG_SOCKET_TYPE_PULL);
  zmqg_test_outcomes_init (&outcomes, 3);
  zmqg_test_outcomes_flush (&outcomes, 0, pair.bound, NULL);
  zmqg_test_outcomes_flush (&outcomes, 1, pair.bound, NULL);
  zmqg_test_wait_for (outcomes.n_ended == 2);
  zmqg_test_outcomes_flush (&outcomes, 2, pair.bound, NULL);
  zmqg_test_wait_for (outcomes.n_ended == 3);
  g_assert_cmpuint (outcomes.n_succeeded, ==, 3);
  g_assert_cmpuint (outcomes.items[0].place, ==, 0);
  zmqg_test_outcomes_assert_released (&outcomes);
}

/* Between messages of both kinds. What libzmq can have over inproc is the sum of both marks. */
static void
test_middle (void)
{
  g_autofree char *endpoint = NULL;
  g_auto (ZmqgTestOutcomes) outcomes;
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  ZmqgSocket *peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  ZmqgTestCounter sent = { 0 };

  zmqg_test_set_number (socket, "send-high-water-mark", 2);
  zmqg_test_set_number (peer, "receive-high-water-mark", 2);
  zmqg_test_bind_free (socket, ZMQG_TEST_INPROC, &endpoint);
  g_signal_connect (socket, "message-sent", G_CALLBACK (zmqg_test_counter_received_cb), &sent);
  zmqg_test_outcomes_init (&outcomes, 10);
  send_plain (socket, 0, 2);
  zmqg_test_outcomes_flush (&outcomes, 0, socket, NULL);
  zmqg_test_outcomes_send_index (&outcomes, 2, socket, 0, NULL);
  send_plain (socket, 3, 1);
  zmqg_test_outcomes_flush (&outcomes, 1, socket, NULL);
  zmqg_test_outcomes_send_index (&outcomes, 4, socket, 0, NULL);
  zmqg_test_outcomes_flush (&outcomes, 5, socket, NULL);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (outcomes.n_ended, ==, 0);

  g_assert_true (zmqg_socket_connect_to (peer, endpoint, NULL));
  zmqg_test_wait_for (outcomes.items[1].has_ended);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (sent.n_messages, ==, 4);
  g_assert_cmpuint (outcomes.n_ended, ==, 3);
  g_assert_cmpuint (outcomes.items[0].place, ==, 0);
  g_assert_cmpuint (outcomes.items[2].place, ==, 1);
  g_assert_cmpuint (outcomes.items[1].place, ==, 2);
  g_assert_cmpint (zmqg_test_get_number (socket, "send-queue-length"), ==, 1);

  zmqg_test_release (peer);
  peer = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PULL, endpoint);
  zmqg_test_wait_for (outcomes.n_ended == 5);
  g_assert_cmpuint (outcomes.n_succeeded, ==, 5);
  g_assert_cmpuint (outcomes.items[5].place, ==, 4);
  zmqg_test_outcomes_assert_released (&outcomes);
  zmqg_test_release (peer);
  zmqg_test_release (socket);
}

/* What leaves the queue without having been sent is gone as well */
static void
test_gone (gconstpointer data)
{
  g_auto (ZmqgTestOutcomes) outcomes;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("short-lived");
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, GPOINTER_TO_INT (data),
                                                   NULL);

  zmqg_test_outcomes_init (&outcomes, 3);
  zmqg_message_set_expiry (message, 50);
  g_assert_true (zmqg_socket_send (socket, message, NULL));
  zmqg_test_outcomes_send_index (&outcomes, 0, socket, 0, cancellable);
  zmqg_test_outcomes_flush (&outcomes, 1, socket, NULL);
  send_plain (socket, 0, 1);
  zmqg_test_outcomes_flush (&outcomes, 2, socket, NULL);
  zmqg_test_call (g_cancellable_cancel (cancellable));
  zmqg_test_wait_for (outcomes.n_ended == 2);
  zmqg_test_outcomes_assert_error (&outcomes, 0, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (zmqg_test_outcomes_is_good (&outcomes, 1));
  g_assert_cmpint (outcomes.items[1].ended, >=, outcomes.items[0].begun + 50000);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (outcomes.n_ended, ==, 2);

  zmqg_test_call (zmqg_socket_close (socket));
  zmqg_test_wait_for (outcomes.n_ended == 3);
  zmqg_test_outcomes_assert_error (&outcomes, 2, G_IO_ERROR, G_IO_ERROR_CLOSED);
  zmqg_test_release (socket);
}

static void
test_ended (gconstpointer data)
{
  g_auto (ZmqgTestOutcomes) outcomes;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, GPOINTER_TO_INT (data),
                                                   NULL);

  zmqg_test_outcomes_init (&outcomes, 5);
  send_plain (socket, 0, 3);
  zmqg_test_outcomes_flush (&outcomes, 0, socket, cancellable);
  zmqg_test_outcomes_flush (&outcomes, 1, socket, NULL);
  zmqg_test_run_for (NULL, 10);
  g_assert_cmpuint (outcomes.n_ended, ==, 0);
  zmqg_test_call (g_cancellable_cancel (cancellable));
  zmqg_test_outcomes_flush (&outcomes, 2, socket, cancellable);
  zmqg_test_wait_for (outcomes.n_ended == 2);
  zmqg_test_outcomes_assert_error (&outcomes, 0, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  zmqg_test_outcomes_assert_error (&outcomes, 2, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (zmqg_test_has_handlers (cancellable));

  zmqg_test_call (zmqg_socket_close (socket));
  zmqg_test_outcomes_flush (&outcomes, 3, socket, NULL);
  zmqg_test_outcomes_flush (&outcomes, 4, socket, cancellable);
  zmqg_test_wait_for (outcomes.n_ended == 5);
  zmqg_test_outcomes_assert_error (&outcomes, 1, G_IO_ERROR, G_IO_ERROR_CLOSED);
  zmqg_test_outcomes_assert_error (&outcomes, 3, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_nonnull (outcomes.items[4].error);
  zmqg_test_outcomes_assert_released (&outcomes);
  zmqg_test_release (socket);
}

typedef struct
{
  ZmqgSocket *socket;
  ZmqgTestOutcomes *outcomes;
  gboolean flushes;
} Foreigner;

static gpointer
foreigner_thread (gpointer data)
{
  Foreigner *foreigner = data;

  zmqg_test_call (zmqg_test_send_number (foreigner->socket, 0));
  zmqg_test_outcomes_send_index (foreigner->outcomes, 1, foreigner->socket, 0, NULL);
  if (foreigner->flushes)
    zmqg_test_outcomes_flush (foreigner->outcomes, 0, foreigner->socket, NULL);

  return NULL;
}

/* data: whether the thread itself flushes what it has sent, or the owner after it */
static void
check_thread (ZmqgTestTransport transport,
              gboolean          flushes)
{
  g_autofree char *endpoint = NULL;
  g_auto (ZmqgTestOutcomes) outcomes;
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, transport, &endpoint);
  ZmqgSocket *peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  ZmqgTestCounter counter = { 0 };
  Foreigner foreigner = { socket, &outcomes, flushes };

  zmqg_test_counter_connect (&counter, peer);
  zmqg_test_outcomes_init (&outcomes, 2);
  g_assert_true (g_main_context_acquire (NULL));
  g_thread_join (g_thread_new ("foreigner", foreigner_thread, &foreigner));
  if (!flushes)
    zmqg_test_outcomes_flush (&outcomes, 0, socket, NULL);
  g_main_context_release (NULL);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (outcomes.n_ended, ==, 0);

  g_assert_true (zmqg_socket_connect_to (peer, endpoint, NULL));
  zmqg_test_wait_for (outcomes.n_succeeded == 2 && counter.n_messages == 2);
  g_assert_cmpuint (outcomes.items[0].place, ==, 1);
  zmqg_test_outcomes_assert_released (&outcomes);
  zmqg_test_release (peer);
  zmqg_test_release (socket);
}

static void
test_by_thread (gconstpointer data)
{
  check_thread (GPOINTER_TO_INT (data), TRUE);
}

static void
test_after_thread (gconstpointer data)
{
  check_thread (GPOINTER_TO_INT (data), FALSE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/flush/nothing", test_nothing);
  g_test_add_func ("/flush/middle", test_middle);
  zmqg_test_add_transports ("/flush/gone", test_gone);
  zmqg_test_add_transports ("/flush/ended", test_ended);
  zmqg_test_add_transports ("/flush/by-thread", test_by_thread);
  zmqg_test_add_transports ("/flush/after-thread", test_after_thread);

  return g_test_run ();
}
