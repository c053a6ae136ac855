/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-version.h>

#include <zmq.h>

/**
 * zmqg_get_major_version:
 *
 * Gets the major version of zmqglib at run time.
 *
 * Returns: the major version
 *
 * Since: 1.0
 */
guint
zmqg_get_major_version (void)
{
  return ZMQG_MAJOR_VERSION;
}

/**
 * zmqg_get_minor_version:
 *
 * Gets the minor version of zmqglib at run time.
 *
 * Returns: the minor version
 *
 * Since: 1.0
 */
guint
zmqg_get_minor_version (void)
{
  return ZMQG_MINOR_VERSION;
}

/**
 * zmqg_get_micro_version:
 *
 * Gets the micro version of zmqglib at run time.
 *
 * Returns: the micro version
 *
 * Since: 1.0
 */
guint
zmqg_get_micro_version (void)
{
  return ZMQG_MICRO_VERSION;
}

/**
 * zmqg_version:
 * @major: (out) (optional): the major version
 * @minor: (out) (optional): the minor version
 * @patch: (out) (optional): the patch level
 *
 * Gets the version of the libzmq in use (`zmq_version`).
 *
 * Since: 1.0
 */
void
zmqg_version (int *major,
              int *minor,
              int *patch)
{
  int version[3];

  zmq_version (&version[0], &version[1], &version[2]);

  if (major != NULL)
    *major = version[0];
  if (minor != NULL)
    *minor = version[1];
  if (patch != NULL)
    *patch = version[2];
}

/**
 * zmqg_has_capability:
 * @name: a capability, such as `ipc`, `tipc`, `pgm`, `norm`, `curve`, `gssapi`, `ws` or `draft`
 *
 * Asks whether the libzmq in use was built with a capability (`zmq_has`).
 *
 * The case of @name does not matter, although libzmq's own keys are partly in
 * upper case (`WS`, `WSS`).
 *
 * Returns: `TRUE` if libzmq has it
 *
 * Since: 1.0
 */
gboolean
zmqg_has_capability (const char *name)
{
  g_autofree char *lower = NULL;
  g_autofree char *upper = NULL;

  g_return_val_if_fail (name != NULL, FALSE);

  lower = g_ascii_strdown (name, -1);
  upper = g_ascii_strup (name, -1);

  return zmq_has (lower) || zmq_has (upper);
}
