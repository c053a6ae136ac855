/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-connect.h"

#include <zmq.h>

static void
test_cancel (ZmqgTestNames *self,
             gconstpointer  data)
{
  g_auto (ZmqgTestOutcome) before = { 0 };
  g_auto (ZmqgTestOutcome) address = { 0 };
  g_auto (ZmqgTestOutcome) during = { 0 };
  g_auto (ZmqgTestOutcome) after = { 0 };
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GCancellable) pending = g_cancellable_new ();
  g_autoptr (GCancellable) answered = g_cancellable_new ();

  g_test_summary ("Cancelled before, while and after the name is resolved");

  g_cancellable_cancel (cancelled);
  zmqg_test_connect_begin (self->push, self->endpoint, cancelled, &before);
  zmqg_test_connect_begin (self->push, "tcp://127.0.0.1:5555", cancelled, &address);
  zmqg_test_wait_for (before.n_calls == 1 && address.n_calls == 1);
  g_assert_error (before.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (address.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  zmqg_test_resolver_hold (self->resolver);
  zmqg_test_connect_begin (self->push, self->endpoint, pending, &during);
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (during.n_calls, ==, 0);
  during.is_inside = TRUE;
  g_cancellable_cancel (pending);
  during.is_inside = FALSE;
  zmqg_test_wait_for (during.n_calls == 1);
  g_assert_error (during.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  zmqg_test_resolver_release (self->resolver);

  /* The answer is on its way */
  zmqg_test_connect_begin (self->push, self->endpoint, answered, &after);
  g_cancellable_cancel (answered);
  zmqg_test_wait_for (after.n_calls == 1);
  g_assert_error (after.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  zmqg_test_assert_connections (self->push, "");
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (before.n_calls + during.n_calls + after.n_calls, ==, 3);
}

static void
test_cancel_too_late (ZmqgTestNames *self,
                      gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (ZmqgTestOutcome) outcome = { 0 };

  g_test_summary ("What is connected is reported as connected");

  zmqg_test_connect_begin (self->push, "tcp://127.0.0.1:5555", cancellable, &outcome);
  zmqg_test_assert_connections (self->push, "tcp://127.0.0.1:5555");
  g_cancellable_cancel (cancellable);
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_no_error (outcome.error);
}

typedef struct
{
  ZmqgSocket *socket;
  ZmqgTestOutcome *outcome;
  guint n_closed;
} Closing;

/* A handler: there a task that was made before could call back at once */
static gboolean
close_cb (gpointer user_data)
{
  Closing *closing = user_data;

  closing->outcome->is_inside = TRUE;
  zmqg_socket_close (closing->socket);
  closing->outcome->is_inside = FALSE;

  return G_SOURCE_REMOVE;
}

static void
closed_cb (ZmqgSocket *socket,
           Closing    *closing)
{
  g_assert_cmpuint (closing->outcome->n_calls, ==, 1);
  closing->n_closed++;
}

static void
test_close (ZmqgTestNames *self,
            gconstpointer  data)
{
  g_auto (ZmqgTestOutcome) outcome = { 0 };
  g_auto (ZmqgTestOutcome) late = { 0 };
  g_auto (ZmqgTestOutcome) done = { 0 };
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  Closing closing = { socket, &outcome, 0 };

  g_test_summary ("Closing ends what is pending before it is told; a late answer does no harm");

  zmqg_test_connect_begin (socket, self->endpoint, NULL, &done);
  zmqg_test_wait_for (done.n_calls == 1);
  zmqg_test_resolver_hold (self->resolver);
  g_signal_connect (socket, "closed", G_CALLBACK (closed_cb), &closing);
  zmqg_test_connect_begin (socket, self->endpoint, NULL, &outcome);
  zmqg_test_run_until_idle (NULL);
  g_idle_add (close_cb, &closing);
  zmqg_test_wait_for (closing.n_closed == 1);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CLOSED);

  zmqg_test_connect_begin (socket, self->endpoint, NULL, &late);
  zmqg_test_wait_for (late.n_calls == 1);
  g_assert_error (late.error, G_IO_ERROR, G_IO_ERROR_CLOSED);

  /* The socket is not held by what the resolver has not answered yet */
  zmqg_test_release (socket);
  zmqg_test_resolver_release (self->resolver);
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (outcome.n_calls, ==, 1);
  g_assert_cmpuint (done.n_calls, ==, 1);
}

static void
test_reference (ZmqgTestNames *self,
                gconstpointer  data)
{
  g_auto (ZmqgTestOutcome) outcome = { 0 };
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  gpointer weak = socket;

  g_test_summary ("What is pending keeps the socket, and lets it go");

  g_object_add_weak_pointer (G_OBJECT (socket), &weak);
  zmqg_test_resolver_hold (self->resolver);
  zmqg_test_connect_begin (socket, self->endpoint, NULL, &outcome);
  g_object_unref (socket);
  zmqg_test_run_until_idle (NULL);
  g_assert_nonnull (weak);
  zmqg_test_resolver_release (self->resolver);
  zmqg_test_wait_for (weak == NULL);
  g_assert_cmpuint (outcome.n_calls, ==, 1);
  g_assert_no_error (outcome.error);
}

static void
test_terminated (ZmqgTestNames *self,
                 gconstpointer  data)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  ZmqgSocket *socket = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PUSH, NULL);
  g_auto (ZmqgTestOutcome) outcome = { 0 };
  guint n_errors = 0;

  g_test_summary ("A context that is ended by others ends what is pending");

  g_signal_connect_swapped (socket, "error-occurred", G_CALLBACK (g_atomic_int_inc), &n_errors);
  zmqg_test_resolver_hold (self->resolver);
  zmqg_test_connect_begin (socket, self->endpoint, NULL, &outcome);
  zmqg_test_run_until_idle (NULL);
  zmq_ctx_shutdown (zmqg_context_get_handle (context));
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_error (outcome.error, ZMQG_ERROR, ZMQG_ERROR_TERMINATED);
  zmqg_test_resolver_release (self->resolver);
  zmqg_test_release (socket);
}

