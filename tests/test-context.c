/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

static void
count_notify_cb (GObject    *object,
                 GParamSpec *pspec,
                 int        *n_notified)
{
  (*n_notified)++;
}

static void
count_closed_cb (ZmqgSocket *socket,
                 int        *n_closed)
{
  (*n_closed)++;
}

static void
keep_error_cb (ZmqgSocket    *socket,
               const GError  *error,
               GError       **kept)
{
  g_assert_null (*kept);
  *kept = g_error_copy (error);
}

static ZmqgSocket *
new_socket (ZmqgContext    *context,
            ZmqgSocketType  type)
{
  g_autoptr (GError) error = NULL;
  ZmqgSocket *socket = zmqg_socket_new_with_context (context, type, &error);

  g_assert_no_error (error);

  return socket;
}

static void
test_default (void)
{
  g_autoptr (ZmqgContext) own = zmqg_context_new ();
  g_autoptr (ZmqgContext) of_socket = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PAIR);

  g_test_summary ("There is one default context, used where none is given");

  g_assert_true (ZMQG_IS_CONTEXT (zmqg_context_get_default ()));
  g_assert_true (zmqg_context_get_default () == zmqg_context_get_default ());
  g_assert_true (own != zmqg_context_get_default ());

  g_object_get (socket, "context", &of_socket, NULL);
  g_assert_true (of_socket == zmqg_context_get_default ());
}

static gpointer
get_default (gpointer data)
{
  return zmqg_context_get_default ();
}

static void
test_default_in_threads (void)
{
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("default", get_default, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_true (g_thread_join (threads[i]) == zmqg_context_get_default ());
}

static void
test_separate (void)
{
  g_autoptr (ZmqgContext) first = zmqg_context_new ();
  g_autoptr (ZmqgContext) second = zmqg_context_new ();
  g_autoptr (ZmqgSocket) one = new_socket (first, ZMQG_SOCKET_TYPE_PAIR);
  g_autoptr (ZmqgSocket) other = new_socket (second, ZMQG_SOCKET_TYPE_PAIR);
  g_autoptr (ZmqgSocket) same = new_socket (first, ZMQG_SOCKET_TYPE_PAIR);
  g_autoptr (GError) error = NULL;

  g_test_summary ("Each context has inproc names of its own");

  g_assert_true (zmqg_socket_bind (one, "inproc://separate", &error));
  g_assert_no_error (error);
  g_assert_true (zmqg_socket_bind (other, "inproc://separate", &error));
  g_assert_no_error (error);
  g_assert_false (zmqg_socket_bind (same, "inproc://separate", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

static void
test_properties (void)
{
  static const struct
  {
    const char *name;
    int option;
    int initial;
    int other;
  } options[] = {
    { "io-threads", ZMQ_IO_THREADS, 1, 3 },
    /* libzmq's own number leaves room for sockets that are closed and linger */
    { "max-sockets", -1, 1023, 7 },
    { "max-message-size", ZMQ_MAX_MSGSZ, G_MAXINT, 4096 },
    { "ipv6", ZMQ_IPV6, 0, 1 },
  };
  g_autoptr (ZmqgContext) context = zmqg_context_new ();

  g_test_summary ("Properties begin with libzmq's defaults and reach libzmq");

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autofree char *detailed = g_strconcat ("notify::", options[i].name, NULL);
      int n_notified = 0;

      g_test_message ("%s", options[i].name);
      g_signal_connect (context, detailed, G_CALLBACK (count_notify_cb), &n_notified);
      g_assert_cmpint (zmqg_test_get_number (context, options[i].name), ==, options[i].initial);
      if (options[i].option != -1)
        g_assert_cmpint (zmq_ctx_get (zmqg_context_get_handle (context), options[i].option),
                         ==, options[i].initial);

      zmqg_test_set_number (context, options[i].name, options[i].other);
      g_assert_cmpint (n_notified, ==, 1);
      g_assert_cmpint (zmqg_test_get_number (context, options[i].name), ==, options[i].other);
      if (options[i].option != -1)
        g_assert_cmpint (zmq_ctx_get (zmqg_context_get_handle (context), options[i].option),
                         ==, options[i].other);

      zmqg_test_set_number (context, options[i].name, options[i].other);
      g_assert_cmpint (n_notified, ==, 1);
    }
}

static void
test_construct_properties (void)
{
  g_autoptr (ZmqgContext) context = g_object_new (ZMQG_TYPE_CONTEXT,
                                                  "io-threads", 2,
                                                  "max-sockets", 5,
                                                  "ipv6", TRUE,
                                                  NULL);
  void *handle = zmqg_context_get_handle (context);

  g_assert_cmpint (zmq_ctx_get (handle, ZMQ_IO_THREADS), ==, 2);
  g_assert_cmpint (zmqg_test_get_number (context, "max-sockets"), ==, 5);
  g_assert_cmpint (zmq_ctx_get (handle, ZMQ_IPV6), ==, 1);
}

static void
test_max_sockets (void)
{
  g_autoptr (ZmqgContext) context = g_object_new (ZMQG_TYPE_CONTEXT, "max-sockets", 2, NULL);
  g_autoptr (ZmqgSocket) first = new_socket (context, ZMQG_SOCKET_TYPE_PAIR);
  g_autoptr (ZmqgSocket) second = new_socket (context, ZMQG_SOCKET_TYPE_PAIR);
  g_autoptr (ZmqgSocket) third = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("One socket too many is an error that names the limit; room is used again");

  third = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PAIR, &error);
  g_assert_null (third);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);
  g_assert_nonnull (strstr (error->message, "max-sockets"));

  g_clear_error (&error);

  /* At once: what libzmq has not yet cleared away does not count */
  zmqg_test_release (g_steal_pointer (&first));
  third = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PAIR, &error);
  g_assert_no_error (error);
}

