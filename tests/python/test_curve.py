# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""CURVE with pyzmq at the other end, in both directions."""
import shutil
import socket as sockets
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import tap
from zmqgtest import (GIO, OWN, Gio, GLib, ZmqGlib, bind_free, collect, expect_error, pyzmq_socket,
                      run_until_idle, wait_for, zmq)
from zmqgzap import ZapHandler
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator

Type = ZmqGlib.SocketType
Code = Gio.IOErrorEnum

# For a handshake and a message over tcp, some hundred times over
A_WHILE = 0.3
SECRET_TEXT = b"nobody else is to read this"


def run_for(seconds):
    late = []
    GLib.timeout_add(int(seconds * 1000), lambda: late.append(True) or GLib.SOURCE_REMOVE)
    wait_for(lambda: late)


class Relay:
    """Passes on what goes to an endpoint over tcp, and keeps it."""

    def __init__(self, endpoint):
        self.target = int(endpoint.rpartition(":")[2])
        self.listener = sockets.create_server(("127.0.0.1", 0))
        self.endpoint = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.seen = bytearray()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = sockets.create_connection(("127.0.0.1", self.target))
            for pair in (near, far), (far, near):
                threading.Thread(target=self.pass_on, args=pair, daemon=True).start()

    def pass_on(self, source, target):
        try:
            while data := source.recv(65536):
                self.seen += data
                target.sendall(data)
        except OSError:
            pass
        target.close()


@unittest.skipUnless(ZmqGlib.has_capability("curve"), "this libzmq was built without CURVE")
class Curve(unittest.TestCase):
    def setUp(self):
        self.context = ZmqGlib.Context()
        self.certificate = ZmqGlib.Certificate()
        self.sockets = []
        self.addCleanup(self.tidy)

    def tidy(self):
        for each in self.sockets:
            each.close()
        run_until_idle()

    def make_server(self, kind=Type.PULL):
        server = ZmqGlib.Socket.new_with_context(self.context, kind)
        self.sockets.append(server)
        self.assertTrue(server.set_curve_server(self.certificate))
        server.bind("tcp://127.0.0.1:*")
        return server, server.props.last_endpoint

    def make_client(self, certificate, server_key, endpoint, kind=Type.PUSH):
        client = ZmqGlib.Socket(socket_type=kind, linger=0, reconnect_interval=20)
        self.sockets.append(client)
        self.assertTrue(client.set_curve_client(certificate, server_key))
        client.connect_to(endpoint)
        return client

    def pyzmq_client(self, keys, server_key):
        public, secret = keys
        return pyzmq_socket(zmq.PUSH, curve_secretkey=secret, curve_publickey=public,
                            curve_serverkey=server_key.encode(), reconnect_ivl=20)

    def test_pyzmq_clients(self):
        good, bad = zmq.curve_keypair(), zmq.curve_keypair()
        handler = ZapHandler(self.context, [good[0].decode()])
        self.sockets.append(handler)
        server, endpoint = self.make_server()
        received = collect(server)
        key = self.certificate.get_public_key()
        with self.pyzmq_client(bad, key) as refused, self.pyzmq_client(good, key) as admitted, \
                pyzmq_socket(zmq.PUSH, reconnect_ivl=20) as clear:
            for each, text in (refused, b"bad"), (clear, b"clear"), (admitted, b"good"):
                each.connect(endpoint)
                each.send(text)
            wait_for(lambda: received and handler.refused)
            run_for(A_WHILE)
        self.assertEqual(received, [[b"good"]])
        self.assertEqual({each[0] for each in handler.admitted}, {good[0].decode()})
        self.assertEqual({each[0] for each in handler.refused}, {bad[0].decode()})
        self.assertEqual({each[1:] for each in handler.admitted + handler.refused},
                         {(b"global", b"127.0.0.1")})

    def test_no_handler(self):
        server, endpoint = self.make_server()
        received = collect(server)
        with self.pyzmq_client(zmq.curve_keypair(), self.certificate.get_public_key()) as client:
            client.connect(endpoint)
            client.send(b"text")
            run_for(A_WHILE)
        self.assertEqual(received, [])

    def test_pyzmq_server(self):
        """A server that pyzmq's own authenticator looks after, with certificates in files."""
        folder = Path(tempfile.mkdtemp(prefix="zmqg-"))
        self.addCleanup(shutil.rmtree, folder)
        good, bad = ZmqGlib.Certificate(), ZmqGlib.Certificate()
        good.save_public(Gio.File.new_for_path(str(folder / "good.key")))
        public, secret = zmq.curve_keypair()
        context = zmq.Context()
        authenticator = ThreadAuthenticator(context)
        authenticator.start()
        authenticator.configure_curve(domain="*", location=str(folder))
        server = context.socket(zmq.PULL)
        server.curve_secretkey, server.curve_publickey, server.curve_server = secret, public, True
        server.rcvtimeo = 20
        endpoint = bind_free(server)
        try:
            self.make_client(bad, public.decode(), endpoint).send_string("bad")
            self.make_client(good, self.certificate.get_public_key(), endpoint) \
                .send_string("stranger")
            self.make_client(good, public.decode(), endpoint).send_string("good")
            received = []
            end = time.monotonic() + A_WHILE
            while not received or time.monotonic() < end:
                run_until_idle()
                try:
                    received.append(server.recv(copy=False))
                except zmq.Again:
                    pass
            self.assertEqual([each.bytes for each in received], [b"good"])
            self.assertEqual(received[0].get("User-Id"), good.get_public_key())
        finally:
            authenticator.stop()
            server.close(0)
            context.term()

    def exchange(self, make_pair):
        """What is on the wire between a client and a server."""
        server, endpoint, connect = make_pair()
        received = collect(server)
        relay = Relay(endpoint)
        client = connect(relay.endpoint)
        client.send_bytes(GLib.Bytes.new(SECRET_TEXT))
        wait_for(lambda: received)
        self.assertEqual(received, [[SECRET_TEXT]])
        relay.listener.close()
        return bytes(relay.seen)

    def test_encrypted(self):
        def encrypted():
            certificate = ZmqGlib.Certificate()
            self.sockets.append(ZapHandler(self.context, [certificate.get_public_key()]))
            server, endpoint = self.make_server()
            return server, endpoint, lambda near: self.make_client(
                certificate, self.certificate.get_public_key(), near)

        def clear():
            server = ZmqGlib.Socket(socket_type=Type.PULL, bind_endpoints=["tcp://127.0.0.1:*"])
            self.sockets.append(server)
            return server, server.props.last_endpoint, lambda near: ZmqGlib.Socket(
                socket_type=Type.PUSH, connect_endpoints=[near])

        self.assertIn(SECRET_TEXT, self.exchange(clear))
        self.assertNotIn(SECRET_TEXT, self.exchange(encrypted))

    def test_errors(self):
        half = ZmqGlib.Certificate(public_key=self.certificate.get_public_key())
        socket = ZmqGlib.Socket.new(Type.DEALER)
        self.sockets.append(socket)
        expect_error(self, GIO, Code.INVALID_ARGUMENT, socket.set_curve_server, half)
        text = expect_error(self, GIO, Code.INVALID_ARGUMENT, socket.set_curve_client,
                            self.certificate, "wrong key")
        self.assertIn("'wrong key'", text)
        socket.bind("tcp://127.0.0.1:*")
        expect_error(self, OWN, ZmqGlib.Error.STATE, socket.set_curve_server, self.certificate)


if __name__ == "__main__":
    sys.exit(tap.main())
