/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/base/zmqg-ipc-private.h>
#include <zmqglib/base/zmqg-message-private.h>
#include <zmqglib/base/zmqg-process-private.h>
#include <zmqglib/loop/zmqg-context-private.h>
#include <zmqglib/loop/zmqg-hub-private.h>
#include <zmqglib/loop/zmqg-main-context-private.h>
#include <zmqglib/socket/zmqg-operation-private.h>
#include <zmqglib/socket/zmqg-send-queue-private.h>
#include <zmqglib/socket/zmqg-socket-options-private.h>
#include <zmqglib/socket/zmqg-socket.h>

G_BEGIN_DECLS

/* What is told from a dispatch only, and came up elsewhere */
typedef enum
{
  ZMQG_NOTICE_SENT,
  ZMQG_NOTICE_SEND_FAILED,
  ZMQG_NOTICE_ERROR,
} ZmqgNoticeKind;

typedef struct
{
  ZmqgNoticeKind kind;
  ZmqgMessage *message;
  GError *error;
} ZmqgNotice;

typedef enum
{
  ZMQG_SIGNAL_MESSAGE_RECEIVED,
  ZMQG_SIGNAL_MESSAGES_RECEIVED,
  ZMQG_SIGNAL_MESSAGE_SENT,
  ZMQG_SIGNAL_SEND_FAILED,
  ZMQG_SIGNAL_WRITABLE,
  ZMQG_SIGNAL_DRAINED,
  ZMQG_SIGNAL_CONNECTION_EVENT,
  ZMQG_SIGNAL_ERROR_OCCURRED,
  ZMQG_SIGNAL_CLOSED,
  ZMQG_N_SIGNALS,
} ZmqgSocketSignal;

typedef enum
{
  ZMQG_PROP_CONTEXT = 1,
  ZMQG_PROP_SOCKET_TYPE,
  ZMQG_PROP_MAIN_CONTEXT,
  ZMQG_PROP_PRIORITY,
  ZMQG_PROP_MESSAGE_BUDGET,
  ZMQG_PROP_PAUSED,
  ZMQG_PROP_SEND_QUEUE_LIMIT,
  ZMQG_PROP_SEND_QUEUE_BYTES_LIMIT,
  ZMQG_PROP_KEEP_NEWEST,
  ZMQG_PROP_SEND_TIMEOUT,
  ZMQG_PROP_RECEIVE_TIMEOUT,
  ZMQG_PROP_MAX_PENDING_OPERATIONS,
  ZMQG_PROP_IPC_MODE,
  ZMQG_PROP_BIND_ENDPOINTS,
  ZMQG_PROP_CONNECT_ENDPOINTS,
  ZMQG_PROP_SUBSCRIPTIONS,
  ZMQG_PROP_SEND_QUEUE_LENGTH,
  ZMQG_PROP_SEND_QUEUE_BYTES,
  ZMQG_PROP_N_PENDING_OPERATIONS,
  ZMQG_PROP_CLOSED,
  ZMQG_PROP_LAST_ENDPOINT,
  ZMQG_PROP_MONITORED,
  ZMQG_PROP_N_PEERS,
  /* The options follow, in the order of their table */
  ZMQG_PROP_FIRST_OPTION,
} ZmqgSocketProperty;

/* The function set by zmqg_socket_set_message_func(); it may be replaced while it runs */
typedef struct
{
  int ref_count;
  ZmqgMessageFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} ZmqgMessageCallback;

#define ZMQG_SEND_QUEUE_LIMIT 1000
#define ZMQG_MAX_PENDING_OPERATIONS 1000

typedef struct
{
  char *given;
  char *resolved;
  /* Of an ipc socket that was made here */
  ZmqgIpcFile file;
} ZmqgBinding;

typedef struct
{
  char *given;
  /* What libzmq knows it by: the same, or with an address in place of the host's name */
  char *address;
} ZmqgDestination;

typedef struct _ZmqgMonitor ZmqgMonitor;

/* Who is connected, which is known one floor above */
typedef struct
{
  /* NULL until it is needed for the first time; set with the socket's lock held */
  ZmqgMonitor *monitor;
  gboolean monitored;
  gboolean is_on;
  /* Set by the thread that reads the monitor */
  int n_peers;
  /* There may be something to tell. Set by any thread */
  int is_due;
  guint n_told;
} ZmqgWatch;

struct _ZmqgSocket
{
  GObject parent_instance;

  ZmqgHubMember member;
  ZmqgContextMember context_member;
  ZmqgContext *context;
  GMainContext *main_context;
  pid_t process;
  ZmqgSocketType type;
  int priority;
  /* NULL: could not be opened, or is closed */
  void *handle;
  GError *open_error;
  int closed;
  /* Why libzmq takes no more calls, such as ETERM */
  int fatal_errno;
  gboolean constructing;
  ZmqgOptionValue *options;

