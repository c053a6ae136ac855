/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-asker.h"
#include "zmqg-test-security.h"
#include "zmqg-test-utils.h"

#include <string.h>

/* Requests as libzmq never makes them, and what is logged of all */

#define KEY "0123456789abcdef0123456789ABCDEF"

/* What the log was given */
static GPtrArray *messages;
static GPtrArray *information;
static char *last_address, *last_mechanism, *last_domain, *last_peer, *last_reason;

static void
keep (char           **slot,
      const GLogField *field)
{
  g_free (*slot);
  *slot = g_strdup (field->value);
}

static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  gboolean is_ours = FALSE;
  const char *text = NULL;

  for (gsize i = 0; i < n_fields; i++)
    {
      if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
        is_ours = g_str_equal (fields[i].value, "ZmqGlib");
      else if (g_str_equal (fields[i].key, "MESSAGE"))
        text = fields[i].value;
      else if (g_str_equal (fields[i].key, "ZMQG_ADDRESS"))
        keep (&last_address, &fields[i]);
      else if (g_str_equal (fields[i].key, "ZMQG_MECHANISM"))
        keep (&last_mechanism, &fields[i]);
      else if (g_str_equal (fields[i].key, "ZMQG_DOMAIN"))
        keep (&last_domain, &fields[i]);
      else if (g_str_equal (fields[i].key, "ZMQG_PEER"))
        keep (&last_peer, &fields[i]);
      else if (g_str_equal (fields[i].key, "ZMQG_REASON"))
        keep (&last_reason, &fields[i]);
    }
  if (is_ours && level == G_LOG_LEVEL_MESSAGE)
    g_ptr_array_add (messages, g_strdup (text));
  else if (is_ours && level == G_LOG_LEVEL_INFO)
    g_ptr_array_add (information, g_strdup (text));
  else
    return g_log_writer_default (level, fields, n_fields, NULL);

  return G_LOG_WRITER_HANDLED;
}

typedef struct
{
  ZmqgContext *context;
  ZmqgAuthenticator *authenticator;
  ZmqgTestAsker *asker;
  guint n_refused;
} Fixture;

static void
refused_cb (ZmqgAuthenticator         *authenticator,
            ZmqgAuthenticationRequest *request,
            const char                *reason,
            Fixture                   *self)
{
  self->n_refused++;
  g_assert_true (g_utf8_validate (zmqg_authentication_request_get_address (request), -1, NULL));
  g_assert_true (g_utf8_validate (zmqg_authentication_request_get_domain (request), -1, NULL));
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_ptr_array_set_size (messages, 0);
  g_ptr_array_set_size (information, 0);
  self->context = zmqg_context_new ();
  self->authenticator = zmqg_test_authenticator_new (self->context);
  self->asker = zmqg_test_asker_new (self->context);
  g_signal_connect (self->authenticator, "refused", G_CALLBACK (refused_cb), self);
  zmqg_test_authenticator_admit (self->authenticator, "d");
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

/* After what went wrong before */
static void
assert_works (Fixture *self)
{
  g_autofree char *status = zmqg_test_asker_ask (self->asker, "d", "127.0.0.1", "NULL", NULL);

  g_assert_cmpstr (status, ==, "200");
}

typedef struct
{
  const char *data;
  gssize length;
} Frame;

#define TEXT(text) { text, sizeof text - 1 }
#define END { NULL, 0 }
#define GOOD_ENVELOPE TEXT (""), TEXT ("1.0"), TEXT ("1")

static const struct
{
  const char *name;
  /* NULL: no answer is possible */
  const char *status;
  Frame frames[14];
} malformed[] = {
  { "one frame", NULL, { TEXT (""), END } },
  { "no delimiter", NULL,
    { TEXT ("1.0"), TEXT ("1"), TEXT ("d"), TEXT ("a"), TEXT (""), TEXT ("NULL"), END } },
  { "delimiter only", NULL, { TEXT (""), TEXT ("1.0"), END } },
  { "version 2.0", "500",
    { TEXT (""), TEXT ("2.0"), TEXT ("1"), TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""),
      TEXT ("NULL"), END } },
  { "version 1.00", "500",
    { TEXT (""), TEXT ("1.00"), TEXT ("1"), TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""),
      TEXT ("NULL"), END } },
  { "version 1.0 and NUL", "500",
    { TEXT (""), TEXT ("1.0\0"), TEXT ("1"), TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""),
      TEXT ("NULL"), END } },
  { "empty version", "500",
    { TEXT (""), TEXT (""), TEXT ("1"), TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("NULL"),
      END } },
  { "three frames", "500", { GOOD_ENVELOPE, END } },
  { "no mechanism", "500",
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), END } },
  { "NULL with a credential", "500",
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("NULL"), TEXT (""), END } },
  { "PLAIN without a password", "500",
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("PLAIN"), TEXT ("user"),
      END } },
  { "PLAIN with three credentials", "500",
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("PLAIN"), TEXT ("user"),
      TEXT (ZMQG_TEST_PASSWORD), TEXT (""), END } },
  { "CURVE without a key", "500",
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("CURVE"), END } },
  { "CURVE with a key of 31 bytes", "500",
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("CURVE"), { KEY, 31 },
      END } },
  { "CURVE with an empty key", "500",
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("CURVE"), TEXT (""), END } },
  { "CURVE with a key in Z85", "500",
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("CURVE"),
      TEXT (KEY "12345678"), END } },
  { "NUL in the domain", "500",
    { GOOD_ENVELOPE, TEXT ("d\0x"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("NULL"), END } },
  { "NUL in the address", "500",
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1\0"), TEXT (""), TEXT ("NULL"), END } },
  { "domain not UTF-8", "500",
    { GOOD_ENVELOPE, TEXT ("\xff"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("NULL"), END } },
  { "mechanism not UTF-8", "500",
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("NULL\xc3"), END } },
  { "NUL in the mechanism", "500",
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("NULL\0"), END } },
};

