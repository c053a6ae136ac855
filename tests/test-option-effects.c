/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <string.h>
#include <unistd.h>

/* Options libzmq does not give back show in what they do */

/* Long enough for a message over tcp, some hundred times over (ms) */
#define A_WHILE 200

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

/* A socket with one option set, bound to a free port */
static ZmqgSocket *
new_bound (ZmqgSocketType   type,
           const char      *option,
           gboolean         value,
           char           **endpoint)
{
  ZmqgSocket *socket = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", type, option, value, NULL);

  zmqg_test_bind_free (socket, ZMQG_TEST_TCP, endpoint);

  return socket;
}

static ZmqgSocket *
new_connected (ZmqgSocketType  type,
               const char     *option,
               gboolean        value,
               const char     *endpoint)
{
  g_autoptr (GError) error = NULL;
  ZmqgSocket *socket = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", type, option, value, NULL);

  zmqg_socket_connect_to (socket, endpoint, &error);
  g_assert_no_error (error);

  return socket;
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
assert_frame (ZmqgMessage *message,
              guint        index,
              const char  *expected,
              gsize        expected_length)
{
  gsize length;
  const guint8 *data = zmqg_message_peek_frame (message, index, &length);

  g_assert_cmpmem (data, length, expected, expected_length);
}

static GSocketConnection *
connect_plainly (const char *endpoint)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, endpoint + strlen ("tcp://"), 0, NULL,
                                                &error);
  g_assert_no_error (error);

  return connection;
}

static void
test_router_handover (void)
{
  g_autoptr (GPtrArray) received = NULL;
  g_autoptr (GPtrArray) answered = NULL;
  g_autofree char *endpoint = NULL;
  static const char * const answer[] = { "same", "answer", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgSocket) router = new_bound (ZMQG_SOCKET_TYPE_ROUTER, "router-handover", TRUE,
                                             &endpoint);
  g_autoptr (ZmqgSocket) old = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);
  g_autoptr (ZmqgSocket) new = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);

  g_test_summary ("A second peer of the same name takes over");

  received = collect (router);
  answered = collect (new);
  g_object_set (old, "routing-id", "same", NULL);
  g_object_set (new, "routing-id", "same", NULL);
  zmqg_socket_connect_to (old, endpoint, &error);
  send_text (old, "old");
  zmqg_test_wait_for (received->len == 1);
  zmqg_socket_connect_to (new, endpoint, &error);
  send_text (new, "new");
  zmqg_test_wait_for (received->len == 2);
  zmqg_socket_send_strv (router, answer, &error);
  g_assert_no_error (error);
  zmqg_test_wait_for (answered->len == 1);
}

static void
test_router_raw (void)
{
  g_autoptr (GPtrArray) received = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgSocket) router = new_bound (ZMQG_SOCKET_TYPE_ROUTER, "router-raw", TRUE,
                                             &endpoint);
  g_autoptr (GSocketConnection) plain = connect_plainly (endpoint);

  received = collect (router);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (plain)), "hello", 5, NULL,
                             NULL, &error);
  g_assert_no_error (error);
  /* First an empty message tells of the connection */
  zmqg_test_wait_for (received->len == 2);
  assert_frame (received->pdata[0], 1, "", 0);
  assert_frame (received->pdata[1], 1, "hello", 5);
}

static void
test_probe_router (void)
{
  g_autoptr (GPtrArray) received = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) router = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_ROUTER,
                                                              ZMQG_TEST_TCP, &endpoint);
  g_autoptr (ZmqgSocket) dealer = NULL;

  received = collect (router);
  dealer = new_connected (ZMQG_SOCKET_TYPE_DEALER, "probe-router", TRUE, endpoint);
  zmqg_test_wait_for (received->len == 1);
  assert_frame (received->pdata[0], 1, "", 0);
}

static void
test_req_correlate (void)
{
  g_autoptr (GPtrArray) received = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) router = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_ROUTER,
                                                              ZMQG_TEST_TCP, &endpoint);
  g_autoptr (ZmqgSocket) req = new_connected (ZMQG_SOCKET_TYPE_REQ, "req-correlate", TRUE,
                                              endpoint);

  received = collect (router);
  send_text (req, "request");
  zmqg_test_wait_for (received->len == 1);
  /* Who asks, the number of the request, the delimiter, the request */
  g_assert_cmpuint (zmqg_message_get_n_frames (received->pdata[0]), ==, 4);
  g_assert_cmpuint (g_bytes_get_size (zmqg_message_get_frame (received->pdata[0], 1)), ==, 4);
}

static void
test_req_relaxed (void)
{
  g_autoptr (GPtrArray) received = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) router = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_ROUTER,
                                                              ZMQG_TEST_TCP, &endpoint);
  g_autoptr (ZmqgSocket) req = new_connected (ZMQG_SOCKET_TYPE_REQ, "req-relaxed", TRUE, endpoint);

  received = collect (router);
  send_text (req, "first");
  zmqg_test_wait_for (received->len == 1);
  send_text (req, "second");
  zmqg_test_wait_for (received->len == 2);
  assert_frame (received->pdata[1], 2, "second", 6);
}

