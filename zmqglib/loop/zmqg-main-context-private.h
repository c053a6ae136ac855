/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/loop/zmqg-main-context.h>

G_BEGIN_DECLS

/* What is remembered of a GMainContext; it lives in the context itself, as a source that
 * is never ready, and goes with it. */
typedef struct
{
  GSource source;
  guint time_budget;
} ZmqgMainContextState;

ZmqgMainContextState *zmqg_main_context_ref_state (GMainContext   *main_context);

/* Calls @func from a later dispatch of the context, never at once */
void                  zmqg_main_context_post      (GMainContext   *main_context,
                                                   int             priority,
                                                   GSourceFunc     func,
                                                   gpointer        user_data,
                                                   GDestroyNotify  destroy);

/* Holding a main context: the thread owns it, or could acquire it because nobody runs it.
 * Held for a whole call, not just for the check, so that nobody begins to run it. */
typedef struct
{
  GMainContext *acquired;
} ZmqgHold;

static inline gboolean
zmqg_hold_take (ZmqgHold     *self,
                GMainContext *main_context)
{
  GSource *source = g_main_current_source ();

  self->acquired = NULL;
  /* A source is dispatched only by the owner of its context: this saves the context's lock */
  if (G_LIKELY (source != NULL && g_source_get_context (source) == main_context))
    return TRUE;
  /* The owner acquires it once more: asking before would be a second lock for the others */
  if (!g_main_context_acquire (main_context))
    return FALSE;

  self->acquired = main_context;
  return TRUE;
}

static inline void
zmqg_hold_release (ZmqgHold *self)
{
  if (G_UNLIKELY (self->acquired != NULL))
    g_main_context_release (g_steal_pointer (&self->acquired));
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZmqgHold, zmqg_hold_release)

#define ZMQG_HOLD_INIT { NULL }

G_END_DECLS
