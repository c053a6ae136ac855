/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-process-private.h>
#include <zmqglib/loop/zmqg-hub-struct-private.h>

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define FIRED_AT_ONCE 64
/* Messages of one member before the next one's turn */
#define QUANTUM 64
/* A handler that suddenly takes long is noticed after a stride at most */
#define MAX_STRIDE 16
#define SHORT_STRIDE 20
/* One dispatch may take for ever if there is no time budget, but not one after the other */
#define LONGEST_CHAIN 20000

static void
settle_member (ZmqgHub       *self,
               ZmqgHubMember *member,
               ZmqgHubAnswer  answer)
{
  switch (answer)
    {
    case ZMQG_HUB_READY:
      zmqg_hub_move (self, member, ZMQG_PLACE_READY);
      break;
    case ZMQG_HUB_PARKED:
      zmqg_hub_move (self, member, ZMQG_PLACE_PARKED);
      break;
    case ZMQG_HUB_LATER:
      zmqg_hub_move (self, member, ZMQG_PLACE_LATER);
      break;
    case ZMQG_HUB_IDLE:
    default:
      /* Used after libzmq was asked last, in a handler perhaps */
      zmqg_hub_move (self, member,
                   member->asked == member->uses ? ZMQG_PLACE_NOWHERE : ZMQG_PLACE_DIRTY);
      break;
    }
}

static void
take_posted (ZmqgHub *self)
{
  GList *link;

  g_mutex_lock (&self->lock);
  while ((link = g_queue_pop_head_link (&self->posted)) != NULL)
    {
      ZmqgHubMember *member = link->data;

      member->posted = FALSE;
      if (member->place != ZMQG_PLACE_SERVED && member->place != ZMQG_PLACE_HELD &&
          member->place != ZMQG_PLACE_LATER)
        zmqg_hub_move (self, member, ZMQG_PLACE_READY);
      member->uses++;
    }
  g_atomic_int_set (&self->n_posted, 0);
  g_mutex_unlock (&self->lock);
}

/* A handler runs a loop of its own: the members whose handlers run are served in there,
 * or nobody would ask for their messages until it ends. */
static void
expose_served (ZmqgHub *self)
{
  for (ZmqgTurn *turn = self->turn; turn != NULL; turn = turn->outer)
    {
      if (turn->member != NULL && turn->member->place == ZMQG_PLACE_SERVED)
        zmqg_hub_move (self, turn->member, ZMQG_PLACE_DIRTY);
    }
  while (self->held.head != NULL)
    zmqg_hub_move (self, self->held.head->data, ZMQG_PLACE_READY);
  while (self->later.head != NULL)
    zmqg_hub_move (self, self->later.head->data, ZMQG_PLACE_READY);
}

/* GObject does not tell that a handler was connected: those who left messages are asked. */
static void
wake_parked (ZmqgHub *self)
{
  GList *next;

  for (GList *link = self->parked.head; link != NULL; link = next)
    {
      ZmqgHubMember *member = link->data;

      next = link->next;
      if (member->funcs->is_wanted (member))
        zmqg_hub_move (self, member, ZMQG_PLACE_READY);
    }
}

static gboolean
find_ready (ZmqgHub *self)
{
  GList *link;

  while ((link = self->ready.head) != NULL)
    {
      ZmqgHubMember *member = link->data;

      if (member->place == ZMQG_PLACE_READY)
        return TRUE;
      settle_member (self, member, member->funcs->look (member, FALSE));
    }

  return FALSE;
}

/* Those whose deadlines have passed; how long until the next one goes to @timeout, in ms. */
static void
collect_due (ZmqgHub *self,
             int     *timeout)
{
  gint64 now = g_source_get_time (&self->source);
  GList *next;

  if (self->due <= now)
    {
      self->due = G_MAXINT64;
      for (GList *link = self->timed.head; link != NULL; link = next)
        {
          ZmqgHubMember *member = link->data;

          next = link->next;
          if (member->deadline > now)
            {
              self->due = MIN (self->due, member->deadline);
              continue;
            }
          g_queue_unlink (&self->timed, link);
          member->deadline = G_MAXINT64;
          if (member->place == ZMQG_PLACE_NOWHERE || member->place == ZMQG_PLACE_PARKED ||
              member->place == ZMQG_PLACE_DIRTY)
            zmqg_hub_move (self, member, ZMQG_PLACE_READY);
        }
    }
  if (self->due != G_MAXINT64 && timeout != NULL)
    *timeout = MIN ((self->due - now + 999) / 1000, G_MAXINT);
}

