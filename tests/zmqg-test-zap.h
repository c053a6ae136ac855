/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/zmqglib.h>

G_BEGIN_DECLS

/* A handler of ZAP requests (RFC 27) made by hand, in the default main context */
typedef struct
{
  ZmqgSocket *socket;
  /* The keys it admits, in Z85; others are refused */
  GPtrArray  *keys;
  /* Of the last request */
  char       *domain;
  char       *mechanism;
  guint       n_admitted;
  guint       n_refused;
} ZmqgTestZap;

ZmqgTestZap  *zmqg_test_zap_new   (ZmqgContext      *context);
void          zmqg_test_zap_admit (ZmqgTestZap      *zap,
                                   ZmqgCertificate  *certificate);
void          zmqg_test_zap_free  (ZmqgTestZap      *zap);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgTestZap, zmqg_test_zap_free)

G_END_DECLS
