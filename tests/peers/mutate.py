# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shakes hands wrongly, for a while.

usage: mutate.py SECONDS SEED SERVER-KEY MECHANISM=PORT...

Clients of pyzmq with credentials that are made up connect through here, and on the way to the
server some of their bytes are changed, repeated, left out or held back. What they sent first is
also sent again and again, changed likewise, without waiting for the server. Prints the number of
connections at the end.
"""
import random
import selectors
import socket
import struct
import sys
import time

import zmq

# Connections at a time that repeat what was recorded, for each mechanism
REPLAYS = 8
# A connection that is held back for longer is given up (s)
PATIENCE = 0.05
RECORDINGS = 50
BAD_SIZES = (b"\x02\xff\xff\xff\xff\xff\xff\xff\xff", b"\x06\x7f\xff\xff\xff\xff\xff\xff\xff",
             b"\x06\x00\x00\x00\x00\x10\x00\x00\x00", b"\x04\x00", b"\x00\xff", b"\xff" * 64)


def mutate(data, rate):
    """A copy of some bytes with about `rate` changes."""
    data = bytearray(data)
    while data and random.random() < rate / (1 + rate):
        place = random.randrange(len(data))
        kind = random.randrange(7)
        if kind == 0:
            data[place] ^= 1 << random.randrange(8)
        elif kind == 1:
            data[place] = random.choice((0, 1, 0x7f, 0x80, 0xff))
        elif kind == 2:
            del data[place:place + random.randrange(1, 40)]
        elif kind == 3:
            data[place:place] = random.randbytes(random.randrange(1, 40))
        elif kind == 4:
            data[place:place] = data[place:place + random.randrange(1, 100)]
        elif kind == 5:
            del data[place:]
        else:
            data[place:place] = random.choice(BAD_SIZES)
    return bytes(data)


def hang_up(sock):
    if random.random() < 0.3:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


class Mechanism:
    """One server, and what real clients say to it."""

    def __init__(self, shop, name, port, server_key):
        self.shop = shop
        self.name = name
        self.port = port
        self.server_key = server_key
        self.recordings = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        shop.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.client = None

    def renew_client(self):
        """Once it has been told that it is refused, a client comes no more."""
        if self.client:
            self.client.close()
        self.client = self.shop.context.socket(zmq.PUSH)
        self.client.linger = 0
        self.client.reconnect_ivl = 1
        if self.name == "plain":
            self.client.plain_username = random.randbytes(8).hex().encode()
            self.client.plain_password = b"made up"
        elif self.name == "curve":
            public, secret = zmq.curve_keypair()
            self.client.curve_publickey = public
            self.client.curve_secretkey = secret
            self.client.curve_serverkey = self.server_key
        self.client.connect("tcp://127.0.0.1:%d" % self.listener.getsockname()[1])
        self.client.send(b"mutated", zmq.DONTWAIT)

    def accept(self, _):
        try:
            client, _address = self.listener.accept()
        except OSError:
            return
        server = self.shop.connect(self.port)
        if server is None:
            client.close()
            return
        Relay(self, client, server)

    def replay(self):
        server = self.shop.connect(self.port)
        if server is not None:
            Replay(self, server)


class Relay:
    """A client's connection, changed on its way."""

    def __init__(self, mechanism, client, server):
        self.shop = mechanism.shop
        self.mechanism = mechanism
        self.client, self.server = client, server
        self.rate = random.choice((0, 0.1, 0.3, 1))
        self.recorded = []
        client.setblocking(False)
        self.shop.selector.register(client, selectors.EVENT_READ, self.from_client)
        self.shop.selector.register(server, selectors.EVENT_READ, self.from_server)
        self.shop.add(self, 4 * PATIENCE)

    def from_client(self, _):
        try:
            data = self.client.recv(65536)
            self.recorded.append(data)
            if data:
                self.server.send(mutate(data, self.rate))
        except OSError:
            data = b""
        if not data:
            self.shop.remove(self)

    def from_server(self, _):
        try:
            data = self.server.recv(65536)
            if data:
                self.client.send(data)
        except OSError:
            data = b""
        if not data:
            self.shop.remove(self)

    def close(self):
        for sock in (self.client, self.server):
            self.shop.selector.unregister(sock)
            hang_up(sock)
        recordings = self.mechanism.recordings
        if len(recordings) < RECORDINGS:
            recordings.append(self.recorded)
        else:
            recordings[random.randrange(RECORDINGS)] = self.recorded


class Replay:
    """A recording, sent again; what the server says is not heard."""

    def __init__(self, mechanism, server):
        self.shop = mechanism.shop
        self.mechanism = mechanism
        self.server = server
        self.parts = [mutate(part, 1) for part in random.choice(mechanism.recordings)]
        if random.random() < 0.2:
            random.shuffle(self.parts)
        self.shop.selector.register(server, selectors.EVENT_READ, self.from_server)
        self.shop.add(self, PATIENCE)
        self.send_part()

    def send_part(self):
        try:
            if self.parts:
                self.server.send(self.parts.pop(0))
        except OSError:
            pass

    def from_server(self, _):
        try:
            data = self.server.recv(65536)
        except OSError:
            data = b""
        if data:
            self.send_part()
        else:
            self.shop.remove(self)

    def close(self):
        self.shop.selector.unregister(self.server)
        hang_up(self.server)
        self.shop.wants_replay.append(self.mechanism)


class Shop:
    def __init__(self):
        self.context = zmq.Context()
        self.selector = selectors.DefaultSelector()
        self.ends = {}
        self.wants_replay = []
        self.count = 0

    def connect(self, port):
        try:
            sock = socket.create_connection(("127.0.0.1", port), timeout=2)
        except OSError:
            return None
        sock.setblocking(False)
        self.count += 1
        return sock

    def add(self, connection, seconds):
        self.ends[connection] = time.monotonic() + seconds

    def remove(self, connection):
        if self.ends.pop(connection, None) is not None:
            connection.close()

    def turn(self):
        for key, _ in self.selector.select(0.01):
            if key.fileobj.fileno() >= 0:
                key.data(None)
        now = time.monotonic()
        for connection, end in list(self.ends.items()):
            if end < now:
                self.remove(connection)
        waiting, self.wants_replay = self.wants_replay, []
        for mechanism in waiting:
            mechanism.replay()


def main():
    end = time.monotonic() + float(sys.argv[1])
    random.seed(int(sys.argv[2]))
    shop = Shop()
    mechanisms = []
    for argument in sys.argv[4:]:
        name, port = argument.split("=")
        mechanisms.append(Mechanism(shop, name, int(port), sys.argv[3].encode()))

    renewal = 0
    while time.monotonic() < end:
        if time.monotonic() > renewal:
            renewal = time.monotonic() + 0.1
            for mechanism in mechanisms:
                mechanism.renew_client()
                if mechanism.recordings and mechanism not in shop.wants_replay:
                    missing = REPLAYS - sum(isinstance(each, Replay) and
                                            each.mechanism is mechanism for each in shop.ends)
                    shop.wants_replay += [mechanism] * missing
        shop.turn()
    print(shop.count, flush=True)
    for mechanism in mechanisms:
        mechanism.client.close()
    shop.context.term()


main()
