# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sends a message from each of many sockets, one after the other.

usage: visitors.py ENDPOINT NUMBER

The routing ids are visitor-0, visitor-1 and so on.
"""
import sys

import zmq


def visit(endpoint, number):
    context = zmq.Context()
    socket = context.socket(zmq.DEALER)
    socket.linger = 5000
    socket.routing_id = b"visitor-%d" % number
    socket.connect(endpoint)
    socket.send(b"hello")
    socket.close()
    # Not before the message has left
    context.term()


for each in range(int(sys.argv[2])):
    visit(sys.argv[1], each)
