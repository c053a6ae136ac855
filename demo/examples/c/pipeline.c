/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A source that shares tasks out to three workers, and a sink that collects their results. */

#include <zmqglib/zmqglib.h>

#define N_WORKERS 3
#define N_TASKS 100

typedef struct
{
  ZmqgSocket *tasks;
  ZmqgSocket *results;
} Worker;

static GMainLoop *loop;
static guint n_results;
static guint64 sum;

static gint64
get_number (ZmqgMessage *message)
{
  g_autoptr (GVariant) number = NULL;

  /* Whatever a peer sent is checked: NULL, if it is not a number */
  number = zmqg_message_get_variant (message, 0, G_VARIANT_TYPE_INT64, NULL);

  return number != NULL ? g_variant_get_int64 (number) : 0;
}

static void
send_number (ZmqgSocket *socket,
             gint64      number)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new_variant (g_variant_new_int64 (number));

  zmqg_socket_send (socket, message, NULL);
}

static void
task_received_cb (ZmqgSocket  *tasks,
                  ZmqgMessage *message,
                  gpointer     user_data)
{
  Worker *worker = user_data;
  gint64 number = get_number (message);

  send_number (worker->results, number * number);
}

static void
result_received_cb (ZmqgSocket  *sink,
                    ZmqgMessage *message,
                    gpointer     user_data)
{
  sum += get_number (message);
  if (++n_results == N_TASKS)
    g_main_loop_quit (loop);
}

static gboolean
worker_init (Worker  *self,
             GError **error)
{
  self->tasks = zmqg_socket_new (ZMQG_SOCKET_TYPE_PULL, error);
  if (self->tasks == NULL || !zmqg_socket_connect_to (self->tasks, "inproc://tasks", error))
    return FALSE;

  g_signal_connect (self->tasks, "message-received", G_CALLBACK (task_received_cb), self);
  self->results = zmqg_socket_new (ZMQG_SOCKET_TYPE_PUSH, error);

  return self->results != NULL &&
         zmqg_socket_connect_to (self->results, "inproc://results", error);
}

static void
worker_clear (Worker *self)
{
  g_clear_object (&self->tasks);
  g_clear_object (&self->results);
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
  g_autoptr (ZmqgSocket) source = NULL;
  g_autoptr (ZmqgSocket) sink = NULL;
  g_autoptr (GError) error = NULL;
  Worker workers[N_WORKERS];

  source = zmqg_socket_new (ZMQG_SOCKET_TYPE_PUSH, &error);
  if (source == NULL || !zmqg_socket_bind (source, "inproc://tasks", &error))
    return fail (error);

  sink = zmqg_socket_new (ZMQG_SOCKET_TYPE_PULL, &error);
  if (sink == NULL || !zmqg_socket_bind (sink, "inproc://results", &error))
    return fail (error);

  g_signal_connect (sink, "message-received", G_CALLBACK (result_received_cb), NULL);
  for (guint i = 0; i < N_WORKERS; i++)
    {
      if (!worker_init (&workers[i], &error))
        return fail (error);
    }

  for (guint i = 1; i <= N_TASKS; i++)
    send_number (source, i);

  loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  g_print ("The sum of the first %d squares is %" G_GUINT64_FORMAT ".\n", N_TASKS, sum);

  for (guint i = 0; i < N_WORKERS; i++)
    worker_clear (&workers[i]);
  g_main_loop_unref (loop);

  return 0;
}
