/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-fork.h"
#include "zmqg-test-peer.h"
#include "zmqg-test-story.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#define N_MESSAGES 4000

/* Traffic, something of every kind that waits, and sources */
typedef struct
{
  ZmqgTestPair pair;
  ZmqgSocket *echo;
  ZmqgTestPeer *peer;
  ZmqgTestCounter pair_counter;
  ZmqgTestCounter echo_counter;
  guint64 n_sent;

  ZmqgSocket *waiting;
  char *endpoint;
  ZmqgTestStory story;
  guint n_told;

  void *raw_context;
  void *raw;
  GSource *raw_source;
  GSource *source;
  gboolean is_child;
} Parent;

static gboolean
traffic_cb (gpointer user_data)
{
  Parent *parent = user_data;

  if (parent->is_child)
    return G_SOURCE_REMOVE;

  for (guint i = 0; i < 10; i++)
    {
      zmqg_test_send_number (parent->pair.connected, parent->n_sent);
      zmqg_test_send_number (parent->echo, parent->n_sent++);
    }

  return parent->n_sent < N_MESSAGES;
}

static gboolean
raw_cb (gpointer     zmq_socket_handle,
        GIOCondition condition,
        gpointer     user_data)
{
  Parent *parent = user_data;

  parent->n_told++;

  return G_SOURCE_REMOVE;
}

/* A source learns that its socket is of no use any more, and no more than that */
static gboolean
source_cb (ZmqgSocket   *socket,
           GIOCondition  condition,
           gpointer      user_data)
{
  Parent *parent = user_data;

  g_assert_true (parent->is_child);
  g_assert_cmpint (condition, ==, G_IO_NVAL);

  return G_SOURCE_REMOVE;
}

static void
parent_add_sources (Parent *parent)
{
  parent->raw_context = zmq_ctx_new ();
  parent->raw = zmq_socket (parent->raw_context, ZMQ_PULL);
  g_assert_cmpint (zmq_bind (parent->raw, "inproc://raw"), ==, 0);
  parent->raw_source = zmqg_source_new (parent->raw, G_IO_IN);
  g_source_set_callback (parent->raw_source, G_SOURCE_FUNC (raw_cb), parent, NULL);
  g_source_attach (parent->raw_source, NULL);
  parent->source = zmqg_socket_create_source (parent->waiting, G_IO_IN | G_IO_OUT, NULL);
  g_source_set_callback (parent->source, G_SOURCE_FUNC (source_cb), parent, NULL);
  g_source_attach (parent->source, NULL);
}

static void
parent_init (Parent            *parent,
             ZmqgTestTransport  transport)
{
  g_autofree char *endpoint = NULL;

  zmqg_test_story_init (&parent->story);
  zmqg_test_pair_init (&parent->pair, transport, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_counter_connect (&parent->pair_counter, parent->pair.bound);
  parent->echo = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_DEALER, transport, &endpoint);
  parent->peer = zmqg_test_peer_start (endpoint, ZMQ_DEALER, 0, 0, zmqg_test_peer_echo);
  zmqg_test_counter_connect (&parent->echo_counter, parent->echo);

  parent->waiting = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_DEALER, transport,
                                                &parent->endpoint);
  zmqg_test_story_watch (&parent->story, parent->waiting);
  for (guint i = 0; i < 6; i += 2)
    {
      zmqg_test_story_receive (&parent->story, parent->waiting, NULL);
      zmqg_test_send_number (parent->waiting, i);
      zmqg_test_story_send (&parent->story, parent->waiting, i + 1, 0, NULL);
    }
  zmqg_test_story_flush (&parent->story, parent->waiting, NULL);
  parent_add_sources (parent);
  g_timeout_add (1, traffic_cb, parent);
  zmqg_test_wait_for (parent->echo_counter.n_messages > 10 && parent->pair_counter.n_messages > 10);
}

