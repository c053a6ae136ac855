/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/connection/zmqg-monitor-private.h>

#include <zmq.h>

/* PAIR and PAIR, and an epoll set and an eventfd for the thread, and one to spare */
#define FDS_NEEDED 5
/* After how long libzmq has certainly told of a handshake that took place at the start (µs) */
#define SOON (50 * 1000)

static ZmqgMonitor *
monitor_new (void)
{
  ZmqgMonitor *self = g_new0 (ZmqgMonitor, 1);

  self->ref_count = 1;
  self->process = zmqg_process_get_id ();
  self->fd = -1;
  self->text = g_string_new (NULL);
  self->refusals = g_array_new (FALSE, FALSE, sizeof (ZmqgRefusal));
  self->senders = zmqg_monitor_new_senders ();
  g_mutex_init (&self->lock);
  g_queue_init (&self->events);
  g_queue_init (&self->waiters);
  zmqg_connections_init (&self->connections);

  return self;
}

ZmqgMonitor *
zmqg_monitor_ref (ZmqgMonitor *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

static void
clear_refusals (ZmqgMonitor *self)
{
  for (guint i = 0; i < self->refusals->len; i++)
    {
      ZmqgRefusal *refusal = &g_array_index (self->refusals, ZmqgRefusal, i);

      g_ref_string_release (refusal->endpoint);
      g_clear_pointer (&refusal->event, zmqg_connection_event_unref);
    }
  g_array_set_size (self->refusals, 0);
}

void
zmqg_monitor_unref (ZmqgMonitor *self)
{
  GList *link;

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  while ((link = g_queue_pop_head_link (&self->events)) != NULL)
    zmqg_connection_event_unref (link->data);
  clear_refusals (self);
  zmqg_connections_clear (&self->connections);
  g_array_unref (self->refusals);
  g_hash_table_unref (self->senders);
  g_string_free (self->text, TRUE);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* From any thread. Returns: (transfer full) (nullable): NULL if the socket was never watched */
ZmqgMonitor *
zmqg_monitor_get (ZmqgSocket *self)
{
  ZmqgMonitor *monitor = NULL;

  if (self->process != zmqg_process_get_id ())
    return NULL;

  g_mutex_lock (&self->lock);
  if (self->watch.monitor != NULL)
    monitor = zmqg_monitor_ref (self->watch.monitor);
  g_mutex_unlock (&self->lock);

  return monitor;
}

static gboolean
fail (ZmqgSocket  *self,
      GError     **error)
{
  zmqg_set_error_from_errno (error, zmq_errno (), "Could not monitor the %s socket",
                             zmqg_socket_get_type_name (self));
  return FALSE;
}

/* Our end. Without a high-water mark, or libzmq's I/O thread would wait where it is reached. */
static gboolean
open_pair (ZmqgSocket  *self,
           void       **pair,
           int         *fd,
           GError     **error)
{
  size_t size = sizeof *fd;
  int zero = 0;

  *pair = zmq_socket (self->context->handle, ZMQ_PAIR);
  if (*pair == NULL)
    return fail (self, error);

  zmq_setsockopt (*pair, ZMQ_LINGER, &zero, sizeof zero);
  if (zmq_setsockopt (*pair, ZMQ_RCVHWM, &zero, sizeof zero) == 0 &&
      zmq_getsockopt (*pair, ZMQ_FD, fd, &size) == 0)
    return TRUE;

  fail (self, error);
  zmq_close (g_steal_pointer (pair));

  return FALSE;
}

/* libzmq waits for somebody to connect with the first thing it has to say, so what can fail
 * comes before. */
static gboolean
connect_pair (ZmqgSocket  *self,
              void        *pair,
              GError     **error)
{
  static int n_monitors = 0;
  g_autofree char *address = g_strdup_printf ("inproc://zmqg-monitor-%d",
                                              g_atomic_int_add (&n_monitors, 1));

  if (ZMQG_RETRY (self->process,
                  zmq_socket_monitor (self->handle, address, ZMQ_EVENT_ALL)) != 0)
    return fail (self, error);
  if (ZMQG_RETRY (self->process, zmq_connect (pair, address)) == 0)
    return TRUE;

  fail (self, error);
  zmq_socket_monitor (self->handle, NULL, 0);

  return FALSE;
}

static void
count_target (GHashTable *targets,
              ZmqgSocket *socket,
              gboolean    is_own)
{
  g_mutex_lock (&socket->lock);
  for (guint i = 0; i < socket->connections->len; i++)
    {
      const char *endpoint = ((ZmqgDestination *) socket->connections->pdata[i])->address;
      ZmqgTarget *target = g_hash_table_lookup (targets, endpoint);

      if (target == NULL && !is_own)
        continue;
      if (target == NULL)
        {
          target = g_new0 (ZmqgTarget, 1);
          g_hash_table_insert (targets, g_strdup (endpoint), target);
        }
      target->n_own += is_own;
      target->n_all++;
    }
  g_mutex_unlock (&socket->lock);
}

static GHashTable *
list_targets (ZmqgSocket *self)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTable *targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  count_target (targets, self, TRUE);
  g_mutex_lock (&self->context->lock);
  for (GList *link = self->context->members.head; link != NULL; link = link->next)
    {
      ZmqgContextMember *member = link->data;
      gpointer other = member != &self->context_member ? g_weak_ref_get (&member->object) : NULL;

      if (other != NULL)
        g_ptr_array_add (others, other);
    }
  g_mutex_unlock (&self->context->lock);
  for (guint i = 0; i < others->len; i++)
    count_target (targets, others->pdata[i], FALSE);

  return targets;
}

static GPtrArray *
list_bindings (ZmqgSocket *self)
{
  GPtrArray *bindings = g_ptr_array_new_with_free_func (g_free);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->bindings->len; i++)
    g_ptr_array_add (bindings, g_strdup (((ZmqgBinding *) self->bindings->pdata[i])->resolved));
  g_mutex_unlock (&self->lock);

  return bindings;
}

