#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A source that shares tasks out to three workers, and a sink that collects their results."""

import gi
gi.require_version('ZmqGlib', '1.0')
from gi.repository import GLib, ZmqGlib

N_WORKERS = 3
N_TASKS = 100

INT64 = GLib.VariantType('x')


def get_number(message):
    # Whatever a peer sent is checked: an exception, if it is not a number
    return message.get_variant(0, INT64).unpack()


def send_number(socket, number):
    socket.send(ZmqGlib.Message.new_variant(GLib.Variant('x', number)))


class Worker:
    def __init__(self):
        self.tasks = ZmqGlib.Socket.new(ZmqGlib.SocketType.PULL)
        self.tasks.connect('message-received', self.on_task)
        self.tasks.connect_to('inproc://tasks')
        self.results = ZmqGlib.Socket.new(ZmqGlib.SocketType.PUSH)
        self.results.connect_to('inproc://results')

    def on_task(self, tasks, message):
        send_number(self.results, get_number(message) ** 2)


class Sink:
    def __init__(self, loop):
        self.loop = loop
        self.sum = self.n_results = 0
        self.socket = ZmqGlib.Socket.new(ZmqGlib.SocketType.PULL)
        self.socket.connect('message-received', self.on_result)
        self.socket.bind('inproc://results')

    def on_result(self, socket, message):
        self.sum += get_number(message)
        self.n_results += 1
        if self.n_results == N_TASKS:
            self.loop.quit()


loop = GLib.MainLoop()
source = ZmqGlib.Socket.new(ZmqGlib.SocketType.PUSH)
source.bind('inproc://tasks')
sink = Sink(loop)
workers = [Worker() for _ in range(N_WORKERS)]

for number in range(1, N_TASKS + 1):
    send_number(source, number)
loop.run()
print(f'The sum of the first {N_TASKS} squares is {sink.sum}.')
