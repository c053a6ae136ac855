/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/base/zmqg-error.h>

G_BEGIN_DECLS

/* Fills @error from a number of `zmq_errno ()`; the text is the formatted one, a colon
 * and the reason. */
void zmqg_set_error_from_errno (GError     **error,
                                int          errsv,
                                const char  *format,
                                ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
