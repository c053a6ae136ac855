/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error.h>
#include <zmqglib/socket/zmqg-socket-private.h>

gboolean
zmqg_socket_refuse_send (ZmqgSocket  *self,
                         GQuark       domain,
                         int          code,
                         const char  *reason,
                         GError     **error)
{
  g_set_error (error, domain, code, "Could not send on the %s socket: %s",
               zmqg_socket_get_type_name (self), reason);
  return FALSE;
}

/* What libzmq would drop without a word, or take for something else */
static gboolean
check_frames (ZmqgSocket  *self,
              guint        n_frames,
              GError     **error)
{
  if (G_UNLIKELY (n_frames == 0))
    return zmqg_socket_refuse_send (self, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                                    "the message has no frames", error);
  if (G_UNLIKELY (!zmqg_socket_can_send (self)))
    return zmqg_socket_refuse_send (self, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                                    "this socket type only receives", error);
  if (G_UNLIKELY (self->type == ZMQG_SOCKET_TYPE_ROUTER && n_frames < 2))
    return zmqg_socket_refuse_send (self, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                                    "the message needs a routing id and a frame at least", error);
  if (G_UNLIKELY (self->type == ZMQG_SOCKET_TYPE_STREAM && n_frames != 2))
    return zmqg_socket_refuse_send (self, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                                    "the message must be a routing id and one frame", error);

  return TRUE;
}

gboolean
zmqg_socket_refuse_closed (ZmqgSocket  *self,
                           GError     **error)
{
  if (self->process != zmqg_process_get_id ())
    return zmqg_socket_refuse_send (self, ZMQG_ERROR, ZMQG_ERROR_FORKED,
                                    "the socket was made before fork()", error);
  if (self->open_error != NULL)
    return zmqg_socket_refuse_send (self, self->open_error->domain, self->open_error->code,
                                    self->open_error->message, error);
  if (!g_atomic_int_get (&self->closed))
    return zmqg_socket_refuse_send (self, G_IO_ERROR, G_IO_ERROR_CLOSED, "the socket is closing",
                                    error);

  return zmqg_socket_refuse_send (self, G_IO_ERROR, G_IO_ERROR_CLOSED, "the socket is closed",
                                  error);
}

/* The holder of the main context knows whether the socket is open; others find out when they leave
 * something for him. */
gboolean
zmqg_socket_check_open (ZmqgSocket  *self,
                        gboolean     is_held,
                        GError     **error)
{
  if (self->open_error != NULL || self->process != zmqg_process_get_id () ||
      (is_held && self->handle == NULL))
    return zmqg_socket_refuse_closed (self, error);

  return TRUE;
}

gboolean
zmqg_socket_check_send (ZmqgSocket  *self,
                        guint        n_frames,
                        gboolean     is_held,
                        GError     **error)
{
  if (!zmqg_socket_check_open (self, is_held, error))
    return FALSE;
  if (is_held && G_UNLIKELY (self->queue.state != ZMQG_QUEUE_OPEN))
    return zmqg_socket_refuse_closed (self, error);

  return check_frames (self, n_frames, error);
}
