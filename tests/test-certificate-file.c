/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-files.h"
#include "zmqg-test-utils.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PUBLIC_KEY "0]5b%Kk=k(?Ed.Z8}{(uljVN[+Dz]g8$BzN?d12D"
#define SECRET_KEY "K5*(yjU&tNG{gvu{}>)C>8^bs^ZjQ-A}m4^)DP++"
#define OTHER_KEY "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define NO_KEY "0000000000000000000000000000000000000000"
/* One with the character that begins a comment */
#define INNER_HASH_KEY "0]5b#Kk=k(?Ed.Z8}{(uljVN[+Dz]g8$BzN?d12D"

static int n_logged;

static GLogWriterOutput
count_cb (GLogLevelFlags   level,
          const GLogField *fields,
          gsize            n_fields,
          gpointer         user_data)
{
  if (level & G_LOG_LEVEL_MESSAGE)
    g_atomic_int_inc (&n_logged);

  return g_log_writer_default (level, fields, n_fields, user_data);
}

static ZmqgCertificate *
load_path (const char  *path,
           GError     **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return zmqg_certificate_load (file, NULL, error);
}

static ZmqgCertificate *
load_text (const char  *folder,
           const char  *text,
           gssize       length,
           GError     **error)
{
  g_autofree char *path = zmqg_test_file_write (folder, "test.key", text, length);

  return load_path (path, error);
}

static void
save (ZmqgCertificate *certificate,
      const char      *path,
      gboolean         is_secret)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_assert_true (is_secret ? zmqg_certificate_save_secret (certificate, file, &error)
                           : zmqg_certificate_save_public (certificate, file, &error));
  g_assert_no_error (error);
}

static void
test_round_trip (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *public_path = g_build_filename (folder, "a.key", NULL);
  g_autofree char *secret_path = g_build_filename (folder, "b.key_secret", NULL);
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (ZmqgCertificate) public_half = NULL;
  g_autoptr (ZmqgCertificate) both = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;
  g_autofree char *joined = NULL;
  g_autofree char *text = NULL;

  g_test_summary ("What is saved is loaded again, and the public file has no secret in it");

  zmqg_certificate_set_metadata (certificate, "name", "  Jürgen # \"the\" one = ");
  zmqg_certificate_set_metadata (certificate, "it's", "");
  zmqg_certificate_set_metadata (certificate, "it's", NULL);
  zmqg_certificate_set_metadata (certificate, "quote", "it's");
  zmqg_certificate_set_metadata (certificate, "public-key", OTHER_KEY);
  zmqg_certificate_set_metadata (certificate, "empty", "");
  save (certificate, public_path, FALSE);
  save (certificate, secret_path, TRUE);

  public_half = load_path (public_path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zmqg_certificate_get_public_key (public_half), ==,
                   zmqg_certificate_get_public_key (certificate));
  g_assert_false (zmqg_certificate_has_secret_key (public_half));
  names = zmqg_certificate_list_metadata (public_half);
  joined = g_strjoinv (" ", names);
  g_assert_cmpstr (joined, ==, "name quote public-key empty");
  for (guint i = 0; names[i] != NULL; i++)
    g_assert_cmpstr (zmqg_certificate_get_metadata (public_half, names[i]), ==,
                     zmqg_certificate_get_metadata (certificate, names[i]));
  text = zmqg_test_file_read (public_path);
  g_assert_null (strstr (text, zmqg_certificate_get_secret_key (certificate)));

  both = load_path (secret_path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zmqg_certificate_get_secret_key (both), ==,
                   zmqg_certificate_get_secret_key (certificate));
  g_assert_cmpstr (zmqg_certificate_get_metadata (both, "quote"), ==, "it's");
}

