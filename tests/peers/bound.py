# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Binds a PULL socket, says so, and tells each message it gets.

usage: bound.py ENDPOINT
"""
import sys

import zmq


def main():
    context = zmq.Context()
    socket = context.socket(zmq.PULL)
    socket.bind(sys.argv[1])
    print("bound", flush=True)
    while True:
        print(socket.recv_string(), flush=True)


main()
