/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-enum-types.h>
#include <zmqglib/connection/zmqg-connection-event-private.h>

#include <zmq.h>

/**
 * ZmqgConnectionEvent:
 *
 * Something that happened to the connections of a socket, see
 * [signal@Socket::connection-event].
 *
 * An event does not change, and may be kept and used from any thread.
 *
 * Since: 1.0
 */
G_DEFINE_BOXED_TYPE (ZmqgConnectionEvent, zmqg_connection_event, zmqg_connection_event_ref,
                     zmqg_connection_event_unref)

G_STATIC_ASSERT (ZMQG_CONNECTION_EVENT_KIND_CONNECTED == (int) ZMQ_EVENT_CONNECTED);
G_STATIC_ASSERT (ZMQG_CONNECTION_EVENT_KIND_CONNECT_DELAYED == (int) ZMQ_EVENT_CONNECT_DELAYED);
G_STATIC_ASSERT (ZMQG_CONNECTION_EVENT_KIND_CONNECT_RETRIED == (int) ZMQ_EVENT_CONNECT_RETRIED);
G_STATIC_ASSERT (ZMQG_CONNECTION_EVENT_KIND_LISTENING == (int) ZMQ_EVENT_LISTENING);
G_STATIC_ASSERT (ZMQG_CONNECTION_EVENT_KIND_BIND_FAILED == (int) ZMQ_EVENT_BIND_FAILED);
G_STATIC_ASSERT (ZMQG_CONNECTION_EVENT_KIND_ACCEPTED == (int) ZMQ_EVENT_ACCEPTED);
G_STATIC_ASSERT (ZMQG_CONNECTION_EVENT_KIND_ACCEPT_FAILED == (int) ZMQ_EVENT_ACCEPT_FAILED);
G_STATIC_ASSERT (ZMQG_CONNECTION_EVENT_KIND_CLOSED == (int) ZMQ_EVENT_CLOSED);
G_STATIC_ASSERT (ZMQG_CONNECTION_EVENT_KIND_CLOSE_FAILED == (int) ZMQ_EVENT_CLOSE_FAILED);
G_STATIC_ASSERT (ZMQG_CONNECTION_EVENT_KIND_DISCONNECTED == (int) ZMQ_EVENT_DISCONNECTED);
G_STATIC_ASSERT (ZMQG_CONNECTION_EVENT_KIND_MONITOR_STOPPED == (int) ZMQ_EVENT_MONITOR_STOPPED);
G_STATIC_ASSERT (ZMQG_CONNECTION_EVENT_KIND_HANDSHAKE_FAILED ==
                 (int) ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL);
G_STATIC_ASSERT (ZMQG_CONNECTION_EVENT_KIND_HANDSHAKE_SUCCEEDED ==
                 (int) ZMQ_EVENT_HANDSHAKE_SUCCEEDED);

static ZmqgHandshakeFailure
get_failure (guint zmq_event)
{
  switch (zmq_event)
    {
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
      return ZMQG_HANDSHAKE_FAILURE_NO_DETAIL;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      return ZMQG_HANDSHAKE_FAILURE_PROTOCOL;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      return ZMQG_HANDSHAKE_FAILURE_AUTHENTICATION;
    default:
      return ZMQG_HANDSHAKE_FAILURE_NONE;
    }
}

ZmqgConnectionEvent *
zmqg_connection_event_new (guint       zmq_event,
                           guint32     value,
                           GRefString *endpoint,
                           gint64      time)
{
  ZmqgConnectionEvent *self = g_new0 (ZmqgConnectionEvent, 1);

  self->ref_count = 1;
  self->failure = get_failure (zmq_event);
  self->kind = self->failure != ZMQG_HANDSHAKE_FAILURE_NONE ?
               ZMQG_CONNECTION_EVENT_KIND_HANDSHAKE_FAILED : zmq_event;
  self->value = value;
  self->n_times = 1;
  self->time = time;
  self->endpoint = g_ref_string_acquire (endpoint);
  self->link.data = self;

  return self;
}

