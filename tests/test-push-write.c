/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

/* Makes numbered messages, from next to end, when it is asked */
typedef struct _Maker Maker;

struct _Maker
{
  guint64 next;
  guint64 end;
  guint n_destroyed;
  GThread *thread;
  /* In which order makers end */
  guint *n_ended;
  guint place;
  /* Called before a message is made; when it returns FALSE there is none */
  gboolean (*func) (Maker *maker, ZmqgSocket *socket);
  gpointer user_data;
};

static void
maker_init (Maker   *maker,
            guint64  first,
            guint    n_messages)
{
  *maker = (Maker) { .next = first, .end = first + n_messages, .thread = g_thread_self () };
}

static ZmqgMessage *
maker_cb (ZmqgSocket *socket,
          gpointer    user_data)
{
  Maker *maker = user_data;

  g_assert_false (zmqg_test_is_in_call ());
  g_assert_true (g_thread_self () == maker->thread);
  g_assert_cmpuint (maker->n_destroyed, ==, 0);
  if (maker->func != NULL && !maker->func (maker, socket))
    return NULL;

  return maker->next < maker->end ? zmqg_test_message_new (maker->next++, 0) : NULL;
}

static void
maker_destroy (gpointer data)
{
  Maker *maker = data;

  g_assert_false (zmqg_test_is_in_call ());
  g_assert_true (g_thread_self () == maker->thread);
  maker->n_destroyed++;
  if (maker->n_ended != NULL)
    maker->place = (*maker->n_ended)++;
}

static void
push (ZmqgSocket *socket,
      Maker      *maker)
{
  zmqg_test_call (zmqg_socket_push_write (socket, maker_cb, maker, maker_destroy));
}

static guint64
get_n_sent (ZmqgSocket *socket)
{
  g_autoptr (ZmqgSocketStatistics) statistics = zmqg_socket_get_statistics (socket);

  return statistics->messages_sent;
}

/* It is asked for no message that libzmq does not take at once. Over inproc that is as many as
 * both marks make, and one more for each that the peer takes. */
static void
test_lazy (gconstpointer data)
{
  const guint n_messages = 30;
  g_autofree char *endpoint = NULL;
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  ZmqgSocket *peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  Maker maker;

  zmqg_test_set_number (socket, "send-high-water-mark", 1);
  zmqg_test_set_number (peer, "receive-high-water-mark", 1);
  zmqg_test_bind_free (socket, GPOINTER_TO_INT (data), &endpoint);
  maker_init (&maker, 0, n_messages);
  push (socket, &maker);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 50), <, 10);
  g_assert_cmpuint (maker.next, ==, 0);

  g_assert_true (zmqg_socket_connect_to (peer, endpoint, NULL));
  zmqg_test_wait_for (maker.next > 0);
  for (guint i = 0; i < n_messages; i++)
    {
      g_autoptr (ZmqgMessage) message = NULL;

      zmqg_test_run_for (NULL, 5);
      g_assert_cmpuint (maker.next, ==, get_n_sent (socket));
      g_assert_cmpint (zmqg_test_get_number (socket, "send-queue-length"), ==, 0);
      if (GPOINTER_TO_INT (data) == ZMQG_TEST_INPROC)
        g_assert_cmpuint (maker.next, ==, MIN (i + 2, n_messages));
      message = zmqg_test_take_message (peer);
      g_assert_cmpuint (zmqg_test_message_get_number (message), ==, i);
    }
  zmqg_test_wait_for (maker.n_destroyed == 1);
  zmqg_test_run_for (NULL, 10);
  g_assert_cmpuint (maker.n_destroyed, ==, 1);
  g_assert_cmpuint (maker.next, ==, n_messages);
  zmqg_test_release (peer);
  zmqg_test_release (socket);
}

