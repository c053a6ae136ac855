// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

// Asynchronous calls, with the garbage collected in each turn

import GObject from 'gi://GObject';

import {
    assert, assertEqual, assertError, bytesOf, framesOf, Gio, GLib, Peer, run, System, test,
    ZmqGlib,
} from './tap.js';

const Code = Gio.IOErrorEnum;
const Type = ZmqGlib.SocketType;
const {IN, OUT} = GLib.IOCondition;
const DEADLINE = 20e6;

['send', 'send_with_timeout', 'receive', 'receive_with_timeout', 'flush', 'close'].forEach(name =>
    Gio._promisify(ZmqGlib.Socket.prototype, `${name}_async`, `${name}_finish`));
Gio._promisify(ZmqGlib.Context.prototype, 'terminate_async', 'terminate_finish');

function turn() {
    System.gc();
    if (!GLib.MainContext.default().iteration(false))
        GLib.usleep(500);
}

function waitFor(condition) {
    const end = GLib.get_monotonic_time() + DEADLINE;

    while (!condition()) {
        if (GLib.get_monotonic_time() > end)
            throw new Error('not in time');
        turn();
    }
}

function runFor(milliseconds) {
    const end = GLib.get_monotonic_time() + milliseconds * 1000;

    while (GLib.get_monotonic_time() < end)
        turn();
}

// What a promise comes to
function settle(promise) {
    let outcome = null;

    promise.then(value => (outcome = [value]), error => (outcome = [null, error]));
    waitFor(() => outcome !== null);
    if (outcome[1])
        throw outcome[1];
    return outcome[0];
}

// Calls func while errors of callbacks, which GJS reports as warnings, are not fatal
function withReports(func) {
    const fatal = GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);

    try {
        func();
    } finally {
        GLib.log_set_always_fatal(fatal);
    }
}

// Bound, with no peer: libzmq takes nothing
function makeSender(properties = {}) {
    return new ZmqGlib.Socket({
        socketType: Type.PUSH,
        bindEndpoints: ['tcp://127.0.0.1:*'],
        ...properties,
    });
}

function makePair(name) {
    const endpoints = [`inproc://js-async-${name}`];

    return [
        new ZmqGlib.Socket({socketType: Type.PAIR, bindEndpoints: endpoints}),
        new ZmqGlib.Socket({socketType: Type.PAIR, connectEndpoints: endpoints}),
    ];
}

// A PULL that connects to a socket of ours
function makeSink(socket, program) {
    return new Peer(`
bind(zmq.PAIR)
socket = zmq.Context.instance().socket(zmq.PULL)
socket.rcvtimeo = 20000
socket.rcvhwm = 1
socket.connect("${socket.lastEndpoint}")
${program}
`);
}

test('/js/async/receive', () => {
    const [socket, peer] = makePair('receive');
    const received = [];

    for (let i = 0; i < 10; i++)
        socket.receive_async(null).then(message => received.push(message.get_string(0)));
    for (let i = 0; i < 10; i++)
        peer.send_string(`${i}`);
    assertEqual(received, []);
    waitFor(() => received.length === 10);
    assertEqual(received, Array.from({length: 10}, (_, index) => `${index}`));
    peer.close();
    socket.close();
});

test('/js/async/await', () => {
    const [socket, peer] = makePair('await');
    const exchange = async () => {
        await socket.send_async(ZmqGlib.Message.new_string('question'), null);
        const question = await peer.receive_async(null);

        await peer.send_async(ZmqGlib.Message.new_string(`${question.get_string(0)}?`), null);
        return (await socket.receive_async(null)).get_string(0);
    };

    assertEqual(settle(exchange()), 'question?');
    peer.close();
    socket.close();
});

test('/js/async/receive-callback', () => {
    const [socket, peer] = makePair('callback');
    let calling = true, text = null;

    peer.send_string('text');
    socket.receive_async(null, (source, result) => {
        assert(!calling, 'from a later dispatch');
        assert(source === socket);
        text = source.receive_finish(result).get_string(0);
    });
    calling = false;
    waitFor(() => text !== null);
    assertEqual(text, 'text');
    peer.close();
    socket.close();
});

