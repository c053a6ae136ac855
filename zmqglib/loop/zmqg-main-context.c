/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/loop/zmqg-main-context-private.h>

#define DEFAULT_TIME_BUDGET 500

static gboolean
zmqg_main_context_state_dispatch (GSource     *source,
                                  GSourceFunc  callback,
                                  gpointer     user_data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs zmqg_main_context_state_funcs = {
  .dispatch = zmqg_main_context_state_dispatch,
};

static GMutex creating;

static GSource *
find_state (GMainContext *main_context)
{
  return g_main_context_find_source_by_funcs_user_data (main_context,
                                                        &zmqg_main_context_state_funcs, NULL);
}

static GSource *
create_state (GMainContext *main_context)
{
  GSource *source = g_source_new (&zmqg_main_context_state_funcs, sizeof (ZmqgMainContextState));

  g_source_set_static_name (source, "[zmqg main context]");
  /* A source is found by its callback's data only */
  g_source_set_callback (source, G_SOURCE_FUNC (zmqg_main_context_state_dispatch), NULL, NULL);
  ((ZmqgMainContextState *) source)->time_budget = DEFAULT_TIME_BUDGET;
  g_source_attach (source, main_context);
  g_source_unref (source);

  return source;
}

/* (transfer full): released by g_source_unref() */
ZmqgMainContextState *
zmqg_main_context_ref_state (GMainContext *main_context)
{
  GSource *source;

  g_mutex_lock (&creating);
  source = find_state (main_context);
  if (source == NULL)
    source = create_state (main_context);
  g_source_ref (source);
  g_mutex_unlock (&creating);

  return (ZmqgMainContextState *) source;
}

void
zmqg_main_context_post (GMainContext   *main_context,
                        int             priority,
                        GSourceFunc     func,
                        gpointer        user_data,
                        GDestroyNotify  destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_static_name (source, "[zmqg call]");
  g_source_set_priority (source, priority);
  g_source_set_callback (source, func, user_data, destroy);
  g_source_attach (source, main_context);
}

/**
 * zmqg_main_context_set_time_budget:
 * @main_context: (nullable): a main context, or `NULL` for the default one
 * @microseconds: the time budget in µs, or 0 for no limit
 *
 * Sets how long the sockets of a main context may together hold it in one dispatch.
 *
 * When it is used up, everything else that is due in the main context is served first, also
 * what has a lower priority, such as GTK's drawing. A handler that runs is never
 * interrupted: a turn takes at most the budget and one handler. The default is 500 µs.
 *
 * May be called from any thread.
 *
 * Since: 1.0
 */
void
zmqg_main_context_set_time_budget (GMainContext *main_context,
                                   guint         microseconds)
{
  ZmqgMainContextState *state = zmqg_main_context_ref_state (main_context);

  g_atomic_int_set (&state->time_budget, microseconds);
  g_source_unref ((GSource *) state);
}

/**
 * zmqg_main_context_get_time_budget:
 * @main_context: (nullable): a main context, or `NULL` for the default one
 *
 * Gets how long the sockets of a main context may together hold it in one dispatch.
 *
 * May be called from any thread.
 *
 * Returns: the time budget in µs, or 0 for no limit
 *
 * Since: 1.0
 */
guint
zmqg_main_context_get_time_budget (GMainContext *main_context)
{
  guint microseconds = DEFAULT_TIME_BUDGET;
  GSource *source;

  g_mutex_lock (&creating);
  source = find_state (main_context);
  if (source != NULL)
    microseconds = g_atomic_int_get (&((ZmqgMainContextState *) source)->time_budget);
  g_mutex_unlock (&creating);

  return microseconds;
}
