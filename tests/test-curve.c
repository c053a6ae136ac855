/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"
#include "zmqg-test-zap.h"

#include <string.h>
#include <zmq.h>

#define ZAP_ENFORCE_DOMAIN 93

/* Long enough for a handshake and a message over tcp, some hundred times over (ms) */
#define A_WHILE 300

typedef struct
{
  /* The server's, where the authentication requests go */
  ZmqgContext *context;
  ZmqgCertificate *server_certificate;
  ZmqgSocket *server;
  char *endpoint;
  GPtrArray *messages;
} Fixture;

static void
received_cb (ZmqgSocket  *socket,
             ZmqgMessage *message,
             GPtrArray   *messages)
{
  g_ptr_array_add (messages, zmqg_message_ref (message));
}

static ZmqgSocket *
new_server (ZmqgContext     *context,
            ZmqgCertificate *certificate)
{
  g_autoptr (GError) error = NULL;
  ZmqgSocket *server = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_PULL, &error);

  g_assert_no_error (error);
  g_assert_true (zmqg_socket_set_curve_server (server, certificate, &error));
  g_assert_no_error (error);

  return server;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->context = zmqg_context_new ();
  self->server_certificate = zmqg_certificate_new ();
  self->server = new_server (self->context, self->server_certificate);
  zmqg_test_bind_free (self->server, ZMQG_TEST_TCP, &self->endpoint);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_message_unref);
  g_signal_connect (self->server, "message-received", G_CALLBACK (received_cb), self->messages);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_clear_pointer (&self->server, zmqg_test_release);
  g_clear_object (&self->server_certificate);
  g_clear_pointer (&self->endpoint, g_free);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  zmqg_test_release (g_steal_pointer (&self->context));
}

/* A client that sends one message, as soon as it is let in */
static ZmqgSocket *
new_client (Fixture         *self,
            ZmqgCertificate *certificate,
            const char      *server_key,
            const char      *text)
{
  g_autoptr (GError) error = NULL;
  ZmqgSocket *client = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);

  g_object_set (client, "linger", 0, "reconnect-interval", 20, NULL);
  g_assert_true (zmqg_socket_set_curve_client (client, certificate, server_key, &error));
  g_assert_no_error (error);
  zmqg_socket_connect_to (client, self->endpoint, &error);
  g_assert_no_error (error);
  zmqg_socket_send_string (client, text, &error);
  g_assert_no_error (error);

  return client;
}

static const char *
get_text (Fixture *self,
          guint    index)
{
  gsize length;
  const guint8 *data = zmqg_message_peek_frame (self->messages->pdata[index], 0, &length);

  return (const char *) data;
}

static void
test_admitted (Fixture       *self,
               gconstpointer  data)
{
  g_autoptr (ZmqgTestZap) zap = zmqg_test_zap_new (self->context);
  g_autoptr (ZmqgCertificate) good = zmqg_certificate_new ();
  g_autoptr (ZmqgCertificate) bad = zmqg_certificate_new ();
  const char *server_key = zmqg_certificate_get_public_key (self->server_certificate);
  ZmqgSocket *refused, *admitted;

  g_test_summary ("Those are let in whom the handler knows by their key, and no others");

  zmqg_test_zap_admit (zap, good);
  refused = new_client (self, bad, server_key, "bad!");
  zmqg_test_wait_for (zap->n_refused >= 1);
  g_assert_cmpstr (zap->mechanism, ==, "CURVE");
  g_assert_cmpstr (zap->domain, ==, "global");

  admitted = new_client (self, good, server_key, "good");
  zmqg_test_wait_for (self->messages->len == 1);
  g_assert_true (strncmp (get_text (self, 0), "good", 4) == 0);
  g_assert_cmpstr (zmqg_message_get_metadata (self->messages->pdata[0], "User-Id"), ==,
                   zmqg_certificate_get_public_key (good));
  zmqg_test_run_for (NULL, A_WHILE);
  g_assert_cmpuint (self->messages->len, ==, 1);
  g_assert_cmpuint (zap->n_admitted, ==, 1);

  zmqg_test_release (refused);
  zmqg_test_release (admitted);
}

static void
test_no_handler (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  ZmqgSocket *client = new_client (self, certificate,
                                   zmqg_certificate_get_public_key (self->server_certificate),
                                   "text");
  gint64 enforced = 0;

  g_test_summary ("Where nobody answers for it, a server lets nobody in");

  g_assert_true (zmqg_socket_get_option_int (self->server, ZAP_ENFORCE_DOMAIN, &enforced, NULL));
  g_assert_cmpint (enforced, ==, 1);
  zmqg_test_run_for (NULL, A_WHILE);
  g_assert_cmpuint (self->messages->len, ==, 0);

  zmqg_test_release (client);
}

