/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-story.h"
#include "zmqg-test-utils.h"

#include <string.h>

void
zmqg_test_story_init (ZmqgTestStory *story)
{
  *story = (ZmqgTestStory) { .text = g_string_new (NULL), .thread = g_thread_self () };
}

void
zmqg_test_story_clear (ZmqgTestStory *story)
{
  g_string_free (story->text, TRUE);
  g_clear_pointer (&story->last, g_free);
}

void
zmqg_test_story_forget (ZmqgTestStory *story)
{
  g_string_truncate (story->text, 0);
  g_clear_pointer (&story->last, g_free);
}

void
zmqg_test_story_add (ZmqgTestStory *story,
                     ZmqgSocket    *socket,
                     const char    *word)
{
  g_assert_false (story->calling);
  g_assert_true (g_thread_self () == story->thread);

  if (g_strcmp0 (word, story->last) == 0)
    {
      g_string_truncate (story->text, story->last_offset);
      g_string_append_printf (story->text, "%s*%u", word, ++story->n_last);
    }
  else
    {
      if (story->text->len > 0)
        g_string_append_c (story->text, ' ');
      story->last_offset = story->text->len;
      story->n_last = 1;
      g_free (story->last);
      story->last = g_strdup (word);
      g_string_append (story->text, word);
    }

  if (story->func != NULL)
    story->func (story, socket, word);
}

static guint
count_token (const char *token,
             const char *word)
{
  gsize length = strlen (word);
  const char *times = strchr (token, '*');

  if (!g_str_has_prefix (token, word) || strchr ("!=*", token[length]) == NULL)
    return 0;

  return times != NULL ? atoi (times + 1) : 1;
}

guint
zmqg_test_story_count (ZmqgTestStory *story,
                       const char    *word)
{
  g_auto (GStrv) tokens = g_strsplit (story->text->str, " ", -1);
  guint n = 0;

  for (guint i = 0; tokens[i] != NULL; i++)
    n += count_token (tokens[i], word);

  return n;
}

static guint
get_rank (const char *token)
{
  if (g_str_has_prefix (token, "closed"))
    return 3;
  if (g_str_has_prefix (token, "close"))
    return 2;
  if (g_str_has_prefix (token, "failed"))
    return 1;

  return 0;
}

void
zmqg_test_story_check_order (ZmqgTestStory *story)
{
  g_auto (GStrv) tokens = g_strsplit (story->text->str, " ", -1);
  guint rank = 0;

  g_test_message ("%s", story->text->str);
  for (guint i = 0; tokens[i] != NULL; i++)
    {
      /* Belongs to no call, and has no place of its own */
      if (g_str_has_prefix (tokens[i], "error"))
        continue;
      g_assert_cmpuint (get_rank (tokens[i]), >=, rank);
      rank = get_rank (tokens[i]);
    }
}

static void
add_error (ZmqgTestStory *story,
           ZmqgSocket    *socket,
           const char    *word,
           const GError  *error)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (error->domain == ZMQG_ERROR ? ZMQG_TYPE_ERROR
                                                                  : G_TYPE_IO_ERROR_ENUM);
  GEnumValue *value = g_enum_get_value (codes, error->code);
  g_autofree char *full = NULL;

  g_assert_true (error->domain == ZMQG_ERROR || error->domain == G_IO_ERROR);
  g_assert_nonnull (value);
  g_assert_cmpstr (error->message, !=, "");
  full = g_strdup_printf ("%s!%s", word, value->value_nick);
  zmqg_test_story_add (story, socket, full);
}

static void
failed_cb (ZmqgSocket    *socket,
           ZmqgMessage   *message,
           const GError  *error,
           ZmqgTestStory *story)
{
  g_assert_cmpuint (zmqg_message_get_n_frames (message), >, 0);
  add_error (story, socket, "failed", error);
}

static void
error_cb (ZmqgSocket    *socket,
          const GError  *error,
          ZmqgTestStory *story)
{
  add_error (story, socket, "error", error);
}

