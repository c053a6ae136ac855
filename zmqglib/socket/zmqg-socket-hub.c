/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <zmq.h>

/* The socket as the hub knows it */

/* In µs */
#define VAGUE_INTERVAL 50000

/* These are writable as soon as one peer is, which need not be the one the message is for. */
static gboolean
has_vague_pollout (ZmqgSocket *self)
{
  return self->type == ZMQG_SOCKET_TYPE_ROUTER || self->type == ZMQG_SOCKET_TYPE_STREAM ||
         self->type == ZMQG_SOCKET_TYPE_PUB || self->type == ZMQG_SOCKET_TYPE_XPUB;
}

static ZmqgHubAnswer
zmqg_socket_look (ZmqgHubMember *member,
                  gboolean       fired)
{
  ZmqgSocket *self = zmqg_socket_from_member (member);
  gboolean wants_messages = zmqg_socket_wants_messages (self);
  int events;
  int errsv;

  self->sent_in = NULL;
  /* A limit may have been raised */
  if (self->first_in_line != NULL)
    zmqg_socket_find_room (self);
  if (self->fatal_errno != 0 || zmqg_socket_has_notices (self) || self->finished.length > 0 ||
      zmqg_socket_has_operation_news (self) || (wants_messages && self->stash != NULL))
    return ZMQG_HUB_READY;
  /* Trying to receive arms the fd as well as asking does */
  if (self->receives.length > 0)
    return ZMQG_HUB_READY;
  if (has_vague_pollout (self) && zmqg_socket_wants_to_send (self))
    return ZMQG_HUB_READY;
  /* Reading until nothing is left arms the fd as well as asking does */
  if (fired && wants_messages && !zmqg_socket_wants_to_send (self))
    return ZMQG_HUB_READY;

  if (!fired && !zmqg_socket_needs_asking (self))
    return ZMQG_HUB_IDLE;
  events = zmqg_socket_query_events (self, &errsv);
  if (errsv != 0)
    return ZMQG_HUB_READY;
  if ((events & ZMQ_POLLOUT) != 0 && zmqg_socket_wants_to_send (self))
    return ZMQG_HUB_READY;
  if (((events & ZMQ_POLLIN) == 0 && self->stash == NULL) || !zmqg_socket_can_receive (self))
    return ZMQG_HUB_IDLE;

  return wants_messages ? ZMQG_HUB_READY : ZMQG_HUB_PARKED;
}

static gboolean
zmqg_socket_is_wanted (ZmqgHubMember *member)
{
  return zmqg_socket_wants_messages (zmqg_socket_from_member (member));
}

/* Somebody else ended the context. */
static ZmqgHubAnswer
give_up (ZmqgSocket *self)
{
  g_autoptr (GError) error = NULL;

  zmqg_set_error_from_errno (&error, self->fatal_errno, "The %s socket was closed",
                             zmqg_socket_get_type_name (self));
  zmqg_socket_close_held (self, error);

  return ZMQG_HUB_IDLE;
}

/* zmq_send() reads the socket's mailbox as well, from time to time: what came since libzmq was
 * asked is not told by the fd any more, and what asking once more eats of that is not either. So
 * those that still wait are looked at again after a while. */
static ZmqgHubAnswer
offer_vaguely (ZmqgSocket    *self,
               ZmqgTurn      *turn,
               ZmqgHubAnswer  answer,
               int           *events)
{
  int errsv;

  if (zmqg_socket_flush (self, turn) == ZMQG_HUB_READY)
    return ZMQG_HUB_READY;
  if (turn->member == NULL)
    return ZMQG_HUB_IDLE;

  *events = zmqg_socket_query_events (self, &errsv);
  if (zmqg_socket_wants_to_send (self))
    zmqg_hub_set_deadline (&self->member, zmqg_hub_get_time (&self->member) + VAGUE_INTERVAL);

  return errsv != 0 ? ZMQG_HUB_READY : answer;
}

/* A message that waits to be sent is offered again only after ZMQ_EVENTS said so: a send that
 * libzmq refuses does not arm the fd. Where ZMQ_EVENTS does not say for whom, it is offered once
 * after it was asked: what changes later fires the fd. */
