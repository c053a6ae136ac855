/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/base/zmqg-listen-fds.h>

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

/* sd_listen_fds(3): descriptors follow one another from here on */
#define FIRST_FD 3

/* What has no name is called so by systemd, too. */
#define NO_NAME "unknown"

static gboolean
read_number (const char  *variable,
             guint64      maximum,
             guint64     *number,
             GError     **error)
{
  const char *text = g_getenv (variable);
  g_autofree char *shown = NULL;

  if (g_ascii_string_to_unsigned (text, 10, 1, maximum, number, NULL))
    return TRUE;

  shown = g_utf8_make_valid (text, -1);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "Could not take over file descriptors: %s is '%s'", variable, shown);
  return FALSE;
}

/* The variables are passed on to children, whom they do not concern. */
static gboolean
count_fds (guint64  *n_fds,
           GError  **error)
{
  guint64 process;

  *n_fds = 0;
  if (g_getenv ("LISTEN_PID") == NULL || g_getenv ("LISTEN_FDS") == NULL)
    return TRUE;
  if (!read_number ("LISTEN_PID", G_MAXINT, &process, error))
    return FALSE;
  if (process != (guint64) getpid ())
    return TRUE;

  return read_number ("LISTEN_FDS", G_MAXINT - FIRST_FD, n_fds, error);
}

static gboolean
close_on_exec (int      fd,
               GError **error)
{
  int flags = fcntl (fd, F_GETFD);

  if (flags != -1 && fcntl (fd, F_SETFD, flags | FD_CLOEXEC) == 0)
    return TRUE;

  zmqg_set_error_from_errno (error, errno, "Could not take over the file descriptor %d", fd);
  return FALSE;
}

static char **
list_names (gsize n_fds)
{
  const char *text = g_getenv ("LISTEN_FDNAMES");
  g_auto (GStrv) given = g_strsplit (text != NULL ? text : "", ":", -1);
  gsize n_given = g_strv_length (given);
  char **names = g_new0 (char *, n_fds + 1);

  for (gsize i = 0; i < n_fds; i++)
    names[i] = g_utf8_make_valid (i < n_given && *given[i] != '\0' ? given[i] : NO_NAME, -1);

  return names;
}

/**
 * zmqg_listen_fds:
 * @n_fds: (out): how many there are
 * @names: (out) (optional) (transfer full) (array zero-terminated=1): the name of each, from
 *   `FileDescriptorName=` of its socket unit, or `unknown`
 * @error: return location for a [struct@GLib.Error]
 *
 * Lists the listening file descriptors that were handed over to this process when it was
 * started, by systemd's socket activation or whatever else sets `LISTEN_FDS` and `LISTEN_PID`.
 *
 * ```c
 * g_autofree int *fds = zmqg_listen_fds (&n_fds, NULL, &error);
 *
 * for (gsize i = 0; i < n_fds; i++)
 *   zmqg_socket_bind_fd (socket, fds[i], NULL, &error);
 * ```
 *
 * They stay open until somebody closes them, and are closed in programs that this one starts.
 * The environment is not changed; children find another process named in it.
 *
 * Fails with `G_IO_ERROR_INVALID_DATA` if the variables are malformed, and if what they promise
 * is not there.
 *
 * Returns: (transfer full) (nullable) (array length=n_fds): the file descriptors, `NULL` if
 *   there are none; to be released with `g_free()`
 *
 * Since: 1.0
 */
int *
zmqg_listen_fds (gsize    *n_fds,
                 char   ***names,
                 GError  **error)
{
  g_autofree int *fds = NULL;
  guint64 n_promised;

  g_return_val_if_fail (n_fds != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  *n_fds = 0;
  if (names != NULL)
    *names = NULL;
  if (!count_fds (&n_promised, error))
    return NULL;

  for (guint64 i = 0; i < n_promised; i++)
    {
      if (!close_on_exec (FIRST_FD + i, error))
        return NULL;
    }

  if (names != NULL)
    *names = list_names (n_promised);
  if (n_promised == 0)
    return NULL;

  fds = g_new (int, n_promised);
  for (guint64 i = 0; i < n_promised; i++)
    fds[i] = FIRST_FD + i;
  *n_fds = n_promised;

  return g_steal_pointer (&fds);
}
