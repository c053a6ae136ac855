/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-process-private.h>
#include <zmqglib/connection/zmqg-authenticator-private.h>
#include <zmqglib/loop/zmqg-context-private.h>
#include <zmqglib/loop/zmqg-main-context-private.h>

#define ENDPOINT "inproc://zeromq.zap.01"

/**
 * ZmqgAuthenticator:
 *
 * Decides which peers may come in, for all sockets of a context that have a
 * [property@Socket:zap-domain].
 *
 * ```c
 * g_autoptr (ZmqgAuthenticator) authenticator = zmqg_authenticator_new (context, &error);
 *
 * zmqg_authenticator_allow_address (authenticator, NULL, "192.0.2.0/24", &error);
 * zmqg_authenticator_add_certificate (authenticator, "control", certificate);
 * zmqg_authenticator_add_plain_user (authenticator, "telemetry", "probe", password);
 * ```
 *
 * libzmq asks it with the ZeroMQ Authentication Protocol (RFC 27), once for each connection. It
 * answers in the main loop, with no thread of its own, and never blocks it. There can be one in a
 * context, also of any other kind: a second fails with `G_IO_ERROR_EXISTS`.
 *
 * # Rules
 *
 * A rule holds in one domain, or in every domain where that is `NULL`. In this order:
 *
 * 1. Who comes from an address that is denied is refused.
 * 2. Where any address is allowed, who comes from another one is refused.
 * 3. With the mechanism NULL, who comes from an address that is allowed is admitted.
 * 4. With PLAIN, who gives the name and the password of a user is admitted, and who gives the
 *    name of a user with another password is refused.
 * 5. With CURVE, who holds the key of a certificate is admitted.
 * 6. Everybody else is refused, unless somebody listens to
 *    [signal@Authenticator::authenticate] and accepts the peer.
 *
 * So nobody is admitted without a rule or a handler. Each refusal is counted, told by
 * [signal@Authenticator::refused] and logged with address, mechanism, domain and reason, as a
 * structured message; of refusals that are alike, one a minute is a message, and the others are
 * information.
 *
 * A peer that is admitted has a user id, which [method@Message.get_metadata] returns for `User-Id`
 * with each of its messages: the user name (PLAIN), the public key (CURVE), what the handler
 * gave, or an empty one.
 *
 * # What is out of reach
 *
 * Peers over `inproc` are never asked about, and neither are those of STREAM sockets, who are no
 * ZeroMQ peers. Peers that are admitted stay so until they leave:
 * [property@Authenticator:disconnect-removed] tells how to be rid of them. GSSAPI is not offered:
 * libzmq 4.3 admits a GSSAPI peer whatever the answer.
 *
 * # Threads
 *
 * The authenticator belongs to the main context that was thread-default where it was made. All
 * signals come from a dispatch of it, never from inside a call of yours. Rules may be changed and
 * properties be read by any thread.
 *
 * # Life time
 *
 * The main loop does not keep it alive. Releasing the last reference stops it, as
 * [method@Authenticator.stop] does: from then on sockets with a domain admit nobody.
 *
 * Since: 1.0
 */

static void zmqg_authenticator_initable_init (GInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZmqgAuthenticator, zmqg_authenticator, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE,
                                                      zmqg_authenticator_initable_init))

static gboolean
timer_dispatch (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs timer_funcs = {
  .dispatch = timer_dispatch,
};

static gboolean
timer_cb (gpointer user_data)
{
  zmqg_authenticator_expire (user_data);

  return G_SOURCE_CONTINUE;
}

static void
start_timer (ZmqgAuthenticator *self)
{
  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_static_name (self->timer, "[zmqg authenticator]");
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, self->main_context);
}

