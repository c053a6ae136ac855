/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-monitor-private.h>

#include <zmq.h>

/* From a dispatch of the main context */

/* How long the news that a peer has gone waits for it to be known who it was (µs) */
#define MAX_HELD (200 * 1000)

/* Returns: (transfer none) (nullable): NULL if libzmq cannot be asked any more */
const char *
zmqg_monitor_get_mechanism (ZmqgSocket *self)
{
  int mechanism = ZMQ_NULL;
  size_t size = sizeof mechanism;

  if (self->handle == NULL ||
      ZMQG_RETRY (self->process,
                  zmq_getsockopt (self->handle, ZMQ_MECHANISM, &mechanism, &size)) != 0)
    return NULL;
  zmqg_hub_touch (&self->member);

  switch (mechanism)
    {
    case ZMQ_PLAIN:
      return "PLAIN";
    case ZMQ_CURVE:
      return "CURVE";
    case ZMQ_GSSAPI:
      return "GSSAPI";
    case ZMQ_NULL:
    default:
      return "NULL";
    }
}

/* Whether nothing is known of a peer that is gone */
static gboolean
is_obscure (ZmqgConnectionEvent *event)
{
  return event->kind == ZMQG_CONNECTION_EVENT_KIND_DISCONNECTED && event->peer != NULL &&
         !event->peer->is_heard && event->peer->routing_id == NULL;
}

/* The hub is told to come again if so. */
static gboolean
has_messages_to_read (ZmqgSocket    *self,
                      ZmqgHubAnswer *answer)
{
  int errsv;

  if (!zmqg_socket_wants_messages (self))
    return FALSE;
  /* One may have come after the last was read, and before the peer went */
  if (*answer != ZMQG_HUB_READY && self->handle != NULL &&
      (zmqg_socket_query_events (self, &errsv) & ZMQ_POLLIN) != 0)
    *answer = ZMQG_HUB_READY;

  return *answer == ZMQG_HUB_READY;
}

/* A ROUTER learns the routing id from a peer's messages, which may wait: the news that the peer
 * has gone comes after them, as long as somebody reads them. Or they have been read, but may be
 * those of another peer that got the same file descriptor.
 *
 * Not each of them waits for so long: when the time is over, it is so for all that have happened
 * until then. */
static gboolean
has_to_wait (ZmqgSocket          *self,
             ZmqgConnectionEvent *event,
             ZmqgHubAnswer       *answer)
{
  ZmqgMonitor *monitor = self->watch.monitor;
  gint64 now;

  if (event->time <= monitor->overdue || !is_obscure (event))
    return FALSE;
  if (!has_messages_to_read (self, answer) &&
      !zmqg_connections_is_open (&monitor->connections, event->value, event->peer))
    return FALSE;

  now = g_get_monotonic_time ();
  if (monitor->held_since == 0)
    monitor->held_since = now;
  if (now - monitor->held_since < MAX_HELD)
    return TRUE;

  monitor->overdue = now;
  return FALSE;
}

/* With the lock held. The hub comes again at once if messages wait; else the thread of the
 * monitors reminds it after a while. Returns: whether it comes at once */
static gboolean
hold (ZmqgSocket    *self,
      ZmqgHubAnswer  answer)
{
  ZmqgMonitor *monitor = self->watch.monitor;

  if (answer == ZMQG_HUB_READY || !self->watch.is_on)
    return TRUE;

  if (!monitor->is_holding)
    zmqg_monitor_reader_poke (monitor);
  monitor->is_holding = TRUE;

  return FALSE;
}

/* Returns: (transfer full) (nullable): NULL if there is none to be told now. Whether there are
 * more is left in is_due. */
static ZmqgConnectionEvent *
take_event (ZmqgSocket    *self,
            ZmqgHubAnswer *answer)
{
  ZmqgMonitor *monitor = self->watch.monitor;
  ZmqgConnectionEvent *event = NULL;
  gboolean is_due = FALSE;
  GList *head;

  g_mutex_lock (&monitor->lock);
  head = monitor->events.head;
  if (head != NULL && has_to_wait (self, head->data, answer))
    is_due = hold (self, *answer);
  else if (head != NULL)
    {
      event = head->data;
      g_queue_unlink (&monitor->events, head);
      if (event->peer != NULL)
        event->peer->is_told |= event->kind == ZMQG_CONNECTION_EVENT_KIND_DISCONNECTED;
      monitor->is_holding = FALSE;
      monitor->held_since = 0;
      is_due = monitor->events.length > 0;
    }
  g_atomic_int_set (&self->watch.is_due, is_due || monitor->settles_later);
  g_mutex_unlock (&monitor->lock);

  return event;
}

static void
tell_event (ZmqgSocket          *self,
            ZmqgConnectionEvent *event)
{
  guint signal_id = zmqg_socket_signals[ZMQG_SIGNAL_CONNECTION_EVENT];
  GQuark nick = zmqg_connection_event_get_nick (event);

  if (event->peer != NULL && g_atomic_pointer_get (&event->peer->mechanism) == NULL)
    g_atomic_pointer_set (&event->peer->mechanism, (char *) zmqg_monitor_get_mechanism (self));
  if (zmqg_socket_has_handler (self, ZMQG_SIGNAL_CONNECTION_EVENT) ||
      g_signal_has_handler_pending (self, signal_id, nick, FALSE))
    g_signal_emit (self, signal_id, nick, event);
}

static void
tell_n_peers (ZmqgSocket *self)
{
  guint n_peers = zmqg_watch_get_n_peers (&self->watch);

  if (self->watch.n_told == n_peers)
    return;

  self->watch.n_told = n_peers;
  g_object_notify_by_pspec (G_OBJECT (self), zmqg_socket_get_pspec (ZMQG_PROP_N_PEERS));
}

/* @answer: what is to be said to the hub so far. As long as @turn has the member the socket is
 * there. */
ZmqgHubAnswer
zmqg_monitor_tell (ZmqgSocket    *self,
                   ZmqgTurn      *turn,
                   ZmqgHubAnswer  answer)
{
  ZmqgConnectionEvent *event;

  g_atomic_int_set (&self->watch.is_due, FALSE);
  answer = zmqg_monitor_settle (self, answer);
  zmqg_monitor_serve_waiters (self);
  tell_n_peers (self);

  while (turn->member != NULL && (event = take_event (self, &answer)) != NULL)
    {
      tell_event (self, event);
      zmqg_connection_event_unref (event);
      if (turn->member != NULL && zmqg_turn_count (turn))
        break;
    }
  if (turn->member == NULL)
    return ZMQG_HUB_IDLE;

  return g_atomic_int_get (&self->watch.is_due) ? ZMQG_HUB_READY : answer;
}

/* Before closed */
void
zmqg_monitor_tell_rest (ZmqgSocket *self)
{
  ZmqgHubAnswer answer = ZMQG_HUB_IDLE;
  ZmqgConnectionEvent *event;

  if (self->watch.monitor == NULL)
    return;

  self->watch.monitor->overdue = G_MAXINT64;
  while ((event = take_event (self, &answer)) != NULL)
    {
      tell_event (self, event);
      zmqg_connection_event_unref (event);
    }
  tell_n_peers (self);
}
