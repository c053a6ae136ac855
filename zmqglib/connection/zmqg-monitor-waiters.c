/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error.h>
#include <zmqglib/connection/zmqg-monitor-private.h>

/* Those who wait for peers, by the owner of the socket */

typedef struct
{
  GTask *task;
  guint n_peers;
  GSource *cancellation;
  GSource *timeout;
  GList link;
} Waiter;

typedef struct
{
  GTask *task;
  GError *error;
} Result;

static void
result_free (gpointer data)
{
  Result *self = data;

  g_clear_error (&self->error);
  g_object_unref (self->task);
  g_free (self);
}

static gboolean
return_cb (gpointer user_data)
{
  Result *self = user_data;

  if (self->error != NULL)
    g_task_return_error (self->task, g_steal_pointer (&self->error));
  else
    g_task_return_boolean (self->task, TRUE);

  return G_SOURCE_REMOVE;
}

/* From a later dispatch of the task's main context: what is returned to a GTask within a dispatch
 * is told at once, and somebody's call may be in there. @task, @error: (transfer full);
 * @error: (nullable): why it failed */
void
zmqg_monitor_return (GTask  *task,
                     GError *error)
{
  Result *result = g_new (Result, 1);

  result->task = task;
  result->error = error;
  zmqg_main_context_post (g_task_get_context (task), g_task_get_priority (task), return_cb, result,
                          result_free);
}

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* @error: (transfer full) (nullable) */
static void
end_waiter (ZmqgMonitor *monitor,
            Waiter      *waiter,
            GError      *error)
{
  g_queue_unlink (&monitor->waiters, &waiter->link);
  drop_source (&waiter->cancellation);
  drop_source (&waiter->timeout);
  zmqg_monitor_return (g_steal_pointer (&waiter->task), error);
  g_free (waiter);
}

/* The monitor may not be wanted any more. */
static void
update (ZmqgSocket *self)
{
  g_autoptr (GError) error = NULL;

  if (self->handle != NULL && !zmqg_monitor_update (self, &error))
    g_warning ("%s", error->message);
}

static gboolean
timeout_cb (gpointer user_data)
{
  Waiter *waiter = user_data;
  ZmqgSocket *self = g_task_get_source_object (waiter->task);
  g_autoptr (ZmqgSocket) held = g_object_ref (self);

  end_waiter (self->watch.monitor, waiter,
              g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                           "Fewer than %u peers connected to the %s socket in time",
                           waiter->n_peers, zmqg_socket_get_type_name (self)));
  update (self);

  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  Waiter *waiter = user_data;
  ZmqgSocket *self = g_task_get_source_object (waiter->task);
  g_autoptr (ZmqgSocket) held = g_object_ref (self);

  end_waiter (self->watch.monitor, waiter,
              g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                           "Waiting for peers of the %s socket was cancelled",
                           zmqg_socket_get_type_name (self)));
  update (self);

  return G_SOURCE_REMOVE;
}

static GSource *
attach_source (ZmqgSocket  *self,
               GSource     *source,
               GSourceFunc  func,
               Waiter      *waiter)
{
  g_source_set_static_name (source, "[zmqg wait]");
  g_source_set_callback (source, func, waiter, NULL);
  g_source_attach (source, self->main_context);

  return source;
}

/* @task: (transfer full); @timeout: in ms, -1: none */
void
zmqg_monitor_add_waiter (ZmqgSocket *self,
                         GTask      *task,
                         guint       n_peers,
                         int         timeout)
{
  ZmqgMonitor *monitor = zmqg_monitor_ensure (self);
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiter *waiter = g_new0 (Waiter, 1);
  GError *error = NULL;

  waiter->task = task;
  waiter->n_peers = n_peers;
  waiter->link.data = waiter;
  g_queue_push_tail_link (&monitor->waiters, &waiter->link);
  if (!zmqg_monitor_update (self, &error))
    {
      end_waiter (monitor, waiter, error);
      return;
    }

  if (cancellable != NULL)
    waiter->cancellation =
      attach_source (self, g_cancellable_source_new (cancellable),
                     G_SOURCE_FUNC (cancelled_cb), waiter);
  if (timeout >= 0)
    waiter->timeout = attach_source (self, g_timeout_source_new (timeout), timeout_cb, waiter);
  g_atomic_int_set (&self->watch.is_due, TRUE);
  zmqg_hub_touch (&self->member);
}

gboolean
zmqg_monitor_has_waiters (ZmqgSocket *self)
{
  return self->watch.monitor != NULL && self->watch.monitor->waiters.length > 0;
}

/* Those whose peers are there. Runs nobody's code */
void
zmqg_monitor_serve_waiters (ZmqgSocket *self)
{
  ZmqgMonitor *monitor = self->watch.monitor;
  guint n_peers = g_atomic_int_get (&self->watch.n_peers);
  GList *next;

  if (monitor->waiters.length == 0)
    return;

  for (GList *link = monitor->waiters.head; link != NULL; link = next)
    {
      Waiter *waiter = link->data;

      next = link->next;
      if (waiter->n_peers <= n_peers)
        end_waiter (monitor, waiter, NULL);
    }
  if (monitor->waiters.length == 0)
    update (self);
}

/* The socket is closed. */
void
zmqg_monitor_end_waiters (ZmqgSocket *self)
{
  ZmqgMonitor *monitor = self->watch.monitor;

  while (monitor != NULL && monitor->waiters.head != NULL)
    {
      GError *error = self->fatal_errno != 0 ?
                      g_error_new (ZMQG_ERROR, ZMQG_ERROR_TERMINATED,
                                   "The context of the %s socket was terminated",
                                   zmqg_socket_get_type_name (self)) :
                      g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED, "The %s socket was closed",
                                   zmqg_socket_get_type_name (self));

      end_waiter (monitor, monitor->waiters.head->data, error);
    }
}
