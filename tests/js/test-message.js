// SPDX-FileCopyrightText: 2026 The zmqglib developers
// SPDX-License-Identifier: LGPL-2.1-or-later

import {
    assert, assertEqual, assertError, bytesOf, framesOf, Gio, GLib, run, System, test, ZmqGlib,
} from './tap.js';

const Code = Gio.IOErrorEnum;

test('/js/message/build', () => {
    const message = ZmqGlib.Message.new_string('strïng');

    message.append_bytes(new GLib.Bytes(new Uint8Array([1, 0, 255])));
    message.append_data(new Uint8Array([0, 7]));
    message.append_string('');
    message.append_variant(new GLib.Variant('y', 7));
    message.prepend_bytes(new GLib.Bytes(bytesOf('head')));
    assertEqual(framesOf(message), [bytesOf('head'), bytesOf('strïng'), [1, 0, 255], [0, 7], [],
        [7]]);
    assertEqual(message.get_n_frames(), 6);
    assertEqual(message.get_size(), 4 + 7 + 3 + 2 + 1);
});

test('/js/message/constructors', () => {
    assertEqual(framesOf(ZmqGlib.Message.new()), []);
    assertEqual(framesOf(ZmqGlib.Message.new_data(new Uint8Array([5]))), [[5]]);
    assertEqual(framesOf(ZmqGlib.Message.new_strv(['a', '', 'b'])),
        [bytesOf('a'), [], bytesOf('b')]);
});

test('/js/message/read', () => {
    const message = ZmqGlib.Message.new_strv(['zwei', 'трое']);

    assertEqual(message.get_string(1), 'трое');
    assertEqual(message.to_strv(), ['zwei', 'трое']);
    assertEqual(Array.from(message.peek_frame(0)), bytesOf('zwei'));
    assertEqual(message.get_frame(2), null);
    assertEqual(message.get_metadata('Peer-Address'), null);
});

test('/js/message/variant', () => {
    const message = ZmqGlib.Message.new_variant(new GLib.Variant('(sas)', ['name', ['x', 'y']]));

    assertEqual(message.get_variant(0, null).deepUnpack(), ['name', ['x', 'y']]);
    assertEqual(message.get_variant(0, new GLib.VariantType('(sas)')).deepUnpack(),
        ['name', ['x', 'y']]);
});

test('/js/message/errors', () => {
    const message = ZmqGlib.Message.new_data(new Uint8Array([255, 254]));
    const text = assertError(Gio.IOErrorEnum, Code.INVALID_DATA, () => message.get_string(0));

    assert(text.includes('frame 0'), 'the text names the frame');
    assertError(Gio.IOErrorEnum, Code.INVALID_DATA, () => message.to_strv());
    assertError(Gio.IOErrorEnum, Code.NOT_FOUND, () => message.get_string(1));
});

test('/js/message/frames-outlive-the-message', () => {
    let message = ZmqGlib.Message.new_data(new Uint8Array(100000).fill(3));
    const frame = message.get_frame(0);

    message = null;
    System.gc();
    const data = frame.toArray();
    assertEqual([data.length, data[0], data[99999]], [100000, 3, 3]);
});

run();