static void
stop_timer (ZmqgAuthenticator *self)
{
  if (self->timer == NULL)
    return;

  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
set_running (ZmqgAuthenticator *self,
             gboolean           running)
{
  g_mutex_lock (&self->lock);
  self->running = running;
  g_mutex_unlock (&self->lock);
}

static void
unwatch_directories (ZmqgAuthenticator *self)
{
  g_autoptr (GPtrArray) directories = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer rules;

  g_mutex_lock (&self->lock);
  g_ptr_array_add (directories, self->everywhere->directory);
  g_hash_table_iter_init (&iter, self->domains);
  while (g_hash_table_iter_next (&iter, NULL, &rules))
    g_ptr_array_add (directories, ((ZmqgDomainRules *) rules)->directory);
  for (guint i = 0; i < directories->len; i++)
    {
      if (directories->pdata[i] != NULL)
        zmqg_certificate_directory_unwatch (directories->pdata[i]);
    }
  g_mutex_unlock (&self->lock);
}

/* By the holder of the main context. The name is given up at once, not when libzmq's reaper
 * comes to it: from here on nobody is admitted, and the next authenticator can begin. */
static void
stop (ZmqgAuthenticator *self,
      gboolean           has_audience)
{
  if (self->socket == NULL)
    return;

  zmqg_socket_unbind (self->socket, ENDPOINT, NULL);
  set_running (self, FALSE);
  /* Who waits waits for the parent */
  if (zmqg_context_get_process (self->context) == zmqg_process_get_id ())
    zmqg_authenticator_dismiss (self, has_audience);

  g_signal_handlers_disconnect_by_data (self->socket, self);
  zmqg_socket_set_message_func (self->socket, NULL, NULL, NULL);
  zmqg_socket_close (self->socket);
  g_clear_object (&self->socket);
  unwatch_directories (self);
  stop_timer (self);
}

static gboolean
stop_cb (gpointer user_data)
{
  stop (user_data, TRUE);

  return G_SOURCE_REMOVE;
}

static gboolean
abandon_cb (gpointer user_data)
{
  stop (user_data, FALSE);

  return G_SOURCE_REMOVE;
}

/* The context was terminated. */
static void
closed_cb (ZmqgSocket        *socket,
           ZmqgAuthenticator *self)
{
  stop (self, TRUE);
}

static gboolean
listen_cb (gpointer user_data)
{
  ZmqgAuthenticator *self = user_data;

  if (self->socket != NULL)
    zmqg_socket_set_message_func (self->socket, zmqg_authenticator_message_cb, self, NULL);

  return G_SOURCE_REMOVE;
}

static void
prefix_error (GError **error)
{
  GError *reason = *error;

  if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    {
      g_prefix_error (error, "Could not create an authenticator: ");
      return;
    }

  g_clear_error (error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
               "Could not create an authenticator: there is one in the context already");
}

static void
start (ZmqgAuthenticator *self)
{
  const char *const endpoints[] = { ENDPOINT, NULL };
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;

  self->socket = g_initable_new (ZMQG_TYPE_SOCKET, NULL, &self->open_error,
                                 "context", self->context,
                                 "socket-type", ZMQG_SOCKET_TYPE_ROUTER,
                                 "main-context", self->main_context,
                                 "bind-endpoints", endpoints, NULL);
  if (self->socket == NULL)
    {
      prefix_error (&self->open_error);
      return;
    }

  self->running = TRUE;
  start_timer (self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (closed_cb), self);
  if (zmqg_hold_take (&hold, self->main_context))
    listen_cb (self);
  else
    zmqg_main_context_post (self->main_context, G_PRIORITY_DEFAULT, listen_cb,
                            g_object_ref (self), g_object_unref);
}

static void
zmqg_authenticator_constructed (GObject *object)
{
  ZmqgAuthenticator *self = ZMQG_AUTHENTICATOR (object);

  G_OBJECT_CLASS (zmqg_authenticator_parent_class)->constructed (object);

  if (self->context == NULL)
    self->context = g_object_ref (zmqg_context_get_default ());
  if (self->main_context == NULL)
    self->main_context = g_main_context_ref_thread_default ();
  start (self);
}

static gboolean
zmqg_authenticator_init_initable (GInitable     *initable,
                                  GCancellable  *cancellable,
                                  GError       **error)
{
  ZmqgAuthenticator *self = ZMQG_AUTHENTICATOR (initable);

  if (self->open_error == NULL)
    return TRUE;

  g_propagate_error (error, g_error_copy (self->open_error));
  return FALSE;
}

static void
zmqg_authenticator_initable_init (GInitableIface *iface)
{
  iface->init = zmqg_authenticator_init_initable;
}

/* The owner may be in the middle of a request: in another thread a reference goes over to it. */
static void
zmqg_authenticator_dispose (GObject *object)
{
  ZmqgAuthenticator *self = ZMQG_AUTHENTICATOR (object);
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;

  if (self->socket != NULL)
    {
      if (!zmqg_hold_take (&hold, self->main_context))
        {
          zmqg_main_context_post (self->main_context, G_PRIORITY_DEFAULT, abandon_cb,
                                  g_object_ref (self), g_object_unref);
          return;
        }
      stop (self, FALSE);
    }

  G_OBJECT_CLASS (zmqg_authenticator_parent_class)->dispose (object);
}

static void
zmqg_authenticator_finalize (GObject *object)
{
  ZmqgAuthenticator *self = ZMQG_AUTHENTICATOR (object);

  g_hash_table_unref (self->pending);
  zmqg_refusal_log_clear (&self->log);
  zmqg_admissions_clear (&self->admissions);
  zmqg_domain_rules_free (self->everywhere);
  g_hash_table_unref (self->domains);
  g_clear_error (&self->open_error);
  g_mutex_clear (&self->lock);
  g_main_context_unref (self->main_context);
  g_object_unref (self->context);

  G_OBJECT_CLASS (zmqg_authenticator_parent_class)->finalize (object);
}

static void
zmqg_authenticator_class_init (ZmqgAuthenticatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = zmqg_authenticator_constructed;
  object_class->dispose = zmqg_authenticator_dispose;
  object_class->finalize = zmqg_authenticator_finalize;

  zmqg_authenticator_install_properties (object_class);
  zmqg_authenticator_add_signals (G_TYPE_FROM_CLASS (klass));
}

static void
zmqg_authenticator_init (ZmqgAuthenticator *self)
{
  g_mutex_init (&self->lock);
  self->pending = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, NULL, g_object_unref);
  self->everywhere = zmqg_domain_rules_new ();
  self->domains = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) zmqg_domain_rules_free);
  zmqg_refusal_log_init (&self->log);
  zmqg_admissions_init (&self->admissions);
}

