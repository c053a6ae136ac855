/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-admissions-private.h>

/* A peer that moves around comes from many */
#define MAX_ADDRESSES 256

static guint
admission_hash (gconstpointer data)
{
  const ZmqgAdmission *self = data;

  return g_str_hash (self->key) ^ g_str_hash (self->domain);
}

static gboolean
admission_equal (gconstpointer data,
                 gconstpointer other_data)
{
  const ZmqgAdmission *self = data;
  const ZmqgAdmission *other = other_data;

  return g_str_equal (self->key, other->key) && g_str_equal (self->domain, other->domain);
}

static void
admission_free (gpointer data)
{
  ZmqgAdmission *self = data;

  g_free (self->domain);
  g_free (self->key);
  g_ptr_array_unref (self->addresses);
  g_free (self);
}

void
zmqg_admissions_init (ZmqgAdmissions *self)
{
  self->table = g_hash_table_new_full (admission_hash, admission_equal, admission_free, NULL);
}

void
zmqg_admissions_clear (ZmqgAdmissions *self)
{
  g_hash_table_unref (self->table);
}

static ZmqgAdmission *
get_admission (ZmqgAdmissions *self,
               const char     *domain,
               const char     *key)
{
  ZmqgAdmission wanted = { .domain = (char *) domain, .key = (char *) key };
  ZmqgAdmission *admission = g_hash_table_lookup (self->table, &wanted);

  if (admission != NULL)
    return admission;

  admission = g_new0 (ZmqgAdmission, 1);
  admission->domain = g_strdup (domain);
  admission->key = g_strdup (key);
  admission->addresses = g_ptr_array_new_null_terminated (1, g_free, TRUE);
  g_hash_table_add (self->table, admission);

  return admission;
}

void
zmqg_admissions_add (ZmqgAdmissions *self,
                     const char     *domain,
                     const char     *key,
                     const char     *address)
{
  ZmqgAdmission *admission = get_admission (self, domain, key);

  if (g_ptr_array_find_with_equal_func (admission->addresses, address, g_str_equal, NULL))
    return;

  if (admission->addresses->len < MAX_ADDRESSES)
    g_ptr_array_add (admission->addresses, g_strdup (address));
  else
    admission->is_incomplete = TRUE;
}

GPtrArray *
zmqg_admissions_find (ZmqgAdmissions *self,
                      const char     *key)
{
  GPtrArray *found = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer admission;

  g_hash_table_iter_init (&iter, self->table);
  while (g_hash_table_iter_next (&iter, &admission, NULL))
    {
      if (g_str_equal (((ZmqgAdmission *) admission)->key, key))
        g_ptr_array_add (found, admission);
    }

  return found;
}

void
zmqg_admissions_remove (ZmqgAdmissions *self,
                        ZmqgAdmission  *admission)
{
  g_hash_table_remove (self->table, admission);
}
