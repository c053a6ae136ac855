/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-story.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

/* A socket with something of every kind that waits: libzmq takes nothing for a bound DEALER without
 * a peer. */
typedef struct
{
  ZmqgContext *context;
  ZmqgSocket *socket;
  GCancellable *cancellable;
  ZmqgTestStory story;
} Crowd;

static void
crowd_init (Crowd             *crowd,
            ZmqgTestTransport  transport)
{
  g_autoptr (GError) error = NULL;

  crowd->context = zmqg_context_new ();
  crowd->cancellable = g_cancellable_new ();
  crowd->socket = zmqg_socket_new_with_context (crowd->context, ZMQG_SOCKET_TYPE_DEALER, &error);
  g_assert_no_error (error);
  zmqg_test_set_number (crowd->socket, "linger", 60000);
  zmqg_test_bind_free (crowd->socket, transport, NULL);
  zmqg_test_story_init (&crowd->story);
  zmqg_test_story_watch (&crowd->story, crowd->socket);

  zmqg_test_story_receive (&crowd->story, crowd->socket, crowd->cancellable);
  for (guint i = 0; i < 3; i++)
    zmqg_test_story_receive (&crowd->story, crowd->socket, NULL);
  for (guint i = 0; i < 4; i++)
    {
      zmqg_test_send_number (crowd->socket, 2 * i);
      zmqg_test_story_send (&crowd->story, crowd->socket, 2 * i + 1, 0, NULL);
    }
  zmqg_test_send_number (crowd->socket, 8);
  zmqg_test_story_flush (&crowd->story, crowd->socket, NULL);
  zmqg_test_story_close (&crowd->story, crowd->socket, NULL);
  zmqg_test_story_close (&crowd->story, crowd->socket, NULL);
}

static void
crowd_clear (Crowd *crowd)
{
  zmqg_test_release (crowd->socket);
  zmqg_test_story_clear (&crowd->story);
  g_object_unref (crowd->cancellable);
  g_object_unref (crowd->context);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Crowd, crowd_clear)

/* Each once, in order, and nothing more; @n_cancelled: of the receives */
static void
assert_ended (Crowd *crowd,
              guint  n_cancelled)
{
  zmqg_test_wait_for (zmqg_test_story_count (&crowd->story, "closed") > 0);
  g_assert_true (zmqg_socket_is_closed (crowd->socket));
  zmqg_test_run_for (NULL, 20);
  zmqg_test_story_check_order (&crowd->story);
  g_assert_cmpuint (zmqg_test_story_count (&crowd->story, "receive!cancelled"), ==, n_cancelled);
  g_assert_cmpuint (zmqg_test_story_count (&crowd->story, "receive"), ==, 4);
  g_assert_cmpuint (zmqg_test_story_count (&crowd->story, "send"), ==, 4);
  g_assert_cmpuint (zmqg_test_story_count (&crowd->story, "flush"), ==, 1);
  g_assert_cmpuint (zmqg_test_story_count (&crowd->story, "failed"), ==, 5);
  g_assert_cmpuint (zmqg_test_story_count (&crowd->story, "close=9"), ==, 2);
  g_assert_cmpuint (zmqg_test_story_count (&crowd->story, "closed"), ==, 1);
  g_assert_cmpint (zmqg_test_get_number (crowd->socket, "n-pending-operations"), ==, 0);
}

static void
assert_ended_closed (Crowd *crowd)
{
  assert_ended (crowd, 0);
  g_assert_cmpuint (zmqg_test_story_count (&crowd->story, "receive!closed"), ==, 4);
  g_assert_cmpuint (zmqg_test_story_count (&crowd->story, "send!closed"), ==, 4);
  g_assert_cmpuint (zmqg_test_story_count (&crowd->story, "flush!closed"), ==, 1);
  g_assert_cmpuint (zmqg_test_story_count (&crowd->story, "failed!closed"), ==, 5);
  g_assert_cmpuint (zmqg_test_story_count (&crowd->story, "error"), ==, 0);
}

static void
test_close (gconstpointer data)
{
  g_auto (Crowd) crowd = { NULL };

  crowd_init (&crowd, GPOINTER_TO_INT (data));
  crowd.story.calling = TRUE;
  zmqg_socket_close (crowd.socket);
  zmqg_socket_close (crowd.socket);
  crowd.story.calling = FALSE;
  assert_ended_closed (&crowd);
}

/* The same after what was submitted has been through dispatches */
static void
test_close_later (gconstpointer data)
{
  g_auto (Crowd) crowd = { NULL };

  crowd_init (&crowd, GPOINTER_TO_INT (data));
  zmqg_test_run_for (NULL, 20);
  zmqg_test_assert_story (&crowd.story, "");
  crowd.story.calling = TRUE;
  zmqg_socket_close (crowd.socket);
  crowd.story.calling = FALSE;
  assert_ended_closed (&crowd);
}

static gpointer
close_thread (gpointer data)
{
  zmqg_socket_close (data);

  return NULL;
}

