/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/base/zmqg-frame-private.h>

G_BEGIN_DECLS

/* The last frame of a message, of which one can see whether zmq_msg_send() threw it away */
typedef struct _ZmqgSentFrame ZmqgSentFrame;

ZmqgSentFrame *zmqg_sent_frame_new (ZmqgFrame     *frame,
                                    zmq_msg_t     *msg,
                                    gboolean       is_masked,
                                    gsize         *size);
gboolean       zmqg_sent_frame_end (ZmqgSentFrame *self);

G_END_DECLS
