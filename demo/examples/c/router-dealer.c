/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A service that answers many clients in whatever order it likes, and clients that do not wait. */

#include <zmqglib/zmqglib.h>

#define N_CLIENTS 2
#define N_REQUESTS 3

static GMainLoop *loop;
static guint n_replies;

/* The first frame is the client's routing id: a reply that starts with it finds its way back. */
static void
answer (ZmqgSocket  *service,
        ZmqgMessage *request)
{
  g_autoptr (ZmqgMessage) reply = zmqg_message_new ();
  g_autofree char *text = zmqg_message_get_string (request, 1, NULL);
  g_autofree char *done = g_strdup_printf ("%s is done", text);

  zmqg_message_append_bytes (reply, zmqg_message_get_frame (request, 0));
  zmqg_message_append_string (reply, done);
  zmqg_socket_send (service, reply, NULL);
}

static void
request_received_cb (ZmqgSocket  *service,
                     ZmqgMessage *request,
                     gpointer     user_data)
{
  GPtrArray *requests = user_data;

  g_ptr_array_add (requests, zmqg_message_ref (request));
  if (requests->len < N_CLIENTS * N_REQUESTS)
    return;

  /* The last come, the first served */
  while (requests->len > 0)
    {
      g_autoptr (ZmqgMessage) last = g_ptr_array_steal_index (requests, requests->len - 1);

      answer (service, last);
    }
}

static void
reply_received_cb (ZmqgSocket  *client,
                   ZmqgMessage *reply,
                   gpointer     user_data)
{
  g_autofree char *text = zmqg_message_get_string (reply, 0, NULL);

  g_print ("%s: %s\n", (const char *) user_data, text);
  if (++n_replies == N_CLIENTS * N_REQUESTS)
    g_main_loop_quit (loop);
}

static ZmqgSocket *
open_client (const char  *name,
             const char  *endpoint,
             GError     **error)
{
  g_autoptr (ZmqgSocket) client = zmqg_socket_new (ZMQG_SOCKET_TYPE_DEALER, error);

  if (client == NULL || !zmqg_socket_connect_to (client, endpoint, error))
    return NULL;

  g_signal_connect (client, "message-received", G_CALLBACK (reply_received_cb), (gpointer) name);
  for (guint i = 1; i <= N_REQUESTS; i++)
    {
      g_autofree char *text = g_strdup_printf ("task %u", i);

      zmqg_socket_send_string (client, text, NULL);
    }

  return g_steal_pointer (&client);
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
  g_autoptr (ZmqgSocket) anna = NULL;
  g_autoptr (ZmqgSocket) bert = NULL;
  g_autoptr (GPtrArray) requests = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;

  service = zmqg_socket_new (ZMQG_SOCKET_TYPE_ROUTER, &error);
  if (service == NULL || !zmqg_socket_bind (service, "tcp://127.0.0.1:*", &error))
    return fail (error);

  requests = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_message_unref);
  g_signal_connect (service, "message-received", G_CALLBACK (request_received_cb), requests);
  endpoint = zmqg_socket_dup_last_endpoint (service);

  anna = open_client ("Anna", endpoint, &error);
  if (anna == NULL)
    return fail (error);
  bert = open_client ("Bert", endpoint, &error);
  if (bert == NULL)
    return fail (error);

  loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);

  return 0;
}
