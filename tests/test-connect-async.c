/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-resolver.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

/* What a call comes to */
typedef struct
{
  guint n_calls;
  gboolean connected;
  GError *error;
  GThread *thread;
  /* Set while the library is being called */
  gboolean is_inside;
} Outcome;

static void
outcome_clear (Outcome *self)
{
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
connected_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Outcome *outcome = user_data;

  g_assert_false (outcome->is_inside);
  outcome->thread = g_thread_self ();
  outcome->connected = zmqg_socket_connect_to_finish (ZMQG_SOCKET (object), result,
                                                      &outcome->error);
  g_assert_cmpint (outcome->connected, ==, outcome->error == NULL);
  outcome->n_calls++;
}

static void
begin (ZmqgSocket   *socket,
       const char   *endpoint,
       GCancellable *cancellable,
       Outcome      *outcome)
{
  outcome->is_inside = TRUE;
  zmqg_socket_connect_to_async (socket, endpoint, cancellable, connected_cb, outcome);
  outcome->is_inside = FALSE;
}

static void
assert_connections (ZmqgSocket *socket,
                    const char *expected)
{
  g_auto (GStrv) connections = zmqg_socket_list_connections (socket);
  g_autofree char *joined = g_strjoinv (" ", connections);

  g_assert_cmpstr (joined, ==, expected);
}

typedef struct
{
  ZmqgTestResolver *resolver;
  ZmqgSocket *pull;
  ZmqgSocket *push;
  /* pull's endpoint, with a name in place of its address */
  char *endpoint;
  ZmqgTestCounter counter;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autofree char *bound = NULL;

  self->resolver = zmqg_test_resolver_install ();
  zmqg_test_resolver_set (self->resolver, "peer.test", "127.0.0.1");
  zmqg_test_resolver_set (self->resolver, "same.test", "127.0.0.1");
  zmqg_test_resolver_set (self->resolver, "later.test", "");
  self->pull = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, ZMQG_TEST_TCP, &bound);
  zmqg_test_counter_connect (&self->counter, self->pull);
  self->push = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  g_object_set (self->push, "linger", 0, NULL);
  self->endpoint = g_strdup_printf ("tcp://peer.test%s", strrchr (bound, ':'));
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  zmqg_test_release (self->pull);
  zmqg_test_release (self->push);
  zmqg_test_resolver_uninstall (self->resolver);
  g_free (self->endpoint);
}

