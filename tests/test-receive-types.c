/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-utils.h"

#include <string.h>

/* receive_async() on each socket type */

static void
reply_cb (ZmqgSocket  *socket,
          ZmqgMessage *message)
{
  g_assert_true (zmqg_socket_send (socket, message, NULL));
}

/* What makes the other one send something */
static void
provoke (ZmqgSocket *receiver,
         ZmqgSocket *sender)
{
  ZmqgSocketType type = zmqg_socket_get_socket_type (sender);

  if (type == ZMQG_SOCKET_TYPE_SUB)
    {
      g_assert_true (zmqg_socket_subscribe (sender, "all", NULL));
    }
  else if (type == ZMQG_SOCKET_TYPE_REP)
    {
      g_signal_connect (sender, "message-received", G_CALLBACK (reply_cb), NULL);
      zmqg_test_send_number (receiver, 7);
    }
  else if (type != ZMQG_SOCKET_TYPE_STREAM)
    {
      /* For that one to be connected is a message */
      zmqg_test_send_number (sender, 7);
    }
}

static void
subscribe (ZmqgSocket *receiver,
           ZmqgSocket *sender)
{
  const guint8 everything[] = { 1 };
  g_autoptr (ZmqgMessage) message = NULL;

  if (zmqg_socket_get_socket_type (receiver) == ZMQG_SOCKET_TYPE_SUB)
    g_assert_true (zmqg_socket_subscribe (receiver, "", NULL));
  else if (zmqg_socket_get_socket_type (receiver) == ZMQG_SOCKET_TYPE_XSUB)
    g_assert_true (zmqg_socket_send_data (receiver, everything, sizeof everything, NULL));
  else
    return;

  message = zmqg_test_take_message (sender);
}

typedef struct
{
  ZmqgSocketType receiver;
  ZmqgSocketType sender;
  guint n_frames;
} Pairing;

static const Pairing pairings[] = {
  { ZMQG_SOCKET_TYPE_PAIR, ZMQG_SOCKET_TYPE_PAIR, 1 },
  { ZMQG_SOCKET_TYPE_SUB, ZMQG_SOCKET_TYPE_XPUB, 1 },
  { ZMQG_SOCKET_TYPE_XSUB, ZMQG_SOCKET_TYPE_XPUB, 1 },
  { ZMQG_SOCKET_TYPE_XPUB, ZMQG_SOCKET_TYPE_SUB, 1 },
  { ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH, 1 },
  { ZMQG_SOCKET_TYPE_DEALER, ZMQG_SOCKET_TYPE_DEALER, 1 },
  { ZMQG_SOCKET_TYPE_ROUTER, ZMQG_SOCKET_TYPE_DEALER, 2 },
  { ZMQG_SOCKET_TYPE_REP, ZMQG_SOCKET_TYPE_REQ, 1 },
  { ZMQG_SOCKET_TYPE_REQ, ZMQG_SOCKET_TYPE_REP, 1 },
  { ZMQG_SOCKET_TYPE_STREAM, ZMQG_SOCKET_TYPE_STREAM, 2 },
};

static void
check_pairing (const Pairing     *pairing,
               ZmqgTestTransport  transport)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;

  g_test_message ("type %d over %s", pairing->receiver, zmqg_test_transport_get_name (transport));
  zmqg_test_pair_init (&pair, transport, pairing->receiver, pairing->sender);
  zmqg_test_outcomes_init (&outcomes, 1);
  subscribe (pair.bound, pair.connected);
  /* It may not wait for a reply before it has asked */
  if (pairing->receiver == ZMQG_SOCKET_TYPE_REQ)
    provoke (pair.bound, pair.connected);
  zmqg_test_outcomes_receive (&outcomes, 0, pair.bound, NULL);
  if (pairing->receiver != ZMQG_SOCKET_TYPE_REQ)
    provoke (pair.bound, pair.connected);

  zmqg_test_wait_for (outcomes.n_ended == 1);
  g_assert_no_error (outcomes.items[0].error);
  g_assert_cmpuint (outcomes.items[0].n_frames, ==, pairing->n_frames);
  if (pairing->receiver != ZMQG_SOCKET_TYPE_XPUB && pairing->receiver != ZMQG_SOCKET_TYPE_STREAM)
    g_assert_cmpuint (outcomes.items[0].number, ==, 7);
  zmqg_test_outcomes_assert_released (&outcomes);
}