test('/js/async/cancelled-and-timed-out', () => {
    const [socket, peer] = makePair('cancelled');
    const cancellable = new Gio.Cancellable();
    const first = socket.receive_async(cancellable);

    assertError(Gio.IOErrorEnum, Code.TIMED_OUT,
        () => settle(socket.receive_with_timeout_async(20, null)));
    cancellable.cancel();
    assertError(Gio.IOErrorEnum, Code.CANCELLED, () => settle(first));

    const sender = makeSender();
    let code = null;
    sender.send_async(ZmqGlib.Message.new_string('1'), null).catch(error => (code = error.code));
    assertError(Gio.IOErrorEnum, Code.TIMED_OUT, () => settle(
        sender.send_with_timeout_async(ZmqGlib.Message.new_string('2'), 20, null)));
    sender.close();
    waitFor(() => code !== null);
    assertEqual(code, Code.CLOSED);
    peer.close();
    socket.close();
});

test('/js/async/send-and-flush', () => {
    const socket = makeSender();
    const sent = [];

    for (let i = 0; i < 5; i++) {
        socket.send_async(ZmqGlib.Message.new_string(`${i}`), null)
            .then(done => sent.push(done));
    }
    socket.flush_async(null).then(() => sent.push('flushed'));
    runFor(20);
    assertEqual(sent, []);

    const sink = makeSink(socket, 'print([socket.recv() for _ in range(5)], flush=True)');
    waitFor(() => sent.length === 6);
    assertEqual(sent, [true, true, true, true, true, 'flushed']);
    assertEqual(sink.readLine(), "[b'0', b'1', b'2', b'3', b'4']");
    sink.finish();
    socket.close();
});

test('/js/async/close', () => {
    const socket = makeSender({linger: -1});
    const cancellable = new Gio.Cancellable();
    const story = [];

    socket.connect('send-failed', () => story.push('failed'));
    socket.connect('closed', () => story.push('closed'));
    socket.send_string('plain');
    socket.send_async(ZmqGlib.Message.new_string('async'), null)
        .catch(error => story.push(error.code));
    const closing = socket.close_async(cancellable);
    runFor(20);
    assertError(Gio.IOErrorEnum, Code.CLOSED, () => socket.send_string('late'));
    cancellable.cancel();
    assertError(Gio.IOErrorEnum, Code.CANCELLED, () => settle(closing));
    assert(!socket.closed);

    socket.send_string('again');
    socket.linger = 20;
    const nUnsent = settle(socket.close_async(null));
    assertEqual(Array.isArray(nUnsent) ? nUnsent : [nUnsent], [3]);
    waitFor(() => story.includes('closed'));
    assertEqual(story.filter(word => word !== Code.CLOSED), ['failed', 'failed', 'closed']);
    assertEqual(story.filter(word => word === Code.CLOSED).length, 1);
});

test('/js/async/terminate', () => {
    const context = new ZmqGlib.Context();
    const socket = new ZmqGlib.Socket({context, socketType: Type.PULL});
    let code = null;

    socket.receive_async(null).catch(error => (code = error.code));
    settle(context.terminate_async(null));
    waitFor(() => code !== null);
    assertEqual(code, Code.CLOSED);
    assert(socket.closed);
});

test('/js/async/push-write', () => {
    const socket = makeSender({sendHighWaterMark: 1});
    let made = 0;

    socket.push_write(source => {
        assert(source === socket);
        return made < 50 ? ZmqGlib.Message.new_string(`${made++}`) : null;
    });
    runFor(20);
    assertEqual(made, 0);
    const sink = makeSink(socket, `
assert [int(socket.recv()) for _ in range(50)] == list(range(50))
print("all", flush=True)`);
    waitFor(() => made === 50);
    assertEqual(sink.readLine(), 'all');
    sink.finish();
    socket.close();
});

