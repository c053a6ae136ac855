/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

/* A receive that is cancelled takes no message away from anybody */

#define cancel(cancellable) zmqg_test_call (g_cancellable_cancel (cancellable))

static void
assert_cancelled (ZmqgTestOutcomes *outcomes,
                  guint             index)
{
  zmqg_test_outcomes_assert_error (outcomes, index, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
wait_for_message (ZmqgSocket *socket)
{
  zmqg_test_poll_for (zmqg_socket_condition_check (socket, G_IO_IN) == G_IO_IN);
}

static void
test_before (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_outcomes_init (&outcomes, 3);
  cancel (cancellable);
  zmqg_test_send_number (pair.connected, 0);
  wait_for_message (pair.bound);
  zmqg_test_outcomes_receive (&outcomes, 0, pair.bound, cancellable);
  zmqg_test_outcomes_receive (&outcomes, 1, pair.bound, cancellable);
  zmqg_test_wait_for (outcomes.n_ended == 2);
  assert_cancelled (&outcomes, 0);
  assert_cancelled (&outcomes, 1);
  g_assert_cmpuint (outcomes.items[0].place, ==, 0);
  g_assert_false (zmqg_test_has_handlers (cancellable));

  zmqg_test_outcomes_receive (&outcomes, 2, pair.bound, NULL);
  zmqg_test_wait_for (outcomes.n_ended == 3);
  zmqg_test_outcomes_assert_order (&outcomes, 2, 1, 0);
  zmqg_test_outcomes_assert_released (&outcomes);
  g_assert_finalize_object (g_steal_pointer (&cancellable));
}

static gpointer
cancel_thread (gpointer data)
{
  cancel (data);

  return NULL;
}

/* Of five that wait, the second and the last are cancelled. data: also by another thread */
static void
check_while_waiting (ZmqgTestTransport transport,
                     gboolean          by_thread)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;
  GCancellable *cancellables[5];

  zmqg_test_pair_init (&pair, transport, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_outcomes_init (&outcomes, 5);
  for (guint i = 0; i < 5; i++)
    {
      cancellables[i] = g_cancellable_new ();
      zmqg_test_outcomes_receive (&outcomes, i, pair.bound, cancellables[i]);
    }
  zmqg_test_run_for (NULL, 10);
  for (guint i = 1; i < 5; i += 3)
    {
      g_autoptr (GThread) thread = g_thread_new ("cancel", cancel_thread, cancellables[i]);

      if (!by_thread)
        g_thread_join (g_steal_pointer (&thread));
      zmqg_test_wait_for (outcomes.n_ended == 1 + i / 4);
      if (thread != NULL)
        g_thread_join (g_steal_pointer (&thread));
      assert_cancelled (&outcomes, i);
    }

  for (guint i = 0; i < 3; i++)
    zmqg_test_send_number (pair.connected, i);
  zmqg_test_wait_for (outcomes.n_ended == 5);
  g_assert_cmpuint (outcomes.n_succeeded, ==, 3);
  g_assert_cmpuint (outcomes.items[0].number, ==, 0);
  g_assert_cmpuint (outcomes.items[2].number, ==, 1);
  g_assert_cmpuint (outcomes.items[3].number, ==, 2);
  zmqg_test_outcomes_assert_released (&outcomes);
  for (guint i = 0; i < 5; i++)
    {
      g_assert_false (zmqg_test_has_handlers (cancellables[i]));
      g_assert_finalize_object (cancellables[i]);
    }
}

static void
test_while_waiting (gconstpointer data)
{
  check_while_waiting (GPOINTER_TO_INT (data), FALSE);
}

static void
test_by_thread (gconstpointer data)
{
  check_while_waiting (GPOINTER_TO_INT (data), TRUE);
}

/* A thousand with one cancellable, and others among them that have none */
static void
test_shared (gconstpointer data)
{
  const guint n_items = 2000;
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_outcomes_init (&outcomes, n_items);
  for (guint i = 0; i < n_items; i++)
    zmqg_test_outcomes_receive (&outcomes, i, pair.bound, i % 2 == 0 ? cancellable : NULL);
  g_assert_true (zmqg_test_has_handlers (cancellable));
  for (guint i = 0; i < n_items / 2; i++)
    zmqg_test_send_number (pair.connected, i);
  wait_for_message (pair.bound);
  g_usleep (ZMQG_TEST_SETTLE);
  cancel (cancellable);
  zmqg_test_wait_for (outcomes.n_ended == n_items);
  for (guint i = 0; i < n_items; i++)
    {
      if (i % 2 == 0)
        assert_cancelled (&outcomes, i);
      else
        zmqg_test_outcomes_assert_order (&outcomes, i, 1, i / 2);
    }
  g_assert_false (zmqg_test_has_handlers (cancellable));
  zmqg_test_outcomes_assert_released (&outcomes);
  zmqg_test_release (g_steal_pointer (&cancellable));
}

/* No message comes, and the first in line goes on waiting */
static void
test_shared_behind (gconstpointer data)
{
  const guint n_items = 1001;
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_outcomes_init (&outcomes, n_items);
  zmqg_test_outcomes_receive (&outcomes, 0, pair.bound, NULL);
  for (guint i = 1; i < n_items; i++)
    zmqg_test_outcomes_receive (&outcomes, i, pair.bound, cancellable);
  zmqg_test_run_for (NULL, 10);
  cancel (cancellable);
  zmqg_test_wait_for_in (NULL, 5000, outcomes.n_ended == n_items - 1);
  g_assert_false (outcomes.items[0].has_ended);
  zmqg_test_release (g_steal_pointer (&cancellable));

  zmqg_test_send_number (pair.connected, 0);
  zmqg_test_wait_for (outcomes.n_ended == n_items);
  zmqg_test_outcomes_assert_order (&outcomes, 0, 1, 0);
}

/* However one ends, the cancellable is not held any more, and cancelling it does nothing */
static void
test_nothing_held (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (ZmqgTestOutcomes) outcomes;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_outcomes_init (&outcomes, 3);
  zmqg_test_outcomes_receive (&outcomes, 0, pair.bound, cancellable);
  zmqg_test_send_number (pair.connected, 0);
  zmqg_test_wait_for (outcomes.n_ended == 1);
  g_assert_false (zmqg_test_has_handlers (cancellable));

  zmqg_test_outcomes_receive_for (&outcomes, 1, pair.bound, 5, cancellable);
  zmqg_test_wait_for (outcomes.n_ended == 2);
  zmqg_test_outcomes_assert_error (&outcomes, 1, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_false (zmqg_test_has_handlers (cancellable));

  zmqg_test_outcomes_receive (&outcomes, 2, pair.bound, cancellable);
  zmqg_test_call (zmqg_socket_close (pair.bound));
  zmqg_test_wait_for (outcomes.n_ended == 3);
  zmqg_test_outcomes_assert_error (&outcomes, 2, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_false (zmqg_test_has_handlers (cancellable));

  cancel (cancellable);
  zmqg_test_run_for (NULL, 10);
  g_assert_cmpuint (outcomes.n_ended, ==, 3);
  zmqg_test_outcomes_assert_released (&outcomes);
  g_assert_finalize_object (g_steal_pointer (&cancellable));
}

/* In one turn, or at the same time: one of the two ends it, and nobody keeps the socket */
static void
check_closing (ZmqgTestTransport transport,
               gboolean          by_thread)
{
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, transport, NULL);
  GCancellable *cancellable = g_cancellable_new ();
  g_auto (ZmqgTestOutcomes) outcomes;
  GThread *thread = NULL;

  zmqg_test_outcomes_init (&outcomes, 2);
  zmqg_test_outcomes_receive (&outcomes, 0, socket, cancellable);
  zmqg_test_outcomes_receive (&outcomes, 1, socket, NULL);
  if (by_thread)
    thread = g_thread_new ("cancel", cancel_thread, cancellable);
  else
    cancel (cancellable);
  while (by_thread && !g_cancellable_is_cancelled (cancellable))
    ;
  zmqg_test_call (zmqg_socket_close (socket));
  zmqg_test_wait_for (outcomes.n_ended == 2);
  if (!g_error_matches (outcomes.items[0].error, G_IO_ERROR, G_IO_ERROR_CLOSED))
    assert_cancelled (&outcomes, 0);
  zmqg_test_outcomes_assert_error (&outcomes, 1, G_IO_ERROR, G_IO_ERROR_CLOSED);
  if (thread != NULL)
    g_thread_join (thread);
  zmqg_test_release (socket);
  g_assert_finalize_object (cancellable);
}

static void
test_closing (gconstpointer data)
{
  check_closing (GPOINTER_TO_INT (data), FALSE);
  for (guint i = 0; i < 1000; i++)
    check_closing (GPOINTER_TO_INT (data), TRUE);
}

/* Scenario 42: who gets a message when receives are cancelled as it comes. The numbers of the
 * messages show that each went to one, and in order. */
typedef struct
{
  ZmqgSocket *socket;
  void *sender;
  ZmqgTestCounter counter;
  ZmqgTestOutcomes outcomes;
  GCancellable *cancellable;
  guint64 n_sent;
  guint n_received;
  guint n_cancelled;
} Race;

static void
race_ended_cb (ZmqgTestOutcomes *outcomes,
               guint             index,
               gpointer          user_data)
{
  Race *race = user_data;
  ZmqgTestOutcome *outcome = &outcomes->items[index];

  if (outcome->error == NULL)
    {
      g_assert_cmpuint (outcome->number, ==, race->counter.next++);
      race->n_received++;
      /* The next one in line, for which a message is there, too */
      if (index == 0)
        cancel (race->cancellable);
      return;
    }

  g_assert_error (outcome->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  race->n_cancelled++;
}

static void
race_init (Race              *race,
           ZmqgTestTransport  transport)
{
  g_autofree char *endpoint = NULL;

  race->socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, transport, &endpoint);
  race->sender = zmq_socket (zmqg_context_get_handle (zmqg_context_get_default ()), ZMQ_PUSH);
  g_assert_cmpint (zmq_connect (race->sender, endpoint), ==, 0);
  zmqg_test_counter_connect (&race->counter, race->socket);
  zmqg_test_outcomes_init (&race->outcomes, 2);
  race->outcomes.func = race_ended_cb;
  race->outcomes.user_data = race;
}

static void
race_clear (Race *race)
{
  zmq_close (race->sender);
  zmqg_test_release (race->socket);
  zmqg_test_outcomes_clear (&race->outcomes);
}

static void
race_send (Race *race)
{
  guint64 number = race->n_sent++;

  g_assert_cmpint (zmq_send (race->sender, &number, sizeof number, 0), ==, sizeof number);
}

static gboolean
race_cancel_cb (gpointer user_data)
{
  cancel (user_data);

  return G_SOURCE_REMOVE;
}

/* What happens between the call and the turn in which both are known */
static void
race_run_once (Race *race,
               guint round)
{
  switch (round % 4)
    {
    case 0:
      race_send (race);
      cancel (race->cancellable);
      break;
    case 1:
      cancel (race->cancellable);
      race_send (race);
      break;
    case 2:
      /* In the same turn, ahead of the hub */
      race_send (race);
      g_idle_add_full (G_PRIORITY_HIGH, race_cancel_cb, race->cancellable, NULL);
      break;
    default:
      /* By the callback of the one before it, from the same dispatch */
      zmqg_test_outcomes_receive (&race->outcomes, 0, race->socket, NULL);
      race_send (race);
      race_send (race);
      break;
    }
}

static void
race_one (Race *race,
          guint round)
{
  guint n_items = round % 4 == 3 ? 2 : 1;

  race->cancellable = g_cancellable_new ();
  race->outcomes.n_ended = 0;
  zmqg_test_outcomes_forget (&race->outcomes, 0);
  zmqg_test_outcomes_forget (&race->outcomes, 1);
  if (n_items == 1)
    zmqg_test_outcomes_receive (&race->outcomes, 1, race->socket, race->cancellable);
  race_run_once (race, round);
  if (n_items == 2)
    zmqg_test_outcomes_receive (&race->outcomes, 1, race->socket, race->cancellable);
  while (race->outcomes.n_ended < n_items || race->counter.next < race->n_sent)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (zmqg_test_has_handlers (race->cancellable));
  g_object_unref (race->cancellable);
}

static void
test_same_turn (void)
{
  const guint n_rounds = 100000;
  Race race = { NULL };

  race_init (&race, ZMQG_TEST_INPROC);
  for (guint i = 0; i < n_rounds; i++)
    race_one (&race, i);
  g_assert_cmpuint (race.n_cancelled, ==, n_rounds);
  g_assert_cmpuint (race.n_received, ==, n_rounds / 4);
  g_assert_cmpuint (race.counter.n_messages, ==, n_rounds);
  race_clear (&race);
}

/* Another thread cancels whatever it finds, while messages come in, which only receives get */
typedef struct
{
  ZmqgSocket *socket;
  gpointer target;   /* atomic: the cancellable of the receive that waits */
  int is_over;
  guint n_received;
  guint n_cancelled;
} Chase;

static gpointer
chase_thread (gpointer data)
{
  Chase *chase = data;

  while (!g_atomic_int_get (&chase->is_over))
    {
      GCancellable *found = __atomic_exchange_n (&chase->target, NULL, __ATOMIC_ACQ_REL);

      if (found == NULL)
        continue;
      cancel (found);
      g_object_unref (found);
    }

  return NULL;
}

static void
chase_begin (Chase            *chase,
             ZmqgTestOutcomes *outcomes)
{
  GCancellable *cancellable = g_cancellable_new ();
  GCancellable *unused;

  zmqg_test_outcomes_forget (outcomes, 0);
  zmqg_test_outcomes_receive (outcomes, 0, chase->socket, cancellable);
  unused = __atomic_exchange_n (&chase->target, cancellable, __ATOMIC_ACQ_REL);
  g_clear_object (&unused);
}

static void
chase_ended_cb (ZmqgTestOutcomes *outcomes,
                guint             index,
                gpointer          user_data)
{
  Chase *chase = user_data;

  if (outcomes->items[index].error == NULL)
    g_assert_cmpuint (outcomes->items[index].number, ==, chase->n_received++);
  else if (!g_atomic_int_get (&chase->is_over))
    {
      g_assert_error (outcomes->items[index].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      chase->n_cancelled++;
    }
  if (!g_atomic_int_get (&chase->is_over))
    chase_begin (chase, outcomes);
}

static void
test_chase (gconstpointer data)
{
  const guint n_messages = 100000;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  g_auto (ZmqgTestOutcomes) outcomes;
  Chase chase = { NULL };
  GThread *thread;

  chase.socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data),
                                             &endpoint);
  zmqg_test_outcomes_init (&outcomes, 1);
  outcomes.func = chase_ended_cb;
  outcomes.user_data = &chase;
  chase_begin (&chase, &outcomes);
  thread = g_thread_new ("chase", chase_thread, &chase);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 0, zmqg_test_peer_flood);
  zmqg_test_wait_for_in (NULL, 5 * ZMQG_TEST_DEADLINE, chase.n_received >= n_messages);
  g_atomic_int_set (&chase.is_over, TRUE);
  g_thread_join (thread);
  zmqg_test_peer_stop (g_steal_pointer (&peer));
  g_clear_object (&chase.target);
  zmqg_test_call (zmqg_socket_close (chase.socket));
  zmqg_test_release (chase.socket);

  g_test_message ("%u received, %u cancelled", chase.n_received, chase.n_cancelled);
  g_assert_cmpuint (chase.n_cancelled, >, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/receive-cancel/before", test_before);
  zmqg_test_add_transports ("/receive-cancel/while-waiting", test_while_waiting);
  zmqg_test_add_transports ("/receive-cancel/by-thread", test_by_thread);
  zmqg_test_add_transports ("/receive-cancel/shared", test_shared);
  zmqg_test_add_transports ("/receive-cancel/shared-behind", test_shared_behind);
  zmqg_test_add_transports ("/receive-cancel/nothing-held", test_nothing_held);
  zmqg_test_add_transports ("/receive-cancel/closing", test_closing);
  g_test_add_func ("/operations/scenario-42/same-turn", test_same_turn);
  zmqg_test_add_transports ("/operations/scenario-42/by-thread", test_chase);

  return g_test_run ();
}