static void
test_ipv6 (void)
{
  g_autoptr (ZmqgContext) context = g_object_new (ZMQG_TYPE_CONTEXT, "ipv6", TRUE, NULL);
  g_autoptr (ZmqgSocket) inherits = new_socket (context, ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (ZmqgSocket) plain = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);

  g_assert_true (zmqg_test_get_number (inherits, "ipv6"));
  g_assert_false (zmqg_test_get_number (plain, "ipv6"));
}

static void
test_no_io_threads (void)
{
  g_autoptr (ZmqgContext) context = g_object_new (ZMQG_TYPE_CONTEXT, "io-threads", 0, NULL);
  g_autoptr (ZmqgSocket) bound = new_socket (context, ZMQG_SOCKET_TYPE_PAIR);
  g_autoptr (ZmqgSocket) connected = new_socket (context, ZMQG_SOCKET_TYPE_PAIR);
  g_autoptr (ZmqgMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("Without I/O threads inproc works and the rest is an error");

  g_assert_false (zmqg_socket_bind (bound, "tcp://127.0.0.1:*", &error));
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_NO_IO_THREAD);
  g_assert_nonnull (strstr (error->message, "tcp://127.0.0.1:*"));
  g_clear_error (&error);
  g_assert_false (zmqg_socket_connect_to (bound, "tcp://127.0.0.1:5555", &error));
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_NO_IO_THREAD);
  g_clear_error (&error);

  g_assert_true (zmqg_socket_bind (bound, "inproc://local", &error));
  g_assert_no_error (error);
  g_assert_true (zmqg_socket_connect_to (connected, "inproc://local", &error));
  g_assert_no_error (error);
  g_assert_true (zmqg_socket_send_string (connected, "text", &error));
  g_assert_no_error (error);
  message = zmqg_socket_try_receive (bound, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (zmqg_message_get_size (message), ==, 4);
}

static void
test_max_message_size (void)
{
  g_autoptr (ZmqgContext) context = g_object_new (ZMQG_TYPE_CONTEXT, "max-message-size", 100, NULL);
  g_autoptr (ZmqgSocket) limited = new_socket (context, ZMQG_SOCKET_TYPE_PULL);

  g_test_summary ("The context's limit is that of the sockets made in it");

  g_assert_cmpint (zmqg_test_get_number (limited, "max-message-size"), ==, 100);
}

static void
test_n_sockets (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgSocket) first = NULL;
  g_autoptr (ZmqgSocket) second = NULL;
  int n_notified = 0;

  g_test_summary ("n-sockets counts, and notifies from a dispatch");

  g_signal_connect (context, "notify::n-sockets", G_CALLBACK (count_notify_cb), &n_notified);
  g_assert_cmpint (zmqg_test_get_number (context, "n-sockets"), ==, 0);

  first = new_socket (context, ZMQG_SOCKET_TYPE_PAIR);
  second = new_socket (context, ZMQG_SOCKET_TYPE_PAIR);
  g_assert_cmpint (zmqg_test_get_number (context, "n-sockets"), ==, 2);
  g_assert_cmpint (n_notified, ==, 0);
  zmqg_test_wait_for (n_notified > 0);

  n_notified = 0;
  zmqg_socket_close (first);
  g_assert_cmpint (n_notified, ==, 0);
  zmqg_test_wait_for (n_notified > 0);
  g_assert_cmpint (zmqg_test_get_number (context, "n-sockets"), ==, 1);
  zmqg_test_release (g_steal_pointer (&second));
  g_assert_cmpint (zmqg_test_get_number (context, "n-sockets"), ==, 0);
}

