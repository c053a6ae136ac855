/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

typedef struct
{
  ZmqgSocket *socket;
  const char *free;
  GQuark domain;
  int code;
  gboolean done;
} Call;

static void
check_call (const char *name,
            Call       *call,
            gboolean    succeeded,
            GError     *error)
{
  g_autoptr (GError) owned = error;

  g_test_message ("%s: %s", name, error != NULL ? error->message : "succeeded");
  g_assert_true (succeeded == (call->domain == 0));
  if (!succeeded)
    g_assert_error (owned, call->domain, call->code);
}

#define CHECK_CALL(function, ...) \
  G_STMT_START { \
    GError *call_error = NULL; \
    gboolean succeeded = !!function (call->socket, __VA_ARGS__, &call_error); \
    check_call (#function, call, succeeded, call_error); \
  } G_STMT_END

static gpointer
call_thread (gpointer data)
{
  Call *call = data;
  g_autoptr (GBytes) prefix = g_bytes_new_static ("b", 1);
  gint64 value = 0;

  CHECK_CALL (zmqg_socket_bind, call->free);
  CHECK_CALL (zmqg_socket_unbind, call->free);
  CHECK_CALL (zmqg_socket_connect_to, call->free);
  CHECK_CALL (zmqg_socket_disconnect_from, call->free);
  CHECK_CALL (zmqg_socket_subscribe, "a");
  CHECK_CALL (zmqg_socket_subscribe_bytes, prefix);
  CHECK_CALL (zmqg_socket_unsubscribe_bytes, prefix);
  CHECK_CALL (zmqg_socket_unsubscribe, "a");
  CHECK_CALL (zmqg_socket_set_option_int, ZMQ_LINGER, 77);
  CHECK_CALL (zmqg_socket_get_option_int, ZMQ_LINGER, &value);

  return NULL;
}

static gpointer
receive_thread (gpointer data)
{
  ZmqgSocket *socket = data;
  g_autoptr (GError) error = NULL, many_error = NULL, data_error = NULL;
  gsize length;

  g_assert_null (zmqg_socket_try_receive (socket, &error));
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_WRONG_CONTEXT);
  g_assert_null (zmqg_socket_receive_many (socket, 10, &many_error));
  g_assert_error (many_error, ZMQG_ERROR, ZMQG_ERROR_WRONG_CONTEXT);
  g_assert_null (zmqg_socket_try_receive_data (socket, &length, &data_error));
  g_assert_error (data_error, ZMQG_ERROR, ZMQG_ERROR_WRONG_CONTEXT);

  return NULL;
}

static gpointer
read_thread (gpointer data)
{
  ZmqgSocket *socket = data;
  guint n_properties;
  g_autofree GParamSpec **pspecs = NULL;
  g_auto (GStrv) bindings = zmqg_socket_list_bindings (socket);

  g_assert_cmpuint (g_strv_length (bindings), ==, 1);
  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (socket), &n_properties);
  for (guint i = 0; i < n_properties; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      if ((pspecs[i]->flags & G_PARAM_READABLE) != 0)
        g_object_get_property (G_OBJECT (socket), pspecs[i]->name, &value);
    }

  return NULL;
}

static gboolean
run_threads_cb (gpointer user_data)
{
  Call *call = user_data;

  g_thread_join (g_thread_new ("call", call_thread, call));
  g_thread_join (g_thread_new ("receive", receive_thread, call->socket));
  g_thread_join (g_thread_new ("read", read_thread, call->socket));
  call->done = TRUE;

  return G_SOURCE_REMOVE;
}

static void
count_cb (ZmqgSocket  *socket,
          ZmqgMessage *message,
          guint       *count)
{
  (*count)++;
}

/* While this thread is in a dispatch the socket is its own */
static void
test_wrong_thread (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autofree char *other = zmqg_test_transport_get_free (ZMQG_TEST_INPROC);
  g_autoptr (ZmqgTestPeer) peer = NULL;
  g_auto (GStrv) subscriptions = NULL;
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_SUB);
  Call call = { socket, other, ZMQG_ERROR, ZMQG_ERROR_WRONG_CONTEXT, FALSE };
  guint n_messages = 0;

  zmqg_test_bind_free (socket, GPOINTER_TO_INT (data), &endpoint);
  g_idle_add (run_threads_cb, &call);
  zmqg_test_wait_for (call.done);
  subscriptions = zmqg_socket_list_subscriptions (socket);
  g_assert_cmpuint (g_strv_length (subscriptions), ==, 0);
  g_assert_cmpint (zmqg_test_get_number (socket, "linger"), !=, 77);

  g_assert_true (zmqg_socket_subscribe (socket, "", NULL));
  g_signal_connect (socket, "message-received", G_CALLBACK (count_cb), &n_messages);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PUB, -1, 0, zmqg_test_peer_flood);
  zmqg_test_wait_for (n_messages > 0);
  zmqg_test_release (socket);
}

/* Nobody runs the main context: any thread may take it, and the socket with it */
static void
test_idle_context (void)
{
  g_autofree char *other = zmqg_test_transport_get_free (ZMQG_TEST_INPROC);
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_SUB);
  Call call = { socket, other, 0, 0, FALSE };

  g_thread_join (g_thread_new ("call", call_thread, &call));
  g_assert_cmpint (zmqg_test_get_number (socket, "linger"), ==, 77);
  zmqg_test_release (socket);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/owner/wrong-context", test_wrong_thread);
  g_test_add_func ("/owner/idle-context", test_idle_context);

  return g_test_run ();
}
