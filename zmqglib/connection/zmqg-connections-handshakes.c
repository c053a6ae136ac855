/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-connections-private.h>

/* Whose handshake it was. Each connection is either ready or pending, so that a wrong guess
 * misplaces one, but never adds or loses any for good. */

/* How many are asked about to the kernel for one event */
#define MAX_ASKED 16

static void
unguess (ZmqgConnection *connection)
{
  if (!connection->is_guess)
    return;

  connection->is_guess = FALSE;
  g_queue_unlink (&connection->endpoint->guessed, &connection->link);
}

/* When all have succeeded it does not matter who was first. */
static void
unguess_all (ZmqgMonitorEndpoint *endpoint)
{
  while (endpoint->guessed.head != NULL)
    unguess (endpoint->guessed.head->data);
}

static void
make_ready (ZmqgConnections *self,
            ZmqgConnection  *connection,
            gboolean         is_guess)
{
  ZmqgMonitorEndpoint *endpoint = connection->endpoint;

  g_queue_unlink (&endpoint->pending, &connection->link);
  connection->is_ready = TRUE;
  connection->is_guess = is_guess;
  if (is_guess)
    g_queue_push_head_link (&endpoint->guessed, &connection->link);
  self->n_ready++;
}

static void
make_pending (ZmqgConnections *self,
              ZmqgConnection  *connection)
{
  unguess (connection);
  connection->is_ready = FALSE;
  g_queue_push_head_link (&connection->endpoint->pending, &connection->link);
  self->n_ready--;
}

/* A new connection */
void
zmqg_connections_begin (ZmqgConnections *self,
                        ZmqgConnection  *connection)
{
  ZmqgMonitorEndpoint *endpoint = connection->endpoint;

  connection->is_ready = FALSE;
  connection->is_guess = FALSE;
  connection->is_upgraded = FALSE;
  connection->is_old = FALSE;
  g_queue_push_head_link (&endpoint->pending, &connection->link);

  if (self->is_raw)
    make_ready (self, connection, FALSE);
  /* Another I/O thread has been faster with the handshake than the listener with the news that
   * it had accepted the connection */
  else if (self->n_threads > 1 && endpoint->n_unknown > 0)
    {
      endpoint->n_unknown--;
      self->n_ready--;
      make_ready (self, connection, FALSE);
    }
}

/* A peer that was silent so far cannot be the one: of the others, the newest. (nullable) */
static ZmqgConnection *
find_plausible (ZmqgMonitorEndpoint *endpoint)
{
  guint n_asked = 0;

  for (GList *link = endpoint->pending.head; link != NULL && n_asked < MAX_ASKED;
       link = link->next, n_asked++)
    {
      ZmqgConnection *connection = link->data;

      if (zmqg_kernel_may_be_ready (connection->fd))
        return connection;
    }

  return NULL;
}

/* ws_engine.cpp says so twice, first when HTTP has been left. */
static gboolean
note_upgrade (ZmqgMonitorEndpoint *endpoint)
{
  if (!endpoint->is_websocket)
    return FALSE;

  for (GList *link = endpoint->pending.head; link != NULL; link = link->next)
    {
      ZmqgConnection *connection = link->data;

      if (!connection->is_upgraded)
        {
          connection->is_upgraded = TRUE;
          return TRUE;
        }
    }

  return FALSE;
}

/* Nobody is at his handshake there, as far as is known. */
static void
count_unknown (ZmqgConnections *self,
               GRefString      *name)
{
  ZmqgMonitorEndpoint *endpoint;

  if (!self->is_late && self->n_threads == 1)
    return;

  endpoint = zmqg_connections_get_endpoint (self, name);
  if (endpoint->n_presumed > 0)
    {
      endpoint->n_presumed--;
      return;
    }
  endpoint->n_unknown++;
  self->n_ready++;
}

/* Returns: (transfer none) (nullable): NULL if it is not certain who. @is_half: it was not the
 * handshake yet */
ZmqgPeer *
zmqg_connections_succeed (ZmqgConnections *self,
                          GRefString      *name,
                          gboolean        *is_half)
{
  ZmqgMonitorEndpoint *endpoint = zmqg_connections_find_endpoint (self, name);
  ZmqgConnection *connection = NULL;
  gboolean is_certain;

  *is_half = endpoint != NULL && note_upgrade (endpoint);
  if (*is_half)
    return NULL;
  if (endpoint == NULL || endpoint->pending.length == 0)
    {
      count_unknown (self, name);
      return NULL;
    }

  is_certain = endpoint->pending.length == 1;
  if (!is_certain)
    connection = find_plausible (endpoint);
  if (connection == NULL)
    connection = endpoint->pending.head->data;
  make_ready (self, connection, !is_certain);
  if (endpoint->pending.length == 0)
    unguess_all (endpoint);

  return is_certain ? connection->peer : NULL;
}

