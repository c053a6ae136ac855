/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-program.h"
#include "zmqg-test-story.h"
#include "zmqg-test-utils.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

/* Programs that end in the middle of everything */

static void
ignore_result_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
}

static void
use (ZmqgSocket *socket)
{
  g_autoptr (ZmqgMessage) message = zmqg_test_message_new (0, 100000);
  g_autoptr (GBytes) address = g_bytes_new_static ("somebody", 8);

  zmqg_message_prepend_bytes (message, address);
  zmqg_socket_subscribe (socket, "", NULL);
  for (guint i = 0; i < 5; i++)
    {
      zmqg_socket_send (socket, message, NULL);
      zmqg_socket_send_async (socket, message, NULL, ignore_result_cb, NULL);
      zmqg_socket_receive_async (socket, NULL, ignore_result_cb, NULL);
    }
  zmqg_socket_flush_async (socket, NULL, ignore_result_cb, NULL);
}

static void
ignore_cb (void)
{
}

/* One of every type, with operations and messages that wait, bound and connected */
static void
make_live_sockets (const char *endpoint)
{
  for (guint type = 0; type <= ZMQG_SOCKET_TYPE_STREAM; type++)
    {
      ZmqgSocket *socket = zmqg_test_socket_new (type);

      zmqg_test_set_number (socket, "linger", -1);
      zmqg_test_set_number (socket, "send-high-water-mark", 1);
      g_signal_connect (socket, "send-failed", G_CALLBACK (ignore_cb), NULL);
      zmqg_test_bind_free (socket, ZMQG_TEST_TCP, NULL);
      zmqg_test_bind_free (socket, type == ZMQG_SOCKET_TYPE_STREAM ? ZMQG_TEST_TCP : ZMQG_TEST_IPC,
                           NULL);
      zmqg_socket_connect_to (socket, endpoint, NULL);
      zmqg_socket_connect_to (socket, "inproc://nobody", NULL);
      g_signal_connect (socket, "message-received", G_CALLBACK (ignore_cb), NULL);
      use (socket);
    }
}

static void
program_live (const char *endpoint,
              int         linger)
{
  make_live_sockets (endpoint);
  zmqg_test_program_loop (50);
}

/* Not even the loop has run */
static void
program_at_once (const char *endpoint,
                 int         linger)
{
  make_live_sockets (endpoint);
}

static void
exit_cb (ZmqgSocket  *socket,
         ZmqgMessage *message,
         guint       *n_left)
{
  if (--*n_left == 0)
    {
      g_print ("%" G_GINT64_FORMAT "\n", g_get_monotonic_time ());
      exit (0);
    }
}

/* exit() in a handler */
static void
program_in_handler (const char *endpoint,
                    int         linger)
{
  guint n_left = 10;
  ZmqgTestPair pair = { NULL };

  make_live_sockets (endpoint);
  zmqg_test_pair_init (&pair, ZMQG_TEST_TCP, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  g_signal_connect (pair.bound, "message-received", G_CALLBACK (exit_cb), &n_left);
  for (guint i = 0; i < 100; i++)
    zmqg_test_send_number (pair.connected, i);
  zmqg_test_program_loop (10000);
}

static gpointer
send_thread (gpointer data)
{
  for (guint64 number = 0;; number++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_message_new (number, number % 5000);

      if (number % 2 == 0)
        zmqg_socket_send (data, message, NULL);
      else
        zmqg_socket_send_async (data, message, NULL, NULL, NULL);
      if (number % 100 == 0)
        g_usleep (100);
    }

  return NULL;
}

static gpointer
loop_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  ZmqgSocket *socket;

  g_main_context_push_thread_default (context);
  socket = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PULL, data);
  g_signal_connect (socket, "message-received", G_CALLBACK (ignore_cb), NULL);
  for (;;)
    g_main_context_iteration (context, TRUE);

  return NULL;
}

/* From now on they may hold the default main context for a call, until it runs. */
static void
start_threads (void)
{
  char *bound = NULL;
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, ZMQG_TEST_TCP, &bound);

  g_signal_connect (socket, "send-failed", G_CALLBACK (ignore_cb), NULL);
  for (guint i = 0; i < 3; i++)
    {
      g_thread_unref (g_thread_new ("send", send_thread, socket));
      g_thread_unref (g_thread_new ("loop", loop_thread, bound));
    }
}

