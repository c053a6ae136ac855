/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-endpoint-private.h>
#include <zmqglib/socket/zmqg-socket-endpoints-private.h>

#include <errno.h>
#include <zmq.h>

static const char connect_to[] = "connect to";
static const char disconnect_from[] = "disconnect from";

void
zmqg_destination_free (ZmqgDestination *self)
{
  g_free (self->given);
  g_free (self->address);
  g_free (self);
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

/* A connection that libzmq makes again keeps its way to the authenticator: an answer that comes
 * after the peer has gone is taken for the next handshake, and before that has begun it ends the
 * process (stream_engine_base.cpp asserts that there is a mechanism). The peer has it in hand. */
static gboolean
check_authentication (ZmqgSocket  *self,
                      const char  *endpoint,
                      GError     **error)
{
  if (zmqg_endpoint_is_inproc (endpoint) || !zmqg_options_asks_authenticator (self))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               "Could not connect to '%s' on the %s socket: one that authenticates its peers can "
               "only be bound, libzmq lets a peer it connects to end the process",
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

static void
add_connection (ZmqgSocket *self,
                const char *endpoint,
                const char *address)
{
  ZmqgDestination *connection = g_new (ZmqgDestination, 1);

  connection->given = g_strdup (endpoint);
  connection->address = g_strdup (address);
  zmqg_socket_set_last_endpoint (self, endpoint);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->connections, connection);
  g_mutex_unlock (&self->lock);
  zmqg_socket_describe (self);
}

gboolean
zmqg_socket_connect_resolved (ZmqgSocket  *self,
                              const char  *endpoint,
                              const char  *address,
                              GError     **error)
{
  if (!check_routing_id (self, endpoint, error))
    return FALSE;
  if (!zmqg_endpoint_check (endpoint, self->type, ZMQG_ENDPOINT_CONNECT, error) ||
      !check_authentication (self, endpoint, error) ||
      !zmqg_socket_check_free_fds (self, connect_to, endpoint, error))
    return FALSE;
  if (ZMQG_RETRY (self->process, zmq_connect (self->handle, address)) != 0)
    return zmqg_socket_fail_endpoint (self, zmq_errno (), connect_to, endpoint, error);

  if (zmqg_endpoint_is_inproc (endpoint))
    zmqg_context_note_inproc (self->context, endpoint);
  if (zmqg_options_get_routing_id (self) != NULL)
    {
      g_hash_table_insert (self->routing_ids, g_strdup (zmqg_options_get_routing_id (self)),
                           g_strdup (endpoint));
      zmqg_options_spend_routing_id (self);
    }
  add_connection (self, endpoint, address);

  return TRUE;
}

gboolean
zmqg_socket_connect_held (ZmqgSocket  *self,
                          const char  *endpoint,
                          GError     **error)
{
  return zmqg_socket_connect_resolved (self, endpoint, endpoint, error);
}

static gboolean
find_connection (ZmqgSocket *self,
                 const char *endpoint,
                 guint      *index)
{
  for (guint i = 0; i < self->connections->len; i++)
    {
      *index = i;
      if (g_str_equal (((ZmqgDestination *) self->connections->pdata[i])->given, endpoint))
        return TRUE;
    }

  return FALSE;
}

/* Two names may have come to one address. */
static guint
count_address (ZmqgSocket *self,
               const char *address)
{
  guint count = 0;

  for (guint i = 0; i < self->connections->len; i++)
    count += g_str_equal (((ZmqgDestination *) self->connections->pdata[i])->address, address);

  return count;
}

gboolean
zmqg_socket_disconnect_held (ZmqgSocket  *self,
                             const char  *endpoint,
                             GError     **error)
{
  ZmqgDestination *connection;
  guint index;

  if (!find_connection (self, endpoint, &index))
    return zmqg_socket_fail_no_endpoint (self, disconnect_from, endpoint, error);

  /* libzmq disconnects all that it has by that address. ENOENT: it has dropped the connection by
   * itself, as a PAIR does with a second one */
  connection = self->connections->pdata[index];
  if (count_address (self, connection->address) == 1 &&
      ZMQG_RETRY (self->process, zmq_disconnect (self->handle, connection->address)) != 0 &&
      zmq_errno () != ENOENT)
    return zmqg_socket_fail_endpoint (self, zmq_errno (), disconnect_from, endpoint, error);

  g_mutex_lock (&self->lock);
  g_hash_table_foreach_remove (self->routing_ids, endpoint_is, connection->given);
  g_ptr_array_remove_index (self->connections, index);
  g_mutex_unlock (&self->lock);
  zmqg_socket_describe (self);

  return TRUE;
}