test('/js/async/push-write-closed', () => {
    const socket = makeSender();

    // The producer goes with the socket, while its garbage is collected
    socket.push_write(() => {
        throw new Error('never called');
    });
    runFor(10);
    socket.close();
    runFor(20);
});

test('/js/async/source-callback', () => {
    const [socket, peer] = makePair('source');
    const source = socket.create_source(IN, null);
    const texts = [];

    source.set_callback(() => {
        texts.push(socket.try_receive().get_string(0));
        return texts.length < 2;
    });
    source.attach(null);
    runFor(10);
    assertEqual(texts, []);
    ['1', '2', '3'].forEach(text => peer.send_string(text));
    waitFor(() => texts.length === 2);
    runFor(10);
    assertEqual(texts, ['1', '2']);
    assert(source.is_destroyed());
    peer.close();
    socket.close();
});

test('/js/async/source-closure', () => {
    const [socket, peer] = makePair('closure');
    const calls = [];

    [OUT, IN | OUT].forEach(asked => {
        const source = socket.create_source(asked, null);

        GObject.source_set_closure(source, (one, condition) => {
            assert(one === socket);
            calls.push(condition);
            return GLib.SOURCE_REMOVE;
        });
        if (asked !== OUT)
            peer.send_string('text');
        source.attach(null);
        waitFor(() => calls.length === (asked === OUT ? 1 : 2));
    });
    assertEqual(calls, [OUT, IN | OUT]);
    peer.close();
    socket.close();
});

// Scenario 11: made here, dropped at once, intact at a slow receiver, then released
test('/js/async/large-buffers', () => {
    const [size, count] = [1000000, 60];
    const read = name => new TextDecoder().decode(GLib.file_get_contents(`/proc/self/${name}`)[1]);
    const resident = () => Number(read('statm').split(' ')[1]) * 4096;
    // There freed memory is kept back
    const isSanitized = read('maps').includes('libasan');
    const sums = [];
    const socket = makeSender({sendQueueLimit: count});
    let sent = 0;

    System.gc();
    const before = resident();
    for (let i = 0; i < count; i++) {
        const bytes = new GLib.Bytes(new Uint8Array(size).fill(i));
        const message = ZmqGlib.Message.new();

        sums.push(GLib.compute_checksum_for_bytes(GLib.ChecksumType.SHA256, bytes));
        message.append_bytes(bytes);
        socket.send_async(message, null).then(() => sent++);
    }
    System.gc();
    const full = resident();
    assert(full - before > count * size * 0.8, 'the messages wait');

    const sink = makeSink(socket, `
import hashlib, time
for _ in range(${count}):
    print(hashlib.sha256(socket.recv()).hexdigest(), flush=True)
    time.sleep(0.005)
`);
    waitFor(() => sent === count);
    assertEqual(sums.map(() => sink.readLine()), sums);
    sink.finish();
    waitFor(() => isSanitized || resident() < before + (full - before) / 3);
    socket.close();
});

// Scenario 23: what a callback throws is reported, and the next one is called
test('/js/async/callbacks-that-throw', () => {
    const [socket, peer] = makePair('throw');
    const texts = [];
    const received = (source, result) => {
        texts.push(source.receive_finish(result).get_string(0));
        throw new Error('expected in the log');
    };

    withReports(() => {
        for (let i = 0; i < 3; i++)
            socket.receive_async(null, received);
        ['1', '2', '3'].forEach(text => peer.send_string(text));
        waitFor(() => texts.length === 3);
        socket.push_write(() => {
            throw new Error('expected in the log');
        });
        socket.push_write(() => (texts.length++ < 4 ? ZmqGlib.Message.new_string('made') : null));
        waitFor(() => peer.condition_check(IN) !== 0);
    });
    assertEqual(texts.slice(0, 3), ['1', '2', '3']);
    assertEqual(framesOf(peer.try_receive()), [bytesOf('made')]);
    peer.close();
    socket.close();
});

run();
