# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sockets through the typelib, with pyzmq at the other end."""
import gc
import sys
import threading
import unittest
import weakref

import tap
from zmqgtest import (GLib, ZmqGlib, bind_free, collect, frames_of, poll_for, pyzmq_socket,
                      run_until_idle, succeeds, wait_for, zmq)

Type = ZmqGlib.SocketType


class Construction(unittest.TestCase):
    def test_types(self):
        for value in range(12):
            socket = ZmqGlib.Socket.new(Type(value))
            self.assertEqual(socket.props.socket_type, Type(value))
            socket.close()

    def test_with_properties(self):
        context = ZmqGlib.Context(io_threads=2)
        socket = ZmqGlib.Socket(socket_type=Type.SUB, context=context, linger=0,
                                subscriptions=["a", "b"], bind_endpoints=["tcp://127.0.0.1:*"],
                                receive_high_water_mark=5)
        self.assertEqual(socket.props.context, context)
        self.assertEqual(socket.props.linger, 0)
        self.assertEqual(socket.props.receive_high_water_mark, 5)
        self.assertEqual(socket.list_subscriptions(), ["a", "b"])
        self.assertRegex(socket.list_bindings()[0], r"^tcp://127\.0\.0\.1:\d+$")
        self.assertEqual(socket.props.last_endpoint, socket.list_bindings()[0])
        self.assertFalse(socket.props.closed)
        self.assertEqual(context.props.n_sockets, 1)

    def test_signals_are_not_hidden(self):
        socket = ZmqGlib.Socket(socket_type=Type.PULL)
        seen = []
        handler = socket.connect("notify::paused", lambda *_: seen.append(True))
        socket.props.paused = True
        self.assertEqual(seen, [True])
        socket.disconnect(handler)
        socket.props.paused = False
        self.assertEqual(seen, [True])

    def test_version(self):
        self.assertEqual(tuple(ZmqGlib.version()), zmq.zmq_version_info())
        self.assertEqual(ZmqGlib.get_major_version(), ZmqGlib.MAJOR_VERSION)
        self.assertEqual(ZmqGlib.has_capability("curve"), zmq.has("curve"))


class Receiving(unittest.TestCase):
    def setUp(self):
        self.socket = ZmqGlib.Socket(socket_type=Type.PULL, linger=0,
                                     bind_endpoints=["tcp://127.0.0.1:*"])
        self.endpoint = self.socket.props.last_endpoint

    def tearDown(self):
        self.socket.close()
        run_until_idle()

    def test_message_received(self):
        received = collect(self.socket)
        with pyzmq_socket(zmq.PUSH) as peer:
            peer.connect(self.endpoint)
            peer.send_multipart([b"one", b"", b"\0\xff", b"x" * 100000])
            peer.send(b"")
            wait_for(lambda: len(received) == 2)
        self.assertEqual(received, [[b"one", b"", b"\0\xff", b"x" * 100000], [b""]])

    def test_messages_received(self):
        received = []
        self.socket.connect("messages-received", lambda _, messages: received.extend(messages))
        with pyzmq_socket(zmq.PUSH) as peer:
            peer.connect(self.endpoint)
            for number in range(500):
                peer.send(b"%d" % number)
            wait_for(lambda: len(received) == 500)
        gc.collect()
        self.assertEqual([frames_of(message) for message in received],
                         [[b"%d" % number] for number in range(500)])

    def test_message_func(self):
        received = []
        self.socket.set_message_func(lambda socket, message, *data: received.append(
            (socket, message.get_string(0))))
        with pyzmq_socket(zmq.PUSH) as peer:
            peer.connect(self.endpoint)
            peer.send_string("täxt")
            wait_for(lambda: received)
        self.assertEqual(received, [(self.socket, "täxt")])

    def test_try_receive(self):
        self.assertEqual(self.socket.condition_check(GLib.IOCondition.IN), 0)
        with pyzmq_socket(zmq.PUSH) as peer:
            peer.connect(self.endpoint)
            for text in (b"1", b"2", b"3", b"4"):
                peer.send(text)
            poll_for(lambda: self.socket.condition_check(GLib.IOCondition.IN))
            self.assertEqual(frames_of(self.socket.try_receive()), [b"1"])
            poll_for(lambda: self.socket.condition_check(GLib.IOCondition.IN))
            self.assertEqual(self.socket.try_receive_data(), b"2")
            received = collect(self.socket)
            wait_for(lambda: len(received) == 2)
        self.assertEqual(received, [[b"3"], [b"4"]])
        self.assertFalse(self.socket.try_receive_data())
        self.assertEqual(self.socket.receive_many(10), [])

    def test_metadata(self):
        received = []
        self.socket.connect("message-received", lambda _, message: received.append(message))
        with pyzmq_socket(zmq.PUSH) as peer:
            peer.connect(self.endpoint)
            peer.send(b"text")
            wait_for(lambda: received)
        self.assertEqual(received[0].get_metadata("Socket-Type"), "PUSH")
        self.assertEqual(received[0].get_metadata("Peer-Address"), "127.0.0.1")
        self.assertIsNone(received[0].get_metadata("Nothing"))

    def test_handler_that_raises(self):
        received, raised = [], []

        def handler(_, message):
            received.append(message.get_string(0))
            raise ValueError(received[-1])

        self.socket.connect("message-received", handler)
        hook, sys.excepthook = sys.excepthook, lambda *error: raised.append(error[0])
        try:
            with pyzmq_socket(zmq.PUSH) as peer:
                peer.connect(self.endpoint)
                peer.send(b"first")
                peer.send(b"second")
                wait_for(lambda: len(received) == 2)
        finally:
            sys.excepthook = hook
        self.assertEqual(received, ["first", "second"])
        self.assertEqual(raised, [ValueError, ValueError])


