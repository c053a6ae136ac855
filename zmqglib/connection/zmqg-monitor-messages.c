/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-monitor-private.h>

#include <string.h>
#include <zmq.h>

/* Who a message comes from, by the owner of the socket.
 *
 * All messages of a connection share one set of metadata, which libzmq frees with the last of
 * them: as long as one of them is kept, the place in memory of a value in there belongs to this
 * connection alone, whatever becomes of its file descriptor. */

/* A frame that is kept for it; larger ones are looked up each time */
#define MAX_KEPT 1024
/* Events to be read before a message: more come later, and the message remains nobody's */
#define MAX_EVENTS_FIRST 8192

typedef struct
{
  ZmqgPeer *peer;
  gboolean is_kept;
  zmq_msg_t kept;
} Sender;

static void
sender_free (gpointer data)
{
  Sender *self = data;

  if (self->is_kept)
    zmq_msg_close (&self->kept);
  zmqg_peer_unref (self->peer);
  g_free (self);
}

static gconstpointer
get_key (ZmqgFrame *frame)
{
  return zmq_msg_gets (&frame->msg, "Peer-Address");
}

/* The first frame that has metadata: on a ROUTER the very first may have lost it. (nullable) */
static ZmqgFrame *
find_frame (ZmqgMessage   *message,
            gconstpointer *key)
{
  for (guint i = 0; i < message->n_frames; i++)
    {
      *key = get_key (&message->frames[i]);
      if (*key != NULL)
        return &message->frames[i];
    }

  return NULL;
}

static gboolean
begins_with_id (ZmqgSocket *self)
{
  return self->type == ZMQG_SOCKET_TYPE_ROUTER || self->type == ZMQG_SOCKET_TYPE_STREAM;
}

/* Returns: (transfer full) (nullable) */
static GBytes *
get_routing_id (ZmqgSocket  *self,
                ZmqgMessage *message,
                ZmqgFrame   *frame)
{
  gsize length;
  gconstpointer data;
  const char *identity;

  if (begins_with_id (self))
    {
      data = zmqg_frame_get_data (&message->frames[0], &length);
      return g_bytes_new (data, length);
    }

  identity = zmq_msg_gets (&frame->msg, "Identity");
  if (identity == NULL || identity[0] == '\0')
    return NULL;

  return g_bytes_new (identity, strlen (identity));
}

/* Returns: (transfer full) (nullable) */
static ZmqgPeer *
attribute (ZmqgMonitor *self,
           ZmqgFrame   *frame,
           GBytes      *routing_id)
{
  const char *address = zmq_msg_gets (&frame->msg, "Peer-Address");
  int fd = zmq_msg_get (&frame->msg, ZMQ_SRCFD);
  ZmqgPeer *peer;

  if (zmqg_monitor_pull (self, MAX_EVENTS_FIRST, NULL) == ZMQG_MONITOR_MORE)
    return NULL;

  peer = zmqg_connections_attribute (&self->connections, fd, address, routing_id);
  if (peer == NULL)
    peer = zmqg_connections_adopt (&self->connections, fd, address);
  if (peer == NULL)
    return NULL;

  peer->is_heard = TRUE;
  if (routing_id != NULL)
    zmqg_peer_set_routing_id (peer, routing_id);
  zmqg_peer_set_identity (peer, zmq_msg_gets (&frame->msg, "User-Id"),
                          zmq_msg_gets (&frame->msg, "Socket-Type"));

  return zmqg_peer_ref (peer);
}

/* The smallest will do. (nullable) */
static ZmqgFrame *
find_small_frame (ZmqgMessage   *message,
                  gconstpointer  key)
{
  ZmqgFrame *smallest = NULL;

  for (guint i = 0; i < message->n_frames; i++)
    {
      ZmqgFrame *frame = &message->frames[i];

      if (get_key (frame) == key && zmq_msg_size (&frame->msg) <= MAX_KEPT &&
          (smallest == NULL || zmq_msg_size (&frame->msg) < zmq_msg_size (&smallest->msg)))
        smallest = frame;
    }

  return smallest;
}

static void
remember (ZmqgMonitor   *self,
          ZmqgMessage   *message,
          gconstpointer  key,
          ZmqgPeer      *peer)
{
  ZmqgFrame *frame = find_small_frame (message, key);
  Sender *sender = g_new0 (Sender, 1);

  sender->peer = zmqg_peer_ref (peer);
  sender->is_kept = frame != NULL;
  if (sender->is_kept)
    {
      zmq_msg_init (&sender->kept);
      zmq_msg_copy (&sender->kept, &frame->msg);
    }
  g_hash_table_replace (self->senders, (gpointer) key, sender);

  g_mutex_lock (&self->lock);
  peer->key = sender->is_kept ? key : NULL;
  g_mutex_unlock (&self->lock);
}

