/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-story.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

/* A context that is asked to end */
typedef struct
{
  ZmqgContext *context;
  ZmqgTestStory story;
  GCancellable *cancellable;
  GSocket *holder;
  char *nowhere;
  guint n_done;
  gint64 begun;
  gint64 took;
} End;

static void
end_init (End *end)
{
  end->context = zmqg_context_new ();
  end->cancellable = g_cancellable_new ();
  end->nowhere = zmqg_test_find_nowhere (&end->holder);
  zmqg_test_story_init (&end->story);
}

static void
end_clear (End *end)
{
  zmqg_test_story_clear (&end->story);
  g_clear_object (&end->context);
  g_object_unref (end->cancellable);
  g_object_unref (end->holder);
  g_free (end->nowhere);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (End, end_clear)

static ZmqgSocket *
end_add_socket (End            *end,
                ZmqgSocketType  type,
                int             linger)
{
  g_autoptr (GError) error = NULL;
  ZmqgSocket *socket = zmqg_socket_new_with_context (end->context, type, &error);

  g_assert_no_error (error);
  zmqg_test_set_number (socket, "linger", linger);

  return socket;
}

/* libzmq takes one message for a peer that never comes; three more wait */
static ZmqgSocket *
end_add_sender (End *end,
                int  linger)
{
  ZmqgSocket *socket = end_add_socket (end, ZMQG_SOCKET_TYPE_PUSH, linger);

  zmqg_test_set_number (socket, "send-high-water-mark", 1);
  g_assert_true (zmqg_socket_connect_to (socket, end->nowhere, NULL));
  zmqg_test_send_number (socket, 0);
  zmqg_test_send_number (socket, 1);
  zmqg_test_story_send (&end->story, socket, 2, 0, NULL);
  zmqg_test_send_number (socket, 3);
  zmqg_test_story_watch (&end->story, socket);

  return socket;
}

/* What libzmq has taken already, so that only its linger holds the context */
static ZmqgSocket *
end_add_lingering (End *end,
                   int  linger)
{
  ZmqgSocket *socket = end_add_socket (end, ZMQG_SOCKET_TYPE_PUSH, linger);

  g_assert_true (zmqg_socket_connect_to (socket, end->nowhere, NULL));
  zmqg_test_send_number (socket, 0);

  return socket;
}

static void
ended_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  End *end = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (object == G_OBJECT (end->context));
  if (zmqg_context_terminate_finish (end->context, result, &error))
    zmqg_test_story_add (&end->story, NULL, "ended");
  else
    zmqg_test_story_add (&end->story, NULL,
                         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ?
                           "ended!cancelled" : error->message);
  end->took = g_get_monotonic_time () - end->begun;
  end->n_done++;
}

static void
end_begin (End          *end,
           GCancellable *cancellable)
{
  end->begun = g_get_monotonic_time ();
  end->story.calling = TRUE;
  zmqg_context_terminate_async (end->context, cancellable, ended_cb, end);
  end->story.calling = FALSE;
}

static char *
end_list (End *end)
{
  g_auto (GStrv) lines = zmqg_context_list_sockets (end->context);

  return g_strjoinv ("\n", lines);
}

/* The termination has come to its end, and left nothing */
static void
assert_over (End *end)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *list = end_list (end);

  g_assert_cmpstr (list, ==, "");
  g_assert_cmpuint (zmqg_context_get_n_sockets (end->context), ==, 0);
  g_assert_null (zmqg_socket_new_with_context (end->context, ZMQG_SOCKET_TYPE_PULL, &error));
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_TERMINATED);
}

/* Live ones with operations that wait, queues, peers that are not there, and one that was closed
 * and lingers */
