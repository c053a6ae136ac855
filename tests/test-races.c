/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* For the names of registers */
#define _GNU_SOURCE

#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <malloc.h>
#include <signal.h>
#include <time.h>
#include <ucontext.h>
#include <zmq.h>

/* What other threads do just when the owner does something else */

typedef struct
{
  ZmqgSocket *socket;
  GMutex lock;
  GCond cond;
  guint n_writable;
  guint n_refused;
  guint n_messages;
  int n_lost;
  int done;
} Refused;

static void
writable_cb (ZmqgSocket *socket,
             Refused    *refused)
{
  g_mutex_lock (&refused->lock);
  refused->n_writable++;
  g_cond_broadcast (&refused->cond);
  g_mutex_unlock (&refused->lock);
}

static guint
get_n_writable (Refused *refused)
{
  guint n_writable;

  g_mutex_lock (&refused->lock);
  n_writable = refused->n_writable;
  g_mutex_unlock (&refused->lock);

  return n_writable;
}

static gboolean
wait_writable (Refused *refused,
               guint    n_before)
{
  gint64 end = g_get_monotonic_time () + G_TIME_SPAN_SECOND;
  gboolean in_time = TRUE;

  g_mutex_lock (&refused->lock);
  refused->n_refused++;
  while (refused->n_writable == n_before && in_time)
    in_time = g_cond_wait_until (&refused->cond, &refused->lock, end);
  g_mutex_unlock (&refused->lock);

  return in_time;
}

static gpointer
refused_thread (gpointer data)
{
  Refused *refused = data;

  for (guint i = 0; i < refused->n_messages; i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_test_message_new (i, 0);
      g_autoptr (GError) error = NULL;
      guint n_before = get_n_writable (refused);

      while (!zmqg_socket_send (refused->socket, message, &error))
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
          g_clear_error (&error);
          if (!wait_writable (refused, n_before))
            {
              g_atomic_int_inc (&refused->n_lost);
              g_main_context_wakeup (NULL);
            }
          n_before = get_n_writable (refused);
        }
    }
  g_atomic_int_set (&refused->done, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

static void
refused_init (Refused            *refused,
              ZmqgTestTransport   transport,
              char              **endpoint)
{
  g_mutex_init (&refused->lock);
  g_cond_init (&refused->cond);
  refused->socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PUSH, transport, endpoint);
  zmqg_test_set_number (refused->socket, "send-queue-limit", 1);
  g_signal_connect (refused->socket, "writable", G_CALLBACK (writable_cb), refused);
}

static void
refused_clear (Refused *refused)
{
  zmqg_test_release (refused->socket);
  g_cond_clear (&refused->cond);
  g_mutex_clear (&refused->lock);
}

static void
ordered_sink (ZmqgTestPeer *peer)
{
  guint64 next = 0, number;

  while (!zmqg_test_peer_is_stopping (peer))
    {
      if (zmqg_test_peer_receive (peer, &number) > 0)
        g_assert_cmpuint (number, ==, next++);
    }
}

/* The thread that was refused is told of room, also if the owner made it in that moment */
static void
test_writable (gconstpointer data)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  Refused refused = { .n_messages = 20000 };
  GThread *thread;

  refused_init (&refused, GPOINTER_TO_INT (data), &endpoint);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PULL, -1, 0, ordered_sink);
  zmqg_test_poll_for ((zmqg_socket_condition_check (refused.socket, G_IO_OUT) & G_IO_OUT) != 0);

  g_assert_true (g_main_context_acquire (NULL));
  thread = g_thread_new ("refused", refused_thread, &refused);
  while (!g_atomic_int_get (&refused.done) && g_atomic_int_get (&refused.n_lost) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_atomic_int_get (&refused.n_lost), ==, 0);
  g_thread_join (thread);
  zmqg_test_wait_for (zmqg_test_get_number (refused.socket, "send-queue-length") == 0);
  g_main_context_release (NULL);
  zmqg_test_poll_for (g_atomic_int_get (&peer->n_received) == (int) refused.n_messages);
  g_test_message ("refused %u times", refused.n_refused);
  g_assert_cmpuint (refused.n_refused, >, 0);
  refused_clear (&refused);
}

