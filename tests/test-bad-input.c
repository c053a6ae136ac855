/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

/* Every call that needs the socket, as it would be made on a good day */
typedef struct
{
  const char *name;
  gboolean (*call) (ZmqgSocket *socket, GError **error);
  /* May be made from any thread */
  gboolean is_safe;
} Operation;

static gboolean
call_bind (ZmqgSocket  *socket,
           GError     **error)
{
  return zmqg_socket_bind (socket, "inproc://operation", error);
}

static gboolean
call_connect_to (ZmqgSocket  *socket,
                 GError     **error)
{
  return zmqg_socket_connect_to (socket, "tcp://127.0.0.1:9", error);
}

static gboolean
call_unbind (ZmqgSocket  *socket,
             GError     **error)
{
  return zmqg_socket_unbind (socket, "inproc://operation", error);
}

static gboolean
call_disconnect_from (ZmqgSocket  *socket,
                      GError     **error)
{
  return zmqg_socket_disconnect_from (socket, "tcp://127.0.0.1:9", error);
}

static gboolean
call_subscribe (ZmqgSocket  *socket,
                GError     **error)
{
  return zmqg_socket_subscribe (socket, "prefix", error);
}

static gboolean
call_unsubscribe (ZmqgSocket  *socket,
                  GError     **error)
{
  return zmqg_socket_unsubscribe (socket, "prefix", error);
}

static gboolean
call_send (ZmqgSocket  *socket,
           GError     **error)
{
  return zmqg_socket_send_string (socket, "\1text", error);
}

static gboolean
call_try_receive (ZmqgSocket  *socket,
                  GError     **error)
{
  g_autoptr (ZmqgMessage) message = zmqg_socket_try_receive (socket, error);

  return message != NULL;
}

static gboolean
call_try_receive_data (ZmqgSocket  *socket,
                       GError     **error)
{
  g_autoptr (GError) own_error = NULL;
  gsize length;
  g_autofree guint8 *data = zmqg_socket_try_receive_data (socket, &length, &own_error);

  g_assert_null (data);
  if (own_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&own_error));
  return FALSE;
}

static gboolean
call_receive_many (ZmqgSocket  *socket,
                   GError     **error)
{
  g_autoptr (GPtrArray) messages = zmqg_socket_receive_many (socket, 10, error);

  return messages != NULL;
}

static gboolean
call_set_option (ZmqgSocket  *socket,
                 GError     **error)
{
  return zmqg_socket_set_option_int (socket, ZMQ_LINGER, 5, error);
}

static gboolean
call_get_option (ZmqgSocket  *socket,
                 GError     **error)
{
  gint64 value;

  return zmqg_socket_get_option_int (socket, ZMQ_TYPE, &value, error);
}

static gboolean
call_get_option_string (ZmqgSocket  *socket,
                        GError     **error)
{
  g_autofree char *value = zmqg_socket_get_option_string (socket, ZMQ_LAST_ENDPOINT, error);

  return value != NULL;
}

static const Operation operations[] = {
  { "bind", call_bind, FALSE },
  { "connect_to", call_connect_to, FALSE },
  { "unbind", call_unbind, FALSE },
  { "disconnect_from", call_disconnect_from, FALSE },
  { "subscribe", call_subscribe, FALSE },
  { "unsubscribe", call_unsubscribe, FALSE },
  { "send", call_send, TRUE },
  { "try_receive", call_try_receive, FALSE },
  { "try_receive_data", call_try_receive_data, FALSE },
  { "receive_many", call_receive_many, FALSE },
  { "set_option", call_set_option, FALSE },
  { "get_option", call_get_option, FALSE },
  { "get_option_string", call_get_option_string, FALSE },
};

static void
assert_all_fail (ZmqgSocket *socket,
                 GQuark      domain,
                 int         code,
                 gboolean    with_safe)
{
  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    {
      g_autoptr (GError) error = NULL;

      if (operations[i].is_safe && !with_safe)
        continue;
      g_test_message ("%s", operations[i].name);
      g_assert_false (operations[i].call (socket, &error));
      g_assert_error (error, domain, code);
      g_assert_cmpstr (error->message, !=, "");
      g_assert_false (operations[i].call (socket, NULL));
    }
}

