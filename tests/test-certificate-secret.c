/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-files.h"
#include "zmqg-test-utils.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the secret key is while and after a certificate lives, and who may see its file */

static void
save_secret (ZmqgCertificate *certificate,
             const char      *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_assert_true (zmqg_certificate_save_secret (certificate, file, &error));
  g_assert_no_error (error);
}

static void
test_mode (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = zmqg_test_file_write (folder, "a.key_secret", "old", -1);
  g_autofree char *public_path = g_build_filename (folder, "a.key", NULL);
  g_autoptr (GFile) public_file = g_file_new_for_path (public_path);
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  char text[4] = "";
  mode_t before = umask (0);
  int fd;

  g_test_summary ("The secret goes into a new file; who had the old one open sees the old text");

  g_assert_cmpint (g_chmod (path, 0666), ==, 0);
  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);

  save_secret (certificate, path);
  g_assert_cmpint (zmqg_test_file_get_mode (path), ==, 0600);
  g_assert_cmpint (read (fd, text, sizeof text), ==, 3);
  g_assert_cmpstr (text, ==, "old");
  close (fd);

  g_assert_true (zmqg_certificate_save_public (certificate, public_file, NULL));
  g_assert_cmpint (zmqg_test_file_get_mode (public_path), ==, 0666);
  umask (before);
}

static void
test_link (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *target = zmqg_test_file_write (folder, "target", "old", -1);
  g_autofree char *path = g_build_filename (folder, "a.key_secret", NULL);
  g_autofree char *text = NULL;
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();

  g_test_summary ("A symbolic link is replaced, not followed");

  g_assert_cmpint (symlink (target, path), ==, 0);
  save_secret (certificate, path);
  g_assert_cmpint (zmqg_test_file_get_mode (path), ==, 0600);
  text = zmqg_test_file_read (target);
  g_assert_cmpstr (text, ==, "old");
}

typedef struct
{
  const char *folder;
  int stopping;
  int n_looks;
  int n_open;
} Watch;

/* Looks for a file with something in it that others may open */
static gpointer
watch_thread (gpointer data)
{
  Watch *watch = data;

  while (!g_atomic_int_get (&watch->stopping))
    {
      g_autoptr (GDir) folder = g_dir_open (watch->folder, 0, NULL);
      const char *name;

      while ((name = g_dir_read_name (folder)) != NULL)
        {
          g_autofree char *path = g_build_filename (watch->folder, name, NULL);
          struct stat status;

          if (g_stat (path, &status) == 0 && (status.st_mode & 077) != 0 && status.st_size > 3)
            watch->n_open++;
        }
      g_atomic_int_inc (&watch->n_looks);
    }

  return NULL;
}

static void
test_no_wider_moment (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  Watch watch = { .folder = folder };
  mode_t before = umask (0);
  GThread *thread = g_thread_new ("watch", watch_thread, &watch);

  g_test_summary ("No file that holds the secret is open to others at any time");

  for (guint i = 0; i < 200 || g_atomic_int_get (&watch.n_looks) < 200; i++)
    {
      g_autofree char *path = zmqg_test_file_write (folder, "a.key_secret", "old", -1);

      g_assert_cmpint (g_chmod (path, 0666), ==, 0);
      save_secret (certificate, path);
    }
  g_atomic_int_set (&watch.stopping, TRUE);
  g_thread_join (thread);
  umask (before);
  g_assert_cmpint (watch.n_open, ==, 0);
}

#define KEY_LENGTH 40
#define MASK 0xa5

/* How often @masked, which is the key under a mask, is in this range of memory. The copy that is
 * searched is mapped apart: within the range it would be read itself. */
static guint
count_in_range (int           memory,
                guint64       start,
                guint64       end,
                const guint8 *masked)
{
  gsize size = end - start;
  guint8 *copy = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  gssize length;
  guint found = 0;

  g_assert_true (copy != MAP_FAILED);
  length = pread (memory, copy, size, start);
  for (gssize i = 0; i < length; i++)
    copy[i] ^= MASK;
  for (gssize i = 0; i + KEY_LENGTH <= length; i++)
    found += memcmp (copy + i, masked, KEY_LENGTH) == 0;
  munmap (copy, size);

  return found;
}

