/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-security.h"
#include "zmqg-test-utils.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

/* Peers that do not speak as they should, while good ones come and go */

#define DOMAIN "test"
#define HANDSHAKE_TIMEOUT 500
#define MUTATION_TIME "20"
/* What a peer announces libzmq asks malloc() for, which says no; a sanitizer would not let it */
#define SANE_SIZE (1024 * 1024)

/* A context with an authenticator and a server of each mechanism */
typedef struct
{
  ZmqgContext *context;
  ZmqgAuthenticator *authenticator;
  ZmqgSocket *servers[ZMQG_TEST_N_MECHANISMS];
  ZmqgTestInbox *inboxes[ZMQG_TEST_N_MECHANISMS];
  char *endpoints[ZMQG_TEST_N_MECHANISMS];
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->context = zmqg_context_new ();
  self->authenticator = zmqg_test_authenticator_new (self->context);
  zmqg_test_authenticator_admit (self->authenticator, DOMAIN);
  for (int i = 0; i < ZMQG_TEST_N_MECHANISMS; i++)
    {
      g_autoptr (GError) error = NULL;

      self->servers[i] = zmqg_test_server_new (self->context, i, DOMAIN);
      self->inboxes[i] = zmqg_test_inbox_new (self->servers[i]);
      g_object_set (self->servers[i], "handshake-timeout", HANDSHAKE_TIMEOUT, NULL);
      if (!zmqg_test_rss_is_meaningful ())
        zmqg_test_set_number (self->servers[i], "max-message-size", SANE_SIZE);
      g_assert_true (zmqg_socket_bind (self->servers[i], "tcp://127.0.0.1:*", &error));
      g_assert_no_error (error);
      self->endpoints[i] = zmqg_test_server_get_endpoint (self->servers[i]);
    }
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  for (int i = 0; i < ZMQG_TEST_N_MECHANISMS; i++)
    {
      zmqg_test_inbox_free (self->inboxes[i]);
      zmqg_test_release (self->servers[i]);
      g_free (self->endpoints[i]);
    }
  g_assert_finalize_object (self->authenticator);
  zmqg_test_run_until_idle (NULL);
  g_object_unref (self->context);
}

static guint16
get_port (const char *endpoint)
{
  return atoi (strrchr (endpoint, ':') + 1);
}

static int
open_raw (const char *endpoint,
          const void *data,
          gsize       length)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (get_port (endpoint)),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (send (fd, data, length, MSG_NOSIGNAL), ==, length);

  return fd;
}

/* A ZMTP 3.1 greeting */
static gsize
make_greeting (guint8      *greeting,
               const char  *mechanism)
{
  memset (greeting, 0, 64);
  greeting[0] = 0xff;
  greeting[9] = 0x7f;
  greeting[10] = 3;
  greeting[11] = 1;
  strncpy ((char *) greeting + 12, mechanism, 20);

  return 64;
}

typedef enum
{
  RAW_SILENT,
  RAW_GARBAGE,
  RAW_HTTP,
  RAW_HALF_GREETING,
  RAW_GREETING,
  RAW_HALF_COMMAND,
  RAW_HUGE_COMMAND,
  RAW_ZMTP_1,
  RAW_ZMTP_2,
  RAW_N_KINDS,
} RawKind;