/* The monitor was started when there were endpoints already. */
static void
find_old (ZmqgSocket  *self,
          ZmqgMonitor *monitor)
{
  g_autoptr (GPtrArray) bindings = list_bindings (self);
  g_autoptr (GHashTable) targets = list_targets (self);
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&monitor->lock);
  monitor->connections.is_late = TRUE;
  monitor->presume_at = now + SOON;
  zmqg_connections_find_old (&monitor->connections, bindings, targets, now);
  g_mutex_unlock (&monitor->lock);
}

static void
set_up (ZmqgSocket  *self,
        ZmqgMonitor *monitor,
        void        *pair)
{
  ZmqgConnections *connections = &monitor->connections;

  g_mutex_lock (&monitor->lock);
  monitor->socket = self;
  monitor->pair = pair;
  monitor->is_ended = FALSE;
  monitor->keeps_events = self->watch.monitored;
  connections->is_raw = self->type == ZMQG_SOCKET_TYPE_STREAM;
  connections->can_receive = zmqg_socket_can_receive (self);
  connections->is_late = FALSE;
  connections->n_threads = MAX (self->context->io_threads, 1);
  g_mutex_unlock (&monitor->lock);
}

static void
tear_down (ZmqgSocket  *self,
           ZmqgMonitor *monitor)
{
  g_mutex_lock (&monitor->lock);
  /* What libzmq said before it stopped */
  zmqg_monitor_pull (monitor, G_MAXUINT, NULL);
  zmqg_monitor_flush_refusals (monitor, G_MAXINT64 / 2);
  zmq_close (g_steal_pointer (&monitor->pair));
  monitor->socket = NULL;
  monitor->presume_at = 0;
  zmqg_connections_reset (&monitor->connections, g_atomic_int_get (&self->closed));
  clear_refusals (monitor);
  g_mutex_unlock (&monitor->lock);

  zmqg_monitor_forget_senders (monitor);
}

