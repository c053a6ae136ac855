/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/base/zmqg-process-private.h>
#include <zmqglib/loop/zmqg-hub-struct-private.h>

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static GQueue *
get_list (ZmqgHub      *self,
          ZmqgHubPlace  place)
{
  switch (place)
    {
    case ZMQG_PLACE_DIRTY:
    case ZMQG_PLACE_READY:
      return &self->ready;
    case ZMQG_PLACE_PARKED:
      return &self->parked;
    case ZMQG_PLACE_HELD:
      return &self->held;
    case ZMQG_PLACE_LATER:
      return &self->later;
    case ZMQG_PLACE_NOWHERE:
    case ZMQG_PLACE_SERVED:
    default:
      return NULL;
    }
}

void
zmqg_hub_move (ZmqgHub       *self,
               ZmqgHubMember *member,
               ZmqgHubPlace   place)
{
  GQueue *from = get_list (self, member->place);
  GQueue *to = get_list (self, place);

  if (from != to && from != NULL)
    g_queue_unlink (from, &member->link);
  if (from != to && to != NULL)
    g_queue_push_tail_link (to, &member->link);
  member->place = place;
}

static gboolean
open_fds (ZmqgHub  *self,
          GError  **error)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };

  self->poll.fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->poll.fd != -1)
    self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->wake_fd != -1 && epoll_ctl (self->poll.fd, EPOLL_CTL_ADD, self->wake_fd, &event) == 0)
    return TRUE;

  zmqg_set_error_from_errno (error, errno, "Could not create an epoll set");
  return FALSE;
}

static ZmqgHub *
create_hub (GMainContext  *main_context,
            int            priority,
            GError       **error)
{
  GSource *source = g_source_new (&zmqg_hub_funcs, sizeof (ZmqgHub));
  ZmqgHub *self = (ZmqgHub *) source;

  g_mutex_init (&self->lock);
  g_source_set_static_name (source, "[zmqg hub]");
  g_source_set_priority (source, priority);
  g_source_set_can_recurse (source, TRUE);
  /* The data is what g_main_context_find_source_by_funcs_user_data() finds it by */
  g_source_set_callback (source, G_SOURCE_FUNC (create_hub), GINT_TO_POINTER (priority), NULL);

  self->wake_fd = -1;
  if (!open_fds (self, error))
    {
      g_source_unref (source);
      return NULL;
    }
  self->poll.events = G_IO_IN;
  g_source_add_poll (source, &self->poll);

  self->process = zmqg_process_get_id ();
  self->due = G_MAXINT64;
  self->state = zmqg_main_context_ref_state (main_context);
  g_source_attach (source, main_context);
  g_source_unref (source);

  return self;
}

static ZmqgHub *
find_or_create_hub (GMainContext  *main_context,
                    int            priority,
                    GError       **error)
{
  GSource *source = g_main_context_find_source_by_funcs_user_data (main_context, &zmqg_hub_funcs,
                                                                   GINT_TO_POINTER (priority));

  /* The parent's, whose epoll set is shared: its members may still refer to it */
  if (source != NULL && ((ZmqgHub *) source)->process != zmqg_process_get_id ())
    {
      g_source_ref (source);
      g_source_destroy (source);
      source = NULL;
    }

  return source != NULL ? (ZmqgHub *) source : create_hub (main_context, priority, error);
}

gboolean
zmqg_hub_add (ZmqgHubMember             *member,
              const ZmqgHubMemberFuncs  *funcs,
              GMainContext              *main_context,
              int                        priority,
              int                        fd,
              GError                   **error)
{
  ZmqgHub *self = find_or_create_hub (main_context, priority, error);
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = member };

  if (self == NULL)
    return FALSE;
  if (epoll_ctl (self->poll.fd, EPOLL_CTL_ADD, fd, &event) != 0)
    {
      zmqg_set_error_from_errno (error, errno, "Could not add a socket to the epoll set");
      if (self->n_members == 0 && self->turn == NULL)
        g_source_destroy (&self->source);
      return FALSE;
    }

  member->funcs = funcs;
  member->hub = self;
  member->fd = fd;
  member->link.data = member;
  member->posted_link.data = member;
  member->timed_link.data = member;
  member->deadline = G_MAXINT64;
  self->n_members++;
  /* Messages may have come, and their edge may have gone, before */
  zmqg_hub_touch (member);

  return TRUE;
}

