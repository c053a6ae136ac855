/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-cutter.h"
#include "zmqg-test-outcomes.h"
#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

/* Scenario 9: the peer is killed, and another one comes */
typedef struct
{
  ZmqgSocketType type;
  ZmqgSocketType other_type;
  const char *name;
  int zmq_type;
} Pairing;

static const Pairing pairings[] = {
  { ZMQG_SOCKET_TYPE_PUSH, ZMQG_SOCKET_TYPE_PULL, "PULL", ZMQ_PULL },
  { ZMQG_SOCKET_TYPE_DEALER, ZMQG_SOCKET_TYPE_DEALER, "DEALER", ZMQ_DEALER },
  { ZMQG_SOCKET_TYPE_PAIR, ZMQG_SOCKET_TYPE_PAIR, "PAIR", ZMQ_PAIR },
  { ZMQG_SOCKET_TYPE_REQ, ZMQG_SOCKET_TYPE_REP, "REP", ZMQ_REP },
};

typedef struct
{
  const Pairing *pairing;
  ZmqgTestTransport transport;
  ZmqgSocket *socket;
  char *endpoint;
  /* One of the two */
  ZmqgTestProcess *process;
  ZmqgTestPeer *peer;
  ZmqgTestOutcomes outcomes;
  guint64 n_sent;
} Murder;

static Murder murder;

static void
murder_start_victim (void)
{
  if (murder.transport == ZMQG_TEST_INPROC)
    murder.peer = zmqg_test_peer_start (murder.endpoint, murder.pairing->zmq_type, -1, 0,
                                        zmqg_test_peer_sink);
  else
    murder.process = zmqg_test_process_start ("victim.py", murder.endpoint,
                                              murder.pairing->name, NULL);
}

static void
murder_await (guint64 number)
{
  /* murder_await_victim () has */
}

static void
murder_go_on (void)
{
  /* The other one comes when the test says so */
}

static void
murder_kill (void)
{
  g_clear_pointer (&murder.process, zmqg_test_process_kill);
  g_clear_pointer (&murder.peer, zmqg_test_peer_stop);
}

static void
murder_failed_cb (ZmqgSocket   *socket,
                  ZmqgMessage  *message,
                  const GError *error)
{
  g_assert_not_reached ();
}

static void
murder_sent_cb (ZmqgSocket  *socket,
                ZmqgMessage *message)
{
  g_assert_cmpuint (zmqg_test_frames_check (message), ==, murder.n_sent++);
}

static void
murder_init (const Pairing     *pairing,
             ZmqgTestTransport  transport)
{
  murder = (Murder) { .pairing = pairing, .transport = transport };
  murder.socket = zmqg_test_socket_new_bound (pairing->type, transport, &murder.endpoint);
  g_signal_connect (murder.socket, "message-sent", G_CALLBACK (murder_sent_cb), NULL);
  g_signal_connect (murder.socket, "send-failed", G_CALLBACK (murder_failed_cb), NULL);
  zmqg_test_outcomes_init (&murder.outcomes, 4);
  zmqg_test_cutter_init (murder.socket, 4, murder_await, murder_kill, murder_go_on);
}

static void
murder_clear (void)
{
  zmqg_test_release (murder.socket);
  zmqg_test_outcomes_clear (&murder.outcomes);
  g_free (murder.endpoint);
  zmqg_test_cutter_clear ();
}

static void
murder_send (guint    number,
             gboolean is_async)
{
  g_autoptr (ZmqgMessage) message = zmqg_test_frames_new (number);
  g_autoptr (GError) error = NULL;

  if (is_async)
    zmqg_test_outcomes_send (&murder.outcomes, number, murder.socket, message, NULL);
  else
    zmqg_test_call (zmqg_socket_send (murder.socket, message, &error));
  g_assert_no_error (error);
}

/* A message shows that the victim is there. */
static void
murder_await_victim (void)
{
  murder_send (0, FALSE);
  murder_start_victim ();
  zmqg_test_wait_for (murder.n_sent == 1);
  if (murder.process != NULL)
    {
      g_autofree char *line = zmqg_test_process_read_line (murder.process);

      g_assert_cmpstr (line, ==, "6");
      return;
    }

  zmqg_test_poll_for (g_atomic_int_get (&murder.peer->n_received) == 1);
}

