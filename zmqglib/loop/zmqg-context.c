/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-process-private.h>
#include <zmqglib/loop/zmqg-context-private.h>

#include <zmq.h>

/* In zmq.h it is hidden among the drafts, but libzmq 4.3.4 honours it. By default, frames below
 * 8 KiB are views of a read buffer, which each of them keeps whole: 20 KB for a kept frame of
 * 64 B. Without it libzmq's I/O thread makes them of their own. */
#ifndef ZMQ_ZERO_COPY_RECV
# define ZMQ_ZERO_COPY_RECV 10
#endif

/* libzmq counts sockets that are closed and still linger; they are not the application's. */
#define CLOSING_SOCKETS 8192

/**
 * ZmqgContext:
 *
 * What the sockets of a program share: libzmq's I/O threads, and the names of `inproc`
 * endpoints.
 *
 * Most programs need only the default one ([func@Context.get_default]). A context may be used
 * from any thread. Sockets keep it alive; when the last reference goes, it ends in a thread
 * of its own, so that no main loop ever waits for a peer that does not take its messages.
 *
 * To be sure that what was sent has left before the process ends, wait for
 * [method@Context.terminate_async].
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE (ZmqgContext, zmqg_context, G_TYPE_OBJECT)

typedef enum
{
  PROP_IO_THREADS = 1,
  PROP_MAX_SOCKETS,
  PROP_MAX_MESSAGE_SIZE,
  PROP_IPV6,
  PROP_N_SOCKETS,
} ZmqgContextProperty;

static GParamSpec *properties[PROP_N_SOCKETS + 1];

static void
zmqg_context_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  ZmqgContext *self = ZMQG_CONTEXT (object);

  switch ((ZmqgContextProperty) prop_id)
    {
    case PROP_IO_THREADS:
      g_value_set_int (value, self->io_threads);
      break;
    case PROP_MAX_SOCKETS:
      g_value_set_int (value, self->max_sockets);
      break;
    case PROP_MAX_MESSAGE_SIZE:
      g_value_set_int (value, self->max_message_size);
      break;
    case PROP_IPV6:
      g_value_set_boolean (value, self->ipv6);
      break;
    case PROP_N_SOCKETS:
      g_value_set_uint (value, zmqg_context_get_n_sockets (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_max_sockets (ZmqgContext *self,
                 int          max_sockets)
{
  if (self->max_sockets == max_sockets)
    return;

  self->max_sockets = max_sockets;
  if (self->handle != NULL && self->process == zmqg_process_get_id ())
    zmq_ctx_set (self->handle, ZMQ_MAX_SOCKETS, max_sockets + CLOSING_SOCKETS);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_SOCKETS]);
}

static void
set_option (ZmqgContext *self,
            int         *cache,
            int          option,
            int          value,
            guint        prop_id)
{
  if (*cache == value)
    return;

  *cache = value;
  if (self->handle != NULL && self->process == zmqg_process_get_id ())
    zmq_ctx_set (self->handle, option, value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

static void
zmqg_context_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  ZmqgContext *self = ZMQG_CONTEXT (object);

  switch ((ZmqgContextProperty) prop_id)
    {
    case PROP_IO_THREADS:
      set_option (self, &self->io_threads, ZMQ_IO_THREADS, g_value_get_int (value), prop_id);
      break;
    case PROP_MAX_SOCKETS:
      set_max_sockets (self, g_value_get_int (value));
      break;
    case PROP_MAX_MESSAGE_SIZE:
      set_option (self, &self->max_message_size, ZMQ_MAX_MSGSZ, g_value_get_int (value), prop_id);
      break;
    case PROP_IPV6:
      set_option (self, &self->ipv6, ZMQ_IPV6, g_value_get_boolean (value), prop_id);
      break;
    case PROP_N_SOCKETS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
zmqg_context_finalize (GObject *object)
{
  ZmqgContext *self = ZMQG_CONTEXT (object);

  zmqg_context_end (self);
  g_hash_table_unref (self->inproc_names);
  g_ptr_array_unref (self->lingering);
  g_ptr_array_unref (self->waiting);
  g_main_context_unref (self->main_context);
  g_cond_clear (&self->emptied);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (zmqg_context_parent_class)->finalize (object);
}

static void
zmqg_context_class_init (ZmqgContextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = zmqg_context_get_property;
  object_class->set_property = zmqg_context_set_property;
  object_class->finalize = zmqg_context_finalize;

  /**
   * ZmqgContext:io-threads:
   *
   * The number of libzmq's I/O threads (`ZMQ_IO_THREADS`); takes effect before the first
   * socket is made. 0 is enough where all endpoints are `inproc`.
   *
   * Since: 1.0
   */
  properties[PROP_IO_THREADS] =
    g_param_spec_int ("io-threads", NULL, NULL, 0, 1024, ZMQ_IO_THREADS_DFLT,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ZmqgContext:max-sockets:
   *
   * How many sockets there may be at a time (`ZMQ_MAX_SOCKETS`), not counting closed ones that
   * linger; can be raised before the first socket is made.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_SOCKETS] =
    g_param_spec_int ("max-sockets", NULL, NULL, 1, 65535 - CLOSING_SOCKETS, ZMQ_MAX_SOCKETS_DFLT,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ZmqgContext:max-message-size:
   *
   * The largest frame a peer may send to any socket made from now on, in bytes
   * (`ZMQ_MAX_MSGSZ`); see [property@Socket:max-message-size] for one socket.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_MESSAGE_SIZE] =
    g_param_spec_int ("max-message-size", NULL, NULL, 0, G_MAXINT, G_MAXINT,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ZmqgContext:ipv6:
   *
   * Whether sockets made from now on use IPv6 (`ZMQ_IPV6`).
   *
   * Since: 1.0
   */
  properties[PROP_IPV6] =
    g_param_spec_boolean ("ipv6", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ZmqgContext:n-sockets: (getter get_n_sockets)
   *
   * The number of sockets that are not closed.
   *
   * Changes are notified in the main context that was thread-default where the context was
   * made.
   *
   * Since: 1.0
   */
  properties[PROP_N_SOCKETS] =
    g_param_spec_uint ("n-sockets", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
zmqg_context_init (ZmqgContext *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->emptied);
  g_queue_init (&self->members);
  self->inproc_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lingering = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_lingering_free);
  self->waiting = g_ptr_array_new ();
  self->main_context = g_main_context_ref_thread_default ();
  self->process = zmqg_process_get_id ();
  self->io_threads = ZMQ_IO_THREADS_DFLT;
  self->max_sockets = ZMQ_MAX_SOCKETS_DFLT;
  self->max_message_size = G_MAXINT;

  zmqg_context_open (self);
}

/* Again with the first socket, should there have been no file descriptor at first */
void
zmqg_context_open (ZmqgContext *self)
{
  self->handle = zmq_ctx_new ();
  if (self->handle == NULL)
    {
      self->open_errno = zmq_errno ();
      return;
    }

  zmq_ctx_set (self->handle, ZMQ_ZERO_COPY_RECV, FALSE);
  zmq_ctx_set (self->handle, ZMQ_IO_THREADS, self->io_threads);
  zmq_ctx_set (self->handle, ZMQ_MAX_SOCKETS, self->max_sockets + CLOSING_SOCKETS);
  zmq_ctx_set (self->handle, ZMQ_IPV6, self->ipv6);
}

/**
 * zmqg_context_new:
 *
 * Creates a context of its own, whose `inproc` endpoints are not those of the default one.
 *
 * Never fails: should libzmq be out of file descriptors, the first socket tells.
 *
 * Returns: (transfer full): a new context
 *
 * Since: 1.0
 */
ZmqgContext *
zmqg_context_new (void)
{
  return g_object_new (ZMQG_TYPE_CONTEXT, NULL);
}

/**
 * zmqg_context_get_default:
 *
 * Gets the context that sockets use when none is given; it is made on first use.
 *
 * In a forked child it is not the parent's, but a new one.
 *
 * Returns: (transfer none): the default context of this process
 *
 * Since: 1.0
 */
ZmqgContext *
zmqg_context_get_default (void)
{
  static GMutex lock;
  static ZmqgContext *context = NULL;
  ZmqgContext *result;

  g_mutex_lock (&lock);
  /* The parent's is inert in a forked child, and its sockets may still refer to it */
  if (context == NULL || context->process != zmqg_process_get_id () || context->terminating)
    {
      ZmqgContext *former = context;

      context = zmqg_context_new ();
      /* Whoever got the former one has no reference of his own */
      if (former != NULL && former->process == zmqg_process_get_id ())
        g_object_set_data_full (G_OBJECT (context), "zmqg-former", former, g_object_unref);
    }
  result = context;
  g_mutex_unlock (&lock);

  return result;
}

/**
 * zmqg_context_get_n_sockets: (get-property n-sockets)
 * @self: a context
 *
 * Gets the number of sockets that are not closed.
 *
 * Returns: the number of sockets
 *
 * Since: 1.0
 */
guint
zmqg_context_get_n_sockets (ZmqgContext *self)
{
  guint n_sockets;

  g_return_val_if_fail (ZMQG_IS_CONTEXT (self), 0);

  g_mutex_lock (&self->lock);
  n_sockets = self->members.length;
  g_mutex_unlock (&self->lock);

  return n_sockets;
}

/**
 * zmqg_context_get_handle: (skip)
 * @self: a context
 *
 * Gets libzmq's context, for code that uses libzmq itself.
 *
 * Returns: (transfer none) (nullable): the context of libzmq, or `NULL` if it could not be
 *   made or was terminated
 *
 * Since: 1.0
 */
gpointer
zmqg_context_get_handle (ZmqgContext *self)
{
  g_return_val_if_fail (ZMQG_IS_CONTEXT (self), NULL);

  return self->handle;
}
