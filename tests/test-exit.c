/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-program.h"
#include "zmqg-test-story.h"
#include "zmqg-test-utils.h"

/* Programs that leave everything to the end, or to nobody */

/* How long the main loop was away, and how long the machine let another thread wait (µs) */
typedef struct
{
  gint64 main_gap;
  gint64 other_gap;
  gint64 last;
  int stopping;
  GThread *thread;
} Gaps;

static gboolean
tick_cb (gpointer user_data)
{
  Gaps *gaps = user_data;
  gint64 now = g_get_monotonic_time ();

  gaps->main_gap = MAX (gaps->main_gap, now - gaps->last);
  gaps->last = now;

  return G_SOURCE_CONTINUE;
}

static gpointer
tick_thread (gpointer data)
{
  Gaps *gaps = data;
  gint64 last = g_get_monotonic_time ();

  while (!g_atomic_int_get (&gaps->stopping))
    {
      gint64 now;

      g_usleep (5000);
      now = g_get_monotonic_time ();
      gaps->other_gap = MAX (gaps->other_gap, now - last);
      last = now;
    }

  return NULL;
}

/* What the scenario asks for: connect to nowhere, send, drop all, quit the loop. Three of the
 * messages libzmq takes, seven it does not. */
static void
run_nowhere (ZmqgContext *context,
             const char  *endpoint,
             int          linger)
{
  Gaps gaps = { .last = g_get_monotonic_time () };
  guint id = g_timeout_add (5, tick_cb, &gaps);
  ZmqgSocket *socket = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PUSH, NULL);

  gaps.thread = g_thread_new ("tick", tick_thread, &gaps);
  zmqg_test_set_number (socket, "send-high-water-mark", 3);
  zmqg_test_set_number (socket, "linger", linger);
  g_assert_true (zmqg_socket_connect_to (socket, endpoint, NULL));
  for (guint i = 0; i < 10; i++)
    zmqg_test_send_number (socket, i);
  zmqg_test_program_loop (30);
  g_object_unref (socket);
  g_clear_object (&context);
  zmqg_test_program_loop (300);

  tick_cb (&gaps);
  g_atomic_int_set (&gaps.stopping, TRUE);
  g_thread_join (gaps.thread);
  g_source_remove (id);
  g_print ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", gaps.main_gap, gaps.other_gap);
}

static void
program_nowhere (const char *endpoint,
                 int         linger)
{
  run_nowhere (zmqg_context_new (), endpoint, linger);
}

static void
program_nowhere_default (const char *endpoint,
                         int         linger)
{
  run_nowhere (NULL, endpoint, linger);
}

static void
quit_ended_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_assert_true (zmqg_context_terminate_finish (ZMQG_CONTEXT (object), result, NULL));
  g_main_loop_quit (user_data);
}

/* One that wants to be sure waits for the end, which comes when the linger is over */
static void
program_terminated (const char *endpoint,
                    int         linger)
{
  ZmqgContext *context = zmqg_context_get_default ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  ZmqgSocket *socket = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, endpoint);
  gint64 begun = g_get_monotonic_time ();

  zmqg_test_set_number (socket, "linger", linger);
  zmqg_test_send_number (socket, 0);
  g_object_unref (socket);
  zmqg_context_terminate_async (context, NULL, quit_ended_cb, loop);
  g_main_loop_run (loop);
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, linger * 990);
  g_print ("0 0\n");
}

/* The order in which references go is nobody's concern */
static void
program_context_first (const char *endpoint,
                       int         linger)
{
  ZmqgContext *context = zmqg_context_new ();
  ZmqgSocket *sockets[3];

  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    {
      sockets[i] = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PUSH, NULL);
      zmqg_test_set_number (sockets[i], "linger", linger);
    }
  g_object_unref (context);
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    {
      g_assert_true (zmqg_socket_connect_to (sockets[i], endpoint, NULL));
      zmqg_test_send_number (sockets[i], i);
    }
  zmqg_test_program_loop (20);
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    g_object_unref (sockets[i]);
}

