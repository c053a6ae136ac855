/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <string.h>
#include <unistd.h>
#include <zmq.h>

static void
count_notify_cb (GObject    *object,
                 GParamSpec *pspec,
                 int        *n_notified)
{
  (*n_notified)++;
}

static void
collect_cb (ZmqgSocket  *socket,
            ZmqgMessage *message,
            GPtrArray   *messages)
{
  g_ptr_array_add (messages, zmqg_message_ref (message));
}

static GPtrArray *
collect (ZmqgSocket *socket)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_message_unref);

  g_signal_connect (socket, "message-received", G_CALLBACK (collect_cb), messages);

  return messages;
}

static void
assert_text (ZmqgMessage *message,
             guint        frame,
             const char  *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = zmqg_message_get_string (message, frame, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_types (void)
{
  for (int type = ZMQG_SOCKET_TYPE_PAIR; type <= ZMQG_SOCKET_TYPE_STREAM; type++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ZmqgSocket) socket = zmqg_socket_new (type, &error);
      g_autoptr (ZmqgSocket) plain = NULL;
      gint64 found = -1;

      g_assert_no_error (error);
      g_assert_cmpint (zmqg_socket_get_socket_type (socket), ==, type);
      g_assert_cmpint (zmqg_test_get_number (socket, "closed"), ==, FALSE);

      /* What bindings do */
      plain = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", type, NULL);
      g_assert_true (zmqg_socket_get_option_int (plain, ZMQ_TYPE, &found, &error));
      g_assert_no_error (error);
      g_assert_cmpint (found, ==, type);
      g_assert_true (g_initable_init (G_INITABLE (plain), NULL, &error));
      g_assert_no_error (error);
    }
}

static void
test_construct_properties (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (GMainContext) main_context = g_main_context_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgSocket) socket = g_initable_new (ZMQG_TYPE_SOCKET, NULL, &error,
                                                  "context", context,
                                                  "main-context", main_context,
                                                  "socket-type", ZMQG_SOCKET_TYPE_DEALER,
                                                  "linger", 0,
                                                  "send-queue-limit", 5,
                                                  NULL);

  g_assert_no_error (error);
  g_assert_true (zmqg_socket_get_context (socket) == context);
  g_assert_true (zmqg_socket_get_main_context (socket) == main_context);
  g_assert_cmpint (zmqg_socket_get_socket_type (socket), ==, ZMQG_SOCKET_TYPE_DEALER);
  g_assert_cmpint (zmqg_test_get_number (socket, "linger"), ==, 0);
  g_assert_cmpint (zmqg_test_get_number (socket, "send-queue-limit"), ==, 5);
}

static void
test_main_context (void)
{
  g_autoptr (GMainContext) own = g_main_context_new ();
  g_autoptr (ZmqgSocket) usual = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PAIR);
  g_autoptr (ZmqgSocket) there = NULL;

  g_test_summary ("A socket belongs to the thread-default main context");

  g_assert_true (zmqg_socket_get_main_context (usual) == g_main_context_default ());

  g_main_context_push_thread_default (own);
  there = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PAIR);
  g_assert_true (zmqg_socket_get_main_context (there) == own);
  g_main_context_pop_thread_default (own);
}

static void
test_declarative (void)
{
  const char * const bind_to[] = { "inproc://declared-1", "inproc://declared-2", NULL };
  const char * const connect_to[] = { "inproc://declared-2", NULL };
  const char * const prefixes[] = { "a", "b", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgSocket) xpub = g_initable_new (ZMQG_TYPE_SOCKET, NULL, &error,
                                                "socket-type", ZMQG_SOCKET_TYPE_XPUB,
                                                "bind-endpoints", bind_to, NULL);
  g_autoptr (ZmqgSocket) sub = g_object_new (ZMQG_TYPE_SOCKET,
                                             "subscriptions", prefixes,
                                             "connect-endpoints", connect_to,
                                             "socket-type", ZMQG_SOCKET_TYPE_SUB, NULL);
  g_autoptr (GPtrArray) subscribed = collect (xpub);
  g_autoptr (GPtrArray) received = collect (sub);
  g_auto (GStrv) bindings = zmqg_socket_list_bindings (xpub);
  g_auto (GStrv) connections = zmqg_socket_list_connections (sub);
  g_auto (GStrv) subscriptions = NULL;

  g_test_summary ("A socket is built whole by one constructor call, in any order of properties");

  g_assert_no_error (error);
  g_assert_true (g_strv_equal ((const char * const *) bindings, bind_to));
  g_assert_true (g_strv_equal ((const char * const *) connections, connect_to));
  g_object_get (sub, "subscriptions", &subscriptions, NULL);
  g_assert_true (g_strv_equal ((const char * const *) subscriptions, prefixes));

  zmqg_test_wait_for (subscribed->len == 2);
  zmqg_socket_send_string (xpub, "a text", &error);
  zmqg_socket_send_string (xpub, "c text", &error);
  zmqg_socket_send_string (xpub, "b text", &error);
  g_assert_no_error (error);
  zmqg_test_wait_for (received->len == 2);
  assert_text (received->pdata[0], 0, "a text");
  assert_text (received->pdata[1], 0, "b text");

  zmqg_test_release (g_steal_pointer (&sub));
  zmqg_test_release (g_steal_pointer (&xpub));
}

