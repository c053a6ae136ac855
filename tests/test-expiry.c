/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-utils.h"

/* How late a message may be dropped on a busy machine (µs) */
#define LATE 1000000
#define MAX_MESSAGES 200

/* A PUSH socket without a peer, and what it tells of messages that carry the item's number */
typedef struct
{
  ZmqgSocket *socket;
  char *endpoint;
  ZmqgTestOutcomes outcomes;
  int expiries[MAX_MESSAGES];
  gint64 begun[MAX_MESSAGES];
  gint64 returned[MAX_MESSAGES];
  gint64 last;
  guint64 failed[MAX_MESSAGES];
  guint n_failed;
  int failure;
  gboolean has_no_order;
  guint n_writable;
} Shelf;

static void
shelf_failed_cb (ZmqgSocket   *socket,
                 ZmqgMessage  *message,
                 const GError *error,
                 Shelf        *shelf)
{
  guint64 number = zmqg_test_message_get_number (message);
  gint64 now = g_get_monotonic_time ();

  g_assert_false (zmqg_test_is_in_call ());
  g_assert_cmpuint (number, <, MAX_MESSAGES);
  g_assert_error (error, G_IO_ERROR, shelf->failure);
  shelf->failed[shelf->n_failed++] = number;
  if (shelf->failure != G_IO_ERROR_TIMED_OUT)
    return;

  /* Not before its time, nor much later, and in the order of their deadlines */
  g_assert_cmpint (now, >=, shelf->begun[number] + shelf->expiries[number] * 1000);
  g_assert_cmpint (now, <, shelf->returned[number] + shelf->expiries[number] * 1000 + LATE);
  if (shelf->has_no_order)
    return;
  g_assert_cmpint (shelf->returned[number] + shelf->expiries[number] * 1000, >=, shelf->last);
  shelf->last = MAX (shelf->last, shelf->begun[number] + shelf->expiries[number] * 1000);
}

static void
shelf_writable_cb (ZmqgSocket *socket,
                   Shelf      *shelf)
{
  shelf->n_writable++;
}

static Shelf *
shelf_new (ZmqgTestTransport transport)
{
  Shelf *shelf = g_new0 (Shelf, 1);

  shelf->socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, transport,
                                              &shelf->endpoint);
  shelf->failure = G_IO_ERROR_TIMED_OUT;
  zmqg_test_outcomes_init (&shelf->outcomes, MAX_MESSAGES);
  g_signal_connect (shelf->socket, "send-failed", G_CALLBACK (shelf_failed_cb), shelf);
  g_signal_connect (shelf->socket, "writable", G_CALLBACK (shelf_writable_cb), shelf);

  return shelf;
}

static void
shelf_free (Shelf *shelf)
{
  zmqg_test_release (shelf->socket);
  zmqg_test_outcomes_clear (&shelf->outcomes);
  g_free (shelf->endpoint);
  g_free (shelf);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Shelf, shelf_free)

static gboolean
shelf_send (Shelf *shelf,
            guint  number,
            int    expiry)
{
  g_autoptr (ZmqgMessage) message = zmqg_test_message_new (number, 0);
  g_autoptr (GError) error = NULL;
  gboolean taken;

  zmqg_message_set_expiry (message, expiry);
  g_assert_cmpint (zmqg_message_get_expiry (message), ==, expiry);
  shelf->expiries[number] = expiry;
  shelf->begun[number] = g_get_monotonic_time ();
  zmqg_test_call (taken = zmqg_socket_send (shelf->socket, message, &error));
  shelf->returned[number] = g_get_monotonic_time ();
  if (!taken)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);

  return taken;
}

static void
shelf_send_async (Shelf *shelf,
                  guint  number,
                  int    expiry,
                  int    timeout)
{
  g_autoptr (ZmqgMessage) message = zmqg_test_message_new (number, 0);

  zmqg_message_set_expiry (message, expiry);
  zmqg_test_outcomes_send_for (&shelf->outcomes, number, shelf->socket, message, timeout, NULL);
}

