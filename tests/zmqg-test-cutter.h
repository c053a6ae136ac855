/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/zmqglib.h>

G_BEGIN_DECLS

/* Messages of several frames, and a peer that goes when libzmq has some frames of one and not yet
 * the others */

#define ZMQG_TEST_N_FRAMES 6

typedef struct
{
  /* By number of the message: after how many frames the peer goes; 0: not at all */
  guint8  *after;
  guint    n_cut;
  /* Returns when the peer has all messages before that one */
  void   (*await) (guint64 number);
  void   (*kill)  (void);
  /* libzmq knows that it has gone */
  void   (*go_on) (void);
} ZmqgTestCutter;

extern ZmqgTestCutter zmqg_test_cutter;

/* For what the calling thread sends on socket; n_messages: how many at most */
void               zmqg_test_cutter_init          (ZmqgSocket          *socket,
                                                   guint                n_messages,
                                                   void               (*await) (guint64 number),
                                                   void               (*kill) (void),
                                                   void               (*go_on) (void));
void               zmqg_test_cutter_clear         (void);

ZmqgMessage       *zmqg_test_frames_new           (guint64              number);
/* Checks the frames, and returns the number */
guint64            zmqg_test_frames_check         (ZmqgMessage         *message);
/* The same for the frame with that index */
guint64            zmqg_test_frames_check_one     (const guint8        *data,
                                                   gsize                length,
                                                   guint                index);

G_END_DECLS
