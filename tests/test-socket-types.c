/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-utils.h"

#include <string.h>
#include <unistd.h>

/* Every type with every type it may speak to, over every transport libzmq has here */

typedef struct
{
  ZmqgSocket *socket;
  GPtrArray *messages;
} End;

typedef struct
{
  End bound;
  End connected;
} Link;

typedef struct
{
  const char *name;
  ZmqgSocketType bound;
  ZmqgSocketType connected;
  void (*exchange) (Link *link);
} Pattern;

typedef struct
{
  const char *name;
  const char *capability;
  const char *bind_to;
  /* Where the resolved endpoint is not one to connect to */
  const char *connect_to;
} Transport;

typedef struct
{
  const Pattern *pattern;
  const Transport *transport;
} Combination;

static const Transport transports[] = {
  { "tcp", NULL, "tcp://127.0.0.1:*", NULL },
  { "ipc", "ipc", "ipc://*", NULL },
  /* Each time another name: the reaper gives it back in its own time */
  { "inproc", NULL, NULL, NULL },
  { "ws", "ws", "ws://127.0.0.1:*", NULL },
  { "tipc", "tipc", "tipc://{5577,0,0}", "tipc://{5577,0}" },
};

static void
received_cb (ZmqgSocket  *socket,
             ZmqgMessage *message,
             End         *end)
{
  g_assert_true (socket == end->socket);
  g_ptr_array_add (end->messages, zmqg_message_ref (message));
}

static void
end_init (End            *end,
          ZmqgSocketType  type)
{
  end->socket = zmqg_test_socket_new (type);
  end->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_message_unref);
  g_signal_connect (end->socket, "message-received", G_CALLBACK (received_cb), end);
}

static void
end_clear (End *end)
{
  g_assert_cmpuint (end->messages->len, ==, 0);
  g_ptr_array_unref (end->messages);
  zmqg_test_release (end->socket);
}

static ZmqgMessage *
take (End *end)
{
  zmqg_test_wait_for (end->messages->len > 0);

  return g_ptr_array_steal_index (end->messages, 0);
}

/* Frames that are empty, binary, small and large */
static ZmqgMessage *
make_message (void)
{
  g_autofree guint8 *large = g_malloc (100000);
  ZmqgMessage *message = zmqg_message_new_string ("head");

  for (guint i = 0; i < 100000; i++)
    large[i] = i * 31 >> 3;
  zmqg_message_append_data (message, NULL, 0);
  zmqg_message_append_data (message, (const guint8 *) "\0\1\0\xff", 4);
  zmqg_message_append_data (message, large, 100000);
  zmqg_message_append_string (message, "");

  return message;
}

static void
assert_equal_from (ZmqgMessage *message,
                   guint        first,
                   ZmqgMessage *expected)
{
  g_assert_cmpuint (zmqg_message_get_n_frames (message), ==,
                    first + zmqg_message_get_n_frames (expected));
  for (guint i = 0; i < zmqg_message_get_n_frames (expected); i++)
    g_assert_true (g_bytes_equal (zmqg_message_get_frame (message, first + i),
                                  zmqg_message_get_frame (expected, i)));
}

static void
send_message (End         *end,
              ZmqgMessage *message)
{
  g_autoptr (GError) error = NULL;

  zmqg_socket_send (end->socket, message, &error);
  g_assert_no_error (error);
}

/* Sends it one way and expects it as it is, behind that many frames of envelope */
static ZmqgMessage *
pass (End   *from,
      End   *to,
      guint  n_envelope)
{
  g_autoptr (ZmqgMessage) sent = make_message ();
  ZmqgMessage *received;

  send_message (from, sent);
  received = take (to);
  assert_equal_from (received, n_envelope, sent);

  return received;
}

static void
exchange_both_ways (Link *link)
{
  g_autoptr (ZmqgMessage) there = pass (&link->connected, &link->bound, 0);
  g_autoptr (ZmqgMessage) back = pass (&link->bound, &link->connected, 0);
}

static void
exchange_to_bound (Link *link)
{
  g_autoptr (ZmqgMessage) message = pass (&link->connected, &link->bound, 0);
}

static void
exchange_to_connected (Link *link)
{
  g_autoptr (ZmqgMessage) message = pass (&link->bound, &link->connected, 0);
}

static void
exchange_in_turn (Link *link)
{
  for (guint i = 0; i < 3; i++)
    exchange_both_ways (link);
}

/* Answers with the envelope a ROUTER got */
static void
answer (End         *router,
        End         *peer,
        ZmqgMessage *request,
        guint        n_envelope,
        guint        n_left)
{
  g_autoptr (ZmqgMessage) body = make_message ();
  g_autoptr (ZmqgMessage) reply = zmqg_message_copy (body);
  g_autoptr (ZmqgMessage) received = NULL;

  for (guint i = n_envelope; i > 0; i--)
    zmqg_message_prepend_bytes (reply, zmqg_message_get_frame (request, i - 1));
  send_message (router, reply);

  received = take (peer);
  assert_equal_from (received, n_left, body);
}

