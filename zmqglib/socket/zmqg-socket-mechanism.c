/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <zmq.h>

/* In zmq.h it is hidden among the drafts, but libzmq 4.3.4 honours it. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
# define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

#define DEFAULT_DOMAIN "global"
#define MAX_DOMAIN 255

/* Whatever option of a mechanism libzmq is given last decides which mechanism the socket has, and
 * whether as a server, without a word: a server could come to admit everybody. So a server stays
 * what it is, until it is told to be none. */

static gboolean
is_on (ZmqgSocket *self,
       int         option)
{
  return self->options[zmqg_options_find (option)].integer != 0;
}

static gboolean
refuse (ZmqgSocket  *self,
        int          option,
        int          code,
        const char  *reason,
        GError     **error)
{
  guint index = zmqg_options_find (option);

  if (index < zmqg_n_options)
    g_set_error (error, G_IO_ERROR, code, "Could not set '%s' of the %s socket: %s",
                 zmqg_options[index].name, zmqg_socket_get_type_name (self), reason);
  else
    g_set_error (error, G_IO_ERROR, code, "Could not set option %d of the %s socket: %s", option,
                 zmqg_socket_get_type_name (self), reason);

  return FALSE;
}

/* NULL: the option is not one that changes a server of this kind into something else */
static const char *
find_conflict (int      option,
               gboolean is_set,
               gboolean is_plain_server,
               gboolean is_curve_server)
{
  static const char * const is_plain = "the socket is a plain-server";
  static const char * const is_curve = "the socket is a curve-server";

  switch (option)
    {
    case ZMQ_PLAIN_USERNAME:
    case ZMQ_PLAIN_PASSWORD:
    case ZMQ_CURVE_SERVERKEY:
      return is_curve_server ? is_curve : is_plain_server ? is_plain : NULL;
    case ZMQ_PLAIN_SERVER:
      return is_curve_server && is_set ? is_curve : NULL;
    case ZMQ_CURVE_SERVER:
      return is_plain_server && is_set ? is_plain : NULL;
    case ZMQ_CURVE_PUBLICKEY:
    case ZMQ_CURVE_SECRETKEY:
      return is_plain_server ? is_plain : NULL;
    case ZMQ_ZAP_DOMAIN:
    case ZMQ_ZAP_ENFORCE_DOMAIN:
      return (is_plain_server || is_curve_server) && !is_set
               ? "a server that asks for credentials would admit everybody" : NULL;
    default:
      return NULL;
    }
}

/* @is_set: whether the option gets a value, rather than 0 or nothing */
gboolean
zmqg_options_check_mechanism (ZmqgSocket  *self,
                              int          option,
                              gboolean     is_set,
                              GError     **error)
{
  const char *conflict;

  if (option == ZMQ_GSSAPI_SERVER || option == ZMQ_GSSAPI_PRINCIPAL ||
      option == ZMQ_GSSAPI_SERVICE_PRINCIPAL)
    return refuse (self, option, G_IO_ERROR_NOT_SUPPORTED,
                   "with GSSAPI libzmq admits those whom an authenticator refuses", error);

  conflict = find_conflict (option, is_set, is_on (self, ZMQ_PLAIN_SERVER),
                            is_on (self, ZMQ_CURVE_SERVER));

  return conflict == NULL ||
         refuse (self, option, G_IO_ERROR_INVALID_ARGUMENT, conflict, error);
}

/* Without an authenticator libzmq admits everybody to a domain, also to a CURVE server; where the
 * domain is enforced it admits nobody. */
gboolean
zmqg_options_enforce_domain (ZmqgSocket  *self,
                             gboolean     enforce,
                             GError     **error)
{
  int value = enforce;

  if (ZMQG_RETRY (self->process, zmq_setsockopt (self->handle, ZMQ_ZAP_ENFORCE_DOMAIN, &value,
                                                 sizeof value)) == 0 || !enforce)
    return TRUE;

  zmqg_set_error_from_errno (error, zmq_errno (), "Could not enforce the authentication domain");
  return FALSE;
}

/* Before the socket becomes a server that asks for credentials */
gboolean
zmqg_options_guard (ZmqgSocket  *self,
                    GError     **error)
{
  guint domain = zmqg_options_find (ZMQ_ZAP_DOMAIN);
  ZmqgOptionValue value = { .string = (char *) DEFAULT_DOMAIN };

  if (self->options[domain].string != NULL && self->options[domain].string[0] != '\0')
    return zmqg_options_enforce_domain (self, TRUE, error);

  return zmqg_options_set (self, domain, &value, error);
}

static int
get_number (ZmqgSocket *self,
            int         option)
{
  int number = 0;
  size_t size = sizeof number;

  ZMQG_RETRY (self->process, zmq_getsockopt (self->handle, option, &number, &size));

  return number;
}

/* Whether libzmq asks an authenticator about the peers of this socket. A server and a client of
 * PLAIN or CURVE have the same mechanism. */
gboolean
zmqg_options_asks_authenticator (ZmqgSocket *self)
{
  char domain[MAX_DOMAIN + 1] = "";
  size_t size = sizeof domain;

  if (get_number (self, ZMQ_PLAIN_SERVER) || get_number (self, ZMQ_CURVE_SERVER))
    return TRUE;

  ZMQG_RETRY (self->process, zmq_getsockopt (self->handle, ZMQ_ZAP_DOMAIN, domain, &size));

  return domain[0] != '\0' && get_number (self, ZMQ_MECHANISM) == ZMQ_NULL;
}