static void
test_name (Fixture       *self,
           gconstpointer  data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *last = NULL;

  g_test_summary ("A name only the resolver knows is connected to, and is what it is called by");

  begin (self->push, self->endpoint, NULL, &outcome);
  assert_connections (self->push, "");
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_no_error (outcome.error);
  assert_connections (self->push, self->endpoint);
  last = zmqg_socket_dup_last_endpoint (self->push);
  g_assert_cmpstr (last, ==, self->endpoint);

  zmqg_test_send_number (self->push, 0);
  zmqg_test_wait_for (self->counter.n_messages == 1);

  g_assert_true (zmqg_socket_disconnect_from (self->push, self->endpoint, &error));
  g_assert_no_error (error);
  assert_connections (self->push, "");
  g_assert_false (zmqg_socket_disconnect_from (self->push, self->endpoint, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  /* Nobody is there to send to */
  g_assert_cmpint (zmqg_socket_condition_check (self->push, G_IO_OUT), ==, 0);
  g_assert_cmpuint (outcome.n_calls, ==, 1);
}

static void
test_two_names (Fixture       *self,
                gconstpointer  data)
{
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };
  g_autofree char *same = g_strdup_printf ("tcp://same.test%s", strrchr (self->endpoint, ':'));
  g_autofree char *both = g_strjoin (" ", self->endpoint, same, NULL);

  g_test_summary ("Two names of one address are two connections to those who disconnect");

  begin (self->push, self->endpoint, NULL, &first);
  begin (self->push, same, NULL, &second);
  zmqg_test_wait_for (first.n_calls == 1 && second.n_calls == 1);
  assert_connections (self->push, both);
  g_assert_true (zmqg_socket_disconnect_from (self->push, self->endpoint, NULL));
  assert_connections (self->push, same);
  zmqg_test_send_number (self->push, 0);
  zmqg_test_wait_for (self->counter.n_messages == 1);
  g_assert_true (zmqg_socket_disconnect_from (self->push, same, NULL));
  g_assert_cmpint (zmqg_socket_condition_check (self->push, G_IO_OUT), ==, 0);
}

static void
test_source_address (Fixture       *self,
                     gconstpointer  data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *endpoint = g_strdup_printf ("tcp://127.0.0.1:0;%s",
                                               self->endpoint + strlen ("tcp://"));

  g_test_summary ("An address to connect from is kept");

  begin (self->push, endpoint, NULL, &outcome);
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_no_error (outcome.error);
  assert_connections (self->push, endpoint);
  zmqg_test_send_number (self->push, 0);
  zmqg_test_wait_for (self->counter.n_messages == 1);
  g_assert_true (zmqg_socket_disconnect_from (self->push, endpoint, NULL));
}

static void
test_ipv6 (Fixture       *self,
           gconstpointer  data)
{
  static const struct
  {
    gboolean ipv6;
    const char *source;
    GResolverNameLookupFlags flags;
  } cases[] = {
    { FALSE, "", G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY },
    { TRUE, "", G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT },
    { TRUE, "127.0.0.1:0;", G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY },
    { TRUE, "[::1]:0;", G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY },
    { TRUE, "lo:0;", G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT },
  };
  g_autoptr (ZmqgSocket) pull = g_object_new (ZMQG_TYPE_SOCKET, "socket-type",
                                              ZMQG_SOCKET_TYPE_PULL, "ipv6", TRUE, NULL);
  g_autofree char *bound = NULL;
  g_autofree char *endpoint = NULL;
  ZmqgTestCounter counter = { 0 };
  g_auto (Outcome) outcome = { 0 };

  g_test_summary ("The resolver is asked for what the socket can use, and an IPv6 address works");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *each = g_strdup_printf ("tcp://%speer.test:5555", cases[i].source);
      g_auto (Outcome) asked = { 0 };

      zmqg_test_set_number (self->push, "ipv6", cases[i].ipv6);
      begin (self->push, each, NULL, &asked);
      zmqg_test_wait_for (asked.n_calls == 1);
      g_assert_cmpint (zmqg_test_resolver_get_flags (self->resolver), ==, cases[i].flags);
      g_assert_true (zmqg_socket_disconnect_from (self->push, each, NULL));
    }

  g_assert_true (zmqg_socket_bind (pull, "tcp://[::1]:*", NULL));
  bound = zmqg_socket_dup_last_endpoint (pull);
  endpoint = g_strdup_printf ("tcp://six.test%s", strrchr (bound, ':'));
  zmqg_test_resolver_set (self->resolver, "six.test", "::1 127.0.0.1");
  zmqg_test_counter_connect (&counter, pull);
  begin (self->push, endpoint, NULL, &outcome);
  zmqg_test_wait_for (outcome.n_calls == 1);
  zmqg_test_send_number (self->push, 0);
  zmqg_test_wait_for (counter.n_messages == 1);
  g_assert_true (zmqg_socket_disconnect_from (self->push, endpoint, NULL));
}

static void
test_websocket (Fixture       *self,
                gconstpointer  data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *bound = NULL;
  g_autofree char *endpoint = NULL;
  const char *port;

  if (!zmqg_has_capability ("WS"))
    {
      g_test_skip ("This libzmq was built without WebSockets");
      return;
    }

  g_assert_true (zmqg_socket_bind (self->pull, "ws://127.0.0.1:*/path", NULL));
  bound = zmqg_socket_dup_last_endpoint (self->pull);
  port = strrchr (bound, ':');
  endpoint = g_strdup_printf ("ws://peer.test%.*s/path", (int) strcspn (port, "/"), port);
  begin (self->push, endpoint, NULL, &outcome);
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_no_error (outcome.error);
  zmqg_test_send_number (self->push, 0);
  zmqg_test_wait_for (self->counter.n_messages == 1);
}