static void
test_live (gconstpointer data)
{
  g_auto (End) end = { NULL };
  g_autoptr (ZmqgSocket) sender = NULL, pull = NULL, idle = NULL, paused = NULL, lingering = NULL;
  g_autoptr (ZmqgSocket) inproc = NULL;

  end_init (&end);
  sender = end_add_sender (&end, 100);
  pull = end_add_socket (&end, ZMQG_SOCKET_TYPE_PULL, 100);
  zmqg_test_bind_free (pull, GPOINTER_TO_INT (data), NULL);
  zmqg_test_story_receive (&end.story, pull, NULL);
  zmqg_test_story_receive (&end.story, pull, NULL);
  idle = end_add_socket (&end, ZMQG_SOCKET_TYPE_PUB, 60000);
  zmqg_test_bind_free (idle, GPOINTER_TO_INT (data), NULL);
  paused = end_add_socket (&end, ZMQG_SOCKET_TYPE_SUB, 60000);
  zmqg_test_set_number (paused, "paused", TRUE);
  lingering = end_add_lingering (&end, 100);
  zmqg_socket_close (lingering);
  inproc = end_add_socket (&end, ZMQG_SOCKET_TYPE_DEALER, 100);
  g_assert_true (zmqg_socket_connect_to (inproc, "inproc://nobody", NULL));
  zmqg_test_send_number (inproc, 0);

  end_begin (&end, NULL);
  zmqg_test_wait_for (end.n_done > 0);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpint (end.took, >=, 100 * 1000);
  g_assert_cmpint (end.took, <, 3000 * 1000);
  zmqg_test_assert_story (&end.story,
                          "receive!closed*2 send!closed failed!closed*2 closed ended");
  g_assert_true (zmqg_socket_is_closed (sender) && zmqg_socket_is_closed (pull) &&
                 zmqg_socket_is_closed (idle) && zmqg_socket_is_closed (paused) &&
                 zmqg_socket_is_closed (inproc));
  assert_over (&end);
}

static void
test_empty (void)
{
  g_auto (End) end = { NULL };

  end_init (&end);
  end_begin (&end, NULL);
  g_assert_cmpuint (end.n_done, ==, 0);
  zmqg_test_wait_for (end.n_done > 0);
  assert_over (&end);
  g_assert_null (zmqg_context_get_handle (end.context));
}

/* The linger of what libzmq took is kept, and the main loop runs meanwhile */
static gboolean
tick_cb (gpointer user_data)
{
  gint64 *gap = user_data;
  gint64 now = g_get_monotonic_time ();

  gap[0] = MAX (gap[0], now - gap[1]);
  gap[1] = now;

  return G_SOURCE_CONTINUE;
}

static void
test_linger (void)
{
  g_auto (End) end = { NULL };
  g_autoptr (ZmqgSocket) lingering = NULL;
  gint64 gap[2] = { 0, g_get_monotonic_time () };
  guint id = g_timeout_add (5, tick_cb, gap);

  end_init (&end);
  lingering = end_add_lingering (&end, 600);
  end_begin (&end, NULL);
  zmqg_test_wait_for (end.n_done > 0);
  zmqg_test_assert_story (&end.story, "ended");
  g_assert_cmpint (end.took, >=, 590 * 1000);
  g_assert_cmpint (end.took, <, 2000 * 1000);
  tick_cb (gap);
  g_assert_cmpint (gap[0], <, 300 * 1000);
  assert_over (&end);
  g_source_remove (id);
}

/* The wait ends, the termination goes on */
static void
test_cancel (void)
{
  g_auto (End) end = { NULL };
  g_autoptr (ZmqgSocket) lingering = NULL;
  guint n_threads = zmqg_test_count_threads ();

  end_init (&end);
  lingering = end_add_lingering (&end, 800);
  end_begin (&end, end.cancellable);
  zmqg_test_run_for (NULL, 50);
  zmqg_test_assert_story (&end.story, "");
  end.story.calling = TRUE;
  g_cancellable_cancel (end.cancellable);
  end.story.calling = FALSE;
  zmqg_test_wait_for (end.n_done > 0);
  g_assert_cmpint (end.took, <, 500 * 1000);
  zmqg_test_assert_story (&end.story, "ended!cancelled");
  g_assert_true (zmqg_socket_is_closed (lingering));

  end_begin (&end, NULL);
  zmqg_test_wait_for (end.n_done > 1);
  zmqg_test_assert_story (&end.story, "ended!cancelled ended");
  assert_over (&end);
  zmqg_test_poll_for (zmqg_test_count_threads () <= n_threads);
}

