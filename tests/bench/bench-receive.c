/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-sockets.h"
#include "bench.h"

#include <string.h>
#include <zmq.h>

/* The first tenth of a stream carries the connection's start and what was buffered before. */
#define WARM_UP_SHARE 10
#define DEFAULT_HIGH_WATER_MARK 1000

/* Two applications of two threads each: left to the scheduler they wander between the cores, and
 * the same program's throughput halves or doubles. So each has a core, but where "free" is said. */
#define RECEIVER_CPU 1
#define SENDER_CPU 0
#define FREE -1

typedef enum
{
  BY_RAW,
  BY_FUNC,
  BY_BATCH_SIGNAL,
  BY_SIGNAL,
  N_WAYS,
} Way;

typedef struct
{
  BenchStream  stream;
  ZmqgContext *context;
} Cell;

typedef struct
{
  const Cell *cell;
  Way         way;
} Case;

typedef struct
{
  GMainLoop *loop;
  guint      count;
  guint      mark;
  guint      n_marks;
  guint      warm_up;
  guint      total;
  gsize      bytes;
  gint64     wall[2];
  gint64     thread[2];
} Receiver;

static const char *way_names[N_WAYS] = {
  "raw", "message function", "messages-received", "message-received",
};

static void
receiver_mark (Receiver *self)
{
  self->wall[self->n_marks] = bench_wall_ns ();
  self->thread[self->n_marks] = bench_thread_ns ();
  self->n_marks++;
  self->warm_up = self->n_marks == 1 ? self->count : self->warm_up;
  self->mark = self->total;
  if (self->n_marks == 2 && self->loop != NULL)
    g_main_loop_quit (self->loop);
}

static inline void
receiver_count (Receiver *self,
                guint     n_messages,
                gsize     n_bytes)
{
  self->bytes += n_bytes;
  self->count += n_messages;
  if (G_UNLIKELY (self->count >= self->mark))
    receiver_mark (self);
}

static void
message_cb (ZmqgSocket  *socket,
            ZmqgMessage *message,
            gpointer     user_data)
{
  receiver_count (user_data, 1, zmqg_message_get_size (message));
}

static void
messages_cb (ZmqgSocket *socket,
             GPtrArray  *messages,
             gpointer    user_data)
{
  gsize bytes = 0;

  for (guint i = 0; i < messages->len; i++)
    bytes += zmqg_message_get_size (g_ptr_array_index (messages, i));
  receiver_count (user_data, messages->len, bytes);
}

static gboolean
is_drain (const BenchStream *stream)
{
  return g_str_equal (stream->transport, "inproc");
}

static void
receiver_init (Receiver          *self,
               const BenchStream *stream)
{
  memset (self, 0, sizeof *self);
  self->total = stream->count;
  self->warm_up = is_drain (stream) ? 0 : stream->count / WARM_UP_SHARE;
  self->mark = self->warm_up;
}

static BenchFigure
receiver_figure (const Receiver    *self,
                 const BenchStream *stream)
{
  double n = self->total - self->warm_up;
  double wall = (double) (self->wall[1] - self->wall[0]);
  double thread = (double) (self->thread[1] - self->thread[0]);

  bench_require (self->n_marks == 2 && self->bytes == stream->size * stream->count);
  if (is_drain (stream))
    return (BenchFigure) { thread / n, 0 };
  return (BenchFigure) { n * 1e6 / wall, thread / n };
}

static void
receive_raw (Receiver *self,
             void     *pull)
{
  zmq_msg_t message;

  zmq_msg_init (&message);
  while (self->count < self->total)
    {
      bench_require (zmq_msg_recv (&message, pull, 0) >= 0);
      receiver_count (self, 1, zmq_msg_size (&message));
    }
  zmq_msg_close (&message);
}

