/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-utils.h"

#include <string.h>

/* A send that is cancelled, or whose time is over, was not sent; what was sent is reported so */

static void
cancel (GCancellable *cancellable)
{
  zmqg_test_call (g_cancellable_cancel (cancellable));
}

static void
assert_cancelled (ZmqgTestOutcomes *outcomes,
                  guint             index)
{
  zmqg_test_outcomes_assert_error (outcomes, index, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A socket whose messages wait for the peer, which counts them */
typedef struct
{
  ZmqgSocket *socket;
  ZmqgSocket *peer;
  char *endpoint;
  ZmqgTestOutcomes outcomes;
  guint n_received;
  guint8 *is_received;
} Wire;

static void
wire_received_cb (ZmqgSocket  *socket,
                  ZmqgMessage *message,
                  Wire        *wire)
{
  guint64 number = zmqg_test_message_get_number (message);

  g_assert_cmpuint (number, <, wire->outcomes.length);
  g_assert_cmpuint (wire->is_received[number], ==, 0);
  wire->is_received[number] = 1;
  wire->n_received++;
}

static void
wire_init (Wire              *wire,
           ZmqgTestTransport  transport,
           guint              n_items)
{
  wire->socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_set_number (wire->socket, "send-high-water-mark", 2);
  zmqg_test_bind_free (wire->socket, transport, &wire->endpoint);
  wire->peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  zmqg_test_set_number (wire->peer, "receive-high-water-mark", 2);
  g_signal_connect (wire->peer, "message-received", G_CALLBACK (wire_received_cb), wire);
  zmqg_test_outcomes_init (&wire->outcomes, n_items);
  wire->is_received = g_new0 (guint8, n_items);
  wire->n_received = 0;
}

static void
wire_connect (Wire *wire)
{
  g_assert_true (zmqg_socket_connect_to (wire->peer, wire->endpoint, NULL));
}

/* What the peer has is what was reported sent */
static void
wire_check (Wire *wire)
{
  zmqg_test_wait_for (wire->n_received >= wire->outcomes.n_succeeded);
  zmqg_test_run_for (NULL, 20);
  for (guint i = 0; i < wire->outcomes.length; i++)
    g_assert_cmpuint (wire->is_received[i], ==,
                      zmqg_test_outcomes_is_good (&wire->outcomes, i) ? 1 : 0);
  g_assert_cmpint (zmqg_test_get_number (wire->socket, "send-queue-length"), ==, 0);
  g_assert_cmpint (zmqg_test_get_number (wire->socket, "send-queue-bytes"), ==, 0);
  g_assert_cmpint (zmqg_test_get_number (wire->socket, "n-pending-operations"), ==, 0);
  zmqg_test_outcomes_assert_released (&wire->outcomes);
}

static void
wire_clear (Wire *wire)
{
  zmqg_test_release (wire->peer);
  zmqg_test_release (wire->socket);
  zmqg_test_outcomes_clear (&wire->outcomes);
  g_free (wire->is_received);
  g_free (wire->endpoint);
}

static void
wait_until_writable (ZmqgSocket *socket)
{
  zmqg_test_poll_for (zmqg_socket_condition_check (socket, G_IO_OUT) == G_IO_OUT);
}

/* Before the call; and after libzmq has taken the message, when it is too late */
static void
test_before_and_after (gconstpointer data)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GCancellable) late = g_cancellable_new ();
  Wire wire;

  wire_init (&wire, GPOINTER_TO_INT (data), 3);
  wire_connect (&wire);
  wait_until_writable (wire.socket);
  cancel (cancelled);
  zmqg_test_outcomes_send_index (&wire.outcomes, 0, wire.socket, 0, cancelled);
  zmqg_test_outcomes_send_index (&wire.outcomes, 1, wire.socket, 0, late);
  zmqg_test_outcomes_send_index (&wire.outcomes, 2, wire.socket, 0, late);
  cancel (late);
  zmqg_test_wait_for (wire.outcomes.n_ended == 3);
  assert_cancelled (&wire.outcomes, 0);
  g_assert_true (zmqg_test_outcomes_is_good (&wire.outcomes, 1));
  g_assert_true (zmqg_test_outcomes_is_good (&wire.outcomes, 2));
  wire_check (&wire);
  g_assert_finalize_object (g_steal_pointer (&cancelled));
  g_assert_finalize_object (g_steal_pointer (&late));
  wire_clear (&wire);
}

static gpointer
cancel_thread (gpointer data)
{
  cancel (data);

  return NULL;
}

