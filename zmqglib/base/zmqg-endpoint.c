/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define _GNU_SOURCE /* memrchr() */

#include <zmqglib/base/zmqg-endpoint-private.h>

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <zmq.h>

#define MAX_IPC_PATH (sizeof (((struct sockaddr_un *) NULL)->sun_path) - 1)

typedef struct
{
  const char *endpoint;
  const char *address;
  ZmqgSocketType type;
  ZmqgEndpointUse use;
} Endpoint;

typedef struct
{
  const char *name;
  const char *capability;
  gboolean (*check) (const Endpoint *self, GError **error);
} Transport;

/* Reasons are read as the end of "Could not bind to '…': ". */
static gboolean refuse (const Endpoint *self, GError **error, int code, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

static gboolean
refuse (const Endpoint  *self,
        GError         **error,
        int              code,
        const char      *format,
        ...)
{
  g_autofree char *shown = g_utf8_make_valid (self->endpoint, -1);
  g_autofree char *formatted = NULL;
  g_autofree char *reason = NULL;
  va_list args;

  va_start (args, format);
  formatted = g_strdup_vprintf (format, args);
  va_end (args);
  reason = g_utf8_make_valid (formatted, -1);

  g_set_error (error, G_IO_ERROR, code, "Could not %s '%s': %s",
               self->use == ZMQG_ENDPOINT_BIND ? "bind to" : "connect to", shown, reason);
  return FALSE;
}

static gboolean
is_wildcard (const char *text,
             gsize       length)
{
  return length == 1 && text[0] == '*';
}

static gboolean
check_port (const Endpoint  *self,
            const char      *port,
            gsize            length,
            gboolean         may_be_any,
            GError         **error)
{
  g_autofree char *text = g_strndup (port, length);
  guint64 number;

  if (length == 0)
    return refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT, "the port is missing");
  if (is_wildcard (port, length))
    return may_be_any ||
           refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT, "a peer's port cannot be '*'");
  if (!g_ascii_string_to_unsigned (text, 10, may_be_any ? 0 : 1, G_MAXUINT16, &number, NULL))
    return refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT,
                   "the port '%s' is not a number from %d to 65535", text, !may_be_any);

  return TRUE;
}

static gboolean
check_host (const Endpoint  *self,
            const char      *host,
            gsize            length,
            gboolean         may_be_any,
            GError         **error)
{
  if (length == 0)
    return refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT, "the host is empty");
  if (is_wildcard (host, length) && !may_be_any)
    return refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT, "a peer's host cannot be '*'");
  if (host[0] == '[' && host[length - 1] != ']')
    return refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT,
                   "the ']' after the address is missing");
  if (length == strlen ("[]") && strncmp (host, "[]", length) == 0)
    return refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT, "the host is empty");

  for (gsize i = 0; i < length; i++)
    {
      if (g_ascii_isspace (host[i]) || g_ascii_iscntrl (host[i]))
        return refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT,
                       "the host has a blank or a control character in it");
    }

  return TRUE;
}

static gboolean
check_host_and_port (const Endpoint  *self,
                     const char      *address,
                     gsize            length,
                     gboolean         may_be_any,
                     GError         **error)
{
  const char *colon = memrchr (address, ':', length);
  const char *bracket = memrchr (address, ']', length);

  if (colon == NULL || (bracket != NULL && bracket > colon))
    return refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT, "the port is missing");

  return check_host (self, address, colon - address, may_be_any, error) &&
         check_port (self, colon + 1, address + length - colon - 1, may_be_any, error);
}

static gboolean
check_tcp (const Endpoint  *self,
           GError         **error)
{
  const char *peer = self->address;
  const char *semicolon = strchr (self->address, ';');

  if (self->use == ZMQG_ENDPOINT_BIND)
    return check_host_and_port (self, peer, strlen (peer), TRUE, error);

  /* "source;peer" says which address to connect from */
  if (semicolon != NULL)
    {
      if (!check_host_and_port (self, self->address, semicolon - self->address, TRUE, error))
        return FALSE;
      peer = semicolon + 1;
    }

  return check_host_and_port (self, peer, strlen (peer), FALSE, error);
}

static gboolean
check_ws (const Endpoint  *self,
          GError         **error)
{
  gboolean binds = self->use == ZMQG_ENDPOINT_BIND;

  if (self->type == ZMQG_SOCKET_TYPE_STREAM)
    return refuse (self, error, G_IO_ERROR_NOT_SUPPORTED, "a STREAM socket speaks tcp only");

  return check_host_and_port (self, self->address, strcspn (self->address, "/"), binds, error);
}

static gboolean
check_ipc (const Endpoint  *self,
           GError         **error)
{
  gsize length = strlen (self->address);

  if (length == 0 || g_str_equal (self->address, "@"))
    return refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT, "the path is empty");
  if (length > MAX_IPC_PATH)
    return refuse (self, error, G_IO_ERROR_FILENAME_TOO_LONG,
                   "the path has %d bytes, at most %d are possible", (int) length,
                   (int) MAX_IPC_PATH);
  if (self->use == ZMQG_ENDPOINT_CONNECT && is_wildcard (self->address, length))
    return refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT, "a peer's path cannot be '*'");

  return TRUE;
}

static gboolean
check_inproc (const Endpoint  *self,
              GError         **error)
{
  if (self->address[0] == '\0')
    return refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT, "the name is empty");

  /* session_base.cpp asserts that the peer found there is a REP or a ROUTER */
  if (self->use == ZMQG_ENDPOINT_BIND && g_str_equal (self->address, "zeromq.zap.01") &&
      self->type != ZMQG_SOCKET_TYPE_REP && self->type != ZMQG_SOCKET_TYPE_ROUTER)
    return refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT,
                   "only a REP or a ROUTER socket can answer authentication requests");

  return TRUE;
}

