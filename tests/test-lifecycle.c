/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

typedef struct _Ending Ending;

/* A socket that gets more messages than it wants, and ends */
struct _Ending
{
  ZmqgSocket *socket;
  ZmqgTestPeer *peer;
  void (*end) (Ending *ending);
  guint n_messages;
  guint n_closed;
  gboolean ended;
  gboolean returned;
  GThread *owner;
  ZmqgTestPair next;
  ZmqgTestCounter counter;
};

static void
closed_cb (ZmqgSocket *socket,
           Ending     *ending)
{
  g_assert_true (ending->ended);
  /* Never from inside close() */
  g_assert_true (ending->returned);
  g_assert_true (zmqg_test_get_number (socket, "closed"));
  ending->n_closed++;
}

static void
ending_received_cb (ZmqgSocket  *socket,
                    ZmqgMessage *message,
                    Ending      *ending)
{
  g_assert_false (ending->ended);
  ending->n_messages++;
  if (ending->n_messages < 3)
    return;

  ending->ended = TRUE;
  ending->end (ending);
  ending->returned = TRUE;
}

static char *
ending_start (Ending            *ending,
              ZmqgTestTransport  transport)
{
  char *endpoint = NULL;

  ending->socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, transport, &endpoint);
  g_object_add_weak_pointer (G_OBJECT (ending->socket), (gpointer *) &ending->socket);
  ending->peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 64, zmqg_test_peer_flood);
  g_signal_connect (ending->socket, "message-received", G_CALLBACK (ending_received_cb), ending);
  g_signal_connect (ending->socket, "closed", G_CALLBACK (closed_cb), ending);

  return endpoint;
}

static void
assert_closed_socket (ZmqgSocket *socket)
{
  g_autoptr (GError) send_error = NULL, receive_error = NULL, bind_error = NULL;
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("late");

  g_assert_true (zmqg_test_get_number (socket, "closed"));
  g_assert_false (zmqg_socket_send (socket, message, &send_error));
  g_assert_error (send_error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_null (zmqg_socket_try_receive (socket, &receive_error));
  g_assert_error (receive_error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_false (zmqg_socket_bind (socket, "inproc://late", &bind_error));
  g_assert_error (bind_error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void
check_close (ZmqgTestTransport   transport,
             void              (*end) (Ending *ending))
{
  g_autofree char *endpoint = NULL;
  Ending ending = { .end = end };

  endpoint = ending_start (&ending, transport);
  zmqg_test_wait_for (ending.n_closed > 0);
  assert_closed_socket (ending.socket);
  zmqg_socket_close (ending.socket);
  zmqg_test_run_for (NULL, 50);
  g_assert_cmpuint (ending.n_messages, ==, 3);
  g_assert_cmpuint (ending.n_closed, ==, 1);

  zmqg_test_release (ending.socket);
  zmqg_test_peer_stop (ending.peer);
}

static void
close_once (Ending *ending)
{
  zmqg_socket_close (ending->socket);
}

static void
test_close_in_handler (gconstpointer data)
{
  check_close (GPOINTER_TO_INT (data), close_once);
}

static void
close_twice (Ending *ending)
{
  zmqg_socket_close (ending->socket);
  zmqg_socket_close (ending->socket);
}

static void
test_close_twice (gconstpointer data)
{
  check_close (GPOINTER_TO_INT (data), close_twice);
}

/* The file descriptor of the one is soon that of another */
static void
close_and_replace (Ending *ending)
{
  zmqg_socket_close (ending->socket);
  zmqg_test_pair_init (&ending->next, ZMQG_TEST_INPROC, ZMQG_SOCKET_TYPE_PAIR,
                       ZMQG_SOCKET_TYPE_PAIR);
  zmqg_test_counter_connect (&ending->counter, ending->next.bound);
  for (guint i = 0; i < 10; i++)
    zmqg_test_send_number (ending->next.connected, i);
}

static void
test_close_and_replace (gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *endpoint = NULL;
      Ending ending = { .end = close_and_replace };

      endpoint = ending_start (&ending, GPOINTER_TO_INT (data));
      zmqg_test_wait_for (ending.n_closed > 0 && ending.counter.n_messages == 10);
      g_assert_cmpuint (ending.n_messages, ==, 3);
      g_assert_cmpuint (zmqg_test_run_for (NULL, 20), <=, 3);
      zmqg_test_pair_clear (&ending.next);
      zmqg_test_release (ending.socket);
      zmqg_test_peer_stop (ending.peer);
    }
}

static void
drop_last (Ending *ending)
{
  g_object_unref (ending->socket);
}

static void
test_unref_in_handler (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  Ending ending = { .end = drop_last };
  gint64 n_before = zmqg_test_get_number (zmqg_context_get_default (), "n-sockets");

  endpoint = ending_start (&ending, GPOINTER_TO_INT (data));
  zmqg_test_wait_for (ending.socket == NULL);
  zmqg_test_run_for (NULL, 50);
  g_assert_cmpuint (ending.n_messages, ==, 3);
  /* Nobody called close() */
  g_assert_cmpuint (ending.n_closed, ==, 0);
  zmqg_test_peer_stop (ending.peer);
  g_assert_cmpint (zmqg_test_get_number (zmqg_context_get_default (), "n-sockets"), ==, n_before);
}

static gpointer
close_thread (gpointer data)
{
  zmqg_socket_close (data);

  return NULL;
}

static void
count_closed_cb (ZmqgSocket *socket,
                 Ending     *ending)
{
  g_assert_true (ending->owner == g_thread_self ());
  ending->n_closed++;
}

static void
count_messages_cb (ZmqgSocket  *socket,
                   ZmqgMessage *message,
                   Ending      *ending)
{
  g_assert_cmpuint (ending->n_closed, ==, 0);
  ending->n_messages++;
}

static void
test_close_from_thread (gconstpointer data)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *endpoint = NULL;
      g_autoptr (ZmqgTestPeer) peer = NULL;
      Ending ending = { .owner = g_thread_self () };
      ZmqgSocket *socket;
      GThread *thread;

      socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data),
                                           &endpoint);
      g_signal_connect (socket, "message-received", G_CALLBACK (count_messages_cb), &ending);
      g_signal_connect (socket, "closed", G_CALLBACK (count_closed_cb), &ending);
      peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 64, zmqg_test_peer_flood);
      zmqg_test_wait_for (ending.n_messages > 100 * i);
      thread = g_thread_new ("close", close_thread, socket);
      zmqg_test_wait_for (ending.n_closed > 0);
      g_thread_join (thread);
      zmqg_test_run_until_idle (NULL);
      g_assert_cmpuint (ending.n_closed, ==, 1);
      assert_closed_socket (socket);
      zmqg_test_release (socket);
    }
}

