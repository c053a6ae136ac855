#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A service that answers many clients in whatever order it likes, and clients that do not wait."""

import gi
gi.require_version('ZmqGlib', '1.0')
from gi.repository import GLib, ZmqGlib

N_CLIENTS = 2
N_REQUESTS = 3

loop = GLib.MainLoop()
requests = []
replies = []


# The first frame is the client's routing id: a reply that starts with it finds its way back
def answer(service, request):
    reply = ZmqGlib.Message.new_string(f'{request.get_string(1)} is done')
    reply.prepend_bytes(request.get_frame(0))
    service.send(reply)


def on_request(service, request):
    requests.append(request)
    if len(requests) == N_CLIENTS * N_REQUESTS:
        # The last come, the first served
        while requests:
            answer(service, requests.pop())


def on_reply(client, reply, name):
    print(f'{name}: {reply.get_string(0)}')
    replies.append(reply)
    if len(replies) == N_CLIENTS * N_REQUESTS:
        loop.quit()


def open_client(name, endpoint):
    client = ZmqGlib.Socket.new(ZmqGlib.SocketType.DEALER)
    client.connect('message-received', on_reply, name)
    client.connect_to(endpoint)
    for number in range(1, N_REQUESTS + 1):
        client.send_string(f'task {number}')
    return client


service = ZmqGlib.Socket.new(ZmqGlib.SocketType.ROUTER)
service.connect('message-received', on_request)
service.bind('tcp://127.0.0.1:*')
anna = open_client('Anna', service.props.last_endpoint)
bert = open_client('Bert', service.props.last_endpoint)
loop.run()
