/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/un.h>

#define BIND (1 << 0)
#define CONNECT (1 << 1)
#define BOTH (BIND | CONNECT)

/* What strlen ("ipc://") leaves for the path, without its NUL */
#define MAX_IPC_PATH (sizeof (((struct sockaddr_un *) NULL)->sun_path) - 1)

typedef struct
{
  const char *endpoint;
  int uses;
  int code;
  const char *reason;
} BadEndpoint;

/* The reason is part of the text; the code is one of G_IO_ERROR */
static const BadEndpoint bad_endpoints[] = {
  { "", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "transport" },
  { "tcp", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "transport" },
  { "tcp:", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "transport" },
  { "tcp:/127.0.0.1:5555", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "transport" },
  { "127.0.0.1:5555", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "transport" },
  { "://127.0.0.1:5555", BOTH, G_IO_ERROR_NOT_SUPPORTED, "transport" },
  { "http://127.0.0.1:5555", BOTH, G_IO_ERROR_NOT_SUPPORTED, "http" },
  { "TCP://127.0.0.1:5555", BOTH, G_IO_ERROR_NOT_SUPPORTED, "TCP" },
  { " tcp://127.0.0.1:5555", BOTH, G_IO_ERROR_NOT_SUPPORTED, "transport" },
  { "tcp4://127.0.0.1:5555", BOTH, G_IO_ERROR_NOT_SUPPORTED, "tcp4" },
  { "tcp://", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "tcp://127.0.0.1", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "tcp://127.0.0.1:", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "tcp://127.0.0.1:99999", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "99999" },
  { "tcp://127.0.0.1:65536", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "65536" },
  { "tcp://127.0.0.1:4294967297", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "4294967297" },
  { "tcp://127.0.0.1:18446744073709551617", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "tcp://127.0.0.1:-1", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "-1" },
  { "tcp://127.0.0.1:+80", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "+80" },
  { "tcp://127.0.0.1: 80", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "tcp://127.0.0.1:80 ", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "tcp://127.0.0.1:0x50", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "0x50" },
  { "tcp://127.0.0.1:http", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "http" },
  { "tcp://127.0.0.1:80/", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "80/" },
  { "tcp://127.0.0.1:**", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "tcp://:5555", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "host" },
  { "tcp://a b:5555", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "host" },
  { "tcp://127.0.0.1\n:5555", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "host" },
  { "tcp://[::1:5555", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "]" },
  { "tcp://[::1]", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "tcp://[]:5555", BOTH, G_IO_ERROR_INVALID_ARGUMENT, NULL },
  { "tcp://no-such-interface:5555", BIND, G_IO_ERROR_NO_SUCH_DEVICE, NULL },
  { "tcp://127.0.0.1:0", CONNECT, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "tcp://127.0.0.1:*", CONNECT, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "tcp://*:5555", CONNECT, G_IO_ERROR_INVALID_ARGUMENT, "host" },
  { "tcp://127.0.0.1:0;", CONNECT, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "tcp://127.0.0.1:0;127.0.0.1:0", CONNECT, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "tcp://;127.0.0.1:5555", CONNECT, G_IO_ERROR_INVALID_ARGUMENT, NULL },
  { "ws://127.0.0.1:99999", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "99999" },
  { "ws://127.0.0.1:99999/path", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "99999" },
  { "ws://:5555", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "host" },
  { "ws://127.0.0.1/path", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "ws://", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "port" },
  { "ipc://", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "path" },
  { "ipc://@", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "path" },
  { "ipc://*", CONNECT, G_IO_ERROR_INVALID_ARGUMENT, "path" },
  { "ipc:///no-such-directory/socket", BIND, G_IO_ERROR_NOT_FOUND, NULL },
  { "inproc://", BOTH, G_IO_ERROR_INVALID_ARGUMENT, "name" },
  { "inproc://zeromq.zap.01", BIND, G_IO_ERROR_INVALID_ARGUMENT, "ROUTER" },
  { "tipc://", BOTH, G_IO_ERROR_INVALID_ARGUMENT, NULL },
  { "tipc://{1}", BOTH, G_IO_ERROR_INVALID_ARGUMENT, NULL },
  { "tipc://{a,b,c}", BOTH, G_IO_ERROR_INVALID_ARGUMENT, NULL },
  { "pgm://127.0.0.1;239.192.1.1:5555", BOTH, G_IO_ERROR_NOT_SUPPORTED, NULL },
  { "epgm://no-such-interface;239.192.1.1:5555", BOTH, G_IO_ERROR_NOT_SUPPORTED, NULL },
  { "norm://127.0.0.1:5555", BOTH, G_IO_ERROR_NOT_SUPPORTED, NULL },
  { "udp://127.0.0.1:5555", BOTH, G_IO_ERROR_NOT_SUPPORTED, NULL },
  { "wss://127.0.0.1:5555", BOTH, G_IO_ERROR_NOT_SUPPORTED, "wss" },
  { "vmci://*:5555", BOTH, G_IO_ERROR_NOT_SUPPORTED, "vmci" },
};

