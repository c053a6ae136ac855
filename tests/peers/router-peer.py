# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Says hello to a ROUTER, and waits for its own end.

usage: router-peer.py TYPE ROUTING-ID ENDPOINT

Prints the number of the process when the message is on its way.
"""
import os
import sys

import zmq


def main():
    context = zmq.Context()
    socket = context.socket(getattr(zmq, sys.argv[1]))
    socket.routing_id = sys.argv[2].encode()
    socket.connect(sys.argv[3])
    socket.send(b"hello")
    print(os.getpid(), flush=True)
    while True:
        socket.recv()


main()
