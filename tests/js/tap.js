// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

// The Test Anything Protocol, and what the JavaScript tests share

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import System from 'system';
import ZmqGlib from 'gi://ZmqGlib?version=1.0';

const DEADLINE = 20000;

const cases = [];

export function test(name, func) {
    cases.push([name, func]);
}

export function run() {
    let failed = 0;

    print(`1..${cases.length}`);
    cases.forEach(([name, func], index) => {
        try {
            func();
            print(`ok ${index + 1} ${name}`);
        } catch (error) {
            failed++;
            print(`not ok ${index + 1} ${name}`);
            print(`${error.name}: ${error.message}\n${error.stack}`.replace(/^/gm, '# '));
        }
    });
    if (failed > 0)
        System.exit(1);
}

export function assert(condition, text = 'assertion') {
    if (!condition)
        throw new Error(`${text} failed`);
}

export function assertEqual(found, expected) {
    const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];

    if (left !== right)
        throw new Error(`${left} instead of ${right}`);
}

// Calls what must fail so, and returns the text
export function assertError(domain, code, func) {
    try {
        func();
    } catch (error) {
        if (!(error instanceof GLib.Error) || !error.matches(domain, code))
            throw new Error(`wrong error: ${error}`);
        return error.message;
    }
    throw new Error('no error');
}

// Runs the main context until a dispatch has made the condition true
export function waitFor(condition) {
    const context = GLib.MainContext.default();
    let late = false;
    const id = GLib.timeout_add(GLib.PRIORITY_DEFAULT, DEADLINE, () => {
        late = true;
        return GLib.SOURCE_REMOVE;
    });

    while (!condition()) {
        if (late)
            throw new Error('not in time');
        context.iteration(true);
    }
    GLib.source_remove(id);
}

export function runUntilIdle() {
    while (GLib.MainContext.default().iteration(false))
        ;
}

export function framesOf(message) {
    const frames = [];

    for (let index = 0; index < message.get_n_frames(); index++)
        frames.push(Array.from(message.get_frame(index).toArray()));
    return frames;
}

export function bytesOf(text) {
    return Array.from(new TextEncoder().encode(text));
}

// An array that the frames of each message are appended to
export function collect(socket) {
    const received = [];

    socket.connect('message-received', (_, message) => received.push(framesOf(message)));
    return received;
}

// A program of pyzmq. The endpoint it is bound to is the first line it prints.
export class Peer {
    constructor(program) {
        const launcher = new Gio.SubprocessLauncher({flags: Gio.SubprocessFlags.STDOUT_PIPE});

        // Made for the instrumented library, not for another interpreter
        launcher.unsetenv('LD_PRELOAD');
        this.process = launcher.spawnv([
            GLib.getenv('ZMQG_TEST_PYTHON') ?? '/usr/bin/python3', '-c',
            `import sys, zmq
socket = None
def bind(kind):
    global socket
    socket = zmq.Context.instance().socket(kind)
    socket.linger = 0
    socket.rcvtimeo = socket.sndtimeo = ${DEADLINE}
    print("tcp://127.0.0.1:%d" % socket.bind_to_random_port("tcp://127.0.0.1"), flush=True)
    return socket
${program}`,
        ]);
        this.output = new Gio.DataInputStream({base_stream: this.process.get_stdout_pipe()});
        this.endpoint = this.readLine();
    }

    readLine() {
        return this.output.read_line_utf8(null)[0];
    }

    finish() {
        this.process.wait(null);
        assertEqual(this.process.get_exit_status(), 0);
    }
}

export {Gio, GLib, System, ZmqGlib};
