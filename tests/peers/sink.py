# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Takes numbered messages, slowly, and tells how many came.

usage: sink.py ENDPOINT EXPECTED DELAY

Prints "began" after the first one, and the number when EXPECTED have come or nothing has for two
seconds. DELAY is the time each takes, in µs. A number other than the next one ends it at once.
"""
import sys
import time

import zmq


def main():
    endpoint, expected, delay = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    context = zmq.Context()
    socket = context.socket(zmq.PULL)
    socket.linger = 0
    socket.rcvhwm = 10
    socket.rcvtimeo = 20000
    socket.connect(endpoint)
    count = 0
    try:
        while count < expected:
            frames = socket.recv_multipart()
            number = int.from_bytes(frames[-1][:8], sys.byteorder)
            if number != count:
                sys.exit(f"{number} instead of {count}")
            if count == 0:
                print("began", flush=True)
                socket.rcvtimeo = 2000
            count += 1
            time.sleep(delay / 1000000)
    except zmq.Again:
        pass
    print(count, flush=True)
    socket.close()
    context.term()


main()
