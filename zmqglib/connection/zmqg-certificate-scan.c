/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-certificate-scan-private.h>
#include <zmqglib/connection/zmqg-zap-private.h>

#include <string.h>

#define ATTRIBUTES \
  G_FILE_ATTRIBUTE_STANDARD_NAME "," \
  G_FILE_ATTRIBUTE_STANDARD_TYPE "," \
  G_FILE_ATTRIBUTE_STANDARD_SIZE "," \
  G_FILE_ATTRIBUTE_TIME_MODIFIED "," \
  G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC "," \
  G_FILE_ATTRIBUTE_TIME_CHANGED "," \
  G_FILE_ATTRIBUTE_TIME_CHANGED_USEC "," \
  G_FILE_ATTRIBUTE_UNIX_INODE

#define MAX_FILE 65536
#define MAX_NAME 255

/* A file that was written this shortly before it was read may be written once more without a
 * trace: all keys are of one size, and a file system's clock ticks slowly (µs). */
#define SETTLED (2 * G_USEC_PER_SEC)

/* One file, as it was when it was read */
typedef struct
{
  int ref_count;
  guint64 inode;
  goffset size;
  gint64 modified;
  gint64 changed;
  gint64 read_at;
  char public_key[ZMQG_KEY_SIZE];
  GBytes *metadata;
  /* NULL: it is a certificate */
  GError *error;
} File;

static File *
file_ref (File *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

static void
file_unref (gpointer data)
{
  File *self = data;

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_clear_pointer (&self->metadata, g_bytes_unref);
  g_clear_error (&self->error);
  g_free (self);
}

static gint64
get_time (GFileInfo  *info,
          const char *seconds,
          const char *microseconds)
{
  return g_file_info_get_attribute_uint64 (info, seconds) * G_USEC_PER_SEC +
         g_file_info_get_attribute_uint32 (info, microseconds);
}

static File *
file_new (GFileInfo *info)
{
  File *self = g_new0 (File, 1);

  self->ref_count = 1;
  self->inode = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_UNIX_INODE);
  self->size = g_file_info_get_size (info);
  self->modified = get_time (info, G_FILE_ATTRIBUTE_TIME_MODIFIED,
                             G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC);
  self->changed = get_time (info, G_FILE_ATTRIBUTE_TIME_CHANGED,
                            G_FILE_ATTRIBUTE_TIME_CHANGED_USEC);
  self->read_at = g_get_real_time ();

  return self;
}

static gboolean
is_unchanged (const File *before,
              const File *now)
{
  return before->inode == now->inode && before->size == now->size &&
         before->modified == now->modified && before->changed == now->changed &&
         MAX (before->modified, before->changed) + SETTLED < before->read_at;
}

/* libzmq checks what it knows by these names, and refuses the peer. */
static gboolean
is_reserved (const char *name)
{
  return g_str_equal (name, "Socket-Type") || g_str_equal (name, "Identity") ||
         g_str_equal (name, "User-Id") || g_str_equal (name, "Peer-Address");
}

GBytes *
zmqg_metadata_to_bytes (ZmqgMetadata *self)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i + 1 < self->strings->len; i += 2)
    {
      const char *name = self->strings->pdata[i];

      if (!is_reserved (name) && strlen (name) <= MAX_NAME)
        zmqg_zap_metadata_append (bytes, name, self->strings->pdata[i + 1]);
    }

  return g_byte_array_free_to_bytes (bytes);
}

static gboolean
read_text (GFile           *file,
           ZmqgSecretText  *text,
           GError         **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);

  if (stream == NULL)
    return FALSE;
  /* One byte for the parser, one to see that the file is longer */
  zmqg_secret_text_init (text, MAX_FILE + 2);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), text->data, MAX_FILE + 1, &text->length,
                                NULL, error))
    return FALSE;
  if (text->length <= MAX_FILE)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "it has more than %d bytes", MAX_FILE);
  return FALSE;
}

/* Only the public key is of interest, and only it is kept. */
static void
file_read (File  *self,
           GFile *file)
{
  g_auto (ZmqgSecretText) text = { NULL };
  g_auto (ZmqgKeyFile) key_file = { .public_key = "" };

  zmqg_key_file_init (&key_file);
  if (!read_text (file, &text, &self->error) ||
      !zmqg_key_file_parse (&key_file, text.data, text.length, &self->error))
    return;

  memcpy (self->public_key, key_file.public_key, ZMQG_KEY_SIZE);
  self->metadata = zmqg_metadata_to_bytes (&key_file.metadata);
}

static gboolean
is_certificate_name (const char *name)
{
  return name[0] != '.' && !g_str_has_suffix (name, "_secret") && !g_str_has_suffix (name, "~");
}

static void
log_bad_file (GFile      *file,
              const File *before,
              const File *now)
{
  g_autofree char *name = NULL;

  if (now->error == NULL || g_error_matches (now->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return;
  if (before != NULL && before->error != NULL &&
      g_str_equal (before->error->message, now->error->message))
    return;

  name = g_file_get_parse_name (file);
  g_message ("The file '%s' admits nobody: %s", name, now->error->message);
}

static void
scan_add (ZmqgCertificateScan       *self,
          const ZmqgCertificateScan *before,
          GFile                     *folder,
          GFileInfo                 *info)
{
  const char *name = g_file_info_get_name (info);
  File *old = before != NULL ? g_hash_table_lookup (before->files, name) : NULL;
  File *now = file_new (info);
  g_autoptr (GFile) file = NULL;

  if (old != NULL && is_unchanged (old, now))
    {
      file_unref (now);
      now = file_ref (old);
    }
  else
    {
      file = g_file_get_child (folder, name);
      file_read (now, file);
      log_bad_file (file, old, now);
    }

  g_hash_table_insert (self->files, g_strdup (name), now);
  if (now->error == NULL)
    g_hash_table_insert (self->keys, g_strdup (now->public_key), g_bytes_ref (now->metadata));
}

ZmqgCertificateScan *
zmqg_certificate_scan_run (GFile                      *folder,
                           const ZmqgCertificateScan  *before,
                           GError                    **error)
{
  g_autoptr (ZmqgCertificateScan) self = NULL;
  g_autoptr (GFileEnumerator) enumerator = NULL;

  enumerator = g_file_enumerate_children (folder, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, NULL, error);
  if (enumerator == NULL)
    return NULL;

  self = g_atomic_rc_box_new (ZmqgCertificateScan);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, file_unref);
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                      (GDestroyNotify) g_bytes_unref);
  for (;;)
    {
      GFileInfo *info;

      if (!g_file_enumerator_iterate (enumerator, &info, NULL, NULL, error))
        return NULL;
      if (info == NULL)
        return g_steal_pointer (&self);
      /* A pipe would be waited for */
      if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR &&
          is_certificate_name (g_file_info_get_name (info)))
        scan_add (self, before, folder, info);
    }
}

ZmqgCertificateScan *
zmqg_certificate_scan_ref (ZmqgCertificateScan *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
scan_clear (gpointer data)
{
  ZmqgCertificateScan *self = data;

  g_hash_table_unref (self->files);
  g_hash_table_unref (self->keys);
}

void
zmqg_certificate_scan_unref (ZmqgCertificateScan *self)
{
  g_atomic_rc_box_release_full (self, scan_clear);
}
