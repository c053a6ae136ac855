/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

#define N_THREADS 16
#define N_SENDS 10000
#define BLOCKED_TIME 300

typedef struct
{
  ZmqgSocket *socket;
  guint number;
  GThread *thread;
  /* Times it was told that there is no room; atomic */
  int n_refused;
} Sender;

static gpointer
sender_thread (gpointer data)
{
  Sender *sender = data;

  for (guint i = 0; i < N_SENDS; i++)
    {
      guint64 number = ((guint64) sender->number << 32) | i;
      g_autoptr (ZmqgMessage) message = zmqg_test_message_new (number, 16);
      g_autoptr (GError) error = NULL;

      while (!zmqg_socket_send (sender->socket, message, &error))
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
          g_clear_error (&error);
          g_atomic_int_inc (&sender->n_refused);
          g_usleep (200);
        }
    }

  return NULL;
}

/* Each thread's messages come in the order in which it sent them */
static void
sort_by_sender (ZmqgTestPeer *peer)
{
  guint next[N_THREADS] = { 0 };
  guint64 number;

  while (!zmqg_test_peer_is_stopping (peer))
    {
      if (zmqg_test_peer_receive (peer, &number) == 0)
        continue;
      g_assert_cmpuint (number >> 32, <, N_THREADS);
      g_assert_cmpuint (number & G_MAXUINT32, ==, next[number >> 32]);
      next[number >> 32]++;
    }
}

/* Inside a dispatch: nobody else can acquire the main context meanwhile */
static gboolean
block_loop_cb (gpointer user_data)
{
  Sender *senders = user_data;
  ZmqgSocket *socket = senders[0].socket;
  gsize before = zmqg_test_get_rss ();

  for (guint i = 0; i < N_THREADS; i++)
    senders[i].thread = g_thread_new ("sender", sender_thread, &senders[i]);
  for (guint i = 0; i < N_THREADS; i++)
    zmqg_test_poll_for (g_atomic_int_get (&senders[i].n_refused) > 0);
  g_usleep (BLOCKED_TIME * 1000);

  g_assert_cmpint (zmqg_test_get_number (socket, "send-queue-length"), ==,
                   zmqg_test_get_number (socket, "send-queue-limit"));
  if (zmqg_test_rss_is_meaningful ())
    g_assert_cmpuint (zmqg_test_get_rss (), <, before + 16 * 1024 * 1024);

  return G_SOURCE_REMOVE;
}

static void
test_many_senders (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  Sender senders[N_THREADS] = { 0 };
  ZmqgSocket *socket;

  socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, GPOINTER_TO_INT (data), &endpoint);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PULL, -1, 0, sort_by_sender);
  for (guint i = 0; i < N_THREADS; i++)
    {
      senders[i].socket = socket;
      senders[i].number = i;
    }
  g_idle_add (block_loop_cb, senders);
  while (g_atomic_int_get (&peer->n_received) < N_THREADS * N_SENDS)
    zmqg_test_run_for (NULL, 5);

  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (senders[i].thread);
  g_assert_cmpint (zmqg_test_get_number (socket, "send-queue-length"), ==, 0);
  zmqg_test_release (socket);
}

/* A thread that runs a main context of its own, for sockets that belong to it */
typedef struct
{
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  ZmqgTestTransport transport;
  ZmqgSocket *receiver;
  ZmqgSocket *sender;
  char *endpoint;
  /* Atomic */
  int n_signals;
  int n_received;
  int n_closed;
} Worker;

static void
worker_signal_cb (Worker *worker)
{
  g_assert_true (g_thread_self () == worker->thread);
  g_assert_true (g_main_context_is_owner (worker->context));
  g_atomic_int_inc (&worker->n_signals);
}

static void
worker_received_cb (Worker *worker)
{
  worker_signal_cb (worker);
  g_atomic_int_inc (&worker->n_received);
}

static void
worker_closed_cb (Worker *worker)
{
  worker_signal_cb (worker);
  g_atomic_int_inc (&worker->n_closed);
}

