/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/loop/zmqg-main-context-private.h>
#include <zmqglib/pattern/zmqg-client.h>

G_BEGIN_DECLS

typedef enum
{
  ZMQG_CLIENT_PROP_CONTEXT = 1,
  ZMQG_CLIENT_PROP_MAIN_CONTEXT,
  ZMQG_CLIENT_PROP_SOCKET,
  ZMQG_CLIENT_PROP_TIMEOUT,
  ZMQG_CLIENT_PROP_MAX_RETRIES,
  ZMQG_CLIENT_PROP_RETRY_INTERVAL,
  ZMQG_CLIENT_PROP_RETRY_INTERVAL_MAX,
  ZMQG_CLIENT_PROP_N_PENDING,
  ZMQG_CLIENT_PROP_N_LATE_REPLIES,
  ZMQG_CLIENT_N_PROPS,
} ZmqgClientProperty;

struct _ZmqgClient
{
  GObject parent_instance;

  ZmqgContext *context;
  GMainContext *main_context;
  ZmqgSocket *socket;
  /* NULL: over. It serves deadlines and what is to be notified */
  GSource *clock;
  /* When the clock is due at the latest (µs), -1: never */
  gint64 armed;

  /* Of ZmqgClientRequest: those that wait for a reply, by id, and those of them that have a
   * deadline, the next one first */
  GHashTable *requests;
  GSequence *deadlines;
  /* Those that libzmq could not take yet */
  GQueue outgoing;
  gboolean is_pushing;
  guint64 last_id;

  /* Atomic, as they are read and set from any thread */
  int timeout;
  int max_retries;
  int retry_interval;
  int retry_interval_max;
  int n_pending;
  int n_late_replies;
  guint notified_pending;
  guint notified_late_replies;
};

extern GParamSpec *zmqg_client_properties[ZMQG_CLIENT_N_PROPS];

/* zmqg-client-requests.c, by the holder of the main context */
void     zmqg_client_open_requests  (ZmqgClient    *self);
void     zmqg_client_end_requests   (ZmqgClient    *self);

G_END_DECLS
