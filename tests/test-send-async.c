/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-utils.h"

#include <string.h>

static ZmqgSocket *
new_stuck (ZmqgTestTransport   transport,
           char              **endpoint)
{
  /* libzmq takes nothing for a bound PUSH without a peer */
  return zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, transport, endpoint);
}

static void
send_failed_cb (ZmqgSocket   *socket,
                ZmqgMessage  *message,
                const GError *error)
{
  g_assert_not_reached ();
}

/* Sends the numbers from first on, every other one asynchronously */
static void
send_mixed (ZmqgTestOutcomes *outcomes,
            ZmqgSocket       *socket,
            guint             first,
            guint             n_messages)
{
  for (guint i = first; i < first + n_messages; i++)
    {
      if (i % 2 == 0)
        zmqg_test_outcomes_send_index (outcomes, i, socket, 0, NULL);
      else
        zmqg_test_call (zmqg_test_send_number (socket, i));
    }
}

static void
assert_mixed (ZmqgTestOutcomes *outcomes,
              guint             n_messages)
{
  g_assert_cmpuint (outcomes->n_ended, ==, n_messages / 2);
  for (guint i = 0; i < n_messages; i += 2)
    {
      g_assert_true (zmqg_test_outcomes_is_good (outcomes, i));
      g_assert_cmpuint (outcomes->items[i].place, ==, i / 2);
    }
}

/* One line for both kinds; message-sent tells of both, in order */
static void
test_fifo (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_auto (ZmqgTestOutcomes) outcomes;
  ZmqgSocket *socket = new_stuck (GPOINTER_TO_INT (data), &endpoint);
  ZmqgSocket *peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  ZmqgTestCounter sent = { 0 }, received = { 0 };

  zmqg_test_outcomes_init (&outcomes, 300);
  g_signal_connect (socket, "message-sent", G_CALLBACK (zmqg_test_counter_received_cb), &sent);
  g_signal_connect (socket, "send-failed", G_CALLBACK (send_failed_cb), NULL);
  zmqg_test_counter_connect (&received, peer);
  send_mixed (&outcomes, socket, 0, 200);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (outcomes.n_ended, ==, 0);
  g_assert_cmpint (zmqg_test_get_number (socket, "send-queue-length"), ==, 200);
  g_assert_cmpint (zmqg_test_get_number (socket, "send-queue-bytes"), ==, 200 * sizeof (guint64));
  g_assert_cmpint (zmqg_test_get_number (socket, "n-pending-operations"), ==, 100);

  g_assert_true (zmqg_socket_connect_to (peer, endpoint, NULL));
  zmqg_test_wait_for (received.n_messages == 200 && sent.n_messages == 200);
  zmqg_test_wait_for (outcomes.n_ended == 100);
  assert_mixed (&outcomes, 200);

  /* libzmq takes these at once */
  send_mixed (&outcomes, socket, 200, 100);
  g_assert_cmpint (zmqg_test_get_number (socket, "send-queue-length"), ==, 0);
  zmqg_test_wait_for (received.n_messages == 300 && sent.n_messages == 300);
  zmqg_test_wait_for (outcomes.n_ended == 150);
  assert_mixed (&outcomes, 300);
  zmqg_test_outcomes_assert_released (&outcomes);
  zmqg_test_release (peer);
  zmqg_test_release (socket);
}

#define N_THREADS 8
#define N_EACH 2000

typedef struct
{
  ZmqgSocket *socket;
  guint64 first;
  ZmqgTestOutcomes outcomes;
} Sender;

static void
send_stubbornly (ZmqgSocket  *socket,
                 ZmqgMessage *message)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;

      if (zmqg_socket_send (socket, message, &error))
        return;
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
      g_usleep (50);
    }
}

static gpointer
sender_thread (gpointer data)
{
  Sender *sender = data;

  for (guint i = 0; i < N_EACH; i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_message_new (sender->first + i, i % 1000);

      if (i % 3 == 0)
        zmqg_test_outcomes_send (&sender->outcomes, i, sender->socket, message, NULL);
      else
        send_stubbornly (sender->socket, message);
    }

  return NULL;
}

static void
count_thread_cb (ZmqgSocket  *socket,
                 ZmqgMessage *message,
                 guint       *n_received)
{
  guint64 number = zmqg_test_message_get_number (message);

  g_assert_cmpuint (number >> 32, <, N_THREADS);
  g_assert_cmpuint (number & G_MAXUINT32, ==, n_received[number >> 32]++);
}

