/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-zap-private.h>

#include <gio/gio.h>
#include <string.h>
#include <zmq.h>

#define VERSION "1.0"
#define MAX_LENGTH 255
#define MAX_MECHANISM 20
#define KEY_SIZE 32
#define KEY_TEXT_SIZE 40

enum
{
  FRAME_ROUTE,
  FRAME_DELIMITER,
  FRAME_VERSION,
  FRAME_ID,
  FRAME_DOMAIN,
  FRAME_ADDRESS,
  FRAME_ROUTING_ID,
  FRAME_MECHANISM,
  FRAME_CREDENTIALS,
};

static gboolean
refuse (GError     **error,
        const char  *format,
        ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError     **error,
        const char  *format,
        ...)
{
  g_autofree char *reason = NULL;
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "Could not read an authentication request: %s", reason);

  return FALSE;
}

static gboolean
check_length (ZmqgMessage  *message,
              guint         index,
              gsize         max,
              const char   *name,
              GError      **error)
{
  gsize length;

  zmqg_message_peek_frame (message, index, &length);
  if (length <= max)
    return TRUE;

  return refuse (error, "%s has %" G_GSIZE_FORMAT " bytes", name, length);
}

static gboolean
read_text (ZmqgMessage  *message,
           guint         index,
           gsize         max,
           const char   *name,
           char        **text,
           GError      **error)
{
  if (!check_length (message, index, max, name, error))
    return FALSE;

  *text = zmqg_message_get_string (message, index, NULL);

  return *text != NULL || refuse (error, "%s is not valid text", name);
}

static gboolean
read_envelope (ZmqgZapRequest  *self,
               ZmqgMessage     *message,
               GError         **error)
{
  guint n_frames = zmqg_message_get_n_frames (message);
  gsize length;

  if (n_frames <= FRAME_ID)
    return refuse (error, "it has %u frames only", n_frames);
  zmqg_message_peek_frame (message, FRAME_DELIMITER, &length);
  if (length > 0)
    return refuse (error, "its envelope does not end");
  if (!check_length (message, FRAME_ID, MAX_LENGTH, "the request id", error))
    return FALSE;

  self->route = g_bytes_ref (zmqg_message_get_frame (message, FRAME_ROUTE));
  self->id = g_bytes_ref (zmqg_message_get_frame (message, FRAME_ID));

  return TRUE;
}

static gboolean
check_version (ZmqgMessage  *message,
               GError      **error)
{
  gsize length;
  const guint8 *version = zmqg_message_peek_frame (message, FRAME_VERSION, &length);

  if (length == strlen (VERSION) && memcmp (version, VERSION, length) == 0)
    return TRUE;

  return refuse (error, "its version is not " VERSION);
}

static gboolean
check_count (ZmqgZapRequest  *self,
             ZmqgMessage     *message,
             guint            n_credentials,
             GError         **error)
{
  guint n_frames = zmqg_message_get_n_frames (message);

  if (n_frames == FRAME_CREDENTIALS + n_credentials)
    return TRUE;

  return refuse (error, "%s goes with %u credentials, not with %u", self->mechanism,
                 n_credentials, n_frames - FRAME_CREDENTIALS);
}

static gboolean
read_key (ZmqgZapRequest  *self,
          ZmqgMessage     *message,
          GError         **error)
{
  gsize length;
  const guint8 *key = zmqg_message_peek_frame (message, FRAME_CREDENTIALS, &length);

  if (length != KEY_SIZE)
    return refuse (error, "the key has %" G_GSIZE_FORMAT " bytes", length);

  self->public_key = g_malloc (KEY_TEXT_SIZE + 1);
  zmq_z85_encode (self->public_key, key, length);

  return TRUE;
}

/* What a peer wrote can be anything, and is no fault of the request. */
static void
read_password (ZmqgZapRequest *self,
               ZmqgMessage    *message)
{
  if (!read_text (message, FRAME_CREDENTIALS, MAX_LENGTH, "", &self->username, NULL))
    self->defect = "the user name is not valid text";
  else if (!read_text (message, FRAME_CREDENTIALS + 1, MAX_LENGTH, "", &self->password, NULL))
    self->defect = "the password is not valid text";
}