static void
take_wake (ZmqgHub *self)
{
  guint64 count;

  while (read (self->wake_fd, &count, sizeof count) == -1 && errno == EINTR)
    ;
}

static void
collect_fired (ZmqgHub *self)
{
  struct epoll_event events[FIRED_AT_ONCE];
  int n_events = epoll_wait (self->poll.fd, events, FIRED_AT_ONCE, 0);

  for (int i = 0; i < n_events; i++)
    {
      ZmqgHubMember *member = events[i].data.ptr;

      if (member == NULL)
        {
          take_wake (self);
          continue;
        }
      member->n_wakeups++;
      if (member->place == ZMQG_PLACE_NOWHERE || member->place == ZMQG_PLACE_PARKED)
        settle_member (self, member, member->funcs->look (member, TRUE));
    }
  self->poll.revents = 0;
}

/* The epoll set is the parent's too: a forked child must not even look. */
static gboolean
is_forked (ZmqgHub *self)
{
  if (G_LIKELY (self->process == zmqg_process_get_id ()))
    return FALSE;

  self->poll.events = 0;
  return TRUE;
}

static gboolean
zmqg_hub_prepare (GSource *source,
                  int     *timeout)
{
  ZmqgHub *self = (ZmqgHub *) source;

  *timeout = -1;
  if (is_forked (self))
    return FALSE;

  if (g_atomic_int_get (&self->n_posted) > 0)
    take_posted (self);
  if (self->turn != NULL)
    expose_served (self);

  if (self->yields)
    {
      *timeout = 0;
      return FALSE;
    }

  if (self->due != G_MAXINT64)
    collect_due (self, timeout);
  wake_parked (self);
  if (find_ready (self))
    return TRUE;

  /* Armed first, then asked: others add first, then look whether it is armed. */
  g_atomic_int_set (&self->armed, TRUE);
  if (g_atomic_int_get (&self->n_posted) == 0)
    return FALSE;

  g_atomic_int_set (&self->armed, FALSE);
  take_posted (self);

  return TRUE;
}

static gboolean
zmqg_hub_check (GSource *source)
{
  ZmqgHub *self = (ZmqgHub *) source;

  g_atomic_int_set (&self->armed, FALSE);
  if (is_forked (self))
    return FALSE;

  if (self->yields)
    {
      self->yields = FALSE;
      return FALSE;
    }

  if (g_atomic_int_get (&self->n_posted) > 0)
    take_posted (self);
  if ((self->poll.revents & G_IO_IN) != 0)
    collect_fired (self);
  if (self->due != G_MAXINT64)
    collect_due (self, NULL);

  return self->ready.head != NULL;
}

static void
begin_turn (ZmqgHub  *self,
            ZmqgTurn *turn)
{
  guint budget = g_atomic_int_get (&self->state->time_budget);

  turn->member = NULL;
  turn->outer = self->turn;
  turn->time = g_source_get_time (&self->source);
  turn->begun = g_get_monotonic_time ();
  turn->clock = turn->begun;
  turn->deadline = budget > 0 ? turn->clock + budget : G_MAXINT64;
  turn->stride = 1;
  turn->countdown = 1;
  turn->over = FALSE;
  if (self->continued != 0)
    self->spent += turn->begun - self->continued;
  self->continued = 0;
  self->turn = turn;
  self->n_turns++;
}

static guint
get_granted (ZmqgHub       *self,
             ZmqgHubMember *member)
{
  guint n_turns = self->n_turns;

  if (member->turn != n_turns)
    {
      member->turn = n_turns;
      member->n_in_turn = 0;
    }
  if (member->message_budget <= member->n_in_turn)
    return member->message_budget == 0 ? QUANTUM : 1;

  return MIN (QUANTUM, member->message_budget - member->n_in_turn);
}

