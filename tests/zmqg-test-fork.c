/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-fork.h"
#include "zmqg-test-utils.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t
zmqg_test_fork (void     (*func) (gpointer data),
                gpointer   data)
{
  pid_t child;

  /* A sanitizer's allocator, locked by some other thread, would stay so in the child. */
  if (!zmqg_test_rss_is_meaningful ())
    g_usleep (50000);
  /* What is buffered would be written twice */
  fflush (NULL);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child > 0)
    return child;

  alarm (ZMQG_TEST_DEADLINE / 1000);
  func (data);
  /* In a child the leak sanitizer misses the threads of the parent, and what they hold */
  if (!zmqg_test_rss_is_meaningful ())
    _exit (0);
  exit (0);
}

void
zmqg_test_fork_wait (pid_t child)
{
  int status;

  while (waitpid (child, &status, WNOHANG) == 0)
    zmqg_test_run_for (NULL, 5);
  g_test_message ("The child ended with status %x", status);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

static void
ended_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  zmqg_context_terminate_finish (ZMQG_CONTEXT (object), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

void
zmqg_test_fork_terminate (ZmqgContext  *context,
                          GMainContext *main_context)
{
  gboolean ended = FALSE;

  zmqg_context_terminate_async (context, NULL, ended_cb, &ended);
  /* GLib wakes a main context through a descriptor that parent and child share, and the other one
   * may answer to it: what another thread says is looked for. */
  while (!ended)
    zmqg_test_run_for (main_context, 5);
}
