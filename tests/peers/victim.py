# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Takes messages until it is killed, and prints the number of frames of each.

usage: victim.py ENDPOINT TYPE

Ends by itself when nothing has come for some seconds: nobody may be left to kill it.
"""
import sys

import zmq


def main():
    socket = zmq.Context().socket(getattr(zmq, sys.argv[2]))
    socket.rcvtimeo = 20000
    socket.linger = 0
    socket.connect(sys.argv[1])
    try:
        while True:
            print(len(socket.recv_multipart()), flush=True)
    except zmq.Again:
        pass


main()
