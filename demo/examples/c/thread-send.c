/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Four threads that send through one socket of the main loop, without a lock of their own. */

#include <zmqglib/zmqglib.h>

#define N_THREADS 4
#define N_MESSAGES 200

static GMainLoop *loop;
static ZmqgSocket *push;
static guint next[N_THREADS];
static guint n_received;
static guint n_out_of_order;

static gpointer
send_messages (gpointer user_data)
{
  guint thread = GPOINTER_TO_UINT (user_data);

  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ZmqgMessage) message = NULL;

      message = zmqg_message_new_variant (g_variant_new ("(uu)", thread, i));
      /* Never blocks: all there is to come fits into the queue (see "send-queue-limit") */
      if (!zmqg_socket_send (push, message, &error))
        g_printerr ("%s\n", error->message);
    }

  return NULL;
}

/* In the main loop, as every signal. */
static void
message_received_cb (ZmqgSocket  *pull,
                     ZmqgMessage *message,
                     gpointer     user_data)
{
  g_autoptr (GVariant) value = NULL;
  guint thread, number;

  value = zmqg_message_get_variant (message, 0, G_VARIANT_TYPE ("(uu)"), NULL);
  g_variant_get (value, "(uu)", &thread, &number);

  /* What one thread sent arrives in the order in which it was sent */
  if (number != next[thread]++)
    n_out_of_order++;
  if (++n_received == N_THREADS * N_MESSAGES)
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
  g_autoptr (ZmqgSocket) pull = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;
  GThread *threads[N_THREADS];

  pull = zmqg_socket_new (ZMQG_SOCKET_TYPE_PULL, &error);
  if (pull == NULL || !zmqg_socket_bind (pull, "tcp://127.0.0.1:*", &error))
    return fail (error);

  endpoint = zmqg_socket_dup_last_endpoint (pull);
  push = zmqg_socket_new (ZMQG_SOCKET_TYPE_PUSH, &error);
  if (push == NULL || !zmqg_socket_connect_to (push, endpoint, &error))
    return fail (error);

  g_signal_connect (pull, "message-received", G_CALLBACK (message_received_cb), NULL);

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("sender", send_messages, GUINT_TO_POINTER (i));

  loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);

  g_print ("%u messages of %d threads, %u out of order\n", n_received, N_THREADS, n_out_of_order);
  g_object_unref (push);
  g_main_loop_unref (loop);

  return n_out_of_order > 0;
}
