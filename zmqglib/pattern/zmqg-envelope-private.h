/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/base/zmqg-message.h>

G_BEGIN_DECLS

typedef enum
{
  ZMQG_ENVELOPE_INVALID,
  ZMQG_ENVELOPE_REPLY,
  ZMQG_ENVELOPE_ERROR,
} ZmqgEnvelopeKind;

ZmqgMessage      *zmqg_envelope_wrap       (guint64       id,
                                            ZmqgMessage  *body);
ZmqgEnvelopeKind  zmqg_envelope_read       (ZmqgMessage  *message,
                                            guint64      *id);
gboolean          zmqg_envelope_find_body  (ZmqgMessage  *message,
                                            guint        *first);
ZmqgMessage      *zmqg_envelope_split_body (ZmqgMessage  *message,
                                            guint         first);
ZmqgMessage      *zmqg_envelope_join       (ZmqgMessage  *envelope,
                                            guint         n_frames,
                                            ZmqgMessage  *body);
void              zmqg_envelope_mark_error (ZmqgMessage  *message,
                                            guint         id_frame);
ZmqgMessage      *zmqg_envelope_from_error (const GError *error);
GError           *zmqg_envelope_to_error   (ZmqgMessage  *message);

G_END_DECLS
