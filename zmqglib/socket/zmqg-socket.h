/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (ZMQG_INSIDE) && !defined (ZMQG_COMPILATION)
# error "Only <zmqglib/zmqglib.h> can be included directly."
#endif

#include <gio/gio.h>
#include <zmqglib/base/zmqg-enums.h>
#include <zmqglib/base/zmqg-message.h>
#include <zmqglib/loop/zmqg-context.h>
#include <zmqglib/socket/zmqg-socket-statistics.h>

G_BEGIN_DECLS

#define ZMQG_TYPE_SOCKET (zmqg_socket_get_type ())

ZMQG_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ZmqgSocket, zmqg_socket, ZMQG, SOCKET, GObject)

/**
 * ZmqgMessageFunc:
 * @socket: the socket
 * @message: (transfer none): a message that was received
 * @user_data: data given to [method@Socket.set_message_func]
 *
 * Called for each message in the socket's main context, instead of
 * [signal@Socket::message-received].
 *
 * Since: 1.0
 */
typedef void (*ZmqgMessageFunc) (ZmqgSocket  *socket,
                                 ZmqgMessage *message,
                                 gpointer     user_data);

/**
 * ZmqgSocketSourceFunc:
 * @socket: the socket
 * @condition: which of the conditions asked for hold; `G_IO_NVAL` if the socket is closed
 * @user_data: data given to `g_source_set_callback()`
 *
 * The callback of a source made by [method@Socket.create_source].
 *
 * Returns: `G_SOURCE_CONTINUE` or `G_SOURCE_REMOVE`
 *
 * Since: 1.0
 */
typedef gboolean (*ZmqgSocketSourceFunc) (ZmqgSocket   *socket,
                                          GIOCondition  condition,
                                          gpointer      user_data);

/**
 * ZmqgMessageProducer:
 * @socket: the socket
 * @user_data: data given to [method@Socket.push_write]
 *
 * Makes the next message, now that @socket can take one.
 *
 * Returns: (transfer full) (nullable): the message, or `NULL` if there are no more
 *
 * Since: 1.0
 */
typedef ZmqgMessage *(*ZmqgMessageProducer) (ZmqgSocket *socket,
                                             gpointer    user_data);

