/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/connection/zmqg-zap-private.h>

G_BEGIN_DECLS

/* A log of refusals that a peer cannot fill: of what is alike, one line a minute is a message,
 * the rest is for those who ask for information. */
typedef struct
{
  GHashTable *entries;
  /* Since when peers beyond what the table holds are counted only, and how many */
  gint64 overflow_since;
  guint n_overflow;
} ZmqgRefusalLog;

void zmqg_refusal_log_init  (ZmqgRefusalLog        *self);
void zmqg_refusal_log_clear (ZmqgRefusalLog        *self);
void zmqg_refusal_log_write (ZmqgRefusalLog        *self,
                             const ZmqgZapRequest  *request,
                             const char            *reason);
/* What is no request at all */
void zmqg_refusal_log_write_malformed (ZmqgRefusalLog  *self,
                                       const GError    *error);

G_END_DECLS
