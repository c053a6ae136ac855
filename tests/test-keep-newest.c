/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-utils.h"

#define MAX_ITEMS 5000

/* A PUSH socket without a peer at first that keeps the newest; what was dropped is told by nobody,
 * but counted */
typedef struct
{
  ZmqgSocket *socket;
  char *endpoint;
  ZmqgTestOutcomes outcomes;
  guint n_failed;
} Window;

static void
window_failed_cb (ZmqgSocket   *socket,
                  ZmqgMessage  *message,
                  const GError *error,
                  Window       *window)
{
  window->n_failed++;
}

static void
window_init (Window            *window,
             ZmqgTestTransport  transport,
             guint              limit)
{
  window->socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, transport,
                                               &window->endpoint);
  window->n_failed = 0;
  g_assert_false (zmqg_test_get_number (window->socket, "keep-newest"));
  zmqg_test_set_number (window->socket, "keep-newest", TRUE);
  zmqg_test_set_number (window->socket, "send-queue-limit", limit);
  zmqg_test_outcomes_init (&window->outcomes, MAX_ITEMS);
  g_signal_connect (window->socket, "send-failed", G_CALLBACK (window_failed_cb), window);
}

static void
window_clear (Window *window)
{
  zmqg_test_release (window->socket);
  zmqg_test_outcomes_clear (&window->outcomes);
  g_free (window->endpoint);
}

static gboolean
window_send_expiring (Window *window,
                      guint   number,
                      gsize   size,
                      int     expiry)
{
  g_autoptr (ZmqgMessage) message = zmqg_test_message_new (number, size);
  g_autoptr (GError) error = NULL;
  gboolean taken;

  zmqg_message_set_expiry (message, expiry);
  zmqg_test_call (taken = zmqg_socket_send (window->socket, message, &error));
  if (!taken)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);

  return taken;
}

static gboolean
window_send (Window *window,
             guint   number,
             gsize   size)
{
  return window_send_expiring (window, number, size, -1);
}

static guint64
get_n_dropped (Window *window)
{
  g_autoptr (ZmqgSocketStatistics) statistics = zmqg_socket_get_statistics (window->socket);

  return statistics->messages_dropped;
}

/* A peer comes, and gets these, and no more */
static void
window_check (Window      *window,
              const guint *expected,
              guint        n_expected)
{
  ZmqgSocket *peer = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PULL, window->endpoint);

  for (guint i = 0; i < n_expected; i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_take_message (peer);

      g_assert_cmpuint (zmqg_test_message_get_number (message), ==, expected[i]);
    }
  zmqg_test_run_for (NULL, 20);
  g_assert_null (zmqg_socket_try_receive (peer, NULL));
  g_assert_cmpint (zmqg_test_get_number (window->socket, "send-queue-length"), ==, 0);
  g_assert_cmpint (zmqg_test_get_number (window->socket, "send-queue-bytes"), ==, 0);
  g_assert_cmpuint (window->n_failed, ==, 0);
  zmqg_test_release (peer);
}

static void
test_count (gconstpointer data)
{
  const guint rest[] = { 995, 996, 997, 998, 999 };
  Window window;

  window_init (&window, GPOINTER_TO_INT (data), 5);
  for (guint i = 0; i < 1000; i++)
    g_assert_true (window_send (&window, i, 0));
  g_assert_cmpint (zmqg_test_get_number (window.socket, "send-queue-length"), ==, 5);
  g_assert_cmpuint (get_n_dropped (&window), ==, 995);
  zmqg_test_run_for (NULL, 10);
  g_assert_cmpuint (get_n_dropped (&window), ==, 995);
  window_check (&window, rest, G_N_ELEMENTS (rest));
  window_clear (&window);
}

/* By size: as many go as must, and one that is larger than all may stay alone */
static void
test_bytes (gconstpointer data)
{
  const guint rest[] = { 12 };
  Window window;

  window_init (&window, GPOINTER_TO_INT (data), 1000);
  zmqg_test_set_number (window.socket, "send-queue-bytes-limit", 1000);
  for (guint i = 0; i < 10; i++)
    g_assert_true (window_send (&window, i, 300));
  g_assert_cmpint (zmqg_test_get_number (window.socket, "send-queue-bytes"), ==, 900);
  g_assert_cmpuint (get_n_dropped (&window), ==, 7);
  g_assert_true (window_send (&window, 10, 100));
  g_assert_cmpint (zmqg_test_get_number (window.socket, "send-queue-bytes"), ==, 1000);
  g_assert_cmpuint (get_n_dropped (&window), ==, 7);
  g_assert_true (window_send (&window, 11, 500));
  g_assert_cmpint (zmqg_test_get_number (window.socket, "send-queue-bytes"), ==, 900);
  g_assert_cmpuint (get_n_dropped (&window), ==, 9);
  g_assert_true (window_send (&window, 12, 2000));
  g_assert_cmpint (zmqg_test_get_number (window.socket, "send-queue-bytes"), ==, 2000);
  g_assert_cmpuint (get_n_dropped (&window), ==, 12);
  window_check (&window, rest, 1);
  window_clear (&window);
}

