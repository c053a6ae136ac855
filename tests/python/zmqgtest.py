# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the Python tests share."""
import contextlib
import time

import gi

gi.require_version("ZmqGlib", "1.0")
from gi.repository import Gio, GLib, ZmqGlib  # noqa: E402
import zmq  # noqa: E402

DEADLINE = 20

# GLib.Error.matches() wants the number of a domain
GIO = Gio.io_error_quark()
OWN = GLib.quark_from_string("zmqg-error-quark")


def wait_for(condition, context=None, seconds=DEADLINE):
    """Runs the main context until a dispatch has made the condition true."""
    context = context or GLib.MainContext.default()
    late = []
    source = GLib.timeout_source_new(seconds * 1000)
    source.set_callback(lambda *_: late.append(True) or GLib.SOURCE_REMOVE)
    source.attach(context)
    while not condition():
        if late:
            raise AssertionError("not in time")
        context.iteration(True)
    source.destroy()


def poll_for(condition):
    """Waits, with no main context running, for what another thread makes true."""
    end = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("not in time")
        time.sleep(0.0005)


def succeeds(function, *arguments):
    try:
        return function(*arguments)
    except GLib.Error:
        return False


def run_until_idle(context=None):
    context = context or GLib.MainContext.default()
    while context.iteration(False):
        pass


@contextlib.contextmanager
def pyzmq_socket(kind, **options):
    """A socket of pyzmq in a context of its own, closed without waiting."""
    context = zmq.Context()
    socket = context.socket(kind)
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.RCVTIMEO, DEADLINE * 1000)
    socket.setsockopt(zmq.SNDTIMEO, DEADLINE * 1000)
    for name, value in options.items():
        setattr(socket, name, value)
    try:
        yield socket
    finally:
        socket.close()
        context.term()


def bind_free(socket):
    """Binds a socket of pyzmq and tells its endpoint."""
    return f"tcp://127.0.0.1:{socket.bind_to_random_port('tcp://127.0.0.1')}"


def frames_of(message):
    return [message.get_frame(index).get_data() for index in range(message.get_n_frames())]


def collect(socket):
    """A list that the frames of each message are appended to."""
    received = []
    socket.connect("message-received", lambda _, message: received.append(frames_of(message)))
    return received


def expect_error(test, domain, code, function, *arguments):
    """Calls what must fail so, and returns the text."""
    with test.assertRaises(GLib.Error) as raised:
        function(*arguments)
    test.assertTrue(raised.exception.matches(domain, code), str(raised.exception))
    return raised.exception.message


__all__ = ["DEADLINE", "GIO", "OWN", "Gio", "GLib", "ZmqGlib", "zmq", "bind_free", "collect",
           "expect_error", "frames_of", "poll_for", "pyzmq_socket", "run_until_idle", "succeeds",
           "wait_for"]
