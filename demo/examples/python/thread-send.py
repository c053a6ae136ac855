#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Four threads that send through one socket of the main loop, without a lock of their own."""

import sys
import threading

import gi
gi.require_version('ZmqGlib', '1.0')
from gi.repository import GLib, ZmqGlib

N_THREADS = 4
N_MESSAGES = 200

loop = GLib.MainLoop()
expected = [0] * N_THREADS
out_of_order = []


# Never blocks: all there is to come fits into the queue (see "send-queue-limit")
def send_messages(push, thread):
    for number in range(N_MESSAGES):
        push.send_strv([str(thread), str(number)])


# In the main loop, as every signal
def on_message(pull, message):
    thread, number = (int(text) for text in message.to_strv())
    # What one thread sent arrives in the order in which it was sent
    if number != expected[thread]:
        out_of_order.append(message)
    expected[thread] += 1
    if sum(expected) == N_THREADS * N_MESSAGES:
        loop.quit()


pull = ZmqGlib.Socket.new(ZmqGlib.SocketType.PULL)
pull.connect('message-received', on_message)
pull.bind('tcp://127.0.0.1:*')
push = ZmqGlib.Socket.new(ZmqGlib.SocketType.PUSH)
push.connect_to(pull.props.last_endpoint)

threads = [threading.Thread(target=send_messages, args=(push, i)) for i in range(N_THREADS)]
for thread in threads:
    thread.start()
loop.run()
for thread in threads:
    thread.join()

print(f'{sum(expected)} messages of {N_THREADS} threads, {len(out_of_order)} out of order')
sys.exit(1 if out_of_order else 0)
