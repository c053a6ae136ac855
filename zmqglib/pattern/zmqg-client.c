/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/pattern/zmqg-client-private.h>

/**
 * ZmqgClient:
 *
 * Asks services: any number of requests at once, each with its own reply.
 *
 * ```c
 * g_autoptr (ZmqgClient) client = zmqg_client_new (NULL, &error);
 *
 * zmqg_client_connect_to (client, "tcp://127.0.0.1:5557", &error);
 * zmqg_client_request_async (client, message, NULL, replied_cb, NULL);
 * ```
 *
 * What was lost on the way, or in a server that died, is asked again after a time, see
 * [method@Client.request_async]. With several endpoints the requests go to them in turn, as
 * far as they are connected.
 *
 * # On the wire
 *
 * A request is an id, an empty frame, and the frames of the message; the socket is a DEALER.
 * The id (the four bytes `ZGQ1` and a number of eight) belongs to the envelope, which every REP
 * and every ROUTER that keeps to the request-reply pattern returns as it came, also through
 * proxies. [class@Service] is such a ROUTER, but not needed.
 *
 * An error is a reply whose id begins with `ZGE1` instead, and whose body is four frames of text:
 * `ERROR`, the domain, the code, and the message. A peer that returns envelopes as they
 * came never makes one.
 *
 * # Threads
 *
 * A client belongs to the [struct@GLib.MainContext] that is thread-default where it is made.
 * [method@Client.request_async], [method@Client.close], the numeric properties and releasing the
 * last reference are safe from any thread. Requests that are under way hold a reference.
 *
 * Since: 1.0
 */

static void zmqg_client_initable_init (GInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZmqgClient, zmqg_client, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, zmqg_client_initable_init))

#define TIMEOUT 5000
#define MAX_RETRIES 2
#define RETRY_INTERVAL 100
#define RETRY_INTERVAL_MAX 10000

#define READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)
#define WRITABLE (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)
#define FIXED (G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS)

GParamSpec *zmqg_client_properties[ZMQG_CLIENT_N_PROPS];

/* By the holder of the main context */
static void
close_held (ZmqgClient *self)
{
  if (self->clock == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->socket, self);
  zmqg_client_end_requests (self);
  zmqg_socket_close (self->socket);
}

static gboolean
close_cb (gpointer user_data)
{
  close_held (user_data);

  return G_SOURCE_REMOVE;
}

/* The context was terminated, or somebody closed our socket */
static void
closed_cb (ZmqgSocket *socket,
           gpointer    user_data)
{
  g_autoptr (ZmqgClient) self = g_object_ref (ZMQG_CLIENT (user_data));

  close_held (self);
}

static void
zmqg_client_constructed (GObject *object)
{
  ZmqgClient *self = ZMQG_CLIENT (object);

  G_OBJECT_CLASS (zmqg_client_parent_class)->constructed (object);

  if (self->main_context == NULL)
    self->main_context = g_main_context_ref_thread_default ();
  /* Nothing is left in the pipe of a peer that is not there: it waits here, where it can be
   * taken back. Nobody waits for replies after the end. */
  self->socket = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", ZMQG_SOCKET_TYPE_DEALER, "context",
                               self->context, "main-context", self->main_context, "immediate",
                               TRUE, "linger", 0, NULL);
  zmqg_client_open_requests (self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (closed_cb), self);
}

static gboolean
zmqg_client_init_initable (GInitable     *initable,
                           GCancellable  *cancellable,
                           GError       **error)
{
  return g_initable_init (G_INITABLE (ZMQG_CLIENT (initable)->socket), cancellable, error);
}

static void
zmqg_client_initable_init (GInitableIface *iface)
{
  iface->init = zmqg_client_init_initable;
}

