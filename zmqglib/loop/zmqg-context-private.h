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
  gboolean has_threads;
  gboolean terminating;
  gboolean notifies;
};

/* A socket in the eyes of its context, which stands on a lower floor than sockets do */
typedef struct
{
  GWeakRef object;
  void (*close) (gpointer object);
  char *description;
  GList link;
} ZmqgContextMember;

void      zmqg_context_open          (ZmqgContext        *self);
void      zmqg_context_end           (ZmqgContext        *self);
void     *zmqg_context_open_socket   (ZmqgContext        *self,
                                      ZmqgContextMember  *member,
                                      int                 type,
                                      GError            **error);
void      zmqg_context_close_socket  (ZmqgContext        *self,
                                      ZmqgContextMember  *member,
                                      void               *zmq_socket);
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