/* Returns: (transfer none) (nullable): NULL if it is not certain who */
ZmqgPeer *
zmqg_connections_fail (ZmqgConnections *self,
                       GRefString      *name,
                       gboolean         is_denied)
{
  ZmqgMonitorEndpoint *endpoint = zmqg_connections_find_endpoint (self, name);

  if (endpoint == NULL)
    return NULL;
  if (is_denied)
    endpoint->n_denied++;
  else
    endpoint->failed_at = self->n_events;
  if (endpoint->pending.length != 1)
    return NULL;

  return ((ZmqgConnection *) endpoint->pending.head->data)->peer;
}

/* stream_engine_base.cpp says that a handshake failed and that the connection is lost in one
 * breath; another I/O thread may get a word in between. */
static gboolean
has_just_failed (ZmqgConnections     *self,
                 ZmqgMonitorEndpoint *endpoint)
{
  gboolean has_failed = endpoint->failed_at != 0 &&
                        self->n_events - endpoint->failed_at <= self->n_threads;

  endpoint->failed_at = 0;

  return has_failed;
}

/* Somebody whose handshake was believed to have succeeded goes, and perhaps it was not his: one
 * that fails without a word, for a wrong type of socket, goes at once. */
static void
hand_over (ZmqgConnections *self,
           ZmqgConnection  *connection,
           gboolean         has_failed)
{
  ZmqgMonitorEndpoint *endpoint = connection->endpoint;
  ZmqgConnection *heir = find_plausible (endpoint);

  if (heir == NULL && has_failed && endpoint->pending.length > 0)
    heir = endpoint->pending.head->data;
  if (heir == NULL)
    return;

  make_ready (self, heir, TRUE);
  make_pending (self, connection);
}

/* A connection is lost: takes it out of what it was in. Returns: whether messages can have come
 * from it */
gboolean
zmqg_connections_judge (ZmqgConnections *self,
                        ZmqgConnection  *connection)
{
  ZmqgMonitorEndpoint *endpoint = connection->endpoint;
  gboolean has_failed = has_just_failed (self, endpoint);
  gboolean was_ready = connection->is_ready && !connection->is_guess;

  if (connection->is_ready && connection->is_guess)
    hand_over (self, connection, has_failed);
  else if (!connection->is_ready && !has_failed && endpoint->n_denied > 0)
    endpoint->n_denied--;
  else if (!connection->is_ready && !has_failed && endpoint->guessed.head != NULL)
    {
      make_pending (self, endpoint->guessed.head->data);
      make_ready (self, connection, FALSE);
    }

  if (connection->is_ready)
    make_pending (self, connection);
  g_queue_unlink (&endpoint->pending, &connection->link);
  if (endpoint->pending.length == 0)
    {
      endpoint->n_denied = 0;
      unguess_all (endpoint);
    }

  return was_ready || !has_failed;
}

/* A message came from it: its handshake has succeeded. */
void
zmqg_connections_prove (ZmqgConnections *self,
                        ZmqgConnection  *connection)
{
  ZmqgMonitorEndpoint *endpoint = connection->endpoint;

  if (connection->is_ready)
    {
      unguess (connection);
      return;
    }

  if (endpoint->guessed.head != NULL)
    make_pending (self, endpoint->guessed.head->data);
  else if (endpoint->n_unknown > 0)
    {
      endpoint->n_unknown--;
      self->n_ready--;
    }
  make_ready (self, connection, FALSE);
  if (endpoint->pending.length == 0)
    unguess_all (endpoint);
}

/* Some time after the monitor was started: what is older than it and has said enough has
 * succeeded before, or libzmq would have told meanwhile. */
void
zmqg_connections_presume (ZmqgConnections *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->by_fd);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ZmqgConnection *connection = value;

      if (connection->peer == NULL || !connection->is_old || connection->is_ready)
        continue;
      connection->is_old = FALSE;
      if (!zmqg_kernel_may_be_ready (connection->fd))
        continue;
      connection->endpoint->n_presumed++;
      make_ready (self, connection, FALSE);
    }
}
