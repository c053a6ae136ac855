/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Two senders that close: each waits until what is queued is on its way, one of them in vain. */

#include <zmqglib/zmqglib.h>

static GMainLoop *loop;
static guint n_to_come = 4;

/* Two messages and two ends. */
static void
came (void)
{
  if (--n_to_come == 0)
    g_main_loop_quit (loop);
}

static void
message_received_cb (ZmqgSocket  *pull,
                     ZmqgMessage *message,
                     gpointer     user_data)
{
  g_autofree char *text = zmqg_message_get_string (message, 0, NULL);

  g_print ("received: %s\n", text);
  came ();
}

static void
send_failed_cb (ZmqgSocket  *push,
                ZmqgMessage *message,
                GError      *error,
                gpointer     user_data)
{
  g_autofree char *text = zmqg_message_get_string (message, 0, NULL);

  g_print ("not sent: %s\n", text);
}

static void
close_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  guint n_unsent;

  if (zmqg_socket_close_finish (ZMQG_SOCKET (object), result, &n_unsent, &error))
    g_print ("closed: %s, %u unsent\n", (const char *) user_data, n_unsent);
  else
    g_printerr ("%s\n", error->message);
  came ();
}

/* Nobody is there yet: the messages wait in the queue, and may do so for @linger ms. */
static ZmqgSocket *
open_sender (const char  *endpoint,
             int          linger,
             GError     **error)
{
  g_autoptr (ZmqgSocket) push = zmqg_socket_new (ZMQG_SOCKET_TYPE_PUSH, error);

  if (push == NULL || !zmqg_socket_bind (push, endpoint, error))
    return NULL;

  g_object_set (push, "linger", linger, NULL);
  g_signal_connect (push, "send-failed", G_CALLBACK (send_failed_cb), NULL);

  return g_steal_pointer (&push);
}

static int
fail (GError *error)
{
  g_printerr ("%s\n", error->message);

  return 1;
}

int
main (void)
{
  g_autoptr (ZmqgSocket) pull = NULL;
  g_autoptr (ZmqgSocket) heard = NULL;
  g_autoptr (ZmqgSocket) lonely = NULL;
  g_autoptr (GError) error = NULL;

  heard = open_sender ("inproc://heard", 5000, &error);
  if (heard == NULL)
    return fail (error);
  lonely = open_sender ("inproc://lonely", 200, &error);
  if (lonely == NULL)
    return fail (error);

  zmqg_socket_send_string (heard, "first", NULL);
  zmqg_socket_send_string (heard, "second", NULL);
  zmqg_socket_send_string (lonely, "Is anybody there?", NULL);
  zmqg_socket_close_async (heard, NULL, close_cb, (gpointer) "the one that is heard");
  zmqg_socket_close_async (lonely, NULL, close_cb, (gpointer) "the lonely one");

  pull = zmqg_socket_new (ZMQG_SOCKET_TYPE_PULL, &error);
  if (pull == NULL || !zmqg_socket_connect_to (pull, "inproc://heard", &error))
    return fail (error);
  g_signal_connect (pull, "message-received", G_CALLBACK (message_received_cb), NULL);

  loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);

  return 0;
}
