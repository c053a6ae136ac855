/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

/* Asynchronous sends to a peer that is slow, or late */

/* Counts in order, from when it is told to */
static void
late_sink (ZmqgTestPeer *peer)
{
  guint64 next = 0, number;

  while (!zmqg_test_peer_is_stopping (peer) &&
         g_async_queue_timeout_pop (peer->commands, 5000) == NULL)
    ;
  while (!zmqg_test_peer_is_stopping (peer))
    {
      if (zmqg_test_peer_receive (peer, &number) > 0)
        g_assert_cmpuint (number, ==, next++);
    }
}

static void
check_late (ZmqgTestTransport transport,
            gboolean          comes_first)
{
  const guint n_items = 1000;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  g_auto (ZmqgTestOutcomes) outcomes;
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  guint n_ended;

  zmqg_test_set_number (socket, "send-high-water-mark", 1);
  zmqg_test_bind_free (socket, transport, &endpoint);
  if (comes_first)
    peer = zmqg_test_peer_start (endpoint, ZMQ_PULL, 1, 0, late_sink);
  zmqg_test_outcomes_init (&outcomes, n_items);
  for (guint i = 0; i < n_items; i++)
    zmqg_test_outcomes_send_index (&outcomes, i, socket, 30000, NULL);
  zmqg_test_run_for (NULL, 100);
  n_ended = outcomes.n_ended;
  g_assert_cmpuint (n_ended, <, comes_first ? n_items : 1);
  /* Nothing moves, and nothing turns in circles */
  g_assert_cmpuint (zmqg_test_run_for (NULL, 50), <, 10);
  g_assert_cmpuint (outcomes.n_ended, ==, n_ended);

  if (!comes_first)
    peer = zmqg_test_peer_start (endpoint, ZMQ_PULL, 1, 0, late_sink);
  g_async_queue_push (peer->commands, GINT_TO_POINTER (1));
  zmqg_test_wait_for (outcomes.n_ended == n_items);
  g_assert_cmpuint (outcomes.n_succeeded, ==, n_items);
  for (guint i = 0; i < n_items; i++)
    g_assert_cmpuint (outcomes.items[i].place, ==, i);
  zmqg_test_poll_for (g_atomic_int_get (&peer->n_received) == (int) n_items);
  zmqg_test_outcomes_assert_released (&outcomes);
  zmqg_test_release (socket);
}

static void
test_reads_later (gconstpointer data)
{
  check_late (GPOINTER_TO_INT (data), TRUE);
}

static void
test_comes_later (gconstpointer data)
{
  check_late (GPOINTER_TO_INT (data), FALSE);
}

/* Scenario 12: who frees a large GBytes, and when */
#define LARGE (4 * 1024 * 1024)
#define N_LARGE 20

typedef struct
{
  guint8 *data;
  int n_freed;      /* atomic, as is the other one */
  int n_freed_here;
  GThread *main_thread;
} Load;

static void
load_freed_cb (gpointer user_data)
{
  Load *load = user_data;

  /* What somebody reads after this shows */
  memset (load->data, 0xff, LARGE);
  g_clear_pointer (&load->data, g_free);
  if (g_thread_self () == load->main_thread)
    g_atomic_int_inc (&load->n_freed_here);
  g_atomic_int_inc (&load->n_freed);
}

static ZmqgMessage *
load_init (Load  *load,
           guint8 seed)
{
  g_autoptr (GBytes) bytes = NULL;

  *load = (Load) { g_malloc (LARGE), 0, 0, g_thread_self () };
  for (guint i = 0; i < LARGE; i++)
    load->data[i] = (guint8) (seed + i * 7 + (i >> 12));
  bytes = g_bytes_new_with_free_func (load->data, LARGE, load_freed_cb, load);

  return zmqg_message_new_bytes (bytes);
}