static void
assert_timed_out (Shelf *shelf,
                  guint  number,
                  int    timeout)
{
  ZmqgTestOutcome *outcome = &shelf->outcomes.items[number];

  zmqg_test_outcomes_assert_error (&shelf->outcomes, number, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpint (outcome->ended, >=, outcome->begun + timeout * 1000);
  g_assert_cmpint (outcome->ended, <, outcome->returned + timeout * 1000 + LATE);
}

/* The peer gets these, and then the one marked with MAX_MESSAGES, and nothing else */
static void
shelf_check_peer (Shelf       *shelf,
                  ZmqgSocket  *peer,
                  const guint *expected,
                  guint        n_expected)
{
  g_autoptr (ZmqgMessage) mark = zmqg_test_message_new (MAX_MESSAGES, 0);

  g_assert_true (zmqg_socket_send (shelf->socket, mark, NULL));
  for (guint i = 0; i <= n_expected; i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_take_message (peer);

      g_assert_cmpuint (zmqg_test_message_get_number (message), ==,
                        i < n_expected ? expected[i] : MAX_MESSAGES);
    }
  g_assert_cmpint (zmqg_test_get_number (shelf->socket, "send-queue-length"), ==, 0);
  g_assert_cmpint (zmqg_test_get_number (shelf->socket, "send-queue-bytes"), ==, 0);
  zmqg_test_release (peer);
}

static void
shelf_check (Shelf       *shelf,
             const guint *expected,
             guint        n_expected)
{
  shelf_check_peer (shelf,
                    zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PULL, shelf->endpoint),
                    expected, n_expected);
}

static guint64
get_n_expired (Shelf *shelf)
{
  g_autoptr (ZmqgSocketStatistics) statistics = zmqg_socket_get_statistics (shelf->socket);

  g_assert_cmpuint (statistics->send_failures, ==, shelf->n_failed);

  return statistics->messages_expired;
}

/* Of a queue that stands still, those from the middle too, of both kinds */
static void
test_middle (gconstpointer data)
{
  const guint rest[] = { 0, 2, 3, 5, 8, 9 };
  g_autoptr (Shelf) shelf = shelf_new (GPOINTER_TO_INT (data));

  shelf_send (shelf, 0, -1);
  shelf_send (shelf, 1, 60);
  shelf_send_async (shelf, 2, -1, -1);
  shelf_send (shelf, 3, 20000);
  shelf_send_async (shelf, 4, 40, -1);
  shelf_send (shelf, 5, -1);
  shelf_send (shelf, 6, 20);
  shelf_send (shelf, 7, 20);
  shelf_send (shelf, 8, -1);
  shelf_send_async (shelf, 9, -1, 20000);
  g_assert_cmpint (zmqg_test_get_number (shelf->socket, "send-queue-length"), ==, 10);
  zmqg_test_wait_for (shelf->n_failed == 3);
  zmqg_test_run_for (NULL, 5);
  g_assert_cmpuint (shelf->failed[0], ==, 6);
  g_assert_cmpuint (shelf->failed[1], ==, 7);
  g_assert_cmpuint (shelf->failed[2], ==, 1);
  g_assert_cmpuint (get_n_expired (shelf), ==, 3);
  g_assert_cmpuint (shelf->outcomes.n_ended, ==, 1);
  assert_timed_out (shelf, 4, 40);
  g_assert_cmpint (zmqg_test_get_number (shelf->socket, "send-queue-length"), ==, 6);
  g_assert_cmpint (zmqg_test_get_number (shelf->socket, "send-queue-bytes"), ==, 48);

  shelf_check (shelf, rest, G_N_ELEMENTS (rest));
  zmqg_test_wait_for (shelf->outcomes.n_succeeded == 2);
  zmqg_test_outcomes_assert_released (&shelf->outcomes);
}

static void
test_order (gconstpointer data)
{
  const guint rest[] = { 0 };
  g_autoptr (Shelf) shelf = shelf_new (GPOINTER_TO_INT (data));

  shelf_send (shelf, 0, -1);
  for (guint i = 1; i < MAX_MESSAGES; i++)
    g_assert_true (shelf_send (shelf, i, g_test_rand_int_range (0, 100)));
  zmqg_test_wait_for (shelf->n_failed == MAX_MESSAGES - 1);
  g_assert_cmpuint (get_n_expired (shelf), ==, MAX_MESSAGES - 1);
  /* Nothing is left to wake the loop */
  zmqg_test_run_for (NULL, 5);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 50), <, 6);
  shelf_check (shelf, rest, 1);
}

