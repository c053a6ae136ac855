/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-security.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#define DOMAIN "test"

/* Long enough for a handshake that succeeds, some hundred times over (ms) */
#define LONG_ENOUGH 300

/* What the signals told */
typedef struct
{
  guint n_admitted;
  guint n_refused;
  char *user_id;
  char *reason;
  ZmqgAuthenticationRequest *request;
} Told;

static void
told_clear (Told *told)
{
  g_free (told->user_id);
  g_free (told->reason);
  g_clear_object (&told->request);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Told, told_clear)

static void
admitted_cb (ZmqgAuthenticator         *authenticator,
             ZmqgAuthenticationRequest *request,
             const char                *user_id,
             Told                      *told)
{
  told->n_admitted++;
  g_set_object (&told->request, request);
  g_free (told->user_id);
  told->user_id = g_strdup (user_id);
}

static void
refused_cb (ZmqgAuthenticator         *authenticator,
            ZmqgAuthenticationRequest *request,
            const char                *reason,
            Told                      *told)
{
  told->n_refused++;
  g_set_object (&told->request, request);
  g_free (told->reason);
  told->reason = g_strdup (reason);
}

static void
listen (ZmqgAuthenticator *authenticator,
        Told              *told)
{
  g_signal_connect (authenticator, "admitted", G_CALLBACK (admitted_cb), told);
  g_signal_connect (authenticator, "refused", G_CALLBACK (refused_cb), told);
}

static const char *
get_user_id (ZmqgTestMechanism mechanism)
{
  if (mechanism == ZMQG_TEST_PLAIN)
    return ZMQG_TEST_USER;
  if (mechanism == ZMQG_TEST_CURVE)
    return zmqg_certificate_get_public_key (zmqg_test_get_client_certificate ());

  return "";
}

static void
assert_request (ZmqgAuthenticationRequest *request,
                ZmqgTestMechanism          mechanism)
{
  g_autofree char *name = g_ascii_strdown (zmqg_authentication_request_get_mechanism (request), -1);

  g_assert_cmpstr (name, ==, zmqg_test_mechanism_get_name (mechanism));
  g_assert_cmpstr (zmqg_authentication_request_get_domain (request), ==, DOMAIN);
  g_assert_cmpstr (zmqg_authentication_request_get_address (request), ==, "127.0.0.1");
  g_assert_cmpstr (zmqg_authentication_request_get_username (request), ==,
                   mechanism == ZMQG_TEST_PLAIN ? ZMQG_TEST_USER : NULL);
  g_assert_cmpstr (zmqg_authentication_request_get_public_key (request), ==,
                   mechanism == ZMQG_TEST_CURVE ? get_user_id (mechanism) : NULL);
  g_assert_null (zmqg_authentication_request_get_routing_id (request));
  /* Once there is an answer it is gone */
  g_assert_null (zmqg_authentication_request_get_password (request));
  g_assert_false (zmqg_authentication_request_is_pending (request));
  g_assert_false (zmqg_authentication_request_accept (request, "late"));
  g_assert_false (zmqg_authentication_request_deny (request, NULL));
}

static void
test_admits (gconstpointer data)
{
  ZmqgTestMechanism mechanism = GPOINTER_TO_INT (data);
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgAuthenticator) authenticator = zmqg_test_authenticator_new (context);
  g_autoptr (ZmqgSocket) server = zmqg_test_server_new (context, mechanism, DOMAIN);
  g_autoptr (ZmqgTestInbox) inbox = zmqg_test_inbox_new (server);
  g_autofree char *endpoint = zmqg_test_server_get_endpoint (server);
  g_autoptr (ZmqgTestClient) client = NULL;
  g_auto (Told) told = { 0 };

  zmqg_test_authenticator_admit (authenticator, DOMAIN);
  listen (authenticator, &told);
  client = zmqg_test_client_new (mechanism, endpoint, "hello");
  zmqg_test_wait_for (inbox->texts->len == 1);

  g_assert_cmpstr (inbox->texts->pdata[0], ==, "hello");
  g_assert_cmpstr (inbox->user_ids->pdata[0], ==, get_user_id (mechanism));
  g_assert_cmpuint (told.n_admitted, ==, 1);
  g_assert_cmpuint (told.n_refused, ==, 0);
  g_assert_cmpstr (told.user_id, ==, get_user_id (mechanism));
  assert_request (told.request, mechanism);
  g_assert_cmpint (zmqg_test_get_number (authenticator, "n-admitted"), ==, 1);
  g_assert_cmpint (zmqg_test_get_number (authenticator, "n-refused"), ==, 0);
  g_assert_cmpint (zmqg_test_get_number (authenticator, "n-pending"), ==, 0);
}

