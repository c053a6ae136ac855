#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two senders that close: each waits until what is queued is on its way, one of them in vain."""

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


def on_send_failed(push, message, error):
    print(f'not sent: {message.get_string(0)}')


def on_closed(push, result, name):
    _closed, n_unsent = push.close_finish(result)
    print(f'closed: {name}, {n_unsent} unsent')
    came('end')


# Nobody is there yet: the messages wait in the queue, and may do so for linger ms
def open_sender(endpoint, linger):
    push = ZmqGlib.Socket(socket_type=ZmqGlib.SocketType.PUSH, linger=linger)
    push.bind(endpoint)
    push.connect('send-failed', on_send_failed)
    return push


heard = open_sender('inproc://heard', 5000)
lonely = open_sender('inproc://lonely', 200)
heard.send_string('first')
heard.send_string('second')
lonely.send_string('Is anybody there?')
heard.close_async(None, on_closed, 'the one that is heard')
lonely.close_async(None, on_closed, 'the lonely one')

pull = ZmqGlib.Socket.new(ZmqGlib.SocketType.PULL)
pull.connect('message-received', on_message)
pull.connect_to('inproc://heard')
loop.run()
