/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <sys/types.h>
#include <zmqglib/zmqglib.h>

G_BEGIN_DECLS

/* Runs the function in a child that ends well after it, unless it takes too long */
pid_t              zmqg_test_fork                 (void               (*func) (gpointer data),
                                                   gpointer             data);
/* Runs the default main context until the child has ended, well */
void               zmqg_test_fork_wait            (pid_t                child);
/* Ends a context from that main context */
void               zmqg_test_fork_terminate       (ZmqgContext         *context,
                                                   GMainContext        *main_context);

G_END_DECLS
