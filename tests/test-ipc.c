/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-files.h"
#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static ZmqgSocket *
new_socket (int mode)
{
  return g_object_new (ZMQG_TYPE_SOCKET, "socket-type", ZMQG_SOCKET_TYPE_PULL, "ipc-mode", mode,
                       NULL);
}

static gboolean
bind_path (ZmqgSocket  *socket,
           const char  *path,
           GError     **error)
{
  g_autofree char *endpoint = g_strconcat ("ipc://", path, NULL);

  return zmqg_socket_bind (socket, endpoint, error);
}

static void
assert_refused (const char *path,
                int         code)
{
  g_autoptr (ZmqgSocket) socket = new_socket (-1);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) bindings = NULL;

  g_assert_false (bind_path (socket, path, &error));
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_nonnull (strstr (error->message, path));
  bindings = zmqg_socket_list_bindings (socket);
  g_assert_cmpuint (g_strv_length (bindings), ==, 0);
}

static int
raw_socket (const char *path,
            gboolean    listens)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  g_assert_cmpuint (strlen (path), <, sizeof address.sun_path);
  strcpy (address.sun_path, path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  if (listens)
    g_assert_cmpint (listen (fd, 5), ==, 0);

  return fd;
}

/* What a process leaves that did not come to its end */
static void
leave_stale (const char *path)
{
  close (raw_socket (path, TRUE));
  g_assert_cmpint (zmqg_test_file_get_mode (path), !=, -1);
}

/* Whether a message comes through there */
static void
assert_reachable (ZmqgSocket *socket,
                  const char *path)
{
  g_autofree char *endpoint = g_strconcat ("ipc://", path, NULL);
  ZmqgSocket *sender = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, endpoint);
  ZmqgTestCounter counter = { 0 };
  gulong id = zmqg_test_counter_connect (&counter, socket);

  zmqg_test_send_number (sender, 0);
  zmqg_test_wait_for (counter.n_messages == 1);
  g_signal_handler_disconnect (socket, id);
  zmqg_test_release (sender);
}

static void
test_49_stale (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autofree char *endpoint = g_strconcat ("ipc://", path, NULL);
  g_autoptr (ZmqgSocket) socket = new_socket (0600);
  g_autoptr (GError) error = NULL;
  ZmqgTestProcess *process = zmqg_test_process_start ("bound.py", endpoint, NULL);
  g_autofree char *line = zmqg_test_process_read_line (process);

  g_test_summary ("The file of a process that was killed is replaced, the one of a live one not");

  g_assert_cmpstr (line, ==, "bound");
  assert_refused (path, G_IO_ERROR_ADDRESS_IN_USE);
  zmqg_test_process_kill (process);
  g_assert_cmpint (zmqg_test_file_get_mode (path), !=, -1);

  g_assert_true (bind_path (socket, path, &error));
  g_assert_no_error (error);
  g_assert_cmpint (zmqg_test_file_get_mode (path), ==, 0600);
  assert_reachable (socket, path);
}

static void
test_49_live (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autofree char *endpoint = g_strconcat ("ipc://", path, NULL);
  g_autoptr (ZmqgTestProcess) process = zmqg_test_process_start ("bound.py", endpoint, NULL);
  g_autofree char *line = zmqg_test_process_read_line (process);
  g_autofree char *message = NULL;
  ZmqgSocket *sender;

  g_test_summary ("A live owner keeps the path and goes on receiving");

  for (guint i = 0; i < 20; i++)
    assert_refused (path, G_IO_ERROR_ADDRESS_IN_USE);
  sender = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, endpoint);
  g_assert_true (zmqg_socket_send_string (sender, "still there", NULL));
  message = zmqg_test_process_read_line (process);
  g_assert_cmpstr (message, ==, "still there");
  zmqg_test_release (sender);
}

