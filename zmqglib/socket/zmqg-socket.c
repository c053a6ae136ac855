/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error.h>
#include <zmqglib/socket/zmqg-socket-private.h>

/**
 * ZmqgSocket:
 *
 * A ZeroMQ socket in a GLib main loop.
 *
 * ```c
 * g_autoptr (ZmqgSocket) socket = zmqg_socket_new (ZMQG_SOCKET_TYPE_SUB, &error);
 *
 * g_signal_connect (socket, "message-received", G_CALLBACK (message_received_cb), NULL);
 * zmqg_socket_subscribe (socket, "weather", &error);
 * zmqg_socket_connect_to (socket, "tcp://127.0.0.1:5556", &error);
 * ```
 *
 * # Threads
 *
 * A socket belongs to one [struct@GLib.MainContext], [property@Socket:main-context]. All
 * signals come from a dispatch of it, never from inside a call of yours. Whoever holds that
 * main context may call everything: the thread that runs it, or, while nobody runs it, any.
 * From other threads [method@Socket.send], [method@Socket.close], reading properties and
 * releasing the last reference are safe; all else fails with
 * [error@Error.WRONG_CONTEXT] and changes nothing.
 *
 * # Receiving
 *
 * Messages are handed to the function of [method@Socket.set_message_func], else to
 * [signal@Socket::messages-received] and [signal@Socket::message-received]. As long as nobody
 * is there to take them, or [property@Socket:paused] is set, they stay in libzmq, whose
 * high-water mark then holds the sender back.
 *
 * # Sending
 *
 * [method@Socket.send] never blocks: what libzmq does not take at once waits in a queue
 * bounded by [property@Socket:send-queue-limit]. What the socket types themselves drop is
 * dropped here too: what nobody subscribed to on PUB and XPUB, and what is addressed to an
 * unknown peer on ROUTER without [property@Socket:router-mandatory] and on REP.
 *
 * # Life time
 *
 * The main loop does not keep a socket alive. Releasing the last reference closes it, with
 * its [property@Socket:linger]. After `fork()` it is inert in the child.
 *
 * # Options
 *
 * The options of libzmq are properties; where a property does not say otherwise, it
 * takes effect at once. Some take effect for endpoints bound or connected afterwards only.
 *
 * Since: 1.0
 */

static void zmqg_socket_initable_init (GInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZmqgSocket, zmqg_socket, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, zmqg_socket_initable_init))

/* Enough for a batch to be cheap, few enough if its handler turns out to be slow */
#define FIRST_BATCH 256

/* Work is done here rather than in init(): bindings of other languages call only
 * g_object_new(). */
static void
zmqg_socket_constructed (GObject *object)
{
  ZmqgSocket *self = ZMQG_SOCKET (object);

  G_OBJECT_CLASS (zmqg_socket_parent_class)->constructed (object);

  self->process = zmqg_process_get_id ();
  if (self->context == NULL)
    self->context = g_object_ref (zmqg_context_get_default ());
  if (self->main_context == NULL)
    self->main_context = g_main_context_ref_thread_default ();
  g_weak_ref_init (&self->context_member.object, self);
  self->context_member.close = (void (*) (gpointer)) zmqg_socket_close;

  self->constructing = FALSE;
  zmqg_socket_open (self, &self->open_error);
}

static gboolean
zmqg_socket_init_initable (GInitable     *initable,
                           GCancellable  *cancellable,
                           GError       **error)
{
  ZmqgSocket *self = ZMQG_SOCKET (initable);

  if (self->open_error == NULL)
    return TRUE;

  g_propagate_error (error, g_error_copy (self->open_error));
  return FALSE;
}

static void
zmqg_socket_initable_init (GInitableIface *iface)
{
  iface->init = zmqg_socket_init_initable;
}

/* By the holder of the main context */
static void
abandon (ZmqgSocket *self)
{
  if (self->handle != NULL)
    zmqg_socket_abandon (self);
  g_clear_pointer (&self->message_callback, zmqg_message_callback_unref);
}

static gboolean
abandon_cb (gpointer user_data)
{
  abandon (user_data);

  return G_SOURCE_REMOVE;
}

/* The owner may be in the middle of serving the socket: in another thread a reference goes over
 * to it. The socket is closed there before that one is released: the thread that is in dispose
 * now may be the last to let go after all, and finalizes it then without asking again. */
static void
zmqg_socket_dispose (GObject *object)
{
  ZmqgSocket *self = ZMQG_SOCKET (object);
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;

  if (self->process == zmqg_process_get_id ())
    {
      gboolean is_over = self->handle == NULL && self->message_callback == NULL;

      if (!is_over && !zmqg_hold_take (&hold, self->main_context))
        {
          zmqg_main_context_post (self->main_context, self->priority, abandon_cb,
                                  g_object_ref (self), g_object_unref);
          return;
        }
      abandon (self);
    }

  G_OBJECT_CLASS (zmqg_socket_parent_class)->dispose (object);
}

