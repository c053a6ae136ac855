/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* libzmq ends the process where it finds no free file descriptor. Each level of scarcity runs in
 * a process of its own: it must end well, with everything either done or an error. */

#define MAX_FREE 12
#define MAX_DESCRIPTORS 256

typedef struct
{
  int fds[MAX_DESCRIPTORS];
  guint n_fds;
} Hoard;

static void
hoard_fill (Hoard *self,
            guint  n_free)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = MAX_DESCRIPTORS;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);

  self->n_fds = 0;
  for (;;)
    {
      int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);

      if (fd == -1)
        break;
      self->fds[self->n_fds++] = fd;
    }
  g_assert_cmpint (errno, ==, EMFILE);
  g_assert_cmpuint (self->n_fds, >, n_free);
  for (guint i = 0; i < n_free; i++)
    close (self->fds[--self->n_fds]);
}

static void
hoard_empty (Hoard *self)
{
  while (self->n_fds > 0)
    close (self->fds[--self->n_fds]);
}

/* Either done, or refused for that reason, with the operand in the text */
static void
check (gboolean     done,
       GError     **error,
       const char  *operand)
{
  if (done)
    {
      g_assert_no_error (*error);
      return;
    }

  g_assert_error (*error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);
  if (operand != NULL)
    g_assert_nonnull (strstr ((*error)->message, operand));
}

static void
exchange (void)
{
  for (int transport = 0; transport < ZMQG_TEST_N_TRANSPORTS; transport++)
    {
      ZmqgTestCounter counter = { 0 };
      g_auto (ZmqgTestPair) pair = { NULL };

      zmqg_test_pair_init (&pair, transport, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
      zmqg_test_counter_connect (&counter, pair.bound);
      zmqg_test_send_number (pair.connected, 0);
      zmqg_test_wait_for (counter.n_messages == 1);
    }
}

/* What GLib itself needs descriptors for is not what is tested */
static void
prepare_glib (void)
{
  g_main_context_iteration (NULL, FALSE);
  g_get_monotonic_time ();
}

static guint
get_level (gconstpointer data)
{
  return GPOINTER_TO_UINT (data);
}

static void
child_first_socket (gconstpointer data)
{
  g_autoptr (ZmqgSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  Hoard hoard;

  prepare_glib ();
  hoard_fill (&hoard, get_level (data));
  socket = zmqg_socket_new (ZMQG_SOCKET_TYPE_PULL, &error);
  check (socket != NULL, &error, NULL);
  if (socket != NULL)
    g_print ("made\n");
  g_clear_error (&error);
  g_clear_object (&socket);

  /* Later, with descriptors again, nothing is spoilt */
  hoard_empty (&hoard);
  exchange ();
}

static void
child_later_socket (gconstpointer data)
{
  g_autoptr (ZmqgSocket) first = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  ZmqgSocket *socket;
  Hoard hoard;

  prepare_glib ();
  hoard_fill (&hoard, get_level (data));
  while ((socket = zmqg_socket_new (ZMQG_SOCKET_TYPE_PULL, &error)) != NULL)
    g_ptr_array_add (sockets, socket);
  check (FALSE, &error, NULL);
  g_ptr_array_set_size (sockets, 0);

  hoard_empty (&hoard);
  exchange ();
}

static void
try_endpoints (ZmqgSocket *socket)
{
  static const char * const bind_to[] = { "tcp://127.0.0.1:*", "tcp://lo:*", "ipc://*",
                                          "inproc://scarce", "ws://127.0.0.1:*" };
  static const char * const connect_to[] = { "tcp://127.0.0.1:9", "ipc:///no-such-socket",
                                             "inproc://scarce", "inproc://nobody",
                                             "ws://127.0.0.1:9" };

  for (guint i = 0; i < G_N_ELEMENTS (bind_to); i++)
    {
      g_autoptr (GError) error = NULL;

      check (zmqg_socket_bind (socket, bind_to[i], &error), &error, bind_to[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (connect_to); i++)
    {
      g_autoptr (GError) error = NULL;

      check (zmqg_socket_connect_to (socket, connect_to[i], &error), &error, connect_to[i]);
    }
}

static void
child_endpoints (gconstpointer data)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);
  Hoard hoard;

  zmqg_test_run_until_idle (NULL);
  hoard_fill (&hoard, get_level (data));
  try_endpoints (socket);
  /* The I/O thread tries and retries meanwhile */
  zmqg_test_run_for (NULL, 150);
  zmqg_socket_send_string (socket, "to nobody", NULL);
  zmqg_socket_close (socket);
  zmqg_test_run_for (NULL, 50);

  hoard_empty (&hoard);
  exchange ();
}

/* Each kind of endpoint on its own: the first to find none must not abort either */
static void
child_each_endpoint (gconstpointer data)
{
  static const char * const endpoints[] = { "tcp://127.0.0.1:*", "ipc://*", "ws://127.0.0.1:*" };
  ZmqgSocket *sockets[G_N_ELEMENTS (endpoints)];
  Hoard hoard;

  for (guint i = 0; i < G_N_ELEMENTS (endpoints); i++)
    sockets[i] = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_ROUTER);
  zmqg_test_run_until_idle (NULL);
  hoard_fill (&hoard, get_level (data));
  for (guint i = 0; i < G_N_ELEMENTS (endpoints); i++)
    {
      g_autoptr (GError) error = NULL;

      check (zmqg_socket_bind (sockets[i], endpoints[i], &error), &error, endpoints[i]);
      zmqg_test_release (sockets[i]);
    }

  hoard_empty (&hoard);
  exchange ();
}

/* Connected and never bound, inproc needs a socket when the context ends */
static void
child_context_end (gconstpointer data)
{
  ZmqgContext *context = zmqg_context_new ();
  g_autoptr (GError) error = NULL;
  ZmqgSocket *socket = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PUSH, &error);
  guint n_threads;
  Hoard hoard;

  g_assert_no_error (error);
  n_threads = zmqg_test_count_threads ();
  zmqg_socket_connect_to (socket, "inproc://nobody", &error);
  g_assert_no_error (error);
  g_object_unref (socket);
  /* The reaper has time to give the socket's own descriptor back, which would do for that */
  g_usleep (20000);
  hoard_fill (&hoard, get_level (data));
  g_object_unref (context);
  zmqg_test_run_for (NULL, 100);

  hoard_empty (&hoard);
  zmqg_test_poll_for (zmqg_test_count_threads () < n_threads);
  exchange ();
}

