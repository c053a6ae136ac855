// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

import {
    assert, assertEqual, assertError, Gio, GLib, run, runUntilIdle, System, test, waitFor, ZmqGlib,
} from './tap.js';

const Code = Gio.IOErrorEnum;
const Type = ZmqGlib.SocketType;

// A server that asks for a password, and what comes to it
function setUp(name) {
    const context = new ZmqGlib.Context();
    const authenticator = ZmqGlib.Authenticator.new(context);
    const server = new ZmqGlib.Socket({context, socketType: Type.PULL, plainServer: true});
    const received = [];
    const refused = [];
    const clients = [];

    server.bind('tcp://127.0.0.1:*');
    server.connect('message-received', (_, message) =>
        received.push([message.get_string(0), message.get_metadata('User-Id')]));
    authenticator.connect('refused', (_, request, reason) =>
        refused.push([request.mechanism, request.username, reason]));

    return {
        context, authenticator, server, received, refused,
        start(username, password) {
            const client = new ZmqGlib.Socket({
                socketType: Type.PUSH,
                linger: 0,
                plainUsername: username,
                plainPassword: password,
                connectEndpoints: [server.lastEndpoint],
            });

            client.send_string(name);
            clients.push(client);
        },
        tearDown() {
            clients.forEach(client => client.close());
            server.close();
            authenticator.stop();
            runUntilIdle();
        },
    };
}

test('/js/authenticator/rules', () => {
    const fixture = setUp('rules');

    fixture.authenticator.add_plain_user('global', 'ann', 'secret');
    fixture.authenticator.allow_address(null, '127.0.0.0/8');
    fixture.start('ann', 'secret');
    fixture.start('ann', 'other');
    waitFor(() => fixture.received.length === 1 && fixture.refused.length === 1);
    assertEqual(fixture.received, [['rules', 'ann']]);
    assertEqual(fixture.refused, [['PLAIN', 'ann', 'the password is wrong']]);
    assertEqual(fixture.authenticator.nAdmitted, 1);
    assertEqual(fixture.authenticator.nRefused, 1);
    fixture.tearDown();
});

test('/js/authenticator/accept-now', () => {
    const fixture = setUp('now');
    const seen = [];

    fixture.authenticator.connect('authenticate', (_, request) => {
        seen.push([request.mechanism, request.domain, request.address, request.username,
            request.get_password(), request.publicKey, request.get_routing_id()]);
        assert(request.accept('somebody'));
        assert(!request.deny('too late'));
    });
    fixture.start('ann', 'secret');
    waitFor(() => fixture.received.length === 1);
    assertEqual(fixture.received, [['now', 'somebody']]);
    assertEqual(seen, [['PLAIN', 'global', '127.0.0.1', 'ann', 'secret', null, null]]);
    fixture.tearDown();
});

test('/js/authenticator/accept-later', () => {
    const fixture = setUp('later');
    let kept = null;

    fixture.authenticator.connect('authenticate', (_, request) => (kept = request));
    fixture.start('ann', 'secret');
    waitFor(() => kept !== null);
    for (let i = 0; i < 3; i++) {
        System.gc();
        runUntilIdle();
    }
    assertEqual(fixture.authenticator.nPending, 1);
    assert(kept.is_pending());
    assert(kept.accept(null));
    waitFor(() => fixture.received.length === 1);
    assertEqual(fixture.received, [['later', '']]);
    fixture.tearDown();
});

test('/js/authenticator/deny-after-a-while', () => {
    const fixture = setUp('deny');

    fixture.authenticator.connect('authenticate', (_, request) => {
        GLib.timeout_add(GLib.PRIORITY_DEFAULT, 100, () => {
            request.deny('not you');
            return GLib.SOURCE_REMOVE;
        });
    });
    fixture.start('ann', 'secret');
    waitFor(() => fixture.refused.length === 1);
    assertEqual(fixture.refused, [['PLAIN', 'ann', 'not you']]);
    assertEqual(fixture.received, []);
    fixture.tearDown();
});

test('/js/authenticator/forgotten', () => {
    const fixture = setUp('forgotten');

    fixture.authenticator.timeout = 200;
    fixture.authenticator.connect('authenticate', () => System.gc());
    fixture.start('ann', 'secret');
    waitFor(() => fixture.refused.length === 1);
    assertEqual(fixture.refused, [['PLAIN', 'ann', 'nobody answered in time']]);
    fixture.tearDown();
});

test('/js/authenticator/certificates', () => {
    const fixture = setUp('certificates');
    const [certificate, client] = [new ZmqGlib.Certificate(), new ZmqGlib.Certificate()];
    const folder = GLib.dir_make_tmp('zmqg-XXXXXX');
    const file = Gio.File.new_for_path(`${folder}/client.key`);
    const removed = [];
    const server = new ZmqGlib.Socket({
        context: fixture.context,
        socketType: Type.PULL,
        curveServer: true,
        curveSecretKey: certificate.get_secret_key(),
        bindEndpoints: ['tcp://127.0.0.1:*'],
    });
    const userIds = [];

    server.connect('message-received', (_, message) =>
        userIds.push(message.get_metadata('User-Id')));
    fixture.authenticator.connect('certificate-removed', (_, ...rest) => removed.push(rest));
    fixture.authenticator.set_certificate_directory('global', Gio.File.new_for_path(folder));
    client.save_public(file);
    const push = new ZmqGlib.Socket({
        socketType: Type.PUSH,
        linger: 0,
        curveServerKey: certificate.get_public_key(),
        curvePublicKey: client.get_public_key(),
        curveSecretKey: client.get_secret_key(),
        connectEndpoints: [server.lastEndpoint],
    });
    push.send_string('hello');
    waitFor(() => userIds.length === 1);
    assertEqual(userIds, [client.get_public_key()]);
    file.delete(null);
    waitFor(() => removed.length === 1);
    assertEqual(removed, [['global', client.get_public_key(), ['127.0.0.1']]]);
    GLib.rmdir(folder);
    push.close();
    server.close();
    fixture.tearDown();
});

test('/js/authenticator/errors', () => {
    const fixture = setUp('errors');

    assertError(Gio.IOErrorEnum, Code.EXISTS, () => ZmqGlib.Authenticator.new(fixture.context));
    assertError(Gio.IOErrorEnum, Code.INVALID_ARGUMENT,
        () => fixture.authenticator.deny_address(null, 'localhost'));
    fixture.tearDown();
    assert(!fixture.authenticator.running);
});

run();
