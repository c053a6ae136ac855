/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-security.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <zmq.h>

/* How often a monitor is looked at (ms) */
#define LOOK_INTERVAL 5

static const char *const mechanism_names[ZMQG_TEST_N_MECHANISMS] = {
  [ZMQG_TEST_NULL] = "null",
  [ZMQG_TEST_PLAIN] = "plain",
  [ZMQG_TEST_CURVE] = "curve",
};

const char *
zmqg_test_mechanism_get_name (ZmqgTestMechanism mechanism)
{
  return mechanism_names[mechanism];
}

void
zmqg_test_add_mechanisms (const char    *path,
                          GTestDataFunc  func)
{
  for (int i = 0; i < ZMQG_TEST_N_MECHANISMS; i++)
    {
      g_autofree char *full = g_strdup_printf ("%s/%s", path, mechanism_names[i]);

      g_test_add_data_func (full, GINT_TO_POINTER (i), func);
    }
}

static ZmqgCertificate *
get_certificate (ZmqgCertificate **certificate)
{
  if (*certificate == NULL)
    *certificate = zmqg_certificate_new ();

  return *certificate;
}

ZmqgCertificate *
zmqg_test_get_server_certificate (void)
{
  static ZmqgCertificate *certificate;

  return get_certificate (&certificate);
}

ZmqgCertificate *
zmqg_test_get_client_certificate (void)
{
  static ZmqgCertificate *certificate;

  return get_certificate (&certificate);
}

ZmqgAuthenticator *
zmqg_test_authenticator_new (ZmqgContext *context)
{
  g_autoptr (GError) error = NULL;
  ZmqgAuthenticator *authenticator = zmqg_authenticator_new (context, &error);

  g_assert_no_error (error);
  g_assert_true (ZMQG_IS_AUTHENTICATOR (authenticator));

  return authenticator;
}

void
zmqg_test_authenticator_admit (ZmqgAuthenticator *authenticator,
                               const char        *domain)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (zmqg_authenticator_allow_address (authenticator, domain, "127.0.0.1", &error));
  g_assert_no_error (error);
  zmqg_authenticator_add_plain_user (authenticator, domain, ZMQG_TEST_USER, ZMQG_TEST_PASSWORD);
  zmqg_authenticator_add_certificate (authenticator, domain, zmqg_test_get_client_certificate ());
}

ZmqgSocket *
zmqg_test_server_new (ZmqgContext       *context,
                      ZmqgTestMechanism  mechanism,
                      const char        *domain)
{
  g_autoptr (GError) error = NULL;
  ZmqgSocket *server = g_object_new (ZMQG_TYPE_SOCKET,
                                     "context", context,
                                     "socket-type", ZMQG_SOCKET_TYPE_PULL,
                                     "linger", 0,
                                     "zap-domain", domain,
                                     "plain-server", mechanism == ZMQG_TEST_PLAIN,
                                     "curve-server", mechanism == ZMQG_TEST_CURVE, NULL);

  if (mechanism == ZMQG_TEST_CURVE)
    g_object_set (server, "curve-secret-key",
                  zmqg_certificate_get_secret_key (zmqg_test_get_server_certificate ()), NULL);
  zmqg_socket_bind (server, "tcp://127.0.0.1:*", &error);
  g_assert_no_error (error);

  return server;
}

char *
zmqg_test_server_get_endpoint (ZmqgSocket *server)
{
  return zmqg_socket_dup_last_endpoint (server);
}

static void
received_cb (ZmqgSocket    *server,
             ZmqgMessage   *message,
             ZmqgTestInbox *inbox)
{
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (inbox->texts, zmqg_message_get_string (message, 0, &error));
  g_assert_no_error (error);
  g_ptr_array_add (inbox->user_ids, g_strdup (zmqg_message_get_metadata (message, "User-Id")));
}

ZmqgTestInbox *
zmqg_test_inbox_new (ZmqgSocket *server)
{
  ZmqgTestInbox *inbox = g_new0 (ZmqgTestInbox, 1);

  inbox->server = g_object_ref (server);
  inbox->texts = g_ptr_array_new_with_free_func (g_free);
  inbox->user_ids = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (server, "message-received", G_CALLBACK (received_cb), inbox);

  return inbox;
}

