/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define _GNU_SOURCE /* struct ucred */

#include <zmqglib/connection/zmqg-address-rules-private.h>
#include <zmqglib/connection/zmqg-hang-up-private.h>
#include <zmqglib/loop/zmqg-context-private.h>
#include <zmqglib/socket/zmqg-socket.h>

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Without /proc there is no list of them */
#define MAX_FDS 65536

/* Where sockets listen, and whose connections end */
typedef struct
{
  /* "ADDRESS PORT", with '*' for any address, and paths */
  GHashTable *names;
  /* (element-type ZmqgPeerAddress), or NULL for all */
  GArray *peers;
} Search;

static void
search_clear (Search *self)
{
  g_hash_table_unref (self->names);
  g_clear_pointer (&self->peers, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static char *
make_name (GInetAddress *inet,
           guint         port)
{
  g_autoptr (GInetAddress) unmapped = zmqg_inet_address_unmap (inet);
  g_autofree char *host = NULL;

  if (g_inet_address_get_is_any (unmapped))
    return g_strdup_printf ("* %u", port);

  host = g_inet_address_to_string (unmapped);

  return g_strdup_printf ("%s %u", host, port);
}

/* "tcp://127.0.0.1:5555", "tcp://[::]:5555" or "ws://0.0.0.0:80/path": libzmq gives numbers */
static void
add_inet (Search     *self,
          const char *endpoint)
{
  g_autofree char *address = g_strndup (endpoint, strcspn (endpoint, "/"));
  char *colon = strrchr (address, ':');
  g_autoptr (GInetAddress) inet = NULL;
  g_autofree char *host = NULL;

  if (colon == NULL)
    return;
  *colon = '\0';
  if (address[0] == '[' && colon[-1] == ']')
    host = g_strndup (address + 1, colon - address - 2);
  else
    host = g_strdup (address);

  inet = g_inet_address_new_from_string (host);
  if (inet != NULL)
    g_hash_table_add (self->names, make_name (inet, g_ascii_strtoull (colon + 1, NULL, 10)));
}

static void
add_endpoint (Search     *self,
              const char *endpoint)
{
  const char *address = strstr (endpoint, "://") + strlen ("://");

  if (g_str_has_prefix (endpoint, "ipc://"))
    g_hash_table_add (self->names, g_strdup (address));
  else if (!g_str_has_prefix (endpoint, "inproc://"))
    add_inet (self, address);
}

static void
add_socket (Search     *self,
            ZmqgSocket *socket,
            const char *domain)
{
  g_autofree char *socket_domain = NULL;
  g_auto (GStrv) endpoints = NULL;

  g_object_get (socket, "zap-domain", &socket_domain, NULL);
  if (g_strcmp0 (socket_domain, domain) != 0)
    return;

  endpoints = zmqg_socket_list_bindings (socket);
  for (guint i = 0; endpoints[i] != NULL; i++)
    add_endpoint (self, endpoints[i]);
}

static void
search_init (Search            *self,
             ZmqgContext       *context,
             const char        *domain,
             const char *const *addresses)
{
  g_autoptr (GPtrArray) sockets = zmqg_context_list_members (context);

  *self = (Search) {
    .names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
  };
  for (guint i = 0; i < sockets->len; i++)
    add_socket (self, sockets->pdata[i], domain);

  if (addresses == NULL)
    return;
  self->peers = g_array_new (FALSE, FALSE, sizeof (ZmqgPeerAddress));
  g_array_set_clear_func (self->peers, (GDestroyNotify) zmqg_peer_address_clear);
  for (guint i = 0; addresses[i] != NULL; i++)
    {
      ZmqgPeerAddress address;

      zmqg_peer_address_init (&address, addresses[i]);
      g_array_append_val (self->peers, address);
    }
}

static gboolean
is_peer (const Search *self,
         GInetAddress *inet,
         gint64        pid)
{
  if (self->peers == NULL)
    return TRUE;

  for (guint i = 0; i < self->peers->len; i++)
    {
      const ZmqgPeerAddress *peer = &g_array_index (self->peers, ZmqgPeerAddress, i);

      if (inet != NULL && peer->inet != NULL && g_inet_address_equal (inet, peer->inet))
        return TRUE;
      if (inet == NULL && peer->is_ipc && (peer->pid < 0 || peer->pid == pid))
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_listener (const Search       *self,
             GInetSocketAddress *address)
{
  guint port = g_inet_socket_address_get_port (address);
  g_autofree char *name = make_name (g_inet_socket_address_get_address (address), port);
  g_autofree char *any = g_strdup_printf ("* %u", port);

  return g_hash_table_contains (self->names, name) || g_hash_table_contains (self->names, any);
}

static gboolean
is_wanted_inet (const Search            *self,
                struct sockaddr_storage *local,
                struct sockaddr_storage *remote)
{
  g_autoptr (GSocketAddress) here = g_socket_address_new_from_native (local, sizeof *local);
  g_autoptr (GSocketAddress) there = g_socket_address_new_from_native (remote, sizeof *remote);
  g_autoptr (GInetAddress) inet = NULL;

  if (!G_IS_INET_SOCKET_ADDRESS (here) || !G_IS_INET_SOCKET_ADDRESS (there) ||
      !is_listener (self, G_INET_SOCKET_ADDRESS (here)))
    return FALSE;

  inet = zmqg_inet_address_unmap (
    g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (there)));

  return is_peer (self, inet, -1);
}

/* A name in the abstract name space begins with a NUL, where libzmq writes '@'. */
static gboolean
is_wanted_unix (const Search       *self,
                int                 fd,
                struct sockaddr_un *local,
                socklen_t           local_size)
{
  gsize offset = G_STRUCT_OFFSET (struct sockaddr_un, sun_path);
  g_autofree char *path = NULL;
  struct ucred credentials;
  socklen_t size = sizeof credentials;

  if (local_size <= offset)
    return FALSE;
  if (local->sun_path[0] == '\0')
    local->sun_path[0] = '@';
  path = g_strndup (local->sun_path, local_size - offset);
  if (!g_hash_table_contains (self->names, path))
    return FALSE;

  return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 &&
         is_peer (self, NULL, credentials.pid);
}

static gboolean
is_wanted (const Search *self,
           int           fd)
{
  struct sockaddr_storage local = { 0 }, remote = { 0 };
  socklen_t local_size = sizeof local, remote_size = sizeof remote;
  int type = 0;
  socklen_t type_size = sizeof type;

  if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &type_size) != 0 || type != SOCK_STREAM ||
      getsockname (fd, (struct sockaddr *) &local, &local_size) != 0 ||
      getpeername (fd, (struct sockaddr *) &remote, &remote_size) != 0)
    return FALSE;
  if (local.ss_family == AF_UNIX)
    return is_wanted_unix (self, fd, (struct sockaddr_un *) &local, local_size);

  return is_wanted_inet (self, &local, &remote);
}

/* libzmq's I/O thread may close the descriptor meanwhile, and its number be somebody else's at
 * once: what is looked at and what is shut down must be the same file, so it gets a number of
 * our own. */
static gboolean
hang_up (const Search *self,
         int           fd)
{
  int own = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  gboolean wanted;

  if (own < 0)
    return FALSE;
  wanted = is_wanted (self, own) && shutdown (own, SHUT_RDWR) == 0;
  close (own);

  return wanted;
}

static GArray *
list_fds (void)
{
  GArray *fds = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      int fd = (int) g_ascii_strtoll (name, NULL, 10);

      g_array_append_val (fds, fd);
    }
  if (dir == NULL)
    {
      for (int fd = 0; fd < MIN (sysconf (_SC_OPEN_MAX), MAX_FDS); fd++)
        g_array_append_val (fds, fd);
    }

  return fds;
}

guint
zmqg_hang_up (ZmqgContext       *context,
              const char        *domain,
              const char *const *addresses)
{
  g_auto (Search) search = { NULL };
  g_autoptr (GArray) fds = NULL;
  guint n_connections = 0;

  search_init (&search, context, domain, addresses);
  if (g_hash_table_size (search.names) == 0)
    return 0;

  fds = list_fds ();
  for (guint i = 0; i < fds->len; i++)
    n_connections += hang_up (&search, g_array_index (fds, int, i));

  return n_connections;
}
