/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Two senders that close: one whose messages all went out, and one that has nobody to send to. */

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

/* libzmq has all of it, and goes on sending for the time of "linger" after the close. */
static void
drained_cb (ZmqgSocket *push,
            gpointer    user_data)
{
  zmqg_socket_close (push);
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
closed_cb (ZmqgSocket *push,
           gpointer    user_data)
{
  g_print ("closed: %s\n", (const char *) user_data);
  came ();
}

static ZmqgSocket *
open_sender (const char  *name,
             const char  *endpoint,
             GError     **error)
{
  g_autoptr (ZmqgSocket) push = zmqg_socket_new (ZMQG_SOCKET_TYPE_PUSH, error);

  if (push == NULL || !zmqg_socket_bind (push, endpoint, error))
    return NULL;

  g_signal_connect (push, "send-failed", G_CALLBACK (send_failed_cb), NULL);
  g_signal_connect (push, "closed", G_CALLBACK (closed_cb), (gpointer) name);

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

  heard = open_sender ("the one that is heard", "inproc://heard", &error);
  if (heard == NULL)
    return fail (error);
  lonely = open_sender ("the lonely one", "inproc://lonely", &error);
  if (lonely == NULL)
    return fail (error);

  /* Nobody is there yet: these wait in the queue */
  zmqg_socket_send_string (heard, "first", NULL);
  zmqg_socket_send_string (heard, "second", NULL);
  zmqg_socket_send_string (lonely, "Is anybody there?", NULL);
  g_signal_connect (heard, "drained", G_CALLBACK (drained_cb), NULL);
  zmqg_socket_close (lonely);

  pull = zmqg_socket_new (ZMQG_SOCKET_TYPE_PULL, &error);
  if (pull == NULL || !zmqg_socket_connect_to (pull, "inproc://heard", &error))
    return fail (error);
  g_signal_connect (pull, "message-received", G_CALLBACK (message_received_cb), NULL);

  loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);

  return 0;
}
