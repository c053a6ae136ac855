/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-monitor-private.h>

#include <string.h>
#include <zmq.h>

/* What libzmq's monitor says. All with the monitor's lock held */

#define MAX_REFUSALS 16

typedef struct
{
  guint kind;
  guint32 value;
  gint64 time;
} Reading;

static void
add_event (ZmqgMonitor         *self,
           ZmqgConnectionEvent *event)
{
  ZmqgConnectionEvent *oldest;

  g_queue_push_tail_link (&self->events, &event->link);
  if (self->events.length <= ZMQG_MAX_EVENTS)
    return;

  oldest = g_queue_pop_head_link (&self->events)->data;
  if (oldest->peer != NULL)
    oldest->peer->is_told |= oldest->kind == ZMQG_CONNECTION_EVENT_KIND_DISCONNECTED;
  ((ZmqgConnectionEvent *) self->events.head->data)->n_dropped +=
    oldest->n_dropped + oldest->n_times;
  zmqg_connection_event_unref (oldest);
}

static ZmqgRefusal *
get_refusal (ZmqgMonitor *self,
             guint32      value)
{
  ZmqgRefusal refusal = { NULL, value, 0, NULL };

  for (guint i = 0; i < self->refusals->len; i++)
    {
      ZmqgRefusal *known = &g_array_index (self->refusals, ZmqgRefusal, i);

      if (known->value == value && strcmp (known->endpoint, self->text->str) == 0)
        return known;
    }
  if (self->refusals->len == MAX_REFUSALS)
    return &g_array_index (self->refusals, ZmqgRefusal, MAX_REFUSALS - 1);

  refusal.endpoint = g_ref_string_new (self->text->str);
  g_array_append_val (self->refusals, refusal);

  return &g_array_index (self->refusals, ZmqgRefusal, self->refusals->len - 1);
}

static void
flush_refusal (ZmqgMonitor *self,
               ZmqgRefusal *refusal,
               gint64       now)
{
  if (refusal->event == NULL || now < refusal->quiet_until)
    return;

  refusal->quiet_until = now + G_USEC_PER_SEC;
  add_event (self, g_steal_pointer (&refusal->event));
}

static void
note_refusal (ZmqgMonitor   *self,
              const Reading *reading)
{
  ZmqgRefusal *refusal;

  if (!self->keeps_events)
    return;

  refusal = get_refusal (self, reading->value);
  if (refusal->event != NULL)
    {
      refusal->event->n_times++;
      refusal->event->time = reading->time;
    }
  else
    refusal->event = zmqg_connection_event_new (reading->kind, reading->value, refusal->endpoint,
                                                reading->time);
  flush_refusal (self, refusal, reading->time);
}

/* Those whose second is over */
void
zmqg_monitor_flush_refusals (ZmqgMonitor *self,
                             gint64       now)
{
  for (guint i = 0; i < self->refusals->len; i++)
    flush_refusal (self, &g_array_index (self->refusals, ZmqgRefusal, i), now);
}

static gboolean
has_refusals (ZmqgMonitor *self)
{
  for (guint i = 0; i < self->refusals->len; i++)
    {
      if (g_array_index (self->refusals, ZmqgRefusal, i).event != NULL)
        return TRUE;
    }

  return FALSE;
}

/* What it means for the connections. Returns: (transfer full) (nullable): about whom it was.
 * @is_half: nobody need know of it */