/* The detail of the signal; 0 for a kind that a newer libzmq may have */
GQuark
zmqg_connection_event_get_nick (ZmqgConnectionEvent *self)
{
  GEnumClass *kinds = g_type_class_ref (ZMQG_TYPE_CONNECTION_EVENT_KIND);
  GEnumValue *kind = g_enum_get_value (kinds, self->kind);
  GQuark nick = kind != NULL ? g_quark_from_static_string (kind->value_nick) : 0;

  g_type_class_unref (kinds);

  return nick;
}

/**
 * zmqg_connection_event_ref:
 * @self: an event
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
ZmqgConnectionEvent *
zmqg_connection_event_ref (ZmqgConnectionEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);

  return self;
}

/**
 * zmqg_connection_event_unref:
 * @self: (transfer full): an event
 *
 * Releases a reference.
 *
 * Since: 1.0
 */
void
zmqg_connection_event_unref (ZmqgConnectionEvent *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_ref_string_release (self->endpoint);
  g_clear_pointer (&self->peer, zmqg_peer_unref);
  g_free (self);
}

/**
 * zmqg_connection_event_get_kind:
 * @self: an event
 *
 * Gets what happened.
 *
 * Returns: the kind of the event
 *
 * Since: 1.0
 */
ZmqgConnectionEventKind
zmqg_connection_event_get_kind (ZmqgConnectionEvent *self)
{
  g_return_val_if_fail (self != NULL, ZMQG_CONNECTION_EVENT_KIND_MONITOR_STOPPED);

  return self->kind;
}

/**
 * zmqg_connection_event_get_endpoint:
 * @self: an event
 *
 * Gets the endpoint of the socket it happened at: where it listens, or where it connects to.
 *
 * Returns: (transfer none): the endpoint, empty for
 *   [enum@ConnectionEventKind.MONITOR_STOPPED]
 *
 * Since: 1.0
 */
const char *
zmqg_connection_event_get_endpoint (ZmqgConnectionEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->endpoint;
}

/**
 * zmqg_connection_event_get_peer:
 * @self: an event
 *
 * Gets the connection it happened to.
 *
 * On a ROUTER, a peer that is [enum@ConnectionEventKind.DISCONNECTED] has the routing id its
 * messages began with, if one was received. libzmq does not say whose handshake it speaks of:
 * where several peers are at it at one endpoint, that is not known.
 *
 * Returns: (transfer none) (nullable): the peer, or `NULL` if the event is not about one, or it
 *   is not known about which
 *
 * Since: 1.0
 */
ZmqgPeer *
zmqg_connection_event_get_peer (ZmqgConnectionEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->peer;
}

/**
 * zmqg_connection_event_get_failure:
 * @self: an event
 *
 * Gets in which way a handshake failed.
 *
 * Returns: the failure, [enum@HandshakeFailure.NONE] for events of another kind
 *
 * Since: 1.0
 */
ZmqgHandshakeFailure
zmqg_connection_event_get_failure (ZmqgConnectionEvent *self)
{
  g_return_val_if_fail (self != NULL, ZMQG_HANDSHAKE_FAILURE_NONE);

  return self->failure;
}

/**
 * zmqg_connection_event_get_error_code:
 * @self: an event
 *
 * Gets the error that goes with the event.
 *
 * It is a number of `errno` for [enum@ConnectionEventKind.CONNECT_DELAYED], what ends in
 * `_FAILED`, and a handshake that failed without detail; libzmq's `ZMQ_PROTOCOL_ERROR_*` for a
 * handshake against the protocol; and the status of the authenticator, 300, 400 or 500, for one
 * that was refused.
 *
 * Returns: the error, 0 for events without one
 *
 * Since: 1.0
 */
