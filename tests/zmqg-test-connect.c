/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-connect.h"

#include <string.h>

void
zmqg_test_outcome_clear (ZmqgTestOutcome *self)
{
  g_clear_error (&self->error);
}

static void
connected_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  ZmqgTestOutcome *outcome = user_data;

  g_assert_false (outcome->is_inside);
  outcome->thread = g_thread_self ();
  outcome->connected = zmqg_socket_connect_to_finish (ZMQG_SOCKET (object), result,
                                                      &outcome->error);
  g_assert_cmpint (outcome->connected, ==, outcome->error == NULL);
  outcome->n_calls++;
}

void
zmqg_test_connect_begin (ZmqgSocket      *socket,
                         const char      *endpoint,
                         GCancellable    *cancellable,
                         ZmqgTestOutcome *outcome)
{
  outcome->is_inside = TRUE;
  zmqg_socket_connect_to_async (socket, endpoint, cancellable, connected_cb, outcome);
  outcome->is_inside = FALSE;
}

void
zmqg_test_assert_connections (ZmqgSocket *socket,
                              const char *expected)
{
  g_auto (GStrv) connections = zmqg_socket_list_connections (socket);
  g_autofree char *joined = g_strjoinv (" ", connections);

  g_assert_cmpstr (joined, ==, expected);
}

void
zmqg_test_names_set_up (ZmqgTestNames *self,
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

void
zmqg_test_names_tear_down (ZmqgTestNames *self,
                           gconstpointer  data)
{
  zmqg_test_release (self->pull);
  zmqg_test_release (self->push);
  zmqg_test_resolver_uninstall (self->resolver);
  g_free (self->endpoint);
}
