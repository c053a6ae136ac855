/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/zmqglib.h>

G_BEGIN_DECLS

/* What a program of the benchmarks cannot go on without: a failure ends it and says where. */
#define bench_require(expression) \
  G_STMT_START { \
    if (G_UNLIKELY (!(expression))) \
      bench_fail (G_STRLOC, #expression); \
  } G_STMT_END

typedef struct
{
  const char *transport;
  gsize       size;
  guint       count;
  int         sender_cpu;       /* -1: any */
} BenchStream;

typedef struct
{
  GPid pid;
  int  hold_fd;
} BenchSender;

void        bench_fail             (const char         *where,
                                    const char         *what) G_GNUC_NORETURN;

void       *bench_raw_socket       (void               *zmq_context,
                                    int                 type,
                                    int                 high_water_mark);
void        bench_raw_bind         (void               *raw,
                                    const char         *endpoint);
void        bench_raw_connect      (void               *raw,
                                    const char         *endpoint);
char       *bench_raw_endpoint     (void               *raw);
void        bench_raw_send         (void               *raw,
                                    gconstpointer       data,
                                    gsize               size);
void        bench_raw_send_by_ref  (void               *raw,
                                    gpointer            data,
                                    gsize               size);
void        bench_raw_fill         (void               *raw,
                                    gsize               size,
                                    guint               count);
void        bench_raw_receive      (void               *raw,
                                    guint               count);

ZmqgSocket *bench_socket_new       (ZmqgContext        *context,
                                    GMainContext       *main_context,
                                    ZmqgSocketType      type,
                                    int                 high_water_mark);
void        bench_socket_bind      (ZmqgSocket         *socket,
                                    const char         *endpoint);
void        bench_socket_connect   (ZmqgSocket         *socket,
                                    const char         *endpoint);
void        bench_socket_end       (ZmqgSocket         *socket,
                                    GMainContext       *main_context);

char       *bench_new_endpoint     (const char         *transport);
BenchSender bench_sender_spawn     (const char         *endpoint,
                                    const BenchStream  *stream);
void        bench_sender_end       (BenchSender         sender);

G_END_DECLS