/* Another peer gets the one that was interrupted, whole, and what comes after; not before that is
 * any of them reported sent. */
static void
murder_check_survivor (guint    interrupted,
                       gboolean is_async)
{
  ZmqgSocket *survivor;

  g_assert_cmpuint (zmqg_test_cutter.n_cut, ==, 1);
  for (guint i = interrupted + 1; i < 4; i++)
    murder_send (i, is_async);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (murder.n_sent, ==, interrupted);
  g_assert_cmpuint (murder.outcomes.n_ended, ==, 0);

  survivor = zmqg_test_socket_new_connected (murder.pairing->other_type, murder.endpoint);
  for (guint i = interrupted; i < 4; i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_take_message (survivor);

      g_assert_cmpuint (zmqg_test_frames_check (message), ==, i);
    }
  zmqg_test_wait_for (murder.n_sent == 4);
  zmqg_test_wait_for (murder.outcomes.n_succeeded == (is_async ? 4 - interrupted : 0));
  zmqg_test_release (survivor);
}

static void
check_murder (const Pairing     *pairing,
              ZmqgTestTransport  transport,
              gboolean           is_async,
              guint              n_frames)
{
  g_test_message ("%s, after %u frames%s", pairing->name, n_frames, is_async ? ", async" : "");
  murder_init (pairing, transport);
  murder_await_victim ();
  zmqg_test_cutter.after[1] = n_frames;
  murder_send (1, is_async);
  murder_check_survivor (1, is_async);
  murder_clear ();
}

static void
test_murder (gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      check_murder (&pairings[i], GPOINTER_TO_INT (data), FALSE, 1);
      check_murder (&pairings[i], GPOINTER_TO_INT (data), TRUE, 2);
      check_murder (&pairings[i], GPOINTER_TO_INT (data), FALSE, 4);
      check_murder (&pairings[i], GPOINTER_TO_INT (data), TRUE, 5);
    }
}

/* The message waits in the queue, and the victim is killed as it is offered from there */
static void
test_murder_queued (gconstpointer data)
{
  for (guint i = 0; i < 6; i++)
    {
      g_test_message ("%s%s", pairings[i / 2].name, i % 2 == 0 ? ", async" : "");
      murder_init (&pairings[i / 2], GPOINTER_TO_INT (data));
      zmqg_test_cutter.after[0] = 1 + i % 5;
      murder_send (0, i % 2 == 0);
      murder_start_victim ();
      zmqg_test_wait_for (zmqg_test_cutter.n_cut == 1);
      murder_check_survivor (0, i % 2 == 0);
      murder_clear ();
    }
}

/* libzmq's REQ takes the rest for a request that it has sent, and waits for its reply: an error */
static void
test_murder_req (gconstpointer data)
{
  g_autoptr (ZmqgMessage) message = NULL;
  ZmqgSocket *survivor;

  murder_init (&pairings[3], GPOINTER_TO_INT (data));
  zmqg_test_cutter.after[0] = 2;
  murder_send (0, TRUE);
  murder_start_victim ();
  zmqg_test_wait_for (murder.outcomes.n_ended == 1);
  g_assert_cmpuint (zmqg_test_cutter.n_cut, ==, 1);
  zmqg_test_outcomes_assert_error (&murder.outcomes, 0, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE);
  survivor = zmqg_test_socket_new_connected (ZMQG_SOCKET_TYPE_REP, murder.endpoint);
  zmqg_test_run_for (NULL, 50);
  g_assert_null (zmqg_socket_try_receive (survivor, NULL));
  g_assert_cmpuint (murder.n_sent, ==, 0);
  zmqg_test_release (survivor);
  murder_clear ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/operations/scenario-9/at-once", test_murder);
  zmqg_test_add_transports ("/operations/scenario-9/queued", test_murder_queued);
  zmqg_test_add_transports ("/operations/scenario-9/req", test_murder_req);

  return g_test_run ();
}
