/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-authenticator-private.h>
#include <zmqglib/connection/zmqg-hang-up-private.h>
#include <zmqglib/loop/zmqg-main-context-private.h>

/* Keys that are no longer good, and the peers that were admitted with them */

typedef struct
{
  /* NULL: every one */
  char *domain;
  char *public_key;
  GStrv addresses;
  gboolean is_incomplete;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *self = data;

  g_free (self->domain);
  g_free (self->public_key);
  g_strfreev (self->addresses);
  g_free (self);
}

static Removal *
removal_new (const char *domain,
             const char *public_key)
{
  Removal *self = g_new0 (Removal, 1);

  self->domain = g_strdup (domain);
  self->public_key = g_strdup (public_key);
  self->addresses = g_new0 (char *, 1);

  return self;
}

/* With the lock held, as below */
static gboolean
is_admitted (ZmqgAuthenticator *self,
             const char        *domain,
             const char        *public_key)
{
  ZmqgDomainRules *rules[ZMQG_MAX_RULES];
  guint n_rules = zmqg_authenticator_find_rules (self, domain, rules);

  return zmqg_domain_rules_has_key (rules, n_rules, public_key);
}

static void
take_admission (ZmqgAuthenticator *self,
                ZmqgAdmission     *admission,
                GPtrArray         *removals)
{
  Removal *removal = removal_new (admission->domain, admission->key);

  g_strfreev (removal->addresses);
  removal->addresses = g_strdupv ((char **) admission->addresses->pdata);
  removal->is_incomplete = admission->is_incomplete;
  g_ptr_array_add (removals, removal);
  zmqg_admissions_remove (&self->admissions, admission);
}

/* One for each domain in which peers were admitted with the key, or one to say that there were
 * none. Another rule may still admit it. */
static GPtrArray *
collect (ZmqgAuthenticator *self,
         const char        *domain,
         const char        *public_key)
{
  GPtrArray *removals = g_ptr_array_new_with_free_func (removal_free);
  g_autoptr (GPtrArray) admissions = zmqg_admissions_find (&self->admissions, public_key);

  for (guint i = 0; i < admissions->len; i++)
    {
      ZmqgAdmission *admission = admissions->pdata[i];

      if ((domain == NULL || g_str_equal (domain, admission->domain)) &&
          !is_admitted (self, admission->domain, public_key))
        take_admission (self, admission, removals);
    }
  if (removals->len == 0 && !is_admitted (self, domain, public_key))
    g_ptr_array_add (removals, removal_new (domain, public_key));

  return removals;
}

static guint
disconnect_peers (ZmqgAuthenticator *self,
                  const Removal     *removal)
{
  const char *const *addresses = (const char *const *) removal->addresses;

  if (!g_atomic_int_get (&self->disconnect_removed) || removal->domain == NULL ||
      addresses[0] == NULL)
    return 0;

  return zmqg_hang_up (self->context, removal->domain,
                       removal->is_incomplete ? NULL : addresses);
}

static void
log_removal (const Removal *removal,
             guint          n_connections)
{
  g_autofree char *from = g_strjoinv (", ", removal->addresses);
  g_autofree char *ended = NULL;

  if (removal->addresses[0] == NULL)
    from = g_strdup ("nowhere");
  if (n_connections > 0)
    ended = g_strdup_printf ("; connections that were ended: %u", n_connections);

  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE,
                    "ZMQG_DOMAIN", removal->domain != NULL ? removal->domain : "",
                    "ZMQG_PEER", removal->public_key,
                    "ZMQG_ADDRESS", from,
                    "MESSAGE", "The key '%s' is no longer good in %s%s%s; it was used from %s%s",
                    removal->public_key,
                    removal->domain != NULL ? "the domain '" : "any domain",
                    removal->domain != NULL ? removal->domain : "",
                    removal->domain != NULL ? "'" : "",
                    from, ended != NULL ? ended : "");
}

/* From a dispatch of the main context */
static void
withdraw (ZmqgAuthenticator *self,
          const char        *domain,
          const char        *public_key)
{
  guint signal_id = zmqg_authenticator_signals[ZMQG_AUTHENTICATOR_CERTIFICATE_REMOVED];
  g_autoptr (GPtrArray) removals = NULL;

  g_mutex_lock (&self->lock);
  removals = collect (self, domain, public_key);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < removals->len; i++)
    {
      Removal *removal = removals->pdata[i];

      log_removal (removal, disconnect_peers (self, removal));
      g_signal_emit (self, signal_id, 0, removal->domain, removal->public_key,
                     removal->addresses);
    }
}

/* The domain of a directory; FALSE if it is no longer in use */
static gboolean
find_domain (ZmqgAuthenticator         *self,
             ZmqgCertificateDirectory  *directory,
             char                     **domain)
{
  gboolean found;
  GHashTableIter iter;
  gpointer key, rules;

  *domain = NULL;
  g_mutex_lock (&self->lock);
  found = self->everywhere->directory == directory;
  g_hash_table_iter_init (&iter, self->domains);
  while (!found && g_hash_table_iter_next (&iter, &key, &rules))
    {
      found = ((ZmqgDomainRules *) rules)->directory == directory;
      if (found)
        *domain = g_strdup (key);
    }
  g_mutex_unlock (&self->lock);

  return found;
}

static void
keys_removed_cb (ZmqgCertificateDirectory *directory,
                 GPtrArray                *removed,
                 gpointer                  user_data)
{
  g_autoptr (ZmqgAuthenticator) self = g_object_ref (user_data);
  g_autofree char *domain = NULL;

  if (!find_domain (self, directory, &domain))
    return;

  for (guint i = 0; i < removed->len; i++)
    withdraw (self, domain, removed->pdata[i]);
}

void
zmqg_authenticator_watch (ZmqgAuthenticator        *self,
                          ZmqgCertificateDirectory *directory)
{
  /* Nobody would end it once the authenticator has stopped */
  if (self->socket != NULL)
    zmqg_certificate_directory_watch (directory, self->main_context, keys_removed_cb, self);
}

typedef struct
{
  ZmqgAuthenticator *authenticator;
  char *domain;
  char *public_key;
} Posted;

static void
posted_free (gpointer data)
{
  Posted *self = data;

  g_object_unref (self->authenticator);
  g_free (self->domain);
  g_free (self->public_key);
  g_free (self);
}

static gboolean
withdraw_cb (gpointer user_data)
{
  Posted *posted = user_data;

  withdraw (posted->authenticator, posted->domain, posted->public_key);

  return G_SOURCE_REMOVE;
}

void
zmqg_authenticator_post_removal (ZmqgAuthenticator *self,
                                 const char        *domain,
                                 const char        *public_key)
{
  Posted *posted = g_new (Posted, 1);

  posted->authenticator = g_object_ref (self);
  posted->domain = g_strdup (domain);
  posted->public_key = g_strdup (public_key);
  zmqg_main_context_post (self->main_context, G_PRIORITY_DEFAULT, withdraw_cb, posted,
                          posted_free);
}
