/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#define N_REQUESTS 1000
#define N_RESTARTS 50
#define N_IN_FLIGHT 20

typedef struct
{
  ZmqgClient *client;
  ZmqgService *service;
  char *endpoint;
  GPtrArray *kept;
  guint n_seen;
  guint n_done;
  guint n_in_flight;
  /* Of the last that ended */
  GError *error;
  gboolean is_calling;
  guint n_notified;
} Fixture;

static ZmqgService *
bind_service (Fixture   *fixture,
              GCallback  callback)
{
  ZmqgService *service = zmqg_service_new (NULL, NULL);

  zmqg_test_set_number (zmqg_service_get_socket (service), "linger", 0);
  g_signal_connect (service, "request", callback, fixture);
  /* The port of one that was closed is free a moment later */
  zmqg_test_poll_for (zmqg_service_bind (service, fixture->endpoint, NULL));

  return service;
}

static void
set_up (Fixture   *fixture,
        GCallback  callback)
{
  g_autoptr (GError) error = NULL;

  *fixture = (Fixture) { .endpoint = g_strdup ("tcp://127.0.0.1:*") };
  fixture->kept = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->service = bind_service (fixture, callback);
  g_free (fixture->endpoint);
  fixture->endpoint = zmqg_socket_dup_last_endpoint (zmqg_service_get_socket (fixture->service));
  fixture->client = zmqg_client_new (NULL, &error);
  g_assert_no_error (error);
  zmqg_client_connect_to (fixture->client, fixture->endpoint, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture)
{
  g_ptr_array_unref (fixture->kept);
  g_clear_error (&fixture->error);
  g_free (fixture->endpoint);
  zmqg_test_release (fixture->client);
  zmqg_test_release (fixture->service);
}

static void
configure (Fixture *fixture,
           int      timeout,
           guint    max_retries)
{
  zmqg_test_set_number (fixture->client, "timeout", timeout);
  zmqg_test_set_number (fixture->client, "max-retries", max_retries);
  zmqg_test_set_number (fixture->client, "retry-interval", 5);
  zmqg_test_set_number (fixture->client, "retry-interval-max", 20);
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (ZmqgMessage) reply = NULL;

  g_assert_false (fixture->is_calling);
  g_clear_error (&fixture->error);
  reply = zmqg_client_request_finish (ZMQG_CLIENT (source), result, &fixture->error);
  g_assert_true ((reply == NULL) == (fixture->error != NULL));
  fixture->n_done++;
}

static void
ask (Fixture      *fixture,
     GCancellable *cancellable)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("question");

  fixture->is_calling = TRUE;
  zmqg_client_request_async (fixture->client, message, cancellable, ended_cb, fixture);
  fixture->is_calling = FALSE;
}

static void
answer (ZmqgRequest *request)
{
  g_autoptr (GError) error = NULL;

  zmqg_request_reply (request, zmqg_request_get_message (request), &error);
  g_assert_no_error (error);
}

static void
keep_cb (ZmqgService *service,
         ZmqgRequest *request,
         Fixture     *fixture)
{
  g_ptr_array_add (fixture->kept, g_object_ref (request));
}

typedef struct
{
  Fixture *fixture;
  guint64 number;
} Numbered;

static void
numbered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Numbered *numbered = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgMessage) reply = NULL;

  reply = zmqg_client_request_finish (ZMQG_CLIENT (source), result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (zmqg_message_get_n_frames (reply), ==, 1);
  g_assert_cmpuint (zmqg_test_message_get_number (reply), ==, numbered->number);
  numbered->fixture->n_done++;
  numbered->fixture->n_in_flight--;
  g_free (numbered);
}

static void
ask_number (Fixture *fixture,
            guint64  number)
{
  g_autoptr (ZmqgMessage) message = zmqg_test_message_new (number, 16);
  Numbered *numbered = g_new (Numbered, 1);

  *numbered = (Numbered) { fixture, number };
  fixture->n_in_flight++;
  zmqg_client_request_async (fixture->client, message, NULL, numbered_cb, numbered);
}