/* Whichever is sooner */
static void
test_timeout (gconstpointer data)
{
  const guint rest[] = { 4 };
  g_autoptr (Shelf) shelf = shelf_new (GPOINTER_TO_INT (data));

  g_assert_cmpint (zmqg_test_get_number (shelf->socket, "send-timeout"), ==, -1);
  zmqg_test_set_number (shelf->socket, "send-timeout", 30);
  zmqg_test_outcomes_send_index (&shelf->outcomes, 0, shelf->socket, 0, NULL);
  shelf_send_async (shelf, 1, 10, 20000);
  shelf_send_async (shelf, 2, 20000, 20);
  shelf_send_async (shelf, 3, -1, 0);
  shelf_send_async (shelf, 4, -1, -1);
  shelf_send_async (shelf, 5, 0, -1);
  zmqg_test_wait_for (shelf->outcomes.n_ended == 5);
  assert_timed_out (shelf, 0, 30);
  assert_timed_out (shelf, 1, 10);
  assert_timed_out (shelf, 2, 20);
  assert_timed_out (shelf, 3, 0);
  assert_timed_out (shelf, 5, 0);
  g_assert_cmpuint (shelf->outcomes.items[3].place, ==, 0);
  g_assert_cmpuint (shelf->outcomes.items[5].place, ==, 1);
  g_assert_cmpuint (shelf->outcomes.items[1].place, ==, 2);
  g_assert_cmpuint (shelf->outcomes.items[2].place, ==, 3);
  shelf_check (shelf, rest, 1);
  zmqg_test_wait_for (shelf->outcomes.n_succeeded == 1);
  g_assert_cmpuint (shelf->n_failed, ==, 0);
}

static gpointer
send_thread (gpointer data)
{
  Shelf *shelf = data;

  shelf_send (shelf, 1, 30);
  shelf_send (shelf, 2, -1);
  shelf_send_async (shelf, 3, 30, -1);
  shelf_send (shelf, 4, 20000);
  shelf_send (shelf, 5, 15);

  return NULL;
}

/* The time counts from the call on, also while the owner does not look */
static void
test_thread (gconstpointer data)
{
  const guint rest[] = { 0, 2, 4, 6 };
  g_autoptr (Shelf) shelf = shelf_new (GPOINTER_TO_INT (data));

  g_assert_true (g_main_context_acquire (NULL));
  shelf_send (shelf, 0, -1);
  g_thread_join (g_thread_new ("send", send_thread, shelf));
  shelf_send (shelf, 6, -1);
  g_main_context_release (NULL);
  zmqg_test_wait_for (shelf->n_failed == 2 && shelf->outcomes.n_ended == 1);
  g_assert_cmpuint (shelf->failed[0], ==, 5);
  assert_timed_out (shelf, 3, 30);
  g_assert_cmpuint (get_n_expired (shelf), ==, 2);
  shelf_check (shelf, rest, G_N_ELEMENTS (rest));
}

/* libzmq could take them in the very turn in which the loop looks, but it is too late */
static void
test_same_turn (gconstpointer data)
{
  const guint rest[] = { 0, 2, 4, 6 };
  g_autoptr (Shelf) shelf = shelf_new (GPOINTER_TO_INT (data));
  ZmqgSocket *peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);

  /* All are due when it finds out */
  shelf->has_no_order = TRUE;
  g_assert_true (g_main_context_acquire (NULL));
  shelf_send (shelf, 0, -1);
  g_thread_join (g_thread_new ("send", send_thread, shelf));
  shelf_send (shelf, 6, -1);
  shelf_send (shelf, 7, 30);
  shelf_send_async (shelf, 8, 30, -1);
  g_assert_true (zmqg_socket_connect_to (peer, shelf->endpoint, NULL));
  zmqg_test_poll_for (zmqg_socket_condition_check (shelf->socket, G_IO_OUT) == G_IO_OUT);
  /* The deadlines pass while the loop does not run */
  while (g_get_monotonic_time () < shelf->begun[7] + 40000)
    g_usleep (1000);
  g_main_context_release (NULL);
  zmqg_test_wait_for (shelf->n_failed == 3 && shelf->outcomes.n_ended == 2);
  assert_timed_out (shelf, 3, 30);
  assert_timed_out (shelf, 8, 30);
  g_assert_cmpuint (get_n_expired (shelf), ==, 3);
  shelf_check_peer (shelf, peer, rest, G_N_ELEMENTS (rest));
}

