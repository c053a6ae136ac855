/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/zmqglib.h>

#include <string.h>

/* Around the sizes where frames begin to be kept by reference, and those of zmq_msg_t itself */
static const gsize sizes[] = { 0, 1, 29, 33, 34, 255, 256, 2047, 2048, 2049, 8191, 8192, 8193,
                               100000 };

static void
assert_frame (ZmqgMessage *message,
              guint        index,
              const void  *data,
              gsize        length)
{
  GBytes *frame = zmqg_message_get_frame (message, index);
  const guint8 *peeked;
  gsize peeked_length;

  peeked = zmqg_message_peek_frame (message, index, &peeked_length);
  g_assert_nonnull (peeked);
  g_assert_cmpmem (peeked, peeked_length, data, length);
  g_assert_nonnull (zmqg_message_peek_frame (message, index, NULL));

  g_assert_nonnull (frame);
  g_assert_cmpmem (g_bytes_get_data (frame, NULL), g_bytes_get_size (frame), data, length);
  /* Asked again, it is the same one: nothing to free, nothing made twice */
  g_assert_true (zmqg_message_get_frame (message, index) == frame);
}

static GBytes *
make_bytes (gsize  size,
            guint8 seed)
{
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (seed + i * 7);

  return g_bytes_new_take (data, size);
}

static void
test_empty (void)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new ();
  g_auto (GStrv) strv = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 1;

  g_assert_cmpuint (zmqg_message_get_n_frames (message), ==, 0);
  g_assert_cmpuint (zmqg_message_get_size (message), ==, 0);
  g_assert_null (zmqg_message_get_frame (message, 0));
  g_assert_null (zmqg_message_peek_frame (message, 0, &length));
  g_assert_cmpuint (length, ==, 0);
  g_assert_null (zmqg_message_get_metadata (message, "Peer-Address"));

  strv = zmqg_message_to_strv (message, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (strv), ==, 0);
}

static void
test_constructors (void)
{
  static const char * const frames[] = { "one", "", "three", NULL };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a\0b", 3);
  g_autoptr (ZmqgMessage) string = zmqg_message_new_string ("hällo");
  g_autoptr (ZmqgMessage) binary = zmqg_message_new_bytes (bytes);
  g_autoptr (ZmqgMessage) data = zmqg_message_new_data ((const guint8 *) "a\0b", 3);
  g_autoptr (ZmqgMessage) nothing = zmqg_message_new_data (NULL, 0);
  g_autoptr (ZmqgMessage) strv = zmqg_message_new_strv (frames);

  g_assert_cmpuint (zmqg_message_get_n_frames (string), ==, 1);
  assert_frame (string, 0, "hällo", strlen ("hällo"));

  g_assert_cmpuint (zmqg_message_get_n_frames (binary), ==, 1);
  assert_frame (binary, 0, "a\0b", 3);
  g_assert_true (zmqg_message_get_frame (binary, 0) == bytes);

  assert_frame (data, 0, "a\0b", 3);

  g_assert_cmpuint (zmqg_message_get_n_frames (nothing), ==, 1);
  assert_frame (nothing, 0, "", 0);

  g_assert_cmpuint (zmqg_message_get_n_frames (strv), ==, 3);
  g_assert_cmpuint (zmqg_message_get_size (strv), ==, 8);
  for (guint i = 0; i < 3; i++)
    assert_frame (strv, i, frames[i], strlen (frames[i]));
}

static void
test_append (void)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static ("bytes", 5);
  g_autoptr (GBytes) head = g_bytes_new_static ("head", 4);

  zmqg_message_append_bytes (message, bytes);
  zmqg_message_append_data (message, (const guint8 *) "\0data", 5);
  zmqg_message_append_string (message, "string");
  zmqg_message_append_variant (message, g_variant_new_byte (42));
  zmqg_message_prepend_bytes (message, head);

  g_assert_cmpuint (zmqg_message_get_n_frames (message), ==, 5);
  g_assert_cmpuint (zmqg_message_get_size (message), ==, 4 + 5 + 5 + 6 + 1);
  assert_frame (message, 0, "head", 4);
  assert_frame (message, 1, "bytes", 5);
  assert_frame (message, 2, "\0data", 5);
  assert_frame (message, 3, "string", 6);
  assert_frame (message, 4, "\x2a", 1);
}

