/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-plain-users-private.h>

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define DIGEST_SIZE 32
/* RFC 24 has one byte for the length */
#define MAX_LENGTH 255

/* In a process that has just begun the kernel may have no entropy yet; the key only keeps others
 * from computing digests beforehand. */
static void
fill_randomly (guint8 *data,
               gsize   length)
{
  if (getrandom (data, length, GRND_NONBLOCK) == (ssize_t) length)
    return;

  for (gsize i = 0; i < length; i++)
    data[i] = g_random_int_range (0, 256);
}

void
zmqg_plain_users_init (ZmqgPlainUsers *self)
{
  self->digests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  fill_randomly (self->key, sizeof self->key);
}

void
zmqg_plain_users_clear (ZmqgPlainUsers *self)
{
  g_hash_table_unref (self->digests);
  explicit_bzero (self->key, sizeof self->key);
}

static void
compute_digest (ZmqgPlainUsers *self,
                const char     *password,
                guint8         *digest)
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, self->key, sizeof self->key);
  gsize size = DIGEST_SIZE;

  g_hmac_update (hmac, (const guchar *) password, strlen (password));
  g_hmac_get_digest (hmac, digest, &size);
}

void
zmqg_plain_users_add (ZmqgPlainUsers *self,
                      const char     *username,
                      const char     *password)
{
  guint8 *digest = g_malloc (DIGEST_SIZE);

  compute_digest (self, password, digest);
  g_hash_table_insert (self->digests, g_strdup (username), digest);
}

gboolean
zmqg_plain_users_remove (ZmqgPlainUsers *self,
                         const char     *username)
{
  return g_hash_table_remove (self->digests, username);
}

gboolean
zmqg_plain_users_has (ZmqgPlainUsers *self,
                      const char     *username)
{
  return g_hash_table_contains (self->digests, username);
}

static gboolean
digest_equal (const guint8 *digest,
              const guint8 *other)
{
  volatile guint8 difference = 0;

  for (gsize i = 0; i < DIGEST_SIZE; i++)
    difference |= digest[i] ^ other[i];

  return difference == 0;
}

/* A user that is not known costs as much as a wrong password. */
gboolean
zmqg_plain_users_check (ZmqgPlainUsers *self,
                        const char     *username,
                        const char     *password)
{
  static const guint8 nothing[DIGEST_SIZE];
  const guint8 *wanted = g_hash_table_lookup (self->digests, username);
  guint8 digest[DIGEST_SIZE];

  compute_digest (self, password, digest);

  return digest_equal (digest, wanted != NULL ? wanted : nothing) && wanted != NULL;
}

/* The text of a line is not shown: it may be a password. */
static gboolean
refuse (guint        number,
        const char  *reason,
        GError     **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "line %u %s", number, reason);
  return FALSE;
}

static gboolean
parse_line (char               *line,
            guint               number,
            ZmqgPlainUserFunc   func,
            gpointer            user_data,
            GError            **error)
{
  char *password;

  if (line[0] == '#' || line[strspn (line, " \t")] == '\0')
    return TRUE;

  password = strchr (line, '=');
  if (password == NULL || password == line)
    return refuse (number, "is not of the form name=password", error);
  if (password - line > MAX_LENGTH || strlen (password + 1) > MAX_LENGTH)
    return refuse (number, "has a name or a password of more than 255 bytes", error);

  if (func != NULL)
    {
      *password = '\0';
      func (line, password + 1, user_data);
    }

  return TRUE;
}

static gboolean
parse_lines (char               *text,
             gsize               length,
             ZmqgPlainUserFunc   func,
             gpointer            user_data,
             GError            **error)
{
  char *end = text + length;
  guint number = 1;

  for (char *line = text; line < end; number++)
    {
      char *line_end = memchr (line, '\n', end - line);
      char *next = line_end != NULL ? line_end + 1 : end;
      char *stop = line_end != NULL ? line_end : end;
      gboolean is_good;
      char stopped;

      if (stop > line && stop[-1] == '\r')
        stop--;
      /* There is room for one byte after the end */
      stopped = *stop;
      *stop = '\0';
      is_good = parse_line (line, number, func, user_data, error);
      *stop = stopped;
      if (!is_good)
        return FALSE;
      line = next;
    }

  return TRUE;
}

gboolean
zmqg_plain_users_parse (char               *text,
                        gsize               length,
                        ZmqgPlainUserFunc   func,
                        gpointer            user_data,
                        GError            **error)
{
  if (!g_utf8_validate_len (text, length, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "it is not valid UTF-8");
      return FALSE;
    }

  return parse_lines (text, length, NULL, NULL, error) &&
         parse_lines (text, length, func, user_data, error);
}
