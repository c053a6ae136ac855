/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A resolver that answers when it is told to */

#define ZMQG_TEST_TYPE_RESOLVER (zmqg_test_resolver_get_type ())

G_DECLARE_FINAL_TYPE (ZmqgTestResolver, zmqg_test_resolver, ZMQG_TEST, RESOLVER, GResolver)

/* Takes the place of the default one */
ZmqgTestResolver          *zmqg_test_resolver_install         (void);
void                       zmqg_test_resolver_uninstall       (ZmqgTestResolver  *self);
/* Addresses, with blanks between them */
void                       zmqg_test_resolver_set             (ZmqgTestResolver  *self,
                                                               const char        *name,
                                                               const char        *addresses);
/* While it is held questions pile up */
void                       zmqg_test_resolver_hold            (ZmqgTestResolver  *self);
void                       zmqg_test_resolver_release         (ZmqgTestResolver  *self);
guint                      zmqg_test_resolver_count_asked     (ZmqgTestResolver  *self);
/* Of the last question */
GResolverNameLookupFlags   zmqg_test_resolver_get_flags       (ZmqgTestResolver  *self);

G_END_DECLS