/* More than libzmq's pipes hold, answered last first */
static void
test_out_of_order (void)
{
  Fixture fixture;

  set_up (&fixture, G_CALLBACK (keep_cb));
  for (guint i = 0; i < 5 * N_REQUESTS; i++)
    ask_number (&fixture, i);
  g_assert_cmpint (zmqg_test_get_number (fixture.client, "n-pending"), ==, 5 * N_REQUESTS);
  zmqg_test_wait_for (fixture.kept->len == 5 * N_REQUESTS);
  g_assert_cmpint (zmqg_test_get_number (fixture.service, "n-pending"), ==, 5 * N_REQUESTS);
  g_assert_cmpuint (fixture.n_done, ==, 0);

  for (guint i = fixture.kept->len; i > 0; i--)
    {
      answer (g_ptr_array_index (fixture.kept, i - 1));
      if (i % 100 == 0)
        zmqg_test_wait_for (fixture.n_done == 5 * N_REQUESTS - i + 1);
    }
  zmqg_test_wait_for (fixture.n_done == 5 * N_REQUESTS);
  g_assert_cmpint (zmqg_test_get_number (fixture.client, "n-pending"), ==, 0);
  g_assert_cmpint (zmqg_test_get_number (fixture.client, "n-late-replies"), ==, 0);
  tear_down (&fixture);
}

static void
lossy_cb (ZmqgService *service,
          ZmqgRequest *request,
          Fixture     *fixture)
{
  if (++fixture->n_seen % 3 != 0)
    answer (request);
}

static void
test_lost_replies (void)
{
  Fixture fixture;

  set_up (&fixture, G_CALLBACK (lossy_cb));
  configure (&fixture, 100, 20);
  for (guint i = 0; i < N_REQUESTS; i++)
    ask_number (&fixture, i);
  zmqg_test_wait_for (fixture.n_done == N_REQUESTS);
  g_assert_cmpint (zmqg_test_get_number (fixture.service, "n-dropped"), ==, fixture.n_seen / 3);
  g_assert_cmpuint (fixture.n_seen, >=, N_REQUESTS * 4 / 3);
  tear_down (&fixture);
}

static void
notified_cb (GObject    *client,
             GParamSpec *pspec,
             Fixture    *fixture)
{
  g_assert_false (fixture->is_calling);
  fixture->n_notified++;
}

static void
test_late_reply (void)
{
  Fixture fixture;

  set_up (&fixture, G_CALLBACK (keep_cb));
  configure (&fixture, 30, 1);
  g_signal_connect (fixture.client, "notify::n-late-replies", G_CALLBACK (notified_cb), &fixture);
  g_signal_connect (fixture.client, "notify::n-pending", G_CALLBACK (notified_cb), &fixture);
  ask (&fixture, NULL);
  zmqg_test_wait_for (fixture.n_notified == 1);
  zmqg_test_wait_for (fixture.n_done == 1);
  g_assert_error (fixture.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  zmqg_test_wait_for (fixture.kept->len == 2 && fixture.n_notified == 2);

  answer (g_ptr_array_index (fixture.kept, 0));
  zmqg_test_wait_for (fixture.n_notified == 3);
  g_assert_cmpint (zmqg_test_get_number (fixture.client, "n-late-replies"), ==, 1);
  tear_down (&fixture);
}

static void
test_error_reply (void)
{
  Fixture fixture;
  g_autoptr (GError) reason = NULL;
  g_autoptr (GError) error = NULL;
  ZmqgRequest *request;

  set_up (&fixture, G_CALLBACK (keep_cb));
  ask (&fixture, NULL);
  zmqg_test_wait_for (fixture.kept->len == 1);
  request = g_ptr_array_index (fixture.kept, 0);
  reason = g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "No such machine");
  g_assert_true (zmqg_request_reply_error (request, reason, &error));
  g_assert_no_error (error);
  g_assert_false (zmqg_request_reply (request, zmqg_request_get_message (request), &error));
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_STATE);
  zmqg_test_wait_for (fixture.n_done == 1);
  g_assert_error (fixture.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (fixture.error->message, ==, "No such machine");
  tear_down (&fixture);
}