static void
test_while_waiting (gconstpointer data)
{
  GCancellable *cancellables[6];
  Wire wire;

  wire_init (&wire, GPOINTER_TO_INT (data), 6);
  for (guint i = 0; i < 6; i++)
    {
      cancellables[i] = g_cancellable_new ();
      zmqg_test_outcomes_send_index (&wire.outcomes, i, wire.socket, 100, cancellables[i]);
    }
  zmqg_test_run_for (NULL, 10);
  cancel (cancellables[1]);
  zmqg_test_wait_for (wire.outcomes.n_ended == 1);
  g_thread_join (g_thread_new ("cancel", cancel_thread, cancellables[5]));
  zmqg_test_wait_for (wire.outcomes.n_ended == 2);
  g_assert_cmpint (zmqg_test_get_number (wire.socket, "send-queue-length"), ==, 4);
  g_assert_cmpint (zmqg_test_get_number (wire.socket, "send-queue-bytes"), ==, 400);
  cancel (cancellables[0]);
  zmqg_test_wait_for (wire.outcomes.n_ended == 3);
  assert_cancelled (&wire.outcomes, 0);
  assert_cancelled (&wire.outcomes, 1);
  assert_cancelled (&wire.outcomes, 5);

  wire_connect (&wire);
  zmqg_test_wait_for (wire.outcomes.n_ended == 6);
  g_assert_cmpuint (wire.outcomes.n_succeeded, ==, 3);
  wire_check (&wire);
  for (guint i = 0; i < 6; i++)
    g_assert_finalize_object (cancellables[i]);
  wire_clear (&wire);
}

/* libzmq could take them in the turn in which they are cancelled, and takes none */
static void
test_shared (gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Wire wire;

  wire_init (&wire, GPOINTER_TO_INT (data), 1001);
  for (guint i = 0; i < 1000; i++)
    zmqg_test_outcomes_send_index (&wire.outcomes, i, wire.socket, 0, cancellable);
  zmqg_test_outcomes_send_index (&wire.outcomes, 1000, wire.socket, 0, NULL);
  zmqg_test_run_for (NULL, 10);
  wire_connect (&wire);
  wait_until_writable (wire.socket);
  cancel (cancellable);
  zmqg_test_wait_for_in (NULL, 5000, wire.outcomes.n_ended == 1001);
  g_assert_cmpuint (wire.outcomes.n_succeeded, ==, 1);
  for (guint i = 0; i < 1000; i++)
    assert_cancelled (&wire.outcomes, i);
  g_assert_false (zmqg_test_has_handlers (cancellable));
  wire_check (&wire);
  zmqg_test_release (g_steal_pointer (&cancellable));
  wire_clear (&wire);
}

/* The message is free as soon as its operation has ended, however that was */
static void
freed_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
send_bytes (Wire         *wire,
            guint         index,
            int           timeout,
            GCancellable *cancellable,
            gboolean     *is_freed)
{
  static const guint8 content[8] = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (content, sizeof content, freed_cb,
                                                         is_freed);
  g_autoptr (ZmqgMessage) message = zmqg_message_new_bytes (bytes);

  zmqg_test_outcomes_send_for (&wire->outcomes, index, wire->socket, message, timeout,
                               cancellable);
}

static void
test_nothing_held (gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GCancellable) other = g_cancellable_new ();
  gboolean is_freed[4] = { FALSE };
  Wire wire;

  wire_init (&wire, GPOINTER_TO_INT (data), 4);
  send_bytes (&wire, 0, -1, cancellable, &is_freed[0]);
  send_bytes (&wire, 1, 5, other, &is_freed[1]);
  send_bytes (&wire, 2, -1, other, &is_freed[2]);
  zmqg_test_run_for (NULL, 1);
  g_assert_false (is_freed[0]);
  cancel (cancellable);
  zmqg_test_wait_for (wire.outcomes.items[0].has_ended);
  g_assert_true (is_freed[0]);
  zmqg_test_wait_for (wire.outcomes.items[1].has_ended);
  g_assert_true (is_freed[1]);
  assert_cancelled (&wire.outcomes, 0);
  zmqg_test_outcomes_assert_error (&wire.outcomes, 1, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  zmqg_test_outcomes_assert_released (&wire.outcomes);
  g_assert_finalize_object (g_steal_pointer (&cancellable));

  zmqg_test_call (zmqg_socket_close (wire.socket));
  send_bytes (&wire, 3, -1, other, &is_freed[3]);
  g_assert_true (is_freed[3]);
  zmqg_test_wait_for (wire.outcomes.n_ended == 4);
  g_assert_true (is_freed[2]);
  zmqg_test_outcomes_assert_error (&wire.outcomes, 2, G_IO_ERROR, G_IO_ERROR_CLOSED);
  zmqg_test_outcomes_assert_error (&wire.outcomes, 3, G_IO_ERROR, G_IO_ERROR_CLOSED);
  zmqg_test_outcomes_assert_released (&wire.outcomes);
  g_assert_finalize_object (g_steal_pointer (&other));
  wire_clear (&wire);
}

/* Another thread cancels whatever it finds, while the peer reads */
#define N_TARGETS 16

