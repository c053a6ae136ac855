/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/base/zmqg-enums.h>

G_BEGIN_DECLS

typedef enum
{
  ZMQG_ENDPOINT_BIND,
  ZMQG_ENDPOINT_CONNECT,
} ZmqgEndpointUse;

/* Whether libzmq can be given this endpoint: it takes port 99999 for 34463, accepts ports
 * no peer can have, and aborts the process on some others. */
gboolean    zmqg_endpoint_check       (const char       *endpoint,
                                       ZmqgSocketType    type,
                                       ZmqgEndpointUse   use,
                                       GError          **error);

gboolean    zmqg_endpoint_is_inproc   (const char       *endpoint);

gboolean    zmqg_endpoint_is_websocket (const char      *endpoint);

G_END_DECLS
