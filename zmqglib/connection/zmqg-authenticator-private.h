/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/connection/zmqg-admissions-private.h>
#include <zmqglib/connection/zmqg-authentication-request-private.h>
#include <zmqglib/connection/zmqg-authenticator.h>
#include <zmqglib/connection/zmqg-domain-rules-private.h>
#include <zmqglib/connection/zmqg-refusal-log-private.h>
#include <zmqglib/socket/zmqg-socket.h>

G_BEGIN_DECLS

typedef enum
{
  ZMQG_AUTHENTICATOR_AUTHENTICATE,
  ZMQG_AUTHENTICATOR_ADMITTED,
  ZMQG_AUTHENTICATOR_REFUSED,
  ZMQG_AUTHENTICATOR_CERTIFICATE_REMOVED,
  ZMQG_AUTHENTICATOR_N_SIGNALS,
} ZmqgAuthenticatorSignal;

extern guint zmqg_authenticator_signals[ZMQG_AUTHENTICATOR_N_SIGNALS];

struct _ZmqgAuthenticator
{
  GObject parent_instance;

  ZmqgContext *context;
  GMainContext *main_context;
  GError *open_error;
  int timeout;
  guint max_pending;
  gboolean disconnect_removed;

  /* The owner's: NULL once it has stopped */
  ZmqgSocket *socket;
  /* Requests without an answer, by their way to us */
  GHashTable *pending;
  GSource *timer;
  ZmqgRefusalLog log;

  /* Guards what is read and changed by any thread */
  GMutex lock;
  gboolean running;
  ZmqgDomainRules *everywhere;
  GHashTable *domains;
  ZmqgAdmissions admissions;
  guint n_pending;
  guint64 n_admitted;
  guint64 n_refused;
  guint64 n_malformed;
};

/* Rules that hold in a domain: its own, if any, and those of every domain */
#define ZMQG_MAX_RULES 2

/* zmqg-authenticator-properties.c */
void  zmqg_authenticator_install_properties (GObjectClass               *object_class);
void  zmqg_authenticator_add_signals        (GType                       type);
void  zmqg_authenticator_notify_running     (ZmqgAuthenticator          *self);

/* zmqg-authenticator-rules.c; with the lock held */
guint zmqg_authenticator_find_rules         (ZmqgAuthenticator          *self,
                                             const char                 *domain,
                                             ZmqgDomainRules           **rules);

/* zmqg-authenticator-removal.c */
void  zmqg_authenticator_watch              (ZmqgAuthenticator          *self,
                                             ZmqgCertificateDirectory   *directory);
void  zmqg_authenticator_post_removal       (ZmqgAuthenticator          *self,
                                             const char                 *domain,
                                             const char                 *public_key);

/* zmqg-authenticator-requests.c */
void  zmqg_authenticator_message_cb         (ZmqgSocket                 *socket,
                                             ZmqgMessage                *message,
                                             gpointer                    user_data);
void  zmqg_authenticator_expire             (ZmqgAuthenticator          *self);
/* Answers all that wait; signals, if anybody is left for them, come from a dispatch */
void  zmqg_authenticator_dismiss            (ZmqgAuthenticator          *self,
                                             gboolean                    has_audience);

G_END_DECLS
