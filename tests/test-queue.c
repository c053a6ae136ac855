/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

/* What a sending socket tells, in the order in which it does */
typedef struct
{
  ZmqgSocket *socket;
  GString *story;
  guint64 next_sent;
  guint64 next_failed;
  guint n_writable;
  guint n_drained;
  guint n_closed;
  guint n_lengths;
  gint64 last_length;
  /* Inside a call of this test's */
  gboolean calling;
  gint64 high_water_mark;
} Teller;

static void
teller_sent_cb (ZmqgSocket  *socket,
                ZmqgMessage *message,
                Teller      *teller)
{
  g_assert_false (teller->calling);
  g_assert_cmpuint (zmqg_test_message_get_number (message), ==, teller->next_sent);
  teller->next_sent++;
  g_string_append_c (teller->story, 's');
}

static void
teller_failed_cb (ZmqgSocket   *socket,
                  ZmqgMessage  *message,
                  const GError *error,
                  Teller       *teller)
{
  g_assert_false (teller->calling);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_cmpuint (zmqg_test_message_get_number (message), ==, teller->next_failed);
  teller->next_failed++;
  g_string_append_c (teller->story, 'f');
}

static void
teller_writable_cb (ZmqgSocket *socket,
                    Teller     *teller)
{
  g_assert_false (teller->calling);
  teller->n_writable++;
  g_string_append_c (teller->story, 'w');
}

static void
teller_drained_cb (ZmqgSocket *socket,
                   Teller     *teller)
{
  g_assert_false (teller->calling);
  g_assert_cmpint (zmqg_test_get_number (socket, "send-queue-length"), ==, 0);
  teller->n_drained++;
  g_string_append_c (teller->story, 'd');
}

static void
teller_closed_cb (ZmqgSocket *socket,
                  Teller     *teller)
{
  g_assert_false (teller->calling);
  teller->n_closed++;
  g_string_append_c (teller->story, 'c');
}

static void
teller_length_cb (ZmqgSocket *socket,
                  GParamSpec *pspec,
                  Teller     *teller)
{
  g_assert_false (teller->calling);
  teller->n_lengths++;
  teller->last_length = zmqg_test_get_number (socket, "send-queue-length");
}

static char *
teller_init (Teller            *teller,
             ZmqgTestTransport  transport,
             guint              limit)
{
  char *endpoint = NULL;

  /* libzmq takes nothing for a bound PUSH without a peer */
  teller->socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  if (teller->high_water_mark > 0)
    zmqg_test_set_number (teller->socket, "send-high-water-mark", teller->high_water_mark);
  zmqg_test_bind_free (teller->socket, transport, &endpoint);
  teller->story = g_string_new (NULL);
  zmqg_test_set_number (teller->socket, "send-queue-limit", limit);
  g_signal_connect (teller->socket, "message-sent", G_CALLBACK (teller_sent_cb), teller);
  g_signal_connect (teller->socket, "send-failed", G_CALLBACK (teller_failed_cb), teller);
  g_signal_connect (teller->socket, "writable", G_CALLBACK (teller_writable_cb), teller);
  g_signal_connect (teller->socket, "drained", G_CALLBACK (teller_drained_cb), teller);
  g_signal_connect (teller->socket, "closed", G_CALLBACK (teller_closed_cb), teller);
  g_signal_connect (teller->socket, "notify::send-queue-length", G_CALLBACK (teller_length_cb),
                    teller);

  return endpoint;
}

static void
teller_clear (Teller *teller)
{
  zmqg_test_release (teller->socket);
  g_string_free (teller->story, TRUE);
}

/* Sends numbers until one is refused, or up to that many; returns how many were taken */
static guint
teller_send (Teller *teller,
             guint   first,
             guint   n_messages,
             gsize   size)
{
  for (guint i = 0; i < n_messages; i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_message_new (first + i, size);
      g_autoptr (GError) error = NULL;
      gboolean taken;

      teller->calling = TRUE;
      taken = zmqg_socket_send (teller->socket, message, &error);
      teller->calling = FALSE;
      if (!taken)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
          return i;
        }
      g_assert_no_error (error);
    }

  return n_messages;
}