static void
send_frames (Fixture     *self,
             const Frame *frames)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; frames[i].data != NULL; i++)
    zmqg_message_append_data (message, (const guint8 *) frames[i].data, frames[i].length);
  g_ptr_array_set_size (self->asker->replies, 0);
  zmqg_socket_send (self->asker->socket, message, &error);
  g_assert_no_error (error);
}

static void
test_malformed (Fixture       *self,
                gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      g_autofree char *status = NULL;

      g_test_message ("%s", malformed[i].name);
      send_frames (self, malformed[i].frames);
      zmqg_test_wait_for (zmqg_test_get_number (self->authenticator, "n-malformed") == i + 1);
      if (malformed[i].status == NULL)
        {
          zmqg_test_run_until_idle (NULL);
          g_assert_cmpuint (self->asker->replies->len, ==, 0);
        }
      else
        {
          zmqg_test_wait_for (self->asker->replies->len == 1);
          status = zmqg_message_get_string (self->asker->replies->pdata[0], 3, NULL);
          g_assert_cmpstr (status, ==, malformed[i].status);
        }
      assert_works (self);
    }
  g_assert_cmpint (zmqg_test_get_number (self->authenticator, "n-admitted"), ==,
                   G_N_ELEMENTS (malformed));
  g_assert_cmpuint (self->n_refused, ==, 0);
}

/* What a peer can write itself is no fault of the request: the peer is refused */
static void
test_bad_credentials (Fixture       *self,
                      gconstpointer  data)
{
  static const Frame bad[][10] = {
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("PLAIN"), TEXT ("user\0"),
      TEXT (ZMQG_TEST_PASSWORD), END },
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("PLAIN"), TEXT ("user"),
      TEXT (ZMQG_TEST_PASSWORD "\0"), END },
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("PLAIN"), TEXT ("us\xff""er"),
      TEXT (ZMQG_TEST_PASSWORD), END },
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("PLAIN"), TEXT ("user"),
      TEXT ("\xc3"), END },
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("GSSAPI"), TEXT ("user"),
      END },
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("GSSAPI"), END },
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT ("null"), END },
    { GOOD_ENVELOPE, TEXT ("d"), TEXT ("127.0.0.1"), TEXT (""), TEXT (""), END },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *status = NULL;

      send_frames (self, bad[i]);
      zmqg_test_wait_for (self->asker->replies->len == 1);
      status = zmqg_message_get_string (self->asker->replies->pdata[0], 3, NULL);
      g_assert_cmpstr (status, ==, "400");
      g_assert_cmpuint (self->n_refused, ==, i + 1);
    }
  g_assert_cmpint (zmqg_test_get_number (self->authenticator, "n-malformed"), ==, 0);
}

