/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <zmqglib/base/zmqg-version.h>

G_BEGIN_DECLS

/**
 * ZmqgError:
 * @ZMQG_ERROR_FAILED: an error that has no code of its own
 * @ZMQG_ERROR_STATE: the socket is not in the state for this, such as a REQ that sends
 *   twice (`EFSM`)
 * @ZMQG_ERROR_TERMINATED: the context was terminated (`ETERM`)
 * @ZMQG_ERROR_WRONG_CONTEXT: the call was made from a thread that does not hold the
 *   socket's main context
 * @ZMQG_ERROR_PROTOCOL: a peer sent what the protocol does not allow
 * @ZMQG_ERROR_FORKED: the object was made before `fork()` and is inert in this process
 * @ZMQG_ERROR_INCOMPATIBLE_PROTOCOL: the socket type cannot use this transport
 *   (`ENOCOMPATPROTO`)
 * @ZMQG_ERROR_NO_IO_THREAD: the context has no I/O thread to do this (`EMTHREAD`)
 * @ZMQG_ERROR_ADDRESS_NOT_AVAILABLE: the address is not one of this machine
 *   (`EADDRNOTAVAIL`)
 *
 * What [error@Gio.IOErrorEnum] has no code for.
 *
 * Wherever a code of GIO fits, it is used instead: `WOULD_BLOCK`, `CANCELLED`,
 * `TIMED_OUT`, `CLOSED`, `ADDRESS_IN_USE`, `INVALID_ARGUMENT`, `NOT_SUPPORTED`,
 * `HOST_UNREACHABLE`, `MESSAGE_TOO_LARGE`, `TOO_MANY_OPEN_FILES`, …
 *
 * Since: 1.0
 */
typedef enum
{
  ZMQG_ERROR_FAILED,
  ZMQG_ERROR_STATE,
  ZMQG_ERROR_TERMINATED,
  ZMQG_ERROR_WRONG_CONTEXT,
  ZMQG_ERROR_PROTOCOL,
  ZMQG_ERROR_FORKED,
  ZMQG_ERROR_INCOMPATIBLE_PROTOCOL,
  ZMQG_ERROR_NO_IO_THREAD,
  ZMQG_ERROR_ADDRESS_NOT_AVAILABLE,
} ZmqgError;

/**
 * ZMQG_ERROR:
 *
 * The domain of [error@Error].
 *
 * Since: 1.0
 */
#define ZMQG_ERROR (zmqg_error_quark ())

ZMQG_AVAILABLE_IN_1_0
GQuark zmqg_error_quark (void);

G_END_DECLS