static gboolean
start (ZmqgSocket  *self,
       GError     **error)
{
  ZmqgMonitor *monitor = self->watch.monitor;
  void *pair;

  if (!zmqg_process_has_free_fds (FDS_NEEDED, error))
    {
      g_prefix_error (error, "Could not monitor the %s socket: ",
                      zmqg_socket_get_type_name (self));
      return FALSE;
    }
  if (!open_pair (self, &pair, &monitor->fd, error))
    return FALSE;

  set_up (self, monitor, pair);
  if (!zmqg_monitor_reader_add (self->context, monitor, error))
    {
      tear_down (self, monitor);
      return FALSE;
    }
  if (!connect_pair (self, pair, error))
    {
      zmqg_monitor_reader_remove (monitor);
      tear_down (self, monitor);
      return FALSE;
    }

  self->watch.is_on = TRUE;
  if (self->bindings->len + self->connections->len > 0)
    find_old (self, monitor);
  /* The PAIR's file descriptor tells of news only after somebody has read until there was
   * nothing. */
  zmqg_monitor_reader_poke (monitor);

  return TRUE;
}

/* libzmq first, its reader second: it may be saying something, and waits for somebody to hear it
 * if there is nobody. */
static void
stop (ZmqgSocket *self)
{
  ZmqgMonitor *monitor = self->watch.monitor;

  zmq_socket_monitor (self->handle, NULL, 0);
  zmqg_monitor_reader_remove (monitor);
  tear_down (self, monitor);

  self->watch.is_on = FALSE;
  g_atomic_int_set (&self->watch.n_peers, 0);
  g_atomic_int_set (&self->watch.is_due, TRUE);
  zmqg_hub_touch (&self->member);
}

/* By the owner. Returns: (transfer none) */
ZmqgMonitor *
zmqg_monitor_ensure (ZmqgSocket *self)
{
  if (self->watch.monitor == NULL)
    {
      g_mutex_lock (&self->lock);
      self->watch.monitor = monitor_new ();
      g_mutex_unlock (&self->lock);
    }

  return self->watch.monitor;
}

/* On or off, as the property and those who wait for peers want it. By the owner */
gboolean
zmqg_monitor_update (ZmqgSocket  *self,
                     GError     **error)
{
  gboolean is_wanted = self->watch.monitored || zmqg_monitor_has_waiters (self);

  if (self->watch.is_on && is_wanted)
    {
      g_mutex_lock (&self->watch.monitor->lock);
      self->watch.monitor->keeps_events = self->watch.monitored;
      g_mutex_unlock (&self->watch.monitor->lock);
      g_atomic_int_set (&self->watch.is_due, TRUE);
      zmqg_hub_touch (&self->member);
      return TRUE;
    }
  if (self->watch.is_on)
    stop (self);
  if (!is_wanted || self->watch.is_on)
    return TRUE;

  zmqg_monitor_ensure (self);

  return start (self, error);
}

/* The socket is about to be closed. */
static void
zmqg_monitor_close (ZmqgSocket *self)
{
  if (self->watch.is_on)
    stop (self);
  zmqg_monitor_end_waiters (self);
}

/* In a forked child the lock may be held by a thread that is not there. */
static void
zmqg_monitor_free (ZmqgMonitor *self)
{
  if (self->process == zmqg_process_get_id ())
    zmqg_monitor_unref (self);
}

const ZmqgMonitorFuncs zmqg_monitor_funcs = {
  .get_event_type = zmqg_connection_event_get_type,
  .update = zmqg_monitor_update,
  .close = zmqg_monitor_close,
  .see_message = zmqg_monitor_see_message,
  .tell = zmqg_monitor_tell,
  .tell_rest = zmqg_monitor_tell_rest,
  .free = zmqg_monitor_free,
};