static void
worker_watch (Worker     *worker,
              ZmqgSocket *socket)
{
  static const char *const names[] = {
    "message-sent", "send-failed", "writable", "drained", "error-occurred",
    "notify::send-queue-length", "notify::send-queue-bytes", "notify::closed",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_signal_connect_swapped (socket, names[i], G_CALLBACK (worker_signal_cb), worker);
  g_signal_connect_swapped (socket, "message-received", G_CALLBACK (worker_received_cb), worker);
  g_signal_connect_swapped (socket, "closed", G_CALLBACK (worker_closed_cb), worker);
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_REMOVE;
}

static gpointer
worker_thread (gpointer data)
{
  Worker *worker = data;

  g_main_context_push_thread_default (worker->context);
  worker->receiver = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, worker->transport,
                                                 &worker->endpoint);
  worker->sender = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, worker->endpoint);
  zmqg_test_set_number (worker->sender, "send-queue-limit", 100000);
  worker_watch (worker, worker->receiver);
  worker_watch (worker, worker->sender);
  g_main_loop_run (worker->loop);
  zmqg_test_run_until_idle (worker->context);
  g_main_context_pop_thread_default (worker->context);

  return NULL;
}

static Worker *
worker_new (ZmqgTestTransport transport)
{
  Worker *worker = g_new0 (Worker, 1);

  worker->transport = transport;
  worker->context = g_main_context_new ();
  worker->loop = g_main_loop_new (worker->context, FALSE);
  worker->thread = g_thread_new ("worker", worker_thread, worker);
  zmqg_test_poll_for (g_main_loop_is_running (worker->loop));

  return worker;
}

static void
worker_free (Worker *worker)
{
  g_main_context_invoke (worker->context, quit_cb, worker->loop);
  g_thread_join (worker->thread);
  g_clear_object (&worker->sender);
  g_clear_object (&worker->receiver);
  g_free (worker->endpoint);
  g_main_loop_unref (worker->loop);
  g_main_context_unref (worker->context);
  g_free (worker);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Worker, worker_free)

static void
test_other_context (gconstpointer data)
{
  g_autoptr (Worker) worker = worker_new (GPOINTER_TO_INT (data));

  for (guint i = 0; i < 10; i++)
    {
      for (guint j = 0; j < 100; j++)
        zmqg_test_send_number (worker->sender, j);
      /* The default main context is tempting */
      zmqg_test_run_for (NULL, 5);
    }
  zmqg_test_poll_for (g_atomic_int_get (&worker->n_received) == 1000);
  zmqg_socket_close (worker->sender);
  zmqg_socket_close (worker->receiver);
  while (g_atomic_int_get (&worker->n_closed) < 2)
    zmqg_test_run_for (NULL, 5);
  g_assert_cmpint (g_atomic_int_get (&worker->n_signals), >=, 2002);
}

/* Made here, but for the other main context */
static void
test_given_context (gconstpointer data)
{
  g_autoptr (Worker) worker = worker_new (GPOINTER_TO_INT (data));
  g_auto (GStrv) endpoints = g_new0 (char *, 2);
  ZmqgSocket *socket;

  endpoints[0] = g_strdup (worker->endpoint);
  socket = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", ZMQG_SOCKET_TYPE_PUSH,
                         "main-context", worker->context, "connect-endpoints", endpoints, NULL);
  worker_watch (worker, socket);
  zmqg_test_send_number (socket, 0);
  zmqg_test_poll_for (g_atomic_int_get (&worker->n_received) == 1);
  zmqg_socket_close (socket);
  while (g_atomic_int_get (&worker->n_closed) < 1)
    zmqg_test_run_for (NULL, 5);
  g_object_unref (socket);
}

static gpointer
unref_thread (gpointer data)
{
  g_object_unref (data);

  return NULL;
}

static void
count_cb (ZmqgSocket  *socket,
          ZmqgMessage *message,
          guint       *count)
{
  (*count)++;
}

static gint64
count_sockets (void)
{
  return zmqg_test_get_number (zmqg_context_get_default (), "n-sockets");
}

/* Closing is the owner's work, and nothing tells this test when it is done */
static void
wait_for_sockets (gint64 n_sockets)
{
  gint64 end = g_get_monotonic_time () + ZMQG_TEST_DEADLINE * 1000;

  while (count_sockets () > n_sockets)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      zmqg_test_run_for (NULL, 1);
    }
}

/* While the owner is in a dispatch, the last reference goes in another thread */
static gboolean
drop_from_thread_cb (gpointer user_data)
{
  gint64 n_before = count_sockets ();

  g_thread_join (g_thread_new ("unref", unref_thread, user_data));
  g_assert_cmpint (count_sockets (), ==, n_before);

  return G_SOURCE_REMOVE;
}

static void
test_last_unref_carried (gconstpointer data)
{
  gint64 n_before = count_sockets ();
  ZmqgSocket *socket;

  socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data), NULL);
  g_idle_add (drop_from_thread_cb, socket);
  zmqg_test_run_until_idle (NULL);
  wait_for_sockets (n_before);
}

