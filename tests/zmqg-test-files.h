/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A folder for the files of a test, which only this user can enter */
char     *zmqg_test_folder_new     (void);
/* With the files in it, and those in folders in it */
void      zmqg_test_folder_remove  (char        *path);

typedef char ZmqgTestFolder;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgTestFolder, zmqg_test_folder_remove)

char     *zmqg_test_file_write     (const char  *folder,
                                    const char  *name,
                                    const char  *text,
                                    gssize       length);
char     *zmqg_test_file_read      (const char  *path);
/* The permissions; -1: there is no such file */
int       zmqg_test_file_get_mode  (const char  *path);

G_END_DECLS
