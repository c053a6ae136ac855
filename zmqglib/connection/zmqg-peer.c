/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-peer-private.h>

/**
 * ZmqgPeer:
 *
 * One connection of a socket, and what is known of the other end of it.
 *
 * A peer that connects again is another one. Some things become known with the first message that
 * comes from it, others, over some transports, never; they are `NULL` until then. What is known
 * once does not change any more.
 *
 * May be used from any thread.
 *
 * Since: 1.0
 */
G_DEFINE_BOXED_TYPE (ZmqgPeer, zmqg_peer, zmqg_peer_ref, zmqg_peer_unref)

ZmqgPeer *
zmqg_peer_new (guint64     id,
               GRefString *endpoint,
               gboolean    is_incoming,
               gint64      since)
{
  ZmqgPeer *self = g_new0 (ZmqgPeer, 1);

  self->ref_count = 1;
  self->id = id;
  self->endpoint = g_ref_string_acquire (endpoint);
  self->is_incoming = is_incoming;
  self->since = since;
  self->is_connected = TRUE;

  return self;
}

/* @address: (transfer full) (nullable) */
void
zmqg_peer_set_address (ZmqgPeer *self,
                       char     *address,
                       int       process_id)
{
  g_atomic_int_set (&self->process_id, process_id);
  if (!g_atomic_pointer_compare_and_exchange (&self->address, NULL, address))
    g_free (address);
}

void
zmqg_peer_set_routing_id (ZmqgPeer *self,
                          GBytes   *routing_id)
{
  if (g_atomic_pointer_compare_and_exchange (&self->routing_id, NULL, routing_id))
    g_bytes_ref (routing_id);
}

static void
set_text (char       **field,
          const char  *text)
{
  char *copy;

  if (text == NULL || text[0] == '\0' || g_atomic_pointer_get (field) != NULL)
    return;

  copy = g_utf8_make_valid (text, -1);
  if (!g_atomic_pointer_compare_and_exchange (field, NULL, copy))
    g_free (copy);
}

/* Both nullable */
void
zmqg_peer_set_identity (ZmqgPeer   *self,
                        const char *user_id,
                        const char *socket_type)
{
  set_text (&self->user_id, user_id);
  set_text (&self->socket_type, socket_type);
}

/**
 * zmqg_peer_ref:
 * @self: a peer
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
ZmqgPeer *
zmqg_peer_ref (ZmqgPeer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);

  return self;
}

/**
 * zmqg_peer_unref:
 * @self: (transfer full): a peer
 *
 * Releases a reference.
 *
 * Since: 1.0
 */
void
zmqg_peer_unref (ZmqgPeer *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_ref_string_release (self->endpoint);
  g_free (self->address);
  g_clear_pointer (&self->routing_id, g_bytes_unref);
  g_free (self->user_id);
  g_free (self->socket_type);
  g_free (self);
}

/**
 * zmqg_peer_get_id:
 * @self: a peer
 *
 * Gets a number that no other peer of the same socket has or had: two objects that have the same
 * one are the same connection.
 *
 * Returns: the number, from 1
 *
 * Since: 1.0
 */
guint64
zmqg_peer_get_id (ZmqgPeer *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->id;
}

/**
 * zmqg_peer_get_address:
 * @self: a peer
 *
 * Gets the address of the other end, such as `tcp://192.0.2.7:40214`.
 *
 * Over ipc the end that connected has no address, and this is the endpoint of the one that
 * listens. `NULL` if it is not known: the connection had gone before anybody could ask for it.
 *
 * Returns: (transfer none) (nullable): the address
 *
 * Since: 1.0
 */
const char *
zmqg_peer_get_address (ZmqgPeer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_pointer_get (&self->address);
}

/**
 * zmqg_peer_get_endpoint:
 * @self: a peer
 *
 * Gets the endpoint of ours that the connection came in at, or the one we connected to.
 *
 * Returns: (transfer none): the endpoint; empty if the connection is older than the watch over it
 *
 * Since: 1.0
 */
const char *
zmqg_peer_get_endpoint (ZmqgPeer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->endpoint;
}

/**
 * zmqg_peer_get_since:
 * @self: a peer
 *
 * Gets when the connection was made, or was seen for the first time.
 *
 * Returns: the time in µs, as `g_get_monotonic_time()` has it
 *
 * Since: 1.0
 */
gint64
zmqg_peer_get_since (ZmqgPeer *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->since;
}

/**
 * zmqg_peer_is_connected:
 * @self: a peer
 *
 * Whether the connection is still there, as far as is known in this moment.
 *
 * It can be `FALSE` before [signal@Socket::connection-event] said so.
 *
 * Returns: `TRUE` until it is lost
 *
 * Since: 1.0
 */
gboolean
zmqg_peer_is_connected (ZmqgPeer *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return g_atomic_int_get (&self->is_connected);
}

/**
 * zmqg_peer_is_incoming:
 * @self: a peer
 *
 * Whether the other end connected to us, rather than we to it.
 *
 * Returns: `TRUE` if the connection was accepted
 *
 * Since: 1.0
 */
gboolean
zmqg_peer_is_incoming (ZmqgPeer *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_incoming;
}

/**
 * zmqg_peer_get_routing_id:
 * @self: a peer
 *
 * Gets the routing id of the peer.
 *
 * On ROUTER and STREAM this is what its messages begin with, known since the first of them. On
 * other sockets it is the one the peer gave itself ([property@Socket:routing-id]), if it did.
 *
 * Returns: (transfer none) (nullable): the routing id
 *
 * Since: 1.0
 */
GBytes *
zmqg_peer_get_routing_id (ZmqgPeer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_pointer_get (&self->routing_id);
}

/**
 * zmqg_peer_get_user_id:
 * @self: a peer
 *
 * Gets the user id that the authenticator gave to the peer, known since its first message.
 *
 * Returns: (transfer none) (nullable): the user id
 *
 * Since: 1.0
 */
const char *
zmqg_peer_get_user_id (ZmqgPeer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_pointer_get (&self->user_id);
}

/**
 * zmqg_peer_get_socket_type:
 * @self: a peer
 *
 * Gets the type of the peer's socket, such as `DEALER`, known since its first message.
 *
 * Returns: (transfer none) (nullable): the type
 *
 * Since: 1.0
 */
const char *
zmqg_peer_get_socket_type (ZmqgPeer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_pointer_get (&self->socket_type);
}

/**
 * zmqg_peer_get_mechanism:
 * @self: a peer
 *
 * Gets the security mechanism that the connection uses: `NULL`, `PLAIN`, `CURVE` or `GSSAPI`.
 *
 * Returns: (transfer none) (nullable): the name of the mechanism, or `NULL` as long as the main
 *   context of the socket has not looked at the connection
 *
 * Since: 1.0
 */
const char *
zmqg_peer_get_mechanism (ZmqgPeer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_pointer_get (&self->mechanism);
}

/**
 * zmqg_peer_get_process_id:
 * @self: a peer
 *
 * Gets the process at the other end, as the system knew it when the connection was made.
 *
 * Returns: the number of the process over ipc, 0 over other transports
 *
 * Since: 1.0
 */
int
zmqg_peer_get_process_id (ZmqgPeer *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return g_atomic_int_get (&self->process_id);
}