static void
test_each_type (gconstpointer data)
{
  ZmqgTestTransport transport = GPOINTER_TO_INT (data);

  for (guint i = 0; i < G_N_ELEMENTS (pairings); i++)
    {
      if (pairings[i].receiver != ZMQG_SOCKET_TYPE_STREAM || transport == ZMQG_TEST_TCP)
        check_pairing (&pairings[i], transport);
    }
}

static void
test_not_supported (void)
{
  const ZmqgSocketType types[] = { ZMQG_SOCKET_TYPE_PUB, ZMQG_SOCKET_TYPE_PUSH };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_auto (ZmqgTestOutcomes) outcomes;
      ZmqgSocket *socket = zmqg_test_socket_new (types[i]);

      zmqg_test_outcomes_init (&outcomes, 2);
      zmqg_test_outcomes_receive (&outcomes, 0, socket, cancellable);
      zmqg_test_outcomes_receive_for (&outcomes, 1, socket, 0, NULL);
      zmqg_test_wait_for (outcomes.n_ended == 2);
      zmqg_test_outcomes_assert_error (&outcomes, 0, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
      zmqg_test_outcomes_assert_error (&outcomes, 1, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
      g_assert_nonnull (strstr (outcomes.items[0].error->message,
                                types[i] == ZMQG_SOCKET_TYPE_PUB ? "PUB" : "PUSH"));
      g_assert_false (zmqg_test_has_handlers (cancellable));
      zmqg_test_outcomes_assert_released (&outcomes);
      zmqg_test_release (socket);
    }
}

/* No reply can come to a question that nobody has asked */
static void
test_req_without_request (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_REP, ZMQG_SOCKET_TYPE_REQ);
  zmqg_test_outcomes_init (&outcomes, 3);
  zmqg_test_outcomes_receive (&outcomes, 0, pair.connected, NULL);
  zmqg_test_outcomes_receive (&outcomes, 1, pair.connected, NULL);
  zmqg_test_wait_for (outcomes.n_ended == 2);
  zmqg_test_outcomes_assert_error (&outcomes, 0, ZMQG_ERROR, ZMQG_ERROR_STATE);
  zmqg_test_outcomes_assert_error (&outcomes, 1, ZMQG_ERROR, ZMQG_ERROR_STATE);

  /* Nothing is wrong with the socket */
  g_signal_connect (pair.bound, "message-received", G_CALLBACK (reply_cb), NULL);
  zmqg_test_send_number (pair.connected, 7);
  zmqg_test_outcomes_receive (&outcomes, 2, pair.connected, NULL);
  zmqg_test_wait_for (outcomes.n_ended == 3);
  zmqg_test_outcomes_assert_order (&outcomes, 2, 1, 7);
}

/* The request waits for a peer, and its reply may be waited for meanwhile */
static void
test_req_with_queued_request (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_auto (ZmqgTestOutcomes) outcomes;
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_REQ, GPOINTER_TO_INT (data),
                                                   &endpoint);
  ZmqgSocket *peer;

  zmqg_test_outcomes_init (&outcomes, 3);
  zmqg_test_send_number (socket, 7);
  g_assert_cmpint (zmqg_test_get_number (socket, "send-queue-length"), ==, 1);
  zmqg_test_outcomes_receive (&outcomes, 0, socket, NULL);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 30), <, 20);
  g_assert_cmpuint (outcomes.n_ended, ==, 0);
  /* A second request: at once, and the first one stays */
  zmqg_test_outcomes_send_index (&outcomes, 1, socket, 0, NULL);
  zmqg_test_wait_for (outcomes.n_ended == 1);
  zmqg_test_outcomes_assert_error (&outcomes, 1, ZMQG_ERROR, ZMQG_ERROR_STATE);

  peer = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_REP, endpoint);
  g_signal_connect (peer, "message-received", G_CALLBACK (reply_cb), NULL);
  zmqg_test_wait_for (outcomes.n_ended == 2);
  zmqg_test_outcomes_assert_order (&outcomes, 0, 1, 7);
  zmqg_test_release (peer);
  zmqg_test_release (socket);
}