static void
assert_story (Teller     *teller,
              guint       n_sent,
              guint       n_failed,
              const char *end)
{
  g_autoptr (GString) expected = g_string_new (NULL);

  for (guint i = 0; i < n_sent; i++)
    g_string_append_c (expected, 's');
  for (guint i = 0; i < n_failed; i++)
    g_string_append_c (expected, 'f');
  g_string_append (expected, end);
  g_assert_cmpstr (teller->story->str, ==, expected->str);
}

static void
test_limit (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) late = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  ZmqgTestCounter counter = { 0 };
  Teller teller = { NULL };

  endpoint = teller_init (&teller, GPOINTER_TO_INT (data), 10);
  zmqg_test_counter_connect (&counter, late);
  g_assert_cmpuint (teller_send (&teller, 0, 20, 100), ==, 10);
  g_assert_cmpint (zmqg_test_get_number (teller.socket, "send-queue-length"), ==, 10);
  g_assert_cmpint (zmqg_test_get_number (teller.socket, "send-queue-bytes"), ==, 1000);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpstr (teller.story->str, ==, "");
  g_assert_cmpint (teller.last_length, ==, 10);
  g_assert_cmpuint (teller_send (&teller, 10, 1, 100), ==, 0);

  g_assert_true (zmqg_socket_connect_to (late, endpoint, NULL));
  zmqg_test_wait_for (teller.n_drained > 0 && teller.n_writable > 0);
  zmqg_test_wait_for (counter.n_messages == 10);
  g_assert_cmpint (zmqg_test_get_number (teller.socket, "send-queue-bytes"), ==, 0);
  g_assert_cmpint (teller.last_length, ==, 0);
  g_assert_cmpuint (teller.next_sent, ==, 10);
  g_assert_cmpuint (teller.n_writable, ==, 1);
  g_assert_cmpuint (teller.n_drained, ==, 1);
  g_assert_cmpint (strrchr (teller.story->str, 's') - teller.story->str, <,
                   strchr (teller.story->str, 'd') - teller.story->str);
  teller_clear (&teller);
}

/* Nothing was queued: the socket neither became writable nor was it drained */
static void
test_direct (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) peer = NULL;
  ZmqgTestCounter counter = { 0 };
  Teller teller = { NULL };

  endpoint = teller_init (&teller, GPOINTER_TO_INT (data), 10);
  peer = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PULL, endpoint);
  zmqg_test_counter_connect (&counter, peer);
  zmqg_test_poll_for ((zmqg_socket_condition_check (teller.socket, G_IO_OUT) & G_IO_OUT) != 0);
  g_assert_cmpuint (teller_send (&teller, 0, 50, 100), ==, 50);
  g_assert_cmpint (zmqg_test_get_number (teller.socket, "send-queue-length"), ==, 0);
  g_assert_cmpuint (teller.next_sent, ==, 0);
  zmqg_test_wait_for (counter.n_messages == 50 && teller.next_sent == 50);
  assert_story (&teller, 50, 0, "");
  teller_clear (&teller);
}

static void
test_bytes_limit (void)
{
  g_autofree char *endpoint = NULL;
  Teller teller = { NULL };

  endpoint = teller_init (&teller, ZMQG_TEST_INPROC, 1000);
  zmqg_test_set_number (teller.socket, "send-queue-bytes-limit", 1000);
  g_assert_cmpuint (teller_send (&teller, 0, 10, 300), ==, 3);
  g_assert_cmpint (zmqg_test_get_number (teller.socket, "send-queue-bytes"), ==, 900);
  g_assert_cmpuint (teller_send (&teller, 3, 10, 50), ==, 2);
  g_assert_cmpint (zmqg_test_get_number (teller.socket, "send-queue-bytes"), ==, 1000);
  zmqg_test_run_for (NULL, 5);
  g_assert_cmpstr (teller.story->str, ==, "");
  teller_clear (&teller);
}

