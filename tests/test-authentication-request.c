/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-security.h"
#include "zmqg-test-utils.h"

#include <zmq.h>

#define DOMAIN "test"

/* An authenticator without rules, a server, and what the application does with requests */
typedef struct
{
  ZmqgContext *context;
  ZmqgAuthenticator *authenticator;
  ZmqgSocket *server;
  ZmqgTestInbox *inbox;
  char *endpoint;
  ZmqgAuthenticationRequest *request;
  guint n_requests;
  guint n_refused;
  guint n_admitted;
  char *reason;
} Fixture;

static void
request_cb (ZmqgAuthenticator         *authenticator,
            ZmqgAuthenticationRequest *request,
            Fixture                   *self)
{
  self->n_requests++;
  g_set_object (&self->request, request);
}

static void
admitted_cb (ZmqgAuthenticator         *authenticator,
             ZmqgAuthenticationRequest *request,
             const char                *user_id,
             Fixture                   *self)
{
  self->n_admitted++;
}

static void
refused_cb (ZmqgAuthenticator         *authenticator,
            ZmqgAuthenticationRequest *request,
            const char                *reason,
            Fixture                   *self)
{
  self->n_refused++;
  g_free (self->reason);
  self->reason = g_strdup (reason);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->context = zmqg_context_new ();
  self->authenticator = zmqg_test_authenticator_new (self->context);
  self->server = zmqg_test_server_new (self->context, GPOINTER_TO_INT (data), DOMAIN);
  self->inbox = zmqg_test_inbox_new (self->server);
  self->endpoint = zmqg_test_server_get_endpoint (self->server);
  g_signal_connect (self->authenticator, "authenticate", G_CALLBACK (request_cb), self);
  g_signal_connect (self->authenticator, "admitted", G_CALLBACK (admitted_cb), self);
  g_signal_connect (self->authenticator, "refused", G_CALLBACK (refused_cb), self);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_clear_object (&self->request);
  if (self->authenticator != NULL)
    g_assert_finalize_object (self->authenticator);
  zmqg_test_inbox_free (self->inbox);
  g_object_unref (self->server);
  zmqg_test_run_until_idle (NULL);
  g_object_unref (self->context);
  g_free (self->endpoint);
  g_free (self->reason);
}

static ZmqgTestClient *
start_client (Fixture       *self,
              gconstpointer  data)
{
  ZmqgTestClient *client = zmqg_test_client_new (GPOINTER_TO_INT (data), self->endpoint, "hello");

  zmqg_test_wait_for (self->request != NULL);

  return client;
}

static gboolean
is_refused (ZmqgTestClient *client,
            int             status)
{
  return zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, status) > 0;
}

static void
accept_cb (ZmqgAuthenticator         *authenticator,
           ZmqgAuthenticationRequest *request,
           gpointer                   user_data)
{
  g_assert_true (zmqg_authentication_request_is_pending (request));
  g_assert_true (zmqg_authentication_request_accept (request, "at once"));
  g_assert_false (zmqg_authentication_request_is_pending (request));
  g_assert_false (zmqg_authentication_request_deny (request, "too late"));
}

static void
test_accept_at_once (Fixture       *self,
                     gconstpointer  data)
{
  g_autoptr (ZmqgTestClient) client = NULL;

  g_signal_connect (self->authenticator, "authenticate", G_CALLBACK (accept_cb), NULL);
  client = start_client (self, data);
  zmqg_test_wait_for (self->inbox->texts->len == 1);
  g_assert_cmpstr (self->inbox->user_ids->pdata[0], ==, "at once");
  g_assert_cmpuint (self->n_admitted, ==, 1);
  g_assert_cmpuint (self->n_refused, ==, 0);
}

