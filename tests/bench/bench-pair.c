/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-pair.h"

#include "bench.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#define OWN_CPU 1
#define IO_CPU 0

#define PAUSE_US 500
#define N_QUIET_LOOKS 3

/* For all that is done with one pair */
#define TIMEOUT_S 60

static ZmqgContext *context;

static void
alarm_cb (int signal_number)
{
  static const char text[] = "An operation did not end\n";

  _exit (write (STDERR_FILENO, text, sizeof text - 1) > 0 ? 1 : 2);
}

/* libzmq's threads, made with the first socket, get a core of their own: thread time is what is
 * measured, but who shares a core also shares its caches. */
void
bench_pair_start (void)
{
  void *first;

  bench_pin (IO_CPU);
  context = zmqg_context_new ();
  first = bench_raw_socket (zmqg_context_get_handle (context), ZMQ_PULL, 0);
  zmq_close (first);
  bench_pin (OWN_CPU);
  /* A callback that never comes ends the program instead of hanging it; a timeout source would be
   * one more in each iteration that is measured. */
  signal (SIGALRM, alarm_cb);
}

void
bench_pair_finish (void)
{
  alarm (0);
  g_clear_object (&context);
}

/* Until bench_pair_join() there is no peer. */
void
bench_pair_init (BenchPair  *self,
                 const char *transport,
                 gboolean    sends,
                 gboolean    is_raw)
{
  g_autofree char *wildcard = bench_new_endpoint (transport);
  void *zmq_context = zmqg_context_get_handle (context);

  alarm (TIMEOUT_S);
  *self = (BenchPair) { NULL, NULL, NULL, NULL };
  self->peer = bench_raw_socket (zmq_context, sends ? ZMQ_PULL : ZMQ_PUSH, 0);
  if (is_raw)
    {
      self->raw = bench_raw_socket (zmq_context, sends ? ZMQ_PUSH : ZMQ_PULL, 0);
      bench_raw_bind (self->raw, wildcard);
      self->endpoint = bench_raw_endpoint (self->raw);
      return;
    }
  self->socket = bench_socket_new (context, NULL,
                                   sends ? ZMQG_SOCKET_TYPE_PUSH : ZMQG_SOCKET_TYPE_PULL, 0);
  g_object_set (self->socket, "send-queue-limit", 0, NULL);
  bench_socket_bind (self->socket, wildcard);
  g_object_get (self->socket, "last-endpoint", &self->endpoint, NULL);
}

void
bench_pair_join (BenchPair *self)
{
  bench_raw_connect (self->peer, self->endpoint);
}

static gboolean
is_writable (BenchPair *self)
{
  int events = 0;
  size_t size = sizeof events;

  if (self->socket != NULL)
    return (zmqg_socket_condition_check (self->socket, G_IO_OUT) & G_IO_OUT) != 0;

  bench_require (zmq_getsockopt (self->raw, ZMQ_EVENTS, &events, &size) == 0);
  return (events & ZMQ_POLLOUT) != 0;
}

/* The same, and waits until messages can be sent to the peer. */
void
bench_pair_connect (BenchPair *self)
{
  bench_pair_join (self);
  while (!is_writable (self))
    g_usleep (PAUSE_US);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Whether a thread of the program runs, or would if it had a core */
static gboolean
is_running (const char *thread)
{
  g_autofree char *path = g_build_filename ("/proc/self/task", thread, "stat", NULL);
  g_autofree char *text = NULL;
  const char *state;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  state = strrchr (text, ')');
  return state != NULL && !g_str_has_prefix (state, ") S");
}

static gboolean
is_quiet (void)
{
  g_autofree char *self = g_file_read_link ("/proc/thread-self", NULL);
  g_autofree char *own = self != NULL ? g_path_get_basename (self) : g_strdup ("");
  g_autoptr (GDir) threads = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;

  while (threads != NULL && (name = g_dir_read_name (threads)) != NULL)
    {
      if (!g_str_equal (name, own) && is_running (name))
        return FALSE;
    }
  return TRUE;
}

/* libzmq's threads go on until all is where it is received: there is no high-water mark, and both
 * ends are theirs. */
static void
wait_until_quiet (void)
{
  guint n_quiet = 0;

  while (n_quiet < N_QUIET_LOOKS)
    {
      g_usleep (PAUSE_US);
      n_quiet = is_quiet () ? n_quiet + 1 : 0;
    }
}

/* The messages are there, to be taken without waiting. */
void
bench_pair_fill (BenchPair *self,
                 guint      n_messages)
{
  bench_raw_fill (self->peer, BENCH_PAIR_SIZE, n_messages);
  wait_until_quiet ();
}

void
bench_pair_clear (BenchPair *self)
{
  if (self->socket != NULL)
    bench_socket_end (self->socket, NULL);
  if (self->raw != NULL)
    zmq_close (self->raw);
  zmq_close (self->peer);
  g_free (self->endpoint);
}