static void
test_bind (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *none = zmqg_socket_dup_last_endpoint (socket);
  g_autofree char *last = NULL;
  g_autofree char *property = NULL;
  g_auto (GStrv) bindings = NULL;
  g_auto (GStrv) left = NULL;
  int n_notified = 0;

  g_test_summary ("Lists give endpoints one can connect to");

  g_assert_true (none == NULL || *none == '\0');
  g_signal_connect (socket, "notify::last-endpoint", G_CALLBACK (count_notify_cb), &n_notified);
  zmqg_socket_bind (socket, "tcp://127.0.0.1:*", &error);
  g_assert_no_error (error);
  zmqg_socket_bind (socket, "ipc://*", &error);
  g_assert_no_error (error);
  zmqg_socket_bind (socket, "inproc://bound", &error);
  g_assert_no_error (error);
  zmqg_test_wait_for (n_notified > 0);

  bindings = zmqg_socket_list_bindings (socket);
  g_assert_cmpuint (g_strv_length (bindings), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_null (strchr (bindings[i], '*'));
  g_assert_true (g_str_has_prefix (bindings[0], "tcp://127.0.0.1:"));
  g_assert_true (g_str_has_prefix (bindings[1], "ipc://"));
  g_assert_cmpstr (bindings[2], ==, "inproc://bound");

  last = zmqg_socket_dup_last_endpoint (socket);
  g_object_get (socket, "last-endpoint", &property, NULL);
  g_assert_cmpstr (last, ==, "inproc://bound");
  g_assert_cmpstr (property, ==, last);

  for (guint i = 0; i < 3; i++)
    {
      zmqg_socket_unbind (socket, bindings[i], &error);
      g_assert_no_error (error);
      g_assert_false (zmqg_socket_unbind (socket, bindings[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      g_clear_error (&error);
    }
  left = zmqg_socket_list_bindings (socket);
  g_assert_cmpuint (g_strv_length (left), ==, 0);
}

static void
test_unbind_frees_the_port (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) bindings = NULL;
  g_auto (GStrv) left = NULL;
  g_autoptr (ZmqgSocket) next = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);

  g_test_summary ("After unbind the port is free for others");

  zmqg_socket_bind (socket, "tcp://127.0.0.1:*", &error);
  g_assert_no_error (error);
  bindings = zmqg_socket_list_bindings (socket);
  g_assert_false (zmqg_socket_bind (next, bindings[0], &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);

  zmqg_socket_unbind (socket, bindings[0], &error);
  g_assert_no_error (error);
  left = zmqg_socket_list_bindings (socket);
  g_assert_cmpuint (g_strv_length (left), ==, 0);
  /* The I/O thread closes the listener in its own time */
  zmqg_test_poll_for (zmqg_socket_bind (next, bindings[0], NULL));
}

static void
test_connect (gconstpointer data)
{
  g_autoptr (ZmqgSocket) other = NULL;
  g_autofree char *elsewhere = NULL;
  g_autoptr (GPtrArray) received = NULL;
  g_autoptr (GPtrArray) received_other = NULL;
  g_auto (GStrv) connections = NULL;
  g_auto (GStrv) left = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ZmqgTestPair) pair = { NULL };

  g_test_summary ("Messages go where the socket is connected to, and no more after disconnecting");

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  other = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data), &elsewhere);
  received = collect (pair.bound);
  received_other = collect (other);

  zmqg_socket_connect_to (pair.connected, elsewhere, &error);
  g_assert_no_error (error);
  connections = zmqg_socket_list_connections (pair.connected);
  g_assert_cmpuint (g_strv_length (connections), ==, 2);
  g_assert_cmpstr (connections[0], ==, pair.endpoint);
  g_assert_cmpstr (connections[1], ==, elsewhere);

  for (guint i = 0; i < 10; i++)
    zmqg_test_send_number (pair.connected, i);
  zmqg_test_wait_for (received->len + received_other->len == 10);

  zmqg_socket_disconnect_from (pair.connected, pair.endpoint, &error);
  g_assert_no_error (error);
  left = zmqg_socket_list_connections (pair.connected);
  g_assert_cmpuint (g_strv_length (left), ==, 1);
  g_assert_cmpstr (left[0], ==, elsewhere);
  g_assert_false (zmqg_socket_disconnect_from (pair.connected, pair.endpoint, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  g_ptr_array_set_size (received, 0);
  g_ptr_array_set_size (received_other, 0);
  for (guint i = 0; i < 10; i++)
    zmqg_test_send_number (pair.connected, i);
  zmqg_test_wait_for (received_other->len == 10);
  g_assert_cmpuint (received->len, ==, 0);
  zmqg_test_release (g_steal_pointer (&other));
}

/* A port nobody listens at: made with no listener that might accept somebody yet */
static guint16
find_free_port (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, &error);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) own = NULL;

  g_assert_no_error (error);
  g_assert_true (g_socket_bind (socket, any, FALSE, &error));
  own = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (own));
}