static int
open_kind (const char *endpoint,
           const char *mechanism,
           RawKind     kind)
{
  static const guint8 huge[] = { 0x06, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  static const guint8 zmtp_1[] = { 0x01, 0x00, 0x02, 0x00, 'x' };
  static const guint8 zmtp_2[] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 0x01, 0x08, 0x00, 0x00,
                                   0x00, 0x01, 'x' };
  guint8 data[512];
  gsize length;

  switch (kind)
    {
    case RAW_GARBAGE:
      for (gsize i = 0; i < sizeof data; i++)
        data[i] = g_test_rand_int_range (0, 256);
      return open_raw (endpoint, data, sizeof data);
    case RAW_HTTP:
      return open_raw (endpoint, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
    case RAW_HALF_GREETING:
      make_greeting (data, mechanism);
      return open_raw (endpoint, data, 20);
    case RAW_GREETING:
      return open_raw (endpoint, data, make_greeting (data, mechanism));
    case RAW_HALF_COMMAND:
      length = make_greeting (data, mechanism);
      memcpy (data + length, "\x04\x20\x05READY\x0bSock", 13);
      return open_raw (endpoint, data, length + 13);
    case RAW_HUGE_COMMAND:
      length = make_greeting (data, mechanism);
      memcpy (data + length, huge, sizeof huge);
      return open_raw (endpoint, data, length + sizeof huge);
    case RAW_ZMTP_1:
      return open_raw (endpoint, zmtp_1, sizeof zmtp_1);
    case RAW_ZMTP_2:
      return open_raw (endpoint, zmtp_2, sizeof zmtp_2);
    case RAW_SILENT:
    case RAW_N_KINDS:
    default:
      return open_raw (endpoint, "", 0);
    }
}

static gboolean
is_closed (int fd)
{
  char data[512];
  ssize_t length;

  while ((length = recv (fd, data, sizeof data, MSG_DONTWAIT)) > 0)
    ;

  return length == 0 || (errno != EAGAIN && errno != EINTR);
}

static const char *const names[] = { "NULL", "PLAIN", "CURVE" };

static void
assert_good_client (Fixture           *self,
                    ZmqgTestMechanism  mechanism)
{
  g_autoptr (ZmqgTestClient) client = NULL;
  guint n_before = self->inboxes[mechanism]->texts->len;
  gint64 begun = g_get_monotonic_time ();

  client = zmqg_test_client_new (mechanism, self->endpoints[mechanism], "good");
  zmqg_test_wait_for (self->inboxes[mechanism]->texts->len > n_before);
  g_assert_cmpstr (self->inboxes[mechanism]->texts->pdata[n_before], ==, "good");
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 3 * G_USEC_PER_SEC);
}

/* They are there, many of each kind, and good clients come in as if they were not; in the end
 * libzmq has hung up on all of them */
static void
test_raw (Fixture       *self,
          gconstpointer  data)
{
  ZmqgTestMechanism mechanism = GPOINTER_TO_INT (data);
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));
  guint n_closed = 0;

  for (guint i = 0; i < 20; i++)
    {
      for (RawKind kind = 0; kind < RAW_N_KINDS; kind++)
        {
          int fd = open_kind (self->endpoints[mechanism], names[mechanism], kind);

          g_array_append_val (fds, fd);
        }
      assert_good_client (self, mechanism);
    }
  for (gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
       n_closed < fds->len && g_get_monotonic_time () < end;)
    {
      assert_good_client (self, mechanism);
      n_closed = 0;
      for (guint i = 0; i < fds->len; i++)
        n_closed += is_closed (g_array_index (fds, int, i));
    }
  g_assert_cmpuint (n_closed, ==, fds->len);
  for (guint i = 0; i < fds->len; i++)
    close (g_array_index (fds, int, i));
  for (guint i = 0; i < self->inboxes[mechanism]->texts->len; i++)
    g_assert_cmpstr (self->inboxes[mechanism]->texts->pdata[i], ==, "good");
}

/* Each mechanism at the door of each other */
static void
test_wrong_mechanism (Fixture       *self,
                      gconstpointer  data)
{
  ZmqgTestMechanism mechanism = GPOINTER_TO_INT (data);

  for (int other = 0; other < ZMQG_TEST_N_MECHANISMS; other++)
    {
      g_autoptr (ZmqgTestClient) client = NULL;
      g_autofree char *seen = NULL;

      if (other == (int) mechanism)
        continue;
      client = zmqg_test_client_new (other, self->endpoints[mechanism], "wrong");
      zmqg_test_wait_for (zmqg_test_client_count (client, ZMQ_EVENT_DISCONNECTED, -1) > 0);
      zmqg_test_run_for (NULL, 100);
      seen = zmqg_test_client_describe (client);
      g_test_message ("%s at %s: %s", names[other], names[mechanism], seen);
      g_assert_cmpuint (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, -1), ==, 0);
    }
  g_assert_cmpuint (self->inboxes[mechanism]->texts->len, ==, 0);
  /* libzmq asks nobody about them */
  g_assert_cmpint (zmqg_test_get_number (self->authenticator, "n-refused"), ==, 0);
}

