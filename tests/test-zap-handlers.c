/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-security.h"
#include "zmqg-test-utils.h"

#include <errno.h>
#include <string.h>
#include <zmq.h>

/* Applications that answer authentication requests themselves, and wrongly: what our sockets and
 * their peers come to */

#define DOMAIN "test"

/* After it libzmq ends handshakes that get no answer (ms); its own default is 30 s */
#define HANDSHAKE_TIMEOUT 300

/* libzmq's reasons, in zmq.h with the drafts */
#define ZAP_MALFORMED_REPLY 0x20000001
#define ZAP_BAD_REQUEST_ID 0x20000002
#define ZAP_BAD_VERSION 0x20000003
#define ZAP_INVALID_STATUS_CODE 0x20000004
#define ZAP_INVALID_METADATA 0x20000005

typedef enum
{
  FAULT_NONE,
  FAULT_VERSION,
  FAULT_REQUEST_ID,
  FAULT_STATUS,
  FAULT_STATUS_TEXT,
  FAULT_TOO_MANY,
  FAULT_TOO_FEW,
  FAULT_METADATA,
  FAULT_300,
  FAULT_400,
  FAULT_500,
  FAULT_NO_HANDLER,
  FAULT_DISCONNECTS,
  FAULT_DOES_NOT_RECEIVE,
  FAULT_DOES_NOT_SEND,
} Fault;

static const struct
{
  const char *name;
  /* What the server's monitor tells; value -1: whatever */
  int event;
  int value;
  /* What the client's tells; 0: the connection ends without a word */
  int client_status;
} faults[] = {
  [FAULT_NONE] = { "no-fault", ZMQ_EVENT_HANDSHAKE_SUCCEEDED, -1, 0 },
  [FAULT_VERSION] = { "wrong-version", ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZAP_BAD_VERSION, 0 },
  [FAULT_REQUEST_ID] = { "wrong-request-id", ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
                         ZAP_BAD_REQUEST_ID, 0 },
  [FAULT_STATUS] = { "invalid-status", ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
                     ZAP_INVALID_STATUS_CODE, 0 },
  [FAULT_STATUS_TEXT] = { "status-text", ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
                          ZAP_INVALID_STATUS_CODE, 0 },
  [FAULT_TOO_MANY] = { "too-many-parts", ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
                       ZAP_MALFORMED_REPLY, 0 },
  [FAULT_TOO_FEW] = { "too-few-parts", ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZAP_MALFORMED_REPLY,
                      0 },
  [FAULT_METADATA] = { "bad-metadata", ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZAP_INVALID_METADATA,
                       0 },
  [FAULT_300] = { "300", ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 300, 0 },
  [FAULT_400] = { "400", ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 400, 400 },
  [FAULT_500] = { "500", ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 500, 500 },
  [FAULT_NO_HANDLER] = { "no-handler", ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, EFAULT, 0 },
  [FAULT_DISCONNECTS] = { "disconnects", ZMQ_EVENT_DISCONNECTED, -1, 0 },
  [FAULT_DOES_NOT_RECEIVE] = { "does-not-receive", ZMQ_EVENT_DISCONNECTED, -1, 0 },
  [FAULT_DOES_NOT_SEND] = { "does-not-send", ZMQ_EVENT_DISCONNECTED, -1, 0 },
};

/* A thread that answers */
typedef struct
{
  void *socket;
  Fault fault;
  GThread *thread;
  int stopping;
  int n_requests;
} Handler;

static gboolean
receive_request (Handler *self)
{
  int more = 1;
  size_t size = sizeof more;
  char data[512];

  if (zmq_recv (self->socket, data, sizeof data, 0) < 0)
    return FALSE;
  for (;;)
    {
      zmq_getsockopt (self->socket, ZMQ_RCVMORE, &more, &size);
      if (!more)
        break;
      zmq_recv (self->socket, data, sizeof data, 0);
    }
  g_atomic_int_inc (&self->n_requests);

  return TRUE;
}

static void
send_text (Handler    *self,
           const char *text,
           gboolean    more)
{
  zmq_send (self->socket, text, strlen (text), more ? ZMQ_SNDMORE : 0);
}