static void
test_handler_of_another_context (Fixture       *self,
                                 gconstpointer  data)
{
  g_autoptr (ZmqgContext) other = zmqg_context_new ();
  g_autoptr (ZmqgTestZap) zap = zmqg_test_zap_new (other);
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  ZmqgSocket *client;

  zmqg_test_zap_admit (zap, certificate);
  client = new_client (self, certificate,
                       zmqg_certificate_get_public_key (self->server_certificate), "text");
  zmqg_test_run_for (NULL, A_WHILE);
  g_assert_cmpuint (self->messages->len, ==, 0);
  g_assert_cmpuint (zap->n_admitted, ==, 0);

  zmqg_test_release (client);
}

static void
test_wrong_server_key (Fixture       *self,
                       gconstpointer  data)
{
  g_autoptr (ZmqgTestZap) zap = zmqg_test_zap_new (self->context);
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (ZmqgCertificate) impostor = zmqg_certificate_new ();
  ZmqgSocket *client;

  g_test_summary ("A server that has not the key the client asks for is not spoken to");

  zmqg_test_zap_admit (zap, certificate);
  client = new_client (self, certificate, zmqg_certificate_get_public_key (impostor), "text");
  zmqg_test_run_for (NULL, A_WHILE);
  g_assert_cmpuint (self->messages->len, ==, 0);
  g_assert_cmpuint (zap->n_admitted + zap->n_refused, ==, 0);

  zmqg_test_release (client);
}

static void
test_clear_text (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr (ZmqgTestZap) zap = zmqg_test_zap_new (self->context);
  ZmqgSocket *plain = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  g_autoptr (GError) error = NULL;

  g_test_summary ("A client without keys is not heard");

  g_object_set (plain, "linger", 0, "reconnect-interval", 20, NULL);
  zmqg_socket_connect_to (plain, self->endpoint, &error);
  g_assert_no_error (error);
  zmqg_socket_send_string (plain, "text", &error);
  g_assert_no_error (error);
  zmqg_test_run_for (NULL, A_WHILE);
  g_assert_cmpuint (self->messages->len, ==, 0);

  zmqg_test_release (plain);
}

static void
test_domain (void)
{
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (ZmqgSocket) plain = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_REP);
  g_autoptr (ZmqgSocket) named = NULL;
  g_autofree char *domain = NULL;
  g_autofree char *own_domain = NULL;

  g_test_summary ("A domain that was given is kept");

  g_assert_true (zmqg_socket_set_curve_server (plain, certificate, NULL));
  g_object_get (plain, "zap-domain", &domain, NULL);
  g_assert_cmpstr (domain, ==, "global");
  g_assert_true (zmqg_test_get_number (plain, "curve-server"));

  named = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", ZMQG_SOCKET_TYPE_REP,
                        "zap-domain", "own", NULL);
  g_assert_true (zmqg_socket_set_curve_server (named, certificate, NULL));
  g_object_get (named, "zap-domain", &own_domain, NULL);
  g_assert_cmpstr (own_domain, ==, "own");
}

static void
assert_error (gboolean     done,
              GError     **error,
              GQuark       domain,
              int          code,
              const char  *reason)
{
  g_assert_false (done);
  g_assert_error (*error, domain, code);
  g_assert_nonnull (strstr ((*error)->message, reason));
  g_clear_error (error);
}