/* Without a rule, or with those of another domain only */
static void
test_refuses (gconstpointer data)
{
  ZmqgTestMechanism mechanism = GPOINTER_TO_INT (data);
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgAuthenticator) authenticator = zmqg_test_authenticator_new (context);
  g_autoptr (ZmqgSocket) server = zmqg_test_server_new (context, mechanism, DOMAIN);
  g_autoptr (ZmqgTestInbox) inbox = zmqg_test_inbox_new (server);
  g_autofree char *endpoint = zmqg_test_server_get_endpoint (server);
  g_autoptr (ZmqgTestClient) client = NULL;
  g_auto (Told) told = { 0 };

  zmqg_test_authenticator_admit (authenticator, "other");
  listen (authenticator, &told);
  client = zmqg_test_client_new (mechanism, endpoint, "hello");
  zmqg_test_wait_for (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 400) > 0);
  zmqg_test_run_for (NULL, LONG_ENOUGH);

  /* The client has understood, and does not come back; with NULL it may find that the connection
   * has ended at the same moment, and try once more */
  g_assert_cmpuint (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, -1), <=,
                    mechanism == ZMQG_TEST_NULL ? 3 : 1);
  g_assert_cmpuint (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, -1), ==, 0);
  g_assert_cmpuint (inbox->texts->len, ==, 0);
  g_assert_cmpuint (told.n_admitted, ==, 0);
  g_assert_cmpuint (told.n_refused, >=, 1);
  g_assert_cmpuint (told.n_refused, <=, mechanism == ZMQG_TEST_NULL ? 3 : 1);
  assert_request (told.request, mechanism);
  g_assert_cmpint (zmqg_test_get_number (authenticator, "n-refused"), ==, told.n_refused);
}

/* What a good peer comes to while nobody is there to admit it: with NULL libzmq lets it wait in
 * silence until the handshake-timeout, and hangs up at once otherwise */
static void
assert_shut (ZmqgTestMechanism  mechanism,
             const char        *endpoint,
             ZmqgTestInbox     *inbox)
{
  g_autoptr (ZmqgTestClient) client = zmqg_test_client_new (mechanism, endpoint, "nobody");
  guint n_before = inbox->texts->len;

  zmqg_test_wait_for (zmqg_test_client_count (client, ZMQ_EVENT_CONNECTED, -1) > 0);
  zmqg_test_wait_for (mechanism == ZMQG_TEST_NULL ||
                      zmqg_test_client_count (client, ZMQ_EVENT_DISCONNECTED, -1) > 0);
  zmqg_test_run_for (NULL, LONG_ENOUGH);
  g_assert_cmpuint (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, -1), ==, 0);
  g_assert_cmpuint (inbox->texts->len, ==, n_before);
}

static void
assert_open (ZmqgTestMechanism  mechanism,
             const char        *endpoint,
             ZmqgTestInbox     *inbox)
{
  g_autoptr (ZmqgTestClient) client = zmqg_test_client_new (mechanism, endpoint, "somebody");
  guint n_before = inbox->texts->len;

  zmqg_test_wait_for (inbox->texts->len > n_before);
}

static void
test_stopped (gconstpointer data)
{
  ZmqgTestMechanism mechanism = GPOINTER_TO_INT (data);
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  ZmqgAuthenticator *authenticator = NULL;
  g_autoptr (ZmqgSocket) server = zmqg_test_server_new (context, mechanism, DOMAIN);
  g_autoptr (ZmqgTestInbox) inbox = zmqg_test_inbox_new (server);
  g_autofree char *endpoint = zmqg_test_server_get_endpoint (server);

  assert_shut (mechanism, endpoint, inbox);

  authenticator = zmqg_test_authenticator_new (context);
  zmqg_test_authenticator_admit (authenticator, DOMAIN);
  assert_open (mechanism, endpoint, inbox);
  g_assert_true (zmqg_authenticator_is_running (authenticator));
  zmqg_authenticator_stop (authenticator);
  zmqg_authenticator_stop (authenticator);
  g_assert_false (zmqg_authenticator_is_running (authenticator));
  assert_shut (mechanism, endpoint, inbox);
  g_object_unref (authenticator);

  /* The next one begins at once, and ends with its last reference */
  authenticator = zmqg_test_authenticator_new (context);
  zmqg_test_authenticator_admit (authenticator, DOMAIN);
  assert_open (mechanism, endpoint, inbox);
  g_assert_finalize_object (authenticator);
  assert_shut (mechanism, endpoint, inbox);
}