/* Bound, and nobody came */
static void
program_dropped (const char *endpoint,
                 int         linger)
{
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);
  g_autofree char *bound = NULL;

  zmqg_test_set_number (socket, "linger", linger);
  zmqg_test_bind_free (socket, ZMQG_TEST_TCP, &bound);
  for (guint i = 0; i < 17; i++)
    zmqg_test_send_number (socket, i);
  g_print ("%s\n", bound);
  zmqg_test_program_loop (20);
  g_object_unref (socket);
  zmqg_test_program_loop (20);
}

static const ZmqgTestProgram programs[] = {
  { "nowhere", program_nowhere },
  { "nowhere-default", program_nowhere_default },
  { "terminated", program_terminated },
  { "context-first", program_context_first },
  { "dropped", program_dropped },
};

typedef struct
{
  const char *program;
  int linger;
} Nowhere;

static const Nowhere nowheres[] = {
  { "nowhere", 0 }, { "nowhere", 500 }, { "nowhere", -1 }, { "nowhere-default", 1000 },
  { "nowhere-default", -1 },
};

static void
test_nowhere (gconstpointer data)
{
  const Nowhere *nowhere = data;
  g_autoptr (GSocket) holder = NULL;
  g_autofree char *endpoint = zmqg_test_find_nowhere (&holder);
  g_auto (ZmqgTestRun) run = { NULL };
  gint64 linger = MAX (nowhere->linger, 0) * 1000;
  gint64 main_gap, other_gap;
  char *rest;

  zmqg_test_run_init (&run, nowhere->program, endpoint, nowhere->linger);
  g_assert_cmpint (run.took_to_exit, <, linger + 1000000);
  main_gap = g_ascii_strtoll (run.output, &rest, 10);
  other_gap = g_ascii_strtoll (rest, NULL, 10);
  g_assert_cmpint (main_gap, <, 50 * 1000 + other_gap);
  zmqg_test_run_assert_warned (&run, "PUSH", endpoint, 7);
}

static void
test_terminated (void)
{
  g_autoptr (GSocket) holder = NULL;
  g_autofree char *endpoint = zmqg_test_find_nowhere (&holder);
  g_auto (ZmqgTestRun) run = { NULL };

  zmqg_test_run_init (&run, "terminated", endpoint, 400);
  g_assert_cmpint (run.took_to_exit, <, 1000000);
  g_assert_cmpint (run.took, <, 400 * 1000 + 1500 * 1000);
  g_assert_cmpstr (run.errors, ==, "");
}

static void
test_context_first (void)
{
  g_autoptr (GSocket) holder = NULL;
  g_autofree char *endpoint = zmqg_test_find_nowhere (&holder);
  g_auto (ZmqgTestRun) run = { NULL };

  zmqg_test_run_init (&run, "context-first", endpoint, 300);
  g_assert_cmpint (run.took_to_exit, <, 300 * 1000 + 1000000);
  /* Nothing is left that libzmq did not take */
  g_assert_cmpstr (run.errors, ==, "");
}

static void
test_dropped (void)
{
  g_auto (ZmqgTestRun) run = { NULL };
  g_auto (GStrv) lines = NULL;

  zmqg_test_run_init (&run, "dropped", "-", 1000);
  lines = g_strsplit (run.output, "\n", -1);
  zmqg_test_run_assert_warned (&run, "DEALER", lines[0], 17);
}

int
main (int   argc,
      char *argv[])
{
  if (zmqg_test_program_main (programs, G_N_ELEMENTS (programs), argc, argv))
    return 0;

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (nowheres); i++)
    {
      g_autofree char *path = g_strdup_printf ("/scenario/25/%s/%d", nowheres[i].program,
                                               nowheres[i].linger);

      g_test_add_data_func (path, &nowheres[i], test_nowhere);
    }
  g_test_add_func ("/scenario/25/terminated", test_terminated);
  g_test_add_func ("/scenario/27/context-first", test_context_first);
  g_test_add_func ("/scenario/27/dropped", test_dropped);

  return g_test_run ();
}
