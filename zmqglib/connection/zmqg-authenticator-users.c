/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-authenticator-private.h>
#include <zmqglib/connection/zmqg-key-file-private.h>

/* Some ten thousand users */
#define MAX_FILE (1024 * 1024)

typedef struct
{
  ZmqgAuthenticator *authenticator;
  const char *domain;
} Target;

static void
add_user (const char *username,
          const char *password,
          gpointer    user_data)
{
  Target *target = user_data;

  zmqg_authenticator_add_plain_user (target->authenticator, target->domain, username, password);
}

/* The text is wiped when it is no longer needed. */
static gboolean
read_text (GFile           *file,
           ZmqgSecretText  *text,
           GCancellable    *cancellable,
           GError         **error)
{
  g_autoptr (GFileInputStream) stream = NULL;

  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) == G_FILE_TYPE_SPECIAL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                           "it is not a regular file");
      return FALSE;
    }
  stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return FALSE;

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

static gboolean
load (ZmqgAuthenticator  *self,
      const char         *domain,
      GFile              *file,
      GCancellable       *cancellable,
      GError            **error)
{
  g_auto (ZmqgSecretText) text = { NULL };
  g_autofree char *name = NULL;
  Target target = { self, domain };

  if (read_text (file, &text, cancellable, error) &&
      zmqg_plain_users_parse (text.data, text.length, add_user, &target, error))
    return TRUE;

  name = g_file_get_parse_name (file);
  g_prefix_error (error, "Could not load the users in '%s': ", name);

  return FALSE;
}

/**
 * zmqg_authenticator_load_plain_users:
 * @self: an authenticator
 * @domain: (nullable): a domain, or `NULL` for every one
 * @file: a file with users
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for a [struct@GLib.Error]
 *
 * Adds the users in a file, as [method@Authenticator.add_plain_user] does. Users that are there
 * already stay, with the password in the file if they are in it.
 *
 * The file is text as czmq's `zauth` reads it, in UTF-8: lines of `name=password`. The name is
 * what stands before the first `=`, the password all that follows, blanks included. Empty lines
 * and those that begin with `#` say nothing.
 *
 * ```
 * # telemetry
 * probe=s3cret
 * ```
 *
 * Other lines are errors, where czmq passes over them; a file with an error adds nobody. It is to
 * be readable to its owner only.
 *
 * Blocks until the file is read; [method@Authenticator.load_plain_users_async] does not. May be
 * called from any thread. Fails with `G_IO_ERROR_INVALID_DATA` if the file is not well-formed, and
 * with other errors of [method@Gio.File.read].
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_authenticator_load_plain_users (ZmqgAuthenticator  *self,
                                     const char         *domain,
                                     GFile              *file,
                                     GCancellable       *cancellable,
                                     GError            **error)
{
  g_return_val_if_fail (ZMQG_IS_AUTHENTICATOR (self), FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return load (self, domain, file, cancellable, error);
}

typedef struct
{
  char *domain;
  GFile *file;
} Loading;

static void
loading_free (gpointer data)
{
  Loading *self = data;

  g_free (self->domain);
  g_object_unref (self->file);
  g_free (self);
}

static void
load_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Loading *loading = task_data;
  GError *error = NULL;

  if (load (source_object, loading->domain, loading->file, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * zmqg_authenticator_load_plain_users_async:
 * @self: an authenticator
 * @domain: (nullable): a domain, or `NULL` for every one
 * @file: a file with users
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @callback: (scope async): called when the users have been added
 * @user_data: data for @callback
 *
 * Adds the users in a file without blocking; see [method@Authenticator.load_plain_users].
 *
 * Since: 1.0
 */
void
zmqg_authenticator_load_plain_users_async (ZmqgAuthenticator   *self,
                                           const char          *domain,
                                           GFile               *file,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Loading *loading;

  g_return_if_fail (ZMQG_IS_AUTHENTICATOR (self));
  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  loading = g_new (Loading, 1);
  loading->domain = g_strdup (domain);
  loading->file = g_object_ref (file);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, zmqg_authenticator_load_plain_users_async);
  g_task_set_task_data (task, loading, loading_free);
  g_task_run_in_thread (task, load_in_thread);
}

/**
 * zmqg_authenticator_load_plain_users_finish:
 * @self: an authenticator
 * @result: the result given to the callback
 * @error: return location for a [struct@GLib.Error]
 *
 * Finishes [method@Authenticator.load_plain_users_async].
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_authenticator_load_plain_users_finish (ZmqgAuthenticator  *self,
                                            GAsyncResult       *result,
                                            GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
