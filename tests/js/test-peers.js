// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

import {
    assert, assertEqual, bytesOf, collect, Gio, Peer, run, System, test, waitFor, ZmqGlib,
} from './tap.js';

const Type = ZmqGlib.SocketType;
const Kind = ZmqGlib.ConnectionEventKind;

test('/js/peers/events', () => {
    const peer = new Peer(`
socket = bind(zmq.REP)
socket.recv()
socket.send(b"yes")
socket.recv()
socket.close()
zmq.Context.instance().term()`);
    const socket = new ZmqGlib.Socket({socket_type: Type.REQ, monitored: true});
    const events = [];
    const gone = [];
    const received = collect(socket);

    socket.connect('connection-event', (_, event) => events.push(event));
    socket.connect('connection-event::disconnected', (_, event) => gone.push(event));
    socket.connect_to(peer.endpoint);
    waitFor(() => socket.n_peers === 1);
    socket.send_string('who');
    waitFor(() => received.length === 1);
    assertEqual(socket.list_peers().map(each => each.get_address()), [peer.endpoint]);
    assertEqual(socket.list_peers()[0].get_socket_type(), 'REP');
    socket.send_string('go');
    waitFor(() => gone.length === 1);
    System.gc();
    assertEqual(gone[0].get_peer().get_id(), 1);
    assert(!gone[0].get_peer().is_connected());
    assert(events.some(event => event.get_kind() === Kind.HANDSHAKE_SUCCEEDED));
    assertEqual(socket.n_peers, 0);
    peer.finish();
});

test('/js/peers/router', () => {
    const router = new ZmqGlib.Socket({
        socket_type: Type.ROUTER, monitored: true, bind_endpoints: ['tcp://127.0.0.1:*'],
    });
    const dealer = new ZmqGlib.Socket({
        socket_type: Type.DEALER, routing_id: 'dealer', connect_endpoints: [router.last_endpoint],
    });
    const peers = [];
    const gone = [];

    router.connect('message-received', (_, message) => peers.push(router.find_peer(message)));
    router.connect('connection-event::disconnected', (_, event) => gone.push(event.get_peer()));
    dealer.send_string('hello');
    waitFor(() => peers.length === 1);
    dealer.close();
    waitFor(() => gone.length === 1);
    assertEqual(Array.from(gone[0].get_routing_id().toArray()), bytesOf('dealer'));
    assertEqual(gone[0].get_id(), peers[0].get_id());
});

test('/js/peers/wait', () => {
    const pull = new ZmqGlib.Socket({
        socket_type: Type.PULL, bind_endpoints: ['tcp://127.0.0.1:*'],
    });
    const push = new ZmqGlib.Socket({
        socket_type: Type.PUSH, connect_endpoints: [pull.last_endpoint],
    });
    const cancellable = new Gio.Cancellable();
    const results = [];

    push.wait_connected_async(1, null, (socket, result) =>
        results.push(socket.wait_connected_finish(result)));
    waitFor(() => results.length === 1);
    assertEqual(results, [true]);

    pull.wait_connected_async(2, cancellable, (socket, result) => {
        try {
            socket.wait_connected_finish(result);
        } catch (error) {
            results.push(error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED));
        }
    });
    cancellable.cancel();
    waitFor(() => results.length === 2);
    assertEqual(results, [true, true]);
});

run();