typedef struct
{
  Wire wire;
  gpointer targets[N_TARGETS];   /* atomic */
  int is_over;
  guint n_begun;
  guint n_cancelled;
} Chase;

static gpointer
chase_thread (gpointer data)
{
  Chase *chase = data;
  guint place = 0;

  while (!g_atomic_int_get (&chase->is_over))
    {
      gpointer found = __atomic_exchange_n (&chase->targets[place++ % N_TARGETS], NULL,
                                            __ATOMIC_ACQ_REL);

      if (found == NULL)
        continue;
      cancel (found);
      g_object_unref (found);
    }

  return NULL;
}

static void
chase_begin (Chase *chase)
{
  GCancellable *cancellable = g_cancellable_new ();
  guint index = chase->n_begun++;
  gpointer unused;

  /* Some are there to be cancelled before they reach the socket */
  if (index % 2 == 0)
    {
      unused = __atomic_exchange_n (&chase->targets[index % N_TARGETS],
                                    g_object_ref (cancellable), __ATOMIC_ACQ_REL);
      g_clear_object (&unused);
    }
  zmqg_test_outcomes_send_index (&chase->wire.outcomes, index, chase->wire.socket, 0,
                                 cancellable);
  unused = __atomic_exchange_n (&chase->targets[index % N_TARGETS], cancellable,
                                __ATOMIC_ACQ_REL);
  g_clear_object (&unused);
}

static void
chase_ended_cb (ZmqgTestOutcomes *outcomes,
                guint             index,
                gpointer          user_data)
{
  Chase *chase = user_data;

  if (outcomes->items[index].error != NULL)
    {
      assert_cancelled (outcomes, index);
      chase->n_cancelled++;
    }
  if (chase->n_begun < outcomes->length)
    chase_begin (chase);
}

static void
test_race (gconstpointer data)
{
  Chase chase = { .n_begun = 0 };
  GThread *thread;

  wire_init (&chase.wire, GPOINTER_TO_INT (data), 10000);
  chase.wire.outcomes.func = chase_ended_cb;
  chase.wire.outcomes.user_data = &chase;
  wire_connect (&chase.wire);
  thread = g_thread_new ("chase", chase_thread, &chase);
  for (guint i = 0; i < 50; i++)
    chase_begin (&chase);
  zmqg_test_wait_for (chase.wire.outcomes.n_ended == chase.wire.outcomes.length);
  g_atomic_int_set (&chase.is_over, TRUE);
  g_thread_join (thread);

  g_test_message ("%u of %u cancelled", chase.n_cancelled, chase.wire.outcomes.length);
  g_assert_cmpuint (chase.n_cancelled, >, 0);
  g_assert_cmpuint (chase.wire.outcomes.n_succeeded, >, 0);
  wire_check (&chase.wire);
  for (guint i = 0; i < N_TARGETS; i++)
    g_clear_object (&chase.targets[i]);
  wire_clear (&chase.wire);
}

static gpointer
hasty_thread (gpointer data)
{
  Wire *wire = data;

  for (guint i = 0; i < wire->outcomes.length; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      zmqg_test_outcomes_send_index (&wire->outcomes, i, wire->socket, 0, cancellable);
      if (i % 3 == 0)
        g_thread_yield ();
      if (i % 2 == 0)
        cancel (cancellable);
    }

  return NULL;
}

/* Begun and cancelled in a thread, while the owner takes what it finds */
static void
test_hasty_thread (gconstpointer data)
{
  GThread *thread;
  Wire wire;

  wire_init (&wire, GPOINTER_TO_INT (data), 10000);
  wire_connect (&wire);
  g_assert_true (g_main_context_acquire (NULL));
  thread = g_thread_new ("hasty", hasty_thread, &wire);
  zmqg_test_wait_for (wire.outcomes.n_ended == wire.outcomes.length);
  g_thread_join (thread);
  g_main_context_release (NULL);
  g_test_message ("%u of %u cancelled", wire.outcomes.length - wire.outcomes.n_succeeded,
                  wire.outcomes.length);
  g_assert_cmpuint (wire.outcomes.n_succeeded, >=, wire.outcomes.length / 2);
  g_assert_cmpuint (wire.outcomes.n_succeeded, <, wire.outcomes.length);
  wire_check (&wire);
  wire_clear (&wire);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/send-cancel/before-and-after", test_before_and_after);
  zmqg_test_add_transports ("/send-cancel/while-waiting", test_while_waiting);
  zmqg_test_add_transports ("/send-cancel/shared", test_shared);
  zmqg_test_add_transports ("/send-cancel/nothing-held", test_nothing_held);
  zmqg_test_add_transports ("/send-cancel/race", test_race);
  zmqg_test_add_transports ("/send-cancel/hasty-thread", test_hasty_thread);

  return g_test_run ();
}
