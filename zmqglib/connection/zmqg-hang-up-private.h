/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/loop/zmqg-context.h>

G_BEGIN_DECLS

/* Ends connections that sockets of @context with that zap-domain have accepted. libzmq has no
 * call to drop one peer, and would not know it by its address: the connections are found among
 * the file descriptors of the process and shut down, which libzmq sees as a peer that hung up.
 *
 * @addresses: as libzmq tells them, or NULL for all. Returns how many there were. */
guint zmqg_hang_up (ZmqgContext        *context,
                    const char         *domain,
                    const char *const  *addresses);

G_END_DECLS