static void
test_accept_later (Fixture       *self,
                   gconstpointer  data)
{
  g_autoptr (ZmqgTestClient) client = start_client (self, data);
  const char *password = zmqg_authentication_request_get_password (self->request);

  g_assert_cmpstr (password, ==,
                   GPOINTER_TO_INT (data) == ZMQG_TEST_PLAIN ? ZMQG_TEST_PASSWORD : NULL);
  g_assert_cmpint (zmqg_test_get_number (self->authenticator, "n-pending"), ==, 1);
  zmqg_test_run_for (NULL, 200);
  g_assert_cmpuint (self->inbox->texts->len, ==, 0);

  g_assert_true (zmqg_authentication_request_accept (self->request, "later"));
  /* Nobody is told from inside a call */
  g_assert_cmpuint (self->n_admitted, ==, 0);
  zmqg_test_wait_for (self->inbox->texts->len == 1);
  g_assert_cmpuint (self->n_admitted, ==, 1);
  g_assert_cmpstr (self->inbox->user_ids->pdata[0], ==, "later");
  g_assert_cmpint (zmqg_test_get_number (self->authenticator, "n-pending"), ==, 0);
}

static void
test_deny_later (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr (ZmqgTestClient) client = start_client (self, data);

  g_assert_true (zmqg_authentication_request_deny (self->request, "not\ntoday"));
  g_assert_cmpuint (self->n_refused, ==, 0);
  zmqg_test_wait_for (is_refused (client, 400));
  g_assert_cmpuint (self->n_refused, ==, 1);
  g_assert_cmpstr (self->reason, ==, "not\ntoday");
  g_assert_cmpuint (self->inbox->texts->len, ==, 0);
}

static gpointer
accept_in_thread (gpointer data)
{
  return GINT_TO_POINTER (zmqg_authentication_request_accept (data, "from a thread"));
}

/* Of many answers, one counts */
static void
test_threads (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (ZmqgTestClient) client = start_client (self, data);
  GThread *threads[4];
  int n_first = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("answer", accept_in_thread, self->request);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    n_first += GPOINTER_TO_INT (g_thread_join (threads[i]));
  g_assert_cmpint (n_first, ==, 1);
  zmqg_test_wait_for (self->inbox->texts->len == 1);
  g_assert_cmpstr (self->inbox->user_ids->pdata[0], ==, "from a thread");
  g_assert_cmpuint (self->n_admitted, ==, 1);
}

/* Nobody answers; the loop goes on meanwhile */
static void
test_timeout (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (ZmqgTestClient) client = NULL;
  gint64 begun, taken;

  g_object_set (self->authenticator, "timeout", 300, NULL);
  client = start_client (self, data);
  begun = g_get_monotonic_time ();
  zmqg_test_wait_for (self->n_refused == 1);
  taken = g_get_monotonic_time () - begun;
  g_assert_cmpint (taken, >=, 250 * 1000);
  g_assert_cmpint (taken, <, 2000 * 1000);
  zmqg_test_wait_for (is_refused (client, 400));
  g_assert_false (zmqg_authentication_request_accept (self->request, "too late"));
  zmqg_test_run_for (NULL, 100);
  g_assert_cmpuint (self->inbox->texts->len, ==, 0);
  g_assert_cmpuint (self->n_admitted, ==, 0);
}

/* The application takes a second; other peers need not wait for it */
static void
test_slow (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr (ZmqgTestClient) slow = start_client (self, data);
  g_autoptr (ZmqgSocket) other = zmqg_test_server_new (self->context, GPOINTER_TO_INT (data),
                                                       "other");
  g_autoptr (ZmqgTestInbox) inbox = zmqg_test_inbox_new (other);
  g_autofree char *endpoint = zmqg_test_server_get_endpoint (other);
  gint64 begun = g_get_monotonic_time ();
  guint n_clients = 0;

  zmqg_test_authenticator_admit (self->authenticator, "other");
  while (g_get_monotonic_time () < begun + G_USEC_PER_SEC)
    {
      g_autoptr (ZmqgTestClient) quick = NULL;
      gint64 asked = g_get_monotonic_time ();

      quick = zmqg_test_client_new (GPOINTER_TO_INT (data), endpoint, "quick");
      zmqg_test_wait_for (inbox->texts->len == n_clients + 1);
      g_assert_cmpint (g_get_monotonic_time () - asked, <, 500 * 1000);
      n_clients++;
    }
  g_assert_cmpuint (n_clients, >, 3);
  g_assert_true (zmqg_authentication_request_accept (self->request, NULL));
  zmqg_test_wait_for (self->inbox->texts->len == 1);
  g_assert_cmpstr (self->inbox->user_ids->pdata[0], ==, "");
}