static void
subscribe (ZmqgSocket *socket,
           const char *prefix)
{
  g_autoptr (GError) error = NULL;

  zmqg_socket_subscribe (socket, prefix, &error);
  g_assert_no_error (error);
}

static void
test_xpub_verbose (gconstpointer data)
{
  const char *option = data;
  gboolean tells_ends = g_str_equal (option, "xpub-verboser");
  g_autoptr (GPtrArray) requests = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) xpub = new_bound (ZMQG_SOCKET_TYPE_XPUB, option, TRUE, &endpoint);
  g_autoptr (ZmqgSocket) one = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_SUB, endpoint);
  g_autoptr (ZmqgSocket) other = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_SUB, endpoint);

  g_test_summary ("The same subscription of two peers is told twice");

  requests = collect (xpub);
  subscribe (one, "news");
  subscribe (other, "news");
  zmqg_test_wait_for (requests->len == 2);
  assert_frame (requests->pdata[1], 0, "\1news", 5);

  zmqg_socket_unsubscribe (one, "news", NULL);
  zmqg_test_run_for (NULL, A_WHILE);
  g_assert_cmpuint (requests->len, ==, tells_ends ? 3 : 2);
  zmqg_socket_unsubscribe (other, "news", NULL);
  zmqg_test_wait_for (requests->len == (tells_ends ? 4u : 3u));
}

static void
test_xpub_manual (void)
{
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (GPtrArray) received = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgSocket) xpub = new_bound (ZMQG_SOCKET_TYPE_XPUB, "xpub-manual", TRUE, &endpoint);
  g_autoptr (ZmqgSocket) sub = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_SUB, endpoint);

  g_test_summary ("The publisher decides what a peer gets that asked for something");

  requests = collect (xpub);
  received = collect (sub);
  subscribe (sub, "");
  zmqg_test_wait_for (requests->len == 1);
  zmqg_socket_subscribe (xpub, "granted", &error);
  g_assert_no_error (error);
  send_text (xpub, "other");
  send_text (xpub, "granted");
  zmqg_test_wait_for (received->len == 1);
  assert_frame (received->pdata[0], 0, "granted", 7);
}

static void
test_xpub_no_drop (gconstpointer data)
{
  gboolean no_drop = GPOINTER_TO_INT (data);
  g_autofree guint8 *large = g_malloc0 (100000);
  g_autoptr (GPtrArray) requests = NULL;
  g_autofree char *address = zmqg_test_transport_get_free (ZMQG_TEST_INPROC);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgSocket) xpub = g_object_new (ZMQG_TYPE_SOCKET,
                                              "socket-type", ZMQG_SOCKET_TYPE_XPUB,
                                              "xpub-no-drop", no_drop,
                                              "send-high-water-mark", 1, NULL);
  g_autoptr (ZmqgSocket) sub = g_object_new (ZMQG_TYPE_SOCKET,
                                             "socket-type", ZMQG_SOCKET_TYPE_SUB,
                                             "receive-high-water-mark", 1, NULL);

  g_test_summary ("What a slow subscriber cannot take waits, or is dropped");

  requests = collect (xpub);
  zmqg_socket_bind (xpub, address, &error);
  g_assert_no_error (error);
  zmqg_socket_connect_to (sub, address, &error);
  g_assert_no_error (error);
  subscribe (sub, "");
  zmqg_test_wait_for (requests->len == 1);
  for (guint i = 0; i < 20; i++)
    g_assert_true (zmqg_socket_send_data (xpub, large, 100000, NULL));
  g_assert_cmpint (zmqg_test_get_number (xpub, "send-queue-length") > 0, ==, no_drop);
}

static void
test_stream_notify (gconstpointer data)
{
  gboolean notifies = GPOINTER_TO_INT (data);
  g_autoptr (GPtrArray) received = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgSocket) stream = new_bound (ZMQG_SOCKET_TYPE_STREAM, "stream-notify", notifies,
                                             &endpoint);
  g_autoptr (GSocketConnection) plain = connect_plainly (endpoint);

  received = collect (stream);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (plain)), "hello", 5, NULL,
                             NULL, &error);
  g_assert_no_error (error);
  zmqg_test_wait_for (received->len == (notifies ? 2u : 1u));
  assert_frame (received->pdata[received->len - 1], 1, "hello", 5);
}

static void
test_invert_matching (void)
{
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (GPtrArray) received = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) xpub = new_bound (ZMQG_SOCKET_TYPE_XPUB, "invert-matching", TRUE,
                                           &endpoint);
  g_autoptr (ZmqgSocket) sub = new_connected (ZMQG_SOCKET_TYPE_SUB, "invert-matching", TRUE,
                                              endpoint);

  requests = collect (xpub);
  received = collect (sub);
  subscribe (sub, "a");
  zmqg_test_wait_for (requests->len == 1);
  send_text (xpub, "a");
  send_text (xpub, "b");
  zmqg_test_wait_for (received->len == 1);
  assert_frame (received->pdata[0], 0, "b", 1);
}