/* All that was sent has come, and what waited still waits */
static void
parent_check (Parent *parent)
{
  g_autoptr (ZmqgTestPeer) sink = NULL;

  zmqg_test_wait_for (parent->pair_counter.n_messages == N_MESSAGES &&
                      parent->echo_counter.n_messages == N_MESSAGES);
  zmqg_test_assert_story (&parent->story, "");
  g_assert_cmpuint (parent->n_told, ==, 0);
  g_source_destroy (parent->source);
  sink = zmqg_test_peer_start (parent->endpoint, ZMQ_DEALER, 0, 0, zmqg_test_peer_sink);
  zmqg_test_wait_for (zmqg_test_story_count (&parent->story, "flush") > 0);
  zmqg_test_assert_story (&parent->story, "send*3 flush");
  zmqg_test_poll_for (g_atomic_int_get (&sink->n_received) == 6);
  zmqg_socket_close (parent->waiting);
  zmqg_test_wait_for (zmqg_test_story_count (&parent->story, "closed") > 0);
  zmqg_test_assert_story (&parent->story, "send*3 flush receive!closed*3 closed");
}

static void
parent_clear (Parent *parent)
{
  zmqg_test_peer_stop (parent->peer);
  g_source_unref (parent->source);
  zmqg_test_pair_clear (&parent->pair);
  zmqg_test_release (parent->echo);
  zmqg_test_release (parent->waiting);
  g_source_destroy (parent->raw_source);
  g_source_unref (parent->raw_source);
  zmq_close (parent->raw);
  zmq_ctx_term (parent->raw_context);
  zmqg_test_story_clear (&parent->story);
  g_free (parent->endpoint);
}

/* The child's loop has nothing to do, and nothing in it happens */
static void
run_in_child (gpointer data)
{
  Parent *parent = data;
  guint n_messages = parent->pair_counter.n_messages;
  gint64 begun;

  parent->is_child = TRUE;
  /* The timer of the traffic */
  zmqg_test_run_for (NULL, 20);
  begun = zmqg_test_get_process_cpu_time ();
  g_assert_cmpuint (zmqg_test_run_for (NULL, 1000), <=, 3);
  g_assert_cmpint (zmqg_test_get_process_cpu_time () - begun, <, 10000);
  zmqg_test_assert_story (&parent->story, "");
  g_assert_cmpuint (parent->pair_counter.n_messages, ==, n_messages);
  g_assert_cmpuint (parent->n_told, ==, 0);
}

static void
test_run (gconstpointer data)
{
  Parent parent = { .n_sent = 0 };

  parent_init (&parent, GPOINTER_TO_INT (data));
  zmqg_test_fork_wait (zmqg_test_fork (run_in_child, &parent));
  parent_check (&parent);
  parent_clear (&parent);
}

/* Everything goes: nothing of it reaches the parent */
static void
release_in_child (gpointer data)
{
  Parent *parent = data;

  parent->is_child = TRUE;
  zmqg_socket_close (parent->pair.bound);
  g_object_unref (parent->pair.bound);
  g_object_unref (parent->pair.connected);
  g_object_run_dispose (G_OBJECT (parent->echo));
  g_object_unref (parent->echo);
  zmqg_socket_close (parent->waiting);
  g_object_unref (parent->waiting);
  g_source_destroy (parent->source);
  g_source_destroy (parent->raw_source);
  zmqg_test_run_for (NULL, 200);
}

static void
test_release (gconstpointer data)
{
  Parent parent = { .n_sent = 0 };

  parent_init (&parent, GPOINTER_TO_INT (data));
  zmqg_test_fork_wait (zmqg_test_fork (release_in_child, &parent));
  parent_check (&parent);
  parent_clear (&parent);
}

/* The child is born in a handler, in a dispatch of the sockets it has to leave alone */
typedef struct
{
  Parent parent;
  pid_t child;
} InHandler;

static void
fork_received_cb (ZmqgSocket  *socket,
                  ZmqgMessage *message,
                  InHandler   *in_handler)
{
  if (in_handler->child == 0)
    in_handler->child = zmqg_test_fork (run_in_child, &in_handler->parent);
}