/* The owner is in the middle of serving the socket, or between two turns, or asleep */
static void
test_last_unref (gconstpointer data)
{
  gint64 n_before = count_sockets ();

  for (guint i = 0; i < 150; i++)
    {
      g_autofree char *endpoint = NULL;
      g_autoptr (ZmqgTestPeer) peer = NULL;
      ZmqgSocket *socket;
      GThread *thread;
      guint n_messages = 0;

      socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data),
                                           &endpoint);
      g_signal_connect (socket, "message-received", G_CALLBACK (count_cb), &n_messages);
      if (i % 5 == 0)
        {
          peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 64, zmqg_test_peer_flood);
          zmqg_test_wait_for (n_messages > i);
        }
      thread = g_thread_new ("unref", unref_thread, socket);
      wait_for_sockets (n_before);
      n_messages = 0;
      g_thread_join (thread);
      zmqg_test_run_until_idle (NULL);
      g_assert_cmpuint (n_messages, ==, 0);
    }
}

typedef struct
{
  ZmqgTestCounter counter;
  guint n_expected;
  guint depth;
  guint deepest;
} Dialog;

static void
dialog_received_cb (ZmqgSocket  *socket,
                    ZmqgMessage *message,
                    Dialog      *dialog)
{
  dialog->depth++;
  dialog->deepest = MAX (dialog->deepest, dialog->depth);
  zmqg_test_counter_received_cb (socket, message, &dialog->counter);
  if (dialog->counter.n_messages == 1 || dialog->counter.n_messages == 4)
    zmqg_test_wait_for (dialog->counter.n_messages == dialog->n_expected);
  dialog->depth--;
}

/* A handler that opens a dialog goes on receiving in there, in order */
static void
test_nested (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  Dialog dialog = { .n_expected = 10 };
  ZmqgSocket *socket;

  socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data), &endpoint);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 0, zmqg_test_peer_on_command);
  zmqg_test_run_until_idle (NULL);
  zmqg_test_peer_send_now (peer, 10);
  g_signal_connect (socket, "message-received", G_CALLBACK (dialog_received_cb), &dialog);
  zmqg_test_wait_for (dialog.counter.n_messages == 10);
  g_assert_cmpuint (dialog.depth, ==, 0);
  g_assert_cmpuint (dialog.deepest, ==, 3);

  dialog.n_expected = 11;
  zmqg_test_peer_send_now (peer, 1);
  zmqg_test_wait_for (dialog.counter.n_messages == 11);
  zmqg_test_release (socket);
}

static void
test_pause (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  ZmqgTestCounter counter = { 0 };
  ZmqgSocket *socket;
  int n_sent = -1, n_waiting;
  gint64 begun;

  socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data), &endpoint);
  zmqg_test_counter_connect (&counter, socket);
  zmqg_test_set_number (socket, "paused", TRUE);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, 10, 4096, zmqg_test_peer_flood);
  /* The sender's libzmq refuses when the high-water marks and the buffers between are full */
  while ((n_waiting = g_atomic_int_get (&peer->n_sent)) != n_sent || n_waiting < 1000)
    {
      n_sent = n_waiting;
      zmqg_test_run_for (NULL, 200);
    }

  begun = zmqg_test_get_thread_cpu_time ();
  g_assert_cmpuint (zmqg_test_run_for (NULL, 300), <=, 3);
  g_assert_cmpint (zmqg_test_get_thread_cpu_time () - begun, <, 5000);
  /* The kernel may find room for a few more */
  g_assert_cmpint (g_atomic_int_get (&peer->n_sent), <, n_waiting + 200);
  g_assert_cmpuint (counter.n_messages, ==, 0);

  zmqg_test_set_number (socket, "paused", FALSE);
  zmqg_test_wait_for (counter.n_messages > (guint) n_waiting + 1000);
  zmqg_test_release (socket);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/scenario/36/many-senders", test_many_senders);
  zmqg_test_add_transports ("/scenario/37/thread-default-context", test_other_context);
  zmqg_test_add_transports ("/scenario/37/given-context", test_given_context);
  zmqg_test_add_transports ("/scenario/38/carried-over", test_last_unref_carried);
  zmqg_test_add_transports ("/scenario/38/last-unref", test_last_unref);
  zmqg_test_add_transports ("/scenario/39/nested-loop", test_nested);
  zmqg_test_add_transports ("/scenario/40/pause", test_pause);

  return g_test_run ();
}
