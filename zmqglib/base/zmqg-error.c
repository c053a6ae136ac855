/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>

#include <errno.h>
#include <gio/gio.h>
#include <zmq.h>

/**
 * zmqg_error_quark:
 *
 * Gets the domain of [error@Error].
 *
 * Returns: the domain
 *
 * Since: 1.0
 */
G_DEFINE_QUARK (zmqg-error-quark, zmqg_error)

typedef struct
{
  int errsv;
  gboolean own;
  int code;
} ErrorCode;

/* Only what g_io_error_from_errno() does not know, or knows as FAILED */
static const ErrorCode error_codes[] = {
  { EFSM, TRUE, ZMQG_ERROR_STATE },
  { ETERM, TRUE, ZMQG_ERROR_TERMINATED },
  { ENOCOMPATPROTO, TRUE, ZMQG_ERROR_INCOMPATIBLE_PROTOCOL },
  { EMTHREAD, TRUE, ZMQG_ERROR_NO_IO_THREAD },
  { EADDRNOTAVAIL, TRUE, ZMQG_ERROR_ADDRESS_NOT_AVAILABLE },
  { EFAULT, TRUE, ZMQG_ERROR_FAILED },
  { EPROTONOSUPPORT, FALSE, G_IO_ERROR_NOT_SUPPORTED },
  { EAFNOSUPPORT, FALSE, G_IO_ERROR_NOT_SUPPORTED },
  { ENOTSUP, FALSE, G_IO_ERROR_NOT_SUPPORTED },
  { ENFILE, FALSE, G_IO_ERROR_TOO_MANY_OPEN_FILES },
  { ENOTSOCK, FALSE, G_IO_ERROR_CLOSED },
  { ECONNREFUSED, FALSE, G_IO_ERROR_CONNECTION_REFUSED },
  { EMSGSIZE, FALSE, G_IO_ERROR_MESSAGE_TOO_LARGE },
  { EHOSTUNREACH, FALSE, G_IO_ERROR_HOST_UNREACHABLE },
};

static void
lookup_error_code (int     errsv,
                   GQuark *domain,
                   int    *code)
{
  for (guint i = 0; i < G_N_ELEMENTS (error_codes); i++)
    {
      if (error_codes[i].errsv == errsv)
        {
          *domain = error_codes[i].own ? ZMQG_ERROR : G_IO_ERROR;
          *code = error_codes[i].code;
          return;
        }
    }

  *domain = G_IO_ERROR;
  *code = g_io_error_from_errno (errsv);
}

void
zmqg_set_error_from_errno (GError     **error,
                           int          errsv,
                           const char  *format,
                           ...)
{
  g_autofree char *formatted = NULL;
  g_autofree char *what = NULL;
  GQuark domain;
  int code;
  va_list args;

  if (error == NULL)
    return;

  va_start (args, format);
  formatted = g_strdup_vprintf (format, args);
  va_end (args);
  /* An endpoint need not be text, an error's message must */
  what = g_utf8_make_valid (formatted, -1);

  lookup_error_code (errsv, &domain, &code);
  /* g_strerror() does not know libzmq's own numbers, zmq_strerror() knows both */
  g_set_error (error, domain, code, "%s: %s", what, zmq_strerror (errsv));
}
