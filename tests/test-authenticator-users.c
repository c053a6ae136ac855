/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-asker.h"
#include "zmqg-test-security.h"
#include "zmqg-test-utils.h"

#include <gio/gio.h>
#include <string.h>

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
  gpointer weak = self->authenticator;

  zmqg_test_asker_free (self->asker);
  /* The thread that read a file may let go a moment after the call came back */
  g_object_add_weak_pointer (weak, &weak);
  g_object_unref (self->authenticator);
  zmqg_test_poll_for (!g_main_context_iteration (NULL, FALSE) && weak == NULL);
  zmqg_test_run_until_idle (NULL);
  g_object_unref (self->context);
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
test_plain_users (Fixture       *self,
                  gconstpointer  data)
{
  g_autofree char *long_text = g_strnfill (255, 'x');
  g_autofree char *too_long = g_strnfill (256, 'x');

  zmqg_authenticator_add_plain_user (self->authenticator, "d", "ann", "one");
  zmqg_authenticator_add_plain_user (self->authenticator, "d", "empty", "");
  zmqg_authenticator_add_plain_user (self->authenticator, "d", "", "nobody");
  zmqg_authenticator_add_plain_user (self->authenticator, "d", "j\xc3\xbcrgen",
                                     "gr\xc3\xbc\xc3\x9f");
  zmqg_authenticator_add_plain_user (self->authenticator, "d", long_text, long_text);
  zmqg_authenticator_add_plain_user (self->authenticator, "d", too_long, too_long);

  assert_plain (self, "d", "ann", "one", "200");
  assert_plain (self, "d", "ann", "on", "400");
  assert_plain (self, "d", "ann", "one ", "400");
  assert_plain (self, "d", "ann", "oneone", "400");
  assert_plain (self, "d", "ann", "", "400");
  assert_plain (self, "d", "ann", "One", "400");
  assert_plain (self, "d", "Ann", "one", "400");
  assert_plain (self, "d", "one", "ann", "400");
  assert_plain (self, "d", "", "", "400");
  assert_plain (self, "d", "", "nobody", "200");
  assert_plain (self, "d", "empty", "", "200");
  assert_plain (self, "d", "empty", "x", "400");
  assert_plain (self, "d", "j\xc3\xbcrgen", "gr\xc3\xbc\xc3\x9f", "200");
  assert_plain (self, "d", long_text, long_text, "200");
  assert_plain (self, "d", too_long, too_long, "400");
  assert_plain (self, "", "ann", "one", "400");
  assert_plain (self, "D", "ann", "one", "400");

  zmqg_authenticator_add_plain_user (self->authenticator, "d", "ann", "two");
  assert_plain (self, "d", "ann", "one", "400");
  assert_plain (self, "d", "ann", "two", "200");
  g_assert_true (zmqg_authenticator_remove_plain_user (self->authenticator, "d", "ann"));
  g_assert_false (zmqg_authenticator_remove_plain_user (self->authenticator, "d", "ann"));
  g_assert_false (zmqg_authenticator_remove_plain_user (self->authenticator, NULL, "empty"));
  assert_plain (self, "d", "ann", "two", "400");
}

static void
accept_cb (ZmqgAuthenticator         *authenticator,
           ZmqgAuthenticationRequest *request,
           gpointer                   user_data)
{
  zmqg_authentication_request_accept (request, "asked");
}

/* The application is asked about users that are not known, not about wrong passwords */
static void
test_asked (Fixture       *self,
            gconstpointer  data)
{
  zmqg_authenticator_add_plain_user (self->authenticator, NULL, "ann", "one");
  g_signal_connect (self->authenticator, "authenticate", G_CALLBACK (accept_cb), NULL);
  assert_plain (self, "d", "ann", "two", "400");
  assert_plain (self, "d", "bob", "two", "200");
}

static GFile *
make_file (const char *text,
           gssize      length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileIOStream) stream = NULL;
  GFile *file = g_file_new_tmp ("zmqg-users-XXXXXX", &stream, &error);

  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream)), text,
                             length < 0 ? strlen (text) : (gsize) length, NULL, NULL, &error);
  g_assert_no_error (error);

  return file;
}

