/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-events.h"

#include <string.h>
#include <unistd.h>
#include <zmq.h>

/* Handshakes: who has succeeded, and how others failed */

#define KIND(kind) ZMQG_CONNECTION_EVENT_KIND_##kind
#define MAX_FRAMES 10

static guint
get_n_peers (ZmqgSocket *socket)
{
  return zmqg_test_get_number (socket, "n-peers");
}

/* An authenticator written by hand, in the thread-default context of libzmq */
typedef struct
{
  void *socket;
  const char *status;
  int stopping;
  GThread *thread;
} Authenticator;

static void
answer (Authenticator *self)
{
  char frames[MAX_FRAMES][256];
  int sizes[MAX_FRAMES];
  guint n_frames = 0;
  int more = 1;
  size_t size = sizeof more;

  while (more && n_frames < MAX_FRAMES)
    {
      sizes[n_frames] = zmq_recv (self->socket, frames[n_frames], sizeof frames[0], 0);
      if (sizes[n_frames] == -1)
        return;
      n_frames++;
      zmq_getsockopt (self->socket, ZMQ_RCVMORE, &more, &size);
    }

  zmq_send (self->socket, "1.0", 3, ZMQ_SNDMORE);
  zmq_send (self->socket, frames[1], sizes[1], ZMQ_SNDMORE);
  zmq_send (self->socket, self->status, 3, ZMQ_SNDMORE);
  zmq_send (self->socket, "because", 7, ZMQ_SNDMORE);
  zmq_send (self->socket, "jane", strcmp (self->status, "200") == 0 ? 4 : 0, ZMQ_SNDMORE);
  zmq_send (self->socket, "", 0, 0);
}

static gpointer
authenticator_thread (gpointer data)
{
  Authenticator *self = data;

  while (!g_atomic_int_get (&self->stopping))
    answer (self);
  zmq_close (self->socket);

  return NULL;
}

