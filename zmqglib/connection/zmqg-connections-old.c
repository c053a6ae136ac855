/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-connections-private.h>

#include <string.h>

/* The connections that were there before the monitor: libzmq does not tell of them, but the kernel
 * knows all of the process. Those that came in at an endpoint the socket is bound to are its own;
 * those that go to an endpoint it is connected to may be those of another socket that is connected
 * there too. */

static gboolean
has_any_address (const char *endpoint)
{
  return g_str_has_prefix (endpoint, "tcp://0.0.0.0:") ||
         g_str_has_prefix (endpoint, "tcp://[::]:");
}

static gboolean
is_loopback (const char *address)
{
  return g_str_has_prefix (address, "tcp://127.") || g_str_has_prefix (address, "tcp://[::1]:");
}

/* @endpoint: as it was given; @kernel_address: as the kernel has it */
static gboolean
is_at (const char *endpoint,
       const char *kernel_address)
{
  g_autofree char *plain = zmqg_kernel_dup_plain (endpoint);
  g_autofree char *address = zmqg_kernel_dup_plain (kernel_address);
  gboolean is_vague = has_any_address (plain) ||
                      (g_str_has_prefix (plain, "tcp://localhost:") && is_loopback (address));

  if (!is_vague)
    return g_str_equal (plain, address);

  return g_str_has_prefix (address, "tcp://") &&
         g_str_equal (strrchr (plain, ':'), strrchr (address, ':'));
}

static gboolean
is_bound_to (GPtrArray  *bindings,
             const char *address)
{
  for (guint i = 0; i < bindings->len; i++)
    {
      if (is_at (bindings->pdata[i], address))
        return TRUE;
    }

  return FALSE;
}

static void
add_old (ZmqgConnections *self,
         int              fd,
         const char      *endpoint,
         gboolean         is_incoming,
         gint64           time)
{
  ZmqgConnection *connection = g_hash_table_lookup (self->by_fd, GINT_TO_POINTER (fd));
  g_autoptr (GRefString) name = NULL;

  if (connection != NULL && connection->peer != NULL)
    return;

  name = zmqg_connections_get_name (self, endpoint);
  zmqg_connections_add (self, fd, name, is_incoming, time);
  connection = g_hash_table_lookup (self->by_fd, GINT_TO_POINTER (fd));
  connection->is_old = !connection->is_ready;
}

/* @found: numbers of file descriptors, by the endpoint they go to */
static void
note_outgoing (GHashTable *found,
               GHashTable *targets,
               const char *address,
               int         fd)
{
  GHashTableIter iter;
  gpointer endpoint;

  g_hash_table_iter_init (&iter, targets);
  while (g_hash_table_iter_next (&iter, &endpoint, NULL))
    {
      GArray *fds = g_hash_table_lookup (found, endpoint);

      if (!is_at (endpoint, address))
        continue;
      if (fds == NULL)
        {
          fds = g_array_new (FALSE, FALSE, sizeof fd);
          g_hash_table_insert (found, endpoint, fds);
        }
      g_array_append_val (fds, fd);
    }
}

static gboolean
may_all_be_ready (GArray *fds)
{
  for (guint i = 0; i < fds->len; i++)
    {
      if (!zmqg_kernel_may_be_ready (g_array_index (fds, int, i)))
        return FALSE;
    }

  return TRUE;
}

/* All are connected, but it cannot be told which of them are whose. */
static void
count_old (ZmqgConnections *self,
           const char      *endpoint,
           guint            n_connections)
{
  g_autoptr (GRefString) name = zmqg_connections_get_name (self, endpoint);
  ZmqgMonitorEndpoint *entry = zmqg_connections_get_endpoint (self, name);

  entry->n_unknown += n_connections;
  entry->n_presumed += n_connections;
  self->n_ready += n_connections;
}

static void
add_outgoing (ZmqgConnections *self,
              GHashTable      *found,
              GHashTable      *targets,
              gint64           time)
{
  GHashTableIter iter;
  gpointer endpoint, value;

  g_hash_table_iter_init (&iter, found);
  while (g_hash_table_iter_next (&iter, &endpoint, &value))
    {
      ZmqgTarget *target = g_hash_table_lookup (targets, endpoint);
      GArray *fds = value;

      if (target->n_all == target->n_own)
        {
          for (guint i = 0; i < fds->len; i++)
            add_old (self, g_array_index (fds, int, i), endpoint, FALSE, time);
        }
      else if (fds->len >= target->n_all && may_all_be_ready (fds))
        count_old (self, endpoint, target->n_own);
    }
}

/* @bindings: endpoints; @targets: ZmqgTargets by endpoint; @time: now */
void
zmqg_connections_find_old (ZmqgConnections *self,
                           GPtrArray       *bindings,
                           GHashTable      *targets,
                           gint64           time)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                                        (GDestroyNotify) g_array_unref);
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *entry;

  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL)
    {
      int fd = g_ascii_strtoll (entry, NULL, 10);
      g_autofree char *local = NULL;
      g_autofree char *remote = NULL;

      if (!zmqg_kernel_get_ends (fd, &local, &remote))
        continue;
      if (is_bound_to (bindings, local))
        add_old (self, fd, local, TRUE, time);
      else
        note_outgoing (found, targets, remote, fd);
    }

  add_outgoing (self, found, targets, time);
}