static const char *
get_status (Fault fault)
{
  switch (fault)
    {
    case FAULT_STATUS:
      return "600";
    case FAULT_STATUS_TEXT:
      return "OK";
    case FAULT_300:
      return "300";
    case FAULT_400:
      return "400";
    case FAULT_500:
      return "500";
    case FAULT_NONE:
    case FAULT_VERSION:
    case FAULT_REQUEST_ID:
    case FAULT_TOO_MANY:
    case FAULT_TOO_FEW:
    case FAULT_METADATA:
    case FAULT_NO_HANDLER:
    case FAULT_DISCONNECTS:
    case FAULT_DOES_NOT_RECEIVE:
    case FAULT_DOES_NOT_SEND:
    default:
      return "200";
    }
}

static void
send_reply (Handler *self)
{
  send_text (self, self->fault == FAULT_VERSION ? "2.0" : "1.0", TRUE);
  send_text (self, self->fault == FAULT_REQUEST_ID ? "2" : "1", TRUE);
  send_text (self, get_status (self->fault), TRUE);
  send_text (self, "text", TRUE);
  send_text (self, "own handler", self->fault != FAULT_TOO_FEW);
  if (self->fault == FAULT_TOO_FEW)
    return;
  send_text (self, self->fault == FAULT_METADATA ? "\x09no value" : "",
             self->fault == FAULT_TOO_MANY);
  if (self->fault == FAULT_TOO_MANY)
    send_text (self, "", FALSE);
}

static gpointer
handler_thread (gpointer data)
{
  Handler *self = data;

  while (!g_atomic_int_get (&self->stopping))
    {
      if (self->fault == FAULT_DOES_NOT_RECEIVE)
        g_usleep (1000);
      else if (receive_request (self))
        {
          if (self->fault == FAULT_DISCONNECTS)
            break;
          /* A REP that has received can do nothing else before it has sent */
          if (self->fault == FAULT_DOES_NOT_SEND)
            {
              zmqg_test_poll_for (g_atomic_int_get (&self->stopping));
              break;
            }
          send_reply (self);
        }
    }
  zmq_close (self->socket);

  return NULL;
}

static void
handler_start (Handler     *self,
               ZmqgContext *context,
               Fault        fault)
{
  int timeout = 20;
  int linger = 0;

  *self = (Handler) { .fault = fault };
  if (fault == FAULT_NO_HANDLER)
    return;

  self->socket = zmq_socket (zmqg_context_get_handle (context), ZMQ_REP);
  g_assert_nonnull (self->socket);
  zmq_setsockopt (self->socket, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
  zmq_setsockopt (self->socket, ZMQ_LINGER, &linger, sizeof linger);
  g_assert_cmpint (zmq_bind (self->socket, "inproc://zeromq.zap.01"), ==, 0);
  self->thread = g_thread_new ("handler", handler_thread, self);
}

static void
handler_stop (Handler *self)
{
  if (self->thread == NULL)
    return;

  g_atomic_int_set (&self->stopping, TRUE);
  g_clear_pointer (&self->thread, g_thread_join);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Handler, handler_stop)

typedef struct
{
  ZmqgTestMechanism mechanism;
  Fault fault;
} Case;

static gboolean
is_over (const Case      *self,
         ZmqgTestMonitor *monitor,
         ZmqgTestClient  *client)
{
  int event = faults[self->fault].event;
  int status = faults[self->fault].client_status;

  return zmqg_test_monitor_count (monitor, event, faults[self->fault].value) > 0 &&
         (self->fault == FAULT_NONE ||
          zmqg_test_client_count (client, ZMQ_EVENT_DISCONNECTED, -1) > 0) &&
         (status == 0 ||
          zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, status) > 0);
}

/* Sockets of the same context that have nothing to do with it */
static void
assert_others_work (ZmqgContext *context)
{
  g_autoptr (ZmqgSocket) server = zmqg_test_server_new (context, ZMQG_TEST_NULL, NULL);
  g_autoptr (ZmqgTestInbox) inbox = zmqg_test_inbox_new (server);
  g_autofree char *endpoint = zmqg_test_server_get_endpoint (server);
  g_autoptr (ZmqgTestClient) client = zmqg_test_client_new (ZMQG_TEST_NULL, endpoint, "hello");
  gint64 begun = g_get_monotonic_time ();

  zmqg_test_wait_for (inbox->texts->len == 1);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 2 * G_USEC_PER_SEC);
}

