/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/pattern/zmqg-request.h>
#include <zmqglib/socket/zmqg-socket.h>

G_BEGIN_DECLS

/* Of a service, whose requests may outlive it; atomic */
typedef struct
{
  int n_pending;
  int n_dropped;
  int n_invalid;
} ZmqgServiceCounters;

ZmqgRequest  *zmqg_request_new  (ZmqgSocket           *socket,
                                 ZmqgServiceCounters  *counters,
                                 ZmqgMessage          *message,
                                 guint                 first);

G_END_DECLS
