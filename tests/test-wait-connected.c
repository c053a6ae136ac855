/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-events.h"

#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

/* Waiting for peers */

/* What a call came to */
typedef struct
{
  GError *error;
  GThread *thread;
  gboolean succeeded;
  guint n_results;
} Wait;

static void
waited_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Wait *self = user_data;

  self->n_results++;
  self->thread = g_thread_self ();
  if (g_async_result_is_tagged (result, zmqg_socket_wait_connected_async))
    self->succeeded = zmqg_socket_wait_connected_finish (ZMQG_SOCKET (object), result,
                                                         &self->error);
  else
    self->succeeded = zmqg_socket_wait_connected_with_timeout_finish (ZMQG_SOCKET (object), result,
                                                                      &self->error);
}

static void
wait_clear (Wait *self)
{
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wait, wait_clear)

/* Neither threads nor descriptors of the monitor are left; there may be an attempt to connect. */
static void
check_stopped (guint n_fds,
               guint n_threads)
{
  zmqg_test_poll_for (zmqg_test_count_threads () <= n_threads &&
                      zmqg_test_count_fds () <= n_fds + 1);
}

static void
test_success (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  g_auto (Wait) connected = { NULL }, bound = { NULL };
  g_autoptr (GPtrArray) peers = NULL;
  guint n_fds, n_threads;

  g_test_summary ("Either end may wait, at once after it was connected, without being monitored");

  pair.bound = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data),
                                           &pair.endpoint);
  zmqg_test_run_until_idle (NULL);
  pair.connected = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, pair.endpoint);
  zmqg_socket_wait_connected_async (pair.connected, 1, NULL, waited_cb, &connected);
  zmqg_socket_wait_connected_async (pair.bound, 1, NULL, waited_cb, &bound);
  g_assert_cmpuint (connected.n_results + bound.n_results, ==, 0);
  zmqg_test_wait_for (connected.n_results == 1 && bound.n_results == 1);
  g_assert_no_error (connected.error);
  g_assert_no_error (bound.error);
  g_assert_true (connected.succeeded && bound.succeeded);

  /* They are not monitored, and are no longer watched. */
  g_assert_cmpint (zmqg_test_get_number (pair.bound, "n-peers"), ==, 0);
  peers = zmqg_socket_list_peers (pair.bound);
  g_assert_cmpuint (peers->len, ==, 0);
  n_fds = zmqg_test_count_fds ();
  n_threads = zmqg_test_count_threads ();
  bound.n_results = 0;
  zmqg_socket_wait_connected_async (pair.bound, 2, NULL, waited_cb, &bound);
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (zmqg_test_count_threads (), >=, n_threads);
  zmqg_socket_close (pair.bound);
  zmqg_test_wait_for (bound.n_results == 1);
  g_assert_error (bound.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  zmqg_test_poll_for (zmqg_test_count_fds () < n_fds);
}

static void
test_already (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  ZmqgTestCounter counter = { 0 };
  g_auto (Wait) connected = { NULL }, bound = { NULL };
  guint n_fds, n_threads;

  g_test_summary ("Peers that are connected for long are found");

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_counter_connect (&counter, pair.bound);
  zmqg_test_send_number (pair.connected, 0);
  zmqg_test_wait_for (counter.n_messages == 1);
  n_fds = zmqg_test_count_fds ();
  n_threads = zmqg_test_count_threads ();

  zmqg_socket_wait_connected_async (pair.connected, 1, NULL, waited_cb, &connected);
  zmqg_socket_wait_connected_async (pair.bound, 1, NULL, waited_cb, &bound);
  zmqg_test_wait_for (connected.n_results == 1 && bound.n_results == 1);
  g_assert_no_error (connected.error);
  g_assert_no_error (bound.error);
  check_stopped (n_fds, n_threads);
}

