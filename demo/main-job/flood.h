/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "report.h"

/* The receiving end of a flood of numbered messages. */
typedef struct _Flood Flood;

Flood  *flood_new            (const char *endpoint,
                              GError    **error);
void    flood_free           (Flood      *self);
gboolean flood_is_over       (Flood      *self);
guint64 flood_get_n_messages (Flood      *self);
void    flood_report         (Flood      *self,
                              Report     *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Flood, flood_free)
