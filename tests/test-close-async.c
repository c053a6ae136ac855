/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-story.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

/* In order only, and slowly */
static void
slow_sink (ZmqgTestPeer *peer)
{
  guint64 next = 0, number;

  while (!zmqg_test_peer_is_stopping (peer))
    {
      if (zmqg_test_peer_receive (peer, &number) == 0)
        continue;
      g_assert_cmpuint (number, ==, next++);
      g_usleep (300);
    }
}

/* libzmq takes nothing for a bound PUSH without a peer */
typedef struct
{
  ZmqgSocket *socket;
  char *endpoint;
  ZmqgTestStory story;
  guint64 next;
} Sender;

static void
sender_init (Sender            *sender,
             ZmqgTestTransport  transport,
             int                linger)
{
  sender->next = 0;
  sender->socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  zmqg_test_set_number (sender->socket, "send-high-water-mark", 1);
  zmqg_test_set_number (sender->socket, "linger", linger);
  zmqg_test_bind_free (sender->socket, transport, &sender->endpoint);
  zmqg_test_story_init (&sender->story);
  zmqg_test_story_watch (&sender->story, sender->socket);
}

static void
sender_clear (Sender *sender)
{
  if (sender->socket != NULL)
    zmqg_test_release (sender->socket);
  zmqg_test_story_clear (&sender->story);
  g_free (sender->endpoint);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sender, sender_clear)

static void
sender_send (Sender *sender,
             guint   n_messages)
{
  for (guint i = 0; i < n_messages; i++)
    zmqg_test_send_number (sender->socket, sender->next++);
}

static void
sender_send_async (Sender *sender,
                   guint   n_messages)
{
  for (guint i = 0; i < n_messages; i++)
    zmqg_test_story_send (&sender->story, sender->socket, sender->next++, 0, NULL);
}

static void
sender_close (Sender       *sender,
              GCancellable *cancellable)
{
  zmqg_test_story_close (&sender->story, sender->socket, cancellable);
}

static guint
sender_count (Sender     *sender,
              const char *word)
{
  return zmqg_test_story_count (&sender->story, word);
}

/* Over ipc a receiver at its high-water mark (libzmq 4.3.4, stream_engine_base.cpp) drops what the
 * kernel still holds for it when the sender goes: there it has none. */
static ZmqgTestPeer *
start_slow_sink (Sender            *sender,
                 ZmqgTestTransport  transport)
{
  return zmqg_test_peer_start (sender->endpoint, ZMQ_PULL, transport == ZMQG_TEST_IPC ? 0 : 1, 0,
                               slow_sink);
}

static guint64
sender_count_sent (Sender *sender)
{
  g_autoptr (ZmqgSocketStatistics) statistics = zmqg_socket_get_statistics (sender->socket);

  return statistics->messages_sent;
}

static void
test_drains (gconstpointer data)
{
  g_auto (Sender) sender = { NULL };
  g_autoptr (ZmqgTestPeer) peer = NULL;

  sender_init (&sender, GPOINTER_TO_INT (data), 10000);
  for (guint i = 0; i < 50; i++)
    {
      sender_send (&sender, 1);
      sender_send_async (&sender, 1);
    }
  sender_close (&sender, NULL);
  zmqg_test_run_for (NULL, 50);
  zmqg_test_assert_story (&sender.story, "");
  g_assert_false (zmqg_socket_is_closed (sender.socket));

  peer = start_slow_sink (&sender, GPOINTER_TO_INT (data));
  zmqg_test_wait_for (sender_count (&sender, "closed") > 0);
  zmqg_test_assert_story (&sender.story, "send*50 close=0 closed");
  /* It was the peer that it waited for */
  if (GPOINTER_TO_INT (data) == ZMQG_TEST_INPROC)
    g_assert_cmpint (g_atomic_int_get (&peer->n_received), >=, 90);
  zmqg_test_poll_for (g_atomic_int_get (&peer->n_received) == 100);
}

/* The last reference of the user's goes: the operation has one of its own */
static void
test_drains_dropped (gconstpointer data)
{
  g_auto (Sender) sender = { NULL };
  g_autoptr (ZmqgTestPeer) peer = NULL;

  sender_init (&sender, GPOINTER_TO_INT (data), 10000);
  sender_send (&sender, 20);
  sender_close (&sender, NULL);
  g_object_add_weak_pointer (G_OBJECT (sender.socket), (gpointer *) &sender.socket);
  g_object_unref (sender.socket);
  g_assert_nonnull (sender.socket);

  peer = start_slow_sink (&sender, GPOINTER_TO_INT (data));
  zmqg_test_wait_for (sender.socket == NULL);
  zmqg_test_assert_story (&sender.story, "close=0 closed");
  zmqg_test_poll_for (g_atomic_int_get (&peer->n_received) == 20);
}

/* Nothing waits: closed at once, even with a linger without end */
static void
test_nothing_waits (gconstpointer data)
{
  g_auto (Sender) sender = { NULL };

  sender_init (&sender, GPOINTER_TO_INT (data), -1);
  sender_close (&sender, NULL);
  zmqg_test_run_until_idle (NULL);
  zmqg_test_assert_story (&sender.story, "close=0 closed");
}

