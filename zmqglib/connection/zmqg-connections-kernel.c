/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* For struct ucred */
#define _GNU_SOURCE

#include <zmqglib/connection/zmqg-connections-private.h>

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* What the kernel knows of a connection that belongs to libzmq. It is only asked, and the number
 * may be another connection's by then: the answer is good only if libzmq has not said, before a
 * later look at the monitor, that the connection is lost. */

/* 64 bytes of greeting, and the shortest READY: two of framing, "\5READY", and the property
 * Socket-Type with a name of three letters */
#define SHORTEST_HANDSHAKE (64 + 2 + 6 + 12 + 4 + 3)

/* In the abstract name space a name begins with a NUL, which libzmq writes as @ */
static char *
dup_unix_address (const struct sockaddr_un *address,
                  socklen_t                 size)
{
  gsize length = size - offsetof (struct sockaddr_un, sun_path);
  g_autofree char *name = NULL;

  if (size <= offsetof (struct sockaddr_un, sun_path))
    return g_strdup ("");

  name = g_strndup (address->sun_path, length);
  if (name[0] != '\0')
    return g_strconcat ("ipc://", name, NULL);

  g_free (name);
  name = g_strndup (address->sun_path + 1, length - 1);

  return g_strconcat ("ipc://@", name, NULL);
}

static char *
dup_tcp_address (const struct sockaddr_storage *address)
{
  char text[INET6_ADDRSTRLEN];

  if (address->ss_family == AF_INET)
    {
      const struct sockaddr_in *in = (const struct sockaddr_in *) address;

      inet_ntop (AF_INET, &in->sin_addr, text, sizeof text);
      return g_strdup_printf ("tcp://%s:%u", text, ntohs (in->sin_port));
    }
  if (address->ss_family == AF_INET6)
    {
      const struct sockaddr_in6 *in = (const struct sockaddr_in6 *) address;

      inet_ntop (AF_INET6, &in->sin6_addr, text, sizeof text);
      return g_strdup_printf ("tcp://[%s]:%u", text, ntohs (in->sin6_port));
    }

  return NULL;
}

static char *
dup_address (const struct sockaddr_storage *address,
             socklen_t                      size)
{
  if (address->ss_family == AF_UNIX)
    return dup_unix_address ((const struct sockaddr_un *) address, size);

  return dup_tcp_address (address);
}

/* The two ends of a connection, (transfer full), in the way of libzmq; empty where one has no
 * name. FALSE: @fd is no connection */
gboolean
zmqg_kernel_get_ends (int    fd,
                      char **local,
                      char **remote)
{
  struct sockaddr_storage address;
  socklen_t size = sizeof address;

  if (getpeername (fd, (struct sockaddr *) &address, &size) != 0)
    return FALSE;
  *remote = dup_address (&address, size);

  size = sizeof address;
  if (getsockname (fd, (struct sockaddr *) &address, &size) != 0)
    size = 0;
  *local = size > 0 ? dup_address (&address, size) : NULL;
  if (*local != NULL && *remote != NULL)
    return TRUE;

  g_clear_pointer (local, g_free);
  g_clear_pointer (remote, g_free);
  return FALSE;
}

/* Returns: (transfer full) (nullable): NULL if the kernel does not tell. @process_id: 0 if there
 * is none */
char *
zmqg_kernel_dup_address (int         fd,
                         const char *endpoint,
                         int        *process_id)
{
  struct sockaddr_storage address;
  struct ucred credentials;
  socklen_t size = sizeof address;
  socklen_t credentials_size = sizeof credentials;

  *process_id = 0;
  if (getpeername (fd, (struct sockaddr *) &address, &size) != 0)
    return NULL;
  if (address.ss_family != AF_UNIX)
    {
      g_autofree char *text = dup_tcp_address (&address);

      return text != NULL ? zmqg_kernel_dup_plain (text) : NULL;
    }

  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &credentials, &credentials_size) == 0)
    *process_id = credentials.pid;

  return endpoint[0] != '\0' ? g_strdup (endpoint) : NULL;
}

#define MAPPED "::ffff:"

/* Sockets that have both IPv4 and IPv6 write an IPv4 address in the way of IPv6. Returns: (transfer
 * full): @address as it is usually written */
char *
zmqg_kernel_dup_plain (const char *address)
{
  const char *start = address + strlen ("tcp://[" MAPPED);
  const char *end = strchr (address, ']');

  if (!g_str_has_prefix (address, "tcp://[" MAPPED) || strchr (address, '.') == NULL || end == NULL)
    return g_strdup (address);

  return g_strdup_printf ("tcp://%.*s%s", (int) (end - start), start, end + 1);
}

/* Whether what libzmq says of the peer of a message, over ipc "localhost:uid:gid:pid", can be the
 * end of a connection that the kernel knows by @address: (nullable) and @process_id */
gboolean
zmqg_kernel_is_address_of (const char *host,
                           const char *address,
                           int         process_id)
{
  g_autofree char *start = NULL;

  if (address == NULL)
    return TRUE;
  if (process_id > 0)
    return g_ascii_strtoll (strrchr (host, ':') + 1, NULL, 10) == process_id;
  /* With a scope, libzmq's text is another one */
  if (!g_str_has_prefix (address, "tcp://") || strchr (host, '%') != NULL)
    return TRUE;

  if (g_str_has_prefix (host, MAPPED) && strchr (host, '.') != NULL)
    host += strlen (MAPPED);
  start = g_strdup_printf (strchr (host, ':') != NULL ? "tcp://[%s]:" : "tcp://%s:", host);

  return g_str_has_prefix (address, start);
}

/* FALSE if the peer cannot have said enough for its handshake to succeed */
gboolean
zmqg_kernel_may_be_ready (int fd)
{
  struct tcp_info info = { 0 };
  socklen_t size = sizeof info;

  if (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return TRUE;
  if (size < offsetof (struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received)
    return TRUE;

  return info.tcpi_bytes_received >= SHORTEST_HANDSHAKE;
}
