/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-cutter.h"
#include "zmqg-test-utils.h"

#include <dlfcn.h>
#include <poll.h>
#include <string.h>
#include <zmq.h>

ZmqgTestCutter zmqg_test_cutter;

#ifdef __SANITIZE_ADDRESS__
/* libzmq (pipe.cpp) forgets the frames of an unfinished message when the peer goes. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:libzmq.so";
}
#endif

/* Whose sends are looked at */
static GThread *cutting_thread;
static void *cutting_handle;

/* The small ones are copied into libzmq's, the large ones are not */
static const gsize frame_sizes[ZMQG_TEST_N_FRAMES] = { 16, 3000, 16, 9000, 16, 16 };

ZmqgMessage *
zmqg_test_frames_new (guint64 number)
{
  ZmqgMessage *message = zmqg_message_new ();

  for (guint64 i = 0; i < ZMQG_TEST_N_FRAMES; i++)
    {
      guint8 data[9000] = { 0 };

      memcpy (data, &number, sizeof number);
      memcpy (data + sizeof number, &i, sizeof i);
      zmqg_message_append_data (message, data, frame_sizes[i]);
    }

  return message;
}

guint64
zmqg_test_frames_check_one (const guint8 *data,
                            gsize         length,
                            guint         index)
{
  guint64 content[2];

  g_assert_cmpuint (index, <, ZMQG_TEST_N_FRAMES);
  g_assert_cmpuint (length, ==, frame_sizes[index]);
  memcpy (content, data, sizeof content);
  g_assert_cmpuint (content[1], ==, index);

  return content[0];
}

guint64
zmqg_test_frames_check (ZmqgMessage *message)
{
  guint64 number = 0;

  g_assert_cmpuint (zmqg_message_get_n_frames (message), ==, ZMQG_TEST_N_FRAMES);
  for (guint i = 0; i < ZMQG_TEST_N_FRAMES; i++)
    {
      gsize length;
      const guint8 *data = zmqg_message_peek_frame (message, i, &length);
      guint64 found = zmqg_test_frames_check_one (data, length, i);

      g_assert_true (i == 0 || found == number);
      number = found;
    }

  return number;
}

void
zmqg_test_cutter_init (ZmqgSocket *socket,
                       guint       n_messages,
                       void      (*await) (guint64 number),
                       void      (*kill) (void),
                       void      (*go_on) (void))
{
  cutting_thread = g_thread_self ();
  cutting_handle = zmqg_socket_get_handle (socket);
  zmqg_test_cutter = (ZmqgTestCutter) {
    .after = g_new0 (guint8, n_messages),
    .await = await,
    .kill = kill,
    .go_on = go_on,
  };
}

void
zmqg_test_cutter_clear (void)
{
  g_clear_pointer (&zmqg_test_cutter.after, g_free);
}

static void
cut (guint64 number)
{
  struct pollfd fd = { .events = POLLIN };
  size_t size = sizeof fd.fd;
  int events;

  g_assert_cmpint (zmq_getsockopt (cutting_handle, ZMQ_FD, &fd.fd, &size), ==, 0);
  zmqg_test_cutter.await (number);
  /* What the I/O thread tells from now on is that the peer has gone */
  size = sizeof events;
  g_assert_cmpint (zmq_getsockopt (cutting_handle, ZMQ_EVENTS, &events, &size), ==, 0);
  zmqg_test_cutter.kill ();
  g_assert_cmpint (poll (&fd, 1, ZMQG_TEST_DEADLINE), ==, 1);
  g_usleep (ZMQG_TEST_SETTLE);
  zmqg_test_cutter.n_cut++;
  zmqg_test_cutter.go_on ();
}

static gboolean
is_cutting (zmq_msg_t *msg,
            void      *socket,
            int        flags,
            guint64   *content)
{
  if (zmqg_test_cutter.after == NULL || g_thread_self () != cutting_thread ||
      socket != cutting_handle || (flags & ZMQ_SNDMORE) == 0 ||
      zmq_msg_size (msg) < 2 * sizeof *content)
    return FALSE;

  memcpy (content, zmq_msg_data (msg), 2 * sizeof *content);

  return TRUE;
}

/* In place of libzmq's, which it calls */
int
zmq_msg_send (zmq_msg_t *msg,
              void      *socket,
              int        flags)
{
  static gsize real_send;
  guint64 content[2] = { 0, 0 };
  gboolean looks = is_cutting (msg, socket, flags, content);
  int rc;

  if (g_once_init_enter (&real_send))
    g_once_init_leave (&real_send, (gsize) dlsym (RTLD_NEXT, "zmq_msg_send"));
  rc = ((int (*) (zmq_msg_t *, void *, int)) real_send) (msg, socket, flags);
  if (rc != -1 && looks && content[1] + 1 == zmqg_test_cutter.after[content[0]])
    {
      zmqg_test_cutter.after[content[0]] = 0;
      cut (content[0]);
    }

  return rc;
}
