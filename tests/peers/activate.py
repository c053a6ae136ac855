# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts a program as a service manager does that listens for it.

usage: activate.py PATH PROGRAM [ARGUMENT...]

The program becomes this process, with two listening sockets from descriptor 3 on: "web" at a free
port of 127.0.0.1, and one without a name at PATH.
"""
import os
import socket
import sys


def main():
    path, program = sys.argv[1:3]
    by_tcp = socket.create_server(("127.0.0.1", 0))
    by_path = socket.socket(socket.AF_UNIX)
    by_path.bind(path)
    by_path.listen()

    # Out of the way first: the numbers they are to have may be taken by one another
    copies = [os.dup(each.fileno()) for each in (by_tcp, by_path)]
    by_tcp.close()
    by_path.close()
    high = [os.dup2(copy, 100 + index) for index, copy in enumerate(copies)]
    for index, copy in enumerate(high):
        os.dup2(copy, 3 + index, inheritable=True)
        os.close(copy)
    for copy in copies:
        if copy not in (3, 4):
            os.close(copy)

    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="web:")
    os.execv(program, sys.argv[2:])


main()
