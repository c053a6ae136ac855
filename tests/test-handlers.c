/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

/* What handlers do behind the hub's back */

typedef struct
{
  ZmqgTestPair pair;
  GString *log;
  guint n_received;
  void (*acts) (ZmqgSocket *socket);
} Fixture;

static void
sent_cb (ZmqgSocket  *socket,
         ZmqgMessage *message,
         Fixture     *fixture)
{
  g_autofree char *text = zmqg_message_get_string (message, 0, NULL);

  g_string_append (fixture->log, text);
  if (fixture->acts != NULL && g_str_equal (text, "1"))
    fixture->acts (socket);
}

static void
closed_cb (ZmqgSocket *socket,
           Fixture    *fixture)
{
  g_string_append_c (fixture->log, 'c');
}

static void
received_cb (ZmqgSocket  *socket,
             ZmqgMessage *message,
             Fixture     *fixture)
{
  fixture->n_received++;
  if (fixture->acts != NULL)
    fixture->acts (socket);
}

static void
fixture_init (Fixture *fixture)
{
  zmqg_test_pair_init (&fixture->pair, ZMQG_TEST_INPROC, ZMQG_SOCKET_TYPE_PAIR,
                       ZMQG_SOCKET_TYPE_PAIR);
  fixture->log = g_string_new (NULL);
  g_signal_connect (fixture->pair.bound, "message-sent", G_CALLBACK (sent_cb), fixture);
  g_signal_connect (fixture->pair.bound, "closed", G_CALLBACK (closed_cb), fixture);
  zmqg_test_run_until_idle (NULL);
}

static void
fixture_clear (Fixture *fixture)
{
  zmqg_test_pair_clear (&fixture->pair);
  g_string_free (fixture->log, TRUE);
}

static void
send_text (ZmqgSocket *socket,
           const char *text)
{
  g_autoptr (GError) error = NULL;

  zmqg_socket_send_string (socket, text, &error);
  g_assert_no_error (error);
}

static void
echo (ZmqgSocket *socket)
{
  send_text (socket, "echo");
}

static void
test_send_is_told (void)
{
  Fixture fixture = { .acts = echo };

  g_test_summary ("What a handler sends is told of without another message");

  fixture_init (&fixture);
  g_signal_connect (fixture.pair.bound, "message-received", G_CALLBACK (received_cb), &fixture);
  send_text (fixture.pair.connected, "go");
  zmqg_test_wait_for (g_str_equal (fixture.log->str, "echo"));
  fixture_clear (&fixture);
}

static void
send_three_and_act (void       (*acts) (ZmqgSocket *socket),
                    const char  *expected)
{
  Fixture fixture = { .acts = acts };

  fixture_init (&fixture);
  send_text (fixture.pair.bound, "1");
  send_text (fixture.pair.bound, "2");
  send_text (fixture.pair.bound, "3");
  zmqg_test_wait_for (g_str_equal (fixture.log->str, expected));
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpstr (fixture.log->str, ==, expected);
  fixture_clear (&fixture);
}

static void
move (ZmqgSocket *socket)
{
  zmqg_test_set_number (socket, "priority", G_PRIORITY_HIGH);
}

static void
nest (ZmqgSocket *socket)
{
  send_text (socket, "4");
  zmqg_test_run_until_idle (NULL);
}

static void
test_notices_stay (void)
{
  g_test_summary ("Signals that are due are told, in order, when a handler closes, moves or nests");

  send_three_and_act (zmqg_socket_close, "123c");
  send_three_and_act (move, "123");
  send_three_and_act (nest, "1234");
}

static void
move_batch_cb (ZmqgSocket *socket,
               GPtrArray  *messages,
               Fixture    *fixture)
{
  move (socket);
}

static void
test_batch_stays (void)
{
  Fixture fixture = { .acts = NULL };

  g_test_summary ("A handler of the batch that moves the socket takes nothing from the others");

  fixture_init (&fixture);
  g_signal_connect (fixture.pair.bound, "messages-received", G_CALLBACK (move_batch_cb), &fixture);
  g_signal_connect (fixture.pair.bound, "message-received", G_CALLBACK (received_cb), &fixture);
  for (guint i = 0; i < 3; i++)
    send_text (fixture.pair.connected, "x");
  zmqg_test_wait_for (fixture.n_received == 3);
  fixture_clear (&fixture);
}

