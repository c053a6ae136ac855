/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-fork.h"
#include "zmqg-test-story.h"
#include "zmqg-test-utils.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

/* Every call, on what was made before fork() */
typedef struct
{
  ZmqgContext *context;
  ZmqgSocket *socket;
  ZmqgSocket *sub;
  char *endpoint;
  ZmqgTestStory story;
  guint n_destroyed;
} Calls;

static void
calls_init (Calls             *calls,
            ZmqgTestTransport  transport)
{
  calls->context = zmqg_context_new ();
  calls->socket = zmqg_socket_new_with_context (calls->context, ZMQG_SOCKET_TYPE_DEALER, NULL);
  calls->sub = zmqg_socket_new_with_context (calls->context, ZMQG_SOCKET_TYPE_SUB, NULL);
  zmqg_test_bind_free (calls->socket, transport, &calls->endpoint);
  g_assert_true (zmqg_socket_connect_to (calls->sub, "inproc://nobody", NULL));
  g_assert_true (zmqg_socket_subscribe (calls->sub, "a", NULL));
  zmqg_test_story_init (&calls->story);
  zmqg_test_story_watch (&calls->story, calls->socket);
  zmqg_test_story_receive (&calls->story, calls->socket, NULL);
  zmqg_test_story_send (&calls->story, calls->socket, 0, 0, NULL);
  zmqg_test_send_number (calls->socket, 1);
  zmqg_test_run_for (NULL, 20);
}

static void
calls_clear (Calls *calls)
{
  zmqg_test_assert_story (&calls->story, "");
  zmqg_socket_close (calls->socket);
  zmqg_test_wait_for (zmqg_test_story_count (&calls->story, "closed") > 0);
  zmqg_test_assert_story (&calls->story, "receive!closed send!closed failed!closed closed");
  zmqg_test_release (calls->socket);
  zmqg_test_release (calls->sub);
  zmqg_test_release (calls->context);
  zmqg_test_story_clear (&calls->story);
  g_free (calls->endpoint);
}

static void
check_forked (const char *name,
              gboolean    succeeded,
              GError     *error)
{
  g_autoptr (GError) owned = error;

  if (succeeded || !g_error_matches (owned, ZMQG_ERROR, ZMQG_ERROR_FORKED))
    g_error ("%s: %s", name, succeeded ? "succeeded" : owned->message);
}

#define CHECK_FORKED(function, ...) \
  G_STMT_START { \
    GError *call_error = NULL; \
    gboolean succeeded = !!function (__VA_ARGS__, &call_error); \
    check_forked (#function, succeeded, call_error); \
  } G_STMT_END

static void
call_endpoints (gpointer data)
{
  Calls *calls = data;
  g_autoptr (GBytes) prefix = g_bytes_new_static ("a", 1);
  g_auto (GStrv) bindings = NULL, connections = NULL, subscriptions = NULL;

  CHECK_FORKED (zmqg_socket_bind, calls->socket, "inproc://forked");
  CHECK_FORKED (zmqg_socket_unbind, calls->socket, calls->endpoint);
  CHECK_FORKED (zmqg_socket_connect_to, calls->sub, calls->endpoint);
  CHECK_FORKED (zmqg_socket_disconnect_from, calls->sub, "inproc://nobody");
  CHECK_FORKED (zmqg_socket_subscribe, calls->sub, "b");
  CHECK_FORKED (zmqg_socket_subscribe_bytes, calls->sub, prefix);
  CHECK_FORKED (zmqg_socket_unsubscribe, calls->sub, "a");
  CHECK_FORKED (zmqg_socket_unsubscribe_bytes, calls->sub, prefix);
  bindings = zmqg_socket_list_bindings (calls->socket);
  connections = zmqg_socket_list_connections (calls->sub);
  subscriptions = zmqg_socket_list_subscriptions (calls->sub);
  g_assert_nonnull (bindings);
  g_assert_nonnull (connections);
  g_assert_nonnull (subscriptions);
}

static void
call_messages (gpointer data)
{
  Calls *calls = data;
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("text");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("text", 4);
  const char *const frames[] = { "one", "two", NULL };
  gsize length = 0;

  CHECK_FORKED (zmqg_socket_send, calls->socket, message);
  CHECK_FORKED (zmqg_socket_send_string, calls->socket, "text");
  CHECK_FORKED (zmqg_socket_send_bytes, calls->socket, bytes);
  CHECK_FORKED (zmqg_socket_send_data, calls->socket, (const guint8 *) "text", 4);
  CHECK_FORKED (zmqg_socket_send_strv, calls->socket, frames);
  CHECK_FORKED (zmqg_socket_try_receive, calls->socket);
  CHECK_FORKED (zmqg_socket_try_receive_data, calls->socket, &length);
  CHECK_FORKED (zmqg_socket_receive_many, calls->socket, 10);
  g_assert_cmpint (zmqg_socket_condition_check (calls->socket, G_IO_IN | G_IO_OUT) &
                   (G_IO_IN | G_IO_OUT), ==, 0);
}

static void
call_options (gpointer data)
{
  Calls *calls = data;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("id", 2);
  gint64 value = 0;

  CHECK_FORKED (zmqg_socket_set_option_int, calls->socket, ZMQ_LINGER, 5);
  CHECK_FORKED (zmqg_socket_set_option_string, calls->socket, ZMQ_ROUTING_ID, "id");
  CHECK_FORKED (zmqg_socket_set_option_bytes, calls->socket, ZMQ_ROUTING_ID, bytes);
  CHECK_FORKED (zmqg_socket_get_option_int, calls->socket, ZMQ_LINGER, &value);
  CHECK_FORKED (zmqg_socket_get_option_string, calls->socket, ZMQ_LAST_ENDPOINT);
  CHECK_FORKED (zmqg_socket_get_option_bytes, calls->socket, ZMQ_ROUTING_ID);
  g_assert_null (zmqg_socket_get_handle (calls->socket));
}

/* Reading a property is safe, whatever it says */
static void
call_properties (gpointer data)
{
  Calls *calls = data;
  g_autofree GParamSpec **pspecs = NULL;
  g_autoptr (ZmqgSocketStatistics) statistics = zmqg_socket_get_statistics (calls->socket);
  guint n_pspecs;

  g_assert_cmpuint (statistics->messages_sent, ==, 0);
  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (calls->socket), &n_pspecs);
  for (guint i = 0; i < n_pspecs; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      if ((pspecs[i]->flags & G_PARAM_READABLE) == 0)
        continue;
      g_value_init (&value, pspecs[i]->value_type);
      g_object_get_property (G_OBJECT (calls->socket), pspecs[i]->name, &value);
    }
}

