/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>
#include <zmqglib/socket/zmqg-socket.h>

G_BEGIN_DECLS

typedef enum
{
  ZMQG_OPTION_BOOLEAN,
  ZMQG_OPTION_INT,
  ZMQG_OPTION_INT64,
  ZMQG_OPTION_UINT64,
  ZMQG_OPTION_STRING,
  ZMQG_OPTION_BYTES,
} ZmqgOptionKind;

typedef enum
{
  ZMQG_OPTION_FLAGS_NONE = 0,
  /* Our default is not libzmq's */
  ZMQG_OPTION_OWN_DEFAULT = 1 << 0,
  /* A default is the context's to say */
  ZMQG_OPTION_CONTEXT_DEFAULT = 1 << 1,
  /* Must not be read back */
  ZMQG_OPTION_SECRET = 1 << 2,
  /* A server that asks for credentials admits nobody without an authenticator */
  ZMQG_OPTION_GUARDED = 1 << 3,
  /* Is spent by the next connect_to() */
  ZMQG_OPTION_ONE_SHOT = 1 << 4,
} ZmqgOptionFlags;

/* One option of libzmq that is a property: adding one is adding a row. */
typedef struct
{
  const char *name;
  int option;
  ZmqgOptionKind kind;
  gint64 minimum;
  gint64 maximum;
  gint64 default_value;
  ZmqgOptionFlags flags;
  /* The socket types that have it, as bits; 0: all */
  guint types;
} ZmqgOption;

/* The value as it was set last. Properties are read from here, by any thread. */
typedef union
{
  gint64 integer;
  char *string;
  GBytes *bytes;
} ZmqgOptionValue;

extern const ZmqgOption zmqg_options[];
extern const guint zmqg_n_options;

static inline gboolean
zmqg_option_is_data (const ZmqgOption *option)
{
  return option->kind == ZMQG_OPTION_STRING || option->kind == ZMQG_OPTION_BYTES;
}

void             zmqg_options_install       (GObjectClass     *object_class,
                                             guint             first_prop_id);
ZmqgOptionValue *zmqg_options_new           (void);
void             zmqg_options_free          (ZmqgOptionValue  *values);
void             zmqg_options_get_property  (ZmqgSocket       *self,
                                             guint             index,
                                             GValue           *value);
void             zmqg_options_set_property  (ZmqgSocket       *self,
                                             guint             index,
                                             const GValue     *value);
guint            zmqg_options_find          (int               number);
gboolean         zmqg_options_set           (ZmqgSocket       *self,
                                             guint             index,
                                             const ZmqgOptionValue *value,
                                             GError          **error);
void             zmqg_options_store         (ZmqgSocket       *self,
                                             guint             index,
                                             const ZmqgOptionValue *value);
const char      *zmqg_options_get_routing_id (ZmqgSocket     *self);
void             zmqg_options_spend_routing_id (ZmqgSocket   *self);
gboolean         zmqg_options_apply_all     (ZmqgSocket       *self,
                                             GError          **error);

/* zmqg-socket-mechanism.c */
gboolean         zmqg_options_check_mechanism (ZmqgSocket     *self,
                                             int               option,
                                             gboolean          is_set,
                                             GError          **error);
gboolean         zmqg_options_enforce_domain (ZmqgSocket      *self,
                                             gboolean          enforce,
                                             GError          **error);
gboolean         zmqg_options_guard         (ZmqgSocket       *self,
                                             GError          **error);
gboolean         zmqg_options_asks_authenticator (ZmqgSocket  *self);

G_END_DECLS
