/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

/* What happened, a line each, and whether anything of it was not as it should be. */
typedef struct
{
  guint n_problems;
} Report;

void    report_line    (Report     *self,
                        const char *name,
                        const char *format,
                        ...) G_GNUC_PRINTF (3, 4);
void    report_problem (Report     *self,
                        const char *format,
                        ...) G_GNUC_PRINTF (2, 3);
char   *format_count   (guint64     count);
double  get_quantile   (GArray     *times,
                        double      q);
