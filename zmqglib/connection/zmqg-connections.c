/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-endpoint-private.h>
#include <zmqglib/connection/zmqg-connections-private.h>

static void
endpoint_free (gpointer data)
{
  ZmqgMonitorEndpoint *self = data;

  g_ref_string_release (self->name);
  g_free (self);
}

static void
connection_free (gpointer data)
{
  ZmqgConnection *self = data;

  g_clear_pointer (&self->peer, zmqg_peer_unref);
  g_queue_clear_full (&self->former, (GDestroyNotify) zmqg_peer_unref);
  g_ptr_array_unref (self->possible_ids);
  g_free (self->found_address);
  g_free (self);
}

GPtrArray *
zmqg_connections_new_settled (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_peer_unref);
}

void
zmqg_connections_init (ZmqgConnections *self)
{
  self->by_fd = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, connection_free);
  self->endpoints = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, endpoint_free);
  self->unconfirmed = g_ptr_array_new ();
  self->settled = zmqg_connections_new_settled ();
  g_queue_init (&self->contested);
}

void
zmqg_connections_clear (ZmqgConnections *self)
{
  g_clear_pointer (&self->by_fd, g_hash_table_unref);
  g_clear_pointer (&self->endpoints, g_hash_table_unref);
  g_clear_pointer (&self->unconfirmed, g_ptr_array_unref);
  g_clear_pointer (&self->settled, g_ptr_array_unref);
}

/* Forgets all of them. @are_lost: the socket is closed, rather than no longer watched */
void
zmqg_connections_reset (ZmqgConnections *self,
                        gboolean         are_lost)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->by_fd);
  while (are_lost && g_hash_table_iter_next (&iter, NULL, &value))
    {
      ZmqgPeer *peer = ((ZmqgConnection *) value)->peer;

      if (peer != NULL)
        g_atomic_int_set (&peer->is_connected, FALSE);
    }

  g_queue_init (&self->contested);
  g_ptr_array_set_size (self->unconfirmed, 0);
  g_ptr_array_set_size (self->settled, 0);
  self->n_former = 0;
  g_hash_table_remove_all (self->by_fd);
  g_hash_table_remove_all (self->endpoints);
  self->n_ready = 0;
}

ZmqgMonitorEndpoint *
zmqg_connections_find_endpoint (ZmqgConnections *self,
                                GRefString      *name)
{
  return g_hash_table_lookup (self->endpoints, name);
}

ZmqgMonitorEndpoint *
zmqg_connections_get_endpoint (ZmqgConnections *self,
                               GRefString      *name)
{
  ZmqgMonitorEndpoint *endpoint = zmqg_connections_find_endpoint (self, name);

  if (endpoint != NULL)
    return endpoint;

  endpoint = g_new0 (ZmqgMonitorEndpoint, 1);
  endpoint->name = g_ref_string_acquire (name);
  endpoint->is_websocket = zmqg_endpoint_is_websocket (name);
  g_hash_table_insert (self->endpoints, endpoint->name, endpoint);

  return endpoint;
}

static void
drop_endpoint (ZmqgConnections     *self,
               ZmqgMonitorEndpoint *endpoint)
{
  if (endpoint->n_connections == 0 && endpoint->n_unknown == 0)
    g_hash_table_remove (self->endpoints, endpoint->name);
}

/* The endpoint's own name where it is known: there are thousands of events with few endpoints.
 * Returns: (transfer full) */
GRefString *
zmqg_connections_get_name (ZmqgConnections *self,
                           const char      *endpoint)
{
  ZmqgMonitorEndpoint *known = g_hash_table_lookup (self->endpoints, endpoint);

  return known != NULL ? g_ref_string_acquire (known->name) : g_ref_string_new (endpoint);
}

static ZmqgConnection *
get_connection (ZmqgConnections *self,
                int              fd)
{
  ZmqgConnection *connection = g_hash_table_lookup (self->by_fd, GINT_TO_POINTER (fd));

  if (connection != NULL)
    return connection;

  connection = g_new0 (ZmqgConnection, 1);
  connection->fd = fd;
  connection->link.data = connection;
  connection->contested_link.data = connection;
  g_queue_init (&connection->former);
  connection->possible_ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_hash_table_insert (self->by_fd, GINT_TO_POINTER (fd), connection);

  return connection;
}

