# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Returns messages as they are, with a frame in front that describes what came.

usage: echo.py ENDPOINT

The frame is the number of frames and the SHA-256 of their lengths and contents. Ends at a message
of one frame, "stop".
"""
import hashlib
import sys

import zmq


def describe(frames):
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(b"%d:" % len(frame))
        digest.update(frame)
    return b"%d %s" % (len(frames), digest.hexdigest().encode())


def main():
    context = zmq.Context()
    socket = context.socket(zmq.DEALER)
    socket.linger = 5000
    socket.connect(sys.argv[1])
    while True:
        frames = socket.recv_multipart()
        if frames == [b"stop"]:
            break
        socket.send_multipart([describe(frames)] + frames)
    socket.close()
    context.term()


main()
