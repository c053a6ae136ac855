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

ZMQG_AVAILABLE_IN_1_0
int  *zmqg_listen_fds (gsize    *n_fds,
                       char   ***names,
                       GError  **error);

G_END_DECLS
