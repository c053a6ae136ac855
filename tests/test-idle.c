/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

typedef struct
{
  ZmqgSocketType type;
  int peer_type;
  gboolean handled;
  ZmqgSocket *socket;
  guint n_messages;
} IdleSocket;

static void
idle_received_cb (ZmqgSocket  *socket,
                  ZmqgMessage *message,
                  IdleSocket  *idle)
{
  idle->n_messages++;
}

/* The socket has had a peer and traffic both ways, as far as its type allows */
static void
idle_socket_start (IdleSocket        *idle,
                   ZmqgTestTransport  transport)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;

  idle->socket = zmqg_test_socket_new_bound (idle->type, transport, &endpoint);
  if (idle->type == ZMQG_SOCKET_TYPE_SUB)
    zmqg_socket_subscribe (idle->socket, "", &error);
  g_assert_no_error (error);
  if (idle->handled)
    g_signal_connect (idle->socket, "message-received", G_CALLBACK (idle_received_cb), idle);

  peer = zmqg_test_peer_start (endpoint, idle->peer_type, -1, 0,
                               idle->type == ZMQG_SOCKET_TYPE_PUB ? zmqg_test_peer_sink
                                                                  : zmqg_test_peer_flood);
  if (idle->type == ZMQG_SOCKET_TYPE_PUB)
    {
      zmqg_test_run_for (NULL, 50);
      zmqg_test_send_number (idle->socket, 1);
    }
  else if (idle->handled)
    zmqg_test_wait_for (idle->n_messages > 10);
  else
    zmqg_test_wait_for ((zmqg_socket_condition_check (idle->socket, G_IO_IN) & G_IO_IN) != 0);
}

static void
test_idle (gconstpointer data)
{
  IdleSocket idle[] = {
    { ZMQG_SOCKET_TYPE_ROUTER, ZMQ_DEALER, TRUE, NULL, 0 },
    { ZMQG_SOCKET_TYPE_ROUTER, ZMQ_DEALER, FALSE, NULL, 0 },
    { ZMQG_SOCKET_TYPE_PUB, ZMQ_SUB, TRUE, NULL, 0 },
    { ZMQG_SOCKET_TYPE_PUB, ZMQ_SUB, FALSE, NULL, 0 },
    { ZMQG_SOCKET_TYPE_SUB, ZMQ_PUB, TRUE, NULL, 0 },
    { ZMQG_SOCKET_TYPE_SUB, ZMQ_PUB, FALSE, NULL, 0 },
  };
  const guint duration = g_test_slow () ? 10000 : 1500;
  gint64 begun;

  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    idle_socket_start (&idle[i], GPOINTER_TO_INT (data));
  /* The I/O thread still closes connections */
  zmqg_test_run_for (NULL, 200);

  begun = zmqg_test_get_process_cpu_time ();
  g_assert_cmpuint (zmqg_test_run_for (NULL, duration), <=, 4);
  g_assert_cmpint (zmqg_test_get_process_cpu_time () - begun, <, duration * 1000 / 200);

  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    zmqg_test_release (idle[i].socket);
}

/* Every type of the stable API, and one that fits at the other end */
static const struct
{
  ZmqgSocketType type;
  ZmqgSocketType peer;
} pairs[] = {
  { ZMQG_SOCKET_TYPE_PAIR, ZMQG_SOCKET_TYPE_PAIR },
  { ZMQG_SOCKET_TYPE_PUB, ZMQG_SOCKET_TYPE_SUB },
  { ZMQG_SOCKET_TYPE_SUB, ZMQG_SOCKET_TYPE_PUB },
  { ZMQG_SOCKET_TYPE_REQ, ZMQG_SOCKET_TYPE_REP },
  { ZMQG_SOCKET_TYPE_REP, ZMQG_SOCKET_TYPE_REQ },
  { ZMQG_SOCKET_TYPE_DEALER, ZMQG_SOCKET_TYPE_ROUTER },
  { ZMQG_SOCKET_TYPE_ROUTER, ZMQG_SOCKET_TYPE_DEALER },
  { ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH },
  { ZMQG_SOCKET_TYPE_PUSH, ZMQG_SOCKET_TYPE_PULL },
  { ZMQG_SOCKET_TYPE_XPUB, ZMQG_SOCKET_TYPE_XSUB },
  { ZMQG_SOCKET_TYPE_XSUB, ZMQG_SOCKET_TYPE_XPUB },
  { ZMQG_SOCKET_TYPE_STREAM, ZMQG_SOCKET_TYPE_STREAM },
};

typedef enum
{
  UNCONNECTED = 0,
  CONNECTED = 1 << 0,
  HANDLED = 1 << 1,
} IdleState;

typedef struct
{
  GPtrArray *sockets;
  ZmqgTestTransport transport;
} Crowd;

static void
swallow_cb (ZmqgSocket  *socket,
            ZmqgMessage *message,
            gpointer     user_data)
{
}

static void
crowd_add (Crowd          *crowd,
           ZmqgSocketType  type,
           ZmqgSocketType  peer_type,
           IdleState       state)
{
  g_autofree char *endpoint = NULL;
  ZmqgSocket *socket;

  /* A raw stream knows no other transport */
  if (type == ZMQG_SOCKET_TYPE_STREAM && crowd->transport != ZMQG_TEST_TCP)
    return;

  socket = zmqg_test_socket_new_bound (type, crowd->transport, &endpoint);
  g_ptr_array_add (crowd->sockets, socket);
  if ((state & CONNECTED) != 0)
    g_ptr_array_add (crowd->sockets, zmqg_test_socket_new_connected (peer_type, endpoint));
  if ((state & HANDLED) != 0)
    g_signal_connect (socket, "message-received", G_CALLBACK (swallow_cb), NULL);
}

/* Any wake-up of the loop would show as a turn */
static void
test_no_wakeups (gconstpointer data)
{
  Crowd crowd = { g_ptr_array_new (), GPOINTER_TO_INT (data) };
  gint64 begun;

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      for (guint state = UNCONNECTED; state <= (CONNECTED | HANDLED); state++)
        crowd_add (&crowd, pairs[i].type, pairs[i].peer, state);
    }
  /* Connections are made */
  zmqg_test_run_for (NULL, 300);

  begun = zmqg_test_get_thread_cpu_time ();
  g_assert_cmpuint (zmqg_test_run_for (NULL, 500), <=, 3);
  g_assert_cmpint (zmqg_test_get_thread_cpu_time () - begun, <, 2000);

  for (guint i = 0; i < crowd.sockets->len; i++)
    zmqg_test_release (crowd.sockets->pdata[i]);
  g_ptr_array_unref (crowd.sockets);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/scenario/20/idle", test_idle);
  zmqg_test_add_transports ("/idle/no-wakeups", test_no_wakeups);

  return g_test_run ();
}