/* One after the other, after what is queued, and before what is sent when they are through */
static void
test_order (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, GPOINTER_TO_INT (data),
                                                   &endpoint);
  ZmqgSocket *peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  ZmqgTestCounter received = { 0 }, sent = { 0 };
  g_auto (ZmqgTestOutcomes) outcomes;
  const guint lengths[] = { 10, 0, 500, 1 };
  Maker makers[4];
  guint n_ended = 0;
  guint64 first = 4;

  zmqg_test_outcomes_init (&outcomes, 4);
  g_signal_connect (socket, "message-sent", G_CALLBACK (zmqg_test_counter_received_cb), &sent);
  zmqg_test_counter_connect (&received, peer);
  for (guint i = 0; i < 4; i++)
    {
      maker_init (&makers[i], first, lengths[i]);
      makers[i].n_ended = &n_ended;
      first += lengths[i];
      push (socket, &makers[i]);
    }
  for (guint i = 0; i < 4; i += 2)
    {
      zmqg_test_call (zmqg_test_send_number (socket, i));
      zmqg_test_outcomes_send_index (&outcomes, i + 1, socket, 0, NULL);
    }
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (n_ended, ==, 0);

  g_assert_true (zmqg_socket_connect_to (peer, endpoint, NULL));
  zmqg_test_wait_for (n_ended == 4 && received.n_messages == 515);
  zmqg_test_wait_for (sent.n_messages == 515);
  g_assert_cmpuint (outcomes.n_succeeded, ==, 2);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpuint (makers[i].place, ==, i);
      g_assert_cmpuint (makers[i].n_destroyed, ==, 1);
      g_assert_cmpuint (makers[i].next, ==, makers[i].end);
    }
  zmqg_test_release (peer);
  zmqg_test_release (socket);
}

static gpointer
push_thread (gpointer data)
{
  Maker *maker = data;

  push (maker->user_data, maker);

  return NULL;
}

/* Asked by the owner, wherever it was pushed; not from inside the call */
static void
test_thread (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { NULL };
  ZmqgTestCounter counter = { 0 };
  Maker makers[2];

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PUSH,
                       ZMQG_SOCKET_TYPE_PULL);
  zmqg_test_counter_connect (&counter, pair.connected);
  zmqg_test_poll_for (zmqg_socket_condition_check (pair.bound, G_IO_OUT) == G_IO_OUT);
  maker_init (&makers[0], 0, 100);
  maker_init (&makers[1], 100, 100);
  makers[0].user_data = pair.bound;
  g_assert_true (g_main_context_acquire (NULL));
  g_thread_join (g_thread_new ("push", push_thread, &makers[0]));
  push (pair.bound, &makers[1]);
  g_main_context_release (NULL);
  zmqg_test_wait_for (counter.n_messages == 200);
  zmqg_test_wait_for (makers[0].n_destroyed == 1 && makers[1].n_destroyed == 1);
}

/* What a producer does to its socket when it is asked */
typedef struct
{
  ZmqgSocket *socket;
  ZmqgSocket *peer;
  ZmqgTestCounter counter;
  GString *story;
} Stage;

static void
stage_failed_cb (ZmqgSocket   *socket,
                 ZmqgMessage  *message,
                 const GError *error,
                 Stage        *stage)
{
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_string_append_printf (stage->story, "failed %u ",
                          (guint) zmqg_test_message_get_number (message));
}

static void
stage_closed_cb (ZmqgSocket *socket,
                 Stage      *stage)
{
  g_string_append (stage->story, "closed ");
}

static void
stage_init (Stage             *stage,
            ZmqgTestTransport  transport)
{
  g_autofree char *endpoint = NULL;

  *stage = (Stage) { .story = g_string_new (NULL) };
  stage->socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, transport, &endpoint);
  stage->peer = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PULL, endpoint);
  zmqg_test_counter_connect (&stage->counter, stage->peer);
  g_signal_connect (stage->socket, "send-failed", G_CALLBACK (stage_failed_cb), stage);
  g_signal_connect (stage->socket, "closed", G_CALLBACK (stage_closed_cb), stage);
}

static void
stage_clear (Stage *stage)
{
  zmqg_test_release (stage->peer);
  g_clear_pointer (&stage->socket, zmqg_test_release);
  g_string_free (stage->story, TRUE);
}

static gboolean
close_fifth (Maker      *maker,
             ZmqgSocket *socket)
{
  if (maker->next == 5)
    zmqg_test_call (zmqg_socket_close (socket));

  return TRUE;
}

/* The one that it makes all the same is told to be lost, before the end is told */
static void
test_closes (gconstpointer data)
{
  Stage stage;
  Maker makers[2];

  stage_init (&stage, GPOINTER_TO_INT (data));
  maker_init (&makers[0], 0, 10);
  maker_init (&makers[1], 10, 10);
  makers[0].func = close_fifth;
  push (stage.socket, &makers[0]);
  push (stage.socket, &makers[1]);
  zmqg_test_wait_for (g_str_has_suffix (stage.story->str, "closed "));
  zmqg_test_wait_for (makers[0].n_destroyed == 1 && makers[1].n_destroyed == 1);
  zmqg_test_wait_for (stage.counter.n_messages == 5);
  zmqg_test_run_for (NULL, 10);
  g_assert_cmpstr (stage.story->str, ==, "failed 5 closed ");
  g_assert_cmpuint (makers[0].next, ==, 6);
  g_assert_cmpuint (makers[1].next, ==, 10);
  stage_clear (&stage);
}

