/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <glib.h>
#include <zmqglib/base/zmqg-version.h>

G_BEGIN_DECLS

/**
 * ZmqgSourceFunc:
 * @zmq_socket: a socket of libzmq
 * @condition: which of the conditions asked for hold
 * @user_data: data given to [method@GLib.Source.set_callback]
 *
 * The callback of a source made by [func@source_new].
 *
 * Returns: `G_SOURCE_CONTINUE` or `G_SOURCE_REMOVE`
 *
 * Since: 1.0
 */
typedef gboolean (*ZmqgSourceFunc) (void         *zmq_socket,
                                    GIOCondition  condition,
                                    gpointer      user_data);

ZMQG_AVAILABLE_IN_1_0
GSource *zmqg_source_new (void         *zmq_socket,
                          GIOCondition  condition);

G_END_DECLS
