#!/usr/bin/gjs -m
// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

// One publisher and two subscribers, each of which wants to hear of something else.

import GLib from 'gi://GLib';
import ZmqGlib from 'gi://ZmqGlib?version=1.0';

const NEWS = [
    ['weather', 'rain'],
    ['sport', 'Harz 2, Elbe 1'],
    ['weather', 'sunshine'],
    ['gossip', 'nobody asked'],
];

const loop = new GLib.MainLoop(null, false);
let nSubscriptions = 0;
let nReceived = 0;

function subscribe(name, topic, endpoint) {
    const subscriber = new ZmqGlib.Socket({
        socketType: ZmqGlib.SocketType.SUB,
        subscriptions: [topic],
        connectEndpoints: [endpoint],
    });
    subscriber.connect('message-received', (_subscriber, message) => {
        const [subject, text] = message.to_strv();
        print(`${name} hears of the ${subject}: ${text}`);
        if (++nReceived === 3)
            loop.quit();
    });
    return subscriber;
}

const publisher = new ZmqGlib.Socket({socketType: ZmqGlib.SocketType.XPUB});
publisher.bind('tcp://127.0.0.1:*');
// An XPUB is a PUB that is told of subscriptions: before the last one, there is nobody to hear
publisher.connect('message-received', () => {
    if (++nSubscriptions === 2)
        NEWS.forEach(item => publisher.send_strv(item));
});

const anna = subscribe('Anna', 'weather', publisher.lastEndpoint);
const bert = subscribe('Bert', 'sport', publisher.lastEndpoint);
loop.run();
