/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error.h>
#include <zmqglib/base/zmqg-message-private.h>
#include <zmqglib/pattern/zmqg-envelope-private.h>

#include <string.h>

/* What goes before the empty delimiter. A REP returns all of it as it came, so that only a
 * service that knows of the second mark can make a reply an error. */
#define MARK_SIZE 4
#define ID_SIZE (MARK_SIZE + sizeof (guint64))

static const char request_mark[MARK_SIZE] = { 'Z', 'G', 'Q', '1' };
static const char error_mark[MARK_SIZE] = { 'Z', 'G', 'E', '1' };

static void
append_copies (ZmqgMessage *self,
               ZmqgMessage *other,
               guint        n_frames)
{
  for (guint i = 0; i < n_frames; i++)
    zmqg_frame_init_copy (zmqg_message_add_frame (self), &other->frames[i]);
}

ZmqgMessage *
zmqg_envelope_wrap (guint64      id,
                    ZmqgMessage *body)
{
  ZmqgMessage *self = zmqg_message_alloc ();
  guint64 number = GUINT64_TO_BE (id);
  guint8 frame[ID_SIZE];

  memcpy (frame, request_mark, MARK_SIZE);
  memcpy (frame + MARK_SIZE, &number, sizeof number);
  zmqg_message_append_data (self, frame, sizeof frame);
  zmqg_message_append_data (self, NULL, 0);
  append_copies (self, body, body->n_frames);

  return self;
}

static ZmqgEnvelopeKind
read_id (ZmqgFrame *frame,
         guint64   *id)
{
  gsize length;
  const guint8 *data = zmqg_frame_get_data (frame, &length);
  ZmqgEnvelopeKind kind = ZMQG_ENVELOPE_INVALID;

  if (length != ID_SIZE)
    return ZMQG_ENVELOPE_INVALID;
  if (memcmp (data, request_mark, MARK_SIZE) == 0)
    kind = ZMQG_ENVELOPE_REPLY;
  else if (memcmp (data, error_mark, MARK_SIZE) == 0)
    kind = ZMQG_ENVELOPE_ERROR;
  memcpy (id, data + MARK_SIZE, sizeof *id);
  *id = GUINT64_FROM_BE (*id);

  return kind;
}

/* What a client received: an id, a delimiter and a body that is not empty */
ZmqgEnvelopeKind
zmqg_envelope_read (ZmqgMessage *message,
                    guint64     *id)
{
  gsize length;

  if (message->n_frames < 3)
    return ZMQG_ENVELOPE_INVALID;
  zmqg_frame_get_data (&message->frames[1], &length);

  return length == 0 ? read_id (&message->frames[0], id) : ZMQG_ENVELOPE_INVALID;
}

/* What a service received: the first empty frame after the routing id is the delimiter, as it is
 * for a REP. */
gboolean
zmqg_envelope_find_body (ZmqgMessage *message,
                         guint       *first)
{
  for (guint i = 1; i + 1 < message->n_frames; i++)
    {
      gsize length;

      zmqg_frame_get_data (&message->frames[i], &length);
      if (length == 0)
        {
          *first = i + 1;
          return TRUE;
        }
    }

  return FALSE;
}

/* Moves the frames, so that they keep what libzmq knows of the peer. Nobody else may have a
 * reference to @message: what is left of it are frames without content. */
ZmqgMessage *
zmqg_envelope_split_body (ZmqgMessage *message,
                          guint        first)
{
  ZmqgMessage *body = zmqg_message_alloc ();

  for (guint i = first; i < message->n_frames; i++)
    zmqg_frame_move (zmqg_message_add_frame (body), &message->frames[i]);

  return body;
}

ZmqgMessage *
zmqg_envelope_join (ZmqgMessage *envelope,
                    guint        n_frames,
                    ZmqgMessage *body)
{
  ZmqgMessage *self = zmqg_message_alloc ();

  append_copies (self, envelope, n_frames);
  append_copies (self, body, body->n_frames);
  self->expiry = body->expiry;

  return self;
}

/* Only where the peer is a client of ours: others get the body alone */
void
zmqg_envelope_mark_error (ZmqgMessage *message,
                          guint        id_frame)
{
  guint8 marked[ID_SIZE];
  guint64 id;

  if (read_id (&message->frames[id_frame], &id) != ZMQG_ENVELOPE_REPLY)
    return;

  id = GUINT64_TO_BE (id);
  memcpy (marked, error_mark, MARK_SIZE);
  memcpy (marked + MARK_SIZE, &id, sizeof id);
  zmqg_frame_clear (&message->frames[id_frame]);
  memset (&message->frames[id_frame], 0, sizeof (ZmqgFrame));
  zmqg_frame_init_data (&message->frames[id_frame], marked, sizeof marked);
}

ZmqgMessage *
zmqg_envelope_from_error (const GError *error)
{
  ZmqgMessage *self = zmqg_message_new_string ("ERROR");
  g_autofree char *code = g_strdup_printf ("%d", error->code);
  g_autofree char *text = g_utf8_make_valid (error->message, -1);

  zmqg_message_append_string (self, g_quark_to_string (error->domain));
  zmqg_message_append_string (self, code);
  zmqg_message_append_string (self, text);

  return self;
}

GError *
zmqg_envelope_to_error (ZmqgMessage *message)
{
  g_autofree char *domain = zmqg_message_get_string (message, 3, NULL);
  g_autofree char *code = zmqg_message_get_string (message, 4, NULL);
  g_autofree char *text = zmqg_message_get_string (message, 5, NULL);
  gint64 number;
  GQuark quark;

  if (domain == NULL || code == NULL || text == NULL ||
      !g_ascii_string_to_signed (code, 10, G_MININT, G_MAXINT, &number, NULL))
    return g_error_new (ZMQG_ERROR, ZMQG_ERROR_PROTOCOL,
                        "Could not read the error that the service replied");

  /* A quark is never freed: a peer must not be able to make any */
  quark = g_quark_try_string (domain);
  if (quark == 0)
    return g_error_new (ZMQG_ERROR, ZMQG_ERROR_FAILED, "%s (%s, %s)", text, domain, code);

  return g_error_new_literal (quark, number, text);
}
