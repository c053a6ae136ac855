/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-key-file-private.h>

#include <string.h>

/* czmq writes this where there is no secret key: 32 bytes of nothing */
static const char no_secret_key[] = "0000000000000000000000000000000000000000";

typedef enum
{
  SECTION_NONE,
  SECTION_METADATA,
  SECTION_CURVE,
  SECTION_OTHER,
} Section;

typedef struct
{
  ZmqgKeyFile *file;
  Section section;
  /* Of the entries of the section, in characters; what stands further in belongs to one of
   * them. 0: there was none yet */
  gsize indent;
  guint line;
} Parser;

static gboolean fail (Parser *self, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
fail (Parser      *self,
      GError     **error,
      const char  *format,
      ...)
{
  g_autofree char *reason = NULL;
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "line %u: %s", self->line, reason);

  return FALSE;
}

static gboolean
is_comment (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;

  return *text == '\0' || *text == '#';
}

/* A '#' begins a comment after a blank only: it is a character of Z85, too. */
static gsize
get_bare_length (const char *text)
{
  gsize length = strlen (text);

  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '#' && (i == 0 || g_ascii_isspace (text[i - 1])))
        {
          length = i;
          break;
        }
    }
  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;

  return length;
}

/* What follows the '='. The value is ended in place; NULL: it is malformed */
static char *
take_value (Parser  *self,
            char    *text,
            GError **error)
{
  char *end, *rest;

  while (g_ascii_isspace (*text))
    text++;
  if (*text == '"' || *text == '\'')
    {
      end = strchr (text + 1, *text);
      if (end == NULL)
        {
          fail (self, error, "the %c at the end of the value is missing", *text);
          return NULL;
        }
      text++;
      rest = end + 1;
    }
  else
    {
      end = text + get_bare_length (text);
      rest = end;
    }

  if (!is_comment (rest))
    {
      fail (self, error, "something follows the value");
      return NULL;
    }
  *end = '\0';

  return text;
}

static gboolean
take_key (Parser      *self,
          const char  *name,
          char        *text,
          GError     **error)
{
  gboolean is_secret = g_str_equal (name, "secret-key");
  char *field = is_secret ? self->file->secret_key : self->file->public_key;
  const char *value = take_value (self, text, error);

  if (value == NULL)
    return FALSE;
  if (is_secret && g_str_equal (value, no_secret_key))
    return TRUE;
  if (!zmqg_key_is_valid (value))
    return fail (self, error, "the %s is not 40 characters of Z85", name);
  if (field[0] != '\0' && !g_str_equal (field, value))
    return fail (self, error, "there is a second %s", name);

  memcpy (field, value, ZMQG_KEY_SIZE);
  return TRUE;
}

static gboolean
take_metadata (Parser      *self,
               const char  *name,
               char        *text,
               GError     **error)
{
  const char *value = text != NULL ? take_value (self, text, error) : "";
  g_autofree char *valid_name = NULL;
  g_autofree char *valid_value = NULL;

  if (value == NULL)
    return FALSE;

  valid_name = g_utf8_make_valid (name, -1);
  valid_value = g_utf8_make_valid (value, -1);
  zmqg_metadata_set (&self->file->metadata, valid_name, valid_value);

  return TRUE;
}

/* @value: (nullable): what follows the '=' */
static gboolean
take_entry (Parser      *self,
            const char  *name,
            char        *value,
            GError     **error)
{
  gboolean is_key_name = g_str_equal (name, "public-key") || g_str_equal (name, "secret-key");

  if (self->section == SECTION_METADATA)
    return take_metadata (self, name, value, error);
  if (self->section == SECTION_OTHER || !is_key_name)
    return TRUE;
  if (value == NULL)
    return fail (self, error, "the %s has no value", name);

  return take_key (self, name, value, error);
}

static Section
find_section (const char *name)
{
  if (g_str_equal (name, "metadata"))
    return SECTION_METADATA;

  return g_str_equal (name, "curve") ? SECTION_CURVE : SECTION_OTHER;
}

/* The name may stand in the section of the metadata with blanks in it, which is not ZPL, but
 * what others write. Returns what follows the '=', or NULL if there is none. */
static gboolean
split_line (Parser   *self,
            char     *text,
            char    **value,
            GError  **error)
{
  gboolean is_free = self->section == SECTION_METADATA;
  char *end = text;

  while (is_free ? *end != '=' && *end != '#' && *end != '\0' : zmqg_key_file_is_name_char (*end))
    end++;
  while (is_free && end > text && g_ascii_isspace (end[-1]))
    end--;
  *value = end + strspn (end, " \t\v\f\r");
  if (end == text || (**value != '=' && !is_comment (*value)))
    return fail (self, error, "there is no name, or something else than a value follows it");

  *value = **value == '=' ? *value + 1 : NULL;
  *end = '\0';
  return TRUE;
}

static gboolean
take_line (Parser  *self,
           char    *text,
           GError **error)
{
  gsize indent = strspn (text, " \t");
  char *name = text + indent;
  char *value;

  if (is_comment (name))
    return TRUE;
  if (indent == 0)
    {
      self->section = SECTION_NONE;
      self->indent = 0;
    }
  if (!split_line (self, name, &value, error))
    return FALSE;
  if (indent == 0 && value == NULL)
    {
      self->section = find_section (name);
      return TRUE;
    }

  if (indent > 0 && self->indent == 0)
    self->indent = indent;
  if (indent > self->indent)
    return TRUE;

  return take_entry (self, name, value, error);
}

/* Editors of another system put one before the first line. */
static gsize
get_mark_length (const char *text,
                 gsize       length)
{
  return length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

gboolean
zmqg_key_file_parse (ZmqgKeyFile  *self,
                     char         *text,
                     gsize         length,
                     GError      **error)
{
  Parser parser = { .file = self };
  char *end = text + length;

  text += get_mark_length (text, length);
  if (memchr (text, '\0', end - text) != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "it is not text");
      return FALSE;
    }

  while (text < end)
    {
      char *line_end = memchr (text, '\n', end - text);
      char *next = line_end != NULL ? line_end + 1 : end;

      parser.line++;
      /* There is room for one byte after the end */
      *(line_end != NULL ? line_end : end) = '\0';
      if (!take_line (&parser, text, error))
        return FALSE;
      text = next;
    }

  if (self->public_key[0] == '\0')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "there is no public key in it");
      return FALSE;
    }

  return zmqg_keys_check (self->public_key, self->secret_key[0] != '\0' ? self->secret_key : NULL,
                          G_IO_ERROR_INVALID_DATA, error);
}
