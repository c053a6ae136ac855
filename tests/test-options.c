/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

#define ALL (~0u)
#define BIT(type) (1u << ZMQG_SOCKET_TYPE_##type)

typedef enum
{
  NUMBER,
  WIDE,
  TEXT,
  BYTES,
  KEY,
} Kind;

/* From libzmq's manual, not from the library: what is compared must not have one source */
typedef struct
{
  const char *name;
  int option;
  Kind kind;
  /* The socket types libzmq has it for */
  guint types;
  /* Numbers: the initial value, the least one, another one, and one libzmq refuses */
  gint64 initial, least, other, bad;
  /* libzmq's getsockopt answers */
  gboolean readable;
} Row;

#define NUMBER_ROW(name, option, initial, least, other, bad) \
  { name, option, NUMBER, ALL, initial, least, other, bad, TRUE }
#define FLAG_ROW(name, option) \
  { name, option, NUMBER, ALL, 0, 0, 1, 2, TRUE }
#define HIDDEN_FLAG_ROW(name, option, types) \
  { name, option, NUMBER, types, 0, 0, 1, 2, FALSE }
#define TEXT_ROW(name, option, kind, types, readable) \
  { name, option, kind, types, 0, 0, 0, 0, readable }

static const Row rows[] = {
  /* libzmq waits for ever */
  NUMBER_ROW ("linger", ZMQ_LINGER, 1000, -1, 0, -2),
  NUMBER_ROW ("send-high-water-mark", ZMQ_SNDHWM, 1000, 0, 7, -1),
  NUMBER_ROW ("receive-high-water-mark", ZMQ_RCVHWM, 1000, 0, 7, -1),
  { "affinity", ZMQ_AFFINITY, WIDE, ALL, 0, 0, 5, -1, TRUE },
  TEXT_ROW ("routing-id", ZMQ_ROUTING_ID, TEXT, ALL, TRUE),
  TEXT_ROW ("connect-routing-id", ZMQ_CONNECT_ROUTING_ID, TEXT, BIT (ROUTER) | BIT (STREAM), FALSE),
  FLAG_ROW ("immediate", ZMQ_IMMEDIATE),
  { "conflate", ZMQ_CONFLATE, NUMBER,
    BIT (PULL) | BIT (PUSH) | BIT (SUB) | BIT (PUB) | BIT (DEALER), 0, 0, 1, 2, TRUE },
  { "max-message-size", ZMQ_MAXMSGSIZE, WIDE, ALL, -1, -1, G_GINT64_CONSTANT (1) << 40, -2, TRUE },
  NUMBER_ROW ("reconnect-interval", ZMQ_RECONNECT_IVL, 100, -1, 5, -2),
  NUMBER_ROW ("reconnect-interval-max", ZMQ_RECONNECT_IVL_MAX, 0, 0, 500, -1),
  NUMBER_ROW ("connect-timeout", ZMQ_CONNECT_TIMEOUT, 0, 0, 500, -1),
  NUMBER_ROW ("handshake-timeout", ZMQ_HANDSHAKE_IVL, 30000, 0, 500, -1),
  NUMBER_ROW ("heartbeat-interval", ZMQ_HEARTBEAT_IVL, 0, 0, 500, -1),
  NUMBER_ROW ("heartbeat-timeout", ZMQ_HEARTBEAT_TIMEOUT, -1, -1, 500, -2),
  /* Kept in tenths of a second */
  NUMBER_ROW ("heartbeat-ttl", ZMQ_HEARTBEAT_TTL, 0, 0, 500, -1),
  NUMBER_ROW ("backlog", ZMQ_BACKLOG, 100, 0, 7, -1),
  FLAG_ROW ("ipv6", ZMQ_IPV6),
  NUMBER_ROW ("tcp-keepalive", ZMQ_TCP_KEEPALIVE, -1, -1, 1, 2),
  NUMBER_ROW ("tcp-keepalive-count", ZMQ_TCP_KEEPALIVE_CNT, -1, -1, 7, -2),
  NUMBER_ROW ("tcp-keepalive-idle", ZMQ_TCP_KEEPALIVE_IDLE, -1, -1, 7, -2),
  NUMBER_ROW ("tcp-keepalive-interval", ZMQ_TCP_KEEPALIVE_INTVL, -1, -1, 7, -2),
  NUMBER_ROW ("tcp-max-retransmit-timeout", ZMQ_TCP_MAXRT, 0, 0, 500, -1),
  NUMBER_ROW ("send-buffer-size", ZMQ_SNDBUF, -1, -1, 8192, -2),
  NUMBER_ROW ("receive-buffer-size", ZMQ_RCVBUF, -1, -1, 8192, -2),
  NUMBER_ROW ("type-of-service", ZMQ_TOS, 0, 0, 16, -1),
  TEXT_ROW ("bind-to-device", ZMQ_BINDTODEVICE, TEXT, ALL, TRUE),
  TEXT_ROW ("socks-proxy", ZMQ_SOCKS_PROXY, TEXT, ALL, TRUE),
  NUMBER_ROW ("use-fd", ZMQ_USE_FD, -1, -1, 7, -2),
  HIDDEN_FLAG_ROW ("router-mandatory", ZMQ_ROUTER_MANDATORY, BIT (ROUTER)),
  HIDDEN_FLAG_ROW ("router-handover", ZMQ_ROUTER_HANDOVER, BIT (ROUTER)),
  HIDDEN_FLAG_ROW ("router-raw", ZMQ_ROUTER_RAW, BIT (ROUTER)),
  HIDDEN_FLAG_ROW ("probe-router", ZMQ_PROBE_ROUTER, BIT (REQ) | BIT (DEALER) | BIT (ROUTER)),
  HIDDEN_FLAG_ROW ("req-correlate", ZMQ_REQ_CORRELATE, BIT (REQ)),
  HIDDEN_FLAG_ROW ("req-relaxed", ZMQ_REQ_RELAXED, BIT (REQ)),
  HIDDEN_FLAG_ROW ("xpub-verbose", ZMQ_XPUB_VERBOSE, BIT (XPUB)),
  HIDDEN_FLAG_ROW ("xpub-verboser", ZMQ_XPUB_VERBOSER, BIT (XPUB)),
  HIDDEN_FLAG_ROW ("xpub-manual", ZMQ_XPUB_MANUAL, BIT (XPUB)),
  HIDDEN_FLAG_ROW ("xpub-no-drop", ZMQ_XPUB_NODROP, BIT (XPUB) | BIT (PUB)),
  TEXT_ROW ("xpub-welcome-message", ZMQ_XPUB_WELCOME_MSG, BYTES, BIT (XPUB) | BIT (PUB), FALSE),
  /* libzmq gives and ends the notices unless told otherwise */
  { "stream-notify", ZMQ_STREAM_NOTIFY, NUMBER, BIT (STREAM), 1, 0, 0, 2, FALSE },
  { "invert-matching", ZMQ_INVERT_MATCHING, NUMBER, BIT (PUB) | BIT (XPUB) | BIT (SUB),
    0, 0, 1, 2, TRUE },
  NUMBER_ROW ("rate", ZMQ_RATE, 100, 1, 500, 0),
  NUMBER_ROW ("recovery-interval", ZMQ_RECOVERY_IVL, 10000, 0, 500, -1),
  NUMBER_ROW ("multicast-hops", ZMQ_MULTICAST_HOPS, 1, 1, 7, 0),
  NUMBER_ROW ("multicast-max-tpdu", ZMQ_MULTICAST_MAXTPDU, 1500, 1, 900, 0),
  TEXT_ROW ("zap-domain", ZMQ_ZAP_DOMAIN, TEXT, ALL, TRUE),
  FLAG_ROW ("plain-server", ZMQ_PLAIN_SERVER),
  TEXT_ROW ("plain-username", ZMQ_PLAIN_USERNAME, TEXT, ALL, TRUE),
  TEXT_ROW ("plain-password", ZMQ_PLAIN_PASSWORD, TEXT, ALL, TRUE),
  FLAG_ROW ("curve-server", ZMQ_CURVE_SERVER),
  TEXT_ROW ("curve-public-key", ZMQ_CURVE_PUBLICKEY, KEY, ALL, TRUE),
  TEXT_ROW ("curve-secret-key", ZMQ_CURVE_SECRETKEY, KEY, ALL, TRUE),
  TEXT_ROW ("curve-server-key", ZMQ_CURVE_SERVERKEY, KEY, ALL, TRUE),
};

