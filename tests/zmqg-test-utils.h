/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/zmqglib.h>

G_BEGIN_DECLS

/* Nothing here takes longer on a busy machine unless it is broken (ms) */
#define ZMQG_TEST_DEADLINE 20000

/* libzmq's send looks at its mailbox only when it has not done so for some 3 million ticks of
 * the processor's clock. Where a send is to eat an edge, more time than that passes first (µs). */
#define ZMQG_TEST_SETTLE 6000

typedef enum
{
  ZMQG_TEST_TCP,
  ZMQG_TEST_IPC,
  ZMQG_TEST_INPROC,
} ZmqgTestTransport;

#define ZMQG_TEST_N_TRANSPORTS 3

/* Adds PATH/tcp, PATH/ipc and PATH/inproc; func gets GINT_TO_POINTER (transport) */
void               zmqg_test_add_transports       (const char          *path,
                                                   GTestDataFunc        func);
const char        *zmqg_test_transport_get_name   (ZmqgTestTransport    transport);
/* A free address to bind to: with a wildcard, or one that was not used before */
char              *zmqg_test_transport_get_free   (ZmqgTestTransport    transport);

/* Sockets of ours, each step asserted */
ZmqgSocket        *zmqg_test_socket_new           (ZmqgSocketType       type);
/* A socket bound to a free address; endpoint gets the resolved one */
ZmqgSocket        *zmqg_test_socket_new_bound     (ZmqgSocketType       type,
                                                   ZmqgTestTransport    transport,
                                                   char               **endpoint);
ZmqgSocket        *zmqg_test_socket_new_connected (ZmqgSocketType       type,
                                                   const char          *endpoint);
void               zmqg_test_bind_free            (ZmqgSocket          *socket,
                                                   ZmqgTestTransport    transport,
                                                   char               **endpoint);
/* Drops the reference, which must be the last one, and waits until the object is gone */
void               zmqg_test_release              (gpointer             object);

typedef struct
{
  ZmqgSocket *bound;
  ZmqgSocket *connected;
  char       *endpoint;
} ZmqgTestPair;

void               zmqg_test_pair_init            (ZmqgTestPair        *pair,
                                                   ZmqgTestTransport    transport,
                                                   ZmqgSocketType       bound_type,
                                                   ZmqgSocketType       connected_type);
void               zmqg_test_pair_clear           (ZmqgTestPair        *pair);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZmqgTestPair, zmqg_test_pair_clear)

/* Properties of any numeric or boolean type */
gint64             zmqg_test_get_number           (gpointer             object,
                                                   const char          *property);
void               zmqg_test_set_number           (gpointer             object,
                                                   const char          *property,
                                                   gint64               value);

/* Messages that carry a number in their first eight bytes */
ZmqgMessage       *zmqg_test_message_new          (guint64              number,
                                                   gsize                size);
guint64            zmqg_test_message_get_number   (ZmqgMessage         *message);
void               zmqg_test_send_number          (ZmqgSocket          *socket,
                                                   guint64              number);

/* Counts messages and checks that their numbers come one by one, from first */
typedef struct
{
  guint   n_messages;
  guint64 next;
} ZmqgTestCounter;

void               zmqg_test_counter_received_cb  (ZmqgSocket          *socket,
                                                   ZmqgMessage         *message,
                                                   ZmqgTestCounter     *counter);
/* Connects to message-received; returns the handler's id */
gulong             zmqg_test_counter_connect      (ZmqgTestCounter     *counter,
                                                   ZmqgSocket          *socket);

/* Waiting: the main context runs, and is woken once at most by this, when the time is up */
typedef struct _ZmqgTestDeadline ZmqgTestDeadline;

ZmqgTestDeadline  *zmqg_test_deadline_new         (GMainContext        *context,
                                                   guint                milliseconds);
gboolean           zmqg_test_deadline_iterate     (ZmqgTestDeadline    *deadline);
void               zmqg_test_deadline_free        (ZmqgTestDeadline    *deadline);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgTestDeadline, zmqg_test_deadline_free)

#define zmqg_test_wait_for_in(context, milliseconds, condition) \
  G_STMT_START { \
    g_autoptr (ZmqgTestDeadline) deadline_ = zmqg_test_deadline_new (context, milliseconds); \
    while (!(condition)) \
      { \
        if (!zmqg_test_deadline_iterate (deadline_)) \
          g_assertion_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, \
                               "in time: " #condition); \
      } \
  } G_STMT_END

/* Runs the default main context until the condition, which a dispatch makes true */
#define zmqg_test_wait_for(condition) \
  zmqg_test_wait_for_in (NULL, ZMQG_TEST_DEADLINE, condition)

/* Waits, with no main context running, for what another thread makes true */
#define zmqg_test_poll_for(condition) \
  G_STMT_START { \
    gint64 end_ = g_get_monotonic_time () + ZMQG_TEST_DEADLINE * 1000; \
    while (!(condition)) \
      { \
        if (g_get_monotonic_time () > end_) \
          g_assertion_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, \
                               "in time: " #condition); \
        g_usleep (200); \
      } \
  } G_STMT_END

/* Runs the context for that time; returns the number of turns, 2 or 3 when nothing happens */
guint              zmqg_test_run_for              (GMainContext        *context,
                                                   guint                milliseconds);
/* Runs the context until it has nothing to do */
void               zmqg_test_run_until_idle       (GMainContext        *context);

/* This process */
gsize              zmqg_test_get_rss              (void);
/* FALSE where a sanitizer keeps freed memory back */
gboolean           zmqg_test_rss_is_meaningful    (void);
gint64             zmqg_test_get_process_cpu_time (void);
gint64             zmqg_test_get_thread_cpu_time  (void);
guint              zmqg_test_count_fds            (void);
guint              zmqg_test_count_threads        (void);

G_END_DECLS
