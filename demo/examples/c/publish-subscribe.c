/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* One publisher and two subscribers, each of which wants to hear of something else. */

#include <zmqglib/zmqglib.h>

static const char * const news[][3] = {
  { "weather", "rain", NULL },
  { "sport", "Harz 2, Elbe 1", NULL },
  { "weather", "sunshine", NULL },
  { "gossip", "nobody asked", NULL },
};

static GMainLoop *loop;
static guint n_subscriptions;
static guint n_received;

static void
news_received_cb (ZmqgSocket  *subscriber,
                  ZmqgMessage *message,
                  gpointer     user_data)
{
  const char *name = user_data;
  g_autofree char *topic = zmqg_message_get_string (message, 0, NULL);
  g_autofree char *text = zmqg_message_get_string (message, 1, NULL);

  g_print ("%s hears of the %s: %s\n", name, topic, text);
  if (++n_received == 3)
    g_main_loop_quit (loop);
}

/* An XPUB is a PUB that is told of subscriptions: before the last one, there is nobody to hear. */
static void
subscription_received_cb (ZmqgSocket  *publisher,
                          ZmqgMessage *message,
                          gpointer     user_data)
{
  if (++n_subscriptions < 2)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (news); i++)
    zmqg_socket_send_strv (publisher, news[i], NULL);
}

static ZmqgSocket *
subscribe (const char  *name,
           const char  *topic,
           const char  *endpoint,
           GError     **error)
{
  g_autoptr (ZmqgSocket) subscriber = zmqg_socket_new (ZMQG_SOCKET_TYPE_SUB, error);

  if (subscriber == NULL ||
      !zmqg_socket_subscribe (subscriber, topic, error) ||
      !zmqg_socket_connect_to (subscriber, endpoint, error))
    return NULL;

  g_signal_connect (subscriber, "message-received", G_CALLBACK (news_received_cb),
                    (gpointer) name);

  return g_steal_pointer (&subscriber);
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
  g_autoptr (ZmqgSocket) publisher = NULL;
  g_autoptr (ZmqgSocket) anna = NULL;
  g_autoptr (ZmqgSocket) bert = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;

  publisher = zmqg_socket_new (ZMQG_SOCKET_TYPE_XPUB, &error);
  if (publisher == NULL || !zmqg_socket_bind (publisher, "tcp://127.0.0.1:*", &error))
    return fail (error);

  g_signal_connect (publisher, "message-received", G_CALLBACK (subscription_received_cb), NULL);
  endpoint = zmqg_socket_dup_last_endpoint (publisher);

  anna = subscribe ("Anna", "weather", endpoint, &error);
  if (anna == NULL)
    return fail (error);
  bert = subscribe ("Bert", "sport", endpoint, &error);
  if (bert == NULL)
    return fail (error);

  loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);

  return 0;
}