static void
authenticator_init (Authenticator *self,
                    ZmqgContext   *context,
                    const char    *status)
{
  int timeout = 20;

  self->socket = zmq_socket (zmqg_context_get_handle (context), ZMQ_REP);
  zmq_setsockopt (self->socket, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
  g_assert_cmpint (zmq_bind (self->socket, "inproc://zeromq.zap.01"), ==, 0);
  self->status = status;
  self->stopping = FALSE;
  self->thread = g_thread_new ("zap", authenticator_thread, self);
}

static void
authenticator_clear (Authenticator *self)
{
  g_atomic_int_set (&self->stopping, TRUE);
  g_thread_join (self->thread);
}

/* In a context of its own, with a domain, so that the authenticator is asked */
static ZmqgSocket *
make_server (ZmqgContext    *context,
             ZmqgSocketType  type)
{
  ZmqgSocket *socket = g_object_new (ZMQG_TYPE_SOCKET, "context", context, "socket-type", type,
                                     "monitored", TRUE, "zap-domain", "test", NULL);

  g_assert_true (g_initable_init (G_INITABLE (socket), NULL, NULL));

  return socket;
}

static void
test_accepted (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  Authenticator authenticator;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = make_server (context, ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (GPtrArray) peers = NULL;
  g_auto (ZmqgTestRaw) raw = { NULL };
  ZmqgTestCounter counter = { 0 };
  guint64 zero = 0;

  g_test_summary ("The user id that an authenticator gave is known with the first message");

  authenticator_init (&authenticator, context, "200");
  zmqg_test_bind_free (socket, ZMQG_TEST_TCP, &endpoint);
  zmqg_test_raw_init (&raw, ZMQ_PUSH, NULL);
  zmqg_test_raw_connect (&raw, endpoint);
  zmqg_test_wait_for (get_n_peers (socket) == 1);
  peers = zmqg_socket_list_peers (socket);
  g_assert_null (zmqg_peer_get_user_id (peers->pdata[0]));

  zmqg_test_counter_connect (&counter, socket);
  g_assert_cmpint (zmq_send (raw.socket, &zero, sizeof zero, 0), ==, sizeof zero);
  zmqg_test_wait_for (counter.n_messages == 1);
  g_assert_cmpstr (zmqg_peer_get_user_id (peers->pdata[0]), ==, "jane");
  g_assert_cmpstr (zmqg_peer_get_socket_type (peers->pdata[0]), ==, "PUSH");
  authenticator_clear (&authenticator);
}

static void
test_denied (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  Authenticator authenticator;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = make_server (context, ZMQG_SOCKET_TYPE_PULL);
  g_auto (ZmqgTestEvents) events = { NULL };
  g_auto (ZmqgTestRaw) raw = { NULL };
  ZmqgConnectionEvent *event;

  g_test_summary ("35: Who is refused by the authenticator fails with its status");

  authenticator_init (&authenticator, context, "400");
  zmqg_test_events_init (&events, socket);
  zmqg_test_bind_free (socket, ZMQG_TEST_TCP, &endpoint);
  zmqg_test_raw_init (&raw, ZMQ_PUSH, NULL);
  zmqg_test_raw_connect (&raw, endpoint);
  zmqg_test_wait_for (zmqg_test_events_get (&events, KIND (DISCONNECTED)) != NULL);
  event = zmqg_test_events_get (&events, KIND (HANDSHAKE_FAILED));
  g_assert_cmpint (zmqg_connection_event_get_failure (event), ==,
                   ZMQG_HANDSHAKE_FAILURE_AUTHENTICATION);
  g_assert_cmpint (zmqg_connection_event_get_error_code (event), ==, 400);
  g_assert_cmpstr (zmqg_connection_event_get_reason (event), ==,
                   "The authenticator denied access (400)");
  g_assert_cmpuint (get_n_peers (socket), ==, 0);
  authenticator_clear (&authenticator);
}

static void
set_curve_server (ZmqgSocket *socket,
                  const char *secret)
{
  int one = 1;
  void *handle = zmqg_socket_get_handle (socket);

  g_assert_cmpint (zmq_setsockopt (handle, ZMQ_CURVE_SERVER, &one, sizeof one), ==, 0);
  g_assert_cmpint (zmq_setsockopt (handle, ZMQ_CURVE_SECRETKEY, secret, 41), ==, 0);
}

static void
set_curve_client (ZmqgTestRaw *raw,
                  const char  *server)
{
  char public[41], secret[41];

  g_assert_cmpint (zmq_curve_keypair (public, secret), ==, 0);
  g_assert_cmpint (zmq_setsockopt (raw->socket, ZMQ_CURVE_SERVERKEY, server, 41), ==, 0);
  g_assert_cmpint (zmq_setsockopt (raw->socket, ZMQ_CURVE_PUBLICKEY, public, 41), ==, 0);
  g_assert_cmpint (zmq_setsockopt (raw->socket, ZMQ_CURVE_SECRETKEY, secret, 41), ==, 0);
}

static void
test_curve_keys (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  Authenticator authenticator;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = make_server (context, ZMQG_SOCKET_TYPE_PULL);
  g_auto (ZmqgTestEvents) events = { NULL };
  g_auto (ZmqgTestRaw) wrong = { NULL }, right = { NULL };
  g_autoptr (GPtrArray) peers = NULL;
  char public[41], secret[41], other[41], unused[41];
  ZmqgTestCounter counter = { 0 };
  guint n_failed;

  g_test_summary ("35: A wrong CURVE key: handshake-failed, nothing delivered, no busy reconnects");

  if (zmq_curve_keypair (public, secret) != 0)
    {
      g_test_skip ("libzmq has no CURVE");
      return;
    }

  authenticator_init (&authenticator, context, "200");
  zmqg_test_events_init (&events, socket);
  zmqg_test_counter_connect (&counter, socket);
  set_curve_server (socket, secret);
  zmqg_test_bind_free (socket, ZMQG_TEST_TCP, &endpoint);

  g_assert_cmpint (zmq_curve_keypair (other, unused), ==, 0);
  zmqg_test_raw_init (&wrong, ZMQ_PUSH, NULL);
  set_curve_client (&wrong, other);
  zmqg_test_raw_connect (&wrong, endpoint);
  zmqg_test_raw_send (&wrong, "nothing");
  zmqg_test_wait_for (zmqg_test_events_get (&events, KIND (HANDSHAKE_FAILED)) != NULL);
  g_assert_cmpint (zmqg_connection_event_get_failure (
                     zmqg_test_events_get (&events, KIND (HANDSHAKE_FAILED))), ==,
                   ZMQG_HANDSHAKE_FAILURE_PROTOCOL);
  zmqg_test_run_for (NULL, 1000);
  n_failed = zmqg_test_events_count (&events, KIND (HANDSHAKE_FAILED));
  g_assert_cmpuint (n_failed, >=, 1);
  g_assert_cmpuint (n_failed, <=, 11);
  g_assert_cmpuint (counter.n_messages, ==, 0);
  g_assert_cmpuint (get_n_peers (socket), ==, 0);
  zmqg_test_raw_clear (&wrong);

  zmqg_test_raw_init (&right, ZMQ_PUSH, NULL);
  set_curve_client (&right, public);
  zmqg_test_raw_connect (&right, endpoint);
  zmqg_test_wait_for (get_n_peers (socket) == 1);
  peers = zmqg_socket_list_peers (socket);
  g_assert_cmpstr (zmqg_peer_get_mechanism (peers->pdata[0]), ==, "CURVE");
  authenticator_clear (&authenticator);
}

static void
test_silent (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  g_auto (ZmqgTestRaw) raw = { NULL };
  g_autoptr (GPtrArray) peers = NULL;
  int fds[5];

  g_test_summary ("Those who connect and stay silent are not taken for the one who does not");

  zmqg_test_events_init (&events, socket);
  for (guint i = 0; i < G_N_ELEMENTS (fds) - 1; i++)
    fds[i] = zmqg_test_tcp_connect (endpoint);
  zmqg_test_wait_for (zmqg_test_events_count (&events, KIND (ACCEPTED)) == 4);
  zmqg_test_raw_init (&raw, ZMQ_PUSH, NULL);
  zmqg_test_raw_connect (&raw, endpoint);
  fds[4] = zmqg_test_tcp_connect (endpoint);
  zmqg_test_wait_for (get_n_peers (socket) == 1 &&
                      zmqg_test_events_count (&events, KIND (ACCEPTED)) == 6 &&
                      zmqg_test_events_get (&events, KIND (HANDSHAKE_SUCCEEDED)) != NULL);
  peers = zmqg_socket_list_peers (socket);
  g_assert_cmpuint (peers->len, ==, 1);
  g_assert_null (zmqg_connection_event_get_peer (
                   zmqg_test_events_get (&events, KIND (HANDSHAKE_SUCCEEDED))));

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  zmqg_test_wait_for (zmqg_test_events_count (&events, KIND (DISCONNECTED)) == 5);
  g_assert_cmpuint (get_n_peers (socket), ==, 1);
  g_assert_true (zmqg_peer_is_connected (peers->pdata[0]));
  zmqg_test_raw_clear (&raw);
  zmqg_test_wait_for (get_n_peers (socket) == 0);
  g_assert_false (zmqg_peer_is_connected (peers->pdata[0]));
}

/* A handshake of a PUSH, as the bytes it is */
static const guint8 greeting[64] = "\xff\0\0\0\0\0\0\0\1\x7f" "\3\1" "NULL";
static const guint8 ready[28] = "\4\x1a\5READY\x0bSocket-Type\0\0\0\4PUSH";
/* The beginning of a command of 120 bytes, of which not enough come for it to be complete, but as
 * many as there are in a READY */
static const guint8 half_ready[60] = "\4\x78\5READY\x0bSocket-Type\0\0\0\4PUSH";

static void
test_guessed_wrong (void)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL,
                                                                  ZMQG_TEST_TCP, &endpoint);
  g_auto (ZmqgTestEvents) events = { NULL };
  int good, half;

  g_test_summary ("Whose handshake it was is put right when the other one has failed");

  zmqg_test_events_init (&events, socket);
  for (guint round = 0; round < 2; round++)
    {
      guint n_before = zmqg_test_events_count (&events, KIND (DISCONNECTED));

      /* The newer one is taken for it. */
      good = zmqg_test_tcp_connect (endpoint);
      zmqg_test_wait_for (zmqg_test_events_count (&events, KIND (ACCEPTED)) == 2 * round + 1);
      half = zmqg_test_tcp_connect (endpoint);
      g_assert_cmpint (write (half, greeting, sizeof greeting), ==, sizeof greeting);
      g_assert_cmpint (write (half, half_ready, sizeof half_ready), ==, sizeof half_ready);
      zmqg_test_wait_for (zmqg_test_events_count (&events, KIND (ACCEPTED)) == 2 * round + 2);
      g_usleep (10 * 1000);
      g_assert_cmpint (write (good, greeting, sizeof greeting), ==, sizeof greeting);
      g_assert_cmpint (write (good, ready, sizeof ready), ==, sizeof ready);
      zmqg_test_wait_for (get_n_peers (socket) == 1);

      close (round == 0 ? half : good);
      zmqg_test_wait_for (zmqg_test_events_count (&events, KIND (DISCONNECTED)) == n_before + 1);
      g_assert_cmpuint (get_n_peers (socket), ==, round == 0 ? 1 : 0);
      close (round == 0 ? good : half);
      zmqg_test_wait_for (zmqg_test_events_count (&events, KIND (DISCONNECTED)) == n_before + 2);
      g_assert_cmpuint (get_n_peers (socket), ==, 0);
    }
}

