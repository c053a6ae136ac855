/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-certificate-directory-private.h>
#include <zmqglib/connection/zmqg-certificate-scan-private.h>

typedef struct
{
  ZmqgRefreshedFunc func;
  gpointer user_data;
} Waiter;

struct _ZmqgCertificateDirectory
{
  GFile *folder;
  ZmqgCertificateScan *scan;

  GMainContext *main_context;
  GFileMonitor *monitor;
  ZmqgKeysRemovedFunc removed_func;
  gpointer user_data;

  gboolean is_scanning;
  gboolean is_due;
  /* Of the scan that runs, and of the next one */
  GArray *waiters;
  GArray *next_waiters;
};

static void start_scan (ZmqgCertificateDirectory *self);

ZmqgCertificateDirectory *
zmqg_certificate_directory_new (GFile   *folder,
                                GError **error)
{
  ZmqgCertificateScan *scan = zmqg_certificate_scan_run (folder, NULL, error);
  ZmqgCertificateDirectory *self;

  if (scan == NULL)
    return NULL;

  self = g_atomic_rc_box_new0 (ZmqgCertificateDirectory);
  self->folder = g_object_ref (folder);
  self->scan = scan;
  self->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  self->next_waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));

  return self;
}

ZmqgCertificateDirectory *
zmqg_certificate_directory_ref (ZmqgCertificateDirectory *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
directory_clear (gpointer data)
{
  ZmqgCertificateDirectory *self = data;

  g_object_unref (self->folder);
  zmqg_certificate_scan_unref (self->scan);
  g_array_unref (self->waiters);
  g_array_unref (self->next_waiters);
  g_clear_pointer (&self->main_context, g_main_context_unref);
}

void
zmqg_certificate_directory_unref (ZmqgCertificateDirectory *self)
{
  g_atomic_rc_box_release_full (self, directory_clear);
}

/* (transfer container): the keys are those of @before */
static GPtrArray *
find_removed (ZmqgCertificateScan *before,
              ZmqgCertificateScan *now)
{
  GPtrArray *removed = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, before->keys);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      if (!g_hash_table_contains (now->keys, key))
        g_ptr_array_add (removed, key);
    }

  return removed;
}

/* @scan: (transfer full) */
static void
replace_scan (ZmqgCertificateDirectory *self,
              ZmqgCertificateScan      *scan)
{
  g_autoptr (ZmqgCertificateScan) before = g_steal_pointer (&self->scan);
  g_autoptr (GPtrArray) removed = find_removed (before, scan);

  self->scan = scan;
  if (removed->len > 0 && self->removed_func != NULL)
    self->removed_func (self, removed, self->user_data);
}

/* A directory that is gone has no certificates; of one that cannot be read nothing is known. */
static ZmqgCertificateScan *
run_scan (GFile                *folder,
          ZmqgCertificateScan  *before,
          GError              **error)
{
  g_autoptr (GError) reason = NULL;
  ZmqgCertificateScan *scan = zmqg_certificate_scan_run (folder, before, &reason);

  if (scan != NULL)
    return scan;
  if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) &&
      !g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }

  scan = g_atomic_rc_box_new (ZmqgCertificateScan);
  scan->files = g_hash_table_new (g_str_hash, g_str_equal);
  scan->keys = g_hash_table_new (g_str_hash, g_str_equal);

  return scan;
}

static void
scan_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GFile *folder = g_object_get_data (G_OBJECT (task), "folder");
  GError *error = NULL;
  ZmqgCertificateScan *scan = run_scan (folder, task_data, &error);

  if (scan != NULL)
    g_task_return_pointer (task, scan, (GDestroyNotify) zmqg_certificate_scan_unref);
  else
    g_task_return_error (task, error);
}

static void
scanned_cb (GObject      *source_object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (ZmqgCertificateDirectory) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) waiters = g_steal_pointer (&self->waiters);
  ZmqgCertificateScan *scan = g_task_propagate_pointer (G_TASK (result), &error);

  self->waiters = g_steal_pointer (&self->next_waiters);
  self->next_waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  self->is_scanning = FALSE;
  if (scan != NULL)
    replace_scan (self, scan);
  if (self->is_due)
    start_scan (self);

  for (guint i = 0; i < waiters->len; i++)
    {
      Waiter *waiter = &g_array_index (waiters, Waiter, i);

      waiter->func (error, waiter->user_data);
    }
}

/* Reading may take its time; the main loop does not wait. A task calls back in the main context
 * that is thread-default, which need not be the one that runs. */
static void
start_scan (ZmqgCertificateDirectory *self)
{
  g_autoptr (GTask) task = NULL;

  self->is_scanning = TRUE;
  self->is_due = FALSE;

  g_main_context_push_thread_default (self->main_context);
  task = g_task_new (NULL, NULL, scanned_cb, zmqg_certificate_directory_ref (self));
  g_main_context_pop_thread_default (self->main_context);
  g_task_set_source_tag (task, start_scan);
  g_task_set_task_data (task, zmqg_certificate_scan_ref (self->scan),
                        (GDestroyNotify) zmqg_certificate_scan_unref);
  g_object_set_data_full (G_OBJECT (task), "folder", g_object_ref (self->folder), g_object_unref);
  g_task_run_in_thread (task, scan_in_thread);
}

void
zmqg_certificate_directory_refresh (ZmqgCertificateDirectory *self,
                                    ZmqgRefreshedFunc         func,
                                    gpointer                  user_data)
{
  Waiter waiter = { func, user_data };

  if (func != NULL)
    g_array_append_val (self->is_scanning ? self->next_waiters : self->waiters, waiter);
  if (self->is_scanning)
    self->is_due = TRUE;
  else
    start_scan (self);
}

static void
monitor_changed_cb (GFileMonitor      *monitor,
                    GFile             *file,
                    GFile             *other_file,
                    GFileMonitorEvent  event,
                    gpointer           user_data)
{
  zmqg_certificate_directory_refresh (user_data, NULL, NULL);
}

void
zmqg_certificate_directory_watch (ZmqgCertificateDirectory *self,
                                  GMainContext             *main_context,
                                  ZmqgKeysRemovedFunc       func,
                                  gpointer                  user_data)
{
  g_autoptr (GError) error = NULL;

  self->main_context = g_main_context_ref (main_context);
  self->removed_func = func;
  self->user_data = user_data;

  g_main_context_push_thread_default (main_context);
  self->monitor = g_file_monitor_directory (self->folder, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  g_main_context_pop_thread_default (main_context);
  if (self->monitor == NULL)
    {
      g_autofree char *name = g_file_get_parse_name (self->folder);

      g_message ("'%s' is read when a peer comes, and is not watched: %s", name, error->message);
      return;
    }

  g_signal_connect (self->monitor, "changed", G_CALLBACK (monitor_changed_cb), self);
  /* What changed before it was watched */
  zmqg_certificate_directory_refresh (self, NULL, NULL);
}

/* Who waits for it to be read is still told. */
void
zmqg_certificate_directory_unwatch (ZmqgCertificateDirectory *self)
{
  self->removed_func = NULL;
  if (self->monitor == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
}

gboolean
zmqg_certificate_directory_look_up (ZmqgCertificateDirectory  *self,
                                    const char                *key,
                                    GBytes                   **metadata)
{
  *metadata = g_hash_table_lookup (self->scan->keys, key);

  return *metadata != NULL;
}

GPtrArray *
zmqg_certificate_directory_list (ZmqgCertificateDirectory *self)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->scan->keys);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (keys, g_strdup (key));

  return keys;
}
