/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-files.h"
#include "zmqg-test-utils.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define N_TEXTS 20000

static const char * const seeds[] = {
  "#   a comment\n\nmetadata\n    name = \"x\"\n    e.mail = 'y' # z\ncurve\n"
  "    public-key = \"0]5b%Kk=k(?Ed.Z8}{(uljVN[+Dz]g8$BzN?d12D\"\n"
  "    secret-key = \"K5*(yjU&tNG{gvu{}>)C>8^bs^ZjQ-A}m4^)DP++\"\n",
  "curve\r\n\tpublic-key=0]5b%Kk=k(?Ed.Z8}{(uljVN[+Dz]g8$BzN?d12D\r\n",
  "other\n    a\n        b = c\ncurve\n"
  "    public-key = \"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\"",
};

static const char * const pieces[] = {
  "\n", "\r", "\t", " ", "    ", "=", "#", "\"", "'", "/", "curve\n", "metadata\n", "public-key",
  "secret-key", "\xff", "\xc3", "\xef\xbb\xbf", "\x01", "\x7f",
  "    secret-key = \"0000000000000000000000000000000000000000\"\n",
  "    public-key = \"0]5b%Kk=k(?Ed.Z8}{(uljVN[+Dz]g8$BzN?d12D\"\n",
};

static void
mutate (GRand   *random,
        GString *text)
{
  gsize place = g_rand_int_range (random, 0, text->len + 1);
  gsize rest = text->len - place;

  switch (g_rand_int_range (random, 0, 5))
    {
    case 0:
      g_string_insert (text, place, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
      break;
    case 1:
      g_string_erase (text, place, rest > 0 ? g_rand_int_range (random, 0, MIN (rest, 30) + 1) : 0);
      break;
    case 2:
      if (rest > 0)
        text->str[place] = g_rand_int_range (random, 0, 256);
      break;
    case 3:
      g_string_truncate (text, place);
      break;
    default:
      {
        g_autofree char *part = g_strndup (text->str + place, g_rand_int_range (random, 0, 80));

        g_string_insert (text, g_rand_int_range (random, 0, text->len + 1), part);
        break;
      }
    }
}

static void
write_text (int      fd,
            GString *text)
{
  g_assert_cmpint (ftruncate (fd, 0), ==, 0);
  g_assert_cmpint (pwrite (fd, text->str, text->len, 0), ==, text->len);
}

static void
check_certificate (ZmqgCertificate *certificate)
{
  g_autoptr (ZmqgCertificate) same = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = zmqg_certificate_list_metadata (certificate);

  same = zmqg_certificate_new_from_keys (zmqg_certificate_get_public_key (certificate),
                                         zmqg_certificate_get_secret_key (certificate), &error);
  g_assert_no_error (error);
  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *value = zmqg_certificate_get_metadata (certificate, names[i]);

      g_assert_true (g_utf8_validate (names[i], -1, NULL));
      g_assert_nonnull (value);
      g_assert_true (g_utf8_validate (value, -1, NULL));
      g_assert_null (strchr (value, '\n'));
    }
}

/* What can be saved is loaded as it was */
static void
check_saved (ZmqgCertificate *certificate,
             GFile           *file)
{
  g_autoptr (ZmqgCertificate) loaded = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = zmqg_certificate_list_metadata (certificate);

  if (!zmqg_certificate_save_public (certificate, file, &error))
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      return;
    }

  loaded = zmqg_certificate_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zmqg_certificate_get_public_key (loaded), ==,
                   zmqg_certificate_get_public_key (certificate));
  for (guint i = 0; names[i] != NULL; i++)
    g_assert_cmpstr (zmqg_certificate_get_metadata (loaded, names[i]), ==,
                     zmqg_certificate_get_metadata (certificate, names[i]));
}

static void
test_fuzz (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = zmqg_test_file_write (folder, "fuzz.key", "", -1);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) saved = g_file_new_build_filename (folder, "saved.key", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  guint n_loaded = 0, n_refused = 0;

  g_test_summary ("Whatever is in the file, it is a whole certificate or an error");

  g_assert_cmpint (fd, >=, 0);
  for (guint i = 0; i < N_TEXTS; i++)
    {
      g_autoptr (GString) text = g_string_new (seeds[i % G_N_ELEMENTS (seeds)]);
      g_autoptr (ZmqgCertificate) certificate = NULL;
      g_autoptr (GError) error = NULL;
      guint n_changes = g_rand_int_range (random, 0, 6);

      for (guint j = 0; j < n_changes; j++)
        mutate (random, text);
      write_text (fd, text);

      certificate = zmqg_certificate_load (file, NULL, &error);
      g_assert_cmpint (certificate != NULL, ==, error == NULL);
      if (certificate == NULL)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
          n_refused++;
          continue;
        }
      check_certificate (certificate);
      if (n_loaded++ % 32 == 0)
        check_saved (certificate, saved);
    }
  close (fd);

  g_test_message ("%u loaded, %u refused", n_loaded, n_refused);
  g_assert_cmpuint (n_loaded, >, N_TEXTS / 10);
  g_assert_cmpuint (n_refused, >, N_TEXTS / 10);
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

  g_test_add_func ("/certificate-file/fuzz", test_fuzz);

  return g_test_run ();
}
