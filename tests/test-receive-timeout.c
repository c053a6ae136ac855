/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

/* How late a timeout may be on a busy machine (µs) */
#define LATE 1000000

static void
assert_timed_out (ZmqgTestOutcomes *outcomes,
                  guint             index,
                  int               timeout)
{
  ZmqgTestOutcome *outcome = &outcomes->items[index];

  zmqg_test_outcomes_assert_error (outcomes, index, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpint (outcome->ended, >=, outcome->begun + timeout * 1000);
  g_assert_cmpint (outcome->ended, <, outcome->begun + timeout * 1000 + LATE);
}

static void
test_property (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_outcomes_init (&outcomes, 6);
  g_assert_cmpint (zmqg_test_get_number (pair.bound, "receive-timeout"), ==, -1);
  zmqg_test_outcomes_receive (&outcomes, 0, pair.bound, NULL);
  zmqg_test_set_number (pair.bound, "receive-timeout", 40);
  zmqg_test_outcomes_receive (&outcomes, 1, pair.bound, NULL);
  zmqg_test_outcomes_receive_for (&outcomes, 2, pair.bound, 20, NULL);
  zmqg_test_outcomes_receive_for (&outcomes, 3, pair.bound, -1, NULL);
  zmqg_test_set_number (pair.bound, "receive-timeout", -1);
  zmqg_test_outcomes_receive_for (&outcomes, 4, pair.bound, 0, NULL);
  zmqg_test_outcomes_receive (&outcomes, 5, pair.bound, NULL);
  zmqg_test_wait_for (outcomes.n_ended == 3);
  assert_timed_out (&outcomes, 4, 0);
  assert_timed_out (&outcomes, 2, 20);
  assert_timed_out (&outcomes, 1, 40);
  g_assert_cmpuint (outcomes.items[4].place, ==, 0);
  g_assert_cmpuint (outcomes.items[2].place, ==, 1);
  g_assert_nonnull (strstr (outcomes.items[1].error->message, "40"));

  /* Those without one go on waiting, at no cost, and get what comes */
  g_assert_cmpuint (zmqg_test_run_for (NULL, 60), <, 10);
  g_assert_cmpuint (outcomes.n_ended, ==, 3);
  for (guint i = 0; i < 3; i++)
    zmqg_test_send_number (pair.connected, i);
  zmqg_test_wait_for (outcomes.n_ended == 6);
  g_assert_cmpuint (outcomes.items[0].number, ==, 0);
  g_assert_cmpuint (outcomes.items[3].number, ==, 1);
  g_assert_cmpuint (outcomes.items[5].number, ==, 2);
  zmqg_test_outcomes_assert_released (&outcomes);
}

static void
shuffle (int  *numbers,
         guint length)
{
  for (guint i = 0; i < length; i++)
    {
      guint other = g_test_rand_int_range (i, length);
      int number = numbers[i];

      numbers[i] = numbers[other];
      numbers[other] = number;
    }
}

/* In the order in which their time is over, whatever the order in which they began */
static void
test_order (gconstpointer data)
{
  const guint n_items = 300;
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;
  int timeouts[n_items];
  guint by_place[n_items];
  gint64 last = 0;

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_outcomes_init (&outcomes, n_items);
  for (guint i = 0; i < n_items; i++)
    timeouts[i] = i / 2;
  shuffle (timeouts, n_items);
  for (guint i = 0; i < n_items; i++)
    zmqg_test_outcomes_receive_for (&outcomes, i, pair.bound, timeouts[i], NULL);
  zmqg_test_wait_for (outcomes.n_ended == n_items);

  for (guint i = 0; i < n_items; i++)
    {
      assert_timed_out (&outcomes, i, timeouts[i]);
      by_place[outcomes.items[i].place] = i;
    }
  for (guint i = 0; i < n_items; i++)
    {
      ZmqgTestOutcome *outcome = &outcomes.items[by_place[i]];
      int timeout = timeouts[by_place[i]];

      /* Its deadline lies between the two */
      g_assert_cmpint (outcome->returned + timeout * 1000, >=, last);
      last = MAX (last, outcome->begun + timeout * 1000);
    }
  zmqg_test_outcomes_assert_released (&outcomes);
}

/* Some get messages and some are cancelled meanwhile: from all places of whatever orders them */
static void
test_mixed (gconstpointer data)
{
  const guint n_items = 200;
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;
  GCancellable *cancellables[n_items];
  int timeouts[n_items];
  guint n_sent = 0, n_left = 0;

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_outcomes_init (&outcomes, n_items);
  for (guint i = 0; i < n_items; i++)
    {
      cancellables[i] = g_cancellable_new ();
      timeouts[i] = g_test_rand_int_range (0, 100);
      zmqg_test_outcomes_receive_for (&outcomes, i, pair.bound, timeouts[i], cancellables[i]);
    }
  while (outcomes.n_ended < n_items)
    {
      zmqg_test_send_number (pair.connected, n_sent++);
      zmqg_test_call (g_cancellable_cancel (cancellables[g_test_rand_int_range (0, n_items)]));
      zmqg_test_run_for (NULL, 1);
    }
  for (guint i = 0, next = 0; i < n_items; i++)
    {
      if (zmqg_test_outcomes_is_good (&outcomes, i))
        g_assert_cmpuint (outcomes.items[i].number, ==, next++);
      else if (!g_cancellable_is_cancelled (cancellables[i]))
        assert_timed_out (&outcomes, i, timeouts[i]);
      g_assert_finalize_object (cancellables[i]);
    }
  while (outcomes.n_succeeded + n_left < n_sent)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_take_message (pair.bound);

      g_assert_cmpuint (zmqg_test_message_get_number (message), ==,
                        outcomes.n_succeeded + n_left++);
    }
  zmqg_test_outcomes_assert_released (&outcomes);
}

