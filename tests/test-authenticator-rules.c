/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-asker.h"
#include "zmqg-test-security.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

/* Rules, mostly asked about from inside the process: any address can be made up */

/* A key of 32 bytes that is text */
#define KEY "0123456789abcdef0123456789ABCDEF"

typedef struct
{
  ZmqgContext *context;
  ZmqgAuthenticator *authenticator;
  ZmqgTestAsker *asker;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->context = zmqg_context_new ();
  self->authenticator = zmqg_test_authenticator_new (self->context);
  self->asker = zmqg_test_asker_new (self->context);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  zmqg_test_asker_free (self->asker);
  g_assert_finalize_object (self->authenticator);
  zmqg_test_run_until_idle (NULL);
  g_object_unref (self->context);
}

static void
assert_null (Fixture    *self,
             const char *domain,
             const char *address,
             const char *expected)
{
  g_autofree char *status = zmqg_test_asker_ask (self->asker, domain, address, "NULL", NULL);

  if (!g_str_equal (status, expected))
    g_error ("%s in '%s' got %s", address, domain, status);
}

static void
assert_plain (Fixture    *self,
              const char *domain,
              const char *username,
              const char *password,
              const char *expected)
{
  g_autofree char *status = zmqg_test_asker_ask (self->asker, domain, "192.0.2.7", "PLAIN",
                                                 username, password, NULL);

  g_assert_cmpstr (status, ==, expected);
}

static void
assert_curve (Fixture    *self,
              const char *domain,
              const char *address,
              const char *expected)
{
  g_autofree char *status = zmqg_test_asker_ask (self->asker, domain, address, "CURVE", KEY, NULL);

  g_assert_cmpstr (status, ==, expected);
}

static void
allow (Fixture    *self,
       const char *domain,
       const char *address)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (zmqg_authenticator_allow_address (self->authenticator, domain, address, &error));
  g_assert_no_error (error);
}

static void
deny (Fixture    *self,
      const char *domain,
      const char *address)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (zmqg_authenticator_deny_address (self->authenticator, domain, address, &error));
  g_assert_no_error (error);
}

static const struct
{
  const char *range;
  const char *address;
  gboolean is_in;
} ranges[] = {
  { "192.0.2.7", "192.0.2.7", TRUE },
  { "192.0.2.7", "192.0.2.77", FALSE },
  { "192.0.2.7", "192.0.2.6", FALSE },
  { "192.0.2.0/24", "192.0.2.255", TRUE },
  { "192.0.2.0/24", "192.0.3.0", FALSE },
  { "192.0.2.128/25", "192.0.2.127", FALSE },
  { "192.0.2.128/25", "192.0.2.128", TRUE },
  { "192.0.2.6/31", "192.0.2.7", TRUE },
  { "192.0.2.6/31", "192.0.2.8", FALSE },
  { "0.0.0.0/0", "203.0.113.9", TRUE },
  { "0.0.0.0/0", "2001:db8::1", FALSE },
  { "::/0", "2001:db8::1", TRUE },
  { "::/0", "203.0.113.9", FALSE },
  { "::/0", "::ffff:203.0.113.9", FALSE },
  { "2001:db8::/32", "2001:db8:ffff::1", TRUE },
  { "2001:db8::/32", "2001:db9::1", FALSE },
  { "2001:db8::1", "2001:0db8:0:0:0:0:0:1", TRUE },
  { "::1", "::1", TRUE },
  { "::1", "127.0.0.1", FALSE },
  { "fe80::/10", "fe80::1%lo", TRUE },
  /* A peer over IPv4 on a socket that has both */
  { "192.0.2.0/24", "::ffff:192.0.2.1", TRUE },
  { "192.0.2.0/24", "::FFFF:c000:201", TRUE },
  { "192.0.2.0/24", "::ffff:192.0.3.1", FALSE },
  { "::ffff:192.0.2.0/120", "192.0.2.1", TRUE },
  { "::ffff:192.0.2.0/120", "::ffff:192.0.2.1", TRUE },
  { "::ffff:192.0.2.0/120", "192.0.3.1", FALSE },
  { "::ffff:0.0.0.0/96", "198.51.100.1", TRUE },
  { "::ffff:192.0.2.1", "192.0.2.1", TRUE },
  { "ipc", "localhost:1000:1000:4711", TRUE },
  { "ipc", "localhost", TRUE },
  { "ipc", "127.0.0.1", FALSE },
  { "ipc", "localhost.example", FALSE },
  { "ipc:1000", "localhost:1000:100:4711", TRUE },
  { "ipc:1000", "localhost:1001:1000:4711", FALSE },
  { "ipc:1000", "localhost", FALSE },
  { "ipc:0", "localhost:0:0:1", TRUE },
  { "ipc:0", "localhost::0:1", FALSE },
  { "ipc:0", "localhost:x:0:1", FALSE },
  /* What is no address is in no range */
  { "0.0.0.0/0", "", FALSE },
  { "0.0.0.0/0", "192.0.2", FALSE },
  { "0.0.0.0/0", "192.0.2.7 ", FALSE },
  { "0.0.0.0/0", "peer.example", FALSE },
};

