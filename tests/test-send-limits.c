/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-utils.h"

#define MAX_ITEMS 200
#define MEBIBYTE (1024 * 1024)

/* A PUSH socket without a peer at first; messages of both kinds carry the numbers of items */
typedef struct
{
  ZmqgSocket *socket;
  ZmqgSocket *peer;
  char *endpoint;
  ZmqgTestOutcomes outcomes;
  ZmqgTestCounter counter;
  guint n_sent;
  guint n_writable;
  guint n_drained;
} Line;

static void
count_signal_cb (ZmqgSocket *socket,
                 guint      *n_signals)
{
  g_assert_false (zmqg_test_is_in_call ());
  (*n_signals)++;
}

static void
line_init (Line              *line,
           ZmqgTestTransport  transport)
{
  *line = (Line) { NULL };
  line->socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, transport, &line->endpoint);
  line->peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  zmqg_test_counter_connect (&line->counter, line->peer);
  zmqg_test_outcomes_init (&line->outcomes, MAX_ITEMS);
  g_signal_connect (line->socket, "writable", G_CALLBACK (count_signal_cb), &line->n_writable);
  g_signal_connect (line->socket, "drained", G_CALLBACK (count_signal_cb), &line->n_drained);
}

static void
line_clear (Line *line)
{
  zmqg_test_release (line->peer);
  zmqg_test_release (line->socket);
  zmqg_test_outcomes_clear (&line->outcomes);
  g_free (line->endpoint);
}

static void
line_send_async (Line *line,
                 guint n_messages,
                 gsize size)
{
  for (guint i = 0; i < n_messages; i++)
    zmqg_test_outcomes_send_index (&line->outcomes, line->n_sent++, line->socket, size, NULL);
}

static gboolean
line_try (Line  *line,
          gsize  size)
{
  g_autoptr (ZmqgMessage) message = zmqg_test_message_new (line->n_sent, size);
  g_autoptr (GError) error = NULL;
  gboolean taken;

  zmqg_test_call (taken = zmqg_socket_send (line->socket, message, &error));
  if (taken)
    line->n_sent++;
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);

  return taken;
}

static void
line_send (Line *line,
           guint n_messages)
{
  for (guint i = 0; i < n_messages; i++)
    g_assert_true (line_try (line, 0));
}

static void
line_assert (Line  *line,
             guint  length,
             gsize  bytes,
             guint  n_pending)
{
  g_assert_cmpint (zmqg_test_get_number (line->socket, "send-queue-length"), ==, length);
  g_assert_cmpint (zmqg_test_get_number (line->socket, "send-queue-bytes"), ==, bytes);
  g_assert_cmpint (zmqg_test_get_number (line->socket, "n-pending-operations"), ==, n_pending);
}

/* The peer comes and gets all, in order; who was refused is told that there is room */
static void
line_finish (Line  *line,
             guint  n_async,
             guint  n_writable)
{
  g_assert_cmpuint (line->n_writable, ==, 0);
  g_assert_true (zmqg_socket_connect_to (line->peer, line->endpoint, NULL));
  zmqg_test_wait_for (line->counter.n_messages == line->n_sent);
  zmqg_test_wait_for (line->outcomes.n_ended == n_async && line->n_drained == 1);
  zmqg_test_wait_for (line->n_writable == n_writable);
  zmqg_test_run_for (NULL, 5);
  g_assert_cmpuint (line->outcomes.n_succeeded, ==, n_async);
  g_assert_cmpuint (line->n_writable, ==, n_writable);
  line_assert (line, 0, 0, 0);
  g_assert_true (line_try (line, 0));
  zmqg_test_wait_for (line->counter.n_messages == line->n_sent);
  zmqg_test_outcomes_assert_released (&line->outcomes);
}

static void
test_count (gconstpointer data)
{
  Line line;

  line_init (&line, GPOINTER_TO_INT (data));
  zmqg_test_set_number (line.socket, "send-queue-limit", 10);
  line_send (&line, 4);
  line_send_async (&line, 11, 0);
  line_assert (&line, 10, 10 * 8, 11);
  g_assert_false (line_try (&line, 0));
  zmqg_test_run_for (NULL, 10);
  line_assert (&line, 10, 10 * 8, 11);
  g_assert_false (line_try (&line, 0));
  line_finish (&line, 11, 1);
  line_clear (&line);
}

static void
test_bytes (gconstpointer data)
{
  Line line;

  line_init (&line, GPOINTER_TO_INT (data));
  zmqg_test_set_number (line.socket, "send-queue-bytes-limit", 1000);
  line_send_async (&line, 1, 5000);
  line_assert (&line, 1, 5000, 1);
  line_send_async (&line, 1, 100);
  line_assert (&line, 1, 5000, 2);
  g_assert_false (line_try (&line, 0));
  line_finish (&line, 2, 1);
  line_clear (&line);

  line_init (&line, GPOINTER_TO_INT (data));
  zmqg_test_set_number (line.socket, "send-queue-bytes-limit", 1000);
  line_send_async (&line, 5, 300);
  line_assert (&line, 3, 900, 5);
  /* It would fit, but others wait for room */
  g_assert_false (line_try (&line, 50));
  line_finish (&line, 5, 1);
  line_clear (&line);
}

