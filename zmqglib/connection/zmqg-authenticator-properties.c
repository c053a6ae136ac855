/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-authenticator-private.h>

#define DEFAULT_TIMEOUT 5000
#define DEFAULT_MAX_PENDING 1000

typedef enum
{
  PROP_CONTEXT = 1,
  PROP_MAIN_CONTEXT,
  PROP_TIMEOUT,
  PROP_MAX_PENDING,
  PROP_DISCONNECT_REMOVED,
  PROP_RUNNING,
  PROP_N_PENDING,
  PROP_N_ADMITTED,
  PROP_N_REFUSED,
  PROP_N_MALFORMED,
} ZmqgAuthenticatorProperty;

static GParamSpec *properties[PROP_N_MALFORMED + 1];

guint zmqg_authenticator_signals[ZMQG_AUTHENTICATOR_N_SIGNALS];

static void
get_counter (ZmqgAuthenticator *self,
             guint64           *counter,
             GValue            *value)
{
  g_mutex_lock (&self->lock);
  g_value_set_uint64 (value, *counter);
  g_mutex_unlock (&self->lock);
}

static void
zmqg_authenticator_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  ZmqgAuthenticator *self = ZMQG_AUTHENTICATOR (object);

  switch ((ZmqgAuthenticatorProperty) prop_id)
    {
    case PROP_CONTEXT:
      g_value_set_object (value, self->context);
      break;
    case PROP_MAIN_CONTEXT:
      g_value_set_boxed (value, self->main_context);
      break;
    case PROP_TIMEOUT:
      g_value_set_int (value, g_atomic_int_get (&self->timeout));
      break;
    case PROP_MAX_PENDING:
      g_value_set_uint (value, g_atomic_int_get (&self->max_pending));
      break;
    case PROP_DISCONNECT_REMOVED:
      g_value_set_boolean (value, g_atomic_int_get (&self->disconnect_removed));
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, zmqg_authenticator_is_running (self));
      break;
    case PROP_N_PENDING:
      g_mutex_lock (&self->lock);
      g_value_set_uint (value, self->n_pending);
      g_mutex_unlock (&self->lock);
      break;
    case PROP_N_ADMITTED:
      get_counter (self, &self->n_admitted, value);
      break;
    case PROP_N_REFUSED:
      get_counter (self, &self->n_refused, value);
      break;
    case PROP_N_MALFORMED:
      get_counter (self, &self->n_malformed, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_number (ZmqgAuthenticator *self,
            int               *number,
            int                value,
            guint              prop_id)
{
  if (g_atomic_int_get (number) == value)
    return;

  g_atomic_int_set (number, value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

static void
zmqg_authenticator_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  ZmqgAuthenticator *self = ZMQG_AUTHENTICATOR (object);

  switch ((ZmqgAuthenticatorProperty) prop_id)
    {
    case PROP_CONTEXT:
      self->context = g_value_dup_object (value);
      break;
    case PROP_MAIN_CONTEXT:
      self->main_context = g_value_dup_boxed (value);
      break;
    case PROP_TIMEOUT:
      set_number (self, &self->timeout, g_value_get_int (value), prop_id);
      break;
    case PROP_MAX_PENDING:
      set_number (self, (int *) &self->max_pending, g_value_get_uint (value), prop_id);
      break;
    case PROP_DISCONNECT_REMOVED:
      set_number (self, &self->disconnect_removed, g_value_get_boolean (value), prop_id);
      break;
    case PROP_RUNNING:
    case PROP_N_PENDING:
    case PROP_N_ADMITTED:
    case PROP_N_REFUSED:
    case PROP_N_MALFORMED:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
create_owner_pspecs (void)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * ZmqgAuthenticator:context: (getter get_context)
   *
   * The ZeroMQ context whose sockets ask it; by default the default one.
   *
   * Since: 1.0
   */
  properties[PROP_CONTEXT] =
    g_param_spec_object ("context", NULL, NULL, ZMQG_TYPE_CONTEXT, flags);

  /**
   * ZmqgAuthenticator:main-context: (getter get_main_context)
   *
   * The main context that owns it; by default the one that is thread-default where it is made.
   *
   * Since: 1.0
   */
  properties[PROP_MAIN_CONTEXT] =
    g_param_spec_boxed ("main-context", NULL, NULL, G_TYPE_MAIN_CONTEXT, flags);
}

static void
create_setting_pspecs (void)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY |
                      G_PARAM_STATIC_STRINGS;

  /**
   * ZmqgAuthenticator:timeout:
   *
   * How long a request may wait for an answer before its peer is refused, in ms. Applies to
   * requests that come after it was set. A peer waits no longer than the
   * [property@Socket:handshake-timeout] of either socket.
   *
   * Since: 1.0
   */
  properties[PROP_TIMEOUT] =
    g_param_spec_int ("timeout", NULL, NULL, 1, G_MAXINT, DEFAULT_TIMEOUT, flags);

  /**
   * ZmqgAuthenticator:max-pending:
   *
   * How many requests may wait for an answer at a time; peers beyond are refused at once.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_PENDING] =
    g_param_spec_uint ("max-pending", NULL, NULL, 0, G_MAXINT, DEFAULT_MAX_PENDING, flags);

  /**
   * ZmqgAuthenticator:disconnect-removed:
   *
   * Whether to end the connections of peers whose certificate is no longer good, as
   * [signal@Authenticator::certificate-removed] tells.
   *
   * libzmq can neither drop a single peer nor tell which connection a peer was admitted on. What
   * is ended are the connections, accepted by sockets of this context in that domain, that come
   * from the addresses the certificate was used from; over `ipc`, from the processes. libzmq
   * takes it for peers that hung up, with what that means for messages on their way. Other peers
   * at those addresses come back by themselves, and are asked about again. Sockets that were made
   * with libzmq itself are not known, and keep their peers.
   *
   * Since: 1.0
   */
  properties[PROP_DISCONNECT_REMOVED] =
    g_param_spec_boolean ("disconnect-removed", NULL, NULL, FALSE, flags);
}

static void
create_state_pspecs (void)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * ZmqgAuthenticator:running: (getter is_running)
   *
   * Whether it answers; notifies when it has stopped.
   *
   * Since: 1.0
   */
  properties[PROP_RUNNING] =
    g_param_spec_boolean ("running", NULL, NULL, FALSE, flags);

  /**
   * ZmqgAuthenticator:n-pending:
   *
   * How many requests wait for an answer; does not notify.
   *
   * Since: 1.0
   */
  properties[PROP_N_PENDING] =
    g_param_spec_uint ("n-pending", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * ZmqgAuthenticator:n-admitted:
   *
   * How many peers were admitted; does not notify.
   *
   * Since: 1.0
   */
  properties[PROP_N_ADMITTED] =
    g_param_spec_uint64 ("n-admitted", NULL, NULL, 0, G_MAXUINT64, 0, flags);

  /**
   * ZmqgAuthenticator:n-refused:
   *
   * How many peers were refused; does not notify.
   *
   * Since: 1.0
   */
  properties[PROP_N_REFUSED] =
    g_param_spec_uint64 ("n-refused", NULL, NULL, 0, G_MAXUINT64, 0, flags);

  /**
   * ZmqgAuthenticator:n-malformed:
   *
   * How many requests were not as the protocol has them; does not notify. libzmq makes no such
   * request: they come from somebody else in the process.
   *
   * Since: 1.0
   */
  properties[PROP_N_MALFORMED] =
    g_param_spec_uint64 ("n-malformed", NULL, NULL, 0, G_MAXUINT64, 0, flags);
}

void
zmqg_authenticator_install_properties (GObjectClass *object_class)
{
  object_class->get_property = zmqg_authenticator_get_property;
  object_class->set_property = zmqg_authenticator_set_property;

  create_owner_pspecs ();
  create_setting_pspecs ();
  create_state_pspecs ();
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

void
zmqg_authenticator_notify_running (ZmqgAuthenticator *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
}

static void
add_decision_signals (GType type)
{
  guint *signals = zmqg_authenticator_signals;

  /**
   * ZmqgAuthenticator::admitted:
   * @self: the authenticator
   * @request: who it was
   * @user_id: the user id of the peer's messages
   *
   * Emitted when a peer was admitted.
   *
   * Since: 1.0
   */
  signals[ZMQG_AUTHENTICATOR_ADMITTED] =
    g_signal_new ("admitted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  ZMQG_TYPE_AUTHENTICATION_REQUEST, G_TYPE_STRING);

  /**
   * ZmqgAuthenticator::refused:
   * @self: the authenticator
   * @request: who it was
   * @reason: why
   *
   * Emitted when a peer was refused, by a rule, by the application, or because nobody answered in
   * time.
   *
   * A peer that libzmq itself turns away is not asked about: one with another mechanism than the
   * socket's, with a wrong server key, or that speaks another protocol.
   *
   * Since: 1.0
   */
  signals[ZMQG_AUTHENTICATOR_REFUSED] =
    g_signal_new ("refused", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  ZMQG_TYPE_AUTHENTICATION_REQUEST, G_TYPE_STRING);
}

void
zmqg_authenticator_add_signals (GType type)
{
  guint *signals = zmqg_authenticator_signals;

  /**
   * ZmqgAuthenticator::authenticate:
   * @self: the authenticator
   * @request: who wants to come in
   *
   * Emitted for a peer that no rule admits or refuses.
   *
   * A handler may call [method@AuthenticationRequest.accept] or
   * [method@AuthenticationRequest.deny], now or later, or leave it to other handlers. Who is not
   * answered within [property@Authenticator:timeout] is refused.
   *
   * Since: 1.0
   */
  signals[ZMQG_AUTHENTICATOR_AUTHENTICATE] =
    g_signal_new ("authenticate", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  ZMQG_TYPE_AUTHENTICATION_REQUEST);

  add_decision_signals (type);

  /**
   * ZmqgAuthenticator::certificate-removed:
   * @self: the authenticator
   * @domain: (nullable): the domain, or `NULL` for every one
   * @public_key: the key, 40 characters of Z85
   * @addresses: from where peers with this key were admitted to the domain; they may have left
   *   since
   *
   * Emitted when peers with a key are no longer admitted, as its file was removed or changed, or
   * by [method@Authenticator.remove_certificate].
   *
   * Peers that were admitted before keep their connections, unless
   * [property@Authenticator:disconnect-removed] is set.
   *
   * Since: 1.0
   */
  signals[ZMQG_AUTHENTICATOR_CERTIFICATE_REMOVED] =
    g_signal_new ("certificate-removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRV);
}