/* One of those who wait gets the request; for the next one there can be none before the reply */
static void
test_rep_out_of_turn (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_REP, ZMQG_SOCKET_TYPE_REQ);
  zmqg_test_outcomes_init (&outcomes, 3);
  zmqg_test_outcomes_receive (&outcomes, 0, pair.bound, NULL);
  zmqg_test_outcomes_receive (&outcomes, 1, pair.bound, NULL);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 30), <, 20);
  g_assert_cmpuint (outcomes.n_ended, ==, 0);
  zmqg_test_send_number (pair.connected, 7);
  zmqg_test_wait_for (outcomes.n_ended == 2);
  zmqg_test_outcomes_assert_order (&outcomes, 0, 1, 7);
  zmqg_test_outcomes_assert_error (&outcomes, 1, ZMQG_ERROR, ZMQG_ERROR_STATE);

  zmqg_test_send_number (pair.bound, 7);
  zmqg_test_outcomes_receive (&outcomes, 2, pair.connected, NULL);
  zmqg_test_wait_for (outcomes.n_ended == 3);
  zmqg_test_outcomes_assert_order (&outcomes, 2, 1, 7);
}

typedef struct
{
  ZmqgSocket *socket;
  ZmqgTestOutcomes *outcomes;
  GCancellable *cancelled;
} Hurry;

static gpointer
hurry_thread (gpointer data)
{
  Hurry *hurry = data;

  zmqg_test_outcomes_receive (hurry->outcomes, 4, hurry->socket, hurry->cancelled);
  zmqg_test_outcomes_receive_for (hurry->outcomes, 5, hurry->socket, 0, NULL);

  return NULL;
}

static gboolean
hurry_cb (gpointer user_data)
{
  Hurry *hurry = user_data;
  ZmqgTestOutcomes *outcomes = hurry->outcomes;

  zmqg_test_outcomes_receive (outcomes, 0, hurry->socket, hurry->cancelled);
  zmqg_test_outcomes_receive (outcomes, 1, hurry->socket, NULL);
  zmqg_test_outcomes_receive_for (outcomes, 2, hurry->socket, 0, NULL);
  zmqg_test_outcomes_receive_for (outcomes, 3, hurry->socket, 0, hurry->cancelled);
  g_thread_join (g_thread_new ("hurry", hurry_thread, hurry));
  g_assert_cmpuint (outcomes->n_ended, ==, 0);

  return G_SOURCE_REMOVE;
}

/* Whatever could be told at once is told from a later dispatch, also of what is begun in one */
static void
test_never_inside (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  Hurry hurry = { NULL, &outcomes, cancelled };

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  hurry.socket = pair.bound;
  zmqg_test_outcomes_init (&outcomes, 6);
  g_cancellable_cancel (cancelled);
  zmqg_test_send_number (pair.connected, 0);
  zmqg_test_send_number (pair.connected, 1);
  zmqg_test_poll_for (zmqg_socket_condition_check (pair.bound, G_IO_IN) == G_IO_IN);
  g_usleep (ZMQG_TEST_SETTLE);
  g_idle_add (hurry_cb, &hurry);
  zmqg_test_wait_for (outcomes.n_ended == 6);
  for (guint i = 0; i < 6; i++)
    {
      if (i == 0 || i == 3 || i == 4)
        zmqg_test_outcomes_assert_error (&outcomes, i, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  g_assert_true (zmqg_test_outcomes_is_good (&outcomes, 1));
  g_assert_cmpuint (outcomes.items[1].number, ==, 0);
  /* What is there is there in time */
  g_assert_true (zmqg_test_outcomes_is_good (&outcomes, 2));
  g_assert_cmpuint (outcomes.items[2].number, ==, 1);
  zmqg_test_outcomes_assert_error (&outcomes, 5, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  zmqg_test_outcomes_assert_released (&outcomes);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/receive-types/each", test_each_type);
  g_test_add_func ("/receive-types/not-supported", test_not_supported);
  zmqg_test_add_transports ("/receive-types/req-without-request", test_req_without_request);
  zmqg_test_add_transports ("/receive-types/req-with-queued-request",
                            test_req_with_queued_request);
  zmqg_test_add_transports ("/receive-types/rep-out-of-turn", test_rep_out_of_turn);
  zmqg_test_add_transports ("/receive-types/never-inside", test_never_inside);

  return g_test_run ();
}
