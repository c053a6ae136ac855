/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The endpoint of a descriptor that listens, tcp or ipc. libzmq asserts whatever accept() can
 * fail with, so that one that does not listen would end the process.
 *
 * Returns (transfer full), or NULL on an error; reasons are read as the end of "Could not bind
 * to …: ". */
char *zmqg_listener_get_endpoint (int      fd,
                                  GError **error);

/* The same listener under a number that nobody else knows, and could close; -1 on an error */
int   zmqg_listener_duplicate    (int      fd,
                                  GError **error);

G_END_DECLS
