/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

/* A PULL socket and a peer that sends when it is told to */
typedef struct
{
  ZmqgSocket *socket;
  ZmqgTestPeer *peer;
} Source;

static void
source_init (Source            *source,
             ZmqgTestTransport  transport)
{
  g_autofree char *endpoint = NULL;

  source->socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, transport, &endpoint);
  source->peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 0, zmqg_test_peer_on_command);
  zmqg_test_run_until_idle (NULL);
}

static void
source_clear (Source *source)
{
  g_clear_pointer (&source->socket, zmqg_test_release);
  g_clear_pointer (&source->peer, zmqg_test_peer_stop);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Source, source_clear)

typedef struct
{
  ZmqgTestCounter *counter;
  gboolean released;
} Function;

static void
function_received_cb (ZmqgSocket  *socket,
                      ZmqgMessage *message,
                      gpointer     user_data)
{
  Function *function = user_data;

  g_assert_false (function->released);
  zmqg_test_counter_received_cb (socket, message, function->counter);
}

static void
function_release (gpointer data)
{
  Function *function = data;

  g_assert_false (function->released);
  function->released = TRUE;
}

static void
test_message_func (gconstpointer data)
{
  g_auto (Source) source = { NULL, NULL };
  ZmqgTestCounter counter = { 0 }, by_signal = { .next = 20 };
  Function first = { &counter, FALSE }, second = { &counter, FALSE };

  source_init (&source, GPOINTER_TO_INT (data));
  zmqg_test_counter_connect (&by_signal, source.socket);
  zmqg_socket_set_message_func (source.socket, function_received_cb, &first, function_release);
  zmqg_test_peer_send_now (source.peer, 10);
  zmqg_test_wait_for (counter.n_messages == 10);
  g_assert_false (first.released);

  zmqg_socket_set_message_func (source.socket, function_received_cb, &second, function_release);
  g_assert_true (first.released);
  zmqg_test_peer_send_now (source.peer, 10);
  zmqg_test_wait_for (counter.n_messages == 20);
  g_assert_cmpuint (by_signal.n_messages, ==, 0);

  zmqg_socket_set_message_func (source.socket, NULL, NULL, NULL);
  g_assert_true (second.released);
  zmqg_test_peer_send_now (source.peer, 10);
  zmqg_test_wait_for (by_signal.n_messages == 10);
}

static void
test_message_func_released (void)
{
  ZmqgTestCounter counter = { 0 };
  Function at_end = { &counter, FALSE };
  ZmqgSocket *socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);

  zmqg_socket_set_message_func (socket, function_received_cb, &at_end, function_release);
  zmqg_test_release (socket);
  g_assert_true (at_end.released);
}

static void
replace_received_cb (ZmqgSocket  *socket,
                     ZmqgMessage *message,
                     gpointer     user_data)
{
  Function *function = user_data;
  Function *next;

  g_assert_false (function->released);
  next = g_new0 (Function, 1);
  next->counter = function->counter;
  zmqg_socket_set_message_func (socket, replace_received_cb, next, g_free);
  /* What runs is not released before it returns */
  zmqg_test_counter_received_cb (socket, message, function->counter);
}

static void
test_message_func_replaced (gconstpointer data)
{
  g_auto (Source) source = { NULL, NULL };
  ZmqgTestCounter counter = { 0 };
  Function *first = g_new0 (Function, 1);

  first->counter = &counter;
  source_init (&source, GPOINTER_TO_INT (data));
  zmqg_socket_set_message_func (source.socket, replace_received_cb, first, g_free);
  zmqg_test_peer_send_now (source.peer, 50);
  zmqg_test_wait_for (counter.n_messages == 50);
}

typedef struct
{
  ZmqgTestCounter counter;
  guint n_batches;
  GPtrArray *kept;
} Batches;

static void
batch_received_cb (ZmqgSocket *socket,
                   GPtrArray  *messages,
                   Batches    *batches)
{
  g_assert_cmpuint (messages->len, >, 0);
  for (guint i = 0; i < messages->len; i++)
    zmqg_test_counter_received_cb (socket, messages->pdata[i], &batches->counter);
  batches->n_batches++;
  g_clear_pointer (&batches->kept, g_ptr_array_unref);
  batches->kept = g_ptr_array_ref (messages);
}

