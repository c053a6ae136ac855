/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error.h>
#include <zmqglib/connection/zmqg-authenticator-private.h>
#include <zmqglib/loop/zmqg-main-context-private.h>

guint
zmqg_authenticator_find_rules (ZmqgAuthenticator  *self,
                               const char         *domain,
                               ZmqgDomainRules   **rules)
{
  guint n_rules = 0;

  if (domain != NULL)
    rules[n_rules] = g_hash_table_lookup (self->domains, domain);
  if (domain != NULL && rules[n_rules] != NULL)
    n_rules++;
  rules[n_rules++] = self->everywhere;

  return n_rules;
}

/* With the lock held */
static ZmqgDomainRules *
get_rules (ZmqgAuthenticator *self,
           const char        *domain)
{
  ZmqgDomainRules *rules;

  if (domain == NULL)
    return self->everywhere;

  rules = g_hash_table_lookup (self->domains, domain);
  if (rules == NULL)
    {
      rules = zmqg_domain_rules_new ();
      g_hash_table_insert (self->domains, g_strdup (domain), rules);
    }

  return rules;
}

static gboolean
add_address (ZmqgAuthenticator  *self,
             const char         *domain,
             const char         *address,
             gboolean            allow,
             GError            **error)
{
  ZmqgAddressRange *range = zmqg_address_range_parse (address, error);

  if (range == NULL)
    return FALSE;

  g_mutex_lock (&self->lock);
  zmqg_address_rules_add (&get_rules (self, domain)->addresses, allow, range);
  g_mutex_unlock (&self->lock);

  return TRUE;
}

/**
 * zmqg_authenticator_allow_address:
 * @self: an authenticator
 * @domain: (nullable): a domain, or `NULL` for every one
 * @address: an IPv4 or IPv6 address such as `192.0.2.7`, a range such as `192.0.2.0/24` or
 *   `2001:db8::/32`, `ipc` for all peers over `ipc`, or `ipc:UID` for those of one user
 * @error: return location for a [struct@GLib.Error]
 *
 * Allows peers from an address, and no longer from all those that are not allowed.
 *
 * Peers without credentials (the mechanism NULL) are thereby admitted; others still need theirs.
 * A peer over IPv4 has an IPv4 address, also on a socket with [property@Socket:ipv6], and
 * `::ffff:192.0.2.0/120` is another name for `192.0.2.0/24`. What is denied stays so.
 *
 * May be called from any thread. Fails with `G_IO_ERROR_INVALID_ARGUMENT` if @address is not well
 * formed, also where it has bits set beyond those that count.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_authenticator_allow_address (ZmqgAuthenticator  *self,
                                  const char         *domain,
                                  const char         *address,
                                  GError            **error)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATOR (self), FALSE);
  g_return_val_if_fail (address != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return add_address (self, domain, address, TRUE, error);
}

/**
 * zmqg_authenticator_deny_address:
 * @self: an authenticator
 * @domain: (nullable): a domain, or `NULL` for every one
 * @address: an address or a range, as for [method@Authenticator.allow_address]
 * @error: return location for a [struct@GLib.Error]
 *
 * Refuses peers from an address, whatever else speaks for them. Those that were admitted stay.
 *
 * May be called from any thread. Fails like [method@Authenticator.allow_address].
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_authenticator_deny_address (ZmqgAuthenticator  *self,
                                 const char         *domain,
                                 const char         *address,
                                 GError            **error)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATOR (self), FALSE);
  g_return_val_if_fail (address != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return add_address (self, domain, address, FALSE, error);
}

/**
 * zmqg_authenticator_remove_address:
 * @self: an authenticator
 * @domain: (nullable): a domain, or `NULL` for the rules of every one
 * @address: an address or a range that was allowed or denied
 *
 * Takes back what was said of an address.
 *
 * Once no address is allowed any more, the others are no longer refused for it. May be called from
 * any thread.
 *
 * Returns: `TRUE` if there was such a rule
 *
 * Since: 1.0
 */