void
zmqg_test_inbox_free (ZmqgTestInbox *inbox)
{
  g_signal_handlers_disconnect_by_data (inbox->server, inbox);
  g_object_unref (inbox->server);
  g_ptr_array_unref (inbox->texts);
  g_ptr_array_unref (inbox->user_ids);
  g_free (inbox);
}

typedef struct
{
  int event;
  int value;
} Event;

struct _ZmqgTestMonitor
{
  void   *watched;
  void   *socket;
  GArray *events;
  guint   source_id;
};

static gboolean
look_cb (gpointer user_data)
{
  ZmqgTestMonitor *self = user_data;
  guint8 data[6];
  char address[256];

  while (zmq_recv (self->socket, data, sizeof data, ZMQ_DONTWAIT) == sizeof data)
    {
      guint16 number;
      guint32 value;
      Event event;

      memcpy (&number, data, sizeof number);
      memcpy (&value, data + sizeof number, sizeof value);
      event = (Event) { number, value };
      g_array_append_val (self->events, event);
      zmq_recv (self->socket, address, sizeof address, ZMQ_DONTWAIT);
    }

  return G_SOURCE_CONTINUE;
}

ZmqgTestMonitor *
zmqg_test_monitor_new (void *zmq_context,
                       void *zmq_socket_handle)
{
  static int n_monitors;
  g_autofree char *endpoint = g_strdup_printf ("inproc://test-monitor-%d", n_monitors++);
  ZmqgTestMonitor *self = g_new0 (ZmqgTestMonitor, 1);
  int unlimited = 0;

  self->watched = zmq_socket_handle;
  self->events = g_array_new (FALSE, FALSE, sizeof (Event));
  g_assert_cmpint (zmq_socket_monitor (zmq_socket_handle, endpoint, ZMQ_EVENT_ALL), ==, 0);
  self->socket = zmq_socket (zmq_context, ZMQ_PAIR);
  g_assert_cmpint (zmq_setsockopt (self->socket, ZMQ_RCVHWM, &unlimited, sizeof unlimited), ==, 0);
  g_assert_cmpint (zmq_connect (self->socket, endpoint), ==, 0);
  self->source_id = g_timeout_add (LOOK_INTERVAL, look_cb, self);

  return self;
}

guint
zmqg_test_monitor_count (ZmqgTestMonitor *self,
                         int              event,
                         int              value)
{
  guint n_events = 0;

  for (guint i = 0; i < self->events->len; i++)
    {
      Event *each = &g_array_index (self->events, Event, i);

      n_events += each->event == event && (value < 0 || each->value == value);
    }

  return n_events;
}

static const char *
event_get_name (int event)
{
  switch (event)
    {
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
      return "HANDSHAKE_FAILED_NO_DETAIL";
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      return "HANDSHAKE_FAILED_PROTOCOL";
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      return "HANDSHAKE_FAILED_AUTH";
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      return "HANDSHAKE_SUCCEEDED";
    case ZMQ_EVENT_CONNECT_RETRIED:
      return "CONNECT_RETRIED";
    case ZMQ_EVENT_DISCONNECTED:
      return "DISCONNECTED";
    default:
      return NULL;
    }
}

char *
zmqg_test_monitor_describe (ZmqgTestMonitor *self)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->events->len; i++)
    {
      Event *event = &g_array_index (self->events, Event, i);
      const char *name = event_get_name (event->event);
      g_autofree char *line = NULL;

      if (name == NULL)
        continue;
      if (strstr (name, "_PROTOCOL") != NULL)
        line = g_strdup_printf ("%s 0x%x", name, event->value);
      else if (strstr (name, "FAILED") != NULL)
        line = g_strdup_printf ("%s %d", name, event->value);
      else
        line = g_strdup (name);
      if (!g_ptr_array_find_with_equal_func (lines, line, g_str_equal, NULL))
        g_ptr_array_add (lines, g_steal_pointer (&line));
    }
  g_ptr_array_add (lines, NULL);

  return g_strjoinv (", ", (char **) lines->pdata);
}