static void
receive_in_loop (Receiver   *self,
                 ZmqgSocket *pull,
                 Way         way)
{
  self->loop = g_main_loop_new (NULL, FALSE);
  if (way == BY_FUNC)
    zmqg_socket_set_message_func (pull, message_cb, self, NULL);
  else if (way == BY_BATCH_SIGNAL)
    g_signal_connect (pull, "messages-received", G_CALLBACK (messages_cb), self);
  else
    g_signal_connect (pull, "message-received", G_CALLBACK (message_cb), self);
  g_main_loop_run (self->loop);
  g_main_loop_unref (self->loop);
}

/* All messages wait in the pipe before the clock starts: nothing but the receiver is measured. */
static void
drain (Receiver   *self,
       const Case *test)
{
  const BenchStream *stream = &test->cell->stream;
  g_autofree char *endpoint = bench_new_endpoint ("inproc");
  void *zmq_context = zmqg_context_get_handle (test->cell->context);
  void *push = bench_raw_socket (zmq_context, ZMQ_PUSH, 0);

  if (test->way == BY_RAW)
    {
      void *pull = bench_raw_socket (zmq_context, ZMQ_PULL, 0);

      bench_raw_bind (pull, endpoint);
      bench_raw_connect (push, endpoint);
      bench_raw_fill (push, stream->size, stream->count);
      receiver_mark (self);
      receive_raw (self, pull);
      zmq_close (pull);
    }
  else
    {
      ZmqgSocket *pull = bench_socket_new (test->cell->context, NULL, ZMQG_SOCKET_TYPE_PULL, 0);

      bench_socket_bind (pull, endpoint);
      bench_raw_connect (push, endpoint);
      bench_raw_fill (push, stream->size, stream->count);
      receiver_mark (self);
      receive_in_loop (self, pull, test->way);
      bench_socket_end (pull, NULL);
    }
  zmq_close (push);
}

static void
stream_from_process (Receiver   *self,
                     const Case *test)
{
  const BenchStream *stream = &test->cell->stream;
  g_autofree char *wildcard = bench_new_endpoint (stream->transport);
  BenchSender sender;

  if (test->way == BY_RAW)
    {
      void *zmq_context = zmqg_context_get_handle (test->cell->context);
      void *pull = bench_raw_socket (zmq_context, ZMQ_PULL, DEFAULT_HIGH_WATER_MARK);
      g_autofree char *endpoint = NULL;

      bench_raw_bind (pull, wildcard);
      endpoint = bench_raw_endpoint (pull);
      sender = bench_sender_spawn (endpoint, stream);
      receive_raw (self, pull);
      zmq_close (pull);
    }
  else
    {
      ZmqgSocket *pull = bench_socket_new (test->cell->context, NULL, ZMQG_SOCKET_TYPE_PULL,
                                           DEFAULT_HIGH_WATER_MARK);
      g_autofree char *endpoint = NULL;

      bench_socket_bind (pull, wildcard);
      g_object_get (pull, "last-endpoint", &endpoint, NULL);
      sender = bench_sender_spawn (endpoint, stream);
      receive_in_loop (self, pull, test->way);
      bench_socket_end (pull, NULL);
    }
  bench_sender_end (sender);
}

static BenchFigure
receive_sample (gconstpointer data)
{
  const Case *test = data;
  Receiver receiver;

  receiver_init (&receiver, &test->cell->stream);
  if (is_drain (&test->cell->stream))
    drain (&receiver, test);
  else
    stream_from_process (&receiver, test);
  return receiver_figure (&receiver, &test->cell->stream);
}

/* A core shared with the I/O thread is the bottleneck of the signals: what they were promised was
 * measured with four threads free on two cores. */