gboolean
zmqg_authenticator_remove_address (ZmqgAuthenticator *self,
                                   const char        *domain,
                                   const char        *address)
{
  g_autoptr (ZmqgAddressRange) range = NULL;
  gboolean removed;

  g_return_val_if_fail (ZMQG_IS_AUTHENTICATOR (self), FALSE);
  g_return_val_if_fail (address != NULL, FALSE);

  range = zmqg_address_range_parse (address, NULL);
  if (range == NULL)
    return FALSE;

  g_mutex_lock (&self->lock);
  removed = zmqg_address_rules_remove (&get_rules (self, domain)->addresses, range);
  g_mutex_unlock (&self->lock);

  return removed;
}

/**
 * zmqg_authenticator_add_plain_user:
 * @self: an authenticator
 * @domain: (nullable): a domain, or `NULL` for every one
 * @username: the user name
 * @password: the password
 *
 * Admits who gives this name and password (PLAIN, RFC 24), or changes the password of a user.
 *
 * The password itself is not kept. It is compared in a time that depends on neither its length
 * nor its characters, and not on whether the user exists. PLAIN sends it over the network as it
 * is. The mechanism has room for 255 bytes of each.
 *
 * May be called from any thread.
 *
 * Since: 1.0
 */
void
zmqg_authenticator_add_plain_user (ZmqgAuthenticator *self,
                                   const char        *domain,
                                   const char        *username,
                                   const char        *password)
{
  g_return_if_fail (ZMQG_IS_AUTHENTICATOR (self));
  g_return_if_fail (username != NULL);
  g_return_if_fail (password != NULL);

  g_mutex_lock (&self->lock);
  zmqg_plain_users_add (&get_rules (self, domain)->users, username, password);
  g_mutex_unlock (&self->lock);
}

/**
 * zmqg_authenticator_remove_plain_user:
 * @self: an authenticator
 * @domain: (nullable): a domain, or `NULL` for the users of every one
 * @username: the user name
 *
 * Admits a user no longer. Who was admitted stays.
 *
 * May be called from any thread.
 *
 * Returns: `TRUE` if there was such a user
 *
 * Since: 1.0
 */
gboolean
zmqg_authenticator_remove_plain_user (ZmqgAuthenticator *self,
                                      const char        *domain,
                                      const char        *username)
{
  gboolean removed;

  g_return_val_if_fail (ZMQG_IS_AUTHENTICATOR (self), FALSE);
  g_return_val_if_fail (username != NULL, FALSE);

  g_mutex_lock (&self->lock);
  removed = zmqg_plain_users_remove (&get_rules (self, domain)->users, username);
  g_mutex_unlock (&self->lock);

  return removed;
}

/**
 * zmqg_authenticator_add_certificate:
 * @self: an authenticator
 * @domain: (nullable): a domain, or `NULL` for every one
 * @certificate: a certificate; its public key is enough
 *
 * Admits who holds the key of a certificate (CURVE, RFC 26).
 *
 * The certificate's metadata goes with the peer's messages: [method@Message.get_metadata] tells
 * it. A certificate that is changed later has to be added again. May be called from any thread.
 *
 * Since: 1.0
 */
void
zmqg_authenticator_add_certificate (ZmqgAuthenticator *self,
                                    const char        *domain,
                                    ZmqgCertificate   *certificate)
{
  g_return_if_fail (ZMQG_IS_AUTHENTICATOR (self));
  g_return_if_fail (ZMQG_IS_CERTIFICATE (certificate));
  g_return_if_fail (zmqg_certificate_get_public_key (certificate) != NULL);

  g_mutex_lock (&self->lock);
  zmqg_domain_rules_add_certificate (get_rules (self, domain), certificate);
  g_mutex_unlock (&self->lock);
}

/**
 * zmqg_authenticator_remove_certificate:
 * @self: an authenticator
 * @domain: (nullable): a domain, or `NULL` for the certificates of every one
 * @public_key: the public key of a certificate that was added
 *
 * Admits a key no longer, unless another rule does.
 *
 * [signal@Authenticator::certificate-removed] tells of peers that were admitted with it. May be
 * called from any thread.
 *
 * Returns: `TRUE` if there was such a certificate
 *
 * Since: 1.0
 */