void
zmqg_test_monitor_free (ZmqgTestMonitor *self)
{
  g_source_remove (self->source_id);
  zmq_socket_monitor (self->watched, NULL, 0);
  zmq_close (self->socket);
  g_array_unref (self->events);
  g_free (self);
}

struct _ZmqgTestClient
{
  void            *context;
  void            *socket;
  ZmqgTestMonitor *monitor;
};

static void
set_text (ZmqgTestClient *self,
          int             option,
          const char     *text)
{
  g_assert_cmpint (zmq_setsockopt (self->socket, option, text, strlen (text)), ==, 0);
}

static ZmqgTestClient *
client_alloc (void)
{
  ZmqgTestClient *self = g_new0 (ZmqgTestClient, 1);
  int linger = 0;

  self->context = zmq_ctx_new ();
  self->socket = zmq_socket (self->context, ZMQ_PUSH);
  g_assert_nonnull (self->socket);
  zmq_setsockopt (self->socket, ZMQ_LINGER, &linger, sizeof linger);
  self->monitor = zmqg_test_monitor_new (self->context, self->socket);

  return self;
}

static ZmqgTestClient *
client_connect (ZmqgTestClient *self,
                const char     *endpoint,
                const char     *text)
{
  g_assert_cmpint (zmq_connect (self->socket, endpoint), ==, 0);
  zmqg_test_client_send (self, text);

  return self;
}

ZmqgTestClient *
zmqg_test_client_new (ZmqgTestMechanism  mechanism,
                      const char        *endpoint,
                      const char        *text)
{
  ZmqgCertificate *server = zmqg_test_get_server_certificate ();

  if (mechanism == ZMQG_TEST_PLAIN)
    return zmqg_test_client_new_plain (ZMQG_TEST_USER, ZMQG_TEST_PASSWORD, endpoint, text);
  if (mechanism == ZMQG_TEST_CURVE)
    return zmqg_test_client_new_curve (zmqg_test_get_client_certificate (),
                                       zmqg_certificate_get_public_key (server), endpoint, text);

  return client_connect (client_alloc (), endpoint, text);
}

ZmqgTestClient *
zmqg_test_client_new_plain (const char *username,
                            const char *password,
                            const char *endpoint,
                            const char *text)
{
  ZmqgTestClient *self = client_alloc ();

  set_text (self, ZMQ_PLAIN_USERNAME, username);
  set_text (self, ZMQ_PLAIN_PASSWORD, password);

  return client_connect (self, endpoint, text);
}

ZmqgTestClient *
zmqg_test_client_new_curve (ZmqgCertificate *certificate,
                            const char      *server_key,
                            const char      *endpoint,
                            const char      *text)
{
  ZmqgTestClient *self = client_alloc ();

  set_text (self, ZMQ_CURVE_SERVERKEY, server_key);
  set_text (self, ZMQ_CURVE_PUBLICKEY, zmqg_certificate_get_public_key (certificate));
  set_text (self, ZMQ_CURVE_SECRETKEY, zmqg_certificate_get_secret_key (certificate));

  return client_connect (self, endpoint, text);
}

guint
zmqg_test_client_count (ZmqgTestClient *self,
                        int             event,
                        int             value)
{
  return zmqg_test_monitor_count (self->monitor, event, value);
}

char *
zmqg_test_client_describe (ZmqgTestClient *self)
{
  return zmqg_test_monitor_describe (self->monitor);
}

void
zmqg_test_client_send (ZmqgTestClient *self,
                       const char     *text)
{
  g_assert_cmpint (zmq_send (self->socket, text, strlen (text), ZMQ_DONTWAIT), >=, 0);
}

void
zmqg_test_client_free (ZmqgTestClient *self)
{
  zmqg_test_monitor_free (self->monitor);
  zmq_close (self->socket);
  zmq_ctx_term (self->context);
  g_free (self);
}
