/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "report.h"

/* A 60 Hz tick, of the priority at which GTK draws, that knows how late it was. */
typedef struct _Tick Tick;

Tick *tick_new           (void);
void  tick_free          (Tick   *self);
void  tick_set_is_loaded (Tick   *self,
                          gboolean is_loaded);
void  tick_report        (Tick   *self,
                          Report *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tick, tick_free)
