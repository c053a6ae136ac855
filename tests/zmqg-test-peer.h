/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A peer on raw libzmq in a thread of its own, with a context of its own unless over inproc */
typedef struct _ZmqgTestPeer ZmqgTestPeer;

typedef void (*ZmqgTestPeerFunc) (ZmqgTestPeer *peer);

struct _ZmqgTestPeer
{
  /* Calls to it time out after some ms, so that the thread can look whether it is to stop */
  void             *socket;
  ZmqgTestPeerFunc  func;
  GThread          *thread;
  GAsyncQueue      *commands;
  char             *endpoint;
  int               type;
  int               high_water_mark;
  gsize             size;
  int               stopping;   /* atomic, as those below */
  int               n_sent;
  int               n_received;
};

/* Connects a libzmq socket of that type; high_water_mark 0: no limit, < 0: libzmq's default;
 * size: of the messages it makes up */
ZmqgTestPeer      *zmqg_test_peer_start           (const char          *endpoint,
                                                   int                  zmq_type,
                                                   int                  high_water_mark,
                                                   gsize                size,
                                                   ZmqgTestPeerFunc     func);
void               zmqg_test_peer_stop            (ZmqgTestPeer        *peer);
gboolean           zmqg_test_peer_is_stopping     (ZmqgTestPeer        *peer);
/* FALSE when libzmq cannot take it now */
gboolean           zmqg_test_peer_send_number     (ZmqgTestPeer        *peer,
                                                   guint64              number);
/* Receives a whole message and returns its number of frames, 0 when there was none */
guint              zmqg_test_peer_receive         (ZmqgTestPeer        *peer,
                                                   guint64             *number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgTestPeer, zmqg_test_peer_stop)

/* Returns each message as it is */
void               zmqg_test_peer_echo            (ZmqgTestPeer        *peer);
/* Sends numbered messages as fast as libzmq takes them */
void               zmqg_test_peer_flood           (ZmqgTestPeer        *peer);
/* Receives and counts */
void               zmqg_test_peer_sink            (ZmqgTestPeer        *peer);
/* Sends when told to by the function below, and swallows what it gets */
void               zmqg_test_peer_on_command      (ZmqgTestPeer        *peer);
/* Has that many numbered messages sent; returns when libzmq has taken them and they had time to
 * arrive. The main context does not run meanwhile. */
void               zmqg_test_peer_send_now        (ZmqgTestPeer        *peer,
                                                   guint                n_messages);

/* A peer of another implementation in another process: a Python script in tests/peers */
typedef struct
{
  GSubprocess *process;
  int          output;
} ZmqgTestProcess;

ZmqgTestProcess   *zmqg_test_process_start        (const char          *script,
                                                   ...) G_GNUC_NULL_TERMINATED;
/* The next line the script prints, NULL at its end */
char              *zmqg_test_process_read_line    (ZmqgTestProcess     *process);
/* Waits for its end, which must be a good one */
void               zmqg_test_process_finish       (ZmqgTestProcess     *process);
void               zmqg_test_process_kill         (ZmqgTestProcess     *process);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZmqgTestProcess, zmqg_test_process_kill)

G_END_DECLS
