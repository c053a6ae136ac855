#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

// The publisher of the main job, received in JavaScript: figures, a flood, and requests.
// usage: feed.js ENDPOINT [SECONDS]

import GLib from 'gi://GLib';
import System from 'system';
import ZmqGlib from 'gi://ZmqGlib?version=1.0';

const SPARE_SECONDS = 10;
const RATE = 10;
// Ten times the usual: no flood is an excuse, a machine that is busy otherwise may be
const LONGEST_PAUSE = 1;
// GJS 1.74 drops callbacks while one of its incremental collections is between two steps; whole
// collections in good time leave no reason for one
const COLLECT_EVERY = 20000;

const now = () => GLib.get_monotonic_time() / 1e6;
const count = n => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ' ');

class Feed {
    constructor(loop, endpoint, seconds) {
        this.loop = loop;
        this.seconds = seconds;
        this.latest = {};
        this.nFigures = this.nGaps = 0;
        this.longestPause = 0;
        this.nFlood = this.nOutOfOrder = 0;
        this.nSent = null;
        this.start = now();
        this.end = Infinity;
        this.lastFigures = this.start;

        this.figures = this.open(ZmqGlib.SocketType.SUB, this.takeFigures);
        this.figures.subscribe('');
        this.flood = this.open(ZmqGlib.SocketType.PULL, this.takeFlood);
        this.peer = this.open(ZmqGlib.SocketType.REQ, this.takeReply);
        this.peer.connect_to(endpoint);
        this.peer.send_string('where');
    }

    open(socketType, handler) {
        const socket = new ZmqGlib.Socket({socketType});
        socket.connect('message-received', (_socket, message) => handler.call(this, message));
        return socket;
    }

    takeReply(message) {
        if (message.get_n_frames() < 2) {
            this.start = now();
            return;
        }
        const where = JSON.parse(message.get_string(1));
        this.figures.connect_to(where.figures);
        this.flood.connect_to(where.flood);
        this.peer.send_strv(['flood', String(this.seconds)]);
    }

    takeFigures(message) {
        const [topic, text] = message.to_strv();
        const figures = JSON.parse(text);
        const before = this.latest[topic];
        if (before && figures.round !== before.round + 1)
            this.nGaps++;
        this.latest[topic] = figures;
        this.nFigures++;
        this.takePause();
    }

    takePause() {
        this.longestPause = Math.max(this.longestPause, now() - this.lastFigures);
        this.lastFigures = now();
    }

    takeFlood(message) {
        if (message.get_n_frames() > 1) {
            this.nSent = Number(message.get_string(1));
            this.end = now();
            this.takePause();
            this.loop.quit();
            return;
        }
        const data = message.get_frame(0).toArray();
        const number = (data[0] | data[1] << 8 | data[2] << 16 | data[3] << 24) >>> 0;
        if (number !== this.nFlood)
            this.nOutOfOrder++;
        if (++this.nFlood % COLLECT_EVERY === 0)
            System.gc();
    }

    report() {
        const rate = this.nFlood / Math.max(this.end - this.start, 1e-3);
        const sent = this.nSent === null ? 'an unknown number of' : count(this.nSent);
        const {load = {one: 0, existing: 0}, memory = {used: 0, total: 0}} = this.latest;
        const nTopics = Object.keys(this.latest).length;
        const GiB = mebibytes => (mebibytes / 1024).toFixed(1);
        print(`  figures    ${this.nFigures} messages of ${nTopics} topics, ` +
            `the longest pause ${(1000 * this.longestPause).toFixed(0)} ms`);
        print(`             the last: load ${load.one.toFixed(2)}, ${load.existing} threads, ` +
            `memory ${GiB(memory.used)} of ${GiB(memory.total)} GiB`);
        print(`  flood      ${count(this.nFlood)} of ${sent} messages received, ` +
            `${count(rate)} a second`);
        return [...this.missing()];
    }

    * missing() {
        const nRounds = this.nFigures / Math.max(Object.keys(this.latest).length, 1);
        if (nRounds < 0.8 * this.seconds * RATE || this.longestPause > LONGEST_PAUSE)
            yield `figures: they should come ${RATE} times a second`;
        if (this.nGaps > 0)
            yield `some figures: ${this.nGaps} gaps`;
        if (this.nSent === null)
            yield 'the end of the flood';
        else if (this.nFlood !== this.nSent || this.nSent === 0)
            yield `messages of the flood: ${this.nSent} sent, ${this.nFlood} received`;
        if (this.nOutOfOrder > 0)
            yield `the order of ${this.nOutOfOrder} messages`;
    }
}

const [endpoint, seconds = '2'] = ARGV;
const loop = new GLib.MainLoop(null, false);
const feed = new Feed(loop, endpoint, Number(seconds));
GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, Number(seconds) + SPARE_SECONDS, () => loop.quit());
loop.run();

print('JavaScript, through the typelib:');
const missing = feed.report();
missing.forEach(what => print(`  MISSING    ${what}`));
System.exit(missing.length > 0 ? 1 : 0);