static gboolean
have_all (const guint *n_received)
{
  for (guint i = 0; i < N_THREADS; i++)
    {
      if (n_received[i] < N_EACH)
        return FALSE;
    }

  return TRUE;
}

static void
check_sender (Sender *sender)
{
  guint n_async = (N_EACH + 2) / 3;

  zmqg_test_wait_for (sender->outcomes.n_ended == n_async);
  g_assert_cmpuint (sender->outcomes.n_succeeded, ==, n_async);
  for (guint i = 3; i < N_EACH; i += 3)
    g_assert_cmpuint (sender->outcomes.items[i].place, ==, i / 3);
  zmqg_test_outcomes_assert_released (&sender->outcomes);
  zmqg_test_outcomes_clear (&sender->outcomes);
}

/* The order of each thread over both kinds; the results come in the default main context */
static void
test_threads (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  guint n_received[N_THREADS] = { 0 };
  Sender senders[N_THREADS];
  GThread *threads[N_THREADS];

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PUSH,
                       ZMQG_SOCKET_TYPE_PULL);
  zmqg_test_set_number (pair.bound, "send-queue-limit", 100);
  g_signal_connect (pair.connected, "message-received", G_CALLBACK (count_thread_cb), n_received);
  g_assert_true (g_main_context_acquire (NULL));
  for (guint i = 0; i < N_THREADS; i++)
    {
      senders[i].socket = pair.bound;
      senders[i].first = (guint64) i << 32;
      zmqg_test_outcomes_init (&senders[i].outcomes, N_EACH);
      threads[i] = g_thread_new ("sender", sender_thread, &senders[i]);
    }
  zmqg_test_wait_for (have_all (n_received));
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_thread_join (threads[i]);
      check_sender (&senders[i]);
    }
  g_main_context_release (NULL);
  zmqg_test_run_for (NULL, 5);
  g_assert_cmpint (zmqg_test_get_number (pair.bound, "send-queue-length"), ==, 0);
  g_assert_cmpint (zmqg_test_get_number (pair.bound, "send-queue-bytes"), ==, 0);
  g_assert_cmpint (zmqg_test_get_number (pair.bound, "n-pending-operations"), ==, 0);
}

/* The peer reads one at a time: no more are reported than libzmq can have */
static void
test_accepted (gconstpointer data)
{
  const guint n_items = 100, size = 500000;
  g_autofree char *endpoint = NULL;
  g_auto (ZmqgTestOutcomes) outcomes;
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  ZmqgSocket *peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);

  zmqg_test_set_number (socket, "send-high-water-mark", 1);
  zmqg_test_set_number (peer, "receive-high-water-mark", 1);
  zmqg_test_bind_free (socket, GPOINTER_TO_INT (data), &endpoint);
  zmqg_test_outcomes_init (&outcomes, n_items);
  for (guint i = 0; i < n_items; i++)
    zmqg_test_outcomes_send_index (&outcomes, i, socket, size, NULL);
  g_assert_true (zmqg_socket_connect_to (peer, endpoint, NULL));
  zmqg_test_wait_for (outcomes.n_ended > 0);
  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (ZmqgSocketStatistics) statistics = NULL;
      g_autoptr (ZmqgMessage) message = NULL;

      zmqg_test_run_for (NULL, 2);
      statistics = zmqg_socket_get_statistics (socket);
      g_assert_cmpuint (outcomes.n_ended, ==, statistics->messages_sent);
      g_assert_cmpint (zmqg_test_get_number (socket, "send-queue-length"), ==,
                       n_items - outcomes.n_ended);
      if (i == 0)
        g_assert_cmpuint (outcomes.n_ended, <, n_items / 2);
      message = zmqg_test_take_message (peer);
      g_assert_cmpuint (zmqg_test_message_get_number (message), ==, i);
    }
  zmqg_test_wait_for (outcomes.n_ended == n_items);
  g_assert_cmpuint (outcomes.n_succeeded, ==, n_items);
  zmqg_test_outcomes_assert_released (&outcomes);
  zmqg_test_release (peer);
  zmqg_test_release (socket);
}

typedef struct
{
  ZmqgSocket *socket;
  int n_begun;
  int is_done;
} Elsewhere;

