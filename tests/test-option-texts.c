/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

#define PUBLIC_KEY "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define SECRET_KEY "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"

static void
count_notify_cb (GObject    *object,
                 GParamSpec *pspec,
                 int        *n_notified)
{
  (*n_notified)++;
}

static void
keep_error_cb (ZmqgSocket    *socket,
               const GError  *error,
               GError       **kept)
{
  *kept = g_error_copy (error);
}

static void
collect_cb (ZmqgSocket  *socket,
            ZmqgMessage *message,
            GPtrArray   *messages)
{
  g_ptr_array_add (messages, zmqg_message_ref (message));
}

static GPtrArray *
collect (ZmqgSocket *socket)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_message_unref);

  g_signal_connect (socket, "message-received", G_CALLBACK (collect_cb), messages);

  return messages;
}

static char *
get_text (ZmqgSocket *socket,
          const char *property)
{
  char *text;

  g_object_get (socket, property, &text, NULL);

  return text;
}

static void
test_round_trip (void)
{
  static const struct
  {
    const char *name;
    int option;
    const char *value;
  } texts[] = {
    { "routing-id", ZMQ_ROUTING_ID, "the name" },
    { "bind-to-device", ZMQ_BINDTODEVICE, "lo" },
    { "socks-proxy", ZMQ_SOCKS_PROXY, "127.0.0.1:1080" },
    { "zap-domain", ZMQ_ZAP_DOMAIN, "domain" },
    { "plain-username", ZMQ_PLAIN_USERNAME, "user" },
    { "curve-public-key", ZMQ_CURVE_PUBLICKEY, PUBLIC_KEY },
    { "curve-server-key", ZMQ_CURVE_SERVERKEY, PUBLIC_KEY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);
      g_autofree char *detailed = g_strconcat ("notify::", texts[i].name, NULL);
      g_autofree char *initial = get_text (socket, texts[i].name);
      g_autofree char *read = NULL;
      g_autofree char *asked = NULL;
      g_autofree char *read_again = NULL;
      g_autoptr (GError) error = NULL;
      int n_notified = 0;

      g_test_message ("%s", texts[i].name);
      g_assert_true (initial == NULL || *initial == '\0');
      g_signal_connect (socket, detailed, G_CALLBACK (count_notify_cb), &n_notified);
      g_object_set (socket, texts[i].name, texts[i].value, NULL);
      g_object_set (socket, texts[i].name, texts[i].value, NULL);
      g_assert_cmpint (n_notified, ==, 1);

      read = get_text (socket, texts[i].name);
      g_assert_cmpstr (read, ==, texts[i].value);
      asked = zmqg_socket_get_option_string (socket, texts[i].option, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (asked, ==, texts[i].value);

      g_assert_true (zmqg_socket_set_option_string (socket, texts[i].option, texts[i].value,
                                                    &error));
      g_assert_no_error (error);
      read_again = get_text (socket, texts[i].name);
      g_assert_cmpstr (read_again, ==, texts[i].value);
    }
}

static void
test_secrets (void)
{
  static const struct
  {
    const char *name;
    const char *value;
    int option;
  } secrets[] = {
    { "plain-password", "password", ZMQ_PLAIN_PASSWORD },
    { "curve-secret-key", SECRET_KEY, ZMQ_CURVE_SECRETKEY },
  };
  GObjectClass *klass = g_type_class_ref (ZMQG_TYPE_SOCKET);

  g_test_summary ("A secret reaches libzmq, and is not given out as a property");

  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);
      GParamSpec *pspec = g_object_class_find_property (klass, secrets[i].name);
      char buffer[256] = "";
      size_t size = secrets[i].option == ZMQ_CURVE_SECRETKEY ? 41 : sizeof buffer;

      g_assert_cmpint (pspec->flags & G_PARAM_READABLE, ==, 0);
      g_object_set (socket, secrets[i].name, secrets[i].value, NULL);
      g_assert_cmpint (zmq_getsockopt (zmqg_socket_get_handle (socket), secrets[i].option, buffer,
                                       &size), ==, 0);
      g_assert_cmpstr (buffer, ==, secrets[i].value);
    }
}

