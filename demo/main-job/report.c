/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "report.h"

#include <string.h>

void
report_line (Report     *self,
             const char *name,
             const char *format,
             ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  g_print ("  %-10s %s\n", name, text);
}

void
report_problem (Report     *self,
                const char *format,
                ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  self->n_problems++;
  g_print ("  %-10s %s\n", "MISSING", text);
}

/* With a blank between the thousands. */
char *
format_count (guint64 count)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, count);
  GString *text = g_string_new (NULL);

  for (const char *digit = digits; *digit != '\0'; digit++)
    {
      g_string_append_c (text, *digit);
      if (digit[1] != '\0' && (digits + strlen (digits) - digit - 1) % 3 == 0)
        g_string_append_c (text, ' ');
    }

  return g_string_free (text, FALSE);
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  const gint64 *first = a;
  const gint64 *second = b;

  return (*first > *second) - (*first < *second);
}

/* Of times in µs, sorted on the way: the one that the share @q of all does not exceed, in ms. */
double
get_quantile (GArray *times,
              double  q)
{
  if (times->len == 0)
    return 0;

  g_array_sort (times, compare_times);

  return g_array_index (times, gint64, (guint) (q * (times->len - 1))) / 1000.0;
}
