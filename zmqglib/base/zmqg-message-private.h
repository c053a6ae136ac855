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
  /* A queue may hold the frames as they are now: a change makes new ones then */
  int is_held;
  guint n_frames;
  guint n_allocated;
  /* In ms; -1: none */
  int expiry;
  ZmqgFrame *frames;
  ZmqgRetiredFrames *retired;
  /* Most messages have one frame; it needs no allocation of its own */
  ZmqgFrame first;
};

ZmqgMessage *zmqg_message_alloc        (void);
ZmqgFrame   *zmqg_message_add_frame    (ZmqgMessage *self);

/* A queue sends what the message was when it was queued, even if the caller appends to it
 * meanwhile: the frames at @self->frames stay as they are as long as somebody else has a
 * reference. */
static inline void
zmqg_message_hold_frames (ZmqgMessage *self)
{
  __atomic_store_n (&self->is_held, TRUE, __ATOMIC_RELEASE);
}

G_END_DECLS