static void
test_no_name (Fixture       *self,
              gconstpointer  data)
{
  static const char * const endpoints[] = {
    "tcp://127.0.0.1:5555", "tcp://[::1]:5555", "tcp://127.0.0.1:0;127.0.0.1:5555",
    "ipc://@nobody", "inproc://nobody", "tipc://{5555,0}",
  };

  g_test_summary ("Without a name nobody is asked, and the callback comes later all the same");

  zmqg_test_set_number (self->push, "ipv6", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (endpoints); i++)
    {
      g_auto (Outcome) outcome = { 0 };

      if (g_str_has_prefix (endpoints[i], "tipc") && !zmqg_has_capability ("tipc"))
        continue;
      begin (self->push, endpoints[i], NULL, &outcome);
      zmqg_test_wait_for (outcome.n_calls == 1);
      g_assert_no_error (outcome.error);
      g_assert_true (zmqg_socket_disconnect_from (self->push, endpoints[i], NULL));
    }

  g_assert_cmpuint (zmqg_test_resolver_count_asked (self->resolver), ==, 0);
}

/* A proxy that does not answer, and stays: after one has failed, libzmq 4.3.4 aborts when it
 * disconnects. */
static char *
start_proxy (void)
{
  static GSocket *proxy = NULL;

  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) local = NULL;

  proxy = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);
  g_assert_true (g_socket_bind (proxy, any, FALSE, NULL));
  g_assert_true (g_socket_listen (proxy, NULL));
  local = g_socket_get_local_address (proxy, NULL);

  return g_strdup_printf ("127.0.0.1:%u",
                          g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local)));
}

static void
test_proxy (Fixture       *self,
            gconstpointer  data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *address = start_proxy ();

  g_test_summary ("A proxy is to know the names");

  g_object_set (self->push, "socks-proxy", address, NULL);
  begin (self->push, "tcp://hidden.test:5555", NULL, &outcome);
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (zmqg_test_resolver_count_asked (self->resolver), ==, 0);
  g_assert_true (zmqg_socket_disconnect_from (self->push, "tcp://hidden.test:5555", NULL));
}

static void
test_errors (Fixture       *self,
             gconstpointer  data)
{
  static const struct
  {
    const char *endpoint;
    int code;
    guint n_asked;
  } cases[] = {
    { "tcp://unknown.test:5555", G_IO_ERROR_HOST_NOT_FOUND, 1 },
    { "tcp://later.test:5555", G_IO_ERROR_NETWORK_UNREACHABLE, 2 },
    { "tcp://peer.test:99999", G_IO_ERROR_INVALID_ARGUMENT, 2 },
    { "tcp://peer.test", G_IO_ERROR_INVALID_ARGUMENT, 2 },
    { "tcp://peer.test:0", G_IO_ERROR_INVALID_ARGUMENT, 2 },
    { "nonsense", G_IO_ERROR_INVALID_ARGUMENT, 2 },
    { "udp://peer.test:5555", G_IO_ERROR_NOT_SUPPORTED, 2 },
    { "", G_IO_ERROR_INVALID_ARGUMENT, 2 },
  };

  g_test_summary ("What fails is told by the callback, with the endpoint; nothing is connected");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Outcome) outcome = { 0 };

      begin (self->push, cases[i].endpoint, NULL, &outcome);
      zmqg_test_wait_for (outcome.n_calls == 1);
      g_assert_error (outcome.error, G_IO_ERROR, cases[i].code);
      g_assert_nonnull (strstr (outcome.error->message, cases[i].endpoint));
      g_assert_cmpuint (zmqg_test_resolver_count_asked (self->resolver), ==, cases[i].n_asked);
    }
  assert_connections (self->push, "");
}

