# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Says hello to a ROUTER, and waits for its own end.

usage: router-peer.py TYPE ROUTING-ID ENDPOINT [NUMBER]

With a number, does so with as many sockets, whose routing ids end in -0, -1 and so on. Prints the
number of the process when the messages are on their way.
"""
import os
import sys

import zmq


def main():
    context = zmq.Context()
    routing_ids = [sys.argv[2]]
    if len(sys.argv) > 4:
        routing_ids = [f"{sys.argv[2]}-{number}" for number in range(int(sys.argv[4]))]
    sockets = []
    for routing_id in routing_ids:
        socket = context.socket(getattr(zmq, sys.argv[1]))
        socket.routing_id = routing_id.encode()
        socket.connect(sys.argv[3])
        socket.send(b"hello")
        sockets.append(socket)
    print(os.getpid(), flush=True)
    while True:
        sockets[0].recv()


main()