static void
test_data_is_copied (void)
{
  for (guint i = 1; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree guint8 *buffer = g_malloc (sizes[i]);
      g_autofree guint8 *expected = g_malloc (sizes[i]);
      g_autoptr (ZmqgMessage) message = NULL;

      memset (buffer, 'x', sizes[i]);
      memset (expected, 'x', sizes[i]);
      message = zmqg_message_new_data (buffer, sizes[i]);
      memset (buffer, '!', sizes[i]);

      assert_frame (message, 0, expected, sizes[i]);
    }
}

static void
test_sizes (void)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new ();
  gsize total = 0;

  g_test_summary ("Frames of every size keep their content while the message grows both ways");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) bytes = make_bytes (sizes[i], i);
      gsize length;

      if (i % 2 == 0)
        zmqg_message_append_bytes (message, bytes);
      else
        zmqg_message_append_data (message, g_bytes_get_data (bytes, &length), sizes[i]);
      total += sizes[i];
    }
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) bytes = make_bytes (sizes[i], i);

      zmqg_message_prepend_bytes (message, bytes);
      total += sizes[i];
    }

  g_assert_cmpuint (zmqg_message_get_n_frames (message), ==, 2 * G_N_ELEMENTS (sizes));
  g_assert_cmpuint (zmqg_message_get_size (message), ==, total);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) bytes = make_bytes (sizes[i], i);
      gconstpointer data = g_bytes_get_data (bytes, NULL);

      assert_frame (message, G_N_ELEMENTS (sizes) - 1 - i, data, sizes[i]);
      assert_frame (message, G_N_ELEMENTS (sizes) + i, data, sizes[i]);
    }
}

static void
test_many_frames (void)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new ();

  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      zmqg_message_append_string (message, text);
    }

  g_assert_cmpuint (zmqg_message_get_n_frames (message), ==, 10000);
  for (guint i = 0; i < 10000; i += 999)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *expected = g_strdup_printf ("%u", i);
      g_autofree char *text = zmqg_message_get_string (message, i, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, expected);
    }
}

static void
test_past_the_end (void)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("one");
  static const guint indices[] = { 1, 2, G_MAXINT, G_MAXUINT };

  for (guint i = 0; i < G_N_ELEMENTS (indices); i++)
    {
      g_autoptr (GError) error = NULL;
      gsize length = 7;

      g_assert_null (zmqg_message_get_frame (message, indices[i]));
      g_assert_null (zmqg_message_peek_frame (message, indices[i], &length));
      g_assert_cmpuint (length, ==, 0);

      g_assert_null (zmqg_message_get_string (message, indices[i], &error));
      g_assert_nonnull (error);
      g_clear_error (&error);

      g_assert_null (zmqg_message_get_variant (message, indices[i], G_VARIANT_TYPE_BYTE, &error));
      g_assert_nonnull (error);
    }
}