static void
learn (ZmqgSocket    *self,
       ZmqgMessage   *message,
       ZmqgFrame     *frame,
       gconstpointer  key)
{
  ZmqgMonitor *monitor = self->watch.monitor;
  g_autoptr (GBytes) routing_id = get_routing_id (self, message, frame);
  g_autoptr (ZmqgPeer) peer = NULL;

  g_mutex_lock (&monitor->lock);
  peer = attribute (monitor, frame, routing_id);
  /* Perhaps it is only a matter of reading the rest */
  if (peer == NULL && monitor->connections.contested.length > 0)
    g_atomic_int_set (&self->watch.is_due, TRUE);
  g_mutex_unlock (&monitor->lock);

  if (peer != NULL)
    remember (monitor, message, key, peer);
  else
    /* One whose message was not kept may have had the same place in memory */
    g_hash_table_remove (monitor->senders, key);
}

/* Each message that is received while the socket is watched */
void
zmqg_monitor_see_message (ZmqgSocket  *self,
                          ZmqgMessage *message)
{
  ZmqgMonitor *monitor = self->watch.monitor;
  gconstpointer key = NULL;
  ZmqgFrame *frame = find_frame (message, &key);
  Sender *sender;

  if (frame == NULL || key == monitor->last_key)
    return;

  sender = g_hash_table_lookup (monitor->senders, key);
  if (sender == NULL || !sender->is_kept)
    learn (self, message, frame, key);
  else
    monitor->last_key = key;
}

/* @message: one that was received, and is still there, so that its metadata is. Returns:
 * (transfer full) (nullable) */
ZmqgPeer *
zmqg_monitor_find_peer (ZmqgSocket  *self,
                        ZmqgMessage *message)
{
  ZmqgMonitor *monitor = self->watch.monitor;
  gconstpointer key = NULL;
  Sender *sender = NULL;

  if (monitor != NULL && find_frame (message, &key) != NULL)
    sender = g_hash_table_lookup (monitor->senders, key);

  return sender != NULL ? zmqg_peer_ref (sender->peer) : NULL;
}

GHashTable *
zmqg_monitor_new_senders (void)
{
  return g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, sender_free);
}

void
zmqg_monitor_forget_senders (ZmqgMonitor *self)
{
  self->last_key = NULL;
  g_hash_table_remove_all (self->senders);
}

/* @peers: those of whom no message can come any more */
static void
forget_peers (ZmqgMonitor *self,
              GPtrArray   *peers)
{
  for (guint i = 0; i < peers->len; i++)
    {
      ZmqgPeer *peer = peers->pdata[i];
      Sender *sender = g_hash_table_lookup (self->senders, peer->key);

      if (sender != NULL && sender->peer == peer)
        g_hash_table_remove (self->senders, peer->key);
    }
  if (peers->len > 0)
    self->last_key = NULL;
}

/* Whether no message waits. A REP that has to reply first does not say so of those behind, and
 * neither does a REQ. */
static gboolean
is_empty (ZmqgSocket *self,
          int         events)
{
  if (self->stash != NULL || self->type == ZMQG_SOCKET_TYPE_REQ)
    return FALSE;
  if (self->type == ZMQG_SOCKET_TYPE_REP && (events & ZMQ_POLLOUT) != 0)
    return FALSE;

  return (events & ZMQ_POLLIN) == 0;
}

static ZmqgHubAnswer
settle_contests (ZmqgSocket    *self,
                 guint64        until,
                 ZmqgHubAnswer  answer)
{
  ZmqgMonitor *monitor = self->watch.monitor;
  int errsv;
  int events = zmqg_socket_query_events (self, &errsv);

  if (errsv != 0)
    return ZMQG_HUB_READY;
  if (is_empty (self, events))
    {
      g_mutex_lock (&monitor->lock);
      zmqg_connections_settle (&monitor->connections, until);
      g_mutex_unlock (&monitor->lock);
    }
  else
    monitor->settles_later = (events & ZMQ_POLLIN) != 0 && zmqg_socket_wants_messages (self);
  if ((events & ZMQ_POLLIN) == 0 || answer != ZMQG_HUB_IDLE || !zmqg_socket_can_receive (self))
    return answer;

  return zmqg_socket_wants_messages (self) ? ZMQG_HUB_READY : ZMQG_HUB_PARKED;
}

/* Finds out whether those who had a file descriptor before another connection got it can still
 * have messages waiting; settles_later tells whether to ask again when more have been read.
 * @answer: what is to be said to the hub */
ZmqgHubAnswer
zmqg_monitor_settle (ZmqgSocket    *self,
                     ZmqgHubAnswer  answer)
{
  ZmqgMonitor *monitor = self->watch.monitor;
  g_autoptr (GPtrArray) settled = NULL;
  guint64 until = 0;

  monitor->settles_later = FALSE;
  if (!self->watch.is_on)
    return answer;

  g_mutex_lock (&monitor->lock);
  if (monitor->connections.contested.length > 0)
    until = monitor->connections.n_contests;
  g_mutex_unlock (&monitor->lock);
  if (until > 0)
    answer = settle_contests (self, until, answer);

  g_mutex_lock (&monitor->lock);
  if (monitor->connections.settled->len > 0)
    {
      settled = g_steal_pointer (&monitor->connections.settled);
      monitor->connections.settled = zmqg_connections_new_settled ();
    }
  g_mutex_unlock (&monitor->lock);
  if (settled != NULL)
    forget_peers (monitor, settled);

  return answer;
}