static void
test_one_in_a_context (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgContext) other_context = zmqg_context_new ();
  g_autoptr (ZmqgAuthenticator) first = zmqg_test_authenticator_new (context);
  g_autoptr (ZmqgAuthenticator) elsewhere = zmqg_test_authenticator_new (other_context);
  g_autoptr (ZmqgAuthenticator) plain = NULL;
  g_autoptr (ZmqgSocket) own = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (zmqg_authenticator_get_context (first) == context);
  g_assert_true (zmqg_authenticator_get_main_context (first) == g_main_context_default ());
  g_assert_null (zmqg_authenticator_new (context, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);

  /* As a language binding makes it */
  plain = g_object_new (ZMQG_TYPE_AUTHENTICATOR, "context", context, NULL);
  g_assert_false (zmqg_authenticator_is_running (plain));
  g_assert_false (g_initable_init (G_INITABLE (plain), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);
  zmqg_test_authenticator_admit (plain, NULL);
  zmqg_authenticator_stop (plain);
  g_assert_true (zmqg_authenticator_is_running (first));

  /* An application that answers by itself */
  g_clear_object (&first);
  own = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_REP, &error);
  g_assert_true (zmqg_socket_bind (own, "inproc://zeromq.zap.01", &error));
  g_assert_no_error (error);
  g_assert_null (zmqg_authenticator_new (context, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
}

/* Not when libzmq comes to it, but at once */
static void
test_again_and_again (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();

  for (guint i = 0; i < 500; i++)
    g_object_unref (zmqg_test_authenticator_new (context));
}

static void
test_default_context (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgAuthenticator) authenticator = zmqg_authenticator_new (NULL, &error);

  g_assert_no_error (error);
  g_assert_true (zmqg_authenticator_get_context (authenticator) == zmqg_context_get_default ());
}

static void
stopped_cb (ZmqgAuthenticator *authenticator,
            GParamSpec        *pspec,
            guint             *n_notified)
{
  (*n_notified)++;
}

static void
terminated_cb (GObject      *context,
               GAsyncResult *result,
               gpointer      terminated)
{
  g_assert_true (zmqg_context_terminate_finish (ZMQG_CONTEXT (context), result, NULL));
  *(gboolean *) terminated = TRUE;
}

static void
test_context_terminated (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgAuthenticator) authenticator = zmqg_test_authenticator_new (context);
  gboolean terminated = FALSE;
  guint n_notified = 0;

  g_signal_connect (authenticator, "notify::running", G_CALLBACK (stopped_cb), &n_notified);
  zmqg_context_terminate_async (context, NULL, terminated_cb, &terminated);
  zmqg_test_wait_for (terminated && n_notified == 1);
  g_assert_false (zmqg_authenticator_is_running (authenticator));
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (n_notified, ==, 1);
}

/* Nothing is told from inside a call */
static void
test_stop_is_told_later (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgAuthenticator) authenticator = zmqg_test_authenticator_new (context);
  guint n_notified = 0;

  g_signal_connect (authenticator, "notify::running", G_CALLBACK (stopped_cb), &n_notified);
  zmqg_authenticator_stop (authenticator);
  g_assert_cmpuint (n_notified, ==, 0);
  zmqg_test_wait_for (n_notified == 1);
}

static gpointer
stop_in_thread (gpointer data)
{
  zmqg_authenticator_stop (data);

  return NULL;
}

static gpointer
unref_in_thread (gpointer data)
{
  g_object_unref (data);

  return NULL;
}