static void
test_crowd (gconstpointer data)
{
  ZmqgTestTransport transport = GPOINTER_TO_INT (data);
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new_monitored (ZMQG_SOCKET_TYPE_PULL, transport,
                                                                  &endpoint);
  void *context = zmq_ctx_new ();
  void *sockets[60];
  int zero = 0;

  g_test_summary ("Many at a time are all counted, and listed");

  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    {
      sockets[i] = zmq_socket (context, ZMQ_PUSH);
      zmq_setsockopt (sockets[i], ZMQ_LINGER, &zero, sizeof zero);
      g_assert_cmpint (zmq_connect (sockets[i], endpoint), ==, 0);
    }
  zmqg_test_wait_for (get_n_peers (socket) == G_N_ELEMENTS (sockets));
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i += 2)
    zmq_close (sockets[i]);
  zmqg_test_wait_for (get_n_peers (socket) == G_N_ELEMENTS (sockets) / 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GPtrArray) peers = zmqg_socket_list_peers (socket);

      g_assert_cmpuint (peers->len, ==, G_N_ELEMENTS (sockets) / 2);
      for (guint j = 0; j < peers->len; j++)
        g_assert_true (zmqg_peer_is_connected (peers->pdata[j]));
    }
  for (guint i = 1; i < G_N_ELEMENTS (sockets); i += 2)
    zmq_close (sockets[i]);
  zmqg_test_wait_for (get_n_peers (socket) == 0);
  zmq_ctx_term (context);
}