static void
test_bad_texts (void)
{
  static const struct
  {
    const char *name;
    int option;
    gsize length;
  } bad[] = {
    { "routing-id", ZMQ_ROUTING_ID, 256 },
    { "bind-to-device", ZMQ_BINDTODEVICE, 4000 },
    { "plain-username", ZMQ_PLAIN_USERNAME, 256 },
    { "plain-password", ZMQ_PLAIN_PASSWORD, 256 },
    { "curve-public-key", ZMQ_CURVE_PUBLICKEY, 39 },
    { "curve-secret-key", ZMQ_CURVE_SECRETKEY, 41 },
    { "curve-server-key", ZMQ_CURVE_SERVERKEY, 1 },
  };

  g_test_summary ("A text libzmq cannot take is an error that names the option");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);
      g_autofree char *text = g_strnfill (bad[i].length, 'x');
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) told = NULL;
      g_autoptr (GObject) constructed = NULL;

      g_test_message ("%s", bad[i].name);
      g_assert_false (zmqg_socket_set_option_string (socket, bad[i].option, text, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, bad[i].name));
      g_clear_error (&error);

      g_signal_connect (socket, "error-occurred", G_CALLBACK (keep_error_cb), &told);
      g_object_set (socket, bad[i].name, text, NULL);
      zmqg_test_wait_for (told != NULL);
      g_assert_error (told, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);

      constructed = g_initable_new (ZMQG_TYPE_SOCKET, NULL, &error, bad[i].name, text, NULL);
      g_assert_null (constructed);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, bad[i].name));
    }
}

static void
test_key_of_other_alphabet (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);
  g_autofree char *text = g_strnfill (40, '"');
  g_autoptr (GError) error = NULL;

  g_assert_false (zmqg_socket_set_option_string (socket, ZMQ_CURVE_PUBLICKEY, text, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
test_unknown (void)
{
  static const int options[] = { -1, 0, 1, 3, 10, 82, 95, 112, 9999, G_MAXINT, G_MININT };
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_ROUTER);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);

  g_test_summary ("An option libzmq does not know is an error with its number");

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autofree char *number = g_strdup_printf ("%d", options[i]);
      GError *errors[6] = { NULL };
      gint64 value = 77;

      g_test_message ("%d", options[i]);
      g_assert_false (zmqg_socket_set_option_int (socket, options[i], 1, &errors[0]));
      g_assert_false (zmqg_socket_set_option_string (socket, options[i], "text", &errors[1]));
      g_assert_false (zmqg_socket_set_option_bytes (socket, options[i], bytes, &errors[2]));
      g_assert_false (zmqg_socket_get_option_int (socket, options[i], &value, &errors[3]));
      g_assert_null (zmqg_socket_get_option_string (socket, options[i], &errors[4]));
      g_assert_null (zmqg_socket_get_option_bytes (socket, options[i], &errors[5]));
      for (guint j = 0; j < G_N_ELEMENTS (errors); j++)
        {
          g_assert_error (errors[j], G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
          g_assert_nonnull (strstr (errors[j]->message, number));
          g_error_free (errors[j]);
        }
    }
}

