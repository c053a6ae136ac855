/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-story.h"
#include "zmqg-test-utils.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define N_MESSAGES 12000
/* Large enough for the kernel's buffers to hold a part of them only */
#define MESSAGE_SIZE 2000

/* A slow process at the other end of a socket that closes */
typedef struct
{
  ZmqgSocket *socket;
  ZmqgTestStory story;
  ZmqgTestProcess *process;
  guint n_unsent;
  guint n_received;
} Flood;

static void
flood_init (Flood      *flood,
            int         linger,
            const char *delay)
{
  g_autofree char *endpoint = NULL, *expected = g_strdup_printf ("%d", N_MESSAGES), *line = NULL;

  zmqg_test_story_init (&flood->story);
  flood->socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, ZMQG_TEST_TCP, &endpoint);
  zmqg_test_story_watch (&flood->story, flood->socket);
  zmqg_test_set_number (flood->socket, "linger", linger);
  zmqg_test_set_number (flood->socket, "send-queue-limit", N_MESSAGES / 2);
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_message_new (i, MESSAGE_SIZE);

      if (i < N_MESSAGES / 2)
        g_assert_true (zmqg_socket_send (flood->socket, message, NULL));
      else
        zmqg_test_story_send (&flood->story, flood->socket, i, MESSAGE_SIZE, NULL);
    }
  flood->process = zmqg_test_process_start ("sink.py", endpoint, expected, delay, NULL);
  zmqg_test_wait_for (zmqg_test_get_number (flood->socket, "send-queue-length") < N_MESSAGES / 2);
  zmqg_test_story_close (&flood->story, flood->socket, NULL);
  line = zmqg_test_process_read_line (flood->process);
  g_assert_cmpstr (line, ==, "began");
}

static void
flood_wait (Flood *flood)
{
  const char *text;

  zmqg_test_wait_for (zmqg_test_story_count (&flood->story, "closed") > 0);
  zmqg_test_story_check_order (&flood->story);
  text = strstr (flood->story.text->str, "close=");
  g_assert_nonnull (text);
  flood->n_unsent = atoi (text + strlen ("close="));
  /* Who sent it learned of it */
  g_assert_cmpuint (zmqg_test_story_count (&flood->story, "failed!closed") +
                    zmqg_test_story_count (&flood->story, "send!closed"), ==, flood->n_unsent);
  g_assert_cmpuint (zmqg_test_story_count (&flood->story, "send"), ==, N_MESSAGES / 2);
}

static void
flood_finish (Flood *flood)
{
  g_autofree char *line = zmqg_test_process_read_line (flood->process);

  g_assert_nonnull (line);
  flood->n_received = atoi (line);
  g_test_message ("%u received, %u unsent", flood->n_received, flood->n_unsent);
  zmqg_test_process_finish (flood->process);
  zmqg_test_release (flood->socket);
  zmqg_test_story_clear (&flood->story);
}

static void
test_all_arrive (void)
{
  Flood flood;

  flood_init (&flood, 10000, "100");
  flood_wait (&flood);
  flood_finish (&flood);
  g_assert_cmpuint (flood.n_unsent, ==, 0);
  g_assert_cmpuint (flood.n_received, ==, N_MESSAGES);
}

static void
test_some_stay (void)
{
  Flood flood;

  flood_init (&flood, 10000, "200");
  zmqg_test_run_for (NULL, 50);
  zmqg_test_assert_story (&flood.story, "");
  zmqg_socket_close (flood.socket);
  zmqg_test_assert_story (&flood.story, "");
  flood_wait (&flood);
  flood_finish (&flood);
  g_assert_cmpuint (flood.n_unsent, >, 0);
  g_assert_cmpuint (flood.n_received, ==, N_MESSAGES - flood.n_unsent);
}

/* The linger is over, once for the queue and once more for what libzmq took: that may be dropped,
 * but nothing between the first message and the last that arrived. */
static void
test_linger_over (void)
{
  Flood flood;
  gint64 begun = g_get_monotonic_time ();

  flood_init (&flood, 200, "500");
  flood_wait (&flood);
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, 200 * 1000);
  flood_finish (&flood);
  g_assert_cmpuint (flood.n_unsent, >, 0);
  g_assert_cmpuint (flood.n_received, >, 0);
  g_assert_cmpuint (flood.n_received, <=, N_MESSAGES - flood.n_unsent);
}

static void
closed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_assert_true (zmqg_socket_close_finish (ZMQG_SOCKET (object), result, NULL, NULL));
}

static void
received_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (zmqg_socket_receive_finish (ZMQG_SOCKET (object), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static gboolean
never_cb (ZmqgSocket   *socket,
          GIOCondition  condition,
          gpointer      user_data)
{
  return G_SOURCE_REMOVE;
}

static void
ignore_failed_cb (ZmqgSocket   *socket,
                  ZmqgMessage  *message,
                  const GError *error,
                  gpointer      user_data)
{
}

/* One after the other, in every way a socket is used and ends */
static void
make_one (guint number)
{
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);
  g_autoptr (GSource) source = NULL;

  g_signal_connect (socket, "send-failed", G_CALLBACK (ignore_failed_cb), NULL);
  zmqg_test_set_number (socket, "linger", number % 2);
  zmqg_test_bind_free (socket, number % 3, NULL);
  if (number % 5 < 3)
    {
      zmqg_test_send_number (socket, number);
      zmqg_socket_receive_async (socket, NULL, received_cb, NULL);
      source = zmqg_socket_create_source (socket, G_IO_IN, NULL);
      g_source_set_callback (source, G_SOURCE_FUNC (never_cb), NULL, NULL);
      g_source_attach (source, NULL);
    }
  if (number % 5 == 0)
    zmqg_socket_close (socket);
  else if (number % 5 < 4)
    zmqg_socket_close_async (socket, NULL, closed_cb, NULL);
  g_object_unref (socket);
}

static void
make_many (guint n_sockets)
{
  ZmqgContext *context = zmqg_context_get_default ();

  for (guint i = 0; i < n_sockets; i++)
    {
      make_one (i);
      if (i % 50 == 49)
        zmqg_test_wait_for (zmqg_context_get_n_sockets (context) == 0);
    }
  zmqg_test_wait_for (zmqg_context_get_n_sockets (context) == 0);
  zmqg_test_run_until_idle (NULL);
}

static void
test_many (void)
{
  guint n_fds, n_threads;
  gsize rss;

  make_many (2000);
  zmqg_test_run_for (NULL, 200);
  n_fds = zmqg_test_count_fds ();
  n_threads = zmqg_test_count_threads ();
  rss = zmqg_test_get_rss ();

  make_many (8000);
  zmqg_test_poll_for (zmqg_test_count_fds () <= n_fds);
  zmqg_test_poll_for (zmqg_test_count_threads () <= n_threads);
  g_test_message ("%" G_GSIZE_FORMAT " KiB before, %" G_GSIZE_FORMAT " KiB after", rss / 1024,
                  zmqg_test_get_rss () / 1024);
  if (zmqg_test_rss_is_meaningful ())
    g_assert_cmpuint (zmqg_test_get_rss (), <, rss + 2 * 1024 * 1024);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/scenario/26/all-arrive", test_all_arrive);
  g_test_add_func ("/scenario/26/some-stay", test_some_stay);
  g_test_add_func ("/scenario/26/linger-over", test_linger_over);
  g_test_add_func ("/scenario/31/many-sockets", test_many);

  return g_test_run ();
}
