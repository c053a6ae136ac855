/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-connection-event-private.h>

#include <zmq.h>

static const struct
{
  guint32 code;
  const char *text;
} texts[] = {
  { 300, "The authenticator had a temporary error (300)" },
  { 400, "The authenticator denied access (400)" },
  { 500, "The authenticator had an internal error (500)" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_UNSPECIFIED, "A violation of the protocol" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND, "A command that was not expected" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE, "A command out of sequence" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE, "The exchange of keys failed" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED, "A malformed command" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_MESSAGE, "A malformed MESSAGE command" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO, "A malformed HELLO command" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_INITIATE, "A malformed INITIATE command" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR, "A malformed ERROR command" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_READY, "A malformed READY command" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_WELCOME, "A malformed WELCOME command" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA, "Invalid metadata" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC, "A command that cannot be decrypted: wrong keys" },
  { ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH, "The ends use different security mechanisms" },
  { ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED, "The authenticator violated the protocol" },
  { ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY, "The authenticator's reply was malformed" },
  { ZMQ_PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID, "The authenticator's reply had a wrong request id" },
  { ZMQ_PROTOCOL_ERROR_ZAP_BAD_VERSION, "The authenticator's reply had a wrong version" },
  { ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE, "The authenticator's reply had no valid status" },
  { ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA, "The authenticator's reply had invalid metadata" },
  { ZMQ_PROTOCOL_ERROR_WS_UNSPECIFIED, "A violation of the WebSocket protocol" },
};

/* @code: a ZMQ_PROTOCOL_ERROR_*, or the status of an authenticator */
const char *
zmqg_handshake_failure_to_text (guint32 code)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (texts[i].code == code)
        return texts[i].text;
    }

  return "The handshake failed for a reason unknown to this version";
}
