/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/zmqglib.h>

G_BEGIN_DECLS

/* Asks an authenticator as libzmq would, from inside the process */
typedef struct
{
  ZmqgSocket *socket;
  GPtrArray  *replies;
  guint       n_asked;
} ZmqgTestAsker;

ZmqgTestAsker     *zmqg_test_asker_new            (ZmqgContext          *context);
void               zmqg_test_asker_free           (ZmqgTestAsker        *asker);
/* Frames of text up to NULL, as they are */
void               zmqg_test_asker_send           (ZmqgTestAsker        *asker,
                                                   ...) G_GNUC_NULL_TERMINATED;
/* The status for a good request with these frames, "200" */
char              *zmqg_test_asker_ask            (ZmqgTestAsker        *asker,
                                                   const char           *domain,
                                                   const char           *address,
                                                   const char           *mechanism,
                                                   ...) G_GNUC_NULL_TERMINATED;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgTestAsker, zmqg_test_asker_free)

G_END_DECLS
