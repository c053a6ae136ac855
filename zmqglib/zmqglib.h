/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#define ZMQG_INSIDE

#include <zmqglib/base/zmqg-enum-types.h>
#include <zmqglib/base/zmqg-enums.h>
#include <zmqglib/base/zmqg-error.h>
#include <zmqglib/base/zmqg-listen-fds.h>
#include <zmqglib/base/zmqg-message.h>
#include <zmqglib/base/zmqg-version.h>
#include <zmqglib/connection/zmqg-authentication-request.h>
#include <zmqglib/connection/zmqg-authenticator.h>
#include <zmqglib/connection/zmqg-certificate.h>
#include <zmqglib/connection/zmqg-connection-event.h>
#include <zmqglib/connection/zmqg-peer.h>
#include <zmqglib/connection/zmqg-socket-curve.h>
#include <zmqglib/connection/zmqg-socket-peers.h>
#include <zmqglib/loop/zmqg-context.h>
#include <zmqglib/loop/zmqg-main-context.h>
#include <zmqglib/loop/zmqg-source.h>
#include <zmqglib/pattern/zmqg-client.h>
#include <zmqglib/pattern/zmqg-request.h>
#include <zmqglib/pattern/zmqg-service.h>
#include <zmqglib/socket/zmqg-socket-endpoints.h>
#include <zmqglib/socket/zmqg-socket-statistics.h>
#include <zmqglib/socket/zmqg-socket.h>

#undef ZMQG_INSIDE
