/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Listens at @path, or at an abstract name if that begins with '@'. Before libzmq binds an ipc
 * endpoint it removes whatever file is there, a live socket or a text alike; so it is given a
 * descriptor that listens already.
 *
 * @mode: of the socket's file, from its first moment on; -1: what umask leaves of 0777
 *
 * Returns -1 on an error; reasons are read as the end of "Could not bind to '…': ". */
int       zmqg_ipc_listen       (const char  *path,
                                 int          mode,
                                 int          backlog,
                                 GError     **error);

/* Sets the mode of the socket at @path, and of nothing else that may be there */
gboolean  zmqg_ipc_set_mode     (const char  *path,
                                 int          mode,
                                 GError     **error);

/* A socket's file, as it was when it was bound */
typedef struct
{
  char *path;
  dev_t device;
  ino_t inode;
} ZmqgIpcFile;

void      zmqg_ipc_file_init    (ZmqgIpcFile *self,
                                 const char  *path);
void      zmqg_ipc_file_clear   (ZmqgIpcFile *self);
/* Unless another one has taken its place */
void      zmqg_ipc_file_remove  (ZmqgIpcFile *self);

G_END_DECLS
