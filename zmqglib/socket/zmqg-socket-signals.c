/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/socket/zmqg-socket-private.h>

guint zmqg_socket_signals[ZMQG_N_SIGNALS];

static guint
add_detailed_signal (GType       type,
                     const char *name,
                     GType       param)
{
  return g_signal_new (name, type, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 1, param);
}

static guint
add_signal (GType       type,
            const char *name,
            guint       n_params,
            GType       first,
            GType       second)
{
  return g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n_params, first, second);
}

static void
add_receive_signals (GType type)
{
  guint *signals = zmqg_socket_signals;

  /**
   * ZmqgSocket::message-received:
   * @self: the socket
   * @message: a message
   *
   * Emitted for each message, in order.
   *
   * As long as nobody is connected, or all handlers are blocked, messages wait in libzmq.
   *
   * Since: 1.0
   */
  signals[ZMQG_SIGNAL_MESSAGE_RECEIVED] =
    add_signal (type, "message-received", 1, ZMQG_TYPE_MESSAGE, G_TYPE_NONE);

  /**
   * ZmqgSocket::messages-received:
   * @self: the socket
   * @messages: (element-type ZmqgMessage): the messages
   *
   * Emitted with all messages that wait, as many as the time budget of the main context
   * allows for; cheaper than [signal@Socket::message-received] from Python and JavaScript.
   *
   * Since: 1.0
   */
  signals[ZMQG_SIGNAL_MESSAGES_RECEIVED] =
    add_signal (type, "messages-received", 1, G_TYPE_PTR_ARRAY, G_TYPE_NONE);
}

static void
add_send_signals (GType type)
{
  guint *signals = zmqg_socket_signals;

  /**
   * ZmqgSocket::message-sent:
   * @self: the socket
   * @message: the message
   *
   * Emitted when libzmq has accepted a message. A small one that another thread sent comes as
   * a copy.
   *
   * Whether anybody listens is asked once for each callback of the main loop: one that sends, then
   * connects the first handler and sends again, is told of what later callbacks send.
   *
   * Since: 1.0
   */
  signals[ZMQG_SIGNAL_MESSAGE_SENT] =
    add_signal (type, "message-sent", 1, ZMQG_TYPE_MESSAGE, G_TYPE_NONE);

  /**
   * ZmqgSocket::send-failed:
   * @self: the socket
   * @message: the message
   * @error: why
   *
   * Emitted when a queued message could not be sent: libzmq refused it, or the socket was
   * closed before libzmq took it (`G_IO_ERROR_CLOSED`).
   *
   * Since: 1.0
   */
  signals[ZMQG_SIGNAL_SEND_FAILED] =
    add_signal (type, "send-failed", 2, ZMQG_TYPE_MESSAGE, G_TYPE_ERROR);

  /**
   * ZmqgSocket::writable:
   * @self: the socket
   *
   * Emitted when the queue has room again, after it had refused a message.
   *
   * Since: 1.0
   */
  signals[ZMQG_SIGNAL_WRITABLE] = add_signal (type, "writable", 0, G_TYPE_NONE, G_TYPE_NONE);

  /**
   * ZmqgSocket::drained:
   * @self: the socket
   *
   * Emitted when libzmq has accepted the last queued message.
   *
   * Since: 1.0
   */
  signals[ZMQG_SIGNAL_DRAINED] = add_signal (type, "drained", 0, G_TYPE_NONE, G_TYPE_NONE);
}

static void
add_other_signals (GType type)
{
  guint *signals = zmqg_socket_signals;

  /**
   * ZmqgSocket::connection-event:
   * @self: the socket
   * @event: (type ZmqGlib.ConnectionEvent): what happened
   *
   * Emitted for each thing that happens to the connections of the socket, as long as
   * [property@Socket:monitored] is set.
   *
   * The detail is the kind of the event, as in `connection-event::connected`,
   * `connection-event::accepted`, `connection-event::handshake-failed`,
   * `connection-event::disconnected`; [enum@ConnectionEventKind] has them all.
   *
   * That a peer has gone is told after those of its messages that somebody reads and that had
   * arrived, but for one case: where others send so much that there is always something to be
   * read, it waits for at most 200 ms.
   *
   * As long as the main context does not run, the newest 1000 events are kept;
   * [method@ConnectionEvent.get_n_dropped] tells how many older ones were not.
   *
   * Since: 1.0
   */
  signals[ZMQG_SIGNAL_CONNECTION_EVENT] =
    add_detailed_signal (type, "connection-event", zmqg_monitor_funcs.get_event_type ());

  /**
   * ZmqgSocket::error-occurred:
   * @self: the socket
   * @error: what happened
   *
   * Emitted for an error that belongs to no call, such as a property that libzmq refused.
   *
   * Since: 1.0
   */
  signals[ZMQG_SIGNAL_ERROR_OCCURRED] =
    add_signal (type, "error-occurred", 1, G_TYPE_ERROR, G_TYPE_NONE);

  /**
   * ZmqgSocket::closed:
   * @self: the socket
   *
   * Emitted exactly once after [method@Socket.close], after everything else of this socket.
   *
   * Since: 1.0
   */
  signals[ZMQG_SIGNAL_CLOSED] = add_signal (type, "closed", 0, G_TYPE_NONE, G_TYPE_NONE);
}

void
zmqg_socket_add_signals (GType type)
{
  add_receive_signals (type);
  add_send_signals (type);
  add_other_signals (type);
}
