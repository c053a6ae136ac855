#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

// A sender that is faster than its receiver: it is told when to stop and when to go on.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import ZmqGlib from 'gi://ZmqGlib?version=1.0';

const N_MESSAGES = 100;

const loop = new GLib.MainLoop(null, false);
let nSent = 0;
let nReceived = 0;

// Sends until nothing more fits; a refused message stays ours
function sendMore(push) {
    try {
        for (; nSent < N_MESSAGES; nSent++)
            push.send_string(`message ${nSent}`);
    } catch (error) {
        if (!error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.WOULD_BLOCK))
            throw error;
    }
}

const pull = new ZmqGlib.Socket({
    socketType: ZmqGlib.SocketType.PULL,
    bindEndpoints: ['inproc://slow'],
    receiveHighWaterMark: 10,
    paused: true,
});
pull.connect('message-received', () => {
    if (++nReceived === N_MESSAGES) {
        print(`All ${N_MESSAGES} have arrived.`);
        loop.quit();
    }
});

const push = new ZmqGlib.Socket({
    socketType: ZmqGlib.SocketType.PUSH,
    connectEndpoints: ['inproc://slow'],
    sendHighWaterMark: 10,
    sendQueueLimit: 20,
});
push.connect('writable', sendMore);
push.connect('drained', () => {
    if (nSent === N_MESSAGES)
        print(`All ${N_MESSAGES} are handed over.`);
});

sendMore(push);
print(`The receiver sleeps: full after ${nSent} messages.`);
GLib.timeout_add(GLib.PRIORITY_DEFAULT, 50, () => {
    pull.paused = false;
    return GLib.SOURCE_REMOVE;
});
loop.run();
