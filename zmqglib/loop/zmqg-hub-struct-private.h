/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/loop/zmqg-hub-private.h>
#include <zmqglib/loop/zmqg-main-context-private.h>

G_BEGIN_DECLS

struct _ZmqgHub
{
  GSource source;
  /* A GPollFD, as GLib dispatches a source whose unix fd is readable even if check() said no */
  GPollFD poll;
  pid_t process;
  ZmqgMainContextState *state;
  guint n_members;
  GQueue ready;
  GQueue parked;
  GQueue held;
  GQueue later;
  /* Members with a deadline, and when to look at them next */
  GQueue timed;
  gint64 due;
  ZmqgTurn *turn;
  guint n_turns;
  gboolean yields;
  /* Time of dispatches since the last yield, in µs, and when the last one ended if the next one
   * goes on where it stopped */
  gint64 spent;
  gint64 continued;
  /* The loop sleeps, or is about to: who has something for it must wake it. Elsewhere a wake-up
   * would cost a write for nothing. */
  int armed;
  /* An eventfd in the epoll set. That of g_main_context_wakeup() is shared with a forked child,
   * whose loop answers it: the parent would sleep on. The child's hub never looks. */
  int wake_fd;

  GMutex lock;
  GQueue posted;
  int n_posted;
};

extern GSourceFuncs zmqg_hub_funcs;

void zmqg_hub_wake (ZmqgHub       *self);

/* To another list, or from all of them */
void zmqg_hub_move (ZmqgHub       *self,
                    ZmqgHubMember *member,
                    ZmqgHubPlace   place);

G_END_DECLS
