/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

/* A pair that belongs together, and a key of nobody */
#define PUBLIC_KEY "0]5b%Kk=k(?Ed.Z8}{(uljVN[+Dz]g8$BzN?d12D"
#define SECRET_KEY "K5*(yjU&tNG{gvu{}>)C>8^bs^ZjQ-A}m4^)DP++"
#define OTHER_KEY "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

static void
test_new (void)
{
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (ZmqgCertificate) other = g_object_new (ZMQG_TYPE_CERTIFICATE, NULL);
  g_autoptr (GError) error = NULL;
  char public_key[41];

  g_test_summary ("Keys are made by the pair, anew each time, by whatever way the object is made");

  g_assert_true (zmqg_certificate_has_secret_key (certificate));
  g_assert_cmpint (zmq_curve_public (public_key, zmqg_certificate_get_secret_key (certificate)),
                   ==, 0);
  g_assert_cmpstr (zmqg_certificate_get_public_key (certificate), ==, public_key);

  g_assert_true (zmqg_certificate_has_secret_key (other));
  g_assert_cmpstr (zmqg_certificate_get_public_key (other), !=, public_key);
  g_assert_true (g_initable_init (G_INITABLE (other), NULL, &error));
  g_assert_no_error (error);
}

static void
test_property (void)
{
  g_autoptr (ZmqgCertificate) certificate = NULL;
  g_autoptr (ZmqgCertificate) bad = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *public_key = NULL;

  g_test_summary ("A public key given at construction is all there is; a bad one is told later");

  certificate = g_object_new (ZMQG_TYPE_CERTIFICATE, "public-key", PUBLIC_KEY, NULL);
  g_object_get (certificate, "public-key", &public_key, NULL);
  g_assert_cmpstr (public_key, ==, PUBLIC_KEY);
  g_assert_false (zmqg_certificate_has_secret_key (certificate));
  g_assert_null (zmqg_certificate_get_secret_key (certificate));

  bad = g_object_new (ZMQG_TYPE_CERTIFICATE, "public-key", "short", NULL);
  g_assert_null (zmqg_certificate_get_public_key (bad));
  g_assert_false (zmqg_certificate_has_secret_key (bad));
  g_assert_false (g_initable_init (G_INITABLE (bad), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
test_from_keys (void)
{
  g_autoptr (ZmqgCertificate) pair = NULL;
  g_autoptr (ZmqgCertificate) half = NULL;
  g_autoptr (GError) error = NULL;

  pair = zmqg_certificate_new_from_keys (PUBLIC_KEY, SECRET_KEY, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zmqg_certificate_get_public_key (pair), ==, PUBLIC_KEY);
  g_assert_cmpstr (zmqg_certificate_get_secret_key (pair), ==, SECRET_KEY);

  half = zmqg_certificate_new_from_keys (PUBLIC_KEY, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zmqg_certificate_get_public_key (half), ==, PUBLIC_KEY);
  g_assert_false (zmqg_certificate_has_secret_key (half));
}

static void
test_bad_keys (void)
{
  static const char * const pairs[][2] = {
    { "", NULL },
    { "short", NULL },
    { PUBLIC_KEY "x", NULL },
    { "~]5b%Kk=k(?Ed.Z8}{(uljVN[+Dz]g8$BzN?d12D", NULL },
    /* Five characters that stand for more than four bytes */
    { "#####Kk=k(?Ed.Z8}{(uljVN[+Dz]g8$BzN?d12D", NULL },
    { "\xff\xfe%Kk=k(?Ed.Z8}{(uljVN[+Dz]g8$BzN?d12D", NULL },
    { PUBLIC_KEY, "" },
    { PUBLIC_KEY, "short" },
    { PUBLIC_KEY, SECRET_KEY "0" },
    { PUBLIC_KEY, "K5*(yjU&tNG{gvu{}>)C>8^bs^ZjQ-A}m4^)DP+ " },
    { OTHER_KEY, SECRET_KEY },
    { SECRET_KEY, SECRET_KEY },
  };

  g_test_summary ("Keys that are malformed or no pair are refused; the secret is not in the text");

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (zmqg_certificate_new_from_keys (pairs[i][0], pairs[i][1], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, pairs[i][1] == NULL ? "public" : "secret"));
      g_assert_null (strstr (error->message, "K5*"));
      g_assert_null (zmqg_certificate_new_from_keys (pairs[i][0], pairs[i][1], NULL));
    }
}

static void
test_metadata (void)
{
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_auto (GStrv) none = zmqg_certificate_list_metadata (certificate);
  g_auto (GStrv) names = NULL;
  g_autofree char *joined = NULL;

  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_null (zmqg_certificate_get_metadata (certificate, "name"));

  zmqg_certificate_set_metadata (certificate, "name", "first");
  zmqg_certificate_set_metadata (certificate, "email", "a@b.example");
  zmqg_certificate_set_metadata (certificate, "gone", "soon");
  zmqg_certificate_set_metadata (certificate, "unit", "");
  /* What is given may be what it was */
  zmqg_certificate_set_metadata (certificate, "name",
                                 zmqg_certificate_get_metadata (certificate, "name"));
  zmqg_certificate_set_metadata (certificate, "email", "c@d.example");
  zmqg_certificate_set_metadata (certificate, "gone", NULL);
  zmqg_certificate_set_metadata (certificate, "never", NULL);

  names = zmqg_certificate_list_metadata (certificate);
  joined = g_strjoinv (" ", names);
  g_assert_cmpstr (joined, ==, "name email unit");
  g_assert_cmpstr (zmqg_certificate_get_metadata (certificate, "name"), ==, "first");
  g_assert_cmpstr (zmqg_certificate_get_metadata (certificate, "email"), ==, "c@d.example");
  g_assert_cmpstr (zmqg_certificate_get_metadata (certificate, "unit"), ==, "");
  g_assert_null (zmqg_certificate_get_metadata (certificate, "gone"));
}

static gpointer
generate_thread (gpointer data)
{
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();

      g_assert_true (zmqg_certificate_has_secret_key (certificate));
    }

  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[4];

  g_test_summary ("Several threads make keys at once");

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("keys", generate_thread, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
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

  g_test_add_func ("/certificate/new", test_new);
  g_test_add_func ("/certificate/property", test_property);
  g_test_add_func ("/certificate/from-keys", test_from_keys);
  g_test_add_func ("/certificate/bad-keys", test_bad_keys);
  g_test_add_func ("/certificate/metadata", test_metadata);
  g_test_add_func ("/certificate/threads", test_threads);

  return g_test_run ();
}
