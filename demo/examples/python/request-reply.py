#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A service and a client that take turns, and a request out of turn."""

import gi
gi.require_version('ZmqGlib', '1.0')
from gi.repository import GLib, ZmqGlib

words = iter(['one', 'two', 'three'])
loop = GLib.MainLoop()


def ask(client):
    client.word = next(words, None)
    if client.word is None:
        loop.quit()
        return

    client.send_string(client.word)
    try:
        client.send_string('and another one')
    except GLib.Error as error:
        if error.matches(ZmqGlib.Error.quark(), ZmqGlib.Error.STATE):
            print('Only one request at a time.')


def on_request(service, request):
    service.send_string(request.get_string(0).upper())


def on_reply(client, reply):
    print(f'{client.word}: {reply.get_string(0)}')
    ask(client)


service = ZmqGlib.Socket.new(ZmqGlib.SocketType.REP)
service.connect('message-received', on_request)
service.bind('tcp://127.0.0.1:*')

client = ZmqGlib.Socket.new(ZmqGlib.SocketType.REQ)
client.connect('message-received', on_reply)
client.connect_to(service.props.last_endpoint)

ask(client)
loop.run()
