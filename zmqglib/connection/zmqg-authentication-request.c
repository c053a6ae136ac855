/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-authentication-request-private.h>
#include <zmqglib/loop/zmqg-main-context-private.h>

/**
 * ZmqgAuthenticationRequest:
 *
 * A peer that wants to come in, as [signal@Authenticator::authenticate] tells of it.
 *
 * Keep a reference and answer with [method@AuthenticationRequest.accept] or
 * [method@AuthenticationRequest.deny], in the handler or later, from any thread. The first answer
 * counts. Where none comes within [property@Authenticator:timeout], the peer is refused.
 *
 * What the peer wrote has been looked at before: all text is valid UTF-8, at most 255 bytes long.
 * Everything here may be called from any thread.
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE (ZmqgAuthenticationRequest, zmqg_authentication_request, G_TYPE_OBJECT)

typedef enum
{
  PROP_MECHANISM = 1,
  PROP_DOMAIN,
  PROP_ADDRESS,
  PROP_ROUTING_ID,
  PROP_USERNAME,
  PROP_PUBLIC_KEY,
} ZmqgAuthenticationRequestProperty;

static GParamSpec *properties[PROP_PUBLIC_KEY + 1];

static void
zmqg_authentication_request_get_property (GObject    *object,
                                          guint       prop_id,
                                          GValue     *value,
                                          GParamSpec *pspec)
{
  ZmqgAuthenticationRequest *self = ZMQG_AUTHENTICATION_REQUEST (object);

  switch ((ZmqgAuthenticationRequestProperty) prop_id)
    {
    case PROP_MECHANISM:
      g_value_set_string (value, self->zap.mechanism);
      break;
    case PROP_DOMAIN:
      g_value_set_string (value, self->zap.domain);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->zap.address);
      break;
    case PROP_ROUTING_ID:
      g_value_set_boxed (value, zmqg_authentication_request_get_routing_id (self));
      break;
    case PROP_USERNAME:
      g_value_set_string (value, self->zap.username);
      break;
    case PROP_PUBLIC_KEY:
      g_value_set_string (value, self->zap.public_key);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
zmqg_authentication_request_finalize (GObject *object)
{
  ZmqgAuthenticationRequest *self = ZMQG_AUTHENTICATION_REQUEST (object);

  zmqg_zap_request_clear (&self->zap);
  g_free (self->user_id);
  g_free (self->reason);
  g_mutex_clear (&self->lock);
  g_weak_ref_clear (&self->authenticator);
  g_clear_pointer (&self->main_context, g_main_context_unref);

  G_OBJECT_CLASS (zmqg_authentication_request_parent_class)->finalize (object);
}

static GParamSpec *
create_text_pspec (const char *name)
{
  return g_param_spec_string (name, NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
zmqg_authentication_request_class_init (ZmqgAuthenticationRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = zmqg_authentication_request_get_property;
  object_class->finalize = zmqg_authentication_request_finalize;

  /**
   * ZmqgAuthenticationRequest:mechanism: (getter get_mechanism)
   *
   * How the peer proves who it is: `NULL`, `PLAIN` or `CURVE`.
   *
   * Since: 1.0
   */
  properties[PROP_MECHANISM] = create_text_pspec ("mechanism");

  /**
   * ZmqgAuthenticationRequest:domain: (getter get_domain)
   *
   * The [property@Socket:zap-domain] of the socket the peer has connected to.
   *
   * Since: 1.0
   */
  properties[PROP_DOMAIN] = create_text_pspec ("domain");

  /**
   * ZmqgAuthenticationRequest:address: (getter get_address)
   *
   * The peer's address.
   *
   * Since: 1.0
   */
  properties[PROP_ADDRESS] = create_text_pspec ("address");

  /**
   * ZmqgAuthenticationRequest:routing-id: (getter get_routing_id)
   *
   * The [property@Socket:routing-id] of the socket the peer has connected to.
   *
   * Since: 1.0
   */
  properties[PROP_ROUTING_ID] =
    g_param_spec_boxed ("routing-id", NULL, NULL, G_TYPE_BYTES,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ZmqgAuthenticationRequest:username: (getter get_username)
   *
   * The user name the peer gave, with PLAIN.
   *
   * Since: 1.0
   */
  properties[PROP_USERNAME] = create_text_pspec ("username");

  /**
   * ZmqgAuthenticationRequest:public-key: (getter get_public_key)
   *
   * The peer's key, with CURVE.
   *
   * Since: 1.0
   */
  properties[PROP_PUBLIC_KEY] = create_text_pspec ("public-key");

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
zmqg_authentication_request_init (ZmqgAuthenticationRequest *self)
{
  g_mutex_init (&self->lock);
  g_weak_ref_init (&self->authenticator, NULL);
  /* One that a script makes itself is about nobody, and over */
  self->answer = ZMQG_ANSWER_FAILED;
}

ZmqgAuthenticationRequest *
zmqg_authentication_request_new (ZmqgZapRequest   *zap,
                                 gpointer          authenticator,
                                 GMainContext     *main_context,
                                 ZmqgAnsweredFunc  func)
{
  ZmqgAuthenticationRequest *self = g_object_new (ZMQG_TYPE_AUTHENTICATION_REQUEST, NULL);

  self->zap = *zap;
  *zap = (ZmqgZapRequest) { NULL };
  self->answer = ZMQG_ANSWER_NONE;
  g_weak_ref_set (&self->authenticator, authenticator);
  self->main_context = g_main_context_ref (main_context);
  self->answered_func = func;

  return self;
}

static gboolean
settle_locked (ZmqgAuthenticationRequest *self,
               ZmqgAnswer                 answer,
               const char                *text)
{
  if (self->answer != ZMQG_ANSWER_NONE)
    return FALSE;

  self->answer = answer;
  if (answer == ZMQG_ANSWER_ACCEPTED)
    self->user_id = g_strdup (text);
  else
    self->reason = g_strdup (text);
  zmqg_zap_request_wipe (&self->zap);

  return TRUE;
}

gboolean
zmqg_authentication_request_settle (ZmqgAuthenticationRequest *self,
                                    ZmqgAnswer                 answer,
                                    const char                *text)
{
  gboolean is_first;

  g_mutex_lock (&self->lock);
  is_first = settle_locked (self, answer, text);
  g_mutex_unlock (&self->lock);

  return is_first;
}

void
zmqg_authentication_request_begin_asking (ZmqgAuthenticationRequest *self)
{
  g_mutex_lock (&self->lock);
  self->is_asking = TRUE;
  g_mutex_unlock (&self->lock);
}

ZmqgAnswer
zmqg_authentication_request_end_asking (ZmqgAuthenticationRequest *self)
{
  ZmqgAnswer answer;

  g_mutex_lock (&self->lock);
  self->is_asking = FALSE;
  answer = self->answer;
  g_mutex_unlock (&self->lock);

  return answer;
}

ZmqgAnswer
zmqg_authentication_request_get_answer (ZmqgAuthenticationRequest *self)
{
  ZmqgAnswer answer;

  g_mutex_lock (&self->lock);
  answer = self->answer;
  g_mutex_unlock (&self->lock);

  return answer;
}

static gboolean
answered_cb (gpointer user_data)
{
  ZmqgAuthenticationRequest *self = user_data;
  g_autoptr (GObject) authenticator = g_weak_ref_get (&self->authenticator);

  if (authenticator != NULL)
    self->answered_func (authenticator, self);

  return G_SOURCE_REMOVE;
}

/* The peer is answered from a dispatch of the main context, which is where all signals come from,
 * too. */
static gboolean
answer (ZmqgAuthenticationRequest *self,
        ZmqgAnswer                 kind,
        const char                *text)
{
  gboolean is_first;
  gboolean is_asking;

  g_mutex_lock (&self->lock);
  is_first = settle_locked (self, kind, text);
  is_asking = self->is_asking;
  g_mutex_unlock (&self->lock);

  if (is_first && !is_asking)
    zmqg_main_context_post (self->main_context, G_PRIORITY_DEFAULT, answered_cb,
                            g_object_ref (self), g_object_unref);

  return is_first;
}

/**
 * zmqg_authentication_request_accept:
 * @self: a request
 * @user_id: (nullable): the user id that the peer's messages carry: what
 *   [method@Message.get_metadata] returns for `User-Id`; `NULL` for an empty one
 *
 * Admits the peer.
 *
 * Returns: `TRUE` if this was the first answer, `FALSE` if there is one already, the time is up
 *   or the authenticator has stopped
 *
 * Since: 1.0
 */
gboolean
zmqg_authentication_request_accept (ZmqgAuthenticationRequest *self,
                                    const char                *user_id)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATION_REQUEST (self), FALSE);

  return answer (self, ZMQG_ANSWER_ACCEPTED, user_id);
}