  /* Guards what other threads read: the lists and the place in the hub */
  GMutex lock;
  GPtrArray *bindings;
  GPtrArray *connections;
  /* Asynchronous calls whose host names are looked up */
  GQueue connect_calls;
  /* connect-routing-id of those that had one: endpoints by id */
  GHashTable *routing_ids;
  GPtrArray *subscriptions;
  char *last_endpoint;
  gboolean is_endpoint_due;
  gboolean has_websocket;
  char **bind_endpoints;
  char **connect_endpoints;
  char **first_subscriptions;
  int ipc_mode;

  ZmqgMessageCallback *message_callback;
  gboolean paused;
  /* How often it had been used when libzmq was last known to be well without being asked */
  guint quiet_uses;
  /* Taken from libzmq and not handed out yet */
  ZmqgMessage *stash;
  guint batch_limit;

  ZmqgSendQueue queue;
  /* Operations that wait, those that have ended but whose callbacks have to come from a later
   * iteration, and those whose cancellables said so, which the queue's lock guards */
  GQueue receives;
  GQueue sends;
  GQueue finished;
  GQueue cancelled;
  guint n_cancelled;
  /* The first of the sends that has found no room yet (nullable) */
  GList *first_in_line;
  ZmqgDeadlines receive_deadlines;
  ZmqgDeadlines send_deadlines;
  /* Sends that nobody waits for, because they have an expiry */
  guint n_plain;
  gsize plain_bytes;
  guint n_pending;
  int send_timeout;
  int receive_timeout;
  GQueue producers;
  /* Those that have been left for the owner */
  guint n_posted_producers;
  /* They took all of the last turn */
  gboolean were_sends_greedy;
  guint n_unsent;
  /* Who serves the socket now: for others there is no use in trying the main context's lock */
  GThread *server;
  GArray *notices;
  guint n_told;
  gboolean is_drained_due;
  /* Asking GLib whether anybody listens to message-sent costs half a send: what it said is
   * good for the callback that runs */
  GSource *sent_in;
  gboolean sent_heard;
  guint notified_length;
  gsize notified_bytes;

  ZmqgWatch watch;

  ZmqgSocketStatistics statistics;
};

/* What the floor above does for a socket; all by the holder of the main context */
typedef struct
{
  GType (*get_event_type) (void);
  /* Begins or ends to watch, as the property has it */
  gboolean (*update) (ZmqgSocket  *self,
                      GError     **error);
  /* Before libzmq's socket is closed */
  void (*close) (ZmqgSocket *self);
  void (*see_message) (ZmqgSocket  *self,
                       ZmqgMessage *message);
  /* From a dispatch. @answer: what is to be said to the hub so far */
  ZmqgHubAnswer (*tell) (ZmqgSocket    *self,
                         ZmqgTurn      *turn,
                         ZmqgHubAnswer  answer);
  void (*tell_rest) (ZmqgSocket *self);
  void (*free) (ZmqgMonitor *monitor);
} ZmqgMonitorFuncs;

extern const ZmqgMonitorFuncs zmqg_monitor_funcs;

extern guint zmqg_socket_signals[ZMQG_N_SIGNALS];
extern const ZmqgHubMemberFuncs zmqg_socket_hub_funcs;

static inline ZmqgSocket *
zmqg_socket_from_member (ZmqgHubMember *member)
{
  return (ZmqgSocket *) ((guint8 *) member - G_STRUCT_OFFSET (ZmqgSocket, member));
}

static inline guint
zmqg_watch_get_n_peers (ZmqgWatch *self)
{
  return self->monitored ? g_atomic_int_get (&self->n_peers) : 0;
}

static inline gboolean
zmqg_socket_can_send (ZmqgSocket *self)
{
  return self->type != ZMQG_SOCKET_TYPE_SUB && self->type != ZMQG_SOCKET_TYPE_PULL;
}

static inline gboolean
zmqg_socket_can_receive (ZmqgSocket *self)
{
  return self->type != ZMQG_SOCKET_TYPE_PUB && self->type != ZMQG_SOCKET_TYPE_PUSH;
}

/* zmqg-socket-properties.c */
void          zmqg_socket_install_properties (GObjectClass    *object_class);

/* zmqg-socket-property-specs.c */
GParamSpec   *zmqg_socket_get_pspec          (guint            prop_id);
void          zmqg_socket_install_specs      (GObjectClass    *object_class);
/* zmqg-socket-watch.c */
void          zmqg_socket_set_monitored      (ZmqgSocket      *self,
                                              gboolean         monitored);
