/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/socket/zmqg-socket-private.h>

/* What becomes of operations in a dispatch, other than by messages */

static gboolean
is_due (ZmqgSocket    *self,
        ZmqgDeadlines *deadlines)
{
  ZmqgOperation *first = zmqg_deadlines_peek (deadlines);

  return first != NULL && first->deadline <= zmqg_hub_get_time (&self->member);
}

/* Whether there is something to do that libzmq need not be asked about; what has ended already
 * apart */
gboolean
zmqg_socket_has_operation_news (ZmqgSocket *self)
{
  return g_atomic_int_get (&self->n_cancelled) > 0 ||
         g_atomic_int_get (&self->queue.n_incoming_operations) > 0 ||
         zmqg_socket_has_due_flush (self) || is_due (self, &self->receive_deadlines) ||
         is_due (self, &self->send_deadlines);
}

static ZmqgHubAnswer
serve_cancelled (ZmqgSocket *self,
                 ZmqgTurn   *turn)
{
  ZmqgOperation *operation;

  while ((operation = zmqg_socket_take_cancelled (self)) != NULL)
    {
      if (operation->line != NULL)
        zmqg_socket_finish (self, operation, zmqg_socket_make_cancelled (self, operation), TRUE);
      zmqg_operation_unref (operation);
      if (turn->member == NULL)
        return ZMQG_HUB_IDLE;
      if (zmqg_turn_count (turn))
        return ZMQG_HUB_READY;
    }

  return ZMQG_HUB_IDLE;
}

static ZmqgHubAnswer
serve_finished (ZmqgSocket *self,
                ZmqgTurn   *turn)
{
  while (self->finished.head != NULL && zmqg_socket_is_ripe (self, self->finished.head->data))
    {
      zmqg_operation_return (zmqg_socket_take_finished (self));
      if (turn->member == NULL)
        return ZMQG_HUB_IDLE;
      if (zmqg_turn_count (turn))
        return ZMQG_HUB_READY;
    }

  return ZMQG_HUB_IDLE;
}

/* What came from other threads, and what only has to be told */
ZmqgHubAnswer
zmqg_socket_serve_news (ZmqgSocket *self,
                        ZmqgTurn   *turn)
{
  ZmqgHubAnswer answer;

  zmqg_socket_take_incoming (self);
  answer = serve_finished (self, turn);
  if (turn->member == NULL || answer == ZMQG_HUB_READY)
    return answer;

  return serve_cancelled (self, turn);
}

/* FALSE: the socket was closed, or is gone, meanwhile. */
static gboolean
expire (ZmqgSocket    *self,
        ZmqgTurn      *turn,
        ZmqgOperation *operation)
{
  if (zmqg_operation_is_cancelled (operation))
    {
      zmqg_socket_finish (self, operation, zmqg_socket_make_cancelled (self, operation), TRUE);
      return turn->member != NULL;
    }
  if (operation->kind == ZMQG_OPERATION_CLOSE)
    {
      zmqg_socket_close_held (self, NULL);
      return FALSE;
    }

  if (operation->task == NULL)
    self->statistics.messages_expired++;
  zmqg_socket_finish (self, operation, zmqg_socket_make_timed_out (self, operation), TRUE);

  return turn->member != NULL;
}

static ZmqgHubAnswer
serve_deadlines_of (ZmqgSocket    *self,
                    ZmqgTurn      *turn,
                    ZmqgDeadlines *deadlines)
{
  ZmqgOperation *first;

  while (is_due (self, deadlines))
    {
      if (!expire (self, turn, zmqg_deadlines_peek (deadlines)))
        return ZMQG_HUB_IDLE;
      if (zmqg_turn_count (turn))
        return ZMQG_HUB_READY;
    }

  first = zmqg_deadlines_peek (deadlines);
  if (first != NULL)
    zmqg_hub_set_deadline (&self->member, first->deadline);

  return ZMQG_HUB_IDLE;
}

/* Last of all: what could be done in this turn has not come too late; nor have receives, as long as
 * there may be messages for them. */
ZmqgHubAnswer
zmqg_socket_serve_deadlines (ZmqgSocket *self,
                             ZmqgTurn   *turn,
                             gboolean    receives_too)
{
  ZmqgHubAnswer answer = serve_deadlines_of (self, turn, &self->send_deadlines);

  if (turn->member == NULL || answer == ZMQG_HUB_READY || !receives_too)
    return answer;

  return serve_deadlines_of (self, turn, &self->receive_deadlines);
}
