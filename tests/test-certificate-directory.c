/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-asker.h"
#include "zmqg-test-security.h"
#include "zmqg-test-utils.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#define DOMAIN "test"

typedef struct
{
  ZmqgContext *context;
  ZmqgAuthenticator *authenticator;
  ZmqgSocket *server;
  ZmqgTestInbox *inbox;
  char *endpoint;
  char *path;
  /* What certificate-removed told */
  GPtrArray *removed_keys;
  GPtrArray *removed_addresses;
  char *removed_domain;
} Fixture;

static void
removed_cb (ZmqgAuthenticator  *authenticator,
            const char         *domain,
            const char         *public_key,
            char              **addresses,
            Fixture            *self)
{
  g_ptr_array_add (self->removed_keys, g_strdup (public_key));
  g_ptr_array_add (self->removed_addresses, g_strjoinv (" ", addresses));
  g_free (self->removed_domain);
  self->removed_domain = g_strdup (domain);
}

static void
set_directory (Fixture    *self,
               const char *path)
{
  g_autoptr (GFile) folder = path != NULL ? g_file_new_for_path (path) : NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (zmqg_authenticator_set_certificate_directory (self->authenticator, DOMAIN, folder,
                                                               &error));
  g_assert_no_error (error);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  self->path = g_dir_make_tmp ("zmqg-certificates-XXXXXX", &error);
  g_assert_no_error (error);
  self->context = zmqg_context_new ();
  self->authenticator = zmqg_test_authenticator_new (self->context);
  self->server = zmqg_test_server_new (self->context, ZMQG_TEST_CURVE, DOMAIN);
  self->inbox = zmqg_test_inbox_new (self->server);
  self->endpoint = zmqg_test_server_get_endpoint (self->server);
  self->removed_keys = g_ptr_array_new_with_free_func (g_free);
  self->removed_addresses = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (self->authenticator, "certificate-removed", G_CALLBACK (removed_cb), self);
  set_directory (self, self->path);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      g_remove (child);
    }
  g_rmdir (path);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  gpointer weak = self->authenticator;

  zmqg_test_inbox_free (self->inbox);
  g_object_unref (self->server);
  /* A directory that is being read is told of when that is over */
  g_object_add_weak_pointer (weak, &weak);
  g_object_unref (self->authenticator);
  zmqg_test_poll_for (!g_main_context_iteration (NULL, FALSE) && weak == NULL);
  g_object_unref (self->context);
  remove_tree (self->path);
  g_free (self->path);
  g_free (self->endpoint);
  g_free (self->removed_domain);
  g_ptr_array_unref (self->removed_keys);
  g_ptr_array_unref (self->removed_addresses);
}

static char *
get_path (Fixture    *self,
          const char *name)
{
  return g_build_filename (self->path, name, NULL);
}

static void
save (Fixture         *self,
      const char      *name,
      ZmqgCertificate *certificate)
{
  g_autofree char *path = get_path (self, name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_assert_true (zmqg_certificate_save_public (certificate, file, &error));
  g_assert_no_error (error);
}

static void
write_text (Fixture    *self,
            const char *name,
            const char *text)
{
  g_autofree char *path = get_path (self, name);
  int fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

  g_assert_cmpint (write (fd, text, strlen (text)), ==, strlen (text));
  close (fd);
}

static void
drop (Fixture    *self,
      const char *name)
{
  g_autofree char *path = get_path (self, name);

  g_assert_cmpint (g_remove (path), ==, 0);
}

static ZmqgTestClient *
start_client (Fixture         *self,
              ZmqgCertificate *certificate)
{
  ZmqgCertificate *server = zmqg_test_get_server_certificate ();

  return zmqg_test_client_new_curve (certificate, zmqg_certificate_get_public_key (server),
                                     self->endpoint, "hello");
}

static void
assert_admitted (Fixture         *self,
                 ZmqgCertificate *certificate)
{
  g_autoptr (ZmqgTestClient) client = start_client (self, certificate);
  guint n_before = self->inbox->texts->len;

  zmqg_test_wait_for (self->inbox->texts->len > n_before);
  g_assert_cmpstr (self->inbox->user_ids->pdata[n_before], ==,
                   zmqg_certificate_get_public_key (certificate));
}

static void
assert_refused (Fixture         *self,
                ZmqgCertificate *certificate)
{
  g_autoptr (ZmqgTestClient) client = start_client (self, certificate);

  zmqg_test_wait_for (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 400) == 1);
  g_assert_cmpuint (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, -1), ==, 0);
}

