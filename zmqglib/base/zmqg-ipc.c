/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define _GNU_SOURCE /* O_PATH */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/base/zmqg-ipc-private.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Another process is at it as long as it takes to bind (ms) */
#define LOCK_TIMEOUT 100

/* Others may bind and go away in between. */
#define MAX_TRIES 10

typedef enum
{
  OWNER_NONE,
  OWNER_DEAD,
  OWNER_ALIVE,
  OWNER_UNKNOWN,
} Owner;

static socklen_t
make_address (const char         *path,
              struct sockaddr_un *address)
{
  gsize length = MIN (strlen (path), sizeof address->sun_path - 1);

  memset (address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  memcpy (address->sun_path, path, length);
  if (path[0] == '@')
    address->sun_path[0] = '\0';

  /* Every byte counts in an abstract name, and libzmq counts no NUL at its end. */
  return offsetof (struct sockaddr_un, sun_path) + length;
}

static gboolean
fail (int          errsv,
      const char  *what,
      GError     **error)
{
  zmqg_set_error_from_errno (error, errsv, "%s", what);
  return FALSE;
}

static gboolean
refuse (int          code,
        const char  *reason,
        GError     **error)
{
  g_set_error_literal (error, G_IO_ERROR, code, reason);
  return FALSE;
}

/* Whether a process has the socket at @path. A datagram socket cannot connect to a stream, but
 * the kernel looks for the owner first: whoever is there, even before it listens, does not
 * notice. */
static Owner
find_owner (const char *path,
            int        *errsv)
{
  struct sockaddr_un address;
  socklen_t length = make_address (path, &address);
  int probe = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int result;

  *errsv = errno;
  if (probe == -1)
    return OWNER_UNKNOWN;

  result = connect (probe, (struct sockaddr *) &address, length);
  *errsv = result == 0 ? 0 : errno;
  close (probe);

  switch (*errsv)
    {
    case ENOENT:
      return OWNER_NONE;
    case ECONNREFUSED:
      return OWNER_DEAD;
    case 0:
    case EPROTOTYPE:
    case EPERM:
    case EAGAIN:
      return OWNER_ALIVE;
    default:
      return OWNER_UNKNOWN;
    }
}

/* Of two who find the same file stale the second would remove the first one's new one. Nobody
 * else minds the lock of a folder, and it leaves nothing behind. -1: no lock is to be had, as
 * in a folder that cannot be read */
static gboolean
lock_folder (const char  *path,
             int         *folder,
             GError     **error)
{
  g_autofree char *name = g_path_get_dirname (path);

  *folder = open (name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (guint i = 0; *folder != -1 && flock (*folder, LOCK_EX | LOCK_NB) != 0; i++)
    {
      if (errno != EWOULDBLOCK && errno != EINTR)
        break;
      if (i == LOCK_TIMEOUT)
        {
          close (*folder);
          return refuse (G_IO_ERROR_ADDRESS_IN_USE, "another process holds its folder locked",
                         error);
        }
      g_usleep (1000);
    }

  return TRUE;
}

static gboolean
remove_stale (const char  *path,
              GError     **error)
{
  struct stat status;
  int errsv;

  if (lstat (path, &status) != 0)
    return errno == ENOENT || fail (errno, "the file there cannot be looked at", error);
  if (!S_ISSOCK (status.st_mode))
    return refuse (G_IO_ERROR_ADDRESS_IN_USE, "there is a file that is not a socket", error);

  switch (find_owner (path, &errsv))
    {
    case OWNER_NONE:
      return TRUE;
    case OWNER_ALIVE:
      return refuse (G_IO_ERROR_ADDRESS_IN_USE, "another socket listens there", error);
    case OWNER_DEAD:
      return unlink (path) == 0 || errno == ENOENT ||
             fail (errno, "the socket of a dead process there cannot be removed", error);
    case OWNER_UNKNOWN:
    default:
      return fail (errsv, "whether another socket listens there cannot be found out", error);
    }
}

/* Somebody else may come first: then his socket is found to be alive. */
static gboolean
bind_over_stale (int                        fd,
                 const char                *path,
                 const struct sockaddr_un  *address,
                 socklen_t                  length,
                 GError                   **error)
{
  int folder, errsv = EADDRINUSE;
  gboolean is_removed = TRUE, is_bound = FALSE;

  if (!lock_folder (path, &folder, error))
    return FALSE;

  for (guint i = 0; i < MAX_TRIES && is_removed && !is_bound && errsv == EADDRINUSE; i++)
    {
      is_removed = remove_stale (path, error);
      is_bound = is_removed && bind (fd, (const struct sockaddr *) address, length) == 0;
      errsv = errno;
    }

  if (folder != -1)
    close (folder);
  if (is_removed && !is_bound)
    return fail (errsv, "no socket can be made there", error);

  return is_bound;
}

static gboolean
bind_path (int          fd,
           const char  *path,
           GError     **error)
{
  struct sockaddr_un address;
  socklen_t length = make_address (path, &address);

  if (bind (fd, (struct sockaddr *) &address, length) == 0)
    return TRUE;
  if (errno != EADDRINUSE)
    return fail (errno, "no socket can be made there", error);
  if (path[0] == '@')
    return refuse (G_IO_ERROR_ADDRESS_IN_USE, "another socket has the name", error);

  return bind_over_stale (fd, path, &address, length, error);
}

gboolean
zmqg_ipc_set_mode (const char  *path,
                   int          mode,
                   GError     **error)
{
  /* What was just made may be a symbolic link by now, where others can write */
  int fd = open (path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  g_autofree char *name = g_strdup_printf ("/proc/self/fd/%d", fd);
  struct stat status;
  int errsv = 0;

  if (fd == -1 || fstat (fd, &status) != 0)
    errsv = errno;
  else if (!S_ISSOCK (status.st_mode))
    errsv = ENOTSOCK;
  else if ((status.st_mode & 07777) != (mode_t) mode && chmod (name, mode) != 0)
    errsv = errno;
  if (fd != -1)
    close (fd);

  return errsv == 0 || fail (errsv, "its mode cannot be set", error);
}

static gboolean
listen_at (int          fd,
           const char  *path,
           int          mode,
           int          backlog,
           GError     **error)
{
  if (mode >= 0 && path[0] == '@')
    return refuse (G_IO_ERROR_NOT_SUPPORTED,
                   "an abstract name has no mode, everybody can connect to it", error);
  /* Linux makes the file with the mode of the socket, less what umask takes away */
  if (mode >= 0 && fchmod (fd, mode) != 0)
    return fail (errno, "the mode of its file cannot be set", error);
  if (!bind_path (fd, path, error))
    return FALSE;

  if ((mode < 0 || zmqg_ipc_set_mode (path, mode, error)) &&
      (listen (fd, backlog) == 0 || fail (errno, "it cannot be listened at", error)))
    return TRUE;

  if (path[0] != '@')
    unlink (path);
  return FALSE;
}

int
zmqg_ipc_listen (const char  *path,
                 int          mode,
                 int          backlog,
                 GError     **error)
{
  /* A connection that is gone when it is to be accepted must not stop the I/O thread. */
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd == -1)
    {
      fail (errno, "no socket can be made", error);
      return -1;
    }
  if (listen_at (fd, path, mode, backlog, error))
    return fd;

  close (fd);
  return -1;
}

void
zmqg_ipc_file_init (ZmqgIpcFile *self,
                    const char  *path)
{
  struct stat status;

  memset (self, 0, sizeof *self);
  if (path[0] == '@' || lstat (path, &status) != 0 || !S_ISSOCK (status.st_mode))
    return;

  self->path = g_canonicalize_filename (path, NULL);
  self->device = status.st_dev;
  self->inode = status.st_ino;
}

void
zmqg_ipc_file_clear (ZmqgIpcFile *self)
{
  g_clear_pointer (&self->path, g_free);
}

void
zmqg_ipc_file_remove (ZmqgIpcFile *self)
{
  struct stat status;

  if (self->path != NULL && lstat (self->path, &status) == 0 &&
      status.st_dev == self->device && status.st_ino == self->inode)
    unlink (self->path);
}