static BenchTarget
target_for (const BenchStream *stream,
            Way                way)
{
  static const double drain_targets[N_WAYS] = { 0, 2.0, 3.1, 6.0 };

  if (is_drain (stream) && stream->size == 64)
    return (BenchTarget) { BENCH_RATIO_AT_MOST, drain_targets[way] };
  if (!g_str_equal (stream->transport, "tcp"))
    return (BenchTarget) { BENCH_NO_TARGET, 0 };
  if (stream->size == 64 && way == BY_FUNC)
    return (BenchTarget) { BENCH_RATIO_AT_LEAST, 0.9 };
  if (stream->size == 64 && stream->sender_cpu == FREE)
    return (BenchTarget) { BENCH_RATIO_AT_LEAST, 0.65 };
  if (stream->size >= 1024)
    return (BenchTarget) { BENCH_RATIO_AT_LEAST, 0.95 };
  return (BenchTarget) { BENCH_NO_TARGET, 0 };
}

static char *
size_text (gsize size)
{
  if (size >= 1024 * 1024)
    return g_strdup_printf ("%" G_GSIZE_FORMAT " MiB", size / (1024 * 1024));
  if (size >= 1024)
    return g_strdup_printf ("%" G_GSIZE_FORMAT " KiB", size / 1024);
  return g_strdup_printf ("%" G_GSIZE_FORMAT " B", size);
}

static void
run_cell (const Cell *cell)
{
  const BenchStream *stream = &cell->stream;
  Case cases[N_WAYS];
  BenchVariant variants[N_WAYS];
  g_autofree char *size = NULL;
  gboolean wanders = !is_drain (stream) && stream->sender_cpu == FREE;
  const char *place = wanders ? ", free" : "";
  BenchComparison comparison = { .baseline_name = "raw", .n_times = 1 };

  size = size_text (stream->size);
  if (wanders || (!is_drain (stream) && stream->size >= 65536))
    comparison.n_times = 2;
  for (Way way = BY_RAW; way < N_WAYS; way++)
    {
      cases[way] = (Case) { cell, way };
      variants[way] = (BenchVariant) {
        .measure = g_strdup_printf ("%s %s%s, %s", stream->transport, size, place,
                                  way_names[way]),
        .sample = receive_sample,
        .data = &cases[way],
        .target = target_for (stream, way),
      };
    }
  comparison.unit = is_drain (stream) ? "ns/msg" : "k msg/s";
  comparison.extra_name = is_drain (stream) ? NULL : "thread ns/msg";
  comparison.baseline = variants[BY_RAW];
  bench_compare (&comparison, variants + BY_FUNC, N_WAYS - BY_FUNC);
  for (Way way = BY_RAW; way < N_WAYS; way++)
    g_free ((char *) variants[way].measure);
}

int
main (int   argc,
      char *argv[])
{
  static const BenchStream streams[] = {
    { "ipc", 16, 800000, SENDER_CPU }, { "ipc", 64, 700000, SENDER_CPU },
    { "ipc", 1024, 200000, SENDER_CPU }, { "ipc", 65536, 8000, SENDER_CPU },
    { "ipc", 1048576, 400, SENDER_CPU },
    { "tcp", 16, 800000, SENDER_CPU }, { "tcp", 64, 700000, SENDER_CPU },
    { "tcp", 1024, 160000, SENDER_CPU }, { "tcp", 65536, 6000, SENDER_CPU },
    { "tcp", 1048576, 400, SENDER_CPU },
    { "tcp", 64, 700000, FREE }, { "tcp", 1024, 160000, FREE },
    { "inproc", 16, 500000, FREE }, { "inproc", 64, 500000, FREE },
    { "inproc", 1024, 250000, FREE }, { "inproc", 65536, 100000, FREE },
    { "inproc", 1048576, 100000, FREE },
  };

  bench_init (&argc, &argv, "receive");
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      Cell cell = { streams[i], NULL };

      if (cell.stream.sender_cpu == FREE)
        bench_unpin ();
      else
        bench_pin (RECEIVER_CPU);
      if (bench_is_quick ())
        cell.stream.count /= 4;
      cell.context = zmqg_context_new ();
      run_cell (&cell);
      g_object_unref (cell.context);
    }
  return 0;
}