void          zmqg_socket_install_watch_specs (GParamSpec    **properties);

/* zmqg-socket-signals.c */
void          zmqg_socket_add_signals        (GType            type);

/* zmqg-socket-open.c */
const char   *zmqg_socket_get_type_name      (ZmqgSocket      *self);
gboolean      zmqg_socket_open               (ZmqgSocket      *self,
                                              GError         **error);
gboolean      zmqg_socket_attach_to_hub      (ZmqgSocket      *self,
                                              GError         **error);
gboolean      zmqg_socket_hold               (ZmqgSocket      *self,
                                              ZmqgHold        *hold,
                                              const char      *operation,
                                              const char      *operand,
                                              GError         **error);
int           zmqg_socket_get_linger         (ZmqgSocket      *self);
char         *zmqg_socket_dup_description    (ZmqgSocket      *self);
char         *zmqg_socket_dup_state          (ZmqgSocket      *self);
void          zmqg_socket_describe           (ZmqgSocket      *self);

/* zmqg-socket-close.c */
void          zmqg_socket_close_held         (ZmqgSocket      *self,
                                              const GError    *reason);
void          zmqg_socket_abandon            (ZmqgSocket      *self);

/* zmqg-socket-endpoints.c */
gboolean      zmqg_socket_apply_endpoints    (ZmqgSocket      *self,
                                              GError         **error);
void          zmqg_socket_set_endpoints      (ZmqgSocket      *self,
                                              guint            prop_id,
                                              char           **endpoints);

/* zmqg-socket-bind.c */
void          zmqg_binding_free              (ZmqgBinding     *self);
void          zmqg_socket_remove_files       (ZmqgSocket      *self);

/* zmqg-socket-connect.c */
void          zmqg_destination_free           (ZmqgDestination  *self);

/* zmqg-socket-connect-async.c */
void          zmqg_socket_end_connect_calls  (ZmqgSocket      *self);

/* zmqg-socket-subscriptions.c */
gboolean      zmqg_socket_apply_subscriptions (ZmqgSocket     *self,
                                              char           **prefixes,
                                              GError         **error);
void          zmqg_socket_set_subscriptions  (ZmqgSocket      *self,
                                              char           **prefixes);

/* zmqg-socket-receive.c */
int           zmqg_socket_query_events       (ZmqgSocket      *self,
                                              int             *errsv);
gboolean      zmqg_socket_needs_asking       (ZmqgSocket      *self);
void          zmqg_socket_touch_quietly      (ZmqgSocket      *self);
gboolean      zmqg_socket_wants_messages     (ZmqgSocket      *self);
ZmqgMessage  *zmqg_socket_take_message       (ZmqgSocket      *self,
                                              ZmqgMessage     *spare,
                                              int             *errsv);
ZmqgHubAnswer zmqg_socket_settle             (ZmqgSocket      *self,
                                              int              errsv);
ZmqgHubAnswer zmqg_socket_deliver            (ZmqgSocket      *self,
                                              ZmqgTurn        *turn);
void          zmqg_message_callback_unref    (ZmqgMessageCallback *self);

/* zmqg-socket-receive-async.c */
ZmqgHubAnswer zmqg_socket_serve_receives     (ZmqgSocket      *self,
                                              ZmqgTurn        *turn);

/* zmqg-socket-operations.c */
void          zmqg_socket_init_operations    (ZmqgSocket      *self);
void          zmqg_socket_clear_operations   (ZmqgSocket      *self);
gboolean      zmqg_socket_has_operation_news (ZmqgSocket      *self);
void          zmqg_socket_wake               (ZmqgSocket      *self);
GTask        *zmqg_socket_new_task           (ZmqgSocket      *self,
                                              GAsyncReadyCallback callback,
                                              gpointer         user_data,
                                              gpointer         source_tag);
ZmqgOperation *zmqg_socket_new_operation     (ZmqgSocket      *self,
                                              ZmqgOperationKind kind,
                                              GTask           *task);
void          zmqg_socket_take_incoming      (ZmqgSocket      *self);
void          zmqg_socket_submit             (ZmqgSocket      *self,
                                              ZmqgOperation   *operation,
                                              GCancellable    *cancellable,
                                              gboolean         is_held);
void          zmqg_socket_accept             (ZmqgSocket      *self,
                                              ZmqgOperation   *operation);
gboolean      zmqg_socket_is_ripe            (ZmqgSocket      *self,
                                              ZmqgOperation   *operation);
void          zmqg_socket_detach             (ZmqgSocket      *self,
                                              ZmqgOperation   *operation);
