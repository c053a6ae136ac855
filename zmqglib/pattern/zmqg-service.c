/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/loop/zmqg-main-context-private.h>
#include <zmqglib/pattern/zmqg-envelope-private.h>
#include <zmqglib/pattern/zmqg-request-private.h>
#include <zmqglib/pattern/zmqg-service.h>

/**
 * ZmqgService:
 *
 * Answers requests, of [class@Client] and of any REQ or DEALER that keeps to the request-reply
 * pattern.
 *
 * ```c
 * static void
 * request_cb (ZmqgService *service,
 *             ZmqgRequest *request,
 *             gpointer     user_data)
 * {
 *   zmqg_request_reply (request, zmqg_request_get_message (request), NULL);
 * }
 * ```
 *
 * A request may be kept and answered later, see [class@Request].
 *
 * Replies to a client that does not read them are kept up to
 * [property@Socket:send-high-water-mark] of [property@Service:socket], 100000 by default, and
 * thrown away beyond it, so that no client holds up the others.
 *
 * # Threads
 *
 * A service belongs to the [struct@GLib.MainContext] that is thread-default where it is made; the
 * signal comes from a dispatch of it. [method@Service.close], reading properties and
 * releasing the last reference are safe from any thread.
 *
 * Since: 1.0
 */
struct _ZmqgService
{
  GObject parent_instance;

  ZmqgContext *context;
  GMainContext *main_context;
  ZmqgSocket *socket;
  ZmqgServiceCounters *counters;
  /* By the holder of the main context; read by others */
  int is_closed;
};

typedef enum
{
  PROP_CONTEXT = 1,
  PROP_MAIN_CONTEXT,
  PROP_SOCKET,
  PROP_N_PENDING,
  PROP_N_DROPPED,
  PROP_N_INVALID,
} ZmqgServiceProperty;

static GParamSpec *properties[PROP_N_INVALID + 1];

typedef enum
{
  SIGNAL_REQUEST,
  N_SIGNALS,
} ZmqgServiceSignal;

static guint signals[N_SIGNALS];

static void zmqg_service_initable_init (GInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZmqgService, zmqg_service, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, zmqg_service_initable_init))

/* A ROUTER throws away what a peer's pipe has no room for. libzmq's own mark of 1000 loses
 * replies to a client that reads all, with 1000 requests in flight. */
#define HIGH_WATER_MARK 100000

#define READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)
#define FIXED (G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS)

static void
message_cb (ZmqgSocket  *socket,
            ZmqgMessage *message,
            gpointer     user_data)
{
  g_autoptr (ZmqgService) self = g_object_ref (ZMQG_SERVICE (user_data));
  g_autoptr (ZmqgRequest) request = NULL;
  guint first;

  if (!zmqg_envelope_find_body (message, &first))
    {
      g_atomic_int_inc (&self->counters->n_invalid);
      g_debug ("A message without an empty delimiter is no request: dropped");
      return;
    }

  request = zmqg_request_new (socket, self->counters, message, first);
  g_signal_emit (self, signals[SIGNAL_REQUEST], 0, request);
}

static void
close_held (ZmqgService *self)
{
  if (self->is_closed)
    return;

  g_atomic_int_set (&self->is_closed, TRUE);
  zmqg_socket_set_message_func (self->socket, NULL, NULL, NULL);
  zmqg_socket_close (self->socket);
}

static gboolean
close_cb (gpointer user_data)
{
  close_held (user_data);

  return G_SOURCE_REMOVE;
}

static void
zmqg_service_constructed (GObject *object)
{
  ZmqgService *self = ZMQG_SERVICE (object);

  G_OBJECT_CLASS (zmqg_service_parent_class)->constructed (object);

  if (self->main_context == NULL)
    self->main_context = g_main_context_ref_thread_default ();
  /* Replies of other threads wait here until the main loop runs: as many as there are requests */
  self->socket = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", ZMQG_SOCKET_TYPE_ROUTER, "context",
                               self->context, "main-context", self->main_context,
                               "send-queue-limit", 0, "send-high-water-mark", HIGH_WATER_MARK,
                               NULL);
  zmqg_socket_set_message_func (self->socket, message_cb, self, NULL);
}

