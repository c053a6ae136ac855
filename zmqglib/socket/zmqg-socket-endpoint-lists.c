/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/socket/zmqg-socket-private.h>

/**
 * zmqg_socket_list_bindings:
 * @self: a socket
 *
 * Lists the endpoints the socket is bound to, with the port or path that a `*` came to.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full) (array zero-terminated=1): the endpoints
 *
 * Since: 1.0
 */
char **
zmqg_socket_list_bindings (ZmqgSocket *self)
{
  char **endpoints;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);

  g_mutex_lock (&self->lock);
  endpoints = g_new0 (char *, self->bindings->len + 1);
  for (guint i = 0; i < self->bindings->len; i++)
    endpoints[i] = g_strdup (((ZmqgBinding *) self->bindings->pdata[i])->resolved);
  g_mutex_unlock (&self->lock);

  return endpoints;
}

/**
 * zmqg_socket_list_connections:
 * @self: a socket
 *
 * Lists the endpoints the socket was connected to, as they were given, whether or not anybody is
 * there.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full) (array zero-terminated=1): the endpoints
 *
 * Since: 1.0
 */
char **
zmqg_socket_list_connections (ZmqgSocket *self)
{
  char **endpoints;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);

  g_mutex_lock (&self->lock);
  endpoints = g_new0 (char *, self->connections->len + 1);
  for (guint i = 0; i < self->connections->len; i++)
    endpoints[i] = g_strdup (((ZmqgConnection *) self->connections->pdata[i])->given);
  g_mutex_unlock (&self->lock);

  return endpoints;
}

/**
 * zmqg_socket_dup_last_endpoint: (get-property last-endpoint)
 * @self: a socket
 *
 * Gets the endpoint that was bound or connected last.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full) (nullable): the endpoint, or `NULL` if there was none
 *
 * Since: 1.0
 */
char *
zmqg_socket_dup_last_endpoint (ZmqgSocket *self)
{
  char *endpoint;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);

  g_mutex_lock (&self->lock);
  endpoint = g_strdup (self->last_endpoint);
  g_mutex_unlock (&self->lock);

  return endpoint;
}