/* Returns: (transfer full) */
static ZmqgPeer *
lose (ZmqgConnections *self,
      ZmqgConnection  *connection)
{
  ZmqgPeer *peer = g_steal_pointer (&connection->peer);
  ZmqgMonitorEndpoint *endpoint = connection->endpoint;

  if (zmqg_connections_judge (self, connection))
    zmqg_connections_retire (self, connection, peer);
  connection->endpoint = NULL;
  endpoint->n_connections--;
  drop_endpoint (self, endpoint);

  g_clear_pointer (&connection->found_address, g_free);
  g_atomic_int_set (&peer->is_connected, FALSE);

  return peer;
}

/* Returns: (transfer none) */
ZmqgPeer *
zmqg_connections_add (ZmqgConnections *self,
                      int              fd,
                      GRefString      *name,
                      gboolean         is_incoming,
                      gint64           time)
{
  ZmqgConnection *connection = get_connection (self, fd);

  /* Found before the news of it was read */
  if (connection->peer != NULL && connection->is_old)
    {
      connection->is_old = FALSE;
      return connection->peer;
    }
  /* Its end was not seen: two I/O threads told of it and of the next one in the wrong order */
  if (connection->peer != NULL)
    zmqg_peer_unref (lose (self, connection));

  zmqg_connections_contest (self, connection);
  connection->peer = zmqg_peer_new (++self->n_made, name, is_incoming, time);
  connection->endpoint = zmqg_connections_get_endpoint (self, name);
  connection->endpoint->n_connections++;
  zmqg_connections_begin (self, connection);

  connection->found_address = zmqg_kernel_dup_address (fd, name, &connection->found_process);
  if (connection->found_address != NULL)
    g_ptr_array_add (self->unconfirmed, connection);

  return connection->peer;
}

/* libzmq has said nothing more: it had not closed them when the kernel was asked. */
void
zmqg_connections_confirm (ZmqgConnections *self)
{
  for (guint i = 0; i < self->unconfirmed->len; i++)
    {
      ZmqgConnection *connection = self->unconfirmed->pdata[i];

      if (connection->peer != NULL && connection->found_address != NULL)
        zmqg_peer_set_address (connection->peer, g_steal_pointer (&connection->found_address),
                               connection->found_process);
    }
  g_ptr_array_set_size (self->unconfirmed, 0);
}

/* Returns: (transfer full) (nullable): NULL if it was not known */
ZmqgPeer *
zmqg_connections_remove (ZmqgConnections *self,
                         int              fd,
                         GRefString      *name)
{
  ZmqgConnection *connection = g_hash_table_lookup (self->by_fd, GINT_TO_POINTER (fd));
  ZmqgMonitorEndpoint *endpoint;

  if (connection != NULL && connection->peer != NULL)
    return lose (self, connection);

  endpoint = zmqg_connections_find_endpoint (self, name);
  if (endpoint != NULL && endpoint->n_unknown > 0)
    {
      endpoint->n_unknown--;
      self->n_ready--;
      drop_endpoint (self, endpoint);
    }

  return NULL;
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  const ZmqgPeer *first = *(ZmqgPeer * const *) a;
  const ZmqgPeer *second = *(ZmqgPeer * const *) b;

  return first->id < second->id ? -1 : first->id > second->id;
}

/* Those whose handshakes have succeeded, in the order in which they came. Returns: (transfer
 * container) */
GPtrArray *
zmqg_connections_list (ZmqgConnections *self)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_peer_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->by_fd);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ZmqgConnection *connection = value;

      if (connection->peer != NULL && connection->is_ready)
        g_ptr_array_add (peers, zmqg_peer_ref (connection->peer));
    }
  g_ptr_array_sort (peers, compare_ids);

  return peers;
}