static void
test_several (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, ZMQG_TEST_TCP,
                                                              &endpoint);
  g_autoptr (ZmqgSocket) first = NULL, second = NULL;
  g_auto (Wait) none = { NULL }, one = { NULL }, two = { NULL };

  g_test_summary ("Several wait for different numbers");

  zmqg_socket_wait_connected_async (socket, 0, NULL, waited_cb, &none);
  zmqg_socket_wait_connected_async (socket, 2, NULL, waited_cb, &two);
  zmqg_socket_wait_connected_async (socket, 1, NULL, waited_cb, &one);
  g_assert_cmpuint (none.n_results, ==, 0);
  zmqg_test_wait_for (none.n_results == 1);
  g_assert_cmpuint (one.n_results, ==, 0);
  first = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, endpoint);
  zmqg_test_wait_for (one.n_results == 1);
  g_assert_cmpuint (two.n_results, ==, 0);
  second = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, endpoint);
  zmqg_test_wait_for (two.n_results == 1);
  g_assert_true (none.succeeded && one.succeeded && two.succeeded);
}

static void
test_timed_out (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH,
                                                                  "tcp://127.0.0.1:1");
  guint n_fds = zmqg_test_count_fds (), n_threads = zmqg_test_count_threads ();
  gint64 begun = g_get_monotonic_time ();
  g_auto (Wait) wait = { NULL };

  g_test_summary ("34: Where nobody listens, the wait ends in time");

  zmqg_socket_wait_connected_with_timeout_async (socket, 1, 150, NULL, waited_cb, &wait);
  zmqg_test_wait_for (wait.n_results == 1);
  g_assert_error (wait.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, 150 * 1000);
  check_stopped (n_fds, n_threads);
}