static void
test_users_file (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = make_file ("# those of the telemetry\n"
                                      "\n"
                                      "  \t\n"
                                      "ann=one\n"
                                      "bob=a=b=c\r\n"
                                      "eve= with blanks \n"
                                      "#out=commented\n"
                                      "dan=\n"
                                      "last=line", -1);

  zmqg_authenticator_add_plain_user (self->authenticator, "d", "ann", "before");
  zmqg_authenticator_add_plain_user (self->authenticator, "d", "old", "stays");
  g_assert_true (zmqg_authenticator_load_plain_users (self->authenticator, "d", file, NULL,
                                                      &error));
  g_assert_no_error (error);
  assert_plain (self, "d", "ann", "one", "200");
  assert_plain (self, "d", "ann", "before", "400");
  assert_plain (self, "d", "bob", "a=b=c", "200");
  assert_plain (self, "d", "eve", " with blanks ", "200");
  assert_plain (self, "d", "out", "commented", "400");
  assert_plain (self, "d", "#out", "commented", "400");
  assert_plain (self, "d", "dan", "", "200");
  assert_plain (self, "d", "last", "line", "200");
  assert_plain (self, "d", "old", "stays", "200");
  assert_plain (self, "e", "ann", "one", "400");
  g_file_delete (file, NULL, NULL);
}

static void
test_bad_users_files (Fixture       *self,
                      gconstpointer  data)
{
  static const struct
  {
    const char *text;
    gssize length;
    const char *part;
  } bad[] = {
    { "good=one\nsecret\n", -1, "line 2" },
    { "good=one\n\n=secret\n", -1, "line 3" },
    { "good=one\n \xff=secret\n", -1, "UTF-8" },
    { "good=one\nsec\0ret=x\n", 19, "UTF-8" },
  };
  g_autoptr (GFile) folder = g_file_new_for_path (g_get_tmp_dir ());
  g_autoptr (GFile) missing = g_file_new_for_path ("/nonexistent/users");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GFile) file = make_file (bad[i].text, bad[i].length);
      g_autofree char *name = g_file_get_basename (file);

      g_assert_false (zmqg_authenticator_load_plain_users (self->authenticator, "d", file, NULL,
                                                           &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_nonnull (strstr (error->message, bad[i].part));
      g_assert_nonnull (strstr (error->message, name));
      /* A line that is not well-formed may be a password */
      g_assert_null (strstr (error->message, "secret"));
      g_clear_error (&error);
      g_file_delete (file, NULL, NULL);
    }
  assert_plain (self, "d", "good", "one", "400");

  g_assert_false (zmqg_authenticator_load_plain_users (self->authenticator, "d", missing, NULL,
                                                       &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (zmqg_authenticator_load_plain_users (self->authenticator, "d", folder, NULL,
                                                       &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  int *answer = user_data;

  *answer = zmqg_authenticator_load_plain_users_finish (ZMQG_AUTHENTICATOR (object), result,
                                                        &error) ? 1 : -1;
  if (*answer < 0)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
test_users_file_async (Fixture       *self,
                       gconstpointer  data)
{
  g_autoptr (GFile) good = make_file ("ann=one\n", -1);
  g_autoptr (GFile) bad = make_file ("ann\n", -1);
  int answer = 0;

  zmqg_authenticator_load_plain_users_async (self->authenticator, "d", bad, NULL, loaded_cb,
                                             &answer);
  g_assert_cmpint (answer, ==, 0);
  zmqg_test_wait_for (answer == -1);
  zmqg_authenticator_load_plain_users_async (self->authenticator, "d", good, NULL, loaded_cb,
                                             &answer);
  zmqg_test_wait_for (answer == 1);
  assert_plain (self, "d", "ann", "one", "200");
  g_file_delete (good, NULL, NULL);
  g_file_delete (bad, NULL, NULL);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/authenticator-users/passwords", test_plain_users);
  ADD ("/authenticator-users/asked", test_asked);
  ADD ("/authenticator-users/file", test_users_file);
  ADD ("/authenticator-users/bad-files", test_bad_users_files);
  ADD ("/authenticator-users/file-async", test_users_file_async);

  return g_test_run ();
}
