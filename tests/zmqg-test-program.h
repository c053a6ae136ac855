/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A test that runs itself as another program, and looks how that ends */
typedef struct
{
  const char *name;
  void      (*run) (const char *endpoint,
                    int         linger);
} ZmqgTestProgram;

/* The first call of main(). TRUE: it was run as one of these, which is over. */
gboolean           zmqg_test_program_main         (const ZmqgTestProgram *programs,
                                                   guint                  n_programs,
                                                   int                    argc,
                                                   char                 **argv);
/* In a program: the default main loop */
void               zmqg_test_program_loop         (guint                  milliseconds);

typedef struct
{
  GSubprocess *process;
  char        *output;
  char        *errors;
  /* In all, and from the end of main() on (µs) */
  gint64       took;
  gint64       took_to_exit;
  gboolean     done;
} ZmqgTestRun;

/* Runs it to its end, which must be a good one */
void               zmqg_test_run_init             (ZmqgTestRun           *run,
                                                   const char            *name,
                                                   const char            *endpoint,
                                                   int                    linger);
void               zmqg_test_run_clear            (ZmqgTestRun           *run);
/* One line, which names what was lost and where */
void               zmqg_test_run_assert_warned    (ZmqgTestRun           *run,
                                                   const char            *type,
                                                   const char            *endpoint,
                                                   guint                  number);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZmqgTestRun, zmqg_test_run_clear)

G_END_DECLS