static void
check_mark (ZmqgTestTransport transport,
            guint             mark)
{
  const guint n_async = 20;
  guint n_inside = mark > 0 ? mark : n_async;
  Line line;

  line_init (&line, transport);
  g_assert_cmpint (zmqg_test_get_number (line.socket, "max-pending-operations"), ==, 1000);
  zmqg_test_set_number (line.socket, "max-pending-operations", mark);
  line_send (&line, 3);
  line_send_async (&line, n_inside, 0);
  line_assert (&line, 3 + n_inside, 8 * (3 + n_inside), n_inside);
  /* Nobody is in line yet */
  line_send (&line, 1);
  line_send_async (&line, n_async - n_inside, 0);
  line_assert (&line, 4 + n_inside, 8 * (4 + n_inside), n_async);
  if (mark == 0)
    line_send (&line, 1);
  else
    g_assert_false (line_try (&line, 0));
  line_finish (&line, n_async, mark == 0 ? 0 : 1);
  line_clear (&line);
}

static void
test_mark (gconstpointer data)
{
  check_mark (GPOINTER_TO_INT (data), 0);
  check_mark (GPOINTER_TO_INT (data), 1);
  check_mark (GPOINTER_TO_INT (data), 5);
}

/* When one in the queue is cancelled, the first in line moves up; when those in line are, there
 * is room for others */
static void
test_moving_up (gconstpointer data)
{
  g_autoptr (GCancellable) inside = g_cancellable_new ();
  g_autoptr (GCancellable) outside = g_cancellable_new ();
  Line line;

  line_init (&line, GPOINTER_TO_INT (data));
  zmqg_test_set_number (line.socket, "send-queue-limit", 5);
  for (guint i = 0; i < 9; i++)
    zmqg_test_outcomes_send_index (&line.outcomes, i, line.socket, i < 2 ? 50 : 100,
                                   i < 2 ? inside : i > 6 ? outside : NULL);
  line_assert (&line, 5, 400, 9);
  g_assert_false (line_try (&line, 0));
  zmqg_test_call (g_cancellable_cancel (inside));
  zmqg_test_wait_for (line.outcomes.n_ended == 2);
  line_assert (&line, 5, 500, 7);
  zmqg_test_call (g_cancellable_cancel (outside));
  zmqg_test_wait_for (line.outcomes.n_ended == 4);
  zmqg_test_run_for (NULL, 10);
  line_assert (&line, 5, 500, 5);
  g_assert_cmpuint (line.n_writable, ==, 0);

  zmqg_test_set_number (line.socket, "send-queue-limit", 6);
  zmqg_test_wait_for (line.n_writable == 1);
  line.n_sent = 7;
  line_send (&line, 1);
  line.n_writable = 0;
  line.outcomes.n_ended = 0;
  line.counter.next = 2;
  line.counter.n_messages = 2;
  g_assert_cmpuint (line.outcomes.n_succeeded, ==, 0);
  line_finish (&line, 5, 0);
  line_clear (&line);
}

/* Limits may be changed while somebody waits for room */
static void
test_change (gconstpointer data)
{
  Line line;

  line_init (&line, GPOINTER_TO_INT (data));
  zmqg_test_set_number (line.socket, "send-queue-limit", 5);
  zmqg_test_set_number (line.socket, "max-pending-operations", 2);
  line_send_async (&line, 20, 0);
  zmqg_test_run_for (NULL, 5);
  line_assert (&line, 2, 2 * 8, 20);
  zmqg_test_set_number (line.socket, "max-pending-operations", 4);
  zmqg_test_run_for (NULL, 5);
  line_assert (&line, 4, 4 * 8, 20);
  zmqg_test_set_number (line.socket, "max-pending-operations", 0);
  zmqg_test_run_for (NULL, 5);
  line_assert (&line, 5, 5 * 8, 20);
  g_assert_false (line_try (&line, 0));
  zmqg_test_set_number (line.socket, "send-queue-limit", 10);
  zmqg_test_run_for (NULL, 5);
  line_assert (&line, 10, 10 * 8, 20);
  g_assert_false (line_try (&line, 0));
  zmqg_test_set_number (line.socket, "send-queue-limit", 2);
  zmqg_test_run_for (NULL, 5);
  /* What has room keeps it */
  line_assert (&line, 10, 10 * 8, 20);
  line_finish (&line, 20, 1);
  line_clear (&line);
}

