// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

// Scenario 27: interpreters that end in the middle of everything, each run as a program

import {assert, assertEqual, Gio, GLib, run, test} from './tap.js';

// What all of them have: sockets with operations and messages that wait, held by globals
const LIVE = `
const {Gio, GLib, GObject} = imports.gi;
imports.gi.versions.ZmqGlib = '1.0';
const {ZmqGlib} = imports.gi;
const System = imports.system;
const Type = ZmqGlib.SocketType;
const dead = 'tcp://127.0.0.1:9';
const loop = new GLib.MainLoop(null, false);

function finished() {
}

function runFor(milliseconds) {
    GLib.timeout_add(GLib.PRIORITY_DEFAULT, milliseconds, () => {
        System.gc();
        loop.quit();
        return GLib.SOURCE_REMOVE;
    });
    loop.run();
}

function attempt(func) {
    try {
        func();
    } catch (error) {
        if (!(error instanceof GLib.Error))
            throw error;
    }
}

function makeSocket(socketType) {
    const socket = new ZmqGlib.Socket({
        socketType,
        linger: -1,
        sendHighWaterMark: 1,
        bindEndpoints: ['tcp://127.0.0.1:*'],
        connectEndpoints: [dead],
    });

    for (let i = 0; i < 5; i++) {
        attempt(() => socket.send_string('text'));
        socket.send_async(ZmqGlib.Message.new_string('text'), null, finished);
        socket.receive_async(null, finished);
    }
    socket.flush_async(null, finished);
    socket.connect('message-received', finished);
    socket.connect('closed', finished);
    if (socketType !== Type.SUB && socketType !== Type.PULL)
        socket.push_write(() => null);
    return socket;
}

var sockets = [];
for (let type = 0; type < 11; type++)
    sockets.push(makeSocket(type));
`;

const PROGRAMS = {
    // What a script comes to last would be its status
    'at-once': 'undefined;',
    'after-a-loop': 'runFor(50);',
    'garbage': 'sockets.length = 0; System.gc(); runFor(30); System.gc();',
    'exit-in-a-callback': `
GLib.timeout_add(GLib.PRIORITY_DEFAULT, 20, () => System.exit(0));
runFor(5000);
System.exit(1);`,
    'exit-in-a-handler': `
const pull = new ZmqGlib.Socket({socketType: Type.PULL, bindEndpoints: ['inproc://here']});
const push = new ZmqGlib.Socket({socketType: Type.PUSH, connectEndpoints: ['inproc://here']});
pull.connect('message-received', () => System.exit(0));
push.send_string('go');
runFor(5000);
System.exit(1);`,
    'exit-in-a-result': `
const pull = new ZmqGlib.Socket({socketType: Type.PULL, bindEndpoints: ['inproc://here']});
const push = new ZmqGlib.Socket({socketType: Type.PUSH, connectEndpoints: ['inproc://here']});
pull.receive_async(null, () => System.exit(0));
push.send_string('go');
runFor(5000);
System.exit(1);`,
    'context-first': `
let context = new ZmqGlib.Context();
let late = new ZmqGlib.Socket({context, socketType: Type.PUSH, connectEndpoints: [dead]});
context = null;
System.gc();
late.send_string('text');
runFor(10);
late = null;
System.gc();
runFor(10);`,
    'closing': `
sockets[8].close_async(null, finished);
sockets[7].close();
ZmqGlib.Context.get_default().terminate_async(null, finished);
runFor(20);`,
    'disposed': `
sockets.forEach(socket => socket.run_dispose());
runFor(20);`,
    'source': `
const source = sockets[5].create_source(GLib.IOCondition.IN, null);
GObject.source_set_closure(source, () => true);
source.attach(null);
runFor(10);`,
};

// The last references go, with messages that nobody took
const DROPPED = `
(() => {
    const socket = new ZmqGlib.Socket({
        socketType: Type.DEALER,
        bindEndpoints: ['tcp://127.0.0.1:*'],
    });

    print(socket.lastEndpoint);
    for (let i = 0; i < 17; i++)
        socket.send_string('text');
})();
System.gc();
runFor(20);
System.gc();`;

// Scenario 23: each is reported, and does not keep the next one from being called
const THROWING = `
const pull = new ZmqGlib.Socket({socketType: Type.PULL, bindEndpoints: ['inproc://here']});
const push = new ZmqGlib.Socket({socketType: Type.PUSH, connectEndpoints: ['inproc://here']});
const received = (socket, result) => {
    throw new Error('result ' + socket.receive_finish(result).get_string(0));
};
pull.receive_async(null, received);
pull.receive_async(null, received);
pull.connect('message-received', (_, message) => {
    throw new Error('signal ' + message.get_string(0));
});
['1', '2', '3', '4'].forEach(text => push.send_string(text));
runFor(50);
push.push_write(() => {
    throw new Error('producer');
});
runFor(50);`;

// What it wrote
function runProgram(program) {
    const launcher = new Gio.SubprocessLauncher({
        flags: Gio.SubprocessFlags.STDOUT_PIPE | Gio.SubprocessFlags.STDERR_PIPE,
    });

    launcher.unsetenv('G_DEBUG');
    const process = launcher.spawnv(['gjs', '-c', program]);
    const id = GLib.timeout_add(GLib.PRIORITY_DEFAULT, 10000, () => {
        process.force_exit();
        return GLib.SOURCE_CONTINUE;
    });
    const loop = new GLib.MainLoop(null, false);
    let texts = null;
    process.communicate_utf8_async(null, null, (_, result) => {
        texts = process.communicate_utf8_finish(result).slice(1);
        loop.quit();
    });
    loop.run();
    GLib.source_remove(id);
    process.wait(null);
    assert(process.get_if_exited(), `the end, not by a signal: ${texts[1]}`);
    assertEqual([process.get_exit_status(), texts[1]], [0, texts[1]]);
    return texts;
}

for (const [name, program] of Object.entries(PROGRAMS)) {
    test(`/js/exit/${name}`, () => {
        for (let i = 0; i < 2; i++) {
            const [, errors] = runProgram(LIVE + program);
            // Those may say that they are dropped with what they hold
            const lines = errors.split('\n')
                .filter(line => line !== '' && !line.includes('unsent messages'));

            assertEqual(lines, []);
        }
    });
}

test('/js/exit/dropped', () => {
    const [output, errors] = runProgram(LIVE.slice(0, LIVE.indexOf('var sockets')) + DROPPED);
    const lines = errors.trim().split('\n');

    assertEqual(lines.length, 1);
    assert(lines[0].includes('DEALER') && lines[0].includes(output.trim()), 'it is named');
    assert(/\b17\b/.test(lines[0]), 'what was lost is told');
});

test('/js/exit/throwing', () => {
    const [, errors] = runProgram(LIVE.slice(0, LIVE.indexOf('var sockets')) + THROWING);
    const thrown = errors.match(/(result|signal|producer)( \d)?(?=\n)/g);

    assertEqual(thrown, ['result 1', 'result 2', 'signal 3', 'signal 4', 'producer']);
});

run();
