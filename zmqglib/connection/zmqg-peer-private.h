/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/connection/zmqg-peer.h>

G_BEGIN_DECLS

/* Shared by the thread that reads the monitor, the owner of the socket and whoever was given it.
 * What becomes known later is set once, and never changes: a reader sees it, or NULL. */
struct _ZmqgPeer
{
  int ref_count;
  guint64 id;
  gint64 since;
  GRefString *endpoint;
  gboolean is_incoming;
  int is_connected;

  char *address;
  int process_id;
  GBytes *routing_id;
  char *user_id;
  char *socket_type;
  const char *mechanism;

  /* Guarded by the monitor's lock: whether a message came from it, what all its messages have in
   * common, if one of them is kept for the sake of it, whether no more can come, and whether it
   * was told that it has gone */
  gboolean is_heard;
  gconstpointer key;
  gboolean is_silent;
  gboolean is_told;
};

ZmqgPeer *zmqg_peer_new            (guint64      id,
                                    GRefString  *endpoint,
                                    gboolean     is_incoming,
                                    gint64       since);
void      zmqg_peer_set_address    (ZmqgPeer    *self,
                                    char        *address,
                                    int          process_id);
void      zmqg_peer_set_routing_id (ZmqgPeer    *self,
                                    GBytes      *routing_id);
void      zmqg_peer_set_identity   (ZmqgPeer    *self,
                                    const char  *user_id,
                                    const char  *socket_type);

G_END_DECLS
