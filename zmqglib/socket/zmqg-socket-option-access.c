/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <string.h>
#include <zmq.h>

#define MAX_VALUE 4096
#define CURVE_KEY_Z85_SIZE 41

static gboolean
fail (ZmqgSocket  *self,
      const char  *verb,
      int          option,
      GError     **error)
{
  guint index = zmqg_options_find (option);

  if (index < zmqg_n_options)
    zmqg_set_error_from_errno (error, zmq_errno (), "Could not %s '%s' of the %s socket", verb,
                               zmqg_options[index].name, zmqg_socket_get_type_name (self));
  else
    zmqg_set_error_from_errno (error, zmq_errno (), "Could not %s option %d of the %s socket", verb,
                               option, zmqg_socket_get_type_name (self));

  return FALSE;
}

static gboolean
refuse_kind (ZmqgSocket  *self,
             guint        index,
             const char  *wanted,
             GError     **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "Could not set '%s' of the %s socket: it is not %s", zmqg_options[index].name,
               zmqg_socket_get_type_name (self), wanted);
  return FALSE;
}

static int
set_number (ZmqgSocket *self,
            int         option,
            int         number)
{
  return ZMQG_RETRY (self->process,
                     zmq_setsockopt (self->handle, option, &number, sizeof number));
}

/**
 * zmqg_socket_set_option_int:
 * @self: a socket
 * @option: the number of an option of libzmq, as in `zmq.h`
 * @value: the value
 * @error: return location for a [struct@GLib.Error]
 *
 * Sets an option of libzmq that is a number or a boolean; if it is a property too, that
 * changes with it.
 *
 * To be called by the holder of the main context. Fails with `G_IO_ERROR_INVALID_ARGUMENT` if
 * libzmq does not know the option or does not take the value, and with
 * `G_IO_ERROR_NOT_SUPPORTED` if the socket type does not have it.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_set_option_int (ZmqgSocket  *self,
                            int          option,
                            gint64       value,
                            GError     **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  ZmqgOptionValue option_value = { .integer = value };
  guint index = zmqg_options_find (option);

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!zmqg_socket_hold (self, &hold, "set an option of", NULL, error))
    return FALSE;

  zmqg_hub_touch (&self->member);
  if (index < zmqg_n_options)
    {
      if (zmqg_option_is_data (&zmqg_options[index]))
        return refuse_kind (self, index, "a number", error);
      return zmqg_options_set (self, index, &option_value, error);
    }
  if (!zmqg_options_check_mechanism (self, option, value != 0, error))
    return FALSE;
  if (value >= G_MININT && value <= G_MAXINT && set_number (self, option, value) == 0)
    return TRUE;
  if (value < G_MININT || value > G_MAXINT)
    errno = EINVAL;

  return fail (self, "set", option, error);
}

static gboolean
set_data (ZmqgSocket  *self,
          int          option,
          GBytes      *value,
          GError     **error)
{
  guint index = zmqg_options_find (option);
  gsize length;
  gconstpointer data = g_bytes_get_data (value, &length);

  /* The list of subscriptions must know */
  if (option == ZMQ_SUBSCRIBE)
    return zmqg_socket_subscribe_bytes (self, value, error);
  if (option == ZMQ_UNSUBSCRIBE)
    return zmqg_socket_unsubscribe_bytes (self, value, error);
  /* libzmq would read a number from it */
  if (index < zmqg_n_options && !zmqg_option_is_data (&zmqg_options[index]))
    return refuse_kind (self, index, "text or bytes", error);
  if (!zmqg_options_check_mechanism (self, option, length > 0, error))
    return FALSE;

  if (ZMQG_RETRY (self->process,
                  zmq_setsockopt (self->handle, option, length > 0 ? data : "", length)) != 0)
    return fail (self, "set", option, error);

  return option != ZMQ_ZAP_DOMAIN || zmqg_options_enforce_domain (self, length > 0, error);
}

/**
 * zmqg_socket_set_option_string:
 * @self: a socket
 * @option: the number of an option of libzmq, as in `zmq.h`
 * @value: the value
 * @error: return location for a [struct@GLib.Error]
 *
 * Sets an option of libzmq that is text; see [method@Socket.set_option_int].
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_set_option_string (ZmqgSocket  *self,
                               int          option,
                               const char  *value,
                               GError     **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (value != NULL, FALSE);

  bytes = g_bytes_new (value, strlen (value));

  return zmqg_socket_set_option_bytes (self, option, bytes, error);
}

static void
set_cached_text (ZmqgSocket *self,
                 guint       index,
                 GBytes     *value)
{
  gsize length;
  const char *data = g_bytes_get_data (value, &length);
  g_autofree char *string = NULL;
  ZmqgOptionValue cached = { .bytes = value };

  if (zmqg_options[index].kind == ZMQG_OPTION_STRING)
    {
      /* A routing id need not be text */
      string = g_utf8_validate_len (data != NULL ? data : "", length, NULL)
                 ? g_strndup (data, length) : NULL;
      cached.string = string;
    }
  zmqg_options_store (self, index, &cached);
}

