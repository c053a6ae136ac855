/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/zmqglib.h>

static void
test_exchange ()
{
  g_autoptr (GError) error = nullptr;
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgSocket) pull = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PULL,
                                                              &error);
  g_autoptr (ZmqgSocket) push = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PUSH,
                                                              &error);
  g_autoptr (ZmqgMessage) message = nullptr;

  g_test_summary ("C++ links with C names, and the automatic clean-up works");

  g_assert_no_error (error);
  g_assert_true (ZMQG_IS_SOCKET (pull));
  g_assert_true (zmqg_socket_bind (pull, "inproc://cpp", &error));
  g_assert_true (zmqg_socket_connect_to (push, "inproc://cpp", &error));
  g_assert_true (zmqg_socket_send_string (push, "text", &error));
  message = zmqg_socket_try_receive (pull, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (zmqg_message_get_size (message), ==, 4);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, nullptr);

  g_test_add_func ("/headers-cpp/exchange", test_exchange);

  return g_test_run ();
}
