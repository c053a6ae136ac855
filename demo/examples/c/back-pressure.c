/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A sender that is faster than its receiver: it is told when to stop and when to go on. */

#include <zmqglib/zmqglib.h>

#define N_MESSAGES 100

static GMainLoop *loop;
static guint n_sent;
static guint n_received;

/* Sends until nothing more fits; a refused message stays ours. */
static void
send_more (ZmqgSocket *push)
{
  while (n_sent < N_MESSAGES)
    {
      g_autofree char *text = g_strdup_printf ("message %u", n_sent);
      g_autoptr (GError) error = NULL;

      if (!zmqg_socket_send_string (push, text, &error))
        {
          if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            g_printerr ("%s\n", error->message);
          return;
        }
      n_sent++;
    }
}

static void
writable_cb (ZmqgSocket *push,
             gpointer    user_data)
{
  send_more (push);
}

static void
drained_cb (ZmqgSocket *push,
            gpointer    user_data)
{
  if (n_sent == N_MESSAGES)
    g_print ("All %d are handed over.\n", N_MESSAGES);
}

static void
message_received_cb (ZmqgSocket  *pull,
                     ZmqgMessage *message,
                     gpointer     user_data)
{
  if (++n_received < N_MESSAGES)
    return;

  g_print ("All %d have arrived.\n", N_MESSAGES);
  g_main_loop_quit (loop);
}

static gboolean
resume_cb (gpointer user_data)
{
  g_object_set (user_data, "paused", FALSE, NULL);

  return G_SOURCE_REMOVE;
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
  const char * const endpoints[] = { "inproc://slow", NULL };
  g_autoptr (ZmqgSocket) pull = NULL;
  g_autoptr (ZmqgSocket) push = NULL;
  g_autoptr (GError) error = NULL;

  pull = g_initable_new (ZMQG_TYPE_SOCKET, NULL, &error,
                         "socket-type", ZMQG_SOCKET_TYPE_PULL,
                         "bind-endpoints", endpoints,
                         "receive-high-water-mark", 10,
                         "paused", TRUE,
                         NULL);
  if (pull == NULL)
    return fail (error);

  push = g_initable_new (ZMQG_TYPE_SOCKET, NULL, &error,
                         "socket-type", ZMQG_SOCKET_TYPE_PUSH,
                         "connect-endpoints", endpoints,
                         "send-high-water-mark", 10,
                         "send-queue-limit", 20,
                         NULL);
  if (push == NULL)
    return fail (error);

  g_signal_connect (pull, "message-received", G_CALLBACK (message_received_cb), NULL);
  g_signal_connect (push, "writable", G_CALLBACK (writable_cb), NULL);
  g_signal_connect (push, "drained", G_CALLBACK (drained_cb), NULL);

  send_more (push);
  g_print ("The receiver sleeps: full after %u messages.\n", n_sent);

  loop = g_main_loop_new (NULL, FALSE);
  g_timeout_add (50, resume_cb, pull);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);

  return n_received != N_MESSAGES;
}