typedef struct
{
  const char *name;
  int linger;
  guint limit;
  guint max_pending;
} Unsent;

static const Unsent unsent_cases[] = {
  { "linger-0", 0, 1000, 1000 },
  { "linger-200", 200, 1000, 1000 },
  { "in-line", 0, 6, 1000 },
  { "max-pending", 100, 1000, 4 },
};

static gpointer
send_thread (gpointer data)
{
  sender_send (data, 2);

  return NULL;
}

static gpointer
send_async_thread (gpointer data)
{
  sender_send_async (data, 3);

  return NULL;
}

/* Plain ones, those of send_async() with and without room in the queue, and what other threads left
 * where the owner has not looked yet */
static void
test_unsent (gconstpointer data)
{
  const Unsent *unsent = data;
  g_auto (Sender) sender = { NULL };
  gint64 begun, took;

  sender_init (&sender, ZMQG_TEST_IPC, unsent->linger);
  zmqg_test_set_number (sender.socket, "send-queue-limit", unsent->limit);
  zmqg_test_set_number (sender.socket, "max-pending-operations", unsent->max_pending);
  sender_send (&sender, 3);
  zmqg_test_run_in_thread (send_thread, &sender);
  sender_send_async (&sender, 7);
  zmqg_test_run_in_thread (send_async_thread, &sender);

  begun = g_get_monotonic_time ();
  sender_close (&sender, NULL);
  zmqg_test_wait_for (sender_count (&sender, "closed") > 0);
  took = g_get_monotonic_time () - begun;
  zmqg_test_run_for (NULL, 10);
  zmqg_test_assert_story (&sender.story, "send!closed*10 failed!closed*5 close=15 closed");
  g_assert_cmpint (took, >=, unsent->linger * 1000);
  g_assert_cmpint (took, <, unsent->linger * 1000 + 1000000);
  g_assert_cmpuint (sender_count_sent (&sender), ==, 0);
  g_assert_cmpint (zmqg_test_get_number (sender.socket, "send-queue-length"), ==, 0);
  g_assert_cmpint (zmqg_test_get_number (sender.socket, "n-pending-operations"), ==, 0);
}

/* Nothing waits but what another thread left, where the owner has not looked */
static void
test_drains_incoming (gconstpointer data)
{
  g_auto (Sender) sender = { NULL };
  g_autoptr (ZmqgTestPeer) peer = NULL;

  sender_init (&sender, GPOINTER_TO_INT (data), 10000);
  zmqg_test_run_in_thread (send_async_thread, &sender);
  sender_close (&sender, NULL);
  zmqg_test_run_for (NULL, 20);
  zmqg_test_assert_story (&sender.story, "");
  peer = start_slow_sink (&sender, GPOINTER_TO_INT (data));
  zmqg_test_wait_for (sender_count (&sender, "closed") > 0);
  zmqg_test_assert_story (&sender.story, "send*3 close=0 closed");
  zmqg_test_poll_for (g_atomic_int_get (&peer->n_received) == 3);
}

/* What libzmq took it would drop with a linger of 0, and nobody would know */
static void
test_linger_0_offers_nothing (gconstpointer data)
{
  g_auto (Sender) sender = { NULL };
  g_autoptr (ZmqgSocket) peer = NULL;
  ZmqgTestCounter counter = { 0 };

  sender_init (&sender, GPOINTER_TO_INT (data), 0);
  sender_send (&sender, 5);
  peer = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_PULL, sender.endpoint);
  zmqg_test_counter_connect (&counter, peer);
  zmqg_test_poll_for ((zmqg_socket_condition_check (sender.socket, G_IO_OUT) & G_IO_OUT) != 0);
  sender_close (&sender, NULL);
  zmqg_test_wait_for (sender_count (&sender, "closed") > 0);
  zmqg_test_run_for (NULL, 20);
  zmqg_test_assert_story (&sender.story, "failed!closed*5 close=5 closed");
  g_assert_cmpuint (counter.n_messages, ==, 0);
}

/* libzmq takes what its high-water mark allows for a peer that never comes */
static void
test_dead_nowhere (void)
{
  g_auto (ZmqgTestStory) story;
  g_autoptr (GSocket) holder = NULL;
  g_autofree char *nowhere = zmqg_test_find_nowhere (&holder);
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  gint64 begun;

  zmqg_test_story_init (&story);
  zmqg_test_story_watch (&story, socket);
  zmqg_test_set_number (socket, "send-high-water-mark", 4);
  zmqg_test_set_number (socket, "linger", 200);
  g_assert_true (zmqg_socket_connect_to (socket, nowhere, NULL));
  for (guint i = 0; i < 7; i++)
    zmqg_test_send_number (socket, i);
  for (guint i = 0; i < 3; i++)
    zmqg_test_story_send (&story, socket, i, 0, NULL);
  g_assert_cmpint (zmqg_test_get_number (socket, "send-queue-length"), ==, 6);

  begun = g_get_monotonic_time ();
  zmqg_test_story_close (&story, socket, NULL);
  zmqg_test_wait_for (zmqg_test_story_count (&story, "closed") > 0);
  zmqg_test_assert_story (&story, "send!closed*3 failed!closed*3 close=6 closed");
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, 200 * 1000);
  zmqg_test_release (socket);
}

