/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-files.h"
#include "zmqg-test-utils.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Some listener; @path: (nullable): NULL for the Internet */
static int
new_listener (const char     *path,
              GSocketFamily   family,
              char          **endpoint)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GError) error = NULL;

  if (path != NULL && path[0] == '@')
    address = g_unix_socket_address_new_with_type (path + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  else if (path != NULL)
    address = g_unix_socket_address_new (path);
  else
    {
      g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (family);

      address = g_inet_socket_address_new (loopback, 0);
    }

  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, 0, &error);
  g_assert_no_error (error);
  g_socket_bind (socket, address, FALSE, &error);
  g_assert_no_error (error);
  /* As most are that are handed over */
  g_assert_cmpint (fcntl (g_socket_get_fd (socket), F_SETFL, 0), ==, 0);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);

  if (path != NULL)
    *endpoint = g_strconcat ("ipc://", path, NULL);
  else
    {
      local = g_socket_get_local_address (socket, &error);
      *endpoint = g_strdup_printf (family == G_SOCKET_FAMILY_IPV6 ? "tcp://[::1]:%u"
                                                                  : "tcp://127.0.0.1:%u",
                                   g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local)));
    }

  return dup (g_socket_get_fd (socket));
}

static void
assert_reachable (ZmqgSocket *socket,
                  const char *endpoint)
{
  ZmqgSocket *sender = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", ZMQG_SOCKET_TYPE_PUSH,
                                     "ipv6", TRUE, NULL);
  ZmqgTestCounter counter = { 0 };
  gulong id = zmqg_test_counter_connect (&counter, socket);

  g_assert_true (zmqg_socket_connect_to (sender, endpoint, NULL));
  zmqg_test_send_number (sender, 0);
  zmqg_test_wait_for (counter.n_messages == 1);
  g_signal_handler_disconnect (socket, id);
  zmqg_test_release (sender);
}

static void
try_listener (const char    *path,
              GSocketFamily  family)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *endpoint = NULL;
  g_autofree char *other = NULL;
  g_auto (GStrv) bindings = NULL;
  int fd = new_listener (path, family, &endpoint);

  zmqg_socket_bind_fd (socket, fd, NULL, &error);
  g_assert_no_error (error);
  bindings = zmqg_socket_list_bindings (socket);
  g_assert_cmpstr (bindings[0], ==, endpoint);
  g_assert_cmpuint (zmqg_test_get_number (socket, "use-fd"), ==, -1);

  /* Its number is another's soon */
  close (fd);
  assert_reachable (socket, endpoint);
  zmqg_test_bind_free (socket, ZMQG_TEST_TCP, &other);
  g_assert_cmpstr (other, !=, endpoint);
  assert_reachable (socket, other);
  g_assert_true (zmqg_socket_unbind (socket, endpoint, &error));
  g_assert_no_error (error);
  assert_reachable (socket, other);
  zmqg_test_release (g_steal_pointer (&socket));
}

static void
test_families (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autofree char *abstract = g_strdup_printf ("@zmqg-bind-fd-%d", (int) getpid ());

  g_test_summary ("A listener of any family is taken, and what is bound later is not affected");

  try_listener (NULL, G_SOCKET_FAMILY_IPV4);
  try_listener (NULL, G_SOCKET_FAMILY_IPV6);
  try_listener (path, G_SOCKET_FAMILY_UNIX);
  g_assert_cmpint (zmqg_test_file_get_mode (path), !=, -1);
  try_listener (abstract, G_SOCKET_FAMILY_UNIX);
}

static void
test_owner (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autofree char *endpoint = NULL;
  int fd = new_listener (NULL, G_SOCKET_FAMILY_IPV4, &endpoint);
  guint n_fds;

  g_test_summary ("The descriptor stays its owner's, who can use it again and again");

  g_assert_true (zmqg_socket_bind (socket, "inproc://first", NULL));
  assert_reachable (socket, "inproc://first");
  n_fds = zmqg_test_count_fds ();
  for (guint i = 0; i < 20; i++)
    {
      g_assert_true (zmqg_socket_bind_fd (socket, fd, "tcp://*:5555", NULL));
      assert_reachable (socket, endpoint);
      g_assert_true (zmqg_socket_unbind (socket, "tcp://*:5555", NULL));
      zmqg_test_poll_for (zmqg_test_count_fds () <= n_fds);
    }
  zmqg_test_release (g_steal_pointer (&socket));
  g_assert_cmpint (fcntl (fd, F_GETFD), !=, -1);
  g_assert_cmpint (accept (fd, NULL, NULL), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
  close (fd);
}

static void
test_websocket (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *endpoint = NULL;
  g_autofree char *peer = NULL;
  int fd = new_listener (NULL, G_SOCKET_FAMILY_IPV4, &endpoint);

  if (!zmqg_has_capability ("WS"))
    {
      g_test_skip ("This libzmq was built without WebSockets");
      close (fd);
      return;
    }

  zmqg_socket_bind_fd (socket, fd, "ws://0.0.0.0:80/", &error);
  g_assert_no_error (error);
  close (fd);
  peer = g_strdup_printf ("ws%s/", endpoint + strlen ("tcp"));
  assert_reachable (socket, peer);
}

static void
assert_refused (ZmqgSocket *socket,
                int         fd,
                const char *endpoint,
                int         code)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) bindings = NULL;

  g_assert_false (zmqg_socket_bind_fd (socket, fd, endpoint, &error));
  g_assert_error (error, G_IO_ERROR, code);
  bindings = zmqg_socket_list_bindings (socket);
  g_assert_cmpuint (g_strv_length (bindings), ==, 0);
}

