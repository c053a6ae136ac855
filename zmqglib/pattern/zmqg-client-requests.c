/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error.h>
#include <zmqglib/pattern/zmqg-client-private.h>
#include <zmqglib/pattern/zmqg-envelope-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

typedef struct
{
  /* First: the key of the table */
  guint64 id;
  /* Holds the client */
  GTask *task;
  GCancellable *cancellable;
  ZmqgMessage *message;
  GSource *cancel_source;
  GSequenceIter *deadline;
  /* In µs of monotonic time */
  gint64 due;
  GList outgoing_link;
  gboolean is_outgoing;
  /* Between two tries */
  gboolean is_resting;
  guint n_tries;
  int timeout;
  guint max_retries;
} ZmqgClientRequest;

static void
request_free (gpointer data)
{
  ZmqgClientRequest *request = data;

  if (request->cancel_source != NULL)
    g_source_destroy (request->cancel_source);
  g_clear_pointer (&request->cancel_source, g_source_unref);
  g_clear_object (&request->cancellable);
  g_clear_pointer (&request->message, zmqg_message_unref);
  g_clear_object (&request->task);
  g_free (request);
}

static void
arm (ZmqgClient *self,
     gint64      due)
{
  /* Each new time wakes the loop: one that is too early is put right when it comes */
  if (self->clock == NULL || (self->armed >= 0 && self->armed <= due))
    return;

  self->armed = due;
  g_source_set_ready_time (self->clock, due);
}

static void
note_change (ZmqgClient *self)
{
  static gsize notify_signal;

  if (g_once_init_enter (&notify_signal))
    g_once_init_leave (&notify_signal, g_signal_lookup ("notify", G_TYPE_OBJECT));
  /* With whatever detail, which g_signal_has_handler_pending() would want to know */
  if (g_signal_handler_find (self, G_SIGNAL_MATCH_ID, notify_signal, 0, NULL, NULL, NULL) != 0)
    arm (self, 0);
}

static int
compare_due (gconstpointer a,
             gconstpointer b,
             gpointer      user_data)
{
  const ZmqgClientRequest *one = a;
  const ZmqgClientRequest *other = b;

  if (one->due != other->due)
    return one->due < other->due ? -1 : 1;

  return one->id < other->id ? -1 : one->id > other->id;
}

static void
set_deadline (ZmqgClient        *self,
              ZmqgClientRequest *request,
              int                milliseconds)
{
  if (milliseconds < 0)
    return;

  request->due = g_get_monotonic_time () + (gint64) milliseconds * 1000;
  request->deadline = g_sequence_insert_sorted (self->deadlines, request, compare_due, NULL);
  arm (self, request->due);
}

static void
clear_waits (ZmqgClient        *self,
             ZmqgClientRequest *request)
{
  if (request->deadline != NULL)
    g_sequence_remove (g_steal_pointer (&request->deadline));
  if (request->is_outgoing)
    g_queue_unlink (&self->outgoing, &request->outgoing_link);
  request->is_outgoing = FALSE;
}

/* The task's callback comes from here or, where the call itself led here, from a later dispatch:
 * GTask sees to that. It may do anything. */
static void
finish (ZmqgClient        *self,
        ZmqgClientRequest *request,
        ZmqgMessage       *reply,
        GError            *error)
{
  clear_waits (self, request);
  if (g_hash_table_steal (self->requests, &request->id))
    {
      g_atomic_int_add (&self->n_pending, -1);
      note_change (self);
    }
  if (error != NULL)
    g_task_return_error (request->task, error);
  else
    g_task_return_pointer (request->task, reply, (GDestroyNotify) zmqg_message_unref);
  request_free (request);
}

static ZmqgMessage *
produce_cb (ZmqgSocket *socket,
            gpointer    user_data)
{
  ZmqgClient *self = user_data;
  GList *link = g_queue_pop_head_link (&self->outgoing);
  ZmqgClientRequest *request;

  if (link == NULL)
    {
      self->is_pushing = FALSE;
      return NULL;
    }

  request = link->data;
  request->is_outgoing = FALSE;

  return zmqg_message_ref (request->message);
}

/* The first of what libzmq cannot take asks for room; what ends meanwhile is never sent. */
static void
queue_request (ZmqgClient        *self,
               ZmqgClientRequest *request)
{
  request->is_outgoing = TRUE;
  g_queue_push_tail_link (&self->outgoing, &request->outgoing_link);
  if (self->is_pushing)
    return;

  self->is_pushing = TRUE;
  zmqg_socket_push_write (self->socket, produce_cb, self, NULL);
}