static void
check_batch_cb (ZmqgSocket *socket,
                GPtrArray  *messages,
                Fixture    *fixture)
{
  fixture->n_received += messages->len;
  if (fixture->n_received > 1)
    return;

  send_text (fixture->pair.connected, "x");
  g_assert_cmpint (zmqg_socket_condition_check (socket, G_IO_IN), ==, G_IO_IN);
}

static void
test_check_in_handler (void)
{
  Fixture fixture = { .acts = NULL };

  g_test_summary ("A message that a handler asked for and left is delivered");

  fixture_init (&fixture);
  g_signal_connect (fixture.pair.bound, "messages-received", G_CALLBACK (check_batch_cb), &fixture);
  send_text (fixture.pair.connected, "x");
  zmqg_test_wait_for (fixture.n_received == 2);
  fixture_clear (&fixture);
}

static void
test_stash_is_wanted (void)
{
  static const char *const frames[] = { "one", "two", NULL };
  Fixture fixture = { .acts = NULL };
  g_autoptr (GError) error = NULL;
  gsize length;

  g_test_summary ("What try_receive_data() refused goes to a handler that comes later");

  fixture_init (&fixture);
  g_assert_true (zmqg_socket_send_strv (fixture.pair.connected, frames, NULL));
  g_assert_null (zmqg_socket_try_receive_data (fixture.pair.bound, &length, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  zmqg_test_run_until_idle (NULL);
  g_signal_connect (fixture.pair.bound, "message-received", G_CALLBACK (received_cb), &fixture);
  zmqg_test_wait_for (fixture.n_received == 1);
  fixture_clear (&fixture);
}

/* XPUB with no-drop says POLLOUT although the one subscriber is full. */
static void
test_blocked_is_quiet (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgMessage) subscription = NULL;
  ZmqgSocket *xpub = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_XPUB);
  ZmqgSocket *sub = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_SUB);
  guint n_received = 0;

  g_test_summary ("A queue that one peer blocks costs no CPU, and goes on when it can");

  g_object_set (xpub, "xpub-no-drop", TRUE, "send-high-water-mark", 2, NULL);
  g_object_set (sub, "receive-high-water-mark", 2, NULL);
  zmqg_test_bind_free (xpub, ZMQG_TEST_INPROC, &endpoint);
  zmqg_socket_connect_to (sub, endpoint, &error);
  zmqg_socket_subscribe (sub, "", &error);
  g_assert_no_error (error);
  zmqg_test_poll_for ((zmqg_socket_condition_check (xpub, G_IO_IN) & G_IO_IN) != 0);
  subscription = zmqg_socket_try_receive (xpub, NULL);
  g_assert_nonnull (subscription);
  for (guint i = 0; i < 10; i++)
    send_text (xpub, "x");
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpint (zmqg_test_get_number (xpub, "send-queue-length"), >, 0);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 100), <=, 5);

  while (n_received < 10)
    {
      g_autoptr (ZmqgMessage) message = zmqg_socket_try_receive (sub, NULL);

      if (message != NULL)
        n_received++;
      zmqg_test_run_for (NULL, 1);
    }
  g_assert_cmpint (zmqg_test_get_number (xpub, "send-queue-length"), ==, 0);
  zmqg_test_release (sub);
  zmqg_test_release (xpub);
}

static void
test_routing_id_twice (void)
{
  g_autoptr (GError) error = NULL;
  ZmqgSocket *router = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_ROUTER);

  g_test_summary ("libzmq aborts the process when two connections get one routing id");

  g_object_set (router, "connect-routing-id", "peer", NULL);
  g_assert_true (zmqg_socket_connect_to (router, "inproc://routing-id-1", NULL));
  g_object_set (router, "connect-routing-id", "peer", NULL);
  g_assert_false (zmqg_socket_connect_to (router, "inproc://routing-id-2", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  zmqg_test_release (router);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/handlers/send-is-told", test_send_is_told);
  g_test_add_func ("/handlers/notices-stay", test_notices_stay);
  g_test_add_func ("/handlers/batch-stays", test_batch_stays);
  g_test_add_func ("/handlers/check-in-handler", test_check_in_handler);
  g_test_add_func ("/handlers/stash-is-wanted", test_stash_is_wanted);
  g_test_add_func ("/handlers/blocked-is-quiet", test_blocked_is_quiet);
  g_test_add_func ("/handlers/routing-id-twice", test_routing_id_twice);

  return g_test_run ();
}
