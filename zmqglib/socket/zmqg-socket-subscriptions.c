/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <string.h>
#include <zmq.h>

/* Before the prefix, in the messages by which an XSUB subscribes and unsubscribes (RFC 29) */
#define XSUB_SUBSCRIBE 1
#define XSUB_UNSUBSCRIBE 0

static int
send_subscription (ZmqgSocket *self,
                   guint8      verb,
                   GBytes     *prefix)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (prefix, &length);
  g_autofree guint8 *frame = g_malloc (length + 1);

  frame[0] = verb;
  if (length > 0)
    memcpy (frame + 1, data, length);

  return ZMQG_RETRY (self->process, zmq_send (self->handle, frame, length + 1, ZMQ_DONTWAIT)) == -1
           ? -1 : 0;
}

/* libzmq asserts that there is data, if only none of it. */
static int
set_subscription (ZmqgSocket *self,
                  int         option,
                  GBytes     *prefix)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (prefix, &length);

  return ZMQG_RETRY (self->process,
                     zmq_setsockopt (self->handle, option, length > 0 ? data : "", length));
}

static int
tell_libzmq (ZmqgSocket *self,
             gboolean    subscribes,
             GBytes     *prefix)
{
  switch (self->type)
    {
    case ZMQG_SOCKET_TYPE_SUB:
    case ZMQG_SOCKET_TYPE_XPUB:
      return set_subscription (self, subscribes ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE, prefix);
    case ZMQG_SOCKET_TYPE_XSUB:
      return send_subscription (self, subscribes ? XSUB_SUBSCRIBE : XSUB_UNSUBSCRIBE, prefix);
    case ZMQG_SOCKET_TYPE_PAIR:
    case ZMQG_SOCKET_TYPE_PUB:
    case ZMQG_SOCKET_TYPE_REQ:
    case ZMQG_SOCKET_TYPE_REP:
    case ZMQG_SOCKET_TYPE_DEALER:
    case ZMQG_SOCKET_TYPE_ROUTER:
    case ZMQG_SOCKET_TYPE_PULL:
    case ZMQG_SOCKET_TYPE_PUSH:
    case ZMQG_SOCKET_TYPE_STREAM:
    default:
      errno = ENOTSUP;
      return -1;
    }
}

/* For lists and errors: a prefix is bytes, and they are text. */
static char *
show_prefix (GBytes *prefix)
{
  gsize length;
  const char *data = g_bytes_get_data (prefix, &length);

  return g_utf8_make_valid (data != NULL ? data : "", length);
}

static gboolean
fail (ZmqgSocket  *self,
      int          errsv,
      const char  *operation,
      GBytes      *prefix,
      GError     **error)
{
  g_autofree char *shown = show_prefix (prefix);

  if (errsv == ENOTSUP)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 "Could not %s '%s' on the %s socket: this socket type has no subscriptions",
                 operation, shown, zmqg_socket_get_type_name (self));
  else if (errsv == ENOENT)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "Could not %s '%s' on the %s socket: there is no such subscription",
                 operation, shown, zmqg_socket_get_type_name (self));
  else
    zmqg_set_error_from_errno (error, errsv, "Could not %s '%s' on the %s socket", operation, shown,
                               zmqg_socket_get_type_name (self));

  return FALSE;
}

static gboolean
subscribe_held (ZmqgSocket  *self,
                GBytes      *prefix,
                GError     **error)
{
  if (tell_libzmq (self, TRUE, prefix) != 0)
    return fail (self, zmq_errno (), "subscribe to", prefix, error);
  if (self->type == ZMQG_SOCKET_TYPE_XPUB)
    return TRUE;

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->subscriptions, g_bytes_ref (prefix));
  g_mutex_unlock (&self->lock);

  return TRUE;
}

static gboolean
unsubscribe_held (ZmqgSocket  *self,
                  GBytes      *prefix,
                  GError     **error)
{
  gboolean is_own = self->type != ZMQG_SOCKET_TYPE_XPUB;
  guint index;

  if (is_own &&
      !g_ptr_array_find_with_equal_func (self->subscriptions, prefix, g_bytes_equal, &index))
    return fail (self, ENOENT, "unsubscribe from", prefix, error);
  if (tell_libzmq (self, FALSE, prefix) != 0)
    return fail (self, zmq_errno (), "unsubscribe from", prefix, error);
  if (!is_own)
    return TRUE;

  g_mutex_lock (&self->lock);
  g_ptr_array_remove_index (self->subscriptions, index);
  g_mutex_unlock (&self->lock);

  return TRUE;
}