static void
serve_member (ZmqgHub       *self,
              ZmqgTurn      *turn,
              ZmqgHubMember *member)
{
  gint64 begun = turn->clock;
  guint granted = get_granted (self, member);
  ZmqgHubAnswer answer;

  zmqg_hub_move (self, member, ZMQG_PLACE_SERVED);
  turn->member = member;
  turn->left = granted;
  member->n_dispatches++;

  answer = member->funcs->serve (member, turn);
  zmqg_turn_read_clock (turn);
  if (turn->member == NULL)
    return;

  turn->member = NULL;
  member->longest_dispatch = MAX (member->longest_dispatch, turn->clock - begun);
  member->n_in_turn += granted - turn->left;
  if (turn->over && answer == ZMQG_HUB_READY)
    member->n_exhausted++;

  /* A nested loop may have put it on the list again */
  if (member->place == ZMQG_PLACE_DIRTY || member->place == ZMQG_PLACE_READY)
    return;
  if (answer == ZMQG_HUB_READY && member->message_budget > 0 &&
      member->n_in_turn >= member->message_budget)
    zmqg_hub_move (self, member, ZMQG_PLACE_HELD);
  else
    settle_member (self, member, answer);
}

static void
end_turn (ZmqgHub  *self,
          ZmqgTurn *turn)
{
  self->turn = turn->outer;
  while (self->held.head != NULL)
    zmqg_hub_move (self, self->held.head->data, ZMQG_PLACE_READY);

  /* Sources of a lower priority, GTK's drawing among them, would starve otherwise: the next
   * turn of the loop is theirs. That the sockets were emptied each time is no excuse, if they
   * are full again by the next turn. */
  self->spent += turn->clock - turn->begun;
  self->yields = self->ready.head != NULL || self->spent >= turn->deadline - turn->begun ||
                 (self->later.head != NULL && self->spent >= LONGEST_CHAIN);
  if (self->yields)
    self->spent = 0;
  else if (self->later.head != NULL)
    self->continued = turn->clock;
  while (self->later.head != NULL)
    zmqg_hub_move (self, self->later.head->data, ZMQG_PLACE_READY);
}

static gboolean
zmqg_hub_dispatch (GSource     *source,
                   GSourceFunc  callback,
                   gpointer     user_data)
{
  ZmqgHub *self = (ZmqgHub *) source;
  ZmqgTurn turn;

  /* GLib does not call check() where prepare() said yes; those whose fds have fired meanwhile
   * would wait as long as one socket is busy. */
  if ((self->poll.revents & G_IO_IN) != 0)
    collect_fired (self);

  begin_turn (self, &turn);
  while (!turn.over && self->ready.head != NULL)
    serve_member (self, &turn, self->ready.head->data);
  end_turn (self, &turn);

  return self->n_members > 0 || self->turn != NULL;
}

static void
zmqg_hub_finalize (GSource *source)
{
  ZmqgHub *self = (ZmqgHub *) source;

  if (self->poll.fd != -1)
    close (self->poll.fd);
  if (self->wake_fd != -1)
    close (self->wake_fd);
  if (self->state != NULL)
    g_source_unref ((GSource *) self->state);
  g_mutex_clear (&self->lock);
}

GSourceFuncs zmqg_hub_funcs = {
  .prepare = zmqg_hub_prepare,
  .check = zmqg_hub_check,
  .dispatch = zmqg_hub_dispatch,
  .finalize = zmqg_hub_finalize,
};

/* Whether the time budget is used up */
gboolean
zmqg_turn_read_clock (ZmqgTurn *turn)
{
  gint64 now = g_get_monotonic_time ();

  if (now - turn->clock >= SHORT_STRIDE)
    turn->stride = 1;
  else if (turn->stride < MAX_STRIDE)
    turn->stride *= 2;

  turn->clock = now;
  turn->countdown = turn->stride;
  turn->over = now >= turn->deadline;

  return turn->over;
}
