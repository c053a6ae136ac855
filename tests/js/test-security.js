// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

import {
    assert, assertEqual, assertError, bytesOf, collect, framesOf, Gio, GLib, run, runUntilIdle,
    System, test, waitFor, ZmqGlib,
} from './tap.js';

const Code = Gio.IOErrorEnum;
const Type = ZmqGlib.SocketType;

function makeFolder() {
    return Gio.File.new_for_path(GLib.dir_make_tmp('zmqg-XXXXXX'));
}

function messageOf(frames) {
    const message = ZmqGlib.Message.new();

    frames.forEach(frame => message.append_bytes(new GLib.Bytes(frame)));
    return message;
}

test('/js/security/certificate', () => {
    const folder = makeFolder();
    const file = folder.get_child('a.key_secret');
    const certificate = new ZmqGlib.Certificate();
    let loaded = null;

    certificate.set_metadata('name', 'a');
    certificate.save_secret(file);
    ZmqGlib.Certificate.load_async(folder.get_child('a.key'), null, (_, result) => {
        loaded = ZmqGlib.Certificate.load_finish(result);
    });
    assert(loaded === null);
    System.gc();
    waitFor(() => loaded !== null);
    assertEqual(loaded.publicKey, certificate.publicKey);
    assertEqual(loaded.get_secret_key(), certificate.get_secret_key());
    assertEqual(loaded.list_metadata(), ['name']);
    assertEqual(loaded.get_metadata('name'), 'a');
    file.delete(null);
    folder.delete(null);

    const half = new ZmqGlib.Certificate({publicKey: certificate.publicKey});
    assert(!half.has_secret_key());
    assertError(Gio.io_error_quark(), Code.INVALID_ARGUMENT,
        () => ZmqGlib.Certificate.new_from_keys(certificate.publicKey, half.publicKey));
});

test('/js/security/promise', () => {
    const folder = makeFolder();
    let text = null;

    Gio._promisify(ZmqGlib.Certificate, 'load_async', 'load_finish');
    ZmqGlib.Certificate.load_async(folder.get_child('none.key'), null)
        .catch(error => (text = error.message));
    waitFor(() => text !== null);
    assert(text.includes('none.key'));
    folder.delete(null);
});

test('/js/security/curve', () => {
    const context = new ZmqGlib.Context();
    const [mine, theirs] = [new ZmqGlib.Certificate(), new ZmqGlib.Certificate()];
    const handler = new ZmqGlib.Socket({
        context, socketType: Type.REP, bindEndpoints: ['inproc://zeromq.zap.01'],
    });
    const server = new ZmqGlib.Socket({context, socketType: Type.PULL});
    const client = new ZmqGlib.Socket({socketType: Type.PUSH});

    handler.connect('message-received', (socket, message) => {
        const request = framesOf(message)[1];

        socket.send(messageOf([bytesOf('1.0'), request, bytesOf('200'), bytesOf('OK'), [], []]));
    });
    server.set_curve_server(mine);
    server.bind('tcp://127.0.0.1:*');
    client.set_curve_client(theirs, mine.publicKey);
    client.connect_to(server.lastEndpoint);

    const received = collect(server);
    client.send_string('text');
    waitFor(() => received.length === 1);
    assertEqual(server.zapDomain, 'global');
    assertEqual(received, [[bytesOf('text')]]);
    [client, server, handler].forEach(socket => socket.close());
    runUntilIdle();
});

test('/js/security/connect-to-async', () => {
    const socket = new ZmqGlib.Socket({socketType: Type.PUSH});
    const outcome = [];

    Gio._promisify(ZmqGlib.Socket.prototype, 'connect_to_async');
    socket.connect_to_async('tcp://localhost:5555', null)
        .then(() => outcome.push('connected'))
        .then(() => socket.connect_to_async('nonsense', null))
        .catch(error => outcome.push(error.matches(Gio.io_error_quark(), Code.INVALID_ARGUMENT)));
    assertEqual(outcome, []);
    waitFor(() => outcome.length === 2);
    assertEqual(outcome, ['connected', true]);
    assertEqual(socket.list_connections(), ['tcp://localhost:5555']);
    socket.close();
    runUntilIdle();
});

test('/js/security/listen-fds', () => {
    const [fds, names] = ZmqGlib.listen_fds();

    assertEqual(fds ?? [], []);
    assertEqual(names, []);
});

run();