/* Other threads send and receive on */
static void
program_threads (const char *endpoint,
                 int         linger)
{
  make_live_sockets (endpoint);
  start_threads ();
  zmqg_test_program_loop (50);
}

static gpointer
exit_thread (gpointer data)
{
  g_usleep (50000);
  g_print ("%" G_GINT64_FORMAT "\n", g_get_monotonic_time ());
  exit (0);
}

/* exit() in another thread than the one with the main loop */
static void
program_in_thread (const char *endpoint,
                   int         linger)
{
  make_live_sockets (endpoint);
  start_threads ();
  g_thread_unref (g_thread_new ("exit", exit_thread, NULL));
  zmqg_test_program_loop (10000);
}

/* What ends never has begun to */
static void
program_closing (const char *endpoint,
                 int         linger)
{
  ZmqgContext *context = zmqg_context_new ();
  ZmqgSocket *socket = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PUSH, NULL);
  ZmqgSocket *closing = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);

  zmqg_test_set_number (socket, "linger", -1);
  zmqg_test_set_number (closing, "linger", -1);
  zmqg_test_bind_free (closing, ZMQG_TEST_TCP, NULL);
  g_assert_true (zmqg_socket_connect_to (socket, endpoint, NULL));
  zmqg_test_send_number (socket, 0);
  zmqg_test_send_number (closing, 0);
  zmqg_socket_close_async (closing, NULL, ignore_result_cb, NULL);
  zmqg_context_terminate_async (context, NULL, ignore_result_cb, NULL);
  zmqg_test_program_loop (50);
}

