/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-sockets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#define BY_REFERENCE_FROM 16384

/* A message that never comes ends the program instead of hanging it. */
#define RECEIVE_TIMEOUT_MS 20000

void
bench_fail (const char *where,
            const char *what)
{
  g_printerr ("%s: failed: %s (libzmq: %s)\n", where, what, zmq_strerror (zmq_errno ()));
  exit (1);
}

void *
bench_raw_socket (void *zmq_context,
                  int   type,
                  int   high_water_mark)
{
  void *raw = zmq_socket (zmq_context, type);
  int timeout = RECEIVE_TIMEOUT_MS;
  int linger = 0;

  bench_require (raw != NULL);
  zmq_setsockopt (raw, ZMQ_SNDHWM, &high_water_mark, sizeof high_water_mark);
  zmq_setsockopt (raw, ZMQ_RCVHWM, &high_water_mark, sizeof high_water_mark);
  zmq_setsockopt (raw, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
  zmq_setsockopt (raw, ZMQ_LINGER, &linger, sizeof linger);
  return raw;
}

void
bench_raw_bind (void       *raw,
                const char *endpoint)
{
  bench_require (zmq_bind (raw, endpoint) == 0);
}

void
bench_raw_connect (void       *raw,
                   const char *endpoint)
{
  bench_require (zmq_connect (raw, endpoint) == 0);
}

char *
bench_raw_endpoint (void *raw)
{
  char endpoint[256];
  size_t length = sizeof endpoint;

  bench_require (zmq_getsockopt (raw, ZMQ_LAST_ENDPOINT, endpoint, &length) == 0);
  return g_strdup (endpoint);
}

void
bench_raw_send (void          *raw,
                gconstpointer  data,
                gsize          size)
{
  zmq_msg_t message;

  zmq_msg_init_size (&message, size);
  memcpy (zmq_msg_data (&message), data, size);
  bench_require (zmq_msg_send (&message, raw, 0) == (int) size);
}

static void
keep_data (void *data,
           void *hint)
{
}

void
bench_raw_send_by_ref (void     *raw,
                       gpointer  data,
                       gsize     size)
{
  zmq_msg_t message;

  zmq_msg_init_data (&message, data, size, keep_data, NULL);
  bench_require (zmq_msg_send (&message, raw, 0) == (int) size);
}

/* The receiving end is what is measured, so large payloads are one block sent again and again. */
void
bench_raw_fill (void  *raw,
                gsize  size,
                guint  count)
{
  static char block[1 << 20];

  bench_require (size <= sizeof block);
  for (guint i = 0; i < count; i++)
    {
      if (size < BY_REFERENCE_FROM)
        bench_raw_send (raw, block, size);
      else
        bench_raw_send_by_ref (raw, block, size);
    }
}

void
bench_raw_receive (void  *raw,
                   guint  count)
{
  zmq_msg_t message;

  zmq_msg_init (&message);
  for (guint i = 0; i < count; i++)
    bench_require (zmq_msg_recv (&message, raw, 0) >= 0);
  zmq_msg_close (&message);
}

ZmqgSocket *
bench_socket_new (ZmqgContext    *context,
                  GMainContext   *main_context,
                  ZmqgSocketType  type,
                  int             high_water_mark)
{
  g_autoptr (GError) error = NULL;
  ZmqgSocket *socket = NULL;

  socket = g_initable_new (ZMQG_TYPE_SOCKET, NULL, &error,
                           "context", context,
                           "main-context", main_context,
                           "socket-type", type,
                           "send-high-water-mark", high_water_mark,
                           "receive-high-water-mark", high_water_mark,
                           "linger", 0,
                           NULL);
  if (socket == NULL)
    bench_fail (G_STRLOC, error->message);
  return socket;
}

void
bench_socket_bind (ZmqgSocket *socket,
                   const char *endpoint)
{
  g_autoptr (GError) error = NULL;

  if (!zmqg_socket_bind (socket, endpoint, &error))
    bench_fail (G_STRLOC, error->message);
}

void
bench_socket_connect (ZmqgSocket *socket,
                      const char *endpoint)
{
  g_autoptr (GError) error = NULL;

  if (!zmqg_socket_connect_to (socket, endpoint, &error))
    bench_fail (G_STRLOC, error->message);
}

/* The pending `closed` holds a reference: without a turn of the loop the socket would stay. */
void
bench_socket_end (ZmqgSocket   *socket,
                  GMainContext *main_context)
{
  zmqg_socket_close (socket);
  while (g_main_context_iteration (main_context, FALSE))
    ;
  g_object_unref (socket);
}

/* libzmq's reaper frees an inproc name some time after the close: no name is used twice. An ipc one
 * is abstract and leaves no file behind. */
char *
bench_new_endpoint (const char *transport)
{
  static guint n_endpoints;

  if (g_str_equal (transport, "tcp"))
    return g_strdup ("tcp://127.0.0.1:*");
  if (g_str_equal (transport, "ipc"))
    return g_strdup_printf ("ipc://@zmqglib-bench-%d-%u", (int) getpid (), n_endpoints++);
  return g_strdup_printf ("inproc://bench-%u", n_endpoints++);
}

BenchSender
bench_sender_spawn (const char        *endpoint,
                    const BenchStream *stream)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *directory = g_path_get_dirname (self);
  g_autofree char *program = g_build_filename (directory, "bench-sender", NULL);
  g_autofree char *size = g_strdup_printf ("%" G_GSIZE_FORMAT, stream->size);
  g_autofree char *count = g_strdup_printf ("%u", stream->count);
  g_autofree char *cpu = g_strdup_printf ("%d", stream->sender_cpu);
  char *argv[] = { program, (char *) endpoint, size, count, cpu, NULL };
  g_autoptr (GError) error = NULL;
  BenchSender sender;

  if (!g_spawn_async_with_pipes (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                 &sender.pid, &sender.hold_fd, NULL, NULL, &error))
    bench_fail (G_STRLOC, error->message);
  return sender;
}

void
bench_sender_end (BenchSender sender)
{
  int status = 0;

  close (sender.hold_fd);
  bench_require (waitpid (sender.pid, &status, 0) == sender.pid);
  bench_require (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}