/* Only where libzmq was built for virtual machines of VMware */
static const char * const vmci_names[] = {
  "vmci-buffer-size", "vmci-buffer-min-size", "vmci-buffer-max-size", "vmci-connect-timeout", NULL,
};

/* Properties that are no options */
static const char * const own_names[] = {
  "context", "socket-type", "main-context", "priority", "message-budget", "paused",
  "send-queue-limit", "send-queue-bytes-limit", "bind-endpoints", "connect-endpoints",
  "subscriptions", "send-queue-length", "send-queue-bytes", "closed", "last-endpoint",
  "monitored", "n-peers", NULL,
};

/* Options of the stable API that are no properties: state, calls with a method of their own,
 * timeouts of calls that block, GSSAPI (which lets in whom the authenticator refused), and another
 * name for ipv6 */
static const int other_options[] = {
  ZMQ_SUBSCRIBE, ZMQ_UNSUBSCRIBE, ZMQ_RCVMORE, ZMQ_FD, ZMQ_EVENTS, ZMQ_TYPE, ZMQ_LAST_ENDPOINT,
  ZMQ_MECHANISM, ZMQ_THREAD_SAFE, ZMQ_RCVTIMEO, ZMQ_SNDTIMEO, ZMQ_GSSAPI_SERVER,
  ZMQ_GSSAPI_PRINCIPAL, ZMQ_GSSAPI_SERVICE_PRINCIPAL, ZMQ_GSSAPI_PLAINTEXT,
  ZMQ_GSSAPI_PRINCIPAL_NAMETYPE, ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE, ZMQ_IPV4ONLY, ZMQ_BLOCKY,
  ZMQ_VMCI_BUFFER_SIZE, ZMQ_VMCI_BUFFER_MIN_SIZE, ZMQ_VMCI_BUFFER_MAX_SIZE,
  ZMQ_VMCI_CONNECT_TIMEOUT,
};