static void
test_close_in_thread (gconstpointer data)
{
  g_auto (Crowd) crowd = { NULL };

  crowd_init (&crowd, GPOINTER_TO_INT (data));
  crowd.story.calling = TRUE;
  zmqg_test_run_in_thread (close_thread, crowd.socket);
  crowd.story.calling = FALSE;
  assert_ended_closed (&crowd);
}

static void
close_first_cb (ZmqgTestStory *story,
                ZmqgSocket    *socket,
                const char    *word)
{
  if (g_str_equal (word, "receive!cancelled"))
    {
      story->calling = TRUE;
      zmqg_socket_close (socket);
      story->calling = FALSE;
    }
}

/* From the callback of one of the operations */
static void
test_close_in_callback (gconstpointer data)
{
  g_auto (Crowd) crowd = { NULL };

  crowd_init (&crowd, GPOINTER_TO_INT (data));
  crowd.story.func = close_first_cb;
  g_cancellable_cancel (crowd.cancellable);
  assert_ended (&crowd, 1);
  g_assert_cmpuint (zmqg_test_story_count (&crowd.story, "receive!closed"), ==, 3);
}

static void
test_terminate (gconstpointer data)
{
  g_auto (Crowd) crowd = { NULL };

  crowd_init (&crowd, GPOINTER_TO_INT (data));
  zmqg_test_set_number (crowd.socket, "linger", 30);
  crowd.story.calling = TRUE;
  zmqg_context_terminate_async (crowd.context, NULL, NULL, NULL);
  crowd.story.calling = FALSE;
  assert_ended_closed (&crowd);
}

static void
test_linger (gconstpointer data)
{
  g_auto (Crowd) crowd = { NULL };

  crowd_init (&crowd, GPOINTER_TO_INT (data));
  zmqg_test_set_number (crowd.socket, "linger", 30);
  zmqg_test_story_close (&crowd.story, crowd.socket, crowd.cancellable);
  zmqg_test_wait_for (zmqg_test_story_count (&crowd.story, "closed") > 0);
  g_assert_cmpuint (zmqg_test_story_count (&crowd.story, "close=9"), ==, 3);
  zmqg_test_story_check_order (&crowd.story);
}

/* Whoever learns of the end and tries again is told so, and waits for nothing */
static void
try_again_cb (ZmqgTestStory *story,
              ZmqgSocket    *socket,
              const char    *word)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("again");
  g_autoptr (GError) error = NULL;
  guint *n_left = story->user_data;

  if (*n_left == 0)
    return;

  (*n_left)--;
  story->calling = TRUE;
  g_assert_false (zmqg_socket_send (socket, message, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  zmqg_socket_close (socket);
  story->calling = FALSE;
  zmqg_test_story_send (story, socket, 0, 0, NULL);
  zmqg_test_story_receive (story, socket, NULL);
}

static void
test_pending (gconstpointer data)
{
  g_auto (ZmqgTestStory) story;
  ZmqgSocket *socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_DEALER,
                                                   GPOINTER_TO_INT (data), NULL);
  guint n_left = 20;

  zmqg_test_story_init (&story);
  zmqg_test_story_watch (&story, socket);
  story.func = try_again_cb;
  story.user_data = &n_left;
  for (guint i = 0; i < 10; i++)
    {
      zmqg_test_story_receive (&story, socket, NULL);
      zmqg_test_story_send (&story, socket, i, 0, NULL);
    }
  g_assert_cmpint (zmqg_test_get_number (socket, "n-pending-operations"), ==, 20);
  story.calling = TRUE;
  zmqg_socket_close (socket);
  story.calling = FALSE;

  zmqg_test_wait_for (zmqg_test_story_count (&story, "receive") == 30 &&
                      zmqg_test_story_count (&story, "send") == 30);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (n_left, ==, 0);
  g_assert_cmpuint (zmqg_test_story_count (&story, "receive!closed"), ==, 30);
  g_assert_cmpuint (zmqg_test_story_count (&story, "send!closed"), ==, 30);
  g_assert_cmpuint (zmqg_test_story_count (&story, "closed"), ==, 1);
  zmqg_test_release (socket);
}

/* With nothing that waits, and with a source */
static gboolean
source_cb (ZmqgSocket   *socket,
           GIOCondition  condition,
           gpointer      user_data)
{
  (*(guint *) user_data)++;

  return (condition & G_IO_NVAL) == 0;
}

static void
terminated_cb (ZmqgSocket   *socket,
               const GError *error,
               guint        *n_terminated)
{
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_TERMINATED);
  (*n_terminated)++;
}

/* By the end of the context, or of the socket that follows from it */
static void
assert_terminated (Crowd      *crowd,
                   const char *word,
                   guint       n)
{
  g_autofree char *terminated = g_strconcat (word, "!terminated", NULL);
  g_autofree char *closed = g_strconcat (word, "!closed", NULL);

  g_assert_cmpuint (zmqg_test_story_count (&crowd->story, terminated) +
                    zmqg_test_story_count (&crowd->story, closed), ==, n);
}

