/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/socket/zmqg-socket-options-private.h>

#include <zmq.h>

/* GSSAPI's options are missing: libzmq 4.3 admits a peer that the authenticator refused.
 * So are the timeouts of blocking calls, which this library does not make. */

#define BIT(type) (1u << ZMQG_SOCKET_TYPE_##type)

/* name, option, kind, minimum, maximum, default, flags, socket types (0: all);
 * for text, minimum and maximum are its length in bytes. */
const ZmqgOption zmqg_options[] = {
  /**
   * ZmqgSocket:linger:
   *
   * How long libzmq goes on trying to deliver after the socket was closed, in ms; 0 drops what
   * is not delivered, -1 waits for ever (`ZMQ_LINGER`, whose own default is -1).
   *
   * Since: 1.0
   */
  { "linger", ZMQ_LINGER, ZMQG_OPTION_INT, -1, G_MAXINT, 1000, ZMQG_OPTION_OWN_DEFAULT, 0 },

  /**
   * ZmqgSocket:send-high-water-mark:
   *
   * How many messages libzmq holds for each peer on the way out; 0 for no limit (`ZMQ_SNDHWM`).
   * Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "send-high-water-mark", ZMQ_SNDHWM, ZMQG_OPTION_INT, 0, G_MAXINT, 1000,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:receive-high-water-mark:
   *
   * How many messages libzmq holds from each peer on the way in; 0 for no limit (`ZMQ_RCVHWM`).
   * Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "receive-high-water-mark", ZMQ_RCVHWM, ZMQG_OPTION_INT, 0, G_MAXINT, 1000,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:affinity:
   *
   * Which I/O threads of the context serve new connections, as a bit mask; 0 for all
   * (`ZMQ_AFFINITY`). Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "affinity", ZMQ_AFFINITY, ZMQG_OPTION_UINT64, 0, G_MAXINT64, 0, ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:routing-id:
   *
   * The name by which a ROUTER addresses this socket, 1 to 255 bytes (`ZMQ_ROUTING_ID`). One
   * that is not text is set with [method@Socket.set_option_bytes]. Takes effect for endpoints
   * bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "routing-id", ZMQ_ROUTING_ID, ZMQG_OPTION_STRING, 0, 255, 0, ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:connect-routing-id:
   *
   * The routing id that the peer of the next [method@Socket.connect_to] gets here
   * (`ZMQ_CONNECT_ROUTING_ID`).
   *
   * Since: 1.0
   */
  { "connect-routing-id", ZMQ_CONNECT_ROUTING_ID, ZMQG_OPTION_STRING, 0, 255, 0,
    ZMQG_OPTION_ONE_SHOT, BIT (ROUTER) | BIT (STREAM) },

  /**
   * ZmqgSocket:immediate:
   *
   * Whether messages are queued for completed connections only (`ZMQ_IMMEDIATE`). Takes effect
   * for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "immediate", ZMQ_IMMEDIATE, ZMQG_OPTION_BOOLEAN, 0, 1, 0, ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:conflate:
   *
   * Whether libzmq keeps only the newest message, one of a single frame (`ZMQ_CONFLATE`). The
   * others are dropped, uncounted. Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "conflate", ZMQ_CONFLATE, ZMQG_OPTION_BOOLEAN, 0, 1, 0,
    ZMQG_OPTION_FLAGS_NONE, BIT (PULL) | BIT (PUSH) | BIT (SUB) | BIT (PUB) | BIT (DEALER) },

  /**
   * ZmqgSocket:max-message-size:
   *
   * The largest frame a peer may send, in bytes; -1 for no limit. A peer that sends more is
   * disconnected (`ZMQ_MAXMSGSIZE`). Not enforced over `inproc`. Takes effect for endpoints
   * bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "max-message-size", ZMQ_MAXMSGSIZE, ZMQG_OPTION_INT64, -1, G_MAXINT64, -1,
    ZMQG_OPTION_CONTEXT_DEFAULT, 0 },

  /**
   * ZmqgSocket:reconnect-interval:
   *
   * How long to wait before connecting again, in ms; -1 to give up (`ZMQ_RECONNECT_IVL`). Takes
   * effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "reconnect-interval", ZMQ_RECONNECT_IVL, ZMQG_OPTION_INT, -1, G_MAXINT, 100,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:reconnect-interval-max:
   *
   * Up to where the wait doubles with each attempt, in ms; 0 for no doubling
   * (`ZMQ_RECONNECT_IVL_MAX`). Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "reconnect-interval-max", ZMQ_RECONNECT_IVL_MAX, ZMQG_OPTION_INT, 0, G_MAXINT, 0,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:connect-timeout:
   *
   * How long one attempt to connect may take, in ms; 0 leaves it to the system
   * (`ZMQ_CONNECT_TIMEOUT`). Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "connect-timeout", ZMQ_CONNECT_TIMEOUT, ZMQG_OPTION_INT, 0, G_MAXINT, 0,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:handshake-timeout:
   *
   * How long a peer may take for the handshake, in ms; 0 for ever (`ZMQ_HANDSHAKE_IVL`). Takes
   * effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "handshake-timeout", ZMQ_HANDSHAKE_IVL, ZMQG_OPTION_INT, 0, G_MAXINT, 30000,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:heartbeat-interval:
   *
   * How often a peer is asked whether it is alive, in ms; 0 for never (`ZMQ_HEARTBEAT_IVL`).
   * Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "heartbeat-interval", ZMQ_HEARTBEAT_IVL, ZMQG_OPTION_INT, 0, G_MAXINT, 0,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:heartbeat-timeout:
   *
   * How long a peer may take to answer before it is disconnected, in ms; -1 for the interval,
   * which libzmq cannot be set back to (`ZMQ_HEARTBEAT_TIMEOUT`). Takes effect for endpoints
   * bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "heartbeat-timeout", ZMQ_HEARTBEAT_TIMEOUT, ZMQG_OPTION_INT, -1, G_MAXINT, -1,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:heartbeat-ttl:
   *
   * After which silence the peer should give this socket up, in ms, rounded down to 100; 0 for
   * never (`ZMQ_HEARTBEAT_TTL`). Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "heartbeat-ttl", ZMQ_HEARTBEAT_TTL, ZMQG_OPTION_INT, 0, 6553599, 0, ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:backlog:
   *
   * How many connections may wait to be accepted (`ZMQ_BACKLOG`). Takes effect for endpoints
   * bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "backlog", ZMQ_BACKLOG, ZMQG_OPTION_INT, 0, G_MAXINT, 100, ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:ipv6:
   *
   * Whether host names and interfaces may mean IPv6 (`ZMQ_IPV6`). Takes effect for endpoints
   * bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "ipv6", ZMQ_IPV6, ZMQG_OPTION_BOOLEAN, 0, 1, 0, ZMQG_OPTION_CONTEXT_DEFAULT, 0 },

  /**
   * ZmqgSocket:tcp-keepalive:
   *
   * TCP keep-alive: 1 on, 0 off, -1 leaves it to the system (`ZMQ_TCP_KEEPALIVE`). Takes effect
   * for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "tcp-keepalive", ZMQ_TCP_KEEPALIVE, ZMQG_OPTION_INT, -1, 1, -1, ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:tcp-keepalive-count:
   *
   * How many probes go unanswered; -1 leaves it to the system (`ZMQ_TCP_KEEPALIVE_CNT`). Takes
   * effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "tcp-keepalive-count", ZMQ_TCP_KEEPALIVE_CNT, ZMQG_OPTION_INT, -1, G_MAXINT, -1,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:tcp-keepalive-idle:
   *
   * After which silence probes begin, in s; -1 leaves it to the system
   * (`ZMQ_TCP_KEEPALIVE_IDLE`). Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "tcp-keepalive-idle", ZMQ_TCP_KEEPALIVE_IDLE, ZMQG_OPTION_INT, -1, G_MAXINT, -1,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:tcp-keepalive-interval:
   *
   * How long between probes, in s; -1 leaves it to the system (`ZMQ_TCP_KEEPALIVE_INTVL`). Takes
   * effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "tcp-keepalive-interval", ZMQ_TCP_KEEPALIVE_INTVL, ZMQG_OPTION_INT, -1, G_MAXINT, -1,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:tcp-max-retransmit-timeout:
   *
   * How long unacknowledged data may wait before the connection is given up, in ms; 0 leaves it
   * to the system (`ZMQ_TCP_MAXRT`). Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "tcp-max-retransmit-timeout", ZMQ_TCP_MAXRT, ZMQG_OPTION_INT, 0, G_MAXINT, 0,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:send-buffer-size:
   *
   * The size of the system's send buffer, in bytes; -1 leaves it to the system (`ZMQ_SNDBUF`).
   * Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "send-buffer-size", ZMQ_SNDBUF, ZMQG_OPTION_INT, -1, G_MAXINT, -1, ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:receive-buffer-size:
   *
   * The size of the system's receive buffer, in bytes; -1 leaves it to the system
   * (`ZMQ_RCVBUF`). Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "receive-buffer-size", ZMQ_RCVBUF, ZMQG_OPTION_INT, -1, G_MAXINT, -1,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:type-of-service:
   *
   * The type of service of IP packets (`ZMQ_TOS`). Takes effect for endpoints bound or connected
   * afterwards.
   *
   * Since: 1.0
   */
  { "type-of-service", ZMQ_TOS, ZMQG_OPTION_INT, 0, 255, 0, ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:bind-to-device:
   *
   * The network interface to use, which needs a privilege (`ZMQ_BINDTODEVICE`). Takes effect for
   * endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "bind-to-device", ZMQ_BINDTODEVICE, ZMQG_OPTION_STRING, 0, 15, 0, ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:socks-proxy:
   *
   * A SOCKS5 proxy to connect through, as `host:port` (`ZMQ_SOCKS_PROXY`). Takes effect for
   * endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "socks-proxy", ZMQ_SOCKS_PROXY, ZMQG_OPTION_STRING, 0, 4096, 0, ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:use-fd:
   *
   * A listening file descriptor for the next [method@Socket.bind] to take, for `tcp`, `ws` or
   * `ipc`, and to close later; -1 for none (`ZMQ_USE_FD`). It is -1 again afterwards.
   * [method@Socket.bind_fd] does it in one call and leaves the descriptor to its owner.
   *
   * Since: 1.0
   */
  { "use-fd", ZMQ_USE_FD, ZMQG_OPTION_INT, -1, G_MAXINT, -1, ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:router-mandatory:
   *
   * Whether sending to an unknown peer fails with `G_IO_ERROR_HOST_UNREACHABLE` rather than
   * being dropped (`ZMQ_ROUTER_MANDATORY`).
   *
   * Since: 1.0
   */
  { "router-mandatory", ZMQ_ROUTER_MANDATORY, ZMQG_OPTION_BOOLEAN, 0, 1, 0,
    ZMQG_OPTION_FLAGS_NONE, BIT (ROUTER) },

  /**
   * ZmqgSocket:router-handover:
   *
   * Whether a new peer takes over the routing id of an old one (`ZMQ_ROUTER_HANDOVER`).
   *
   * Since: 1.0
   */
  { "router-handover", ZMQ_ROUTER_HANDOVER, ZMQG_OPTION_BOOLEAN, 0, 1, 0,
    ZMQG_OPTION_FLAGS_NONE, BIT (ROUTER) },

  /**
   * ZmqgSocket:router-raw:
   *
   * Whether the peers of a ROUTER speak plain TCP (`ZMQ_ROUTER_RAW`). A STREAM socket does it
   * better. Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "router-raw", ZMQ_ROUTER_RAW, ZMQG_OPTION_BOOLEAN, 0, 1, 0,
    ZMQG_OPTION_FLAGS_NONE, BIT (ROUTER) },

  /**
   * ZmqgSocket:probe-router:
   *
   * Whether an empty message is sent to a peer as soon as it is connected (`ZMQ_PROBE_ROUTER`).
   * Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "probe-router", ZMQ_PROBE_ROUTER, ZMQG_OPTION_BOOLEAN, 0, 1, 0,
    ZMQG_OPTION_FLAGS_NONE, BIT (REQ) | BIT (DEALER) | BIT (ROUTER) },

  /**
   * ZmqgSocket:req-correlate:
   *
   * Whether requests carry an id that replies are matched with (`ZMQ_REQ_CORRELATE`).
   *
   * Since: 1.0
   */
  { "req-correlate", ZMQ_REQ_CORRELATE, ZMQG_OPTION_BOOLEAN, 0, 1, 0,
    ZMQG_OPTION_FLAGS_NONE, BIT (REQ) },

  /**
   * ZmqgSocket:req-relaxed:
   *
   * Whether a REQ may send again before the reply has come, giving up the first request
   * (`ZMQ_REQ_RELAXED`).
   *
   * Since: 1.0
   */
  { "req-relaxed", ZMQ_REQ_RELAXED, ZMQG_OPTION_BOOLEAN, 0, 1, 0,
    ZMQG_OPTION_FLAGS_NONE, BIT (REQ) },

  /**
   * ZmqgSocket:xpub-verbose:
   *
   * Whether every subscription is passed on, not just the first of its kind
   * (`ZMQ_XPUB_VERBOSE`).
   *
   * Since: 1.0
   */
  { "xpub-verbose", ZMQ_XPUB_VERBOSE, ZMQG_OPTION_BOOLEAN, 0, 1, 0,
    ZMQG_OPTION_FLAGS_NONE, BIT (XPUB) },

  /**
   * ZmqgSocket:xpub-verboser:
   *
   * Whether every subscription and every end of one is passed on (`ZMQ_XPUB_VERBOSER`).
   *
   * Since: 1.0
   */
  { "xpub-verboser", ZMQ_XPUB_VERBOSER, ZMQG_OPTION_BOOLEAN, 0, 1, 0,
    ZMQG_OPTION_FLAGS_NONE, BIT (XPUB) },

  /**
   * ZmqgSocket:xpub-manual:
   *
   * Whether subscriptions are only passed on, and the application decides (`ZMQ_XPUB_MANUAL`).
   *
   * Since: 1.0
   */
  { "xpub-manual", ZMQ_XPUB_MANUAL, ZMQG_OPTION_BOOLEAN, 0, 1, 0,
    ZMQG_OPTION_FLAGS_NONE, BIT (XPUB) },

  /**
   * ZmqgSocket:xpub-no-drop:
   *
   * Whether a message waits for a subscriber whose high-water mark is reached rather than being
   * dropped for it (`ZMQ_XPUB_NODROP`).
   *
   * Since: 1.0
   */
  { "xpub-no-drop", ZMQ_XPUB_NODROP, ZMQG_OPTION_BOOLEAN, 0, 1, 0,
    ZMQG_OPTION_FLAGS_NONE, BIT (XPUB) | BIT (PUB) },

  /**
   * ZmqgSocket:xpub-welcome-message:
   *
   * What each new subscriber receives first (`ZMQ_XPUB_WELCOME_MSG`).
   *
   * Since: 1.0
   */
  { "xpub-welcome-message", ZMQ_XPUB_WELCOME_MSG, ZMQG_OPTION_BYTES, 0, 0, 0,
    ZMQG_OPTION_FLAGS_NONE, BIT (XPUB) | BIT (PUB) },

  /**
   * ZmqgSocket:stream-notify:
   *
   * Whether an empty message tells that a peer came or went (`ZMQ_STREAM_NOTIFY`).
   *
   * Since: 1.0
   */
  { "stream-notify", ZMQ_STREAM_NOTIFY, ZMQG_OPTION_BOOLEAN, 0, 1, 1,
    ZMQG_OPTION_FLAGS_NONE, BIT (STREAM) },

  /**
   * ZmqgSocket:invert-matching:
   *
   * Whether messages go to those who did not subscribe to them; on all sockets that take part
   * (`ZMQ_INVERT_MATCHING`).
   *
   * Since: 1.0
   */
  { "invert-matching", ZMQ_INVERT_MATCHING, ZMQG_OPTION_BOOLEAN, 0, 1, 0,
    ZMQG_OPTION_FLAGS_NONE, BIT (PUB) | BIT (XPUB) | BIT (SUB) },

  /**
   * ZmqgSocket:rate:
   *
   * The rate of multicast transports, in kbit/s (`ZMQ_RATE`). Takes effect for endpoints bound
   * or connected afterwards.
   *
   * Since: 1.0
   */
  { "rate", ZMQ_RATE, ZMQG_OPTION_INT, 1, G_MAXINT, 100, ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:recovery-interval:
   *
   * For how long multicast data can be asked for again, in ms (`ZMQ_RECOVERY_IVL`). Takes effect
   * for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "recovery-interval", ZMQ_RECOVERY_IVL, ZMQG_OPTION_INT, 0, G_MAXINT, 10000,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:multicast-hops:
   *
   * How many routers multicast data may pass (`ZMQ_MULTICAST_HOPS`). Takes effect for endpoints
   * bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "multicast-hops", ZMQ_MULTICAST_HOPS, ZMQG_OPTION_INT, 1, G_MAXINT, 1,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:multicast-max-tpdu:
   *
   * The largest multicast packet, in bytes (`ZMQ_MULTICAST_MAXTPDU`). Takes effect for endpoints
   * bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "multicast-max-tpdu", ZMQ_MULTICAST_MAXTPDU, ZMQG_OPTION_INT, 1, G_MAXINT, 1500,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:zap-domain:
   *
   * The domain in which peers are authenticated (RFC 27, `ZMQ_ZAP_DOMAIN`). In a domain nobody is
   * admitted until a [class@Authenticator] in the context says so; a socket that has none, and
   * asks for no credentials, admits everybody. Peers over `inproc` are not authenticated, nor
   * those of a STREAM socket. Takes effect for endpoints bound afterwards.
   *
   * Since: 1.0
   */
  { "zap-domain", ZMQ_ZAP_DOMAIN, ZMQG_OPTION_STRING, 0, 255, 0, ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:plain-server:
   *
   * Whether peers have to give a user name and a password (RFC 24, `ZMQ_PLAIN_SERVER`). Nobody
   * is admitted until an authenticator in the context says so; without a
   * [property@Socket:zap-domain], `global` is set. Takes effect for endpoints bound or connected
   * afterwards.
   *
   * Since: 1.0
   */
  { "plain-server", ZMQ_PLAIN_SERVER, ZMQG_OPTION_BOOLEAN, 0, 1, 0, ZMQG_OPTION_GUARDED, 0 },

  /**
   * ZmqgSocket:plain-username:
   *
   * The user name to give to a PLAIN server (`ZMQ_PLAIN_USERNAME`). Takes effect for endpoints
   * bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "plain-username", ZMQ_PLAIN_USERNAME, ZMQG_OPTION_STRING, 0, 255, 0,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:plain-password:
   *
   * The password to give to a PLAIN server (`ZMQ_PLAIN_PASSWORD`). Cannot be read back. Takes
   * effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "plain-password", ZMQ_PLAIN_PASSWORD, ZMQG_OPTION_STRING, 0, 255, 0, ZMQG_OPTION_SECRET, 0 },

  /**
   * ZmqgSocket:curve-server:
   *
   * Whether peers have to prove that they hold a key (RFC 25 and 26, `ZMQ_CURVE_SERVER`). Nobody
   * is admitted until an authenticator in the context says so; without a
   * [property@Socket:zap-domain], `global` is set. Takes effect for endpoints bound or connected
   * afterwards.
   *
   * Since: 1.0
   */
  { "curve-server", ZMQ_CURVE_SERVER, ZMQG_OPTION_BOOLEAN, 0, 1, 0, ZMQG_OPTION_GUARDED, 0 },

  /**
   * ZmqgSocket:curve-public-key:
   *
   * The public key of this socket, 40 characters of Z85 (`ZMQ_CURVE_PUBLICKEY`). Takes effect
   * for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "curve-public-key", ZMQ_CURVE_PUBLICKEY, ZMQG_OPTION_STRING, 40, 40, 0,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:curve-secret-key:
   *
   * The secret key of this socket, 40 characters of Z85 (`ZMQ_CURVE_SECRETKEY`). Cannot be read
   * back. Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "curve-secret-key", ZMQ_CURVE_SECRETKEY, ZMQG_OPTION_STRING, 40, 40, 0, ZMQG_OPTION_SECRET, 0 },

  /**
   * ZmqgSocket:curve-server-key:
   *
   * The public key of the server to connect to, 40 characters of Z85 (`ZMQ_CURVE_SERVERKEY`).
   * Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "curve-server-key", ZMQ_CURVE_SERVERKEY, ZMQG_OPTION_STRING, 40, 40, 0,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:vmci-buffer-size:
   *
   * The buffer size of VMCI connections, in bytes, where libzmq has VMCI; 0 leaves it to libzmq
   * (`ZMQ_VMCI_BUFFER_SIZE`). Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "vmci-buffer-size", ZMQ_VMCI_BUFFER_SIZE, ZMQG_OPTION_UINT64, 0, G_MAXINT64, 0,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:vmci-buffer-min-size:
   *
   * The least buffer size of VMCI connections, in bytes; 0 leaves it to libzmq
   * (`ZMQ_VMCI_BUFFER_MIN_SIZE`). Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "vmci-buffer-min-size", ZMQ_VMCI_BUFFER_MIN_SIZE, ZMQG_OPTION_UINT64, 0, G_MAXINT64, 0,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:vmci-buffer-max-size:
   *
   * The largest buffer size of VMCI connections, in bytes; 0 leaves it to libzmq
   * (`ZMQ_VMCI_BUFFER_MAX_SIZE`). Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "vmci-buffer-max-size", ZMQ_VMCI_BUFFER_MAX_SIZE, ZMQG_OPTION_UINT64, 0, G_MAXINT64, 0,
    ZMQG_OPTION_FLAGS_NONE, 0 },

  /**
   * ZmqgSocket:vmci-connect-timeout:
   *
   * How long one attempt to connect over VMCI may take, in ms; -1 leaves it to libzmq
   * (`ZMQ_VMCI_CONNECT_TIMEOUT`). Takes effect for endpoints bound or connected afterwards.
   *
   * Since: 1.0
   */
  { "vmci-connect-timeout", ZMQ_VMCI_CONNECT_TIMEOUT, ZMQG_OPTION_INT, -1, G_MAXINT, -1,
    ZMQG_OPTION_FLAGS_NONE, 0 },
};

const guint zmqg_n_options = G_N_ELEMENTS (zmqg_options);
