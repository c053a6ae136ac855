/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/base/zmqg-frame-private.h>

G_BEGIN_DECLS

typedef struct _ZmqgRetiredFrames ZmqgRetiredFrames;

struct _ZmqgMessage
{
  int ref_count;
  /* How many queues hold the frames as they are now: a change makes new ones then */
  int n_holds;
  guint n_frames;
  guint n_allocated;
  ZmqgFrame *frames;
  ZmqgRetiredFrames *retired;
  /* Most messages have one frame; it needs no allocation of its own */
  ZmqgFrame first;
};

ZmqgMessage *zmqg_message_alloc        (void);
ZmqgFrame   *zmqg_message_add_frame    (ZmqgMessage *self);

/* A queue sends what the message was when it was queued, even if the caller appends to it
 * meanwhile: the frames at @self->frames stay as they are until the release. */
static inline void
zmqg_message_hold_frames (ZmqgMessage *self)
{
  g_atomic_int_inc (&self->n_holds);
}

static inline void
zmqg_message_release_frames (ZmqgMessage *self)
{
  g_atomic_int_add (&self->n_holds, -1);
}

G_END_DECLS
