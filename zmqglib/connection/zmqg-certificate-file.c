/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-certificate-private.h>

#include <string.h>
#include <sys/stat.h>

/* A certificate is some hundred bytes long. */
#define MAX_FILE 65536

#define SECRET_SUFFIX "_secret"

/* A pipe would be waited for when it is opened, a device never ends. */
static gboolean
check_is_file (GFile         *file,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr (GFileInfo) info = NULL;
  GFileType type;

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                            cancellable, error);
  if (info == NULL)
    return FALSE;

  type = g_file_info_get_file_type (info);
  if (type == G_FILE_TYPE_REGULAR || type == G_FILE_TYPE_UNKNOWN)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "it is not a regular file");
  return FALSE;
}

/* @mode: 0 where the file system has none */
static gboolean
read_text (GFile           *file,
           ZmqgSecretText  *text,
           guint           *mode,
           GCancellable    *cancellable,
           GError         **error)
{
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GFileInfo) info = NULL;

  if (!check_is_file (file, cancellable, error))
    return FALSE;
  stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return FALSE;

  info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_UNIX_MODE, cancellable, NULL);
  *mode = info != NULL ? g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_UNIX_MODE) : 0;

  /* One byte for the parser, one to see that the file is longer */
  zmqg_secret_text_init (text, MAX_FILE + 2);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), text->data, MAX_FILE + 1, &text->length,
                                cancellable, error))
    return FALSE;
  if (text->length <= MAX_FILE)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "it has more than %d bytes", MAX_FILE);
  return FALSE;
}

static void
prefix_error (GError     **error,
              const char  *operation,
              GFile       *file)
{
  g_autofree char *name = g_file_get_parse_name (file);

  g_prefix_error (error, "Could not %s the certificate '%s': ", operation, name);
}

static gboolean
read_key_file (GFile         *file,
               ZmqgKeyFile   *key_file,
               GCancellable  *cancellable,
               GError       **error)
{
  g_auto (ZmqgSecretText) text = { NULL };
  guint mode;

  if (!read_text (file, &text, &mode, cancellable, error) ||
      !zmqg_key_file_parse (key_file, text.data, text.length, error))
    {
      prefix_error (error, "load", file);
      return FALSE;
    }

  if (key_file->secret_key[0] != '\0' && (mode & S_IRWXO) != 0)
    {
      g_autofree char *name = g_file_get_parse_name (file);

      g_message ("The secret key in '%s' is open to everybody: its mode is %04o", name,
                 mode & 07777);
    }

  return TRUE;
}

/* The file beside it that holds the secret key, too; NULL if it is that one itself */
static GFile *
get_secret_file (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *secret_name = NULL;

  if (name == NULL || folder == NULL || g_str_has_suffix (name, SECRET_SUFFIX))
    return NULL;

  secret_name = g_strconcat (name, SECRET_SUFFIX, NULL);

  return g_file_get_child (folder, secret_name);
}

/* Whether there is nothing, or nothing for us */
static gboolean
is_out_of_reach (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
}

static ZmqgCertificate *
choose (GFile        *file,
        ZmqgKeyFile  *key_file,
        ZmqgKeyFile  *with_secret,
        GError      **error)
{
  if (!g_str_equal (key_file->public_key, with_secret->public_key))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "the file beside it that ends in '%s' has another public key", SECRET_SUFFIX);
      prefix_error (error, "load", file);
      return NULL;
    }

  return zmqg_certificate_new_from_file (with_secret);
}