typedef struct
{
  Window *window;
  guint first;
  guint n_messages;
  gsize size;
  int expiry;
} Batch;

static gpointer
send_thread (gpointer data)
{
  Batch *batch = data;

  for (guint i = 0; i < batch->n_messages; i++)
    g_assert_true (window_send_expiring (batch->window, batch->first + i, batch->size,
                                         batch->expiry));

  return NULL;
}

/* While the owner does not look, what threads leave is bounded, too */
static void
check_thread (ZmqgTestTransport transport,
              gsize             size,
              gsize             bytes_limit,
              int               expiry)
{
  const guint rest[] = { 2995, 2996, 2997, 2998, 2999 };
  Batch batch = { NULL, 5, 2995, size, expiry };
  Window window;

  window_init (&window, transport, bytes_limit > 0 ? 100000 : 5);
  zmqg_test_set_number (window.socket, "send-queue-bytes-limit", bytes_limit);
  g_assert_true (g_main_context_acquire (NULL));
  for (guint i = 0; i < 5; i++)
    g_assert_true (window_send (&window, i, size));
  batch.window = &window;
  g_thread_join (g_thread_new ("send", send_thread, &batch));
  g_assert_cmpint (zmqg_test_get_number (window.socket, "send-queue-length"), <=, 10);
  g_main_context_release (NULL);
  zmqg_test_run_for (NULL, 10);
  g_assert_cmpint (zmqg_test_get_number (window.socket, "send-queue-length"), ==, 5);
  g_assert_cmpuint (get_n_dropped (&window), ==, 2995);
  window_check (&window, rest, G_N_ELEMENTS (rest));
  window_clear (&window);
}

static void
test_thread (gconstpointer data)
{
  check_thread (GPOINTER_TO_INT (data), 0, 0, -1);
  check_thread (GPOINTER_TO_INT (data), 500, 2500, -1);
}

/* Also of messages that would have expired */
static void
test_thread_expiring (gconstpointer data)
{
  check_thread (GPOINTER_TO_INT (data), 0, 0, ZMQG_TEST_DEADLINE);
  check_thread (GPOINTER_TO_INT (data), 500, 2500, ZMQG_TEST_DEADLINE);
}

/* Somebody waits for these */
static void
test_async (gconstpointer data)
{
  const guint rest[] = { 1, 3, 17, 18, 19 };
  const guint all[] = { 0, 1, 2 };
  Window window;

  window_init (&window, GPOINTER_TO_INT (data), 5);
  for (guint i = 0; i < 20; i++)
    {
      if (i == 1 || i == 3)
        zmqg_test_outcomes_send_index (&window.outcomes, i, window.socket, 0, NULL);
      else
        g_assert_true (window_send (&window, i, 0));
    }
  g_assert_cmpint (zmqg_test_get_number (window.socket, "send-queue-length"), ==, 5);
  g_assert_cmpuint (get_n_dropped (&window), ==, 15);
  window_check (&window, rest, G_N_ELEMENTS (rest));
  g_assert_cmpuint (window.outcomes.n_succeeded, ==, 2);
  window_clear (&window);

  /* Nothing is there that may be dropped */
  window_init (&window, GPOINTER_TO_INT (data), 3);
  for (guint i = 0; i < 3; i++)
    zmqg_test_outcomes_send_index (&window.outcomes, i, window.socket, 0, NULL);
  g_assert_false (window_send (&window, 3, 0));
  g_assert_cmpuint (get_n_dropped (&window), ==, 0);
  window_check (&window, all, G_N_ELEMENTS (all));
  window_clear (&window);
}

/* While others wait for room, which dropping would not give them, a message is refused, and then
 * nothing was dropped for it */
static void
test_in_line (gconstpointer data)
{
  const guint all[] = { 0, 1, 2, 3, 4 };
  Window window;

  window_init (&window, GPOINTER_TO_INT (data), 10);
  zmqg_test_set_number (window.socket, "max-pending-operations", 1);
  for (guint i = 0; i < 3; i++)
    g_assert_true (window_send (&window, i, 0));
  for (guint i = 3; i < 5; i++)
    zmqg_test_outcomes_send_index (&window.outcomes, i, window.socket, 0, NULL);
  zmqg_test_run_for (NULL, 5);
  g_assert_false (window_send (&window, 5, 0));
  g_assert_cmpuint (get_n_dropped (&window), ==, 0);
  window_check (&window, all, G_N_ELEMENTS (all));
  g_assert_cmpuint (window.outcomes.n_succeeded, ==, 2);
  window_clear (&window);
}

