/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-zap.h"

#include "zmqg-test-utils.h"

#include <zmq.h>

#define N_CURVE_FRAMES 7
#define KEY_BYTES 32

static gboolean
is_admitted (ZmqgTestZap *self,
             ZmqgMessage *request,
             char        *key)
{
  gsize length;
  const guint8 *bytes;

  if (zmqg_message_get_n_frames (request) != N_CURVE_FRAMES)
    return FALSE;
  bytes = zmqg_message_peek_frame (request, N_CURVE_FRAMES - 1, &length);
  if (length != KEY_BYTES)
    return FALSE;

  zmq_z85_encode (key, bytes, KEY_BYTES);

  return g_ptr_array_find_with_equal_func (self->keys, key, g_str_equal, NULL);
}

static void
request_cb (ZmqgSocket  *socket,
            ZmqgMessage *request,
            ZmqgTestZap *self)
{
  g_autoptr (ZmqgMessage) reply = zmqg_message_new ();
  g_autoptr (GError) error = NULL;
  char key[41] = "";
  gboolean admitted = is_admitted (self, request, key);

  g_free (self->domain);
  self->domain = zmqg_message_get_string (request, 2, NULL);
  g_free (self->mechanism);
  self->mechanism = zmqg_message_get_string (request, 5, NULL);

  zmqg_message_append_string (reply, "1.0");
  zmqg_message_append_bytes (reply, zmqg_message_get_frame (request, 1));
  zmqg_message_append_string (reply, admitted ? "200" : "400");
  zmqg_message_append_string (reply, admitted ? "OK" : "no");
  zmqg_message_append_string (reply, admitted ? key : "");
  zmqg_message_append_string (reply, "");
  zmqg_socket_send (socket, reply, &error);
  g_assert_no_error (error);

  if (admitted)
    self->n_admitted++;
  else
    self->n_refused++;
}

ZmqgTestZap *
zmqg_test_zap_new (ZmqgContext *context)
{
  ZmqgTestZap *self = g_new0 (ZmqgTestZap, 1);
  g_autoptr (GError) error = NULL;

  self->keys = g_ptr_array_new_with_free_func (g_free);
  self->socket = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_REP, &error);
  g_assert_no_error (error);
  g_signal_connect (self->socket, "message-received", G_CALLBACK (request_cb), self);
  g_assert_true (zmqg_socket_bind (self->socket, "inproc://zeromq.zap.01", &error));
  g_assert_no_error (error);

  return self;
}

void
zmqg_test_zap_admit (ZmqgTestZap     *self,
                     ZmqgCertificate *certificate)
{
  g_ptr_array_add (self->keys, g_strdup (zmqg_certificate_get_public_key (certificate)));
}

void
zmqg_test_zap_free (ZmqgTestZap *self)
{
  zmqg_test_release (self->socket);
  g_ptr_array_unref (self->keys);
  g_free (self->domain);
  g_free (self->mechanism);
  g_free (self);
}