/* Peers that were there, and are killed in the middle of messages */
static void
program_killed (const char *endpoint,
                int         linger)
{
  ZmqgSocket *sockets[3];
  ZmqgTestProcess *peers[G_N_ELEMENTS (sockets)];
  int one = 1;
  char *arguments[] = { (char *) "killed", NULL };
  char **argv = arguments;

  g_test_init (&one, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    {
      g_autofree char *bound = NULL;

      sockets[i] = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, ZMQG_TEST_TCP, &bound);
      g_signal_connect (sockets[i], "send-failed", G_CALLBACK (ignore_cb), NULL);
      zmqg_test_set_number (sockets[i], "linger", -1);
      for (guint j = 0; j < 300; j++)
        {
          g_autoptr (ZmqgMessage) first = zmqg_test_message_new (2 * j, 50000);
          g_autoptr (ZmqgMessage) second = zmqg_test_message_new (2 * j + 1, 50000);

          zmqg_socket_send (sockets[i], first, NULL);
          zmqg_socket_send_async (sockets[i], second, NULL, ignore_result_cb, NULL);
        }
      peers[i] = zmqg_test_process_start ("sink.py", bound, "1000", "10000", NULL);
      zmqg_test_wait_for (zmqg_test_get_number (sockets[i], "send-queue-length") < 300);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    zmqg_test_process_kill (peers[i]);
  zmqg_socket_close_async (sockets[0], NULL, ignore_result_cb, NULL);
  zmqg_socket_close (sockets[1]);
  zmqg_test_program_loop (linger);
}

static const ZmqgTestProgram programs[] = {
  { "live", program_live },
  { "at-once", program_at_once },
  { "in-handler", program_in_handler },
  { "threads", program_threads },
  { "in-thread", program_in_thread },
  { "closing", program_closing },
  { "killed", program_killed },
};

/* No hang and no crash, some times over, for what happens seldom */
static void
test_exit (gconstpointer data)
{
  const ZmqgTestProgram *program = data;
  g_autoptr (GSocket) holder = NULL;
  g_autofree char *endpoint = zmqg_test_find_nowhere (&holder);

  for (guint i = 0; i < 5; i++)
    {
      g_auto (ZmqgTestRun) run = { NULL };

      zmqg_test_run_init (&run, program->name, endpoint, 30 * i);
      g_assert_cmpint (run.took_to_exit, <, 1000000);
      g_assert_cmpstr (run.errors, ==, "");
    }
}

/* Whoever disposes of a socket that others have: it is closed, and what waits ends */
static gpointer
dispose_thread (gpointer data)
{
  g_object_run_dispose (data);

  return NULL;
}

static void
assert_disposed (ZmqgSocket    *socket,
                 ZmqgTestStory *story)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("late");
  g_autoptr (GError) error = NULL;

  zmqg_test_wait_for (zmqg_test_story_count (story, "receive!closed") == 3 &&
                      zmqg_test_story_count (story, "send!closed") == 3);
  g_assert_cmpuint (zmqg_test_story_count (story, "close=6"), ==, 1);
  g_assert_true (zmqg_socket_is_closed (socket));
  g_assert_false (zmqg_socket_send (socket, message, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  zmqg_test_story_receive (story, socket, NULL);
  zmqg_test_story_close (story, socket, NULL);
  zmqg_socket_close (socket);
  g_object_run_dispose (G_OBJECT (socket));
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (zmqg_test_story_count (story, "receive!closed"), ==, 4);
  g_assert_cmpuint (zmqg_test_story_count (story, "close"), ==, 2);
  zmqg_test_release (socket);
}

typedef struct
{
  ZmqgSocket *socket;
  ZmqgTestStory story;
  gboolean disposed;
} Disposal;

static void
disposal_init (Disposal *disposal)
{
  disposal->disposed = FALSE;
  disposal->socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);
  zmqg_test_story_init (&disposal->story);
  zmqg_test_set_number (disposal->socket, "linger", 60000);
  zmqg_test_bind_free (disposal->socket, ZMQG_TEST_TCP, NULL);
  for (guint i = 0; i < 3; i++)
    {
      zmqg_test_story_receive (&disposal->story, disposal->socket, NULL);
      zmqg_test_send_number (disposal->socket, i);
      zmqg_test_story_send (&disposal->story, disposal->socket, i, 0, NULL);
    }
  zmqg_test_story_close (&disposal->story, disposal->socket, NULL);
}

static void
disposal_finish (Disposal *disposal)
{
  assert_disposed (disposal->socket, &disposal->story);
  zmqg_test_story_clear (&disposal->story);
}

static gboolean
dispose_cb (gpointer user_data)
{
  Disposal *disposal = user_data;

  disposal->story.calling = TRUE;
  g_object_run_dispose (G_OBJECT (disposal->socket));
  disposal->story.calling = FALSE;
  disposal->disposed = TRUE;

  return G_SOURCE_REMOVE;
}

static void
test_dispose (void)
{
  Disposal disposal;

  disposal_init (&disposal);
  dispose_cb (&disposal);
  disposal_finish (&disposal);
}

/* Here GTask would call back at once */
static void
test_dispose_in_dispatch (void)
{
  Disposal disposal;

  disposal_init (&disposal);
  zmqg_test_run_for (NULL, 20);
  g_idle_add (dispose_cb, &disposal);
  zmqg_test_wait_for (disposal.disposed);
  disposal_finish (&disposal);
}

static void
test_dispose_in_thread (void)
{
  Disposal disposal;

  disposal_init (&disposal);
  disposal.story.calling = TRUE;
  zmqg_test_run_in_thread (dispose_thread, disposal.socket);
  disposal.story.calling = FALSE;
  disposal_finish (&disposal);
}

static void
test_dispose_context (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgSocket) socket = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PULL,
                                                                NULL);

  zmqg_test_bind_free (socket, ZMQG_TEST_TCP, NULL);
  g_object_run_dispose (G_OBJECT (context));
  zmqg_test_run_for (NULL, 20);
  zmqg_socket_close (socket);
  zmqg_test_run_for (NULL, 20);
  g_object_run_dispose (G_OBJECT (context));
}

int
main (int   argc,
      char *argv[])
{
  if (zmqg_test_program_main (programs, G_N_ELEMENTS (programs), argc, argv))
    return 0;

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *path = g_strconcat ("/scenario/27/", programs[i].name, NULL);

      g_test_add_data_func (path, &programs[i], test_exit);
    }
  g_test_add_func ("/exit/dispose", test_dispose);
  g_test_add_func ("/exit/dispose-in-dispatch", test_dispose_in_dispatch);
  g_test_add_func ("/exit/dispose-in-thread", test_dispose_in_thread);
  g_test_add_func ("/exit/dispose-context", test_dispose_context);

  return g_test_run ();
}
