#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The publisher of the main job, received in Python: figures, a flood, and requests.

usage: feed.py ENDPOINT [SECONDS]
"""

import json
import math
import sys
import time

import gi
gi.require_version('ZmqGlib', '1.0')
from gi.repository import GLib, ZmqGlib

SPARE_SECONDS = 10
RATE = 10
# Ten times the usual: no flood is an excuse, a machine that is busy otherwise may be
LONGEST_PAUSE = 1.0


def count(number):
    return f'{number:,.0f}'.replace(',', ' ')


class Feed:
    def __init__(self, loop, endpoint, seconds):
        self.loop = loop
        self.seconds = seconds
        self.latest = {}
        self.n_figures = self.n_gaps = 0
        self.longest_pause = 0
        self.n_flood = self.n_out_of_order = 0
        self.n_sent = None
        self.start, self.end = time.monotonic(), math.inf
        self.last_figures = self.start

        self.figures = self.open(ZmqGlib.SocketType.SUB, self.take_figures)
        self.figures.subscribe('')
        self.flood = self.open(ZmqGlib.SocketType.PULL, self.take_flood)
        self.peer = self.open(ZmqGlib.SocketType.REQ, self.take_reply)
        self.peer.connect_to(endpoint)
        self.peer.send_string('where')

    def open(self, socket_type, handler):
        socket = ZmqGlib.Socket(socket_type=socket_type)
        socket.connect('message-received', handler)
        return socket

    def take_reply(self, peer, message):
        if message.get_n_frames() < 2:
            self.start = time.monotonic()
            return
        where = json.loads(message.get_string(1))
        self.figures.connect_to(where['figures'])
        self.flood.connect_to(where['flood'])
        peer.send_strv(['flood', str(self.seconds)])

    def take_figures(self, socket, message):
        topic, text = message.to_strv()
        figures = json.loads(text)
        before = self.latest.get(topic)
        if before and figures['round'] != before['round'] + 1:
            self.n_gaps += 1
        self.latest[topic] = figures
        self.n_figures += 1
        self.take_pause()

    def take_pause(self):
        now = time.monotonic()
        self.longest_pause = max(self.longest_pause, now - self.last_figures)
        self.last_figures = now

    def take_flood(self, socket, message):
        if message.get_n_frames() > 1:
            self.n_sent = int(message.get_string(1))
            self.end = time.monotonic()
            self.take_pause()
            self.loop.quit()
            return
        number = int.from_bytes(message.get_frame(0).get_data()[:4], 'little')
        self.n_out_of_order += number != self.n_flood
        self.n_flood += 1

    def report(self):
        rate = self.n_flood / max(self.end - self.start, 1e-3)
        load, memory = self.latest.get('load', {}), self.latest.get('memory', {})
        print(f'  figures    {self.n_figures} messages of {len(self.latest)} topics, the longest '
              f'pause {1000 * self.longest_pause:.0f} ms')
        print(f'             the last: load {load.get("one", 0):.2f}, '
              f'{load.get("existing", 0)} threads, memory '
              f'{memory.get("used", 0) / 1024:.1f} of {memory.get("total", 0) / 1024:.1f} GiB')
        sent = 'an unknown number of' if self.n_sent is None else count(self.n_sent)
        print(f'  flood      {count(self.n_flood)} of {sent} messages received, '
              f'{count(rate)} a second')
        return list(self.missing())

    def missing(self):
        n_rounds = self.n_figures / max(len(self.latest), 1)
        if n_rounds < 0.8 * self.seconds * RATE or self.longest_pause > LONGEST_PAUSE:
            yield f'figures: they should come {RATE} times a second'
        if self.n_gaps:
            yield f'some figures: {self.n_gaps} gaps'
        if self.n_sent is None:
            yield 'the end of the flood'
        elif self.n_flood != self.n_sent or not self.n_sent:
            yield f'messages of the flood: {self.n_sent} sent, {self.n_flood} received'
        if self.n_out_of_order:
            yield f'the order of {self.n_out_of_order} messages'


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    loop = GLib.MainLoop()
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    feed = Feed(loop, sys.argv[1], seconds)
    GLib.timeout_add_seconds(seconds + SPARE_SECONDS, loop.quit)
    loop.run()

    print('Python, through the typelib:')
    missing = feed.report()
    for what in missing:
        print(f'  MISSING    {what}')
    sys.exit(1 if missing else 0)


main()