static void
test_bad_descriptors (void)
{
  g_autoptr (ZmqgSocket) bound = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autofree char *endpoint = NULL;
  int closed = dup (0);
  int file = open ("/dev/null", O_RDWR | O_CLOEXEC);
  int idle = socket (AF_INET, SOCK_STREAM, 0), datagram = socket (AF_INET, SOCK_DGRAM, 0);
  int listener = new_listener (NULL, G_SOCKET_FAMILY_IPV4, &endpoint);
  int ends[2];
  guint n_fds;

  g_test_summary ("What would make libzmq abort is an error");

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  close (closed);
  n_fds = zmqg_test_count_fds ();
  assert_refused (bound, -1, NULL, G_IO_ERROR_INVALID_ARGUMENT);
  assert_refused (bound, closed, NULL, G_IO_ERROR_INVALID_ARGUMENT);
  assert_refused (bound, file, "tcp://127.0.0.1:80", G_IO_ERROR_INVALID_ARGUMENT);
  assert_refused (bound, idle, NULL, G_IO_ERROR_INVALID_ARGUMENT);
  assert_refused (bound, datagram, NULL, G_IO_ERROR_INVALID_ARGUMENT);
  assert_refused (bound, ends[0], NULL, G_IO_ERROR_INVALID_ARGUMENT);
  assert_refused (bound, listener, "ipc://name", G_IO_ERROR_INVALID_ARGUMENT);
  assert_refused (bound, listener, "inproc://name", G_IO_ERROR_INVALID_ARGUMENT);
  assert_refused (bound, listener, "tcp://127.0.0.1:99999", G_IO_ERROR_INVALID_ARGUMENT);
  assert_refused (bound, listener, "nonsense", G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (zmqg_test_count_fds (), ==, n_fds);
  zmqg_socket_close (bound);
  assert_refused (bound, listener, NULL, G_IO_ERROR_CLOSED);
  close (file);
  close (idle);
  close (datagram);
  close (listener);
  close (ends[0]);
  close (ends[1]);
}

static void
test_stream_type (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_STREAM);
  g_autofree char *abstract = g_strdup_printf ("@zmqg-stream-%d", (int) getpid ());
  g_autofree char *endpoint = NULL;
  int fd = new_listener (abstract, G_SOCKET_FAMILY_UNIX, &endpoint);

  assert_refused (socket, fd, NULL, G_IO_ERROR_NOT_SUPPORTED);
  close (fd);
}

static void
test_property (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *endpoint = NULL;
  g_autofree char *other = NULL;
  int fd = new_listener (NULL, G_SOCKET_FAMILY_IPV4, &endpoint);

  g_test_summary ("The property is for one endpoint that can use it, and cannot do harm");

  g_object_set (socket, "use-fd", 0, NULL);
  g_assert_false (zmqg_socket_bind (socket, "tcp://127.0.0.1:*", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  g_object_set (socket, "use-fd", fd, NULL);
  g_assert_false (zmqg_socket_bind (socket, "ipc://name", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_true (zmqg_socket_bind (socket, "inproc://property", NULL));
  g_assert_cmpint (zmqg_test_get_number (socket, "use-fd"), ==, fd);

  g_assert_true (zmqg_socket_bind (socket, "tcp://127.0.0.1:*", &error));
  g_assert_cmpint (zmqg_test_get_number (socket, "use-fd"), ==, -1);
  zmqg_test_bind_free (socket, ZMQG_TEST_TCP, &other);
  g_assert_cmpstr (other, !=, endpoint);
  assert_reachable (socket, endpoint);
  assert_reachable (socket, other);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  /* The first one: descriptors are counted, and closed sockets go later */
  g_test_add_func ("/bind-fd/bad-descriptors", test_bad_descriptors);
  g_test_add_func ("/bind-fd/families", test_families);
  g_test_add_func ("/bind-fd/owner", test_owner);
  g_test_add_func ("/bind-fd/websocket", test_websocket);
  g_test_add_func ("/bind-fd/stream-type", test_stream_type);
  g_test_add_func ("/bind-fd/property", test_property);

  return g_test_run ();
}
