/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <malloc.h>
#include <zmq.h>

/* What millions of operations and messages leave behind: ten million messages through the queue,
 * and half a million of each other kind, or ten million with "-m slow". */

#define KIBIBYTE 1024
/* A pointer for each of a million operations would be 7800 KiB */
#define SLACK (1024 * KIBIBYTE)
#define N_BATCH 1000

static guint
get_n_operations (void)
{
  return zmqg_test_rss_is_meaningful () ? 1000000 : 50000;
}

static guint
get_n_messages (gboolean is_quick)
{
  if (!zmqg_test_rss_is_meaningful ())
    return 50000;

  return is_quick || g_test_slow () ? 10000000 : 500000;
}

typedef struct
{
  ZmqgSocket *socket;
  ZmqgTestOutcomes outcomes;
  gint64 begun;
  gsize before;
} Scale;

static void
scale_init (Scale          *scale,
            ZmqgSocketType  type,
            char          **endpoint)
{
  scale->socket = zmqg_test_socket_new_bound (type, ZMQG_TEST_INPROC, endpoint);
  zmqg_test_outcomes_init (&scale->outcomes, N_BATCH);
  scale->begun = g_get_monotonic_time ();
  scale->before = 0;
}

/* Of what is free, nothing counts */
static gsize
get_rss (void)
{
  malloc_trim (0);

  return zmqg_test_get_rss ();
}

/* The first ones fill what is kept for later */
static void
scale_begin (Scale *scale)
{
  scale->before = get_rss ();
}

static void
scale_finish (Scale *scale,
              guint  n_done)
{
  gsize after;

  zmqg_test_run_until_idle (NULL);
  after = get_rss ();
  g_test_message ("%u in %.1f s: %ld KiB more", n_done,
                  (g_get_monotonic_time () - scale->begun) / 1e6,
                  ((glong) after - (glong) scale->before) / KIBIBYTE);
  if (zmqg_test_rss_is_meaningful ())
    g_assert_cmpuint (after, <, scale->before + SLACK);
  zmqg_test_call (zmqg_socket_close (scale->socket));
  zmqg_test_release (scale->socket);
  zmqg_test_outcomes_clear (&scale->outcomes);
}

static void
forget_batch (ZmqgTestOutcomes *outcomes)
{
  zmqg_test_outcomes_assert_released (outcomes);
  for (guint i = 0; i < N_BATCH; i++)
    zmqg_test_outcomes_forget (outcomes, i);
  outcomes->n_ended = 0;
}

/* Scenario 43: a batch of receives, none of which gets anything */
typedef void (*BatchFunc) (Scale *scale);

