#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

// A service and a client that take turns, and a request out of turn.

import GLib from 'gi://GLib';
import ZmqGlib from 'gi://ZmqGlib?version=1.0';

const words = ['one', 'two', 'three'];
const loop = new GLib.MainLoop(null, false);

function ask(client) {
    client.send_string(words[0]);
    try {
        client.send_string('and another one');
    } catch (error) {
        if (!error.matches(ZmqGlib.Error, ZmqGlib.Error.STATE))
            throw error;
        print('Only one request at a time.');
    }
}

const service = ZmqGlib.Socket.new(ZmqGlib.SocketType.REP);
service.connect('message-received', (_service, request) => {
    service.send_string(request.get_string(0).toUpperCase());
});
service.bind('tcp://127.0.0.1:*');

const client = ZmqGlib.Socket.new(ZmqGlib.SocketType.REQ);
client.connect('message-received', (_client, reply) => {
    print(`${words.shift()}: ${reply.get_string(0)}`);
    if (words.length > 0)
        ask(client);
    else
        loop.quit();
});
client.connect_to(service.lastEndpoint);

ask(client);
loop.run();
