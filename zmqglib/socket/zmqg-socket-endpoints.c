/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-endpoint-private.h>
#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <zmq.h>

#define MAX_ENDPOINT 1024

void
zmqg_binding_free (ZmqgBinding *self)
{
  g_free (self->given);
  g_free (self->resolved);
  g_free (self);
}

static char *
ask_last_endpoint (ZmqgSocket *self,
                   const char *given)
{
  char endpoint[MAX_ENDPOINT];
  size_t size = sizeof endpoint;

  if (ZMQG_RETRY (self->process,
                  zmq_getsockopt (self->handle, ZMQ_LAST_ENDPOINT, endpoint, &size)) != 0 ||
      endpoint[0] == '\0')
    return g_strdup (given);

  return g_strdup (endpoint);
}

static void
set_last_endpoint (ZmqgSocket *self,
                   const char *endpoint)
{
  g_mutex_lock (&self->lock);
  g_free (self->last_endpoint);
  self->last_endpoint = g_strdup (endpoint);
  g_mutex_unlock (&self->lock);
  self->is_endpoint_due = TRUE;
  self->has_websocket |= zmqg_endpoint_is_websocket (endpoint);
}

/* @operation: "bind to" or another verb that goes before an endpoint */
static gboolean
fail (ZmqgSocket  *self,
      int          errsv,
      const char  *operation,
      const char  *endpoint,
      GError     **error)
{
  zmqg_set_error_from_errno (error, errsv, "Could not %s '%s' on the %s socket", operation,
                             endpoint, zmqg_socket_get_type_name (self));
  return FALSE;
}

/* ip_resolver.cpp aborts the process where it cannot list the network interfaces. */
static gboolean
check_free_fds (ZmqgSocket  *self,
                const char  *operation,
                const char  *endpoint,
                GError     **error)
{
  if (zmqg_process_has_free_fds (3, error))
    return TRUE;

  g_prefix_error (error, "Could not %s '%s' on the %s socket: ", operation, endpoint,
                  zmqg_socket_get_type_name (self));
  return FALSE;
}

static gboolean
bind_held (ZmqgSocket  *self,
           const char  *endpoint,
           GError     **error)
{
  ZmqgBinding *binding;

  if (!zmqg_endpoint_check (endpoint, self->type, ZMQG_ENDPOINT_BIND, error) ||
      !check_free_fds (self, "bind to", endpoint, error))
    return FALSE;
  if (ZMQG_RETRY (self->process, zmq_bind (self->handle, endpoint)) != 0)
    return fail (self, zmq_errno (), "bind to", endpoint, error);

  binding = g_new (ZmqgBinding, 1);
  binding->given = g_strdup (endpoint);
  binding->resolved = ask_last_endpoint (self, endpoint);
  set_last_endpoint (self, binding->resolved);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->bindings, binding);
  g_mutex_unlock (&self->lock);
  zmqg_socket_describe (self);

  return TRUE;
}

/* router.cpp and stream.cpp assert that no other connection has the id. */
static gboolean
check_routing_id (ZmqgSocket  *self,
                  const char  *endpoint,
                  GError     **error)
{
  const char *id = zmqg_options_get_routing_id (self);

  if (id == NULL || !g_hash_table_contains (self->routing_ids, id))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
               "Could not connect to '%s' on the %s socket: the connect-routing-id '%s' is in use",
               endpoint, zmqg_socket_get_type_name (self), id);
  return FALSE;
}

/* A connection that is made again keeps the way to the authenticator: an answer that comes after
 * the peer has gone is taken for the next handshake, and before that one has begun it ends the
 * process (stream_engine_base.cpp asserts that there is a mechanism). The peer has it in hand. */
static gboolean
check_authentication (ZmqgSocket  *self,
                      const char  *endpoint,
                      GError     **error)
{
  if (zmqg_endpoint_is_inproc (endpoint) || !zmqg_options_asks_authenticator (self))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               "Could not connect to '%s' on the %s socket: a socket that authenticates its peers "
               "can only be bound, libzmq lets a peer it connects to end the process",
               endpoint, zmqg_socket_get_type_name (self));
  return FALSE;
}

static gboolean
endpoint_is (gpointer id,
             gpointer endpoint,
             gpointer other)
{
  return g_str_equal (endpoint, other);
}

