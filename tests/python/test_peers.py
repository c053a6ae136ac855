# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Connections as Python sees them."""
import gc
import sys
import threading
import unittest

import tap
from zmqgtest import (GIO, Gio, GLib, ZmqGlib, collect, pyzmq_socket, run_until_idle, wait_for,
                      zmq)

Type = ZmqGlib.SocketType
Kind = ZmqGlib.ConnectionEventKind


def monitored(kind):
    return ZmqGlib.Socket(socket_type=kind, monitored=True, bind_endpoints=["tcp://127.0.0.1:*"])


class Peers(unittest.TestCase):
    def test_events(self):
        socket = monitored(Type.ROUTER)
        events, gone = [], []
        socket.connect("connection-event", lambda _, event: events.append(event))
        socket.connect("connection-event::disconnected", lambda _, event: gone.append(event))
        received = collect(socket)
        with pyzmq_socket(zmq.DEALER, routing_id=b"me") as peer:
            peer.connect(socket.props.last_endpoint)
            peer.send(b"hello")
            wait_for(lambda: received and socket.props.n_peers == 1)
            self.assertEqual(socket.list_peers()[0].get_socket_type(), "DEALER")
        wait_for(lambda: gone)
        gc.collect()

        self.assertEqual([event.get_kind() for event in events],
                         [Kind.LISTENING, Kind.ACCEPTED, Kind.HANDSHAKE_SUCCEEDED,
                          Kind.DISCONNECTED])
        peer = gone[0].get_peer()
        self.assertEqual(peer.get_routing_id().get_data(), b"me")
        self.assertEqual(peer.get_id(), events[1].get_peer().get_id())
        self.assertTrue(peer.get_address().startswith("tcp://127.0.0.1:"))
        self.assertEqual(gone[0].get_endpoint(), socket.props.last_endpoint)
        self.assertEqual(socket.props.n_peers, 0)
        self.assertEqual(socket.list_peers(), [])

    def test_find(self):
        socket = monitored(Type.PULL)
        peers = []
        socket.connect("message-received",
                       lambda _, message: peers.append(socket.find_peer(message)))
        with pyzmq_socket(zmq.PUSH) as peer:
            peer.connect(socket.props.last_endpoint)
            peer.send(b"one")
            peer.send(b"two")
            wait_for(lambda: len(peers) == 2)
        self.assertEqual(peers[0].get_id(), peers[1].get_id())
        self.assertIsNone(socket.find_peer(ZmqGlib.Message.new_string("own")))

    def test_failure(self):
        socket = ZmqGlib.Socket(socket_type=Type.DEALER, monitored=True, reconnect_interval=20)
        events = {}
        socket.connect("connection-event",
                       lambda _, event: events.setdefault(event.get_kind(), event))
        socket.connect_to("tcp://127.0.0.1:1")
        wait_for(lambda: Kind.CONNECT_RETRIED in events)
        self.assertGreaterEqual(events[Kind.CONNECT_RETRIED].get_interval(), 20)
        self.assertEqual(events[Kind.CONNECT_RETRIED].get_failure(), ZmqGlib.HandshakeFailure.NONE)
        self.assertIsNone(events[Kind.CONNECT_RETRIED].get_peer())
        self.assertTrue(events[Kind.CONNECT_DELAYED].get_reason())

    def test_wait(self):
        pull = ZmqGlib.Socket(socket_type=Type.PULL, bind_endpoints=["tcp://127.0.0.1:*"])
        push = ZmqGlib.Socket(socket_type=Type.PUSH, connect_endpoints=[pull.props.last_endpoint])
        results = []
        push.wait_connected_async(
            1, None, lambda socket, result: results.append(socket.wait_connected_finish(result)))
        wait_for(lambda: results)
        self.assertEqual(results, [True])

    def test_wait_too_long(self):
        socket = ZmqGlib.Socket.new(Type.PULL)
        errors = []

        def finished(_, result):
            try:
                socket.wait_connected_with_timeout_finish(result)
            except GLib.Error as error:
                errors.append(error)

        socket.wait_connected_with_timeout_async(1, 20, None, finished)
        wait_for(lambda: errors)
        self.assertTrue(errors[0].matches(GIO, Gio.IOErrorEnum.TIMED_OUT))

    def test_threads(self):
        socket = monitored(Type.PULL)
        lists = []
        thread = threading.Thread(target=lambda: lists.append(socket.list_peers()))
        with pyzmq_socket(zmq.PUSH) as peer:
            peer.connect(socket.props.last_endpoint)
            wait_for(lambda: socket.props.n_peers == 1)
            thread.start()
            thread.join()
        self.assertEqual(len(lists[0]), 1)
        del socket
        gc.collect()
        run_until_idle()
        # Peers outlive the socket
        self.assertTrue(lists[0][0].get_address().startswith("tcp://127.0.0.1:"))


if __name__ == "__main__":
    sys.exit(tap.main())
