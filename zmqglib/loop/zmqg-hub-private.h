/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The hub: one GSource for all ZeroMQ sockets of a main context that have one priority.
 *
 * ZMQ_FD is edge-triggered, and asking libzmq for ZMQ_EVENTS is a poll(2) of 360 ns. A
 * socket is therefore asked once after each use of it, and then left alone until its fd
 * fires: a member is either idle, or on the list of those to look at. With the fds in one
 * epoll set, 900 idle sockets cost the application 1.4 µs a turn, and one source each
 * would cost 180 µs.
 *
 * Everything here is called by the holder of the main context, zmqg_hub_post() apart. */
typedef struct _ZmqgHub ZmqgHub;
typedef struct _ZmqgHubMember ZmqgHubMember;
typedef struct _ZmqgTurn ZmqgTurn;

typedef enum
{
  /* Nothing to do until the fd fires or the socket is used */
  ZMQG_HUB_IDLE,
  /* Messages wait, and nobody wants them */
  ZMQG_HUB_PARKED,
  /* Goes on in the next iteration of the main context: a GTask does not call its callback in
   * the one in which it was made */
  ZMQG_HUB_LATER,
  ZMQG_HUB_READY,
} ZmqgHubAnswer;

typedef struct
{
  /* Asks whether there is something to do; runs nobody's code. @fired: the fd is readable */
  ZmqgHubAnswer (*look) (ZmqgHubMember *member,
                         gboolean       fired);
  /* Whether somebody wants the messages of a parked member by now */
  gboolean (*is_wanted) (ZmqgHubMember *member);
  /* Does what there is to do, within @turn. The member may be gone when it returns:
   * @turn->member is NULL then. */
  ZmqgHubAnswer (*serve) (ZmqgHubMember *member,
                          ZmqgTurn      *turn);
} ZmqgHubMemberFuncs;

typedef enum
{
  ZMQG_PLACE_NOWHERE,
  /* Used since it was last asked */
  ZMQG_PLACE_DIRTY,
  ZMQG_PLACE_READY,
  ZMQG_PLACE_PARKED,
  ZMQG_PLACE_SERVED,
  /* Had its message-budget in this dispatch */
  ZMQG_PLACE_HELD,
  ZMQG_PLACE_LATER,
} ZmqgHubPlace;

struct _ZmqgHubMember
{
  const ZmqgHubMemberFuncs *funcs;
  ZmqgHub *hub;
  GList link;
  ZmqgHubPlace place;
  int fd;
  /* Messages in one dispatch; 0: no count */
  guint message_budget;
  guint n_in_turn;
  guint turn;
  /* Counts uses of the socket, and how many of them libzmq has been asked about */
  guint uses;
  guint asked;
  /* When it is to be served even if nothing happens, in µs; G_MAXINT64: never */
  gint64 deadline;
  GList timed_link;
  /* Guarded by the hub's lock */
  GList posted_link;
  gboolean posted;

  guint64 n_wakeups;
  guint64 n_dispatches;
  guint64 n_exhausted;
  gint64 longest_dispatch;
};

/* One dispatch, and the member it serves at the moment */
struct _ZmqgTurn
{
  ZmqgHubMember *member;
  ZmqgTurn *outer;
  /* When the iteration of the main context began */
  gint64 time;
  gint64 begun;
  gint64 deadline;
  gint64 clock;
  guint stride;
  guint countdown;
  guint left;
  gboolean over;
};

gboolean zmqg_hub_add         (ZmqgHubMember             *member,
                               const ZmqgHubMemberFuncs  *funcs,
                               GMainContext              *main_context,
                               int                        priority,
                               int                        fd,
                               GError                   **error);
void     zmqg_hub_remove      (ZmqgHubMember             *member);
void     zmqg_hub_mark        (ZmqgHubMember             *member);
void     zmqg_hub_post        (ZmqgHubMember             *member);
void     zmqg_hub_set_deadline (ZmqgHubMember            *member,
                               gint64                     deadline);
gint64   zmqg_hub_get_time    (ZmqgHubMember             *member);
gint64   zmqg_hub_get_task_time (ZmqgHubMember           *member);
gboolean zmqg_turn_read_clock (ZmqgTurn                  *turn);

/* After each use of the socket: it eats the edge of the fd */
static inline void
zmqg_hub_touch (ZmqgHubMember *member)
{
  member->uses++;
  if (member->place == ZMQG_PLACE_NOWHERE || member->place == ZMQG_PLACE_PARKED)
    zmqg_hub_mark (member);
}

/* There is something to do that has nothing to do with libzmq */
static inline void
zmqg_hub_nudge (ZmqgHubMember *member)
{
  if (member->place == ZMQG_PLACE_NOWHERE || member->place == ZMQG_PLACE_PARKED)
    zmqg_hub_mark (member);
}

/* After each answer of libzmq that nothing is left to do */
static inline void
zmqg_hub_asked (ZmqgHubMember *member)
{
  member->asked = member->uses;
}

/* After each message: whether the member should make room for others. The clock is read
 * after 1, 2, 4, … 16 messages as long as such a stride takes under 20 µs. */
static inline gboolean
zmqg_turn_count (ZmqgTurn *turn)
{
  if (--turn->countdown == 0 && zmqg_turn_read_clock (turn))
    return TRUE;

  if (turn->left > 0)
    turn->left--;

  return turn->left == 0;
}

G_END_DECLS
