/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-endpoint-private.h>
#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-endpoints-private.h>
#include <zmqglib/socket/zmqg-socket-endpoints.h>

#include <sys/socket.h>
#include <zmq.h>

typedef struct
{
  /* NULL: it has ended, and the answer of the resolver will be of no interest */
  GTask *task;
  char *endpoint;
  ZmqgEndpointHost host;
  GList link;
} ConnectCall;

static void
connect_call_free (ConnectCall *self)
{
  g_clear_object (&self->task);
  g_free (self->endpoint);
  g_free (self);
}

static void
finish (GTask  *task,
        GError *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static GError *
make_resolver_error (ZmqgSocket   *self,
                     const char   *endpoint,
                     const GError *reason)
{
  int code = G_IO_ERROR_FAILED;

  if (reason->domain == G_IO_ERROR)
    code = reason->code;
  else if (g_error_matches (reason, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    code = G_IO_ERROR_HOST_NOT_FOUND;
  else if (g_error_matches (reason, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE))
    code = G_IO_ERROR_NETWORK_UNREACHABLE;

  return g_error_new (G_IO_ERROR, code, "Could not connect to '%s' on the %s socket: %s", endpoint,
                      zmqg_socket_get_type_name (self), reason->message);
}

static char *
insert_address (ConnectCall  *call,
                GInetAddress *address)
{
  g_autofree char *text = g_inet_address_to_string (address);
  gboolean is_ipv6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

  return g_strdup_printf (is_ipv6 ? "%.*s[%s]%s" : "%.*s%s%s",
                          (int) (call->host.start - call->endpoint), call->endpoint, text,
                          call->host.start + call->host.length);
}

/* @address: (nullable): NULL if there was no name to resolve */
static GError *
connect_now (ZmqgSocket   *self,
             ConnectCall  *call,
             GInetAddress *address)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  g_autofree char *resolved = address != NULL ? insert_address (call, address) : NULL;
  GError *error = NULL;

  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (call->task), &error) ||
      !zmqg_socket_hold (self, &hold, "connect to", call->endpoint, &error))
    return error;

  zmqg_socket_connect_resolved (self, call->endpoint,
                                resolved != NULL ? resolved : call->endpoint, &error);
  zmqg_hub_touch (&self->member);

  return error;
}

static void
looked_up_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  ConnectCall *call = user_data;
  g_autolist (GInetAddress) addresses = NULL;
  g_autoptr (GError) reason = NULL;
  g_autoptr (GTask) task = NULL;
  ZmqgSocket *self;
  GError *error;

  addresses = g_resolver_lookup_by_name_with_flags_finish (G_RESOLVER (object), result, &reason);
  if (call->task == NULL)
    {
      connect_call_free (call);
      return;
    }

  self = g_task_get_source_object (call->task);
  g_queue_unlink (&self->connect_calls, &call->link);
  error = addresses != NULL ? connect_now (self, call, addresses->data)
                            : make_resolver_error (self, call->endpoint, reason);
  task = g_steal_pointer (&call->task);
  connect_call_free (call);
  finish (task, error);
}

/* libzmq takes addresses of IPv6 only where it is told so. */
static GResolverNameLookupFlags
get_flags (ZmqgSocket       *self,
           ZmqgEndpointHost *host)
{
  if (!self->options[zmqg_options_find (ZMQ_IPV6)].integer || host->source_family == AF_INET)
    return G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY;

  return host->source_family == AF_INET6 ? G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY
                                         : G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT;
}

static void
look_up (ZmqgSocket  *self,
         ConnectCall *call)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autofree char *name = g_strndup (call->host.start, call->host.length);

  g_queue_push_tail_link (&self->connect_calls, &call->link);
  /* The answer is to come to the owner, wherever this is called */
  g_main_context_push_thread_default (self->main_context);
  g_resolver_lookup_by_name_with_flags_async (resolver, name, get_flags (self, &call->host),
                                              g_task_get_cancellable (call->task), looked_up_cb,
                                              call);
  g_main_context_pop_thread_default (self->main_context);
}

/* A proxy is given the name: it may know other ones. */
static gboolean
has_name (ZmqgSocket  *self,
          ConnectCall *call)
{
  const char *proxy = self->options[zmqg_options_find (ZMQ_SOCKS_PROXY)].string;

  if (proxy != NULL && proxy[0] != '\0' && g_str_has_prefix (call->endpoint, "tcp://"))
    return FALSE;

  return zmqg_endpoint_find_host (call->endpoint, &call->host);
}

