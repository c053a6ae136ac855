/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-endpoint-private.h>
#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/base/zmqg-listener-private.h>
#include <zmqglib/socket/zmqg-socket-endpoints-private.h>
#include <zmqglib/socket/zmqg-socket-endpoints.h>

#include <string.h>
#include <unistd.h>
#include <zmq.h>

#define MAX_ENDPOINT 1024

static const char bind_to[] = "bind to";

void
zmqg_binding_free (ZmqgBinding *self)
{
  zmqg_ipc_file_clear (&self->file);
  g_free (self->given);
  g_free (self->resolved);
  g_free (self);
}

static char *
ask_last_endpoint (ZmqgSocket *self,
                   const char *given)
{
  char endpoint[MAX_ENDPOINT];
  size_t size = sizeof endpoint;

  if (ZMQG_RETRY (self->process,
                  zmq_getsockopt (self->handle, ZMQ_LAST_ENDPOINT, endpoint, &size)) != 0 ||
      endpoint[0] == '\0')
    return g_strdup (given);

  return g_strdup (endpoint);
}

static ZmqgBinding *
add_binding (ZmqgSocket *self,
             const char *endpoint)
{
  ZmqgBinding *binding = g_new0 (ZmqgBinding, 1);

  binding->given = g_strdup (endpoint);
  binding->resolved = ask_last_endpoint (self, endpoint);
  zmqg_socket_set_last_endpoint (self, binding->resolved);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->bindings, binding);
  g_mutex_unlock (&self->lock);
  zmqg_socket_describe (self);

  return binding;
}

static int
use_fd (ZmqgSocket *self,
        int         fd)
{
  return ZMQG_RETRY (self->process,
                     zmq_setsockopt (self->handle, ZMQ_USE_FD, &fd, sizeof fd));
}

/* The option stays set in libzmq, and the next endpoint would take the same descriptor: it is
 * put back. On success libzmq has @fd and closes it. */
static gboolean
bind_with_fd (ZmqgSocket  *self,
              int          fd,
              const char  *endpoint,
              GError     **error)
{
  int errsv = 0;

  if (use_fd (self, fd) != 0 ||
      ZMQG_RETRY (self->process, zmq_bind (self->handle, endpoint)) != 0)
    errsv = zmq_errno ();
  use_fd (self, -1);

  return errsv == 0 || zmqg_socket_fail_endpoint (self, errsv, bind_to, endpoint, error);
}

/* libzmq takes a descriptor of any kind for any transport. */
static gboolean
check_fd (int          fd,
          const char  *endpoint,
          char       **own_endpoint,
          GError     **error)
{
  static const char * const by_tcp[] = { "tcp://", "ws://", "wss://" };
  g_autofree char *own = zmqg_listener_get_endpoint (fd, error);
  gboolean fits;

  if (own == NULL)
    return FALSE;

  if (endpoint == NULL)
    fits = TRUE;
  else if (g_str_has_prefix (own, "ipc://"))
    fits = g_str_has_prefix (endpoint, "ipc://");
  else
    fits = g_str_has_prefix (endpoint, by_tcp[0]) || g_str_has_prefix (endpoint, by_tcp[1]) ||
           g_str_has_prefix (endpoint, by_tcp[2]);

  if (!fits)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "the file descriptor %d listens at '%s'", fd, own);
      return FALSE;
    }
  if (own_endpoint != NULL)
    *own_endpoint = g_steal_pointer (&own);

  return TRUE;
}

/* The descriptor of the property use-fd, which is spent by this */
static gboolean
bind_given_fd (ZmqgSocket  *self,
               guint        index,
               const char  *endpoint,
               GError     **error)
{
  const ZmqgOptionValue none = { .integer = -1 };

  if (!check_fd (self->options[index].integer, endpoint, NULL, error))
    {
      zmqg_socket_prefix_endpoint (self, bind_to, endpoint, error);
      return FALSE;
    }
  if (!bind_with_fd (self, self->options[index].integer, endpoint, error))
    {
      use_fd (self, self->options[index].integer);
      return FALSE;
    }

  zmqg_options_store (self, index, &none);
  add_binding (self, endpoint);

  return TRUE;
}

static gboolean
bind_ipc (ZmqgSocket  *self,
          const char  *path,
          const char  *endpoint,
          GError     **error)
{
  int backlog = self->options[zmqg_options_find (ZMQ_BACKLOG)].integer;
  int fd = zmqg_ipc_listen (path, self->ipc_mode, backlog, error);
  ZmqgIpcFile file;
  ZmqgBinding *binding;

  if (fd == -1)
    {
      zmqg_socket_prefix_endpoint (self, bind_to, endpoint, error);
      return FALSE;
    }

  zmqg_ipc_file_init (&file, path);
  if (!bind_with_fd (self, fd, endpoint, error))
    {
      zmqg_ipc_file_remove (&file);
      zmqg_ipc_file_clear (&file);
      close (fd);
      return FALSE;
    }
  binding = add_binding (self, endpoint);
  binding->file = file;

  return TRUE;
}

/* libzmq has made a folder for the file that nobody else can enter, so that there is time. */
static gboolean
set_wildcard_mode (ZmqgSocket  *self,
                   ZmqgBinding *binding,
                   GError     **error)
{
  const char *path = zmqg_endpoint_get_ipc_path (binding->resolved);

  if (path == NULL || zmqg_ipc_set_mode (path, self->ipc_mode, error))
    return TRUE;

  zmqg_socket_prefix_endpoint (self, bind_to, binding->given, error);
  zmqg_socket_unbind_held (self, binding->resolved, NULL);
  return FALSE;
}

