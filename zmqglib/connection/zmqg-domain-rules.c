/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-certificate-private.h>
#include <zmqglib/connection/zmqg-certificate-scan-private.h>
#include <zmqglib/connection/zmqg-domain-rules-private.h>

ZmqgDomainRules *
zmqg_domain_rules_new (void)
{
  ZmqgDomainRules *self = g_new0 (ZmqgDomainRules, 1);

  zmqg_address_rules_init (&self->addresses);
  zmqg_plain_users_init (&self->users);
  self->certificates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                              (GDestroyNotify) g_bytes_unref);

  return self;
}

void
zmqg_domain_rules_free (ZmqgDomainRules *self)
{
  zmqg_address_rules_clear (&self->addresses);
  zmqg_plain_users_clear (&self->users);
  g_hash_table_unref (self->certificates);
  g_clear_pointer (&self->directory, zmqg_certificate_directory_unref);
  g_free (self);
}

void
zmqg_domain_rules_add_certificate (ZmqgDomainRules *self,
                                   ZmqgCertificate *certificate)
{
  g_hash_table_insert (self->certificates,
                       g_strdup (zmqg_certificate_get_public_key (certificate)),
                       zmqg_metadata_to_bytes (&certificate->metadata));
}

static ZmqgVerdict
admit (const char *user_id,
       GBytes     *metadata)
{
  return (ZmqgVerdict) { ZMQG_VERDICT_ADMITTED, NULL, user_id, metadata };
}

static ZmqgVerdict
refuse (const char *reason)
{
  return (ZmqgVerdict) { ZMQG_VERDICT_REFUSED, reason, NULL, NULL };
}

static ZmqgVerdict
leave_open (const char *reason)
{
  return (ZmqgVerdict) { ZMQG_VERDICT_OPEN, reason, NULL, NULL };
}

static ZmqgVerdict
judge_plain (ZmqgDomainRules *const *rules,
             guint                   n_rules,
             const ZmqgZapRequest   *request)
{
  gboolean is_known = FALSE;
  gboolean is_right = FALSE;

  for (guint i = 0; i < n_rules; i++)
    {
      is_known |= zmqg_plain_users_has (&rules[i]->users, request->username);
      is_right |= zmqg_plain_users_check (&rules[i]->users, request->username, request->password);
    }

  if (is_right)
    return admit (request->username, NULL);
  if (is_known)
    return refuse ("the password is wrong");

  return leave_open ("the user is not known");
}

static gboolean
find_key (ZmqgDomainRules *const  *rules,
          guint                    n_rules,
          const char              *key,
          GBytes                 **metadata)
{
  for (guint i = 0; i < n_rules; i++)
    {
      *metadata = g_hash_table_lookup (rules[i]->certificates, key);
      if (*metadata != NULL)
        return TRUE;
    }

  return FALSE;
}

static gboolean
find_key_in_directory (ZmqgDomainRules *const  *rules,
                       guint                    n_rules,
                       const char              *key,
                       GBytes                 **metadata)
{
  for (guint i = 0; i < n_rules; i++)
    {
      if (rules[i]->directory != NULL &&
          zmqg_certificate_directory_look_up (rules[i]->directory, key, metadata))
        return TRUE;
    }

  return FALSE;
}

static gboolean
have_directory (ZmqgDomainRules *const *rules,
                guint                   n_rules)
{
  for (guint i = 0; i < n_rules; i++)
    {
      if (rules[i]->directory != NULL)
        return TRUE;
    }

  return FALSE;
}

gboolean
zmqg_domain_rules_has_key (ZmqgDomainRules *const *rules,
                           guint                   n_rules,
                           const char             *key)
{
  GBytes *metadata;

  return find_key (rules, n_rules, key, &metadata) ||
         find_key_in_directory (rules, n_rules, key, &metadata);
}

static ZmqgVerdict
judge_curve (ZmqgDomainRules *const *rules,
             guint                   n_rules,
             const ZmqgZapRequest   *request,
             gboolean                is_fresh)
{
  GBytes *metadata = NULL;

  if (find_key (rules, n_rules, request->public_key, &metadata))
    return admit (request->public_key, metadata);
  if (!is_fresh && have_directory (rules, n_rules))
    return (ZmqgVerdict) { ZMQG_VERDICT_UNREAD, "the directory could not be read", NULL, NULL };
  if (find_key_in_directory (rules, n_rules, request->public_key, &metadata))
    return admit (request->public_key, metadata);

  return leave_open ("the key is not known");
}

static ZmqgAddressOpinion
look_up_address (ZmqgDomainRules *const *rules,
                 guint                   n_rules,
                 const char             *text)
{
  g_auto (ZmqgPeerAddress) address = { NULL };
  ZmqgAddressOpinion opinion = 0;

  zmqg_peer_address_init (&address, text);
  for (guint i = 0; i < n_rules; i++)
    opinion |= zmqg_address_rules_look_up (&rules[i]->addresses, &address);

  return opinion;
}

ZmqgVerdict
zmqg_domain_rules_judge (ZmqgDomainRules *const *rules,
                         guint                   n_rules,
                         const ZmqgZapRequest   *request,
                         gboolean                is_fresh)
{
  ZmqgAddressOpinion opinion = look_up_address (rules, n_rules, request->address);

  if (request->defect != NULL)
    return refuse (request->defect);
  if ((opinion & ZMQG_ADDRESS_DENIED) != 0)
    return refuse ("the address is denied");
  if ((opinion & ZMQG_ADDRESS_LISTED) != 0 && (opinion & ZMQG_ADDRESS_ALLOWED) == 0)
    return refuse ("the address is not among those that are allowed");

  if (request->username != NULL)
    return judge_plain (rules, n_rules, request);
  if (request->public_key != NULL)
    return judge_curve (rules, n_rules, request, is_fresh);
  if (!g_str_equal (request->mechanism, "NULL"))
    return refuse ("the mechanism is not supported");
  if ((opinion & ZMQG_ADDRESS_ALLOWED) != 0)
    return admit (NULL, NULL);

  return leave_open ("no address is allowed");
}