static void
load_check (const guint8 *data,
            gsize         length,
            guint8        seed)
{
  g_assert_cmpuint (length, ==, LARGE);
  for (guint i = 0; i < LARGE; i++)
    {
      if (data[i] != (guint8) (seed + i * 7 + (i >> 12)))
        g_error ("Byte %u of message %u is wrong", i, seed);
    }
}

/* Reads slowly, and looks at each byte */
static void
careful_sink (ZmqgTestPeer *peer)
{
  guint8 next = 0;

  while (!zmqg_test_peer_is_stopping (peer))
    {
      zmq_msg_t frame;

      zmq_msg_init (&frame);
      if (zmq_msg_recv (&frame, peer->socket, 0) != -1)
        {
          g_usleep (2000);
          load_check (zmq_msg_data (&frame), zmq_msg_size (&frame), next++);
          g_atomic_int_inc (&peer->n_received);
        }
      zmq_msg_close (&frame);
    }
}

/* Nobody but libzmq holds the bytes: they are freed once it has sent them, by its own thread (or
 * the peer, which gets them as they are over inproc) */
static void
test_free_func (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  g_auto (ZmqgTestOutcomes) outcomes;
  g_autofree Load *loads = g_new0 (Load, N_LARGE);
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, GPOINTER_TO_INT (data),
                                                   &endpoint);

  zmqg_test_outcomes_init (&outcomes, N_LARGE);
  for (guint i = 0; i < N_LARGE; i++)
    {
      g_autoptr (ZmqgMessage) message = load_init (&loads[i], i);

      zmqg_test_outcomes_send (&outcomes, i, socket, message, NULL);
    }
  zmqg_test_run_for (NULL, 10);
  for (guint i = 0; i < N_LARGE; i++)
    g_assert_cmpint (g_atomic_int_get (&loads[i].n_freed), ==, 0);

  peer = zmqg_test_peer_start (endpoint, ZMQ_PULL, 2, 0, careful_sink);
  zmqg_test_wait_for (outcomes.n_succeeded == N_LARGE);
  zmqg_test_poll_for (g_atomic_int_get (&peer->n_received) == N_LARGE);
  for (guint i = 0; i < N_LARGE; i++)
    {
      zmqg_test_poll_for (g_atomic_int_get (&loads[i].n_freed) == 1);
      g_assert_cmpint (g_atomic_int_get (&loads[i].n_freed_here), ==, 0);
    }
  zmqg_test_release (socket);
}

/* What the caller keeps stays, and what is never sent is freed by who gives it up */
static void
test_free_unsent (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_auto (ZmqgTestOutcomes) outcomes;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ZmqgMessage) kept = NULL;
  Load loads[3] = { 0 };
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, GPOINTER_TO_INT (data),
                                                   &endpoint);

  zmqg_test_outcomes_init (&outcomes, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (ZmqgMessage) message = load_init (&loads[i], i);

      if (i == 0)
        kept = zmqg_message_ref (message);
      zmqg_test_outcomes_send (&outcomes, i, socket, message, i == 1 ? cancellable : NULL);
    }
  zmqg_test_call (g_cancellable_cancel (cancellable));
  zmqg_test_wait_for (outcomes.n_ended == 1);
  g_assert_cmpint (loads[1].n_freed_here, ==, 1);
  zmqg_test_call (zmqg_socket_close (socket));
  zmqg_test_wait_for (outcomes.n_ended == 3);
  g_assert_cmpint (loads[2].n_freed_here, ==, 1);
  g_assert_cmpint (loads[0].n_freed, ==, 0);
  load_check (loads[0].data, LARGE, 0);
  g_clear_pointer (&kept, zmqg_message_unref);
  g_assert_cmpint (loads[0].n_freed_here, ==, 1);
  zmqg_test_release (socket);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/operations/scenario-4/reads-later", test_reads_later);
  zmqg_test_add_transports ("/operations/scenario-4/comes-later", test_comes_later);
  zmqg_test_add_transports ("/operations/scenario-12/sent", test_free_func);
  zmqg_test_add_transports ("/operations/scenario-12/unsent", test_free_unsent);

  return g_test_run ();
}
