/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/loop/zmqg-source.h>

G_BEGIN_DECLS

/* The conditions of GLib that ZMQ_EVENTS tells of */
GIOCondition zmqg_condition_from_events (int events);

G_END_DECLS