static void
test_read_only (void)
{
  static const int options[] = { ZMQ_TYPE, ZMQ_RCVMORE, ZMQ_FD, ZMQ_EVENTS };
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_ROUTER);

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 value = -77;

      g_assert_true (zmqg_socket_get_option_int (socket, options[i], &value, &error));
      g_assert_no_error (error);
      g_assert_cmpint (value, >=, 0);
      g_assert_false (zmqg_socket_set_option_int (socket, options[i], 1, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

static void
test_wrong_kind (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_ROUTER);
  g_autoptr (GBytes) four = g_bytes_new_static ("\5\0\0\0", 4);
  g_autoptr (GError) error = NULL;

  g_test_summary ("A number is not set from a text, nor a text from a number");

  g_assert_false (zmqg_socket_set_option_string (socket, ZMQ_LINGER, "text", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (zmqg_socket_set_option_bytes (socket, ZMQ_LINGER, four, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_cmpint (zmqg_test_get_number (socket, "linger"), ==, 1000);
  g_assert_false (zmqg_socket_set_option_int (socket, ZMQ_PLAIN_USERNAME, 5, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
test_binary_routing_id (void)
{
  g_autoptr (GBytes) name = g_bytes_new_static ("\1\0\xff", 3);
  g_autoptr (GBytes) asked = NULL;
  g_autoptr (GPtrArray) received = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) router = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_ROUTER,
                                                              ZMQG_TEST_TCP, &endpoint);
  g_autoptr (ZmqgSocket) dealer = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);

  g_test_summary ("A routing id may be any bytes");

  g_assert_true (zmqg_socket_set_option_bytes (dealer, ZMQ_ROUTING_ID, name, &error));
  g_assert_no_error (error);
  asked = zmqg_socket_get_option_bytes (dealer, ZMQ_ROUTING_ID, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (asked, name));

  received = collect (router);
  zmqg_socket_connect_to (dealer, endpoint, &error);
  g_assert_no_error (error);
  zmqg_test_send_number (dealer, 1);
  zmqg_test_wait_for (received->len == 1);
  g_assert_true (g_bytes_equal (zmqg_message_get_frame (received->pdata[0], 0), name));
}

static void
test_welcome_message (void)
{
  g_autoptr (GBytes) welcome = g_bytes_new_static ("wel\0come", 8);
  g_autoptr (GBytes) read = NULL;
  g_autoptr (GPtrArray) received = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgSocket) xpub = g_object_new (ZMQG_TYPE_SOCKET,
                                              "socket-type", ZMQG_SOCKET_TYPE_XPUB,
                                              "xpub-welcome-message", welcome, NULL);
  g_autoptr (ZmqgSocket) sub = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_SUB);

  g_object_get (xpub, "xpub-welcome-message", &read, NULL);
  g_assert_true (g_bytes_equal (read, welcome));

  zmqg_test_bind_free (xpub, ZMQG_TEST_TCP, &endpoint);
  received = collect (sub);
  zmqg_socket_subscribe (sub, "", &error);
  g_assert_no_error (error);
  zmqg_socket_connect_to (sub, endpoint, &error);
  g_assert_no_error (error);
  zmqg_test_wait_for (received->len == 1);
  g_assert_true (g_bytes_equal (zmqg_message_get_frame (received->pdata[0], 0), welcome));
}

static void
test_connect_routing_id (void)
{
  static const char * const names[] = { "first", "second" };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgSocket) router = g_object_new (ZMQG_TYPE_SOCKET,
                                                "socket-type", ZMQG_SOCKET_TYPE_ROUTER,
                                                "router-mandatory", TRUE, NULL);
  ZmqgSocket *dealers[2];
  GPtrArray *received[2];

  g_test_summary ("The name is for the next connection alone");

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *endpoint = NULL;

      dealers[i] = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_DEALER, ZMQG_TEST_TCP, &endpoint);
      received[i] = collect (dealers[i]);
      g_object_set (router, "connect-routing-id", names[i], NULL);
      zmqg_socket_connect_to (router, endpoint, &error);
      g_assert_no_error (error);
    }
  for (guint i = 0; i < 2; i++)
    {
      const char * const frames[] = { names[i], "text", NULL };

      g_assert_true (zmqg_socket_send_strv (router, frames, &error));
      g_assert_no_error (error);
      zmqg_test_wait_for (received[i]->len == 1);
    }
  for (guint i = 0; i < 2; i++)
    {
      zmqg_test_release (dealers[i]);
      g_ptr_array_unref (received[i]);
    }
}

/* An authenticator that is not there lets nobody in */
static void
test_guarded (gconstpointer data)
{
  const char *property = data;
  gboolean is_curve = g_str_equal (property, "curve-server");
  g_autoptr (GPtrArray) received = NULL;
  g_autofree char *endpoint = NULL;
  g_autofree char *domain = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgSocket) server = g_object_new (ZMQG_TYPE_SOCKET,
                                                "socket-type", ZMQG_SOCKET_TYPE_PULL,
                                                property, TRUE, NULL);
  g_autoptr (ZmqgSocket) client = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);

  domain = zmqg_socket_get_option_string (server, ZMQ_ZAP_DOMAIN, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (domain, !=, "");
  if (is_curve)
    {
      g_object_set (server, "curve-secret-key", SECRET_KEY, NULL);
      g_object_set (client, "curve-server-key", PUBLIC_KEY, "curve-public-key", PUBLIC_KEY,
                    "curve-secret-key", SECRET_KEY, NULL);
    }
  else
    g_object_set (client, "plain-username", "user", "plain-password", "password", NULL);

  received = collect (server);
  zmqg_test_bind_free (server, ZMQG_TEST_TCP, &endpoint);
  zmqg_socket_connect_to (client, endpoint, &error);
  g_assert_no_error (error);
  zmqg_test_send_number (client, 1);
  /* Long enough for a handshake that succeeds, some hundred times over */
  zmqg_test_run_for (NULL, 500);
  g_assert_cmpuint (received->len, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/option-texts/round-trip", test_round_trip);
  g_test_add_func ("/option-texts/secrets", test_secrets);
  g_test_add_func ("/option-texts/bad", test_bad_texts);
  g_test_add_func ("/option-texts/key-of-other-alphabet", test_key_of_other_alphabet);
  g_test_add_func ("/option-texts/unknown", test_unknown);
  g_test_add_func ("/option-texts/read-only", test_read_only);
  g_test_add_func ("/option-texts/wrong-kind", test_wrong_kind);
  g_test_add_func ("/option-texts/binary-routing-id", test_binary_routing_id);
  g_test_add_func ("/option-texts/welcome-message", test_welcome_message);
  g_test_add_func ("/option-texts/connect-routing-id", test_connect_routing_id);
  g_test_add_data_func ("/option-texts/guarded/plain", "plain-server", test_guarded);
  g_test_add_data_func ("/option-texts/guarded/curve", "curve-server", test_guarded);

  return g_test_run ();
}