static void
test_in_handler (gconstpointer data)
{
  InHandler in_handler = { .child = 0 };

  parent_init (&in_handler.parent, GPOINTER_TO_INT (data));
  g_signal_connect (in_handler.parent.pair.bound, "message-received",
                    G_CALLBACK (fork_received_cb), &in_handler);
  zmqg_test_wait_for (in_handler.child > 0);
  zmqg_test_fork_wait (in_handler.child);
  parent_check (&in_handler.parent);
  parent_clear (&in_handler.parent);
}

/* The child makes sockets of its own, in the same main context or another; they work, among
 * themselves and with the parent. */
static void
exchange_in_child (Parent     *parent,
                   const char *endpoint)
{
  ZmqgTestPair pair = { NULL };
  ZmqgTestCounter counter = { 0 };
  ZmqgSocket *to_parent = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, endpoint);
  ZmqgContext *context = zmqg_context_get_default ();
  GMainContext *main_context = zmqg_socket_get_main_context (to_parent);

  zmqg_test_pair_init (&pair, ZMQG_TEST_TCP, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_counter_connect (&counter, pair.bound);
  zmqg_test_send_number (to_parent, 0);
  for (guint i = 0; i < 500; i++)
    {
      zmqg_test_send_number (pair.connected, i);
      g_main_context_iteration (main_context, FALSE);
    }
  zmqg_test_wait_for_in (main_context, ZMQG_TEST_DEADLINE, counter.n_messages == 500);
  g_assert_cmpuint (zmqg_test_run_for (main_context, 300), <=, 3);
  g_assert_cmpuint (zmqg_context_get_n_sockets (context), ==, 3);
  zmqg_test_fork_terminate (context, main_context);
  zmqg_test_release (to_parent);
  zmqg_test_pair_clear (&pair);
  zmqg_test_assert_story (&parent->story, "");
}

typedef struct
{
  Parent parent;
  char *endpoint;
  gboolean own_main_context;
} Sockets;

static void
sockets_in_child (gpointer data)
{
  Sockets *sockets = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  sockets->parent.is_child = TRUE;
  g_assert_cmpuint (zmqg_context_get_n_sockets (zmqg_context_get_default ()), ==, 0);
  if (sockets->own_main_context)
    g_main_context_push_thread_default (context);
  exchange_in_child (&sockets->parent, sockets->endpoint);
  if (sockets->own_main_context)
    g_main_context_pop_thread_default (context);
}

static void
check_sockets (gboolean own_main_context)
{
  Sockets sockets = { .own_main_context = own_main_context };
  ZmqgSocket *from_child;
  ZmqgTestCounter counter = { 0 };

  parent_init (&sockets.parent, ZMQG_TEST_TCP);
  from_child = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, ZMQG_TEST_TCP, &sockets.endpoint);
  zmqg_test_counter_connect (&counter, from_child);
  zmqg_test_fork_wait (zmqg_test_fork (sockets_in_child, &sockets));
  zmqg_test_wait_for (counter.n_messages == 1);
  zmqg_test_release (from_child);
  parent_check (&sockets.parent);
  parent_clear (&sockets.parent);
  g_free (sockets.endpoint);
}

static void
test_sockets (void)
{
  check_sockets (FALSE);
}

static void
test_sockets_own_main_context (void)
{
  check_sockets (TRUE);
}

/* A child of the child: its parent's sockets are as inert as those of both */
static void
grandchild (gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (zmqg_socket_send_string (data, "text", &error));
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_FORKED);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 200), <=, 3);
  g_object_unref (data);
}