static void
test_oversized (Fixture       *self,
                gconstpointer  data)
{
  g_autofree char *text = g_strnfill (1024 * 1024, 'x');

  for (guint i = 0; i < 8; i++)
    {
      Frame frames[] = { TEXT (""), TEXT ("1.0"), TEXT ("1"), TEXT ("d"), TEXT ("127.0.0.1"),
                         TEXT (""), TEXT ("PLAIN"), TEXT ("user"), TEXT ("password"), END };

      frames[i] = (Frame) { text, 1024 * 1024 };
      send_frames (self, frames);
      zmqg_test_wait_for (zmqg_test_get_number (self->authenticator, "n-malformed") +
                          zmqg_test_get_number (self->authenticator, "n-refused") == i + 1);
      /* Without an id, or with one that is too long, there is no answer */
      zmqg_test_wait_for (self->asker->replies->len == (i > 0 && i != 2));
      assert_works (self);
    }
}

/* The id comes back as it was */
static void
test_request_id (Fixture       *self,
                 gconstpointer  data)
{
  static const Frame frames[] = { TEXT (""), TEXT ("1.0"), TEXT ("\0\xff id"), TEXT ("d"),
                                  TEXT ("127.0.0.1"), TEXT (""), TEXT ("NULL"), END };
  const guint8 *id;
  gsize length;

  send_frames (self, frames);
  zmqg_test_wait_for (self->asker->replies->len == 1);
  id = zmqg_message_peek_frame (self->asker->replies->pdata[0], 2, &length);
  g_assert_cmpmem (id, length, "\0\xff id", 5);
}

static void
keep_cb (ZmqgAuthenticator         *authenticator,
         ZmqgAuthenticationRequest *request,
         GPtrArray                 *requests)
{
  g_ptr_array_add (requests, g_object_ref (request));
}

/* A connection that asks again has forgotten its first question: an answer to that one would be
 * taken for the answer to the second */
static void
test_superseded (Fixture       *self,
                 gconstpointer  data)
{
  static const Frame first[] = { TEXT (""), TEXT ("1.0"), TEXT ("one"), TEXT ("e"),
                                 TEXT ("127.0.0.1"), TEXT (""), TEXT ("NULL"), END };
  static const Frame second[] = { TEXT (""), TEXT ("1.0"), TEXT ("two"), TEXT ("e"),
                                  TEXT ("127.0.0.1"), TEXT (""), TEXT ("NULL"), END };
  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *id = NULL;

  g_signal_connect (self->authenticator, "authenticate", G_CALLBACK (keep_cb), requests);
  send_frames (self, first);
  zmqg_test_wait_for (requests->len == 1);
  send_frames (self, second);
  zmqg_test_wait_for (requests->len == 2);
  g_assert_false (zmqg_authentication_request_accept (requests->pdata[0], "one"));
  g_assert_true (zmqg_authentication_request_accept (requests->pdata[1], "two"));
  zmqg_test_wait_for (self->asker->replies->len == 1);
  id = zmqg_message_get_string (self->asker->replies->pdata[0], 2, NULL);
  g_assert_cmpstr (id, ==, "two");
  zmqg_test_run_until_idle (NULL);
  g_assert_cmpuint (self->asker->replies->len, ==, 1);
}

static void
test_mutated (Fixture       *self,
              gconstpointer  data)
{
  guint n_sent = 0;
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC;

  while (g_get_monotonic_time () < end)
    {
      g_autoptr (ZmqgMessage) message = zmqg_message_new ();
      guint n_frames = g_test_rand_int_range (1, 14);

      for (guint i = 0; i < n_frames; i++)
        {
          int choice = g_test_rand_int_range (0, G_N_ELEMENTS (malformed));
          const Frame *frames = malformed[choice].frames;
          g_autofree guint8 *copy = NULL;
          gsize length;

          while (frames->data != NULL && g_test_rand_int_range (0, 1 + i) < (int) i)
            frames++;
          length = frames->data != NULL ? frames->length : g_test_rand_int_range (0, 300);
          copy = g_malloc0 (length + 1);
          if (frames->data != NULL)
            memcpy (copy, frames->data, length);
          if (length > 0 && g_test_rand_int_range (0, 4) == 0)
            copy[g_test_rand_int_range (0, length)] = g_test_rand_int_range (0, 256);
          zmqg_message_append_data (message, copy, length);
        }
      if (!zmqg_socket_send (self->asker->socket, message, NULL))
        zmqg_test_run_until_idle (NULL);
      else if (++n_sent % 100 == 0)
        zmqg_test_run_until_idle (NULL);
    }
  zmqg_test_wait_for (zmqg_test_get_number (self->asker->socket, "send-queue-length") == 0);
  g_test_message ("%u requests, %d malformed", n_sent,
                  (int) zmqg_test_get_number (self->authenticator, "n-malformed"));
  g_assert_cmpuint (n_sent, >, 100);
  g_ptr_array_set_size (self->asker->replies, 0);
  assert_works (self);
}