/**
 * zmqg_authentication_request_deny:
 * @self: a request
 * @reason: (nullable): why, for the log and for [signal@Authenticator::refused]; the peer does not
 *   learn it
 *
 * Refuses the peer.
 *
 * libzmq tells the peer the status 400, and that does not come back by itself.
 *
 * Returns: `TRUE` if this was the first answer, `FALSE` if there is one already, the time is up
 *   or the authenticator has stopped
 *
 * Since: 1.0
 */
gboolean
zmqg_authentication_request_deny (ZmqgAuthenticationRequest *self,
                                  const char                *reason)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATION_REQUEST (self), FALSE);

  return answer (self, ZMQG_ANSWER_DENIED,
                 reason != NULL ? reason : "the application denied it");
}

/**
 * zmqg_authentication_request_is_pending:
 * @self: a request
 *
 * Whether the peer still waits for an answer.
 *
 * A peer that has given up meanwhile is not noticed.
 *
 * Returns: `TRUE` if an answer would count
 *
 * Since: 1.0
 */
gboolean
zmqg_authentication_request_is_pending (ZmqgAuthenticationRequest *self)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATION_REQUEST (self), FALSE);

  return zmqg_authentication_request_get_answer (self) == ZMQG_ANSWER_NONE;
}

/**
 * zmqg_authentication_request_get_mechanism: (get-property mechanism)
 * @self: a request
 *
 * Gets how the peer proves who it is.
 *
 * Returns: (transfer none): `NULL`, `PLAIN` or `CURVE`
 *
 * Since: 1.0
 */
