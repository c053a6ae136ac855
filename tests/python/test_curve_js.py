# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""CURVE with zeromq.js at the other end, in both directions."""
import sys
import unittest
from pathlib import Path

import tap
from zmqgnode import Peer, install
from zmqgtest import GLib, ZmqGlib, collect, run_until_idle, wait_for
from zmqgzap import ZapHandler

Type = ZmqGlib.SocketType
PEER = Path(__file__).parent.parent / "peers" / "curve.js"
# For a handshake and a message over tcp, some hundred times over (ms)
A_WHILE = 300


def run_for(milliseconds):
    late = []
    GLib.timeout_add(milliseconds, lambda: late.append(True) or GLib.SOURCE_REMOVE)
    wait_for(lambda: late)


@unittest.skipUnless(ZmqGlib.has_capability("curve"), "this libzmq was built without CURVE")
class CurveJs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = install(cls)

    def setUp(self):
        self.sockets = []
        self.addCleanup(self.tidy)

    def tidy(self):
        for each in self.sockets:
            each.close()
        run_until_idle()

    def test_clients(self):
        context = ZmqGlib.Context()
        certificate, good, bad = (ZmqGlib.Certificate() for _ in range(3))
        handler = ZapHandler(context, [good.get_public_key()])
        server = ZmqGlib.Socket.new_with_context(context, Type.PULL)
        self.sockets += [handler, server]
        server.set_curve_server(certificate)
        server.bind("tcp://127.0.0.1:*")
        received = collect(server)

        def start(client, text):
            return Peer(PEER, self.folder, "client", server.props.last_endpoint,
                        certificate.get_public_key(), client.get_public_key(),
                        client.get_secret_key(), text)

        refused, admitted = start(bad, "bad"), start(good, "good")
        wait_for(lambda: received and handler.refused or refused.ended or admitted.ended)
        run_for(A_WHILE)
        self.assertEqual([refused.finish(), admitted.finish()], [0, 0])
        self.assertEqual(received, [[b"good"]])
        self.assertEqual(handler.admitted[0][0], good.get_public_key())
        self.assertEqual({each[0] for each in handler.refused}, {bad.get_public_key()})

    def test_server(self):
        good, bad = ZmqGlib.Certificate(), ZmqGlib.Certificate()
        peer = Peer(PEER, self.folder, "server", good.get_public_key())
        wait_for(lambda: len(peer.lines) == 2 or peer.ended)
        endpoint, key = peer.lines

        def connect(certificate, server_key):
            client = ZmqGlib.Socket(socket_type=Type.PUSH, linger=0, reconnect_interval=20)
            self.sockets.append(client)
            client.set_curve_client(certificate, server_key)
            client.connect_to(endpoint)
            return client

        connect(bad, key).send_string("bad")
        connect(good, bad.get_public_key()).send_string("stranger")
        run_for(A_WHILE)
        client = connect(good, key)
        client.send_string("good")
        client.send_string("stop")
        wait_for(lambda: peer.ended)
        self.assertEqual(peer.finish(), 0)
        self.assertEqual(peer.lines[2:], ["good", "stop"])


if __name__ == "__main__":
    sys.exit(tap.main())