static void
test_unsavable (void)
{
  static const char * const entries[][2] = {
    { "two words", "x" }, { "", "x" }, { "/x", "x" }, { "x/", "x" }, { "x=y", "x" },
    { "x", "one\ntwo" }, { "x", "one\rtwo" }, { "x", "\"it's\"" },
    { "x\ncurve\n    secret-key", "x" },
  };
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "x.key", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_test_summary ("Metadata that would break out of its place in the file is refused");

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
      g_autoptr (GError) error = NULL;

      zmqg_certificate_set_metadata (certificate, entries[i][0], entries[i][1]);
      g_assert_false (zmqg_certificate_save_public (certificate, file, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, path));
      g_clear_error (&error);
      g_assert_false (zmqg_certificate_save_secret (certificate, file, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_cmpint (zmqg_test_file_get_mode (path), ==, -1);
    }
}

static void
test_cannot_save (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "none", "x.key", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) folder_file = g_file_new_for_path (folder);
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (ZmqgCertificate) half = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (zmqg_certificate_save_public (certificate, file, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  g_assert_false (zmqg_certificate_save_secret (certificate, folder_file, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  half = zmqg_certificate_new_from_keys (PUBLIC_KEY, NULL, NULL);
  g_assert_false (zmqg_certificate_save_secret (half, file, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

typedef struct
{
  const char *text;
  const char *secret_key;
  const char *names;
  const char *value;
} GoodText;

#define KEYS "curve\n    public-key = \"" PUBLIC_KEY "\"\n    secret-key = \"" SECRET_KEY "\"\n"

static const GoodText good_texts[] = {
  { KEYS, SECRET_KEY, "", NULL },
  { "curve\n    public-key = \"" PUBLIC_KEY "\"", NULL, "", NULL },
  { "curve\r\n    public-key = \"" PUBLIC_KEY "\"\r\n", NULL, "", NULL },
  { "\xef\xbb\xbf" KEYS, SECRET_KEY, "", NULL },
  { "# a comment\n\n   # another\n\t\n" KEYS "# the end", SECRET_KEY, "", NULL },
  { "curve # here\n    public-key = '" PUBLIC_KEY "' # there\n", NULL, "", NULL },
  { "curve\n\tpublic-key=" PUBLIC_KEY "\n\tsecret-key=" SECRET_KEY " # both\n", SECRET_KEY, "",
    NULL },
  { "curve\n  public-key   =   " PUBLIC_KEY "   \n", NULL, "", NULL },
  { "public-key = \"" PUBLIC_KEY "\"\nsecret-key = \"" SECRET_KEY "\"\n", SECRET_KEY, "", NULL },
  { "    public-key = \"" PUBLIC_KEY "\"\n", NULL, "", NULL },
  { "curve\n    public-key = \"" PUBLIC_KEY "\"\n    public-key = \"" PUBLIC_KEY "\"\n", NULL, "",
    NULL },
  { "curve\n    public-key = \"" PUBLIC_KEY "\"\n    secret-key = \"" NO_KEY "\"\n", NULL, "",
    NULL },
  { "metadata\n    a = b # c\n" KEYS, SECRET_KEY, "a", "b" },
  { "metadata\n    a = b#c\n" KEYS, SECRET_KEY, "a", "b#c" },
  { "metadata\n    a = \"b # c\"\n    d\n" KEYS, SECRET_KEY, "a d", "b # c" },
  { "metadata\n    a = ' \"b\" ' # c\n    d =\n" KEYS, SECRET_KEY, "a d", " \"b\" " },
  { "metadata\n    full name = b\n" KEYS, SECRET_KEY, "full name", "b" },
  { "metadata\n    a = 1\n    a = 2\n" KEYS, SECRET_KEY, "a", "2" },
  { "metadata\n    a = 1\n        public-key = 2\n            b = 3\n    c = 4\n" KEYS, SECRET_KEY,
    "a c", "1" },
  { "metadata\n    public-key = x\n" KEYS, SECRET_KEY, "public-key", "x" },
  { "metadata\n    a = \xff\n" KEYS, SECRET_KEY, "a", "\xef\xbf\xbd" },
  { "metadata\n" KEYS "metadata\n    a = b\n", SECRET_KEY, "a", "b" },
  { "other\n    public-key = " OTHER_KEY "\n    x\n        y = z\n" KEYS, SECRET_KEY, "", NULL },
  { "version = 1\n" KEYS, SECRET_KEY, "", NULL },
};

static void
test_good_texts (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();

  g_test_summary ("The forms that czmq and pyzmq read are read");

  for (guint i = 0; i < G_N_ELEMENTS (good_texts); i++)
    {
      const GoodText *good = &good_texts[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (ZmqgCertificate) certificate = load_text (folder, good->text, -1, &error);
      g_auto (GStrv) names = NULL;
      g_autofree char *joined = NULL;
      g_autofree char *shown = g_strescape (good->text, NULL);

      g_test_message ("%s", shown);
      g_assert_no_error (error);
      g_assert_cmpstr (zmqg_certificate_get_public_key (certificate), ==, PUBLIC_KEY);
      g_assert_cmpstr (zmqg_certificate_get_secret_key (certificate), ==, good->secret_key);
      names = zmqg_certificate_list_metadata (certificate);
      joined = g_strjoinv (" ", names);
      g_assert_cmpstr (joined, ==, good->names);
      if (good->value != NULL)
        g_assert_cmpstr (zmqg_certificate_get_metadata (certificate, names[0]), ==, good->value);
    }
}

static void
test_bare_hash (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgCertificate) certificate = NULL;

  g_test_summary ("In a key without quotation marks a # is a character of the key");

  certificate = load_text (folder, "curve\n    public-key = " INNER_HASH_KEY "\n", -1, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zmqg_certificate_get_public_key (certificate), ==, INNER_HASH_KEY);
}

static const char * const bad_texts[] = {
  "",
  "\n\n# nothing\n",
  "curve\n",
  "curve\n    public-key\n",
  "curve\n    public-key =\n",
  "curve\n    public-key = \"short\"\n",
  "curve\n    public-key = \"" PUBLIC_KEY "\n",
  "curve\n    public-key = \"" PUBLIC_KEY "\" x\n",
  "curve\n    public-key = " PUBLIC_KEY " x\n",
  "curve\n    public-key = " PUBLIC_KEY "x\n",
  "curve\n    public-key = \"" NO_KEY "0\"\n",
  "curve\n    secret-key = \"" SECRET_KEY "\"\n",
  "curve\n    public-key = \"" OTHER_KEY "\"\n    secret-key = \"" SECRET_KEY "\"\n",
  "curve\n    public-key = \"" PUBLIC_KEY "\"\n    public-key = \"" OTHER_KEY "\"\n",
  "curve\n    public-key = \"" PUBLIC_KEY "\"\n    secret-key = \"x\"\n",
  "metadata\n    public-key = \"" PUBLIC_KEY "\"\n",
  "other\n    public-key = \"" PUBLIC_KEY "\"\n",
  "metadata\n    = x\n" KEYS,
  "metadata\n    a = \"b\n" KEYS,
  "metadata\n    a = 'b' c\n" KEYS,
  "!\n" KEYS,
  "= x\n" KEYS,
  "a b\n" KEYS,
  "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n",
};

static void
assert_bad (const char *folder,
            const char *text,
            gssize      length)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *shown = g_strescape (text, NULL);

  g_test_message ("%.200s", shown);
  g_assert_null (load_text (folder, text, length, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "test.key"));
  g_assert_null (strstr (error->message, SECRET_KEY));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_bad_texts (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *long_text = g_strnfill (65536, '\n');

  g_test_summary ("What is not a certificate is an error that names the file");

  for (guint i = 0; i < G_N_ELEMENTS (bad_texts); i++)
    assert_bad (folder, bad_texts[i], -1);
  assert_bad (folder, KEYS "\0", sizeof KEYS);

  /* At the limit, and a byte over it */
  memcpy (long_text, KEYS, strlen (KEYS));
  g_object_unref (load_text (folder, long_text, 65536, NULL));
  g_clear_pointer (&long_text, g_free);
  long_text = g_strnfill (65537, '\n');
  memcpy (long_text, KEYS, strlen (KEYS));
  assert_bad (folder, long_text, 65537);
}

static void
test_no_file (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *missing = g_build_filename (folder, "missing.key", NULL);
  g_autofree char *fifo = g_build_filename (folder, "fifo.key", NULL);
  g_autoptr (GError) error = NULL;

  g_test_summary ("What is not there or not a file is an error at once, not waited for");

  g_assert_null (load_path (missing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, missing));
  g_clear_error (&error);

  g_assert_null (load_path (folder, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);
  g_assert_null (load_path ("/dev/zero", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_null (load_path (fifo, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);
  g_assert_null (load_path ("/", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
}

static void
test_beside (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = zmqg_test_file_write (folder, "a.key", "curve\n    public-key = \""
                                                PUBLIC_KEY "\"\n", -1);
  g_autofree char *secret_path = zmqg_test_file_write (folder, "a.key_secret", KEYS, -1);
  g_autoptr (ZmqgCertificate) both = NULL;
  g_autoptr (ZmqgCertificate) alone = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("The file with the secret is found beside the one without, and must fit it");

  both = load_path (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zmqg_certificate_get_secret_key (both), ==, SECRET_KEY);

  g_assert_cmpint (g_remove (path), ==, 0);
  alone = load_path (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zmqg_certificate_get_secret_key (alone), ==, SECRET_KEY);

  g_free (zmqg_test_file_write (folder, "a.key", "curve\n    public-key = \"" OTHER_KEY "\"\n",
                                -1));
  g_assert_null (load_path (path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "another public key"));
  g_clear_error (&error);

  g_free (zmqg_test_file_write (folder, "a.key_secret", "nonsense!", -1));
  g_assert_null (load_path (path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, secret_path));
}

static void
test_open_to_everybody (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *secret_path = zmqg_test_file_write (folder, "a.key_secret", KEYS, -1);
  g_autofree char *path = zmqg_test_file_write (folder, "b.key", "curve\n    public-key = \""
                                                PUBLIC_KEY "\"\n", -1);
  static const int quiet[] = { 0600, 0400, 0640, 0660 };
  static const int loud[] = { 0604, 0644, 0602, 0666 };

  g_test_summary ("A secret that everybody can read is logged and loaded");

  for (guint i = 0; i < G_N_ELEMENTS (quiet); i++)
    {
      g_assert_cmpint (g_chmod (secret_path, quiet[i]), ==, 0);
      n_logged = 0;
      g_object_unref (load_path (secret_path, NULL));
      g_assert_cmpint (n_logged, ==, 0);

      g_assert_cmpint (g_chmod (secret_path, loud[i]), ==, 0);
      g_object_unref (load_path (secret_path, NULL));
      g_assert_cmpint (n_logged, ==, 1);
    }

  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  n_logged = 0;
  g_object_unref (load_path (path, NULL));
  g_assert_cmpint (n_logged, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (count_cb, NULL, NULL);

  if (!zmqg_has_capability ("curve"))
    {
      g_print ("1..0 # SKIP this libzmq was built without CURVE\n");
      return 0;
    }

  g_test_add_func ("/certificate-file/round-trip", test_round_trip);
  g_test_add_func ("/certificate-file/unsavable", test_unsavable);
  g_test_add_func ("/certificate-file/cannot-save", test_cannot_save);
  g_test_add_func ("/certificate-file/good-texts", test_good_texts);
  g_test_add_func ("/certificate-file/bare-hash", test_bare_hash);
  g_test_add_func ("/certificate-file/bad-texts", test_bad_texts);
  g_test_add_func ("/certificate-file/no-file", test_no_file);
  g_test_add_func ("/certificate-file/beside", test_beside);
  g_test_add_func ("/certificate-file/open-to-everybody", test_open_to_everybody);

  return g_test_run ();
}
