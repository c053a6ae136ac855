/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/socket/zmqg-operation-private.h>

static gsize
get_size (ZmqgOperationKind kind)
{
  return kind == ZMQG_OPERATION_SEND ? sizeof (ZmqgOperation)
                                     : G_STRUCT_OFFSET (ZmqgOperation, queued);
}

/* @task: (transfer full) (nullable); @created: when GTask thinks that it was made */
ZmqgOperation *
zmqg_operation_new (ZmqgOperationKind  kind,
                    GTask             *task,
                    GMainContext      *main_context,
                    gint64             created)
{
  ZmqgOperation *self = g_slice_alloc0 (get_size (kind));

  self->kind = kind;
  self->ref_count = 1;
  self->task = task;
  self->link.data = self;
  self->cancelled_link.data = self;
  self->timeout = -1;
  self->deadline = G_MAXINT64;
  if (task != NULL)
    {
      self->created = created;
      self->is_foreign = g_task_get_context (task) != main_context;
    }

  return self;
}

ZmqgOperation *
zmqg_operation_ref (ZmqgOperation *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
zmqg_operation_unref (ZmqgOperation *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  if (self->kind == ZMQG_OPERATION_SEND)
    zmqg_queued_clear (&self->queued);
  g_clear_pointer (&self->message, zmqg_message_unref);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_clear_object (&self->task);
  g_clear_object (&self->socket);
  g_slice_free1 (get_size (self->kind), self);
}

/* @timeout: in ms; the sooner one counts if there was one already */
void
zmqg_operation_set_timeout (ZmqgOperation *self,
                            int            timeout)
{
  if (timeout < 0 || (self->timeout >= 0 && self->timeout <= timeout))
    return;

  self->timeout = timeout;
  self->deadline = g_get_monotonic_time () + (gint64) timeout * 1000;
}

/* Of a SEND */
void
zmqg_operation_set_message (ZmqgOperation *self,
                            ZmqgMessage   *message)
{
  int expiry = zmqg_message_get_expiry (message);

  zmqg_queued_init (&self->queued, message);
  zmqg_operation_set_timeout (self, expiry);
  self->expires = expiry >= 0 ? g_get_monotonic_time () + (gint64) expiry * 1000 : G_MAXINT64;
}

/* Whether it is to be left alone, even if nobody has come to end it yet */
gboolean
zmqg_operation_is_cancelled (ZmqgOperation *self)
{
  return self->cancellable != NULL && g_cancellable_is_cancelled (self->cancellable);
}

/* Gives the task its result: calls its callback at once if the caller is a dispatch of the
 * task's main context, in a later iteration than the task was made in. (transfer full) */
void
zmqg_operation_return (ZmqgOperation *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  ZmqgMessage *message = g_steal_pointer (&self->message);
  GError *error = g_steal_pointer (&self->error);
  ZmqgOperationKind kind = self->kind;
  guint n_unsent = self->n_unsent;

  /* What it held is free when the callback runs */
  zmqg_operation_unref (self);

  if (error != NULL)
    g_task_return_error (task, error);
  else if (kind == ZMQG_OPERATION_RECEIVE)
    g_task_return_pointer (task, message, (GDestroyNotify) zmqg_message_unref);
  else if (kind == ZMQG_OPERATION_CLOSE)
    g_task_return_int (task, n_unsent);
  else
    g_task_return_boolean (task, TRUE);
}

void
zmqg_deadlines_init (ZmqgDeadlines *self)
{
  self->operations = g_ptr_array_new ();
}

void
zmqg_deadlines_clear (ZmqgDeadlines *self)
{
  g_clear_pointer (&self->operations, g_ptr_array_unref);
}

static void
put (ZmqgDeadlines *self,
     guint          place,
     ZmqgOperation *operation)
{
  self->operations->pdata[place - 1] = operation;
  operation->place = place;
}

static ZmqgOperation *
get (ZmqgDeadlines *self,
     guint          place)
{
  return self->operations->pdata[place - 1];
}

static void
sift_up (ZmqgDeadlines *self,
         guint          place,
         ZmqgOperation *operation)
{
  while (place > 1 && get (self, place / 2)->deadline > operation->deadline)
    {
      put (self, place, get (self, place / 2));
      place /= 2;
    }
  put (self, place, operation);
}

static void
sift_down (ZmqgDeadlines *self,
           guint          place,
           ZmqgOperation *operation)
{
  guint n_places = self->operations->len;

  for (guint child = place * 2; child <= n_places; child = place * 2)
    {
      if (child < n_places && get (self, child + 1)->deadline < get (self, child)->deadline)
        child++;
      if (get (self, child)->deadline >= operation->deadline)
        break;
      put (self, place, get (self, child));
      place = child;
    }
  put (self, place, operation);
}

void
zmqg_deadlines_add (ZmqgDeadlines *self,
                    ZmqgOperation *operation)
{
  g_ptr_array_add (self->operations, operation);
  sift_up (self, self->operations->len, operation);
}

void
zmqg_deadlines_remove (ZmqgDeadlines *self,
                       ZmqgOperation *operation)
{
  guint place = operation->place;
  ZmqgOperation *last;

  if (place == 0)
    return;

  operation->place = 0;
  last = g_ptr_array_steal_index (self->operations, self->operations->len - 1);
  if (last == operation)
    return;

  sift_down (self, place, last);
  sift_up (self, last->place, last);
}
