/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/zmqglib.h>

#include <zmq.h>

static void
test_macros (void)
{
  g_autofree char *version = NULL;

  g_test_summary ("The numbers, the string and the run time agree");

  version = g_strdup_printf ("%d.%d.%d", ZMQG_MAJOR_VERSION, ZMQG_MINOR_VERSION,
                             ZMQG_MICRO_VERSION);
  g_assert_cmpstr (ZMQG_VERSION_S, ==, version);

  g_assert_cmpuint (zmqg_get_major_version (), ==, ZMQG_MAJOR_VERSION);
  g_assert_cmpuint (zmqg_get_minor_version (), ==, ZMQG_MINOR_VERSION);
  g_assert_cmpuint (zmqg_get_micro_version (), ==, ZMQG_MICRO_VERSION);
}

static void
test_check_version (void)
{
  g_test_summary ("ZMQG_CHECK_VERSION() orders by major, minor, micro");

  g_assert_true (ZMQG_CHECK_VERSION (1, 0, 0));
  g_assert_true (ZMQG_CHECK_VERSION (0, 99, 99));
  g_assert_true (ZMQG_CHECK_VERSION (ZMQG_MAJOR_VERSION, ZMQG_MINOR_VERSION, ZMQG_MICRO_VERSION));
  g_assert_false (ZMQG_CHECK_VERSION (ZMQG_MAJOR_VERSION + 1, 0, 0));
  g_assert_false (ZMQG_CHECK_VERSION (ZMQG_MAJOR_VERSION, ZMQG_MINOR_VERSION + 1, 0));
  g_assert_false (ZMQG_CHECK_VERSION (ZMQG_MAJOR_VERSION, ZMQG_MINOR_VERSION,
                                      ZMQG_MICRO_VERSION + 1));
}

static void
test_libzmq (void)
{
  int expected[3], found[3] = { -1, -1, -1 };

  g_test_summary ("zmqg_version() is that of libzmq; each out argument may be left out");

  zmq_version (&expected[0], &expected[1], &expected[2]);
  zmqg_version (&found[0], &found[1], &found[2]);
  for (guint i = 0; i < G_N_ELEMENTS (found); i++)
    g_assert_cmpint (found[i], ==, expected[i]);

  found[1] = -1;
  zmqg_version (NULL, &found[1], NULL);
  g_assert_cmpint (found[1], ==, expected[1]);
  zmqg_version (NULL, NULL, NULL);
}

static void
test_capabilities (void)
{
  static const char * const names[] = { "ipc", "pgm", "tipc", "norm", "curve", "gssapi", "draft" };

  g_test_summary ("Capabilities are libzmq's, in any case of letters");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *upper = g_ascii_strup (names[i], -1);

      g_assert_cmpint (zmqg_has_capability (names[i]), ==, zmq_has (names[i]));
      g_assert_cmpint (zmqg_has_capability (upper), ==, zmq_has (names[i]));
    }

  /* libzmq knows this one by its upper case name alone */
  g_assert_cmpint (zmqg_has_capability ("ws"), ==, zmq_has ("WS"));
  g_assert_cmpint (zmqg_has_capability ("WS"), ==, zmq_has ("WS"));

  g_assert_false (zmqg_has_capability (""));
  g_assert_false (zmqg_has_capability ("no such thing"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/version/macros", test_macros);
  g_test_add_func ("/version/check-version", test_check_version);
  g_test_add_func ("/version/libzmq", test_libzmq);
  g_test_add_func ("/version/capabilities", test_capabilities);

  return g_test_run ();
}
