/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

/* How soon a peer sees that it is to stop (ms) */
#define PEER_TIMEOUT 20

static void
set_option (ZmqgTestPeer *self,
            int           option,
            int           value)
{
  g_assert_cmpint (zmq_setsockopt (self->socket, option, &value, sizeof value), ==, 0);
}

static void
peer_configure (ZmqgTestPeer *self)
{
  set_option (self, ZMQ_RCVTIMEO, PEER_TIMEOUT);
  set_option (self, ZMQ_SNDTIMEO, PEER_TIMEOUT);
  set_option (self, ZMQ_LINGER, 0);
  if (self->high_water_mark >= 0)
    {
      set_option (self, ZMQ_SNDHWM, self->high_water_mark);
      set_option (self, ZMQ_RCVHWM, self->high_water_mark);
    }
  if (self->type == ZMQ_SUB)
    g_assert_cmpint (zmq_setsockopt (self->socket, ZMQ_SUBSCRIBE, "", 0), ==, 0);
}

static gpointer
peer_thread (gpointer data)
{
  ZmqgTestPeer *self = data;
  gboolean shares = g_str_has_prefix (self->endpoint, "inproc://");
  void *own = shares ? NULL : zmq_ctx_new ();
  void *context = shares ? zmqg_context_get_handle (zmqg_context_get_default ()) : own;

  self->socket = zmq_socket (context, self->type);
  g_assert_nonnull (self->socket);
  peer_configure (self);
  g_assert_cmpint (zmq_connect (self->socket, self->endpoint), ==, 0);
  self->func (self);
  zmq_close (self->socket);
  if (own != NULL)
    zmq_ctx_term (own);

  return NULL;
}

ZmqgTestPeer *
zmqg_test_peer_start (const char       *endpoint,
                      int               zmq_type,
                      int               high_water_mark,
                      gsize             size,
                      ZmqgTestPeerFunc  func)
{
  ZmqgTestPeer *self = g_new0 (ZmqgTestPeer, 1);

  self->func = func;
  self->endpoint = g_strdup (endpoint);
  self->type = zmq_type;
  self->high_water_mark = high_water_mark;
  self->size = MAX (size, sizeof (guint64));
  self->commands = g_async_queue_new ();
  self->thread = g_thread_new ("peer", peer_thread, self);

  return self;
}

void
zmqg_test_peer_stop (ZmqgTestPeer *self)
{
  g_atomic_int_set (&self->stopping, TRUE);
  g_thread_join (self->thread);
  g_async_queue_unref (self->commands);
  g_free (self->endpoint);
  g_free (self);
}

gboolean
zmqg_test_peer_is_stopping (ZmqgTestPeer *self)
{
  return g_atomic_int_get (&self->stopping);
}

gboolean
zmqg_test_peer_send_number (ZmqgTestPeer *self,
                            guint64       number)
{
  zmq_msg_t message;

  g_assert_cmpint (zmq_msg_init_size (&message, self->size), ==, 0);
  memset (zmq_msg_data (&message), 0, self->size);
  memcpy (zmq_msg_data (&message), &number, sizeof number);
  if (zmq_msg_send (&message, self->socket, 0) < 0)
    {
      zmq_msg_close (&message);
      return FALSE;
    }
  g_atomic_int_inc (&self->n_sent);

  return TRUE;
}

guint
zmqg_test_peer_receive (ZmqgTestPeer *self,
                        guint64      *number)
{
  zmq_msg_t frame;
  guint n_frames = 0;
  gboolean more = TRUE;

  while (more)
    {
      zmq_msg_init (&frame);
      if (zmq_msg_recv (&frame, self->socket, 0) < 0)
        {
          zmq_msg_close (&frame);
          break;
        }
      n_frames++;
      more = zmq_msg_more (&frame);
      if (!more && number != NULL && zmq_msg_size (&frame) >= sizeof *number)
        memcpy (number, zmq_msg_data (&frame), sizeof *number);
      zmq_msg_close (&frame);
    }
  if (n_frames > 0)
    g_atomic_int_inc (&self->n_received);

  return n_frames;
}

static gboolean
echo_frame (ZmqgTestPeer *self,
            zmq_msg_t    *frame)
{
  gboolean more = zmq_msg_more (frame);

  while (zmq_msg_send (frame, self->socket, more ? ZMQ_SNDMORE : 0) < 0)
    {
      if (zmqg_test_peer_is_stopping (self))
        {
          zmq_msg_close (frame);
          return FALSE;
        }
    }
  if (!more)
    g_atomic_int_inc (&self->n_sent);

  return TRUE;
}

