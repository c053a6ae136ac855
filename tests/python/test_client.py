# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clients and services through the typelib, with pyzmq's REQ and REP at the other end."""
import sys
import threading
import unittest

import tap
from zmqgtest import GIO, Gio, GLib, ZmqGlib, frames_of, pyzmq_socket, wait_for, zmq


class Replies:
    """What requests came to: the frames, or the error."""
    def __init__(self, client):
        self.client = client
        self.ended = []

    def ask(self, *frames):
        self.client.request_async(ZmqGlib.Message.new_strv(frames), None, self.ended_cb)

    def ended_cb(self, client, result):
        try:
            self.ended.append(frames_of(client.request_finish(result)))
        except GLib.Error as error:
            self.ended.append(error)


def rep_loop(socket, n_requests):
    for _ in range(n_requests):
        socket.send_multipart([b"re:"] + socket.recv_multipart())


class Client(unittest.TestCase):
    def test_plain_rep(self):
        with pyzmq_socket(zmq.REP) as socket:
            port = socket.bind_to_random_port("tcp://127.0.0.1")
            thread = threading.Thread(target=rep_loop, args=(socket, 50))
            thread.start()
            client = ZmqGlib.Client.new(None)
            client.connect_to(f"tcp://127.0.0.1:{port}")
            replies = Replies(client)
            for number in range(50):
                replies.ask("a", "", str(number))
            wait_for(lambda: len(replies.ended) == 50)
            thread.join()
            self.assertEqual(sorted(replies.ended, key=lambda frames: int(frames[3])),
                             [[b"re:", b"a", b"", b"%d" % n] for n in range(50)])
            self.assertEqual(client.props.n_late_replies, 0)
            client.close()

    def test_not_ours(self):
        """What no request asked for is counted, and hurts nobody."""
        with pyzmq_socket(zmq.ROUTER) as socket:
            port = socket.bind_to_random_port("tcp://127.0.0.1")
            client = ZmqGlib.Client.new(None)
            client.connect_to(f"tcp://127.0.0.1:{port}")
            replies = Replies(client)
            replies.ask("question")
            wait_for(lambda: socket.poll(1))
            peer, own_id, empty, _ = socket.recv_multipart()
            for frames in ([b""], [b"", b"x"], [own_id], [own_id, b""], [own_id, b"x", b"y"],
                           [b"ZGQ1", b"", b"x"], [b"ZGQ1" + b"\xff" * 8, b"", b"x"],
                           [own_id[:8], empty, b"x"]):
                socket.send_multipart([peer] + frames)
            wait_for(lambda: client.props.n_late_replies == 8)
            self.assertEqual(replies.ended, [])
            # An error that cannot be read is an error all the same
            socket.send_multipart([peer, b"ZGE1" + own_id[4:], b"", b"ERROR", b"\xff", b"x"])
            wait_for(lambda: replies.ended)
            self.assertTrue(replies.ended[0].matches(GLib.quark_from_string("zmqg-error-quark"),
                                                     ZmqGlib.Error.PROTOCOL))
            client.close()


class Service(unittest.TestCase):
    def setUp(self):
        self.service = ZmqGlib.Service.new(None)
        self.service.bind("tcp://127.0.0.1:*")
        self.endpoint = self.service.props.socket.props.last_endpoint
        self.requests = []
        self.service.connect("request", lambda _, request: self.requests.append(request))

    def tearDown(self):
        self.requests.clear()
        self.service.close()

    def test_plain_req(self):
        with pyzmq_socket(zmq.REQ) as one, pyzmq_socket(zmq.REQ) as other:
            for socket in (one, other):
                socket.connect(self.endpoint)
            one.send_multipart([b"1", b"", b"x"])
            wait_for(lambda: len(self.requests) == 1)
            other.send(b"2")
            wait_for(lambda: len(self.requests) == 2)
            for request in reversed(self.requests):
                request.reply(request.get_message())
            self.assertEqual(other.recv_multipart(), [b"2"])
            self.assertEqual(one.recv_multipart(), [b"1", b"", b"x"])

    def test_error_for_plain_req(self):
        with pyzmq_socket(zmq.REQ) as socket:
            socket.connect(self.endpoint)
            socket.send(b"question")
            wait_for(lambda: self.requests)
            self.requests[0].reply_error(GLib.Error.new_literal(GIO, "Not here",
                                                                Gio.IOErrorEnum.NOT_FOUND))
            self.assertEqual(socket.recv_multipart(),
                             [b"ERROR", b"g-io-error-quark", b"1", b"Not here"])

    def test_no_envelope(self):
        with pyzmq_socket(zmq.DEALER) as socket:
            socket.connect(self.endpoint)
            socket.send(b"no delimiter")
            socket.send_multipart([b"nothing after it", b""])
            wait_for(lambda: self.service.props.n_invalid == 2)
            self.assertEqual(self.requests, [])


if __name__ == "__main__":
    sys.exit(tap.main())
