/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

#define SOON 3000

/* A source on a socket of ours, or on a raw one of libzmq's: both keep the same promises */
typedef struct
{
  ZmqgTestTransport transport;
  gboolean is_raw;
} Kind;

typedef struct
{
  Kind kind;
  ZmqgSocket *socket;
  void *zmq_socket;
  char *endpoint;
  GSource *source;
  GIOCondition last;
  guint n_calls;
  guint n_received;
  /* Messages that one call takes */
  guint takes;
} Fixture;

static gboolean
fixture_receive (Fixture *fixture)
{
  guint64 number;

  if (fixture->kind.is_raw)
    return zmq_recv (fixture->zmq_socket, &number, sizeof number, ZMQ_DONTWAIT) >= 0;
  else
    {
      g_autoptr (ZmqgMessage) message = zmqg_socket_try_receive (fixture->socket, NULL);

      return message != NULL;
    }
}

static void
fixture_send (Fixture *fixture)
{
  guint64 number = 0;

  if (fixture->kind.is_raw)
    g_assert_cmpint (zmq_send (fixture->zmq_socket, &number, sizeof number, ZMQ_DONTWAIT), ==,
                     sizeof number);
  else
    zmqg_test_send_number (fixture->socket, number);
}

static gboolean
fixture_ready (Fixture      *fixture,
               GIOCondition  condition)
{
  g_assert_cmpint (condition, !=, 0);
  fixture->last = condition;
  fixture->n_calls++;
  for (guint i = 0; i < fixture->takes && fixture_receive (fixture); i++)
    fixture->n_received++;

  return G_SOURCE_CONTINUE;
}

static gboolean
socket_ready_cb (ZmqgSocket   *socket,
                 GIOCondition  condition,
                 gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (socket == fixture->socket);

  return fixture_ready (fixture, condition);
}

static gboolean
raw_ready_cb (void         *zmq_socket,
              GIOCondition  condition,
              gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (zmq_socket == fixture->zmq_socket);

  return fixture_ready (fixture, condition);
}

static void
fixture_watch (Fixture      *fixture,
               GIOCondition  condition,
               GCancellable *cancellable)
{
  if (fixture->kind.is_raw)
    {
      fixture->source = zmqg_source_new (fixture->zmq_socket, condition);
      g_source_set_callback (fixture->source, G_SOURCE_FUNC (raw_ready_cb), fixture, NULL);
    }
  else
    {
      fixture->source = zmqg_socket_create_source (fixture->socket, condition, cancellable);
      g_source_set_callback (fixture->source, G_SOURCE_FUNC (socket_ready_cb), fixture, NULL);
    }
  g_source_attach (fixture->source, NULL);
}

static void
fixture_unwatch (Fixture *fixture)
{
  if (fixture->source != NULL)
    g_source_destroy (fixture->source);
  g_clear_pointer (&fixture->source, g_source_unref);
}

static void
fixture_init (Fixture    *fixture,
              const Kind *kind,
              int         zmq_type)
{
  fixture->kind = *kind;
  fixture->takes = 1;
  if (kind->is_raw)
    {
      g_autofree char *address = zmqg_test_transport_get_free (kind->transport);
      char endpoint[256];
      size_t size = sizeof endpoint;

      fixture->zmq_socket = zmq_socket (zmqg_context_get_handle (zmqg_context_get_default ()),
                                        zmq_type);
      g_assert_cmpint (zmq_bind (fixture->zmq_socket, address), ==, 0);
      zmq_getsockopt (fixture->zmq_socket, ZMQ_LAST_ENDPOINT, endpoint, &size);
      fixture->endpoint = g_strdup (endpoint);
    }
  else
    fixture->socket = zmqg_test_socket_new_bound ((ZmqgSocketType) zmq_type, kind->transport,
                                                  &fixture->endpoint);
}

static void
fixture_clear (Fixture *fixture)
{
  fixture_unwatch (fixture);
  g_clear_pointer (&fixture->socket, zmqg_test_release);
  if (fixture->zmq_socket != NULL)
    zmq_close (fixture->zmq_socket);
  g_free (fixture->endpoint);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static ZmqgTestPeer *
fixture_start_peer (Fixture *fixture,
                    int      zmq_type)
{
  return zmqg_test_peer_start (fixture->endpoint, zmq_type, 0, 0, zmqg_test_peer_on_command);
}

/* One message a call, and no more traffic: the condition holds until there is none */
static void
test_level (gconstpointer data)
{
  g_auto (Fixture) fixture = { .last = 0 };
  g_autoptr (ZmqgTestPeer) peer = NULL;

  fixture_init (&fixture, data, ZMQ_PULL);
  peer = fixture_start_peer (&fixture, ZMQ_PUSH);
  fixture_watch (&fixture, G_IO_IN, NULL);
  zmqg_test_run_until_idle (NULL);
  zmqg_test_peer_send_now (peer, 10);
  zmqg_test_wait_for_in (NULL, SOON, fixture.n_received == 10);
  g_assert_cmpint (fixture.last, ==, G_IO_IN);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 50), <=, 3);
  g_assert_cmpuint (fixture.n_calls, ==, 10);

  fixture.takes = 0;
  zmqg_test_peer_send_now (peer, 1);
  zmqg_test_wait_for_in (NULL, SOON, fixture.n_calls >= 20);
}

