/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <gio/gio.h>
#include <zmqglib/base/zmqg-version.h>

G_BEGIN_DECLS

#define ZMQG_TYPE_MESSAGE (zmqg_message_get_type ())

typedef struct _ZmqgMessage ZmqgMessage;

ZMQG_AVAILABLE_IN_1_0
GType         zmqg_message_get_type       (void) G_GNUC_CONST;

ZMQG_AVAILABLE_IN_1_0
ZmqgMessage  *zmqg_message_new            (void);

ZMQG_AVAILABLE_IN_1_0
ZmqgMessage  *zmqg_message_new_string     (const char          *utf8);

ZMQG_AVAILABLE_IN_1_0
ZmqgMessage  *zmqg_message_new_bytes      (GBytes              *bytes);

ZMQG_AVAILABLE_IN_1_0
ZmqgMessage  *zmqg_message_new_data       (const guint8        *data,
                                           gsize                length);

ZMQG_AVAILABLE_IN_1_0
ZmqgMessage  *zmqg_message_new_strv       (const char * const  *frames);

ZMQG_AVAILABLE_IN_1_0
ZmqgMessage  *zmqg_message_new_variant    (GVariant            *variant);

ZMQG_AVAILABLE_IN_1_0
ZmqgMessage  *zmqg_message_copy           (ZmqgMessage         *self);

ZMQG_AVAILABLE_IN_1_0
ZmqgMessage  *zmqg_message_ref            (ZmqgMessage         *self);

ZMQG_AVAILABLE_IN_1_0
void          zmqg_message_unref          (ZmqgMessage         *self);

ZMQG_AVAILABLE_IN_1_0
void          zmqg_message_append_bytes   (ZmqgMessage         *self,
                                           GBytes              *bytes);

ZMQG_AVAILABLE_IN_1_0
void          zmqg_message_append_data    (ZmqgMessage         *self,
                                           const guint8        *data,
                                           gsize                length);

ZMQG_AVAILABLE_IN_1_0
void          zmqg_message_append_string  (ZmqgMessage         *self,
                                           const char          *utf8);

ZMQG_AVAILABLE_IN_1_0
void          zmqg_message_append_variant (ZmqgMessage         *self,
                                           GVariant            *variant);

ZMQG_AVAILABLE_IN_1_0
void          zmqg_message_prepend_bytes  (ZmqgMessage         *self,
                                           GBytes              *bytes);

ZMQG_AVAILABLE_IN_1_0
guint         zmqg_message_get_n_frames   (ZmqgMessage         *self);

ZMQG_AVAILABLE_IN_1_0
gsize         zmqg_message_get_size       (ZmqgMessage         *self);

ZMQG_AVAILABLE_IN_1_0
GBytes       *zmqg_message_get_frame      (ZmqgMessage         *self,
                                           guint                index);

ZMQG_AVAILABLE_IN_1_0
const guint8 *zmqg_message_peek_frame     (ZmqgMessage         *self,
                                           guint                index,
                                           gsize               *length);

ZMQG_AVAILABLE_IN_1_0
char         *zmqg_message_get_string     (ZmqgMessage         *self,
                                           guint                index,
                                           GError             **error);

ZMQG_AVAILABLE_IN_1_0
GVariant     *zmqg_message_get_variant    (ZmqgMessage         *self,
                                           guint                index,
                                           const GVariantType  *type,
                                           GError             **error);

ZMQG_AVAILABLE_IN_1_0
char        **zmqg_message_to_strv        (ZmqgMessage         *self,
                                           GError             **error);

ZMQG_AVAILABLE_IN_1_0
const char   *zmqg_message_get_metadata   (ZmqgMessage         *self,
                                           const char          *key);

ZMQG_AVAILABLE_IN_1_0
void          zmqg_message_set_expiry     (ZmqgMessage         *self,
                                           int                  milliseconds);

ZMQG_AVAILABLE_IN_1_0
int           zmqg_message_get_expiry     (ZmqgMessage         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgMessage, zmqg_message_unref)

G_END_DECLS