/* What comes with a mechanism that is not known is not looked at. */
static gboolean
read_credentials (ZmqgZapRequest  *self,
                  ZmqgMessage     *message,
                  GError         **error)
{
  if (g_str_equal (self->mechanism, "NULL"))
    return check_count (self, message, 0, error);
  if (g_str_equal (self->mechanism, "CURVE"))
    return check_count (self, message, 1, error) && read_key (self, message, error);
  if (!g_str_equal (self->mechanism, "PLAIN"))
    return TRUE;
  if (!check_count (self, message, 2, error))
    return FALSE;
  read_password (self, message);

  return TRUE;
}

gboolean
zmqg_zap_request_parse (ZmqgZapRequest  *self,
                        ZmqgMessage     *message,
                        GError         **error)
{
  *self = (ZmqgZapRequest) { NULL };

  if (!read_envelope (self, message, error) || !check_version (message, error))
    return FALSE;
  if (zmqg_message_get_n_frames (message) < FRAME_CREDENTIALS)
    return refuse (error, "it has %u frames only", zmqg_message_get_n_frames (message));
  if (!read_text (message, FRAME_DOMAIN, MAX_LENGTH, "the domain", &self->domain, error) ||
      !read_text (message, FRAME_ADDRESS, MAX_LENGTH, "the address", &self->address, error) ||
      !check_length (message, FRAME_ROUTING_ID, MAX_LENGTH, "the routing id", error) ||
      !read_text (message, FRAME_MECHANISM, MAX_MECHANISM, "the mechanism", &self->mechanism,
                  error))
    return FALSE;
  self->routing_id = g_bytes_ref (zmqg_message_get_frame (message, FRAME_ROUTING_ID));

  return read_credentials (self, message, error);
}

/* Once there is an answer nobody needs the password any more. Somebody may still look at it. */
void
zmqg_zap_request_wipe (ZmqgZapRequest *self)
{
  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
}

void
zmqg_zap_request_clear (ZmqgZapRequest *self)
{
  zmqg_zap_request_wipe (self);
  g_clear_pointer (&self->password, g_free);
  g_clear_pointer (&self->route, g_bytes_unref);
  g_clear_pointer (&self->id, g_bytes_unref);
  g_clear_pointer (&self->domain, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->routing_id, g_bytes_unref);
  g_clear_pointer (&self->mechanism, g_free);
  g_clear_pointer (&self->username, g_free);
  g_clear_pointer (&self->public_key, g_free);
}

ZmqgMessage *
zmqg_zap_request_make_reply (ZmqgZapRequest *self,
                             ZmqgZapStatus   status,
                             const char     *text,
                             const char     *user_id,
                             GBytes         *metadata)
{
  ZmqgMessage *reply = zmqg_message_new ();
  char code[4];

  g_snprintf (code, sizeof code, "%d", (int) status);
  zmqg_message_append_bytes (reply, self->route);
  zmqg_message_append_string (reply, "");
  zmqg_message_append_string (reply, VERSION);
  zmqg_message_append_bytes (reply, self->id);
  zmqg_message_append_string (reply, code);
  zmqg_message_append_string (reply, text);
  zmqg_message_append_string (reply, user_id != NULL ? user_id : "");
  if (metadata != NULL)
    zmqg_message_append_bytes (reply, metadata);
  else
    zmqg_message_append_string (reply, "");

  return reply;
}

void
zmqg_zap_metadata_append (GByteArray *metadata,
                          const char *name,
                          const char *value)
{
  guint8 name_length = strlen (name);
  guint32 value_length = g_htonl (strlen (value));

  g_return_if_fail (strlen (name) <= MAX_LENGTH);

  g_byte_array_append (metadata, &name_length, sizeof name_length);
  g_byte_array_append (metadata, (const guint8 *) name, name_length);
  g_byte_array_append (metadata, (const guint8 *) &value_length, sizeof value_length);
  g_byte_array_append (metadata, (const guint8 *) value, strlen (value));
}
