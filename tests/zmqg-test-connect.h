/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "zmqg-test-resolver.h"
#include "zmqg-test-utils.h"

G_BEGIN_DECLS

/* What zmqg_socket_connect_to_async() comes to */
typedef struct
{
  guint n_calls;
  gboolean connected;
  GError *error;
  GThread *thread;
  /* Set while the library is being called: no callback may come then */
  gboolean is_inside;
} ZmqgTestOutcome;

void       zmqg_test_outcome_clear       (ZmqgTestOutcome  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZmqgTestOutcome, zmqg_test_outcome_clear)

void       zmqg_test_connect_begin       (ZmqgSocket       *socket,
                                          const char       *endpoint,
                                          GCancellable     *cancellable,
                                          ZmqgTestOutcome  *outcome);
/* Endpoints with blanks between them */
void       zmqg_test_assert_connections  (ZmqgSocket       *socket,
                                          const char       *expected);

/* A PULL socket, a PUSH socket that is not connected to it, and a resolver that knows peer.test
 * and same.test, and does not know for now where later.test is */
typedef struct
{
  ZmqgTestResolver *resolver;
  ZmqgSocket *pull;
  ZmqgSocket *push;
  /* Of pull, with a name in place of its address */
  char *endpoint;
  ZmqgTestCounter counter;
} ZmqgTestNames;

void       zmqg_test_names_set_up        (ZmqgTestNames    *self,
                                          gconstpointer     data);
void       zmqg_test_names_tear_down     (ZmqgTestNames    *self,
                                          gconstpointer     data);

G_END_DECLS
