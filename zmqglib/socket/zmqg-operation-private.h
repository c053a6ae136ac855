/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <zmqglib/socket/zmqg-send-queue-private.h>

G_BEGIN_DECLS

typedef enum
{
  ZMQG_OPERATION_RECEIVE,
  ZMQG_OPERATION_SEND,
  /* libzmq has the message: only the callback is left to come */
  ZMQG_OPERATION_SENT,
  ZMQG_OPERATION_FLUSH,
  ZMQG_OPERATION_CLOSE,
} ZmqgOperationKind;

typedef struct _ZmqgOperation ZmqgOperation;

/* What waits for a socket and can be taken out of the middle of the line: a call that somebody
 * waits for, or a message that is not sent any more after some time. */
struct _ZmqgOperation
{
  ZmqgOperationKind kind;
  /* The cancellable's handler, which may run in any thread, has one of its own */
  int ref_count;
  /* NULL: nobody waits for it, or it has ended */
  GTask *task;
  /* In the iteration of the main context in which a task was made GTask does not call its
   * callback, but leaves that to an idle source: that would change the order */
  gint64 created;
  gboolean is_foreign;

  /* Where it waits; NULL: nowhere */
  GQueue *line;
  GList link;

  /* How many messages had been queued before it, since the socket was made */
  guint64 after;
  gboolean has_room;

  int timeout;
  gint64 deadline;
  /* Its place among the deadlines, from 1; 0: none */
  guint place;

  GCancellable *cancellable;
  gulong cancelled_id;
  /* With a cancellable only: its handler may come when all else has let go */
  GObject *socket;
  GList cancelled_link;
  gboolean is_cancelled;

  /* What it came to */
  ZmqgMessage *message;
  guint n_unsent;
  GError *error;

  /* Of a SEND; the other kinds end here, as ten thousand of them have to fit into a cache */
  ZmqgQueued queued;
  /* From when on it must not be sent; G_MAXINT64: never. A timeout only limits the wait. */
  gint64 expires;
};

ZmqgOperation *zmqg_operation_new          (ZmqgOperationKind  kind,
                                            GTask             *task,
                                            GMainContext      *main_context,
                                            gint64             created);
ZmqgOperation *zmqg_operation_ref          (ZmqgOperation     *self);
void           zmqg_operation_unref        (ZmqgOperation     *self);
void           zmqg_operation_set_timeout  (ZmqgOperation     *self,
                                            int                timeout);
void           zmqg_operation_set_message  (ZmqgOperation     *self,
                                            ZmqgMessage       *message);
void           zmqg_operation_return       (ZmqgOperation     *self);
gboolean       zmqg_operation_is_cancelled (ZmqgOperation     *self);

/* Operations by deadline: a heap, where adding one costs nothing while all have the same timeout,
 * and taking one out log n, also from the middle */
typedef struct
{
  GPtrArray *operations;
} ZmqgDeadlines;

void           zmqg_deadlines_init         (ZmqgDeadlines     *self);
void           zmqg_deadlines_clear        (ZmqgDeadlines     *self);
void           zmqg_deadlines_add          (ZmqgDeadlines     *self,
                                            ZmqgOperation     *operation);
void           zmqg_deadlines_remove       (ZmqgDeadlines     *self,
                                            ZmqgOperation     *operation);

/* (nullable) */
static inline ZmqgOperation *
zmqg_deadlines_peek (ZmqgDeadlines *self)
{
  return self->operations->len > 0 ? g_ptr_array_index (self->operations, 0) : NULL;
}

G_END_DECLS