static gboolean
drop_fifth (Maker      *maker,
            ZmqgSocket *socket)
{
  if (maker->next == 5)
    zmqg_test_call (g_object_unref (socket));

  return maker->next < 5;
}

static void
test_drops (gconstpointer data)
{
  Stage stage;
  Maker makers[2];
  gpointer weak;

  stage_init (&stage, GPOINTER_TO_INT (data));
  maker_init (&makers[0], 0, 10);
  maker_init (&makers[1], 10, 10);
  makers[0].func = drop_fifth;
  weak = stage.socket;
  g_object_add_weak_pointer (G_OBJECT (stage.socket), &weak);
  push (stage.socket, &makers[0]);
  push (stage.socket, &makers[1]);
  stage.socket = NULL;
  zmqg_test_wait_for (weak == NULL);
  zmqg_test_wait_for (makers[0].n_destroyed == 1 && makers[1].n_destroyed == 1);
  zmqg_test_wait_for (stage.counter.n_messages == 5);
  g_assert_cmpuint (makers[1].next, ==, 10);
  g_assert_cmpstr (stage.story->str, ==, "");
  stage_clear (&stage);
}

static gboolean
push_and_send (Maker      *maker,
               ZmqgSocket *socket)
{
  Maker *other = maker->user_data;

  if (maker->next == 2)
    push (socket, other);
  /* Sent at once: it is one ahead of what is being made */
  if (maker->next == 4)
    {
      zmqg_test_call (zmqg_test_send_number (socket, 4));
      maker->next++;
    }

  return TRUE;
}

static void
test_pushes (gconstpointer data)
{
  Stage stage;
  Maker makers[2];

  stage_init (&stage, GPOINTER_TO_INT (data));
  maker_init (&makers[0], 0, 10);
  maker_init (&makers[1], 10, 10);
  makers[0].func = push_and_send;
  makers[0].user_data = &makers[1];
  push (stage.socket, &makers[0]);
  zmqg_test_wait_for (stage.counter.n_messages == 20);
  zmqg_test_wait_for (makers[0].n_destroyed == 1 && makers[1].n_destroyed == 1);
  g_assert_cmpstr (stage.story->str, ==, "");
  stage_clear (&stage);
}

/* Those that never had their turn are freed at the end, and so are those that come after it; none
 * from inside the call, and none is asked for anything */
static void
test_never (gconstpointer data)
{
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, GPOINTER_TO_INT (data),
                                                   NULL);
  ZmqgSocket *deaf = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  Maker makers[4];

  for (guint i = 0; i < 4; i++)
    maker_init (&makers[i], 0, 10);
  push (socket, &makers[0]);
  push (deaf, &makers[3]);
  zmqg_test_run_for (NULL, 10);
  push (socket, &makers[1]);
  zmqg_test_call (zmqg_socket_close (socket));
  push (socket, &makers[2]);
  for (guint i = 0; i < 4; i++)
    zmqg_test_wait_for (makers[i].n_destroyed == 1);
  zmqg_test_run_for (NULL, 10);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpuint (makers[i].n_destroyed, ==, 1);
      g_assert_cmpuint (makers[i].next, ==, 0);
    }
  zmqg_test_release (deaf);
  zmqg_test_release (socket);
}

/* A producer holds no reference to the socket */
static void
test_holds_nothing (gconstpointer data)
{
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, GPOINTER_TO_INT (data),
                                                   NULL);
  Maker maker;

  maker_init (&maker, 0, 10);
  push (socket, &maker);
  zmqg_test_run_for (NULL, 10);
  zmqg_test_release (socket);
  zmqg_test_wait_for (maker.n_destroyed == 1);
  g_assert_cmpuint (maker.next, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/push-write/lazy", test_lazy);
  zmqg_test_add_transports ("/push-write/order", test_order);
  zmqg_test_add_transports ("/push-write/thread", test_thread);
  zmqg_test_add_transports ("/push-write/closes", test_closes);
  zmqg_test_add_transports ("/push-write/drops", test_drops);
  zmqg_test_add_transports ("/push-write/pushes", test_pushes);
  zmqg_test_add_transports ("/push-write/never", test_never);
  zmqg_test_add_transports ("/push-write/holds-nothing", test_holds_nothing);

  return g_test_run ();
}
