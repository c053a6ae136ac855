/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/loop/zmqg-context-private.h>

/* Those that linger for ever would be remembered for ever. */
#define MAX_LINGERING 256

void
zmqg_lingering_free (ZmqgLingering *self)
{
  g_free (self->description);
  g_free (self);
}

static void
forget_gone (ZmqgContext *self)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = self->lingering->len; i > 0; i--)
    {
      ZmqgLingering *lingering = g_ptr_array_index (self->lingering, i - 1);

      if (lingering->until <= now)
        g_ptr_array_remove_index (self->lingering, i - 1);
    }
  if (self->lingering->len > MAX_LINGERING)
    g_ptr_array_remove_range (self->lingering, 0, self->lingering->len - MAX_LINGERING);
}

/* With the lock held; libzmq does not tell when it is done with a closed socket. @description:
 * (transfer full) (nullable) */
void
zmqg_context_note_lingering (ZmqgContext *self,
                             char        *description,
                             int          linger)
{
  ZmqgLingering *lingering;

  if (description == NULL || linger == 0)
    {
      g_free (description);
      return;
    }

  lingering = g_new (ZmqgLingering, 1);
  lingering->description = description;
  lingering->until = linger < 0 ? G_MAXINT64 : g_get_monotonic_time () + (gint64) linger * 1000;
  g_ptr_array_add (self->lingering, lingering);
  forget_gone (self);
}

static char *
describe_lingering (ZmqgLingering *lingering)
{
  gint64 left = lingering->until - g_get_monotonic_time ();

  if (lingering->until == G_MAXINT64)
    return g_strconcat (lingering->description,
                        ", closed: libzmq may deliver what it took for ever", NULL);

  return g_strdup_printf ("%s, closed: libzmq may deliver what it took for %d ms more",
                          lingering->description, (int) (MAX (left, 0) / 1000));
}

typedef struct
{
  gpointer object;
  char *description;
  char *(*dup_state) (gpointer object);
} Line;

/* The object's last reference may be this one, and must not go with the lock held. */
static GArray *
collect_lines (ZmqgContext *self)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Line));

  for (GList *link = self->members.head; link != NULL; link = link->next)
    {
      ZmqgContextMember *member = link->data;
      Line line = { NULL, g_strdup (member->description), member->dup_state };

      if (!member->is_made)
        {
          g_free (line.description);
          continue;
        }
      line.object = g_weak_ref_get (&member->object);
      g_array_append_val (lines, line);
    }

  return lines;
}

static char *
finish_line (Line *line)
{
  g_autofree char *description = g_steal_pointer (&line->description);
  g_autoptr (GObject) object = line->object;
  g_autofree char *state = NULL;

  if (object != NULL && line->dup_state != NULL)
    state = line->dup_state (object);

  return g_strconcat (description, state, NULL);
}

/**
 * zmqg_context_list_sockets:
 * @self: a context
 *
 * Describes the sockets that keep the context from ending, one line each: the type, the
 * endpoints, the linger, and how much waits; then those that are closed, but for which libzmq may
 * still have something to deliver.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full) (array zero-terminated=1): the descriptions
 *
 * Since: 1.0
 */
char **
zmqg_context_list_sockets (ZmqgContext *self)
{
  g_autoptr (GArray) open = NULL;
  g_autoptr (GPtrArray) closed = NULL;
  g_autoptr (GPtrArray) lines = NULL;

  g_return_val_if_fail (ZMQG_IS_CONTEXT (self), NULL);

  lines = g_ptr_array_new ();
  closed = g_ptr_array_new ();
  g_mutex_lock (&self->lock);
  open = collect_lines (self);
  forget_gone (self);
  for (guint i = 0; i < self->lingering->len; i++)
    g_ptr_array_add (closed, describe_lingering (g_ptr_array_index (self->lingering, i)));
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < open->len; i++)
    g_ptr_array_add (lines, finish_line (&g_array_index (open, Line, i)));
  g_ptr_array_extend_and_steal (lines, g_steal_pointer (&closed));
  g_ptr_array_add (lines, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&lines), FALSE);
}