/* While the owner runs, another thread stops the authenticator, or lets go of it */
static void
test_other_thread (gconstpointer data)
{
  GThreadFunc func = data;
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgSocket) server = zmqg_test_server_new (context, ZMQG_TEST_PLAIN, DOMAIN);
  g_autoptr (ZmqgTestInbox) inbox = zmqg_test_inbox_new (server);
  g_autofree char *endpoint = zmqg_test_server_get_endpoint (server);
  ZmqgAuthenticator *authenticator = zmqg_test_authenticator_new (context);
  gpointer weak = authenticator;
  GThread *thread;

  g_object_add_weak_pointer (G_OBJECT (authenticator), &weak);
  zmqg_test_authenticator_admit (authenticator, DOMAIN);
  assert_open (ZMQG_TEST_PLAIN, endpoint, inbox);

  g_assert_true (g_main_context_acquire (NULL));
  thread = g_thread_new ("other", func, authenticator);
  g_thread_join (thread);
  g_main_context_release (NULL);
  /* Left to the owner */
  g_assert_nonnull (weak);
  g_assert_true (zmqg_authenticator_is_running (authenticator));
  zmqg_test_run_until_idle (NULL);
  if (func == stop_in_thread)
    {
      g_assert_false (zmqg_authenticator_is_running (authenticator));
      g_assert_finalize_object (authenticator);
    }
  g_assert_null (weak);
  assert_shut (ZMQG_TEST_PLAIN, endpoint, inbox);
}

/* In a forked child it is inert, and the parent's goes on */
static void
test_fork (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgSocket) server = zmqg_test_server_new (context, ZMQG_TEST_PLAIN, DOMAIN);
  g_autoptr (ZmqgTestInbox) inbox = zmqg_test_inbox_new (server);
  g_autofree char *endpoint = zmqg_test_server_get_endpoint (server);
  ZmqgAuthenticator *authenticator = zmqg_test_authenticator_new (context);
  pid_t child;
  int status;

  zmqg_test_authenticator_admit (authenticator, DOMAIN);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      zmqg_authenticator_stop (authenticator);
      g_object_unref (authenticator);
      _exit (0);
    }
  zmqg_test_poll_for (waitpid (child, &status, WNOHANG) == child);
  g_assert_cmpint (status, ==, 0);
  assert_open (ZMQG_TEST_PLAIN, endpoint, inbox);
  g_assert_finalize_object (authenticator);
}

/* A domain on a socket that asks for no credentials is no decoration, and a server cannot lose
 * its own by any door */
static void
test_domain_is_enforced (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgSocket) server = zmqg_test_server_new (context, ZMQG_TEST_PLAIN, DOMAIN);
  g_autoptr (ZmqgTestInbox) inbox = zmqg_test_inbox_new (server);
  g_autofree char *endpoint = zmqg_test_server_get_endpoint (server);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;

  g_assert_false (zmqg_socket_set_option_string (server, ZMQ_ZAP_DOMAIN, "", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (zmqg_socket_set_option_bytes (server, ZMQ_ZAP_DOMAIN, nothing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (zmqg_socket_set_option_string (server, ZMQ_PLAIN_USERNAME, "x", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  assert_shut (ZMQG_TEST_PLAIN, endpoint, inbox);
}

/* libzmq would let the peer end the process */
static void
test_only_bound (gconstpointer data)
{
  ZmqgTestMechanism mechanism = GPOINTER_TO_INT (data);
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgSocket) server = zmqg_test_server_new (context, mechanism, DOMAIN);
  g_autoptr (GError) error = NULL;

  g_assert_false (zmqg_socket_connect_to (server, "tcp://127.0.0.1:9", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  g_assert_true (zmqg_socket_connect_to (server, "inproc://somewhere", &error));
  g_assert_no_error (error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_mechanisms ("/authenticator/admits", test_admits);
  zmqg_test_add_mechanisms ("/authenticator/refuses", test_refuses);
  zmqg_test_add_mechanisms ("/authenticator/stopped", test_stopped);
  zmqg_test_add_mechanisms ("/authenticator/only-bound", test_only_bound);
  g_test_add_func ("/authenticator/one-in-a-context", test_one_in_a_context);
  g_test_add_func ("/authenticator/again-and-again", test_again_and_again);
  g_test_add_func ("/authenticator/default-context", test_default_context);
  g_test_add_func ("/authenticator/domain-is-enforced", test_domain_is_enforced);
  g_test_add_func ("/authenticator/context-terminated", test_context_terminated);
  g_test_add_func ("/authenticator/stop-is-told-later", test_stop_is_told_later);
  g_test_add_data_func ("/authenticator/other-thread/stop", stop_in_thread, test_other_thread);
  g_test_add_data_func ("/authenticator/other-thread/unref", unref_in_thread, test_other_thread);
  g_test_add_func ("/authenticator/fork", test_fork);

  return g_test_run ();
}