static gboolean
takes_fd (const char *endpoint)
{
  return g_str_has_prefix (endpoint, "tcp://") || g_str_has_prefix (endpoint, "ipc://") ||
         zmqg_endpoint_is_websocket (endpoint);
}

gboolean
zmqg_socket_bind_held (ZmqgSocket  *self,
                       const char  *endpoint,
                       GError     **error)
{
  guint index = zmqg_options_find (ZMQ_USE_FD);
  const char *path = zmqg_endpoint_get_ipc_path (endpoint);
  ZmqgBinding *binding;

  if (!zmqg_endpoint_check (endpoint, self->type, ZMQG_ENDPOINT_BIND, error) ||
      !zmqg_socket_check_free_fds (self, bind_to, endpoint, error))
    return FALSE;
  if (self->options[index].integer != -1 && takes_fd (endpoint))
    return bind_given_fd (self, index, endpoint, error);
  if (path != NULL)
    return bind_ipc (self, path, endpoint, error);

  if (ZMQG_RETRY (self->process, zmq_bind (self->handle, endpoint)) != 0)
    return zmqg_socket_fail_endpoint (self, zmq_errno (), bind_to, endpoint, error);
  binding = add_binding (self, endpoint);

  return self->ipc_mode < 0 || !g_str_has_prefix (endpoint, "ipc://") ||
         set_wildcard_mode (self, binding, error);
}

/* By the endpoint as it was given, or as it was resolved */
static gboolean
find_binding (ZmqgSocket *self,
              const char *endpoint,
              guint      *index)
{
  for (guint i = 0; i < self->bindings->len; i++)
    {
      ZmqgBinding *binding = self->bindings->pdata[i];

      *index = i;
      if (g_str_equal (binding->given, endpoint) || g_str_equal (binding->resolved, endpoint))
        return TRUE;
    }

  return FALSE;
}

/* The I/O thread closes the listener later: without its file, the path is free at once. */
gboolean
zmqg_socket_unbind_held (ZmqgSocket  *self,
                         const char  *endpoint,
                         GError     **error)
{
  ZmqgBinding *binding;
  guint index;

  if (!find_binding (self, endpoint, &index))
    return zmqg_socket_fail_no_endpoint (self, "unbind from", endpoint, error);

  binding = self->bindings->pdata[index];
  zmqg_ipc_file_remove (&binding->file);
  if (ZMQG_RETRY (self->process, zmq_unbind (self->handle, binding->resolved)) != 0)
    return zmqg_socket_fail_endpoint (self, zmq_errno (), "unbind from", endpoint, error);

  g_mutex_lock (&self->lock);
  g_ptr_array_remove_index (self->bindings, index);
  g_mutex_unlock (&self->lock);
  zmqg_socket_describe (self);

  return TRUE;
}

/* Before the handle is closed */
void
zmqg_socket_remove_files (ZmqgSocket *self)
{
  for (guint i = 0; i < self->bindings->len; i++)
    zmqg_ipc_file_remove (&((ZmqgBinding *) self->bindings->pdata[i])->file);
}

static gboolean
bind_fd_held (ZmqgSocket  *self,
              int          fd,
              const char  *endpoint,
              GError     **error)
{
  g_autofree char *own_endpoint = NULL;
  int copy = -1;

  if (!check_fd (fd, endpoint, &own_endpoint, error) ||
      (copy = zmqg_listener_duplicate (fd, error)) == -1)
    {
      g_prefix_error (error, "Could not bind to the file descriptor %d on the %s socket: ", fd,
                      zmqg_socket_get_type_name (self));
      return FALSE;
    }

  if (endpoint == NULL)
    endpoint = own_endpoint;
  if (!zmqg_endpoint_check (endpoint, self->type, ZMQG_ENDPOINT_BIND, error) ||
      !bind_with_fd (self, copy, endpoint, error))
    {
      close (copy);
      return FALSE;
    }
  add_binding (self, endpoint);

  return TRUE;
}

/**
 * zmqg_socket_bind_fd:
 * @self: a socket
 * @fd: the file descriptor of a stream socket that listens, of the Internet or the Unix family
 * @endpoint: (nullable): what to call it and which transport to speak, such as
 *   `ws://0.0.0.0:8080/`, or `NULL` for `tcp` or `ipc` and the address it listens at
 * @error: return location for a [struct@GLib.Error]
 *
 * Accepts connections from a descriptor that listens already, such as one that systemd hands
 * over, see [func@listen_fds].
 *
 * The descriptor stays the caller's, who may close it at once: a duplicate is used, which is
 * closed when the socket is unbound or closed. What both refer to is made non-blocking. The
 * address in @endpoint is not used otherwise than as a name for [method@Socket.unbind]; the
 * file of a Unix socket stays when it is unbound. Endpoints that are bound later are not
 * affected.
 *
 * To be called by the holder of the main context. Fails with `G_IO_ERROR_INVALID_ARGUMENT` if
 * @fd is no such socket or @endpoint is of another transport.
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_bind_fd (ZmqgSocket  *self,
                     int          fd,
                     const char  *endpoint,
                     GError     **error)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  gboolean done;

  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!zmqg_socket_hold (self, &hold, "bind a file descriptor to", NULL, error))
    return FALSE;

  done = bind_fd_held (self, fd, endpoint, error);
  zmqg_hub_touch (&self->member);

  return done;
}
