/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "zmqg-test-peer.h"
#include "zmqg-test-utils.h"

#include <string.h>
#include <sys/mman.h>
#include <zmq.h>

#define MIB (1024 * 1024)
#define N_RETAINED_EVERY 50
#define SMALL 100
/* What the heap and libzmq's queues may grow by on the side. Frames that pin the buffers they
 * were read into take 10 to 20 KB each, which would be 40 to 80 MB. */
#define RETAINED_SLACK (12 * MIB)

typedef gpointer (*RetainFunc) (ZmqgMessage *message);

typedef struct
{
  GPtrArray *kept;
  RetainFunc retain;
  guint n_messages;
  gboolean keeps;
} Retention;

static gpointer
retain_message (ZmqgMessage *message)
{
  return zmqg_message_ref (message);
}

static gpointer
retain_frame (ZmqgMessage *message)
{
  return g_bytes_ref (zmqg_message_get_frame (message, 0));
}

static void
retention_received_cb (ZmqgSocket  *socket,
                       ZmqgMessage *message,
                       Retention   *retention)
{
  if (retention->keeps && retention->n_messages % N_RETAINED_EVERY == 0)
    g_ptr_array_add (retention->kept, retention->retain (message));
  retention->n_messages++;
}

static void
check_retained_contents (Retention *retention,
                         guint64    first)
{
  for (guint i = 0; i < retention->kept->len; i++)
    {
      guint64 expected = first + i * N_RETAINED_EVERY;
      guint64 number;

      if (retention->retain == retain_message)
        number = zmqg_test_message_get_number (retention->kept->pdata[i]);
      else
        memcpy (&number, g_bytes_get_data (retention->kept->pdata[i], NULL), sizeof number);
      g_assert_cmpuint (number, ==, expected);
    }
}

static void
check_retained (ZmqgTestTransport transport,
                RetainFunc        retain,
                GDestroyNotify    release)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (ZmqgTestPeer) peer = NULL;
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (release);
  Retention retention = { kept, retain, 0, FALSE };
  ZmqgSocket *socket;
  gsize before, after;
  guint first;

  socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_PULL, transport, &endpoint);
  peer = zmqg_test_peer_start (endpoint, ZMQ_PUSH, -1, SMALL, zmqg_test_peer_flood);
  g_signal_connect (socket, "message-received", G_CALLBACK (retention_received_cb), &retention);
  zmqg_test_wait_for (retention.n_messages >= 50000 &&
                      retention.n_messages % N_RETAINED_EVERY == 0);

  before = zmqg_test_get_rss ();
  retention.keeps = TRUE;
  first = retention.n_messages;
  zmqg_test_wait_for (retention.n_messages >= first + 200000);
  after = zmqg_test_get_rss ();
  check_retained_contents (&retention, first);

  g_assert_cmpuint (kept->len, >=, 200000 / N_RETAINED_EVERY);
  g_test_message ("%u kept: from %u to %u KiB", kept->len, (guint) (before / 1024),
                  (guint) (after / 1024));
  if (zmqg_test_rss_is_meaningful ())
    g_assert_cmpuint (MAX (after, before) - before, <, 2 * kept->len * SMALL + RETAINED_SLACK);

  zmqg_test_release (socket);
}

static void
test_retained_messages (gconstpointer data)
{
  check_retained (GPOINTER_TO_INT (data), retain_message, (GDestroyNotify) zmqg_message_unref);
}

static void
test_retained_frames (gconstpointer data)
{
  check_retained (GPOINTER_TO_INT (data), retain_frame, (GDestroyNotify) g_bytes_unref);
}

/* Lengths around the borders where a frame is no more copied, and libzmq's own */
static const gsize lengths[] = {
  0, 1, 28, 29, 30, 32, 33, 34, 254, 255, 256, 2047, 2048, 2049, 8191, 8192, 8193,
  65535, 65536, 65537, 5 * MIB + 1,
};

static GBytes *
make_bytes (gsize length,
            guint seed)
{
  guint8 *data = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    data[i] = i % 251 + seed;

  return g_bytes_new_take (data, length);
}

