# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A process that floods: numbered messages as fast as the receiver takes them."""

import multiprocessing
import os
import struct
import time

import zmq

# How long a receiver may leave a full pipe unread before its flood is given up
PATIENCE = 3000
MESSAGE = struct.Struct('<I60x')


class Flood:
    """In a process of its own: it shall not share the interpreter's lock with the figures."""

    def __init__(self):
        self.orders, theirs = multiprocessing.Pipe()
        multiprocessing.Process(target=serve, args=(theirs, self.orders), daemon=True).start()
        theirs.close()
        self.endpoint = self.orders.recv()

    def start(self, seconds):
        self.orders.send(seconds)


def serve(orders, parents_end):
    # Where cores are few, the scheduler shall favour those who receive
    os.nice(10)
    # The pipe ends with the parent only when no copy of its end is left here
    parents_end.close()
    with zmq.Context() as context, context.socket(zmq.PUSH) as socket:
        socket.linger = 0
        socket.sndtimeo = PATIENCE
        socket.bind('tcp://127.0.0.1:*')
        orders.send(socket.last_endpoint.decode())
        try:
            while True:
                flood(socket, orders.recv())
        except (EOFError, KeyboardInterrupt):
            pass


def flood(socket, seconds):
    """Numbers from 0 upwards in 64 bytes each, and at the end how many there were."""
    send, pack = socket.send, MESSAGE.pack
    number = 0
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            for number in range(number, number + 256):
                send(pack(number))
            number += 1
        socket.send_multipart([b'end', str(number).encode()])
    except zmq.Again:
        pass