gboolean
zmqg_authenticator_remove_certificate (ZmqgAuthenticator *self,
                                       const char        *domain,
                                       const char        *public_key)
{
  gboolean removed;

  g_return_val_if_fail (ZMQG_IS_AUTHENTICATOR (self), FALSE);
  g_return_val_if_fail (public_key != NULL, FALSE);

  g_mutex_lock (&self->lock);
  removed = g_hash_table_remove (get_rules (self, domain)->certificates, public_key);
  g_mutex_unlock (&self->lock);
  if (removed)
    zmqg_authenticator_post_removal (self, domain, public_key);

  return removed;
}

/* @directory: (nullable) (transfer full). Returns: (nullable) (transfer full): the one before */
static ZmqgCertificateDirectory *
exchange_directory (ZmqgAuthenticator        *self,
                    const char               *domain,
                    ZmqgCertificateDirectory *directory)
{
  ZmqgCertificateDirectory *before;
  ZmqgDomainRules *rules;

  g_mutex_lock (&self->lock);
  rules = get_rules (self, domain);
  before = rules->directory;
  rules->directory = directory;
  g_mutex_unlock (&self->lock);

  return before;
}

static void
retire_directory (ZmqgAuthenticator        *self,
                  const char               *domain,
                  ZmqgCertificateDirectory *directory)
{
  g_autoptr (GPtrArray) keys = zmqg_certificate_directory_list (directory);

  zmqg_certificate_directory_unwatch (directory);
  for (guint i = 0; i < keys->len; i++)
    zmqg_authenticator_post_removal (self, domain, keys->pdata[i]);
}

/**
 * zmqg_authenticator_set_certificate_directory:
 * @self: an authenticator
 * @domain: (nullable): a domain, or `NULL` for every one
 * @directory: (nullable): a directory with certificates, or `NULL` for none
 * @error: return location for a [struct@GLib.Error]
 *
 * Admits who holds the key of a certificate in a directory, as long as its file is there.
 *
 * Each regular file is taken for a certificate, in the form of czmq and pyzmq, but for those whose
 * names begin with a dot or end in `_secret` or `~`. Subdirectories are not looked into. A file
 * that is no certificate admits nobody, and is logged. There is one directory for a domain, and one
 * for every domain; another one takes its place.
 *
 * What the directory holds when a peer comes decides: it is read then by a thread of GIO's, and
 * only what has changed. It is also watched, so that a key that was removed is told by
 * [signal@Authenticator::certificate-removed] at once. A directory that goes away holds no
 * certificates.
 *
 * It is read a first time within the call. To be called by the holder of the main context: fails
 * with [error@Error.WRONG_CONTEXT] where another thread runs it, with `G_IO_ERROR_NOT_FOUND` if
 * there is no such directory, and with other errors of [method@Gio.File.enumerate_children]. The
 * rules are the same as before then.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_authenticator_set_certificate_directory (ZmqgAuthenticator  *self,
                                              const char         *domain,
                                              GFile              *directory,
                                              GError            **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  g_autoptr (ZmqgCertificateDirectory) before = NULL;
  ZmqgCertificateDirectory *now = NULL;

  g_return_val_if_fail (ZMQG_IS_AUTHENTICATOR (self), FALSE);
  g_return_val_if_fail (directory == NULL || G_IS_FILE (directory), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!zmqg_hold_take (&hold, self->main_context))
    {
      g_set_error (error, ZMQG_ERROR, ZMQG_ERROR_WRONG_CONTEXT,
                   "Could not set the certificate directory: another thread runs the main context "
                   "of the authenticator");
      return FALSE;
    }
  if (directory != NULL)
    {
      now = zmqg_certificate_directory_new (directory, error);
      if (now == NULL)
        {
          g_autofree char *name = g_file_get_parse_name (directory);

          g_prefix_error (error, "Could not read the certificate directory '%s': ", name);
          return FALSE;
        }
      zmqg_authenticator_watch (self, now);
    }

  before = exchange_directory (self, domain, now);
  if (before != NULL)
    retire_directory (self, domain, before);

  return TRUE;
}
