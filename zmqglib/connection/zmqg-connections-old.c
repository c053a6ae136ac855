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
  return g_str_has_prefix (endpoint, "tcp://0.0.0.0:") || g_str_has_prefix (endpoint, "tcp://[::]:");
}

static gboolean
is_at (const char *endpoint,
       const char *address)
{
  if (!has_any_address (endpoint))
    return g_str_equal (endpoint, address);

  return g_str_has_prefix (address, "tcp://") &&
         g_str_equal (strrchr (endpoint, ':'), strrchr (address, ':'));
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
  GRefString *name;

  if (connection != NULL && connection->peer != NULL)
    return;

  name = zmqg_connections_get_name (self, endpoint);
  zmqg_connections_add (self, fd, name, is_incoming, time);
  g_ref_string_release (name);
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
  gpointer endpoint;
  GArray *fds;

  if (!g_hash_table_lookup_extended (targets, address, &endpoint, NULL))
    return;

  fds = g_hash_table_lookup (found, endpoint);
  if (fds == NULL)
    {
      fds = g_array_new (FALSE, FALSE, sizeof fd);
      g_hash_table_insert (found, endpoint, fds);
    }
  g_array_append_val (fds, fd);
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

      if (fds->len < target->n_all)
        continue;
      if (target->n_all == target->n_own)
        {
          for (guint i = 0; i < fds->len; i++)
            add_old (self, g_array_index (fds, int, i), endpoint, FALSE, time);
        }
      else
        {
          /* All are connected, but it cannot be told which of them are whose */
          GRefString *name = zmqg_connections_get_name (self, endpoint);

          zmqg_connections_get_endpoint (self, name)->n_unknown += target->n_own;
          self->n_ready += target->n_own;
          g_ref_string_release (name);
        }
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