/* The socket can still be used, and holds on to nothing of the endpoint that was refused */
static void
assert_unharmed (ZmqgSocket *socket)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) bindings = zmqg_socket_list_bindings (socket);
  g_auto (GStrv) connections = zmqg_socket_list_connections (socket);
  g_autofree char *address = zmqg_test_transport_get_free (ZMQG_TEST_INPROC);

  g_assert_cmpuint (g_strv_length (bindings), ==, 0);
  g_assert_cmpuint (g_strv_length (connections), ==, 0);

  g_assert_true (zmqg_socket_bind (socket, address, &error));
  g_assert_no_error (error);
  g_assert_true (zmqg_socket_unbind (socket, address, &error));
  g_assert_no_error (error);
}

static void
assert_refusal (GError            *error,
                const BadEndpoint *bad)
{
  g_autofree char *shown = g_utf8_make_valid (bad->endpoint, -1);
  g_autofree char *rest = NULL;
  const char *place;

  g_assert_error (error, G_IO_ERROR, bad->code);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  place = strstr (error->message, shown);
  g_assert_nonnull (place);

  if (bad->reason == NULL)
    return;

  /* The reason must be given, not just repeated with the endpoint */
  rest = g_strdup (place + strlen (shown));
  if (strstr (rest, bad->reason) == NULL)
    g_error ("'%s' does not say '%s'", error->message, bad->reason);
}

static void
try_endpoint (const BadEndpoint *bad,
              int                use)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PAIR);
  g_autoptr (GError) error = NULL;
  gboolean done;

  g_test_message ("%s '%s'", use == BIND ? "bind" : "connect", bad->endpoint);
  done = use == BIND ? zmqg_socket_bind (socket, bad->endpoint, &error)
                     : zmqg_socket_connect_to (socket, bad->endpoint, &error);
  if (done)
    g_error ("'%s' was accepted", bad->endpoint);

  assert_refusal (error, bad);
  g_assert_false (use == BIND ? zmqg_socket_bind (socket, bad->endpoint, NULL)
                              : zmqg_socket_connect_to (socket, bad->endpoint, NULL));
  assert_unharmed (socket);
}

static void
test_48_bad_endpoint_bind (void)
{
  g_test_summary ("A bad endpoint is an error with the endpoint and the reason");

  for (guint i = 0; i < G_N_ELEMENTS (bad_endpoints); i++)
    {
      if (bad_endpoints[i].uses & BIND)
        try_endpoint (&bad_endpoints[i], BIND);
    }
}

static void
test_48_bad_endpoint_connect (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_endpoints); i++)
    {
      if (bad_endpoints[i].uses & CONNECT)
        try_endpoint (&bad_endpoints[i], CONNECT);
    }
}

static void
try_construction (const BadEndpoint *bad,
                  const char        *property)
{
  const char * const endpoints[] = { bad->endpoint, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) object = NULL;
  g_autoptr (ZmqgSocket) plain = NULL;

  object = g_initable_new (ZMQG_TYPE_SOCKET, NULL, &error,
                           "socket-type", ZMQG_SOCKET_TYPE_PAIR, property, endpoints, NULL);
  g_assert_null (object);
  assert_refusal (error, bad);
  g_clear_error (&error);

  /* Bindings make objects like this; the first call that needs the socket tells */
  plain = g_object_new (ZMQG_TYPE_SOCKET,
                        "socket-type", ZMQG_SOCKET_TYPE_PAIR, property, endpoints, NULL);
  g_assert_false (zmqg_socket_send_string (plain, "text", &error));
  assert_refusal (error, bad);
  g_clear_error (&error);
  g_assert_false (g_initable_init (G_INITABLE (plain), NULL, &error));
  assert_refusal (error, bad);
}

