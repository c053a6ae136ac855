/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error.h>
#include <zmqglib/loop/zmqg-source-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

typedef struct
{
  GSource source;
  GPollFD poll;
  ZmqgSocket *socket;
  GIOCondition condition;
  /* What libzmq said last, and after how many uses of the socket */
  GIOCondition known;
  guint uses;
  GCancellable *cancellable;
  gboolean told_closed;
} ZmqgSocketSource;

static GIOCondition
query_condition (ZmqgSocket   *self,
                 GIOCondition  condition)
{
  int errsv;
  int events = zmqg_socket_query_events (self, &errsv);
  GIOCondition known = zmqg_condition_from_events (events);

  /* The fd will not tell the hub any more; but a mark for nothing would make it ask, which
   * makes the source ask, which … */
  if ((self->member.place != ZMQG_PLACE_PARKED && (known & G_IO_IN) != 0) || errsv != 0 ||
      ((known & G_IO_OUT) != 0 && zmqg_socket_wants_to_send (self)))
    zmqg_hub_touch (&self->member);
  if (self->stash != NULL)
    known |= G_IO_IN;
  if (!zmqg_socket_can_receive (self))
    known &= ~G_IO_IN;
  if (errsv != 0)
    known = G_IO_ERR;

  return known & (condition | G_IO_ERR);
}

static gboolean
is_closed (ZmqgSocketSource *self)
{
  return self->socket->handle == NULL || self->socket->process != zmqg_process_get_id ();
}

/* Asks libzmq only if the socket was used meanwhile, or if what was asked for held last time:
 * the condition is a level. The main context must be the socket's own. */
static GIOCondition
update_condition (ZmqgSocketSource *self,
                  gboolean          fired)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  guint uses = self->socket->member.uses;

  if (is_closed (self))
    return self->told_closed ? 0 : G_IO_NVAL;
  if (!zmqg_hold_take (&hold, self->socket->main_context))
    return 0;

  if (fired || self->known != 0 || self->uses != uses)
    {
      self->known = query_condition (self->socket, self->condition);
      self->uses = self->socket->member.uses;
    }

  return self->known;
}

static gboolean
zmqg_socket_source_prepare (GSource *source,
                            int     *timeout)
{
  *timeout = -1;

  return update_condition ((ZmqgSocketSource *) source, FALSE) != 0;
}

static gboolean
zmqg_socket_source_check (GSource *source)
{
  ZmqgSocketSource *self = (ZmqgSocketSource *) source;

  return update_condition (self, (self->poll.revents & G_IO_IN) != 0) != 0;
}

static gboolean
zmqg_socket_source_dispatch (GSource     *source,
                             GSourceFunc  callback,
                             gpointer     user_data)
{
  ZmqgSocketSource *self = (ZmqgSocketSource *) source;
  ZmqgSocketSourceFunc func = (ZmqgSocketSourceFunc) (void (*) (void)) callback;
  GIOCondition condition = update_condition (self, TRUE);

  if (is_closed (self) && self->poll.fd != -1)
    {
      /* Its number may be somebody else's by now */
      g_source_remove_poll (source, &self->poll);
      self->poll.fd = -1;
    }
  self->told_closed = is_closed (self);
  /* A cancellable, which is a child source, has called; or the rest was taken meanwhile */
  if (condition == 0 && !g_cancellable_is_cancelled (self->cancellable))
    return G_SOURCE_CONTINUE;
  if (func == NULL)
    {
      g_warning ("A source on a ZeroMQ socket was dispatched without a callback");
      return G_SOURCE_REMOVE;
    }

  return func (self->socket, condition, user_data);
}

static void
zmqg_socket_source_finalize (GSource *source)
{
  ZmqgSocketSource *self = (ZmqgSocketSource *) source;

  g_object_unref (self->socket);
  g_clear_object (&self->cancellable);
}