static void
test_batches (gconstpointer data)
{
  g_auto (Source) source = { NULL, NULL };
  Batches batches = { .n_batches = 0 };
  ZmqgMessage *last;

  source_init (&source, GPOINTER_TO_INT (data));
  zmqg_test_peer_send_now (source.peer, 500);
  zmqg_test_poll_for (
    (zmqg_socket_condition_check (source.socket, G_IO_IN) & G_IO_IN) != 0);
  g_signal_connect (source.socket, "messages-received", G_CALLBACK (batch_received_cb), &batches);
  zmqg_test_wait_for (batches.counter.n_messages == 500);
  /* Once per dispatch, not once per message */
  g_assert_cmpuint (batches.n_batches, <=, 50);

  zmqg_test_peer_send_now (source.peer, 1);
  zmqg_test_wait_for (batches.counter.n_messages == 501);
  last = batches.kept->pdata[batches.kept->len - 1];
  g_assert_cmpuint (zmqg_test_message_get_number (last), ==, 500);
  g_clear_pointer (&batches.kept, g_ptr_array_unref);
}

static void
batch_close_cb (ZmqgSocket *socket,
                GPtrArray  *messages,
                guint      *n_batches)
{
  (*n_batches)++;
  zmqg_socket_close (socket);
}

static void
test_batch_close (gconstpointer data)
{
  g_auto (Source) source = { NULL, NULL };
  guint n_batches = 0;

  source_init (&source, GPOINTER_TO_INT (data));
  g_signal_connect (source.socket, "messages-received", G_CALLBACK (batch_close_cb), &n_batches);
  zmqg_test_peer_send_now (source.peer, 100);
  zmqg_test_wait_for (n_batches > 0);
  zmqg_test_run_for (NULL, 30);
  g_assert_cmpuint (n_batches, ==, 1);
}