static void
test_cancelled_before (void)
{
  g_auto (End) end = { NULL };

  end_init (&end);
  g_cancellable_cancel (end.cancellable);
  end_begin (&end, end.cancellable);
  g_assert_cmpuint (end.n_done, ==, 0);
  zmqg_test_wait_for (end.n_done > 0);
  zmqg_test_assert_story (&end.story, "ended!cancelled");
}

static void
test_twice (void)
{
  g_auto (End) end = { NULL };
  g_autoptr (ZmqgSocket) lingering = NULL;

  end_init (&end);
  lingering = end_add_lingering (&end, 200);
  end_begin (&end, NULL);
  end_begin (&end, end.cancellable);
  zmqg_test_run_for (NULL, 30);
  end_begin (&end, NULL);
  g_assert_cmpuint (end.n_done, ==, 0);
  zmqg_test_wait_for (end.n_done == 3);
  zmqg_test_assert_story (&end.story, "ended*3");

  end_begin (&end, NULL);
  g_assert_cmpuint (end.n_done, ==, 3);
  zmqg_test_wait_for (end.n_done == 4);
  zmqg_test_run_for (NULL, 20);
  zmqg_test_assert_story (&end.story, "ended*4");
}

/* Nobody keeps anything: the call does */
static void
test_dropped (void)
{
  g_auto (End) end = { NULL };
  ZmqgSocket *socket;

  end_init (&end);
  socket = end_add_sender (&end, 100);
  g_object_add_weak_pointer (G_OBJECT (socket), (gpointer *) &socket);
  g_object_add_weak_pointer (G_OBJECT (end.context), (gpointer *) &end.context);
  end_begin (&end, NULL);
  g_object_unref (socket);
  g_object_unref (end.context);
  zmqg_test_wait_for (end.n_done > 0);
  zmqg_test_assert_story (&end.story, "send!closed failed!closed*2 closed ended");
  zmqg_test_wait_for (end.context == NULL);
  g_assert_null (socket);
}

/* From another thread, with a main context of its own */
static void
foreign_ended_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  zmqg_context_terminate_finish (ZMQG_CONTEXT (object), result, &error);
  g_assert_no_error (error);
  *(GThread **) user_data = g_thread_self ();
}

static gpointer
foreign_thread (gpointer data)
{
  End *end = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  GThread *thread = NULL;

  g_main_context_push_thread_default (context);
  zmqg_context_terminate_async (end->context, NULL, foreign_ended_cb, &thread);
  g_assert_null (thread);
  zmqg_test_wait_for_in (context, ZMQG_TEST_DEADLINE, thread != NULL);
  g_assert_true (thread == g_thread_self ());
  g_main_context_pop_thread_default (context);
  g_atomic_int_set (&end->n_done, 1);

  return NULL;
}

static void
test_in_thread (void)
{
  g_auto (End) end = { NULL };
  g_autoptr (ZmqgSocket) socket = NULL;
  GThread *thread;

  end_init (&end);
  g_assert_true (g_main_context_acquire (NULL));
  socket = end_add_sender (&end, 50);
  thread = g_thread_new ("terminate", foreign_thread, &end);
  while (!g_atomic_int_get (&end.n_done))
    zmqg_test_run_for (NULL, 5);
  g_thread_join (thread);
  g_main_context_release (NULL);
  zmqg_test_assert_story (&end.story, "send!closed failed!closed*2 closed");
  assert_over (&end);
}

/* A socket whose main context is another's: it has to run */
typedef struct
{
  End *end;
  int ready;
  int may_run;
  int n_closed;
} Owner;

static void
owner_closed_cb (ZmqgSocket *socket,
                 Owner      *owner)
{
  g_assert_true (g_main_context_is_owner (zmqg_socket_get_main_context (socket)));
  g_atomic_int_inc (&owner->n_closed);
}

