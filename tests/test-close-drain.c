/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-story.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

/* What may happen while close_async() waits. libzmq takes nothing for a bound PUSH without a peer,
 * and there is no end to its linger. */
typedef struct
{
  ZmqgSocket *socket;
  char *endpoint;
  ZmqgTestStory story;
  GCancellable *cancellable;
} Drain;

static void
drain_init (Drain             *drain,
            ZmqgTestTransport  transport)
{
  drain->socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, transport, &drain->endpoint);
  zmqg_test_set_number (drain->socket, "linger", -1);
  drain->cancellable = g_cancellable_new ();
  zmqg_test_story_init (&drain->story);
  zmqg_test_story_watch (&drain->story, drain->socket);
  for (guint i = 0; i < 4; i += 2)
    {
      zmqg_test_send_number (drain->socket, i);
      zmqg_test_story_send (&drain->story, drain->socket, i + 1, 0, NULL);
    }
}

static void
drain_clear (Drain *drain)
{
  zmqg_test_release (drain->socket);
  zmqg_test_story_clear (&drain->story);
  g_object_unref (drain->cancellable);
  g_free (drain->endpoint);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Drain, drain_clear)

static void
drain_close (Drain *drain)
{
  zmqg_test_story_close (&drain->story, drain->socket, drain->cancellable);
}

static void
drain_cancel (Drain *drain)
{
  drain->story.calling = TRUE;
  g_cancellable_cancel (drain->cancellable);
  drain->story.calling = FALSE;
}

/* A peer comes and gets what waited, and what came after */
static void
assert_works (Drain *drain)
{
  g_autoptr (ZmqgSocket) peer = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PULL,
                                                                drain->endpoint);
  ZmqgTestCounter counter = { 0 };

  g_assert_false (zmqg_socket_is_closed (drain->socket));
  zmqg_test_story_forget (&drain->story);
  zmqg_test_counter_connect (&counter, peer);
  zmqg_test_send_number (drain->socket, 4);
  zmqg_test_story_send (&drain->story, drain->socket, 5, 0, NULL);
  zmqg_test_wait_for (counter.n_messages == 6);
  zmqg_test_assert_story (&drain->story, "send*3");
  zmqg_test_story_forget (&drain->story);
  zmqg_test_story_close (&drain->story, drain->socket, NULL);
  zmqg_test_wait_for (zmqg_test_story_count (&drain->story, "closed") > 0);
  zmqg_test_assert_story (&drain->story, "close=0 closed");
}

static void
test_cancel (gconstpointer data)
{
  g_auto (Drain) drain = { NULL };

  drain_init (&drain, GPOINTER_TO_INT (data));
  drain_close (&drain);
  /* Longer than any default */
  zmqg_test_run_for (NULL, 1300);
  zmqg_test_assert_story (&drain.story, "");
  drain_cancel (&drain);
  zmqg_test_wait_for (drain.story.text->len > 0);
  zmqg_test_assert_story (&drain.story, "close!cancelled");
  zmqg_test_run_for (NULL, 20);
  zmqg_test_assert_story (&drain.story, "close!cancelled");
  g_assert_cmpint (zmqg_test_get_number (drain.socket, "send-queue-length"), ==, 4);
  assert_works (&drain);
}

/* Already cancelled: the socket does not begin to close. */
static void
test_cancel_before (void)
{
  g_auto (Drain) drain = { NULL };

  drain_init (&drain, ZMQG_TEST_INPROC);
  drain_cancel (&drain);
  drain_close (&drain);
  zmqg_test_assert_story (&drain.story, "");
  zmqg_test_wait_for (drain.story.text->len > 0);
  zmqg_test_assert_story (&drain.story, "close!cancelled");
  assert_works (&drain);
}

static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);

  return NULL;
}

static void
test_cancel_in_thread (void)
{
  g_auto (Drain) drain = { NULL };
  GThread *thread;

  drain_init (&drain, ZMQG_TEST_INPROC);
  drain_close (&drain);
  zmqg_test_run_for (NULL, 10);
  thread = g_thread_new ("cancel", cancel_thread, drain.cancellable);
  zmqg_test_wait_for (drain.story.text->len > 0);
  g_thread_join (thread);
  zmqg_test_assert_story (&drain.story, "close!cancelled");
  assert_works (&drain);
}

