/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A service and a client that take turns, and a request out of turn. */

#include <zmqglib/zmqglib.h>

static const char * const words[] = { "one", "two", "three" };

static GMainLoop *loop;
static guint n_asked;

static void
ask (ZmqgSocket *client)
{
  g_autoptr (GError) error = NULL;

  zmqg_socket_send_string (client, words[n_asked++], NULL);

  if (!zmqg_socket_send_string (client, "and another one", &error) &&
      g_error_matches (error, ZMQG_ERROR, ZMQG_ERROR_STATE))
    g_print ("Only one request at a time.\n");
}

static void
request_received_cb (ZmqgSocket  *service,
                     ZmqgMessage *request,
                     gpointer     user_data)
{
  g_autofree char *text = zmqg_message_get_string (request, 0, NULL);
  g_autofree char *answer = g_ascii_strup (text, -1);

  zmqg_socket_send_string (service, answer, NULL);
}

static void
reply_received_cb (ZmqgSocket  *client,
                   ZmqgMessage *reply,
                   gpointer     user_data)
{
  g_autofree char *text = zmqg_message_get_string (reply, 0, NULL);

  g_print ("%s: %s\n", words[n_asked - 1], text);
  if (n_asked < G_N_ELEMENTS (words))
    ask (client);
  else
    g_main_loop_quit (loop);
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
  g_autoptr (ZmqgSocket) service = NULL;
  g_autoptr (ZmqgSocket) client = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;

  service = zmqg_socket_new (ZMQG_SOCKET_TYPE_REP, &error);
  if (service == NULL || !zmqg_socket_bind (service, "tcp://127.0.0.1:*", &error))
    return fail (error);

  endpoint = zmqg_socket_dup_last_endpoint (service);
  client = zmqg_socket_new (ZMQG_SOCKET_TYPE_REQ, &error);
  if (client == NULL || !zmqg_socket_connect_to (client, endpoint, &error))
    return fail (error);

  g_signal_connect (service, "message-received", G_CALLBACK (request_received_cb), NULL);
  g_signal_connect (client, "message-received", G_CALLBACK (reply_received_cb), NULL);

  loop = g_main_loop_new (NULL, FALSE);
  ask (client);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);

  return 0;
}