/* Numbers libzmq's stable API does not use */
static const int unused_options[] = {
  10, 20, 26, 29, 30, 38, 58, 59, 60, 67, 82, 83,
};

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
  g_assert_null (*kept);
  *kept = g_error_copy (error);
}

/* Classes of static types stay for ever */
static GObjectClass *
get_class (void)
{
  return g_type_class_ref (ZMQG_TYPE_SOCKET);
}

static GParamSpec *
get_pspec (const Row *row)
{
  return g_object_class_find_property (get_class (), row->name);
}

static const Row *
find_row (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (g_str_equal (rows[i].name, name))
        return &rows[i];
    }

  return NULL;
}

static gboolean
is_number (const Row *row)
{
  return row->kind == NUMBER || row->kind == WIDE;
}

static ZmqgSocket *
new_socket_for (const Row *row)
{
  return zmqg_test_socket_new (g_bit_nth_lsf (row->types, -1));
}

/* From libzmq itself */
static gint64
ask_number (ZmqgSocket *socket,
            const Row  *row)
{
  gint64 wide = 0;
  int narrow = 0;
  size_t size = row->kind == WIDE ? sizeof wide : sizeof narrow;
  void *buffer = row->kind == WIDE ? (void *) &wide : (void *) &narrow;

  g_assert_cmpint (zmq_getsockopt (zmqg_socket_get_handle (socket), row->option, buffer, &size),
                   ==, 0);

  return row->kind == WIDE ? wide : narrow;
}

static void
test_complete (void)
{
  g_autofree GParamSpec **pspecs = NULL;
  guint n_pspecs;

  g_test_summary ("All options are tested here, and all that libzmq has are there");

  pspecs = g_object_class_list_properties (get_class (), &n_pspecs);
  for (guint i = 0; i < n_pspecs; i++)
    {
      if (find_row (pspecs[i]->name) == NULL && !g_strv_contains (own_names, pspecs[i]->name) &&
          !g_strv_contains (vmci_names, pspecs[i]->name))
        g_error ("the property %s is not tested", pspecs[i]->name);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (get_pspec (&rows[i]) == NULL)
        g_error ("there is no property %s", rows[i].name);
    }

  for (int option = ZMQ_AFFINITY; option <= ZMQ_BINDTODEVICE; option++)
    {
      gboolean known = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        known |= rows[i].option == option;
      for (guint i = 0; i < G_N_ELEMENTS (other_options); i++)
        known |= other_options[i] == option;
      for (guint i = 0; i < G_N_ELEMENTS (unused_options); i++)
        known |= unused_options[i] == option;
      if (!known)
        g_error ("libzmq's option %d is no property", option);
    }
}