/* A message that comes at the very moment: either it was in time, or the next one gets it */
static void
test_at_the_moment (gconstpointer data)
{
  const guint n_rounds = 500;
  g_auto (ZmqgTestOutcomes) outcomes;
  g_autofree char *endpoint = NULL;
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data),
                                                   &endpoint);
  void *sender = zmq_socket (zmqg_context_get_handle (zmqg_context_get_default ()), ZMQ_PUSH);
  guint n_late = 0;

  g_assert_cmpint (zmq_connect (sender, endpoint), ==, 0);
  zmqg_test_outcomes_init (&outcomes, 2 * n_rounds);
  for (guint64 i = 0; i < n_rounds; i++)
    {
      guint first = 2 * i;
      gint64 moment;

      zmqg_test_outcomes_receive_for (&outcomes, first, socket, 1, NULL);
      moment = outcomes.items[first].begun + g_test_rand_int_range (700, 1100);
      while (g_get_monotonic_time () < moment)
        g_main_context_iteration (NULL, FALSE);
      g_assert_cmpint (zmq_send (sender, &i, sizeof i, 0), ==, sizeof i);
      zmqg_test_wait_for (outcomes.items[first].has_ended);
      if (!zmqg_test_outcomes_is_good (&outcomes, first))
        {
          assert_timed_out (&outcomes, first++, 1);
          n_late++;
          zmqg_test_outcomes_receive (&outcomes, first, socket, NULL);
          zmqg_test_wait_for (outcomes.items[first].has_ended);
        }
      zmqg_test_outcomes_assert_order (&outcomes, first, 1, i);
    }
  g_test_message ("%u of %u came too late", n_late, n_rounds);
  g_assert_cmpuint (n_late, >, 0);
  g_assert_cmpuint (n_late, <, n_rounds);
  zmq_close (sender);
  zmqg_test_release (socket);
}

/* What has ended does not wake the loop when its time would have been over */
static void
test_nothing_left (gconstpointer data)
{
  const guint n_items = 50;
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_outcomes_init (&outcomes, 2 * n_items);
  for (guint i = 0; i < n_items; i++)
    {
      zmqg_test_outcomes_receive_for (&outcomes, i, pair.bound, 300 + 2 * i, NULL);
      zmqg_test_outcomes_receive_for (&outcomes, n_items + i, pair.bound, 301 + 2 * i,
                                      cancellable);
      zmqg_test_send_number (pair.connected, i);
    }
  zmqg_test_call (g_cancellable_cancel (cancellable));
  zmqg_test_wait_for (outcomes.n_ended == 2 * n_items);
  g_assert_cmpuint (outcomes.n_succeeded, ==, n_items);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 500), <, 10);
}

typedef struct
{
  ZmqgSocket *socket;
  int is_done;
} Elsewhere;

static gpointer
elsewhere_thread (gpointer data)
{
  Elsewhere *elsewhere = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_auto (ZmqgTestOutcomes) outcomes;

  g_main_context_push_thread_default (context);
  zmqg_test_outcomes_init (&outcomes, 3);
  zmqg_test_outcomes_receive (&outcomes, 0, elsewhere->socket, NULL);
  zmqg_test_outcomes_receive_for (&outcomes, 1, elsewhere->socket, 10, NULL);
  zmqg_test_outcomes_receive_for (&outcomes, 2, elsewhere->socket, 0, NULL);
  zmqg_test_wait_for_in (context, ZMQG_TEST_DEADLINE, outcomes.n_ended == 3);
  assert_timed_out (&outcomes, 0, 30);
  assert_timed_out (&outcomes, 1, 10);
  assert_timed_out (&outcomes, 2, 0);
  g_assert_cmpuint (outcomes.items[0].place, ==, 2);
  g_assert_cmpuint (outcomes.items[1].place, ==, 1);
  g_main_context_pop_thread_default (context);
  g_atomic_int_set (&elsewhere->is_done, TRUE);

  return NULL;
}

static void
test_elsewhere (gconstpointer data)
{
  Elsewhere elsewhere = { NULL };
  GThread *thread;

  elsewhere.socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data),
                                                 NULL);
  zmqg_test_set_number (elsewhere.socket, "receive-timeout", 30);
  g_assert_true (g_main_context_acquire (NULL));
  thread = g_thread_new ("elsewhere", elsewhere_thread, &elsewhere);
  while (!g_atomic_int_get (&elsewhere.is_done))
    zmqg_test_run_for (NULL, 2);
  g_thread_join (thread);
  g_main_context_release (NULL);
  zmqg_test_release (elsewhere.socket);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/receive-timeout/property", test_property);
  zmqg_test_add_transports ("/receive-timeout/order", test_order);
  zmqg_test_add_transports ("/receive-timeout/mixed", test_mixed);
  zmqg_test_add_transports ("/receive-timeout/at-the-moment", test_at_the_moment);
  zmqg_test_add_transports ("/receive-timeout/nothing-left", test_nothing_left);
  zmqg_test_add_transports ("/receive-timeout/elsewhere", test_elsewhere);

  return g_test_run ();
}