static ZmqgMessage *
produce_cb (ZmqgSocket *socket,
            gpointer    user_data)
{
  g_assert_not_reached ();
}

static void
destroy_cb (gpointer user_data)
{
  ((Calls *) user_data)->n_destroyed++;
}

static gboolean
source_cb (ZmqgSocket   *socket,
           GIOCondition  condition,
           gpointer      user_data)
{
  g_assert_cmpint (condition & (G_IO_IN | G_IO_OUT), ==, 0);

  return G_SOURCE_REMOVE;
}

static void
call_asynchronous (gpointer data)
{
  Calls *calls = data;
  g_autoptr (GSource) source = zmqg_socket_create_source (calls->socket, G_IO_IN | G_IO_OUT, NULL);

  zmqg_test_story_send (&calls->story, calls->socket, 0, 0, NULL);
  zmqg_test_story_receive (&calls->story, calls->socket, NULL);
  zmqg_test_story_flush (&calls->story, calls->socket, NULL);
  zmqg_test_story_close (&calls->story, calls->socket, NULL);
  zmqg_socket_push_write (calls->socket, produce_cb, calls, destroy_cb);
  g_source_set_callback (source, G_SOURCE_FUNC (source_cb), NULL, NULL);
  g_source_attach (source, NULL);
  g_assert_cmpuint (calls->n_destroyed, ==, 0);
  zmqg_test_assert_story (&calls->story, "");
  zmqg_test_run_for (NULL, 100);
  g_assert_cmpuint (zmqg_test_story_count (&calls->story, "send!forked"), ==, 1);
  g_assert_cmpuint (zmqg_test_story_count (&calls->story, "receive!forked"), ==, 1);
  g_assert_cmpuint (zmqg_test_story_count (&calls->story, "flush!forked"), ==, 1);
  g_assert_cmpuint (zmqg_test_story_count (&calls->story, "close!forked"), ==, 1);
  g_assert_cmpuint (zmqg_test_story_count (&calls->story, "closed"), ==, 0);
  g_assert_cmpuint (zmqg_test_story_count (&calls->story, "receive"), ==, 1);
  g_assert_cmpuint (zmqg_test_story_count (&calls->story, "send"), ==, 1);
  g_assert_cmpuint (calls->n_destroyed, ==, 1);
}

static void
terminated_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  GError *error = NULL;
  gboolean ended = zmqg_context_terminate_finish (ZMQG_CONTEXT (object), result, &error);

  check_forked ("zmqg_context_terminate_async", ended, error);
  (*(guint *) user_data)++;
}

static void
call_context (gpointer data)
{
  Calls *calls = data;
  g_auto (GStrv) lines = zmqg_context_list_sockets (calls->context);
  guint n_done = 0;

  g_assert_nonnull (lines);
  zmqg_context_get_n_sockets (calls->context);
  CHECK_FORKED (zmqg_socket_new_with_context, calls->context, ZMQG_SOCKET_TYPE_PULL);
  zmqg_test_set_number (calls->context, "max-sockets", 100);
  zmqg_context_terminate_async (calls->context, NULL, terminated_cb, &n_done);
  g_assert_cmpuint (n_done, ==, 0);
  zmqg_test_wait_for (n_done > 0);
  g_assert_true (zmqg_context_get_default () != calls->context);
  g_object_run_dispose (G_OBJECT (calls->context));
}

