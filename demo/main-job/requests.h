/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "report.h"

#include <zmqglib/zmqglib.h>

/* A REQ socket, with one request after the other, and what each reply is for. */
typedef struct _Requests Requests;

/* @text is the peer's result, NULL where there is none. */
typedef void (*ReplyFunc) (const char *text,
                           gpointer    user_data);

Requests *requests_new    (const char         *endpoint,
                           GError            **error);
void      requests_free   (Requests           *self);
void      requests_ask    (Requests           *self,
                           const char         *what,
                           const char         *argument,
                           ReplyFunc           func,
                           gpointer            user_data);
void      requests_echo   (Requests           *self);
void      requests_report (Requests           *self,
                           Report             *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Requests, requests_free)