/* Nobody waits for a message that expires: it is none of the operations of the mark */
static void
test_expiring (gconstpointer data)
{
  Line line;

  line_init (&line, GPOINTER_TO_INT (data));
  zmqg_test_set_number (line.socket, "max-pending-operations", 2);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_message_new (line.n_sent++, 0);

      zmqg_message_set_expiry (message, ZMQG_TEST_DEADLINE);
      g_assert_true (zmqg_socket_send (line.socket, message, NULL));
    }
  line_assert (&line, 3, 3 * 8, 0);
  line_send_async (&line, 2, 0);
  line_assert (&line, 5, 5 * 8, 2);
  line_send (&line, 1);
  line_send_async (&line, 1, 0);
  line_assert (&line, 6, 6 * 8, 3);
  g_assert_false (line_try (&line, 0));
  line_finish (&line, 3, 1);
  line_clear (&line);
}

typedef struct
{
  Line *line;
  int n_refused;   /* atomic */
  int is_writable; /* atomic */
} Retry;

static void
retry_writable_cb (ZmqgSocket *socket,
                   Retry      *retry)
{
  g_atomic_int_set (&retry->is_writable, TRUE);
}

static gpointer
retry_thread (gpointer data)
{
  Retry *retry = data;

  for (guint i = 10; i < 60; i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_message_new (i, 0);

      for (;;)
        {
          g_autoptr (GError) error = NULL;
          gboolean taken;

          g_atomic_int_set (&retry->is_writable, FALSE);
          zmqg_test_call (taken = zmqg_socket_send (retry->line->socket, message, &error));
          if (taken)
            break;
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
          g_atomic_int_inc (&retry->n_refused);
          zmqg_test_poll_for (g_atomic_int_get (&retry->is_writable));
        }
    }

  return NULL;
}

/* A thread is refused while somebody is in line, and goes on when it is told to */
static void
test_thread (gconstpointer data)
{
  Retry retry = { NULL };
  GThread *thread;
  Line line;

  line_init (&line, GPOINTER_TO_INT (data));
  retry.line = &line;
  zmqg_test_set_number (line.socket, "max-pending-operations", 3);
  zmqg_test_set_number (line.socket, "send-queue-limit", 20);
  g_signal_connect (line.socket, "writable", G_CALLBACK (retry_writable_cb), &retry);
  line_send_async (&line, 10, 0);
  zmqg_test_run_for (NULL, 5);
  g_assert_true (g_main_context_acquire (NULL));
  thread = g_thread_new ("retry", retry_thread, &retry);
  zmqg_test_poll_for (g_atomic_int_get (&retry.n_refused) == 1);
  zmqg_test_run_for (NULL, 10);
  g_assert_cmpint (g_atomic_int_get (&retry.n_refused), ==, 1);
  line_assert (&line, 3, 3 * 8, 10);
  g_assert_true (zmqg_socket_connect_to (line.peer, line.endpoint, NULL));
  zmqg_test_wait_for (line.counter.n_messages == 60);
  g_thread_join (thread);
  g_main_context_release (NULL);
  line_clear (&line);
}

static gpointer
stubborn_thread (gpointer data)
{
  Line *line = data;
  guint n_refused = 0;

  for (guint i = 0; i < 1000000; i++)
    {
      if (!line_try (line, 10000))
        n_refused++;
    }

  return GUINT_TO_POINTER (n_refused);
}

/* Scenario 19: a million tries with nobody to send to */
static void
check_no_peer (ZmqgTestTransport transport,
               gboolean          by_thread)
{
  gsize before = zmqg_test_get_rss ();
  guint n_refused;
  Line line;

  line_init (&line, transport);
  g_assert_true (g_main_context_acquire (NULL));
  if (by_thread)
    n_refused = GPOINTER_TO_UINT (
      g_thread_join (g_thread_new ("stubborn", stubborn_thread, &line)));
  else
    n_refused = GPOINTER_TO_UINT (stubborn_thread (&line));
  g_main_context_release (NULL);
  g_assert_cmpuint (n_refused, ==, 1000000 - 1000);
  line_assert (&line, 1000, 1000 * 10000, 0);
  if (zmqg_test_rss_is_meaningful ())
    g_assert_cmpuint (zmqg_test_get_rss (), <, before + 20 * MEBIBYTE);
  zmqg_test_run_for (NULL, 10);
  line_finish (&line, 0, 1);
  line_clear (&line);
}

static void
test_no_peer (gconstpointer data)
{
  check_no_peer (GPOINTER_TO_INT (data), FALSE);
}

static void
test_no_peer_by_thread (gconstpointer data)
{
  check_no_peer (GPOINTER_TO_INT (data), TRUE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/send-limits/count", test_count);
  zmqg_test_add_transports ("/send-limits/bytes", test_bytes);
  zmqg_test_add_transports ("/send-limits/mark", test_mark);
  zmqg_test_add_transports ("/send-limits/moving-up", test_moving_up);
  zmqg_test_add_transports ("/send-limits/change", test_change);
  zmqg_test_add_transports ("/send-limits/expiring", test_expiring);
  zmqg_test_add_transports ("/send-limits/thread", test_thread);
  zmqg_test_add_transports ("/operations/scenario-19/owner", test_no_peer);
  zmqg_test_add_transports ("/operations/scenario-19/thread", test_no_peer_by_thread);

  return g_test_run ();
}
