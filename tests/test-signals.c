/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

typedef struct
{
  ZmqgSocket *socket;
  guint n_told;
  gboolean connects;
} Listener;

static void
told_cb (ZmqgSocket  *socket,
         ZmqgMessage *message,
         Listener    *listener)
{
  listener->n_told++;
}

static gboolean
send_idle_cb (gpointer user_data)
{
  Listener *listener = user_data;

  if (listener->connects)
    g_signal_connect (listener->socket, "message-sent", G_CALLBACK (told_cb), listener);
  zmqg_test_send_number (listener->socket, 0);

  return G_SOURCE_REMOVE;
}

/* Who listens may change with every callback of the loop. */
static void
test_late_listener (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { 0 };
  Listener listener = { NULL, 0, FALSE };

  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PAIR,
                       ZMQG_SOCKET_TYPE_PAIR);
  listener.socket = pair.connected;
  for (guint i = 0; i < 20; i++)
    {
      listener.connects = FALSE;
      g_idle_add (send_idle_cb, &listener);
      zmqg_test_run_until_idle (NULL);
      g_assert_cmpuint (listener.n_told, ==, 2 * i);

      listener.connects = TRUE;
      g_idle_add (send_idle_cb, &listener);
      zmqg_test_wait_for (listener.n_told == 2 * i + 1);
      listener.connects = FALSE;
      g_idle_add (send_idle_cb, &listener);
      zmqg_test_wait_for (listener.n_told == 2 * i + 2);
      g_signal_handlers_disconnect_by_data (listener.socket, &listener);
    }
}

/* A socket that tells a lot, and ends in the handler of one of its signals */
typedef struct
{
  ZmqgSocket *socket;
  gboolean unrefs;
  gboolean ended;
  guint n_after;
  guint n_closed;
} Ending;

static void
tell_cb (Ending *ending)
{
  g_assert_cmpuint (ending->n_closed, ==, 0);
  if (ending->ended)
    ending->n_after++;
}

static void
end_cb (Ending *ending)
{
  if (ending->ended)
    return;

  ending->ended = TRUE;
  if (ending->unrefs)
    g_object_unref (ending->socket);
  else
    zmqg_socket_close (ending->socket);
}

static void
closed_cb (Ending *ending)
{
  g_assert_true (ending->ended);
  ending->n_closed++;
}

static const char *const signals[] = {
  "message-sent", "writable", "drained", "notify::send-queue-length", "notify::send-queue-bytes",
  "message-received", "messages-received",
};

static void
ending_init (Ending     *ending,
             const char *signal,
             char      **endpoint)
{
  ending->socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);
  g_object_add_weak_pointer (G_OBJECT (ending->socket), (gpointer *) &ending->socket);
  zmqg_test_set_number (ending->socket, "send-queue-limit", 5);
  zmqg_test_bind_free (ending->socket, ZMQG_TEST_INPROC, endpoint);
  g_signal_connect_swapped (ending->socket, signal, G_CALLBACK (end_cb), ending);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_swapped (ending->socket, signals[i], G_CALLBACK (tell_cb), ending);
  g_signal_connect_swapped (ending->socket, "closed", G_CALLBACK (closed_cb), ending);
}

static void
check_end (const char *signal,
           gboolean    unrefs)
{
  g_autofree char *endpoint = NULL;
  Ending ending = { .unrefs = unrefs };
  ZmqgSocket *peer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);
  gint64 n_before = zmqg_test_get_number (zmqg_context_get_default (), "n-sockets");

  ending_init (&ending, signal, &endpoint);
  for (guint i = 0; i < 5; i++)
    zmqg_test_send_number (ending.socket, i);
  g_assert_false (zmqg_socket_send_string (ending.socket, "too much", NULL));
  g_assert_true (zmqg_socket_connect_to (peer, endpoint, NULL));
  for (guint i = 0; i < 5; i++)
    zmqg_test_send_number (peer, i);
  zmqg_test_wait_for (unrefs ? ending.socket == NULL : ending.n_closed > 0);
  zmqg_test_run_for (NULL, 10);

  g_assert_cmpuint (ending.n_closed, ==, unrefs ? 0 : 1);
  if (unrefs)
    /* Those connected to the signal itself were being told */
    g_assert_cmpuint (ending.n_after, <=, 1);
  else
    zmqg_test_release (ending.socket);
  g_assert_cmpint (zmqg_test_get_number (zmqg_context_get_default (), "n-sockets"), ==, n_before);
  zmqg_test_release (peer);
}

static void
test_end (gconstpointer data)
{
  check_end (data, FALSE);
  check_end (data, TRUE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/signals/late-listener", test_late_listener);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autofree char *path = g_strdup_printf ("/signals/end-in/%s", signals[i]);

      g_test_add_data_func (path, signals[i], test_end);
    }

  return g_test_run ();
}