/* Who waits is not left in the air */
static void
test_stop_while_pending (Fixture       *self,
                         gconstpointer  data)
{
  g_autoptr (ZmqgTestClient) client = start_client (self, data);

  zmqg_authenticator_stop (self->authenticator);
  g_assert_cmpuint (self->n_refused, ==, 0);
  g_assert_false (zmqg_authentication_request_accept (self->request, "too late"));
  zmqg_test_wait_for (is_refused (client, 500));
  g_assert_cmpuint (self->n_refused, ==, 1);
  g_assert_cmpuint (self->inbox->texts->len, ==, 0);
}

static void
test_unref_while_pending (Fixture       *self,
                          gconstpointer  data)
{
  g_autoptr (ZmqgTestClient) client = start_client (self, data);

  g_assert_finalize_object (g_steal_pointer (&self->authenticator));
  g_assert_false (zmqg_authentication_request_accept (self->request, "too late"));
  zmqg_test_wait_for (is_refused (client, 500));
  g_assert_cmpuint (self->inbox->texts->len, ==, 0);
}

/* The answer is on its way while the authenticator goes */
static void
test_unref_after_answer (Fixture       *self,
                         gconstpointer  data)
{
  g_autoptr (ZmqgTestClient) client = start_client (self, data);

  g_assert_true (zmqg_authentication_request_accept (self->request, "just in time"));
  g_assert_finalize_object (g_steal_pointer (&self->authenticator));
  zmqg_test_wait_for (self->inbox->texts->len == 1);
  g_assert_cmpstr (self->inbox->user_ids->pdata[0], ==, "just in time");
}

static void
stop_cb (ZmqgAuthenticator         *authenticator,
         ZmqgAuthenticationRequest *request,
         Fixture                   *self)
{
  zmqg_authenticator_stop (authenticator);
  g_assert_false (zmqg_authentication_request_accept (request, "stopped"));
}

static void
test_stop_in_handler (Fixture       *self,
                      gconstpointer  data)
{
  g_autoptr (ZmqgTestClient) client = NULL;

  g_signal_connect (self->authenticator, "authenticate", G_CALLBACK (stop_cb), self);
  client = start_client (self, data);
  zmqg_test_wait_for (is_refused (client, 500));
  zmqg_test_wait_for (self->n_refused == 1);
  g_assert_cmpuint (self->inbox->texts->len, ==, 0);
}

static void
unref_cb (ZmqgAuthenticator         *authenticator,
          ZmqgAuthenticationRequest *request,
          Fixture                   *self)
{
  if (GPOINTER_TO_INT (g_object_get_data (G_OBJECT (authenticator), "accepts")))
    zmqg_authentication_request_accept (request, "the last one");
  g_clear_object (&self->authenticator);
}

static void
test_unref_in_handler (Fixture       *self,
                       gconstpointer  data)
{
  g_autoptr (ZmqgTestClient) client = NULL;

  g_object_set_data (G_OBJECT (self->authenticator), "accepts", GINT_TO_POINTER (TRUE));
  g_signal_connect (self->authenticator, "authenticate", G_CALLBACK (unref_cb), self);
  client = start_client (self, data);
  zmqg_test_wait_for (self->inbox->texts->len == 1);
  g_assert_null (self->authenticator);
  g_assert_cmpstr (self->inbox->user_ids->pdata[0], ==, "the last one");
}

