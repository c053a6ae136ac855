/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A peer's address as libzmq tells it to an authenticator. An IPv4 peer of an IPv6 socket is an
 * IPv4 peer. */
typedef struct
{
  /* NULL: not an IP address */
  GInetAddress *inet;
  gboolean is_ipc;
  /* -1: not known */
  gint64 uid;
  gint64 gid;
  gint64 pid;
} ZmqgPeerAddress;

void     zmqg_peer_address_init        (ZmqgPeerAddress   *self,
                                        const char        *text);
void     zmqg_peer_address_clear       (ZmqgPeerAddress   *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZmqgPeerAddress, zmqg_peer_address_clear)

/* The IPv4 address of ::ffff:a.b.c.d, or the address itself; (transfer full) */
GInetAddress *zmqg_inet_address_unmap  (GInetAddress      *inet);

/* What a set of rules says of an address; those of several sets are put together by "or" */
typedef enum
{
  ZMQG_ADDRESS_DENIED = 1 << 0,
  ZMQG_ADDRESS_ALLOWED = 1 << 1,
  /* Some are allowed, whichever */
  ZMQG_ADDRESS_LISTED = 1 << 2,
} ZmqgAddressOpinion;

typedef struct
{
  GPtrArray *allowed;
  GPtrArray *denied;
} ZmqgAddressRules;

/* A range of addresses: "192.0.2.7", "192.0.2.0/24", "2001:db8::/32", "ipc" or "ipc:UID" */
typedef struct _ZmqgAddressRange ZmqgAddressRange;

ZmqgAddressRange   *zmqg_address_range_parse   (const char              *text,
                                                GError                 **error);
void                zmqg_address_range_free    (ZmqgAddressRange        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgAddressRange, zmqg_address_range_free)

void                zmqg_address_rules_init    (ZmqgAddressRules        *self);
void                zmqg_address_rules_clear   (ZmqgAddressRules        *self);
/* @range: (transfer full) */
void                zmqg_address_rules_add     (ZmqgAddressRules        *self,
                                                gboolean                 allow,
                                                ZmqgAddressRange        *range);
gboolean            zmqg_address_rules_remove  (ZmqgAddressRules        *self,
                                                const ZmqgAddressRange  *range);
ZmqgAddressOpinion  zmqg_address_rules_look_up (const ZmqgAddressRules  *self,
                                                const ZmqgPeerAddress   *address);

G_END_DECLS