static void
test_defaults (void)
{
  void *zmq_context = zmq_ctx_new ();

  g_test_summary ("Defaults are libzmq's, the linger apart");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      GParamSpec *pspec = get_pspec (row);
      g_autoptr (ZmqgSocket) socket = new_socket_for (row);
      g_auto (GValue) number = G_VALUE_INIT;

      g_test_message ("%s", row->name);
      if (!is_number (row))
        continue;

      g_value_init (&number, G_TYPE_INT64);
      g_assert_true (g_value_transform (g_param_spec_get_default_value (pspec), &number));
      g_assert_cmpint (g_value_get_int64 (&number), ==, row->initial);
      g_assert_cmpint (zmqg_test_get_number (socket, row->name), ==, row->initial);
      if (!row->readable)
        continue;

      g_assert_cmpint (ask_number (socket, row), ==, row->initial);
      if (row->option != ZMQ_LINGER)
        {
          void *raw = zmq_socket (zmq_context, zmqg_socket_get_socket_type (socket));
          gint64 wide = 0;
          int narrow = 0;
          size_t size = row->kind == WIDE ? sizeof wide : sizeof narrow;

          zmq_getsockopt (raw, row->option, row->kind == WIDE ? (void *) &wide : &narrow, &size);
          g_assert_cmpint (row->kind == WIDE ? wide : narrow, ==, row->initial);
          zmq_close (raw);
        }
    }

  zmq_ctx_term (zmq_context);
}

static void
set_and_check (ZmqgSocket *socket,
               const Row  *row,
               gint64      value)
{
  gint64 asked;
  g_autoptr (GError) error = NULL;

  zmqg_test_set_number (socket, row->name, value);
  g_assert_cmpint (zmqg_test_get_number (socket, row->name), ==, value);
  if (!row->readable)
    return;

  g_assert_cmpint (ask_number (socket, row), ==, value);
  g_assert_true (zmqg_socket_get_option_int (socket, row->option, &asked, &error));
  g_assert_no_error (error);
  g_assert_cmpint (asked, ==, value);
}

static void
test_round_trip (void)
{
  g_test_summary ("What is set is what is read, from the property and from libzmq; told once");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      g_autoptr (ZmqgSocket) socket = new_socket_for (row);
      g_autofree char *detailed = g_strconcat ("notify::", row->name, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) told = NULL;
      int n_notified = 0;

      if (!is_number (row))
        continue;

      g_test_message ("%s", row->name);
      g_signal_connect (socket, detailed, G_CALLBACK (count_notify_cb), &n_notified);
      g_signal_connect (socket, "error-occurred", G_CALLBACK (keep_error_cb), &told);
      set_and_check (socket, row, row->other);
      g_assert_cmpint (n_notified, ==, 1);
      set_and_check (socket, row, row->other);
      g_assert_cmpint (n_notified, ==, 1);
      /* libzmq does not take the initial -1 back */
      if (row->option == ZMQ_HEARTBEAT_TIMEOUT)
        continue;
      set_and_check (socket, row, row->initial);
      set_and_check (socket, row, row->least);

      n_notified = 0;
      set_and_check (socket, row, row->initial);
      n_notified = 0;
      g_assert_true (zmqg_socket_set_option_int (socket, row->option, row->other, &error));
      g_assert_no_error (error);
      g_assert_cmpint (n_notified, ==, 1);
      g_assert_cmpint (zmqg_test_get_number (socket, row->name), ==, row->other);
      zmqg_test_run_until_idle (NULL);
      g_assert_no_error (told);
    }
}