const char *
zmqg_authentication_request_get_mechanism (ZmqgAuthenticationRequest *self)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATION_REQUEST (self), NULL);

  return self->zap.mechanism;
}

/**
 * zmqg_authentication_request_get_domain: (get-property domain)
 * @self: a request
 *
 * Gets the [property@Socket:zap-domain] of the socket the peer has connected to.
 *
 * Returns: (transfer none): the domain
 *
 * Since: 1.0
 */
const char *
zmqg_authentication_request_get_domain (ZmqgAuthenticationRequest *self)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATION_REQUEST (self), NULL);

  return self->zap.domain;
}

/**
 * zmqg_authentication_request_get_address: (get-property address)
 * @self: a request
 *
 * Gets the peer's address: an IPv4 or IPv6 address without a port, `localhost:UID:GID:PID` over
 * `ipc`, or an empty text where the transport has no addresses that libzmq knows.
 *
 * Returns: (transfer none): the address
 *
 * Since: 1.0
 */
const char *
zmqg_authentication_request_get_address (ZmqgAuthenticationRequest *self)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATION_REQUEST (self), NULL);

  return self->zap.address;
}

/**
 * zmqg_authentication_request_get_routing_id: (get-property routing-id)
 * @self: a request
 *
 * Gets the [property@Socket:routing-id] of the socket the peer has connected to.
 *
 * It tells sockets of one domain apart. The peer's own routing id is not known before it is
 * admitted.
 *
 * Returns: (transfer none) (nullable): the routing id, or `NULL` if the socket has none
 *
 * Since: 1.0
 */
GBytes *
zmqg_authentication_request_get_routing_id (ZmqgAuthenticationRequest *self)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATION_REQUEST (self), NULL);

  if (self->zap.routing_id == NULL || g_bytes_get_size (self->zap.routing_id) == 0)
    return NULL;

  return self->zap.routing_id;
}

/**
 * zmqg_authentication_request_get_username: (get-property username)
 * @self: a request
 *
 * Gets the user name the peer gave.
 *
 * Returns: (transfer none) (nullable): the user name, or `NULL` unless the mechanism is PLAIN
 *
 * Since: 1.0
 */
const char *
zmqg_authentication_request_get_username (ZmqgAuthenticationRequest *self)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATION_REQUEST (self), NULL);

  return self->zap.username;
}

/**
 * zmqg_authentication_request_get_password:
 * @self: a request
 *
 * Gets the password the peer gave.
 *
 * It is overwritten as soon as there is an answer.
 *
 * Returns: (transfer none) (nullable): the password, or `NULL` if there is an answer, or unless
 *   the mechanism is PLAIN
 *
 * Since: 1.0
 */
const char *
zmqg_authentication_request_get_password (ZmqgAuthenticationRequest *self)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATION_REQUEST (self), NULL);

  return zmqg_authentication_request_is_pending (self) ? self->zap.password : NULL;
}

/**
 * zmqg_authentication_request_get_public_key: (get-property public-key)
 * @self: a request
 *
 * Gets the peer's public key.
 *
 * The peer has proved that it holds the secret key.
 *
 * Returns: (transfer none) (nullable): the key, 40 characters of Z85, or `NULL` unless the
 *   mechanism is CURVE
 *
 * Since: 1.0
 */
const char *
zmqg_authentication_request_get_public_key (ZmqgAuthenticationRequest *self)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATION_REQUEST (self), NULL);

  return self->zap.public_key;
}