static void
test_49_live_unnoticed (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  int fd = raw_socket (path, FALSE);

  g_test_summary ("An owner is found before it listens, and does not see who asked");

  assert_refused (path, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpint (listen (fd, 5), ==, 0);
  assert_refused (path, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpint (accept (fd, NULL, NULL), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
  close (fd);
}

static void
test_49_own_live (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autoptr (ZmqgSocket) owner = new_socket (-1);
  g_autoptr (GError) error = NULL;

  g_assert_true (bind_path (owner, path, NULL));
  assert_refused (path, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_false (bind_path (owner, path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  assert_reachable (owner, path);
}

static void
test_49_not_a_socket (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *file = zmqg_test_file_write (folder, "file", "precious", -1);
  g_autofree char *stale = g_build_filename (folder, "stale", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_autofree char *dangling = g_build_filename (folder, "dangling", NULL);
  g_autofree char *text = NULL;
  guint n_fds;

  g_test_summary ("What is not a socket is never removed");

  assert_refused (file, G_IO_ERROR_ADDRESS_IN_USE);
  n_fds = zmqg_test_count_fds ();
  leave_stale (stale);
  g_assert_cmpint (symlink (stale, link), ==, 0);
  g_assert_cmpint (symlink ("nowhere", dangling), ==, 0);
  for (guint i = 0; i < 10; i++)
    {
      assert_refused (file, G_IO_ERROR_ADDRESS_IN_USE);
      assert_refused (folder, G_IO_ERROR_ADDRESS_IN_USE);
      assert_refused (link, G_IO_ERROR_ADDRESS_IN_USE);
      assert_refused (dangling, G_IO_ERROR_ADDRESS_IN_USE);
    }

  text = zmqg_test_file_read (file);
  g_assert_cmpstr (text, ==, "precious");
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_test (dangling, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint (zmqg_test_file_get_mode (stale), !=, -1);
  /* Closed sockets go later */
  zmqg_test_poll_for (zmqg_test_count_fds () <= n_fds);
}

static void
test_49_abstract_spares_files (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *before = g_get_current_dir ();
  g_autofree char *endpoint = zmqg_test_transport_get_free (ZMQG_TEST_IPC);
  g_autofree char *file = zmqg_test_file_write (folder, endpoint + strlen ("ipc://"), "x", -1);
  g_autoptr (ZmqgSocket) socket = new_socket (-1);

  g_test_summary ("A file that is called like an abstract name has nothing to do with it");

  g_assert_cmpint (g_chdir (folder), ==, 0);
  g_assert_true (zmqg_socket_bind (socket, endpoint, NULL));
  g_assert_true (zmqg_socket_unbind (socket, endpoint, NULL));
  g_assert_cmpint (zmqg_test_file_get_mode (file), !=, -1);
  g_assert_cmpint (g_chdir (before), ==, 0);
}

static void
test_49_not_permitted (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  int fd;

  g_test_summary ("Where it cannot be found out whether an owner lives, he is left alone");

  if (geteuid () != 0)
    {
      g_test_skip ("Only root can become somebody else");
      return;
    }

  leave_stale (path);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_assert_cmpint (g_chmod (folder, 01777), ==, 0);
  g_assert_cmpint (seteuid (65534), ==, 0);
  assert_refused (path, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_cmpint (seteuid (0), ==, 0);
  /* Dead, but not his to remove */
  g_assert_cmpint (g_chmod (path, 0666), ==, 0);
  g_assert_cmpint (seteuid (65534), ==, 0);
  assert_refused (path, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_cmpint (zmqg_test_file_get_mode (path), !=, -1);

  /* Alive, and his to remove, if he knew no better */
  g_assert_cmpint (g_unlink (path), ==, 0);
  fd = raw_socket (path, TRUE);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_assert_cmpint (g_chmod (folder, 0777), ==, 0);
  g_assert_cmpint (seteuid (65534), ==, 0);
  assert_refused (path, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_cmpint (zmqg_test_file_get_mode (path), !=, -1);
  close (fd);
}

static void
test_49_file_goes (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autofree char *endpoint = g_strconcat ("ipc://", path, NULL);
  const char * const endpoints[] = { endpoint, "tcp://127.0.0.1:99999", NULL };
  g_autoptr (ZmqgSocket) broken = NULL;
  ZmqgSocket *socket = new_socket (-1);

  g_test_summary ("The file goes with its binding, and the path can be bound again at once");

  for (guint i = 0; i < 200; i++)
    {
      g_assert_true (zmqg_socket_bind (socket, endpoint, NULL));
      g_assert_true (zmqg_socket_unbind (socket, endpoint, NULL));
      g_assert_cmpint (zmqg_test_file_get_mode (path), ==, -1);
    }

  g_assert_true (zmqg_socket_bind (socket, endpoint, NULL));
  zmqg_socket_close (socket);
  g_assert_cmpint (zmqg_test_file_get_mode (path), ==, -1);
  zmqg_test_release (socket);

  socket = new_socket (-1);
  g_assert_true (zmqg_socket_bind (socket, endpoint, NULL));
  zmqg_test_release (socket);
  g_assert_cmpint (zmqg_test_file_get_mode (path), ==, -1);

  broken = g_object_new (ZMQG_TYPE_SOCKET, "bind-endpoints", endpoints, NULL);
  g_assert_cmpint (zmqg_test_file_get_mode (path), ==, -1);
}

static void
test_49_file_of_another (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autofree char *endpoint = g_strconcat ("ipc://", path, NULL);
  g_autoptr (ZmqgSocket) socket = new_socket (-1);
  int fd;

  g_test_summary ("A file that has taken the place of ours stays");

  g_assert_true (zmqg_socket_bind (socket, endpoint, NULL));
  g_assert_cmpint (g_unlink (path), ==, 0);
  fd = raw_socket (path, TRUE);
  g_assert_true (zmqg_socket_unbind (socket, endpoint, NULL));
  g_assert_cmpint (zmqg_test_file_get_mode (path), !=, -1);
  close (fd);
}

static void
test_49_relative (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autofree char *before = g_get_current_dir ();
  g_autoptr (ZmqgSocket) socket = new_socket (-1);

  g_test_summary ("The file is found again from another folder");

  g_assert_cmpint (g_chdir (folder), ==, 0);
  leave_stale ("socket");
  g_assert_true (zmqg_socket_bind (socket, "ipc://socket", NULL));
  g_assert_cmpint (g_chdir (before), ==, 0);
  g_assert_true (zmqg_socket_unbind (socket, "ipc://socket", NULL));
  g_assert_cmpint (zmqg_test_file_get_mode (path), ==, -1);
}

static void
test_49_fork (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  ZmqgSocket *socket = new_socket (-1);
  int status;
  pid_t child;

  g_test_summary ("A forked child that lets go of the socket leaves the file");

  g_assert_true (bind_path (socket, path, NULL));
  child = fork ();
  if (child == 0)
    {
      zmqg_socket_close (socket);
      g_object_unref (socket);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  assert_reachable (socket, path);
  zmqg_test_release (socket);
}

typedef struct
{
  const char *path;
  GMutex *start;
  ZmqgSocket *socket;
  gboolean bound;
} Racer;

static gpointer
race_thread (gpointer data)
{
  Racer *racer = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GError) error = NULL;

  racer->socket = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", ZMQG_SOCKET_TYPE_PULL,
                                "main-context", context, NULL);
  g_mutex_lock (racer->start);
  g_mutex_unlock (racer->start);
  racer->bound = bind_path (racer->socket, racer->path, &error);
  if (!racer->bound)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);

  return NULL;
}

static void
test_49_race (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);

  g_test_summary ("Of many who replace a stale file at once one gets the path, and keeps it");

  for (guint round = 0; round < 300; round++)
    {
      Racer racers[4] = { { NULL } };
      GThread *threads[G_N_ELEMENTS (racers)];
      GMutex start;
      guint n_bound = 0;

      leave_stale (path);
      g_mutex_init (&start);
      g_mutex_lock (&start);
      for (guint i = 0; i < G_N_ELEMENTS (racers); i++)
        {
          racers[i].path = path;
          racers[i].start = &start;
          threads[i] = g_thread_new ("racer", race_thread, &racers[i]);
        }
      g_mutex_unlock (&start);
      for (guint i = 0; i < G_N_ELEMENTS (racers); i++)
        {
          g_thread_join (threads[i]);
          n_bound += racers[i].bound;
        }
      g_assert_cmpuint (n_bound, ==, 1);
      g_assert_cmpint (zmqg_test_file_get_mode (path), !=, -1);
      for (guint i = 0; i < G_N_ELEMENTS (racers); i++)
        g_object_unref (racers[i].socket);
      g_assert_cmpint (zmqg_test_file_get_mode (path), ==, -1);
      g_mutex_clear (&start);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ipc/49-stale", test_49_stale);
  g_test_add_func ("/ipc/49-live", test_49_live);
  g_test_add_func ("/ipc/49-live-unnoticed", test_49_live_unnoticed);
  g_test_add_func ("/ipc/49-own-live", test_49_own_live);
  g_test_add_func ("/ipc/49-not-a-socket", test_49_not_a_socket);
  g_test_add_func ("/ipc/49-abstract-spares-files", test_49_abstract_spares_files);
  g_test_add_func ("/ipc/49-not-permitted", test_49_not_permitted);
  g_test_add_func ("/ipc/49-file-goes", test_49_file_goes);
  g_test_add_func ("/ipc/49-file-of-another", test_49_file_of_another);
  g_test_add_func ("/ipc/49-relative", test_49_relative);
  g_test_add_func ("/ipc/49-fork", test_49_fork);
  g_test_add_func ("/ipc/49-race", test_49_race);

  return g_test_run ();
}