#ifdef __x86_64__

/* The same, with the thread held up after each single instruction of the refused send in turn,
 * while the owner makes room: no machine would do so by chance in a reasonable time. */
typedef struct
{
  Refused refused;
  GAsyncQueue *rounds;
  /* atomic */
  int may_run;
  int may_read;
  int is_over;
  int has_ended;
  int n_sent;
} Stepwise;

static volatile int step, held_step;
static Stepwise *stepped;

static void
set_trap_flag (gboolean traps)
{
  /* Below the red zone */
  if (traps)
    __asm__ volatile ("lea -128(%%rsp), %%rsp; pushfq; orq $0x100, (%%rsp); popfq;"
                      "lea 128(%%rsp), %%rsp" ::: "memory", "cc");
  else
    __asm__ volatile ("lea -128(%%rsp), %%rsp; pushfq; andq $~0x100, (%%rsp); popfq;"
                      "lea 128(%%rsp), %%rsp" ::: "memory", "cc");
}

static void
trap_handler (int        number,
              siginfo_t *info,
              void      *data)
{
  struct timespec moment = { 0, 20000 };
  ucontext_t *context = data;

  if (step++ != held_step)
    return;

  context->uc_mcontext.gregs[REG_EFL] &= ~0x100;
  g_atomic_int_set (&stepped->may_read, TRUE);
  g_atomic_int_set (&stepped->may_run, TRUE);
  for (guint i = 0; i < 50 && g_atomic_int_get (&stepped->n_sent) == 0; i++)
    nanosleep (&moment, NULL);
  /* Until the owner sleeps again */
  for (guint i = 0; i < 5; i++)
    nanosleep (&moment, NULL);
}

static void
sink_at_times (ZmqgTestPeer *peer)
{
  while (!zmqg_test_peer_is_stopping (peer))
    {
      if (g_atomic_int_get (&stepped->may_read))
        zmqg_test_peer_receive (peer, NULL);
      else
        g_usleep (10);
    }
}

static void
count_sent_cb (ZmqgSocket  *socket,
               ZmqgMessage *message,
               Stepwise    *stepwise)
{
  g_atomic_int_inc (&stepwise->n_sent);
}

/* The queue is full, and the owner waits for a sign. */
static void
step_through (Stepwise *stepwise)
{
  g_autoptr (ZmqgMessage) message = zmqg_test_message_new (0, 0);
  guint n_before = get_n_writable (&stepwise->refused);
  gboolean is_sent;

  step = 0;
  set_trap_flag (TRUE);
  is_sent = zmqg_socket_send (stepwise->refused.socket, message, NULL);
  set_trap_flag (FALSE);

  g_atomic_int_set (&stepwise->has_ended, step <= held_step);
  g_atomic_int_set (&stepwise->may_read, TRUE);
  g_atomic_int_set (&stepwise->may_run, TRUE);
  if (!is_sent && !wait_writable (&stepwise->refused, n_before))
    g_atomic_int_inc (&stepwise->refused.n_lost);
  g_atomic_int_set (&stepwise->is_over, TRUE);
  g_main_context_wakeup (NULL);
}

static gpointer
step_thread (gpointer data)
{
  Stepwise *stepwise = data;

  while (g_async_queue_pop (stepwise->rounds) != stepwise)
    step_through (stepwise);

  return NULL;
}

static void
run_round (Stepwise *stepwise,
           int       number)
{
  held_step = number;
  stepwise->may_run = FALSE;
  stepwise->is_over = FALSE;
  g_atomic_int_set (&stepwise->may_read, FALSE);
  while (zmqg_test_get_number (stepwise->refused.socket, "send-queue-length") == 0)
    zmqg_test_send_number (stepwise->refused.socket, 0);
  zmqg_test_run_until_idle (NULL);
  g_atomic_int_set (&stepwise->n_sent, 0);
  g_async_queue_push (stepwise->rounds, GINT_TO_POINTER (1));
  zmqg_test_poll_for (g_atomic_int_get (&stepwise->may_run));
  while (!g_atomic_int_get (&stepwise->is_over))
    g_main_context_iteration (NULL, TRUE);
  zmqg_test_run_until_idle (NULL);
}