static void
test_bad_certificates (void)
{
  static const char * const bad_keys[] = {
    "", "short", "K5*(yjU&tNG{gvu{}>)C>8^bs^ZjQ-A}m4^)DP+~", "\xff",
    "0]5b%Kk=k(?Ed.Z8}{(uljVN[+Dz]g8$BzN?d12D0",
  };
  g_autoptr (ZmqgCertificate) whole = zmqg_certificate_new ();
  g_autoptr (ZmqgCertificate) half = NULL;
  g_autoptr (ZmqgCertificate) none = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (GError) error = NULL;
  const char *key = zmqg_certificate_get_public_key (whole);
  gint64 mechanism = -1;

  g_test_summary ("Certificates and keys that will not do are refused, and nothing is changed");

  half = zmqg_certificate_new_from_keys (key, NULL, NULL);
  none = g_object_new (ZMQG_TYPE_CERTIFICATE, "public-key", "bad", NULL);
  assert_error (zmqg_socket_set_curve_server (socket, half, &error), &error, G_IO_ERROR,
                G_IO_ERROR_INVALID_ARGUMENT, "no secret key");
  assert_error (zmqg_socket_set_curve_server (socket, none, &error), &error, G_IO_ERROR,
                G_IO_ERROR_INVALID_ARGUMENT, "public key");
  assert_error (zmqg_socket_set_curve_client (socket, half, key, &error), &error, G_IO_ERROR,
                G_IO_ERROR_INVALID_ARGUMENT, "no secret key");
  for (guint i = 0; i < G_N_ELEMENTS (bad_keys); i++)
    {
      g_autofree char *shown = g_utf8_make_valid (bad_keys[i], -1);
      g_autofree char *reason = g_strdup_printf ("'%s'", shown);

      assert_error (zmqg_socket_set_curve_client (socket, whole, bad_keys[i], &error), &error,
                    G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, reason);
    }

  g_assert_true (zmqg_socket_get_option_int (socket, ZMQ_MECHANISM, &mechanism, NULL));
  g_assert_cmpint (mechanism, ==, ZMQ_NULL);
}

static void
test_too_late (void)
{
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (ZmqgCertificate) next = zmqg_certificate_new ();
  g_autoptr (ZmqgSocket) bound = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (ZmqgSocket) connected = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  g_autoptr (GError) error = NULL;
  g_autofree char *endpoint = NULL;
  const char *key = zmqg_certificate_get_public_key (certificate);

  g_test_summary ("What was bound or connected in the clear would stay so: that is an error");

  zmqg_test_bind_free (bound, ZMQG_TEST_INPROC, NULL);
  zmqg_test_bind_free (bound, ZMQG_TEST_TCP, &endpoint);
  assert_error (zmqg_socket_set_curve_server (bound, certificate, &error), &error, ZMQG_ERROR,
                ZMQG_ERROR_STATE, endpoint);
  g_assert_true (zmqg_socket_unbind (bound, endpoint, NULL));
  g_assert_true (zmqg_socket_set_curve_server (bound, certificate, NULL));
  zmqg_test_bind_free (bound, ZMQG_TEST_TCP, NULL);
  g_assert_true (zmqg_socket_set_curve_server (bound, next, NULL));

  g_assert_true (zmqg_socket_connect_to (connected, endpoint, NULL));
  assert_error (zmqg_socket_set_curve_client (connected, certificate, key, &error), &error,
                ZMQG_ERROR, ZMQG_ERROR_STATE, endpoint);
  g_assert_true (zmqg_socket_disconnect_from (connected, endpoint, NULL));
  g_assert_true (zmqg_socket_set_curve_client (connected, certificate, key, NULL));
  g_assert_true (zmqg_socket_connect_to (connected, endpoint, NULL));
  g_assert_true (zmqg_socket_set_curve_client (connected, next, key, NULL));
}

static void
test_new_certificate (Fixture       *self,
                      gconstpointer  data)
{
  g_autoptr (ZmqgTestZap) zap = zmqg_test_zap_new (self->context);
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (ZmqgCertificate) next = zmqg_certificate_new ();
  g_autofree char *old_endpoint = g_steal_pointer (&self->endpoint);
  ZmqgSocket *client;

  g_test_summary ("A server's certificate can be changed for what is bound afterwards");

  zmqg_test_zap_admit (zap, certificate);
  g_assert_true (zmqg_socket_set_curve_server (self->server, next, NULL));
  zmqg_test_bind_free (self->server, ZMQG_TEST_TCP, &self->endpoint);
  client = new_client (self, certificate, zmqg_certificate_get_public_key (next), "text");
  zmqg_test_wait_for (self->messages->len == 1);

  zmqg_test_release (client);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  if (!zmqg_has_capability ("curve"))
    {
      g_print ("1..0 # SKIP this libzmq was built without CURVE\n");
      return 0;
    }

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/curve/admitted", test_admitted);
  ADD ("/curve/no-handler", test_no_handler);
  ADD ("/curve/handler-of-another-context", test_handler_of_another_context);
  ADD ("/curve/wrong-server-key", test_wrong_server_key);
  ADD ("/curve/clear-text", test_clear_text);
  ADD ("/curve/new-certificate", test_new_certificate);
  g_test_add_func ("/curve/domain", test_domain);
  g_test_add_func ("/curve/bad-certificates", test_bad_certificates);
  g_test_add_func ("/curve/too-late", test_too_late);

  return g_test_run ();
}