void          zmqg_socket_finish             (ZmqgSocket      *self,
                                              ZmqgOperation   *operation,
                                              GError          *error,
                                              gboolean         in_dispatch);
ZmqgOperation *zmqg_socket_take_finished     (ZmqgSocket      *self);
GError       *zmqg_socket_make_timed_out     (ZmqgSocket      *self,
                                              ZmqgOperation   *operation);
GError       *zmqg_socket_make_cancelled     (ZmqgSocket      *self,
                                              ZmqgOperation   *operation);
ZmqgOperation *zmqg_socket_take_cancelled    (ZmqgSocket      *self);
void          zmqg_socket_end_operations     (ZmqgSocket      *self,
                                              const GError    *reason);

/* zmqg-socket-operation-turns.c */
ZmqgHubAnswer zmqg_socket_serve_news         (ZmqgSocket      *self,
                                              ZmqgTurn        *turn);
ZmqgHubAnswer zmqg_socket_serve_deadlines    (ZmqgSocket      *self,
                                              ZmqgTurn        *turn,
                                              gboolean         receives_too);

/* zmqg-socket-send-order.c */
ZmqgQueued   *zmqg_socket_peek_queued        (ZmqgSocket      *self,
                                              ZmqgOperation  **operation);
gboolean      zmqg_socket_has_due_flush      (ZmqgSocket      *self);
void          zmqg_socket_find_room          (ZmqgSocket      *self);
gboolean      zmqg_socket_enqueue            (ZmqgSocket      *self,
                                              ZmqgMessage     *message);

/* zmqg-socket-producers.c */
ZmqgHubAnswer zmqg_socket_serve_producers    (ZmqgSocket      *self,
                                              ZmqgTurn        *turn);
void          zmqg_socket_clear_producers    (ZmqgSocket      *self);

/* zmqg-socket-send.c */
typedef enum
{
  ZMQG_SEND_DONE,
  ZMQG_SEND_FAILED,
  /* Others wait, or libzmq takes nothing now */
  ZMQG_SEND_WAITS,
} ZmqgSendResult;

ZmqgSendResult zmqg_socket_send_at_once      (ZmqgSocket      *self,
                                              ZmqgMessage     *message,
                                              GError         **error);

/* zmqg-socket-send-checks.c */
gboolean      zmqg_socket_refuse_send        (ZmqgSocket      *self,
                                              GQuark           domain,
                                              int              code,
                                              const char      *reason,
                                              GError         **error);
gboolean      zmqg_socket_refuse_closed      (ZmqgSocket      *self,
                                              GError         **error);
gboolean      zmqg_socket_check_open         (ZmqgSocket      *self,
                                              gboolean         is_held,
                                              GError         **error);
gboolean      zmqg_socket_check_send         (ZmqgSocket      *self,
                                              guint            n_frames,
                                              gboolean         is_held,
                                              GError         **error);

/* zmqg-socket-write.c */
int           zmqg_socket_write              (ZmqgSocket      *self,
                                              ZmqgFrame       *frames,
                                              guint            n_frames,
                                              gsize           *size);
int           zmqg_socket_write_data         (ZmqgSocket      *self,
                                              gconstpointer    data,
                                              gsize            length);
int           zmqg_socket_write_queued       (ZmqgSocket      *self,
                                              ZmqgQueued      *queued);
ZmqgHubAnswer zmqg_socket_flush              (ZmqgSocket      *self,
                                              ZmqgTurn        *turn);
void          zmqg_socket_count_sent         (ZmqgSocket      *self,
                                              gsize            size);

/* zmqg-socket-notices.c */
void          zmqg_socket_add_notice         (ZmqgSocket      *self,
                                              ZmqgNoticeKind   kind,
                                              ZmqgMessage     *message,
                                              GError          *error);
gboolean      zmqg_socket_has_notices        (ZmqgSocket      *self);
gboolean      zmqg_socket_tell_notices       (ZmqgSocket      *self,
                                              ZmqgTurn        *turn);
gboolean      zmqg_socket_take_notice        (ZmqgSocket      *self,
                                              ZmqgNotice      *notice);
void          zmqg_notice_clear              (ZmqgNotice      *self);
void          zmqg_notice_tell               (ZmqgSocket      *self,
                                              ZmqgNotice      *notice);

static inline gboolean
zmqg_socket_wants_to_send (ZmqgSocket *self)
{
  return zmqg_send_queue_get_length (&self->queue) > 0 || self->sends.length > 0 ||
         self->producers.length > 0;
}

static inline gboolean
zmqg_socket_has_handler (ZmqgSocket       *self,
                         ZmqgSocketSignal  signal)
{
  return g_signal_has_handler_pending (self, zmqg_socket_signals[signal], 0, FALSE);
}

G_END_DECLS