static void
test_ranges (Fixture       *self,
             gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      g_autofree char *domain = g_strdup_printf ("allowing-%u", i);
      g_autofree char *other_domain = g_strdup_printf ("denying-%u", i);

      allow (self, domain, ranges[i].range);
      assert_null (self, domain, ranges[i].address, ranges[i].is_in ? "200" : "400");
      /* The same range the other way round */
      deny (self, other_domain, ranges[i].range);
      allow (self, other_domain, "0.0.0.0/0");
      allow (self, other_domain, "::/0");
      allow (self, other_domain, "ipc");
      if (ranges[i].is_in)
        assert_null (self, other_domain, ranges[i].address, "400");
    }
}

static void
test_bad_ranges (Fixture       *self,
                 gconstpointer  data)
{
  static const char *const bad[] = {
    "", " ", "192.0.2", "192.0.2.256", "192.0.2.7/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/ 8",
    "192.0.2.0/+8", "192.0.2.0/4294967320", "192.0.2.0/24/24", "192.0.2.7/24", "0x7f000001",
    "127.1", "010.0.0.1", "localhost", "peer.example", "*", "2001:db8::/129", "2001:db8::1/32",
    ":::", "[::1]", "::1/", "tcp://127.0.0.1", "127.0.0.1:5555", "ipc:", "ipc:x", "ipc:-1",
    "ipc:1000:1000", "ipcx", "ipc://x", "\xff\xfe", "192.0.2.0/24\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (zmqg_authenticator_allow_address (self->authenticator, "d", bad[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_clear_error (&error);
      g_assert_false (zmqg_authenticator_deny_address (self->authenticator, NULL, bad[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_false (zmqg_authenticator_remove_address (self->authenticator, "d", bad[i]));
    }
  assert_null (self, "d", "127.0.0.1", "400");
}

static void
test_deny_beats_allow (Fixture       *self,
                       gconstpointer  data)
{
  deny (self, "d", "192.0.2.7");
  allow (self, "d", "192.0.2.0/24");
  allow (self, "d", "192.0.2.7");
  assert_null (self, "d", "192.0.2.7", "400");
  assert_null (self, "d", "192.0.2.8", "200");

  /* Also where one holds in the domain, and the other in every one */
  deny (self, NULL, "192.0.2.9");
  assert_null (self, "d", "192.0.2.9", "400");
  allow (self, NULL, "198.51.100.0/24");
  deny (self, "d", "198.51.100.1");
  assert_null (self, "d", "198.51.100.1", "400");
  assert_null (self, "e", "198.51.100.1", "200");
  assert_null (self, "d", "198.51.100.2", "200");
  /* Those of the domain and of every one are one list */
  assert_null (self, "e", "192.0.2.8", "400");

  g_assert_true (zmqg_authenticator_remove_address (self->authenticator, "d", "192.0.2.7"));
  g_assert_false (zmqg_authenticator_remove_address (self->authenticator, "d", "192.0.2.7"));
  assert_null (self, "d", "192.0.2.7", "200");
}

static void
test_allowed_addresses_and_credentials (Fixture       *self,
                                        gconstpointer  data)
{
  zmqg_authenticator_add_plain_user (self->authenticator, "d", "user", "password");
  assert_plain (self, "d", "user", "password", "200");
  deny (self, "d", "192.0.2.7");
  assert_plain (self, "d", "user", "password", "400");
  g_assert_true (zmqg_authenticator_remove_address (self->authenticator, "d", "192.0.2.7"));
  assert_plain (self, "d", "user", "password", "200");
  allow (self, "d", "192.0.2.8");
  assert_plain (self, "d", "user", "password", "400");
  allow (self, NULL, "192.0.2.7");
  assert_plain (self, "d", "user", "password", "200");
  /* An allowed address is no credential */
  assert_plain (self, "d", "user", "other", "400");
  assert_plain (self, "d", "other", "password", "400");
  assert_curve (self, "d", "192.0.2.7", "400");
}

static ZmqgCertificate *
make_certificate (void)
{
  char text[41];
  g_autoptr (GError) error = NULL;
  ZmqgCertificate *certificate;

  zmq_z85_encode (text, (const guint8 *) KEY, strlen (KEY));
  certificate = zmqg_certificate_new_from_keys (text, NULL, &error);
  g_assert_no_error (error);

  return certificate;
}

static void
test_certificates (Fixture       *self,
                   gconstpointer  data)
{
  g_autoptr (ZmqgCertificate) certificate = make_certificate ();
  const char *key = zmqg_certificate_get_public_key (certificate);

  assert_curve (self, "d", "192.0.2.7", "400");
  zmqg_authenticator_add_certificate (self->authenticator, "d", certificate);
  assert_curve (self, "d", "192.0.2.7", "200");
  assert_curve (self, "e", "192.0.2.7", "400");
  /* A key is no address, and no user */
  assert_null (self, "d", "192.0.2.7", "400");
  assert_plain (self, "d", key, "", "400");
  deny (self, "d", "192.0.2.7");
  assert_curve (self, "d", "192.0.2.7", "400");
  assert_curve (self, "d", "192.0.2.8", "200");

  zmqg_authenticator_add_certificate (self->authenticator, NULL, certificate);
  assert_curve (self, "e", "192.0.2.7", "200");
  g_assert_true (zmqg_authenticator_remove_certificate (self->authenticator, "d", key));
  g_assert_false (zmqg_authenticator_remove_certificate (self->authenticator, "d", key));
  assert_curve (self, "d", "192.0.2.8", "200");
  g_assert_true (zmqg_authenticator_remove_certificate (self->authenticator, NULL, key));
  assert_curve (self, "d", "192.0.2.8", "400");
}

static gpointer
change_rules (gpointer data)
{
  ZmqgAuthenticator *authenticator = data;

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *domain = g_strdup_printf ("domain-%u", i % 7);
      g_autofree char *address = g_strdup_printf ("10.0.%u.0/24", i % 11);

      zmqg_authenticator_allow_address (authenticator, domain, address, NULL);
      zmqg_authenticator_deny_address (authenticator, NULL, "203.0.113.0/24", NULL);
      zmqg_authenticator_add_plain_user (authenticator, domain, "user", "password");
      zmqg_authenticator_remove_plain_user (authenticator, domain, "user");
      zmqg_authenticator_remove_address (authenticator, domain, address);
    }

  return NULL;
}

/* Rules change while they are asked about */
static void
test_threads (Fixture       *self,
              gconstpointer  data)
{
  GThread *threads[3];

  allow (self, "d", "192.0.2.7");
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("rules", change_rules, self->authenticator);
  for (guint i = 0; i < 200; i++)
    {
      assert_null (self, "d", "192.0.2.7", "200");
      assert_null (self, "d", "203.0.113.7", "400");
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
metadata_cb (ZmqgSocket   *server,
             ZmqgMessage  *message,
             char        **text)
{
  *text = g_strdup_printf ("%s %s", zmqg_message_get_metadata (message, "role"),
                           zmqg_message_get_metadata (message, "Socket-Type"));
}

/* A certificate's own words go with the messages; libzmq's words are libzmq's */
static void
test_metadata (void)
{
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgAuthenticator) authenticator = zmqg_test_authenticator_new (context);
  g_autoptr (ZmqgSocket) server = zmqg_test_server_new (context, ZMQG_TEST_CURVE, "d");
  g_autofree char *endpoint = zmqg_test_server_get_endpoint (server);
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (ZmqgTestClient) client = NULL;
  g_autofree char *text = NULL;

  zmqg_certificate_set_metadata (certificate, "role", "probe");
  zmqg_certificate_set_metadata (certificate, "Socket-Type", "REQ");
  zmqg_authenticator_add_certificate (authenticator, "d", certificate);
  g_signal_connect (server, "message-received", G_CALLBACK (metadata_cb), &text);
  client = zmqg_test_client_new_curve (
    certificate, zmqg_certificate_get_public_key (zmqg_test_get_server_certificate ()), endpoint,
    "hello");
  zmqg_test_wait_for (text != NULL);
  g_assert_cmpstr (text, ==, "probe PUSH");
}

/* Peers of several domains, each where it may and where it may not */
static void
test_domains (void)
{
  static const char *const domains[] = { "one", "two" };
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgAuthenticator) authenticator = zmqg_test_authenticator_new (context);

  zmqg_authenticator_add_plain_user (authenticator, "one", "ann", "1");
  zmqg_authenticator_add_plain_user (authenticator, "two", "bob", "2");
  zmqg_authenticator_add_plain_user (authenticator, NULL, "root", "0");

  for (guint i = 0; i < G_N_ELEMENTS (domains); i++)
    {
      g_autoptr (ZmqgSocket) server = zmqg_test_server_new (context, ZMQG_TEST_PLAIN, domains[i]);
      g_autoptr (ZmqgTestInbox) inbox = zmqg_test_inbox_new (server);
      g_autofree char *endpoint = zmqg_test_server_get_endpoint (server);
      g_autoptr (ZmqgTestClient) ann = NULL, bob = NULL, root = NULL;
      ZmqgTestClient *stranger;

      ann = zmqg_test_client_new_plain ("ann", "1", endpoint, "ann");
      bob = zmqg_test_client_new_plain ("bob", "2", endpoint, "bob");
      root = zmqg_test_client_new_plain ("root", "0", endpoint, "root");
      stranger = i == 0 ? bob : ann;
      zmqg_test_wait_for (inbox->texts->len == 2 &&
                          zmqg_test_client_count (stranger, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH,
                                                  400) == 1);
      g_assert_true (g_ptr_array_find_with_equal_func (inbox->user_ids, i == 0 ? "ann" : "bob",
                                                       g_str_equal, NULL));
      g_assert_true (g_ptr_array_find_with_equal_func (inbox->user_ids, "root", g_str_equal, NULL));
    }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/authenticator-rules/ranges", test_ranges);
  ADD ("/authenticator-rules/bad-ranges", test_bad_ranges);
  ADD ("/authenticator-rules/deny-beats-allow", test_deny_beats_allow);
  ADD ("/authenticator-rules/addresses-and-credentials", test_allowed_addresses_and_credentials);
  ADD ("/authenticator-rules/certificates", test_certificates);
  ADD ("/authenticator-rules/threads", test_threads);
  g_test_add_func ("/authenticator-rules/metadata", test_metadata);
  g_test_add_func ("/authenticator-rules/domains", test_domains);

  return g_test_run ();
}