static void
append_frame (ZmqgMessage *message,
              GChecksum   *checksum,
              GBytes      *bytes)
{
  g_autofree char *prefix = g_strdup_printf ("%" G_GSIZE_FORMAT ":", g_bytes_get_size (bytes));

  zmqg_message_append_bytes (message, bytes);
  g_checksum_update (checksum, (const guchar *) prefix, strlen (prefix));
  if (g_bytes_get_size (bytes) > 0)
    g_checksum_update (checksum, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

typedef struct
{
  GPtrArray *messages;
  GPtrArray *descriptions;
} Expected;

static void
expected_add (Expected *expected,
              gsize     length,
              guint     n_frames)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  ZmqgMessage *message = zmqg_message_new ();

  for (guint i = 0; i < n_frames; i++)
    {
      g_autoptr (GBytes) bytes = make_bytes (length, i);

      append_frame (message, checksum, bytes);
    }
  g_ptr_array_add (expected->messages, message);
  g_ptr_array_add (expected->descriptions,
                   g_strdup_printf ("%u %s", n_frames, g_checksum_get_string (checksum)));
}

static void
expected_fill (Expected *expected)
{
  expected->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_message_unref);
  expected->descriptions = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      expected_add (expected, lengths[i], 1);
      expected_add (expected, lengths[i], 3);
    }
  expected_add (expected, 0, 1000);
  expected_add (expected, 7, 1000);
}

static void
expected_clear (Expected *expected)
{
  g_ptr_array_unref (expected->messages);
  g_ptr_array_unref (expected->descriptions);
}

static void
assert_same_frames (ZmqgMessage *sent,
                    ZmqgMessage *received,
                    guint        skipped)
{
  g_assert_cmpuint (zmqg_message_get_n_frames (received), ==,
                    zmqg_message_get_n_frames (sent) + skipped);
  for (guint i = 0; i < zmqg_message_get_n_frames (sent); i++)
    {
      GBytes *frame = zmqg_message_get_frame (sent, i);
      gsize length;
      const guint8 *data = zmqg_message_peek_frame (received, i + skipped, &length);

      g_assert_cmpmem (data, length, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
      g_assert_true (g_bytes_equal (frame, zmqg_message_get_frame (received, i + skipped)));
    }
}

static void
collect_cb (ZmqgSocket  *socket,
            ZmqgMessage *message,
            GPtrArray   *received)
{
  g_ptr_array_add (received, zmqg_message_ref (message));
}

static void
send_all (ZmqgSocket *socket,
          Expected   *expected)
{
  for (guint i = 0; i < expected->messages->len; i++)
    {
      g_autoptr (GError) error = NULL;

      zmqg_socket_send (socket, expected->messages->pdata[i], &error);
      g_assert_no_error (error);
    }
}

static void
test_round_trip (gconstpointer data)
{
  g_auto (ZmqgTestPair) pair = { 0 };
  g_autoptr (GPtrArray) received = NULL;
  Expected expected;

  expected_fill (&expected);
  received = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_message_unref);
  zmqg_test_pair_init (&pair, GPOINTER_TO_INT (data), ZMQG_SOCKET_TYPE_PAIR,
                       ZMQG_SOCKET_TYPE_PAIR);
  g_signal_connect (pair.bound, "message-received", G_CALLBACK (collect_cb), received);
  send_all (pair.connected, &expected);
  zmqg_test_wait_for (received->len == expected.messages->len);

  for (guint i = 0; i < received->len; i++)
    assert_same_frames (expected.messages->pdata[i], received->pdata[i], 0);
  expected_clear (&expected);
}

static void
assert_described (ZmqgMessage *message,
                  const char  *description)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = zmqg_message_get_string (message, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, description);
}