/* The cancellation comes about when the last message goes: one or the other it is, and the socket
 * is as it says. */
static void
check_cancel_or_close (guint n_turns)
{
  g_auto (Drain) drain = { NULL };
  g_autoptr (ZmqgSocket) peer = NULL;
  ZmqgTestCounter counter = { 0 };

  drain_init (&drain, ZMQG_TEST_INPROC);
  drain_close (&drain);
  zmqg_test_run_until_idle (NULL);
  peer = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PULL, drain.endpoint);
  zmqg_test_counter_connect (&counter, peer);
  for (guint i = 0; i < n_turns; i++)
    g_main_context_iteration (NULL, FALSE);
  drain_cancel (&drain);
  zmqg_test_wait_for (zmqg_test_story_count (&drain.story, "close") > 0);
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (zmqg_test_story_count (&drain.story, "close"), ==, 1);
  if (zmqg_test_story_count (&drain.story, "close!cancelled") > 0)
    {
      g_assert_cmpuint (zmqg_test_story_count (&drain.story, "closed"), ==, 0);
      g_assert_false (zmqg_socket_is_closed (drain.socket));
      zmqg_test_send_number (drain.socket, 4);
      zmqg_test_wait_for (counter.n_messages == 5);
    }
  else
    {
      zmqg_test_assert_story (&drain.story, "send*2 close=0 closed");
      zmqg_test_wait_for (counter.n_messages == 4);
    }
}

static void
test_cancel_or_close (void)
{
  for (guint i = 0; i < 400; i++)
    check_cancel_or_close (i % 8);
}

typedef struct
{
  guint n_called;
  guint n_destroyed;
} Producer;

static ZmqgMessage *
produce_cb (ZmqgSocket *socket,
            gpointer    user_data)
{
  Producer *producer = user_data;

  producer->n_called++;

  return NULL;
}

static void
producer_destroy (gpointer data)
{
  Producer *producer = data;

  producer->n_destroyed++;
}

