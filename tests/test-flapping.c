/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-cutter.h"
#include "zmqg-test-outcomes.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

/* Scenario 10: the peer goes and comes some 250 times in 10 000 messages. It had read all before it
 * goes, so that nothing may be missing. */
#define N_MESSAGES 10000

typedef struct
{
  ZmqgTestTransport transport;
  ZmqgSocket *socket;
  char *endpoint;
  void *context;
  int n_received;   /* atomic, as are those below */
  int is_to_go;
  int n_gone;
  int is_over;
  /* Goes on its own, and what libzmq has for it is lost. The next one is there before libzmq knows
   * that the last one is not, and the two take turns. */
  gboolean is_free;
  guint n_lost;
} Flap;

static Flap flap;

static void *
flap_open (void)
{
  const int hwm = 1, timeout = 5, linger = 0;
  void *socket = zmq_socket (flap.context, ZMQ_PULL);

  g_assert_nonnull (socket);
  zmq_setsockopt (socket, ZMQ_RCVHWM, &hwm, sizeof hwm);
  zmq_setsockopt (socket, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
  zmq_setsockopt (socket, ZMQ_LINGER, &linger, sizeof linger);
  g_assert_cmpint (zmq_connect (socket, flap.endpoint), ==, 0);

  return socket;
}

/* Returns FALSE if no message came */
static gboolean
flap_receive (void    *socket,
              guint64 *number)
{
  gboolean more = TRUE;

  for (guint i = 0; more; i++)
    {
      zmq_msg_t frame;

      zmq_msg_init (&frame);
      if (zmq_msg_recv (&frame, socket, 0) == -1)
        {
          g_assert_cmpuint (i, ==, 0);
          zmq_msg_close (&frame);
          return FALSE;
        }
      *number = zmqg_test_frames_check_one (zmq_msg_data (&frame), zmq_msg_size (&frame), i);
      more = zmq_msg_more (&frame);
      g_assert_true (more == (i + 1 < ZMQG_TEST_N_FRAMES));
      zmq_msg_close (&frame);
    }

  return TRUE;
}

static void
flap_count (guint64 number)
{
  guint64 expected = g_atomic_int_get (&flap.n_received) + flap.n_lost;

  if (flap.is_free && number > expected)
    {
      flap.n_lost += number - expected;
      expected = number;
    }
  g_assert_cmpuint (number, ==, expected);
  g_atomic_int_inc (&flap.n_received);
}

static gpointer
flap_thread (gpointer data)
{
  while (!g_atomic_int_get (&flap.is_over))
    {
      void *socket = flap_open ();
      guint n_left = g_random_int_range (1, 40);
      guint64 number;

      while (!g_atomic_int_get (&flap.is_over) && !g_atomic_int_get (&flap.is_to_go) &&
             (!flap.is_free || n_left > 0))
        {
          if (!flap_receive (socket, &number))
            continue;
          flap_count (number);
          n_left--;
        }
      zmq_close (socket);
      g_atomic_int_inc (&flap.n_gone);
      /* Nobody else may come before the sender knows that this one has gone */
      while (g_atomic_int_get (&flap.is_to_go) && !g_atomic_int_get (&flap.is_over))
        g_usleep (100);
    }

  return NULL;
}

static void
flap_await (guint64 number)
{
  zmqg_test_poll_for ((guint64) g_atomic_int_get (&flap.n_received) == number);
}

static void
flap_kill (void)
{
  int n_gone = g_atomic_int_get (&flap.n_gone);

  g_atomic_int_set (&flap.is_to_go, TRUE);
  zmqg_test_poll_for (g_atomic_int_get (&flap.n_gone) > n_gone);
}

static void
flap_go_on (void)
{
  g_atomic_int_set (&flap.is_to_go, FALSE);
}

static void
flap_init (ZmqgTestTransport transport,
           gboolean          is_free)
{
  flap = (Flap) { .transport = transport, .is_free = is_free };
  flap.socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_set_number (flap.socket, "send-high-water-mark", 1);
  zmqg_test_set_number (flap.socket, "send-queue-limit", N_MESSAGES);
  zmqg_test_set_number (flap.socket, "max-pending-operations", 0);
  zmqg_test_bind_free (flap.socket, transport, &flap.endpoint);
  flap.context = zmqg_context_get_handle (zmqg_context_get_default ());
  zmqg_test_cutter_init (flap.socket, N_MESSAGES, flap_await, flap_kill, flap_go_on);
  for (guint i = 1; i < N_MESSAGES && !is_free; i++)
    zmqg_test_cutter.after[i] =
      g_test_rand_int_range (0, 40) == 0 ? g_test_rand_int_range (1, 6) : 0;
}

static void
flap_send (ZmqgTestOutcomes *outcomes)
{
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_frames_new (i);

      if (i % 2 == 0)
        zmqg_test_outcomes_send (outcomes, i, flap.socket, message, NULL);
      else
        g_assert_true (zmqg_socket_send (flap.socket, message, NULL));
    }
}

static void
check_flapping (ZmqgTestTransport transport,
                gboolean          is_free)
{
  g_auto (ZmqgTestOutcomes) outcomes;
  GThread *thread;

  flap_init (transport, is_free);
  zmqg_test_outcomes_init (&outcomes, N_MESSAGES);
  flap_send (&outcomes);
  thread = g_thread_new ("flap", flap_thread, NULL);
  zmqg_test_wait_for_in (NULL, 4 * ZMQG_TEST_DEADLINE, outcomes.n_ended == N_MESSAGES / 2);
  g_assert_cmpuint (outcomes.n_succeeded, ==, N_MESSAGES / 2);
  for (guint i = 0; i < N_MESSAGES; i += 2)
    g_assert_cmpuint (outcomes.items[i].place, ==, i / 2);
  zmqg_test_wait_for (zmqg_test_get_number (flap.socket, "send-queue-length") == 0);
  if (!is_free)
    zmqg_test_poll_for (g_atomic_int_get (&flap.n_received) == N_MESSAGES);
  zmqg_test_run_for (NULL, 20);
  g_atomic_int_set (&flap.is_over, TRUE);
  g_thread_join (thread);
  g_test_message ("%d peers, %d received, %u lost with peers", flap.n_gone, flap.n_received,
                  flap.n_lost);
  g_assert_cmpint (flap.n_gone, >, 100);
  g_assert_cmpint (flap.n_received, <=, N_MESSAGES);
  /* No more than the two marks make, and one that it may have taken half */
  if (transport == ZMQG_TEST_INPROC)
    g_assert_cmpuint (N_MESSAGES - flap.n_received, <=, 3 * flap.n_gone);
  zmqg_test_cutter_clear ();
  zmqg_test_release (flap.socket);
  g_free (flap.endpoint);
}

static void
test_flapping (gconstpointer data)
{
  check_flapping (GPOINTER_TO_INT (data), FALSE);
}

static void
test_flapping_freely (gconstpointer data)
{
  check_flapping (GPOINTER_TO_INT (data), TRUE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/operations/scenario-10/at-each-frame", test_flapping);
  zmqg_test_add_transports ("/operations/scenario-10/freely", test_flapping_freely);

  return g_test_run ();
}
