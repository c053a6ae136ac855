#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

// A source that shares tasks out to three workers, and a sink that collects their results.

import GLib from 'gi://GLib';
import ZmqGlib from 'gi://ZmqGlib?version=1.0';

const N_WORKERS = 3;
const N_TASKS = 100;
const INT64 = new GLib.VariantType('x');

// Whatever a peer sent is checked: an exception, if it is not a number
const getNumber = message => message.get_variant(0, INT64).unpack();

const sendNumber = (socket, number) =>
    socket.send(ZmqGlib.Message.new_variant(new GLib.Variant('x', number)));

class Worker {
    constructor() {
        this.results = ZmqGlib.Socket.new(ZmqGlib.SocketType.PUSH);
        this.results.connect_to('inproc://results');
        this.tasks = ZmqGlib.Socket.new(ZmqGlib.SocketType.PULL);
        this.tasks.connect('message-received', (_tasks, message) =>
            sendNumber(this.results, getNumber(message) ** 2));
        this.tasks.connect_to('inproc://tasks');
    }
}

const loop = new GLib.MainLoop(null, false);
const source = ZmqGlib.Socket.new(ZmqGlib.SocketType.PUSH);
source.bind('inproc://tasks');

let sum = 0;
let nResults = 0;
const sink = ZmqGlib.Socket.new(ZmqGlib.SocketType.PULL);
sink.connect('message-received', (_sink, message) => {
    sum += getNumber(message);
    if (++nResults === N_TASKS)
        loop.quit();
});
sink.bind('inproc://results');

const workers = Array.from({length: N_WORKERS}, () => new Worker());
for (let number = 1; number <= N_TASKS; number++)
    sendNumber(source, number);
loop.run();
print(`The sum of the first ${N_TASKS} squares is ${sum}.`);
