/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-story.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

/* Why a context does not end */

static ZmqgSocket *
new_socket (ZmqgContext    *context,
            ZmqgSocketType  type,
            int             linger)
{
  g_autoptr (GError) error = NULL;
  ZmqgSocket *socket = zmqg_socket_new_with_context (context, type, &error);

  g_assert_no_error (error);
  zmqg_test_set_number (socket, "linger", linger);

  return socket;
}

static char *
get_only_line (ZmqgContext *context)
{
  g_auto (GStrv) lines = zmqg_context_list_sockets (context);

  g_assert_cmpuint (g_strv_length (lines), ==, 1);

  return g_strdup (lines[0]);
}

static void
remove_text (char       *line,
             const char *text)
{
  char *found = strstr (line, text);

  g_assert_nonnull (found);
  memmove (found, found + strlen (text), strlen (found + strlen (text)) + 1);
}

/* @endpoint: which is no number that waits (nullable) */
static void
assert_line (ZmqgContext *context,
             const char  *type,
             const char  *endpoint,
             const char  *linger,
             const char  *n_waiting)
{
  g_autofree char *line = get_only_line (context);
  g_autofree char *pattern = g_strdup_printf ("\\b%s\\b", n_waiting);

  g_test_message ("%s", line);
  g_assert_true (g_str_has_prefix (line, type));
  if (endpoint != NULL)
    remove_text (line, endpoint);
  remove_text (line, linger);
  g_assert_true (g_regex_match_simple (pattern, line, 0, 0));
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!zmqg_socket_send_finish (ZMQG_SOCKET (object), result, &error))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void
send_async (ZmqgSocket *socket)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("text");

  zmqg_socket_send_async (socket, message, NULL, sent_cb, NULL);
}

static gpointer
send_thread (gpointer data)
{
  zmqg_test_send_number (data, 0);
  send_async (data);

  return NULL;
}

static void
ignore_failed_cb (ZmqgSocket   *socket,
                  ZmqgMessage  *message,
                  const GError *error,
                  gpointer      user_data)
{
}

/* Plain ones, those of send_async() in the queue and in line for it, and those of other threads
 * that the owner has not looked at. */
static void
test_waiting (gconstpointer data)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autofree char *endpoint = NULL;
  ZmqgSocket *socket = new_socket (context, ZMQG_SOCKET_TYPE_PUSH, 4321);

  g_signal_connect (socket, "send-failed", G_CALLBACK (ignore_failed_cb), NULL);
  zmqg_test_set_number (socket, "send-queue-limit", 8);
  zmqg_test_bind_free (socket, GPOINTER_TO_INT (data), &endpoint);
  for (guint i = 0; i < 5; i++)
    zmqg_test_send_number (socket, i);
  assert_line (context, "PUSH", endpoint, "4321", "5");
  zmqg_test_run_in_thread (send_thread, socket);
  assert_line (context, "PUSH", endpoint, "4321", "7");
  for (guint i = 0; i < 10; i++)
    send_async (socket);
  assert_line (context, "PUSH", endpoint, "4321", "17");
  zmqg_test_run_for (NULL, 10);
  assert_line (context, "PUSH", endpoint, "4321", "17");

  zmqg_socket_close (socket);
  zmqg_test_release (socket);
}

/* Nothing waits, and the line says nothing of the kind */
static void
test_nothing_waits (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  ZmqgSocket *socket = new_socket (context, ZMQG_SOCKET_TYPE_ROUTER, 0);
  g_autofree char *first = NULL, *second = NULL, *line = NULL;

  zmqg_test_bind_free (socket, ZMQG_TEST_TCP, &first);
  zmqg_test_bind_free (socket, ZMQG_TEST_IPC, &second);
  g_assert_true (zmqg_socket_connect_to (socket, "inproc://third", NULL));
  line = get_only_line (context);
  g_assert_true (g_str_has_prefix (line, "ROUTER"));
  remove_text (line, first);
  remove_text (line, second);
  remove_text (line, "inproc://third");
  remove_text (line, "linger 0");
  g_assert_false (g_regex_match_simple ("[0-9]", line, 0, 0));
  zmqg_test_release (socket);
}

