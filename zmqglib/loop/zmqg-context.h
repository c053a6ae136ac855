/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <gio/gio.h>
#include <zmqglib/base/zmqg-version.h>

G_BEGIN_DECLS

#define ZMQG_TYPE_CONTEXT (zmqg_context_get_type ())

ZMQG_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ZmqgContext, zmqg_context, ZMQG, CONTEXT, GObject)

ZMQG_AVAILABLE_IN_1_0
ZmqgContext  *zmqg_context_new              (void);

ZMQG_AVAILABLE_IN_1_0
ZmqgContext  *zmqg_context_get_default      (void);

ZMQG_AVAILABLE_IN_1_0
void          zmqg_context_terminate_async  (ZmqgContext          *self,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);

ZMQG_AVAILABLE_IN_1_0
gboolean      zmqg_context_terminate_finish (ZmqgContext          *self,
                                             GAsyncResult         *result,
                                             GError              **error);

ZMQG_AVAILABLE_IN_1_0
char        **zmqg_context_list_sockets     (ZmqgContext          *self);

ZMQG_AVAILABLE_IN_1_0
guint         zmqg_context_get_n_sockets    (ZmqgContext          *self);

ZMQG_AVAILABLE_IN_1_0
gpointer      zmqg_context_get_handle       (ZmqgContext          *self);

G_END_DECLS