/* Allocates nothing: what was freed last would be reused for it, and overwritten. */
static guint
count_in_memory (const guint8 *masked)
{
  static char maps[1024 * 1024];
  int memory = open ("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  int fd = open ("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  gsize length = 0;
  gssize part;
  guint found = 0;

  g_assert_cmpint (memory, >=, 0);
  while ((part = read (fd, maps + length, sizeof maps - length - 1)) > 0)
    length += part;
  maps[length] = '\0';
  close (fd);

  for (char *line = maps; *line != '\0'; line = strchr (line, '\n') + 1)
    {
      unsigned long start, end;
      char mode[5];

      g_assert_cmpint (sscanf (line, "%lx-%lx %4s", &start, &end, mode), ==, 3);
      if (g_str_has_prefix (mode, "rw"))
        found += count_in_range (memory, start, end, masked);
    }
  close (memory);

  return found;
}

static void
remember (ZmqgCertificate *certificate,
          guint8          *masked)
{
  const char *key = zmqg_certificate_get_secret_key (certificate);

  for (guint i = 0; i < KEY_LENGTH; i++)
    masked[i] = key[i] ^ MASK;
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  ZmqgCertificate **certificate = user_data;
  g_autoptr (GError) error = NULL;

  *certificate = zmqg_certificate_load_finish (result, &error);
  g_assert_no_error (error);
}

static void
test_wiped (void)
{
  g_autoptr (ZmqgTestFolder) folder = zmqg_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.key_secret", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  ZmqgCertificate *certificate;
  guint8 masked[KEY_LENGTH];

  g_test_summary ("When a certificate is gone, its secret key is nowhere in memory");

  if (!zmqg_test_rss_is_meaningful ())
    {
      g_test_skip ("A sanitizer keeps copies of its own");
      return;
    }

  certificate = zmqg_certificate_new ();
  remember (certificate, masked);
  g_assert_cmpuint (count_in_memory (masked), ==, 1);
  save_secret (certificate, path);
  g_assert_cmpuint (count_in_memory (masked), ==, 1);
  g_object_unref (certificate);
  g_assert_cmpuint (count_in_memory (masked), ==, 0);

  certificate = zmqg_certificate_load (file, NULL, NULL);
  g_assert_cmpuint (count_in_memory (masked), ==, 1);
  g_object_unref (certificate);
  g_assert_cmpuint (count_in_memory (masked), ==, 0);

  /* The thread that did it keeps its stack, on which nobody else writes */
  certificate = NULL;
  zmqg_certificate_load_async (file, NULL, loaded_cb, &certificate);
  zmqg_test_wait_for (certificate != NULL);
  g_assert_cmpuint (count_in_memory (masked), ==, 1);
  g_object_unref (certificate);
  g_assert_cmpuint (count_in_memory (masked), ==, 0);

  /* A file that is no good has been in memory, too */
  g_free (zmqg_test_file_write (folder, "a.key", "curve\n    public-key = \"rq:rM>}U?@Lns47E1%kR"
                                ".o@n%FcmmsL/@{H8]yf7\"\n", -1));
  g_object_unref (file);
  file = g_file_new_build_filename (folder, "a.key", NULL);
  g_assert_null (zmqg_certificate_load (file, NULL, NULL));
  g_assert_cmpuint (count_in_memory (masked), ==, 0);
}

/* What overwrites freed memory in place of the library */
static void
do_without_aids (char *argv[])
{
  static const char * const aids[] = { "G_DEBUG", "MALLOC_PERTURB_", "MALLOC_CHECK_" };
  gboolean had_some = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (aids); i++)
    {
      had_some |= g_getenv (aids[i]) != NULL;
      g_unsetenv (aids[i]);
    }
  if (had_some)
    execv ("/proc/self/exe", argv);
}

int
main (int   argc,
      char *argv[])
{
  do_without_aids (argv);
  g_test_init (&argc, &argv, NULL);

  if (!zmqg_has_capability ("curve"))
    {
      g_print ("1..0 # SKIP this libzmq was built without CURVE\n");
      return 0;
    }

  g_test_add_func ("/certificate-secret/mode", test_mode);
  g_test_add_func ("/certificate-secret/link", test_link);
  g_test_add_func ("/certificate-secret/no-wider-moment", test_no_wider_moment);
  g_test_add_func ("/certificate-secret/wiped", test_wiped);

  return g_test_run ();
}