static void
test_invalid_utf8 (void)
{
  static const struct
  {
    const char *text;
    gsize length;
  } bad[] = {
    { "\xff", 1 }, { "abc\xc3", 4 }, { "\xc0\x80", 2 }, { "\xed\xa0\x80", 3 },
    { "\xf4\x90\x80\x80", 4 }, { "a\0b", 3 },
  };

  g_test_summary ("A frame that is not text is an error that says which frame, and stays readable");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("fine");
      g_autoptr (GError) error = NULL;

      zmqg_message_append_data (message, (const guint8 *) bad[i].text, bad[i].length);

      g_assert_null (zmqg_message_get_string (message, 1, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_nonnull (strstr (error->message, "frame 1"));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_clear_error (&error);

      g_assert_null (zmqg_message_to_strv (message, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);

      g_assert_null (zmqg_message_get_string (message, 1, NULL));
      g_assert_null (zmqg_message_to_strv (message, NULL));
      assert_frame (message, 1, bad[i].text, bad[i].length);
    }
}

static void
test_strv (void)
{
  static const char * const frames[] = { "", "zwei", "трое", "", NULL };
  g_autoptr (ZmqgMessage) message = zmqg_message_new_strv (frames);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) strv = zmqg_message_to_strv (message, &error);

  g_assert_no_error (error);
  g_assert_true (g_strv_equal ((const char * const *) strv, frames));
}

static void
test_variant (void)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (ZmqgMessage) message = NULL;
  g_autoptr (ZmqgMessage) foreign = NULL;
  g_autoptr (GVariant) remembered = NULL;
  g_autoptr (GVariant) read = NULL;
  g_autoptr (GVariant) arrived = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *data;
  gsize length;

  value = g_variant_new_parsed ("('name', @a{sv} {'x': <1.5>, 'y': <[1, 2]>})");
  g_variant_ref_sink (value);
  message = zmqg_message_new_variant (value);

  remembered = zmqg_message_get_variant (message, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_equal (remembered, value));

  read = zmqg_message_get_variant (message, 0, G_VARIANT_TYPE ("(sa{sv})"), &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_equal (read, value));

  /* A peer's bytes may lie anywhere in memory */
  data = zmqg_message_peek_frame (message, 0, &length);
  foreign = zmqg_message_new_data (data, length);
  arrived = zmqg_message_get_variant (foreign, 0, G_VARIANT_TYPE ("(sa{sv})"), &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_equal (arrived, value));
}

static void
test_variant_untrusted (void)
{
  static const struct
  {
    const char *type;
    const char *data;
    gsize length;
  } bad[] = {
    { "s", "no end", 6 }, { "s", "\xff\xfe", 3 }, { "u", "123", 3 }, { "u", "12345", 5 },
    { "b", "\2", 1 }, { "(ss)", "a", 1 }, { "as", "\xff\xff\xff\xff", 4 }, { "v", "", 0 },
    { "a{sv}", "xyz\0\0\0\x7f", 7 }, { "o", "no path", 8 }, { "g", "(", 2 }, { "d", "", 0 },
  };

  g_test_summary ("Bytes that are no value of the type are refused, whatever they are");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (ZmqgMessage) message = NULL;
      g_autoptr (GVariant) variant = NULL;
      g_autoptr (GError) error = NULL;

      message = zmqg_message_new_data ((const guint8 *) bad[i].data, bad[i].length);
      variant = zmqg_message_get_variant (message, 0, G_VARIANT_TYPE (bad[i].type), &error);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_null (variant);
      g_assert_nonnull (strstr (error->message, "frame 0"));
    }
}