typedef struct
{
  ZmqgTestNames *fixture;
  ZmqgTestOutcome outcome;
  GThread *thread;
  int done;
} Foreign;

static gpointer
foreign_thread (gpointer data)
{
  Foreign *foreign = data;
  ZmqgTestNames *names = foreign->fixture;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  zmqg_test_connect_begin (names->push, names->endpoint, NULL, &foreign->outcome);
  zmqg_test_wait_for_in (context, ZMQG_TEST_DEADLINE, foreign->outcome.n_calls == 1);
  g_main_context_pop_thread_default (context);
  g_atomic_int_set (&foreign->done, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

static void
test_foreign_thread (ZmqgTestNames *self,
                     gconstpointer  data)
{
  Foreign foreign = { .fixture = self };

  g_test_summary ("From another thread the owner connects, and the caller is told where he is");

  /* The owner holds its main context, so that the other thread cannot */
  g_assert_true (g_main_context_acquire (NULL));
  foreign.thread = g_thread_new ("foreign", foreign_thread, &foreign);
  zmqg_test_wait_for (g_atomic_int_get (&foreign.done));
  g_main_context_release (NULL);
  g_assert_no_error (foreign.outcome.error);
  g_assert_true (foreign.outcome.thread == foreign.thread);
  g_thread_join (foreign.thread);
  zmqg_test_assert_connections (self->push, self->endpoint);
  zmqg_test_send_number (self->push, 0);
  zmqg_test_wait_for (self->counter.n_messages == 1);
}

static void
test_own_context (ZmqgTestNames *self,
                  gconstpointer  data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  ZmqgSocket *socket = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", ZMQG_SOCKET_TYPE_PUSH,
                                     "main-context", context, NULL);
  g_auto (ZmqgTestOutcome) outcome = { 0 };

  g_test_summary ("The socket's context resolves, the caller's is told");

  zmqg_test_connect_begin (socket, self->endpoint, NULL, &outcome);
  for (guint i = 0; i < 3; i++)
    zmqg_test_run_until_idle (NULL);
  zmqg_test_assert_connections (socket, "");
  zmqg_test_run_until_idle (context);
  zmqg_test_assert_connections (socket, self->endpoint);
  g_assert_cmpuint (outcome.n_calls, ==, 0);
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_no_error (outcome.error);
  g_object_unref (socket);
}

static void
test_many (ZmqgTestNames *self,
           gconstpointer  data)
{
  enum { N_CALLS = 500 };
  g_autofree ZmqgTestOutcome *outcomes = g_new0 (ZmqgTestOutcome, N_CALLS);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  guint n_ended = 0;

  g_test_summary ("Many at once, of which some are cancelled and the rest are closed, each once");

  zmqg_test_resolver_hold (self->resolver);
  for (guint i = 0; i < N_CALLS; i++)
    zmqg_test_connect_begin (socket, self->endpoint, i % 2 == 0 ? cancellable : NULL, &outcomes[i]);
  g_cancellable_cancel (cancellable);
  zmqg_socket_close (socket);
  zmqg_test_resolver_release (self->resolver);
  zmqg_test_release (socket);
  zmqg_test_run_until_idle (NULL);
  for (guint i = 0; i < N_CALLS; i++)
    {
      g_assert_nonnull (outcomes[i].error);
      n_ended += outcomes[i].n_calls;
      zmqg_test_outcome_clear (&outcomes[i]);
    }
  g_assert_cmpuint (n_ended, ==, N_CALLS);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add (path, ZmqgTestNames, NULL, zmqg_test_names_set_up, func, zmqg_test_names_tear_down)
  ADD ("/connect-async/cancel", test_cancel);
  ADD ("/connect-async/cancel-too-late", test_cancel_too_late);
  ADD ("/connect-async/close", test_close);
  ADD ("/connect-async/reference", test_reference);
  ADD ("/connect-async/terminated", test_terminated);
  ADD ("/connect-async/foreign-thread", test_foreign_thread);
  ADD ("/connect-async/own-context", test_own_context);
  ADD ("/connect-async/many", test_many);

  return g_test_run ();
}
