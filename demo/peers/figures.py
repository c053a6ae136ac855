#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The other end of the main job, written with pyzmq.

It publishes figures of this machine ten times a second (PUB: topic, JSON), floods on demand (PUSH),
counts numbered messages (PULL) and answers requests (REP), whose endpoint it prints first:

  where           ["ok", JSON of the other endpoints]
  flood SECONDS   ["ok"], and then a flood
  counted         ["ok", JSON of what was counted], and counts from zero again
  echo ...        the same frames
"""

import argparse
import json
import signal
import sys
import time

import zmq

from flood import Flood
from machine import Machine

INTERVAL = 0.1


class Counter:
    """Counts numbered messages, and those that are not one more than the message before."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.messages = self.out_of_order = 0

    def add(self, message):
        self.out_of_order += int(message) != self.messages
        self.messages += 1


class Peer:
    def __init__(self, context, flood):
        self.flood = flood
        self.machine = Machine()
        self.counter = Counter()
        self.round = 0
        self.publisher, self.responder, self.sink = (
            self.open(context, kind) for kind in (zmq.PUB, zmq.REP, zmq.PULL))
        self.poller = zmq.Poller()
        self.poller.register(self.responder, zmq.POLLIN)
        self.poller.register(self.sink, zmq.POLLIN)

    @staticmethod
    def open(context, kind):
        socket = context.socket(kind)
        socket.linger = 0
        socket.bind('tcp://127.0.0.1:*')
        return socket

    def run(self, seconds):
        end = time.monotonic() + seconds
        due = time.monotonic()
        while due < end:
            wait = max(due - time.monotonic(), 0)
            ready = dict(self.poller.poll(wait * 1000))
            if self.sink in ready:
                self.count()
            if self.responder in ready:
                self.responder.send_multipart(self.answer(self.responder.recv_multipart()))
            if time.monotonic() >= due:
                self.publish()
                due += INTERVAL

    def publish(self):
        for topic, figures in self.machine.figures().items():
            figures['round'] = self.round
            self.publisher.send_multipart([topic.encode(), json.dumps(figures).encode()])
        self.round += 1

    def count(self):
        # A bounded share, lest figures and requests wait for the last message
        for _ in range(1000):
            try:
                self.counter.add(self.sink.recv(zmq.DONTWAIT))
            except zmq.Again:
                return

    def answer(self, frames):
        request, *arguments = (frame.decode() for frame in frames)
        if request == 'echo':
            return frames
        if request == 'where':
            return self.result({'figures': self.publisher.last_endpoint.decode(),
                                'flood': self.flood.endpoint,
                                'count': self.sink.last_endpoint.decode()})
        if request == 'flood' and arguments:
            self.flood.start(float(arguments[0]))
            return [b'ok']
        if request == 'counted':
            result = self.result(vars(self.counter))
            self.counter.clear()
            return result
        return [b'error', f'unknown request "{request}"'.encode()]

    @staticmethod
    def result(values):
        return [b'ok', json.dumps(values).encode()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--seconds', type=float, default=60, help='how long at most (%(default)s)')
    seconds = parser.parse_args().seconds

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Before there is a context, which does not survive a fork
    flood = Flood()
    with zmq.Context() as context:
        peer = Peer(context, flood)
        print(peer.responder.last_endpoint.decode(), flush=True)
        try:
            peer.run(seconds)
        except (KeyboardInterrupt, SystemExit):
            pass
        finally:
            context.destroy()


if __name__ == '__main__':
    main()