static void
test_list_sockets (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgSocket) pull = new_socket (context, ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (ZmqgSocket) push = new_socket (context, ZMQG_SOCKET_TYPE_PUSH);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) none = NULL;
  g_auto (GStrv) lines = NULL;
  g_autofree char *all = NULL;

  g_test_summary ("Each open socket is a line with its type and its endpoints");

  zmqg_socket_bind (pull, "inproc://listed", &error);
  g_assert_no_error (error);
  zmqg_socket_connect_to (push, "tcp://127.0.0.1:9", &error);
  g_assert_no_error (error);

  lines = zmqg_context_list_sockets (context);
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  all = g_strjoinv ("\n", lines);
  g_assert_nonnull (strstr (all, "PULL"));
  g_assert_nonnull (strstr (all, "PUSH"));
  g_assert_nonnull (strstr (all, "inproc://listed"));
  g_assert_nonnull (strstr (all, "tcp://127.0.0.1:9"));

  zmqg_test_release (g_steal_pointer (&push));
  zmqg_test_release (g_steal_pointer (&pull));
  none = zmqg_context_list_sockets (context);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

static void
test_end (void)
{
  guint n_fds, n_threads;

  g_test_summary ("A context takes its threads and descriptors with it, unused or used");

  /* What the process makes once is made now */
  g_object_unref (zmqg_context_new ());
  zmqg_test_release (zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PAIR));
  n_fds = zmqg_test_count_fds ();
  n_threads = zmqg_test_count_threads ();

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (ZmqgContext) context = zmqg_context_new ();

      if (i % 2 == 0)
        {
          g_autoptr (ZmqgSocket) bound = new_socket (context, ZMQG_SOCKET_TYPE_PULL);
          g_autoptr (ZmqgSocket) waiting = new_socket (context, ZMQG_SOCKET_TYPE_PUSH);

          zmqg_test_bind_free (bound, ZMQG_TEST_TCP, NULL);
          /* Never bound: libzmq would end the process for such a one without descriptors */
          zmqg_socket_connect_to (waiting, "inproc://nobody", NULL);
        }
    }

  zmqg_test_poll_for (zmqg_test_count_threads () <= n_threads);
  zmqg_test_poll_for (zmqg_test_count_fds () <= n_fds);
}

static void
test_outlived (void)
{
  ZmqgContext *context = zmqg_context_new ();
  g_autoptr (ZmqgSocket) socket = new_socket (context, ZMQG_SOCKET_TYPE_PAIR);
  g_autoptr (GError) error = NULL;

  g_test_summary ("A socket keeps its context alive");

  g_object_add_weak_pointer (G_OBJECT (context), (gpointer *) &context);
  g_object_unref (context);
  g_assert_nonnull (context);
  g_assert_true (zmqg_socket_bind (socket, "inproc://outlived", &error));
  g_assert_no_error (error);

  zmqg_test_release (g_steal_pointer (&socket));
  zmqg_test_wait_for (context == NULL);
}

static void
test_shut_down_by_others (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgSocket) socket = new_socket (context, ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (ZmqgSocket) late = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) told = NULL;
  int n_closed = 0;

  g_test_summary ("After zmq_ctx_shutdown() by others a socket closes by itself");

  g_signal_connect (socket, "error-occurred", G_CALLBACK (keep_error_cb), &told);
  g_signal_connect (socket, "closed", G_CALLBACK (count_closed_cb), &n_closed);
  zmqg_test_bind_free (socket, ZMQG_TEST_TCP, NULL);
  zmqg_test_run_until_idle (NULL);

  zmq_ctx_shutdown (zmqg_context_get_handle (context));
  zmqg_test_wait_for (n_closed == 1);
  g_assert_true (zmqg_test_get_number (socket, "closed"));
  g_assert_error (told, ZMQG_ERROR, ZMQG_ERROR_TERMINATED);

  g_assert_false (zmqg_socket_bind (socket, "tcp://127.0.0.1:*", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  late = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PULL, &error);
  g_assert_null (late);
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_TERMINATED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/context/default", test_default);
  g_test_add_func ("/context/default-in-threads", test_default_in_threads);
  g_test_add_func ("/context/separate", test_separate);
  g_test_add_func ("/context/properties", test_properties);
  g_test_add_func ("/context/construct-properties", test_construct_properties);
  g_test_add_func ("/context/max-sockets", test_max_sockets);
  g_test_add_func ("/context/ipv6", test_ipv6);
  g_test_add_func ("/context/no-io-threads", test_no_io_threads);
  g_test_add_func ("/context/max-message-size", test_max_message_size);
  g_test_add_func ("/context/n-sockets", test_n_sockets);
  g_test_add_func ("/context/list-sockets", test_list_sockets);
  g_test_add_func ("/context/end", test_end);
  g_test_add_func ("/context/outlived", test_outlived);
  g_test_add_func ("/context/shut-down-by-others", test_shut_down_by_others);

  return g_test_run ();
}
