# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scenario 27: interpreters that end in the middle of everything, each run as a program."""
import os
import re
import subprocess
import sys
import time
import unittest
from pathlib import Path

import tap

SINK = Path(__file__).parent.parent / "peers" / "sink.py"

# What all of them have: sockets with operations and messages that wait, held by this module
LIVE = """
import gc, os, signal, subprocess, sys, threading, time
from zmqgtest import GLib, Gio, ZmqGlib
from gi.repository import GObject
Type = ZmqGlib.SocketType
context = ZmqGlib.Context.get_default()
dead = "tcp://127.0.0.1:9"

def finished(source, result):
    pass

def socket(kind, **properties):
    one = ZmqGlib.Socket(socket_type=kind, linger=-1, bind_endpoints=["tcp://127.0.0.1:*"],
                         connect_endpoints=[dead], send_high_water_mark=1, **properties)
    for number in range(5):
        for call in (lambda: one.send_string(str(number)), lambda: one.subscribe("")):
            try:
                call()
            except GLib.Error:
                pass
        one.send_async(ZmqGlib.Message.new_string(str(number)), None, finished)
        one.receive_async(None, finished)
    one.flush_async(None, finished)
    one.connect("message-received", lambda *_: None)
    one.connect("closed", lambda *_: None)
    if kind not in (Type.SUB, Type.PULL):
        one.push_write(lambda *_: None)
    return one

def run(milliseconds):
    loop = GLib.MainLoop()
    GLib.timeout_add(milliseconds, loop.quit)
    loop.run()

sockets = [socket(Type(kind)) for kind in range(11)]
"""

PROGRAMS = {
    "at_once": "",
    "after_a_loop": "run(50)",
    "exit_in_a_callback": """
GLib.timeout_add(20, lambda: sys.exit(0))
run(200)
sys.exit(0)
""",
    "exit_in_a_result": """
first, second = sockets[5], ZmqGlib.Socket(socket_type=Type.PAIR)
second.bind("inproc://here")
second.receive_async(None, lambda *_: os._exit(0))
third = ZmqGlib.Socket(socket_type=Type.PAIR, connect_endpoints=["inproc://here"])
third.send_string("go")
run(5000)
sys.exit(1)
""",
    "loop_in_a_thread": """
threading.Thread(target=GLib.MainLoop().run, daemon=True).start()
time.sleep(0.05)
""",
    "threads_that_send": """
def work():
    while True:
        try:
            sockets[8].send_string("text")
        except GLib.Error:
            time.sleep(0.0001)
for _ in range(3):
    threading.Thread(target=work, daemon=True).start()
run(50)
""",
    "context_first": """
own = ZmqGlib.Context()
late = [ZmqGlib.Socket(context=own, socket_type=Type.PUSH, connect_endpoints=[dead])
        for _ in range(3)]
del own
gc.collect()
late[0].send_string("text")
run(10)
late.clear()
run(10)
""",
    "cycles": """
class Owner:
    def __init__(self):
        self.socket = ZmqGlib.Socket(socket_type=Type.PULL)
        self.socket.connect("message-received", self.received)
        self.socket.receive_async(None, self.received)
    def received(self, *_):
        pass
owners = [Owner() for _ in range(20)]
owners.clear()
run(10)
""",
    "closing": """
sockets[8].close_async(None, finished)
ZmqGlib.Socket(socket_type=Type.PULL).close()
context.terminate_async(None, finished)
run(20)
""",
    "disposed": """
for one in sockets:
    one.run_dispose()
run(20)
""",
    "source": """
source = sockets[5].create_source(GLib.IOCondition.IN, None)
GObject.source_set_closure(source, lambda *_: True)
source.attach()
run(10)
""",
    "forked": """
child = os.fork()
if child == 0:
    try:
        sockets[8].send_string("text")
    except GLib.Error as error:
        assert error.matches(GLib.quark_from_string("zmqg-error-quark"), ZmqGlib.Error.FORKED)
    gc.collect()
    sys.exit(0)
run(20)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
run(20)
""",
    "killed_peer": """
one = ZmqGlib.Socket(socket_type=Type.PUSH, linger=-1, bind_endpoints=["tcp://127.0.0.1:*"])
for number in range(400):
    one.send_bytes(GLib.Bytes.new(number.to_bytes(8, sys.byteorder) + b"x" * 50000))
peer = subprocess.Popen([sys.executable, sys.argv[1], one.props.last_endpoint, "1000", "20000"],
                        stdout=subprocess.PIPE)
while one.props.send_queue_length == 400:
    run(5)
peer.stdout.readline()
peer.kill()
peer.wait()
""",
}

# The last references go, with messages that nobody took
DROPPED = """
one = ZmqGlib.Socket(socket_type=Type.DEALER, bind_endpoints=["tcp://127.0.0.1:*"])
print(one.props.last_endpoint)
for _ in range(17):
    one.send_string("text")
del one
gc.collect()
run(20)
"""


def run_program(program):
    """What it wrote; how long it took."""
    begun = time.monotonic()
    environment = {name: value for name, value in os.environ.items() if name != "G_DEBUG"}
    process = subprocess.run([sys.executable, "-c", program, str(SINK)], capture_output=True,
                             text=True, timeout=20, cwd=Path(__file__).parent, env=environment)
    if process.returncode != 0:
        raise AssertionError(f"status {process.returncode}: {process.stderr}")
    return process.stdout, process.stderr, time.monotonic() - begun


class Exit(unittest.TestCase):
    def test_programs(self):
        for name, program in PROGRAMS.items():
            for _ in range(2):
                with self.subTest(name):
                    _, errors, took = run_program(LIVE + program)
                    # Those may say that they are dropped with what they hold
                    lines = [line for line in errors.splitlines()
                             if line and "unsent messages" not in line]
                    self.assertEqual(lines, [], name)
                    self.assertLess(took, 10)

    def test_dropped(self):
        head = LIVE[:LIVE.index("sockets = ")]
        endpoint, errors, _ = run_program(head + DROPPED)
        lines = errors.strip().splitlines()
        self.assertEqual(len(lines), 1, errors)
        self.assertIn("DEALER", lines[0])
        self.assertIn(endpoint.strip(), lines[0])
        self.assertRegex(lines[0], re.compile(r"\b17\b"))


if __name__ == "__main__":
    sys.exit(tap.main())