/* Peers come and nobody can accept them; the listener goes on when there is room again */
static void
child_accept (gconstpointer data)
{
  ZmqgTestCounter counter = { 0 };
  g_auto (ZmqgTestPair) pair = { NULL };
  Hoard hoard;

  pair.bound = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, ZMQG_TEST_TCP, &pair.endpoint);
  pair.connected = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_counter_connect (&counter, pair.bound);
  zmqg_test_run_until_idle (NULL);
  hoard_fill (&hoard, get_level (data));
  zmqg_socket_connect_to (pair.connected, pair.endpoint, NULL);
  zmqg_test_run_for (NULL, 150);

  hoard_empty (&hoard);
  if (counter.n_messages == 0)
    {
      g_autoptr (GError) error = NULL;

      zmqg_socket_connect_to (pair.connected, pair.endpoint, &error);
      g_assert_no_error (error);
    }
  zmqg_test_send_number (pair.connected, 0);
  zmqg_test_wait_for (counter.n_messages == 1);
}

static const struct
{
  const char *name;
  GTestDataFunc func;
} cases[] = {
  { "first-socket", child_first_socket },
  { "later-socket", child_later_socket },
  { "endpoints", child_endpoints },
  { "each-endpoint", child_each_endpoint },
  { "context-end", child_context_end },
  { "accept", child_accept },
};

static void
test_levels (gconstpointer data)
{
  const char *name = data;

  for (guint level = 0; level <= MAX_FREE; level++)
    {
      g_autofree char *path = g_strdup_printf ("/no-descriptors/%s/subprocess/%u", name, level);

      g_test_trap_subprocess (path, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
      if (!g_test_trap_has_passed ())
        g_error ("%s with %u free descriptors ended badly", name, level);
    }
}

/* With none the answer must have been an error, with enough of them a socket: else the levels
 * would have shown nothing */
static void
test_span (void)
{
  g_test_trap_subprocess ("/no-descriptors/first-socket/subprocess/0", 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout_unmatched ("*made*");

  g_test_trap_subprocess ("/no-descriptors/first-socket/subprocess/12", 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*made*");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/no-descriptors/%s", cases[i].name);

      g_test_add_data_func (path, cases[i].name, test_levels);
      for (guint level = 0; level <= MAX_FREE; level++)
        {
          g_autofree char *child = g_strdup_printf ("%s/subprocess/%u", path, level);

          g_test_add_data_func (child, GUINT_TO_POINTER (level), cases[i].func);
        }
    }
  g_test_add_func ("/no-descriptors/span", test_span);

  return g_test_run ();
}
