/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-files.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <sys/stat.h>

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
test_49_mode (void)
{
  static const int modes[] = { 0600, 0660, 0666, 0, 0777, 0400 };
  static const mode_t masks[] = { 0, 022, 077, 0777 };
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);

  g_test_summary ("The file has the mode asked for, whatever the umask, or what that leaves");

  for (guint i = 0; i < G_N_ELEMENTS (masks); i++)
    {
      mode_t before = umask (masks[i]);
      g_autoptr (ZmqgSocket) plain = new_socket (-1);
      g_autoptr (GError) error = NULL;

      bind_path (plain, path, &error);
      g_assert_no_error (error);
      g_assert_cmpint (zmqg_test_file_get_mode (path), ==, 0777 & ~masks[i]);
      zmqg_test_release (g_steal_pointer (&plain));

      for (guint j = 0; j < G_N_ELEMENTS (modes); j++)
        {
          g_autoptr (ZmqgSocket) socket = new_socket (modes[j]);

          bind_path (socket, path, &error);
          g_assert_no_error (error);
          g_assert_cmpint (zmqg_test_file_get_mode (path), ==, modes[j]);
        }
      umask (before);
    }
}

static void
test_49_mode_elsewhere (void)
{
  g_autoptr (ZmqgSocket) any = new_socket (0640);
  g_autoptr (ZmqgSocket) abstract = new_socket (0600);
  g_autoptr (ZmqgSocket) other = new_socket (0600);
  g_autoptr (GError) error = NULL;
  g_autofree char *endpoint = NULL;
  g_autofree char *name = zmqg_test_transport_get_free (ZMQG_TEST_IPC);

  g_test_summary ("A file of any name has the mode, too; an abstract name cannot have one");

  zmqg_socket_bind (any, "ipc://*", &error);
  g_assert_no_error (error);
  endpoint = zmqg_socket_dup_last_endpoint (any);
  g_assert_cmpint (zmqg_test_file_get_mode (endpoint + strlen ("ipc://")), ==, 0640);

  g_assert_false (zmqg_socket_bind (abstract, name, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, name));
  g_clear_error (&error);
  g_object_set (abstract, "ipc-mode", -1, NULL);
  g_assert_true (zmqg_socket_bind (abstract, name, &error));
  /* It has no owner either to whom a second one could listen */
  g_object_set (other, "ipc-mode", -1, NULL);
  g_assert_false (zmqg_socket_bind (other, name, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);

  g_assert_true (zmqg_socket_bind (other, "tcp://127.0.0.1:*", &error));
}

static void
test_49_mode_at_construction (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autofree char *endpoint = g_strconcat ("ipc://", path, NULL);
  const char * const endpoints[] = { endpoint, NULL };
  g_autoptr (ZmqgSocket) socket = NULL;

  g_test_summary ("The mode is that of endpoints in the same constructor call, too");

  socket = g_object_new (ZMQG_TYPE_SOCKET, "bind-endpoints", endpoints, "ipc-mode", 0604, NULL);
  g_assert_cmpint (zmqg_test_file_get_mode (path), ==, 0604);
}

typedef struct
{
  const char *path;
  int stopping;
  int n_seen;
  int n_wider;
} Watch;

static gpointer
watch_thread (gpointer data)
{
  Watch *watch = data;

  while (!g_atomic_int_get (&watch->stopping))
    {
      int mode = zmqg_test_file_get_mode (watch->path);

      if (mode != -1)
        g_atomic_int_inc (&watch->n_seen);
      if (mode != -1 && (mode & ~0620) != 0)
        g_atomic_int_inc (&watch->n_wider);
    }

  return NULL;
}

static void
test_49_no_wider_moment (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  Watch watch = { .path = path };
  mode_t before = umask (0);
  GThread *thread = g_thread_new ("watch", watch_thread, &watch);

  g_test_summary ("At no moment has the file a wider mode than it is to have");

  for (guint i = 0; i < 1000 || g_atomic_int_get (&watch.n_seen) < 200; i++)
    {
      g_autoptr (ZmqgSocket) socket = new_socket (0620);

      g_assert_true (bind_path (socket, path, NULL));
    }
  g_atomic_int_set (&watch.stopping, TRUE);
  g_thread_join (thread);
  umask (before);
  g_assert_cmpint (watch.n_wider, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ipc/49-mode", test_49_mode);
  g_test_add_func ("/ipc/49-mode-elsewhere", test_49_mode_elsewhere);
  g_test_add_func ("/ipc/49-mode-at-construction", test_49_mode_at_construction);
  g_test_add_func ("/ipc/49-no-wider-moment", test_49_no_wider_moment);

  return g_test_run ();
}
