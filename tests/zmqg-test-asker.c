/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-asker.h"
#include "zmqg-test-utils.h"

#include <string.h>

static void
reply_cb (ZmqgSocket    *socket,
          ZmqgMessage   *message,
          ZmqgTestAsker *asker)
{
  g_ptr_array_add (asker->replies, zmqg_message_ref (message));
}

ZmqgTestAsker *
zmqg_test_asker_new (ZmqgContext *context)
{
  g_autoptr (GError) error = NULL;
  ZmqgTestAsker *self = g_new0 (ZmqgTestAsker, 1);

  self->socket = zmqg_socket_new_with_context (context, ZMQG_SOCKET_TYPE_DEALER, &error);
  g_assert_no_error (error);
  self->replies = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_message_unref);
  g_signal_connect (self->socket, "message-received", G_CALLBACK (reply_cb), self);
  zmqg_socket_connect_to (self->socket, "inproc://zeromq.zap.01", &error);
  g_assert_no_error (error);

  return self;
}

void
zmqg_test_asker_free (ZmqgTestAsker *self)
{
  g_signal_handlers_disconnect_by_data (self->socket, self);
  zmqg_socket_close (self->socket);
  g_object_unref (self->socket);
  g_ptr_array_unref (self->replies);
  g_free (self);
}

static void
append_frames (ZmqgMessage *message,
               const char  *frame,
               va_list      frames)
{
  while (frame != NULL)
    {
      zmqg_message_append_data (message, (const guint8 *) frame, strlen (frame));
      frame = va_arg (frames, const char *);
    }
}

void
zmqg_test_asker_send (ZmqgTestAsker *self,
                      ...)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new ();
  g_autoptr (GError) error = NULL;
  va_list frames;

  va_start (frames, self);
  append_frames (message, va_arg (frames, const char *), frames);
  va_end (frames);
  zmqg_socket_send (self->socket, message, &error);
  g_assert_no_error (error);
}

/* Others may still be on their way */
static ZmqgMessage *
find_reply (ZmqgTestAsker *self,
            const char    *id)
{
  for (guint i = 0; i < self->replies->len; i++)
    {
      ZmqgMessage *reply = self->replies->pdata[i];
      g_autofree char *reply_id = zmqg_message_get_string (reply, 2, NULL);

      if (g_strcmp0 (reply_id, id) == 0)
        return reply;
    }

  return NULL;
}

char *
zmqg_test_asker_ask (ZmqgTestAsker *self,
                     const char    *domain,
                     const char    *address,
                     const char    *mechanism,
                     ...)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new ();
  g_autofree char *id = g_strdup_printf ("question %u", ++self->n_asked);
  const char *const frames[] = { "", "1.0", id, domain, address, "", mechanism };
  g_autoptr (GError) error = NULL;
  ZmqgMessage *reply;
  va_list credentials;

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    zmqg_message_append_string (message, frames[i]);
  va_start (credentials, mechanism);
  append_frames (message, va_arg (credentials, const char *), credentials);
  va_end (credentials);

  g_ptr_array_set_size (self->replies, 0);
  zmqg_socket_send (self->socket, message, &error);
  g_assert_no_error (error);
  zmqg_test_wait_for ((reply = find_reply (self, id)) != NULL);
  g_assert_cmpuint (zmqg_message_get_n_frames (reply), ==, 7);

  return zmqg_message_get_string (reply, 3, NULL);
}