/**
 * zmqg_authenticator_new:
 * @context: (nullable): a ZeroMQ context, or `NULL` for the default one
 * @error: return location for a [struct@GLib.Error]
 *
 * Creates an authenticator for the sockets of a context, owned by the thread-default main
 * context. It admits nobody until there are rules.
 *
 * Fails with `G_IO_ERROR_EXISTS` if something answers authentication requests in the context
 * already, and like [ctor@Socket.new].
 *
 * Returns: (transfer full): a new authenticator
 *
 * Since: 1.0
 */
ZmqgAuthenticator *
zmqg_authenticator_new (ZmqgContext  *context,
                        GError      **error)
{
  g_return_val_if_fail (context == NULL || ZMQG_IS_CONTEXT (context), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return g_initable_new (ZMQG_TYPE_AUTHENTICATOR, NULL, error, "context", context, NULL);
}

/**
 * zmqg_authenticator_stop:
 * @self: an authenticator
 *
 * Stops answering; a second call does nothing.
 *
 * Who still waits for an answer is refused, and from then on sockets with a
 * [property@Socket:zap-domain] admit nobody, until there is another authenticator in the context.
 * Peers that were admitted stay.
 *
 * May be called from any thread, also in a handler; from a thread that does not hold the main
 * context, the owner stops it.
 *
 * Since: 1.0
 */
void
zmqg_authenticator_stop (ZmqgAuthenticator *self)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;

  g_return_if_fail (ZMQG_IS_AUTHENTICATOR (self));

  if (zmqg_hold_take (&hold, self->main_context))
    stop (self, TRUE);
  else
    zmqg_main_context_post (self->main_context, G_PRIORITY_DEFAULT, stop_cb,
                            g_object_ref (self), g_object_unref);
}

/**
 * zmqg_authenticator_is_running: (get-property running)
 * @self: an authenticator
 *
 * Whether the authenticator answers.
 *
 * May be called from any thread.
 *
 * Returns: `FALSE` if it was stopped, its context has ended, or it could not begin
 *
 * Since: 1.0
 */
gboolean
zmqg_authenticator_is_running (ZmqgAuthenticator *self)
{
  gboolean running;

  g_return_val_if_fail (ZMQG_IS_AUTHENTICATOR (self), FALSE);

  g_mutex_lock (&self->lock);
  running = self->running;
  g_mutex_unlock (&self->lock);

  return running;
}

/**
 * zmqg_authenticator_get_context: (get-property context)
 * @self: an authenticator
 *
 * Gets the ZeroMQ context.
 *
 * Returns: (transfer none): the context
 *
 * Since: 1.0
 */
ZmqgContext *
zmqg_authenticator_get_context (ZmqgAuthenticator *self)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATOR (self), NULL);

  return self->context;
}

/**
 * zmqg_authenticator_get_main_context: (get-property main-context)
 * @self: an authenticator
 *
 * Gets the main context that owns the authenticator.
 *
 * Returns: (transfer none): the main context
 *
 * Since: 1.0
 */
GMainContext *
zmqg_authenticator_get_main_context (ZmqgAuthenticator *self)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATOR (self), NULL);

  return self->main_context;
}
