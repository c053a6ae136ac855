/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

#define ZAP_ENFORCE_DOMAIN 93
#define KEY "0]5b%Kk=k(?Ed.Z8}{(uljVN[+Dz]g8$BzN?d12D"

/* Whatever libzmq is told last about mechanisms counts: a server could become something else */

typedef struct
{
  int option;
  /* NULL: the number */
  const char *text;
  int number;
} Change;

static const Change changes_of_any[] = {
  { ZMQ_PLAIN_USERNAME, "user", 0 },
  { ZMQ_PLAIN_PASSWORD, "secret", 0 },
  { ZMQ_CURVE_SERVERKEY, KEY, 0 },
  { ZMQ_ZAP_DOMAIN, "", 0 },
  { ZAP_ENFORCE_DOMAIN, NULL, 0 },
};

static const Change changes_of_plain[] = {
  { ZMQ_CURVE_PUBLICKEY, KEY, 0 },
  { ZMQ_CURVE_SECRETKEY, KEY, 0 },
  { ZMQ_CURVE_SERVER, NULL, 1 },
};

static const Change changes_of_curve[] = {
  { ZMQ_PLAIN_SERVER, NULL, 1 },
};

static gint64
get_option (ZmqgSocket *socket,
            int         option)
{
  gint64 value = -1;
  g_autoptr (GError) error = NULL;

  zmqg_socket_get_option_int (socket, option, &value, &error);
  g_assert_no_error (error);

  return value;
}

static void
refuse_changes (ZmqgSocket   *socket,
                const Change *changes,
                guint         n_changes)
{
  for (guint i = 0; i < n_changes; i++)
    {
      const Change *change = &changes[i];
      g_autoptr (GError) error = NULL;

      g_test_message ("option %d", change->option);
      if (change->text != NULL)
        g_assert_false (zmqg_socket_set_option_string (socket, change->option, change->text,
                                                       &error));
      else
        g_assert_false (zmqg_socket_set_option_int (socket, change->option, change->number,
                                                    &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

static void
refuse_properties (ZmqgSocket *socket)
{
  guint n_errors = 0;

  g_signal_connect_swapped (socket, "error-occurred", G_CALLBACK (g_atomic_int_inc), &n_errors);
  g_object_set (socket, "plain-username", "user", NULL);
  g_object_set (socket, "zap-domain", NULL, NULL);
  zmqg_test_wait_for (n_errors == 2);
}

static void
test_servers_stay_servers (void)
{
  static const struct
  {
    const char *property;
    int option;
    int mechanism;
    const Change *changes;
    guint n_changes;
    int other_option;
  } kinds[] = {
    { "plain-server", ZMQ_PLAIN_SERVER, ZMQ_PLAIN, changes_of_plain,
      G_N_ELEMENTS (changes_of_plain), ZMQ_CURVE_SERVER },
    { "curve-server", ZMQ_CURVE_SERVER, ZMQ_CURVE, changes_of_curve,
      G_N_ELEMENTS (changes_of_curve), ZMQ_PLAIN_SERVER },
  };

  g_test_summary ("No other option makes a server something else");

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *domain = NULL;

      zmqg_test_set_number (socket, kinds[i].property, TRUE);
      refuse_changes (socket, changes_of_any, G_N_ELEMENTS (changes_of_any));
      refuse_changes (socket, kinds[i].changes, kinds[i].n_changes);
      refuse_properties (socket);
      /* That it is not the other kind is no news */
      g_assert_true (zmqg_socket_set_option_int (socket, kinds[i].other_option, 0, &error));
      g_assert_no_error (error);

      g_assert_cmpint (get_option (socket, kinds[i].option), ==, 1);
      g_assert_cmpint (get_option (socket, ZMQ_MECHANISM), ==, kinds[i].mechanism);
      g_assert_cmpint (get_option (socket, ZAP_ENFORCE_DOMAIN), ==, 1);
      domain = zmqg_socket_get_option_string (socket, ZMQ_ZAP_DOMAIN, &error);
      g_assert_cmpstr (domain, ==, "global");

      zmqg_test_set_number (socket, kinds[i].property, FALSE);
      g_assert_cmpint (get_option (socket, ZMQ_MECHANISM), ==, ZMQ_NULL);
      g_assert_true (zmqg_socket_set_option_string (socket, ZMQ_PLAIN_USERNAME, "user", &error));
    }
}

static void
test_client_stays_client (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PUSH);
  g_autoptr (GError) error = NULL;

  g_test_summary ("Being told that it is no server leaves a client its mechanism");

  g_assert_true (zmqg_socket_set_option_string (socket, ZMQ_CURVE_SERVERKEY, KEY, &error));
  g_assert_true (zmqg_socket_set_option_int (socket, ZMQ_CURVE_SERVER, 0, &error));
  g_assert_true (zmqg_socket_set_option_int (socket, ZMQ_PLAIN_SERVER, 0, &error));
  g_assert_no_error (error);
  g_assert_cmpint (get_option (socket, ZMQ_MECHANISM), ==, ZMQ_CURVE);
}

static void
test_gssapi (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (GError) error = NULL;

  g_test_summary ("The mechanism with which libzmq ignores a refusal is not to be had");

  g_assert_false (zmqg_socket_set_option_int (socket, ZMQ_GSSAPI_SERVER, 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "GSSAPI"));
  g_clear_error (&error);
  g_assert_false (zmqg_socket_set_option_string (socket, ZMQ_GSSAPI_PRINCIPAL, "x", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_cmpint (get_option (socket, ZMQ_MECHANISM), ==, ZMQ_NULL);
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

  g_test_add_func ("/mechanism/servers-stay-servers", test_servers_stay_servers);
  g_test_add_func ("/mechanism/client-stays-client", test_client_stays_client);
  g_test_add_func ("/mechanism/gssapi", test_gssapi);

  return g_test_run ();
}
