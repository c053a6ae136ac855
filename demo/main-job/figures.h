/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "report.h"

/* The publisher's figures, as a subscriber of the loop gets them. */
typedef struct _Figures Figures;

Figures *figures_new       (const char *endpoint,
                            GError    **error);
void     figures_free      (Figures    *self);
char    *figures_to_string (Figures    *self);
void     figures_report    (Figures    *self,
                            Report     *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Figures, figures_free)