/* Messages came, and their edge was used up, before there was a source */
static void
test_waiting (gconstpointer data)
{
  g_auto (Fixture) fixture = { .last = 0 };
  g_autoptr (ZmqgTestPeer) peer = NULL;

  fixture_init (&fixture, data, ZMQ_PULL);
  peer = fixture_start_peer (&fixture, ZMQ_PUSH);
  zmqg_test_peer_send_now (peer, 100);
  zmqg_test_poll_for (fixture_receive (&fixture));
  g_usleep (ZMQG_TEST_SETTLE);
  g_assert_true (fixture_receive (&fixture));
  fixture_watch (&fixture, G_IO_IN, NULL);
  zmqg_test_wait_for_in (NULL, SOON, fixture.n_received == 98);
}

typedef struct
{
  Fixture *fixture;
  ZmqgTestPeer *peer;
} OtherSource;

static gboolean
eat_edge_cb (gpointer user_data)
{
  OtherSource *other = user_data;

  zmqg_test_peer_send_now (other->peer, 1);
  fixture_send (other->fixture);

  return G_SOURCE_REMOVE;
}

static void
test_eaten_edge (gconstpointer data)
{
  g_auto (Fixture) fixture = { .last = 0 };
  g_autoptr (ZmqgTestPeer) peer = NULL;
  OtherSource other = { &fixture, NULL };

  fixture_init (&fixture, data, ZMQ_DEALER);
  other.peer = peer = fixture_start_peer (&fixture, ZMQ_DEALER);
  fixture_watch (&fixture, G_IO_IN, NULL);
  zmqg_test_peer_send_now (peer, 1);
  zmqg_test_wait_for_in (NULL, SOON, fixture.n_received == 1);

  for (guint i = 0; i < 10; i++)
    {
      zmqg_test_run_until_idle (NULL);
      g_idle_add (eat_edge_cb, &other);
      zmqg_test_wait_for_in (NULL, SOON, fixture.n_received == i + 2);
    }
}

/* ZMQ_FD is readable when peers come and go, and that is no message */
static void
test_spurious (gconstpointer data)
{
  g_auto (Fixture) fixture = { .last = 0 };

  fixture_init (&fixture, data, ZMQ_PULL);
  fixture_watch (&fixture, G_IO_IN, NULL);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (ZmqgTestPeer) peer = fixture_start_peer (&fixture, ZMQ_PUSH);

      zmqg_test_run_for (NULL, 10);
    }
  zmqg_test_run_for (NULL, 30);
  g_assert_cmpuint (fixture.n_calls, ==, 0);
}

static void
test_no_spin (gconstpointer data)
{
  g_auto (Fixture) fixture = { .last = 0 };
  g_autoptr (ZmqgTestPeer) peer = NULL;
  gint64 begun;

  fixture_init (&fixture, data, ZMQ_PULL);
  peer = fixture_start_peer (&fixture, ZMQ_PUSH);
  fixture_watch (&fixture, G_IO_IN, NULL);
  zmqg_test_peer_send_now (peer, 3);
  zmqg_test_wait_for (fixture.n_received == 3);
  zmqg_test_run_for (NULL, 50);

  begun = zmqg_test_get_thread_cpu_time ();
  g_assert_cmpuint (zmqg_test_run_for (NULL, 300), <=, 3);
  g_assert_cmpint (zmqg_test_get_thread_cpu_time () - begun, <, 3000);
}

/* A bound PUSH can send as soon as it has a peer */
static void
test_writable (gconstpointer data)
{
  g_auto (Fixture) fixture = { .last = 0 };
  g_autoptr (ZmqgTestPeer) peer = NULL;

  fixture_init (&fixture, data, ZMQ_PUSH);
  fixture.takes = 0;
  fixture_watch (&fixture, G_IO_OUT, NULL);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 50), <=, 3);
  g_assert_cmpuint (fixture.n_calls, ==, 0);
  peer = zmqg_test_peer_start (fixture.endpoint, ZMQ_PULL, -1, 0, zmqg_test_peer_sink);
  zmqg_test_wait_for_in (NULL, SOON, fixture.n_calls >= 3);
  g_assert_cmpint (fixture.last, ==, G_IO_OUT);
}

