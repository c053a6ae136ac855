#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

// A service that answers many clients in whatever order it likes, and clients that do not wait.

import GLib from 'gi://GLib';
import ZmqGlib from 'gi://ZmqGlib?version=1.0';

const N_CLIENTS = 2;
const N_REQUESTS = 3;

const loop = new GLib.MainLoop(null, false);
const requests = [];
let nReplies = 0;

// The first frame is the client's routing id: a reply that starts with it finds its way back
function answer(service, request) {
    const reply = ZmqGlib.Message.new_string(`${request.get_string(1)} is done`);
    reply.prepend_bytes(request.get_frame(0));
    service.send(reply);
}

function openClient(name, endpoint) {
    const client = ZmqGlib.Socket.new(ZmqGlib.SocketType.DEALER);
    client.connect('message-received', (_client, reply) => {
        print(`${name}: ${reply.get_string(0)}`);
        if (++nReplies === N_CLIENTS * N_REQUESTS)
            loop.quit();
    });
    client.connect_to(endpoint);
    for (let number = 1; number <= N_REQUESTS; number++)
        client.send_string(`task ${number}`);
    return client;
}

const service = ZmqGlib.Socket.new(ZmqGlib.SocketType.ROUTER);
service.connect('message-received', (_service, request) => {
    requests.push(request);
    if (requests.length < N_CLIENTS * N_REQUESTS)
        return;
    // The last come, the first served
    while (requests.length > 0)
        answer(service, requests.pop());
});
service.bind('tcp://127.0.0.1:*');

const anna = openClient('Anna', service.lastEndpoint);
const bert = openClient('Bert', service.lastEndpoint);
loop.run();
