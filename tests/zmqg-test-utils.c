/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const transport_names[ZMQG_TEST_N_TRANSPORTS] = {
  [ZMQG_TEST_TCP] = "tcp",
  [ZMQG_TEST_IPC] = "ipc",
  [ZMQG_TEST_INPROC] = "inproc",
};

const char *
zmqg_test_transport_get_name (ZmqgTestTransport transport)
{
  return transport_names[transport];
}

char *
zmqg_test_transport_get_free (ZmqgTestTransport transport)
{
  static int n_names;
  int number = g_atomic_int_add (&n_names, 1);

  if (transport == ZMQG_TEST_TCP)
    return g_strdup ("tcp://127.0.0.1:*");
  /* In the abstract name space nothing is left behind by a test that fails */
  if (transport == ZMQG_TEST_IPC)
    return g_strdup_printf ("ipc://@zmqg-test-%d-%d", (int) getpid (), number);

  return g_strdup_printf ("inproc://test-%d", number);
}

void
zmqg_test_add_transports (const char    *path,
                          GTestDataFunc  func)
{
  for (int i = 0; i < ZMQG_TEST_N_TRANSPORTS; i++)
    {
      g_autofree char *full = g_strdup_printf ("%s/%s", path, transport_names[i]);

      g_test_add_data_func (full, GINT_TO_POINTER (i), func);
    }
}

ZmqgSocket *
zmqg_test_socket_new (ZmqgSocketType type)
{
  g_autoptr (GError) error = NULL;
  ZmqgSocket *socket = zmqg_socket_new (type, &error);

  g_assert_no_error (error);
  g_assert_true (ZMQG_IS_SOCKET (socket));

  return socket;
}

void
zmqg_test_bind_free (ZmqgSocket         *socket,
                     ZmqgTestTransport   transport,
                     char              **endpoint)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = zmqg_test_transport_get_free (transport);

  zmqg_socket_bind (socket, address, &error);
  g_assert_no_error (error);

  if (endpoint != NULL)
    {
      g_auto (GStrv) bindings = zmqg_socket_list_bindings (socket);

      g_assert_cmpuint (g_strv_length (bindings), >=, 1);
      *endpoint = g_strdup (bindings[g_strv_length (bindings) - 1]);
    }
}

ZmqgSocket *
zmqg_test_socket_new_bound (ZmqgSocketType      type,
                            ZmqgTestTransport   transport,
                            char              **endpoint)
{
  ZmqgSocket *socket = zmqg_test_socket_new (type);

  zmqg_test_bind_free (socket, transport, endpoint);

  return socket;
}

ZmqgSocket *
zmqg_test_socket_new_connected (ZmqgSocketType  type,
                                const char     *endpoint)
{
  g_autoptr (GError) error = NULL;
  ZmqgSocket *socket = zmqg_test_socket_new (type);

  zmqg_socket_connect_to (socket, endpoint, &error);
  g_assert_no_error (error);

  return socket;
}

void
zmqg_test_release (gpointer object)
{
  gpointer weak = object;

  g_object_add_weak_pointer (object, &weak);
  g_object_unref (object);
  zmqg_test_wait_for (weak == NULL);
}

void
zmqg_test_pair_init (ZmqgTestPair      *pair,
                     ZmqgTestTransport  transport,
                     ZmqgSocketType     bound_type,
                     ZmqgSocketType     connected_type)
{
  pair->bound = zmqg_test_socket_new_bound (bound_type, transport, &pair->endpoint);
  pair->connected = zmqg_test_socket_new_connected (connected_type, pair->endpoint);
}

void
zmqg_test_pair_clear (ZmqgTestPair *pair)
{
  g_clear_pointer (&pair->connected, zmqg_test_release);
  g_clear_pointer (&pair->bound, zmqg_test_release);
  g_clear_pointer (&pair->endpoint, g_free);
}

gint64
zmqg_test_get_number (gpointer    object,
                      const char *property)
{
  g_auto (GValue) own = G_VALUE_INIT, number = G_VALUE_INIT;

  g_object_get_property (object, property, &own);
  if (G_VALUE_HOLDS_BOOLEAN (&own))
    return g_value_get_boolean (&own);

  g_value_init (&number, G_TYPE_INT64);
  g_assert_true (g_value_transform (&own, &number));

  return g_value_get_int64 (&number);
}

void
zmqg_test_set_number (gpointer    object,
                      const char *property,
                      gint64      value)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), property);
  g_auto (GValue) own = G_VALUE_INIT, number = G_VALUE_INIT;

  g_assert_nonnull (pspec);
  g_value_init (&number, G_TYPE_INT64);
  g_value_set_int64 (&number, value);
  g_value_init (&own, pspec->value_type);
  if (G_VALUE_HOLDS_BOOLEAN (&own))
    g_value_set_boolean (&own, value != 0);
  else
    g_assert_true (g_value_transform (&number, &own));
  g_object_set_property (object, property, &own);
}

