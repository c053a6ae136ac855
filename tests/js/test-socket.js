// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

import {
    assert, assertEqual, assertError, bytesOf, collect, framesOf, Gio, GLib, Peer, run,
    runUntilIdle, System, test, waitFor, ZmqGlib,
} from './tap.js';

const Code = Gio.IOErrorEnum;
const Type = ZmqGlib.SocketType;

test('/js/socket/types', () => {
    for (let value = 0; value < 12; value++)
        assertEqual(ZmqGlib.Socket.new(value).socketType, value);
});

test('/js/socket/construct-with-properties', () => {
    const context = new ZmqGlib.Context({ioThreads: 2});
    const socket = new ZmqGlib.Socket({
        socketType: Type.SUB,
        context,
        linger: 0,
        subscriptions: ['a', 'b'],
        bindEndpoints: ['tcp://127.0.0.1:*'],
        receiveHighWaterMark: 5,
    });

    assert(socket.context === context);
    assertEqual(socket.linger, 0);
    assertEqual(socket.receiveHighWaterMark, 5);
    assertEqual(socket.list_subscriptions(), ['a', 'b']);
    assert(/^tcp:\/\/127\.0\.0\.1:\d+$/.test(socket.lastEndpoint));
    assertEqual(socket.list_bindings(), [socket.lastEndpoint]);
    assertEqual(context.nSockets, 1);
    socket.close();
});

test('/js/socket/signals-are-not-hidden', () => {
    const socket = new ZmqGlib.Socket({socketType: Type.PULL});
    let seen = 0;
    const id = socket.connect('notify::paused', () => seen++);

    socket.paused = true;
    assertEqual(seen, 1);
    socket.disconnect(id);
    socket.paused = false;
    assertEqual(seen, 1);
});

test('/js/socket/receive', () => {
    const peer = new Peer(`
socket = bind(zmq.PUSH)
socket.send_multipart([b"one", b"", b"\\0\\xff"])
socket.send(b"two")
`);
    const socket = new ZmqGlib.Socket({socketType: Type.PULL, connectEndpoints: [peer.endpoint]});
    const received = collect(socket);

    waitFor(() => received.length === 2);
    assertEqual(received, [[bytesOf('one'), [], [0, 255]], [bytesOf('two')]]);
    socket.close();
    peer.finish();
});

test('/js/socket/messages-received', () => {
    const peer = new Peer(`
socket = bind(zmq.PUSH)
for number in range(500): socket.send(b"%d" % number)
`);
    const socket = new ZmqGlib.Socket({socketType: Type.PULL, connectEndpoints: [peer.endpoint]});
    const received = [];

    socket.connect('messages-received', (_, messages) => received.push(...messages));
    waitFor(() => received.length === 500);
    System.gc();
    assertEqual(received.map(message => Number(message.get_string(0))),
        Array.from({length: 500}, (_, index) => index));
    socket.close();
    peer.finish();
});

test('/js/socket/send-forms', () => {
    const peer = new Peer(`
socket = bind(zmq.PULL)
for _ in range(5): print(socket.recv_multipart(), flush=True)
`);
    const socket = new ZmqGlib.Socket({socketType: Type.PUSH, connectEndpoints: [peer.endpoint]});
    const message = ZmqGlib.Message.new();

    socket.send_string('string');
    socket.send_bytes(new GLib.Bytes(new Uint8Array([1, 0, 2])));
    socket.send_data(new Uint8Array([255]));
    socket.send_strv(['one', '', 'two']);
    message.append_string('head');
    message.append_data(new Uint8Array([9]));
    socket.send(message);
    assertEqual(peer.readLine(), "[b'string']");
    assertEqual(peer.readLine(), "[b'\\x01\\x00\\x02']");
    assertEqual(peer.readLine(), "[b'\\xff']");
    assertEqual(peer.readLine(), "[b'one', b'', b'two']");
    assertEqual(peer.readLine(), "[b'head', b'\\t']");
    socket.close();
    peer.finish();
});

