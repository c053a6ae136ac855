/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench-tasks.h"

#include "bench-sockets.h"
#include "bench-window.h"

typedef struct
{
  BenchWindow       window;
  const BenchTasks *test;
  GObject          *object;
  GSource          *source;
  GPtrArray        *made;
  GPtrArray        *returned;
  gint64            last_made;
} Tasks;

typedef struct
{
  GSource  source;
  Tasks   *tasks;
} TasksSource;

static gboolean
tasks_are_due (GSource *source)
{
  Tasks *self = ((TasksSource *) source)->tasks;

  return self->made->len > 0 && self->test->delay_ms == 0;
}

static gboolean
tasks_prepare (GSource *source,
               int     *timeout)
{
  *timeout = -1;
  return tasks_are_due (source);
}

static void
return_task (Tasks *self,
             GTask *task)
{
  if (self->test->fails)
    g_task_return_error (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "It failed"));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* In the µs in which the last one was made GTask would leave the callback to an idle source. */
static gboolean
tasks_dispatch (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  Tasks *self = ((TasksSource *) source)->tasks;
  GPtrArray *tasks = self->made;

  if (g_source_get_time (source) <= self->last_made)
    return G_SOURCE_CONTINUE;

  if (self->test->delay_ms > 0)
    g_source_set_ready_time (source, -1);
  self->made = self->returned;
  self->returned = tasks;
  for (guint i = 0; i < tasks->len; i++)
    return_task (self, g_ptr_array_index (tasks, i));
  g_ptr_array_set_size (tasks, 0);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs tasks_funcs = {
  .prepare = tasks_prepare,
  .check = tasks_are_due,
  .dispatch = tasks_dispatch,
};

static void
finished_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  Tasks *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean succeeded = g_task_propagate_boolean (G_TASK (result), &error);

  bench_require (succeeded != self->test->fails);
  bench_window_finished (&self->window);
}

static void
start_task (BenchWindow *window)
{
  Tasks *self = (Tasks *) window;
  GTask *task = g_task_new (self->object, NULL, finished_cb, self);

  g_task_set_source_tag (task, start_task);
  self->last_made = g_source_get_time (self->source);
  if (self->test->delay_ms > 0 && self->made->len == 0)
    g_source_set_ready_time (self->source,
                             g_get_monotonic_time () + self->test->delay_ms * 1000);
  g_ptr_array_add (self->made, task);
}

BenchFigure
bench_tasks_sample (gconstpointer data)
{
  Tasks self = { .test = data };
  BenchFigure figure = { 0, 0 };

  self.object = g_object_new (G_TYPE_OBJECT, NULL);
  self.made = g_ptr_array_new ();
  self.returned = g_ptr_array_new ();
  self.source = g_source_new (&tasks_funcs, sizeof (TasksSource));
  ((TasksSource *) self.source)->tasks = &self;
  g_source_attach (self.source, NULL);

  figure.value = bench_window_run (&self.window, start_task, self.test->n_outstanding,
                                   self.test->n_tasks);
  g_source_destroy (self.source);
  g_source_unref (self.source);
  g_ptr_array_unref (self.made);
  g_ptr_array_unref (self.returned);
  g_object_unref (self.object);
  return figure;
}
