/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <string.h>

static void
collect_cb (ZmqgSocket  *socket,
            ZmqgMessage *message,
            GPtrArray   *messages)
{
  g_ptr_array_add (messages, zmqg_message_ref (message));
}

static void
collect_many_cb (ZmqgSocket *socket,
                 GPtrArray  *arrived,
                 GPtrArray  *messages)
{
  g_assert_cmpuint (arrived->len, >, 0);
  for (guint i = 0; i < arrived->len; i++)
    g_ptr_array_add (messages, zmqg_message_ref (arrived->pdata[i]));
}

static GPtrArray *
collect_from (ZmqgSocket *socket,
              const char *signal_name,
              GCallback   callback)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_message_unref);

  g_signal_connect (socket, signal_name, callback, messages);

  return messages;
}

static GPtrArray *
collect (ZmqgSocket *socket)
{
  return collect_from (socket, "message-received", G_CALLBACK (collect_cb));
}

static void
assert_data (ZmqgMessage *message,
             const void  *expected,
             gsize        expected_length)
{
  gsize length;
  const guint8 *data = zmqg_message_peek_frame (message, 0, &length);

  g_assert_cmpuint (zmqg_message_get_n_frames (message), ==, 1);
  g_assert_cmpmem (data, length, expected, expected_length);
}

static void
send_text (ZmqgSocket *socket,
           const char *text)
{
  g_autoptr (GError) error = NULL;

  zmqg_socket_send_string (socket, text, &error);
  g_assert_no_error (error);
}

static void
test_send_forms (gconstpointer data)
{
  static const char * const frames[] = { "one", "", "two", NULL };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("by\0tes", 6);
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("message");
  g_autoptr (GPtrArray) received = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) strv = NULL;
  g_auto (ZmqgTestPair) pair = { NULL };

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  received = collect (pair.bound);

  g_assert_true (zmqg_socket_send_string (pair.connected, "strïng", &error));
  g_assert_true (zmqg_socket_send_bytes (pair.connected, bytes, &error));
  g_assert_true (zmqg_socket_send_data (pair.connected, (const guint8 *) "d\0ta", 4, &error));
  g_assert_true (zmqg_socket_send_data (pair.connected, NULL, 0, &error));
  g_assert_true (zmqg_socket_send (pair.connected, message, &error));
  g_assert_true (zmqg_socket_send (pair.connected, message, &error));
  g_assert_true (zmqg_socket_send_strv (pair.connected, frames, &error));
  g_assert_no_error (error);

  zmqg_test_wait_for (received->len == 7);
  assert_data (received->pdata[0], "strïng", strlen ("strïng"));
  assert_data (received->pdata[1], "by\0tes", 6);
  assert_data (received->pdata[2], "d\0ta", 4);
  assert_data (received->pdata[3], "", 0);
  assert_data (received->pdata[4], "message", 7);
  assert_data (received->pdata[5], "message", 7);
  strv = zmqg_message_to_strv (received->pdata[6], &error);
  g_assert_no_error (error);
  g_assert_true (g_strv_equal ((const char * const *) strv, frames));
}

