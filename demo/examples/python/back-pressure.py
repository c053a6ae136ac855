#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A sender that is faster than its receiver: it is told when to stop and when to go on."""

import gi
gi.require_version('ZmqGlib', '1.0')
from gi.repository import Gio, GLib, ZmqGlib

N_MESSAGES = 100

loop = GLib.MainLoop()
n_sent = n_received = 0


# Sends until nothing more fits; a refused message stays ours
def send_more(push):
    global n_sent
    try:
        while n_sent < N_MESSAGES:
            push.send_string(f'message {n_sent}')
            n_sent += 1
    except GLib.Error as error:
        if not error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.WOULD_BLOCK):
            raise


def on_drained(push):
    if n_sent == N_MESSAGES:
        print(f'All {N_MESSAGES} are handed over.')


def on_message(pull, message):
    global n_received
    n_received += 1
    if n_received == N_MESSAGES:
        print(f'All {N_MESSAGES} have arrived.')
        loop.quit()


pull = ZmqGlib.Socket(socket_type=ZmqGlib.SocketType.PULL, bind_endpoints=['inproc://slow'],
                      receive_high_water_mark=10, paused=True)
pull.connect('message-received', on_message)
push = ZmqGlib.Socket(socket_type=ZmqGlib.SocketType.PUSH, connect_endpoints=['inproc://slow'],
                      send_high_water_mark=10, send_queue_limit=20)
push.connect('writable', send_more)
push.connect('drained', on_drained)

send_more(push)
print(f'The receiver sleeps: full after {n_sent} messages.')
GLib.timeout_add(50, pull.set_property, 'paused', False)
loop.run()