class Sending(unittest.TestCase):
    def test_forms(self):
        with pyzmq_socket(zmq.PULL) as peer:
            socket = ZmqGlib.Socket(socket_type=Type.PUSH, connect_endpoints=[bind_free(peer)])
            socket.send_string("strïng")
            socket.send_bytes(GLib.Bytes.new(b"by\0tes"))
            socket.send_data(b"da\0ta")
            socket.send_strv(["one", "", "two"])
            message = ZmqGlib.Message.new()
            message.append_bytes(GLib.Bytes.new(b"x" * 50000))
            message.append_data(b"\xff")
            socket.send(message)
            received = [peer.recv_multipart() for _ in range(5)]
            socket.close()
        self.assertEqual(received, [["strïng".encode()], [b"by\0tes"], [b"da\0ta"],
                                    [b"one", b"", b"two"], [b"x" * 50000, b"\xff"]])

    def test_request(self):
        def answer(peer):
            for _ in range(3):
                peer.send(peer.recv().upper())

        with pyzmq_socket(zmq.REP) as peer:
            thread = threading.Thread(target=answer, args=(peer,))
            socket = ZmqGlib.Socket(socket_type=Type.REQ, connect_endpoints=[bind_free(peer)])
            replies = collect(socket)
            thread.start()
            for number in range(3):
                socket.send_string(f"request {number}")
                wait_for(lambda: len(replies) == number + 1)
            thread.join()
            socket.close()
        self.assertEqual(replies, [[b"REQUEST %d" % number] for number in range(3)])

    def test_publish(self):
        with pyzmq_socket(zmq.SUB) as peer:
            socket = ZmqGlib.Socket(socket_type=Type.XPUB, bind_endpoints=["tcp://127.0.0.1:*"])
            subscriptions = collect(socket)
            peer.setsockopt(zmq.SUBSCRIBE, b"news")
            peer.connect(socket.props.last_endpoint)
            wait_for(lambda: subscriptions)
            socket.send_string("other")
            socket.send_string("news of today")
            self.assertEqual(peer.recv(), b"news of today")
            socket.close()
        self.assertEqual(subscriptions, [[b"\1news"]])

    def test_message_sent(self):
        with pyzmq_socket(zmq.PULL) as peer:
            socket = ZmqGlib.Socket(socket_type=Type.PUSH, connect_endpoints=[bind_free(peer)])
            sent = []
            socket.connect("message-sent", lambda _, message: sent.append(frames_of(message)))
            socket.send_string("text")
            self.assertEqual(sent, [])
            wait_for(lambda: sent)
            statistics = socket.get_statistics()
            socket.close()
        self.assertEqual(sent, [[b"text"]])
        self.assertEqual((statistics.messages_sent, statistics.bytes_sent), (1, 4))

    def test_from_a_thread(self):
        with pyzmq_socket(zmq.PULL) as peer:
            socket = ZmqGlib.Socket(socket_type=Type.PUSH, connect_endpoints=[bind_free(peer)])
            loop = GLib.MainLoop()

            def work():
                for number in range(200):
                    socket.send_string(str(number))
                received.extend(peer.recv() for _ in range(200))
                GLib.idle_add(loop.quit)

            received = []
            thread = threading.Thread(target=work)
            thread.start()
            loop.run()
            thread.join()
            socket.close()
        self.assertEqual(received, [b"%d" % number for number in range(200)])


class Lifetime(unittest.TestCase):
    def test_closed(self):
        socket = ZmqGlib.Socket(socket_type=Type.PULL)
        closed = []
        socket.connect("closed", lambda _: closed.append(True))
        socket.close()
        socket.close()
        self.assertEqual(closed, [])
        wait_for(lambda: closed)
        run_until_idle()
        self.assertEqual(closed, [True])
        self.assertTrue(socket.props.closed)

    def test_last_reference_in_a_thread(self):
        socket = [ZmqGlib.Socket(socket_type=Type.PULL, bind_endpoints=["inproc://dropped"])]
        gone = weakref.ref(socket[0])
        thread = threading.Thread(target=socket.clear)
        thread.start()
        thread.join()
        self.assertIsNone(gone())
        run_until_idle()
        # libzmq's reaper gives the name back in its own time
        successor = ZmqGlib.Socket(socket_type=Type.PULL)
        poll_for(lambda: succeeds(successor.bind, "inproc://dropped"))
        successor.close()

    def test_other_main_context(self):
        context = GLib.MainContext.new()
        context.push_thread_default()
        try:
            socket = ZmqGlib.Socket(socket_type=Type.PULL, bind_endpoints=["tcp://127.0.0.1:*"])
        finally:
            context.pop_thread_default()
        received = collect(socket)
        with pyzmq_socket(zmq.PUSH) as peer:
            peer.connect(socket.props.last_endpoint)
            peer.send(b"text")
            wait_for(lambda: received, context)
        self.assertEqual(received, [[b"text"]])


if __name__ == "__main__":
    sys.exit(tap.main())
