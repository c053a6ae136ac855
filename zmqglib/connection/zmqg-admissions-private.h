/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* From where peers were admitted with a key, by domain: what there is to tell when the key is
 * withdrawn. libzmq does not tell an authenticator when a peer leaves. */
typedef struct
{
  GHashTable *table;
} ZmqgAdmissions;

typedef struct
{
  char *domain;
  char *key;
  /* (element-type utf8) */
  GPtrArray *addresses;
  /* There were more than are remembered */
  gboolean is_incomplete;
} ZmqgAdmission;

void       zmqg_admissions_init      (ZmqgAdmissions  *self);
void       zmqg_admissions_clear     (ZmqgAdmissions  *self);
void       zmqg_admissions_add       (ZmqgAdmissions  *self,
                                      const char      *domain,
                                      const char      *key,
                                      const char      *address);
/* Those with @key, in every domain; (transfer container) (element-type ZmqgAdmission) */
GPtrArray *zmqg_admissions_find      (ZmqgAdmissions  *self,
                                      const char      *key);
void       zmqg_admissions_remove    (ZmqgAdmissions  *self,
                                      ZmqgAdmission   *admission);

G_END_DECLS
