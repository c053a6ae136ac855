#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two senders that close: one whose messages all went out, and one that has nobody to send to."""

import gi
gi.require_version('ZmqGlib', '1.0')
from gi.repository import GLib, ZmqGlib

loop = GLib.MainLoop()
to_come = ['message', 'message', 'end', 'end']


def came(what):
    to_come.remove(what)
    if not to_come:
        loop.quit()


def on_message(pull, message):
    print(f'received: {message.get_string(0)}')
    came('message')


# libzmq has all of it, and goes on sending for the time of "linger" after the close
def on_drained(push):
    push.close()


def on_send_failed(push, message, error):
    print(f'not sent: {message.get_string(0)}')


def on_closed(push, name):
    print(f'closed: {name}')
    came('end')


def open_sender(name, endpoint):
    push = ZmqGlib.Socket.new(ZmqGlib.SocketType.PUSH)
    push.bind(endpoint)
    push.connect('send-failed', on_send_failed)
    push.connect('closed', on_closed, name)
    return push


heard = open_sender('the one that is heard', 'inproc://heard')
lonely = open_sender('the lonely one', 'inproc://lonely')

# Nobody is there yet: these wait in the queue
heard.send_string('first')
heard.send_string('second')
lonely.send_string('Is anybody there?')
heard.connect('drained', on_drained)
lonely.close()

pull = ZmqGlib.Socket.new(ZmqGlib.SocketType.PULL)
pull.connect('message-received', on_message)
pull.connect_to('inproc://heard')
loop.run()