static void
test_48_bad_endpoint_construction (void)
{
  g_test_summary ("An endpoint given to the constructor fails like one given to bind");

  for (guint i = 0; i < G_N_ELEMENTS (bad_endpoints); i++)
    {
      g_test_message ("'%s'", bad_endpoints[i].endpoint);
      if (bad_endpoints[i].uses & BIND)
        try_construction (&bad_endpoints[i], "bind-endpoints");
      if (bad_endpoints[i].uses & CONNECT)
        try_construction (&bad_endpoints[i], "connect-endpoints");
    }
}

static void
test_invalid_utf8 (void)
{
  static const char * const endpoints[] = { "\xff\xfe", "tcp://\xff:5555", "tcp://127.0.0.1:\xc3",
                                            "\xff://127.0.0.1:5555" };

  for (guint i = 0; i < G_N_ELEMENTS (endpoints); i++)
    {
      g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PAIR);
      g_autoptr (GError) error = NULL;

      g_assert_false (zmqg_socket_bind (socket, endpoints[i], &error));
      g_assert_nonnull (error);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      assert_unharmed (socket);
    }
}

static void
test_address_of_others (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
  g_autoptr (GError) error = NULL;

  g_test_summary ("An address that is not of this machine is refused by name");

  g_assert_false (zmqg_socket_bind (socket, "tcp://192.0.2.1:5555", &error));
  g_assert_error (error, ZMQG_ERROR, ZMQG_ERROR_ADDRESS_NOT_AVAILABLE);
  g_assert_nonnull (strstr (error->message, "tcp://192.0.2.1:5555"));
  assert_unharmed (socket);
}

/* The I/O thread removes files of sockets, too, whenever it comes to it */
static gboolean
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_remove (file);
    }

  return g_rmdir (path) == 0;
}

