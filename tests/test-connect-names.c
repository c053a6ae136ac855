/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-connect.h"

#include <string.h>

static void
test_name (ZmqgTestNames *self,
           gconstpointer  data)
{
  g_auto (ZmqgTestOutcome) outcome = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *last = NULL;

  g_test_summary ("A name only the resolver knows is connected to, and is what it is called by");

  zmqg_test_connect_begin (self->push, self->endpoint, NULL, &outcome);
  zmqg_test_assert_connections (self->push, "");
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_no_error (outcome.error);
  zmqg_test_assert_connections (self->push, self->endpoint);
  last = zmqg_socket_dup_last_endpoint (self->push);
  g_assert_cmpstr (last, ==, self->endpoint);

  zmqg_test_send_number (self->push, 0);
  zmqg_test_wait_for (self->counter.n_messages == 1);

  g_assert_true (zmqg_socket_disconnect_from (self->push, self->endpoint, &error));
  g_assert_no_error (error);
  zmqg_test_assert_connections (self->push, "");
  g_assert_false (zmqg_socket_disconnect_from (self->push, self->endpoint, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  /* Nobody is there to send to */
  g_assert_cmpint (zmqg_socket_condition_check (self->push, G_IO_OUT), ==, 0);
  g_assert_cmpuint (outcome.n_calls, ==, 1);
}

static void
test_two_names (ZmqgTestNames *self,
                gconstpointer  data)
{
  g_auto (ZmqgTestOutcome) first = { 0 };
  g_auto (ZmqgTestOutcome) second = { 0 };
  g_autofree char *same = g_strdup_printf ("tcp://same.test%s", strrchr (self->endpoint, ':'));
  g_autofree char *both = g_strjoin (" ", self->endpoint, same, NULL);

  g_test_summary ("Two names of one address are two connections to those who disconnect");

  zmqg_test_connect_begin (self->push, self->endpoint, NULL, &first);
  zmqg_test_connect_begin (self->push, same, NULL, &second);
  zmqg_test_wait_for (first.n_calls == 1 && second.n_calls == 1);
  zmqg_test_assert_connections (self->push, both);
  g_assert_true (zmqg_socket_disconnect_from (self->push, self->endpoint, NULL));
  zmqg_test_assert_connections (self->push, same);
  zmqg_test_send_number (self->push, 0);
  zmqg_test_wait_for (self->counter.n_messages == 1);
  g_assert_true (zmqg_socket_disconnect_from (self->push, same, NULL));
  g_assert_cmpint (zmqg_socket_condition_check (self->push, G_IO_OUT), ==, 0);
}

static void
test_source_address (ZmqgTestNames *self,
                     gconstpointer  data)
{
  g_auto (ZmqgTestOutcome) outcome = { 0 };
  g_autofree char *endpoint = g_strdup_printf ("tcp://127.0.0.1:0;%s",
                                               self->endpoint + strlen ("tcp://"));

  g_test_summary ("An address to connect from is kept");

  zmqg_test_connect_begin (self->push, endpoint, NULL, &outcome);
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_no_error (outcome.error);
  zmqg_test_assert_connections (self->push, endpoint);
  zmqg_test_send_number (self->push, 0);
  zmqg_test_wait_for (self->counter.n_messages == 1);
  g_assert_true (zmqg_socket_disconnect_from (self->push, endpoint, NULL));
}

static void
test_ipv6 (ZmqgTestNames *self,
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
  g_auto (ZmqgTestOutcome) outcome = { 0 };

  g_test_summary ("The resolver is asked for what the socket can use, and an IPv6 address works");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *each = g_strdup_printf ("tcp://%speer.test:5555", cases[i].source);
      g_auto (ZmqgTestOutcome) asked = { 0 };

      zmqg_test_set_number (self->push, "ipv6", cases[i].ipv6);
      zmqg_test_connect_begin (self->push, each, NULL, &asked);
      zmqg_test_wait_for (asked.n_calls == 1);
      g_assert_cmpint (zmqg_test_resolver_get_flags (self->resolver), ==, cases[i].flags);
      g_assert_true (zmqg_socket_disconnect_from (self->push, each, NULL));
    }

  g_assert_true (zmqg_socket_bind (pull, "tcp://[::1]:*", NULL));
  bound = zmqg_socket_dup_last_endpoint (pull);
  endpoint = g_strdup_printf ("tcp://six.test%s", strrchr (bound, ':'));
  zmqg_test_resolver_set (self->resolver, "six.test", "::1 127.0.0.1");
  zmqg_test_counter_connect (&counter, pull);
  zmqg_test_connect_begin (self->push, endpoint, NULL, &outcome);
  zmqg_test_wait_for (outcome.n_calls == 1);
  zmqg_test_send_number (self->push, 0);
  zmqg_test_wait_for (counter.n_messages == 1);
  g_assert_true (zmqg_socket_disconnect_from (self->push, endpoint, NULL));
}

static void
test_websocket (ZmqgTestNames *self,
                gconstpointer  data)
{
  g_auto (ZmqgTestOutcome) outcome = { 0 };
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
  zmqg_test_connect_begin (self->push, endpoint, NULL, &outcome);
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_no_error (outcome.error);
  zmqg_test_send_number (self->push, 0);
  zmqg_test_wait_for (self->counter.n_messages == 1);
}

static void
test_no_name (ZmqgTestNames *self,
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
      g_auto (ZmqgTestOutcome) outcome = { 0 };

      if (g_str_has_prefix (endpoints[i], "tipc") && !zmqg_has_capability ("tipc"))
        continue;
      zmqg_test_connect_begin (self->push, endpoints[i], NULL, &outcome);
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
test_proxy (ZmqgTestNames *self,
            gconstpointer  data)
{
  g_auto (ZmqgTestOutcome) outcome = { 0 };
  g_autofree char *address = start_proxy ();

  g_test_summary ("A proxy is to know the names");

  g_object_set (self->push, "socks-proxy", address, NULL);
  zmqg_test_connect_begin (self->push, "tcp://hidden.test:5555", NULL, &outcome);
  zmqg_test_wait_for (outcome.n_calls == 1);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (zmqg_test_resolver_count_asked (self->resolver), ==, 0);
  g_assert_true (zmqg_socket_disconnect_from (self->push, "tcp://hidden.test:5555", NULL));
}

static void
test_errors (ZmqgTestNames *self,
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
      g_auto (ZmqgTestOutcome) outcome = { 0 };

      zmqg_test_connect_begin (self->push, cases[i].endpoint, NULL, &outcome);
      zmqg_test_wait_for (outcome.n_calls == 1);
      g_assert_error (outcome.error, G_IO_ERROR, cases[i].code);
      g_assert_nonnull (strstr (outcome.error->message, cases[i].endpoint));
      g_assert_cmpuint (zmqg_test_resolver_count_asked (self->resolver), ==, cases[i].n_asked);
    }
  zmqg_test_assert_connections (self->push, "");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add (path, ZmqgTestNames, NULL, zmqg_test_names_set_up, func, zmqg_test_names_tear_down)
  ADD ("/connect-names/name", test_name);
  ADD ("/connect-names/two-names", test_two_names);
  ADD ("/connect-names/source-address", test_source_address);
  ADD ("/connect-names/ipv6", test_ipv6);
  ADD ("/connect-names/websocket", test_websocket);
  ADD ("/connect-names/no-name", test_no_name);
  ADD ("/connect-names/proxy", test_proxy);
  ADD ("/connect-names/48-errors", test_errors);

  return g_test_run ();
}
