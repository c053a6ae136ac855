/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-connections-private.h>

#include <string.h>

/* Which connection a message came in on. It bears the number of the file descriptor, which may
 * be another connection's by the time the message is read: as long as messages of the one before
 * may wait, what is not known from earlier messages is nobody's, rather than the wrong one's. */

/* For one file descriptor */
#define MAX_FORMER 4

/* @routing_id: (nullable) */
static gboolean
may_be_of (ZmqgPeer *peer,
           GBytes   *routing_id)
{
  if (!peer->is_heard)
    return TRUE;
  /* It would have been recognised */
  if (peer->key != NULL)
    return FALSE;

  return peer->routing_id == NULL || routing_id == NULL ||
         g_bytes_equal (peer->routing_id, routing_id);
}

/* For a message that was not recognised as one of a peer that was heard before. @routing_id:
 * (nullable). Returns: (transfer none) (nullable): NULL if nobody is known there, or it may be of
 * several */
ZmqgPeer *
zmqg_connections_attribute (ZmqgConnections *self,
                            int              fd,
                            GBytes          *routing_id)
{
  ZmqgConnection *connection = g_hash_table_lookup (self->by_fd, GINT_TO_POINTER (fd));
  ZmqgPeer *found = NULL;
  guint n_found;

  if (connection == NULL)
    return NULL;

  n_found = connection->n_forgotten;
  for (GList *link = connection->former.head; link != NULL; link = link->next)
    {
      if (!may_be_of (link->data, routing_id))
        continue;
      found = link->data;
      n_found++;
    }
  if (connection->peer != NULL && may_be_of (connection->peer, routing_id))
    {
      found = connection->peer;
      n_found++;
    }

  if (n_found == 1 && found != NULL)
    {
      if (found == connection->peer)
        zmqg_connections_prove (self, connection);
      return found;
    }
  if (connection->peer != NULL && !connection->peer->is_heard && routing_id != NULL)
    {
      g_clear_pointer (&connection->possible_id, g_bytes_unref);
      connection->possible_id = g_bytes_ref (routing_id);
    }

  return NULL;
}

/* An endpoint of which it is known that somebody is connected, but not who. (nullable) */
static ZmqgMonitorEndpoint *
find_unknown (ZmqgConnections *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->endpoints);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      if (((ZmqgMonitorEndpoint *) value)->n_unknown > 0)
        return value;
    }

  return NULL;
}

/* A message from where nobody is known to be: is it one of those who are not known?
 * @address: (nullable): what libzmq says of the peer. Returns: (transfer none) (nullable) */
ZmqgPeer *
zmqg_connections_adopt (ZmqgConnections *self,
                        int              fd,
                        const char      *address)
{
  ZmqgMonitorEndpoint *endpoint = find_unknown (self);
  g_autofree char *local = NULL;
  g_autofree char *remote = NULL;
  g_autoptr (GRefString) name = NULL;

  if (endpoint == NULL || g_hash_table_contains (self->by_fd, GINT_TO_POINTER (fd)) ||
      !zmqg_kernel_get_ends (fd, &local, &remote))
    return NULL;
  if (g_str_has_prefix (remote, "tcp://") && strstr (remote, address) == NULL)
    return NULL;

  name = g_ref_string_acquire (endpoint->name);
  zmqg_connections_add (self, fd, name, g_str_equal (local, name), g_get_monotonic_time ());

  return zmqg_connections_attribute (self, fd, NULL);
}

static gboolean
is_in_use (ZmqgConnections *self,
           GBytes          *routing_id)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->by_fd);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ZmqgPeer *peer = ((ZmqgConnection *) value)->peer;

      if (peer != NULL && peer->routing_id != NULL && g_bytes_equal (peer->routing_id, routing_id))
        return TRUE;
    }

  return FALSE;
}

static void
settle_peer (ZmqgConnections *self,
             ZmqgPeer        *peer)
{
  if (peer->key != NULL)
    g_ptr_array_add (self->settled, peer);
  else
    zmqg_peer_unref (peer);
}

/* @peer is gone from @connection, but its messages may wait still. */
void
zmqg_connections_retire (ZmqgConnections *self,
                         ZmqgConnection  *connection,
                         ZmqgPeer        *peer)
{
  if (!self->can_receive)
    return;

  /* Both who may have sent it are gone: so whoever has this routing id is gone in any case */
  if (connection->possible_id != NULL && !peer->is_heard &&
      !is_in_use (self, connection->possible_id))
    zmqg_peer_set_routing_id (peer, connection->possible_id);
  g_clear_pointer (&connection->possible_id, g_bytes_unref);

  g_queue_push_tail (&connection->former, zmqg_peer_ref (peer));
  if (connection->former.length > MAX_FORMER)
    {
      connection->n_forgotten++;
      settle_peer (self, g_queue_pop_head (&connection->former));
    }
}

/* Somebody new has the number of @connection. */
void
zmqg_connections_contest (ZmqgConnections *self,
                          ZmqgConnection  *connection)
{
  if (connection->former.length == 0 && connection->n_forgotten == 0)
    return;

  if (!connection->is_contested)
    g_queue_push_tail_link (&self->contested, &connection->contested_link);
  connection->is_contested = TRUE;
  connection->contested_at = ++self->n_contests;
}

/* There was a moment, after the first @until contests, at which no message waited in libzmq. It
 * hands over the last messages of a connection after it tells that this one is lost, but before
 * it closes the file descriptor: those of a former owner of the number have been read. */
void
zmqg_connections_settle (ZmqgConnections *self,
                         guint64          until)
{
  GList *next;

  for (GList *link = self->contested.head; link != NULL; link = next)
    {
      ZmqgConnection *connection = link->data;
      guint n_kept = connection->peer != NULL ? 0 : 1;

      next = link->next;
      if (connection->contested_at > until)
        continue;

      while (connection->former.length > n_kept)
        settle_peer (self, g_queue_pop_head (&connection->former));
      connection->n_forgotten = 0;
      connection->is_contested = FALSE;
      g_queue_unlink (&self->contested, link);
    }
}