static gboolean
zmqg_socket_source_closure_callback (ZmqgSocket   *socket,
                                     GIOCondition  condition,
                                     gpointer      user_data)
{
  GValue params[2] = { G_VALUE_INIT, G_VALUE_INIT };
  GValue result = G_VALUE_INIT;
  gboolean again;

  g_value_init (&result, G_TYPE_BOOLEAN);
  g_value_init (&params[0], ZMQG_TYPE_SOCKET);
  g_value_set_object (&params[0], socket);
  g_value_init (&params[1], G_TYPE_IO_CONDITION);
  g_value_set_flags (&params[1], condition);

  g_closure_invoke (user_data, &result, 2, params, NULL);

  again = g_value_get_boolean (&result);
  g_value_unset (&result);
  g_value_unset (&params[0]);
  g_value_unset (&params[1]);

  return again;
}

static GSourceFuncs zmqg_socket_source_funcs = {
  .prepare = zmqg_socket_source_prepare,
  .check = zmqg_socket_source_check,
  .dispatch = zmqg_socket_source_dispatch,
  .finalize = zmqg_socket_source_finalize,
  .closure_callback = (GSourceFunc) (void (*) (void)) zmqg_socket_source_closure_callback,
};

static void
add_cancellable (GSource      *source,
                 GCancellable *cancellable)
{
  g_autoptr (GSource) child = g_cancellable_source_new (cancellable);

  g_source_set_dummy_callback (child);
  g_source_add_child_source (source, child);
}

/**
 * zmqg_socket_create_source:
 * @self: a socket
 * @condition: `G_IO_IN`, `G_IO_OUT` or both
 * @cancellable: (nullable): a cancellable
 *
 * Creates a source that is ready as long as @self is, for those who want to receive and send at
 * their own pace.
 *
 * Set a [callback@SocketSourceFunc] with `g_source_set_callback()`, and attach the source to
 * the socket's own main context. From Python and JavaScript, a function given to
 * `GObject.source_set_closure()` gets the socket and the condition, and one given to
 * `set_callback()` neither of them. The source is level-triggered: the callback is called in
 * every turn in which a condition holds. It is also called when @cancellable is cancelled, and
 * once with `G_IO_NVAL` when the socket is closed.
 *
 * The source holds a reference to @self. To be called by the holder of the main context.
 *
 * Returns: (transfer full): a new source
 *
 * Since: 1.0
 */
GSource *
zmqg_socket_create_source (ZmqgSocket   *self,
                           GIOCondition  condition,
                           GCancellable *cancellable)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  ZmqgSocketSource *source;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);
  g_return_val_if_fail ((condition & ~(G_IO_IN | G_IO_OUT)) == 0, NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  source = (ZmqgSocketSource *) g_source_new (&zmqg_socket_source_funcs, sizeof (ZmqgSocketSource));
  g_source_set_static_name (&source->source, "[zmqg socket]");
  source->socket = g_object_ref (self);
  source->condition = condition;
  source->known = condition;
  source->poll.fd = -1;
  if (self->handle != NULL && self->member.hub != NULL)
    {
      source->poll.fd = self->member.fd;
      source->poll.events = G_IO_IN;
      g_source_add_poll (&source->source, &source->poll);
    }
  if (cancellable != NULL)
    {
      source->cancellable = g_object_ref (cancellable);
      add_cancellable (&source->source, cancellable);
    }

  return &source->source;
}

/**
 * zmqg_socket_condition_check:
 * @self: a socket
 * @condition: `G_IO_IN`, `G_IO_OUT` or both
 *
 * Asks which conditions hold now: whether a message could be received, and whether libzmq
 * would take one.
 *
 * To be called by the holder of the main context.
 *
 * Returns: those of @condition that hold, or `G_IO_NVAL` if the socket is closed
 *
 * Since: 1.0
 */
GIOCondition
zmqg_socket_condition_check (ZmqgSocket   *self,
                             GIOCondition  condition)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), 0);

  if (!zmqg_socket_hold (self, &hold, "check", NULL, &error))
    {
      if (!g_error_matches (error, ZMQG_ERROR, ZMQG_ERROR_WRONG_CONTEXT))
        return G_IO_NVAL;
      g_critical ("%s", error->message);
      return 0;
    }

  return query_condition (self, condition);
}