static void
zmqg_client_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  ZmqgClient *self = ZMQG_CLIENT (object);

  switch ((ZmqgClientProperty) prop_id)
    {
    case ZMQG_CLIENT_PROP_CONTEXT:
      g_value_set_object (value, zmqg_socket_get_context (self->socket));
      break;
    case ZMQG_CLIENT_PROP_MAIN_CONTEXT:
      g_value_set_boxed (value, self->main_context);
      break;
    case ZMQG_CLIENT_PROP_SOCKET:
      g_value_set_object (value, self->socket);
      break;
    case ZMQG_CLIENT_PROP_TIMEOUT:
      g_value_set_int (value, g_atomic_int_get (&self->timeout));
      break;
    case ZMQG_CLIENT_PROP_MAX_RETRIES:
      g_value_set_uint (value, g_atomic_int_get (&self->max_retries));
      break;
    case ZMQG_CLIENT_PROP_RETRY_INTERVAL:
      g_value_set_uint (value, g_atomic_int_get (&self->retry_interval));
      break;
    case ZMQG_CLIENT_PROP_RETRY_INTERVAL_MAX:
      g_value_set_uint (value, g_atomic_int_get (&self->retry_interval_max));
      break;
    case ZMQG_CLIENT_PROP_N_PENDING:
      g_value_set_uint (value, g_atomic_int_get (&self->n_pending));
      break;
    case ZMQG_CLIENT_PROP_N_LATE_REPLIES:
      g_value_set_uint (value, g_atomic_int_get (&self->n_late_replies));
      break;
    case ZMQG_CLIENT_N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_number (ZmqgClient *self,
            int        *place,
            int         number,
            GParamSpec *pspec)
{
  if (g_atomic_int_get (place) == number)
    return;

  g_atomic_int_set (place, number);
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
zmqg_client_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  ZmqgClient *self = ZMQG_CLIENT (object);

  switch ((ZmqgClientProperty) prop_id)
    {
    case ZMQG_CLIENT_PROP_CONTEXT:
      self->context = g_value_dup_object (value);
      break;
    case ZMQG_CLIENT_PROP_MAIN_CONTEXT:
      self->main_context = g_value_dup_boxed (value);
      break;
    case ZMQG_CLIENT_PROP_TIMEOUT:
      set_number (self, &self->timeout, g_value_get_int (value), pspec);
      break;
    case ZMQG_CLIENT_PROP_MAX_RETRIES:
      set_number (self, &self->max_retries, g_value_get_uint (value), pspec);
      break;
    case ZMQG_CLIENT_PROP_RETRY_INTERVAL:
      set_number (self, &self->retry_interval, g_value_get_uint (value), pspec);
      break;
    case ZMQG_CLIENT_PROP_RETRY_INTERVAL_MAX:
      set_number (self, &self->retry_interval_max, g_value_get_uint (value), pspec);
      break;
    case ZMQG_CLIENT_PROP_SOCKET:
    case ZMQG_CLIENT_PROP_N_PENDING:
    case ZMQG_CLIENT_PROP_N_LATE_REPLIES:
    case ZMQG_CLIENT_N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* The owner may be in the middle of serving the client: a reference goes over to it then */
static void
zmqg_client_dispose (GObject *object)
{
  ZmqgClient *self = ZMQG_CLIENT (object);

  zmqg_client_close (self);

  G_OBJECT_CLASS (zmqg_client_parent_class)->dispose (object);
}

static void
zmqg_client_finalize (GObject *object)
{
  ZmqgClient *self = ZMQG_CLIENT (object);

  g_hash_table_unref (self->requests);
  g_sequence_free (self->deadlines);
  g_object_unref (self->socket);
  g_clear_object (&self->context);
  g_main_context_unref (self->main_context);

  G_OBJECT_CLASS (zmqg_client_parent_class)->finalize (object);
}

static void
install_settings (GParamSpec **properties)
{
  /**
   * ZmqgClient:timeout:
   *
   * How long each try of a request waits for its reply, in ms; -1 for ever. It holds for requests
   * made from then on.
   *
   * Since: 1.0
   */
  properties[ZMQG_CLIENT_PROP_TIMEOUT] =
    g_param_spec_int ("timeout", NULL, NULL, -1, G_MAXINT, TIMEOUT, WRITABLE);

  /**
   * ZmqgClient:max-retries:
   *
   * How often a request is sent again, at most. It holds for requests made from then on.
   *
   * Since: 1.0
   */
  properties[ZMQG_CLIENT_PROP_MAX_RETRIES] =
    g_param_spec_uint ("max-retries", NULL, NULL, 0, G_MAXINT, MAX_RETRIES, WRITABLE);

  /**
   * ZmqgClient:retry-interval:
   *
   * How long a request rests before it is sent again for the first time, in ms. Each further rest
   * is twice as long as the one before it; a reply to an earlier try counts meanwhile.
   *
   * Since: 1.0
   */
  properties[ZMQG_CLIENT_PROP_RETRY_INTERVAL] =
    g_param_spec_uint ("retry-interval", NULL, NULL, 0, G_MAXINT, RETRY_INTERVAL, WRITABLE);

  /**
   * ZmqgClient:retry-interval-max:
   *
   * How long a request rests between two tries at most, in ms; never less than
   * [property@Client:retry-interval].
   *
   * Since: 1.0
   */
  properties[ZMQG_CLIENT_PROP_RETRY_INTERVAL_MAX] =
    g_param_spec_uint ("retry-interval-max", NULL, NULL, 0, G_MAXINT, RETRY_INTERVAL_MAX,
                       WRITABLE);
}

static void
install_identity (GParamSpec **properties)
{
  /**
   * ZmqgClient:context:
   *
   * The ZeroMQ context; by default the one of [func@Context.get_default].
   *
   * Since: 1.0
   */
  properties[ZMQG_CLIENT_PROP_CONTEXT] =
    g_param_spec_object ("context", NULL, NULL, ZMQG_TYPE_CONTEXT, FIXED);

  /**
   * ZmqgClient:main-context:
   *
   * The main context that owns the client; by default the one that is thread-default where the
   * client is made.
   *
   * Since: 1.0
   */
  properties[ZMQG_CLIENT_PROP_MAIN_CONTEXT] =
    g_param_spec_boxed ("main-context", NULL, NULL, G_TYPE_MAIN_CONTEXT, FIXED);

  /**
   * ZmqgClient:socket: (getter get_socket)
   *
   * The DEALER, for its options and security; sending and receiving are the client's.
   *
   * Since: 1.0
   */
  properties[ZMQG_CLIENT_PROP_SOCKET] =
    g_param_spec_object ("socket", NULL, NULL, ZMQG_TYPE_SOCKET, READABLE);
}

static void
install_counters (GParamSpec **properties)
{
  /**
   * ZmqgClient:n-pending:
   *
   * How many requests wait for a reply. Notified from a dispatch of the main context, once for
   * all that changed.
   *
   * Since: 1.0
   */
  properties[ZMQG_CLIENT_PROP_N_PENDING] =
    g_param_spec_uint ("n-pending", NULL, NULL, 0, G_MAXUINT, 0, READABLE);

  /**
   * ZmqgClient:n-late-replies:
   *
   * How many replies were dropped because no request waits for them: it had ended, it was answered
   * before, or there never was one. Notified like [property@Client:n-pending].
   *
   * Since: 1.0
   */
  properties[ZMQG_CLIENT_PROP_N_LATE_REPLIES] =
    g_param_spec_uint ("n-late-replies", NULL, NULL, 0, G_MAXUINT, 0, READABLE);
}

static void
zmqg_client_class_init (ZmqgClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = zmqg_client_constructed;
  object_class->get_property = zmqg_client_get_property;
  object_class->set_property = zmqg_client_set_property;
  object_class->dispose = zmqg_client_dispose;
  object_class->finalize = zmqg_client_finalize;

  install_identity (zmqg_client_properties);
  install_settings (zmqg_client_properties);
  install_counters (zmqg_client_properties);
  g_object_class_install_properties (object_class, ZMQG_CLIENT_N_PROPS, zmqg_client_properties);
}

static void
zmqg_client_init (ZmqgClient *self)
{
  self->timeout = TIMEOUT;
  self->max_retries = MAX_RETRIES;
  self->retry_interval = RETRY_INTERVAL;
  self->retry_interval_max = RETRY_INTERVAL_MAX;
}

/**
 * zmqg_client_new:
 * @context: (nullable): a ZeroMQ context, or `NULL` for the default one
 * @error: return location for a [struct@GLib.Error]
 *
 * Creates a client, owned by the thread-default main context.
 *
 * Fails like [ctor@Socket.new].
 *
 * Returns: (transfer full): a new client
 *
 * Since: 1.0
 */
ZmqgClient *
zmqg_client_new (ZmqgContext  *context,
                 GError      **error)
{
  g_return_val_if_fail (context == NULL || ZMQG_IS_CONTEXT (context), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return g_initable_new (ZMQG_TYPE_CLIENT, NULL, error, "context", context, NULL);
}

/**
 * zmqg_client_connect_to:
 * @self: a client
 * @endpoint: where a service is, such as `tcp://127.0.0.1:5557`
 * @error: return location for a [struct@GLib.Error]
 *
 * Connects to a service, which need not be there yet; see [method@Socket.connect_to].
 *
 * Returns: whether it succeeded
 *
 * Since: 1.0
 */
gboolean
zmqg_client_connect_to (ZmqgClient  *self,
                        const char  *endpoint,
                        GError     **error)
{
  g_return_val_if_fail (ZMQG_IS_CLIENT (self), FALSE);

  return zmqg_socket_connect_to (self->socket, endpoint, error);
}

/**
 * zmqg_client_request_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: return location for a [struct@GLib.Error]
 *
 * Finishes what [method@Client.request_async] began.
 *
 * Fails with `G_IO_ERROR_TIMED_OUT` when no try was answered in time, `G_IO_ERROR_CANCELLED`,
 * `G_IO_ERROR_CLOSED` when the client was closed, and with the service's own error if that is what
 * it replied; [error@Error.FAILED] stands for an error of a domain that is unknown here.
 *
 * Returns: (transfer full): the reply, without its envelope
 *
 * Since: 1.0
 */
ZmqgMessage *
zmqg_client_request_finish (ZmqgClient    *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (ZMQG_IS_CLIENT (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, zmqg_client_request_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * zmqg_client_close:
 * @self: a client
 *
 * Closes the client: requests that are under way end with `G_IO_ERROR_CLOSED`, from a later
 * dispatch, as do all further ones.
 *
 * May be called from any thread, and more than once.
 *
 * Since: 1.0
 */
void
zmqg_client_close (ZmqgClient *self)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;

  g_return_if_fail (ZMQG_IS_CLIENT (self));

  if (g_atomic_pointer_get (&self->clock) == NULL)
    return;
  if (zmqg_hold_take (&hold, self->main_context))
    close_held (self);
  else
    zmqg_main_context_post (self->main_context, G_PRIORITY_DEFAULT, close_cb,
                            g_object_ref (self), g_object_unref);
}

/**
 * zmqg_client_get_socket: (get-property socket)
 * @self: a client
 *
 * Gets the DEALER, for its options and security.
 *
 * Returns: (transfer none): the socket
 *
 * Since: 1.0
 */
ZmqgSocket *
zmqg_client_get_socket (ZmqgClient *self)
{
  g_return_val_if_fail (ZMQG_IS_CLIENT (self), NULL);

  return self->socket;
}
