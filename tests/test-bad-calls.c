/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

/* Programming errors: each is told once, and nothing else happens */

#define EXPECT_CRITICAL(call) \
  G_STMT_START { \
    g_test_expect_message ("ZmqGlib", G_LOG_LEVEL_CRITICAL, "*assertion*failed*"); \
    call; \
    g_test_assert_expected_messages (); \
  } G_STMT_END

#define EXPECT_REFUSAL(call) EXPECT_CRITICAL (g_assert_false (call))
#define EXPECT_NULL(call) EXPECT_CRITICAL (g_assert_null (call))

static void
test_message_null (void)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("text");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  gsize length;

  EXPECT_NULL (zmqg_message_new_string (NULL));
  EXPECT_NULL (zmqg_message_new_bytes (NULL));
  EXPECT_NULL (zmqg_message_new_data (NULL, 1));
  EXPECT_NULL (zmqg_message_new_strv (NULL));
  EXPECT_NULL (zmqg_message_new_variant (NULL));
  EXPECT_NULL (zmqg_message_copy (NULL));
  EXPECT_NULL (zmqg_message_ref (NULL));
  EXPECT_CRITICAL (zmqg_message_unref (NULL));

  EXPECT_CRITICAL (zmqg_message_append_bytes (NULL, bytes));
  EXPECT_CRITICAL (zmqg_message_append_bytes (message, NULL));
  EXPECT_CRITICAL (zmqg_message_append_data (NULL, (const guint8 *) "x", 1));
  EXPECT_CRITICAL (zmqg_message_append_data (message, NULL, 1));
  EXPECT_CRITICAL (zmqg_message_append_string (NULL, "x"));
  EXPECT_CRITICAL (zmqg_message_append_string (message, NULL));
  EXPECT_CRITICAL (zmqg_message_append_variant (message, NULL));
  EXPECT_CRITICAL (zmqg_message_prepend_bytes (NULL, bytes));
  EXPECT_CRITICAL (zmqg_message_prepend_bytes (message, NULL));

  EXPECT_CRITICAL (g_assert_cmpuint (zmqg_message_get_n_frames (NULL), ==, 0));
  EXPECT_CRITICAL (g_assert_cmpuint (zmqg_message_get_size (NULL), ==, 0));
  EXPECT_NULL (zmqg_message_get_frame (NULL, 0));
  EXPECT_NULL (zmqg_message_peek_frame (NULL, 0, &length));
  EXPECT_NULL (zmqg_message_get_string (NULL, 0, NULL));
  EXPECT_NULL (zmqg_message_get_variant (NULL, 0, NULL, NULL));
  EXPECT_NULL (zmqg_message_to_strv (NULL, NULL));
  EXPECT_NULL (zmqg_message_get_metadata (NULL, "key"));
  EXPECT_NULL (zmqg_message_get_metadata (message, NULL));

  g_assert_cmpuint (zmqg_message_get_n_frames (message), ==, 1);
}

static void
test_context_null (void)
{
  EXPECT_NULL (zmqg_context_list_sockets (NULL));
  EXPECT_NULL (zmqg_context_get_handle (NULL));
  EXPECT_CRITICAL (g_assert_cmpuint (zmqg_context_get_n_sockets (NULL), ==, 0));
  EXPECT_REFUSAL (zmqg_has_capability (NULL));
}

static void
test_socket_null_self (void)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("text");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  const char * const frames[] = { "x", NULL };
  gint64 value;
  gsize length;

  EXPECT_REFUSAL (zmqg_socket_bind (NULL, "inproc://x", NULL));
  EXPECT_REFUSAL (zmqg_socket_connect_to (NULL, "inproc://x", NULL));
  EXPECT_REFUSAL (zmqg_socket_unbind (NULL, "inproc://x", NULL));
  EXPECT_REFUSAL (zmqg_socket_disconnect_from (NULL, "inproc://x", NULL));
  EXPECT_NULL (zmqg_socket_list_bindings (NULL));
  EXPECT_NULL (zmqg_socket_list_connections (NULL));
  EXPECT_NULL (zmqg_socket_list_subscriptions (NULL));
  EXPECT_REFUSAL (zmqg_socket_subscribe (NULL, "x", NULL));
  EXPECT_REFUSAL (zmqg_socket_subscribe_bytes (NULL, bytes, NULL));
  EXPECT_REFUSAL (zmqg_socket_unsubscribe (NULL, "x", NULL));
  EXPECT_REFUSAL (zmqg_socket_unsubscribe_bytes (NULL, bytes, NULL));
  EXPECT_REFUSAL (zmqg_socket_send (NULL, message, NULL));
  EXPECT_REFUSAL (zmqg_socket_send_string (NULL, "x", NULL));
  EXPECT_REFUSAL (zmqg_socket_send_bytes (NULL, bytes, NULL));
  EXPECT_REFUSAL (zmqg_socket_send_data (NULL, (const guint8 *) "x", 1, NULL));
  EXPECT_REFUSAL (zmqg_socket_send_strv (NULL, frames, NULL));
  EXPECT_NULL (zmqg_socket_try_receive (NULL, NULL));
  EXPECT_NULL (zmqg_socket_try_receive_data (NULL, &length, NULL));
  EXPECT_NULL (zmqg_socket_receive_many (NULL, 1, NULL));
  EXPECT_CRITICAL (zmqg_socket_set_message_func (NULL, NULL, NULL, NULL));
  EXPECT_CRITICAL (g_assert_cmpint (zmqg_socket_condition_check (NULL, G_IO_IN), ==, 0));
  EXPECT_NULL (zmqg_socket_create_source (NULL, G_IO_IN, NULL));
  EXPECT_CRITICAL (zmqg_socket_close (NULL));
  EXPECT_CRITICAL (zmqg_socket_is_closed (NULL));
  EXPECT_REFUSAL (zmqg_socket_set_option_int (NULL, 17, 0, NULL));
  EXPECT_REFUSAL (zmqg_socket_set_option_string (NULL, 5, "x", NULL));
  EXPECT_REFUSAL (zmqg_socket_set_option_bytes (NULL, 5, bytes, NULL));
  EXPECT_REFUSAL (zmqg_socket_get_option_int (NULL, 17, &value, NULL));
  EXPECT_NULL (zmqg_socket_get_option_string (NULL, 5, NULL));
  EXPECT_NULL (zmqg_socket_get_option_bytes (NULL, 5, NULL));
  EXPECT_NULL (zmqg_socket_get_context (NULL));
  EXPECT_CRITICAL (zmqg_socket_get_socket_type (NULL));
  EXPECT_NULL (zmqg_socket_get_main_context (NULL));
  EXPECT_NULL (zmqg_socket_dup_last_endpoint (NULL));
  EXPECT_NULL (zmqg_socket_get_statistics (NULL));
  EXPECT_NULL (zmqg_socket_get_handle (NULL));
}

