# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A handler of ZAP requests (RFC 27) made by hand, on a socket of ours."""
from zmqgtest import GLib, ZmqGlib, frames_of, zmq
import zmq.utils.z85

ADDRESS = "inproc://zeromq.zap.01"


def message_of(frames):
    message = ZmqGlib.Message.new()
    for frame in frames:
        message.append_bytes(GLib.Bytes.new(frame))
    return message


class ZapHandler:
    """Admits clients by their CURVE keys, in the order of the requests it has seen."""

    def __init__(self, context, keys):
        self.keys = [key.encode() for key in keys]
        self.admitted = []
        self.refused = []
        self.socket = ZmqGlib.Socket(context=context, socket_type=ZmqGlib.SocketType.REP,
                                     bind_endpoints=[ADDRESS])
        self.socket.init(None)
        self.socket.connect("message-received", self.answer)

    def answer(self, socket, message):
        version, request, domain, address, _, mechanism, *credentials = frames_of(message)
        assert version == b"1.0" and mechanism == b"CURVE" and len(credentials) == 1
        key = zmq.utils.z85.encode(credentials[0])
        admitted = key in self.keys
        (self.admitted if admitted else self.refused).append((key.decode(), domain, address))
        status = [b"200", b"OK", key] if admitted else [b"400", b"no", b""]
        socket.send(message_of([b"1.0", request, *status, b""]))

    def close(self):
        self.socket.close()