/* A refused message stays the caller's, and one that was sent may be sent again */
static void
test_same_message (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) late = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (ZmqgMessage) message = zmqg_test_message_new (0, 5000);
  g_autoptr (GError) error = NULL;
  Teller teller = { NULL };

  endpoint = teller_init (&teller, GPOINTER_TO_INT (data), 3);
  g_signal_handlers_disconnect_by_data (teller.socket, &teller);
  for (guint i = 0; i < 3; i++)
    g_assert_true (zmqg_socket_send (teller.socket, message, NULL));
  g_assert_false (zmqg_socket_send (teller.socket, message, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_cmpuint (zmqg_test_message_get_number (message), ==, 0);

  g_assert_true (zmqg_socket_connect_to (late, endpoint, NULL));
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (ZmqgMessage) received = NULL;

      zmqg_test_wait_for ((received = zmqg_socket_try_receive (late, NULL)) != NULL);
      g_assert_cmpuint (zmqg_message_get_size (received), ==, 5000);
      if (i == 2)
        g_assert_true (zmqg_socket_send (teller.socket, message, NULL));
    }
  teller_clear (&teller);
}

/* What libzmq never took is reported, one by one, and then the socket is closed */
static void
test_failed_at_close (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocketStatistics) statistics = NULL;
  Teller teller = { NULL };

  endpoint = teller_init (&teller, GPOINTER_TO_INT (data), 10);
  g_assert_cmpuint (teller_send (&teller, 0, 5, 100), ==, 5);
  teller.calling = TRUE;
  zmqg_socket_close (teller.socket);
  teller.calling = FALSE;
  zmqg_test_wait_for (teller.n_closed > 0);
  zmqg_test_run_for (NULL, 10);
  assert_story (&teller, 0, 5, "c");
  statistics = zmqg_socket_get_statistics (teller.socket);
  g_assert_cmpuint (statistics->send_failures, ==, 5);
  teller_clear (&teller);
}

static gpointer
send_thread (gpointer data)
{
  zmqg_test_send_number (data, 0);

  return NULL;
}

static gpointer
send_letter_thread (gpointer data)
{
  const char *const frames[] = { "nobody", "a letter", NULL };
  g_autoptr (GError) error = NULL;

  zmqg_socket_send_strv (data, frames, &error);
  g_assert_no_error (error);

  return NULL;
}

static gboolean
send_from_thread_cb (gpointer user_data)
{
  g_thread_join (g_thread_new ("send", send_letter_thread, user_data));

  return G_SOURCE_REMOVE;
}

static void
unreachable_cb (ZmqgSocket   *socket,
                ZmqgMessage  *message,
                const GError *error,
                guint        *n_failed)
{
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE);
  g_assert_cmpuint (zmqg_message_get_n_frames (message), ==, 2);
  (*n_failed)++;
}

/* The caller is told at once where that is possible, and by the signal where it is not */
static void
test_unreachable (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("nobody");
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_ROUTER);
  guint n_failed = 0;

  zmqg_test_set_number (socket, "router-mandatory", TRUE);
  g_signal_connect (socket, "send-failed", G_CALLBACK (unreachable_cb), &n_failed);
  zmqg_message_append_string (message, "a letter");
  g_assert_false (zmqg_socket_send (socket, message, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE);
  zmqg_test_run_for (NULL, 5);
  g_assert_cmpuint (n_failed, ==, 0);

  g_idle_add (send_from_thread_cb, socket);
  zmqg_test_wait_for (n_failed > 0);
  zmqg_test_run_for (NULL, 5);
  g_assert_cmpuint (n_failed, ==, 1);
  zmqg_test_release (socket);
}

