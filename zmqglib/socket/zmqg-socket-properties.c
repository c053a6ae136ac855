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

static void
set_priority (ZmqgSocket *self,
              int         priority)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  g_autoptr (GError) error = NULL;

  if (self->priority == priority)
    return;
  if (!self->constructing && !zmqg_socket_hold (self, &hold, "set the priority of", NULL, &error))
    {
      g_critical ("%s", error->message);
      return;
    }

  self->priority = priority;
  g_atomic_pointer_set (&self->server, NULL);
  if (self->member.hub != NULL)
    {
      g_mutex_lock (&self->lock);
      zmqg_hub_remove (&self->member);
      g_mutex_unlock (&self->lock);
      if (!zmqg_socket_attach_to_hub (self, &error))
        g_warning ("%s", error->message);
      zmqg_hub_post (&self->member);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[ZMQG_PROP_PRIORITY]);
}

static void
set_paused (ZmqgSocket *self,
            gboolean    paused)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  g_autoptr (GError) error = NULL;

  if (self->paused == paused)
    return;
  if (!self->constructing && !zmqg_socket_hold (self, &hold, "pause", NULL, &error))
    {
      g_critical ("%s", error->message);
      return;
    }

  self->paused = paused;
  zmqg_hub_touch (&self->member);
  g_object_notify_by_pspec (G_OBJECT (self), properties[ZMQG_PROP_PAUSED]);
}

static void
set_uint (ZmqgSocket *self,
          guint      *field,
          guint       value,
          guint       prop_id)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  g_autoptr (GError) error = NULL;

  if ((guint) g_atomic_int_get (field) == value)
    return;
  if (!self->constructing && !zmqg_socket_hold (self, &hold, "change", NULL, &error))
    {
      g_critical ("%s", error->message);
      return;
    }

  g_atomic_int_set (field, value);
  zmqg_hub_touch (&self->member);
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

static void
set_bytes_limit (ZmqgSocket *self,
                 gsize       limit)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  g_autoptr (GError) error = NULL;

  if (self->queue.bytes_limit == limit)
    return;
  if (!self->constructing && !zmqg_socket_hold (self, &hold, "change", NULL, &error))
    {
      g_critical ("%s", error->message);
      return;
    }

  g_atomic_pointer_set (&self->queue.bytes_limit, limit);
  zmqg_hub_touch (&self->member);
  g_object_notify_by_pspec (G_OBJECT (self), properties[ZMQG_PROP_SEND_QUEUE_BYTES_LIMIT]);
}

static void
get_endpoints (ZmqgSocket   *self,
               char       ***endpoints,
               GValue       *value)
{
  g_mutex_lock (&self->lock);
  g_value_set_boxed (value, *endpoints);
  g_mutex_unlock (&self->lock);
}

/* Of the send queue and of peers */
static void
get_queue_property (ZmqgSocket *self,
                    guint       prop_id,
                    GValue     *value)
{
  switch (prop_id)
    {
    case ZMQG_PROP_SEND_QUEUE_LIMIT:
      g_value_set_uint (value, self->queue.limit);
      break;
    case ZMQG_PROP_SEND_QUEUE_BYTES_LIMIT:
      g_value_set_uint64 (value, self->queue.bytes_limit);
      break;
    case ZMQG_PROP_SEND_QUEUE_LENGTH:
      g_value_set_uint (value, zmqg_send_queue_get_length (&self->queue));
      break;
    case ZMQG_PROP_SEND_QUEUE_BYTES:
      g_value_set_uint64 (value, zmqg_send_queue_get_bytes (&self->queue));
      break;
    case ZMQG_PROP_MONITORED:
      g_value_set_boolean (value, self->watch.monitored);
      break;
    case ZMQG_PROP_N_PEERS:
      g_value_set_uint (value, zmqg_watch_get_n_peers (&self->watch));
      break;
    default:
      break;
    }
}