static void
test_cancel_and_close (void)
{
  Fixture fixture;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  set_up (&fixture, G_CALLBACK (keep_cb));
  ask (&fixture, cancellable);
  zmqg_test_wait_for (fixture.kept->len == 1);
  fixture.is_calling = TRUE;
  g_cancellable_cancel (cancellable);
  fixture.is_calling = FALSE;
  zmqg_test_wait_for (fixture.n_done == 1);
  g_assert_error (fixture.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  ask (&fixture, cancellable);
  zmqg_test_wait_for (fixture.n_done == 2);
  g_assert_error (fixture.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  ask (&fixture, NULL);
  zmqg_test_wait_for (fixture.kept->len == 2);
  fixture.is_calling = TRUE;
  zmqg_client_close (fixture.client);
  fixture.is_calling = FALSE;
  zmqg_test_wait_for (fixture.n_done == 3);
  g_assert_error (fixture.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  ask (&fixture, NULL);
  zmqg_test_wait_for (fixture.n_done == 4);
  g_assert_error (fixture.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  tear_down (&fixture);
}

static gpointer
answer_thread (gpointer data)
{
  g_autoptr (ZmqgRequest) request = data;

  answer (request);

  return NULL;
}

static void
thread_cb (ZmqgService *service,
           ZmqgRequest *request,
           Fixture     *fixture)
{
  g_thread_unref (g_thread_new ("answer", answer_thread, g_object_ref (request)));
}

static void
test_other_thread (void)
{
  Fixture fixture;

  set_up (&fixture, G_CALLBACK (thread_cb));
  for (guint i = 0; i < 200; i++)
    ask_number (&fixture, i);
  zmqg_test_wait_for (fixture.n_done == 200 &&
                      zmqg_test_get_number (fixture.service, "n-pending") == 0);
  g_assert_cmpint (zmqg_test_get_number (fixture.service, "n-dropped"), ==, 0);
  tear_down (&fixture);
}

/* Dies with requests in hand, and with some that it never looked at */
static void
slow_cb (ZmqgService *service,
         ZmqgRequest *request,
         Fixture     *fixture)
{
  if (++fixture->n_seen % 5 == 0)
    g_ptr_array_add (fixture->kept, g_object_ref (request));
  else
    answer (request);
}

static void
test_restarts (void)
{
  Fixture fixture;
  guint64 number = 0;

  set_up (&fixture, G_CALLBACK (slow_cb));
  configure (&fixture, 50, 200);
  zmqg_test_set_number (zmqg_client_get_socket (fixture.client), "reconnect-interval", 5);
  for (guint i = 0; i < N_RESTARTS; i++)
    {
      guint end = fixture.n_done + 10;

      while (fixture.n_done < end)
        {
          while (fixture.n_in_flight < N_IN_FLIGHT)
            ask_number (&fixture, number++);
          g_main_context_iteration (NULL, TRUE);
        }
      zmqg_service_close (fixture.service);
      zmqg_test_release (g_steal_pointer (&fixture.service));
      g_ptr_array_set_size (fixture.kept, 0);
      fixture.service = bind_service (&fixture, G_CALLBACK (slow_cb));
    }
  zmqg_test_wait_for (fixture.n_in_flight == 0);
  g_assert_cmpuint (fixture.n_done, ==, number);
  tear_down (&fixture);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/out-of-order", test_out_of_order);
  g_test_add_func ("/client/lost-replies", test_lost_replies);
  g_test_add_func ("/client/late-reply", test_late_reply);
  g_test_add_func ("/client/error-reply", test_error_reply);
  g_test_add_func ("/client/cancel-and-close", test_cancel_and_close);
  g_test_add_func ("/client/other-thread", test_other_thread);
  g_test_add_func ("/client/restarts", test_restarts);

  return g_test_run ();
}