static ZmqgSocket *
new_idle (Crowd          *crowd,
          ZmqgSocketType  type,
          guint          *n_terminated)
{
  g_autoptr (GError) error = NULL;
  ZmqgSocket *socket = zmqg_socket_new_with_context (crowd->context, type, &error);

  g_assert_no_error (error);
  g_signal_connect (socket, "error-occurred", G_CALLBACK (terminated_cb), n_terminated);

  return socket;
}

static void
test_shut_down (gconstpointer data)
{
  g_auto (Crowd) crowd = { NULL };
  g_autoptr (ZmqgSocket) idle = NULL, paused = NULL;
  guint n_terminated = 0;
  g_autoptr (GSource) source = NULL;
  guint n_called = 0;
  gint64 begun;

  crowd_init (&crowd, GPOINTER_TO_INT (data));
  idle = new_idle (&crowd, ZMQG_SOCKET_TYPE_PUSH, &n_terminated);
  paused = new_idle (&crowd, ZMQG_SOCKET_TYPE_PULL, &n_terminated);
  zmqg_test_set_number (paused, "paused", TRUE);
  source = zmqg_socket_create_source (paused, G_IO_IN, NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (source_cb), &n_called, NULL);
  g_source_attach (source, NULL);
  zmqg_test_run_for (NULL, 20);

  zmq_ctx_shutdown (zmqg_context_get_handle (crowd.context));
  zmqg_test_wait_for (zmqg_socket_is_closed (idle) && zmqg_socket_is_closed (paused));
  assert_ended (&crowd, 0);
  g_assert_cmpuint (zmqg_test_story_count (&crowd.story, "error!terminated"), ==, 1);
  assert_terminated (&crowd, "receive", 4);
  assert_terminated (&crowd, "send", 4);
  assert_terminated (&crowd, "flush", 1);
  assert_terminated (&crowd, "failed", 5);
  g_assert_cmpuint (n_terminated, ==, 2);
  g_assert_cmpuint (n_called, ==, 1);
  g_assert_true (g_source_is_destroyed (source));

  begun = zmqg_test_get_process_cpu_time ();
  g_assert_cmpuint (zmqg_test_run_for (NULL, 300), <=, 3);
  g_assert_cmpint (zmqg_test_get_process_cpu_time () - begun, <, 30000);
}

/* One message that libzmq refuses is no reason to give up those behind it. */
static gpointer
send_letters_thread (gpointer data)
{
  const char *const letters[][3] = {
    { "nobody", "0", NULL }, { "a", "1", NULL }, { "nobody", "2", NULL }, { "a", "3", NULL },
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    {
      zmqg_socket_send_strv (data, letters[i], &error);
      g_assert_no_error (error);
    }

  return NULL;
}

static void
test_refused (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_auto (ZmqgTestStory) story;
  ZmqgSocket *router = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_ROUTER);
  g_autoptr (ZmqgSocket) peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);
  g_autoptr (ZmqgMessage) hello = NULL;
  const char *expected[] = { "1", "3" };

  zmqg_test_story_init (&story);
  zmqg_test_story_watch (&story, router);
  zmqg_test_set_number (router, "router-mandatory", TRUE);
  zmqg_test_bind_free (router, GPOINTER_TO_INT (data), &endpoint);
  g_assert_true (zmqg_socket_set_option_string (peer, ZMQ_ROUTING_ID, "a", NULL));
  g_assert_true (zmqg_socket_connect_to (peer, endpoint, NULL));
  g_assert_true (zmqg_socket_send_string (peer, "hello", NULL));
  zmqg_test_poll_for ((hello = zmqg_socket_try_receive (router, NULL)) != NULL);

  zmqg_test_run_in_thread (send_letters_thread, router);
  zmqg_socket_close (router);
  zmqg_test_wait_for (zmqg_test_story_count (&story, "closed") > 0);
  zmqg_test_assert_story (&story, "failed!host-unreachable*2 closed");
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (ZmqgMessage) letter = NULL;
      g_autofree char *text = NULL;

      zmqg_test_poll_for ((letter = zmqg_socket_try_receive (peer, NULL)) != NULL);
      text = zmqg_message_get_string (letter, 0, NULL);
      g_assert_cmpstr (text, ==, expected[i]);
    }
  zmqg_test_release (router);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/close-order/close", test_close);
  zmqg_test_add_transports ("/close-order/close-later", test_close_later);
  zmqg_test_add_transports ("/close-order/close-in-thread", test_close_in_thread);
  zmqg_test_add_transports ("/close-order/close-in-callback", test_close_in_callback);
  zmqg_test_add_transports ("/close-order/terminate", test_terminate);
  zmqg_test_add_transports ("/close-order/linger", test_linger);
  zmqg_test_add_transports ("/close-order/refused", test_refused);
  zmqg_test_add_transports ("/scenario/22/pending-at-close", test_pending);
  zmqg_test_add_transports ("/scenario/28/shut-down", test_shut_down);

  return g_test_run ();
}