/* A peer that reads some and is killed. What it had room for has gone; of the rest each message is
 * counted once. */
static void
test_dead_killed (void)
{
  const guint n_messages = 400;
  g_auto (Sender) sender = { NULL };
  g_autoptr (ZmqgTestProcess) process = NULL;
  g_autofree char *line = NULL, *expected = NULL;

  sender_init (&sender, ZMQG_TEST_TCP, 300);
  for (guint i = 0; i < n_messages / 2; i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_message_new (sender.next++, 50000);

      g_assert_true (zmqg_socket_send (sender.socket, message, NULL));
      zmqg_test_story_send (&sender.story, sender.socket, sender.next++, 50000, NULL);
    }
  process = zmqg_test_process_start ("sink.py", sender.endpoint, "1000", "20000", NULL);
  zmqg_test_wait_for (sender_count_sent (&sender) > 0);
  line = zmqg_test_process_read_line (process);
  g_assert_cmpstr (line, ==, "began");
  sender_close (&sender, NULL);
  zmqg_test_run_for (NULL, 30);
  zmqg_test_process_kill (g_steal_pointer (&process));

  zmqg_test_wait_for (sender_count (&sender, "closed") > 0);
  zmqg_test_story_check_order (&sender.story);
  g_assert_cmpuint (sender_count_sent (&sender), <, n_messages);
  expected = g_strdup_printf ("close=%u", n_messages - (guint) sender_count_sent (&sender));
  g_assert_cmpuint (sender_count (&sender, expected), ==, 1);
  g_assert_cmpuint (sender_count (&sender, "send"), ==, n_messages / 2);
  g_assert_cmpuint (sender_count (&sender, "send!closed") + sender_count (&sender, "failed!closed"),
                    ==, n_messages - sender_count_sent (&sender));
}

/* What expires while it waits leaves nothing to wait for */
static void
test_expires (void)
{
  g_auto (Sender) sender = { NULL };
  g_autoptr (ZmqgMessage) message = zmqg_test_message_new (0, 0);

  sender_init (&sender, ZMQG_TEST_INPROC, 10000);
  zmqg_message_set_expiry (message, 50);
  g_assert_true (zmqg_socket_send (sender.socket, message, NULL));
  sender_close (&sender, NULL);
  zmqg_test_wait_for_in (NULL, 5000, sender_count (&sender, "closed") > 0);
  g_assert_true (g_str_has_prefix (sender.story.text->str, "failed!timed-out close="));
}

static void
test_already_closed (void)
{
  g_auto (Sender) sender = { NULL };

  sender_init (&sender, ZMQG_TEST_INPROC, 10000);
  zmqg_socket_close (sender.socket);
  sender_close (&sender, NULL);
  zmqg_test_assert_story (&sender.story, "");
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (sender_count (&sender, "close=0"), ==, 1);
  g_assert_cmpuint (sender_count (&sender, "closed"), ==, 1);

  zmqg_test_story_forget (&sender.story);
  sender_close (&sender, NULL);
  zmqg_test_assert_story (&sender.story, "");
  zmqg_test_run_until_idle (NULL);
  zmqg_test_assert_story (&sender.story, "close=0");
}

static void
ignore_count_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_assert_true (zmqg_socket_close_finish (ZMQG_SOCKET (object), result, NULL, NULL));
  (*(guint *) user_data)++;
}

/* The count is optional, and so are callback and error */
static void
test_optional (void)
{
  g_autoptr (ZmqgSocket) silent = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  guint n_done = 0;

  zmqg_socket_close_async (silent, NULL, NULL, NULL);
  zmqg_socket_close_async (socket, NULL, ignore_count_cb, &n_done);
  g_assert_cmpuint (n_done, ==, 0);
  zmqg_test_wait_for (n_done > 0 && zmqg_socket_is_closed (silent));
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (n_done, ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/close-async/drains", test_drains);
  zmqg_test_add_transports ("/close-async/drains-dropped", test_drains_dropped);
  zmqg_test_add_transports ("/close-async/drains-incoming", test_drains_incoming);
  zmqg_test_add_transports ("/close-async/nothing-waits", test_nothing_waits);
  for (guint i = 0; i < G_N_ELEMENTS (unsent_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/close-async/unsent/", unsent_cases[i].name, NULL);

      g_test_add_data_func (path, &unsent_cases[i], test_unsent);
    }
  zmqg_test_add_transports ("/close-async/linger-0-offers-nothing", test_linger_0_offers_nothing);
  g_test_add_func ("/close-async/dead-peer/nowhere", test_dead_nowhere);
  g_test_add_func ("/close-async/dead-peer/killed", test_dead_killed);
  g_test_add_func ("/close-async/expires", test_expires);
  g_test_add_func ("/close-async/already-closed", test_already_closed);
  g_test_add_func ("/close-async/optional", test_optional);

  return g_test_run ();
}
