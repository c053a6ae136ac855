/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <errno.h>
#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Which process this is, cheaply enough to ask before every use of libzmq.
 *
 * In a forked child libzmq answers EINTR for ever, so whoever holds a handle of it
 * remembers the process that made it. getpid() is a system call; here the number is kept
 * in a page that the kernel gives to a child as zeros (MADV_WIPEONFORK). */
extern volatile pid_t *zmqg_process_page;

pid_t zmqg_process_get_id_slow (void);

static inline pid_t
zmqg_process_get_id (void)
{
  pid_t id = zmqg_process_page != NULL ? *zmqg_process_page : 0;

  return G_LIKELY (id != 0) ? id : zmqg_process_get_id_slow ();
}

/* Calls libzmq again as long as a signal handler interrupts it, but not in a forked child,
 * where it would be for ever. */
#define ZMQG_RETRY(process, call) \
  ({ \
    int zmqg_result; \
    do \
      zmqg_result = (call); \
    while (zmqg_result == -1 && errno == EINTR && (process) == zmqg_process_get_id ()); \
    zmqg_result; \
  })

/* Whether @n file descriptors can still be opened. libzmq aborts the process in several
 * places where it cannot (epoll.cpp, ip_resolver.cpp, ctx.cpp), so one asks first. */
gboolean zmqg_process_has_free_fds (guint    n,
                                    GError **error);

G_END_DECLS