static gpointer
elsewhere_thread (gpointer data)
{
  Elsewhere *elsewhere = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_auto (ZmqgTestOutcomes) outcomes;

  g_main_context_push_thread_default (context);
  zmqg_test_outcomes_init (&outcomes, 100);
  for (guint i = 0; i < 100; i++)
    zmqg_test_outcomes_send_index (&outcomes, i, elsewhere->socket, 0, NULL);
  g_atomic_int_set (&elsewhere->n_begun, 100);
  zmqg_test_wait_for_in (context, ZMQG_TEST_DEADLINE, outcomes.n_ended == 100);
  for (guint i = 0; i < 100; i++)
    {
      g_assert_true (zmqg_test_outcomes_is_good (&outcomes, i));
      g_assert_cmpuint (outcomes.items[i].place, ==, i);
    }
  g_main_context_pop_thread_default (context);
  g_atomic_int_set (&elsewhere->is_done, TRUE);

  return NULL;
}

static void
test_context (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  Elsewhere elsewhere = { new_stuck (GPOINTER_TO_INT (data), &endpoint), 0, 0 };
  ZmqgSocket *peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  ZmqgTestCounter counter = { 0 };
  GThread *thread;

  zmqg_test_counter_connect (&counter, peer);
  g_assert_true (g_main_context_acquire (NULL));
  thread = g_thread_new ("elsewhere", elsewhere_thread, &elsewhere);
  zmqg_test_poll_for (g_atomic_int_get (&elsewhere.n_begun) == 100);
  g_assert_true (zmqg_socket_connect_to (peer, endpoint, NULL));
  while (!g_atomic_int_get (&elsewhere.is_done))
    zmqg_test_run_for (NULL, 2);
  g_thread_join (thread);
  zmqg_test_wait_for (counter.n_messages == 100);
  g_main_context_release (NULL);
  zmqg_test_release (peer);
  zmqg_test_release (elsewhere.socket);
}

static void
test_keeps_alive (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_auto (ZmqgTestOutcomes) outcomes;
  ZmqgSocket *socket = new_stuck (GPOINTER_TO_INT (data), &endpoint);
  ZmqgSocket *peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  ZmqgTestCounter counter = { 0 };
  gpointer weak = socket;

  zmqg_test_counter_connect (&counter, peer);
  zmqg_test_outcomes_init (&outcomes, 3);
  for (guint i = 0; i < 3; i++)
    zmqg_test_outcomes_send_index (&outcomes, i, socket, 0, NULL);
  g_object_add_weak_pointer (G_OBJECT (socket), &weak);
  g_object_unref (socket);
  zmqg_test_run_for (NULL, 20);
  g_assert_nonnull (weak);
  g_assert_true (zmqg_socket_connect_to (peer, endpoint, NULL));
  zmqg_test_wait_for (outcomes.n_succeeded == 3 && weak == NULL);
  zmqg_test_wait_for (counter.n_messages == 3);
  zmqg_test_release (peer);
}

/* Over and over, by the owner and by another thread */
static gpointer
send_thread (gpointer data)
{
  ZmqgTestOutcomes *outcomes = data;

  zmqg_test_outcomes_send_index (outcomes, 1, outcomes->user_data, 0, NULL);

  return NULL;
}

static void
check_error (ZmqgSocket *socket,
             GQuark      domain,
             int         code)
{
  g_auto (ZmqgTestOutcomes) outcomes;

  zmqg_test_outcomes_init (&outcomes, 2);
  outcomes.user_data = socket;
  g_signal_connect (socket, "send-failed", G_CALLBACK (send_failed_cb), NULL);
  zmqg_test_outcomes_send_index (&outcomes, 0, socket, 0, NULL);
  g_assert_true (g_main_context_acquire (NULL));
  g_thread_join (g_thread_new ("send", send_thread, &outcomes));
  g_main_context_release (NULL);
  zmqg_test_wait_for (outcomes.n_ended == 2);
  zmqg_test_outcomes_assert_error (&outcomes, 0, domain, code);
  zmqg_test_outcomes_assert_error (&outcomes, 1, domain, code);
  zmqg_test_run_for (NULL, 5);
  zmqg_test_outcomes_assert_released (&outcomes);
  zmqg_test_release (socket);
}

