/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench-sockets.h"

G_BEGIN_DECLS

#define BENCH_PAIR_SIZE 64

/* What is measured at one end, a socket of the library or a raw one, and a raw peer. No end has a
 * high-water mark. */
typedef struct
{
  ZmqgSocket *socket;           /* NULL where it is a raw one */
  void       *raw;
  void       *peer;
  char       *endpoint;
} BenchPair;

void bench_pair_start   (void);
void bench_pair_finish  (void);

void bench_pair_init    (BenchPair   *self,
                         const char  *transport,
                         gboolean     sends,
                         gboolean     is_raw);
void bench_pair_join    (BenchPair   *self);
void bench_pair_connect (BenchPair   *self);
void bench_pair_fill    (BenchPair   *self,
                         guint        n_messages);
void bench_pair_clear   (BenchPair   *self);

G_END_DECLS
