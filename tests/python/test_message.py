# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages through the typelib."""
import gc
import sys
import unittest

import tap
from zmqgtest import GIO, Gio, GLib, ZmqGlib, expect_error, frames_of


class Message(unittest.TestCase):
    def test_build(self):
        message = ZmqGlib.Message.new_string("strïng")
        message.append_bytes(GLib.Bytes.new(b"by\0tes"))
        message.append_data(b"data\xff")
        message.append_data(b"")
        message.append_string("")
        message.append_variant(GLib.Variant("y", 7))
        message.prepend_bytes(GLib.Bytes.new(b"head"))
        self.assertEqual(frames_of(message), [b"head", "strïng".encode(), b"by\0tes", b"data\xff",
                                              b"", b"", b"\x07"])
        self.assertEqual(message.get_n_frames(), 7)
        self.assertEqual(message.get_size(), 4 + 7 + 6 + 5 + 1)

    def test_constructors(self):
        self.assertEqual(frames_of(ZmqGlib.Message.new_bytes(GLib.Bytes.new(b"\0"))), [b"\0"])
        self.assertEqual(frames_of(ZmqGlib.Message.new_data(b"\0\1")), [b"\0\1"])
        self.assertEqual(frames_of(ZmqGlib.Message.new_strv(["a", "", "b"])), [b"a", b"", b"b"])
        self.assertEqual(frames_of(ZmqGlib.Message.new()), [])

    def test_read(self):
        message = ZmqGlib.Message.new_strv(["zwei", "трое"])
        self.assertEqual(message.get_string(1), "трое")
        self.assertEqual(message.to_strv(), ["zwei", "трое"])
        self.assertEqual(bytes(message.peek_frame(0)), b"zwei")
        self.assertIsNone(message.get_frame(2))
        self.assertIsNone(message.get_metadata("Peer-Address"))

    def test_variant(self):
        value = GLib.Variant("(sa{sv})", ("name", {"x": GLib.Variant("d", 1.5)}))
        message = ZmqGlib.Message.new_variant(value)
        self.assertEqual(message.get_variant(0, None).unpack(), value.unpack())
        read = message.get_variant(0, GLib.VariantType.new("(sa{sv})"))
        self.assertEqual(read.unpack(), ("name", {"x": 1.5}))

    def test_errors(self):
        message = ZmqGlib.Message.new_data(b"\xff\xfe")
        text = expect_error(self, GIO, Gio.IOErrorEnum.INVALID_DATA, message.get_string, 0)
        self.assertIn("frame 0", text)
        expect_error(self, GIO, Gio.IOErrorEnum.INVALID_DATA, message.to_strv)
        expect_error(self, GIO, Gio.IOErrorEnum.INVALID_DATA, message.get_variant, 0,
                     GLib.VariantType.new("as"))
        expect_error(self, GIO, Gio.IOErrorEnum.NOT_FOUND, message.get_string, 1)

    def test_copy(self):
        message = ZmqGlib.Message.new_string("one")
        copy = message.copy()
        copy.append_string("two")
        self.assertEqual(frames_of(message), [b"one"])
        self.assertEqual(frames_of(copy), [b"one", b"two"])

    def test_frames_outlive_the_message(self):
        message = ZmqGlib.Message.new_data(b"x" * 100000)
        message.append_data(b"small")
        frames = [message.get_frame(0), message.get_frame(1)]
        del message
        gc.collect()
        self.assertEqual(frames[0].get_data(), b"x" * 100000)
        self.assertEqual(frames[1].get_data(), b"small")


if __name__ == "__main__":
    sys.exit(tap.main())