/* By pulling, with no handler at all */
static void
test_receive_many (gconstpointer data)
{
  g_auto (Source) source = { NULL, NULL };
  g_autoptr (GError) error = NULL, empty_error = NULL;
  guint64 next = 0;

  source_init (&source, GPOINTER_TO_INT (data));
  zmqg_test_peer_send_now (source.peer, 25);
  while (next < 25)
    {
      g_autoptr (GPtrArray) messages = NULL;

      zmqg_test_poll_for (
        (zmqg_socket_condition_check (source.socket, G_IO_IN) & G_IO_IN) != 0);
      messages = zmqg_socket_receive_many (source.socket, 10, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (messages->len, >, 0);
      g_assert_cmpuint (messages->len, <=, 10);
      for (guint i = 0; i < messages->len; i++)
        g_assert_cmpuint (zmqg_test_message_get_number (messages->pdata[i]), ==, next++);
    }

  g_assert_null (zmqg_socket_try_receive (source.socket, &empty_error));
  g_assert_error (empty_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static void
test_statistics (gconstpointer data)
{
  g_auto (Source) source = { NULL, NULL };
  g_autoptr (ZmqgSocketStatistics) before = NULL, after = NULL;
  ZmqgTestCounter counter = { 0 };

  source_init (&source, GPOINTER_TO_INT (data));
  zmqg_test_counter_connect (&counter, source.socket);
  before = zmqg_socket_get_statistics (source.socket);
  g_assert_cmpuint (before->messages_received, ==, 0);
  zmqg_test_peer_send_now (source.peer, 100);
  zmqg_test_wait_for (counter.n_messages == 100);

  after = zmqg_socket_get_statistics (source.socket);
  g_assert_cmpuint (after->messages_received, ==, 100);
  g_assert_cmpuint (after->bytes_received, ==, 100 * sizeof (guint64));
  g_assert_cmpuint (after->messages_sent, ==, 0);
  g_assert_cmpuint (after->dispatches, >, before->dispatches);
  g_assert_cmpuint (after->wakeups, >, 0);
  g_assert_cmpuint (after->send_failures, ==, 0);
}

static void
slow_received_cb (ZmqgSocket      *socket,
                  ZmqgMessage     *message,
                  ZmqgTestCounter *counter)
{
  zmqg_test_counter_received_cb (socket, message, counter);
  /* Longer than the time budget */
  g_usleep (1000);
}

static void
test_statistics_budget (void)
{
  g_auto (Source) source = { NULL, NULL };
  g_autoptr (ZmqgSocketStatistics) statistics = NULL;
  ZmqgTestCounter counter = { 0 };

  source_init (&source, ZMQG_TEST_INPROC);
  zmqg_test_peer_send_now (source.peer, 20);
  g_signal_connect (source.socket, "message-received", G_CALLBACK (slow_received_cb), &counter);
  zmqg_test_wait_for (counter.n_messages == 20);
  statistics = zmqg_socket_get_statistics (source.socket);
  g_assert_cmpuint (statistics->budgets_exhausted, >=, 10);
  g_assert_cmpuint (statistics->longest_dispatch, >=, 1000);
}

/* Messages wait for a socket whose handler does not want all of them */
typedef struct
{
  ZmqgSocket *socket;
  ZmqgTestPeer *peer;
  ZmqgTestCounter counter;
  gulong handler;
  guint n_refused;
  void (*refuse) (gpointer user_data);
  void (*resume) (gpointer user_data);
} Reader;

static void
reader_received_cb (ZmqgSocket  *socket,
                    ZmqgMessage *message,
                    Reader      *reader)
{
  zmqg_test_counter_received_cb (socket, message, &reader->counter);
  if (reader->counter.n_messages % 3 == 0)
    {
      reader->n_refused++;
      reader->refuse (reader);
    }
}

static void
reader_connect (gpointer user_data)
{
  Reader *reader = user_data;

  reader->handler = g_signal_connect (reader->socket, "message-received",
                                      G_CALLBACK (reader_received_cb), reader);
}

static void
reader_disconnect (gpointer user_data)
{
  Reader *reader = user_data;

  g_clear_signal_handler (&reader->handler, reader->socket);
}

static void
reader_block (gpointer user_data)
{
  Reader *reader = user_data;

  g_signal_handler_block (reader->socket, reader->handler);
}

static void
reader_unblock (gpointer user_data)
{
  Reader *reader = user_data;

  g_signal_handler_unblock (reader->socket, reader->handler);
}

static void
reader_pause (gpointer user_data)
{
  Reader *reader = user_data;

  zmqg_test_set_number (reader->socket, "paused", TRUE);
}

static void
reader_unpause (gpointer user_data)
{
  Reader *reader = user_data;

  zmqg_test_set_number (reader->socket, "paused", FALSE);
}

static void
reader_set_func (gpointer user_data)
{
  Reader *reader = user_data;

  zmqg_socket_set_message_func (reader->socket, (ZmqgMessageFunc) reader_received_cb, reader,
                                NULL);
}

static void
reader_unset_func (gpointer user_data)
{
  Reader *reader = user_data;

  zmqg_socket_set_message_func (reader->socket, NULL, NULL, NULL);
}

static void
reader_change_priority (gpointer user_data)
{
  Reader *reader = user_data;
  gint64 priority = zmqg_test_get_number (reader->socket, "priority");

  zmqg_test_set_number (reader->socket, "paused", TRUE);
  zmqg_test_set_number (reader->socket, "priority", priority == 0 ? 150 : 0);
}

static const struct
{
  const char *name;
  void (*start) (gpointer user_data);
  void (*refuse) (gpointer user_data);
  void (*resume) (gpointer user_data);
} refusals[] = {
  { "disconnect", reader_connect, reader_disconnect, reader_connect },
  { "block", reader_connect, reader_block, reader_unblock },
  { "pause", reader_connect, reader_pause, reader_unpause },
  { "unset-func", reader_set_func, reader_unset_func, reader_set_func },
  { "priority", reader_connect, reader_change_priority, reader_unpause },
};

static void
check_refusal (ZmqgTestTransport transport,
               guint             index)
{
  const guint n_messages = 101;
  g_autofree char *endpoint = NULL;
  Reader reader = { .refuse = refusals[index].refuse, .resume = refusals[index].resume };

  reader.socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, transport, &endpoint);
  reader.peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, 0, zmqg_test_peer_on_command);
  zmqg_test_run_until_idle (NULL);
  zmqg_test_peer_send_now (reader.peer, n_messages);
  refusals[index].start (&reader);
  while (reader.counter.n_messages < n_messages / 3 * 3)
    {
      guint n_expected = (reader.n_refused + 1) * 3;

      zmqg_test_wait_for (reader.counter.n_messages == n_expected);
      g_assert_cmpuint (zmqg_test_run_for (NULL, 5), <=, 5);
      g_assert_cmpuint (reader.counter.n_messages, ==, n_expected);
      reader.resume (&reader);
    }
  zmqg_test_wait_for (reader.counter.n_messages == n_messages);

  zmqg_test_release (reader.socket);
  zmqg_test_peer_stop (reader.peer);
}

static void
test_refusal (gconstpointer data)
{
  for (int transport = 0; transport < ZMQG_TEST_N_TRANSPORTS; transport++)
    check_refusal (transport, GPOINTER_TO_UINT (data));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/receive/function", test_message_func);
  g_test_add_func ("/receive/function/released", test_message_func_released);
  zmqg_test_add_transports ("/receive/function/replaced", test_message_func_replaced);
  zmqg_test_add_transports ("/receive/batches", test_batches);
  zmqg_test_add_transports ("/receive/batch-closes", test_batch_close);
  zmqg_test_add_transports ("/receive/many", test_receive_many);
  zmqg_test_add_transports ("/receive/statistics", test_statistics);
  g_test_add_func ("/receive/statistics/budget", test_statistics_budget);

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strdup_printf ("/receive/nothing-lost/%s", refusals[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_refusal);
    }

  return g_test_run ();
}
