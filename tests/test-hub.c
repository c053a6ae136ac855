/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

#define HANDLER_TIME 20
#define N_BUSY 8
#define REDRAW_PRIORITY 120

/* Sees every turn of the loop go by: its prepare() runs between two dispatches. The length of a
 * turn is told by the messages handled in it, whatever the scheduler does to the loop. */
typedef struct
{
  GSource source;
  guint n_messages;
  guint most_messages;
} Turns;

static gboolean
turns_prepare (GSource *source,
               int     *timeout)
{
  Turns *turns = (Turns *) source;

  turns->most_messages = MAX (turns->most_messages, turns->n_messages);
  turns->n_messages = 0;
  *timeout = -1;

  return FALSE;
}

static GSourceFuncs turns_funcs = { .prepare = turns_prepare };

static Turns *
turns_new (void)
{
  GSource *source = g_source_new (&turns_funcs, sizeof (Turns));

  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_attach (source, NULL);

  return (Turns *) source;
}

static void
turns_free (Turns *turns)
{
  g_source_destroy (&turns->source);
  g_source_unref (&turns->source);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Turns, turns_free)

static void
busy_received_cb (ZmqgSocket  *socket,
                  ZmqgMessage *message,
                  Turns       *turns)
{
  gint64 end = zmqg_test_get_thread_cpu_time () + HANDLER_TIME;

  turns->n_messages++;
  while (zmqg_test_get_thread_cpu_time () < end)
    ;
}

static gboolean
count_idle_cb (gpointer user_data)
{
  guint *count = user_data;

  (*count)++;

  return G_SOURCE_CONTINUE;
}

typedef struct
{
  ZmqgSocket *sockets[N_BUSY];
  ZmqgTestPeer *peers[N_BUSY];
  guint n_sockets;
} Flood;

static void
flood_start (Flood             *flood,
             ZmqgTestTransport  transport,
             guint              n_sockets,
             Turns             *turns)
{
  flood->n_sockets = n_sockets;
  for (guint i = 0; i < n_sockets; i++)
    {
      g_autofree char *endpoint = NULL;

      flood->sockets[i] = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, transport, &endpoint);
      flood->peers[i] = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 64, zmqg_test_peer_flood);
      g_signal_connect (flood->sockets[i], "message-received", G_CALLBACK (busy_received_cb),
                        turns);
    }
  /* The queues fill */
  zmqg_test_run_for (NULL, 200);
}

static void
flood_stop (Flood *flood)
{
  for (guint i = 0; i < flood->n_sockets; i++)
    {
      zmqg_test_release (flood->sockets[i]);
      zmqg_test_peer_stop (flood->peers[i]);
    }
}

/* The longest turn, in what the handlers take (µs) */
static guint
measure_longest (Turns *turns,
                 guint  budget)
{
  zmqg_main_context_set_time_budget (NULL, budget);
  zmqg_test_run_for (NULL, 50);
  turns->most_messages = 0;
  zmqg_test_run_for (NULL, 300);
  g_test_message ("%u messages at a budget of %u", turns->most_messages, budget);

  return turns->most_messages * HANDLER_TIME;
}

static void
check_time_budget (ZmqgTestTransport transport,
                   guint             n_sockets)
{
  const guint budgets[] = { 500, 5000 };
  g_autoptr (Turns) turns = turns_new ();
  Flood flood = { .n_sockets = 0 };
  guint n_redraws = 0, redraw;
  guint before = zmqg_main_context_get_time_budget (NULL);

  flood_start (&flood, transport, n_sockets, turns);
  redraw = g_idle_add_full (REDRAW_PRIORITY, count_idle_cb, &n_redraws, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (budgets); i++)
    {
      guint longest;

      n_redraws = 0;
      longest = measure_longest (turns, budgets[i]);
      /* A handler is not interrupted, and the clock is not read after each */
      g_assert_cmpuint (longest, <, budgets[i] * 11 / 10 + 3 * HANDLER_TIME);
      /* The budget is used, too */
      g_assert_cmpuint (longest, >, budgets[i] / 3);
      g_assert_cmpuint (n_redraws, >=, 5);
    }
  g_source_remove (redraw);
  zmqg_main_context_set_time_budget (NULL, before);
  flood_stop (&flood);
}

static void
test_time_budget (gconstpointer data)
{
  check_time_budget (GPOINTER_TO_INT (data), 1);
}

