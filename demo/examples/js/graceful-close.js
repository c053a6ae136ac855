#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

// Two senders that close: one whose messages all went out, and one that has nobody to send to.

import GLib from 'gi://GLib';
import ZmqGlib from 'gi://ZmqGlib?version=1.0';

const loop = new GLib.MainLoop(null, false);
// Two messages and two ends
let nToCome = 4;

function came() {
    if (--nToCome === 0)
        loop.quit();
}

function openSender(name, endpoint) {
    const push = ZmqGlib.Socket.new(ZmqGlib.SocketType.PUSH);
    push.bind(endpoint);
    push.connect('send-failed', (_push, message) => print(`not sent: ${message.get_string(0)}`));
    push.connect('closed', () => {
        print(`closed: ${name}`);
        came();
    });
    return push;
}

const heard = openSender('the one that is heard', 'inproc://heard');
const lonely = openSender('the lonely one', 'inproc://lonely');

// Nobody is there yet: these wait in the queue
heard.send_string('first');
heard.send_string('second');
lonely.send_string('Is anybody there?');
// libzmq has all of it, and goes on sending for the time of "linger" after the close
heard.connect('drained', () => heard.close());
lonely.close();

const pull = ZmqGlib.Socket.new(ZmqGlib.SocketType.PULL);
pull.connect('message-received', (_pull, message) => {
    print(`received: ${message.get_string(0)}`);
    came();
});
pull.connect_to('inproc://heard');
loop.run();