static void
start_try (ZmqgClient        *self,
           ZmqgClientRequest *request)
{
  ZmqgSendResult result = ZMQG_SEND_WAITS;
  g_autoptr (GError) error = NULL;

  request->is_resting = FALSE;
  request->n_tries++;
  if (!zmqg_socket_check_send (self->socket, request->message->n_frames, TRUE, &error))
    result = ZMQG_SEND_FAILED;
  else if (!self->is_pushing)
    result = zmqg_socket_send_at_once (self->socket, request->message, &error);

  if (result == ZMQG_SEND_FAILED)
    {
      finish (self, request, NULL, g_steal_pointer (&error));
      return;
    }
  if (result == ZMQG_SEND_WAITS)
    queue_request (self, request);
  set_deadline (self, request, request->timeout);
}

static int
get_rest (ZmqgClient *self,
          guint       n_tries)
{
  gint64 rest = g_atomic_int_get (&self->retry_interval);
  gint64 most = MAX (g_atomic_int_get (&self->retry_interval_max), rest);

  return MIN (rest << MIN (n_tries - 1, 31), most);
}

static void
serve_deadline (ZmqgClient        *self,
                ZmqgClientRequest *request)
{
  clear_waits (self, request);
  if (request->is_resting)
    {
      start_try (self, request);
      return;
    }
  if (request->n_tries <= request->max_retries)
    {
      request->is_resting = TRUE;
      set_deadline (self, request, get_rest (self, request->n_tries));
      return;
    }

  finish (self, request, NULL,
          g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                       "Could not complete the request: no reply within %d ms, asked %u times",
                       request->timeout, request->n_tries));
}

static void
tell_changes (ZmqgClient *self)
{
  guint n_pending = g_atomic_int_get (&self->n_pending);
  guint n_late_replies = g_atomic_int_get (&self->n_late_replies);

  if (self->notified_pending != n_pending)
    {
      self->notified_pending = n_pending;
      g_object_notify_by_pspec (G_OBJECT (self),
                                zmqg_client_properties[ZMQG_CLIENT_PROP_N_PENDING]);
    }
  if (self->notified_late_replies != n_late_replies)
    {
      self->notified_late_replies = n_late_replies;
      g_object_notify_by_pspec (G_OBJECT (self),
                                zmqg_client_properties[ZMQG_CLIENT_PROP_N_LATE_REPLIES]);
    }
}