/**
 * zmqg_socket_subscribe:
 * @self: a SUB, XSUB or XPUB socket
 * @prefix: what the first frame of a message begins with; the empty string is every message
 * @error: return location for a [struct@GLib.Error]
 *
 * Subscribes to messages. Subscribing twice needs unsubscribing twice.
 *
 * On an XPUB socket with [property@Socket:xpub-manual] it subscribes the peer whose message was
 * received last, and is not listed.
 *
 * To be called by the holder of the main context. Fails with `G_IO_ERROR_NOT_SUPPORTED` on
 * other socket types, and with `G_IO_ERROR_INVALID_ARGUMENT` on an XPUB that is not manual.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_subscribe (ZmqgSocket  *self,
                       const char  *prefix,
                       GError     **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (prefix != NULL, FALSE);

  bytes = g_bytes_new (prefix, strlen (prefix));

  return zmqg_socket_subscribe_bytes (self, bytes, error);
}

/**
 * zmqg_socket_subscribe_bytes:
 * @self: a SUB or XSUB socket
 * @prefix: what the first frame of a message begins with
 * @error: return location for a [struct@GLib.Error]
 *
 * Subscribes to messages; see [method@Socket.subscribe].
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_subscribe_bytes (ZmqgSocket  *self,
                             GBytes      *prefix,
                             GError     **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  gboolean subscribed;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (prefix != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!zmqg_socket_hold (self, &hold, "change the subscriptions of", NULL, error))
    return FALSE;

  subscribed = subscribe_held (self, prefix, error);
  zmqg_hub_touch (&self->member);

  return subscribed;
}

/**
 * zmqg_socket_unsubscribe:
 * @self: a SUB or XSUB socket
 * @prefix: a prefix given to [method@Socket.subscribe]
 * @error: return location for a [struct@GLib.Error]
 *
 * Ends a subscription.
 *
 * To be called by the holder of the main context. Fails with `G_IO_ERROR_NOT_FOUND` if there
 * is no such subscription.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_unsubscribe (ZmqgSocket  *self,
                         const char  *prefix,
                         GError     **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (prefix != NULL, FALSE);

  bytes = g_bytes_new (prefix, strlen (prefix));

  return zmqg_socket_unsubscribe_bytes (self, bytes, error);
}

/**
 * zmqg_socket_unsubscribe_bytes:
 * @self: a SUB or XSUB socket
 * @prefix: a prefix given to [method@Socket.subscribe_bytes]
 * @error: return location for a [struct@GLib.Error]
 *
 * Ends a subscription; see [method@Socket.unsubscribe].
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_unsubscribe_bytes (ZmqgSocket  *self,
                               GBytes      *prefix,
                               GError     **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  gboolean unsubscribed;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (prefix != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!zmqg_socket_hold (self, &hold, "change the subscriptions of", NULL, error))
    return FALSE;

  unsubscribed = unsubscribe_held (self, prefix, error);
  zmqg_hub_touch (&self->member);

  return unsubscribed;
}

/**
 * zmqg_socket_list_subscriptions:
 * @self: a socket
 *
 * Lists the prefixes the socket is subscribed to; bytes that are not UTF-8 are shown as
 * U+FFFD.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full) (array zero-terminated=1): the prefixes
 *
 * Since: 1.0
 */
char **
zmqg_socket_list_subscriptions (ZmqgSocket *self)
{
  char **prefixes;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), NULL);

  g_mutex_lock (&self->lock);
  prefixes = g_new0 (char *, self->subscriptions->len + 1);
  for (guint i = 0; i < self->subscriptions->len; i++)
    prefixes[i] = show_prefix (self->subscriptions->pdata[i]);
  g_mutex_unlock (&self->lock);

  return prefixes;
}

static gboolean
contains (char   **prefixes,
          GBytes  *prefix)
{
  for (guint i = 0; prefixes[i] != NULL; i++)
    {
      gsize length = strlen (prefixes[i]);

      /* The data of an empty GBytes is NULL */
      if (g_bytes_get_size (prefix) == length &&
          (length == 0 || memcmp (g_bytes_get_data (prefix, NULL), prefixes[i], length) == 0))
        return TRUE;
    }

  return FALSE;
}

static gboolean
end_others (ZmqgSocket  *self,
            char       **prefixes,
            GError     **error)
{
  for (guint i = self->subscriptions->len; i > 0; i--)
    {
      g_autoptr (GBytes) prefix = g_bytes_ref (self->subscriptions->pdata[i - 1]);

      if (!contains (prefixes, prefix) && !unsubscribe_held (self, prefix, error))
        return FALSE;
    }

  return TRUE;
}

/* At construction, or by the holder of the main context */
gboolean
zmqg_socket_apply_subscriptions (ZmqgSocket  *self,
                                 char       **prefixes,
                                 GError     **error)
{
  if (!end_others (self, prefixes, error))
    return FALSE;

  for (guint i = 0; prefixes[i] != NULL; i++)
    {
      g_autoptr (GBytes) prefix = g_bytes_new (prefixes[i], strlen (prefixes[i]));

      if (g_ptr_array_find_with_equal_func (self->subscriptions, prefix, g_bytes_equal, NULL))
        continue;
      if (!subscribe_held (self, prefix, error))
        return FALSE;
    }

  return TRUE;
}

void
zmqg_socket_set_subscriptions (ZmqgSocket  *self,
                               char       **prefixes)
{
  static char *none[] = { NULL };
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  GError *error = NULL;

  if (self->constructing)
    {
      self->first_subscriptions = g_strdupv (prefixes);
      return;
    }
  if (!zmqg_socket_hold (self, &hold, "change the subscriptions of", NULL, &error))
    {
      g_critical ("%s", error->message);
      g_error_free (error);
      return;
    }

  if (!zmqg_socket_apply_subscriptions (self, prefixes != NULL ? prefixes : none, &error))
    zmqg_socket_add_notice (self, ZMQG_NOTICE_ERROR, NULL, error);
  zmqg_hub_touch (&self->member);
  g_object_notify_by_pspec (G_OBJECT (self), zmqg_socket_get_pspec (ZMQG_PROP_SUBSCRIPTIONS));
}
