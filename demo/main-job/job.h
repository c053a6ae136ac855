/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

/* Runs the main job against the peer that answers at @endpoint; tells how it went. */
gboolean job_run (const char *endpoint,
                  guint       seconds);
