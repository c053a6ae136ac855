/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-outcomes.h"
#include "zmqg-test-utils.h"

/* What a callback needs to know */
typedef struct
{
  ZmqgTestOutcomes *outcomes;
  guint index;
} Ticket;

static GPrivate is_in_call = G_PRIVATE_INIT (NULL);

void
zmqg_test_call_begin (void)
{
  g_assert_false (zmqg_test_is_in_call ());
  g_private_set (&is_in_call, GINT_TO_POINTER (TRUE));
}

void
zmqg_test_call_end (void)
{
  g_private_set (&is_in_call, NULL);
}

gboolean
zmqg_test_is_in_call (void)
{
  return g_private_get (&is_in_call) != NULL;
}

void
zmqg_test_outcomes_init (ZmqgTestOutcomes *outcomes,
                         guint             length)
{
  *outcomes = (ZmqgTestOutcomes) {
    .items = g_new0 (ZmqgTestOutcome, length),
    .length = length,
    .thread = g_thread_self (),
  };
}

static void
forget_result (ZmqgTestOutcome *outcome)
{
  if (outcome->result != NULL)
    g_object_remove_weak_pointer (outcome->result, &outcome->result);
  outcome->result = NULL;
}

void
zmqg_test_outcomes_clear (ZmqgTestOutcomes *outcomes)
{
  for (guint i = 0; i < outcomes->length; i++)
    {
      forget_result (&outcomes->items[i]);
      g_clear_error (&outcomes->items[i].error);
    }
  g_clear_pointer (&outcomes->items, g_free);
  outcomes->length = 0;
}

void
zmqg_test_outcomes_forget (ZmqgTestOutcomes *outcomes,
                           guint             index)
{
  forget_result (&outcomes->items[index]);
  g_clear_error (&outcomes->items[index].error);
  outcomes->items[index] = (ZmqgTestOutcome) { 0 };
}

static Ticket *
begin (ZmqgTestOutcomes *outcomes,
       guint             index)
{
  Ticket *ticket = g_new (Ticket, 1);

  g_assert_cmpuint (index, <, outcomes->length);
  g_assert_false (outcomes->items[index].has_ended);
  outcomes->items[index].begun = g_get_monotonic_time ();
  *ticket = (Ticket) { outcomes, index };
  zmqg_test_call_begin ();

  return ticket;
}

static void
returned (ZmqgTestOutcomes *outcomes,
          guint             index)
{
  zmqg_test_call_end ();
  outcomes->items[index].returned = g_get_monotonic_time ();
}

static ZmqgTestOutcome *
end (Ticket       *ticket,
     GAsyncResult *result)
{
  ZmqgTestOutcomes *outcomes = ticket->outcomes;
  ZmqgTestOutcome *outcome = &outcomes->items[ticket->index];

  g_assert_false (zmqg_test_is_in_call ());
  g_assert_true (g_thread_self () == outcomes->thread);
  g_assert_false (outcomes->is_in_callback);
  g_assert_false (outcome->has_ended);
  outcome->has_ended = TRUE;
  outcome->place = outcomes->n_ended++;
  outcome->ended = g_get_monotonic_time ();
  outcome->result = result;
  g_object_add_weak_pointer (G_OBJECT (result), &outcome->result);

  return outcome;
}

static void
tell (Ticket   *ticket,
      gboolean  succeeded)
{
  g_autofree Ticket *owned = ticket;
  ZmqgTestOutcomes *outcomes = ticket->outcomes;

  g_assert_true (succeeded == (outcomes->items[ticket->index].error == NULL));
  if (succeeded)
    outcomes->n_succeeded++;
  else
    g_assert_cmpstr (outcomes->items[ticket->index].error->message, !=, "");
  if (outcomes->func == NULL)
    return;

  outcomes->is_in_callback = TRUE;
  outcomes->func (outcomes, ticket->index, outcomes->user_data);
  outcomes->is_in_callback = FALSE;
}

static void
received_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  ZmqgTestOutcome *outcome = end (user_data, result);
  g_autoptr (ZmqgMessage) message =
    zmqg_socket_receive_finish (ZMQG_SOCKET (object), result, &outcome->error);

  if (message != NULL)
    {
      gsize length;

      outcome->n_frames = zmqg_message_get_n_frames (message);
      zmqg_message_peek_frame (message, outcome->n_frames - 1, &length);
      if (length >= sizeof outcome->number)
        outcome->number = zmqg_test_message_get_number (message);
    }
  tell (user_data, message != NULL);
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  ZmqgTestOutcome *outcome = end (user_data, result);

  tell (user_data, zmqg_socket_send_finish (ZMQG_SOCKET (object), result, &outcome->error));
}