/* The budget is the hub's: eight sockets take no longer than one */
static void
test_time_budget_shared (gconstpointer data)
{
  check_time_budget (GPOINTER_TO_INT (data), N_BUSY);
}

static void
test_time_budget_values (void)
{
  g_autoptr (GMainContext) other = g_main_context_new ();

  g_assert_cmpuint (zmqg_main_context_get_time_budget (NULL), ==, 500);
  g_assert_cmpuint (zmqg_main_context_get_time_budget (other), ==, 500);
  zmqg_main_context_set_time_budget (other, 1234);
  g_assert_cmpuint (zmqg_main_context_get_time_budget (other), ==, 1234);
  g_assert_cmpuint (zmqg_main_context_get_time_budget (NULL), ==, 500);
  g_assert_cmpuint (zmqg_main_context_get_time_budget (g_main_context_default ()), ==, 500);
}

typedef struct
{
  guint n_messages[N_BUSY];
  gpointer sockets[N_BUSY];
} Shares;

static void
share_received_cb (ZmqgSocket  *socket,
                   ZmqgMessage *message,
                   Shares      *shares)
{
  for (guint i = 0; i < N_BUSY; i++)
    {
      if (shares->sockets[i] == socket)
        shares->n_messages[i]++;
    }
}

/* All of them always have more messages than there is time for */
static void
test_round_robin (gconstpointer data)
{
  g_autoptr (Turns) turns = turns_new ();
  Flood flood = { .n_sockets = 0 };
  Shares shares = { .n_messages = { 0 } };
  guint sum = 0;

  flood_start (&flood, GPOINTER_TO_INT (data), N_BUSY, turns);
  for (guint i = 0; i < N_BUSY; i++)
    {
      shares.sockets[i] = flood.sockets[i];
      g_signal_connect (flood.sockets[i], "message-received", G_CALLBACK (share_received_cb),
                        &shares);
    }
  zmqg_test_run_for (NULL, 700);
  for (guint i = 0; i < N_BUSY; i++)
    sum += shares.n_messages[i];
  for (guint i = 0; i < N_BUSY; i++)
    g_assert_cmpuint (shares.n_messages[i], >, sum / N_BUSY / 5);
  flood_stop (&flood);
}

/* Makes a message arrive in each turn of the loop, between the hub's prepare() and its check() */
typedef struct
{
  GSource source;
  void *peer;
} Trickle;

static gboolean
trickle_prepare (GSource *source,
                 int     *timeout)
{
  Trickle *trickle = (Trickle *) source;
  guint64 number = 0;

  zmq_send (trickle->peer, &number, sizeof number, ZMQ_DONTWAIT);
  *timeout = -1;

  return FALSE;
}

static GSourceFuncs trickle_funcs = { .prepare = trickle_prepare };

/* The socket is emptied long before the budget ends, and ready again in the next turn: what has a
 * lower priority must have its turns all the same. */
static void
test_emptied_in_time (void)
{
  g_autoptr (Turns) turns = turns_new ();
  g_autofree char *endpoint = NULL;
  GSource *source = g_source_new (&trickle_funcs, sizeof (Trickle));
  Trickle *trickle = (Trickle *) source;
  guint n_redraws = 0, redraw;
  ZmqgSocket *socket;

  socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, ZMQG_TEST_INPROC, &endpoint);
  g_signal_connect (socket, "message-received", G_CALLBACK (busy_received_cb), turns);
  trickle->peer = zmq_socket (zmqg_context_get_handle (zmqg_context_get_default ()), ZMQ_PUSH);
  g_assert_cmpint (zmq_connect (trickle->peer, endpoint), ==, 0);
  zmqg_test_run_until_idle (NULL);
  g_source_attach (source, NULL);

  redraw = g_idle_add_full (REDRAW_PRIORITY, count_idle_cb, &n_redraws, NULL);
  zmqg_test_run_for (NULL, 300);
  g_assert_cmpuint (turns->most_messages, >=, 1);
  g_assert_cmpuint (n_redraws, >=, 20);

  g_source_remove (redraw);
  g_source_destroy (source);
  zmq_close (trickle->peer);
  g_source_unref (source);
  zmqg_test_release (socket);
}

