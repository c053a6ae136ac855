# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Asynchronous calls through the typelib, with the garbage collected in each turn."""
import gc
import hashlib
import sys
import threading
import time
import unittest
import weakref

import tap
from gi.repository import GObject
from zmqgtest import (DEADLINE, GIO, Gio, GLib, ZmqGlib, bind_free, expect_error, frames_of,
                      pyzmq_socket, zmq)

Code = Gio.IOErrorEnum
Type = ZmqGlib.SocketType


def turn(context=None, may_block=False):
    gc.collect()
    return (context or GLib.MainContext.default()).iteration(may_block)


def wait_for(condition, context=None):
    end = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("not in time")
        if not turn(context):
            time.sleep(0.001)


def is_sanitized():
    """Freed memory is kept back."""
    with open("/proc/self/maps", encoding="utf-8") as file:
        return "libasan" in file.read()


def run_for(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not turn():
            time.sleep(0.001)


def sender(**properties):
    """Bound, with no peer: libzmq takes nothing."""
    return ZmqGlib.Socket(socket_type=Type.PUSH, bind_endpoints=["tcp://127.0.0.1:*"],
                          **properties)


def pair(name):
    bound = ZmqGlib.Socket(socket_type=Type.PAIR, bind_endpoints=[f"inproc://{name}"])
    return bound, ZmqGlib.Socket(socket_type=Type.PAIR, connect_endpoints=[f"inproc://{name}"])


class Results:
    """What asynchronous calls came to, in order: values, or the codes of errors."""

    def __init__(self):
        self.list = []
        self.calling = False

    def callback(self, finish):
        def called(source, result, *data):
            assert not self.calling
            try:
                self.list.append((getattr(source, finish)(result), *data))
            except GLib.Error as error:
                self.list.append((error.domain, error.code, *data))
        return called

    def call(self, function, *arguments):
        self.calling = True
        function(*arguments)
        self.calling = False


CANCELLED = ("g-io-error-quark", Code.CANCELLED)
TIMED_OUT = ("g-io-error-quark", Code.TIMED_OUT)
CLOSED = ("g-io-error-quark", Code.CLOSED)


class Receiving(unittest.TestCase):
    def setUp(self):
        self.socket, self.peer = pair(self.id())
        self.results = Results()
        self.received = self.results.callback("receive_finish")

    def tearDown(self):
        self.peer.close()
        self.socket.close()

    def texts(self):
        return [result[0].get_string(0) for result in self.results.list]

    def test_in_order(self):
        for _ in range(20):
            self.results.call(self.socket.receive_async, None, self.received)
        for number in range(20):
            self.peer.send_string(str(number))
        self.assertEqual(self.results.list, [])
        wait_for(lambda: len(self.results.list) == 20)
        self.assertEqual(self.texts(), [str(number) for number in range(20)])

    def test_data(self):
        data = object()
        self.socket.receive_async(None, self.received, data, "more")
        self.peer.send_string("text")
        wait_for(lambda: self.results.list)
        self.assertEqual(self.results.list[0][1:], (data, "more"))

    def test_cancelled(self):
        cancellable = Gio.Cancellable.new()
        self.socket.receive_async(cancellable, self.received)
        self.socket.receive_async(None, self.received)
        run_for(0.01)
        self.results.call(cancellable.cancel)
        wait_for(lambda: self.results.list)
        self.assertEqual(self.results.list, [CANCELLED])
        self.peer.send_string("text")
        wait_for(lambda: len(self.results.list) == 2)
        self.assertEqual(self.results.list[1][0].get_string(0), "text")

    def test_timeout(self):
        begun = time.monotonic()
        self.socket.receive_with_timeout_async(50, None, self.received)
        self.socket.props.receive_timeout = 100
        self.socket.receive_async(None, self.received)
        wait_for(lambda: len(self.results.list) == 2)
        self.assertEqual(self.results.list, [TIMED_OUT, TIMED_OUT])
        self.assertGreaterEqual(time.monotonic() - begun, 0.1)

    def test_closed(self):
        self.socket.receive_async(None, self.received)
        self.results.call(self.socket.close)
        wait_for(lambda: self.results.list)
        self.assertEqual(self.results.list, [CLOSED])

    def test_released(self):
        """A callback is let go when it was called, with all that it holds."""
        class Held:
            pass

        held = Held()
        gone = weakref.ref(held)
        self.socket.receive_async(None, lambda *_, held=held: self.results.list.append(1))
        del held
        run_for(0.01)
        self.assertIsNotNone(gone())
        self.peer.send_string("text")
        wait_for(lambda: self.results.list)
        wait_for(lambda: gone() is None)


class Sending(unittest.TestCase):
    def setUp(self):
        self.results = Results()
        self.sent = self.results.callback("send_finish")

    def test_send(self):
        socket = sender()
        for number in range(5):
            message = ZmqGlib.Message.new_string(str(number))
            self.results.call(socket.send_async, message, None, self.sent, number)
        socket.flush_async(None, self.results.callback("flush_finish"), "flush")
        run_for(0.02)
        self.assertEqual(self.results.list, [])
        with pyzmq_socket(zmq.PULL) as peer:
            peer.connect(socket.props.last_endpoint)
            wait_for(lambda: len(self.results.list) == 6)
            self.assertEqual([peer.recv() for _ in range(5)], [b"%d" % n for n in range(5)])
        self.assertEqual(self.results.list, [*((True, n) for n in range(5)), (True, "flush")])
        socket.close()

    def test_cancelled_and_timed_out(self):
        socket = sender()
        cancellable = Gio.Cancellable.new()
        socket.send_async(ZmqGlib.Message.new_string("1"), cancellable, self.sent)
        socket.send_with_timeout_async(ZmqGlib.Message.new_string("2"), 30, None, self.sent)
        cancellable.cancel()
        wait_for(lambda: len(self.results.list) == 2)
        self.assertEqual(self.results.list, [CANCELLED, TIMED_OUT])
        self.assertEqual(socket.props.n_pending_operations, 0)
        socket.close()

    def test_from_a_thread(self):
        with pyzmq_socket(zmq.PULL) as peer:
            socket = ZmqGlib.Socket(socket_type=Type.PUSH, connect_endpoints=[bind_free(peer)])
            loop = GLib.MainLoop()
            names = []

            def called(source, result):
                names.append((source.send_finish(result), threading.current_thread().name))
                if len(names) == 50:
                    loop.quit()

            def work():
                for number in range(50):
                    socket.send_async(ZmqGlib.Message.new_string(str(number)), None, called)

            thread = threading.Thread(target=work)
            GLib.idle_add(thread.start)
            loop.run()
            thread.join()
            self.assertEqual(names, [(True, threading.main_thread().name)] * 50)
            self.assertEqual([peer.recv() for _ in range(50)], [b"%d" % n for n in range(50)])
            socket.close()

    def test_large_buffers(self):
        """Scenario 11: made here, dropped at once, intact at a slow receiver, then released."""
        def resident():
            with open("/proc/self/statm", encoding="ascii") as file:
                return int(file.read().split()[1]) * 4096

        size, count = 1000000, 60
        socket = sender(send_queue_limit=count)
        before = resident()
        digests = []
        for number in range(count):
            content = bytes([number]) * size
            digests.append(hashlib.sha256(content).digest())
            message = ZmqGlib.Message.new()
            message.append_bytes(GLib.Bytes.new(content))
            socket.send_async(message, None, self.sent)
            del message, content
        gc.collect()
        full = resident()
        self.assertGreater(full - before, count * size * 0.8)
        found = []

        def receive():
            with pyzmq_socket(zmq.PULL, rcvhwm=1) as peer:
                peer.connect(socket.props.last_endpoint)
                while len(found) < count:
                    found.append(hashlib.sha256(peer.recv()).digest())
                    time.sleep(0.005)

        thread = threading.Thread(target=receive)
        thread.start()
        wait_for(lambda: len(self.results.list) == count and len(found) == count)
        thread.join()
        self.assertEqual(found, digests)
        self.assertEqual(self.results.list, [(True,)] * count)
        wait_for(lambda: is_sanitized() or resident() < before + (full - before) / 3)
        socket.close()


class Producing(unittest.TestCase):
    def test_push_write(self):
        """Called when the peer can take one, until there are no more; then all it held goes."""
        class Held:
            pass

        socket = sender(send_high_water_mark=1)
        held = Held()
        gone = weakref.ref(held)
        numbers = iter(range(100))

        def produce(source, *_, held=held):
            assert source == socket
            number = next(numbers, None)
            return ZmqGlib.Message.new_string(str(number)) if number is not None else None

        socket.push_write(produce)
        del produce, held
        run_for(0.02)
        self.assertEqual(next(numbers), 0)
        self.assertIsNotNone(gone())
        with pyzmq_socket(zmq.PULL) as peer:
            peer.connect(socket.props.last_endpoint)
            wait_for(lambda: gone() is None)
            self.assertEqual([peer.recv() for _ in range(99)], [b"%d" % n for n in range(1, 100)])
        socket.close()

    def test_released_at_close(self):
        class Held:
            pass

        socket = sender()
        held = Held()
        gone = weakref.ref(held)
        socket.push_write(lambda *_, held=held: self.fail())
        del held
        run_for(0.01)
        self.assertIsNotNone(gone())
        socket.close()
        wait_for(lambda: gone() is None)


class Closing(unittest.TestCase):
    def test_close_async(self):
        results = Results()
        closed = results.callback("close_finish")
        socket = sender(linger=-1)
        story = []
        socket.connect("send-failed", lambda *_: story.append("failed"))
        socket.connect("closed", lambda *_: story.append("closed"))
        socket.send_string("plain")
        socket.send_async(ZmqGlib.Message.new_string("async"), None,
                          results.callback("send_finish"))
        cancellable = Gio.Cancellable.new()
        results.call(socket.close_async, cancellable, closed)
        run_for(0.02)
        expect_error(self, GIO, Code.CLOSED, socket.send_string, "late")
        results.call(cancellable.cancel)
        wait_for(lambda: results.list)
        self.assertEqual(results.list, [CANCELLED])
        self.assertFalse(socket.props.closed)

        socket.send_string("again")
        socket.props.linger = 20
        results.call(socket.close_async, None, closed)
        wait_for(lambda: "closed" in story)
        self.assertEqual(results.list, [CANCELLED, CLOSED, ((True, 3),)])
        self.assertEqual(story, ["failed", "failed", "closed"])

    def test_terminate_async(self):
        results = Results()
        context = ZmqGlib.Context()
        socket = ZmqGlib.Socket(context=context, socket_type=Type.PULL)
        socket.receive_async(None, results.callback("receive_finish"))
        results.call(context.terminate_async, None, results.callback("terminate_finish"))
        wait_for(lambda: len(results.list) == 2)
        self.assertEqual(results.list, [CLOSED, (True,)])
        self.assertTrue(socket.props.closed)


class Sources(unittest.TestCase):
    def setUp(self):
        self.socket, self.peer = pair(self.id())
        self.calls = []

    def tearDown(self):
        self.peer.close()
        self.socket.close()

    def test_callback(self):
        def called(*data):
            self.calls.append((*data, self.socket.try_receive().get_string(0)))
            return len(self.calls) < 2

        source = self.socket.create_source(GLib.IOCondition.IN, None)
        source.set_callback(called, "data")
        source.attach()
        run_for(0.01)
        self.assertEqual(self.calls, [])
        for text in ("1", "2", "3"):
            self.peer.send_string(text)
        wait_for(lambda: len(self.calls) == 2)
        run_for(0.01)
        self.assertEqual(self.calls, [("data", "1"), ("data", "2")])
        self.assertTrue(source.is_destroyed())

    def test_closure(self):
        def called(socket, condition):
            self.calls.append((socket, condition))
            return GLib.SOURCE_REMOVE

        both = GLib.IOCondition.IN | GLib.IOCondition.OUT
        for condition in (GLib.IOCondition.OUT, both):
            source = self.socket.create_source(condition, None)
            GObject.source_set_closure(source, called)
            source.attach()
            if condition == both:
                self.peer.send_string("text")
            del source
            wait_for(lambda: len(self.calls) == (1 if condition != both else 2))
        self.assertEqual(self.calls, [(self.socket, GLib.IOCondition.OUT), (self.socket, both)])

    def test_out(self):
        socket = sender()
        source = socket.create_source(GLib.IOCondition.OUT, None)
        GObject.source_set_closure(source, lambda *arguments: self.calls.append(arguments))
        source.attach()
        run_for(0.02)
        self.assertEqual(self.calls, [])
        with pyzmq_socket(zmq.PULL) as peer:
            peer.connect(socket.props.last_endpoint)
            wait_for(lambda: self.calls)
        self.assertEqual(self.calls, [(socket, GLib.IOCondition.OUT)])
        socket.close()


class Raising(unittest.TestCase):
    """Scenario 23: what a callback raises is reported, and the next one is called."""

    def setUp(self):
        self.socket, self.peer = pair(self.id())
        self.raised = []
        hook, sys.excepthook = sys.excepthook, lambda *error: self.raised.append(str(error[1]))
        self.addCleanup(setattr, sys, "excepthook", hook)
        self.addCleanup(self.socket.close)
        self.addCleanup(self.peer.close)

    def test_receive_async(self):
        def called(socket, result):
            raise ValueError(socket.receive_finish(result).get_string(0))

        for number in range(3):
            self.socket.receive_async(None, called)
            self.peer.send_string(str(number))
        wait_for(lambda: len(self.raised) == 3)
        self.assertEqual(self.raised, ["0", "1", "2"])

    def test_send_async(self):
        def called(socket, result):
            raise ValueError(socket.send_finish(result))

        for number in range(3):
            self.socket.send_async(ZmqGlib.Message.new_string(str(number)), None, called)
        wait_for(lambda: len(self.raised) == 3)
        self.assertEqual(self.raised, ["True"] * 3)
        received = [frames_of(message) for message in self.peer.receive_many(9)]
        self.assertEqual(received, [[b"0"], [b"1"], [b"2"]])

    def test_producer(self):
        def produce(*_):
            raise ValueError("nothing made")

        self.socket.push_write(produce)
        self.socket.push_write(lambda *_, left=[1]: left and ZmqGlib.Message.new_string(
            str(left.pop())) or None)
        wait_for(lambda: self.peer.condition_check(GLib.IOCondition.IN))
        self.assertEqual(self.raised, ["nothing made"])
        self.assertEqual(frames_of(self.peer.try_receive()), [b"1"])

    def test_source(self):
        def called(_):
            raise ValueError(self.socket.try_receive().get_string(0))

        source = self.socket.create_source(GLib.IOCondition.IN, None)
        source.set_callback(called, None)
        source.attach()
        self.peer.send_string("0")
        wait_for(lambda: self.raised)
        self.assertEqual(self.raised, ["0"])
        source.destroy()


if __name__ == "__main__":
    sys.exit(tap.main())