static void
set_true_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (*(gboolean *) user_data);
  zmqg_context_terminate_finish (ZMQG_CONTEXT (object), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

/* It waits for ever for what a linger of -1 holds, and says so until somebody gives in */
static void
test_for_ever (gconstpointer data)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autofree char *endpoint = NULL;
  ZmqgSocket *socket = new_socket (context, ZMQG_SOCKET_TYPE_DEALER, -1);
  gboolean ended = FALSE;

  g_signal_connect (socket, "send-failed", G_CALLBACK (ignore_failed_cb), NULL);
  zmqg_test_bind_free (socket, GPOINTER_TO_INT (data), &endpoint);
  for (guint i = 0; i < 33; i++)
    zmqg_test_send_number (socket, i);
  zmqg_context_terminate_async (context, NULL, set_true_cb, &ended);
  zmqg_test_run_for (NULL, 700);
  g_assert_false (ended);
  assert_line (context, "DEALER", endpoint, "-1", "33");

  zmqg_socket_close (socket);
  zmqg_test_wait_for (ended);
  zmqg_test_release (socket);
}

/* As long as it does not end, there is a line, be the socket open, closed or gone. */
static void
check_until_end (gboolean closes,
                 gboolean drops)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (GSocket) holder = NULL;
  g_autofree char *nowhere = zmqg_test_find_nowhere (&holder);
  ZmqgSocket *socket = new_socket (context, ZMQG_SOCKET_TYPE_PUSH, 400);
  gint64 begun = g_get_monotonic_time ();
  gboolean ended = FALSE;
  g_auto (GStrv) lines = NULL;

  g_assert_true (zmqg_socket_connect_to (socket, nowhere, NULL));
  zmqg_test_send_number (socket, 0);
  if (closes)
    zmqg_socket_close (socket);
  if (drops)
    zmqg_test_release (g_steal_pointer (&socket));
  zmqg_context_terminate_async (context, NULL, set_true_cb, &ended);
  while (!ended && g_get_monotonic_time () - begun < 380 * 1000)
    {
      g_autofree char *line = get_only_line (context);

      g_assert_true (g_str_has_prefix (line, "PUSH"));
      g_assert_nonnull (strstr (line, nowhere));
      zmqg_test_run_for (NULL, 20);
    }
  g_assert_false (ended);
  zmqg_test_wait_for (ended);
  lines = zmqg_context_list_sockets (context);
  g_assert_cmpuint (g_strv_length (lines), ==, 0);
  if (socket != NULL)
    zmqg_test_release (socket);
}

static void
test_until_end (void)
{
  check_until_end (FALSE, FALSE);
  check_until_end (TRUE, FALSE);
  check_until_end (TRUE, TRUE);
  check_until_end (FALSE, TRUE);
}

/* From another thread, while sockets come and go */
typedef struct
{
  ZmqgContext *context;
  int stopping;
  guint n_lists;
} Watch;

static gpointer
list_thread (gpointer data)
{
  Watch *watch = data;

  while (!g_atomic_int_get (&watch->stopping))
    {
      g_auto (GStrv) lines = zmqg_context_list_sockets (watch->context);

      for (guint i = 0; lines[i] != NULL; i++)
        {
          if (!g_str_has_prefix (lines[i], "PUSH"))
            g_error ("'%s' instead of a socket", lines[i]);
        }
      watch->n_lists++;
    }

  return NULL;
}

static void
test_in_thread (void)
{
  Watch watch = { zmqg_context_new (), FALSE, 0 };
  GThread *threads[2];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("list", list_thread, &watch);
  for (guint i = 0; i < 500; i++)
    {
      ZmqgSocket *socket = new_socket (watch.context, ZMQG_SOCKET_TYPE_PUSH, i % 3);
      g_autofree char *endpoint = NULL;

      g_signal_connect (socket, "send-failed", G_CALLBACK (ignore_failed_cb), NULL);
      zmqg_test_bind_free (socket, i % ZMQG_TEST_N_TRANSPORTS, &endpoint);
      zmqg_test_send_number (socket, i);
      send_async (socket);
      g_assert_true (zmqg_socket_unbind (socket, endpoint, NULL));
      zmqg_socket_close (socket);
      /* The last reference may be the one of a list */
      g_object_unref (socket);
      g_main_context_iteration (NULL, FALSE);
    }
  g_atomic_int_set (&watch.stopping, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (watch.n_lists, >, 0);
  zmqg_test_release (watch.context);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/terminate-list/waiting", test_waiting);
  g_test_add_func ("/terminate-list/nothing-waits", test_nothing_waits);
  zmqg_test_add_transports ("/terminate-list/for-ever", test_for_ever);
  g_test_add_func ("/terminate-list/until-end", test_until_end);
  g_test_add_func ("/terminate-list/in-thread", test_in_thread);

  return g_test_run ();
}