/* Without a pause for anybody to notice the change */
static void
test_edited_live (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (ZmqgCertificate) other = zmqg_certificate_new ();

  assert_refused (self, certificate);
  for (guint i = 0; i < 20; i++)
    {
      save (self, "peer.key", certificate);
      assert_admitted (self, certificate);
      assert_refused (self, other);
      drop (self, "peer.key");
      assert_refused (self, certificate);
    }
  zmqg_test_wait_for (self->removed_keys->len >= 1);
  g_assert_cmpstr (self->removed_keys->pdata[0], ==,
                   zmqg_certificate_get_public_key (certificate));
  g_assert_cmpstr (self->removed_addresses->pdata[0], ==, "127.0.0.1");
  g_assert_cmpstr (self->removed_domain, ==, DOMAIN);
}

static char *
make_key_text (const char *key)
{
  char public_key[41];

  zmq_z85_encode (public_key, (const guint8 *) key, strlen (key));

  return g_strdup_printf ("curve\n    public-key = \"%s\"\n", public_key);
}

/* One key takes the place of another in its file, several times within a tick of the file
 * system's clock; too fast for a handshake, so the question is put from inside */
static void
test_replaced (Fixture       *self,
               gconstpointer  data)
{
  static const char *const keys[] = { "0123456789abcdef0123456789ABCDEF",
                                      "0123456789abcdef0123456789abcdef" };
  g_autoptr (ZmqgTestAsker) asker = zmqg_test_asker_new (self->context);
  g_autofree char *one = make_key_text (keys[0]);
  g_autofree char *two = make_key_text (keys[1]);

  for (guint i = 0; i < 200; i++)
    {
      const char *good = keys[i % 2], *bad = keys[(i + 1) % 2];
      g_autofree char *admitted = NULL, *refused = NULL;

      write_text (self, "peer.key", i % 2 == 0 ? one : two);
      admitted = zmqg_test_asker_ask (asker, DOMAIN, "192.0.2.7", "CURVE", good, NULL);
      refused = zmqg_test_asker_ask (asker, DOMAIN, "192.0.2.7", "CURVE", bad, NULL);
      g_assert_cmpstr (admitted, ==, "200");
      g_assert_cmpstr (refused, ==, "400");
    }
}

static void
test_renamed (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autofree char *hidden = get_path (self, ".peer.key");
  g_autofree char *shown = get_path (self, "peer.key");

  save (self, ".peer.key", certificate);
  assert_refused (self, certificate);
  g_assert_cmpint (g_rename (hidden, shown), ==, 0);
  assert_admitted (self, certificate);
  g_assert_cmpint (g_rename (shown, hidden), ==, 0);
  assert_refused (self, certificate);
}

/* The directory says nothing of a key that is good for another reason */
static void
test_still_good (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  const char *key = zmqg_certificate_get_public_key (certificate);

  save (self, "one.key", certificate);
  save (self, "two.key", certificate);
  assert_admitted (self, certificate);
  drop (self, "one.key");
  assert_admitted (self, certificate);
  zmqg_authenticator_add_certificate (self->authenticator, NULL, certificate);
  drop (self, "two.key");
  zmqg_test_run_for (NULL, 300);
  assert_admitted (self, certificate);
  g_assert_cmpuint (self->removed_keys->len, ==, 0);

  g_assert_true (zmqg_authenticator_remove_certificate (self->authenticator, NULL, key));
  g_assert_cmpuint (self->removed_keys->len, ==, 0);
  zmqg_test_wait_for (self->removed_keys->len == 1);
  g_assert_cmpstr (self->removed_domain, ==, DOMAIN);
  assert_refused (self, certificate);
}

