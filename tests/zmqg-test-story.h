/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/zmqglib.h>

G_BEGIN_DECLS

typedef struct _ZmqgTestStory ZmqgTestStory;

/* Called for each word, in whatever callback or handler it comes from */
typedef void (*ZmqgTestStoryFunc) (ZmqgTestStory *story,
                                   ZmqgSocket    *socket,
                                   const char    *word);

/* What is told of sockets and operations, in the order in which it is: words, with a count where
 * one is repeated, such as "receive!closed*10 failed!closed*3 close=3 closed". Asserts that each is
 * told in the thread the story was begun in, and not from inside a call made here. */
struct _ZmqgTestStory
{
  GString           *text;
  char              *last;
  guint              n_last;
  gsize              last_offset;
  GThread           *thread;
  /* Inside a call of the test's own, which sets it for calls it makes itself */
  gboolean           calling;
  ZmqgTestStoryFunc  func;
  gpointer           user_data;
};

void               zmqg_test_story_init           (ZmqgTestStory       *story);
void               zmqg_test_story_clear          (ZmqgTestStory       *story);
/* Begins anew */
void               zmqg_test_story_forget         (ZmqgTestStory       *story);
void               zmqg_test_story_add            (ZmqgTestStory       *story,
                                                   ZmqgSocket          *socket,
                                                   const char          *word);
/* How often the word was told. Without a mark ("send") all results count ("send!closed"). */
guint              zmqg_test_story_count          (ZmqgTestStory       *story,
                                                   const char          *word);
/* What ends a socket comes in order: operations, send-failed, close_async, closed */
void               zmqg_test_story_check_order    (ZmqgTestStory       *story);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZmqgTestStory, zmqg_test_story_clear)

/* "failed!CODE", "error!CODE" and "closed" for send-failed, error-occurred and closed */
void               zmqg_test_story_watch          (ZmqgTestStory       *story,
                                                   ZmqgSocket          *socket);
/* Operations, whose results are "receive", "send", "flush" and "close=NUMBER-UNSENT", or with
 * the error: "receive!cancelled" */
void               zmqg_test_story_receive        (ZmqgTestStory       *story,
                                                   ZmqgSocket          *socket,
                                                   GCancellable        *cancellable);
void               zmqg_test_story_send           (ZmqgTestStory       *story,
                                                   ZmqgSocket          *socket,
                                                   guint64              number,
                                                   gsize                size,
                                                   GCancellable        *cancellable);
void               zmqg_test_story_flush          (ZmqgTestStory       *story,
                                                   ZmqgSocket          *socket,
                                                   GCancellable        *cancellable);
void               zmqg_test_story_close          (ZmqgTestStory       *story,
                                                   ZmqgSocket          *socket,
                                                   GCancellable        *cancellable);

/* An address at which nobody listens as long as @holder is there */
char              *zmqg_test_find_nowhere         (GSocket            **holder);

/* Runs it in another thread, while this one holds the default main context and does not run it */
void               zmqg_test_run_in_thread        (GThreadFunc          func,
                                                   gpointer             data);

#define zmqg_test_assert_story(story, expected) \
  g_assert_cmpstr ((story)->text->str, ==, expected)

G_END_DECLS