/* Without the one that stays it would fit, so that nothing can make room for it */
static void
test_too_large (gconstpointer data)
{
  const guint all[] = { 0, 1, 2 };
  Window window;

  window_init (&window, GPOINTER_TO_INT (data), 10);
  zmqg_test_set_number (window.socket, "send-queue-bytes-limit", 1000);
  g_assert_true (window_send (&window, 0, 300));
  zmqg_test_outcomes_send_index (&window.outcomes, 1, window.socket, 300, NULL);
  g_assert_true (window_send (&window, 2, 300));
  g_assert_false (window_send (&window, 3, 2000));
  g_assert_cmpuint (get_n_dropped (&window), ==, 0);
  window_check (&window, all, G_N_ELEMENTS (all));
  g_assert_cmpuint (window.outcomes.n_succeeded, ==, 1);
  window_clear (&window);
}

/* Those that would have expired are dropped as others are, and do not expire any more */
static void
test_expiring (gconstpointer data)
{
  const guint rest[] = { 6, 7, 8, 9 };
  Window window;

  window_init (&window, GPOINTER_TO_INT (data), 4);
  for (guint i = 0; i < 10; i++)
    g_assert_true (window_send_expiring (&window, i, 0, i % 2 == 0 && i < 6 ? 30 : -1));
  g_assert_cmpint (zmqg_test_get_number (window.socket, "send-queue-length"), ==, 4);
  g_assert_cmpuint (get_n_dropped (&window), ==, 6);
  zmqg_test_run_for (NULL, 60);
  window_check (&window, rest, G_N_ELEMENTS (rest));
  window_clear (&window);
}

#define N_THREADS 4
#define N_EACH 50000

typedef struct
{
  guint64 next[N_THREADS];
  guint n_received;
} Flood;

static void
flood_received_cb (ZmqgSocket  *socket,
                   ZmqgMessage *message,
                   Flood       *flood)
{
  guint64 number = zmqg_test_message_get_number (message);
  guint thread = number / N_EACH;

  g_assert_cmpuint (thread, <, N_THREADS);
  /* With gaps, but in order */
  g_assert_cmpuint (number % N_EACH, >=, flood->next[thread]);
  flood->next[thread] = number % N_EACH + 1;
  flood->n_received++;
}

/* Each message comes or is counted, and the last one comes */
static void
test_flood (gconstpointer data)
{
  ZmqgSocket *peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  Flood flood = { { 0 }, 0 };
  GThread *threads[N_THREADS];
  Batch batches[N_THREADS];
  Window window;

  window_init (&window, GPOINTER_TO_INT (data), 20);
  g_signal_connect (peer, "message-received", G_CALLBACK (flood_received_cb), &flood);
  g_assert_true (zmqg_socket_connect_to (peer, window.endpoint, NULL));
  g_assert_true (g_main_context_acquire (NULL));
  for (guint i = 0; i < N_THREADS; i++)
    {
      batches[i] = (Batch) { &window, i * N_EACH, N_EACH, 0, -1 };
      threads[i] = g_thread_new ("send", send_thread, &batches[i]);
    }
  zmqg_test_run_for (NULL, 50);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_main_context_release (NULL);
  zmqg_test_wait_for (flood.n_received + get_n_dropped (&window) >= N_THREADS * N_EACH);
  zmqg_test_run_for (NULL, 20);
  g_test_message ("%u received", flood.n_received);
  g_assert_cmpuint (flood.n_received, >, 0);
  g_assert_cmpuint (get_n_dropped (&window), >, 0);
  g_assert_cmpuint (flood.n_received + get_n_dropped (&window), ==, N_THREADS * N_EACH);
  g_assert_cmpuint (window.n_failed, ==, 0);
  zmqg_test_release (peer);
  window_clear (&window);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/keep-newest/count", test_count);
  zmqg_test_add_transports ("/keep-newest/bytes", test_bytes);
  zmqg_test_add_transports ("/keep-newest/thread", test_thread);
  zmqg_test_add_transports ("/keep-newest/thread-expiring", test_thread_expiring);
  zmqg_test_add_transports ("/keep-newest/async", test_async);
  zmqg_test_add_transports ("/keep-newest/in-line", test_in_line);
  zmqg_test_add_transports ("/keep-newest/too-large", test_too_large);
  zmqg_test_add_transports ("/keep-newest/expiring", test_expiring);
  zmqg_test_add_transports ("/keep-newest/flood", test_flood);

  return g_test_run ();
}