static void
test_fault (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgSocket) server = zmqg_test_server_new (context, self->mechanism, DOMAIN);
  g_autoptr (ZmqgTestInbox) inbox = zmqg_test_inbox_new (server);
  g_autoptr (ZmqgTestMonitor) monitor = NULL;
  g_auto (Handler) handler = { NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *endpoint = NULL, *seen = NULL, *client_saw = NULL;
  g_autoptr (ZmqgTestClient) client = NULL;

  g_object_set (server, "handshake-timeout", HANDSHAKE_TIMEOUT, NULL);
  monitor = zmqg_test_monitor_new (zmqg_context_get_handle (context),
                                   zmqg_socket_get_handle (server));
  g_assert_true (zmqg_socket_bind (server, "tcp://127.0.0.1:*", &error));
  g_assert_no_error (error);
  endpoint = zmqg_test_server_get_endpoint (server);

  handler_start (&handler, context, self->fault);
  client = zmqg_test_client_new (self->mechanism, endpoint, "hello");
  zmqg_test_wait_for (is_over (self, monitor, client));
  assert_others_work (context);
  zmqg_test_run_for (NULL, 50);

  seen = zmqg_test_monitor_describe (monitor);
  client_saw = zmqg_test_client_describe (client);
  g_test_message ("server: %s; client: %s", seen, client_saw);
  if (self->fault == FAULT_NONE)
    {
      zmqg_test_wait_for (inbox->texts->len == 1);
      g_assert_cmpstr (inbox->user_ids->pdata[0], ==, "own handler");
      return;
    }
  g_assert_cmpuint (inbox->texts->len, ==, 0);
  g_assert_cmpuint (zmqg_test_client_count (client, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, -1), ==, 0);
}

/* A client that was turned away comes in once somebody answers properly, if it comes again */
static void
test_recovers (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (ZmqgContext) context = zmqg_context_new ();
  g_autoptr (ZmqgAuthenticator) authenticator = NULL;
  g_autoptr (ZmqgSocket) server = zmqg_test_server_new (context, self->mechanism, DOMAIN);
  g_autoptr (ZmqgTestInbox) inbox = zmqg_test_inbox_new (server);
  g_auto (Handler) handler = { NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestClient) client = NULL, other_client = NULL;

  g_object_set (server, "handshake-timeout", HANDSHAKE_TIMEOUT, NULL);
  g_assert_true (zmqg_socket_bind (server, "tcp://127.0.0.1:*", &error));
  g_assert_no_error (error);
  endpoint = zmqg_test_server_get_endpoint (server);
  handler_start (&handler, context, self->fault);
  client = zmqg_test_client_new (self->mechanism, endpoint, "hello");
  zmqg_test_wait_for (zmqg_test_client_count (client, ZMQ_EVENT_DISCONNECTED, -1) > 0);
  handler_stop (&handler);

  /* The name is free when libzmq has come to it */
  zmqg_test_poll_for ((authenticator = zmqg_authenticator_new (context, NULL)) != NULL);
  zmqg_test_authenticator_admit (authenticator, DOMAIN);
  other_client = zmqg_test_client_new (self->mechanism, endpoint, "hello");
  zmqg_test_wait_for (inbox->texts->len >= 1);
}

static void
add_cases (const char    *path,
           GTestDataFunc  func,
           Fault          first,
           Fault          last)
{
  static Case cases[G_N_ELEMENTS (faults) * ZMQG_TEST_N_MECHANISMS];

  for (Fault fault = first; fault <= last; fault++)
    {
      for (int mechanism = 0; mechanism < ZMQG_TEST_N_MECHANISMS; mechanism++)
        {
          Case *self = &cases[fault * ZMQG_TEST_N_MECHANISMS + mechanism];
          g_autofree char *full = g_strdup_printf ("%s/%s/%s", path, faults[fault].name,
                                                   zmqg_test_mechanism_get_name (mechanism));

          *self = (Case) { mechanism, fault };
          g_test_add_data_func (full, self, func);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_cases ("/zap-handlers", test_fault, FAULT_NONE, FAULT_DOES_NOT_SEND);
  add_cases ("/zap-handlers/recovers", test_recovers, FAULT_NO_HANDLER, FAULT_DOES_NOT_SEND);

  return g_test_run ();
}
