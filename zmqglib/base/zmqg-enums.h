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

/**
 * ZmqgConnectionEventKind:
 * @ZMQG_CONNECTION_EVENT_KIND_CONNECTED: a connection was made; the handshake comes next
 * @ZMQG_CONNECTION_EVENT_KIND_CONNECT_DELAYED: a connection could not be made at once, and is being
 *   made; the error code says why, `EINPROGRESS` as a rule
 * @ZMQG_CONNECTION_EVENT_KIND_CONNECT_RETRIED: a connection could not be made, or was lost; it will
 *   be tried again after the interval
 * @ZMQG_CONNECTION_EVENT_KIND_LISTENING: the socket was bound to an endpoint
 * @ZMQG_CONNECTION_EVENT_KIND_BIND_FAILED: the socket could not be bound
 * @ZMQG_CONNECTION_EVENT_KIND_ACCEPTED: a connection of a peer was accepted; the handshake comes
 *   next
 * @ZMQG_CONNECTION_EVENT_KIND_ACCEPT_FAILED: a connection of a peer could not be accepted, because
 *   there are no file descriptors left for instance
 * @ZMQG_CONNECTION_EVENT_KIND_CLOSED: an endpoint was given up: one the socket was bound to, or an
 *   attempt to connect
 * @ZMQG_CONNECTION_EVENT_KIND_CLOSE_FAILED: the same, but the system reported an error
 * @ZMQG_CONNECTION_EVENT_KIND_DISCONNECTED: a connection was lost
 * @ZMQG_CONNECTION_EVENT_KIND_MONITOR_STOPPED: there are no more events
 * @ZMQG_CONNECTION_EVENT_KIND_HANDSHAKE_FAILED: a handshake failed;
 *   [method@ConnectionEvent.get_failure] tells in which way. The connection is lost then
 * @ZMQG_CONNECTION_EVENT_KIND_HANDSHAKE_SUCCEEDED: a handshake succeeded: messages can pass
 *
 * What can happen to the connections of a socket, with libzmq's values. The three ways in which
 * it says that a handshake failed are one kind here.
 *
 * Since: 1.0
 */
typedef enum
{
  ZMQG_CONNECTION_EVENT_KIND_CONNECTED = 0x0001,
  ZMQG_CONNECTION_EVENT_KIND_CONNECT_DELAYED = 0x0002,
  ZMQG_CONNECTION_EVENT_KIND_CONNECT_RETRIED = 0x0004,
  ZMQG_CONNECTION_EVENT_KIND_LISTENING = 0x0008,
  ZMQG_CONNECTION_EVENT_KIND_BIND_FAILED = 0x0010,
  ZMQG_CONNECTION_EVENT_KIND_ACCEPTED = 0x0020,
  ZMQG_CONNECTION_EVENT_KIND_ACCEPT_FAILED = 0x0040,
  ZMQG_CONNECTION_EVENT_KIND_CLOSED = 0x0080,
  ZMQG_CONNECTION_EVENT_KIND_CLOSE_FAILED = 0x0100,
  ZMQG_CONNECTION_EVENT_KIND_DISCONNECTED = 0x0200,
  ZMQG_CONNECTION_EVENT_KIND_MONITOR_STOPPED = 0x0400,
  ZMQG_CONNECTION_EVENT_KIND_HANDSHAKE_FAILED = 0x0800,
  ZMQG_CONNECTION_EVENT_KIND_HANDSHAKE_SUCCEEDED = 0x1000,
} ZmqgConnectionEventKind;

/**
 * ZmqgHandshakeFailure:
 * @ZMQG_HANDSHAKE_FAILURE_NONE: no handshake failed
 * @ZMQG_HANDSHAKE_FAILURE_NO_DETAIL: the connection was lost during the handshake, or the peer was
 *   silent for longer than [property@Socket:handshake-timeout]
 *   (`ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL`)
 * @ZMQG_HANDSHAKE_FAILURE_PROTOCOL: an end did not keep to the protocol, as one that uses another
 *   mechanism or a wrong CURVE key (`ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL`)
 * @ZMQG_HANDSHAKE_FAILURE_AUTHENTICATION: the authenticator of the server refused
 *   (`ZMQ_EVENT_HANDSHAKE_FAILED_AUTH`)
 *
 * In which way a handshake failed.
 *
 * Since: 1.0
 */
typedef enum
{
  ZMQG_HANDSHAKE_FAILURE_NONE,
  ZMQG_HANDSHAKE_FAILURE_NO_DETAIL,
  ZMQG_HANDSHAKE_FAILURE_PROTOCOL,
  ZMQG_HANDSHAKE_FAILURE_AUTHENTICATION,
} ZmqgHandshakeFailure;

G_END_DECLS