static void
test_closed (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_XSUB,
                                                              ZMQG_TEST_INPROC, NULL);
  g_autoptr (GMainContext) own = NULL;
  g_auto (GStrv) bindings = NULL;

  g_test_summary ("A closed socket answers every call with an error");

  zmqg_socket_close (socket);
  assert_all_fail (socket, G_IO_ERROR, G_IO_ERROR_CLOSED, TRUE);
  g_assert_null (zmqg_socket_get_handle (socket));
  bindings = zmqg_socket_list_bindings (socket);
  g_assert_cmpuint (g_strv_length (bindings), ==, 0);

  zmqg_test_run_until_idle (NULL);
  assert_all_fail (socket, G_IO_ERROR, G_IO_ERROR_CLOSED, TRUE);
  zmqg_socket_close (socket);
}

static void
test_not_opened (void)
{
  g_autoptr (ZmqgContext) context = g_object_new (ZMQG_TYPE_CONTEXT, "max-sockets", 1, NULL);
  g_autoptr (ZmqgSocket) first = g_object_new (ZMQG_TYPE_SOCKET, "context", context, NULL);
  g_autoptr (ZmqgSocket) second = g_object_new (ZMQG_TYPE_SOCKET, "context", context, NULL);
  g_autoptr (GError) error = NULL;

  g_test_summary ("A socket that could not be opened says why at each call");

  g_assert_true (g_initable_init (G_INITABLE (first), NULL, &error));
  g_assert_no_error (error);
  assert_all_fail (second, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES, TRUE);
  g_assert_null (zmqg_socket_get_handle (second));
  zmqg_socket_close (second);
}

typedef struct
{
  GMainContext *main_context;
  GAsyncQueue *answers;
  GAsyncQueue *requests;
} Holder;

static gpointer
hold_context (gpointer data)
{
  Holder *holder = data;

  g_assert_true (g_main_context_acquire (holder->main_context));
  g_async_queue_push (holder->answers, holder);
  g_async_queue_pop (holder->requests);
  g_main_context_release (holder->main_context);

  return NULL;
}

static void
test_wrong_thread (void)
{
  g_autoptr (GMainContext) main_context = g_main_context_new ();
  g_autoptr (GAsyncQueue) answers = g_async_queue_new ();
  g_autoptr (GAsyncQueue) requests = g_async_queue_new ();
  Holder holder = { main_context, answers, requests };
  g_autoptr (ZmqgSocket) socket = g_object_new (ZMQG_TYPE_SOCKET, "main-context", main_context,
                                                "socket-type", ZMQG_SOCKET_TYPE_XSUB, NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) bindings = NULL;
  GThread *thread;

  g_test_summary ("While another thread holds the main context, calls change nothing and say so");

  /* Nobody runs the context: this thread may do anything */
  g_assert_true (zmqg_socket_bind (socket, "inproc://held", &error));
  g_assert_no_error (error);

  thread = g_thread_new ("holder", hold_context, &holder);
  g_async_queue_pop (answers);
  assert_all_fail (socket, ZMQG_ERROR, ZMQG_ERROR_WRONG_CONTEXT, FALSE);
  bindings = zmqg_socket_list_bindings (socket);
  g_assert_cmpuint (g_strv_length (bindings), ==, 1);
  g_assert_cmpint (zmqg_test_get_number (socket, "linger"), ==, 1000);
  g_assert_cmpint (zmqg_socket_get_socket_type (socket), ==, ZMQG_SOCKET_TYPE_XSUB);
  g_assert_true (zmqg_socket_send_string (socket, "\1prefix", &error));
  g_assert_no_error (error);

  g_async_queue_push (requests, &holder);
  g_thread_join (thread);
  g_assert_true (zmqg_socket_unbind (socket, "inproc://held", &error));
  g_assert_no_error (error);
}

static void
test_req_twice (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *data = NULL;
  gsize length;
  g_auto (ZmqgTestPair) pair = { NULL };

  g_test_summary ("REQ and REP take turns: out of turn is an error, and nothing is lost");

  zmqg_test_pair_init (&pair, ZMQG_TEST_INPROC, ZMQG_SOCKET_TYPE_REP, ZMQG_SOCKET_TYPE_REQ);
  g_assert_null (zmqg_socket_try_receive (pair.connected, &error));
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_STATE);
  g_clear_error (&error);
  g_assert_false (zmqg_socket_send_string (pair.bound, "unasked", &error));
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_STATE);
  g_clear_error (&error);

  g_assert_true (zmqg_socket_send_string (pair.connected, "question", &error));
  g_assert_no_error (error);
  g_assert_false (zmqg_socket_send_string (pair.connected, "another", &error));
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_STATE);
  g_clear_error (&error);

  data = zmqg_socket_try_receive_data (pair.bound, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (data, length, "question", 8);
  g_assert_null (zmqg_socket_try_receive (pair.bound, &error));
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_STATE);
  g_clear_error (&error);
  g_assert_true (zmqg_socket_send_string (pair.bound, "answer", &error));
  g_assert_no_error (error);
  g_clear_pointer (&data, g_free);
  data = zmqg_socket_try_receive_data (pair.connected, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (data, length, "answer", 6);
}