ZMQG_AVAILABLE_IN_1_0
ZmqgSocket           *zmqg_socket_new                         (ZmqgSocketType      type,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
ZmqgSocket           *zmqg_socket_new_with_context            (ZmqgContext        *context,
                                                               ZmqgSocketType      type,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_bind                        (ZmqgSocket         *self,
                                                               const char         *endpoint,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_connect_to                  (ZmqgSocket         *self,
                                                               const char         *endpoint,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_unbind                      (ZmqgSocket         *self,
                                                               const char         *endpoint,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_disconnect_from             (ZmqgSocket         *self,
                                                               const char         *endpoint,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
char                **zmqg_socket_list_bindings               (ZmqgSocket         *self);

ZMQG_AVAILABLE_IN_1_0
char                **zmqg_socket_list_connections            (ZmqgSocket         *self);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_subscribe                   (ZmqgSocket         *self,
                                                               const char         *prefix,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_subscribe_bytes             (ZmqgSocket         *self,
                                                               GBytes             *prefix,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_unsubscribe                 (ZmqgSocket         *self,
                                                               const char         *prefix,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_unsubscribe_bytes           (ZmqgSocket         *self,
                                                               GBytes             *prefix,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
char                **zmqg_socket_list_subscriptions          (ZmqgSocket         *self);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_send                        (ZmqgSocket         *self,
                                                               ZmqgMessage        *message,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_send_string                 (ZmqgSocket         *self,
                                                               const char         *utf8,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_send_bytes                  (ZmqgSocket         *self,
                                                               GBytes             *bytes,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_send_data                   (ZmqgSocket         *self,
                                                               const guint8       *data,
                                                               gsize               length,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_send_strv                   (ZmqgSocket         *self,
                                                               const char * const *frames,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
void                  zmqg_socket_send_async                  (ZmqgSocket         *self,
                                                               ZmqgMessage        *message,
                                                               GCancellable       *cancellable,
                                                               GAsyncReadyCallback callback,
                                                               gpointer            user_data);

ZMQG_AVAILABLE_IN_1_0
void                  zmqg_socket_send_with_timeout_async     (ZmqgSocket         *self,
                                                               ZmqgMessage        *message,
                                                               int                 timeout,
                                                               GCancellable       *cancellable,
                                                               GAsyncReadyCallback callback,
                                                               gpointer            user_data);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_send_finish                 (ZmqgSocket         *self,
                                                               GAsyncResult       *result,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_send_with_timeout_finish    (ZmqgSocket         *self,
                                                               GAsyncResult       *result,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
void                  zmqg_socket_flush_async                 (ZmqgSocket         *self,
                                                               GCancellable       *cancellable,
                                                               GAsyncReadyCallback callback,
                                                               gpointer            user_data);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_flush_finish                (ZmqgSocket         *self,
                                                               GAsyncResult       *result,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
void                  zmqg_socket_push_write                  (ZmqgSocket         *self,
                                                               ZmqgMessageProducer func,
                                                               gpointer            user_data,
                                                               GDestroyNotify      destroy);

ZMQG_AVAILABLE_IN_1_0
void                  zmqg_socket_receive_async               (ZmqgSocket         *self,
                                                               GCancellable       *cancellable,
                                                               GAsyncReadyCallback callback,
                                                               gpointer            user_data);

ZMQG_AVAILABLE_IN_1_0
void                  zmqg_socket_receive_with_timeout_async  (ZmqgSocket         *self,
                                                               int                 timeout,
                                                               GCancellable       *cancellable,
                                                               GAsyncReadyCallback callback,
                                                               gpointer            user_data);

ZMQG_AVAILABLE_IN_1_0
ZmqgMessage          *zmqg_socket_receive_finish              (ZmqgSocket         *self,
                                                               GAsyncResult       *result,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
ZmqgMessage          *zmqg_socket_receive_with_timeout_finish (ZmqgSocket         *self,
                                                               GAsyncResult       *result,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
ZmqgMessage          *zmqg_socket_try_receive                 (ZmqgSocket         *self,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
guint8               *zmqg_socket_try_receive_data            (ZmqgSocket         *self,
                                                               gsize              *length,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
GPtrArray            *zmqg_socket_receive_many                (ZmqgSocket         *self,
                                                               guint               max,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
void                  zmqg_socket_set_message_func            (ZmqgSocket         *self,
                                                               ZmqgMessageFunc     func,
                                                               gpointer            user_data,
                                                               GDestroyNotify      destroy);

ZMQG_AVAILABLE_IN_1_0
GIOCondition          zmqg_socket_condition_check             (ZmqgSocket         *self,
                                                               GIOCondition        condition);

ZMQG_AVAILABLE_IN_1_0
GSource              *zmqg_socket_create_source               (ZmqgSocket         *self,
                                                               GIOCondition        condition,
                                                               GCancellable       *cancellable);

ZMQG_AVAILABLE_IN_1_0
void                  zmqg_socket_close                       (ZmqgSocket         *self);

ZMQG_AVAILABLE_IN_1_0
void                  zmqg_socket_close_async                 (ZmqgSocket         *self,
                                                               GCancellable       *cancellable,
                                                               GAsyncReadyCallback callback,
                                                               gpointer            user_data);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_close_finish                (ZmqgSocket         *self,
                                                               GAsyncResult       *result,
                                                               guint              *n_unsent,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_is_closed                   (ZmqgSocket         *self);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_set_option_int              (ZmqgSocket         *self,
                                                               int                 option,
                                                               gint64              value,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_set_option_string           (ZmqgSocket         *self,
                                                               int                 option,
                                                               const char         *value,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_set_option_bytes            (ZmqgSocket         *self,
                                                               int                 option,
                                                               GBytes             *value,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
gboolean              zmqg_socket_get_option_int              (ZmqgSocket         *self,
                                                               int                 option,
                                                               gint64             *value,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
char                 *zmqg_socket_get_option_string           (ZmqgSocket         *self,
                                                               int                 option,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
GBytes               *zmqg_socket_get_option_bytes            (ZmqgSocket         *self,
                                                               int                 option,
                                                               GError            **error);

ZMQG_AVAILABLE_IN_1_0
ZmqgContext          *zmqg_socket_get_context                 (ZmqgSocket         *self);

ZMQG_AVAILABLE_IN_1_0
ZmqgSocketType        zmqg_socket_get_socket_type             (ZmqgSocket         *self);

ZMQG_AVAILABLE_IN_1_0
GMainContext         *zmqg_socket_get_main_context            (ZmqgSocket         *self);

ZMQG_AVAILABLE_IN_1_0
char                 *zmqg_socket_dup_last_endpoint           (ZmqgSocket         *self);

ZMQG_AVAILABLE_IN_1_0
ZmqgSocketStatistics *zmqg_socket_get_statistics              (ZmqgSocket         *self);

ZMQG_AVAILABLE_IN_1_0
gpointer              zmqg_socket_get_handle                  (ZmqgSocket         *self);

G_END_DECLS
