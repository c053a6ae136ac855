/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "report.h"

/* A thread that sends numbered messages through a socket of the main loop. */
typedef struct _Worker Worker;

Worker  *worker_new         (const char *endpoint,
                             guint       n_messages,
                             GError    **error);
void     worker_free        (Worker     *self);
gboolean worker_is_done     (Worker     *self);
gboolean worker_set_counted (Worker     *self,
                             const char *json);
void     worker_report      (Worker     *self,
                             Report     *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Worker, worker_free)
