/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <zmq.h>

const char *
zmqg_socket_get_type_name (ZmqgSocket *self)
{
  static const char * const names[] = {
    "PAIR", "PUB", "SUB", "REQ", "REP", "DEALER",
    "ROUTER", "PULL", "PUSH", "XPUB", "XSUB", "STREAM",
  };

  return self->type < G_N_ELEMENTS (names) ? names[self->type] : "unknown";
}

/* The door of every call that uses libzmq. @operand may be NULL. */
gboolean
zmqg_socket_hold (ZmqgSocket  *self,
                  ZmqgHold    *hold,
                  const char  *operation,
                  const char  *operand,
                  GError     **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *shown = operand != NULL ? g_utf8_make_valid (operand, -1) : NULL;

  if (self->process != zmqg_process_get_id ())
    g_set_error (&reason, ZMQG_ERROR, ZMQG_ERROR_FORKED, "the socket was made before fork()");
  else if (self->open_error != NULL)
    reason = g_error_copy (self->open_error);
  else if (g_atomic_int_get (&self->closed))
    g_set_error (&reason, G_IO_ERROR, G_IO_ERROR_CLOSED, "the socket is closed");
  else if (!zmqg_hold_take (hold, self->main_context))
    g_set_error (&reason, ZMQG_ERROR, ZMQG_ERROR_WRONG_CONTEXT,
                 "another thread runs the socket's main context");
  else if (self->handle == NULL)
    /* Closed by its owner while this thread waited for the main context */
    g_set_error (&reason, G_IO_ERROR, G_IO_ERROR_CLOSED, "the socket is closed");
  else
    return TRUE;

  if (operand != NULL)
    g_set_error (error, reason->domain, reason->code, "Could not %s '%s' on the %s socket: %s",
                 operation, shown, zmqg_socket_get_type_name (self), reason->message);
  else
    g_set_error (error, reason->domain, reason->code, "Could not %s the %s socket: %s",
                 operation, zmqg_socket_get_type_name (self), reason->message);

  return FALSE;
}

/* For zmqg_context_list_sockets() */
void
zmqg_socket_describe (ZmqgSocket *self)
{
  GString *text = g_string_new (zmqg_socket_get_type_name (self));

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->bindings->len; i++)
    g_string_append_printf (text, " bound to %s",
                            ((ZmqgBinding *) self->bindings->pdata[i])->resolved);
  for (guint i = 0; i < self->connections->len; i++)
    g_string_append_printf (text, " connected to %s",
                            ((ZmqgConnection *) self->connections->pdata[i])->given);
  g_mutex_unlock (&self->lock);

  if (self->bindings->len + self->connections->len == 0)
    g_string_append (text, " without endpoints");
  g_string_append_printf (text, ", linger %d ms",
                          (int) self->options[0].integer);

  zmqg_context_describe (self->context, &self->context_member, g_string_free (text, FALSE));
}

/* The draft types of libzmq abort the process or have no ZMQ_FD, and its zmq_socket() takes
 * them even where it was built without drafts. */
static gboolean
check_type (ZmqgSocket  *self,
            GError     **error)
{
  if (self->type <= ZMQG_SOCKET_TYPE_STREAM)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               "Could not create a socket: %d is not a socket type of the stable API",
               (int) self->type);
  return FALSE;
}

gboolean
zmqg_socket_attach_to_hub (ZmqgSocket  *self,
                           GError     **error)
{
  int fd;
  size_t size = sizeof fd;
  gboolean added;

  if (zmq_getsockopt (self->handle, ZMQ_FD, &fd, &size) != 0)
    {
      zmqg_set_error_from_errno (error, zmq_errno (), "Could not create a %s socket",
                                 zmqg_socket_get_type_name (self));
      return FALSE;
    }

  g_mutex_lock (&self->lock);
  added = zmqg_hub_add (&self->member, &zmqg_socket_hub_funcs, self->main_context,
                        self->priority, fd, error);
  g_mutex_unlock (&self->lock);

  return added;
}

static gboolean
attach_cb (gpointer user_data)
{
  ZmqgSocket *self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->handle != NULL && !zmqg_socket_attach_to_hub (self, &error))
    g_warning ("%s", error->message);
  /* What other threads sent meanwhile found no hub to tell */
  if (self->member.hub != NULL)
    zmqg_hub_post (&self->member);

  return G_SOURCE_REMOVE;
}

/* The hub is its main context's: if that runs in another thread, the socket joins it there. */
static gboolean
attach (ZmqgSocket  *self,
        GError     **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;

  if (zmqg_hold_take (&hold, self->main_context))
    return zmqg_socket_attach_to_hub (self, error);

  zmqg_main_context_post (self->main_context, self->priority, attach_cb,
                          g_object_ref (self), g_object_unref);
  return TRUE;
}

static gboolean
apply_first_subscriptions (ZmqgSocket  *self,
                           GError     **error)
{
  return self->first_subscriptions == NULL ||
         zmqg_socket_apply_subscriptions (self, self->first_subscriptions, error);
}

gboolean
zmqg_socket_open (ZmqgSocket  *self,
                  GError     **error)
{
  if (!check_type (self, error))
    return FALSE;

  self->handle = zmqg_context_open_socket (self->context, &self->context_member, self->type, error);
  if (self->handle == NULL)
    return FALSE;

  zmqg_socket_describe (self);
  if (!zmqg_options_apply_all (self, error) || !apply_first_subscriptions (self, error) ||
      !zmqg_socket_apply_endpoints (self, error) || !attach (self, error))
    {
      zmqg_socket_remove_files (self);
      zmqg_context_close_socket (self->context, &self->context_member,
                                 g_steal_pointer (&self->handle));
      return FALSE;
    }

  return TRUE;
}