/* A client that takes somebody else for the server */
static void
test_wrong_server_key (Fixture       *self,
                       gconstpointer  data)
{
  g_autoptr (ZmqgCertificate) other = zmqg_certificate_new ();
  g_autoptr (ZmqgTestClient) client = NULL;
  g_autofree char *seen = NULL;
  guint n_connected;

  client = zmqg_test_client_new_curve (zmqg_test_get_client_certificate (),
                                       zmqg_certificate_get_public_key (other),
                                       self->endpoints[ZMQG_TEST_CURVE], "wrong");
  zmqg_test_wait_for (zmqg_test_client_count (client, ZMQ_EVENT_DISCONNECTED, -1) > 0);
  zmqg_test_run_for (NULL, 1000);
  n_connected = zmqg_test_client_count (client, ZMQ_EVENT_CONNECTED, -1);
  seen = zmqg_test_client_describe (client);
  g_test_message ("wrong server key: %s, %u connections in a second", seen, n_connected);
  g_assert_cmpuint (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, -1), ==, 0);
  g_assert_cmpuint (self->inboxes[ZMQG_TEST_CURVE]->texts->len, ==, 0);
  /* At libzmq's reconnect-interval, not faster */
  g_assert_cmpuint (n_connected, <, 20);
}

/* A client whose key nobody knows */
static void
test_wrong_key (Fixture       *self,
                gconstpointer  data)
{
  ZmqgCertificate *server = zmqg_test_get_server_certificate ();
  g_autoptr (ZmqgCertificate) stranger = zmqg_certificate_new ();
  g_autoptr (ZmqgTestClient) client = NULL;

  client = zmqg_test_client_new_curve (stranger, zmqg_certificate_get_public_key (server),
                                       self->endpoints[ZMQG_TEST_CURVE], "wrong");
  zmqg_test_wait_for (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 400) > 0);
  zmqg_test_run_for (NULL, 1000);
  g_assert_cmpuint (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, -1), ==, 0);
  g_assert_cmpuint (self->inboxes[ZMQG_TEST_CURVE]->texts->len, ==, 0);
  /* It has been told, and stays away */
  g_assert_cmpuint (zmqg_test_client_count (client, ZMQ_EVENT_CONNECTED, -1), ==, 1);
}

/* What the documents say: nobody asks about peers inside the process */
static void
test_inproc_is_not_asked_about (Fixture       *self,
                                gconstpointer  data)
{
  g_autoptr (ZmqgSocket) client = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < ZMQG_TEST_N_MECHANISMS; i++)
    {
      g_autofree char *endpoint = g_strdup_printf ("inproc://door-%d", i);

      g_assert_true (zmqg_socket_bind (self->servers[i], endpoint, &error));
      client = zmqg_socket_new_with_context (self->context, ZMQG_SOCKET_TYPE_PUSH, &error);
      g_assert_true (zmqg_socket_connect_to (client, endpoint, &error));
      g_assert_true (zmqg_socket_send_string (client, "inside", &error));
      g_assert_no_error (error);
      zmqg_test_wait_for (self->inboxes[i]->texts->len == 1);
      g_clear_object (&client);
    }
  g_assert_cmpint (zmqg_test_get_number (self->authenticator, "n-admitted"), ==, 0);
}

/* Answers some requests at once, some later, and some not at all */
static void
decide_cb (ZmqgAuthenticator         *authenticator,
           ZmqgAuthenticationRequest *request,
           GPtrArray                 *waiting)
{
  int choice = g_test_rand_int_range (0, 4);

  if (choice == 0)
    zmqg_authentication_request_deny (request, "at once");
  else if (choice == 1)
    g_ptr_array_add (waiting, g_object_ref (request));
  while (waiting->len > 20 || (choice == 2 && waiting->len > 0))
    {
      zmqg_authentication_request_deny (waiting->pdata[0], "later");
      g_ptr_array_remove_index (waiting, 0);
    }
}

static gboolean
is_known (const char *user_id)
{
  const char *key = zmqg_certificate_get_public_key (zmqg_test_get_client_certificate ());

  return g_strcmp0 (user_id, ZMQG_TEST_USER) == 0 || g_strcmp0 (user_id, key) == 0;
}