static void
closed_cb (ZmqgSocket    *socket,
           ZmqgTestStory *story)
{
  g_assert_true (zmqg_socket_is_closed (socket));
  zmqg_test_story_add (story, socket, "closed");
}

void
zmqg_test_story_watch (ZmqgTestStory *story,
                       ZmqgSocket    *socket)
{
  g_signal_connect (socket, "send-failed", G_CALLBACK (failed_cb), story);
  g_signal_connect (socket, "error-occurred", G_CALLBACK (error_cb), story);
  g_signal_connect (socket, "closed", G_CALLBACK (closed_cb), story);
}

static void
add_result (ZmqgTestStory *story,
            GObject       *object,
            const char    *word,
            gboolean       succeeded,
            GError        *error)
{
  g_autoptr (GError) owned = error;

  g_assert_true (succeeded == (error == NULL));
  if (succeeded)
    zmqg_test_story_add (story, ZMQG_SOCKET (object), word);
  else
    add_error (story, ZMQG_SOCKET (object), word, error);
}

static void
received_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  GError *error = NULL;
  g_autoptr (ZmqgMessage) message = zmqg_socket_receive_finish (ZMQG_SOCKET (object), result,
                                                                &error);

  add_result (user_data, object, "receive", message != NULL, error);
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  GError *error = NULL;
  gboolean sent = zmqg_socket_send_finish (ZMQG_SOCKET (object), result, &error);

  add_result (user_data, object, "send", sent, error);
}

static void
flushed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  GError *error = NULL;
  gboolean flushed = zmqg_socket_flush_finish (ZMQG_SOCKET (object), result, &error);

  add_result (user_data, object, "flush", flushed, error);
}

static void
close_finished_cb (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  GError *error = NULL;
  guint n_unsent = G_MAXUINT;
  gboolean closed = zmqg_socket_close_finish (ZMQG_SOCKET (object), result, &n_unsent, &error);
  g_autofree char *word = g_strdup_printf ("close=%u", n_unsent);

  if (closed)
    g_assert_true (zmqg_socket_is_closed (ZMQG_SOCKET (object)));
  add_result (user_data, object, closed ? word : "close", closed, error);
}

void
zmqg_test_story_receive (ZmqgTestStory *story,
                         ZmqgSocket    *socket,
                         GCancellable  *cancellable)
{
  story->calling = TRUE;
  zmqg_socket_receive_async (socket, cancellable, received_cb, story);
  story->calling = FALSE;
}

void
zmqg_test_story_send (ZmqgTestStory *story,
                      ZmqgSocket    *socket,
                      guint64        number,
                      gsize          size,
                      GCancellable  *cancellable)
{
  g_autoptr (ZmqgMessage) message = zmqg_test_message_new (number, size);

  story->calling = TRUE;
  zmqg_socket_send_async (socket, message, cancellable, sent_cb, story);
  story->calling = FALSE;
}

void
zmqg_test_story_flush (ZmqgTestStory *story,
                       ZmqgSocket    *socket,
                       GCancellable  *cancellable)
{
  story->calling = TRUE;
  zmqg_socket_flush_async (socket, cancellable, flushed_cb, story);
  story->calling = FALSE;
}

void
zmqg_test_story_close (ZmqgTestStory *story,
                       ZmqgSocket    *socket,
                       GCancellable  *cancellable)
{
  story->calling = TRUE;
  zmqg_socket_close_async (socket, cancellable, close_finished_cb, story);
  story->calling = FALSE;
}

char *
zmqg_test_find_nowhere (GSocket **holder)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  *holder = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                          &error);
  g_assert_no_error (error);
  g_socket_bind (*holder, any, FALSE, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (*holder, &error);
  g_assert_no_error (error);

  return g_strdup_printf ("tcp://127.0.0.1:%u",
                          g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
}

void
zmqg_test_run_in_thread (GThreadFunc func,
                         gpointer    data)
{
  g_assert_true (g_main_context_acquire (NULL));
  g_thread_join (g_thread_new ("test", func, data));
  g_main_context_release (NULL);
}