/* Two sockets are ready in one turn, and the handler of either ends the other */
typedef struct
{
  ZmqgSocket *sockets[2];
  guint n_messages;
  gboolean unrefs;
} Rivals;

static void
rival_received_cb (ZmqgSocket  *socket,
                   ZmqgMessage *message,
                   Rivals      *rivals)
{
  ZmqgSocket *other = rivals->sockets[socket == rivals->sockets[0] ? 1 : 0];

  g_assert_nonnull (other);
  rivals->n_messages++;
  if (rivals->n_messages > 1)
    return;
  if (rivals->unrefs)
    g_object_unref (other);
  else
    zmqg_socket_close (other);
}

static void
check_rivals (ZmqgTestTransport transport,
              gboolean          unrefs)
{
  g_auto (GStrv) endpoints = g_new0 (char *, 3);
  ZmqgTestPeer *peers[2];
  Rivals rivals = { .unrefs = unrefs };

  for (int i = 0; i < 2; i++)
    {
      rivals.sockets[i] = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, transport,
                                                      &endpoints[i]);
      g_object_add_weak_pointer (G_OBJECT (rivals.sockets[i]), (gpointer *) &rivals.sockets[i]);
      peers[i] = zmqg_test_peer_start (endpoints[i], ZMQ_PUSH, -1, 0, zmqg_test_peer_on_command);
    }
  zmqg_test_run_until_idle (NULL);
  for (int i = 0; i < 2; i++)
    zmqg_test_peer_send_now (peers[i], 1);
  for (int i = 0; i < 2; i++)
    g_signal_connect (rivals.sockets[i], "message-received", G_CALLBACK (rival_received_cb),
                      &rivals);
  zmqg_test_wait_for (rivals.n_messages > 0);
  zmqg_test_run_for (NULL, 30);
  g_assert_cmpuint (rivals.n_messages, ==, 1);
  g_assert_true (unrefs == (rivals.sockets[0] == NULL || rivals.sockets[1] == NULL));

  for (int i = 0; i < 2; i++)
    {
      zmqg_test_peer_stop (peers[i]);
      if (rivals.sockets[i] != NULL)
        zmqg_test_release (rivals.sockets[i]);
    }
}

static void
test_close_other (gconstpointer data)
{
  check_rivals (GPOINTER_TO_INT (data), FALSE);
}

