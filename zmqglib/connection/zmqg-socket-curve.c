/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-endpoint-private.h>
#include <zmqglib/base/zmqg-error.h>
#include <zmqglib/connection/zmqg-certificate-private.h>
#include <zmqglib/connection/zmqg-socket-curve.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <zmq.h>

static gboolean fail (ZmqgSocket *self, const char *role, GQuark domain, int code, GError **error,
                      const char *format, ...) G_GNUC_PRINTF (6, 7);

static gboolean
fail (ZmqgSocket  *self,
      const char  *role,
      GQuark       domain,
      int          code,
      GError     **error,
      const char  *format,
      ...)
{
  g_autofree char *reason = NULL;
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, domain, code, "Could not make the %s socket a CURVE %s: %s",
               zmqg_socket_get_type_name (self), role, reason);

  return FALSE;
}

static gboolean
set_flag (ZmqgSocket  *self,
          int          option,
          gboolean     flag,
          GError     **error)
{
  ZmqgOptionValue value = { .integer = flag };

  return zmqg_options_set (self, zmqg_options_find (option), &value, error);
}

static gboolean
set_key (ZmqgSocket  *self,
         int          option,
         const char  *key,
         GError     **error)
{
  ZmqgOptionValue value = { .string = (char *) key };

  return zmqg_options_set (self, zmqg_options_find (option), &value, error);
}

static gboolean
set_keys (ZmqgSocket       *self,
          ZmqgCertificate  *certificate,
          GError          **error)
{
  return set_key (self, ZMQ_CURVE_PUBLICKEY, certificate->public_key, error) &&
         set_key (self, ZMQ_CURVE_SECRETKEY, certificate->secret_key, error);
}

static gboolean
has_server_key (ZmqgSocket *self)
{
  const char *key = self->options[zmqg_options_find (ZMQ_CURVE_SERVERKEY)].string;

  return key != NULL && key[0] != '\0';
}

/* The first endpoint that keys would mean something to, or NULL */
static const char *
find_endpoint (ZmqgSocket *self)
{
  for (guint i = 0; i < self->bindings->len; i++)
    {
      ZmqgBinding *binding = self->bindings->pdata[i];

      if (!zmqg_endpoint_is_inproc (binding->resolved))
        return binding->resolved;
    }
  for (guint i = 0; i < self->connections->len; i++)
    {
      ZmqgConnection *connection = self->connections->pdata[i];

      if (!zmqg_endpoint_is_inproc (connection->given))
        return connection->given;
    }

  return NULL;
}

/* An endpoint keeps the mechanism it was bound or connected with: it would stay open. */
static gboolean
check_endpoints (ZmqgSocket  *self,
                 const char  *role,
                 gboolean     is_one,
                 GError     **error)
{
  const char *endpoint = is_one ? NULL : find_endpoint (self);

  if (endpoint == NULL)
    return TRUE;

  return fail (self, role, ZMQG_ERROR, ZMQG_ERROR_STATE, error,
               "it has the endpoint '%s', which would stay without", endpoint);
}

static gboolean
check_certificate (ZmqgSocket       *self,
                   const char       *role,
                   ZmqgCertificate  *certificate,
                   GError          **error)
{
  if (certificate->error != NULL)
    return fail (self, role, certificate->error->domain, certificate->error->code, error, "%s",
                 certificate->error->message);
  if (certificate->secret_key[0] == '\0')
    return fail (self, role, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, error,
                 "the certificate has no secret key");

  return TRUE;
}

/**
 * zmqg_socket_set_curve_server:
 * @self: a socket
 * @certificate: a certificate with its secret key
 * @error: return location for a [struct@GLib.Error]
 *
 * Makes the socket a CURVE server (RFC 26): traffic is encrypted, clients have to know
 * @certificate's public key and to prove that they hold the secret key of their own.
 *
 * Nobody is admitted until an authenticator in the socket's context says so; without a
 * [property@Socket:zap-domain], `global` is set, and libzmq is told to enforce it. Applies to
 * what is bound or connected afterwards. Does not apply to `inproc`, which never leaves the
 * process.
 *
 * To be called by the holder of the main context. Fails with `G_IO_ERROR_INVALID_ARGUMENT` if
 * @certificate has no secret key or the socket is a [property@Socket:plain-server], with
 * [error@Error.STATE] if the socket has endpoints already, which would stay open to
 * everybody, unless it is a CURVE server and only changes its certificate, and with
 * `G_IO_ERROR_NOT_SUPPORTED` if libzmq was built without CURVE.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_set_curve_server (ZmqgSocket       *self,
                              ZmqgCertificate  *certificate,
                              GError          **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  gboolean is_server, done;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (ZMQG_IS_CERTIFICATE (certificate), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!zmqg_socket_hold (self, &hold, "make a CURVE server of", NULL, error))
    return FALSE;

  is_server = self->options[zmqg_options_find (ZMQ_CURVE_SERVER)].integer != 0;
  if (!check_certificate (self, "server", certificate, error) ||
      !check_endpoints (self, "server", is_server, error))
    return FALSE;

  /* First of all the guard: with half of the rest the socket admits nobody */
  done = set_flag (self, ZMQ_CURVE_SERVER, TRUE, error) && set_keys (self, certificate, error);
  zmqg_hub_touch (&self->member);

  return done;
}

/**
 * zmqg_socket_set_curve_client:
 * @self: a socket
 * @certificate: a certificate with its secret key
 * @server_public_key: the server's public key, 40 characters of Z85
 * @error: return location for a [struct@GLib.Error]
 *
 * Makes the socket a CURVE client (RFC 26): traffic is encrypted, and only a server that holds
 * the secret key to @server_public_key is spoken to.
 *
 * Applies to what is bound or connected afterwards. Does not apply to `inproc`, which never
 * leaves the process.
 *
 * To be called by the holder of the main context. Fails with `G_IO_ERROR_INVALID_ARGUMENT` if
 * @certificate has no secret key, @server_public_key is malformed or the socket is a CURVE or
 * PLAIN server, with [error@Error.STATE] if the socket has endpoints already, which would stay
 * in clear text, unless it is a CURVE client and only changes its keys, and with
 * `G_IO_ERROR_NOT_SUPPORTED` if libzmq was built without CURVE.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_set_curve_client (ZmqgSocket       *self,
                              ZmqgCertificate  *certificate,
                              const char       *server_public_key,
                              GError          **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  g_autofree char *shown = NULL;
  gboolean is_client, done;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (ZMQG_IS_CERTIFICATE (certificate), FALSE);
  g_return_val_if_fail (server_public_key != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!zmqg_socket_hold (self, &hold, "make a CURVE client of", NULL, error))
    return FALSE;

  shown = g_utf8_make_valid (server_public_key, -1);
  if (!zmqg_key_is_valid (server_public_key))
    return fail (self, "client", G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, error,
                 "the server's public key '%s' is not 40 characters of Z85", shown);
  is_client = has_server_key (self);
  if (!check_certificate (self, "client", certificate, error) ||
      !check_endpoints (self, "client", is_client, error))
    return FALSE;

  done = set_key (self, ZMQ_CURVE_SERVERKEY, server_public_key, error) &&
         set_keys (self, certificate, error);
  zmqg_hub_touch (&self->member);

  return done;
}