static gboolean
zmqg_service_init_initable (GInitable     *initable,
                            GCancellable  *cancellable,
                            GError       **error)
{
  return g_initable_init (G_INITABLE (ZMQG_SERVICE (initable)->socket), cancellable, error);
}

static void
zmqg_service_initable_init (GInitableIface *iface)
{
  iface->init = zmqg_service_init_initable;
}

static void
zmqg_service_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  ZmqgService *self = ZMQG_SERVICE (object);

  switch ((ZmqgServiceProperty) prop_id)
    {
    case PROP_CONTEXT:
      g_value_set_object (value, zmqg_socket_get_context (self->socket));
      break;
    case PROP_MAIN_CONTEXT:
      g_value_set_boxed (value, self->main_context);
      break;
    case PROP_SOCKET:
      g_value_set_object (value, self->socket);
      break;
    case PROP_N_PENDING:
      g_value_set_uint (value, g_atomic_int_get (&self->counters->n_pending));
      break;
    case PROP_N_DROPPED:
      g_value_set_uint (value, g_atomic_int_get (&self->counters->n_dropped));
      break;
    case PROP_N_INVALID:
      g_value_set_uint (value, g_atomic_int_get (&self->counters->n_invalid));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
zmqg_service_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  ZmqgService *self = ZMQG_SERVICE (object);

  switch ((ZmqgServiceProperty) prop_id)
    {
    case PROP_CONTEXT:
      self->context = g_value_dup_object (value);
      break;
    case PROP_MAIN_CONTEXT:
      self->main_context = g_value_dup_boxed (value);
      break;
    case PROP_SOCKET:
    case PROP_N_PENDING:
    case PROP_N_DROPPED:
    case PROP_N_INVALID:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
zmqg_service_dispose (GObject *object)
{
  zmqg_service_close (ZMQG_SERVICE (object));

  G_OBJECT_CLASS (zmqg_service_parent_class)->dispose (object);
}

static void
zmqg_service_finalize (GObject *object)
{
  ZmqgService *self = ZMQG_SERVICE (object);

  g_object_unref (self->socket);
  g_clear_object (&self->context);
  g_main_context_unref (self->main_context);
  g_atomic_rc_box_release (self->counters);

  G_OBJECT_CLASS (zmqg_service_parent_class)->finalize (object);
}

static void
install_identity (void)
{
  /**
   * ZmqgService:context:
   *
   * The ZeroMQ context; by default the one of [func@Context.get_default].
   *
   * Since: 1.0
   */
  properties[PROP_CONTEXT] =
    g_param_spec_object ("context", NULL, NULL, ZMQG_TYPE_CONTEXT, FIXED);

  /**
   * ZmqgService:main-context:
   *
   * The main context that owns the service; by default the one that is thread-default where the
   * service is made.
   *
   * Since: 1.0
   */
  properties[PROP_MAIN_CONTEXT] =
    g_param_spec_boxed ("main-context", NULL, NULL, G_TYPE_MAIN_CONTEXT, FIXED);

  /**
   * ZmqgService:socket: (getter get_socket)
   *
   * The ROUTER, for its options and security; sending and receiving are the service's.
   *
   * Since: 1.0
   */
  properties[PROP_SOCKET] =
    g_param_spec_object ("socket", NULL, NULL, ZMQG_TYPE_SOCKET, READABLE);

}

static void
install_counters (void)
{
  /**
   * ZmqgService:n-pending:
   *
   * How many requests have been received and not been released. Not notified.
   *
   * Since: 1.0
   */
  properties[PROP_N_PENDING] =
    g_param_spec_uint ("n-pending", NULL, NULL, 0, G_MAXUINT, 0, READABLE);

  /**
   * ZmqgService:n-dropped:
   *
   * How many requests were released without a reply. Not notified.
   *
   * Since: 1.0
   */
  properties[PROP_N_DROPPED] =
    g_param_spec_uint ("n-dropped", NULL, NULL, 0, G_MAXUINT, 0, READABLE);

  /**
   * ZmqgService:n-invalid:
   *
   * How many messages were dropped because they are no requests: without an empty frame that ends
   * the envelope, or with nothing after it. Not notified.
   *
   * Since: 1.0
   */
  properties[PROP_N_INVALID] =
    g_param_spec_uint ("n-invalid", NULL, NULL, 0, G_MAXUINT, 0, READABLE);
}

static void
zmqg_service_class_init (ZmqgServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = zmqg_service_constructed;
  object_class->get_property = zmqg_service_get_property;
  object_class->set_property = zmqg_service_set_property;
  object_class->dispose = zmqg_service_dispose;
  object_class->finalize = zmqg_service_finalize;
  install_identity ();
  install_counters ();
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * ZmqgService::request:
   * @self: the service
   * @request: what was asked
   *
   * Emitted for each request. It may be kept and answered later; if nobody keeps it, it is
   * dropped.
   *
   * Since: 1.0
   */
  signals[SIGNAL_REQUEST] =
    g_signal_new ("request", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, ZMQG_TYPE_REQUEST);
}

static void
zmqg_service_init (ZmqgService *self)
{
  self->counters = g_atomic_rc_box_new0 (ZmqgServiceCounters);
}

/**
 * zmqg_service_new:
 * @context: (nullable): a ZeroMQ context, or `NULL` for the default one
 * @error: return location for a [struct@GLib.Error]
 *
 * Creates a service, owned by the thread-default main context.
 *
 * Fails like [ctor@Socket.new].
 *
 * Returns: (transfer full): a new service
 *
 * Since: 1.0
 */
ZmqgService *
zmqg_service_new (ZmqgContext  *context,
                  GError      **error)
{
  g_return_val_if_fail (context == NULL || ZMQG_IS_CONTEXT (context), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return g_initable_new (ZMQG_TYPE_SERVICE, NULL, error, "context", context, NULL);
}

/**
 * zmqg_service_bind:
 * @self: a service
 * @endpoint: where clients are to connect, such as `tcp://127.0.0.1:5557`
 * @error: return location for a [struct@GLib.Error]
 *
 * Lets clients connect; see [method@Socket.bind]. The address that a wildcard came to is
 * [property@Socket:last-endpoint] of [property@Service:socket].
 *
 * Returns: whether it succeeded
 *
 * Since: 1.0
 */
gboolean
zmqg_service_bind (ZmqgService  *self,
                   const char   *endpoint,
                   GError      **error)
{
  g_return_val_if_fail (ZMQG_IS_SERVICE (self), FALSE);

  return zmqg_socket_bind (self->socket, endpoint, error);
}

/**
 * zmqg_service_close:
 * @self: a service
 *
 * Closes the service. Requests that are kept can no longer be answered.
 *
 * May be called from any thread, and more than once.
 *
 * Since: 1.0
 */
void
zmqg_service_close (ZmqgService *self)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;

  g_return_if_fail (ZMQG_IS_SERVICE (self));

  if (g_atomic_int_get (&self->is_closed))
    return;
  if (zmqg_hold_take (&hold, self->main_context))
    close_held (self);
  else
    zmqg_main_context_post (self->main_context, G_PRIORITY_DEFAULT, close_cb,
                            g_object_ref (self), g_object_unref);
}

/**
 * zmqg_service_get_socket: (get-property socket)
 * @self: a service
 *
 * Gets the ROUTER, for its options and security.
 *
 * Returns: (transfer none): the socket
 *
 * Since: 1.0
 */
ZmqgSocket *
zmqg_service_get_socket (ZmqgService *self)
{
  g_return_val_if_fail (ZMQG_IS_SERVICE (self), NULL);

  return self->socket;
}
