/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define _GNU_SOURCE /* RTLD_NEXT */

#include "zmqg-test-utils.h"

#include <dlfcn.h>
#include <netdb.h>
#include <string.h>

/* How long the name server takes (ms) */
#define SLOWNESS 800

static int n_slow;

typedef int (*LookUpFunc) (const char             *node,
                           const char             *service,
                           const struct addrinfo  *hints,
                           struct addrinfo       **result);

/* Takes the place of the C library's, for libzmq and for GIO alike */
int
getaddrinfo (const char             *node,
             const char             *service,
             const struct addrinfo  *hints,
             struct addrinfo       **result)
{
  LookUpFunc next;

  *(void **) &next = dlsym (RTLD_NEXT, "getaddrinfo");
  if (node == NULL || strstr (node, "slow.test") == NULL)
    return next (node, service, hints, result);

  g_atomic_int_inc (&n_slow);
  g_usleep (SLOWNESS * 1000);

  return next ("127.0.0.1", service, hints, result);
}

typedef struct
{
  ZmqgTestPair pair;
  gint64 sent;
  gint64 longest;
  guint64 number;
  gboolean is_connected;
} Talk;

static void
say (Talk *talk)
{
  talk->sent = g_get_monotonic_time ();
  zmqg_test_send_number (talk->pair.connected, talk->number++);
}

static void
heard_cb (ZmqgSocket  *socket,
          ZmqgMessage *message,
          Talk        *talk)
{
  gint64 took = g_get_monotonic_time () - talk->sent;

  talk->longest = MAX (talk->longest, took);
  say (talk);
}

/* Two sockets that have nothing to do with the name */
static void
talk_init (Talk *talk)
{
  memset (talk, 0, sizeof *talk);
  zmqg_test_pair_init (&talk->pair, ZMQG_TEST_TCP, ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH);
  g_signal_connect (talk->pair.bound, "message-received", G_CALLBACK (heard_cb), talk);
  say (talk);
  zmqg_test_wait_for (talk->number > 100);
  talk->longest = 0;
}

static void
connected_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Talk *talk = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (zmqg_socket_connect_to_finish (ZMQG_SOCKET (object), result, &error));
  g_assert_no_error (error);
  talk->is_connected = TRUE;
}

static void
test_synchronous (void)
{
  Talk talk;
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);

  g_test_summary ("What connect_to_async() is for: a slow name stops the others");

  talk_init (&talk);
  n_slow = 0;
  g_assert_true (zmqg_socket_connect_to (socket, "tcp://slow.test:1", NULL));
  zmqg_test_wait_for (talk.longest > SLOWNESS * 1000 * 3 / 4);
  g_assert_cmpint (n_slow, >=, 1);
  zmqg_test_release (socket);
  zmqg_test_pair_clear (&talk.pair);
}

static void
test_asynchronous (void)
{
  Talk talk;
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  gint64 start;

  g_test_summary ("While a slow name is resolved, the others talk on");

  talk_init (&talk);
  n_slow = 0;
  start = g_get_monotonic_time ();
  zmqg_socket_connect_to_async (socket, "tcp://slow.test:1", NULL, connected_cb, &talk);
  zmqg_test_wait_for (talk.is_connected);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, SLOWNESS * 1000);
  /* Some more of it, in which libzmq connects, and again */
  zmqg_test_run_for (NULL, SLOWNESS);
  g_test_message ("%d µs at most", (int) talk.longest);
  g_assert_cmpint (talk.longest, <, SLOWNESS * 1000 / 2);
  g_assert_cmpint (n_slow, ==, 1);
  zmqg_test_release (socket);
  zmqg_test_pair_clear (&talk.pair);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/slow-names/synchronous", test_synchronous);
  g_test_add_func ("/slow-names/asynchronous", test_asynchronous);

  return g_test_run ();
}
