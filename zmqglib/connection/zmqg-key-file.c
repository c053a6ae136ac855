/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-key-file-private.h>

#include <string.h>
#include <zmq.h>

#define KEY_LENGTH (ZMQG_KEY_SIZE - 1)
#define KEY_BYTES 32

void
zmqg_metadata_init (ZmqgMetadata *self)
{
  self->strings = g_ptr_array_new_with_free_func (g_free);
}

void
zmqg_metadata_clear (ZmqgMetadata *self)
{
  g_clear_pointer (&self->strings, g_ptr_array_unref);
}

static gboolean
find_metadata (ZmqgMetadata *self,
               const char   *name,
               guint        *index)
{
  for (*index = 0; *index < self->strings->len; *index += 2)
    {
      if (g_str_equal (self->strings->pdata[*index], name))
        return TRUE;
    }

  return FALSE;
}

/* @value: (nullable): NULL removes it */
void
zmqg_metadata_set (ZmqgMetadata *self,
                   const char   *name,
                   const char   *value)
{
  guint index;
  gboolean is_there = find_metadata (self, name, &index);

  if (value == NULL && is_there)
    g_ptr_array_remove_range (self->strings, index, 2);
  if (value == NULL)
    return;

  if (is_there)
    {
      g_autofree char *old = self->strings->pdata[index + 1];

      self->strings->pdata[index + 1] = g_strdup (value);
      return;
    }
  g_ptr_array_add (self->strings, g_strdup (name));
  g_ptr_array_add (self->strings, g_strdup (value));
}

/* (nullable) */
const char *
zmqg_metadata_get (ZmqgMetadata *self,
                   const char   *name)
{
  guint index;

  return find_metadata (self, name, &index) ? self->strings->pdata[index + 1] : NULL;
}

void
zmqg_key_file_init (ZmqgKeyFile *self)
{
  memset (self, 0, sizeof *self);
  zmqg_metadata_init (&self->metadata);
}

void
zmqg_key_file_clear (ZmqgKeyFile *self)
{
  explicit_bzero (self->secret_key, sizeof self->secret_key);
  zmqg_metadata_clear (&self->metadata);
}

void
zmqg_secret_text_init (ZmqgSecretText *self,
                       gsize           size)
{
  self->data = g_malloc (size);
  self->length = 0;
  self->size = size;
}

void
zmqg_secret_text_clear (ZmqgSecretText *self)
{
  if (self->data != NULL)
    explicit_bzero (self->data, self->size);
  g_clear_pointer (&self->data, g_free);
}

gboolean
zmqg_key_is_valid (const char *text)
{
  guint8 bytes[KEY_BYTES];
  gboolean is_z85;

  if (strlen (text) != KEY_LENGTH)
    return FALSE;

  is_z85 = zmq_z85_decode (bytes, text) != NULL;
  explicit_bzero (bytes, sizeof bytes);

  return is_z85;
}

gboolean
zmqg_keys_check (const char  *public_key,
                 const char  *secret_key,
                 int          code,
                 GError     **error)
{
  char belonging[ZMQG_KEY_SIZE];
  const char *fault = NULL;

  if (!zmqg_key_is_valid (public_key))
    fault = "the public key is not 40 characters of Z85";
  else if (secret_key != NULL && !zmqg_key_is_valid (secret_key))
    fault = "the secret key is not 40 characters of Z85";
  else if (!zmq_has ("curve"))
    {
      code = G_IO_ERROR_NOT_SUPPORTED;
      fault = "this libzmq was built without CURVE";
    }
  else if (secret_key != NULL && (zmq_curve_public (belonging, secret_key) != 0 ||
                                  !g_str_equal (belonging, public_key)))
    fault = "the public key does not belong to the secret key";

  if (fault == NULL)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, code, fault);
  return FALSE;
}

static gboolean
is_name (const char *name)
{
  gsize length = strlen (name);

  for (gsize i = 0; i < length; i++)
    {
      if (!zmqg_key_file_is_name_char (name[i]))
        return FALSE;
    }

  return length > 0 && name[0] != '/' && name[length - 1] != '/';
}

/* ZPL knows two quotes and no escapes. 0: neither can be used */
static char
find_quote (const char *value)
{
  if (strpbrk (value, "\n\r") != NULL)
    return '\0';
  if (strchr (value, '"') == NULL)
    return '"';

  return strchr (value, '\'') == NULL ? '\'' : '\0';
}

static gboolean
write_metadata (GString       *text,
                ZmqgMetadata  *metadata,
                GError       **error)
{
  g_string_append (text, "\nmetadata\n");
  for (guint i = 0; i < metadata->strings->len; i += 2)
    {
      const char *name = metadata->strings->pdata[i];
      const char *value = metadata->strings->pdata[i + 1];
      char quote = find_quote (value);

      if (!is_name (name) || quote == '\0')
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "the metadata '%s' has %s that the format cannot hold", name,
                       quote == '\0' ? "a value" : "a name");
          return FALSE;
        }
      g_string_append_printf (text, "    %s = %c%s%c\n", name, quote, value, quote);
    }

  return TRUE;
}

static void
append (ZmqgSecretText *self,
        const char     *text)
{
  gsize length = strlen (text);

  memcpy (self->data + self->length, text, length);
  self->length += length;
}

gboolean
zmqg_key_file_write (ZmqgSecretText  *text,
                     const char      *public_key,
                     const char      *secret_key,
                     ZmqgMetadata    *metadata,
                     GError         **error)
{
  g_autoptr (GString) head = g_string_new (NULL);

  g_string_append (head, secret_key != NULL
                           ? "# CURVE certificate of ZeroMQ with its SECRET key.\n"
                             "# Nobody but its owner may read this file.\n"
                           : "# CURVE certificate of ZeroMQ with the public key only.\n"
                             "# Who gets it should know for certain whose it is.\n");
  if (!write_metadata (head, metadata, error))
    return FALSE;
  g_string_append_printf (head, "curve\n    public-key = \"%s\"\n", public_key);

  zmqg_secret_text_init (text, head->len + 2 * ZMQG_KEY_SIZE);
  append (text, head->str);
  if (secret_key != NULL)
    {
      append (text, "    secret-key = \"");
      append (text, secret_key);
      append (text, "\"\n");
    }

  return TRUE;
}