static gboolean
fill_cb (gpointer user_data)
{
  Teller *teller = user_data;

  g_thread_join (g_thread_new ("send", send_thread, teller->socket));
  g_assert_cmpuint (teller_send (teller, 1, 4, 0), ==, 4);
  g_assert_cmpint (zmqg_test_get_number (teller->socket, "send-queue-length"), ==, 5);
  g_assert_cmpuint (teller_send (teller, 5, 1, 0), ==, 0);

  return G_SOURCE_REMOVE;
}

/* Messages of other threads count against the limit, and keep their place */
static void
test_thread_and_owner (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  g_autoptr (ZmqgSocketStatistics) statistics = NULL;
  Teller teller = { NULL };

  endpoint = teller_init (&teller, GPOINTER_TO_INT (data), 5);
  g_idle_add (fill_cb, &teller);
  zmqg_test_run_for (NULL, 20);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PULL, -1, 0, zmqg_test_peer_sink);
  zmqg_test_wait_for (teller.n_drained > 0);
  g_assert_cmpuint (teller.next_sent, ==, 5);
  zmqg_test_poll_for (g_atomic_int_get (&peer->n_received) == 5);

  statistics = zmqg_socket_get_statistics (teller.socket);
  g_assert_cmpuint (statistics->messages_sent, ==, 5);
  g_assert_cmpuint (statistics->bytes_sent, ==, 5 * sizeof (guint64));
  teller_clear (&teller);
}

/* The peer is slow, its buffers fill, and the queue does its work over and over */
static void
slow_sink (ZmqgTestPeer *peer)
{
  guint64 next = 0, number;

  while (!zmqg_test_peer_is_stopping (peer))
    {
      if (zmqg_test_peer_receive (peer, &number) == 0)
        continue;
      g_assert_cmpuint (number, ==, next++);
      if (number % 500 == 0)
        g_usleep (1000);
    }
}

static void
test_back_pressure (gconstpointer data)
{
  const guint n_messages = 5000;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  Teller teller = { .high_water_mark = 10 };
  guint n_sent = 0, n_full = 0;

  endpoint = teller_init (&teller, GPOINTER_TO_INT (data), 50);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PULL, 10, 0, slow_sink);
  while (n_sent < n_messages)
    {
      guint n_writable = teller.n_writable;

      n_sent += teller_send (&teller, n_sent, n_messages - n_sent, 8192);
      if (n_sent < n_messages)
        {
          /* The peer makes room before the loop tells of what libzmq took at once: that comes
           * first all the same. */
          if (n_full++ < 5)
            g_usleep (ZMQG_TEST_SETTLE);
          zmqg_test_wait_for (teller.n_writable == n_writable + 1);
        }
    }
  while ((guint) g_atomic_int_get (&peer->n_received) < n_messages)
    zmqg_test_run_for (NULL, 5);
  zmqg_test_wait_for (teller.next_sent == n_messages);

  g_assert_cmpuint (n_full, >, 0);
  g_assert_cmpuint (teller.n_writable, ==, n_full);
  g_assert_cmpint (zmqg_test_get_number (teller.socket, "send-queue-length"), ==, 0);
  g_assert_cmpuint (teller.n_lengths, >, 0);
  teller_clear (&teller);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/queue/limit", test_limit);
  zmqg_test_add_transports ("/queue/direct", test_direct);
  g_test_add_func ("/queue/bytes-limit", test_bytes_limit);
  zmqg_test_add_transports ("/queue/same-message", test_same_message);
  zmqg_test_add_transports ("/queue/failed-at-close", test_failed_at_close);
  g_test_add_func ("/queue/unreachable", test_unreachable);
  zmqg_test_add_transports ("/queue/thread-and-owner", test_thread_and_owner);
  zmqg_test_add_transports ("/queue/back-pressure", test_back_pressure);

  return g_test_run ();
}