static void
test_both (gconstpointer data)
{
  g_auto (Fixture) fixture = { .last = 0 };
  g_autoptr (ZmqgTestPeer) peer = NULL;

  fixture_init (&fixture, data, ZMQ_PAIR);
  fixture.takes = 0;
  peer = fixture_start_peer (&fixture, ZMQ_PAIR);
  fixture_watch (&fixture, G_IO_IN | G_IO_OUT, NULL);
  zmqg_test_wait_for_in (NULL, SOON, fixture.last == G_IO_OUT);
  zmqg_test_peer_send_now (peer, 1);
  zmqg_test_wait_for_in (NULL, SOON, fixture.last == (G_IO_IN | G_IO_OUT));
}

static gboolean
removed_cb (ZmqgSocket   *socket,
            GIOCondition  condition,
            gpointer      user_data)
{
  guint *n_calls = user_data;

  (*n_calls)++;

  return G_SOURCE_REMOVE;
}

/* As with other sources of GIO: the callback learns of it by being called */
static void
test_cancelled (gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Fixture) fixture = { .last = 0 };
  guint n_calls = 0;

  fixture_init (&fixture, data, ZMQ_PULL);
  fixture_watch (&fixture, G_IO_IN, cancellable);
  g_source_set_callback (fixture.source, G_SOURCE_FUNC (removed_cb), &n_calls, NULL);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (n_calls, ==, 0);
  g_cancellable_cancel (cancellable);
  zmqg_test_wait_for_in (NULL, SOON, n_calls == 1);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (n_calls, ==, 1);
  g_assert_true (g_source_is_destroyed (fixture.source));
}

/* A closed socket is told once, also to a callback that wants to go on */
static void
test_closed (gconstpointer data)
{
  g_auto (Fixture) fixture = { .last = 0 };
  g_autoptr (ZmqgTestPeer) peer = NULL;

  fixture_init (&fixture, data, ZMQ_PULL);
  fixture.takes = 0;
  peer = fixture_start_peer (&fixture, ZMQ_PUSH);
  fixture_watch (&fixture, G_IO_IN, NULL);
  zmqg_test_peer_send_now (peer, 1);
  zmqg_test_wait_for_in (NULL, SOON, fixture.n_calls >= 1);

  zmqg_socket_close (fixture.socket);
  fixture.n_calls = 0;
  zmqg_test_wait_for_in (NULL, SOON, fixture.n_calls == 1);
  g_assert_cmpint (fixture.last & (G_IO_NVAL | G_IO_ERR | G_IO_HUP), !=, 0);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 100), <=, 4);
  g_assert_cmpuint (fixture.n_calls, ==, 1);
}

static void
test_terminated (void)
{
  g_auto (Fixture) fixture = { .kind = { ZMQG_TEST_INPROC, TRUE }, .takes = 0 };
  void *context = zmq_ctx_new ();

  fixture.zmq_socket = zmq_socket (context, ZMQ_PULL);
  fixture_watch (&fixture, G_IO_IN, NULL);
  zmqg_test_run_for (NULL, 20);
  g_assert_cmpuint (fixture.n_calls, ==, 0);
  zmq_ctx_shutdown (context);
  zmqg_test_wait_for_in (NULL, SOON, fixture.n_calls == 1);
  g_assert_cmpint (fixture.last, ==, G_IO_ERR);
  g_assert_cmpuint (zmqg_test_run_for (NULL, 100), <=, 3);
  g_assert_cmpuint (fixture.n_calls, ==, 1);

  fixture_unwatch (&fixture);
  zmq_close (g_steal_pointer (&fixture.zmq_socket));
  zmq_ctx_term (context);
}

static const Kind kinds[] = {
  { ZMQG_TEST_TCP, FALSE }, { ZMQG_TEST_IPC, FALSE }, { ZMQG_TEST_INPROC, FALSE },
  { ZMQG_TEST_TCP, TRUE }, { ZMQG_TEST_IPC, TRUE }, { ZMQG_TEST_INPROC, TRUE },
};

static void
add_test (const char    *name,
          GTestDataFunc  func,
          gboolean       also_raw)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = NULL;

      if (kinds[i].is_raw && !also_raw)
        continue;
      path = g_strdup_printf ("/source/%s/%s/%s", kinds[i].is_raw ? "raw" : "socket", name,
                              zmqg_test_transport_get_name (kinds[i].transport));
      g_test_add_data_func (path, &kinds[i], func);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_test ("level", test_level, TRUE);
  add_test ("waiting", test_waiting, TRUE);
  add_test ("eaten-edge", test_eaten_edge, TRUE);
  add_test ("spurious", test_spurious, TRUE);
  add_test ("no-spin", test_no_spin, TRUE);
  add_test ("writable", test_writable, TRUE);
  add_test ("both", test_both, TRUE);
  add_test ("cancelled", test_cancelled, FALSE);
  add_test ("closed", test_closed, FALSE);
  g_test_add_func ("/source/raw/terminated", test_terminated);

  return g_test_run ();
}