static void
child_with_child (gpointer data)
{
  Parent *parent = data;
  ZmqgTestPair pair = { NULL };
  ZmqgTestCounter counter = { 0 };

  parent->is_child = TRUE;
  zmqg_test_pair_init (&pair, ZMQG_TEST_TCP, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_counter_connect (&counter, pair.bound);
  zmqg_test_fork_wait (zmqg_test_fork (grandchild, pair.connected));
  for (guint i = 0; i < 100; i++)
    zmqg_test_send_number (pair.connected, i);
  zmqg_test_wait_for (counter.n_messages == 100);
  zmqg_test_pair_clear (&pair);
}

static void
test_grandchild (void)
{
  Parent parent = { .n_sent = 0 };

  parent_init (&parent, ZMQG_TEST_TCP);
  zmqg_test_fork_wait (zmqg_test_fork (child_with_child, &parent));
  parent_check (&parent);
  parent_clear (&parent);
}

/* Messages of another thread, while parent and child each run their loop, which nothing else wakes
 * in the parent: GLib's way to wake it is shared with the child. */
static gpointer
send_thread (gpointer data)
{
  for (guint i = 0; i < 800; i++)
    {
      zmqg_test_send_number (data, i);
      g_usleep (1000);
    }

  return NULL;
}

static void
run_loop_in_child (gpointer data)
{
  zmqg_test_run_for (NULL, 1000);
}

static guint64
count_sent (ZmqgSocket *socket)
{
  g_autoptr (ZmqgSocketStatistics) statistics = zmqg_socket_get_statistics (socket);

  return statistics->messages_sent;
}

static void
test_thread_sends (void)
{
  g_autofree char *endpoint = NULL;
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, ZMQG_TEST_TCP, &endpoint);
  ZmqgTestPeer *peer = zmqg_test_peer_start (endpoint, ZMQ_PULL, -1, 0, zmqg_test_peer_sink);
  GThread *thread;
  pid_t child;

  zmqg_test_poll_for ((zmqg_socket_condition_check (socket, G_IO_OUT) & G_IO_OUT) != 0);
  child = zmqg_test_fork (run_loop_in_child, NULL);
  g_assert_true (g_main_context_acquire (NULL));
  thread = g_thread_new ("send", send_thread, socket);
  zmqg_test_wait_for_in (NULL, 5000, count_sent (socket) == 800);
  g_main_context_release (NULL);
  g_thread_join (thread);
  zmqg_test_fork_wait (child);
  zmqg_test_poll_for (g_atomic_int_get (&peer->n_received) == 800);
  zmqg_test_peer_stop (peer);
  zmqg_test_release (socket);
}

static void
exited_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (object), result, user_data, NULL, &error);
  g_assert_no_error (error);
}

/* With exec: descriptors are not inherited, also where the spawner would let them. */
static void
test_spawn (void)
{
  Parent parent = { .n_sent = 0 };

  parent_init (&parent, ZMQG_TEST_TCP);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *output = NULL;
      g_autoptr (GSubprocess) process = g_subprocess_new (
        G_SUBPROCESS_FLAGS_STDOUT_PIPE | (i % 2 == 0 ? G_SUBPROCESS_FLAGS_INHERIT_FDS : 0), &error,
        "sh", "-c", "readlink /proc/self/fd/*", NULL);

      g_assert_no_error (error);
      g_subprocess_communicate_utf8_async (process, NULL, NULL, exited_cb, &output);
      zmqg_test_wait_for (output != NULL);
      g_assert_null (strstr (output, "eventpoll"));
      g_assert_null (strstr (output, "eventfd"));
      g_assert_null (strstr (output, "socket:"));
      zmqg_test_run_for (NULL, 20);
    }
  parent_check (&parent);
  parent_clear (&parent);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/scenario/29/run", test_run);
  zmqg_test_add_transports ("/scenario/29/release", test_release);
  zmqg_test_add_transports ("/scenario/29/in-handler", test_in_handler);
  g_test_add_func ("/scenario/29/sockets", test_sockets);
  g_test_add_func ("/scenario/29/sockets-own-main-context", test_sockets_own_main_context);
  g_test_add_func ("/scenario/29/grandchild", test_grandchild);
  g_test_add_func ("/scenario/29/spawn", test_spawn);
  g_test_add_func ("/scenario/29/thread-sends", test_thread_sends);

  return g_test_run ();
}
