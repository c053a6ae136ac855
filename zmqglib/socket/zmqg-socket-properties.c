/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/socket/zmqg-socket-private.h>

static void
notify (ZmqgSocket *self,
        guint       prop_id)
{
  g_object_notify_by_pspec (G_OBJECT (self), zmqg_socket_get_pspec (prop_id));
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
  notify (self, ZMQG_PROP_PRIORITY);
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
  notify (self, ZMQG_PROP_PAUSED);
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
  notify (self, prop_id);
}

static void
set_int (ZmqgSocket *self,
         int        *field,
         int         value,
         guint       prop_id)
{
  if (g_atomic_int_get (field) == value)
    return;

  g_atomic_int_set (field, value);
  notify (self, prop_id);
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
  notify (self, ZMQG_PROP_SEND_QUEUE_BYTES_LIMIT);
}

static void
get_endpoints (ZmqgSocket *self,
               guint       prop_id,
               GValue     *value)
{
  g_mutex_lock (&self->lock);
  g_value_set_boxed (value, prop_id == ZMQG_PROP_BIND_ENDPOINTS ? self->bind_endpoints
                                                                : self->connect_endpoints);
  g_mutex_unlock (&self->lock);
}

/* Of what the socket does, and how much of it */
static void
get_activity_property (ZmqgSocket *self,
                       guint       prop_id,
                       GValue     *value)
{
  switch (prop_id)
    {
    case ZMQG_PROP_MESSAGE_BUDGET:
      g_value_set_uint (value, self->member.message_budget);
      break;
    case ZMQG_PROP_SEND_QUEUE_LIMIT:
      g_value_set_uint (value, self->queue.limit);
      break;
    case ZMQG_PROP_SEND_QUEUE_BYTES_LIMIT:
      g_value_set_uint64 (value, self->queue.bytes_limit);
      break;
    case ZMQG_PROP_KEEP_NEWEST:
      g_value_set_boolean (value, self->queue.keep_newest);
      break;
    case ZMQG_PROP_SEND_TIMEOUT:
      g_value_set_int (value, g_atomic_int_get (&self->send_timeout));
      break;
    case ZMQG_PROP_RECEIVE_TIMEOUT:
      g_value_set_int (value, g_atomic_int_get (&self->receive_timeout));
      break;
    case ZMQG_PROP_MAX_PENDING_OPERATIONS:
      g_value_set_uint (value, self->queue.operations_limit);
      break;
    case ZMQG_PROP_SEND_QUEUE_LENGTH:
      g_value_set_uint (value, zmqg_send_queue_get_length (&self->queue));
      break;
    case ZMQG_PROP_SEND_QUEUE_BYTES:
      g_value_set_uint64 (value, zmqg_send_queue_get_bytes (&self->queue));
      break;
    case ZMQG_PROP_N_PENDING_OPERATIONS:
      g_value_set_uint (value, g_atomic_int_get (&self->n_pending));
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
    case ZMQG_PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;
    case ZMQG_PROP_IPC_MODE:
      g_value_set_int (value, g_atomic_int_get (&self->ipc_mode));
      break;
    case ZMQG_PROP_BIND_ENDPOINTS:
    case ZMQG_PROP_CONNECT_ENDPOINTS:
      get_endpoints (self, prop_id, value);
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
    case ZMQG_PROP_MESSAGE_BUDGET:
    case ZMQG_PROP_MONITORED:
    case ZMQG_PROP_N_PEERS:
    case ZMQG_PROP_SEND_QUEUE_LIMIT:
    case ZMQG_PROP_SEND_QUEUE_BYTES_LIMIT:
    case ZMQG_PROP_KEEP_NEWEST:
    case ZMQG_PROP_SEND_TIMEOUT:
    case ZMQG_PROP_RECEIVE_TIMEOUT:
    case ZMQG_PROP_MAX_PENDING_OPERATIONS:
    case ZMQG_PROP_SEND_QUEUE_LENGTH:
    case ZMQG_PROP_SEND_QUEUE_BYTES:
    case ZMQG_PROP_N_PENDING_OPERATIONS:
      get_activity_property (self, prop_id, value);
      break;
    case ZMQG_PROP_FIRST_OPTION:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_queue_property (ZmqgSocket   *self,
                    guint         prop_id,
                    const GValue       *value)
{
  switch (prop_id)
    {
    case ZMQG_PROP_SEND_QUEUE_LIMIT:
      set_uint (self, &self->queue.limit, g_value_get_uint (value), prop_id);
      break;
    case ZMQG_PROP_SEND_QUEUE_BYTES_LIMIT:
      set_bytes_limit (self, g_value_get_uint64 (value));
      break;
    case ZMQG_PROP_KEEP_NEWEST:
      set_uint (self, (guint *) &self->queue.keep_newest, g_value_get_boolean (value), prop_id);
      break;
    case ZMQG_PROP_SEND_TIMEOUT:
      set_int (self, &self->send_timeout, g_value_get_int (value), prop_id);
      break;
    case ZMQG_PROP_RECEIVE_TIMEOUT:
      set_int (self, &self->receive_timeout, g_value_get_int (value), prop_id);
      break;
    case ZMQG_PROP_MAX_PENDING_OPERATIONS:
      set_uint (self, &self->queue.operations_limit, g_value_get_uint (value), prop_id);
      break;
    default:
      break;
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
    case ZMQG_PROP_SEND_QUEUE_BYTES_LIMIT:
    case ZMQG_PROP_KEEP_NEWEST:
    case ZMQG_PROP_SEND_TIMEOUT:
    case ZMQG_PROP_RECEIVE_TIMEOUT:
    case ZMQG_PROP_MAX_PENDING_OPERATIONS:
      set_queue_property (self, prop_id, value);
      break;
    case ZMQG_PROP_IPC_MODE:
      set_uint (self, (guint *) &self->ipc_mode, g_value_get_int (value), prop_id);
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
    case ZMQG_PROP_N_PENDING_OPERATIONS:
    case ZMQG_PROP_CLOSED:
    case ZMQG_PROP_LAST_ENDPOINT:
    case ZMQG_PROP_FIRST_OPTION:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* Those that are not options of libzmq */
void
zmqg_socket_install_properties (GObjectClass *object_class)
{
  object_class->get_property = zmqg_socket_get_property;
  object_class->set_property = zmqg_socket_set_property;

  zmqg_socket_install_specs (object_class);
}
