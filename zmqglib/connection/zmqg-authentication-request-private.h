/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/connection/zmqg-authentication-request.h>
#include <zmqglib/connection/zmqg-zap-private.h>

G_BEGIN_DECLS

typedef enum
{
  ZMQG_ANSWER_NONE,
  ZMQG_ANSWER_ACCEPTED,
  ZMQG_ANSWER_DENIED,
  /* Nobody said a word */
  ZMQG_ANSWER_FAILED,
} ZmqgAnswer;

/* From a dispatch of the main context, when somebody has answered after the signal */
typedef void (*ZmqgAnsweredFunc) (gpointer                   authenticator,
                                  ZmqgAuthenticationRequest *request);

struct _ZmqgAuthenticationRequest
{
  GObject parent_instance;

  ZmqgZapRequest zap;
  GWeakRef authenticator;
  GMainContext *main_context;
  ZmqgAnsweredFunc answered_func;
  /* The authenticator's own */
  gint64 deadline;
  guint n_unread;

  /* Guards what an answer changes: it may come from any thread */
  GMutex lock;
  ZmqgAnswer answer;
  /* The signal is being emitted: who answers need not wake anybody */
  gboolean is_asking;
  char *user_id;
  char *reason;
};

/* @zap: taken over */
ZmqgAuthenticationRequest *
           zmqg_authentication_request_new        (ZmqgZapRequest             *zap,
                                                   gpointer                    authenticator,
                                                   GMainContext               *main_context,
                                                   ZmqgAnsweredFunc            func);
/* FALSE if it was answered already; tells nobody. @text: the user id, or the reason */
gboolean   zmqg_authentication_request_settle     (ZmqgAuthenticationRequest  *self,
                                                   ZmqgAnswer                  answer,
                                                   const char                 *text);
void       zmqg_authentication_request_begin_asking (ZmqgAuthenticationRequest *self);
/* The answer so far; what comes later is told */
ZmqgAnswer zmqg_authentication_request_end_asking (ZmqgAuthenticationRequest  *self);
ZmqgAnswer zmqg_authentication_request_get_answer (ZmqgAuthenticationRequest  *self);

G_END_DECLS
