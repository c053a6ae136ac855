/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "figures.h"

#include <zmqglib/zmqglib.h>

#define RATE 10
/* Ten times the usual: no flood is an excuse, a machine that is busy otherwise may be */
#define LONGEST_PAUSE G_USEC_PER_SEC

struct _Figures
{
  ZmqgSocket *socket;
  GHashTable *latest; /* topic → a{sd} */
  gint64 first_time;
  gint64 last_time;
  gint64 longest_pause;
  guint n_messages;
  guint n_gaps;
  guint n_unreadable;
};

static double
figures_lookup (Figures    *self,
                const char *topic,
                const char *name)
{
  GVariant *values = g_hash_table_lookup (self->latest, topic);
  double value = 0;

  if (values != NULL)
    g_variant_lookup (values, name, "d", &value);

  return value;
}

static void
figures_take_time (Figures *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->n_messages == 0)
    self->first_time = now;
  else
    self->longest_pause = MAX (self->longest_pause, now - self->last_time);
  self->last_time = now;
}

static void
figures_take (Figures  *self,
              char     *topic,
              GVariant *values)
{
  double before = figures_lookup (self, topic, "round");
  gboolean is_first = !g_hash_table_contains (self->latest, topic);

  g_hash_table_replace (self->latest, topic, values);
  if (!is_first && figures_lookup (self, topic, "round") != before + 1)
    self->n_gaps++;

  figures_take_time (self);
  self->n_messages++;
}

static void
message_received_cb (ZmqgSocket  *socket,
                     ZmqgMessage *message,
                     gpointer     user_data)
{
  Figures *self = user_data;
  g_autofree char *topic = zmqg_message_get_string (message, 0, NULL);
  g_autofree char *json = zmqg_message_get_string (message, 1, NULL);
  GVariant *values = NULL;

  /* A JSON object of nothing but numbers reads the same as a GVariant's text */
  if (topic != NULL && json != NULL)
    values = g_variant_parse (G_VARIANT_TYPE ("a{sd}"), json, NULL, NULL, NULL);

  if (values != NULL)
    figures_take (self, g_steal_pointer (&topic), values);
  else
    self->n_unreadable++;
}

Figures *
figures_new (const char  *endpoint,
             GError     **error)
{
  g_autoptr (Figures) self = g_new0 (Figures, 1);

  self->latest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_variant_unref);
  self->socket = zmqg_socket_new (ZMQG_SOCKET_TYPE_SUB, error);
  if (self->socket == NULL)
    return NULL;

  g_signal_connect (self->socket, "message-received", G_CALLBACK (message_received_cb), self);
  if (!zmqg_socket_subscribe (self->socket, "", error) ||
      !zmqg_socket_connect_to (self->socket, endpoint, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
figures_free (Figures *self)
{
  if (self->socket != NULL)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->socket);
  g_hash_table_unref (self->latest);
  g_free (self);
}

char *
figures_to_string (Figures *self)
{
  g_autofree char *switches = format_count (figures_lookup (self, "kernel", "switches"));

  return g_strdup_printf ("load %.2f, cpu %.0f %%, memory %.1f/%.1f GiB, "
                          "%s switches/s, network %.0f MiB/s",
                          figures_lookup (self, "load", "one"),
                          figures_lookup (self, "cpu", "busy"),
                          figures_lookup (self, "memory", "used") / 1024,
                          figures_lookup (self, "memory", "total") / 1024,
                          switches,
                          figures_lookup (self, "network", "received") / (1024 * 1024));
}

void
figures_report (Figures *self,
                Report  *report)
{
  double seconds = (self->last_time - self->first_time) / (double) G_USEC_PER_SEC;
  guint n_topics = g_hash_table_size (self->latest);
  double rate = seconds > 0 ? (self->n_messages - n_topics) / seconds / n_topics : 0;
  double pause = MAX (self->longest_pause, g_get_monotonic_time () - self->last_time);
  g_autofree char *latest = figures_to_string (self);

  report_line (report, "figures", "%u messages of %u topics, each %.1f times a second, the longest "
               "pause %.0f ms", self->n_messages, n_topics, rate, pause / 1000);
  report_line (report, "", "the last: %s", latest);

  if (n_topics == 0)
    report_problem (report, "no figures at all");
  else if (rate < 0.8 * RATE || pause > LONGEST_PAUSE)
    report_problem (report, "figures: they should come %d times a second", RATE);
  if (self->n_gaps > 0)
    report_problem (report, "some figures: %u gaps", self->n_gaps);
  if (self->n_unreadable > 0)
    report_problem (report, "sense in %u messages of figures", self->n_unreadable);
}
