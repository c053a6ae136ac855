/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <pthread.h>
#include <signal.h>

typedef struct
{
  pthread_t target;
  int stopping;
  int n_signals;
} Storm;

static void
ignore_signal (int number)
{
}

static gpointer
storm_thread (gpointer data)
{
  Storm *storm = data;

  while (!g_atomic_int_get (&storm->stopping))
    {
      pthread_kill (storm->target, SIGUSR1);
      g_atomic_int_inc (&storm->n_signals);
      g_usleep (1000);
    }

  return NULL;
}

static void
error_cb (ZmqgSocket   *socket,
          const GError *error)
{
  g_assert_no_error (error);
}

/* Everything that libzmq may answer EINTR to, 1000 times a second and more */
static void
storm_round (ZmqgTestTransport transport)
{
  g_auto (ZmqgTestPair) pair = { 0 };
  ZmqgTestCounter counter = { 0 };

  zmqg_test_pair_init (&pair, transport, ZMQG_SOCKET_TYPE_PAIR, ZMQG_SOCKET_TYPE_PAIR);
  zmqg_test_counter_connect (&counter, pair.bound);
  g_signal_connect (pair.bound, "error-occurred", G_CALLBACK (error_cb), NULL);
  g_signal_connect (pair.connected, "error-occurred", G_CALLBACK (error_cb), NULL);

  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ZmqgMessage) none = zmqg_socket_try_receive (pair.connected, &error);

      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
      zmqg_test_send_number (pair.connected, i);
      zmqg_socket_condition_check (pair.connected, G_IO_IN | G_IO_OUT);
      if (i % 100 == 99)
        zmqg_test_wait_for (counter.n_messages == i + 1);
    }
}

static void
test_interrupts (gconstpointer data)
{
  /* Without SA_RESTART: system calls are interrupted */
  struct sigaction action = { .sa_handler = ignore_signal }, before;
  Storm storm = { .target = pthread_self () };
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC;
  GThread *thread;

  sigaction (SIGUSR1, &action, &before);
  thread = g_thread_new ("storm", storm_thread, &storm);
  do
    storm_round (GPOINTER_TO_INT (data));
  while (g_get_monotonic_time () < end);
  g_atomic_int_set (&storm.stopping, TRUE);
  g_thread_join (thread);
  sigaction (SIGUSR1, &before, NULL);
  g_assert_cmpint (storm.n_signals, >, 100);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/scenario/30/interrupts", test_interrupts);

  return g_test_run ();
}
