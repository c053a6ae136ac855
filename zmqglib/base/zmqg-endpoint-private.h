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

/* The path, or the abstract name with its '@'; NULL: it is not an ipc endpoint, or one whose
 * path libzmq makes up */
const char *zmqg_endpoint_get_ipc_path (const char      *endpoint);

/* Where in the endpoint of a peer a name stands that has to be resolved, if it has one. It must
 * have been checked. */
typedef struct
{
  const char *start;
  gsize length;
  /* Of the source address that stands before it, an AF_… or AF_UNSPEC if there is none */
  int source_family;
} ZmqgEndpointHost;

gboolean    zmqg_endpoint_find_host    (const char       *endpoint,
                                        ZmqgEndpointHost *host);

G_END_DECLS
