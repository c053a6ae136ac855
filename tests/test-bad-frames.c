/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <string.h>

#define GIBIBYTE ((gsize) 1 << 30)

static void
test_frame_of_nothing (gconstpointer data)
{
  ZmqgTestCounter counter = { 0 };
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (ZmqgMessage) message = zmqg_message_new_bytes (empty);
  g_autoptr (ZmqgMessage) received = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ZmqgTestPair) pair = { NULL };

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PAIR,
                       ZMQG_SOCKET_TYPE_PAIR);
  for (guint i = 0; i < 3; i++)
    zmqg_message_append_bytes (message, empty);
  zmqg_socket_send (pair.connected, message, &error);
  g_assert_no_error (error);
  zmqg_test_send_number (pair.connected, 0);

  zmqg_test_poll_for ((received = zmqg_socket_try_receive (pair.bound, NULL)) != NULL);
  g_assert_cmpuint (zmqg_message_get_n_frames (received), ==, 4);
  g_assert_cmpuint (zmqg_message_get_size (received), ==, 0);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (g_bytes_get_size (zmqg_message_get_frame (received, i)), ==, 0);
  zmqg_test_counter_connect (&counter, pair.bound);
  zmqg_test_wait_for (counter.n_messages == 1);
}

static gsize
get_available_memory (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return 0;
  line = strstr (text, "MemAvailable:");
  return line != NULL ? g_ascii_strtoull (line + strlen ("MemAvailable:"), NULL, 10) * 1024 : 0;
}

static void
received_large_cb (ZmqgSocket   *socket,
                   ZmqgMessage  *message,
                   ZmqgMessage **received)
{
  *received = zmqg_message_ref (message);
}

static void
test_frame_of_a_gibibyte (gconstpointer data)
{
  /* Written in places only: the rest costs the sender no memory */
  static const gsize marks[] = { 0, 1, 4095, GIBIBYTE / 2, GIBIBYTE - 1 };
  g_autoptr (ZmqgMessage) received = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *found;
  guint8 *written;
  gsize length;
  g_auto (ZmqgTestPair) pair = { NULL };

  if (get_available_memory () < 4 * GIBIBYTE)
    {
      g_test_skip ("less than 4 GiB of memory available");
      return;
    }

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PULL,
                       ZMQG_SOCKET_TYPE_PUSH);
  g_signal_connect (pair.bound, "message-received", G_CALLBACK (received_large_cb), &received);
  written = g_malloc0 (GIBIBYTE);
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    written[marks[i]] = 0xa0 + i;
  bytes = g_bytes_new_take (written, GIBIBYTE);
  zmqg_socket_send_bytes (pair.connected, bytes, &error);
  g_assert_no_error (error);

  zmqg_test_wait_for_in (NULL, 3 * ZMQG_TEST_DEADLINE, received != NULL);
  g_assert_cmpuint (zmqg_message_get_size (received), ==, GIBIBYTE);
  found = zmqg_message_peek_frame (received, 0, &length);
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    g_assert_cmpuint (found[marks[i]], ==, 0xa0 + i);
  g_assert_cmpuint (found[GIBIBYTE / 3], ==, 0);
}

/* A peer's frame that is larger than allowed ends the connection, not the socket */
static void
test_frame_over_the_limit (void)
{
  g_autofree guint8 *large = g_malloc0 (5000);
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;
  ZmqgTestCounter counter = { 0 };
  g_autoptr (ZmqgSocket) pull = g_object_new (ZMQG_TYPE_SOCKET,
                                              "socket-type", ZMQG_SOCKET_TYPE_PULL,
                                              "max-message-size", (gint64) 1000, NULL);
  g_autoptr (ZmqgSocket) rude = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  g_autoptr (ZmqgSocket) polite = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);

  zmqg_test_counter_connect (&counter, pull);
  zmqg_test_bind_free (pull, ZMQG_TEST_TCP, &endpoint);
  zmqg_socket_connect_to (rude, endpoint, &error);
  g_assert_no_error (error);
  zmqg_socket_send_data (rude, large, 5000, &error);
  g_assert_no_error (error);
  zmqg_test_run_for (NULL, 100);
  g_assert_cmpuint (counter.n_messages, ==, 0);

  zmqg_socket_connect_to (polite, endpoint, &error);
  g_assert_no_error (error);
  zmqg_test_send_number (polite, 0);
  zmqg_test_wait_for (counter.n_messages == 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/bad-frames/of-nothing", test_frame_of_nothing);
  g_test_add_func ("/bad-frames/over-the-limit", test_frame_over_the_limit);
  zmqg_test_add_transports ("/bad-frames/of-a-gibibyte", test_frame_of_a_gibibyte);

  return g_test_run ();
}
