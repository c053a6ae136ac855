/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-resolver.h"

struct _ZmqgTestResolver
{
  GResolver parent_instance;

  GResolver *replaced;
  GHashTable *addresses;
  GPtrArray *waiting;
  gboolean is_held;
  guint n_asked;
  GResolverNameLookupFlags flags;
};

G_DEFINE_FINAL_TYPE (ZmqgTestResolver, zmqg_test_resolver, G_TYPE_RESOLVER)

static void
free_list (gpointer list)
{
  g_resolver_free_addresses (list);
}

static void
answer (ZmqgTestResolver *self,
        GTask            *task)
{
  const char *texts = g_hash_table_lookup (self->addresses, g_task_get_task_data (task));
  g_auto (GStrv) split = NULL;
  GList *list = NULL;

  if (texts == NULL)
    {
      g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such host");
      return;
    }
  if (texts[0] == '\0')
    {
      g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE,
                               "ask again later");
      return;
    }

  split = g_strsplit (texts, " ", -1);
  for (guint i = 0; split[i] != NULL; i++)
    list = g_list_append (list, g_inet_address_new_from_string (split[i]));
  g_task_return_pointer (task, list, free_list);
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  GTask *task = user_data;
  ZmqgTestResolver *self = g_task_get_source_object (task);

  if (g_ptr_array_remove (self->waiting, task))
    g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (GTask *task)
{
  g_autoptr (GSource) source = NULL;

  if (g_task_get_cancellable (task) == NULL)
    return;

  source = g_cancellable_source_new (g_task_get_cancellable (task));
  g_source_set_callback (source, G_SOURCE_FUNC (cancelled_cb), g_object_ref (task),
                         g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static void
zmqg_test_resolver_lookup_async (GResolver                *resolver,
                                 const char               *name,
                                 GResolverNameLookupFlags  flags,
                                 GCancellable             *cancellable,
                                 GAsyncReadyCallback       callback,
                                 gpointer                  user_data)
{
  ZmqgTestResolver *self = ZMQG_TEST_RESOLVER (resolver);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, zmqg_test_resolver_lookup_async);
  g_task_set_task_data (task, g_strdup (name), g_free);
  self->n_asked++;
  self->flags = flags;
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!self->is_held)
    {
      answer (self, task);
      return;
    }

  g_ptr_array_add (self->waiting, g_object_ref (task));
  watch_cancellable (task);
}

/* Asked for without flags */
static void
zmqg_test_resolver_lookup_any_async (GResolver           *resolver,
                                     const char          *name,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  zmqg_test_resolver_lookup_async (resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT,
                                   cancellable, callback, user_data);
}

static GList *
zmqg_test_resolver_lookup_finish (GResolver     *resolver,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
zmqg_test_resolver_finalize (GObject *object)
{
  ZmqgTestResolver *self = ZMQG_TEST_RESOLVER (object);

  g_hash_table_unref (self->addresses);
  g_ptr_array_unref (self->waiting);

  G_OBJECT_CLASS (zmqg_test_resolver_parent_class)->finalize (object);
}

static void
zmqg_test_resolver_class_init (ZmqgTestResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name_async = zmqg_test_resolver_lookup_any_async;
  resolver_class->lookup_by_name_finish = zmqg_test_resolver_lookup_finish;
  resolver_class->lookup_by_name_with_flags_async = zmqg_test_resolver_lookup_async;
  resolver_class->lookup_by_name_with_flags_finish = zmqg_test_resolver_lookup_finish;
  G_OBJECT_CLASS (klass)->finalize = zmqg_test_resolver_finalize;
}

static void
zmqg_test_resolver_init (ZmqgTestResolver *self)
{
  self->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

ZmqgTestResolver *
zmqg_test_resolver_install (void)
{
  ZmqgTestResolver *self = g_object_new (ZMQG_TEST_TYPE_RESOLVER, NULL);

  self->replaced = g_resolver_get_default ();
  g_resolver_set_default (G_RESOLVER (self));

  return self;
}

void
zmqg_test_resolver_uninstall (ZmqgTestResolver *self)
{
  g_resolver_set_default (self->replaced);
  g_clear_object (&self->replaced);
  g_object_unref (self);
}

void
zmqg_test_resolver_set (ZmqgTestResolver *self,
                        const char       *name,
                        const char       *addresses)
{
  g_hash_table_insert (self->addresses, g_strdup (name), g_strdup (addresses));
}

void
zmqg_test_resolver_hold (ZmqgTestResolver *self)
{
  self->is_held = TRUE;
}

void
zmqg_test_resolver_release (ZmqgTestResolver *self)
{
  self->is_held = FALSE;
  for (guint i = 0; i < self->waiting->len; i++)
    answer (self, self->waiting->pdata[i]);
  g_ptr_array_set_size (self->waiting, 0);
}

guint
zmqg_test_resolver_count_asked (ZmqgTestResolver *self)
{
  return self->n_asked;
}

GResolverNameLookupFlags
zmqg_test_resolver_get_flags (ZmqgTestResolver *self)
{
  return self->flags;
}