static gboolean
check_tipc (const Endpoint  *self,
            GError         **error)
{
  static const char pattern[] = "^(\\{\\d+,\\s*\\d+(,\\s*\\d+)?\\}(@\\d+\\.\\d+\\.\\d+)?"
                                "|<(\\*|\\d+\\.\\d+\\.\\d+:\\d+)>)$";

  if (!g_regex_match_simple (pattern, self->address, G_REGEX_RAW, 0))
    return refuse (self, error, G_IO_ERROR_INVALID_ARGUMENT,
                   "the address is neither {type,lower,upper} nor {type,instance} nor <z.c.n:ref>");

  return TRUE;
}

/* session_base.cpp asserts that these can be opened: a missing interface, route or
 * permission ends the process. */
static gboolean
check_multicast (const Endpoint  *self,
                 GError         **error)
{
  return refuse (self, error, G_IO_ERROR_NOT_SUPPORTED,
                 "libzmq ends the process when it cannot open a multicast transport");
}

static gboolean
check_draft (const Endpoint  *self,
             GError         **error)
{
  return refuse (self, error, G_IO_ERROR_NOT_SUPPORTED,
                 "the transport is for socket types of libzmq's draft API only");
}

static const Transport transports[] = {
  { "tcp", NULL, check_tcp },
  { "ipc", "ipc", check_ipc },
  { "inproc", NULL, check_inproc },
  { "ws", "WS", check_ws },
  { "wss", "WSS", check_ws },
  { "tipc", "tipc", check_tipc },
  { "vmci", "vmci", NULL },
  { "pgm", "pgm", check_multicast },
  { "epgm", "pgm", check_multicast },
  { "norm", "norm", check_multicast },
  { "udp", NULL, check_draft },
};

static gboolean
check_transport (const Endpoint   *self,
                 const Transport  *transport,
                 GError          **error)
{
  if (transport->capability != NULL && !zmq_has (transport->capability))
    return refuse (self, error, G_IO_ERROR_NOT_SUPPORTED,
                   "this libzmq was built without '%s'", transport->name);
  if (self->type == ZMQG_SOCKET_TYPE_STREAM && transport->check != check_tcp &&
      transport->check != check_ws)
    return refuse (self, error, G_IO_ERROR_NOT_SUPPORTED, "a STREAM socket speaks tcp only");

  return transport->check == NULL || transport->check (self, error);
}

gboolean
zmqg_endpoint_check (const char       *endpoint,
                     ZmqgSocketType    type,
                     ZmqgEndpointUse   use,
                     GError          **error)
{
  const char *separator = strstr (endpoint, "://");
  Endpoint self = { endpoint, NULL, type, use };

  if (separator == NULL)
    return refuse (&self, error, G_IO_ERROR_INVALID_ARGUMENT,
                   "it has no transport, such as 'tcp://'");
  self.address = separator + strlen ("://");

  for (guint i = 0; i < G_N_ELEMENTS (transports); i++)
    {
      gsize length = strlen (transports[i].name);

      if (length == (gsize) (separator - endpoint) &&
          strncmp (endpoint, transports[i].name, length) == 0)
        return check_transport (&self, &transports[i], error);
    }

  return refuse (&self, error, G_IO_ERROR_NOT_SUPPORTED, "the transport '%.*s' is not known",
                 (int) (separator - endpoint), endpoint);
}

gboolean
zmqg_endpoint_is_inproc (const char *endpoint)
{
  return g_str_has_prefix (endpoint, "inproc://");
}

gboolean
zmqg_endpoint_is_websocket (const char *endpoint)
{
  return g_str_has_prefix (endpoint, "ws://") || g_str_has_prefix (endpoint, "wss://");
}

/* libzmq takes whatever begins with a '*' for a wildcard. */
const char *
zmqg_endpoint_get_ipc_path (const char *endpoint)
{
  if (!g_str_has_prefix (endpoint, "ipc://") || g_str_has_prefix (endpoint, "ipc://*"))
    return NULL;

  return endpoint + strlen ("ipc://");
}

static int
find_source_family (const char *address,
                    const char *semicolon)
{
  g_autofree char *source = g_strndup (address, semicolon - address);
  char *colon = strrchr (source, ':');

  if (source[0] == '[')
    return AF_INET6;
  if (colon != NULL)
    *colon = '\0';

  /* The name of an interface may have addresses of either */
  return g_hostname_is_ip_address (source) ? AF_INET : AF_UNSPEC;
}

gboolean
zmqg_endpoint_find_host (const char       *endpoint,
                         ZmqgEndpointHost *host)
{
  const char *address, *semicolon, *colon;
  g_autofree char *name = NULL;

  if (!g_str_has_prefix (endpoint, "tcp://") && !zmqg_endpoint_is_websocket (endpoint))
    return FALSE;

  address = strstr (endpoint, "://") + strlen ("://");
  semicolon = strchr (address, ';');
  host->source_family = semicolon != NULL ? find_source_family (address, semicolon) : AF_UNSPEC;
  host->start = semicolon != NULL ? semicolon + 1 : address;
  colon = memrchr (host->start, ':', strcspn (host->start, "/"));
  host->length = colon - host->start;
  name = g_strndup (host->start, host->length);

  return name[0] != '[' && !g_hostname_is_ip_address (name);
}
