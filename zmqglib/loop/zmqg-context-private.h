/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/loop/zmqg-context.h>

G_BEGIN_DECLS

struct _ZmqgContext
{
  GObject parent_instance;

  void *handle;
  int open_errno;
  pid_t process;
  /* For notifications, which come from a dispatch only */
  GMainContext *main_context;
  int io_threads;
  int max_sockets;
  int max_message_size;
  gboolean ipv6;

  GMutex lock;
  GCond emptied;
  GQueue members;
  GHashTable *inproc_names;
  /* Closed sockets for which libzmq may still have something to do */
  GPtrArray *lingering;
  /* Those who wait for the end */
  GPtrArray *waiting;
  gboolean has_threads;
  gboolean terminating;
  gboolean ended;
  gboolean notifies;
};

/* A socket in the eyes of its context, which stands on a lower floor than sockets do */
typedef struct
{
  GWeakRef object;
  void (*close) (gpointer object);
  /* What it is about, now; (nullable) */
  char *(*dup_state) (gpointer object);
  char *description;
  /* It has been made, so that others may close it */
  gboolean is_made;
  GList link;
} ZmqgContextMember;

typedef struct
{
  char *description;
  /* In µs; G_MAXINT64: for ever */
  gint64 until;
} ZmqgLingering;

void      zmqg_lingering_free        (ZmqgLingering      *self);
void      zmqg_context_note_lingering (ZmqgContext       *self,
                                      char               *description,
                                      int                 linger);
void      zmqg_context_open          (ZmqgContext        *self);
void      zmqg_context_end           (ZmqgContext        *self);
void     *zmqg_context_open_socket   (ZmqgContext        *self,
                                      ZmqgContextMember  *member,
                                      int                 type,
                                      GError            **error);
void      zmqg_context_close_socket  (ZmqgContext        *self,
                                      ZmqgContextMember  *member,
                                      void               *zmq_socket,
                                      int                 linger);
void      zmqg_context_forget_socket (ZmqgContext        *self,
                                      ZmqgContextMember  *member);
gboolean  zmqg_context_admit         (ZmqgContext        *self,
                                      ZmqgContextMember  *member);
void      zmqg_context_describe      (ZmqgContext        *self,
                                      ZmqgContextMember  *member,
                                      char               *description);
/* Those that are not being finalized; (transfer full) (element-type GObject) */
GPtrArray *zmqg_context_list_members (ZmqgContext        *self);
void      zmqg_context_note_inproc   (ZmqgContext        *self,
                                      const char         *endpoint);
gboolean  zmqg_context_check_process (ZmqgContext        *self,
                                      GError            **error);
pid_t     zmqg_context_get_process   (ZmqgContext        *self);

G_END_DECLS
