/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/connection/zmqg-connection-event-private.h>
#include <zmqglib/connection/zmqg-connections-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

G_BEGIN_DECLS

/* libzmq tells of connections by blocking sends from its I/O thread, which serves no socket of
 * the context while it waits: so somebody has to read, also while the main loop does not run.
 * One thread for each context does (ZmqgMonitorReader), and keeps account of who is connected and
 * of the newest events. The other end of libzmq's PAIR is used by whoever has the lock. */

typedef struct _ZmqgMonitorReader ZmqgMonitorReader;

/* What the main context gets to see at most, the newest */
#define ZMQG_MAX_EVENTS 1000

/* All ACCEPT_FAILED of a second as one: without a file descriptor there are a million */
typedef struct
{
  GRefString *endpoint;
  guint32 value;
  gint64 quiet_until;
  /* NULL: none since the last was told */
  ZmqgConnectionEvent *event;
} ZmqgRefusal;

struct _ZmqgMonitor
{
  int ref_count;
  pid_t process;
  /* Its number in the reader */
  guint64 id;

  GMutex lock;
  /* The rest of this part is guarded by the lock. NULL: off */
  ZmqgSocket *socket;
  void *pair;
  gboolean is_ended;
  GString *text;
  ZmqgConnections connections;
  gboolean keeps_events;
  GQueue events;
  GArray *refusals;
  /* When to have a look at what was there before; 0: never */
  gint64 presume_at;
  /* An event is kept back until more is known, or the time for it is over */
  gboolean is_holding;

  /* The owner's */
  ZmqgMonitorReader *reader;
  int fd;
  /* By what all messages of a peer have in common */
  GHashTable *senders;
  gconstpointer last_key;
  GQueue waiters;
  guint n_told;
  /* Since when an event is kept back; 0: none is. Those that happened by the other time have
   * waited for long enough */
  gint64 held_since;
  gint64 overdue;
  gboolean settles_later;
};

typedef enum
{
  /* Nothing to do until libzmq has more */
  ZMQG_MONITOR_DRY,
  /* There may be more at once */
  ZMQG_MONITOR_MORE,
  /* There is something to do after some time */
  ZMQG_MONITOR_WAITS,
  /* The context was ended */
  ZMQG_MONITOR_ENDED,
} ZmqgMonitorState;

/* zmqg-monitor.c */
ZmqgMonitor      *zmqg_monitor_get            (ZmqgSocket         *self);
ZmqgMonitor      *zmqg_monitor_ref            (ZmqgMonitor        *self);
void              zmqg_monitor_unref          (ZmqgMonitor        *self);
ZmqgMonitor      *zmqg_monitor_ensure         (ZmqgSocket         *self);
gboolean          zmqg_monitor_update         (ZmqgSocket         *self,
                                               GError            **error);

/* zmqg-monitor-events.c */
ZmqgMonitorState  zmqg_monitor_pull           (ZmqgMonitor        *self,
                                               guint               max,
                                               guint              *n_pulled);
void              zmqg_monitor_flush_refusals (ZmqgMonitor        *self,
                                               gint64              now);

/* zmqg-monitor-messages.c */
void              zmqg_monitor_see_message    (ZmqgSocket         *self,
                                               ZmqgMessage        *message);
ZmqgPeer         *zmqg_monitor_find_peer      (ZmqgSocket         *self,
                                               ZmqgMessage        *message);
ZmqgHubAnswer     zmqg_monitor_settle         (ZmqgSocket         *self,
                                               ZmqgHubAnswer       answer);
GHashTable       *zmqg_monitor_new_senders    (void);
void              zmqg_monitor_forget_senders (ZmqgMonitor        *self);

/* zmqg-monitor-telling.c */
ZmqgHubAnswer     zmqg_monitor_tell           (ZmqgSocket         *self,
                                               ZmqgTurn           *turn,
                                               ZmqgHubAnswer       answer);
void              zmqg_monitor_tell_rest      (ZmqgSocket         *self);
const char       *zmqg_monitor_get_mechanism  (ZmqgSocket         *self);

/* zmqg-monitor-reader.c */
gboolean          zmqg_monitor_reader_add     (ZmqgContext        *context,
                                               ZmqgMonitor        *monitor,
                                               GError            **error);
void              zmqg_monitor_reader_remove  (ZmqgMonitor        *monitor);
void              zmqg_monitor_reader_poke    (ZmqgMonitor        *monitor);

/* zmqg-monitor-waiters.c */
gboolean          zmqg_monitor_has_waiters    (ZmqgSocket         *self);
void              zmqg_monitor_return         (GTask              *task,
                                               GError             *error);
void              zmqg_monitor_add_waiter     (ZmqgSocket         *self,
                                               GTask              *task,
                                               guint               n_peers,
                                               int                 timeout);
void              zmqg_monitor_serve_waiters  (ZmqgSocket         *self);
void              zmqg_monitor_end_waiters    (ZmqgSocket         *self);

G_END_DECLS
