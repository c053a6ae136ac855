/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/base/zmqg-process-private.h>
#include <zmqglib/loop/zmqg-context-private.h>

#include <errno.h>
#include <zmq.h>

/* What outlives the object: it is freed while libzmq still delivers what lingers. */
typedef struct
{
  void *handle;
  pid_t process;
  GHashTable *inproc_names;
} Ending;

/* ctx.cpp asserts that it can make a PAIR for each inproc name that was connected to and never
 * bound. Made here, where one can wait for a free descriptor. */
static void
satisfy_inproc (void       *handle,
                const char *endpoint)
{
  void *pair;

  while (!zmqg_process_has_free_fds (3, NULL) || (pair = zmq_socket (handle, ZMQ_PAIR)) == NULL)
    {
      if (zmq_errno () == ETERM)
        return;
      g_usleep (10 * 1000);
    }

  zmq_bind (pair, endpoint);
  zmq_close (pair);
}

static void
ending_run (Ending *self)
{
  GHashTableIter iter;
  gpointer endpoint;

  g_hash_table_iter_init (&iter, self->inproc_names);
  while (g_hash_table_iter_next (&iter, &endpoint, NULL))
    satisfy_inproc (self->handle, endpoint);

  while (zmq_ctx_term (self->handle) != 0 && zmq_errno () == EINTR &&
         self->process == zmqg_process_get_id ())
    ;
}

static void
ending_free (Ending *self)
{
  g_hash_table_unref (self->inproc_names);
  g_free (self);
}

static gpointer
end_in_thread (gpointer data)
{
  Ending *ending = data;

  ending_run (ending);
  ending_free (ending);

  return NULL;
}

static Ending *
steal_ending (ZmqgContext *self)
{
  Ending *ending = g_new (Ending, 1);

  ending->handle = g_steal_pointer (&self->handle);
  ending->process = self->process;
  ending->inproc_names = g_hash_table_ref (self->inproc_names);

  return ending;
}

/* When the last reference goes */
void
zmqg_context_end (ZmqgContext *self)
{
  Ending *ending;
  GThread *thread;

  if (self->handle == NULL || self->process != zmqg_process_get_id ())
    return;

  ending = steal_ending (self);
  thread = g_thread_try_new ("zmqg-context", end_in_thread, ending, NULL);
  if (thread != NULL)
    g_thread_unref (thread);
  else
    ending_free (ending);
}

static void
close_members (ZmqgContext *self)
{
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_object_unref);
  void (*close_object) (gpointer object) = NULL;

  g_mutex_lock (&self->lock);
  for (GList *link = self->members.head; link != NULL; link = link->next)
    {
      ZmqgContextMember *member = link->data;
      gpointer object = member->is_made ? g_weak_ref_get (&member->object) : NULL;

      close_object = member->close;
      if (object != NULL)
        g_ptr_array_add (objects, object);
    }
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < objects->len; i++)
    close_object (objects->pdata[i]);
}

/* One who waits for the end */
typedef struct
{
  GTask *task;
  gulong cancelled_id;
} Waiter;

/* By whoever has taken it out of the list. @error: (nullable) */
static void
answer (Waiter       *self,
        const GError *error)
{
  GCancellable *cancellable = g_task_get_cancellable (self->task);

  if (self->cancelled_id != 0)
    g_signal_handler_disconnect (cancellable, self->cancelled_id);
  if (error != NULL)
    g_task_return_error (self->task, g_error_copy (error));
  else
    g_task_return_boolean (self->task, TRUE);
  g_object_unref (self->task);
  g_free (self);
}

static GError *
make_cancelled (void)
{
  return g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                      "Could not wait for the end of the context: the operation was cancelled");
}

/* GTask leaves the callback to an idle source when its cancellable is cancelled. */
static void
cancelled_cb (GCancellable *cancellable,
              GTask        *task)
{
  ZmqgContext *self = g_task_get_source_object (task);
  Waiter *waiter = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->waiting->len && waiter == NULL; i++)
    {
      Waiter *other = g_ptr_array_index (self->waiting, i);

      if (other->task == task)
        waiter = g_ptr_array_steal_index (self->waiting, i);
    }
  g_mutex_unlock (&self->lock);

  if (waiter != NULL)
    {
      g_autoptr (GError) error = make_cancelled ();

      answer (waiter, error);
    }
}

