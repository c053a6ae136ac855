# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The authenticator through the typelib, with pyzmq at the other end, in both directions."""
import contextlib
import gc
import os
import shutil
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import tap
from zmqgtest import (GIO, Gio, GLib, ZmqGlib, bind_free, collect, expect_error,
                      pyzmq_socket, run_until_idle, wait_for, zmq)
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils.monitor import recv_monitor_message

Type = ZmqGlib.SocketType
Code = Gio.IOErrorEnum

# For a handshake and a message over tcp, some hundred times over (ms)
A_WHILE = 300
REFUSED = zmq.Event.HANDSHAKE_FAILED_AUTH


def run_for(milliseconds):
    late = []
    GLib.timeout_add(milliseconds, lambda: late.append(True) or GLib.SOURCE_REMOVE)
    wait_for(lambda: late)


class Base(unittest.TestCase):
    def setUp(self):
        self.context = ZmqGlib.Context()
        self.authenticator = ZmqGlib.Authenticator.new(self.context)
        self.refused, self.admitted = [], []
        self.authenticator.connect("refused", lambda _, request, reason: self.refused.append(
            (request.get_mechanism(), request.props.username, reason)))
        self.authenticator.connect("admitted", lambda _, request, user_id: self.admitted.append(
            (request.props.mechanism, user_id)))
        self.sockets = []
        self.addCleanup(self.tidy)
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def tidy(self):
        for each in self.sockets:
            each.close()
        self.authenticator.stop()
        run_until_idle()

    def make_server(self, **options):
        """A server, and the user ids of the messages that came to it."""
        server = ZmqGlib.Socket(context=self.context, socket_type=Type.PULL, linger=0, **options)
        server.bind("tcp://127.0.0.1:*")
        self.sockets.append(server)
        user_ids = []
        server.connect("message-received", lambda _, message: user_ids.append(
            message.get_metadata("User-Id")))
        return server.props.last_endpoint, user_ids

    def connect(self, endpoint, **options):
        """A client of pyzmq, and what its monitor tells."""
        client = self.stack.enter_context(pyzmq_socket(zmq.PUSH, **options))
        monitor = client.get_monitor_socket()
        events = []

        def look():
            while monitor.poll(0):
                event = recv_monitor_message(monitor)
                events.append((event["event"], event["value"]))
            return GLib.SOURCE_CONTINUE

        source = GLib.timeout_add(5, look)
        # In this order from below: libzmq waits for ever for a reader that has gone
        self.stack.callback(monitor.close)
        self.stack.callback(client.disable_monitor)
        self.stack.callback(GLib.source_remove, source)
        client.connect(endpoint)
        client.send(b"text", zmq.DONTWAIT)
        return events


