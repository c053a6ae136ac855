/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/connection/zmqg-peer-private.h>

G_BEGIN_DECLS

/* The connections of a socket, as its monitor tells of them. Whoever calls holds the monitor's
 * lock.
 *
 * libzmq gives the file descriptor of a connection when it is made and when it is lost, before it
 * closes it; from a handshake it tells the endpoint alone. Where several connections are at their
 * handshakes at one endpoint, it is a guess at first whose it was, and what happens later, or a
 * message, puts it right. */

/* What connections have in common that libzmq knows by one name */
typedef struct
{
  GRefString *name;
  gboolean is_websocket;
  guint n_connections;
  /* Those whose handshakes have not succeeded, the newest first */
  GQueue pending;
  /* Of those that succeeded, the ones that it might not have been */
  GQueue guessed;
  /* Handshakes that succeeded on connections that are not known */
  guint n_unknown;
  /* Those that are believed to have succeeded before, and of which libzmq may still say so */
  guint n_presumed;
  guint n_denied;
  /* The number of the event that said that a handshake failed; 0: none */
  guint64 failed_at;
} ZmqgMonitorEndpoint;

/* A file descriptor, and who is there */
typedef struct
{
  int fd;
  /* NULL: nobody now */
  ZmqgPeer *peer;
  ZmqgMonitorEndpoint *endpoint;
  gboolean is_ready;
  gboolean is_guess;
  /* Half of the handshake over WebSocket is done */
  gboolean is_upgraded;
  /* Older than the monitor: its handshake may have succeeded before */
  gboolean is_old;
  /* In the list of the endpoint that it belongs to */
  GList link;
  /* What the kernel said; it may have spoken of a later connection that has the same number */
  char *found_address;
  int found_process;

  /* Those who were here before and of whom messages may wait still, the oldest first */
  GQueue former;
  guint n_forgotten;
  /* Whether there are some, and somebody else has the number since */
  gboolean is_contested;
  guint64 contested_at;
  GList contested_link;
  /* What messages began with that came from one of them, or from who is there now */
  GPtrArray *possible_ids;
} ZmqgConnection;

typedef struct
{
  GHashTable *by_fd;
  GHashTable *endpoints;
  GQueue contested;
  guint64 n_contests;
  guint n_former;
  GPtrArray *unconfirmed;
  /* Peers of whom no message can come any more */
  GPtrArray *settled;
  guint n_ready;
  guint64 n_made;
  guint64 n_events;
  /* STREAM: there are no handshakes */
  gboolean is_raw;
  gboolean can_receive;
  /* There may be connections older than the monitor */
  gboolean is_late;
  guint n_threads;
} ZmqgConnections;

/* zmqg-connections.c */
void            zmqg_connections_init       (ZmqgConnections      *self);
void            zmqg_connections_clear      (ZmqgConnections      *self);
void            zmqg_connections_reset      (ZmqgConnections      *self,
                                             gboolean              are_lost);
GRefString     *zmqg_connections_get_name   (ZmqgConnections      *self,
                                             const char           *endpoint);
ZmqgMonitorEndpoint *zmqg_connections_find_endpoint (ZmqgConnections *self,
                                             GRefString           *name);
ZmqgMonitorEndpoint *zmqg_connections_get_endpoint (ZmqgConnections *self,
                                             GRefString           *name);
ZmqgPeer       *zmqg_connections_add        (ZmqgConnections      *self,
                                             int                   fd,
                                             GRefString           *endpoint,
                                             gboolean              is_incoming,
                                             gint64                time);
ZmqgPeer       *zmqg_connections_remove     (ZmqgConnections      *self,
                                             int                   fd,
                                             GRefString           *endpoint);
void            zmqg_connections_confirm    (ZmqgConnections      *self);
GPtrArray      *zmqg_connections_list       (ZmqgConnections      *self);
GPtrArray      *zmqg_connections_new_settled (void);

/* zmqg-connections-handshakes.c */
void            zmqg_connections_begin      (ZmqgConnections      *self,
                                             ZmqgConnection       *connection);
ZmqgPeer       *zmqg_connections_succeed    (ZmqgConnections      *self,
                                             GRefString           *endpoint,
                                             gboolean             *is_half);
ZmqgPeer       *zmqg_connections_fail       (ZmqgConnections      *self,
                                             GRefString           *endpoint,
                                             gboolean              is_denied);
gboolean        zmqg_connections_judge      (ZmqgConnections      *self,
                                             ZmqgConnection       *connection);
void            zmqg_connections_prove      (ZmqgConnections      *self,
                                             ZmqgConnection       *connection);

void            zmqg_connections_presume    (ZmqgConnections      *self);

/* zmqg-connections-senders.c */
ZmqgPeer       *zmqg_connections_attribute  (ZmqgConnections      *self,
                                             int                   fd,
                                             const char           *address,
                                             GBytes               *routing_id);
gboolean        zmqg_connections_is_open    (ZmqgConnections      *self,
                                             int                   fd,
                                             ZmqgPeer             *peer);
ZmqgPeer       *zmqg_connections_adopt      (ZmqgConnections      *self,
                                             int                   fd,
                                             const char           *address);
void            zmqg_connections_retire     (ZmqgConnections      *self,
                                             ZmqgConnection       *connection,
                                             ZmqgPeer             *peer);
void            zmqg_connections_contest    (ZmqgConnections      *self,
                                             ZmqgConnection       *connection);
void            zmqg_connections_settle     (ZmqgConnections      *self,
                                             guint64               until);

/* zmqg-connections-old.c */
/* How many connections of the socket, and of all sockets of the process, go to an endpoint */
typedef struct
{
  guint n_own;
  guint n_all;
} ZmqgTarget;

void            zmqg_connections_find_old   (ZmqgConnections      *self,
                                             GPtrArray            *bindings,
                                             GHashTable           *targets,
                                             gint64                time);

/* zmqg-connections-kernel.c */
char           *zmqg_kernel_dup_address     (int                   fd,
                                             const char           *endpoint,
                                             int                  *process_id);
gboolean        zmqg_kernel_get_ends        (int                   fd,
                                             char                **local,
                                             char                **remote);
char           *zmqg_kernel_dup_plain       (const char           *address);
gboolean        zmqg_kernel_is_address_of   (const char           *host,
                                             const char           *address,
                                             int                   process_id);
gboolean        zmqg_kernel_may_be_ready    (int                   fd);

G_END_DECLS