static void
test_construction (void)
{
  g_test_summary ("Each option can be given to the constructor");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      const char *names[] = { "socket-type", row->name };
      GValue values[2] = { G_VALUE_INIT, G_VALUE_INIT };
      GParamSpec *pspec = get_pspec (row);
      g_auto (GValue) number = G_VALUE_INIT;
      g_autoptr (ZmqgSocket) socket = NULL;
      g_autoptr (GError) error = NULL;

      if (!is_number (row))
        continue;

      g_test_message ("%s", row->name);
      g_value_init (&values[0], ZMQG_TYPE_SOCKET_TYPE);
      g_value_set_enum (&values[0], g_bit_nth_lsf (row->types, -1));
      g_value_init (&number, G_TYPE_INT64);
      g_value_set_int64 (&number, row->other);
      g_value_init (&values[1], pspec->value_type);
      if (G_VALUE_HOLDS_BOOLEAN (&values[1]))
        g_value_set_boolean (&values[1], row->other);
      else
        g_assert_true (g_value_transform (&number, &values[1]));

      socket = ZMQG_SOCKET (g_object_new_with_properties (ZMQG_TYPE_SOCKET, 2, names, values));
      g_value_unset (&values[0]);
      g_value_unset (&values[1]);
      g_assert_true (g_initable_init (G_INITABLE (socket), NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (zmqg_test_get_number (socket, row->name), ==, row->other);
      if (row->readable)
        g_assert_cmpint (ask_number (socket, row), ==, row->other);
    }
}

static void
test_range (void)
{
  g_test_summary ("A value out of range is an error that names the option, and changes nothing");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      g_autoptr (ZmqgSocket) socket = new_socket_for (row);
      GParamSpec *pspec = get_pspec (row);
      /* Would be 1 to who looks at 32 bits */
      gint64 values[] = { row->bad, G_GINT64_CONSTANT (0x100000001), G_MININT64 };

      for (guint j = 0; is_number (row) && j < G_N_ELEMENTS (values); j++)
        {
          g_autoptr (GError) error = NULL;

          if (j == 1 && row->kind == WIDE)
            continue;
          g_test_message ("%s %" G_GINT64_FORMAT, row->name, values[j]);
          g_assert_false (zmqg_socket_set_option_int (socket, row->option, values[j], &error));
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
          g_assert_nonnull (strstr (error->message, row->name));
          g_assert_cmpint (zmqg_test_get_number (socket, row->name), ==, row->initial);
          if (row->readable)
            g_assert_cmpint (ask_number (socket, row), ==, row->initial);
        }

      if (is_number (row) && pspec->value_type != G_TYPE_BOOLEAN && row->bad < row->least)
        {
          g_test_expect_message ("GLib-GObject", G_LOG_LEVEL_WARNING, "*out of range*");
          zmqg_test_set_number (socket, row->name, row->bad);
          g_test_assert_expected_messages ();
          g_assert_cmpint (zmqg_test_get_number (socket, row->name), ==, row->initial);
        }
    }
}

static void
try_wrong_type (const Row      *row,
                ZmqgSocketType  type)
{
  g_autoptr (ZmqgSocket) socket = zmqg_test_socket_new (type);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) told = NULL;

  g_test_message ("%s on type %d", row->name, type);
  g_assert_false (zmqg_socket_set_option_int (socket, row->option, row->other, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, row->name));

  g_signal_connect (socket, "error-occurred", G_CALLBACK (keep_error_cb), &told);
  zmqg_test_set_number (socket, row->name, row->other);
  g_assert_no_error (told);
  zmqg_test_wait_for (told != NULL);
  g_assert_error (told, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (told->message, row->name));
  g_assert_cmpint (zmqg_test_get_number (socket, row->name), ==, row->initial);
}

static void
test_wrong_type (void)
{
  g_test_summary ("An option of other types is an error, at a call or by signal");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      for (int type = ZMQG_SOCKET_TYPE_PAIR; type <= ZMQG_SOCKET_TYPE_STREAM; type++)
        {
          if (is_number (&rows[i]) && (rows[i].types & (1u << type)) == 0)
            try_wrong_type (&rows[i], type);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/options/complete", test_complete);
  g_test_add_func ("/options/defaults", test_defaults);
  g_test_add_func ("/options/round-trip", test_round_trip);
  g_test_add_func ("/options/construction", test_construction);
  g_test_add_func ("/options/range", test_range);
  g_test_add_func ("/options/wrong-type", test_wrong_type);

  return g_test_run ();
}