ZmqgMessage *
zmqg_test_message_new (guint64 number,
                       gsize   size)
{
  g_autofree guint8 *data = g_malloc0 (MAX (size, sizeof number));
  ZmqgMessage *message = zmqg_message_new ();

  memcpy (data, &number, sizeof number);
  zmqg_message_append_data (message, data, MAX (size, sizeof number));

  return message;
}

guint64
zmqg_test_message_get_number (ZmqgMessage *message)
{
  guint last = zmqg_message_get_n_frames (message) - 1;
  gsize length = 0;
  const guint8 *data = zmqg_message_peek_frame (message, last, &length);
  guint64 number;

  g_assert_cmpuint (length, >=, sizeof number);
  memcpy (&number, data, sizeof number);

  return number;
}

void
zmqg_test_send_number (ZmqgSocket *socket,
                       guint64     number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgMessage) message = zmqg_test_message_new (number, 0);

  zmqg_socket_send (socket, message, &error);
  g_assert_no_error (error);
}

void
zmqg_test_counter_received_cb (ZmqgSocket      *socket,
                               ZmqgMessage     *message,
                               ZmqgTestCounter *counter)
{
  g_assert_cmpuint (zmqg_test_message_get_number (message), ==, counter->next);
  counter->next++;
  counter->n_messages++;
}

gulong
zmqg_test_counter_connect (ZmqgTestCounter *counter,
                           ZmqgSocket      *socket)
{
  return g_signal_connect (socket, "message-received",
                           G_CALLBACK (zmqg_test_counter_received_cb), counter);
}

struct _ZmqgTestDeadline
{
  GMainContext *context;
  GSource      *source;
  gboolean      passed;
};

static gboolean
deadline_cb (gpointer user_data)
{
  ZmqgTestDeadline *self = user_data;

  self->passed = TRUE;

  return G_SOURCE_REMOVE;
}

ZmqgTestDeadline *
zmqg_test_deadline_new (GMainContext *context,
                        guint         milliseconds)
{
  ZmqgTestDeadline *self = g_new0 (ZmqgTestDeadline, 1);

  self->context = context;
  self->source = g_timeout_source_new (milliseconds);
  /* Before everything else: a loop that spins must end, too */
  g_source_set_priority (self->source, -1000);
  g_source_set_callback (self->source, deadline_cb, self, NULL);
  g_source_attach (self->source, context);

  return self;
}

gboolean
zmqg_test_deadline_iterate (ZmqgTestDeadline *self)
{
  if (!self->passed)
    g_main_context_iteration (self->context, TRUE);

  return !self->passed;
}

void
zmqg_test_deadline_free (ZmqgTestDeadline *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_free (self);
}

guint
zmqg_test_run_for (GMainContext *context,
                   guint         milliseconds)
{
  g_autoptr (ZmqgTestDeadline) deadline = zmqg_test_deadline_new (context, milliseconds);
  guint n_turns = 1;

  while (zmqg_test_deadline_iterate (deadline))
    n_turns++;

  return n_turns;
}

void
zmqg_test_run_until_idle (GMainContext *context)
{
  gint64 end = g_get_monotonic_time () + ZMQG_TEST_DEADLINE * 1000;

  while (g_main_context_iteration (context, FALSE))
    g_assert_cmpint (g_get_monotonic_time (), <, end);
}

gsize
zmqg_test_get_rss (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  unsigned long size, resident;

  g_file_get_contents ("/proc/self/statm", &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sscanf (text, "%lu %lu", &size, &resident), ==, 2);

  return resident * sysconf (_SC_PAGESIZE);
}

gboolean
zmqg_test_rss_is_meaningful (void)
{
#if defined (__SANITIZE_ADDRESS__) || defined (__SANITIZE_THREAD__)
  return FALSE;
#else
  return TRUE;
#endif
}

static gint64
get_time (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);

  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

gint64
zmqg_test_get_process_cpu_time (void)
{
  return get_time (CLOCK_PROCESS_CPUTIME_ID);
}

gint64
zmqg_test_get_thread_cpu_time (void)
{
  return get_time (CLOCK_THREAD_CPUTIME_ID);
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n_entries = 0;

  while (g_dir_read_name (dir) != NULL)
    n_entries++;

  return n_entries;
}

guint
zmqg_test_count_fds (void)
{
  /* One of them reads the folder */
  return count_entries ("/proc/self/fd") - 1;
}

guint
zmqg_test_count_threads (void)
{
  return count_entries ("/proc/self/task");
}