static void
test_socket_null_argument (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_XSUB);

  EXPECT_REFUSAL (zmqg_socket_bind (socket, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_connect_to (socket, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_unbind (socket, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_disconnect_from (socket, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_subscribe (socket, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_subscribe_bytes (socket, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_unsubscribe (socket, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_unsubscribe_bytes (socket, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_send (socket, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_send_string (socket, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_send_bytes (socket, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_send_data (socket, NULL, 1, NULL));
  EXPECT_REFUSAL (zmqg_socket_send_strv (socket, NULL, NULL));
  EXPECT_NULL (zmqg_socket_try_receive_data (socket, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_set_option_string (socket, 5, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_set_option_bytes (socket, 5, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_get_option_int (socket, 17, NULL, NULL));

  g_assert_cmpint (zmqg_test_get_number (socket, "closed"), ==, FALSE);
}

static void
test_not_a_socket (void)
{
  g_autoptr (GObject) object = g_object_new (G_TYPE_OBJECT, NULL);
  ZmqgSocket *socket = (ZmqgSocket *) object;
  ZmqgContext *context = (ZmqgContext *) object;

  EXPECT_REFUSAL (zmqg_socket_bind (socket, "inproc://x", NULL));
  EXPECT_REFUSAL (zmqg_socket_send_string (socket, "x", NULL));
  EXPECT_NULL (zmqg_socket_try_receive (socket, NULL));
  EXPECT_CRITICAL (zmqg_socket_close (socket));
  EXPECT_NULL (zmqg_context_list_sockets (context));
  EXPECT_NULL (zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PAIR, NULL));
}

static void
test_error_already_set (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_XSUB);
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("text");
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "earlier");
  gsize length;

  g_test_summary ("An error that was set before is not written over");

  EXPECT_NULL (zmqg_socket_new (ZMQG_SOCKET_TYPE_PAIR, &error));
  EXPECT_REFUSAL (zmqg_socket_bind (socket, "nonsense", &error));
  EXPECT_REFUSAL (zmqg_socket_connect_to (socket, "nonsense", &error));
  EXPECT_REFUSAL (zmqg_socket_subscribe (socket, "x", &error));
  EXPECT_REFUSAL (zmqg_socket_send (socket, message, &error));
  EXPECT_NULL (zmqg_socket_try_receive (socket, &error));
  EXPECT_NULL (zmqg_socket_try_receive_data (socket, &length, &error));
  EXPECT_NULL (zmqg_message_get_string (message, 1, &error));
  g_assert_cmpstr (error->message, ==, "earlier");
}

/* libzmq ends the process for these; nothing of them may reach it */
static void
child_abort_in_libzmq (void)
{
  g_autoptr (ZmqgSocket) pair = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PAIR);
  g_autoptr (ZmqgSocket) sub = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_SUB);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

  EXPECT_REFUSAL (zmqg_socket_bind (pair, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_connect_to (pair, NULL, NULL));
  EXPECT_REFUSAL (zmqg_socket_subscribe (sub, NULL, NULL));
  g_assert_true (zmqg_socket_subscribe_bytes (sub, nothing, &error));
  g_assert_no_error (error);
  g_assert_true (zmqg_socket_set_option_bytes (sub, 6, nothing, &error));
  g_assert_no_error (error);
  g_assert_false (zmqg_socket_bind (pair, "inproc://zeromq.zap.01", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  zmqg_socket_connect_to (pair, "pgm://eth9;239.192.1.1:5555", &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

static void
test_abort_in_libzmq (void)
{
  g_test_trap_subprocess ("/bad-calls/abort-in-libzmq/subprocess", 0,
                          G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/bad-calls/message-null", test_message_null);
  g_test_add_func ("/bad-calls/context-null", test_context_null);
  g_test_add_func ("/bad-calls/socket-null-self", test_socket_null_self);
  g_test_add_func ("/bad-calls/socket-null-argument", test_socket_null_argument);
  g_test_add_func ("/bad-calls/not-a-socket", test_not_a_socket);
  g_test_add_func ("/bad-calls/error-already-set", test_error_already_set);
  g_test_add_func ("/bad-calls/abort-in-libzmq", test_abort_in_libzmq);
  g_test_add_func ("/bad-calls/abort-in-libzmq/subprocess", child_abort_in_libzmq);

  return g_test_run ();
}
