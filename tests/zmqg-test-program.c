/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-program.h"
#include "zmqg-test-utils.h"

#include <stdlib.h>
#include <string.h>

gboolean
zmqg_test_program_main (const ZmqgTestProgram  *programs,
                        guint                   n_programs,
                        int                     argc,
                        char                  **argv)
{
  if (argc != 5 || !g_str_equal (argv[1], "--program"))
    return FALSE;

  for (guint i = 0; i < n_programs; i++)
    {
      if (g_str_equal (programs[i].name, argv[2]))
        programs[i].run (argv[3], atoi (argv[4]));
    }
  g_print ("%" G_GINT64_FORMAT "\n", g_get_monotonic_time ());

  return TRUE;
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_REMOVE;
}

void
zmqg_test_program_loop (guint milliseconds)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_timeout_add (milliseconds, quit_cb, loop);
  g_main_loop_run (loop);
}

static void
communicated_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  ZmqgTestRun *run = user_data;

  g_subprocess_communicate_utf8_finish (run->process, result, &run->output, &run->errors, &error);
  g_assert_no_error (error);
  run->done = TRUE;
}

static gboolean
late_cb (gpointer user_data)
{
  ZmqgTestRun *run = user_data;

  g_test_message ("It does not end");
  g_subprocess_force_exit (run->process);

  return G_SOURCE_REMOVE;
}

void
zmqg_test_run_init (ZmqgTestRun *run,
                    const char  *name,
                    const char  *endpoint,
                    int          linger)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *number = g_strdup_printf ("%d", linger);
  g_autoptr (GError) error = NULL;
  gint64 begun = g_get_monotonic_time ();
  guint late_id = g_timeout_add (ZMQG_TEST_DEADLINE / 2, late_cb, run);
  const char *last;

  /* A warning is looked at here, and does not end it */
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  /* Such a program leaves things behind */
  g_subprocess_launcher_setenv (launcher, "ASAN_OPTIONS", "detect_leaks=0", TRUE);
  run->done = FALSE;
  run->process = g_subprocess_launcher_spawn (launcher, &error, "/proc/self/exe", "--program", name,
                                              endpoint, number, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (run->process, NULL, NULL, communicated_cb, run);
  zmqg_test_wait_for (run->done);
  g_assert_true (g_subprocess_wait (run->process, NULL, NULL));
  run->took = g_get_monotonic_time () - begun;
  g_test_message ("%s %d: %" G_GINT64_FORMAT " ms, '%s', '%s'", name, linger, run->took / 1000,
                  run->output, run->errors);
  g_assert_true (g_subprocess_get_if_exited (run->process));
  g_assert_cmpint (g_subprocess_get_exit_status (run->process), ==, 0);
  g_source_remove (late_id);

  g_strchomp (run->output);
  last = strrchr (run->output, '\n');
  run->took_to_exit = begun + run->took -
                      g_ascii_strtoll (last != NULL ? last + 1 : run->output, NULL, 10);
}

void
zmqg_test_run_clear (ZmqgTestRun *run)
{
  g_object_unref (run->process);
  g_free (run->output);
  g_free (run->errors);
}

void
zmqg_test_run_assert_warned (ZmqgTestRun *run,
                             const char  *type,
                             const char  *endpoint,
                             guint        number)
{
  g_autofree char *pattern = g_strdup_printf ("\\b%u\\b", number);
  g_auto (GStrv) lines = g_strsplit (g_strstrip (run->errors), "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 1);
  g_assert_nonnull (strstr (lines[0], "ZmqGlib"));
  g_assert_nonnull (strstr (lines[0], type));
  g_assert_nonnull (strstr (lines[0], endpoint));
  g_assert_true (g_regex_match_simple (pattern, lines[0], 0, 0));
}
