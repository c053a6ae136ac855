/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-refusal-log-private.h>

#define QUIET_TIME (60 * G_USEC_PER_SEC)
#define MAX_ENTRIES 100

typedef struct
{
  gint64 since;
  guint n_repeated;
} Entry;

void
zmqg_refusal_log_init (ZmqgRefusalLog *self)
{
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
zmqg_refusal_log_clear (ZmqgRefusalLog *self)
{
  g_hash_table_unref (self->entries);
}

static gboolean
is_over (gpointer key,
         gpointer value,
         gpointer now)
{
  return ((Entry *) value)->since + QUIET_TIME <= *(gint64 *) now;
}

/* Whether this one is a message; @n_repeated: how many like it were not, before */
static gboolean
count (ZmqgRefusalLog *self,
       const char     *key,
       guint          *n_repeated)
{
  gint64 now = g_get_monotonic_time ();
  Entry *entry = g_hash_table_lookup (self->entries, key);

  *n_repeated = 0;
  if (entry != NULL && entry->since + QUIET_TIME > now)
    {
      entry->n_repeated++;
      return FALSE;
    }

  if (entry == NULL)
    {
      if (g_hash_table_size (self->entries) >= MAX_ENTRIES)
        g_hash_table_foreach_remove (self->entries, is_over, &now);
      if (g_hash_table_size (self->entries) >= MAX_ENTRIES)
        {
          self->n_overflow++;
          return FALSE;
        }
      entry = g_new0 (Entry, 1);
      g_hash_table_insert (self->entries, g_strdup (key), entry);
    }
  *n_repeated = entry->n_repeated;
  *entry = (Entry) { now, 0 };

  return TRUE;
}

static void
tell_overflow (ZmqgRefusalLog *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->n_overflow == 0 || now < self->overflow_since + QUIET_TIME)
    return;

  g_message ("Too many different peers are refused to name them all: %u more", self->n_overflow);
  self->n_overflow = 0;
  self->overflow_since = now;
}

/* What a peer wrote must not look like lines of ours. */
static char *
make_printable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *printable = g_string_new (NULL);

  for (const char *next = valid; *next != '\0'; next = g_utf8_next_char (next))
    {
      gunichar character = g_utf8_get_char (next);

      g_string_append_unichar (printable, g_unichar_isprint (character) ? character : '?');
    }

  return g_string_free (printable, FALSE);
}

static char *
describe_repeats (guint n_repeated)
{
  if (n_repeated == 0)
    return g_strdup ("");

  return g_strdup_printf (" (and %u times before)", n_repeated);
}

/* (nullable): who the peer says it is */
static const char *
get_name (const ZmqgZapRequest *request)
{
  return request->username != NULL ? request->username : request->public_key;
}

static void
write_line (const ZmqgZapRequest *request,
            GLogLevelFlags        level,
            const char           *reason,
            guint                 n_repeated)
{
  g_autofree char *domain = make_printable (request->domain);
  g_autofree char *address = make_printable (request->address);
  g_autofree char *mechanism = make_printable (request->mechanism);
  g_autofree char *name = make_printable (get_name (request) != NULL ? get_name (request) : "");
  g_autofree char *why = make_printable (reason);
  g_autofree char *repeats = describe_repeats (n_repeated);

  g_log_structured (G_LOG_DOMAIN, level,
                    "ZMQG_ADDRESS", address,
                    "ZMQG_MECHANISM", mechanism,
                    "ZMQG_DOMAIN", domain,
                    "ZMQG_PEER", name,
                    "ZMQG_REASON", why,
                    "MESSAGE", "Refused a peer at %s with %s%s%s%s in the domain '%s': %s%s",
                    address[0] != '\0' ? address : "an unknown address", mechanism,
                    name[0] != '\0' ? " '" : "", name, name[0] != '\0' ? "'" : "",
                    domain, why, repeats);
}

void
zmqg_refusal_log_write (ZmqgRefusalLog       *self,
                        const ZmqgZapRequest *request,
                        const char           *reason)
{
  g_autofree char *key = g_strjoin ("\n", request->address, request->mechanism, request->domain,
                                    reason, get_name (request), NULL);
  guint n_repeated;
  gboolean is_message = count (self, key, &n_repeated);

  write_line (request, is_message ? G_LOG_LEVEL_MESSAGE : G_LOG_LEVEL_INFO, reason, n_repeated);
  tell_overflow (self);
}

void
zmqg_refusal_log_write_malformed (ZmqgRefusalLog *self,
                                  const GError   *error)
{
  guint n_repeated;
  gboolean is_message = count (self, error->message, &n_repeated);
  g_autofree char *repeats = describe_repeats (n_repeated);
  GLogLevelFlags level = is_message ? G_LOG_LEVEL_MESSAGE : G_LOG_LEVEL_INFO;

  g_log_structured (G_LOG_DOMAIN, level, "MESSAGE", "%s%s", error->message, repeats);
  tell_overflow (self);
}