void
zmqg_hub_remove (ZmqgHubMember *member)
{
  ZmqgHub *self = member->hub;

  if (self == NULL)
    return;

  zmqg_hub_move (self, member, ZMQG_PLACE_NOWHERE);
  if (member->deadline != G_MAXINT64)
    g_queue_unlink (&self->timed, &member->timed_link);
  member->deadline = G_MAXINT64;
  for (ZmqgTurn *turn = self->turn; turn != NULL; turn = turn->outer)
    {
      if (turn->member == member)
        turn->member = NULL;
    }

  g_mutex_lock (&self->lock);
  if (member->posted)
    g_queue_unlink (&self->posted, &member->posted_link);
  member->posted = FALSE;
  member->hub = NULL;
  g_mutex_unlock (&self->lock);

  if (self->process == zmqg_process_get_id ())
    epoll_ctl (self->poll.fd, EPOLL_CTL_DEL, member->fd, NULL);
  if (--self->n_members == 0 && self->turn == NULL)
    g_source_destroy (&self->source);
}

/* From any thread */
void
zmqg_hub_wake (ZmqgHub *self)
{
  guint64 one = 1;

  while (write (self->wake_fd, &one, sizeof one) == -1 && errno == EINTR)
    ;
}

static void
wake_if_armed (ZmqgHub *self)
{
  if (g_atomic_int_get (&self->armed))
    {
      g_atomic_int_set (&self->armed, FALSE);
      zmqg_hub_wake (self);
    }
}

void
zmqg_hub_mark (ZmqgHubMember *member)
{
  ZmqgHub *self = member->hub;

  if (self == NULL)
    return;

  zmqg_hub_move (self, member, ZMQG_PLACE_DIRTY);
  wake_if_armed (self);
}

/* It is served once then. A deadline that comes to lie later leaves the earlier one as it is:
 * asking GLib for another time to wake up costs more than waking up for nothing, once. */
void
zmqg_hub_set_deadline (ZmqgHubMember *member,
                       gint64         deadline)
{
  ZmqgHub *self = member->hub;

  if (self == NULL || deadline >= member->deadline)
    return;

  if (member->deadline == G_MAXINT64)
    g_queue_push_tail_link (&self->timed, &member->timed_link);
  member->deadline = deadline;
  if (deadline < self->due)
    {
      self->due = deadline;
      wake_if_armed (self);
    }
}

/* When this iteration of the main context began: g_source_get_time() takes a lock. */
gint64
zmqg_hub_get_time (ZmqgHubMember *member)
{
  ZmqgHub *self = member->hub;

  return self->turn != NULL ? self->turn->time : g_source_get_time (&self->source);
}

/* What g_task_new() keeps as the time a task was made; from any thread */
gint64
zmqg_hub_get_task_time (ZmqgHubMember *member)
{
  ZmqgHub *self = g_atomic_pointer_get (&member->hub);
  GSource *source = g_main_current_source ();

  if (source == NULL)
    return 0;

  return self != NULL && source == &self->source ? zmqg_hub_get_time (member)
                                                 : g_source_get_time (source);
}

/* From any thread that keeps @member in its hub meanwhile */
void
zmqg_hub_post (ZmqgHubMember *member)
{
  ZmqgHub *self = member->hub;
  if (self == NULL)
    return;

  g_mutex_lock (&self->lock);
  if (!member->posted)
    {
      member->posted = TRUE;
      g_queue_push_tail_link (&self->posted, &member->posted_link);
      g_atomic_int_inc (&self->n_posted);
    }
  g_mutex_unlock (&self->lock);

  if (g_atomic_int_compare_and_exchange (&self->armed, TRUE, FALSE))
    zmqg_hub_wake (self);
}