static void
test_several_threads (void)
{
  g_autoptr (ZmqgContext) context = g_object_new (ZMQG_TYPE_CONTEXT, "io-threads", 4, NULL);
  g_autoptr (ZmqgSocket) socket = g_object_new (ZMQG_TYPE_SOCKET, "context", context,
                                                "socket-type", ZMQG_SOCKET_TYPE_PULL,
                                                "monitored", TRUE, NULL);
  g_autofree char *endpoint = NULL;

  g_test_summary ("Several I/O threads tell of one connection in any order");

  zmqg_test_bind_free (socket, ZMQG_TEST_TCP, &endpoint);
  for (guint round = 0; round < 10; round++)
    {
      ZmqgTestRaw raw[10];

      for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
        {
          zmqg_test_raw_init (&raw[i], ZMQ_PUSH, NULL);
          zmqg_test_raw_connect (&raw[i], endpoint);
        }
      zmqg_test_wait_for (get_n_peers (socket) == G_N_ELEMENTS (raw));
      for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
        zmqg_test_raw_clear (&raw[i]);
      zmqg_test_wait_for (get_n_peers (socket) == 0);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/handshakes/accepted", test_accepted);
  g_test_add_func ("/handshakes/35-denied", test_denied);
  g_test_add_func ("/handshakes/35-curve-keys", test_curve_keys);
  g_test_add_func ("/handshakes/silent", test_silent);
  g_test_add_func ("/handshakes/guessed-wrong", test_guessed_wrong);
  g_test_add_data_func ("/handshakes/crowd/tcp", GINT_TO_POINTER (ZMQG_TEST_TCP), test_crowd);
  g_test_add_data_func ("/handshakes/crowd/ipc", GINT_TO_POINTER (ZMQG_TEST_IPC), test_crowd);
  g_test_add_func ("/handshakes/several-threads", test_several_threads);

  return g_test_run ();
}
