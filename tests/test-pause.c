/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-story.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

#define HIGH_WATER_MARK 1000
#define PEER_HIGH_WATER_MARK 100
/* The kernel's buffers are to hold fewer messages than libzmq's */
#define MESSAGE_SIZE 10000

/* A paused socket whose peer has sent all it can */
typedef struct
{
  ZmqgSocket *socket;
  ZmqgTestPeer *peer;
  ZmqgTestCounter counter;
  int n_held;
} Pause;

static void
pause_init (Pause             *pause,
            ZmqgTestTransport  transport)
{
  g_autofree char *endpoint = NULL;
  int n_sent = -1;

  pause->socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  zmqg_test_set_number (pause->socket, "receive-high-water-mark", HIGH_WATER_MARK);
  zmqg_test_set_number (pause->socket, "paused", TRUE);
  zmqg_test_bind_free (pause->socket, transport, &endpoint);
  zmqg_test_counter_connect (&pause->counter, pause->socket);
  pause->peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, PEER_HIGH_WATER_MARK, MESSAGE_SIZE,
                                      zmqg_test_peer_flood);
  /* Until it has sent nothing for some time */
  while (n_sent < HIGH_WATER_MARK || n_sent != g_atomic_int_get (&pause->peer->n_sent))
    {
      n_sent = g_atomic_int_get (&pause->peer->n_sent);
      zmqg_test_run_for (NULL, 200);
    }
  pause->n_held = n_sent;
}

static void
pause_clear (Pause *pause)
{
  zmqg_test_release (pause->socket);
  zmqg_test_peer_stop (pause->peer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pause, pause_clear)

static void
test_held_back (gconstpointer data)
{
  const guint duration = g_test_slow () ? 10000 : 1000;
  g_auto (Pause) pause = { NULL };
  gint64 begun;

  pause_init (&pause, GPOINTER_TO_INT (data));
  if (GPOINTER_TO_INT (data) == ZMQG_TEST_INPROC)
    g_assert_cmpint (pause.n_held, <=, HIGH_WATER_MARK + PEER_HIGH_WATER_MARK);

  begun = zmqg_test_get_thread_cpu_time ();
  g_assert_cmpuint (zmqg_test_run_for (NULL, duration), <=, 3);
  g_assert_cmpint (zmqg_test_get_thread_cpu_time () - begun, <, duration * 1000 / 200);
  g_assert_cmpint (g_atomic_int_get (&pause.peer->n_sent), ==, pause.n_held);
  g_assert_cmpuint (pause.counter.n_messages, ==, 0);

  zmqg_test_set_number (pause.socket, "paused", FALSE);
  zmqg_test_wait_for ((int) pause.counter.n_messages > 2 * pause.n_held);
  g_assert_cmpint (g_atomic_int_get (&pause.peer->n_sent), >, pause.n_held);
}

/* Those who ask for a message get one all the same, and the rest stays */
static void
test_receive_async (gconstpointer data)
{
  g_auto (Pause) pause = { NULL };
  g_auto (ZmqgTestStory) story;

  pause_init (&pause, GPOINTER_TO_INT (data));
  zmqg_test_story_init (&story);
  for (guint i = 0; i < 3; i++)
    zmqg_test_story_receive (&story, pause.socket, NULL);
  zmqg_test_wait_for (zmqg_test_story_count (&story, "receive") == 3);
  zmqg_test_assert_story (&story, "receive*3");
  zmqg_test_run_for (NULL, 50);
  g_assert_cmpuint (pause.counter.n_messages, ==, 0);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 200), <=, 3);

  pause.counter.next = 3;
  zmqg_test_set_number (pause.socket, "paused", FALSE);
  zmqg_test_wait_for ((int) pause.counter.n_messages > pause.n_held);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/scenario/40/held-back", test_held_back);
  zmqg_test_add_transports ("/scenario/40/receive-async", test_receive_async);

  return g_test_run ();
}