static void
test_no_frames (void)
{
  static const char * const none[] = { NULL };
  g_autoptr (ZmqgMessage) message = zmqg_message_new ();
  g_autoptr (GError) error = NULL;
  g_auto (ZmqgTestPair) pair = { NULL };

  g_test_summary ("A message without frames is refused");

  zmqg_test_pair_init (&pair, ZMQG_TEST_INPROC, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  g_assert_false (zmqg_socket_send (pair.connected, message, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (zmqg_socket_send_strv (pair.connected, none, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
test_change_after_send (void)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("first");
  g_autoptr (GBytes) head = g_bytes_new_static ("head", 4);
  g_autoptr (GPtrArray) received = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ZmqgTestPair) pair = { NULL };

  g_test_summary ("A message that waits in the queue is sent as it was");

  /* Nobody is connected: bound, a PUSH queues */
  pair.bound = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, ZMQG_TEST_INPROC,
                                           &pair.endpoint);
  zmqg_socket_send (pair.bound, message, &error);
  g_assert_no_error (error);
  g_assert_cmpint (zmqg_test_get_number (pair.bound, "send-queue-length"), ==, 1);
  zmqg_message_append_string (message, "second");
  zmqg_message_prepend_bytes (message, head);
  zmqg_socket_send (pair.bound, message, &error);
  g_assert_no_error (error);
  zmqg_message_append_string (message, "third");

  pair.connected = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PULL, pair.endpoint);
  received = collect (pair.connected);
  zmqg_test_wait_for (received->len == 2);
  assert_data (received->pdata[0], "first", 5);
  g_assert_cmpuint (zmqg_message_get_n_frames (received->pdata[1]), ==, 3);
  g_assert_cmpuint (zmqg_message_get_n_frames (message), ==, 4);
}

static void
test_try_receive (void)
{
  g_autoptr (ZmqgMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ZmqgTestPair) pair = { NULL };

  zmqg_test_pair_init (&pair, ZMQG_TEST_INPROC, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  g_assert_null (zmqg_socket_try_receive (pair.bound, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_assert_null (zmqg_socket_try_receive (pair.bound, NULL));

  send_text (pair.connected, "text");
  message = zmqg_socket_try_receive (pair.bound, &error);
  g_assert_no_error (error);
  assert_data (message, "text", 4);
}

static void
test_try_receive_data (void)
{
  static const char * const frames[] = { "two", "frames", NULL };
  g_autofree guint8 *data = NULL;
  g_autofree guint8 *empty = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 77;
  g_auto (ZmqgTestPair) pair = { NULL };

  zmqg_test_pair_init (&pair, ZMQG_TEST_INPROC, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  g_assert_null (zmqg_socket_try_receive_data (pair.bound, &length, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, 0);

  send_text (pair.connected, "text");
  data = zmqg_socket_try_receive_data (pair.bound, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (data, length, "text", 4);

  g_test_message ("An empty message is not nothing");
  send_text (pair.connected, "");
  empty = zmqg_socket_try_receive_data (pair.bound, &length, &error);
  g_assert_no_error (error);
  g_assert_nonnull (empty);
  g_assert_cmpuint (length, ==, 0);

  zmqg_socket_send_strv (pair.connected, frames, &error);
  g_assert_no_error (error);
  g_assert_null (zmqg_socket_try_receive_data (pair.bound, &length, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
test_receive_many (void)
{
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) some = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ZmqgTestPair) pair = { NULL };

  g_test_summary ("What waits now, in order, and at most so many");

  zmqg_test_pair_init (&pair, ZMQG_TEST_INPROC, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  none = zmqg_socket_receive_many (pair.bound, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);

  for (guint i = 0; i < 25; i++)
    zmqg_test_send_number (pair.connected, i);
  some = zmqg_socket_receive_many (pair.bound, 10, &error);
  g_assert_no_error (error);
  rest = zmqg_socket_receive_many (pair.bound, 1000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (some->len, ==, 10);
  g_assert_cmpuint (rest->len, ==, 15);
  for (guint i = 0; i < 25; i++)
    g_assert_cmpuint (zmqg_test_message_get_number (i < 10 ? some->pdata[i] : rest->pdata[i - 10]),
                      ==, i);
}

static void
test_messages_received (void)
{
  g_autoptr (GPtrArray) received = NULL;
  g_auto (ZmqgTestPair) pair = { NULL };

  g_test_summary ("messages-received gives all of them, in order, in fewer calls");

  zmqg_test_pair_init (&pair, ZMQG_TEST_INPROC, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  received = collect_from (pair.bound, "messages-received", G_CALLBACK (collect_many_cb));
  for (guint i = 0; i < 500; i++)
    zmqg_test_send_number (pair.connected, i);

  zmqg_test_wait_for (received->len == 500);
  for (guint i = 0; i < 500; i++)
    g_assert_cmpuint (zmqg_test_message_get_number (received->pdata[i]), ==, i);
}

typedef struct
{
  GPtrArray *messages;
  int n_destroyed;
} FuncData;

static void
message_func (ZmqgSocket  *socket,
              ZmqgMessage *message,
              gpointer     user_data)
{
  FuncData *data = user_data;

  g_assert_cmpint (data->n_destroyed, ==, 0);
  g_ptr_array_add (data->messages, zmqg_message_ref (message));
}

static void
destroy_func_data (gpointer user_data)
{
  FuncData *data = user_data;

  data->n_destroyed++;
}

static void
test_message_func (void)
{
  g_autoptr (GPtrArray) by_signal = NULL;
  g_autoptr (GPtrArray) by_func = g_ptr_array_new_with_free_func ((GDestroyNotify)
                                                                  zmqg_message_unref);
  FuncData data = { by_func, 0 };
  FuncData next = { by_func, 0 };
  g_auto (ZmqgTestPair) pair = { NULL };

  g_test_summary ("A function takes the place of the signal, until it is taken back");

  zmqg_test_pair_init (&pair, ZMQG_TEST_INPROC, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  by_signal = collect (pair.bound);
  zmqg_socket_set_message_func (pair.bound, message_func, &data, destroy_func_data);
  send_text (pair.connected, "to the function");
  zmqg_test_wait_for (by_func->len == 1);
  g_assert_cmpuint (by_signal->len, ==, 0);

  zmqg_socket_set_message_func (pair.bound, message_func, &next, destroy_func_data);
  g_assert_cmpint (data.n_destroyed, ==, 1);
  send_text (pair.connected, "to the next one");
  zmqg_test_wait_for (by_func->len == 2);

  zmqg_socket_set_message_func (pair.bound, NULL, NULL, NULL);
  g_assert_cmpint (next.n_destroyed, ==, 1);
  send_text (pair.connected, "to the signal");
  zmqg_test_wait_for (by_signal->len == 1);
  g_assert_cmpuint (by_func->len, ==, 2);
  g_assert_cmpint (data.n_destroyed, ==, 1);
}

static void
test_message_sent (void)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("text");
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ZmqgTestPair) pair = { NULL };

  g_test_summary ("message-sent tells of each message, never from inside send");

  zmqg_test_pair_init (&pair, ZMQG_TEST_INPROC, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  sent = collect_from (pair.connected, "message-sent", G_CALLBACK (collect_cb));
  for (guint i = 0; i < 3; i++)
    {
      zmqg_socket_send (pair.connected, message, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpuint (sent->len, ==, 0);
  zmqg_test_wait_for (sent->len == 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (sent->pdata[i] == message);
}

static void
test_metadata (void)
{
  g_autoptr (GPtrArray) received = NULL;
  g_auto (ZmqgTestPair) pair = { NULL };

  g_test_summary ("A ROUTER's messages tell where they come from");

  zmqg_test_pair_init (&pair, ZMQG_TEST_TCP, ZMQG_SOCKET_TYPE_ROUTER, ZMQG_SOCKET_TYPE_DEALER);
  received = collect (pair.bound);
  send_text (pair.connected, "text");
  zmqg_test_wait_for (received->len == 1);
  g_assert_cmpstr (zmqg_message_get_metadata (received->pdata[0], "Peer-Address"), ==, "127.0.0.1");
  g_assert_cmpstr (zmqg_message_get_metadata (received->pdata[0], "Socket-Type"), ==, "DEALER");
  g_assert_null (zmqg_message_get_metadata (received->pdata[0], "No-Such-Key"));
}

static void
test_subscriptions (gconstpointer data)
{
  g_autoptr (GBytes) binary = g_bytes_new_static ("\0\xff", 2);
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (GPtrArray) received = NULL;
  g_auto (GStrv) listed = NULL;
  g_auto (GStrv) left = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ZmqgTestPair) pair = { NULL };

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_XPUB, ZMQG_SOCKET_TYPE_SUB);
  requests = collect (pair.bound);
  received = collect (pair.connected);

  g_assert_true (zmqg_socket_subscribe (pair.connected, "news", &error));
  g_assert_true (zmqg_socket_subscribe_bytes (pair.connected, binary, &error));
  g_assert_no_error (error);
  listed = zmqg_socket_list_subscriptions (pair.connected);
  g_assert_cmpuint (g_strv_length (listed), ==, 2);
  g_assert_true (g_strv_contains ((const char * const *) listed, "news"));

  zmqg_test_wait_for (requests->len == 2);
  send_text (pair.bound, "other");
  send_text (pair.bound, "news of today");
  zmqg_socket_send_data (pair.bound, (const guint8 *) "\0\xff\0", 3, &error);
  g_assert_no_error (error);
  zmqg_test_wait_for (received->len == 2);
  assert_data (received->pdata[0], "news of today", 13);
  assert_data (received->pdata[1], "\0\xff\0", 3);

  g_assert_true (zmqg_socket_unsubscribe (pair.connected, "news", &error));
  g_assert_true (zmqg_socket_unsubscribe_bytes (pair.connected, binary, &error));
  g_assert_no_error (error);
  left = zmqg_socket_list_subscriptions (pair.connected);
  g_assert_cmpuint (g_strv_length (left), ==, 0);
  zmqg_test_wait_for (requests->len == 4);
  assert_data (requests->pdata[2], "\0news", 5);

  g_test_message ("The empty prefix is everything");
  g_assert_true (zmqg_socket_subscribe (pair.connected, "", &error));
  g_assert_no_error (error);
  zmqg_test_wait_for (requests->len == 5);
  send_text (pair.bound, "anything");
  zmqg_test_wait_for (received->len == 3);
  assert_data (received->pdata[2], "anything", 8);
}

static void
test_xsub_subscriptions (gconstpointer data)
{
  g_autoptr (GPtrArray) requests = NULL;
  g_auto (GStrv) listed = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ZmqgTestPair) pair = { NULL };

  g_test_summary ("XSUB subscribes like SUB, although libzmq wants messages for it");

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_XPUB, ZMQG_SOCKET_TYPE_XSUB);
  requests = collect (pair.bound);
  g_assert_true (zmqg_socket_subscribe (pair.connected, "news", &error));
  g_assert_no_error (error);
  listed = zmqg_socket_list_subscriptions (pair.connected);
  g_assert_cmpstr (listed[0], ==, "news");
  g_assert_true (zmqg_socket_unsubscribe (pair.connected, "news", &error));
  g_assert_no_error (error);

  zmqg_test_wait_for (requests->len == 2);
  assert_data (requests->pdata[0], "\1news", 5);
  assert_data (requests->pdata[1], "\0news", 5);
  g_assert_false (zmqg_socket_unsubscribe (pair.connected, "news", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_statistics (void)
{
  g_autoptr (ZmqgSocketStatistics) sender = NULL;
  g_autoptr (ZmqgSocketStatistics) receiver = NULL;
  g_autoptr (GPtrArray) received = NULL;
  g_auto (ZmqgTestPair) pair = { NULL };

  zmqg_test_pair_init (&pair, ZMQG_TEST_TCP, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  received = collect (pair.bound);
  for (guint i = 0; i < 100; i++)
    zmqg_test_send_number (pair.connected, i);
  zmqg_test_wait_for (received->len == 100);

  sender = zmqg_socket_get_statistics (pair.connected);
  receiver = zmqg_socket_get_statistics (pair.bound);
  g_assert_cmpuint (sender->messages_sent, ==, 100);
  g_assert_cmpuint (sender->bytes_sent, ==, 800);
  g_assert_cmpuint (sender->messages_received, ==, 0);
  g_assert_cmpuint (sender->send_failures, ==, 0);
  g_assert_cmpuint (receiver->messages_received, ==, 100);
  g_assert_cmpuint (receiver->bytes_received, ==, 800);
  g_assert_cmpuint (receiver->messages_sent, ==, 0);
  g_assert_cmpuint (receiver->dispatches, >, 0);
  g_assert_cmpuint (receiver->wakeups, >, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/socket-messages/send-forms", test_send_forms);
  g_test_add_func ("/socket-messages/no-frames", test_no_frames);
  g_test_add_func ("/socket-messages/change-after-send", test_change_after_send);
  g_test_add_func ("/socket-messages/try-receive", test_try_receive);
  g_test_add_func ("/socket-messages/try-receive-data", test_try_receive_data);
  g_test_add_func ("/socket-messages/receive-many", test_receive_many);
  g_test_add_func ("/socket-messages/messages-received", test_messages_received);
  g_test_add_func ("/socket-messages/message-func", test_message_func);
  g_test_add_func ("/socket-messages/message-sent", test_message_sent);
  g_test_add_func ("/socket-messages/metadata", test_metadata);
  zmqg_test_add_transports ("/socket-messages/subscriptions", test_subscriptions);
  zmqg_test_add_transports ("/socket-messages/xsub-subscriptions", test_xsub_subscriptions);
  g_test_add_func ("/socket-messages/statistics", test_statistics);

  return g_test_run ();
}