void
zmqg_test_peer_echo (ZmqgTestPeer *self)
{
  zmq_msg_t frame;

  while (!zmqg_test_peer_is_stopping (self))
    {
      zmq_msg_init (&frame);
      if (zmq_msg_recv (&frame, self->socket, 0) < 0)
        {
          zmq_msg_close (&frame);
          continue;
        }
      if (!zmq_msg_more (&frame))
        g_atomic_int_inc (&self->n_received);
      if (!echo_frame (self, &frame))
        return;
    }
}

void
zmqg_test_peer_flood (ZmqgTestPeer *self)
{
  guint64 number = 0;

  while (!zmqg_test_peer_is_stopping (self))
    {
      if (zmqg_test_peer_send_number (self, number))
        number++;
    }
}

void
zmqg_test_peer_sink (ZmqgTestPeer *self)
{
  while (!zmqg_test_peer_is_stopping (self))
    zmqg_test_peer_receive (self, NULL);
}

void
zmqg_test_peer_on_command (ZmqgTestPeer *self)
{
  guint64 number = 0;

  while (!zmqg_test_peer_is_stopping (self))
    {
      guint n_messages = GPOINTER_TO_UINT (
        g_async_queue_timeout_pop (self->commands, PEER_TIMEOUT * 1000));

      while (n_messages > 0 && !zmqg_test_peer_is_stopping (self))
        {
          if (!zmqg_test_peer_send_number (self, number))
            continue;
          number++;
          n_messages--;
        }
    }
}

void
zmqg_test_peer_send_now (ZmqgTestPeer *self,
                         guint         n_messages)
{
  int n_before = g_atomic_int_get (&self->n_sent);

  g_async_queue_push (self->commands, GUINT_TO_POINTER (n_messages));
  zmqg_test_poll_for (g_atomic_int_get (&self->n_sent) == n_before + (int) n_messages);
  /* There is no telling from outside when the I/O thread has delivered it */
  g_usleep (ZMQG_TEST_SETTLE);
}

ZmqgTestProcess *
zmqg_test_process_start (const char *script,
                         ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  ZmqgTestProcess *self = g_new0 (ZmqgTestProcess, 1);
  const char *python = g_getenv ("ZMQG_TEST_PYTHON");
  const char *argument;
  int ends[2];
  va_list list;

  g_ptr_array_add (arguments, g_strdup (python != NULL ? python : "/usr/bin/python3"));
  g_ptr_array_add (arguments, g_test_build_filename (G_TEST_DIST, "peers", script, NULL));
  va_start (list, script);
  while ((argument = va_arg (list, const char *)) != NULL)
    g_ptr_array_add (arguments, g_strdup (argument));
  va_end (list);
  g_ptr_array_add (arguments, NULL);

  g_assert_cmpint (pipe (ends), ==, 0);
  g_subprocess_launcher_take_stdout_fd (launcher, ends[1]);
  /* Made for the instrumented test, not for an interpreter */
  g_subprocess_launcher_unsetenv (launcher, "LD_PRELOAD");
  self->output = ends[0];
  self->process = g_subprocess_launcher_spawnv (
    launcher, (const char *const *) arguments->pdata, &error);
  g_assert_no_error (error);

  return self;
}

char *
zmqg_test_process_read_line (ZmqgTestProcess *self)
{
  g_autoptr (GString) line = g_string_new (NULL);
  struct pollfd readable = { self->output, POLLIN, 0 };
  char byte;

  for (;;)
    {
      g_assert_cmpint (poll (&readable, 1, ZMQG_TEST_DEADLINE), ==, 1);
      if (read (self->output, &byte, 1) < 1)
        return line->len > 0 ? g_strdup (line->str) : NULL;
      if (byte == '\n')
        return g_strdup (line->str);
      g_string_append_c (line, byte);
    }
}

static void
process_free (ZmqgTestProcess *self)
{
  close (self->output);
  g_object_unref (self->process);
  g_free (self);
}

void
zmqg_test_process_finish (ZmqgTestProcess *self)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check (self->process, NULL, &error);
  g_assert_no_error (error);
  process_free (self);
}

void
zmqg_test_process_kill (ZmqgTestProcess *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  process_free (self);
}
