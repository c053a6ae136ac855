/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/base/zmqg-listener-private.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef union
{
  struct sockaddr any;
  struct sockaddr_in ipv4;
  struct sockaddr_in6 ipv6;
  struct sockaddr_un local;
  struct sockaddr_storage storage;
} Address;

static gboolean
check_listens (int      fd,
               GError **error)
{
  int type = 0, listens = 0;
  socklen_t size = sizeof type;

  if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "it is not a socket: %s",
                   g_strerror (errno));
      return FALSE;
    }

  size = sizeof listens;
  if (getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens &&
      type == SOCK_STREAM)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "it is not a stream socket that listens");
  return FALSE;
}

/* NULL: it has no name that can be written */
static char *
get_local_endpoint (const struct sockaddr_un *address,
                    socklen_t                 size)
{
  gsize length = size - offsetof (struct sockaddr_un, sun_path);
  const char *path = address->sun_path;

  if (size <= offsetof (struct sockaddr_un, sun_path))
    return NULL;
  if (path[0] != '\0')
    return g_strdup_printf ("ipc://%.*s", (int) length, path);
  if (length < 2 || memchr (path + 1, '\0', length - 1) != NULL)
    return NULL;

  return g_strdup_printf ("ipc://@%.*s", (int) length - 1, path + 1);
}

static char *
format (const Address *address,
        socklen_t      size)
{
  char text[INET6_ADDRSTRLEN];

  switch (address->any.sa_family)
    {
    case AF_INET:
      inet_ntop (AF_INET, &address->ipv4.sin_addr, text, sizeof text);
      return g_strdup_printf ("tcp://%s:%u", text, ntohs (address->ipv4.sin_port));
    case AF_INET6:
      inet_ntop (AF_INET6, &address->ipv6.sin6_addr, text, sizeof text);
      return g_strdup_printf ("tcp://[%s]:%u", text, ntohs (address->ipv6.sin6_port));
    case AF_UNIX:
      return get_local_endpoint (&address->local, size);
    default:
      return NULL;
    }
}

char *
zmqg_listener_get_endpoint (int      fd,
                            GError **error)
{
  Address address;
  socklen_t size = sizeof address;
  char *endpoint = NULL;

  if (!check_listens (fd, error))
    return NULL;
  if (getsockname (fd, &address.any, &size) == 0)
    endpoint = format (&address, size);
  if (endpoint == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "its address is none of tcp or ipc");

  return endpoint;
}

int
zmqg_listener_duplicate (int      fd,
                         GError **error)
{
  int copy = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  int flags = fcntl (fd, F_GETFL);

  if (copy == -1)
    {
      zmqg_set_error_from_errno (error, errno, "it cannot be duplicated");
      return -1;
    }
  /* Where several processes listen, another one may accept first: the I/O thread must not wait
   * for the next connection. */
  if (flags != -1 && (flags & O_NONBLOCK) == 0)
    fcntl (fd, F_SETFL, flags | O_NONBLOCK);

  return copy;
}