/* One that is sent in time is done with */
static void
test_in_time (gconstpointer data)
{
  g_autoptr (Shelf) shelf = shelf_new (GPOINTER_TO_INT (data));
  ZmqgSocket *peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  ZmqgTestCounter counter = { 0 };

  zmqg_test_counter_connect (&counter, peer);
  for (guint i = 0; i < 40; i++)
    g_assert_true (shelf_send (shelf, i, 300 + 2 * i));
  g_assert_true (zmqg_socket_connect_to (peer, shelf->endpoint, NULL));
  zmqg_test_wait_for (counter.n_messages == 40);
  /* libzmq takes it at once */
  shelf_send (shelf, 40, 0);
  shelf_send_async (shelf, 41, 0, 0);
  zmqg_test_wait_for (counter.n_messages == 42 && shelf->outcomes.n_succeeded == 1);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 500), <, 10);
  g_assert_cmpuint (shelf->n_failed, ==, 0);
  g_assert_cmpuint (get_n_expired (shelf), ==, 0);
  zmqg_test_release (peer);
}

/* They take room like others, and leave it to others */
static void
test_room (gconstpointer data)
{
  const guint rest[] = { 0, 5 };
  g_autoptr (Shelf) shelf = shelf_new (GPOINTER_TO_INT (data));

  zmqg_test_set_number (shelf->socket, "send-queue-limit", 4);
  shelf_send (shelf, 0, -1);
  for (guint i = 1; i < 4; i++)
    g_assert_true (shelf_send (shelf, i, 100 * i));
  g_assert_false (shelf_send (shelf, 4, 10));
  g_assert_false (shelf_send (shelf, 4, -1));
  zmqg_test_run_for (NULL, 1);
  g_assert_cmpuint (shelf->n_writable, ==, 0);
  zmqg_test_wait_for (shelf->n_writable == 1);
  g_assert_cmpuint (shelf->n_failed, ==, 1);
  g_assert_true (shelf_send (shelf, 5, -1));
  zmqg_test_wait_for (shelf->n_failed == 3);
  shelf_check (shelf, rest, 2);
}

/* What is left at the end is told once, as being left at the end */
static void
test_closed (gconstpointer data)
{
  g_autoptr (Shelf) shelf = shelf_new (GPOINTER_TO_INT (data));

  for (guint i = 0; i < 5; i++)
    shelf_send (shelf, i, 20 + i);
  shelf_send_async (shelf, 5, 20, -1);
  shelf->failure = G_IO_ERROR_CLOSED;
  zmqg_test_call (zmqg_socket_close (shelf->socket));
  zmqg_test_wait_for (shelf->n_failed == 5 && shelf->outcomes.n_ended == 1);
  zmqg_test_outcomes_assert_error (&shelf->outcomes, 5, G_IO_ERROR, G_IO_ERROR_CLOSED);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (shelf->failed[i], ==, i);
  zmqg_test_run_for (NULL, 50);
  g_assert_cmpuint (shelf->n_failed, ==, 5);
  g_assert_cmpuint (get_n_expired (shelf), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/expiry/middle", test_middle);
  zmqg_test_add_transports ("/expiry/order", test_order);
  zmqg_test_add_transports ("/expiry/timeout", test_timeout);
  zmqg_test_add_transports ("/expiry/thread", test_thread);
  zmqg_test_add_transports ("/expiry/same-turn", test_same_turn);
  zmqg_test_add_transports ("/expiry/in-time", test_in_time);
  zmqg_test_add_transports ("/expiry/room", test_room);
  zmqg_test_add_transports ("/expiry/closed", test_closed);

  return g_test_run ();
}
