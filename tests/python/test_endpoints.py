# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names, files and descriptors that sockets are bound and connected to."""
import os
import shutil
import socket as sockets
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import tap
from zmqgtest import (GIO, OWN, Gio, GLib, ZmqGlib, collect, expect_error, run_until_idle,
                      wait_for)

Code = Gio.IOErrorEnum
Type = ZmqGlib.SocketType


class Endpoints(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="zmqg-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def begin(self, socket, endpoint, cancellable=None):
        outcome = []

        def done(source, result):
            self.assertEqual(source, socket)
            try:
                outcome.append(source.connect_to_finish(result))
            except GLib.Error as error:
                outcome.append(error)

        socket.connect_to_async(endpoint, cancellable, done)
        self.assertEqual(outcome, [])
        return outcome

    def test_connect_to_async(self):
        pull = ZmqGlib.Socket(socket_type=Type.PULL, bind_endpoints=["tcp://127.0.0.1:*"])
        received = collect(pull)
        push = ZmqGlib.Socket.new(Type.PUSH)
        endpoint = "tcp://localhost:" + pull.props.last_endpoint.rpartition(":")[2]
        outcome = self.begin(push, endpoint)
        wait_for(lambda: outcome)
        self.assertEqual(outcome, [True])
        self.assertEqual(push.list_connections(), [endpoint])
        push.send_string("text")
        wait_for(lambda: received)
        push.disconnect_from(endpoint)
        self.assertEqual(push.list_connections(), [])

        cancellable = Gio.Cancellable()
        outcome = self.begin(push, endpoint, cancellable)
        cancellable.cancel()
        wait_for(lambda: outcome)
        self.assertTrue(outcome[0].matches(GIO, Code.CANCELLED))
        outcome = self.begin(push, "tcp://localhost:99999")
        wait_for(lambda: outcome)
        self.assertTrue(outcome[0].matches(GIO, Code.INVALID_ARGUMENT))

    def test_connect_from_a_thread(self):
        push = ZmqGlib.Socket.new(Type.PUSH)
        outcome = []

        def work():
            context = GLib.MainContext.new()
            context.push_thread_default()
            outcome.append(self.begin(push, "tcp://127.0.0.1:5555"))
            wait_for(lambda: outcome[0], context)
            context.pop_thread_default()

        thread = threading.Thread(target=work)
        thread.start()
        wait_for(lambda: not thread.is_alive() or GLib.usleep(1000))
        thread.join()
        self.assertEqual(outcome, [[True]])
        self.assertEqual(push.list_connections(), ["tcp://127.0.0.1:5555"])

    def test_ipc_mode(self):
        path = self.folder / "socket"
        pull = ZmqGlib.Socket(socket_type=Type.PULL, ipc_mode=0o640,
                              bind_endpoints=[f"ipc://{path}"])
        self.assertEqual(pull.props.ipc_mode, 0o640)
        self.assertEqual(path.stat().st_mode & 0o777, 0o640)
        second = ZmqGlib.Socket.new(Type.PULL)
        expect_error(self, GIO, Code.ADDRESS_IN_USE, second.bind, f"ipc://{path}")
        pull.close()
        self.assertFalse(path.exists())
        second.bind(f"ipc://{path}")

    def test_bind_fd(self):
        with sockets.create_server(("127.0.0.1", 0)) as listener:
            endpoint = "tcp://127.0.0.1:%d" % listener.getsockname()[1]
            pull = ZmqGlib.Socket.new(Type.PULL)
            self.assertTrue(pull.bind_fd(listener.fileno(), None))
        self.assertEqual(pull.list_bindings(), [endpoint])
        received = collect(pull)
        push = ZmqGlib.Socket(socket_type=Type.PUSH, connect_endpoints=[endpoint])
        push.send_string("text")
        wait_for(lambda: received)
        expect_error(self, GIO, Code.INVALID_ARGUMENT, pull.bind_fd, -1, None)

    def test_listen_fds(self):
        self.assertEqual(ZmqGlib.listen_fds(), ([], []))
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="many")
        # GLib's environment is the C library's, to which Python writes as well
        expect_error(self, GIO, Code.INVALID_DATA, ZmqGlib.listen_fds)
        del os.environ["LISTEN_PID"], os.environ["LISTEN_FDS"]

    def tearDown(self):
        run_until_idle()

    def test_wrong_thread(self):
        pull = ZmqGlib.Socket.new(Type.PULL)
        failures = []
        loop = GLib.MainLoop()

        def work():
            try:
                expect_error(self, OWN, ZmqGlib.Error.WRONG_CONTEXT, pull.bind_fd, 0, None)
                expect_error(self, OWN, ZmqGlib.Error.WRONG_CONTEXT, pull.set_curve_server,
                             ZmqGlib.Certificate())
            except AssertionError as error:
                failures.append(error)
            GLib.idle_add(loop.quit)

        GLib.idle_add(lambda: threading.Thread(target=work).start())
        loop.run()
        self.assertEqual(failures, [])


if __name__ == "__main__":
    sys.exit(tap.main())