test('/js/socket/request', () => {
    const peer = new Peer(`
socket = bind(zmq.REP)
for _ in range(3): socket.send(socket.recv().upper())
`);
    const socket = new ZmqGlib.Socket({socketType: Type.REQ, connectEndpoints: [peer.endpoint]});
    const replies = collect(socket);

    for (let number = 0; number < 3; number++) {
        socket.send_string(`request ${number}`);
        waitFor(() => replies.length === number + 1);
        assertEqual(replies[number], [bytesOf(`REQUEST ${number}`)]);
    }
    socket.close();
    peer.finish();
});

test('/js/socket/message-func', () => {
    const pull = new ZmqGlib.Socket({socketType: Type.PULL, bindEndpoints: ['inproc://js-func']});
    const push = new ZmqGlib.Socket({
        socketType: Type.PUSH,
        connectEndpoints: ['inproc://js-func'],
    });
    const received = [];

    pull.set_message_func((socket, message) => {
        assert(socket === pull);
        received.push(message.get_string(0));
    });
    push.send_string('text');
    waitFor(() => received.length === 1);
    assertEqual(received, ['text']);
    push.close();
    pull.close();
});

test('/js/socket/try-receive', () => {
    const pull = new ZmqGlib.Socket({socketType: Type.PULL, bindEndpoints: ['inproc://js-try']});
    const push = new ZmqGlib.Socket({socketType: Type.PUSH, connectEndpoints: ['inproc://js-try']});

    assertError(Gio.IOErrorEnum, Code.WOULD_BLOCK, () => pull.try_receive());
    ['1', '2', '3', '4'].forEach(text => push.send_string(text));
    assertEqual(framesOf(pull.try_receive()), [bytesOf('1')]);
    assertEqual(Array.from(pull.try_receive_data()), bytesOf('2'));
    assertEqual(pull.receive_many(10).map(message => message.get_string(0)), ['3', '4']);
    assertEqual(pull.receive_many(10).length, 0);
    push.close();
    pull.close();
});

test('/js/socket/handler-that-raises', () => {
    const pull = new ZmqGlib.Socket({socketType: Type.PULL, bindEndpoints: ['inproc://js-raise']});
    const push = new ZmqGlib.Socket({
        socketType: Type.PUSH,
        connectEndpoints: ['inproc://js-raise'],
    });
    const received = [];

    pull.connect('message-received', (_, message) => {
        received.push(message.get_string(0));
        throw new Error('expected in the log');
    });
    // GJS reports it as a warning
    const fatal = GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
    push.send_string('first');
    push.send_string('second');
    waitFor(() => received.length === 2);
    GLib.log_set_always_fatal(fatal);
    push.close();
    pull.close();
});

test('/js/socket/closed', () => {
    const socket = new ZmqGlib.Socket({socketType: Type.PULL});
    let closed = 0;

    socket.connect('closed', () => closed++);
    socket.close();
    socket.close();
    assertEqual(closed, 0);
    waitFor(() => closed > 0);
    runUntilIdle();
    assertEqual(closed, 1);
    assert(socket.closed);
    assertError(Gio.IOErrorEnum, Code.CLOSED, () => socket.bind('inproc://x'));
});

test('/js/socket/errors', () => {
    const socket = ZmqGlib.Socket.new(Type.REP);
    const text = assertError(Gio.IOErrorEnum, Code.INVALID_ARGUMENT,
        () => socket.bind('tcp://127.0.0.1:99999'));

    assert(text.includes('tcp://127.0.0.1:99999'), 'the text names the endpoint');
    assertError(ZmqGlib.Error, ZmqGlib.Error.STATE, () => socket.send_string('unasked'));
    assertError(Gio.IOErrorEnum, Code.INVALID_ARGUMENT, () => socket.set_option_int(9999, 1));

    const plain = new ZmqGlib.Socket({bindEndpoints: ['tcp://127.0.0.1:99999']});
    assertError(Gio.IOErrorEnum, Code.INVALID_ARGUMENT, () => plain.init(null));
});

test('/js/socket/collected', () => {
    const makeOne = () => new ZmqGlib.Socket({
        socketType: Type.PULL,
        bindEndpoints: ['inproc://js-collected'],
    }).close();

    // A wrapper that is collected while its last signal is due must not be called
    for (let i = 0; i < 20; i++) {
        makeOne();
        System.gc();
        runUntilIdle();
    }
});

run();