/* By the holder of the main context. GTask defers what is returned in the same iteration. */
static void
start (ConnectCall *call)
{
  ZmqgSocket *self = g_task_get_source_object (call->task);
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  if (zmqg_socket_hold (self, &hold, "connect to", call->endpoint, &error) &&
      zmqg_endpoint_check (call->endpoint, self->type, ZMQG_ENDPOINT_CONNECT, &error))
    {
      if (has_name (self, call))
        {
          look_up (self, call);
          return;
        }
      error = connect_now (self, call, NULL);
    }

  task = g_steal_pointer (&call->task);
  connect_call_free (call);
  finish (task, error);
}

static gboolean
start_cb (gpointer user_data)
{
  ConnectCall **call = user_data;

  start (g_steal_pointer (call));

  return G_SOURCE_REMOVE;
}

/* A main context may go without having run */
static void
free_unstarted (gpointer user_data)
{
  ConnectCall **call = user_data;

  g_clear_pointer (call, connect_call_free);
  g_free (call);
}

static void
hand_over (ZmqgSocket  *self,
           ConnectCall *call)
{
  ConnectCall **box = g_new (ConnectCall *, 1);

  *box = call;
  zmqg_main_context_post (self->main_context, self->priority, start_cb, box, free_unstarted);
}

static GError *
make_closed_error (ZmqgSocket *self,
                   const char *endpoint)
{
  GError *error = NULL;

  if (self->fatal_errno != 0)
    zmqg_socket_fail_endpoint (self, self->fatal_errno, "connect to", endpoint, &error);
  else
    {
      g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the socket is closed");
      zmqg_socket_prefix_endpoint (self, "connect to", endpoint, &error);
    }

  return error;
}

/* From a dispatch. Their lookups go on, and come to nothing. */
void
zmqg_socket_end_connect_calls (ZmqgSocket *self)
{
  GList *link;

  while ((link = g_queue_pop_head_link (&self->connect_calls)) != NULL)
    {
      ConnectCall *call = link->data;
      g_autoptr (GTask) task = g_steal_pointer (&call->task);

      g_task_return_error (task, make_closed_error (self, call->endpoint));
    }
}

/**
 * zmqg_socket_connect_to_async:
 * @self: a socket
 * @endpoint: the peer's endpoint, such as `tcp://example.org:5555`
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @callback: (scope async): called in the thread-default main context when it is done
 * @user_data: data for @callback
 *
 * Connects to an endpoint like [method@Socket.connect_to], but resolves the name of a host
 * first, with [class@Gio.Resolver].
 *
 * libzmq would resolve it in its I/O thread, which serves no other socket meanwhile, or, in a
 * `ws` endpoint, in the call itself. It is given the first address that the resolver gives, one
 * of IPv4 unless [property@Socket:ipv6] is set, and of the family of the source address in
 * `tcp://source:port;host:port`. [method@Socket.list_connections] has @endpoint as it is, and
 * so does [method@Socket.disconnect_from] take it.
 *
 * The name is resolved once: where it comes to stand for another address, disconnect from it
 * and connect again. The peer of a `ws` endpoint sees the address, not the name, in the `Host`
 * header. With a [property@Socket:socks-proxy], the name is left to the proxy.
 *
 * It is done when libzmq has begun to connect, which does not say that anybody is there.
 * May be called from any thread; the owner of the socket carries it out. Fails with
 * `G_IO_ERROR_HOST_NOT_FOUND` if the name is not known, `G_IO_ERROR_NETWORK_UNREACHABLE` if that
 * cannot be found out for now, `G_IO_ERROR_CANCELLED` with nothing connected,
 * `G_IO_ERROR_CLOSED` if the socket is closed before, and like [method@Socket.connect_to].
 *
 * Since: 1.0
 */
void
zmqg_socket_connect_to_async (ZmqgSocket          *self,
                              const char          *endpoint,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  ConnectCall *call;

  g_return_if_fail (ZMQG_IS_SOCKET (self));
  g_return_if_fail (endpoint != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  call = g_new0 (ConnectCall, 1);
  call->link.data = call;
  call->endpoint = g_strdup (endpoint);
  call->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (call->task, zmqg_socket_connect_to_async);
  /* What is connected has not been cancelled */
  g_task_set_check_cancellable (call->task, FALSE);

  if (zmqg_hold_take (&hold, self->main_context))
    start (call);
  else
    hand_over (self, call);
}

/**
 * zmqg_socket_connect_to_finish:
 * @self: a socket
 * @result: the result given to the callback
 * @error: return location for a [struct@GLib.Error]
 *
 * Finishes [method@Socket.connect_to_async].
 *
 * Returns: `TRUE` on success
 *
 * Since: 1.0
 */
gboolean
zmqg_socket_connect_to_finish (ZmqgSocket    *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (ZMQG_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, zmqg_socket_connect_to_async), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