class Rules(Base):
    def test_null(self):
        endpoint, user_ids = self.make_server(zap_domain="door")
        events = self.connect(endpoint)
        wait_for(lambda: (REFUSED, 400) in events)
        self.authenticator.allow_address("door", "127.0.0.0/8")
        self.connect(endpoint)
        wait_for(lambda: user_ids == [""])
        self.authenticator.deny_address(None, "127.0.0.1")
        events = self.connect(endpoint)
        wait_for(lambda: (REFUSED, 400) in events)
        self.assertEqual(user_ids, [""])
        self.assertEqual(self.authenticator.props.n_admitted, 1)
        self.assertEqual(self.authenticator.props.n_refused, 2)

    def test_plain(self):
        self.authenticator.add_plain_user("global", "ann", "secret")
        endpoint, user_ids = self.make_server(plain_server=True)
        wrong = self.connect(endpoint, plain_username=b"ann", plain_password=b"secre")
        unknown = self.connect(endpoint, plain_username=b"bob", plain_password=b"secret")
        binary = self.connect(endpoint, plain_username=b"\xff\xfe", plain_password=b"secret")
        clear = self.connect(endpoint)
        self.connect(endpoint, plain_username=b"ann", plain_password=b"secret")
        wait_for(lambda: user_ids and all((REFUSED, 400) in events
                                          for events in (wrong, unknown, binary)))
        run_for(A_WHILE)
        self.assertEqual(user_ids, ["ann"])
        self.assertEqual(self.admitted, [("PLAIN", "ann")])
        self.assertEqual(sorted(each[1] or "" for each in self.refused), ["", "ann", "bob"])
        self.assertNotIn(zmq.Event.HANDSHAKE_SUCCEEDED, [event for event, _ in clear])

    def test_curve(self):
        folder = tempfile.mkdtemp(prefix="zmqg-")
        self.addCleanup(shutil.rmtree, folder)
        public_file, secret_file = zmq.auth.create_certificates(folder, "peer",
                                                                {"name": "Ann", "role": "probe"})
        public, secret = zmq.auth.load_certificate(secret_file)
        stranger = zmq.curve_keypair()
        certificate = ZmqGlib.Certificate()
        endpoint, user_ids = self.make_server(
            curve_server=True, curve_secret_key=certificate.get_secret_key())
        server, names = self.sockets[0], []
        server.connect("message-received", lambda _, message: names.append(
            (message.get_metadata("name"), message.get_metadata("role"))))
        key = certificate.get_public_key().encode()

        self.authenticator.add_certificate(
            "global", ZmqGlib.Certificate.load(Gio.File.new_for_path(public_file), None))
        bad = self.connect(endpoint, curve_secretkey=stranger[1], curve_publickey=stranger[0],
                           curve_serverkey=key)
        self.connect(endpoint, curve_secretkey=secret, curve_publickey=public, curve_serverkey=key)
        wait_for(lambda: user_ids and (REFUSED, 400) in bad)
        self.assertEqual(user_ids, [public.decode()])
        self.assertEqual(names, [("Ann", "probe")])

    def test_directory_of_pyzmq(self):
        folder = Path(tempfile.mkdtemp(prefix="zmqg-"))
        self.addCleanup(shutil.rmtree, folder)
        certificate = ZmqGlib.Certificate()
        endpoint, user_ids = self.make_server(
            curve_server=True, curve_secret_key=certificate.get_secret_key())
        removed = []
        self.authenticator.connect("certificate-removed", lambda _, *rest: removed.append(rest))
        self.authenticator.set_certificate_directory(None, Gio.File.new_for_path(str(folder)))
        public_file, secret_file = zmq.auth.create_certificates(folder, "peer")
        public, secret = zmq.auth.load_certificate(secret_file)
        options = {"curve_secretkey": secret, "curve_publickey": public,
                   "curve_serverkey": certificate.get_public_key().encode()}
        self.connect(endpoint, **options)
        wait_for(lambda: user_ids == [public.decode()])
        os.unlink(public_file)
        events = self.connect(endpoint, **options)
        wait_for(lambda: (REFUSED, 400) in events and removed)
        self.assertEqual(removed, [("global", public.decode(), ["127.0.0.1"])])

    def test_users_file(self):
        with tempfile.NamedTemporaryFile("w", prefix="zmqg-") as file:
            file.write("# users\nann=secret\n")
            file.flush()
            self.authenticator.load_plain_users("global", Gio.File.new_for_path(file.name), None)
            results = []
            self.authenticator.load_plain_users_async(
                None, Gio.File.new_for_path(file.name), None,
                lambda source, result: results.append(source.load_plain_users_finish(result)))
            wait_for(lambda: results)
            file.write("nonsense\n")
            file.flush()
            expect_error(self, GIO, Code.INVALID_DATA, self.authenticator.load_plain_users, None,
                         Gio.File.new_for_path(file.name), None)
        endpoint, user_ids = self.make_server(plain_server=True)
        self.connect(endpoint, plain_username=b"ann", plain_password=b"secret")
        wait_for(lambda: user_ids == ["ann"])

    def test_errors(self):
        expect_error(self, GIO, Code.EXISTS, ZmqGlib.Authenticator.new, self.context)
        text = expect_error(self, GIO, Code.INVALID_ARGUMENT, self.authenticator.allow_address,
                            None, "10.0.0.0/33")
        self.assertIn("10.0.0.0/33", text)
        second = ZmqGlib.Authenticator(context=self.context)
        self.assertFalse(second.props.running)
        expect_error(self, GIO, Code.EXISTS, second.init, None)

    def test_stop(self):
        self.authenticator.add_plain_user(None, "ann", "secret")
        endpoint, user_ids = self.make_server(plain_server=True)
        stopped = []
        self.authenticator.connect("notify::running", lambda *_: stopped.append(True))
        self.authenticator.stop()
        self.assertEqual(stopped, [])
        wait_for(lambda: stopped)
        self.connect(endpoint, plain_username=b"ann", plain_password=b"secret")
        run_for(A_WHILE)
        self.assertEqual(user_ids, [])