static void
zmqg_socket_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  ZmqgSocket *self = ZMQG_SOCKET (object);

  if (prop_id >= ZMQG_PROP_FIRST_OPTION)
    {
      zmqg_options_get_property (self, prop_id - ZMQG_PROP_FIRST_OPTION, value);
      return;
    }

  switch ((ZmqgSocketProperty) prop_id)
    {
    case ZMQG_PROP_CONTEXT:
      g_value_set_object (value, self->context);
      break;
    case ZMQG_PROP_SOCKET_TYPE:
      g_value_set_enum (value, self->type);
      break;
    case ZMQG_PROP_MAIN_CONTEXT:
      g_value_set_boxed (value, self->main_context);
      break;
    case ZMQG_PROP_PRIORITY:
      g_value_set_int (value, self->priority);
      break;
    case ZMQG_PROP_MESSAGE_BUDGET:
      g_value_set_uint (value, self->member.message_budget);
      break;
    case ZMQG_PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;
    case ZMQG_PROP_BIND_ENDPOINTS:
      get_endpoints (self, &self->bind_endpoints, value);
      break;
    case ZMQG_PROP_CONNECT_ENDPOINTS:
      get_endpoints (self, &self->connect_endpoints, value);
      break;
    case ZMQG_PROP_SUBSCRIPTIONS:
      g_value_take_boxed (value, zmqg_socket_list_subscriptions (self));
      break;
    case ZMQG_PROP_CLOSED:
      g_value_set_boolean (value, zmqg_socket_is_closed (self));
      break;
    case ZMQG_PROP_LAST_ENDPOINT:
      g_value_take_string (value, zmqg_socket_dup_last_endpoint (self));
      break;
    case ZMQG_PROP_SEND_QUEUE_LIMIT:
    case ZMQG_PROP_SEND_QUEUE_BYTES_LIMIT:
    case ZMQG_PROP_SEND_QUEUE_LENGTH:
    case ZMQG_PROP_SEND_QUEUE_BYTES:
    case ZMQG_PROP_MONITORED:
    case ZMQG_PROP_N_PEERS:
      get_queue_property (self, prop_id, value);
      break;
    case ZMQG_PROP_FIRST_OPTION:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
zmqg_socket_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  ZmqgSocket *self = ZMQG_SOCKET (object);

  if (prop_id >= ZMQG_PROP_FIRST_OPTION)
    {
      zmqg_options_set_property (self, prop_id - ZMQG_PROP_FIRST_OPTION, value);
      return;
    }

  switch ((ZmqgSocketProperty) prop_id)
    {
    case ZMQG_PROP_CONTEXT:
      self->context = g_value_dup_object (value);
      break;
    case ZMQG_PROP_SOCKET_TYPE:
      self->type = g_value_get_enum (value);
      break;
    case ZMQG_PROP_MAIN_CONTEXT:
      self->main_context = g_value_dup_boxed (value);
      break;
    case ZMQG_PROP_PRIORITY:
      set_priority (self, g_value_get_int (value));
      break;
    case ZMQG_PROP_MESSAGE_BUDGET:
      set_uint (self, &self->member.message_budget, g_value_get_uint (value), prop_id);
      break;
    case ZMQG_PROP_PAUSED:
      set_paused (self, g_value_get_boolean (value));
      break;
    case ZMQG_PROP_SEND_QUEUE_LIMIT:
      set_uint (self, &self->queue.limit, g_value_get_uint (value), prop_id);
      break;
    case ZMQG_PROP_SEND_QUEUE_BYTES_LIMIT:
      set_bytes_limit (self, g_value_get_uint64 (value));
      break;
    case ZMQG_PROP_BIND_ENDPOINTS:
    case ZMQG_PROP_CONNECT_ENDPOINTS:
      zmqg_socket_set_endpoints (self, prop_id, g_value_get_boxed (value));
      break;
    case ZMQG_PROP_SUBSCRIPTIONS:
      zmqg_socket_set_subscriptions (self, g_value_get_boxed (value));
      break;
    case ZMQG_PROP_MONITORED:
      zmqg_socket_set_monitored (self, g_value_get_boolean (value));
      break;
    case ZMQG_PROP_N_PEERS:
    case ZMQG_PROP_SEND_QUEUE_LENGTH:
    case ZMQG_PROP_SEND_QUEUE_BYTES:
    case ZMQG_PROP_CLOSED:
    case ZMQG_PROP_LAST_ENDPOINT:
    case ZMQG_PROP_FIRST_OPTION:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
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
install_endpoints (void)
{
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
   * How many messages wait for libzmq to take them. Changes are notified once a dispatch.
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

/* Those that are not options of libzmq */
void
zmqg_socket_install_properties (GObjectClass *object_class)
{
  object_class->get_property = zmqg_socket_get_property;
  object_class->set_property = zmqg_socket_set_property;

  install_identity ();
  install_limits ();
  install_endpoints ();
  install_states ();
  zmqg_socket_install_watch_specs (properties);
  g_object_class_install_properties (object_class, ZMQG_PROP_FIRST_OPTION, properties);
}