static void
test_cancel (Fixture       *self,
             gconstpointer  data)
{
  g_auto (Outcome) before = { 0 };
  g_auto (Outcome) during = { 0 };
  g_auto (Outcome) after = { 0 };
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GCancellable) pending = g_cancellable_new ();
  g_autoptr (GCancellable) answered = g_cancellable_new ();

  g_test_summary ("Cancelled before, while and after the name is resolved");

  g_cancellable_cancel (cancelled);
  begin (self->push, self->endpoint, cancelled, &before);
  zmqg_test_wait_for (before.n_calls == 1);
  g_assert_error (before.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  zmqg_test_resolver_hold (self->resolver);
  begin (self->push, self->endpoint, pending, &during);
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (during.n_calls, ==, 0);
  during.is_inside = TRUE;
  g_cancellable_cancel (pending);
  during.is_inside = FALSE;
  zmqg_test_wait_for (during.n_calls == 1);
  g_assert_error (during.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  zmqg_test_resolver_release (self->resolver);

  /* The answer is on its way */
  begin (self->push, self->endpoint, answered, &after);
  g_cancellable_cancel (answered);
  zmqg_test_wait_for (after.n_calls == 1);
  g_assert_error (after.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_connections (self->push, "");
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (before.n_calls + during.n_calls + after.n_calls, ==, 3);
}

static void
test_cancel_too_late (Fixture       *self,
                      gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Outcome) outcome = { 0 };

  g_test_summary ("What is connected is reported as connected");

  begin (self->push, "tcp://127.0.0.1:5555", cancellable, &outcome);
  assert_connections (self->push, "tcp://127.0.0.1:5555");
  g_cancellable_cancel (cancellable);
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_no_error (outcome.error);
}

typedef struct
{
  Outcome *outcome;
  guint n_closed;
} Closing;

static void
closed_cb (ZmqgSocket *socket,
           Closing    *closing)
{
  g_assert_cmpuint (closing->outcome->n_calls, ==, 1);
  closing->n_closed++;
}

static void
test_close (Fixture       *self,
            gconstpointer  data)
{
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) late = { 0 };
  Closing closing = { &outcome, 0 };
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);

  g_test_summary ("Closing ends what is pending, before it is told, and a late answer does no harm");

  zmqg_test_resolver_hold (self->resolver);
  g_signal_connect (socket, "closed", G_CALLBACK (closed_cb), &closing);
  begin (socket, self->endpoint, NULL, &outcome);
  zmqg_test_run_until_idle (NULL);
  outcome.is_inside = TRUE;
  zmqg_socket_close (socket);
  outcome.is_inside = FALSE;
  zmqg_test_wait_for (closing.n_closed == 1);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CLOSED);

  begin (socket, self->endpoint, NULL, &late);
  zmqg_test_wait_for (late.n_calls == 1);
  g_assert_error (late.error, G_IO_ERROR, G_IO_ERROR_CLOSED);

  /* The socket is not held by what the resolver has not answered yet */
  zmqg_test_release (socket);
  zmqg_test_resolver_release (self->resolver);
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (outcome.n_calls, ==, 1);
}

static void
test_reference (Fixture       *self,
                gconstpointer  data)
{
  g_auto (Outcome) outcome = { 0 };
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  gpointer weak = socket;

  g_test_summary ("What is pending keeps the socket, and lets it go");

  g_object_add_weak_pointer (G_OBJECT (socket), &weak);
  zmqg_test_resolver_hold (self->resolver);
  begin (socket, self->endpoint, NULL, &outcome);
  g_object_unref (socket);
  zmqg_test_run_until_idle (NULL);
  g_assert_nonnull (weak);
  zmqg_test_resolver_release (self->resolver);
  zmqg_test_wait_for (weak == NULL);
  g_assert_cmpuint (outcome.n_calls, ==, 1);
  g_assert_no_error (outcome.error);
}

static void
test_terminated (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  ZmqgSocket *socket = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PUSH, NULL);
  g_auto (Outcome) outcome = { 0 };
  guint n_errors = 0;

  g_test_summary ("A context that is ended by others ends what is pending");

  g_signal_connect_swapped (socket, "error-occurred", G_CALLBACK (g_atomic_int_inc), &n_errors);
  zmqg_test_resolver_hold (self->resolver);
  begin (socket, self->endpoint, NULL, &outcome);
  zmqg_test_run_until_idle (NULL);
  zmq_ctx_shutdown (zmqg_context_get_handle (context));
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_error (outcome.error, ZMQG_ERROR, ZMQG_ERROR_TERMINATED);
  zmqg_test_resolver_release (self->resolver);
  zmqg_test_release (socket);
}