/* @error: why it could not end (nullable) */
static void
answer_all (ZmqgContext  *self,
            const GError *error)
{
  g_autoptr (GPtrArray) waiting = NULL;

  g_mutex_lock (&self->lock);
  self->ended = error == NULL;
  self->terminating = error == NULL;
  waiting = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new ();
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < waiting->len; i++)
    answer (g_ptr_array_index (waiting, i), error);
}

/* A socket offers its queue once more when it closes, which ETERM would thwart: libzmq is told
 * only when all are closed. */
static gpointer
terminate_in_thread (gpointer data)
{
  g_autoptr (ZmqgContext) self = data;
  Ending *ending = NULL;

  g_mutex_lock (&self->lock);
  while (self->members.length > 0)
    g_cond_wait (&self->emptied, &self->lock);
  if (self->handle != NULL)
    ending = steal_ending (self);
  g_mutex_unlock (&self->lock);

  if (ending != NULL)
    end_in_thread (ending);
  g_mutex_lock (&self->lock);
  g_ptr_array_set_size (self->lingering, 0);
  g_mutex_unlock (&self->lock);
  answer_all (self, NULL);

  return NULL;
}

/* TRUE: this call is the first one. */
static gboolean
begin (ZmqgContext *self)
{
  gboolean is_first;

  g_mutex_lock (&self->lock);
  is_first = !self->terminating;
  self->terminating = TRUE;
  g_mutex_unlock (&self->lock);

  return is_first;
}

/* FALSE: it has ended already. */
static gboolean
add_waiter (ZmqgContext *self,
            GTask       *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiter *waiter = NULL;

  g_mutex_lock (&self->lock);
  if (!self->ended)
    {
      waiter = g_new0 (Waiter, 1);
      waiter->task = g_object_ref (task);
      if (cancellable != NULL)
        waiter->cancelled_id =
          g_signal_connect_data (cancellable, "cancelled", G_CALLBACK (cancelled_cb),
                                 g_object_ref (task),
                                 (GClosureNotify) (void (*) (void)) g_object_unref, 0);
      g_ptr_array_add (self->waiting, waiter);
    }
  g_mutex_unlock (&self->lock);

  return waiter != NULL;
}

static void
start (ZmqgContext *self)
{
  g_autoptr (GError) error = NULL;
  GThread *thread;

  thread = g_thread_try_new ("zmqg-context", terminate_in_thread, g_object_ref (self), &error);
  if (thread == NULL)
    {
      g_object_unref (self);
      g_prefix_error (&error, "Could not terminate the context: ");
      answer_all (self, error);
      return;
    }

  g_thread_unref (thread);
  close_members (self);
}

/**
 * zmqg_context_terminate_async:
 * @self: a context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when the context has ended
 * @user_data: data for @callback
 *
 * Closes all sockets of the context like [method@Socket.close_async], each with its own linger,
 * and waits in a thread of its own until what libzmq took has left or the linger is over.
 *
 * May be called from any thread, and again; @callback is called in the thread-default main
 * context of the caller. No socket can be made in this context from now on. Sockets close in
 * their own main contexts, which have to run for this to end; [method@Context.list_sockets] tells
 * what it still waits for.
 *
 * Cancelling ends only the wait, with `G_IO_ERROR_CANCELLED`: the sockets close, and the context
 * ends. One that is cancelled from the start does nothing.
 *
 * Since: 1.0
 */
void
zmqg_context_terminate_async (ZmqgContext         *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (ZMQG_IS_CONTEXT (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, zmqg_context_terminate_async);
  if (!zmqg_context_check_process (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_cancellable_is_cancelled (cancellable))
    {
      g_task_return_error (task, make_cancelled ());
      return;
    }
  if (!add_waiter (self, task))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  if (begin (self))
    start (self);
  if (g_cancellable_is_cancelled (cancellable))
    cancelled_cb (cancellable, task);
}

/**
 * zmqg_context_terminate_finish:
 * @self: a context
 * @result: the result given to the callback
 * @error: return location for a [struct@GLib.Error]
 *
 * Finishes [method@Context.terminate_async].
 *
 * Returns: `TRUE` if the context has ended
 *
 * Since: 1.0
 */
gboolean
zmqg_context_terminate_finish (ZmqgContext   *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, zmqg_context_terminate_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