/**
 * zmqg_socket_set_option_bytes:
 * @self: a socket
 * @option: the number of an option of libzmq, as in `zmq.h`
 * @value: the value
 * @error: return location for a [struct@GLib.Error]
 *
 * Sets an option of libzmq that is bytes; see [method@Socket.set_option_int].
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_set_option_bytes (ZmqgSocket  *self,
                              int          option,
                              GBytes      *value,
                              GError     **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  guint index = zmqg_options_find (option);

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!zmqg_socket_hold (self, &hold, "set an option of", NULL, error))
    return FALSE;

  zmqg_hub_touch (&self->member);
  if (!set_data (self, option, value, error))
    return FALSE;
  if (index < zmqg_n_options)
    set_cached_text (self, index, value);

  return TRUE;
}

/* libzmq takes no other size than the option's own. */
static int
get_number (ZmqgSocket *self,
            int         option,
            gint64     *value)
{
  int narrow;
  gint64 wide;
  size_t size = sizeof narrow;

  if (ZMQG_RETRY (self->process, zmq_getsockopt (self->handle, option, &narrow, &size)) == 0)
    {
      *value = narrow;
      return 0;
    }

  size = sizeof wide;
  if (ZMQG_RETRY (self->process, zmq_getsockopt (self->handle, option, &wide, &size)) != 0)
    return -1;
  *value = wide;

  return 0;
}

/**
 * zmqg_socket_get_option_int:
 * @self: a socket
 * @option: the number of an option of libzmq, as in `zmq.h`
 * @value: (out): the value
 * @error: return location for a [struct@GLib.Error]
 *
 * Gets an option of libzmq that is a number or a boolean, from libzmq itself.
 *
 * To be called by the holder of the main context. Fails with `G_IO_ERROR_INVALID_ARGUMENT` if
 * libzmq does not know the option.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_get_option_int (ZmqgSocket  *self,
                            int          option,
                            gint64      *value,
                            GError     **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!zmqg_socket_hold (self, &hold, "get an option of", NULL, error))
    return FALSE;

  zmqg_hub_touch (&self->member);
  if (get_number (self, option, value) != 0)
    return fail (self, "get", option, error);

  return TRUE;
}

static gboolean
get_data (ZmqgSocket  *self,
          int          option,
          char        *buffer,
          size_t      *size,
          GError     **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;

  if (!zmqg_socket_hold (self, &hold, "get an option of", NULL, error))
    return FALSE;

  /* libzmq decides by the size of the buffer how it gives a key */
  *size = MAX_VALUE;
  if (option == ZMQ_CURVE_PUBLICKEY || option == ZMQ_CURVE_SECRETKEY ||
      option == ZMQ_CURVE_SERVERKEY)
    *size = CURVE_KEY_Z85_SIZE;

  zmqg_hub_touch (&self->member);
  if (ZMQG_RETRY (self->process, zmq_getsockopt (self->handle, option, buffer, size)) != 0)
    return fail (self, "get", option, error);

  return TRUE;
}

/**
 * zmqg_socket_get_option_string:
 * @self: a socket
 * @option: the number of an option of libzmq, as in `zmq.h`
 * @error: return location for a [struct@GLib.Error]
 *
 * Gets an option of libzmq that is text; see [method@Socket.get_option_int].
 *
 * Returns: (transfer full): the value
 *
 * Since: 1.0
 */
char *
zmqg_socket_get_option_string (ZmqgSocket  *self,
                               int          option,
                               GError     **error)
{
  char buffer[MAX_VALUE];
  size_t size;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!get_data (self, option, buffer, &size, error))
    return NULL;

  return g_utf8_make_valid (buffer, strnlen (buffer, size));
}

/**
 * zmqg_socket_get_option_bytes:
 * @self: a socket
 * @option: the number of an option of libzmq, as in `zmq.h`
 * @error: return location for a [struct@GLib.Error]
 *
 * Gets an option of libzmq that is bytes; see [method@Socket.get_option_int].
 *
 * Returns: (transfer full): the value
 *
 * Since: 1.0
 */
GBytes *
zmqg_socket_get_option_bytes (ZmqgSocket  *self,
                              int          option,
                              GError     **error)
{
  char buffer[MAX_VALUE];
  size_t size;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!get_data (self, option, buffer, &size, error))
    return NULL;

  return g_bytes_new (buffer, size);
}
