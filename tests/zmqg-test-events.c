/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-events.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <zmq.h>

static void
event_cb (ZmqgSocket          *socket,
          ZmqgConnectionEvent *event,
          ZmqgTestEvents      *self)
{
  g_ptr_array_add (self->events, zmqg_connection_event_ref (event));
}

void
zmqg_test_events_init (ZmqgTestEvents *self,
                       ZmqgSocket     *socket)
{
  self->socket = g_object_ref (socket);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_connection_event_unref);
  g_signal_connect (socket, "connection-event", G_CALLBACK (event_cb), self);
}

void
zmqg_test_events_clear (ZmqgTestEvents *self)
{
  if (self->socket == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->socket);
  g_clear_pointer (&self->events, g_ptr_array_unref);
}

guint
zmqg_test_events_count (ZmqgTestEvents          *self,
                        ZmqgConnectionEventKind  kind)
{
  guint n_events = 0;

  for (guint i = 0; i < self->events->len; i++)
    n_events += zmqg_connection_event_get_kind (self->events->pdata[i]) == kind;

  return n_events;
}

ZmqgConnectionEvent *
zmqg_test_events_get (ZmqgTestEvents          *self,
                      ZmqgConnectionEventKind  kind)
{
  for (guint i = self->events->len; i > 0; i--)
    {
      if (zmqg_connection_event_get_kind (self->events->pdata[i - 1]) == kind)
        return self->events->pdata[i - 1];
    }

  return NULL;
}

guint
zmqg_test_events_get_dropped (ZmqgTestEvents *self)
{
  guint n_dropped = 0;

  for (guint i = 0; i < self->events->len; i++)
    n_dropped += zmqg_connection_event_get_n_dropped (self->events->pdata[i]);

  return n_dropped;
}

ZmqgSocket *
zmqg_test_socket_new_monitored (ZmqgSocketType      type,
                                ZmqgTestTransport   transport,
                                char              **endpoint)
{
  ZmqgSocket *socket = g_object_new (ZMQG_TYPE_SOCKET, "socket-type", type, "monitored", TRUE,
                                     NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_initable_init (G_INITABLE (socket), NULL, &error));
  g_assert_no_error (error);
  if (endpoint != NULL)
    zmqg_test_bind_free (socket, transport, endpoint);

  return socket;
}

void
zmqg_test_raw_init (ZmqgTestRaw *self,
                    int          zmq_type,
                    const char  *routing_id)
{
  int zero = 0;

  self->context = zmq_ctx_new ();
  self->socket = zmq_socket (self->context, zmq_type);
  g_assert_nonnull (self->socket);
  g_assert_cmpint (zmq_setsockopt (self->socket, ZMQ_LINGER, &zero, sizeof zero), ==, 0);
  if (routing_id != NULL)
    g_assert_cmpint (zmq_setsockopt (self->socket, ZMQ_ROUTING_ID, routing_id,
                                     strlen (routing_id)), ==, 0);
}

void
zmqg_test_raw_connect (ZmqgTestRaw *self,
                       const char  *endpoint)
{
  g_assert_cmpint (zmq_connect (self->socket, endpoint), ==, 0);
}

void
zmqg_test_raw_send (ZmqgTestRaw *self,
                    const char  *text)
{
  g_assert_cmpint (zmq_send (self->socket, text, strlen (text), 0), ==, (int) strlen (text));
}

void
zmqg_test_raw_clear (ZmqgTestRaw *self)
{
  if (self->context == NULL)
    return;

  zmq_close (g_steal_pointer (&self->socket));
  zmq_ctx_term (g_steal_pointer (&self->context));
}

static void
received_cb (ZmqgSocket     *socket,
             ZmqgMessage    *message,
             ZmqgTestReader *self)
{
  ZmqgPeer *peer = zmqg_socket_find_peer (socket, message);

  self->n_messages++;
  if (peer == NULL)
    self->n_nobody++;
  else
    g_hash_table_replace (self->peers,
                          zmqg_test_bytes_to_text (zmqg_message_get_frame (message, 0)), peer);
}

void
zmqg_test_reader_init (ZmqgTestReader *self,
                       ZmqgSocket     *socket)
{
  self->socket = socket;
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) zmqg_peer_unref);
  self->n_messages = 0;
  self->n_nobody = 0;
  g_signal_connect (socket, "message-received", G_CALLBACK (received_cb), self);
}

void
zmqg_test_reader_clear (ZmqgTestReader *self)
{
  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_hash_table_unref (self->peers);
}

char *
zmqg_test_bytes_to_text (GBytes *bytes)
{
  if (bytes == NULL)
    return NULL;

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

void
zmqg_test_add_network_transports (const char    *path,
                                  GTestDataFunc  func)
{
  const ZmqgTestTransport transports[] = { ZMQG_TEST_TCP, ZMQG_TEST_IPC };

  for (guint i = 0; i < G_N_ELEMENTS (transports); i++)
    {
      g_autofree char *full = g_strdup_printf ("%s/%s", path,
                                               zmqg_test_transport_get_name (transports[i]));

      g_test_add_data_func (full, GINT_TO_POINTER (transports[i]), func);
    }
}

int
zmqg_test_tcp_connect (const char *endpoint)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_true (g_str_has_prefix (endpoint, "tcp://127.0.0.1:"));
  address.sin_port = htons (g_ascii_strtoull (strrchr (endpoint, ':') + 1, NULL, 10));
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (fd, !=, -1);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);

  return fd;
}
