/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-endpoint-private.h>
#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-endpoints-private.h>

void
zmqg_socket_set_last_endpoint (ZmqgSocket *self,
                               const char *endpoint)
{
  g_mutex_lock (&self->lock);
  g_free (self->last_endpoint);
  self->last_endpoint = g_strdup (endpoint);
  g_mutex_unlock (&self->lock);
  self->is_endpoint_due = TRUE;
  self->has_websocket |= zmqg_endpoint_is_websocket (endpoint);
}

gboolean
zmqg_socket_fail_endpoint (ZmqgSocket  *self,
                           int          errsv,
                           const char  *operation,
                           const char  *endpoint,
                           GError     **error)
{
  zmqg_set_error_from_errno (error, errsv, "Could not %s '%s' on the %s socket", operation,
                             endpoint, zmqg_socket_get_type_name (self));
  return FALSE;
}

void
zmqg_socket_prefix_endpoint (ZmqgSocket  *self,
                             const char  *operation,
                             const char  *endpoint,
                             GError     **error)
{
  g_autofree char *shown = g_utf8_make_valid (endpoint, -1);

  g_prefix_error (error, "Could not %s '%s' on the %s socket: ", operation, shown,
                  zmqg_socket_get_type_name (self));
}

/* ip_resolver.cpp aborts the process where it cannot list the network interfaces. */
gboolean
zmqg_socket_check_free_fds (ZmqgSocket  *self,
                            const char  *operation,
                            const char  *endpoint,
                            GError     **error)
{
  if (zmqg_process_has_free_fds (3, error))
    return TRUE;

  zmqg_socket_prefix_endpoint (self, operation, endpoint, error);
  return FALSE;
}

gboolean
zmqg_socket_fail_no_endpoint (ZmqgSocket  *self,
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
change_endpoint (ZmqgSocket        *self,
                 ZmqgEndpointFunc   func,
                 const char        *operation,
                 const char        *endpoint,
                 GError           **error)
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
 *
 * The file of an `ipc` endpoint has the mode [property@Socket:ipc-mode], and goes when the
 * socket is unbound or closed. If there is one of a process that has ended without, it is
 * replaced; one that a process listens at, or that is not a socket at all, never is. (On a
 * network file system, processes of other machines are not seen.)
 *
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

  return change_endpoint (self, zmqg_socket_bind_held, "bind to", endpoint, error);
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
 * that the endpoint is well-formed, not that anybody is there.
 *
 * The name of a host is resolved by libzmq, anew each time it connects: for `tcp` in its I/O
 * thread, which serves no other socket of the context meanwhile, for `ws` in this call. Where a
 * name server may be slow, give an address or use [method@Socket.connect_to_async]. To be
 * called by the holder of the main context.
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

  return change_endpoint (self, zmqg_socket_connect_held, "connect to", endpoint, error);
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

  return change_endpoint (self, zmqg_socket_unbind_held, "unbind from", endpoint, error);
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

  return change_endpoint (self, zmqg_socket_disconnect_held, "disconnect from", endpoint,
                          error);
}

/* At construction, when nobody else knows the socket yet */
gboolean
zmqg_socket_apply_endpoints (ZmqgSocket  *self,
                             GError     **error)
{
  for (guint i = 0; self->bind_endpoints != NULL && self->bind_endpoints[i] != NULL; i++)
    {
      if (!zmqg_socket_bind_held (self, self->bind_endpoints[i], error))
        return FALSE;
    }
  for (guint i = 0; self->connect_endpoints != NULL && self->connect_endpoints[i] != NULL; i++)
    {
      if (!zmqg_socket_connect_held (self, self->connect_endpoints[i], error))
        return FALSE;
    }

  return TRUE;
}

static void
apply_each (ZmqgSocket        *self,
            char             **endpoints,
            char             **others,
            ZmqgEndpointFunc   func)
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
  apply_each (self, old, *field,
              binds ? zmqg_socket_unbind_held : zmqg_socket_disconnect_held);
  apply_each (self, *field, old, binds ? zmqg_socket_bind_held : zmqg_socket_connect_held);
  zmqg_hub_touch (&self->member);
  g_object_notify_by_pspec (G_OBJECT (self), zmqg_socket_get_pspec (prop_id));
}