static void
test_ipc_path_length (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("zmqg-XXXXXX", &error);
  g_autofree char *stem = NULL;
  g_autofree char *fitting = NULL;
  g_autofree char *too_long = NULL;
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);

  g_test_summary ("The longest path a Unix socket can have works, one byte more is an error");

  g_assert_no_error (error);
  stem = g_strdup_printf ("ipc://%s/", folder);
  fitting = g_strnfill (strlen ("ipc://") + MAX_IPC_PATH, 'x');
  memcpy (fitting, stem, strlen (stem));
  too_long = g_strconcat (fitting, "x", NULL);

  g_assert_false (zmqg_socket_bind (socket, too_long, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG);
  g_assert_nonnull (strstr (error->message, too_long));
  g_clear_error (&error);
  g_assert_false (zmqg_socket_connect_to (socket, too_long, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG);
  g_clear_error (&error);

  g_assert_true (zmqg_socket_bind (socket, fitting, &error));
  g_assert_no_error (error);
  g_assert_true (zmqg_socket_unbind (socket, fitting, &error));
  g_assert_no_error (error);
  zmqg_test_release (g_steal_pointer (&socket));
  zmqg_test_poll_for (remove_folder (folder));
}

static void
test_authentication_address (void)
{
  static const ZmqgSocketType allowed[] = { ZMQG_SOCKET_TYPE_REP, ZMQG_SOCKET_TYPE_ROUTER };

  g_test_summary ("Only sockets that can answer may bind the address of authentication");

  for (int type = ZMQG_SOCKET_TYPE_PAIR; type < ZMQG_SOCKET_TYPE_STREAM; type++)
    {
      g_autoptr (ZmqgContext) context = zmqg_context_new ();
      g_autoptr (ZmqgSocket) socket = NULL;
      g_autoptr (GError) error = NULL;
      gboolean allow = (ZmqgSocketType) type == allowed[0] || (ZmqgSocketType) type == allowed[1];

      socket = zmqg_socket_new_with_context (context, type, &error);
      g_assert_no_error (error);
      g_assert_cmpint (zmqg_socket_bind (socket, "inproc://zeromq.zap.01", &error), ==, allow);
      if (allow)
        g_assert_no_error (error);
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

static void
test_stream_transports (void)
{
  static const char * const endpoints[] = { "ipc://*", "inproc://stream", "ws://127.0.0.1:*" };

  g_test_summary ("STREAM speaks tcp only");

  for (guint i = 0; i < G_N_ELEMENTS (endpoints); i++)
    {
      g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_STREAM);
      g_autoptr (GError) error = NULL;

      g_assert_false (zmqg_socket_bind (socket, endpoints[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
      g_assert_nonnull (strstr (error->message, endpoints[i]));
    }
}

static void
test_not_bound (void)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_DEALER);
  g_autoptr (GError) error = NULL;

  g_test_summary ("What is not bound or connected cannot be unbound or disconnected");

  g_assert_false (zmqg_socket_unbind (socket, "tcp://127.0.0.1:5555", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "tcp://127.0.0.1:5555"));
  g_clear_error (&error);

  g_assert_false (zmqg_socket_disconnect_from (socket, "tcp://127.0.0.1:5555", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "tcp://127.0.0.1:5555"));
  g_clear_error (&error);

  g_assert_false (zmqg_socket_unbind (socket, "nonsense", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (zmqg_socket_disconnect_from (socket, "inproc://nobody", &error));
  g_assert_nonnull (error);
}

/* Text that resembles an endpoint, and now and then is one. Names of hosts are left out: nothing
 * is to ask a resolver. */
static char *
make_endpoint (GRand *random)
{
  static const char * const whole[] = { "tcp://127.0.0.1:*", "tcp://lo:0", "ipc://@abstract",
                                        "ipc://file", "inproc://name", "ws://127.0.0.1:*/path" };
  static const char * const parts[] = { "tcp", "ipc", "inproc", "ws", "tipc", "://", ":", "/", "*",
                                        "127.0.0.1", "[::1]", "[", "]", "@", "{", "}", ",", "<",
                                        ">", ";", "0", "1", "65535", "65536", "-", " ", "\xc3",
                                        "%", "lo", ".", "\x7f", "{1,2,3}", "//" };
  GString *text = g_string_new (whole[g_rand_int_range (random, 0, G_N_ELEMENTS (whole))]);
  guint n_changes = g_rand_int_range (random, 0, 4);

  for (guint i = 0; i < n_changes; i++)
    {
      const char *part = parts[g_rand_int_range (random, 0, G_N_ELEMENTS (parts))];
      guint place = g_rand_int_range (random, 0, text->len + 1);

      if (g_rand_boolean (random) && place < text->len)
        g_string_erase (text, place, 1);
      else
        g_string_insert (text, place, part);
    }
  /* Files are made in the folder of this test alone */
  if (g_str_has_prefix (text->str, "ipc:///"))
    g_string_insert (text, strlen ("ipc://"), ".");

  return g_string_free (text, FALSE);
}

static void
test_random (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  g_autoptr (GError) folder_error = NULL;
  g_autofree char *before = g_get_current_dir ();
  g_autofree char *folder = g_dir_make_tmp ("zmqg-XXXXXX", &folder_error);
  guint n_refused = 0, n_bound = 0;

  g_test_summary ("Whatever text is bound to, it works or is an error");

  /* Some of them are names of files */
  g_assert_cmpint (g_chdir (folder), ==, 0);
  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_PULL);
      g_autofree char *endpoint = make_endpoint (random);
      g_autoptr (GError) error = NULL;

      gboolean bound;

      bound = zmqg_socket_bind (socket, endpoint, &error);
      g_assert_cmpint (bound, ==, error == NULL);
      if (bound)
        n_bound++;
      else
        n_refused++;
    }

  g_assert_cmpuint (n_refused, >, 500);
  g_assert_cmpuint (n_bound, >, 500);
  g_assert_cmpint (g_chdir (before), ==, 0);
  zmqg_test_poll_for (remove_folder (folder));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/endpoint/48-bad-endpoint/bind", test_48_bad_endpoint_bind);
  g_test_add_func ("/endpoint/48-bad-endpoint/connect", test_48_bad_endpoint_connect);
  g_test_add_func ("/endpoint/48-bad-endpoint/construction", test_48_bad_endpoint_construction);
  g_test_add_func ("/endpoint/invalid-utf8", test_invalid_utf8);
  g_test_add_func ("/endpoint/address-of-others", test_address_of_others);
  g_test_add_func ("/endpoint/ipc-path-length", test_ipc_path_length);
  g_test_add_func ("/endpoint/authentication-address", test_authentication_address);
  g_test_add_func ("/endpoint/stream-transports", test_stream_transports);
  g_test_add_func ("/endpoint/not-bound", test_not_bound);
  g_test_add_func ("/endpoint/random", test_random);

  return g_test_run ();
}
