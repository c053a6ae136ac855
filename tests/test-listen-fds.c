/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-files.h"
#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Descriptors that another process hands over: this program is that process's child, too. */

#define CHILD "--child"

static void
message_cb (ZmqgSocket  *socket,
            ZmqgMessage *message,
            GMainLoop   *loop)
{
  g_autofree char *text = zmqg_message_get_string (message, 0, NULL);

  g_print ("got %s\n", text);
  if (g_str_equal (text, "stop"))
    g_main_loop_quit (loop);
}

static void
take_over (ZmqgSocket *socket)
{
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_fds;
  g_autofree int *fds = zmqg_listen_fds (&n_fds, &names, &error);
  g_autofree char *joined = NULL;

  g_assert_no_error (error);
  joined = g_strjoinv (" ", names);
  g_print ("%d %s\n", (int) n_fds, joined);
  for (gsize i = 0; i < n_fds; i++)
    {
      g_assert_cmpint (fcntl (fds[i], F_GETFD) & FD_CLOEXEC, !=, 0);
      zmqg_socket_bind_fd (socket, fds[i], NULL, &error);
      g_assert_no_error (error);
      close (fds[i]);
    }
}

/* A service: tells what it is given and bound to, and what it gets until that is "stop" */
static int
be_child (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_auto (GStrv) bindings = NULL;

  g_signal_connect (socket, "message-received", G_CALLBACK (message_cb), loop);
  take_over (socket);
  zmqg_test_bind_free (socket, ZMQG_TEST_TCP, NULL);
  bindings = zmqg_socket_list_bindings (socket);
  for (guint i = 0; bindings[i] != NULL; i++)
    g_print ("%s\n", bindings[i]);
  g_main_loop_run (loop);
  zmqg_test_release (socket);

  return 0;
}

static void
send_to (const char *endpoint,
         const char *text)
{
  ZmqgSocket *sender = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, endpoint);

  g_assert_true (zmqg_socket_send_string (sender, text, NULL));
  g_object_set (sender, "linger", ZMQG_TEST_DEADLINE, NULL);
  zmqg_test_release (sender);
}

static void
assert_line (ZmqgTestProcess *process,
             const char      *expected)
{
  g_autofree char *line = zmqg_test_process_read_line (process);

  g_assert_cmpstr (line, ==, expected);
}

static void
test_activation (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autofree char *endpoint = g_strconcat ("ipc://", path, NULL);
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  ZmqgTestProcess *process = zmqg_test_process_start ("activate.py", path, program, CHILD, NULL);
  g_autofree char *by_tcp = NULL;
  g_autofree char *own = NULL;

  g_test_summary ("A service takes over what was listened at before it was started");

  assert_line (process, "2 web unknown");
  by_tcp = zmqg_test_process_read_line (process);
  assert_line (process, endpoint);
  own = zmqg_test_process_read_line (process);
  g_assert_true (g_str_has_prefix (by_tcp, "tcp://127.0.0.1:"));
  g_assert_true (g_str_has_prefix (own, "tcp://127.0.0.1:"));
  g_assert_cmpstr (own, !=, by_tcp);

  send_to (by_tcp, "one");
  assert_line (process, "got one");
  send_to (endpoint, "two");
  assert_line (process, "got two");
  send_to (own, "three");
  assert_line (process, "got three");
  send_to (endpoint, "stop");
  assert_line (process, "got stop");
  zmqg_test_process_finish (process);
  /* Who made it may start the service again */
  g_assert_cmpint (zmqg_test_file_get_mode (path), !=, -1);
}

static void
test_systemd (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autofree char *endpoint = g_strconcat ("ipc://", path, NULL);
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *activate = g_find_program_in_path ("systemd-socket-activate");
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;

  g_test_summary ("A service that systemd starts when somebody connects");

  if (activate == NULL)
    {
      g_test_skip ("There is no systemd-socket-activate");
      return;
    }

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                              &error, activate, "-l", path, "--fdname=door", program, CHILD, NULL);
  g_assert_no_error (error);
  zmqg_test_poll_for (zmqg_test_file_get_mode (path) != -1);
  send_to (endpoint, "stop");
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  g_assert_true (g_str_has_prefix (output, "1 door\n"));
  g_assert_nonnull (strstr (output, endpoint));
  g_assert_true (g_str_has_suffix (output, "got stop\n"));
}

static void
set_environment (const char *process,
                 const char *n_fds)
{
  if (process != NULL)
    g_setenv ("LISTEN_PID", process, TRUE);
  else
    g_unsetenv ("LISTEN_PID");
  if (n_fds != NULL)
    g_setenv ("LISTEN_FDS", n_fds, TRUE);
  else
    g_unsetenv ("LISTEN_FDS");
}

static void
test_environment (void)
{
  g_autofree char *own = g_strdup_printf ("%d", (int) getpid ());
  const struct
  {
    const char *process;
    const char *n_fds;
    int code;
  } cases[] = {
    { NULL, NULL, -1 },
    { own, NULL, -1 },
    { NULL, "1", -1 },
    { "1", "1", -1 },
    { "1", "nonsense", -1 },
    { "", "1", G_IO_ERROR_INVALID_DATA },
    { "-1", "1", G_IO_ERROR_INVALID_DATA },
    { own, "", G_IO_ERROR_INVALID_DATA },
    { own, "0", G_IO_ERROR_INVALID_DATA },
    { own, "1x", G_IO_ERROR_INVALID_DATA },
    { own, "4294967297", G_IO_ERROR_INVALID_DATA },
    { own, "2147483000", G_IO_ERROR_FAILED },
  };

  g_test_summary ("Variables for another process mean nothing, malformed ones are an error");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) names = NULL;
      gsize n_fds = 1;

      set_environment (cases[i].process, cases[i].n_fds);
      g_assert_null (zmqg_listen_fds (&n_fds, &names, &error));
      g_assert_cmpuint (n_fds, ==, 0);
      if (cases[i].code == -1)
        {
          g_assert_no_error (error);
          g_assert_cmpuint (g_strv_length (names), ==, 0);
        }
      else
        g_assert_error (error, G_IO_ERROR, cases[i].code);
      g_assert_null (zmqg_listen_fds (&n_fds, NULL, NULL));
    }
  set_environment (NULL, NULL);
}

int
main (int   argc,
      char *argv[])
{
  if (argc > 1 && g_str_equal (argv[1], CHILD))
    return be_child ();

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/listen-fds/activation", test_activation);
  g_test_add_func ("/listen-fds/systemd", test_systemd);
  g_test_add_func ("/listen-fds/environment", test_environment);

  return g_test_run ();
}
