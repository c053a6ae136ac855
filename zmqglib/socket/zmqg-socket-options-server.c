/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <string.h>
#include <zmq.h>

/* Options of sockets that authenticate their peers */

/* In zmq.h it is hidden among the drafts, but libzmq 4.3.4 honours it. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
# define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

#define DEFAULT_DOMAIN "global"
#define MAX_DOMAIN 255

/* Without an authenticator libzmq admits everybody to a domain, also to a CURVE server; where the
 * domain is enforced it admits nobody. Enforcing an empty one ends the process, as
 * plain_server.cpp asserts. */
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

static gboolean
is_guarded (ZmqgSocket *self)
{
  return self->options[zmqg_options_find (ZMQ_PLAIN_SERVER)].integer != 0 ||
         self->options[zmqg_options_find (ZMQ_CURVE_SERVER)].integer != 0;
}

static gboolean
refuse (ZmqgSocket  *self,
        guint        index,
        const char  *reason,
        GError     **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "Could not set '%s' of the %s socket: %s", zmqg_options[index].name,
               zmqg_socket_get_type_name (self), reason);
  return FALSE;
}

/* What would open a server that asks for credentials. @is_empty: the new value is */
gboolean
zmqg_options_check_server (ZmqgSocket  *self,
                           guint        index,
                           gboolean     is_empty,
                           GError     **error)
{
  int option = zmqg_options[index].option;

  if (!is_guarded (self))
    return TRUE;
  if (option == ZMQ_ZAP_DOMAIN && is_empty)
    return refuse (self, index, "a server that asks for credentials would admit everybody", error);
  /* libzmq would make the server a client, or one that asks for nothing, without a word */
  if (option == ZMQ_PLAIN_USERNAME || option == ZMQ_PLAIN_PASSWORD ||
      option == ZMQ_CURVE_SERVERKEY)
    return refuse (self, index, "the socket is a server, and would be one no more", error);

  return TRUE;
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
