/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <zmqglib/zmqglib.h>

G_BEGIN_DECLS

/* What became of one asynchronous call */
typedef struct
{
  gboolean  has_ended;
  /* How many others of the array had ended before */
  guint     place;
  /* Around the call, and in the callback (µs) */
  gint64    begun;
  gint64    returned;
  gint64    ended;
  GError   *error;
  /* Of the message received: the number in its last frame */
  guint64   number;
  guint     n_frames;
  /* NULL again when nobody holds it any more */
  gpointer  result;
} ZmqgTestOutcome;

typedef struct _ZmqgTestOutcomes ZmqgTestOutcomes;

typedef void (*ZmqgTestOutcomesFunc) (ZmqgTestOutcomes *outcomes,
                                      guint             index,
                                      gpointer          user_data);

/* An array of operations by number. Asserts for each that its callback is called once, in the
 * thread that made the array, not from inside a call of the test's nor of another callback. */
struct _ZmqgTestOutcomes
{
  ZmqgTestOutcome      *items;
  guint                 length;
  guint                 n_ended;
  guint                 n_succeeded;
  gboolean              is_in_callback;
  GThread              *thread;
  /* Called from each callback, when all above is known */
  ZmqgTestOutcomesFunc  func;
  gpointer              user_data;
};

void               zmqg_test_outcomes_init        (ZmqgTestOutcomes    *outcomes,
                                                   guint                length);
void               zmqg_test_outcomes_clear       (ZmqgTestOutcomes    *outcomes);
/* Makes that item fit for another operation */
void               zmqg_test_outcomes_forget      (ZmqgTestOutcomes    *outcomes,
                                                   guint                index);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZmqgTestOutcomes, zmqg_test_outcomes_clear)

void               zmqg_test_outcomes_receive     (ZmqgTestOutcomes    *outcomes,
                                                   guint                index,
                                                   ZmqgSocket          *socket,
                                                   GCancellable        *cancellable);
void               zmqg_test_outcomes_receive_for (ZmqgTestOutcomes    *outcomes,
                                                   guint                index,
                                                   ZmqgSocket          *socket,
                                                   int                  timeout,
                                                   GCancellable        *cancellable);
void               zmqg_test_outcomes_send        (ZmqgTestOutcomes    *outcomes,
                                                   guint                index,
                                                   ZmqgSocket          *socket,
                                                   ZmqgMessage         *message,
                                                   GCancellable        *cancellable);
void               zmqg_test_outcomes_send_for    (ZmqgTestOutcomes    *outcomes,
                                                   guint                index,
                                                   ZmqgSocket          *socket,
                                                   ZmqgMessage         *message,
                                                   int                  timeout,
                                                   GCancellable        *cancellable);
void               zmqg_test_outcomes_flush       (ZmqgTestOutcomes    *outcomes,
                                                   guint                index,
                                                   ZmqgSocket          *socket,
                                                   GCancellable        *cancellable);
/* Sends the number of the item, in a message of that size */
void               zmqg_test_outcomes_send_index  (ZmqgTestOutcomes    *outcomes,
                                                   guint                index,
                                                   ZmqgSocket          *socket,
                                                   gsize                size,
                                                   GCancellable        *cancellable);

/* Whether these have ended well */
gboolean           zmqg_test_outcomes_is_good     (ZmqgTestOutcomes    *outcomes,
                                                   guint                index);
/* The items from first on got messages with the numbers from number on, in that order */
void               zmqg_test_outcomes_assert_order (ZmqgTestOutcomes   *outcomes,
                                                    guint               first,
                                                    guint               n_items,
                                                    guint64             number);
/* Nobody holds a result any more */
void               zmqg_test_outcomes_assert_released (ZmqgTestOutcomes *outcomes);

#define zmqg_test_outcomes_assert_error(outcomes, index, domain, code) \
  G_STMT_START { \
    g_assert_true ((outcomes)->items[index].has_ended); \
    g_assert_error ((outcomes)->items[index].error, domain, code); \
  } G_STMT_END

/* A call of the test's, in any thread, from inside which no callback may come */
void               zmqg_test_call_begin           (void);
void               zmqg_test_call_end             (void);
gboolean           zmqg_test_is_in_call           (void);

#define zmqg_test_call(call) \
  G_STMT_START { \
    zmqg_test_call_begin (); \
    call; \
    zmqg_test_call_end (); \
  } G_STMT_END

/* The next message, which may take some time to come, of a socket that has no handler */
ZmqgMessage       *zmqg_test_take_message         (ZmqgSocket          *socket);
/* Whether anybody waits for it to be cancelled */
gboolean           zmqg_test_has_handlers         (GCancellable        *cancellable);

G_END_DECLS