static gboolean
connect_held (ZmqgSocket  *self,
              const char  *endpoint,
              GError     **error)
{
  if (!check_routing_id (self, endpoint, error))
    return FALSE;
  if (!zmqg_endpoint_check (endpoint, self->type, ZMQG_ENDPOINT_CONNECT, error) ||
      !check_authentication (self, endpoint, error) ||
      !check_free_fds (self, "connect to", endpoint, error))
    return FALSE;
  if (ZMQG_RETRY (self->process, zmq_connect (self->handle, endpoint)) != 0)
    return fail (self, zmq_errno (), "connect to", endpoint, error);

  if (zmqg_endpoint_is_inproc (endpoint))
    zmqg_context_note_inproc (self->context, endpoint);
  if (zmqg_options_get_routing_id (self) != NULL)
    {
      g_hash_table_insert (self->routing_ids, g_strdup (zmqg_options_get_routing_id (self)),
                           g_strdup (endpoint));
      zmqg_options_spend_routing_id (self);
    }
  set_last_endpoint (self, endpoint);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->connections, g_strdup (endpoint));
  g_mutex_unlock (&self->lock);
  zmqg_socket_describe (self);

  return TRUE;
}

/* By the endpoint as it was given, or as it was resolved */
static gboolean
find_binding (ZmqgSocket *self,
              const char *endpoint,
              guint      *index)
{
  for (guint i = 0; i < self->bindings->len; i++)
    {
      ZmqgBinding *binding = self->bindings->pdata[i];

      *index = i;
      if (g_str_equal (binding->given, endpoint) || g_str_equal (binding->resolved, endpoint))
        return TRUE;
    }

  return FALSE;
}

static gboolean
fail_not_found (ZmqgSocket  *self,
                const char  *operation,
                const char  *endpoint,
                GError     **error)
{
  g_autofree char *shown = g_utf8_make_valid (endpoint, -1);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "Could not %s '%s' on the %s socket: there is no such endpoint", operation, shown,
               zmqg_socket_get_type_name (self));
  return FALSE;
}

static gboolean
unbind_held (ZmqgSocket  *self,
             const char  *endpoint,
             GError     **error)
{
  ZmqgBinding *binding;
  guint index;

  if (!find_binding (self, endpoint, &index))
    return fail_not_found (self, "unbind from", endpoint, error);

  binding = self->bindings->pdata[index];
  if (ZMQG_RETRY (self->process, zmq_unbind (self->handle, binding->resolved)) != 0)
    return fail (self, zmq_errno (), "unbind from", endpoint, error);

  g_mutex_lock (&self->lock);
  g_ptr_array_remove_index (self->bindings, index);
  g_mutex_unlock (&self->lock);
  zmqg_socket_describe (self);

  return TRUE;
}

static gboolean
disconnect_held (ZmqgSocket  *self,
                 const char  *endpoint,
                 GError     **error)
{
  guint index;

  if (!g_ptr_array_find_with_equal_func (self->connections, endpoint, g_str_equal, &index))
    return fail_not_found (self, "disconnect from", endpoint, error);
  /* ENOENT: libzmq has dropped the connection by itself, as a PAIR does with a second one */
  if (ZMQG_RETRY (self->process, zmq_disconnect (self->handle, endpoint)) != 0 &&
      zmq_errno () != ENOENT)
    return fail (self, zmq_errno (), "disconnect from", endpoint, error);

  g_mutex_lock (&self->lock);
  g_ptr_array_remove_index (self->connections, index);
  g_hash_table_foreach_remove (self->routing_ids, endpoint_is, (gpointer) endpoint);
  g_mutex_unlock (&self->lock);
  zmqg_socket_describe (self);

  return TRUE;
}

typedef gboolean (*EndpointFunc) (ZmqgSocket  *self,
                                  const char  *endpoint,
                                  GError     **error);

static gboolean
change_endpoint (ZmqgSocket    *self,
                 EndpointFunc   func,
                 const char    *operation,
                 const char    *endpoint,
                 GError       **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  gboolean changed;

  if (!zmqg_socket_hold (self, &hold, operation, endpoint, error))
    return FALSE;

  changed = func (self, endpoint, error);
  zmqg_hub_touch (&self->member);

  return changed;
}