/* A peer that leaves before it is answered */
static void
test_peer_leaves (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr (ZmqgTestClient) client = start_client (self, data);

  g_clear_pointer (&client, zmqg_test_client_free);
  zmqg_test_run_for (NULL, 100);
  g_assert_true (zmqg_authentication_request_accept (self->request, "nobody"));
  zmqg_test_run_for (NULL, 100);
  g_assert_cmpuint (self->inbox->texts->len, ==, 0);

  g_clear_object (&self->request);
  client = start_client (self, data);
  g_assert_true (zmqg_authentication_request_accept (self->request, "somebody"));
  zmqg_test_wait_for (self->inbox->texts->len == 1);
}

static void
test_max_pending (Fixture       *self,
                  gconstpointer  data)
{
  ZmqgTestClient *clients[5];

  g_object_set (self->authenticator, "max-pending", 3, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    clients[i] = zmqg_test_client_new (GPOINTER_TO_INT (data), self->endpoint, "hello");
  zmqg_test_wait_for (self->n_refused == 2);
  g_assert_cmpuint (self->n_requests, ==, 3);
  g_assert_cmpint (zmqg_test_get_number (self->authenticator, "n-pending"), ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    zmqg_test_client_free (clients[i]);
}

static void
test_routing_id (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr (ZmqgTestClient) client = NULL;
  g_autoptr (GBytes) expected = g_bytes_new_static ("door", 4);
  g_autoptr (GError) error = NULL;
  GBytes *routing_id;

  g_object_set (self->server, "routing-id", "door", NULL);
  zmqg_socket_bind (self->server, "tcp://127.0.0.1:*", &error);
  g_assert_no_error (error);
  g_free (self->endpoint);
  self->endpoint = zmqg_test_server_get_endpoint (self->server);
  client = start_client (self, data);
  routing_id = zmqg_authentication_request_get_routing_id (self->request);
  g_assert_nonnull (routing_id);
  g_assert_true (g_bytes_equal (routing_id, expected));
  g_assert_true (zmqg_authentication_request_deny (self->request, NULL));
  zmqg_test_wait_for (is_refused (client, 400));
}

/* One that a script makes itself */
static void
test_made_by_hand (void)
{
  g_autoptr (ZmqgAuthenticationRequest) request = g_object_new (ZMQG_TYPE_AUTHENTICATION_REQUEST,
                                                                NULL);

  g_assert_false (zmqg_authentication_request_is_pending (request));
  g_assert_false (zmqg_authentication_request_accept (request, "x"));
  g_assert_false (zmqg_authentication_request_deny (request, "x"));
  g_assert_null (zmqg_authentication_request_get_mechanism (request));
  g_assert_null (zmqg_authentication_request_get_routing_id (request));
}

static void
add (const char *name,
     void      (*func) (Fixture *self, gconstpointer data))
{
  for (int i = 0; i < ZMQG_TEST_N_MECHANISMS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/authentication-request/%s/%s", name,
                                               zmqg_test_mechanism_get_name (i));

      g_test_add (path, Fixture, GINT_TO_POINTER (i), set_up, func, tear_down);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("accept-at-once", test_accept_at_once);
  add ("accept-later", test_accept_later);
  add ("deny-later", test_deny_later);
  add ("threads", test_threads);
  add ("timeout", test_timeout);
  add ("44-slow", test_slow);
  add ("stop-while-pending", test_stop_while_pending);
  add ("unref-while-pending", test_unref_while_pending);
  add ("unref-after-answer", test_unref_after_answer);
  add ("stop-in-handler", test_stop_in_handler);
  add ("unref-in-handler", test_unref_in_handler);
  add ("peer-leaves", test_peer_leaves);
  add ("max-pending", test_max_pending);
  add ("routing-id", test_routing_id);
  g_test_add_func ("/authentication-request/made-by-hand", test_made_by_hand);

  return g_test_run ();
}
