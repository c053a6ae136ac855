/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-files.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

char *
zmqg_test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("zmqg-XXXXXX", &error);

  g_assert_no_error (error);

  return path;
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) folder = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    folder = g_dir_open (path, 0, NULL);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      remove_all (file);
    }
  g_remove (path);
}

void
zmqg_test_folder_remove (char *path)
{
  remove_all (path);
  g_free (path);
}

char *
zmqg_test_file_write (const char *folder,
                      const char *name,
                      const char *text,
                      gssize      length)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (folder, name, NULL);

  g_file_set_contents_full (path, text, length, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);

  return path;
}

char *
zmqg_test_file_read (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  return text;
}

int
zmqg_test_file_get_mode (const char *path)
{
  struct stat status;

  return g_lstat (path, &status) == 0 ? (int) (status.st_mode & 07777) : -1;
}