static void
test_conflate (void)
{
  g_autoptr (GPtrArray) received = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) pull = new_bound (ZMQG_SOCKET_TYPE_PULL, "conflate", TRUE, &endpoint);
  g_autoptr (ZmqgSocket) push = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, endpoint);

  g_test_summary ("Only the newest of those that wait is kept");

  for (guint i = 0; i < 50; i++)
    zmqg_test_send_number (push, i);
  g_usleep (A_WHILE * 1000);
  received = collect (pull);
  zmqg_test_wait_for (received->len > 0);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (received->len, ==, 1);
  g_assert_cmpuint (zmqg_test_message_get_number (received->pdata[0]), ==, 49);
}

static void
test_immediate (gconstpointer data)
{
  gboolean immediate = GPOINTER_TO_INT (data);
  g_autoptr (ZmqgSocket) push = new_connected (ZMQG_SOCKET_TYPE_PUSH, "immediate", immediate,
                                               "tcp://127.0.0.1:9");

  g_test_summary ("Without a peer a message waits here rather than in libzmq");

  g_object_set (push, "linger", 0, NULL);
  send_text (push, "to nobody");
  g_assert_cmpint (zmqg_test_get_number (push, "send-queue-length"), ==, immediate ? 1 : 0);
}

static void
test_use_fd (void)
{
  ZmqgTestCounter counter = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                               G_SOCKET_PROTOCOL_TCP, &error);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) own = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) pull = NULL;
  g_autoptr (ZmqgSocket) push = NULL;

  g_test_summary ("A listening descriptor that somebody handed over is used");

  g_assert_no_error (error);
  g_assert_true (g_socket_bind (listener, any, FALSE, &error));
  g_assert_true (g_socket_listen (listener, &error));
  own = g_socket_get_local_address (listener, &error);
  g_assert_no_error (error);
  endpoint = g_strdup_printf ("tcp://127.0.0.1:%u", g_inet_socket_address_get_port (
                                G_INET_SOCKET_ADDRESS (own)));

  /* libzmq closes it in the end */
  pull = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", ZMQG_SOCKET_TYPE_PULL,
                       "use-fd", dup (g_socket_get_fd (listener)), NULL);
  g_clear_object (&listener);
  zmqg_socket_bind (pull, endpoint, &error);
  g_assert_no_error (error);
  push = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, endpoint);
  zmqg_test_counter_connect (&counter, pull);
  zmqg_test_send_number (push, 0);
  zmqg_test_wait_for (counter.n_messages == 1);
}

static void
test_handshake_timeout (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgSocket) pull = g_object_new (ZMQG_TYPE_SOCKET,
                                              "socket-type", ZMQG_SOCKET_TYPE_PULL,
                                              "handshake-timeout", 100, NULL);
  g_autoptr (GSocketConnection) silent = NULL;
  GSocket *socket;
  char buffer[64];

  g_test_summary ("A peer that says nothing is disconnected");

  zmqg_test_bind_free (pull, ZMQG_TEST_TCP, &endpoint);
  silent = connect_plainly (endpoint);
  socket = g_socket_connection_get_socket (silent);
  g_socket_set_timeout (socket, ZMQG_TEST_DEADLINE / 1000);
  while (g_socket_receive (socket, buffer, sizeof buffer, NULL, &error) > 0)
    ;
  if (error != NULL)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/option-effects/router-handover", test_router_handover);
  g_test_add_func ("/option-effects/router-raw", test_router_raw);
  g_test_add_func ("/option-effects/probe-router", test_probe_router);
  g_test_add_func ("/option-effects/req-correlate", test_req_correlate);
  g_test_add_func ("/option-effects/req-relaxed", test_req_relaxed);
  g_test_add_data_func ("/option-effects/xpub-verbose", "xpub-verbose", test_xpub_verbose);
  g_test_add_data_func ("/option-effects/xpub-verboser", "xpub-verboser", test_xpub_verbose);
  g_test_add_func ("/option-effects/xpub-manual", test_xpub_manual);
  g_test_add_data_func ("/option-effects/xpub-no-drop/on", GINT_TO_POINTER (TRUE),
                        test_xpub_no_drop);
  g_test_add_data_func ("/option-effects/xpub-no-drop/off", GINT_TO_POINTER (FALSE),
                        test_xpub_no_drop);
  g_test_add_data_func ("/option-effects/stream-notify/on", GINT_TO_POINTER (TRUE),
                        test_stream_notify);
  g_test_add_data_func ("/option-effects/stream-notify/off", GINT_TO_POINTER (FALSE),
                        test_stream_notify);
  g_test_add_func ("/option-effects/invert-matching", test_invert_matching);
  g_test_add_func ("/option-effects/conflate", test_conflate);
  g_test_add_data_func ("/option-effects/immediate/on", GINT_TO_POINTER (TRUE), test_immediate);
  g_test_add_data_func ("/option-effects/immediate/off", GINT_TO_POINTER (FALSE), test_immediate);
  g_test_add_func ("/option-effects/use-fd", test_use_fd);
  g_test_add_func ("/option-effects/handshake-timeout", test_handshake_timeout);

  return g_test_run ();
}
