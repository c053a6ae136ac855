# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Errors as Python sees them."""
import sys
import threading
import unittest

import tap
from zmqgtest import GIO, OWN, Gio, GLib, ZmqGlib, expect_error, run_until_idle, wait_for

Type = ZmqGlib.SocketType
Code = Gio.IOErrorEnum


class Errors(unittest.TestCase):
    def test_codes(self):
        self.assertEqual(ZmqGlib.error_quark(), OWN)
        self.assertEqual(GLib.quark_to_string(ZmqGlib.error_quark()), "zmqg-error-quark")

    def test_endpoint(self):
        socket = ZmqGlib.Socket.new(Type.PULL)
        text = expect_error(self, GIO, Code.INVALID_ARGUMENT, socket.bind,
                            "tcp://127.0.0.1:99999")
        self.assertIn("tcp://127.0.0.1:99999", text)
        expect_error(self, GIO, Code.NOT_SUPPORTED, socket.connect_to, "http://127.0.0.1:80")
        expect_error(self, GIO, Code.NOT_FOUND, socket.unbind, "tcp://127.0.0.1:5555")

    def test_address_in_use(self):
        owner = ZmqGlib.Socket(socket_type=Type.PULL, bind_endpoints=["tcp://127.0.0.1:*"])
        second = ZmqGlib.Socket.new(Type.PULL)
        text = expect_error(self, GIO, Code.ADDRESS_IN_USE, second.bind, owner.props.last_endpoint)
        self.assertIn(owner.props.last_endpoint, text)

    def test_state(self):
        socket = ZmqGlib.Socket.new(Type.REP)
        expect_error(self, OWN, ZmqGlib.Error.STATE, socket.send_string, "unasked")

    def test_nothing_there(self):
        socket = ZmqGlib.Socket.new(Type.PULL)
        expect_error(self, GIO, Code.WOULD_BLOCK, socket.try_receive)
        expect_error(self, GIO, Code.NOT_SUPPORTED, socket.send_string, "text")

    def test_closed(self):
        socket = ZmqGlib.Socket.new(Type.PULL)
        socket.close()
        expect_error(self, GIO, Code.CLOSED, socket.bind, "inproc://x")
        expect_error(self, GIO, Code.CLOSED, socket.try_receive)

    def test_construction(self):
        socket = ZmqGlib.Socket(socket_type=Type.PULL, bind_endpoints=["tcp://127.0.0.1:99999"])
        text = expect_error(self, GIO, Code.INVALID_ARGUMENT, socket.init, None)
        self.assertIn("tcp://127.0.0.1:99999", text)
        expect_error(self, GIO, Code.INVALID_ARGUMENT, socket.bind, "inproc://x")

    def test_unknown_property(self):
        with self.assertRaises(TypeError):
            ZmqGlib.Socket(socket_type=Type.PULL, lingre=5)
        socket = ZmqGlib.Socket.new(Type.PULL)
        with self.assertRaises(AttributeError):
            socket.props.lingre = 5

    def test_option(self):
        socket = ZmqGlib.Socket.new(Type.PULL)
        text = expect_error(self, GIO, Code.INVALID_ARGUMENT, socket.set_option_int, 9999, 1)
        self.assertIn("9999", text)
        told = []
        socket.connect("error-occurred", lambda _, error: told.append(error))
        socket.props.router_mandatory = True
        wait_for(lambda: told)
        self.assertTrue(told[0].matches(GIO, Code.NOT_SUPPORTED))
        self.assertIn("router-mandatory", told[0].message)

    def test_wrong_thread(self):
        socket = ZmqGlib.Socket.new(Type.PULL)
        loop = GLib.MainLoop()
        failures = []

        def work():
            try:
                text = expect_error(self, OWN, ZmqGlib.Error.WRONG_CONTEXT, socket.bind,
                                    "inproc://wrong")
                self.assertIn("inproc://wrong", text)
            except AssertionError as error:
                failures.append(error)
            GLib.idle_add(loop.quit)

        GLib.idle_add(lambda: threading.Thread(target=work).start())
        loop.run()
        self.assertEqual(failures, [])
        self.assertEqual(socket.list_bindings(), [])
        socket.close()
        run_until_idle()


if __name__ == "__main__":
    sys.exit(tap.main())
