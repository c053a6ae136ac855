/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench-sockets.h"
#include "bench.h"

G_BEGIN_DECLS

#define BENCH_TRIP_SIZE 64

typedef struct _BenchClient BenchClient;

/* A raw blocking REQ or DEALER in a thread of its own: it asks, waits, notes each trip's time. */
BenchClient *bench_client_start  (void         *zmq_context,
                                  int           type,
                                  const char   *endpoint,
                                  guint         n_warm_up,
                                  guint         n_trips);
double       bench_client_finish (BenchClient  *self);

/* The other end on a main loop: answers each request with the request itself. */
typedef struct
{
  ZmqgSocket *socket;
  GMainLoop  *loop;
  guint       n_warm_up;
  guint       n_trips;
  guint       n_answered;
  gint64      thread_ns;
} BenchServer;

void         bench_server_answer (ZmqgSocket   *socket,
                                  ZmqgMessage  *message,
                                  gpointer      server);

G_END_DECLS