static void
test_log (Fixture       *self,
          gconstpointer  data)
{
  g_autofree char *status = NULL;

  status = zmqg_test_asker_ask (self->asker, "d", "127.0.0.1", "PLAIN", "user", "s3cret", NULL);
  g_assert_cmpstr (status, ==, "400");
  g_assert_cmpuint (messages->len, ==, 1);
  g_assert_cmpstr (last_address, ==, "127.0.0.1");
  g_assert_cmpstr (last_mechanism, ==, "PLAIN");
  g_assert_cmpstr (last_domain, ==, "d");
  g_assert_cmpstr (last_peer, ==, "user");
  g_assert_cmpstr (last_reason, ==, "the password is wrong");
  g_assert_nonnull (strstr (messages->pdata[0], "127.0.0.1"));
  g_assert_nonnull (strstr (messages->pdata[0], "PLAIN"));
  g_assert_nonnull (strstr (messages->pdata[0], "'d'"));
  g_assert_nonnull (strstr (messages->pdata[0], "the password is wrong"));
  g_assert_null (strstr (messages->pdata[0], "s3cret"));
}

/* A peer that comes back all the time does not fill the log, and neither do many */
static void
test_no_flood (Fixture       *self,
               gconstpointer  data)
{
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *status = zmqg_test_asker_ask (self->asker, "d", "192.0.2.7", "NULL", NULL);

      g_assert_cmpstr (status, ==, "400");
    }
  g_assert_cmpuint (messages->len, ==, 1);
  g_assert_cmpuint (information->len, ==, 499);

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *address = g_strdup_printf ("2001:db8::%x", i);
      g_autofree char *status = zmqg_test_asker_ask (self->asker, "d", address, "NULL", NULL);

      g_assert_cmpstr (status, ==, "400");
    }
  g_assert_cmpuint (messages->len, <, 120);
  g_assert_cmpuint (information->len, >, 1300);
  g_assert_cmpint (zmqg_test_get_number (self->authenticator, "n-refused"), ==, 1500);
}

/* What a peer calls itself cannot pass for lines of ours */
static void
test_log_injection (Fixture       *self,
                    gconstpointer  data)
{
  g_autofree char *status = NULL;

  status = zmqg_test_asker_ask (self->asker, "d", "127.0.0.1", "PLAIN",
                                "eve\nAdmitted a peer\x1b[2J\xe2\x80\xae", "x", NULL);
  g_assert_cmpstr (status, ==, "400");
  g_assert_cmpuint (messages->len, ==, 1);
  g_assert_null (strchr (messages->pdata[0], '\n'));
  g_assert_null (strchr (messages->pdata[0], '\x1b'));
  g_assert_null (strstr (messages->pdata[0], "\xe2\x80\xae"));
  g_assert_null (strchr (last_peer, '\n'));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  messages = g_ptr_array_new_with_free_func (g_free);
  information = g_ptr_array_new_with_free_func (g_free);
  g_log_set_writer_func (write_log, NULL, NULL);

  ADD ("/zap-requests/malformed", test_malformed);
  ADD ("/zap-requests/bad-credentials", test_bad_credentials);
  ADD ("/zap-requests/oversized", test_oversized);
  ADD ("/zap-requests/request-id", test_request_id);
  ADD ("/zap-requests/superseded", test_superseded);
  ADD ("/zap-requests/mutated", test_mutated);
  ADD ("/zap-requests/log", test_log);
  ADD ("/zap-requests/no-flood", test_no_flood);
  ADD ("/zap-requests/log-injection", test_log_injection);

  return g_test_run ();
}