static void
test_odd_files (Fixture       *self,
                gconstpointer  data)
{
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (ZmqgCertificate) good = zmqg_certificate_new ();
  g_autofree char *pipe_path = get_path (self, "pipe.key");
  g_autofree char *folder_path = get_path (self, "folder.key");
  g_autofree char *link_path = get_path (self, "link.key");
  g_autofree char *long_text = g_strnfill (200000, '#');

  save (self, ".hidden.key", certificate);
  save (self, "peer.key~", certificate);
  save (self, "peer.key_secret", certificate);
  write_text (self, "empty.key", "");
  write_text (self, "binary.key", "\x01\xff\xfe curve public-key");
  write_text (self, "long.key", long_text);
  write_text (self, "bad.key", "curve\n    public-key = \"too short\"\n");
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (folder_path, 0700), ==, 0);
  g_assert_cmpint (symlink ("/nonexistent", link_path), ==, 0);
  save (self, "any name at all", good);

  assert_refused (self, certificate);
  assert_admitted (self, good);
}

static void
test_gone (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (GFile) missing = g_file_new_for_path ("/nonexistent/certificates");
  g_autoptr (GFile) file = g_file_new_for_path ("/proc/self/stat");
  g_autoptr (GError) error = NULL;

  save (self, "peer.key", certificate);
  assert_admitted (self, certificate);
  g_assert_false (zmqg_authenticator_set_certificate_directory (self->authenticator, DOMAIN,
                                                                missing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (zmqg_authenticator_set_certificate_directory (self->authenticator, DOMAIN, file,
                                                                &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
  assert_admitted (self, certificate);

  remove_tree (self->path);
  assert_refused (self, certificate);
  zmqg_test_wait_for (self->removed_keys->len == 1);

  /* It comes back */
  g_assert_cmpint (g_mkdir (self->path, 0700), ==, 0);
  save (self, "peer.key", certificate);
  assert_admitted (self, certificate);

  set_directory (self, NULL);
  assert_refused (self, certificate);
  zmqg_test_wait_for (self->removed_keys->len == 2);
}

static void
test_every_domain (Fixture       *self,
                   gconstpointer  data)
{
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (GFile) folder = g_file_new_for_path (self->path);
  g_autoptr (GError) error = NULL;

  set_directory (self, NULL);
  g_assert_true (zmqg_authenticator_set_certificate_directory (self->authenticator, NULL, folder,
                                                               &error));
  assert_refused (self, certificate);
  save (self, "peer.key", certificate);
  assert_admitted (self, certificate);
  drop (self, "peer.key");
  zmqg_test_wait_for (self->removed_keys->len == 1);
  g_assert_cmpstr (self->removed_domain, ==, DOMAIN);
}

/* A peer that is there already: it stays, or its connection ends and it cannot come back */
static void
test_connected_peer (Fixture       *self,
                     gconstpointer  data)
{
  gboolean disconnects = GPOINTER_TO_INT (data);
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (ZmqgCertificate) good = zmqg_certificate_new ();
  g_autoptr (ZmqgTestClient) client = NULL, good_client = NULL;

  g_object_set (self->authenticator, "disconnect-removed", disconnects, NULL);
  save (self, "peer.key", certificate);
  save (self, "good.key", good);
  client = start_client (self, certificate);
  good_client = start_client (self, good);
  zmqg_test_wait_for (self->inbox->texts->len == 2);

  drop (self, "peer.key");
  zmqg_test_wait_for (self->removed_keys->len == 1);
  if (!disconnects)
    {
      zmqg_test_run_for (NULL, 300);
      zmqg_test_client_send (client, "still here");
      zmqg_test_wait_for (self->inbox->texts->len == 3);
      g_assert_cmpuint (zmqg_test_client_count (client, ZMQ_EVENT_DISCONNECTED, -1), ==, 0);
      return;
    }

  zmqg_test_wait_for (zmqg_test_client_count (client, ZMQ_EVENT_DISCONNECTED, -1) > 0);
  zmqg_test_wait_for (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 400) == 1);
  /* The other one at the same address comes back by itself */
  zmqg_test_wait_for (zmqg_test_client_count (good_client, ZMQ_EVENT_HANDSHAKE_SUCCEEDED,
                                              -1) == 2);
  zmqg_test_client_send (good_client, "back again");
  zmqg_test_wait_for (self->inbox->texts->len == 3);
}

/* Those of another domain, and what is no ZeroMQ connection at all, are left in peace */
static void
test_others_stay (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr (ZmqgSocket) other = zmqg_test_server_new (self->context, ZMQG_TEST_CURVE, "other");
  g_autoptr (ZmqgTestInbox) inbox = zmqg_test_inbox_new (other);
  g_autofree char *endpoint = zmqg_test_server_get_endpoint (other);
  ZmqgCertificate *known = zmqg_test_get_client_certificate ();
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (ZmqgTestClient) client = NULL, other_client = NULL;
  int ends[2];
  char byte = 'x';

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  g_object_set (self->authenticator, "disconnect-removed", TRUE, NULL);
  zmqg_authenticator_add_certificate (self->authenticator, "other", known);
  save (self, "peer.key", certificate);
  client = start_client (self, certificate);
  other_client = zmqg_test_client_new (ZMQG_TEST_CURVE, endpoint, "hello");
  zmqg_test_wait_for (self->inbox->texts->len == 1 && inbox->texts->len == 1);

  drop (self, "peer.key");
  zmqg_test_wait_for (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 400) == 1);
  zmqg_test_client_send (other_client, "still here");
  zmqg_test_wait_for (inbox->texts->len == 2);
  g_assert_cmpuint (zmqg_test_client_count (other_client, ZMQ_EVENT_DISCONNECTED, -1), ==, 0);
  g_assert_cmpint (write (ends[0], &byte, 1), ==, 1);
  g_assert_cmpint (read (ends[1], &byte, 1), ==, 1);
  close (ends[0]);
  close (ends[1]);
}

static void
test_connected_over (Fixture       *self,
                     gconstpointer  data)
{
  const char *endpoint = data;
  ZmqgCertificate *server = zmqg_test_get_server_certificate ();
  g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
  g_autoptr (ZmqgTestClient) client = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *bound = NULL;

  g_object_set (self->server, "ipv6", TRUE, NULL);
  g_assert_true (zmqg_socket_bind (self->server, endpoint, &error));
  g_assert_no_error (error);
  bound = zmqg_socket_dup_last_endpoint (self->server);
  if (g_str_has_prefix (bound, "tcp://[::]"))
    {
      g_autofree char *any = g_steal_pointer (&bound);

      bound = g_strconcat ("tcp://127.0.0.1", strrchr (any, ':'), NULL);
    }

  g_object_set (self->authenticator, "disconnect-removed", TRUE, NULL);
  save (self, "peer.key", certificate);
  client = zmqg_test_client_new_curve (certificate, zmqg_certificate_get_public_key (server),
                                       bound, "hello");
  zmqg_test_wait_for (self->inbox->texts->len == 1);
  drop (self, "peer.key");
  zmqg_test_wait_for (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 400) == 1);
}

#define ADD(path, data, func) g_test_add (path, Fixture, data, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/certificate-directory/45-edited-live", NULL, test_edited_live);
  ADD ("/certificate-directory/replaced", NULL, test_replaced);
  ADD ("/certificate-directory/renamed", NULL, test_renamed);
  ADD ("/certificate-directory/still-good", NULL, test_still_good);
  ADD ("/certificate-directory/odd-files", NULL, test_odd_files);
  ADD ("/certificate-directory/gone", NULL, test_gone);
  ADD ("/certificate-directory/every-domain", NULL, test_every_domain);
  ADD ("/certificate-directory/connected-peer/stays", GINT_TO_POINTER (FALSE), test_connected_peer);
  ADD ("/certificate-directory/connected-peer/goes", GINT_TO_POINTER (TRUE), test_connected_peer);
  ADD ("/certificate-directory/others-stay", NULL, test_others_stay);
  ADD ("/certificate-directory/goes/any-address", "tcp://*:*", test_connected_over);
  ADD ("/certificate-directory/goes/abstract", "ipc://@zmqg-test-directory", test_connected_over);
  ADD ("/certificate-directory/goes/path", "ipc://*", test_connected_over);
  if (zmqg_has_capability ("WS"))
    ADD ("/certificate-directory/goes/websocket", "ws://127.0.0.1:*/door", test_connected_over);

  return g_test_run ();
}
