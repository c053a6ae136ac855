/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/base/zmqg-message.h>

G_BEGIN_DECLS

/* A request of the ZeroMQ Authentication Protocol (RFC 27), as a ROUTER gets it from libzmq.
 * Text is valid UTF-8 without NUL. */
typedef struct
{
  /* The connection's way to us: what ROUTER puts in front */
  GBytes *route;
  GBytes *id;
  char *domain;
  char *address;
  GBytes *routing_id;
  char *mechanism;
  /* PLAIN */
  char *username;
  char *password;
  /* CURVE, in Z85 */
  char *public_key;
  /* What is wrong with what the peer wrote: nobody is to be bothered with it; static */
  const char *defect;
} ZmqgZapRequest;

typedef enum
{
  ZMQG_ZAP_ADMITTED = 200,
  ZMQG_ZAP_REFUSED = 400,
  ZMQG_ZAP_FAILED = 500,
} ZmqgZapStatus;

/* FALSE if it is malformed; it can be answered then if @self->id is there. To be cleared in
 * either case. */
gboolean     zmqg_zap_request_parse       (ZmqgZapRequest  *self,
                                           ZmqgMessage     *message,
                                           GError         **error);
void         zmqg_zap_request_clear       (ZmqgZapRequest  *self);
void         zmqg_zap_request_wipe        (ZmqgZapRequest  *self);

/* @user_id, @metadata: (nullable) */
ZmqgMessage *zmqg_zap_request_make_reply  (ZmqgZapRequest  *self,
                                           ZmqgZapStatus    status,
                                           const char      *text,
                                           const char      *user_id,
                                           GBytes          *metadata);

/* Properties as ZMTP has them, for messages of the peer to carry */
void         zmqg_zap_metadata_append     (GByteArray      *metadata,
                                           const char      *name,
                                           const char      *value);

G_END_DECLS