static gpointer
owner_thread (gpointer data)
{
  Owner *owner = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (ZmqgSocket) socket = NULL;

  g_main_context_push_thread_default (context);
  g_assert_true (g_main_context_acquire (context));
  socket = end_add_socket (owner->end, ZMQG_SOCKET_TYPE_PULL, 0);
  g_assert_true (zmqg_socket_bind (socket, "inproc://owned", NULL));
  g_signal_connect (socket, "closed", G_CALLBACK (owner_closed_cb), owner);
  g_atomic_int_set (&owner->ready, TRUE);
  while (!g_atomic_int_get (&owner->may_run))
    g_usleep (1000);
  zmqg_test_wait_for_in (context, ZMQG_TEST_DEADLINE, g_atomic_int_get (&owner->n_closed) > 0);
  g_main_context_release (context);
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
check_owner (gboolean runs)
{
  g_auto (End) end = { NULL };
  Owner owner = { &end, FALSE, runs, 0 };
  GThread *thread;

  end_init (&end);
  thread = g_thread_new ("owner", owner_thread, &owner);
  zmqg_test_poll_for (g_atomic_int_get (&owner.ready));
  end_begin (&end, NULL);
  if (!runs)
    {
      g_autofree char *list = NULL;

      zmqg_test_run_for (NULL, 200);
      g_assert_cmpuint (end.n_done, ==, 0);
      list = end_list (&end);
      g_test_message ("%s", list);
      g_assert_nonnull (strstr (list, "PULL"));
      g_assert_nonnull (strstr (list, "inproc://owned"));
      g_atomic_int_set (&owner.may_run, TRUE);
    }
  zmqg_test_wait_for (end.n_done > 0);
  zmqg_test_assert_story (&end.story, "ended");
  g_thread_join (thread);
  g_assert_cmpint (owner.n_closed, ==, 1);
  assert_over (&end);
}

static void
test_owner_runs (void)
{
  check_owner (TRUE);
}

static void
test_owner_is_busy (void)
{
  check_owner (FALSE);
}

/* Nobody runs the socket's main context */
static void
test_owner_is_idle (void)
{
  g_auto (End) end = { NULL };
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (ZmqgSocket) socket = NULL, silent = NULL;

  end_init (&end);
  g_main_context_push_thread_default (context);
  socket = end_add_socket (&end, ZMQG_SOCKET_TYPE_PUSH, 50);
  silent = end_add_socket (&end, ZMQG_SOCKET_TYPE_PULL, 50);
  zmqg_test_bind_free (socket, ZMQG_TEST_TCP, NULL);
  zmqg_test_send_number (socket, 0);
  zmqg_test_story_watch (&end.story, socket);
  g_main_context_pop_thread_default (context);

  end_begin (&end, NULL);
  zmqg_test_run_for (NULL, 100);
  while (end.n_done == 0)
    {
      zmqg_test_run_for (context, 10);
      zmqg_test_run_for (NULL, 10);
    }
  zmqg_test_run_until_idle (context);
  g_assert_cmpuint (zmqg_test_story_count (&end.story, "failed!closed"), ==, 1);
  g_assert_cmpuint (zmqg_test_story_count (&end.story, "closed"), ==, 1);
  g_assert_cmpuint (zmqg_test_story_count (&end.story, "ended"), ==, 1);
  assert_over (&end);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/terminate/live", test_live);
  g_test_add_func ("/terminate/empty", test_empty);
  g_test_add_func ("/terminate/linger", test_linger);
  g_test_add_func ("/terminate/cancel", test_cancel);
  g_test_add_func ("/terminate/cancelled-before", test_cancelled_before);
  g_test_add_func ("/terminate/twice", test_twice);
  g_test_add_func ("/terminate/dropped", test_dropped);
  g_test_add_func ("/terminate/in-thread", test_in_thread);
  g_test_add_func ("/terminate/owner-runs", test_owner_runs);
  g_test_add_func ("/terminate/owner-is-busy", test_owner_is_busy);
  g_test_add_func ("/terminate/owner-is-idle", test_owner_is_idle);

  return g_test_run ();
}