static gboolean
clock_cb (gpointer user_data)
{
  g_autoptr (ZmqgClient) self = g_object_ref (ZMQG_CLIENT (user_data));
  /* What is due by now: a callback that asks again with no time at all does not keep us here */
  gint64 now = g_get_monotonic_time ();
  GSequenceIter *first;

  self->armed = -1;
  g_source_set_ready_time (self->clock, -1);
  while (!g_sequence_iter_is_end (first = g_sequence_get_begin_iter (self->deadlines)))
    {
      ZmqgClientRequest *request = g_sequence_get (first);

      if (request->due > now)
        {
          arm (self, request->due);
          break;
        }
      serve_deadline (self, request);
    }
  tell_changes (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
clock_dispatch (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs clock_funcs = { NULL, NULL, clock_dispatch, NULL, NULL, NULL };

static void
reply_cb (ZmqgSocket  *socket,
          ZmqgMessage *message,
          gpointer     user_data)
{
  g_autoptr (ZmqgClient) self = g_object_ref (ZMQG_CLIENT (user_data));
  ZmqgClientRequest *request = NULL;
  guint64 id;
  ZmqgEnvelopeKind kind = zmqg_envelope_read (message, &id);

  if (kind != ZMQG_ENVELOPE_INVALID)
    request = g_hash_table_lookup (self->requests, &id);
  if (request == NULL)
    {
      g_atomic_int_inc (&self->n_late_replies);
      note_change (self);
      return;
    }

  if (kind == ZMQG_ENVELOPE_ERROR)
    finish (self, request, NULL, zmqg_envelope_to_error (message));
  else
    finish (self, request, zmqg_envelope_split_body (message, 2), NULL);
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  ZmqgClientRequest *request = user_data;
  g_autoptr (ZmqgClient) self = g_object_ref (g_task_get_source_object (request->task));

  finish (self, request, NULL,
          g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                       "Could not complete the request: it was cancelled"));

  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (ZmqgClient        *self,
                   ZmqgClientRequest *request)
{
  if (request->cancellable == NULL)
    return;

  request->cancel_source = g_cancellable_source_new (request->cancellable);
  g_source_set_callback (request->cancel_source, G_SOURCE_FUNC (cancelled_cb), request, NULL);
  g_source_attach (request->cancel_source, self->main_context);
}

/* By the holder of the main context */
static void
begin (ZmqgClient        *self,
       ZmqgClientRequest *request)
{
  ZmqgMessage *wrapped;
  GError *error = NULL;

  if (self->clock == NULL)
    error = g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED,
                         "Could not send the request: the client is closed");
  else
    g_cancellable_set_error_if_cancelled (request->cancellable, &error);
  if (error != NULL)
    {
      finish (self, request, NULL, error);
      return;
    }

  request->id = ++self->last_id;
  request->outgoing_link.data = request;
  wrapped = zmqg_envelope_wrap (request->id, request->message);
  zmqg_message_unref (request->message);
  request->message = wrapped;
  g_hash_table_add (self->requests, request);
  g_atomic_int_inc (&self->n_pending);
  note_change (self);
  watch_cancellable (self, request);
  start_try (self, request);
}

static gboolean
begin_cb (gpointer user_data)
{
  ZmqgClientRequest *request = user_data;
  g_autoptr (ZmqgClient) self = g_object_ref (g_task_get_source_object (request->task));

  begin (self, request);

  return G_SOURCE_REMOVE;
}

/**
 * zmqg_client_request_async:
 * @self: a client
 * @message: (transfer none): the request, one frame at least
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called with the outcome
 * @user_data: data for @callback
 *
 * Sends a request and waits for the reply to it; any number may be under way.
 *
 * Without a reply within [property@Client:timeout] ms the request is sent again, as often as
 * [property@Client:max-retries] says, after a rest of [property@Client:retry-interval] ms that
 * doubles each time. A service may therefore get it more than once; the first reply counts,
 * whichever try it answers. The time runs from the try on, also while there is nobody to send
 * to.
 *
 * May be called from any thread; @callback is called in the main context that is thread-default
 * there, never from inside the call.
 *
 * Since: 1.0
 */
void
zmqg_client_request_async (ZmqgClient          *self,
                           ZmqgMessage         *message,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  ZmqgClientRequest *request;

  g_return_if_fail (ZMQG_IS_CLIENT (self));
  g_return_if_fail (message != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  request = g_new0 (ZmqgClientRequest, 1);
  /* Not with the cancellable: GTask would drop a reply that has come, and defer the callback */
  request->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (request->task, zmqg_client_request_async);
  if (cancellable != NULL)
    request->cancellable = g_object_ref (cancellable);
  request->timeout = g_atomic_int_get (&self->timeout);
  request->max_retries = g_atomic_int_get (&self->max_retries);

  if (zmqg_message_get_n_frames (message) == 0)
    {
      g_task_return_new_error (request->task, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                               "Could not send the request: it has no frames");
      request_free (request);
      return;
    }
  if (!zmqg_hold_take (&hold, self->main_context))
    {
      request->message = zmqg_message_copy (message);
      zmqg_main_context_post (self->main_context, G_PRIORITY_DEFAULT, begin_cb, request, NULL);
      return;
    }

  request->message = zmqg_message_ref (message);
  begin (self, request);
}

void
zmqg_client_open_requests (ZmqgClient *self)
{
  self->requests = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->deadlines = g_sequence_new (NULL);
  g_queue_init (&self->outgoing);
  /* A peer that takes two clients for one must not mix up their replies */
  self->last_id = (guint64) g_random_int () << 32;

  self->armed = -1;
  self->clock = g_source_new (&clock_funcs, sizeof (GSource));
  g_source_set_static_name (self->clock, "[zmqg client]");
  g_source_set_callback (self->clock, clock_cb, self, NULL);
  g_source_attach (self->clock, self->main_context);
  zmqg_socket_set_message_func (self->socket, reply_cb, self, NULL);
}

static gboolean
end_cb (gpointer user_data)
{
  GPtrArray *requests = user_data;
  ZmqgClientRequest *first = g_ptr_array_index (requests, 0);
  g_autoptr (ZmqgClient) self = g_object_ref (g_task_get_source_object (first->task));

  for (guint i = 0; i < requests->len; i++)
    {
      ZmqgClientRequest *request = g_ptr_array_index (requests, i);

      g_task_return_new_error (request->task, G_IO_ERROR, G_IO_ERROR_CLOSED,
                               "Could not complete the request: the client was closed");
    }
  tell_changes (self);

  return G_SOURCE_REMOVE;
}

/* The callbacks come from a later dispatch: this may be inside a call of the user's. */
void
zmqg_client_end_requests (ZmqgClient *self)
{
  g_autoptr (GPtrArray) ended = g_ptr_array_new_with_free_func (request_free);
  GHashTableIter iter;
  gpointer request;

  g_source_destroy (self->clock);
  g_clear_pointer (&self->clock, g_source_unref);
  zmqg_socket_set_message_func (self->socket, NULL, NULL, NULL);

  g_hash_table_iter_init (&iter, self->requests);
  while (g_hash_table_iter_next (&iter, &request, NULL))
    {
      clear_waits (self, request);
      if (((ZmqgClientRequest *) request)->cancel_source != NULL)
        g_source_destroy (((ZmqgClientRequest *) request)->cancel_source);
      g_ptr_array_add (ended, request);
    }
  g_hash_table_remove_all (self->requests);
  g_atomic_int_set (&self->n_pending, 0);
  if (ended->len > 0)
    zmqg_main_context_post (self->main_context, G_PRIORITY_DEFAULT, end_cb,
                            g_steal_pointer (&ended), (GDestroyNotify) g_ptr_array_unref);
}