/* close() has nothing to close, and those who wait in the parent are not told here. */
static void
call_close (gpointer data)
{
  Calls *calls = data;
  g_auto (GStrv) lines = NULL;

  zmqg_socket_close (calls->socket);
  zmqg_socket_set_message_func (calls->sub, NULL, NULL, NULL);
  zmqg_test_run_for (NULL, 50);
  zmqg_test_assert_story (&calls->story, "");
  CHECK_FORKED (zmqg_socket_send_string, calls->socket, "text");
  zmqg_socket_close (calls->sub);
  g_object_unref (calls->sub);
  g_object_run_dispose (G_OBJECT (calls->socket));
  g_object_unref (calls->socket);
  /* What is gone is gone from its list; the other one is held by its operations. */
  lines = zmqg_context_list_sockets (calls->context);
  g_assert_cmpuint (g_strv_length (lines), ==, 1);
  g_assert_true (g_str_has_prefix (lines[0], "DEALER"));
  g_assert_cmpuint (zmqg_context_get_n_sockets (calls->context), ==, 1);
  g_object_unref (calls->context);
  zmqg_test_run_for (NULL, 50);
  zmqg_test_assert_story (&calls->story, "");
}

typedef struct
{
  const char *path;
  void (*call) (gpointer data);
} Case;

static const Case cases[] = {
  { "/scenario/29/calls/endpoints", call_endpoints },
  { "/scenario/29/calls/messages", call_messages },
  { "/scenario/29/calls/options", call_options },
  { "/scenario/29/calls/properties", call_properties },
  { "/scenario/29/calls/asynchronous", call_asynchronous },
  { "/scenario/29/calls/context", call_context },
  { "/scenario/29/calls/close", call_close },
};

static void
test_calls (gconstpointer data)
{
  const Case *one = data;

  for (guint transport = 0; transport < ZMQG_TEST_N_TRANSPORTS; transport++)
    {
      Calls calls = { .n_destroyed = 0 };

      calls_init (&calls, transport);
      zmqg_test_fork_wait (zmqg_test_fork (one->call, &calls));
      calls_clear (&calls);
    }
}

/* fork() in another thread, with the main loop in the middle of anything: the plain calls take no
 * lock that was held then. */
typedef struct
{
  ZmqgSocket *socket;
  int n_children;
} Forking;

static void
call_plain (gpointer data)
{
  CHECK_FORKED (zmqg_socket_send_string, data, "text");
  CHECK_FORKED (zmqg_socket_try_receive, data);
  CHECK_FORKED (zmqg_socket_bind, data, "inproc://forked");
  zmqg_socket_close (data);
  _exit (0);
}

static gpointer
fork_thread (gpointer data)
{
  Forking *forking = data;
  int status;

  for (guint i = 0; i < 100; i++)
    {
      pid_t child = zmqg_test_fork (call_plain, forking->socket);

      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_cmpint (status, ==, 0);
      g_atomic_int_inc (&forking->n_children);
    }

  return NULL;
}

/* Holds the lock of the default main context most of the time */
static gpointer
lock_thread (gpointer data)
{
  Forking *forking = data;

  while (g_atomic_int_get (&forking->n_children) < 100)
    g_main_context_find_source_by_id (NULL, G_MAXUINT);

  return NULL;
}

static void
test_in_thread (void)
{
  ZmqgTestPair pair = { NULL };
  ZmqgTestCounter counter = { 0 };
  Forking forking = { NULL, 0 };
  guint64 number = 0;
  GThread *thread, *locker;

  if (!zmqg_test_rss_is_meaningful ())
    {
      g_test_skip ("A sanitizer's allocator may be locked for ever in the child");
      return;
    }

  zmqg_test_pair_init (&pair, ZMQG_TEST_TCP, ZMQG_SOCKET_TYPE_DEALER, ZMQG_SOCKET_TYPE_DEALER);
  zmqg_test_counter_connect (&counter, pair.bound);
  forking.socket = pair.connected;
  thread = g_thread_new ("fork", fork_thread, &forking);
  locker = g_thread_new ("lock", lock_thread, &forking);
  while (g_atomic_int_get (&forking.n_children) < 100)
    {
      zmqg_test_send_number (pair.connected, number++);
      zmqg_test_wait_for (counter.n_messages == number);
    }
  g_thread_join (thread);
  g_thread_join (locker);
  zmqg_test_pair_clear (&pair);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_calls);
  g_test_add_func ("/scenario/29/in-thread", test_in_thread);

  return g_test_run ();
}