static char *
format_target (Fixture           *self,
               ZmqgTestMechanism  mechanism)
{
  return g_strdup_printf ("%s=%d", zmqg_test_mechanism_get_name (mechanism),
                          get_port (self->endpoints[mechanism]));
}

static void
test_mutated (Fixture       *self,
              gconstpointer  data)
{
  const char *key = zmqg_certificate_get_public_key (zmqg_test_get_server_certificate ());
  g_autoptr (GPtrArray) waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *seed = g_strdup_printf ("%d", g_test_rand_int ());
  g_autofree char *null = format_target (self, ZMQG_TEST_NULL);
  g_autofree char *plain = format_target (self, ZMQG_TEST_PLAIN);
  g_autofree char *curve = format_target (self, ZMQG_TEST_CURVE);
  g_autofree char *line = NULL;
  ZmqgTestProcess *process;
  gint64 end = g_get_monotonic_time () + atoi (MUTATION_TIME) * G_USEC_PER_SEC;
  guint n_fds = zmqg_test_count_fds ();
  guint n_good = 0;

  /* Nobody without credentials comes in by the address alone */
  g_assert_true (zmqg_authenticator_remove_address (self->authenticator, DOMAIN, "127.0.0.1"));
  g_object_set (self->authenticator, "timeout", 100, NULL);
  g_signal_connect (self->authenticator, "authenticate", G_CALLBACK (decide_cb), waiting);
  process = zmqg_test_process_start ("mutate.py", MUTATION_TIME, seed, key, null, plain, curve,
                                     NULL);
  while (g_get_monotonic_time () < end)
    {
      assert_good_client (self, ZMQG_TEST_PLAIN);
      assert_good_client (self, ZMQG_TEST_CURVE);
      zmqg_test_run_for (NULL, 100);
      n_good++;
    }
  line = zmqg_test_process_read_line (process);
  zmqg_test_process_finish (process);
  g_test_message ("%s connections, %u good ones, refused %d", line, 2 * n_good,
                  (int) zmqg_test_get_number (self->authenticator, "n-refused"));
  g_assert_cmpint (atoi (line), >, 1000);
  g_assert_cmpint (zmqg_test_get_number (self->authenticator, "n-malformed"), ==, 0);
  g_assert_cmpint (zmqg_test_get_number (self->authenticator, "n-refused"), >, 50);

  g_assert_cmpuint (self->inboxes[ZMQG_TEST_NULL]->texts->len, ==, 0);
  for (guint i = 0; i < self->inboxes[ZMQG_TEST_PLAIN]->user_ids->len; i++)
    g_assert_true (is_known (self->inboxes[ZMQG_TEST_PLAIN]->user_ids->pdata[i]));
  for (guint i = 0; i < self->inboxes[ZMQG_TEST_CURVE]->user_ids->len; i++)
    g_assert_true (is_known (self->inboxes[ZMQG_TEST_CURVE]->user_ids->pdata[i]));
  /* What was held back has been given up by then */
  zmqg_test_run_for (NULL, 2 * HANDSHAKE_TIMEOUT);
  g_assert_cmpuint (zmqg_test_count_fds (), <=, n_fds + 2);
}

static void
add (const char *path,
     void      (*func) (Fixture *self, gconstpointer data))
{
  for (int i = 0; i < ZMQG_TEST_N_MECHANISMS; i++)
    {
      g_autofree char *full = g_strdup_printf ("%s/%s", path, zmqg_test_mechanism_get_name (i));

      g_test_add (full, Fixture, GINT_TO_POINTER (i), set_up, func, tear_down);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/handshakes/raw", test_raw);
  add ("/handshakes/wrong-mechanism", test_wrong_mechanism);
  g_test_add ("/handshakes/35-wrong-server-key", Fixture, NULL, set_up, test_wrong_server_key,
              tear_down);
  g_test_add ("/handshakes/35-wrong-key", Fixture, NULL, set_up, test_wrong_key, tear_down);
  g_test_add ("/handshakes/inproc-is-not-asked-about", Fixture, NULL, set_up,
              test_inproc_is_not_asked_about, tear_down);
  g_test_add ("/handshakes/mutated", Fixture, NULL, set_up, test_mutated, tear_down);

  return g_test_run ();
}