static void
test_writable_stepwise (void)
{
  struct sigaction action = { .sa_sigaction = trap_handler, .sa_flags = SA_SIGINFO }, before;
  Stepwise stepwise = { .rounds = g_async_queue_new () };
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  /* A sanitizer makes four times as many instructions of it */
  const int stride = zmqg_test_rss_is_meaningful () ? 1 : 11;
  int n_rounds = 0;
  GThread *thread;

  stepped = &stepwise;
  refused_init (&stepwise.refused, ZMQG_TEST_INPROC, &endpoint);
  zmqg_test_set_number (stepwise.refused.socket, "send-high-water-mark", 1);
  g_signal_connect (stepwise.refused.socket, "message-sent", G_CALLBACK (count_sent_cb), &stepwise);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PULL, 1, 0, sink_at_times);
  zmqg_test_poll_for (
    (zmqg_socket_condition_check (stepwise.refused.socket, G_IO_OUT) & G_IO_OUT) != 0);
  sigaction (SIGTRAP, &action, &before);
  g_assert_true (g_main_context_acquire (NULL));
  thread = g_thread_new ("step", step_thread, &stepwise);
  for (int i = 0; !g_atomic_int_get (&stepwise.has_ended); i += stride)
    {
      run_round (&stepwise, i);
      n_rounds++;
    }
  g_async_queue_push (stepwise.rounds, &stepwise);
  g_thread_join (thread);
  g_main_context_release (NULL);
  sigaction (SIGTRAP, &before, NULL);

  g_test_message ("%d rounds, refused %u times", n_rounds, stepwise.refused.n_refused);
  g_assert_cmpint (n_rounds, >, 50);
  g_assert_cmpuint (stepwise.refused.n_refused, >, 20);
  g_assert_cmpint (stepwise.refused.n_lost, ==, 0);
  refused_clear (&stepwise.refused);
  g_async_queue_unref (stepwise.rounds);
}

#endif

/* Lists that the owner changes are read whole by others */
typedef struct
{
  ZmqgSocket *socket;
  int stopping;
  int n_read;
} Reading;

static const char *const properties[] = { "bind-endpoints", "connect-endpoints", "subscriptions" };

static void
check_list (char **list)
{
  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    g_assert_true (g_str_has_prefix (list[i], "inproc://a-name-that-is-long-enough-to-be-freed-"));
}

static gpointer
read_thread (gpointer data)
{
  Reading *reading = data;

  while (!g_atomic_int_get (&reading->stopping))
    {
      for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
        {
          g_auto (GStrv) list = NULL;

          g_object_get (reading->socket, properties[i], &list, NULL);
          check_list (list);
        }
      g_atomic_int_inc (&reading->n_read);
    }

  return NULL;
}

static char **
make_list (const char *kind,
           guint       number)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf (
        "inproc://a-name-that-is-long-enough-to-be-freed-%s-%u", kind, number + i);

      g_strv_builder_add (builder, name);
    }

  return g_strv_builder_end (builder);
}

static void
test_lists (void)
{
  Reading reading = { NULL, FALSE, 0 };
  GThread *threads[2];

  /* What was freed is to be seen as such */
  mallopt (M_PERTURB, 0x5a);
  g_assert_true (g_main_context_acquire (NULL));
  reading.socket = zmqg_test_socket_new (ZMQG_SOCKET_TYPE_SUB);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("read", read_thread, &reading);
  for (guint i = 0; i < 60000 || g_atomic_int_get (&reading.n_read) < 100; i++)
    {
      const char *property = properties[i % G_N_ELEMENTS (properties)];
      /* The same endpoints again: nothing is bound, and the list before goes at once */
      guint number = property == properties[2] ? i : 0;
      g_auto (GStrv) list = make_list (property, number);

      g_object_set (reading.socket, property, list, NULL);
    }
  g_atomic_int_set (&reading.stopping, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_main_context_release (NULL);
  zmqg_test_release (reading.socket);
  mallopt (M_PERTURB, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/races/writable", test_writable);
#ifdef __x86_64__
  g_test_add_func ("/races/writable-stepwise", test_writable_stepwise);
#endif
  g_test_add_func ("/races/lists", test_lists);

  return g_test_run ();
}
