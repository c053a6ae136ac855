# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The authenticator with clients of zeromq.js."""
import sys
import unittest
from pathlib import Path

import tap
from zmqgnode import Peer, install
from zmqgtest import ZmqGlib, run_until_idle, wait_for

Type = ZmqGlib.SocketType
PEER = Path(__file__).parent.parent / "peers" / "client.js"
ADMITTED = "handshake "
REFUSED = "handshake:error:auth 400"


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = install(cls)

    def setUp(self):
        self.context = ZmqGlib.Context()
        self.authenticator = ZmqGlib.Authenticator.new(self.context)
        self.server = None
        self.peers = []
        self.addCleanup(self.tidy)

    def tidy(self):
        for peer in self.peers:
            peer.finish()
        self.server.close()
        self.authenticator.stop()
        run_until_idle()

    def make_server(self, **options):
        self.server = ZmqGlib.Socket(context=self.context, socket_type=Type.PULL, linger=0,
                                     bind_endpoints=["tcp://127.0.0.1:*"], **options)
        received = []
        self.server.connect("message-received", lambda _, message: received.append(
            (message.get_string(0), message.get_metadata("User-Id"))))
        return received

    def start(self, text, **options):
        peer = Peer(PEER, self.folder, self.server.props.last_endpoint, text,
                    *(f"{name}={value}" for name, value in options.items()))
        self.peers.append(peer)
        return peer

    def test_null(self):
        received = self.make_server(zap_domain="door")
        refused = self.start("refused")
        # It may lose the connection before it has read why, and comes back until it has
        wait_for(lambda: REFUSED in refused.lines)
        self.peers.remove(refused)
        refused.finish()
        self.authenticator.allow_address("door", "127.0.0.1")
        admitted = self.start("admitted")
        wait_for(lambda: received and admitted.lines)
        self.assertEqual(received, [("admitted", "")])
        self.assertNotIn(ADMITTED, refused.lines)
        self.assertEqual(admitted.lines, [ADMITTED])

    def test_plain(self):
        received = self.make_server(plain_server=True)
        self.authenticator.add_plain_user("global", "ann", "secret")
        wrong = self.start("wrong", plainUsername="ann", plainPassword="Secret")
        admitted = self.start("admitted", plainUsername="ann", plainPassword="secret")
        wait_for(lambda: received and admitted.lines and wrong.lines)
        self.assertEqual(received, [("admitted", "ann")])
        self.assertEqual(wrong.lines, [REFUSED])
        self.assertEqual(admitted.lines, [ADMITTED])

    @unittest.skipUnless(ZmqGlib.has_capability("curve"), "this libzmq was built without CURVE")
    def test_curve(self):
        certificate, good, bad = (ZmqGlib.Certificate() for _ in range(3))
        received = self.make_server(curve_server=True,
                                    curve_secret_key=certificate.get_secret_key())
        self.authenticator.add_certificate("global", good)

        def start(client, text):
            return self.start(text, curveServerKey=certificate.get_public_key(),
                              curvePublicKey=client.get_public_key(),
                              curveSecretKey=client.get_secret_key())

        refused, admitted = start(bad, "refused"), start(good, "admitted")
        wait_for(lambda: received and admitted.lines and refused.lines)
        self.assertEqual(received, [("admitted", good.get_public_key())])
        self.assertEqual(refused.lines, [REFUSED])
        self.assertEqual(admitted.lines, [ADMITTED])


if __name__ == "__main__":
    sys.exit(tap.main())