static void
time_out (Scale *scale)
{
  for (guint i = 0; i < N_BATCH; i++)
    zmqg_test_outcomes_receive_for (&scale->outcomes, i, scale->socket, i % 2, NULL);
  zmqg_test_wait_for (scale->outcomes.n_ended == N_BATCH);
  zmqg_test_outcomes_assert_error (&scale->outcomes, 1, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static gpointer
cancel_thread (gpointer data)
{
  zmqg_test_call (g_cancellable_cancel (data));

  return NULL;
}

/* With one cancellable for all, with one for each, and with a thread that cancels */
static void
cancel (Scale *scale)
{
  g_autoptr (GCancellable) shared = g_cancellable_new ();
  GCancellable *own[N_BATCH / 2];

  for (guint i = 0; i < N_BATCH; i++)
    {
      if (i % 2 == 0)
        own[i / 2] = g_cancellable_new ();
      zmqg_test_outcomes_receive_for (&scale->outcomes, i, scale->socket, i % 3 == 0 ? 10000 : -1,
                                      i % 2 == 0 ? own[i / 2] : shared);
    }
  for (guint i = 0; i < N_BATCH / 2; i++)
    zmqg_test_call (g_cancellable_cancel (own[i]));
  g_thread_join (g_thread_new ("cancel", cancel_thread, shared));
  zmqg_test_wait_for (scale->outcomes.n_ended == N_BATCH);
  zmqg_test_outcomes_assert_error (&scale->outcomes, 1, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  for (guint i = 0; i < N_BATCH / 2; i++)
    g_object_unref (own[i]);
}

/* None of these gets through: cancelled, timed out, expired, or dropped for newer ones */
static void
send_in_vain (Scale *scale)
{
  g_autoptr (GCancellable) shared = g_cancellable_new ();

  for (guint i = 0; i < N_BATCH; i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_message_new (i, i % 100);

      zmqg_message_set_expiry (message, i % 4 == 0 ? 1 : -1);
      zmqg_socket_send (scale->socket, message, NULL);
      zmqg_test_outcomes_send_for (&scale->outcomes, i, scale->socket, message,
                                   i % 4 == 1 ? 1 : -1, i % 4 > 1 ? shared : NULL);
    }
  zmqg_test_call (g_cancellable_cancel (shared));
  zmqg_test_wait_for (scale->outcomes.n_ended == N_BATCH);
  g_assert_cmpuint (scale->outcomes.n_succeeded, ==, 0);
}

static void
check_batches (ZmqgSocketType type,
               BatchFunc      func,
               guint          n_operations)
{
  Scale scale;

  scale_init (&scale, type, NULL);
  if (type == ZMQG_SOCKET_TYPE_PUSH)
    zmqg_test_set_number (scale.socket, "keep-newest", TRUE);
  for (guint i = 0; i < 50; i++)
    {
      func (&scale);
      forget_batch (&scale.outcomes);
    }
  scale_begin (&scale);
  for (guint i = 0; i < n_operations / N_BATCH; i++)
    {
      func (&scale);
      forget_batch (&scale.outcomes);
    }
  scale_finish (&scale, n_operations);
}

static void
test_timed_out (void)
{
  check_batches (ZMQG_SOCKET_TYPE_PULL, time_out, get_n_operations ());
}

static void
test_cancelled (void)
{
  check_batches (ZMQG_SOCKET_TYPE_PULL, cancel, get_n_operations ());
}

static void
test_unsent (void)
{
  check_batches (ZMQG_SOCKET_TYPE_PUSH, send_in_vain, get_n_messages (FALSE));
}

/* Messages and operations through the queue, in and out again */
static void
fill_queue (Scale *scale,
            guint *n_queued)
{
  ZmqgMessage *message;
  gboolean taken;

  do
    {
      guint length = zmqg_test_get_number (scale->socket, "send-queue-length");

      message = zmqg_test_message_new (0, *n_queued % 200);
      taken = zmqg_socket_send (scale->socket, message, NULL);
      zmqg_message_unref (message);
      if (taken && length > 0)
        (*n_queued)++;
    }
  while (taken);
}

static void
test_queue (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  guint n_messages = get_n_messages (TRUE), n_queued = 0;
  Scale scale;

  scale_init (&scale, ZMQG_SOCKET_TYPE_PUSH, &endpoint);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PULL, 100, 0, zmqg_test_peer_sink);
  while (n_queued < n_messages / 10)
    {
      fill_queue (&scale, &n_queued);
      g_main_context_iteration (NULL, TRUE);
    }
  scale_begin (&scale);
  for (n_queued = 0; n_queued < n_messages; )
    {
      fill_queue (&scale, &n_queued);
      g_main_context_iteration (NULL, TRUE);
    }
  zmqg_test_wait_for (zmqg_test_get_number (scale.socket, "send-queue-length") == 0);
  scale_finish (&scale, n_queued);
}

typedef struct
{
  ZmqgSocket *socket;
  guint n_messages;
  int n_sent;   /* atomic */
} Sender;

static gpointer
sender_thread (gpointer data)
{
  Sender *sender = data;

  for (guint i = 0; i < sender->n_messages; )
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_message_new (0, i % 200);

      if (zmqg_socket_send (sender->socket, message, NULL))
        g_atomic_int_set (&sender->n_sent, ++i);
      else
        g_thread_yield ();
    }

  return NULL;
}

static void
run_sender (Scale *scale,
            guint  n_messages)
{
  Sender sender = { scale->socket, n_messages, 0 };
  GThread *thread;

  g_assert_true (g_main_context_acquire (NULL));
  thread = g_thread_new ("sender", sender_thread, &sender);
  while ((guint) g_atomic_int_get (&sender.n_sent) < n_messages)
    zmqg_test_run_for (NULL, 5);
  g_thread_join (thread);
  zmqg_test_run_until_idle (NULL);
  g_main_context_release (NULL);
}

static void
test_thread_queue (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  guint n_messages = get_n_messages (FALSE);
  Scale scale;

  scale_init (&scale, ZMQG_SOCKET_TYPE_PUSH, &endpoint);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PULL, 100, 0, zmqg_test_peer_sink);
  run_sender (&scale, n_messages / 10);
  scale_begin (&scale);
  run_sender (&scale, n_messages);
  zmqg_test_wait_for (zmqg_test_get_number (scale.socket, "send-queue-length") == 0);
  scale_finish (&scale, n_messages);
}

static void
send_next_cb (ZmqgTestOutcomes *outcomes,
              guint             index,
              gpointer          user_data)
{
  zmqg_test_outcomes_forget (outcomes, index);
  zmqg_test_outcomes_send_index (outcomes, index, user_data, index % 200, NULL);
}

/* Any number of them, of which a thousand are under way */
static void
test_send_async (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  guint n_messages = get_n_messages (FALSE);
  Scale scale;

  scale_init (&scale, ZMQG_SOCKET_TYPE_PUSH, &endpoint);
  scale.outcomes.func = send_next_cb;
  scale.outcomes.user_data = scale.socket;
  for (guint i = 0; i < N_BATCH; i++)
    zmqg_test_outcomes_send_index (&scale.outcomes, i, scale.socket, i % 200, NULL);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PULL, 100, 0, zmqg_test_peer_sink);
  while (scale.outcomes.n_ended < n_messages / 10)
    g_main_context_iteration (NULL, TRUE);
  scale_begin (&scale);
  while (scale.outcomes.n_ended < n_messages + n_messages / 10)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (scale.outcomes.n_succeeded, ==, scale.outcomes.n_ended);
  scale.outcomes.func = NULL;
  zmqg_test_wait_for (zmqg_test_get_number (scale.socket, "n-pending-operations") == 0);
  scale_finish (&scale, n_messages);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/operations/scenario-43/timed-out", test_timed_out);
  g_test_add_func ("/operations/scenario-43/cancelled", test_cancelled);
  g_test_add_func ("/memory/queue", test_queue);
  g_test_add_func ("/memory/thread-queue", test_thread_queue);
  g_test_add_func ("/memory/send-async", test_send_async);
  g_test_add_func ("/memory/unsent", test_unsent);

  return g_test_run ();
}