static gpointer
send_refused (gpointer data)
{
  Drain *drain = data;
  g_autoptr (ZmqgMessage) message = zmqg_test_message_new (77, 5000);
  g_autoptr (GError) error = NULL, string_error = NULL;

  g_assert_false (zmqg_socket_send (drain->socket, message, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_cmpuint (zmqg_test_message_get_number (message), ==, 77);
  g_assert_false (zmqg_socket_send_string (drain->socket, "text", &string_error));
  g_assert_error (string_error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  zmqg_test_story_send (&drain->story, drain->socket, 77, 5000, NULL);

  return NULL;
}

/* New messages are refused, whoever has them, until it is clear that the socket stays */
static void
test_refuses (gconstpointer data)
{
  g_auto (Drain) drain = { NULL };
  Producer producer = { 0 };

  drain_init (&drain, GPOINTER_TO_INT (data));
  drain_close (&drain);
  for (guint i = 0; i < 2; i++)
    {
      send_refused (&drain);
      zmqg_test_run_in_thread (send_refused, &drain);
      zmqg_test_run_for (NULL, 5);
    }
  zmqg_socket_push_write (drain.socket, produce_cb, &producer, producer_destroy);
  g_assert_cmpuint (producer.n_destroyed, ==, 0);
  zmqg_test_run_for (NULL, 20);
  zmqg_test_assert_story (&drain.story, "send!closed*4");
  g_assert_cmpint (zmqg_test_get_number (drain.socket, "send-queue-length"), ==, 4);
  g_assert_cmpuint (producer.n_called, ==, 0);

  drain_cancel (&drain);
  zmqg_test_wait_for (zmqg_test_story_count (&drain.story, "close") > 0);
  assert_works (&drain);
  zmqg_test_run_for (NULL, 5);
  g_assert_cmpuint (producer.n_destroyed, ==, 1);
}

/* Messages that the peer sends, and is itself slow to take */
static void
talk (ZmqgTestPeer *peer)
{
  guint64 number = 0;

  while (number < 20 && !zmqg_test_peer_is_stopping (peer))
    number += zmqg_test_peer_send_number (peer, number);
  g_async_queue_timeout_pop (peer->commands, ZMQG_TEST_DEADLINE * 1000);
  zmqg_test_peer_sink (peer);
}

typedef struct
{
  ZmqgTestStory *story;
  ZmqgSocket *socket;
} Receive;

static gpointer
receive_thread (gpointer data)
{
  Receive *receive = data;

  zmqg_test_story_receive (receive->story, receive->socket, NULL);

  return NULL;
}

static void
test_receives (gconstpointer data)
{
  const gsize size = GPOINTER_TO_INT (data) == ZMQG_TEST_INPROC ? 8 : 1000000;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  g_auto (ZmqgTestStory) story;
  ZmqgTestCounter counter = { .next = 5 };
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);

  zmqg_test_story_init (&story);
  zmqg_test_story_watch (&story, socket);
  zmqg_test_set_number (socket, "linger", -1);
  zmqg_test_set_number (socket, "send-high-water-mark", 1);
  zmqg_test_bind_free (socket, GPOINTER_TO_INT (data), &endpoint);
  for (guint i = 0; i < 50; i++)
    zmqg_test_story_send (&story, socket, i, size, NULL);
  /* Three wait already, two come when it drains */
  for (guint i = 0; i < 3; i++)
    zmqg_test_story_receive (&story, socket, NULL);
  zmqg_test_story_close (&story, socket, NULL);
  zmqg_test_story_receive (&story, socket, NULL);
  zmqg_test_run_in_thread (receive_thread, &(Receive) { &story, socket });

  peer = zmqg_test_peer_start (endpoint, ZMQ_DEALER, 1, 0, talk);
  zmqg_test_wait_for (zmqg_test_story_count (&story, "receive") == 5);
  g_assert_cmpuint (zmqg_test_story_count (&story, "receive!closed"), ==, 0);
  zmqg_test_counter_connect (&counter, socket);
  zmqg_test_wait_for (counter.n_messages == 15);
  g_assert_cmpuint (zmqg_test_story_count (&story, "close"), ==, 0);

  g_async_queue_push (peer->commands, peer);
  zmqg_test_wait_for (zmqg_test_story_count (&story, "closed") > 0);
  g_assert_true (g_str_has_suffix (story.text->str, " close=0 closed"));
  g_assert_cmpuint (zmqg_test_story_count (&story, "send"), ==, 50);
  zmqg_test_release (socket);
}

static void
test_close_between (gconstpointer data)
{
  g_auto (Drain) drain = { NULL };

  drain_init (&drain, GPOINTER_TO_INT (data));
  drain_close (&drain);
  zmqg_test_run_for (NULL, 20);
  drain.story.calling = TRUE;
  zmqg_socket_close (drain.socket);
  drain.story.calling = FALSE;
  g_assert_true (zmqg_socket_is_closed (drain.socket));
  /* Too late */
  drain_cancel (&drain);
  zmqg_test_run_for (NULL, 20);
  zmqg_test_assert_story (&drain.story, "send!closed*2 failed!closed*2 close=4 closed");
}

/* The last of several that still waits decides */
static void
test_twice (gconstpointer data)
{
  g_auto (Drain) drain = { NULL };
  g_autoptr (GCancellable) other = g_cancellable_new ();

  drain_init (&drain, GPOINTER_TO_INT (data));
  drain_close (&drain);
  zmqg_test_story_close (&drain.story, drain.socket, other);
  zmqg_test_run_for (NULL, 20);
  drain_cancel (&drain);
  zmqg_test_run_for (NULL, 20);
  zmqg_test_assert_story (&drain.story, "close!cancelled");
  send_refused (&drain);
  zmqg_test_run_for (NULL, 20);
  g_cancellable_cancel (other);
  zmqg_test_run_for (NULL, 20);
  zmqg_test_assert_story (&drain.story, "close!cancelled send!closed close!cancelled");

  zmqg_test_story_forget (&drain.story);
  for (guint i = 0; i < 3; i++)
    zmqg_test_story_close (&drain.story, drain.socket, NULL);
  zmqg_test_run_for (NULL, 20);
  zmqg_test_assert_story (&drain.story, "");
  zmqg_socket_close (drain.socket);
  zmqg_test_run_for (NULL, 20);
  zmqg_test_assert_story (&drain.story, "send!closed*2 failed!closed*2 close=4*3 closed");
}

/* The sooner of two lingers counts */
static void
test_twice_linger (void)
{
  g_auto (Drain) drain = { NULL };

  drain_init (&drain, ZMQG_TEST_INPROC);
  drain_close (&drain);
  zmqg_test_set_number (drain.socket, "linger", 50);
  drain_close (&drain);
  zmqg_test_wait_for (zmqg_test_story_count (&drain.story, "closed") > 0);
  zmqg_test_assert_story (&drain.story, "send!closed*2 failed!closed*2 close=4*2 closed");
}

/* A thread with a main context of its own asks for the end */
typedef struct
{
  Drain *drain;
  GMainContext *context;
  GCancellable *cancellable;
  guint n_unsent;
  gboolean closed;
  GError *error;
  int done;
} Foreign;

static void
foreign_close_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  Foreign *foreign = user_data;

  g_assert_true (g_main_context_is_owner (foreign->context));
  foreign->closed = zmqg_socket_close_finish (ZMQG_SOCKET (object), result, &foreign->n_unsent,
                                              &foreign->error);
  g_atomic_int_set (&foreign->done, TRUE);
}

static gpointer
foreign_thread (gpointer data)
{
  Foreign *foreign = data;

  foreign->context = g_main_context_new ();
  g_main_context_push_thread_default (foreign->context);
  zmqg_socket_close_async (foreign->drain->socket, foreign->cancellable, foreign_close_cb,
                           foreign);
  g_assert_false (g_atomic_int_get (&foreign->done));
  zmqg_test_wait_for_in (foreign->context, ZMQG_TEST_DEADLINE,
                         g_atomic_int_get (&foreign->done));
  g_main_context_pop_thread_default (foreign->context);
  g_main_context_unref (foreign->context);

  return NULL;
}

static void
test_in_thread (gconstpointer data)
{
  g_auto (Drain) drain = { NULL };
  g_autoptr (ZmqgTestPeer) peer = NULL;
  g_autoptr (GMainContext) held = g_main_context_ref (g_main_context_default ());
  Foreign foreign = { .drain = &drain }, second = { .drain = &drain };
  GThread *thread;

  g_assert_true (g_main_context_acquire (held));
  drain_init (&drain, GPOINTER_TO_INT (data));
  foreign.cancellable = drain.cancellable;
  thread = g_thread_new ("close", foreign_thread, &foreign);
  zmqg_test_run_for (NULL, 50);
  g_assert_false (g_atomic_int_get (&foreign.done));
  drain_cancel (&drain);
  while (!g_atomic_int_get (&foreign.done))
    zmqg_test_run_for (NULL, 5);
  g_thread_join (thread);
  g_assert_error (foreign.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&foreign.error);
  g_assert_false (zmqg_socket_is_closed (drain.socket));

  peer = zmqg_test_peer_start (drain.endpoint, ZMQ_PULL, -1, 0, zmqg_test_peer_sink);
  thread = g_thread_new ("close", foreign_thread, &second);
  zmqg_test_wait_for (zmqg_test_story_count (&drain.story, "closed") > 0);
  g_thread_join (thread);
  g_assert_no_error (second.error);
  g_assert_true (second.closed);
  g_assert_cmpuint (second.n_unsent, ==, 0);
  zmqg_test_assert_story (&drain.story, "send*2 closed");
  zmqg_test_poll_for (g_atomic_int_get (&peer->n_received) == 4);
  g_main_context_release (held);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/close-drain/cancel", test_cancel);
  g_test_add_func ("/close-drain/cancel-before", test_cancel_before);
  g_test_add_func ("/close-drain/cancel-in-thread", test_cancel_in_thread);
  g_test_add_func ("/close-drain/cancel-or-close", test_cancel_or_close);
  zmqg_test_add_transports ("/close-drain/refuses", test_refuses);
  zmqg_test_add_transports ("/close-drain/receives", test_receives);
  zmqg_test_add_transports ("/close-drain/close-between", test_close_between);
  zmqg_test_add_transports ("/close-drain/twice", test_twice);
  g_test_add_func ("/close-drain/twice-linger", test_twice_linger);
  zmqg_test_add_transports ("/close-drain/in-thread", test_in_thread);

  return g_test_run ();
}