static void
flushed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  ZmqgTestOutcome *outcome = end (user_data, result);

  tell (user_data, zmqg_socket_flush_finish (ZMQG_SOCKET (object), result, &outcome->error));
}

void
zmqg_test_outcomes_receive (ZmqgTestOutcomes *outcomes,
                            guint             index,
                            ZmqgSocket       *socket,
                            GCancellable     *cancellable)
{
  zmqg_socket_receive_async (socket, cancellable, received_cb, begin (outcomes, index));
  returned (outcomes, index);
}

void
zmqg_test_outcomes_receive_for (ZmqgTestOutcomes *outcomes,
                                guint             index,
                                ZmqgSocket       *socket,
                                int               timeout,
                                GCancellable     *cancellable)
{
  zmqg_socket_receive_with_timeout_async (socket, timeout, cancellable, received_cb,
                                          begin (outcomes, index));
  returned (outcomes, index);
}

void
zmqg_test_outcomes_send (ZmqgTestOutcomes *outcomes,
                         guint             index,
                         ZmqgSocket       *socket,
                         ZmqgMessage      *message,
                         GCancellable     *cancellable)
{
  zmqg_socket_send_async (socket, message, cancellable, sent_cb, begin (outcomes, index));
  returned (outcomes, index);
}

void
zmqg_test_outcomes_send_for (ZmqgTestOutcomes *outcomes,
                             guint             index,
                             ZmqgSocket       *socket,
                             ZmqgMessage      *message,
                             int               timeout,
                             GCancellable     *cancellable)
{
  zmqg_socket_send_with_timeout_async (socket, message, timeout, cancellable, sent_cb,
                                       begin (outcomes, index));
  returned (outcomes, index);
}

void
zmqg_test_outcomes_flush (ZmqgTestOutcomes *outcomes,
                          guint             index,
                          ZmqgSocket       *socket,
                          GCancellable     *cancellable)
{
  zmqg_socket_flush_async (socket, cancellable, flushed_cb, begin (outcomes, index));
  returned (outcomes, index);
}

void
zmqg_test_outcomes_send_index (ZmqgTestOutcomes *outcomes,
                               guint             index,
                               ZmqgSocket       *socket,
                               gsize             size,
                               GCancellable     *cancellable)
{
  g_autoptr (ZmqgMessage) message = zmqg_test_message_new (index, size);

  zmqg_test_outcomes_send (outcomes, index, socket, message, cancellable);
}

gboolean
zmqg_test_outcomes_is_good (ZmqgTestOutcomes *outcomes,
                            guint             index)
{
  return outcomes->items[index].has_ended && outcomes->items[index].error == NULL;
}

void
zmqg_test_outcomes_assert_order (ZmqgTestOutcomes *outcomes,
                                 guint             first,
                                 guint             n_items,
                                 guint64           number)
{
  for (guint i = 0; i < n_items; i++)
    {
      ZmqgTestOutcome *outcome = &outcomes->items[first + i];

      g_assert_true (outcome->has_ended);
      g_assert_no_error (outcome->error);
      g_assert_cmpuint (outcome->number, ==, number + i);
      if (i > 0)
        g_assert_cmpuint (outcome->place, >, outcome[-1].place);
    }
}

void
zmqg_test_outcomes_assert_released (ZmqgTestOutcomes *outcomes)
{
  for (guint i = 0; i < outcomes->length; i++)
    g_assert_null (outcomes->items[i].result);
}

gboolean
zmqg_test_has_handlers (GCancellable *cancellable)
{
  guint signal_id = g_signal_lookup ("cancelled", G_TYPE_CANCELLABLE);

  return g_signal_has_handler_pending (cancellable, signal_id, 0, TRUE);
}

ZmqgMessage *
zmqg_test_take_message (ZmqgSocket *socket)
{
  gint64 end = g_get_monotonic_time () + ZMQG_TEST_DEADLINE * 1000;

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      ZmqgMessage *message = zmqg_socket_try_receive (socket, &error);

      if (message != NULL)
        return message;
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      /* Nobody wants its messages, so that one that has come just now wakes nobody */
      zmqg_test_run_for (NULL, 1);
    }
}