static void
test_cancelled (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH,
                                                                  "tcp://127.0.0.1:1");
  guint n_fds = zmqg_test_count_fds (), n_threads = zmqg_test_count_threads ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Wait) wait = { NULL }, late = { NULL };

  g_test_summary ("Cancelling ends the wait, from a later dispatch");

  zmqg_socket_wait_connected_async (socket, 1, cancellable, waited_cb, &wait);
  zmqg_test_run_until_idle (NULL);
  g_cancellable_cancel (cancellable);
  zmqg_socket_wait_connected_async (socket, 1, cancellable, waited_cb, &late);
  g_assert_cmpuint (wait.n_results + late.n_results, ==, 0);
  zmqg_test_wait_for (wait.n_results == 1 && late.n_results == 1);
  g_assert_error (wait.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (late.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  check_stopped (n_fds, n_threads);
}

typedef struct
{
  ZmqgSocket *socket;
  Wait *wait;
} Closing;

static gboolean
close_cb (gpointer user_data)
{
  Closing *self = user_data;

  zmqg_socket_close (self->socket);
  g_assert_cmpuint (self->wait->n_results, ==, 0);

  return G_SOURCE_REMOVE;
}

static void
test_closed (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH,
                                                                  "tcp://127.0.0.1:1");
  g_auto (Wait) wait = { NULL }, late = { NULL };
  Closing closing = { socket, &wait };

  g_test_summary ("Closing the socket ends the wait, not from inside the call");

  zmqg_socket_wait_connected_async (socket, 1, NULL, waited_cb, &wait);
  zmqg_test_run_until_idle (NULL);
  g_idle_add (close_cb, &closing);
  zmqg_test_wait_for (wait.n_results == 1);
  zmqg_socket_wait_connected_async (socket, 1, NULL, waited_cb, &late);
  g_assert_cmpuint (late.n_results, ==, 0);
  zmqg_test_wait_for (late.n_results == 1);
  g_assert_error (wait.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_error (late.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void
test_terminated (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgSocket) socket = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PULL,
                                                                NULL);
  g_auto (Wait) wait = { NULL };

  g_test_summary ("So does ending the context");

  zmqg_socket_wait_connected_async (socket, 1, NULL, waited_cb, &wait);
  g_signal_connect (socket, "error-occurred", G_CALLBACK (g_object_ref), NULL);
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpint (zmq_ctx_shutdown (zmqg_context_get_handle (context)), ==, 0);
  zmqg_test_wait_for (wait.n_results == 1);
  g_assert_error (wait.error, ZMQG_ERROR, ZMQG_ERROR_TERMINATED);
}

typedef struct
{
  ZmqgSocket *socket;
  int *n_done;
  Wait wait;
} ThreadData;

static gpointer
wait_in_thread (gpointer data)
{
  ThreadData *self = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  zmqg_socket_wait_connected_async (self->socket, 1, NULL, waited_cb, &self->wait);
  zmqg_test_wait_for_in (context, ZMQG_TEST_DEADLINE, self->wait.n_results == 1);
  g_main_context_pop_thread_default (context);
  g_assert_true (self->wait.thread == g_thread_self ());
  g_atomic_int_inc (self->n_done);
  g_main_context_wakeup (NULL);

  return NULL;
}

static void
test_threads (void)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  ThreadData data[4];
  GThread *threads[G_N_ELEMENTS (data)];
  int n_done = 0;

  g_test_summary ("From other threads, whose own main contexts get the results");

  zmqg_test_pair_init (&pair, ZMQG_TEST_TCP, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  for (guint i = 0; i < G_N_ELEMENTS (data); i++)
    {
      data[i] = (ThreadData) { i % 2 == 0 ? pair.bound : pair.connected, &n_done, { NULL } };
      threads[i] = g_thread_new ("waiter", wait_in_thread, &data[i]);
    }
  zmqg_test_wait_for (g_atomic_int_get (&n_done) == G_N_ELEMENTS (data));
  for (guint i = 0; i < G_N_ELEMENTS (data); i++)
    {
      g_thread_join (threads[i]);
      g_assert_no_error (data[i].wait.error);
    }
}

static void
test_forked (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_ROUTER,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_autoptr (ZmqgSocket) peer = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_DEALER, endpoint);
  int status;
  pid_t child;

  g_test_summary ("In a forked child a watched socket is as inert as any");

  zmqg_test_wait_for (zmqg_test_get_number (socket, "n-peers") == 1);
  child = fork ();
  if (child == 0)
    {
      g_autoptr (GPtrArray) peers = zmqg_socket_list_peers (socket);
      Wait wait = { NULL };

      zmqg_socket_wait_connected_async (socket, 1, NULL, waited_cb, &wait);
      while (wait.n_results == 0)
        g_main_context_iteration (NULL, TRUE);
      if (!g_error_matches (wait.error, ZMQG_ERROR, ZMQG_ERROR_FORKED) || peers->len > 0)
        _exit (1);
      g_object_run_dispose (G_OBJECT (socket));
      g_object_unref (socket);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);

  g_clear_pointer (&peer, zmqg_test_release);
  zmqg_test_wait_for (zmqg_test_get_number (socket, "n-peers") == 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/wait-connected/success/tcp", GINT_TO_POINTER (ZMQG_TEST_TCP),
                        test_success);
  g_test_add_data_func ("/wait-connected/success/ipc", GINT_TO_POINTER (ZMQG_TEST_IPC),
                        test_success);
  g_test_add_data_func ("/wait-connected/already/tcp", GINT_TO_POINTER (ZMQG_TEST_TCP),
                        test_already);
  g_test_add_data_func ("/wait-connected/already/ipc", GINT_TO_POINTER (ZMQG_TEST_IPC),
                        test_already);
  g_test_add_func ("/wait-connected/several", test_several);
  g_test_add_func ("/wait-connected/34-timed-out", test_timed_out);
  g_test_add_func ("/wait-connected/cancelled", test_cancelled);
  g_test_add_func ("/wait-connected/closed", test_closed);
  g_test_add_func ("/wait-connected/terminated", test_terminated);
  g_test_add_func ("/wait-connected/threads", test_threads);
  g_test_add_func ("/wait-connected/forked", test_forked);

  return g_test_run ();
}