class Handlers(Base):
    def setUp(self):
        super().setUp()
        self.endpoint, self.user_ids = self.make_server(plain_server=True)

    def start(self, handler):
        self.authenticator.connect("authenticate", handler)
        return self.connect(self.endpoint, plain_username=b"ann", plain_password=b"secret")

    def test_now(self):
        seen = []

        def decide(_, request):
            seen.append((request.get_mechanism(), request.get_domain(), request.get_address(),
                         request.get_username(), request.get_password(),
                         request.get_public_key(), request.get_routing_id()))
            self.assertTrue(request.accept("somebody"))

        self.start(decide)
        wait_for(lambda: self.user_ids == ["somebody"])
        self.assertEqual(seen, [("PLAIN", "global", "127.0.0.1", "ann", "secret", None, None)])

    def test_later(self):
        kept = []
        self.start(lambda _, request: kept.append(request))
        wait_for(lambda: kept)
        for _ in range(3):
            gc.collect()
            run_for(50)
        self.assertEqual(self.authenticator.props.n_pending, 1)
        self.assertTrue(kept[0].accept(None))
        self.assertFalse(kept[0].deny("too late"))
        wait_for(lambda: self.user_ids == [""])

    def test_denied(self):
        events = self.start(lambda _, request: GLib.timeout_add(100, self.deny, request))
        wait_for(lambda: (REFUSED, 400) in events)
        self.assertEqual(self.refused, [("PLAIN", "ann", "not you")])

    def deny(self, request):
        self.assertTrue(request.deny("not you"))
        return GLib.SOURCE_REMOVE

    def test_from_a_thread(self):
        def decide(_, request):
            threading.Thread(target=lambda: request.accept("from a thread")).start()

        self.start(decide)
        wait_for(lambda: self.user_ids == ["from a thread"])

    def test_forgotten(self):
        self.authenticator.props.timeout = 200
        events = self.start(lambda _, request: gc.collect())
        wait_for(lambda: (REFUSED, 400) in events)
        self.assertEqual(self.refused, [("PLAIN", "ann", "nobody answered in time")])

    def test_handler_that_raises(self):
        self.authenticator.props.timeout = 200

        def decide(_, request):
            raise ValueError("expected in the log")

        hook, sys.excepthook = sys.excepthook, lambda *_: None
        try:
            events = self.start(decide)
            wait_for(lambda: (REFUSED, 400) in events)
        finally:
            sys.excepthook = hook
        self.assertEqual(self.user_ids, [])

    def test_made_by_hand(self):
        request = ZmqGlib.AuthenticationRequest()
        self.assertFalse(request.is_pending())
        self.assertFalse(request.accept("x"))
        self.assertIsNone(request.get_username())


class OtherHandler(unittest.TestCase):
    """A server of pyzmq with its own authenticator, and clients of ours."""

    def setUp(self):
        self.context = zmq.Context()
        self.authenticator = ThreadAuthenticator(self.context)
        self.authenticator.start()
        self.server = self.context.socket(zmq.PULL)
        self.server.linger = 0
        self.server.rcvtimeo = A_WHILE
        self.addCleanup(self.tidy)
        self.clients = []

    def tidy(self):
        for each in self.clients:
            each.close()
        run_until_idle()
        self.server.close()
        self.authenticator.stop()
        self.context.term()

    def connect(self, endpoint, text, **options):
        client = ZmqGlib.Socket(socket_type=Type.PUSH, linger=0, **options)
        self.clients.append(client)
        client.connect_to(endpoint)
        client.send_string(text)
        run_until_idle()

    def receive_all(self):
        texts = []
        with contextlib.suppress(zmq.Again):
            while True:
                texts.append(self.server.recv())
        return texts

    def test_plain(self):
        self.authenticator.configure_plain(domain="*", passwords={"ann": "secret"})
        self.server.plain_server = True
        endpoint = bind_free(self.server)
        self.connect(endpoint, "good", plain_username="ann", plain_password="secret")
        self.connect(endpoint, "wrong", plain_username="ann", plain_password="other")
        self.connect(endpoint, "unknown", plain_username="bob", plain_password="secret")
        self.connect(endpoint, "clear")
        self.assertEqual(self.receive_all(), [b"good"])

    def test_curve(self):
        folder = Path(tempfile.mkdtemp(prefix="zmqg-"))
        self.addCleanup(shutil.rmtree, folder)
        good, bad = ZmqGlib.Certificate(), ZmqGlib.Certificate()
        good.save_public(Gio.File.new_for_path(str(folder / "good.key")))
        self.authenticator.configure_curve(domain="*", location=str(folder))
        public, secret = zmq.curve_keypair()
        self.server.curve_secretkey = secret
        self.server.curve_server = True
        endpoint = bind_free(self.server)
        for certificate, text in (good, "good"), (bad, "bad"):
            self.connect(endpoint, text, curve_server_key=public.decode(),
                         curve_public_key=certificate.get_public_key(),
                         curve_secret_key=certificate.get_secret_key())
        self.connect(endpoint, "clear")
        self.assertEqual(self.receive_all(), [b"good"])


if __name__ == "__main__":
    sys.exit(tap.main())
