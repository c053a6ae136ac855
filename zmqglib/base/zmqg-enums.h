/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <glib.h>

G_BEGIN_DECLS

/**
 * ZmqgSocketType:
 * @ZMQG_SOCKET_TYPE_PAIR: exclusive pair (RFC 31)
 * @ZMQG_SOCKET_TYPE_PUB: publisher; what nobody subscribed to is dropped (RFC 29)
 * @ZMQG_SOCKET_TYPE_SUB: subscriber (RFC 29)
 * @ZMQG_SOCKET_TYPE_REQ: client that sends and receives in turn (RFC 28)
 * @ZMQG_SOCKET_TYPE_REP: service that receives and sends in turn (RFC 28)
 * @ZMQG_SOCKET_TYPE_DEALER: client that sends and receives at will (RFC 28)
 * @ZMQG_SOCKET_TYPE_ROUTER: service that addresses each peer; the first frame is the
 *   peer's routing id (RFC 28). What is sent to an unknown peer is dropped unless
 *   [property@Socket:router-mandatory] is set
 * @ZMQG_SOCKET_TYPE_PULL: sink of a pipeline (RFC 30)
 * @ZMQG_SOCKET_TYPE_PUSH: source of a pipeline (RFC 30)
 * @ZMQG_SOCKET_TYPE_XPUB: publisher that receives subscriptions as messages (RFC 29)
 * @ZMQG_SOCKET_TYPE_XSUB: subscriber that sends subscriptions as messages (RFC 29)
 * @ZMQG_SOCKET_TYPE_STREAM: raw TCP; the first frame is the connection's routing id
 *
 * The socket types of libzmq's stable API, with libzmq's values.
 *
 * Since: 1.0
 */
typedef enum
{
  ZMQG_SOCKET_TYPE_PAIR = 0,
  ZMQG_SOCKET_TYPE_PUB = 1,
  ZMQG_SOCKET_TYPE_SUB = 2,
  ZMQG_SOCKET_TYPE_REQ = 3,
  ZMQG_SOCKET_TYPE_REP = 4,
  ZMQG_SOCKET_TYPE_DEALER = 5,
  ZMQG_SOCKET_TYPE_ROUTER = 6,
  ZMQG_SOCKET_TYPE_PULL = 7,
  ZMQG_SOCKET_TYPE_PUSH = 8,
  ZMQG_SOCKET_TYPE_XPUB = 9,
  ZMQG_SOCKET_TYPE_XSUB = 10,
  ZMQG_SOCKET_TYPE_STREAM = 11,
} ZmqgSocketType;

G_END_DECLS