static void
test_errors (void)
{
  g_autoptr (ZmqgMessage) empty = zmqg_message_new ();
  g_autoptr (ZmqgMessage) letter = zmqg_message_new_string ("nobody");
  g_auto (ZmqgTestOutcomes) outcomes;
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_ROUTER);

  zmqg_test_outcomes_init (&outcomes, 3);
  zmqg_test_set_number (socket, "router-mandatory", TRUE);
  g_signal_connect (socket, "send-failed", G_CALLBACK (send_failed_cb), NULL);
  zmqg_message_append_string (letter, "a letter");
  zmqg_test_outcomes_send (&outcomes, 0, socket, empty, NULL);
  zmqg_test_outcomes_send (&outcomes, 1, socket, letter, NULL);
  zmqg_test_outcomes_send_index (&outcomes, 2, socket, 0, NULL);
  zmqg_test_wait_for (outcomes.n_ended == 3);
  zmqg_test_outcomes_assert_error (&outcomes, 0, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  zmqg_test_outcomes_assert_error (&outcomes, 1, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE);
  zmqg_test_outcomes_assert_error (&outcomes, 2, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  zmqg_test_run_for (NULL, 5);
  zmqg_test_release (socket);

  check_error (zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL), G_IO_ERROR,
               G_IO_ERROR_NOT_SUPPORTED);
  check_error (zmqg_test_socket_new (ZMQG_SOCKET_TYPE_SUB), G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  check_error (zmqg_test_socket_new (ZMQG_SOCKET_TYPE_REP), ZMQG_ERROR, ZMQG_ERROR_STATE);
  socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_call (zmqg_socket_close (socket));
  check_error (socket, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

typedef struct
{
  ZmqgSocketType sender;
  ZmqgSocketType receiver;
} Pairing;

static const Pairing pairings[] = {
  { ZMQG_SOCKET_TYPE_PAIR, ZMQG_SOCKET_TYPE_PAIR },
  { ZMQG_SOCKET_TYPE_XPUB, ZMQG_SOCKET_TYPE_SUB },
  { ZMQG_SOCKET_TYPE_XSUB, ZMQG_SOCKET_TYPE_XPUB },
  { ZMQG_SOCKET_TYPE_PUSH, ZMQG_SOCKET_TYPE_PULL },
  { ZMQG_SOCKET_TYPE_DEALER, ZMQG_SOCKET_TYPE_DEALER },
  { ZMQG_SOCKET_TYPE_DEALER, ZMQG_SOCKET_TYPE_ROUTER },
  { ZMQG_SOCKET_TYPE_REQ, ZMQG_SOCKET_TYPE_REP },
};

/* These types drop what they send before there is a peer */
static void
await_peer (ZmqgTestPair *pair)
{
  const guint8 everything[] = { 1 };
  g_autoptr (ZmqgMessage) subscription = NULL;
  ZmqgSocketType type = zmqg_socket_get_socket_type (pair->bound);

  if (type == ZMQG_SOCKET_TYPE_XPUB)
    {
      g_assert_true (zmqg_socket_subscribe (pair->connected, "", NULL));
      subscription = zmqg_test_take_message (pair->bound);
    }
  else if (type == ZMQG_SOCKET_TYPE_XSUB)
    {
      g_assert_true (zmqg_socket_send_data (pair->bound, everything, sizeof everything, NULL));
      subscription = zmqg_test_take_message (pair->connected);
    }
}

/* From a bound socket, also where that has no peer yet */
static void
test_each_type (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (pairings); i++)
    {
      g_auto (ZmqgTestPair) pair = { NULL };
      g_auto (ZmqgTestOutcomes) outcomes;
      /* A message that begins with 0 or 1 would be a subscription to XPUB */
      ZmqgTestCounter counter = { .next = 7 };

      g_test_message ("type %d", pairings[i].sender);
      zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), pairings[i].sender,
                           pairings[i].receiver);
      zmqg_test_outcomes_init (&outcomes, 8);
      await_peer (&pair);
      zmqg_test_counter_connect (&counter, pair.connected);
      zmqg_test_outcomes_send_index (&outcomes, 7, pair.bound, 0, NULL);
      g_assert_cmpuint (outcomes.n_ended, ==, 0);
      zmqg_test_wait_for (outcomes.n_ended == 1 && counter.n_messages == 1);
      g_assert_no_error (outcomes.items[7].error);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/send-async/fifo", test_fifo);
  zmqg_test_add_transports ("/send-async/threads", test_threads);
  zmqg_test_add_transports ("/send-async/accepted", test_accepted);
  zmqg_test_add_transports ("/send-async/context", test_context);
  zmqg_test_add_transports ("/send-async/keeps-alive", test_keeps_alive);
  g_test_add_func ("/send-async/errors", test_errors);
  zmqg_test_add_transports ("/send-async/each-type", test_each_type);

  return g_test_run ();
}