static void
test_unref_other (gconstpointer data)
{
  check_rivals (GPOINTER_TO_INT (data), TRUE);
}

/* A timer of the same priority that was attached before any socket is dispatched before the
 * sockets that are ready in its turn. */
typedef struct
{
  ZmqgSocket *socket;
  GMainContext *context;
  ZmqgTestCounter counter;
  gulong handler;
  void (*end) (gpointer user_data);
  gboolean fired;
} OneTurn;

static gboolean
one_turn_timer_cb (gpointer user_data)
{
  OneTurn *turn = user_data;

  g_assert_cmpuint (turn->counter.n_messages, ==, 0);
  turn->fired = TRUE;
  turn->end (turn);

  return G_SOURCE_REMOVE;
}

static void
end_nothing (gpointer user_data)
{
}

static void
end_close (gpointer user_data)
{
  OneTurn *turn = user_data;

  zmqg_socket_close (turn->socket);
}

static void
end_unref (gpointer user_data)
{
  OneTurn *turn = user_data;

  g_object_unref (turn->socket);
}

static void
end_disconnect (gpointer user_data)
{
  OneTurn *turn = user_data;

  g_signal_handler_disconnect (turn->socket, turn->handler);
}

static void
undo_disconnect (gpointer user_data)
{
  OneTurn *turn = user_data;

  zmqg_test_counter_connect (&turn->counter, turn->socket);
}

static void
end_pause (gpointer user_data)
{
  OneTurn *turn = user_data;

  zmqg_test_set_number (turn->socket, "paused", TRUE);
}

static void
undo_pause (gpointer user_data)
{
  OneTurn *turn = user_data;

  zmqg_test_set_number (turn->socket, "paused", FALSE);
}

static void
one_turn_run (OneTurn           *turn,
              ZmqgTestTransport  transport)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  g_autoptr (GSource) timer = g_timeout_source_new (G_MAXINT);

  g_source_set_callback (timer, one_turn_timer_cb, turn, NULL);
  g_source_attach (timer, turn->context);

  turn->socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, transport, &endpoint);
  turn->handler = zmqg_test_counter_connect (&turn->counter, turn->socket);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 0, zmqg_test_peer_on_command);
  zmqg_test_run_until_idle (turn->context);
  zmqg_test_peer_send_now (peer, 1);
  g_source_set_ready_time (timer, 0);
  g_main_context_iteration (turn->context, FALSE);
  g_assert_true (turn->fired);
}

static void
check_one_turn (ZmqgTestTransport   transport,
                void              (*end) (gpointer user_data),
                void              (*undo) (gpointer user_data),
                guint               n_expected)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  OneTurn turn = { .context = context, .end = end };

  g_main_context_push_thread_default (context);
  one_turn_run (&turn, transport);
  g_assert_cmpuint (turn.counter.n_messages, ==, n_expected);
  zmqg_test_run_for (context, 20);
  g_assert_cmpuint (turn.counter.n_messages, ==, n_expected);
  if (undo != NULL)
    {
      /* What the handler did not get then is not lost */
      undo (&turn);
      zmqg_test_wait_for_in (context, ZMQG_TEST_DEADLINE, turn.counter.n_messages == 1);
    }
  if (end != end_unref)
    g_object_unref (turn.socket);
  zmqg_test_run_until_idle (context);
  g_main_context_pop_thread_default (context);
}

static void
test_one_turn (gconstpointer data)
{
  ZmqgTestTransport transport = GPOINTER_TO_INT (data);

  /* The premise: timer and socket are ready in one turn */
  check_one_turn (transport, end_nothing, NULL, 1);
  check_one_turn (transport, end_close, NULL, 0);
  check_one_turn (transport, end_unref, NULL, 0);
  check_one_turn (transport, end_disconnect, undo_disconnect, 0);
  check_one_turn (transport, end_pause, undo_pause, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/scenario/21/close-in-handler", test_close_in_handler);
  zmqg_test_add_transports ("/scenario/21/close-twice", test_close_twice);
  zmqg_test_add_transports ("/scenario/21/close-and-replace", test_close_and_replace);
  zmqg_test_add_transports ("/scenario/21/unref-in-handler", test_unref_in_handler);
  zmqg_test_add_transports ("/scenario/21/close-from-thread", test_close_from_thread);
  zmqg_test_add_transports ("/scenario/21/close-other", test_close_other);
  zmqg_test_add_transports ("/scenario/21/unref-other", test_unref_other);
  zmqg_test_add_transports ("/scenario/24/remove-in-one-turn", test_one_turn);

  return g_test_run ();
}
