/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-events.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

/* Monitors where there are no file descriptors. Each case runs in a process of its own. */

#define KIND(kind) ZMQG_CONNECTION_EVENT_KIND_##kind
#define MAX_FREE 12
#define MAX_DESCRIPTORS 256
#define STORM_TIME 2500
#define MEBIBYTE (1024 * 1024)

static int hoard[MAX_DESCRIPTORS];
static guint n_hoarded;

static void
take_descriptors (guint n_free)
{
  struct rlimit limit;
  int fd;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = MAX_DESCRIPTORS;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  while ((fd = open ("/dev/null", O_RDONLY | O_CLOEXEC)) != -1)
    hoard[n_hoarded++] = fd;
  g_assert_cmpint (errno, ==, EMFILE);
  for (guint i = 0; i < n_free; i++)
    close (hoard[--n_hoarded]);
}

static void
give_descriptors_back (void)
{
  while (n_hoarded > 0)
    close (hoard[--n_hoarded]);
}

static void
error_cb (ZmqgSocket *socket,
          GError     *error,
          guint      *n_errors)
{
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);
  g_assert_nonnull (strstr (error->message, "Could not monitor the PULL socket"));
  (*n_errors)++;
}

static void
waited_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!zmqg_socket_wait_connected_finish (ZMQG_SOCKET (object), result, &error))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);
  (*(guint *) user_data)++;
}

/* Told, or done; and done once there are descriptors again */
static void
child_start (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, ZMQG_TEST_TCP,
                                                              &endpoint);
  g_autoptr (ZmqgSocket) peer = NULL, other = NULL;
  guint n_errors = 0, n_waited = 0;
  gboolean monitored;

  /* GTask gets itself a thread, and ends the process if it cannot */
  g_type_class_unref (g_type_class_ref (G_TYPE_TASK));
  g_signal_connect (socket, "error-occurred", G_CALLBACK (error_cb), &n_errors);
  zmqg_test_run_until_idle (NULL);
  take_descriptors (GPOINTER_TO_UINT (data));
  g_object_set (socket, "monitored", TRUE, NULL);
  g_object_get (socket, "monitored", &monitored, NULL);
  zmqg_socket_wait_connected_async (socket, 0, NULL, waited_cb, &n_waited);
  other = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", ZMQG_SOCKET_TYPE_PULL, "monitored", TRUE,
                        NULL);
  zmqg_test_wait_for (n_waited == 1 && n_errors == (monitored ? 0 : 1));
  g_print (monitored ? "on\n" : "off\n");

  give_descriptors_back ();
  g_object_set (socket, "monitored", TRUE, NULL);
  peer = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PUSH, endpoint);
  zmqg_test_wait_for (zmqg_test_get_number (socket, "n-peers") == 1);
}

static void
test_start (void)
{
  g_test_summary ("To begin to watch needs descriptors: it is done, or an error, never an abort");

  for (guint level = 0; level <= MAX_FREE; level++)
    {
      g_autofree char *path = g_strdup_printf ("/monitor-descriptors/start/subprocess/%u", level);

      g_test_trap_subprocess (path, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
      if (!g_test_trap_has_passed ())
        g_error ("With %u free descriptors it ended badly", level);
      if (level == 0)
        g_test_trap_assert_stdout ("*off*");
      if (level == MAX_FREE)
        g_test_trap_assert_stdout ("*on*");
    }
}

static void
connect_to (int         fd,
            const char *endpoint)
{
  struct sockaddr_in address = { .sin_family = AF_INET };

  address.sin_port = htons (g_ascii_strtoull (strrchr (endpoint, ':') + 1, NULL, 10));
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
}

/* /proc cannot be read without a descriptor. The most there was so far */
static gsize
get_memory (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return usage.ru_maxrss * 1024;
}

/* libzmq tries to accept a million times in a second. */
static void
child_storm (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) pull = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  gsize before, grown;
  gint64 cpu;
  guint n_turns, n_events, n_times = 0;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  zmqg_test_events_init (&events, pull);
  zmqg_test_wait_for (events.events->len == 1);
  take_descriptors (0);
  before = get_memory ();
  connect_to (fd, endpoint);

  zmqg_test_wait_for (zmqg_test_events_get (&events, KIND (ACCEPT_FAILED)) != NULL);
  cpu = zmqg_test_get_thread_cpu_time ();
  n_turns = zmqg_test_run_for (NULL, STORM_TIME);
  cpu = zmqg_test_get_thread_cpu_time () - cpu;
  /* Not while the loop rests, either */
  g_usleep (STORM_TIME * 1000);
  grown = get_memory () - before;
  give_descriptors_back ();
  zmqg_test_wait_for (zmqg_test_events_get (&events, KIND (ACCEPTED)) != NULL);

  n_events = zmqg_test_events_count (&events, KIND (ACCEPT_FAILED));
  for (guint i = 0; i < events.events->len; i++)
    n_times += zmqg_connection_event_get_kind (events.events->pdata[i]) == KIND (ACCEPT_FAILED) ?
               zmqg_connection_event_get_n_times (events.events->pdata[i]) : 0;
  g_test_message ("%u failures in %u events, %u turns of the loop, %d µs of its time, %d KiB",
                  n_times, n_events, n_turns, (int) cpu, (int) (grown / 1024));
  g_assert_cmpuint (n_times, >, 10000);
  g_assert_cmpuint (n_events, <=, 2 + 2 * STORM_TIME / 1000);
  g_assert_cmpuint (n_turns, <, 50);
  g_assert_cmpint (cpu, <, 50 * 1000);
  if (zmqg_test_rss_is_meaningful ())
    g_assert_cmpuint (grown, <, 8 * MEBIBYTE);
  close (fd);
}

static void
test_storm (void)
{
  g_test_summary ("Without descriptors to accept with, failures are told once in a second");

  g_test_trap_subprocess ("/monitor-descriptors/storm/subprocess", 60 * G_USEC_PER_SEC,
                          G_TEST_SUBPROCESS_INHERIT_STDERR | G_TEST_SUBPROCESS_INHERIT_STDOUT);
  g_test_trap_assert_passed ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/monitor-descriptors/start", test_start);
  for (guint level = 0; level <= MAX_FREE; level++)
    {
      g_autofree char *path = g_strdup_printf ("/monitor-descriptors/start/subprocess/%u", level);

      g_test_add_data_func (path, GUINT_TO_POINTER (level), child_start);
    }
  g_test_add_func ("/monitor-descriptors/storm", test_storm);
  g_test_add_func ("/monitor-descriptors/storm/subprocess", child_storm);

  return g_test_run ();
}