static void
test_one_way (void)
{
  static const ZmqgSocketType senders[] = { ZMQG_SOCKET_TYPE_PUB, ZMQG_SOCKET_TYPE_PUSH };
  static const ZmqgSocketType receivers[] = { ZMQG_SOCKET_TYPE_SUB, ZMQG_SOCKET_TYPE_PULL };

  g_test_summary ("What a type cannot do at all is not supported");

  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    {
      g_autoptr (ZmqgSocket) sender = zmqg_test_socket_new (senders[i]);
      g_autoptr (ZmqgSocket) receiver = zmqg_test_socket_new (receivers[i]);
      g_autoptr (GError) error = NULL;
      gsize length;

      g_assert_false (zmqg_socket_send_string (receiver, "text", &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
      g_clear_error (&error);
      g_assert_null (zmqg_socket_try_receive (sender, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
      g_clear_error (&error);
      g_assert_null (zmqg_socket_try_receive_data (sender, &length, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
      g_clear_error (&error);
      g_assert_null (zmqg_socket_receive_many (sender, 1, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    }

  for (int type = ZMQG_SOCKET_TYPE_PAIR; type <= ZMQG_SOCKET_TYPE_STREAM; type++)
    {
      g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (type);
      g_autoptr (GError) error = NULL;
      gboolean can = type == ZMQG_SOCKET_TYPE_SUB || type == ZMQG_SOCKET_TYPE_XSUB;

      g_assert_cmpint (zmqg_socket_subscribe (socket, "prefix", &error), ==, can);
      /* An XPUB could, were it told to by an option */
      if (type == ZMQG_SOCKET_TYPE_XPUB)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      else if (!can)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    }
}

static void
test_unknown_peer (void)
{
  g_autoptr (ZmqgSocket) router = g_object_new (ZMQG_TYPE_SOCKET,
                                                "socket-type", ZMQG_SOCKET_TYPE_ROUTER,
                                                "router-mandatory", TRUE, NULL);
  static const char * const frames[] = { "nobody", "text", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_false (zmqg_socket_send_strv (router, frames, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE);
}

static void
test_second_bind (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) first = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL,
                                                             GPOINTER_TO_INT (data), &endpoint);
  g_autoptr (ZmqgSocket) second = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) bindings = NULL;

  g_test_summary ("A port has one owner");

  g_assert_false (zmqg_socket_bind (second, endpoint, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_nonnull (strstr (error->message, endpoint));
  g_clear_error (&error);
  g_assert_false (zmqg_socket_bind (first, endpoint, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);

  bindings = zmqg_socket_list_bindings (first);
  g_assert_cmpuint (g_strv_length (bindings), ==, 1);
}

/* libzmq has these in its library although it was built without them, and ends the process when
 * some of them are used */
static void
child_draft_types (void)
{
  static const int types[] = { 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 99, -1, G_MAXINT, G_MININT };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ZmqgSocket) socket = zmqg_socket_new ((ZmqgSocketType) types[i], &error);
      g_autofree char *number = g_strdup_printf ("%d", types[i]);

      g_assert_null (socket);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
      g_assert_nonnull (strstr (error->message, number));
      g_assert_null (zmqg_socket_new ((ZmqgSocketType) types[i], NULL));
    }
}

static void
test_draft_types (void)
{
  g_test_trap_subprocess ("/bad-input/draft-types/subprocess", 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/bad-input/closed", test_closed);
  g_test_add_func ("/bad-input/not-opened", test_not_opened);
  g_test_add_func ("/bad-input/wrong-thread", test_wrong_thread);
  g_test_add_func ("/bad-input/req-twice", test_req_twice);
  g_test_add_func ("/bad-input/one-way", test_one_way);
  g_test_add_func ("/bad-input/unknown-peer", test_unknown_peer);
  g_test_add_data_func ("/bad-input/second-bind/tcp", GINT_TO_POINTER (ZMQG_TEST_TCP),
                        test_second_bind);
  g_test_add_data_func ("/bad-input/second-bind/inproc", GINT_TO_POINTER (ZMQG_TEST_INPROC),
                        test_second_bind);
  g_test_add_func ("/bad-input/draft-types", test_draft_types);
  g_test_add_func ("/bad-input/draft-types/subprocess", child_draft_types);

  return g_test_run ();
}
