// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

// A client of zeromq.js that sends one message, and tells what becomes of its connection
//
// usage: client.js ENDPOINT TEXT [OPTION=VALUE…]
//
// Prints the event that ended the handshake, and lives until its input ends.

'use strict';

const {Push} = require('zeromq');

const [endpoint, text, ...options] = process.argv.slice(2);
const socket = new Push({linger: 0});

for (const option of options) {
    const [, name, value] = option.match(/^(\w+)=(.*)$/s);
    socket[name] = value;
}
for (const event of ['handshake', 'handshake:error:auth', 'handshake:error:protocol',
    'handshake:error:other'])
    socket.events.on(event, details => console.log(event, details.error?.status ?? ''));
socket.connect(endpoint);
socket.send(text).catch(() => null);
process.stdin.resume();
// Whoever does not close it loses it to the garbage collector
process.stdin.on('end', () => socket.close());
