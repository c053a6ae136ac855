/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/connection/zmqg-address-rules-private.h>
#include <zmqglib/connection/zmqg-certificate-directory-private.h>
#include <zmqglib/connection/zmqg-certificate.h>
#include <zmqglib/connection/zmqg-plain-users-private.h>
#include <zmqglib/connection/zmqg-zap-private.h>

G_BEGIN_DECLS

/* Who may come into a domain */
typedef struct
{
  ZmqgAddressRules addresses;
  ZmqgPlainUsers users;
  /* Public keys to a GBytes with the metadata as ZMTP has it */
  GHashTable *certificates;
  ZmqgCertificateDirectory *directory;
} ZmqgDomainRules;

typedef enum
{
  ZMQG_VERDICT_ADMITTED,
  ZMQG_VERDICT_REFUSED,
  /* No rule speaks of the peer */
  ZMQG_VERDICT_OPEN,
  /* A directory of certificates has to be read first */
  ZMQG_VERDICT_UNREAD,
} ZmqgVerdictKind;

typedef struct
{
  ZmqgVerdictKind kind;
  /* Why nobody is admitted, as long as that is so; static */
  const char *reason;
  /* Belongs to the request */
  const char *user_id;
  /* Belongs to the rules */
  GBytes *metadata;
} ZmqgVerdict;

ZmqgDomainRules *zmqg_domain_rules_new             (void);
void             zmqg_domain_rules_free            (ZmqgDomainRules        *self);
void             zmqg_domain_rules_add_certificate (ZmqgDomainRules        *self,
                                                    ZmqgCertificate        *certificate);
/* @is_fresh: the directories were read for this request */
gboolean         zmqg_domain_rules_has_key         (ZmqgDomainRules *const *rules,
                                                    guint                   n_rules,
                                                    const char             *key);
ZmqgVerdict      zmqg_domain_rules_judge           (ZmqgDomainRules *const *rules,
                                                    guint                   n_rules,
                                                    const ZmqgZapRequest   *request,
                                                    gboolean                is_fresh);

G_END_DECLS
