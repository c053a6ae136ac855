/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "zmqg-test-utils.h"

G_BEGIN_DECLS

/* Keeps all events of a socket */
typedef struct
{
  ZmqgSocket *socket;
  GPtrArray  *events;
} ZmqgTestEvents;

void                 zmqg_test_events_init        (ZmqgTestEvents          *self,
                                                   ZmqgSocket              *socket);
void                 zmqg_test_events_clear       (ZmqgTestEvents          *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZmqgTestEvents, zmqg_test_events_clear)

guint                zmqg_test_events_count       (ZmqgTestEvents          *self,
                                                   ZmqgConnectionEventKind  kind);
/* The last of that kind, NULL if there was none */
ZmqgConnectionEvent *zmqg_test_events_get         (ZmqgTestEvents          *self,
                                                   ZmqgConnectionEventKind  kind);
guint                zmqg_test_events_get_dropped (ZmqgTestEvents          *self);

/* A socket with monitored, as it was made; bound to a free address, if endpoint is not NULL */
ZmqgSocket          *zmqg_test_socket_new_monitored (ZmqgSocketType         type,
                                                   ZmqgTestTransport        transport,
                                                   char                   **endpoint);

/* A socket of libzmq itself in a context of its own, which is closed without lingering */
typedef struct
{
  void *context;
  void *socket;
} ZmqgTestRaw;

void                 zmqg_test_raw_init           (ZmqgTestRaw             *self,
                                                   int                      zmq_type,
                                                   const char              *routing_id);
void                 zmqg_test_raw_connect        (ZmqgTestRaw             *self,
                                                   const char              *endpoint);
void                 zmqg_test_raw_send           (ZmqgTestRaw             *self,
                                                   const char              *text);
void                 zmqg_test_raw_clear          (ZmqgTestRaw             *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZmqgTestRaw, zmqg_test_raw_clear)

/* Reads all messages of a socket: the peer of each, by the text it begins with */
typedef struct
{
  ZmqgSocket *socket;
  GHashTable *peers;
  guint       n_messages;
  guint       n_nobody;
} ZmqgTestReader;

void                 zmqg_test_reader_init        (ZmqgTestReader          *self,
                                                   ZmqgSocket              *socket);
void                 zmqg_test_reader_clear       (ZmqgTestReader          *self);

/* NULL for NULL */
char                *zmqg_test_bytes_to_text      (GBytes                  *bytes);

/* PATH/tcp and PATH/ipc, where there is news of connections */
void                 zmqg_test_add_network_transports (const char          *path,
                                                   GTestDataFunc            func);

/* A plain TCP connection to an endpoint */
int                  zmqg_test_tcp_connect        (const char              *endpoint);

G_END_DECLS