static ZmqgCertificate *
load (GFile         *file,
      GCancellable  *cancellable,
      GError       **error)
{
  g_autoptr (GFile) secret_file = get_secret_file (file);
  g_autoptr (GError) secret_error = NULL;
  g_autoptr (GError) file_error = NULL;
  g_auto (ZmqgKeyFile) with_secret = { .public_key = "" };
  g_auto (ZmqgKeyFile) key_file = { .public_key = "" };
  gboolean has_secret, has_file;

  zmqg_key_file_init (&with_secret);
  zmqg_key_file_init (&key_file);
  has_secret = secret_file != NULL &&
               read_key_file (secret_file, &with_secret, cancellable, &secret_error);
  if (secret_error != NULL && !is_out_of_reach (secret_error))
    {
      g_propagate_error (error, g_steal_pointer (&secret_error));
      return NULL;
    }

  has_file = read_key_file (file, &key_file, cancellable, &file_error);
  if (has_secret && has_file)
    return choose (file, &key_file, &with_secret, error);
  if (has_secret && g_error_matches (file_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return zmqg_certificate_new_from_file (&with_secret);
  if (has_file)
    return zmqg_certificate_new_from_file (&key_file);

  g_propagate_error (error, g_steal_pointer (&file_error));
  return NULL;
}

/**
 * zmqg_certificate_load:
 * @file: a certificate's file
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for a [struct@GLib.Error]
 *
 * Loads a certificate, with its secret key if that is there.
 *
 * As in czmq, the file may be named without its `_secret`: if beside `server.key` there is a
 * `server.key_secret` that can be read, the certificate has its secret key and metadata. Both
 * must have the same public key.
 *
 * The file is one in ZPL (RFC 4) as czmq and pyzmq write it. Values may stand in either kind
 * of quotation marks or in none, any indentation and either kind of line ends will do, and so
 * do comments and sections of other names. What it must hold is held to: one public key, and
 * a secret key that belongs to it if there is one.
 *
 * A secret key in a file that everybody may access is loaded, since pyzmq makes such files, but
 * logged as a message.
 *
 * Fails with `G_IO_ERROR_INVALID_DATA` if the file is not a certificate, or longer than 64 KiB,
 * with `G_IO_ERROR_NOT_REGULAR_FILE` if it is not a regular file, and with the errors of reading
 * a file. May block, see [func@Certificate.load_async].
 *
 * Returns: (transfer full): a new certificate
 *
 * Since: 1.0
 */
ZmqgCertificate *
zmqg_certificate_load (GFile         *file,
                       GCancellable  *cancellable,
                       GError       **error)
{
  g_return_val_if_fail (G_IS_FILE (file), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return load (file, cancellable, error);
}

static void
load_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  GError *error = NULL;
  ZmqgCertificate *certificate = load (task_data, cancellable, &error);

  if (certificate != NULL)
    g_task_return_pointer (task, certificate, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * zmqg_certificate_load_async:
 * @file: a certificate's file
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @callback: (scope async): called in the thread-default main context when it is done
 * @user_data: data for @callback
 *
 * Loads a certificate in another thread, see [func@Certificate.load].
 *
 * Since: 1.0
 */
void
zmqg_certificate_load_async (GFile               *file,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, zmqg_certificate_load_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, load_thread);
}

/**
 * zmqg_certificate_load_finish:
 * @result: the result given to the callback
 * @error: return location for a [struct@GLib.Error]
 *
 * Finishes [func@Certificate.load_async].
 *
 * Returns: (transfer full): a new certificate
 *
 * Since: 1.0
 */
ZmqgCertificate *
zmqg_certificate_load_finish (GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, zmqg_certificate_load_async), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A new file takes the place of the old one, whose mode and content never mix with ours. */
static gboolean
replace_remote (GFile           *file,
                ZmqgSecretText  *text,
                gboolean         is_secret,
                GError         **error)
{
  g_autoptr (GFileOutputStream) stream = NULL;
  GFileCreateFlags flags = G_FILE_CREATE_REPLACE_DESTINATION;

  if (is_secret)
    flags |= G_FILE_CREATE_PRIVATE;
  stream = g_file_replace (file, NULL, FALSE, flags, NULL, error);

  return stream != NULL &&
         g_output_stream_write_all (G_OUTPUT_STREAM (stream), text->data, text->length, NULL,
                                    NULL, error) &&
         g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, error);
}

static gboolean
replace (GFile           *file,
         ZmqgSecretText  *text,
         gboolean         is_secret,
         GError         **error)
{
  const char *path = g_file_peek_path (file);
  GFileSetContentsFlags flags = G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE;
  g_autoptr (GError) file_error = NULL;

  if (path == NULL)
    return replace_remote (file, text, is_secret, error);
  /* Writes a file of another name, which has the mode from open() on, and renames it */
  if (g_file_set_contents_full (path, text->data, text->length, flags, is_secret ? 0600 : 0666,
                                &file_error))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_file_error (file_error->code),
                       file_error->message);
  return FALSE;
}

static gboolean
save (ZmqgCertificate  *self,
      GFile            *file,
      gboolean          is_secret,
      GError          **error)
{
  g_auto (ZmqgSecretText) text = { NULL };

  if (zmqg_key_file_write (&text, self->public_key, is_secret ? self->secret_key : NULL,
                           &self->metadata, error) &&
      replace (file, &text, is_secret, error))
    return TRUE;

  prefix_error (error, "save", file);
  return FALSE;
}

/**
 * zmqg_certificate_save_public:
 * @self: a certificate
 * @file: the file to write, by custom one that ends in `.key`
 * @error: return location for a [struct@GLib.Error]
 *
 * Saves the public key and the metadata, in a form that czmq and pyzmq read.
 *
 * A file that exists is replaced as a whole, so that a reader finds either the old one or the
 * new one.
 *
 * Fails with `G_IO_ERROR_INVALID_ARGUMENT` if the format cannot hold the metadata, see
 * [method@Certificate.set_metadata], and with the errors of writing a file.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_certificate_save_public (ZmqgCertificate  *self,
                              GFile            *file,
                              GError          **error)
{
  g_return_val_if_fail (ZMQG_IS_CERTIFICATE (self), FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return zmqg_certificate_check (self, "save a certificate", error) &&
         save (self, file, FALSE, error);
}

/**
 * zmqg_certificate_save_secret:
 * @self: a certificate
 * @file: the file to write, by custom one that ends in `.key_secret`
 * @error: return location for a [struct@GLib.Error]
 *
 * Saves both keys and the metadata, in a form that czmq and pyzmq read.
 *
 * Nobody but its owner can access the file (its mode is 0600), from its first byte on; one that
 * exists, whatever its mode, is replaced by a new one as a whole. A symbolic link is replaced
 * itself.
 *
 * Fails with `G_IO_ERROR_INVALID_ARGUMENT` if the certificate has no secret key, or the format
 * cannot hold the metadata, and with the errors of writing a file.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_certificate_save_secret (ZmqgCertificate  *self,
                              GFile            *file,
                              GError          **error)
{
  g_return_val_if_fail (ZMQG_IS_CERTIFICATE (self), FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!zmqg_certificate_check (self, "save a certificate", error))
    return FALSE;
  if (self->secret_key[0] == '\0')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "it has no secret key");
      prefix_error (error, "save", file);
      return FALSE;
    }

  return save (self, file, TRUE, error);
}