/**
 * zmqg_socket_bind:
 * @self: a socket
 * @endpoint: where to listen, such as `tcp://127.0.0.1:5555`, `tcp://lo:*`, `ipc:///run/x`,
 *   `ipc://@abstract`, `inproc://name`, `ws://127.0.0.1:8080/` or `tipc://{5555,0,0}`
 * @error: return location for a [struct@GLib.Error]
 *
 * Listens at an endpoint, beside those it is bound or connected to already.
 *
 * A port or path of `*` is chosen by the system; [property@Socket:last-endpoint] tells.
 * To be called by the holder of the main context.
 *
 * Fails with `G_IO_ERROR_INVALID_ARGUMENT` if @endpoint is malformed,
 * `G_IO_ERROR_NOT_SUPPORTED` if libzmq lacks the transport, `G_IO_ERROR_ADDRESS_IN_USE`,
 * `G_IO_ERROR_PERMISSION_DENIED`, [error@Error.ADDRESS_NOT_AVAILABLE] and others. The
 * transports `pgm`, `epgm` and `norm` are refused: libzmq ends the process when it cannot open
 * them.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_bind (ZmqgSocket  *self,
                  const char  *endpoint,
                  GError     **error)
{
  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (endpoint != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return change_endpoint (self, bind_held, "bind to", endpoint, error);
}

/**
 * zmqg_socket_connect_to:
 * @self: a socket
 * @endpoint: the peer's endpoint, such as `tcp://127.0.0.1:5555`
 * @error: return location for a [struct@GLib.Error]
 *
 * Connects to an endpoint, beside those it is bound or connected to already.
 *
 * ZeroMQ connects in the background and again whenever the connection is lost: success says
 * that the endpoint is well-formed, not that anybody is there. A host name is resolved by
 * libzmq's I/O thread, which serves no other socket of the context meanwhile: give an address
 * where a name server may be slow. To be called by the holder of the main context.
 *
 * Fails like [method@Socket.bind]. A socket that authenticates its peers, a
 * [property@Socket:plain-server], a [property@Socket:curve-server] or one with a
 * [property@Socket:zap-domain], can only be bound: over a connection that it made itself, a peer
 * could end the process, and the call fails with `G_IO_ERROR_NOT_SUPPORTED`.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_connect_to (ZmqgSocket  *self,
                        const char  *endpoint,
                        GError     **error)
{
  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (endpoint != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return change_endpoint (self, connect_held, "connect to", endpoint, error);
}

/**
 * zmqg_socket_unbind:
 * @self: a socket
 * @endpoint: an endpoint as it was given to [method@Socket.bind], or as
 *   [method@Socket.list_bindings] has it
 * @error: return location for a [struct@GLib.Error]
 *
 * Stops listening at an endpoint.
 *
 * To be called by the holder of the main context. Fails with `G_IO_ERROR_NOT_FOUND` if the
 * socket is not bound to @endpoint.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_unbind (ZmqgSocket  *self,
                    const char  *endpoint,
                    GError     **error)
{
  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (endpoint != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return change_endpoint (self, unbind_held, "unbind from", endpoint, error);
}

/**
 * zmqg_socket_disconnect_from:
 * @self: a socket
 * @endpoint: an endpoint as it was given to [method@Socket.connect_to]
 * @error: return location for a [struct@GLib.Error]
 *
 * Disconnects from an endpoint.
 *
 * To be called by the holder of the main context. Fails with `G_IO_ERROR_NOT_FOUND` if the
 * socket is not connected to @endpoint.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_disconnect_from (ZmqgSocket  *self,
                             const char  *endpoint,
                             GError     **error)
{
  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (endpoint != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return change_endpoint (self, disconnect_held, "disconnect from", endpoint, error);
}

/* At construction, when nobody else knows the socket yet */
gboolean
zmqg_socket_apply_endpoints (ZmqgSocket  *self,
                             GError     **error)
{
  for (guint i = 0; self->bind_endpoints != NULL && self->bind_endpoints[i] != NULL; i++)
    {
      if (!bind_held (self, self->bind_endpoints[i], error))
        return FALSE;
    }
  for (guint i = 0; self->connect_endpoints != NULL && self->connect_endpoints[i] != NULL; i++)
    {
      if (!connect_held (self, self->connect_endpoints[i], error))
        return FALSE;
    }

  return TRUE;
}

static void
apply_each (ZmqgSocket   *self,
            char        **endpoints,
            char        **others,
            EndpointFunc  func)
{
  for (guint i = 0; endpoints != NULL && endpoints[i] != NULL; i++)
    {
      GError *error = NULL;

      if (others != NULL && g_strv_contains ((const char * const *) others, endpoints[i]))
        continue;
      if (!func (self, endpoints[i], &error))
        zmqg_socket_add_notice (self, ZMQG_NOTICE_ERROR, NULL, error);
    }
}

/* What is no longer named goes, what is new comes, the rest stays connected. */
void
zmqg_socket_set_endpoints (ZmqgSocket  *self,
                           guint        prop_id,
                           char       **endpoints)
{
  gboolean binds = prop_id == ZMQG_PROP_BIND_ENDPOINTS;
  char ***field = binds ? &self->bind_endpoints : &self->connect_endpoints;
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  g_auto (GStrv) old = NULL;
  g_autoptr (GError) error = NULL;

  if (self->constructing)
    {
      *field = g_strdupv (endpoints);
      return;
    }
  if (!zmqg_socket_hold (self, &hold, "change the endpoints of", NULL, &error))
    {
      g_critical ("%s", error->message);
      return;
    }

  g_mutex_lock (&self->lock);
  old = g_steal_pointer (field);
  *field = g_strdupv (endpoints);
  g_mutex_unlock (&self->lock);
  apply_each (self, old, *field, binds ? unbind_held : disconnect_held);
  apply_each (self, *field, old, binds ? bind_held : connect_held);
  zmqg_hub_touch (&self->member);
  g_object_notify_by_pspec (G_OBJECT (self), zmqg_socket_get_pspec (prop_id));
}
