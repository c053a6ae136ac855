/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-connections-private.h>

/* Which connection a message came in on. It bears the number of the file descriptor, which may
 * be another connection's by the time the message is read: as long as messages of the one before
 * may wait, what is not known from earlier messages is nobody's, rather than the wrong one's. */

/* For all file descriptors together */
#define MAX_FORMER 4096
#define MAX_POSSIBLE_IDS 1000

/* Whether nothing is known of it that an application could know it by */
static gboolean
is_obscure (ZmqgPeer *peer)
{
  return !peer->is_heard && peer->routing_id == NULL;
}

static void
drop_former (ZmqgConnections *self,
             ZmqgConnection  *connection,
             GList           *link)
{
  ZmqgPeer *peer = link->data;

  g_queue_delete_link (&connection->former, link);
  self->n_former--;
  if (peer->key != NULL)
    g_ptr_array_add (self->settled, peer);
  else
    zmqg_peer_unref (peer);
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

/* All who may have sent those messages are gone. Which of them had which routing id is not known,
 * but that those who had them are gone is, and it is told with the ones of whom nothing was told
 * yet. */
static void
share_possible_ids (ZmqgConnections *self,
                    ZmqgConnection  *connection)
{
  GPtrArray *ids = connection->possible_ids;
  GList *next;
  guint n_shared = 0;

  for (GList *link = connection->former.head; link != NULL && n_shared < ids->len; link = next)
    {
      ZmqgPeer *peer = link->data;

      next = link->next;
      if (!is_obscure (peer))
        continue;
      while (!peer->is_told && n_shared < ids->len && peer->routing_id == NULL)
        {
          GBytes *id = ids->pdata[n_shared++];

          if (!is_in_use (self, id))
            zmqg_peer_set_routing_id (peer, id);
        }
      if (!peer->is_silent)
        connection->n_forgotten++;
      drop_former (self, connection, link);
    }
  g_ptr_array_set_size (ids, 0);
}

static void
drop_silent (ZmqgConnections *self,
             ZmqgConnection  *connection)
{
  GList *next;

  for (GList *link = connection->former.head; link != NULL; link = next)
    {
      next = link->next;
      if (((ZmqgPeer *) link->data)->is_silent)
        drop_former (self, connection, link);
    }
}

/* Who is there now is known, or gone: what remains is of those before. @routing_id: (nullable):
 * of who is there */
static void
close_question (ZmqgConnections *self,
                ZmqgConnection  *connection,
                GBytes          *routing_id)
{
  GPtrArray *ids = connection->possible_ids;
  guint index;

  if (ids->len == 0)
    return;

  if (routing_id != NULL &&
      g_ptr_array_find_with_equal_func (ids, routing_id, g_bytes_equal, &index))
    g_ptr_array_remove_index (ids, index);
  share_possible_ids (self, connection);
  drop_silent (self, connection);
}

/* Whose it was is not known. */
static void
open_question (ZmqgConnections *self,
               ZmqgConnection  *connection,
               GBytes          *routing_id)
{
  GPtrArray *ids = connection->possible_ids;

  if (ids->len < MAX_POSSIBLE_IDS &&
      !g_ptr_array_find_with_equal_func (ids, routing_id, g_bytes_equal, NULL))
    g_ptr_array_add (ids, g_bytes_ref (routing_id));
  if (connection->peer == NULL)
    close_question (self, connection, NULL);
}

/* @routing_id: (nullable) */
static gboolean
may_be_of (ZmqgPeer   *peer,
           const char *address,
           GBytes     *routing_id)
{
  if (peer->is_silent || !zmqg_kernel_is_address_of (address, peer->address, peer->process_id))
    return FALSE;
  if (!peer->is_heard)
    return TRUE;
  /* It would have been recognised */
  if (peer->key != NULL)
    return FALSE;

  return peer->routing_id == NULL || routing_id == NULL ||
         g_bytes_equal (peer->routing_id, routing_id);
}

/* For a message that was not recognised as one of a peer that was heard before. @address: what
 * libzmq says of its peer; @routing_id: (nullable). Returns: (transfer none) (nullable): NULL if
 * nobody is known there, or it may be of several */
ZmqgPeer *
zmqg_connections_attribute (ZmqgConnections *self,
                            int              fd,
                            const char      *address,
                            GBytes          *routing_id)
{
  ZmqgConnection *connection = g_hash_table_lookup (self->by_fd, GINT_TO_POINTER (fd));
  ZmqgPeer *found = NULL;
  guint n_found;

  if (connection == NULL)
    return NULL;

  n_found = connection->n_forgotten;
  if (connection->peer != NULL && may_be_of (connection->peer, address, routing_id))
    {
      found = connection->peer;
      n_found++;
    }
  for (GList *link = connection->former.head; link != NULL && n_found < 2; link = link->next)
    {
      if (!may_be_of (link->data, address, routing_id))
        continue;
      found = link->data;
      n_found++;
    }

  if (n_found == 1 && found != NULL && found == connection->peer)
    {
      zmqg_connections_prove (self, connection);
      close_question (self, connection, routing_id);
    }
  else if (n_found > 1 && routing_id != NULL)
    open_question (self, connection, routing_id);

  return n_found == 1 ? found : NULL;
}

/* Whether it may still become known which routing id @peer had, which is gone from @fd */
gboolean
zmqg_connections_is_open (ZmqgConnections *self,
                          int              fd,
                          ZmqgPeer        *peer)
{
  ZmqgConnection *connection = g_hash_table_lookup (self->by_fd, GINT_TO_POINTER (fd));

  return connection != NULL && connection->possible_ids->len > 0 && is_obscure (peer) &&
         g_queue_find (&connection->former, peer) != NULL;
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

/* A message from where nobody is known to be: is it one of those who are not known? Returns:
 * (transfer none) (nullable) */
ZmqgPeer *
zmqg_connections_adopt (ZmqgConnections *self,
                        int              fd,
                        const char      *address)
{
  ZmqgMonitorEndpoint *endpoint = find_unknown (self);
  g_autofree char *local = NULL;
  g_autofree char *remote = NULL;
  g_autofree char *plain = NULL;
  g_autoptr (GRefString) name = NULL;

  if (endpoint == NULL || g_hash_table_contains (self->by_fd, GINT_TO_POINTER (fd)) ||
      !zmqg_kernel_get_ends (fd, &local, &remote))
    return NULL;
  plain = zmqg_kernel_dup_plain (remote);
  if (!zmqg_kernel_is_address_of (address, plain, 0))
    return NULL;

  name = g_ref_string_acquire (endpoint->name);
  zmqg_connections_add (self, fd, name, g_str_equal (local, name), g_get_monotonic_time ());

  return zmqg_connections_attribute (self, fd, address, NULL);
}

/* @peer is gone from @connection, but its messages may wait still. */
void
zmqg_connections_retire (ZmqgConnections *self,
                         ZmqgConnection  *connection,
                         ZmqgPeer        *peer)
{
  if (!self->can_receive)
    return;

  g_queue_push_tail (&connection->former, zmqg_peer_ref (peer));
  self->n_former++;
  close_question (self, connection, NULL);
  if (self->n_former > MAX_FORMER && connection->former.head != NULL)
    {
      connection->n_forgotten++;
      drop_former (self, connection, connection->former.head);
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

/* No message of those who were at @connection before can wait any more. */
static void
settle_connection (ZmqgConnections *self,
                   ZmqgConnection  *connection)
{
  /* If nobody is there, this does not go for the last of them */
  GList *last = connection->peer != NULL ? NULL : connection->former.tail;
  GList *next;

  for (GList *link = connection->former.head; link != last; link = next)
    {
      ZmqgPeer *peer = link->data;

      next = link->next;
      peer->is_silent = TRUE;
      if (!is_obscure (peer) || connection->possible_ids->len == 0)
        drop_former (self, connection, link);
    }

  connection->n_forgotten = 0;
  connection->is_contested = FALSE;
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

      next = link->next;
      if (connection->contested_at > until)
        continue;
      settle_connection (self, connection);
      g_queue_unlink (&self->contested, link);
    }
}
