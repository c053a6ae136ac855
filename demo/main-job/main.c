/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "job.h"

#include <stdlib.h>
#include <zmqglib/zmqglib.h>

int
main (int   argc,
      char *argv[])
{
  int seconds = 6;
  const GOptionEntry entries[] = {
    { "seconds", 's', 0, G_OPTION_ARG_INT, &seconds, "How long the flood lasts", "N" },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("ENDPOINT");
  g_autoptr (GError) error = NULL;
  int major, minor, patch;

  g_option_context_set_summary (context, "Receives what demo/peers/figures.py publishes, asks and "
                                "is answered, and sends from a thread: all in one main loop.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2 || seconds < 1)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "One endpoint is needed; see --help");
      return 2;
    }

  zmqg_version (&major, &minor, &patch);
  g_print ("C, with libzmq %d.%d.%d:\n", major, minor, patch);

  return job_run (argv[1], seconds) ? EXIT_SUCCESS : EXIT_FAILURE;
}
