#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""One publisher and two subscribers, each of which wants to hear of something else."""

import gi
gi.require_version('ZmqGlib', '1.0')
from gi.repository import GLib, ZmqGlib

NEWS = [
    ('weather', 'rain'),
    ('sport', 'Harz 2, Elbe 1'),
    ('weather', 'sunshine'),
    ('gossip', 'nobody asked'),
]

loop = GLib.MainLoop()
subscriptions = []
received = []


def on_news(subscriber, message, name):
    topic, text = message.to_strv()
    print(f'{name} hears of the {topic}: {text}')
    received.append(text)
    if len(received) == 3:
        loop.quit()


# An XPUB is a PUB that is told of subscriptions: before the last one, there is nobody to hear
def on_subscription(publisher, message):
    subscriptions.append(message)
    if len(subscriptions) == 2:
        for item in NEWS:
            publisher.send_strv(item)


def subscribe(name, topic, endpoint):
    subscriber = ZmqGlib.Socket(socket_type=ZmqGlib.SocketType.SUB,
                                subscriptions=[topic], connect_endpoints=[endpoint])
    subscriber.connect('message-received', on_news, name)
    return subscriber


publisher = ZmqGlib.Socket(socket_type=ZmqGlib.SocketType.XPUB)
publisher.bind('tcp://127.0.0.1:*')
publisher.connect('message-received', on_subscription)

anna = subscribe('Anna', 'weather', publisher.props.last_endpoint)
bert = subscribe('Bert', 'sport', publisher.props.last_endpoint)
loop.run()