static ZmqgHubAnswer
ask_again (ZmqgSocket    *self,
           ZmqgTurn      *turn,
           ZmqgHubAnswer  answer)
{
  int errsv;
  int events;

  if (answer == ZMQG_HUB_READY || !zmqg_socket_wants_to_send (self))
    return answer;

  events = zmqg_socket_query_events (self, &errsv);
  if (errsv != 0)
    return ZMQG_HUB_READY;
  if (has_vague_pollout (self))
    {
      answer = offer_vaguely (self, turn, answer, &events);
      if (turn->member == NULL || answer == ZMQG_HUB_READY)
        return answer;
    }
  if (!has_vague_pollout (self) && (events & ZMQ_POLLOUT) != 0)
    return ZMQG_HUB_READY;
  if (answer != ZMQG_HUB_LATER && (events & ZMQ_POLLIN) != 0 && zmqg_socket_can_receive (self))
    return zmqg_socket_wants_messages (self) ? ZMQG_HUB_READY : ZMQG_HUB_PARKED;

  return answer;
}

/* Where there is always something to send, the next turn is for what is received. */
static ZmqgHubAnswer
serve_sends (ZmqgSocket *self,
             ZmqgTurn   *turn)
{
  ZmqgHubAnswer answer;

  if (!zmqg_socket_wants_to_send (self) || self->were_sends_greedy)
    return ZMQG_HUB_IDLE;

  answer = zmqg_socket_flush (self, turn);
  if (turn->member == NULL || answer == ZMQG_HUB_READY)
    return answer;
  zmqg_socket_find_room (self);
  if (self->producers.length == 0)
    return answer;

  return zmqg_socket_serve_producers (self, turn);
}

static ZmqgHubAnswer
serve (ZmqgSocket *self,
       ZmqgTurn   *turn)
{
  ZmqgHubAnswer answer = zmqg_socket_serve_news (self, turn);
  gboolean is_for_receiving;

  if (turn->member == NULL || answer == ZMQG_HUB_READY)
    return answer;
  /* What was sent at once was sent before what is queued */
  if (zmqg_socket_has_notices (self) && !zmqg_socket_tell_notices (self, turn))
    return ZMQG_HUB_IDLE;

  answer = serve_sends (self, turn);
  if (turn->member == NULL)
    return answer;
  is_for_receiving = self->were_sends_greedy;
  self->were_sends_greedy = answer == ZMQG_HUB_READY;
  if (answer == ZMQG_HUB_READY || self->fatal_errno != 0)
    return answer;
  if (zmqg_socket_has_notices (self) && !zmqg_socket_tell_notices (self, turn))
    return ZMQG_HUB_IDLE;

  answer = zmqg_socket_deliver (self, turn);
  if (turn->member == NULL)
    return ZMQG_HUB_IDLE;
  if (g_atomic_int_get (&self->watch.is_due))
    {
      answer = zmqg_monitor_funcs.tell (self, turn, answer);
      if (turn->member == NULL)
        return ZMQG_HUB_IDLE;
    }
  if (zmqg_socket_serve_deadlines (self, turn, answer != ZMQG_HUB_READY) == ZMQG_HUB_READY)
    return ZMQG_HUB_READY;
  if (turn->member == NULL)
    return ZMQG_HUB_IDLE;
  if (is_for_receiving)
    return ZMQG_HUB_READY;

  return ask_again (self, turn, answer);
}

static ZmqgHubAnswer
zmqg_socket_serve (ZmqgHubMember *member,
                   ZmqgTurn      *turn)
{
  ZmqgSocket *self = zmqg_socket_from_member (member);
  ZmqgHubAnswer answer = ZMQG_HUB_READY;

  self->sent_in = NULL;
  g_atomic_pointer_set (&self->server, g_thread_self ());
  if (self->fatal_errno == 0)
    answer = serve (self, turn);
  if (turn->member == NULL)
    return answer;

  g_atomic_pointer_set (&self->server, NULL);
  /* A handler may have left something to tell after it was looked for */
  if (zmqg_socket_has_notices (self) || zmqg_socket_has_operation_news (self))
    answer = ZMQG_HUB_READY;
  else if (self->finished.length > 0 && answer != ZMQG_HUB_READY)
    answer = zmqg_socket_is_ripe (self, self->finished.head->data) ? ZMQG_HUB_READY
                                                                    : ZMQG_HUB_LATER;

  return self->fatal_errno != 0 ? give_up (self) : answer;
}

const ZmqgHubMemberFuncs zmqg_socket_hub_funcs = {
  .look = zmqg_socket_look,
  .is_wanted = zmqg_socket_is_wanted,
  .serve = zmqg_socket_serve,
};
