/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-address-rules-private.h>

#include <string.h>

/* What libzmq's getnameinfo() makes of a Unix socket, with the credentials behind it */
#define IPC_PEER "localhost"
#define IPC_RANGE "ipc"
#define IPV4_MAPPED_BITS 96

struct _ZmqgAddressRange
{
  /* NULL: peers over ipc */
  GInetAddressMask *mask;
  /* -1: all */
  gint64 uid;
};

GInetAddress *
zmqg_inet_address_unmap (GInetAddress *inet)
{
  static const guint8 mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  const guint8 *bytes = g_inet_address_to_bytes (inet);

  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6 &&
      memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_inet_address_new_from_bytes (bytes + sizeof mapped, G_SOCKET_FAMILY_IPV4);

  return g_object_ref (inet);
}

static gint64
parse_id (const char *text)
{
  guint64 id;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &id, NULL))
    return -1;

  return id;
}

/* "localhost:UID:GID:PID" */
static void
init_ipc (ZmqgPeerAddress *self,
          const char      *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  guint n_parts = g_strv_length (parts);

  if (n_parts == 0 || !g_str_equal (parts[0], IPC_PEER))
    return;

  self->is_ipc = TRUE;
  if (n_parts != 4)
    return;
  self->uid = parse_id (parts[1]);
  self->gid = parse_id (parts[2]);
  self->pid = parse_id (parts[3]);
}

void
zmqg_peer_address_init (ZmqgPeerAddress *self,
                        const char      *text)
{
  /* Of a link-local address there may be one in each zone: no rule tells them apart */
  g_autofree char *without_zone = g_strndup (text, strcspn (text, "%"));
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (without_zone);

  *self = (ZmqgPeerAddress) { .uid = -1, .gid = -1, .pid = -1 };
  if (inet != NULL)
    self->inet = zmqg_inet_address_unmap (inet);
  else
    init_ipc (self, text);
}

void
zmqg_peer_address_clear (ZmqgPeerAddress *self)
{
  g_clear_object (&self->inet);
}

static ZmqgAddressRange *
refuse (const char  *text,
        const char  *reason,
        GError     **error)
{
  g_autofree char *shown = g_utf8_make_valid (text, -1);
  /* GLib's has the text in it, too */
  g_autofree char *why = g_utf8_make_valid (reason, -1);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "Could not read the address range '%s': %s", shown, why);
  return NULL;
}

static ZmqgAddressRange *
range_new (GInetAddressMask *mask,
           gint64            uid)
{
  ZmqgAddressRange *self = g_new (ZmqgAddressRange, 1);

  self->mask = mask;
  self->uid = uid;

  return self;
}

/* A range of IPv4-mapped addresses is one of IPv4 addresses. */
static GInetAddressMask *
unmap (GInetAddressMask *mask)
{
  GInetAddress *inet = g_inet_address_mask_get_address (mask);
  guint length = g_inet_address_mask_get_length (mask);
  g_autoptr (GInetAddress) unmapped = zmqg_inet_address_unmap (inet);

  if (unmapped == inet || length < IPV4_MAPPED_BITS)
    return g_object_ref (mask);

  return g_inet_address_mask_new (unmapped, length - IPV4_MAPPED_BITS, NULL);
}

static ZmqgAddressRange *
parse_ipc (const char  *text,
           GError     **error)
{
  const char *id = text + strlen (IPC_RANGE);
  gint64 uid = -1;

  if (*id == ':')
    {
      uid = parse_id (id + 1);
      if (uid < 0)
        return refuse (text, "after 'ipc:' comes the number of a user", error);
    }
  else if (*id != '\0')
    return refuse (text, "it is neither an IP address nor 'ipc'", error);

  return range_new (NULL, uid);
}

/* GLib takes blanks, signs and numbers that wrap around for a length, too. */
static gboolean
has_odd_length (const char *text)
{
  const char *slash = strchr (text, '/');

  return slash != NULL && !g_ascii_string_to_unsigned (slash + 1, 10, 0, 128, NULL, NULL);
}

ZmqgAddressRange *
zmqg_address_range_parse (const char  *text,
                          GError     **error)
{
  g_autoptr (GInetAddressMask) mask = NULL;
  g_autoptr (GError) reason = NULL;

  if (g_str_has_prefix (text, IPC_RANGE))
    return parse_ipc (text, error);
  if (has_odd_length (text))
    return refuse (text, "after '/' comes the number of bits that count", error);

  mask = g_inet_address_mask_new_from_string (text, &reason);
  if (mask == NULL)
    return refuse (text, reason->message, error);

  return range_new (unmap (mask), -1);
}

void
zmqg_address_range_free (ZmqgAddressRange *self)
{
  g_clear_object (&self->mask);
  g_free (self);
}

static gboolean
range_equal (const ZmqgAddressRange *self,
             const ZmqgAddressRange *other)
{
  if (self->mask == NULL || other->mask == NULL)
    return self->mask == other->mask && self->uid == other->uid;

  return g_inet_address_mask_equal (self->mask, other->mask);
}

static gboolean
range_has (const ZmqgAddressRange *self,
           const ZmqgPeerAddress  *address)
{
  if (self->mask == NULL)
    return address->is_ipc && (self->uid < 0 || self->uid == address->uid);

  return address->inet != NULL && g_inet_address_mask_matches (self->mask, address->inet);
}

void
zmqg_address_rules_init (ZmqgAddressRules *self)
{
  self->allowed = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_address_range_free);
  self->denied = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_address_range_free);
}

void
zmqg_address_rules_clear (ZmqgAddressRules *self)
{
  g_ptr_array_unref (self->allowed);
  g_ptr_array_unref (self->denied);
}

static gboolean
find_range (GPtrArray              *ranges,
            const ZmqgAddressRange *range,
            guint                  *index)
{
  return g_ptr_array_find_with_equal_func (ranges, range, (GEqualFunc) range_equal, index);
}

void
zmqg_address_rules_add (ZmqgAddressRules *self,
                        gboolean          allow,
                        ZmqgAddressRange *range)
{
  GPtrArray *ranges = allow ? self->allowed : self->denied;

  if (find_range (ranges, range, NULL))
    zmqg_address_range_free (range);
  else
    g_ptr_array_add (ranges, range);
}

gboolean
zmqg_address_rules_remove (ZmqgAddressRules       *self,
                           const ZmqgAddressRange *range)
{
  gboolean removed = FALSE;
  guint index;

  if (find_range (self->allowed, range, &index))
    {
      g_ptr_array_remove_index_fast (self->allowed, index);
      removed = TRUE;
    }
  if (find_range (self->denied, range, &index))
    {
      g_ptr_array_remove_index_fast (self->denied, index);
      removed = TRUE;
    }

  return removed;
}

static gboolean
any_has (GPtrArray             *ranges,
         const ZmqgPeerAddress *address)
{
  for (guint i = 0; i < ranges->len; i++)
    {
      if (range_has (ranges->pdata[i], address))
        return TRUE;
    }

  return FALSE;
}

ZmqgAddressOpinion
zmqg_address_rules_look_up (const ZmqgAddressRules *self,
                            const ZmqgPeerAddress  *address)
{
  ZmqgAddressOpinion opinion = 0;

  if (any_has (self->denied, address))
    opinion |= ZMQG_ADDRESS_DENIED;
  if (any_has (self->allowed, address))
    opinion |= ZMQG_ADDRESS_ALLOWED;
  if (self->allowed->len > 0)
    opinion |= ZMQG_ADDRESS_LISTED;

  return opinion;
}