static void
exchange_req_router (Link *link)
{
  g_autoptr (ZmqgMessage) request = pass (&link->connected, &link->bound, 2);

  g_assert_cmpuint (g_bytes_get_size (zmqg_message_get_frame (request, 1)), ==, 0);
  answer (&link->bound, &link->connected, request, 2, 0);
}

static void
exchange_dealer_router (Link *link)
{
  g_autoptr (ZmqgMessage) request = pass (&link->connected, &link->bound, 1);

  answer (&link->bound, &link->connected, request, 1, 0);
}

/* A REP answers what has an empty frame in front */
static void
exchange_dealer_rep (Link *link)
{
  g_autoptr (ZmqgMessage) body = make_message ();
  g_autoptr (ZmqgMessage) request = zmqg_message_copy (body);
  g_autoptr (ZmqgMessage) received = NULL;
  g_autoptr (ZmqgMessage) reply = NULL;
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);

  zmqg_message_prepend_bytes (request, empty);
  send_message (&link->connected, request);
  received = take (&link->bound);
  assert_equal_from (received, 0, body);

  reply = pass (&link->bound, &link->connected, 1);
}

/* Routers send to those they know: the name must have arrived first */
static void
exchange_router_router (Link *link)
{
  g_autoptr (GBytes) name = g_bytes_new_static ("bound", 5);
  g_autoptr (ZmqgMessage) body = make_message ();
  g_autoptr (ZmqgMessage) message = zmqg_message_copy (body);
  g_autoptr (ZmqgMessage) received = NULL;
  g_autoptr (GError) error = NULL;

  zmqg_message_prepend_bytes (message, name);
  while (!zmqg_socket_send (link->connected.socket, message, &error))
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE);
      g_clear_error (&error);
      zmqg_test_run_for (NULL, 2);
    }

  received = take (&link->bound);
  assert_equal_from (received, 1, body);
  answer (&link->bound, &link->connected, received, 1, 1);
}

/* Publishes until it arrives: a publisher does not tell when it knows of a subscription */
static void
exchange_publish (Link *link)
{
  g_autoptr (ZmqgMessage) sent = make_message ();
  g_autoptr (ZmqgMessage) received = NULL;

  while (link->connected.messages->len == 0)
    {
      send_message (&link->bound, sent);
      zmqg_test_run_for (NULL, 5);
    }
  received = take (&link->connected);
  assert_equal_from (received, 0, sent);

  /* The others that were sent meanwhile */
  zmqg_test_run_for (NULL, 20);
  g_ptr_array_set_size (link->connected.messages, 0);
}

static void
subscribe (Link *link)
{
  g_autoptr (GError) error = NULL;

  zmqg_socket_subscribe (link->connected.socket, "head", &error);
  g_assert_no_error (error);
}

static void
exchange_pub_sub (Link *link)
{
  subscribe (link);
  exchange_publish (link);
}

static void
exchange_pub_xsub (Link *link)
{
  g_autoptr (ZmqgMessage) subscription = zmqg_message_new_string ("\1head");

  send_message (&link->connected, subscription);
  exchange_publish (link);
}

static void
expect_subscription (Link *link)
{
  g_autoptr (ZmqgMessage) subscription = take (&link->bound);
  gsize length;
  const guint8 *data = zmqg_message_peek_frame (subscription, 0, &length);

  g_assert_cmpmem (data, length, "\1head", 5);
}

static void
exchange_xpub_sub (Link *link)
{
  subscribe (link);
  expect_subscription (link);
  exchange_to_connected (link);
}

static void
exchange_xpub_xsub (Link *link)
{
  g_autoptr (ZmqgMessage) subscription = zmqg_message_new_string ("\1head");

  send_message (&link->connected, subscription);
  expect_subscription (link);
  exchange_to_connected (link);
}

/* A raw connection: the first frame names it, an empty second one tells of its beginning */
static void
exchange_stream (Link *link)
{
  g_autoptr (ZmqgMessage) here = take (&link->connected);
  g_autoptr (ZmqgMessage) there = take (&link->bound);
  g_autoptr (ZmqgMessage) message = zmqg_message_new ();
  g_autoptr (ZmqgMessage) received = NULL;
  gsize length;
  const guint8 *data;

  g_assert_cmpuint (zmqg_message_get_n_frames (here), ==, 2);
  g_assert_cmpuint (g_bytes_get_size (zmqg_message_get_frame (here, 1)), ==, 0);

  zmqg_message_append_bytes (message, zmqg_message_get_frame (here, 0));
  zmqg_message_append_string (message, "raw bytes");
  send_message (&link->connected, message);

  received = take (&link->bound);
  g_assert_true (g_bytes_equal (zmqg_message_get_frame (received, 0),
                                zmqg_message_get_frame (there, 0)));
  data = zmqg_message_peek_frame (received, 1, &length);
  g_assert_cmpmem (data, length, "raw bytes", 9);
}