static char *
find_free_endpoint (ZmqgTestTransport transport)
{
  if (transport == ZMQG_TEST_TCP)
    return g_strdup_printf ("tcp://127.0.0.1:%u", find_free_port ());
  if (transport == ZMQG_TEST_IPC)
    return g_strdup_printf ("ipc://@zmqg-test-%d-%u", getpid (), g_test_rand_int ());

  return zmqg_test_transport_get_free (transport);
}

static void
test_connect_before_bind (gconstpointer data)
{
  g_autofree char *endpoint = find_free_endpoint (GPOINTER_TO_INT (data));
  g_autoptr (GPtrArray) received = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgSocket) push = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, endpoint);
  g_autoptr (ZmqgSocket) pull = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);

  g_test_summary ("What is sent before anybody listens arrives once somebody does");

  zmqg_socket_send_string (push, "early", &error);
  g_assert_no_error (error);
  received = collect (pull);
  zmqg_socket_bind (pull, endpoint, &error);
  g_assert_no_error (error);
  zmqg_test_wait_for (received->len == 1);
  assert_text (received->pdata[0], 0, "early");
}

static void
test_endpoint_properties (void)
{
  const char * const first[] = { "inproc://set-1", "inproc://set-2", NULL };
  const char * const second[] = { "inproc://set-2", "inproc://set-3", NULL };
  const char * const none[] = { NULL };
  g_autoptr (ZmqgSocket) pull = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (ZmqgSocket) push = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  g_auto (GStrv) bindings = NULL;
  g_auto (GStrv) connections = NULL;
  g_auto (GStrv) unbound = NULL;

  g_test_summary ("Setting the lists later binds what is new and unbinds what is gone");

  g_object_set (pull, "bind-endpoints", first, NULL);
  g_object_set (pull, "bind-endpoints", second, NULL);
  g_object_get (pull, "bind-endpoints", &bindings, NULL);
  g_assert_true (g_strv_equal ((const char * const *) bindings, second));

  g_object_set (push, "connect-endpoints", first, NULL);
  g_object_set (push, "connect-endpoints", second, NULL);
  g_object_get (push, "connect-endpoints", &connections, NULL);
  g_assert_true (g_strv_equal ((const char * const *) connections, second));

  g_object_set (pull, "bind-endpoints", none, NULL);
  unbound = zmqg_socket_list_bindings (pull);
  g_assert_cmpuint (g_strv_length (unbound), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/socket/types", test_types);
  g_test_add_func ("/socket/construct-properties", test_construct_properties);
  g_test_add_func ("/socket/main-context", test_main_context);
  g_test_add_func ("/socket/declarative", test_declarative);
  g_test_add_func ("/socket/bind", test_bind);
  g_test_add_func ("/socket/unbind-frees-the-port", test_unbind_frees_the_port);
  zmqg_test_add_transports ("/socket/connect", test_connect);
  zmqg_test_add_transports ("/socket/connect-before-bind", test_connect_before_bind);
  g_test_add_func ("/socket/endpoint-properties", test_endpoint_properties);

  return g_test_run ();
}
