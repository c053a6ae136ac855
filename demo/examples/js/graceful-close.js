#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

// Two senders that close: each waits until what is queued is on its way, one of them in vain.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import ZmqGlib from 'gi://ZmqGlib?version=1.0';

Gio._promisify(ZmqGlib.Socket.prototype, 'close_async');

const loop = new GLib.MainLoop(null, false);
// Two messages and two ends
let nToCome = 4;

function came() {
    if (--nToCome === 0)
        loop.quit();
}

// Nobody is there yet: the messages wait in the queue, and may do so for linger ms
function openSender(endpoint, linger) {
    const push = new ZmqGlib.Socket({socketType: ZmqGlib.SocketType.PUSH, linger});
    push.bind(endpoint);
    push.connect('send-failed', (_push, message) => print(`not sent: ${message.get_string(0)}`));
    return push;
}

async function close(push, name) {
    const [nUnsent] = await push.close_async(null);
    print(`closed: ${name}, ${nUnsent} unsent`);
    came();
}

const heard = openSender('inproc://heard', 5000);
const lonely = openSender('inproc://lonely', 200);
heard.send_string('first');
heard.send_string('second');
lonely.send_string('Is anybody there?');
close(heard, 'the one that is heard').catch(logError);
close(lonely, 'the lonely one').catch(logError);

const pull = ZmqGlib.Socket.new(ZmqGlib.SocketType.PULL);
pull.connect('message-received', (_pull, message) => {
    print(`received: ${message.get_string(0)}`);
    came();
});
pull.connect_to('inproc://heard');
loop.run();