static const Pattern patterns[] = {
  { "pair-pair", ZMQG_SOCKET_TYPE_PAIR, ZMQG_SOCKET_TYPE_PAIR, exchange_both_ways },
  { "pub-sub", ZMQG_SOCKET_TYPE_PUB, ZMQG_SOCKET_TYPE_SUB, exchange_pub_sub },
  { "pub-xsub", ZMQG_SOCKET_TYPE_PUB, ZMQG_SOCKET_TYPE_XSUB, exchange_pub_xsub },
  { "xpub-sub", ZMQG_SOCKET_TYPE_XPUB, ZMQG_SOCKET_TYPE_SUB, exchange_xpub_sub },
  { "xpub-xsub", ZMQG_SOCKET_TYPE_XPUB, ZMQG_SOCKET_TYPE_XSUB, exchange_xpub_xsub },
  { "rep-req", ZMQG_SOCKET_TYPE_REP, ZMQG_SOCKET_TYPE_REQ, exchange_in_turn },
  { "rep-dealer", ZMQG_SOCKET_TYPE_REP, ZMQG_SOCKET_TYPE_DEALER, exchange_dealer_rep },
  { "router-req", ZMQG_SOCKET_TYPE_ROUTER, ZMQG_SOCKET_TYPE_REQ, exchange_req_router },
  { "router-dealer", ZMQG_SOCKET_TYPE_ROUTER, ZMQG_SOCKET_TYPE_DEALER, exchange_dealer_router },
  { "router-router", ZMQG_SOCKET_TYPE_ROUTER, ZMQG_SOCKET_TYPE_ROUTER, exchange_router_router },
  { "dealer-dealer", ZMQG_SOCKET_TYPE_DEALER, ZMQG_SOCKET_TYPE_DEALER, exchange_both_ways },
  { "pull-push", ZMQG_SOCKET_TYPE_PULL, ZMQG_SOCKET_TYPE_PUSH, exchange_to_bound },
  { "push-pull", ZMQG_SOCKET_TYPE_PUSH, ZMQG_SOCKET_TYPE_PULL, exchange_to_connected },
  { "stream-stream", ZMQG_SOCKET_TYPE_STREAM, ZMQG_SOCKET_TYPE_STREAM, exchange_stream },
};

static gboolean
bind_and_connect (Link            *link,
                  const Transport *transport)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) bindings = NULL;
  g_autofree char *bind_to = transport->bind_to != NULL
                               ? g_strdup (transport->bind_to)
                               : zmqg_test_transport_get_free (ZMQG_TEST_INPROC);

  if (!zmqg_socket_bind (link->bound.socket, bind_to, &error))
    {
      /* libzmq may know what the kernel does not */
      g_assert_cmpstr (transport->name, ==, "tipc");
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
      g_test_skip ("this kernel has no TIPC");
      return FALSE;
    }

  bindings = zmqg_socket_list_bindings (link->bound.socket);
  zmqg_socket_connect_to (link->connected.socket,
                          transport->connect_to != NULL ? transport->connect_to : bindings[0],
                          &error);
  g_assert_no_error (error);

  return TRUE;
}

static void
test_exchange (gconstpointer data)
{
  const Combination *combination = data;
  const Pattern *pattern = combination->pattern;
  const Transport *transport = combination->transport;
  Link link;

  if (transport->capability != NULL && !zmqg_has_capability (transport->capability))
    {
      g_test_skip ("this libzmq was built without it");
      return;
    }

  end_init (&link.bound, pattern->bound);
  end_init (&link.connected, pattern->connected);
  if (pattern->exchange == exchange_router_router)
    {
      g_object_set (link.bound.socket, "routing-id", "bound", NULL);
      g_object_set (link.connected.socket, "router-mandatory", TRUE, NULL);
    }

  if (bind_and_connect (&link, transport))
    pattern->exchange (&link);

  end_clear (&link.connected);
  end_clear (&link.bound);
}

/* Each type in each role at least once, and nothing forgotten when types are added */
static void
test_complete (void)
{
  g_autoptr (GEnumClass) types = g_type_class_ref (ZMQG_TYPE_SOCKET_TYPE);

  g_assert_cmpuint (types->n_values, ==, 12);
  for (guint i = 0; i < types->n_values; i++)
    {
      gboolean found = FALSE;

      for (guint j = 0; j < G_N_ELEMENTS (patterns); j++)
        found |= (int) patterns[j].bound == types->values[i].value ||
                 (int) patterns[j].connected == types->values[i].value;
      g_assert_true (found);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/socket-types/complete", test_complete);
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (transports); j++)
        {
          g_autofree char *path = g_strdup_printf ("/socket-types/%s/%s", patterns[i].name,
                                                   transports[j].name);
          Combination *combination;

          if (patterns[i].exchange == exchange_stream && j > 0)
            continue;
          combination = g_new (Combination, 1);
          combination->pattern = &patterns[i];
          combination->transport = &transports[j];
          g_test_add_data_func_full (path, combination, test_exchange, g_free);
        }
    }

  return g_test_run ();
}
