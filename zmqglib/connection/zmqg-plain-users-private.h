/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Names and passwords. Of a password its HMAC under a random key is kept: two of them are
 * compared in a time that depends on neither. */
typedef struct
{
  GHashTable *digests;
  guint8 key[32];
} ZmqgPlainUsers;

void      zmqg_plain_users_init    (ZmqgPlainUsers  *self);
void      zmqg_plain_users_clear   (ZmqgPlainUsers  *self);
void      zmqg_plain_users_add     (ZmqgPlainUsers  *self,
                                    const char      *username,
                                    const char      *password);
gboolean  zmqg_plain_users_remove  (ZmqgPlainUsers  *self,
                                    const char      *username);
gboolean  zmqg_plain_users_has     (ZmqgPlainUsers  *self,
                                    const char      *username);
gboolean  zmqg_plain_users_check   (ZmqgPlainUsers  *self,
                                    const char      *username,
                                    const char      *password);

typedef void (*ZmqgPlainUserFunc) (const char *username,
                                   const char *password,
                                   gpointer    user_data);

/* Reads lines of "name=password", those of blanks and those that begin with '#' apart; tells of
 * users only if all lines are well-formed. Changes @text, which has room for one byte more. */
gboolean  zmqg_plain_users_parse   (char               *text,
                                    gsize               length,
                                    ZmqgPlainUserFunc   func,
                                    gpointer            user_data,
                                    GError            **error);

G_END_DECLS