static void
check_foreign (ZmqgTestTransport transport)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *endpoint = NULL;
  g_autoptr (GPtrArray) received = NULL;
  ZmqgTestProcess *peer;
  ZmqgSocket *socket;
  Expected expected;

  expected_fill (&expected);
  received = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_message_unref);
  socket = zmqg_test_socket_new_bound (ZMQG_SOCKET_TYPE_DEALER, transport, &endpoint);
  g_signal_connect (socket, "message-received", G_CALLBACK (collect_cb), received);
  peer = zmqg_test_process_start ("echo.py", endpoint, NULL);
  send_all (socket, &expected);
  zmqg_test_wait_for (received->len == expected.messages->len);

  for (guint i = 0; i < received->len; i++)
    {
      assert_described (received->pdata[i], expected.descriptions->pdata[i]);
      assert_same_frames (expected.messages->pdata[i], received->pdata[i], 1);
    }

  zmqg_socket_send_string (socket, "stop", &error);
  g_assert_no_error (error);
  zmqg_test_process_finish (peer);
  expected_clear (&expected);
  zmqg_test_release (socket);
}

static void
test_foreign_tcp (void)
{
  check_foreign (ZMQG_TEST_TCP);
}

static void
test_foreign_ipc (void)
{
  check_foreign (ZMQG_TEST_IPC);
}

static void
test_embedded_nul (void)
{
  static const char text[] = "a\0b";
  g_auto (ZmqgTestPair) pair = { 0 };
  g_autoptr (GPtrArray) received = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *string = NULL;
  const guint8 *data;
  gsize length;

  received = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_message_unref);
  zmqg_test_pair_init (&pair, ZMQG_TEST_TCP, ZMQG_SOCKET_TYPE_PAIR, ZMQG_SOCKET_TYPE_PAIR);
  g_signal_connect (pair.bound, "message-received", G_CALLBACK (collect_cb), received);
  zmqg_socket_send_data (pair.connected, (const guint8 *) text, sizeof text, &error);
  g_assert_no_error (error);
  zmqg_test_wait_for (received->len == 1);

  data = zmqg_message_peek_frame (received->pdata[0], 0, &length);
  g_assert_cmpmem (data, length, text, sizeof text);
  /* A C string would end early: it is refused instead of being cut */
  string = zmqg_message_get_string (received->pdata[0], 0, &error);
  g_assert_null (string);
  g_assert_nonnull (error);
}

static void
unmap (gpointer data)
{
  munmap (data, ((gsize) G_MAXINT32) + 2);
}

/* Longer than a signed 32-bit length. The memory is a mapping of zeros that nobody touches, so
 * that a copy shows as memory used. */
static void
test_huge (void)
{
  const gsize length = ((gsize) G_MAXINT32) + 2;
  g_autoptr (GPtrArray) received = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ZmqgTestPair) pair = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  gpointer memory;
  gsize before;

  memory = mmap (NULL, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  g_assert_true (memory != MAP_FAILED);
  bytes = g_bytes_new_with_free_func (memory, length, unmap, memory);
  received = g_ptr_array_new_with_free_func ((GDestroyNotify) zmqg_message_unref);
  zmqg_test_pair_init (&pair, ZMQG_TEST_INPROC, ZMQG_SOCKET_TYPE_PAIR, ZMQG_SOCKET_TYPE_PAIR);
  g_signal_connect (pair.bound, "message-received", G_CALLBACK (collect_cb), received);

  before = zmqg_test_get_rss ();
  zmqg_socket_send_bytes (pair.connected, bytes, &error);
  g_assert_no_error (error);
  zmqg_test_wait_for (received->len == 1);

  g_assert_cmpuint (zmqg_message_get_size (received->pdata[0]), ==, length);
  g_assert_cmpuint (g_bytes_get_size (zmqg_message_get_frame (received->pdata[0], 0)), ==, length);
  if (zmqg_test_rss_is_meaningful ())
    g_assert_cmpuint (zmqg_test_get_rss (), <, before + 64 * MIB);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  zmqg_test_add_transports ("/scenario/13/retained-messages", test_retained_messages);
  zmqg_test_add_transports ("/scenario/13/retained-frames", test_retained_frames);
  zmqg_test_add_transports ("/scenario/14/round-trip", test_round_trip);
  g_test_add_func ("/scenario/14/pyzmq/tcp", test_foreign_tcp);
  g_test_add_func ("/scenario/14/pyzmq/ipc", test_foreign_ipc);
  g_test_add_func ("/scenario/14/embedded-nul", test_embedded_nul);
  g_test_add_func ("/scenario/14/huge", test_huge);

  return g_test_run ();
}
