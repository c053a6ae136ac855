/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

static void
test_domain (void)
{
  g_assert_cmpstr (g_quark_to_string (ZMQG_ERROR), ==, "zmqg-error-quark");
  g_assert_cmpuint (ZMQG_ERROR, ==, zmqg_error_quark ());
}

static void
test_enum (void)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (ZMQG_TYPE_ERROR);

  g_assert_cmpstr (g_enum_get_value (codes, ZMQG_ERROR_WRONG_CONTEXT)->value_nick, ==,
                   "wrong-context");
  g_assert_cmpint (g_enum_get_value_by_nick (codes, "state")->value, ==, ZMQG_ERROR_STATE);
}

static void
fail_to_bind (const char *endpoint,
              GQuark      domain,
              int         code)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_REP);
  g_autoptr (GError) error = NULL;

  g_assert_false (zmqg_socket_bind (socket, endpoint, &error));
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, endpoint));
  g_assert_nonnull (strstr (error->message, "bind"));
  /* g_strerror() does not know libzmq's own numbers */
  g_assert_null (strstr (error->message, "Unknown error"));
}

static void
test_bind (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) owner = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_REP, ZMQG_TEST_TCP,
                                                             &endpoint);

  fail_to_bind (endpoint, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  fail_to_bind ("tcp://192.0.2.1:5555", ZMQG_ERROR, ZMQG_ERROR_ADDRESS_NOT_AVAILABLE);
  fail_to_bind ("tcp://no-such-interface:5555", G_IO_ERROR, G_IO_ERROR_NO_SUCH_DEVICE);
  fail_to_bind ("ipc:///no-such-directory/x", G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  fail_to_bind ("udp://127.0.0.1:5555", G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

static void
test_permission (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *endpoint = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("nothing is forbidden to root");
      return;
    }

  folder = g_dir_make_tmp ("zmqg-XXXXXX", &error);
  g_assert_no_error (error);
  endpoint = g_strdup_printf ("ipc://%s/x", folder);
  g_assert_cmpint (chmod (folder, 0500), ==, 0);
  fail_to_bind (endpoint, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_cmpint (rmdir (folder), ==, 0);
}

static void
test_state (void)
{
  g_autoptr (ZmqgSocket) rep = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_REP);
  g_autoptr (GError) error = NULL;

  g_assert_false (zmqg_socket_send_string (rep, "unasked", &error));
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_STATE);
  g_assert_nonnull (strstr (error->message, "REP"));
  g_assert_nonnull (strstr (error->message, zmq_strerror (EFSM)));
}

/* What every error of a socket tells: which operation, on what kind of socket */
static void
test_text (void)
{
  g_autoptr (ZmqgSocket) pull = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (zmqg_socket_try_receive (pull, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_nonnull (strstr (error->message, "receive"));
  g_assert_nonnull (strstr (error->message, "PULL"));
  g_clear_error (&error);

  g_assert_false (zmqg_socket_send_string (pull, "text", &error));
  g_assert_nonnull (strstr (error->message, "send"));
  g_assert_nonnull (strstr (error->message, "PULL"));
  g_clear_error (&error);

  g_assert_false (zmqg_socket_set_option_int (pull, 9999, 1, &error));
  g_assert_nonnull (strstr (error->message, "9999"));
  g_clear_error (&error);

  zmqg_socket_close (pull);
  g_assert_false (zmqg_socket_bind (pull, "inproc://x", &error));
  g_assert_nonnull (strstr (error->message, "inproc://x"));
  g_assert_nonnull (strstr (error->message, "closed"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/error/domain", test_domain);
  g_test_add_func ("/error/enum", test_enum);
  g_test_add_func ("/error/bind", test_bind);
  g_test_add_func ("/error/permission", test_permission);
  g_test_add_func ("/error/state", test_state);
  g_test_add_func ("/error/text", test_text);

  return g_test_run ();
}