int
zmqg_connection_event_get_error_code (ZmqgConnectionEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);

  switch (self->kind)
    {
    case ZMQG_CONNECTION_EVENT_KIND_CONNECT_DELAYED:
    case ZMQG_CONNECTION_EVENT_KIND_BIND_FAILED:
    case ZMQG_CONNECTION_EVENT_KIND_ACCEPT_FAILED:
    case ZMQG_CONNECTION_EVENT_KIND_CLOSE_FAILED:
    case ZMQG_CONNECTION_EVENT_KIND_HANDSHAKE_FAILED:
      return self->value;
    case ZMQG_CONNECTION_EVENT_KIND_CONNECTED:
    case ZMQG_CONNECTION_EVENT_KIND_CONNECT_RETRIED:
    case ZMQG_CONNECTION_EVENT_KIND_LISTENING:
    case ZMQG_CONNECTION_EVENT_KIND_ACCEPTED:
    case ZMQG_CONNECTION_EVENT_KIND_CLOSED:
    case ZMQG_CONNECTION_EVENT_KIND_DISCONNECTED:
    case ZMQG_CONNECTION_EVENT_KIND_MONITOR_STOPPED:
    case ZMQG_CONNECTION_EVENT_KIND_HANDSHAKE_SUCCEEDED:
    default:
      return 0;
    }
}

/**
 * zmqg_connection_event_get_reason:
 * @self: an event
 *
 * Gets the text of [method@ConnectionEvent.get_error_code].
 *
 * Returns: (transfer none) (nullable): the text, or `NULL` for events without an error
 *
 * Since: 1.0
 */
const char *
zmqg_connection_event_get_reason (ZmqgConnectionEvent *self)
{
  int code;

  g_return_val_if_fail (self != NULL, NULL);

  code = zmqg_connection_event_get_error_code (self);
  if (self->failure == ZMQG_HANDSHAKE_FAILURE_PROTOCOL ||
      self->failure == ZMQG_HANDSHAKE_FAILURE_AUTHENTICATION)
    return zmqg_handshake_failure_to_text (code);
  if (code == 0)
    return NULL;

  /* libzmq's text for a number of the system is in a buffer that threads share */
  return code >= ZMQ_HAUSNUMERO ? zmq_strerror (code) : g_strerror (code);
}

/**
 * zmqg_connection_event_get_interval:
 * @self: an event
 *
 * Gets after how long [enum@ConnectionEventKind.CONNECT_RETRIED] will happen.
 *
 * Returns: the time in ms, 0 for events of another kind
 *
 * Since: 1.0
 */
int
zmqg_connection_event_get_interval (ZmqgConnectionEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->kind == ZMQG_CONNECTION_EVENT_KIND_CONNECT_RETRIED ? (int) self->value : 0;
}

/**
 * zmqg_connection_event_get_time:
 * @self: an event
 *
 * Gets when it happened, which may be long before the main context came to tell it.
 *
 * Returns: the time in µs, as `g_get_monotonic_time()` has it
 *
 * Since: 1.0
 */
gint64
zmqg_connection_event_get_time (ZmqgConnectionEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->time;
}

/**
 * zmqg_connection_event_get_n_times:
 * @self: an event
 *
 * Gets how often it happened.
 *
 * [enum@ConnectionEventKind.ACCEPT_FAILED] can happen a million times in a second, when there
 * are no file descriptors left: all of a second are told as one, the last of them giving the
 * time.
 *
 * Returns: how often, from 1
 *
 * Since: 1.0
 */
guint
zmqg_connection_event_get_n_times (ZmqgConnectionEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_times;
}

/**
 * zmqg_connection_event_get_n_dropped:
 * @self: an event
 *
 * Gets how many events before this one were dropped.
 *
 * A socket keeps the newest 1000 events for its main context.
 *
 * Returns: the number of events that were not told since the one that was told last
 *
 * Since: 1.0
 */
guint
zmqg_connection_event_get_n_dropped (ZmqgConnectionEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_dropped;
}