static void
test_variant_type (void)
{
  static const char * const indefinite[] = { "*", "a?", "(s*)", "r" };
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("text");
  g_autoptr (GError) error = NULL;

  g_test_summary ("A type must be known, and definite");

  g_assert_null (zmqg_message_get_variant (message, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  for (guint i = 0; i < G_N_ELEMENTS (indefinite); i++)
    {
      g_assert_null (zmqg_message_get_variant (message, 0, G_VARIANT_TYPE (indefinite[i]), &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
    }
}

static void
test_variant_floating (void)
{
  g_autoptr (ZmqgMessage) message = NULL;
  GVariant *floating = g_variant_new_string ("floating");
  GVariant *owned = g_variant_ref_sink (g_variant_new_string ("owned"));

  g_test_summary ("A floating value is consumed, an owned one stays the caller's");

  message = zmqg_message_new_variant (floating);
  zmqg_message_append_variant (message, owned);

  g_assert_false (g_variant_is_floating (owned));
  g_assert_cmpstr (g_variant_get_string (owned, NULL), ==, "owned");
  g_variant_unref (owned);
  assert_frame (message, 0, "floating", 9);
  assert_frame (message, 1, "owned", 6);
}

static void
test_copy (void)
{
  g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("first");
  g_autoptr (ZmqgMessage) copy = NULL;
  g_autoptr (GBytes) large = make_bytes (100000, 1);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GError) error = NULL;

  zmqg_message_append_bytes (message, large);
  zmqg_message_append_variant (message, g_variant_new_uint32 (7));
  copy = zmqg_message_copy (message);
  zmqg_message_append_string (copy, "only in the copy");

  g_assert_cmpuint (zmqg_message_get_n_frames (message), ==, 3);
  g_assert_cmpuint (zmqg_message_get_n_frames (copy), ==, 4);
  assert_frame (copy, 0, "first", 5);
  g_assert_true (g_bytes_get_data (zmqg_message_get_frame (copy, 1), NULL) ==
                 g_bytes_get_data (large, NULL));
  variant = zmqg_message_get_variant (copy, 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_get_uint32 (variant), ==, 7);

  g_clear_pointer (&message, zmqg_message_unref);
  assert_frame (copy, 0, "first", 5);
  assert_frame (copy, 3, "only in the copy", 16);
}

static void
count_free (gpointer data)
{
  (*(int *) data)++;
}

static void
test_references (void)
{
  int n_freed = 0;
  GBytes *bytes = g_bytes_new_with_free_func ("data", 4, count_free, &n_freed);
  ZmqgMessage *message = zmqg_message_new_bytes (bytes);
  ZmqgMessage *boxed;

  g_bytes_unref (bytes);
  g_assert_true (zmqg_message_ref (message) == message);
  boxed = g_boxed_copy (ZMQG_TYPE_MESSAGE, message);
  g_assert_true (boxed == message);

  zmqg_message_unref (message);
  g_boxed_free (ZMQG_TYPE_MESSAGE, boxed);
  g_assert_cmpint (n_freed, ==, 0);
  zmqg_message_unref (message);
  g_assert_cmpint (n_freed, ==, 1);
}

static gpointer
read_frames (gpointer data)
{
  ZmqgMessage *message = data;

  for (guint i = 0; i < zmqg_message_get_n_frames (message); i++)
    g_assert_cmpuint (g_bytes_get_size (zmqg_message_get_frame (message, i)), >, 0);
  zmqg_message_unref (message);

  return NULL;
}

static void
test_threads (void)
{
  g_test_summary ("Several threads may read and release one message");

  for (guint round = 0; round < 200; round++)
    {
      g_autoptr (ZmqgMessage) message = zmqg_message_new_string ("text");
      GThread *threads[4];

      for (guint i = 0; i < 20; i++)
        zmqg_message_append_data (message, (const guint8 *) "0123456789", 1 + i % 10);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        threads[i] = g_thread_new ("reader", read_frames, zmqg_message_ref (message));
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        g_thread_join (threads[i]);

      g_assert_cmpuint (zmqg_message_get_n_frames (message), ==, 21);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/message/empty", test_empty);
  g_test_add_func ("/message/constructors", test_constructors);
  g_test_add_func ("/message/append", test_append);
  g_test_add_func ("/message/data-is-copied", test_data_is_copied);
  g_test_add_func ("/message/sizes", test_sizes);
  g_test_add_func ("/message/many-frames", test_many_frames);
  g_test_add_func ("/message/past-the-end", test_past_the_end);
  g_test_add_func ("/message/invalid-utf8", test_invalid_utf8);
  g_test_add_func ("/message/strv", test_strv);
  g_test_add_func ("/message/variant/round-trip", test_variant);
  g_test_add_func ("/message/variant/untrusted", test_variant_untrusted);
  g_test_add_func ("/message/variant/type", test_variant_type);
  g_test_add_func ("/message/variant/floating", test_variant_floating);
  g_test_add_func ("/message/copy", test_copy);
  g_test_add_func ("/message/references", test_references);
  g_test_add_func ("/message/threads", test_threads);

  return g_test_run ();
}
