/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-enum-types.h>
#include <zmqglib/socket/zmqg-socket-private.h>

static GParamSpec *properties[ZMQG_PROP_FIRST_OPTION];

GParamSpec *
zmqg_socket_get_pspec (guint prop_id)
{
  return properties[prop_id];
}

#define READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)
#define WRITABLE (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)
#define FIXED (G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS)

static void
install_identity (void)
{
  /**
   * ZmqgSocket:context: (getter get_context)
   *
   * The ZeroMQ context; by default the one of [func@Context.get_default].
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_CONTEXT] =
    g_param_spec_object ("context", NULL, NULL, ZMQG_TYPE_CONTEXT, FIXED);

  /**
   * ZmqgSocket:socket-type: (getter get_socket_type)
   *
   * The socket type.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_SOCKET_TYPE] =
    g_param_spec_enum ("socket-type", NULL, NULL, ZMQG_TYPE_SOCKET_TYPE, ZMQG_SOCKET_TYPE_PAIR,
                       FIXED);

  /**
   * ZmqgSocket:main-context: (getter get_main_context)
   *
   * The main context that owns the socket; by default the one that is thread-default where the
   * socket is made.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_MAIN_CONTEXT] =
    g_param_spec_boxed ("main-context", NULL, NULL, G_TYPE_MAIN_CONTEXT, FIXED);

  /**
   * ZmqgSocket:priority:
   *
   * The priority at which the main context serves the socket, such as `G_PRIORITY_DEFAULT`.
   *
   * A socket under load does not starve sources of a lower priority, see
   * [func@main_context_set_time_budget].
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_PRIORITY] =
    g_param_spec_int ("priority", NULL, NULL, G_MININT, G_MAXINT, G_PRIORITY_DEFAULT,
                      WRITABLE | G_PARAM_CONSTRUCT);
}

static void
install_limits (void)
{
  /**
   * ZmqgSocket:message-budget:
   *
   * How many messages of this socket are handled in one dispatch at most; 0 leaves it to the
   * main context's time budget.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_MESSAGE_BUDGET] =
    g_param_spec_uint ("message-budget", NULL, NULL, 0, G_MAXUINT, 0, WRITABLE);

  /**
   * ZmqgSocket:paused:
   *
   * Whether messages are held back from handlers. They stay in libzmq, whose high-water mark
   * then holds the sender back.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, WRITABLE);

  /**
   * ZmqgSocket:send-queue-limit:
   *
   * How many messages may wait for libzmq to take them, beyond its own
   * [property@Socket:send-high-water-mark]; 0 for no limit.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_SEND_QUEUE_LIMIT] =
    g_param_spec_uint ("send-queue-limit", NULL, NULL, 0, G_MAXINT, ZMQG_SEND_QUEUE_LIMIT,
                       WRITABLE);

  /**
   * ZmqgSocket:send-queue-bytes-limit:
   *
   * How many bytes may wait for libzmq to take them; 0 for no limit. A message that is larger
   * can wait alone.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_SEND_QUEUE_BYTES_LIMIT] =
    g_param_spec_uint64 ("send-queue-bytes-limit", NULL, NULL, 0, G_MAXSIZE, 0, WRITABLE);
}

static void
install_operation_limits (void)
{
  /**
   * ZmqgSocket:keep-newest:
   *
   * Whether a full queue drops its oldest message to make room for a new one, rather than refuse
   * that. [struct@SocketStatistics] counts what is dropped; asynchronous sends are not.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_KEEP_NEWEST] =
    g_param_spec_boolean ("keep-newest", NULL, NULL, FALSE, WRITABLE);

  /**
   * ZmqgSocket:send-timeout:
   *
   * After how many ms a [method@Socket.send_async] that libzmq has not accepted ends with
   * `G_IO_ERROR_TIMED_OUT`; -1 for never. It holds for calls made from then on. May be set
   * from any thread.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_SEND_TIMEOUT] =
    g_param_spec_int ("send-timeout", NULL, NULL, -1, G_MAXINT, -1, WRITABLE);

  /**
   * ZmqgSocket:receive-timeout:
   *
   * After how many ms without a message for it a [method@Socket.receive_async] ends with
   * `G_IO_ERROR_TIMED_OUT`; -1 for never. It holds for calls made from then on. May be set
   * from any thread.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_RECEIVE_TIMEOUT] =
    g_param_spec_int ("receive-timeout", NULL, NULL, -1, G_MAXINT, -1, WRITABLE);

  /**
   * ZmqgSocket:max-pending-operations:
   *
   * How many asynchronous sends may claim room in the send queue at a time; 0 for no limit.
   *
   * Those beyond it, and those for which [property@Socket:send-queue-limit] leaves no room, wait
   * in line outside the queue, in order. As long as there are any, [method@Socket.send] finds
   * the queue full.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_MAX_PENDING_OPERATIONS] =
    g_param_spec_uint ("max-pending-operations", NULL, NULL, 0, G_MAXINT,
                       ZMQG_MAX_PENDING_OPERATIONS, WRITABLE);
}

static void
install_endpoints (void)
{
  /**
   * ZmqgSocket:ipc-mode:
   *
   * The permissions of the file of an `ipc` endpoint, such as 0660, from its first moment on; -1
   * leaves them to the process's umask. Who cannot write to the file cannot connect. Takes effect
   * for endpoints bound afterwards.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_IPC_MODE] =
    g_param_spec_int ("ipc-mode", NULL, NULL, -1, 0777, -1, WRITABLE | G_PARAM_CONSTRUCT);

  /**
   * ZmqgSocket:bind-endpoints:
   *
   * The endpoints to bind to, for building a socket in one constructor call.
   *
   * Setting it later unbinds those no longer named and binds the new ones; what fails is told
   * by [signal@Socket::error-occurred]. [method@Socket.list_bindings] tells the endpoints in
   * use.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_BIND_ENDPOINTS] =
    g_param_spec_boxed ("bind-endpoints", NULL, NULL, G_TYPE_STRV, WRITABLE | G_PARAM_CONSTRUCT);

  /**
   * ZmqgSocket:connect-endpoints:
   *
   * The endpoints to connect to, for building a socket in one constructor call.
   *
   * Setting it later disconnects from those no longer named and connects to the new ones; what
   * fails is told by [signal@Socket::error-occurred].
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_CONNECT_ENDPOINTS] =
    g_param_spec_boxed ("connect-endpoints", NULL, NULL, G_TYPE_STRV,
                        WRITABLE | G_PARAM_CONSTRUCT);

  /**
   * ZmqgSocket:subscriptions:
   *
   * The prefixes a SUB or XSUB socket subscribes to.
   *
   * Setting it unsubscribes from those no longer named and subscribes to the new ones.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_SUBSCRIPTIONS] =
    g_param_spec_boxed ("subscriptions", NULL, NULL, G_TYPE_STRV, WRITABLE | G_PARAM_CONSTRUCT);
}

static void
install_states (void)
{
  /**
   * ZmqgSocket:send-queue-length:
   *
   * How many messages wait for libzmq to take them, those of asynchronous sends included that
   * have found room. Changes are notified once a dispatch.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_SEND_QUEUE_LENGTH] =
    g_param_spec_uint ("send-queue-length", NULL, NULL, 0, G_MAXUINT, 0, READABLE);

  /**
   * ZmqgSocket:send-queue-bytes:
   *
   * How many bytes wait for libzmq to take them. Changes are notified once a dispatch.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_SEND_QUEUE_BYTES] =
    g_param_spec_uint64 ("send-queue-bytes", NULL, NULL, 0, G_MAXUINT64, 0, READABLE);

  /**
   * ZmqgSocket:n-pending-operations:
   *
   * How many asynchronous operations have not called back yet, those of other threads among
   * them. Changes are not notified.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_N_PENDING_OPERATIONS] =
    g_param_spec_uint ("n-pending-operations", NULL, NULL, 0, G_MAXUINT, 0, READABLE);

  /**
   * ZmqgSocket:closed: (getter is_closed)
   *
   * Whether the socket was closed. Notified just before [signal@Socket::closed].
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_CLOSED] = g_param_spec_boolean ("closed", NULL, NULL, FALSE, READABLE);

  /**
   * ZmqgSocket:last-endpoint: (getter dup_last_endpoint)
   *
   * The endpoint that was bound or connected last, with the port or path that a `*` came to.
   *
   * Since: 1.0
   */
  properties[ZMQG_PROP_LAST_ENDPOINT] =
    g_param_spec_string ("last-endpoint", NULL, NULL, NULL, READABLE);
}

void
zmqg_socket_install_specs (GObjectClass *object_class)
{
  install_identity ();
  install_limits ();
  install_operation_limits ();
  install_endpoints ();
  install_states ();
  zmqg_socket_install_watch_specs (properties);
  g_object_class_install_properties (object_class, ZMQG_PROP_FIRST_OPTION, properties);
}