static void
zmqg_socket_finalize (GObject *object)
{
  ZmqgSocket *self = ZMQG_SOCKET (object);

  for (guint i = self->n_told; i < self->notices->len; i++)
    zmqg_notice_clear (&g_array_index (self->notices, ZmqgNotice, i));
  g_array_unref (self->notices);
  zmqg_send_queue_clear (&self->queue);
  g_clear_pointer (&self->stash, zmqg_message_unref);

  g_ptr_array_unref (self->bindings);
  g_ptr_array_unref (self->connections);
  g_hash_table_unref (self->routing_ids);
  g_ptr_array_unref (self->subscriptions);
  g_strfreev (self->bind_endpoints);
  g_strfreev (self->connect_endpoints);
  g_strfreev (self->first_subscriptions);
  g_free (self->last_endpoint);
  zmqg_options_free (self->options);
  g_clear_error (&self->open_error);
  g_mutex_clear (&self->lock);

  g_weak_ref_clear (&self->context_member.object);
  g_main_context_unref (self->main_context);
  g_object_unref (self->context);

  G_OBJECT_CLASS (zmqg_socket_parent_class)->finalize (object);
}

static void
zmqg_socket_class_init (ZmqgSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = zmqg_socket_constructed;
  object_class->dispose = zmqg_socket_dispose;
  object_class->finalize = zmqg_socket_finalize;

  zmqg_socket_install_properties (object_class);
  zmqg_options_install (object_class, ZMQG_PROP_FIRST_OPTION);
  zmqg_socket_add_signals (G_TYPE_FROM_CLASS (klass));
}

static void
zmqg_socket_init (ZmqgSocket *self)
{
  self->constructing = TRUE;
  self->batch_limit = FIRST_BATCH;
  self->options = zmqg_options_new ();
  self->bindings = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_binding_free);
  self->connections = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_connection_free);
  self->ipc_mode = -1;
  self->routing_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->subscriptions = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->notices = g_array_new (FALSE, FALSE, sizeof (ZmqgNotice));
  g_mutex_init (&self->lock);
  zmqg_send_queue_init (&self->queue);
  self->queue.limit = ZMQG_SEND_QUEUE_LIMIT;
}

/**
 * zmqg_socket_new:
 * @type: the socket type
 * @error: return location for a [struct@GLib.Error]
 *
 * Creates a socket in the default context, owned by the thread-default main context.
 *
 * Fails with `G_IO_ERROR_NOT_SUPPORTED` for a type that is not of the stable API, and with
 * `G_IO_ERROR_TOO_MANY_OPEN_FILES` when no more sockets or file descriptors are to be had.
 *
 * Returns: (transfer full): a new socket
 *
 * Since: 1.0
 */
ZmqgSocket *
zmqg_socket_new (ZmqgSocketType   type,
                 GError         **error)
{
  return zmqg_socket_new_with_context (NULL, type, error);
}

/**
 * zmqg_socket_new_with_context:
 * @context: (nullable): a ZeroMQ context, or `NULL` for the default one
 * @type: the socket type
 * @error: return location for a [struct@GLib.Error]
 *
 * Creates a socket in a context, owned by the thread-default main context.
 *
 * Fails like [ctor@Socket.new].
 *
 * Returns: (transfer full): a new socket
 *
 * Since: 1.0
 */
ZmqgSocket *
zmqg_socket_new_with_context (ZmqgContext     *context,
                              ZmqgSocketType   type,
                              GError         **error)
{
  g_return_val_if_fail (context == NULL || ZMQG_IS_CONTEXT (context), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  /* A GParamSpec would complain of a value that is not in the enumeration */
  if ((guint) type > ZMQG_SOCKET_TYPE_STREAM)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "Could not create a socket: %d is not a socket type of the stable API",
                   (int) type);
      return NULL;
    }

  return g_initable_new (ZMQG_TYPE_SOCKET, NULL, error, "context", context,
                         "socket-type", type, NULL);
}

/**
 * zmqg_socket_get_context: (get-property context)
 * @self: a socket
 *
 * Gets the ZeroMQ context.
 *
 * Returns: (transfer none): the context
 *
 * Since: 1.0
 */
ZmqgContext *
zmqg_socket_get_context (ZmqgSocket *self)
{
  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);

  return self->context;
}

/**
 * zmqg_socket_get_socket_type: (get-property socket-type)
 * @self: a socket
 *
 * Gets the socket type.
 *
 * Returns: the socket type
 *
 * Since: 1.0
 */
ZmqgSocketType
zmqg_socket_get_socket_type (ZmqgSocket *self)
{
  g_return_val_if_fail (ZMQG_IS_SOCKET (self), ZMQG_SOCKET_TYPE_PAIR);

  return self->type;
}

/**
 * zmqg_socket_get_main_context: (get-property main-context)
 * @self: a socket
 *
 * Gets the main context that owns the socket.
 *
 * Returns: (transfer none): the main context
 *
 * Since: 1.0
 */
GMainContext *
zmqg_socket_get_main_context (ZmqgSocket *self)
{
  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);

  return self->main_context;
}

/**
 * zmqg_socket_get_handle: (skip)
 * @self: a socket
 *
 * Gets libzmq's socket, for what this library has no call for.
 *
 * To be called by the holder of the main context. It counts as one use of the socket, which
 * libzmq is asked about afterwards: get the handle anew for each use, and do not keep it.
 *
 * Returns: (transfer none) (nullable): the socket of libzmq, or `NULL` if it is closed
 *
 * Since: 1.0
 */
gpointer
zmqg_socket_get_handle (ZmqgSocket *self)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);

  if (!zmqg_socket_hold (self, &hold, "use", NULL, &error))
    {
      if (g_error_matches (error, ZMQG_ERROR, ZMQG_ERROR_WRONG_CONTEXT))
        g_critical ("%s", error->message);
      return NULL;
    }
  zmqg_hub_touch (&self->member);

  return self->handle;
}
