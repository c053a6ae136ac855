/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/zmqglib.h>

G_BEGIN_DECLS

typedef enum
{
  ZMQG_TEST_NULL,
  ZMQG_TEST_PLAIN,
  ZMQG_TEST_CURVE,
} ZmqgTestMechanism;

#define ZMQG_TEST_N_MECHANISMS 3

const char        *zmqg_test_mechanism_get_name   (ZmqgTestMechanism     mechanism);
/* Adds PATH/null, PATH/plain and PATH/curve; func gets GINT_TO_POINTER (mechanism) */
void               zmqg_test_add_mechanisms       (const char           *path,
                                                   GTestDataFunc         func);

/* What good peers know: a user, and the certificates of a server and a client */
#define ZMQG_TEST_USER "user"
#define ZMQG_TEST_PASSWORD "pass word=1"

ZmqgCertificate   *zmqg_test_get_server_certificate (void);
ZmqgCertificate   *zmqg_test_get_client_certificate (void);

/* An authenticator and its context; the rules admit the peers below */
ZmqgAuthenticator *zmqg_test_authenticator_new    (ZmqgContext          *context);
void               zmqg_test_authenticator_admit  (ZmqgAuthenticator    *authenticator,
                                                   const char           *domain);

/* A PULL socket bound to a free port of 127.0.0.1 that asks for credentials */
ZmqgSocket        *zmqg_test_server_new           (ZmqgContext          *context,
                                                   ZmqgTestMechanism     mechanism,
                                                   const char           *domain);
char              *zmqg_test_server_get_endpoint  (ZmqgSocket           *server);

/* What came to a server: text and user id of each message */
typedef struct
{
  ZmqgSocket *server;
  GPtrArray  *texts;
  GPtrArray  *user_ids;
} ZmqgTestInbox;

ZmqgTestInbox     *zmqg_test_inbox_new            (ZmqgSocket           *server);
void               zmqg_test_inbox_free           (ZmqgTestInbox        *inbox);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgTestInbox, zmqg_test_inbox_free)

/* A peer made with libzmq itself, in a context of its own, and what its monitor tells. It is
 * looked at every few ms, so that the main loop turns as long as it is there. */
typedef struct _ZmqgTestClient ZmqgTestClient;

/* With good credentials; text is sent as soon as it is admitted */
ZmqgTestClient    *zmqg_test_client_new           (ZmqgTestMechanism     mechanism,
                                                   const char           *endpoint,
                                                   const char           *text);
ZmqgTestClient    *zmqg_test_client_new_plain     (const char           *username,
                                                   const char           *password,
                                                   const char           *endpoint,
                                                   const char           *text);
ZmqgTestClient    *zmqg_test_client_new_curve     (ZmqgCertificate      *certificate,
                                                   const char           *server_key,
                                                   const char           *endpoint,
                                                   const char           *text);
/* How often an event came; value: -1 for any */
guint              zmqg_test_client_count         (ZmqgTestClient       *client,
                                                   int                   event,
                                                   int                   value);
void               zmqg_test_client_send          (ZmqgTestClient       *client,
                                                   const char           *text);
void               zmqg_test_client_free          (ZmqgTestClient       *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgTestClient, zmqg_test_client_free)

/* The same for a socket of ours; before it is bound */
typedef struct _ZmqgTestMonitor ZmqgTestMonitor;

ZmqgTestMonitor   *zmqg_test_monitor_new          (void                 *zmq_context,
                                                   void                 *zmq_socket);
guint              zmqg_test_monitor_count        (ZmqgTestMonitor      *monitor,
                                                   int                   event,
                                                   int                   value);
/* "HANDSHAKE_FAILED_AUTH 400, DISCONNECTED", repetitions left out */
char              *zmqg_test_monitor_describe     (ZmqgTestMonitor      *monitor);
/* Before the socket is closed */
void               zmqg_test_monitor_free         (ZmqgTestMonitor      *monitor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgTestMonitor, zmqg_test_monitor_free)

char              *zmqg_test_client_describe      (ZmqgTestClient       *client);

G_END_DECLS
