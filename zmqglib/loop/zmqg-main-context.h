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
void  zmqg_main_context_set_time_budget (GMainContext *main_context,
                                         guint         microseconds);

ZMQG_AVAILABLE_IN_1_0
guint zmqg_main_context_get_time_budget (GMainContext *main_context);

G_END_DECLS