static void
test_message_budget (gconstpointer data)
{
  g_autoptr (Turns) turns = turns_new ();
  Flood flood = { .n_sockets = 0 };

  flood_start (&flood, GPOINTER_TO_INT (data), 1, turns);
  zmqg_test_set_number (flood.sockets[0], "message-budget", 7);
  zmqg_test_run_for (NULL, 50);
  turns->most_messages = 0;
  zmqg_test_run_for (NULL, 200);
  g_assert_cmpuint (turns->most_messages, ==, 7);

  zmqg_test_set_number (flood.sockets[0], "message-budget", 0);
  zmqg_test_run_for (NULL, 200);
  g_assert_cmpuint (turns->most_messages, >, 7);
  flood_stop (&flood);
}

static void
nested_received_cb (ZmqgSocket      *socket,
                    ZmqgMessage     *message,
                    ZmqgTestCounter *counter)
{
  guint n_messages;

  zmqg_test_counter_received_cb (socket, message, counter);
  n_messages = counter->n_messages;
  if (n_messages % 1000 == 0 && g_main_depth () < 4)
    zmqg_test_wait_for (counter->n_messages >= n_messages + 100);
}

/* Several sockets under load, and their handlers run loops of their own */
static void
test_nested (gconstpointer data)
{
  ZmqgTestCounter counters[3] = { { 0 } };
  ZmqgSocket *sockets[3];
  ZmqgTestPeer *peers[3];

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *endpoint = NULL;

      sockets[i] = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data),
                                               &endpoint);
      g_signal_connect (sockets[i], "message-received", G_CALLBACK (nested_received_cb),
                        &counters[i]);
      peers[i] = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 0, zmqg_test_peer_flood);
    }
  for (guint i = 0; i < 3; i++)
    zmqg_test_wait_for (counters[i].n_messages > 20000);

  for (guint i = 0; i < 3; i++)
    {
      zmqg_test_release (sockets[i]);
      zmqg_test_peer_stop (peers[i]);
    }
}

typedef struct
{
  ZmqgSocket *sockets[2];
  GString *order;
} Priorities;

static void
priority_received_cb (ZmqgSocket  *socket,
                      ZmqgMessage *message,
                      Priorities  *priorities)
{
  g_string_append_c (priorities->order, socket == priorities->sockets[0] ? 'a' : 'b');
}

static void
test_priorities (gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Priorities priorities = { .order = order };
  ZmqgTestPeer *peers[2];

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *endpoint = NULL;

      priorities.sockets[i] = zmqg_test_socket_new_bound (
        ZMQG_SOCKET_TYPE_PULL, GPOINTER_TO_INT (data), &endpoint);
      g_signal_connect (priorities.sockets[i], "message-received",
                        G_CALLBACK (priority_received_cb), &priorities);
      peers[i] = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 0, zmqg_test_peer_on_command);
    }
  zmqg_test_run_until_idle (NULL);
  for (guint i = 0; i < 6; i++)
    {
      /* Each in turn is the first one, whoever sends first */
      zmqg_test_set_number (priorities.sockets[i % 2], "priority", 300);
      zmqg_test_set_number (priorities.sockets[1 - i % 2], "priority", 200);
      zmqg_test_run_until_idle (NULL);
      zmqg_test_peer_send_now (peers[i / 2 % 2], 2);
      zmqg_test_peer_send_now (peers[1 - i / 2 % 2], 2);
      zmqg_test_wait_for (order->len == 4);
      g_assert_cmpstr (order->str, ==, i % 2 == 0 ? "bbaa" : "aabb");
      g_string_truncate (order, 0);
    }

  for (guint i = 0; i < 2; i++)
    {
      zmqg_test_release (priorities.sockets[i]);
      zmqg_test_peer_stop (peers[i]);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/hub/time-budget/values", test_time_budget_values);
  zmqg_test_add_transports ("/hub/time-budget/one", test_time_budget);
  zmqg_test_add_transports ("/hub/time-budget/eight", test_time_budget_shared);
  zmqg_test_add_transports ("/hub/round-robin", test_round_robin);
  g_test_add_func ("/hub/emptied-in-time", test_emptied_in_time);
  zmqg_test_add_transports ("/hub/message-budget", test_message_budget);
  zmqg_test_add_transports ("/hub/nested", test_nested);
  zmqg_test_add_transports ("/hub/priorities", test_priorities);

  return g_test_run ();
}