typedef struct
{
  Fixture *fixture;
  Outcome outcome;
  GThread *thread;
  int done;
} Foreign;

static gpointer
foreign_thread (gpointer data)
{
  Foreign *foreign = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  begin (foreign->fixture->push, foreign->fixture->endpoint, NULL, &foreign->outcome);
  zmqg_test_wait_for_in (context, ZMQG_TEST_DEADLINE, foreign->outcome.n_calls == 1);
  g_main_context_pop_thread_default (context);
  g_atomic_int_set (&foreign->done, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

static void
test_foreign_thread (Fixture       *self,
                     gconstpointer  data)
{
  Foreign foreign = { .fixture = self };

  g_test_summary ("From another thread the owner connects, and the caller is told where he is");

  /* The owner holds its main context, so that the other thread cannot */
  g_assert_true (g_main_context_acquire (NULL));
  foreign.thread = g_thread_new ("foreign", foreign_thread, &foreign);
  zmqg_test_wait_for (g_atomic_int_get (&foreign.done));
  g_main_context_release (NULL);
  g_assert_no_error (foreign.outcome.error);
  g_assert_true (foreign.outcome.thread == foreign.thread);
  g_thread_join (foreign.thread);
  assert_connections (self->push, self->endpoint);
  zmqg_test_send_number (self->push, 0);
  zmqg_test_wait_for (self->counter.n_messages == 1);
}

static void
test_own_context (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  ZmqgSocket *socket = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", ZMQG_SOCKET_TYPE_PUSH,
                                     "main-context", context, NULL);
  g_auto (Outcome) outcome = { 0 };

  g_test_summary ("The socket's context resolves, the caller's is told");

  begin (socket, self->endpoint, NULL, &outcome);
  for (guint i = 0; i < 3; i++)
    zmqg_test_run_until_idle (NULL);
  assert_connections (socket, "");
  zmqg_test_run_until_idle (context);
  assert_connections (socket, self->endpoint);
  g_assert_cmpuint (outcome.n_calls, ==, 0);
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_no_error (outcome.error);
  g_object_unref (socket);
}

static void
test_many (Fixture       *self,
           gconstpointer  data)
{
  enum { N_CALLS = 500 };
  g_autofree Outcome *outcomes = g_new0 (Outcome, N_CALLS);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  guint n_ended = 0;

  g_test_summary ("Many at once, of which some are cancelled and the rest are closed, each once");

  zmqg_test_resolver_hold (self->resolver);
  for (guint i = 0; i < N_CALLS; i++)
    begin (socket, self->endpoint, i % 2 == 0 ? cancellable : NULL, &outcomes[i]);
  g_cancellable_cancel (cancellable);
  zmqg_socket_close (socket);
  zmqg_test_resolver_release (self->resolver);
  zmqg_test_release (socket);
  zmqg_test_run_until_idle (NULL);
  for (guint i = 0; i < N_CALLS; i++)
    {
      g_assert_nonnull (outcomes[i].error);
      n_ended += outcomes[i].n_calls;
      outcome_clear (&outcomes[i]);
    }
  g_assert_cmpuint (n_ended, ==, N_CALLS);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/connect-async/name", test_name);
  ADD ("/connect-async/two-names", test_two_names);
  ADD ("/connect-async/source-address", test_source_address);
  ADD ("/connect-async/ipv6", test_ipv6);
  ADD ("/connect-async/websocket", test_websocket);
  ADD ("/connect-async/no-name", test_no_name);
  ADD ("/connect-async/proxy", test_proxy);
  ADD ("/connect-async/48-errors", test_errors);
  ADD ("/connect-async/cancel", test_cancel);
  ADD ("/connect-async/cancel-too-late", test_cancel_too_late);
  ADD ("/connect-async/close", test_close);
  ADD ("/connect-async/reference", test_reference);
  ADD ("/connect-async/terminated", test_terminated);
  ADD ("/connect-async/foreign-thread", test_foreign_thread);
  ADD ("/connect-async/own-context", test_own_context);
  ADD ("/connect-async/many", test_many);

  return g_test_run ();
}
