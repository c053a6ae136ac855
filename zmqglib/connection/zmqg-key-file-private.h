/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <string.h>

G_BEGIN_DECLS

/* A key in Z85 and its end */
#define ZMQG_KEY_SIZE 41

/* Pairs of name and value, one string after the other, in the order of the file */
typedef struct
{
  GPtrArray *strings;
} ZmqgMetadata;

void        zmqg_metadata_init      (ZmqgMetadata       *self);
void        zmqg_metadata_clear     (ZmqgMetadata       *self);
void        zmqg_metadata_set       (ZmqgMetadata       *self,
                                     const char         *name,
                                     const char         *value);
const char *zmqg_metadata_get       (ZmqgMetadata       *self,
                                     const char         *name);

/* What a certificate's file holds, in ZPL (RFC 4) */
typedef struct
{
  char public_key[ZMQG_KEY_SIZE];
  char secret_key[ZMQG_KEY_SIZE];
  ZmqgMetadata metadata;
} ZmqgKeyFile;

void        zmqg_key_file_init      (ZmqgKeyFile        *self);
/* Leaves nothing of the secret key in memory */
void        zmqg_key_file_clear     (ZmqgKeyFile        *self);

/* Changes @text, which has room for one byte more, and keeps nothing of it. Reasons are read as
 * the end of "Could not load …: ". */
gboolean    zmqg_key_file_parse     (ZmqgKeyFile        *self,
                                     char               *text,
                                     gsize               length,
                                     GError            **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZmqgKeyFile, zmqg_key_file_clear)

/* Text that may hold a secret: it never moves, so that it can be wiped */
typedef struct
{
  char *data;
  gsize length;
  gsize size;
} ZmqgSecretText;

void        zmqg_secret_text_init   (ZmqgSecretText     *self,
                                     gsize               size);
void        zmqg_secret_text_clear  (ZmqgSecretText     *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZmqgSecretText, zmqg_secret_text_clear)

/* @secret_key: (nullable) */
gboolean    zmqg_key_file_write     (ZmqgSecretText     *text,
                                     const char         *public_key,
                                     const char         *secret_key,
                                     ZmqgMetadata       *metadata,
                                     GError            **error);

static inline gboolean
zmqg_key_file_is_name_char (char byte)
{
  return g_ascii_isalnum (byte) || (byte != '\0' && strchr ("$-_@.&+/", byte) != NULL);
}

gboolean    zmqg_key_is_valid       (const char         *text);

/* Whether both are keys and belong together; fails with @code. @secret_key: (nullable) */
gboolean    zmqg_keys_check         (const char         *public_key,
                                     const char         *secret_key,
                                     int                 code,
                                     GError            **error);

G_END_DECLS