static ZmqgPeer *
note_connection (ZmqgMonitor   *self,
                 const Reading *reading,
                 GRefString    *endpoint,
                 gboolean      *is_half)
{
  ZmqgConnections *connections = &self->connections;
  ZmqgPeer *peer = NULL;

  switch (reading->kind)
    {
    case ZMQ_EVENT_CONNECTED:
    case ZMQ_EVENT_ACCEPTED:
      peer = zmqg_connections_add (connections, reading->value, endpoint,
                                   reading->kind == ZMQ_EVENT_ACCEPTED, reading->time);
      break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      peer = zmqg_connections_succeed (connections, endpoint, is_half);
      break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      peer = zmqg_connections_fail (connections, endpoint,
                                    reading->kind == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
      break;
    case ZMQ_EVENT_DISCONNECTED:
      return zmqg_connections_remove (connections, reading->value, endpoint);
    default:
      break;
    }

  return peer != NULL ? zmqg_peer_ref (peer) : NULL;
}

static void
note (ZmqgMonitor   *self,
      const Reading *reading)
{
  GRefString *endpoint;
  ZmqgPeer *peer;
  gboolean is_half = FALSE;

  self->connections.n_events++;
  if (reading->kind == ZMQ_EVENT_ACCEPT_FAILED)
    {
      note_refusal (self, reading);
      return;
    }

  endpoint = zmqg_connections_get_name (&self->connections, self->text->str);
  peer = note_connection (self, reading, endpoint, &is_half);
  if (self->keeps_events && !is_half)
    {
      ZmqgConnectionEvent *event = zmqg_connection_event_new (reading->kind, reading->value,
                                                              endpoint, reading->time);

      event->peer = g_steal_pointer (&peer);
      add_event (self, event);
    }
  g_clear_pointer (&peer, zmqg_peer_unref);
  g_ref_string_release (endpoint);
}

static int
receive (ZmqgMonitor *self,
         zmq_msg_t   *frame)
{
  zmq_msg_init (frame);
  if (ZMQG_RETRY (self->process, zmq_msg_recv (frame, self->pair, ZMQ_DONTWAIT)) != -1)
    return 0;

  return zmq_errno ();
}

/* The first frame has 16 bits of event and 32 of value, the second the endpoint; both are there
 * at once. Returns: an errno; the endpoint is left in @self->text */
static int
read_event (ZmqgMonitor *self,
            Reading     *reading)
{
  zmq_msg_t frame;
  guint16 kind = 0;
  int errsv = receive (self, &frame);

  if (errsv != 0)
    return errsv;

  reading->value = 0;
  if (zmq_msg_size (&frame) >= sizeof kind + sizeof reading->value)
    {
      const guint8 *data = zmq_msg_data (&frame);

      memcpy (&kind, data, sizeof kind);
      memcpy (&reading->value, data + sizeof kind, sizeof reading->value);
    }
  reading->kind = kind;
  reading->time = g_get_monotonic_time ();
  zmq_msg_close (&frame);

  errsv = receive (self, &frame);
  if (errsv != 0)
    return errsv;
  g_string_truncate (self->text, 0);
  g_string_append_len (self->text, zmq_msg_data (&frame), zmq_msg_size (&frame));
  zmq_msg_close (&frame);

  return 0;
}

static void
wake_owner (ZmqgMonitor *self)
{
  ZmqgWatch *watch = &self->socket->watch;
  int n_peers = self->connections.n_ready;

  if (self->events.length == 0 && g_atomic_int_get (&watch->n_peers) == n_peers)
    return;
  g_atomic_int_set (&watch->n_peers, n_peers);
  if (!g_atomic_int_compare_and_exchange (&watch->is_due, FALSE, TRUE))
    return;

  g_mutex_lock (&self->socket->lock);
  if (self->socket->member.hub != NULL)
    zmqg_hub_post (&self->socket->member);
  g_mutex_unlock (&self->socket->lock);
}

static ZmqgMonitorState
catch_up (ZmqgMonitor *self)
{
  gint64 now = g_get_monotonic_time ();

  zmqg_connections_confirm (&self->connections);
  zmqg_monitor_flush_refusals (self, now);
  if (self->presume_at != 0 && now >= self->presume_at)
    {
      self->presume_at = 0;
      zmqg_connections_presume (&self->connections);
    }

  return self->presume_at != 0 || self->is_holding || has_refusals (self) ?
         ZMQG_MONITOR_WAITS : ZMQG_MONITOR_DRY;
}

/* Reads what libzmq has said, @max events at most, by whoever has the lock */
ZmqgMonitorState
zmqg_monitor_pull (ZmqgMonitor *self,
                   guint        max,
                   guint       *n_pulled)
{
  ZmqgMonitorState state = ZMQG_MONITOR_MORE;
  Reading reading;
  guint n = 0;

  if (self->pair == NULL || self->is_ended)
    return ZMQG_MONITOR_ENDED;

  while (n < max && state == ZMQG_MONITOR_MORE)
    {
      int errsv = read_event (self, &reading);

      if (errsv == 0)
        {
          note (self, &reading);
          n++;
        }
      else if (errsv == EAGAIN)
        state = catch_up (self);
      else
        state = ZMQG_MONITOR_ENDED;
    }

  self->is_ended = state == ZMQG_MONITOR_ENDED;
  if (n_pulled != NULL)
    *n_pulled = n;
  wake_owner (self);

  return state;
}
