# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Certificates from Python, and their files between implementations."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import tap
from zmqgtest import GIO, Gio, GLib, ZmqGlib, expect_error, run_until_idle, wait_for
import zmq.auth

Code = Gio.IOErrorEnum
CZMQ = Path(__file__).parent.parent / "peers" / "czmq.py"
NO_SECRET = "0" * 40
MISSING = 77


def in_file(path):
    return Gio.File.new_for_path(str(path))


def load(path):
    return ZmqGlib.Certificate.load(in_file(path), None)


def keys_of(certificate):
    return certificate.get_public_key(), certificate.get_secret_key()


def metadata_of(certificate):
    return {name: certificate.get_metadata(name) for name in certificate.list_metadata()}


@unittest.skipUnless(ZmqGlib.has_capability("curve"), "this libzmq was built without CURVE")
class Certificate(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="zmqg-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def czmq(self, *arguments):
        run = subprocess.run([sys.executable, CZMQ, *arguments], text=True, capture_output=True)
        if run.returncode == MISSING:
            self.skipTest("there is no czmq")
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout.splitlines()

    def test_object(self):
        certificate = ZmqGlib.Certificate()
        self.assertTrue(certificate.has_secret_key())
        self.assertEqual(certificate.props.public_key, certificate.get_public_key())
        same = ZmqGlib.Certificate.new_from_keys(*keys_of(certificate))
        self.assertEqual(keys_of(same), keys_of(certificate))
        half = ZmqGlib.Certificate(public_key=certificate.props.public_key)
        self.assertEqual(keys_of(half), (certificate.props.public_key, None))
        certificate.set_metadata("name", "Ängström")
        certificate.set_metadata("gone", "x")
        certificate.set_metadata("gone", None)
        self.assertEqual(metadata_of(certificate), {"name": "Ängström"})
        self.assertIsNone(certificate.get_metadata("gone"))

    def test_errors(self):
        certificate = ZmqGlib.Certificate.new()
        expect_error(self, GIO, Code.INVALID_ARGUMENT, ZmqGlib.Certificate.new_from_keys,
                     "short", None)
        bad = ZmqGlib.Certificate(public_key="short")
        expect_error(self, GIO, Code.INVALID_ARGUMENT, bad.init, None)
        expect_error(self, GIO, Code.INVALID_ARGUMENT, bad.save_public,
                     in_file(self.folder / "bad.key"))
        text = expect_error(self, GIO, Code.NOT_FOUND, load, self.folder / "missing.key")
        self.assertIn("missing.key", text)
        certificate.set_metadata("two words", "x")
        text = expect_error(self, GIO, Code.INVALID_ARGUMENT, certificate.save_secret,
                            in_file(self.folder / "a.key"))
        self.assertIn("two words", text)

    def load_async(self, path, cancellable=None):
        outcome = []

        def done(source, result):
            self.assertIsNone(source)
            try:
                outcome.append(ZmqGlib.Certificate.load_finish(result))
            except GLib.Error as error:
                outcome.append(error)

        ZmqGlib.Certificate.load_async(in_file(path), cancellable, done)
        self.assertEqual(outcome, [])
        return outcome

    def test_load_async(self):
        certificate = ZmqGlib.Certificate()
        certificate.save_secret(in_file(self.folder / "a.key_secret"))
        good = self.load_async(self.folder / "a.key")
        missing = self.load_async(self.folder / "b.key")
        cancellable = Gio.Cancellable()
        cancelled = self.load_async(self.folder / "a.key", cancellable)
        cancellable.cancel()
        wait_for(lambda: good and missing and cancelled)
        self.assertEqual(keys_of(good[0]), keys_of(certificate))
        self.assertTrue(missing[0].matches(GIO, Code.NOT_FOUND))
        self.assertTrue(cancelled[0].matches(GIO, Code.CANCELLED))
        run_until_idle()
        self.assertEqual([len(good), len(missing), len(cancelled)], [1, 1, 1])

    def test_load_async_context(self):
        """The callback comes where the call was made."""
        ZmqGlib.Certificate().save_public(in_file(self.folder / "a.key"))
        context = GLib.MainContext.new()
        context.push_thread_default()
        try:
            outcome = self.load_async(self.folder / "a.key")
        finally:
            context.pop_thread_default()
        for _ in range(3):
            run_until_idle()
        self.assertEqual(outcome, [])
        wait_for(lambda: outcome, context)
        self.assertFalse(outcome[0].has_secret_key())

    def test_read_by_pyzmq(self):
        certificate = ZmqGlib.Certificate()
        certificate.set_metadata("name", "a # \"b\"")
        certificate.save_public(in_file(self.folder / "a.key"))
        certificate.save_secret(in_file(self.folder / "a.key_secret"))
        public, secret = (key.encode() for key in keys_of(certificate))
        self.assertEqual(zmq.auth.load_certificate(self.folder / "a.key"), (public, None))
        self.assertEqual(zmq.auth.load_certificate(self.folder / "a.key_secret"), (public, secret))
        self.assertEqual(zmq.auth.load_certificates(self.folder), {public: True})

    def test_written_by_pyzmq(self):
        public_path, secret_path = zmq.auth.create_certificates(
            self.folder, "b", {"name": "b", "full name": "b # c", "note": "x#y"})
        os.chmod(secret_path, 0o600)
        keys = tuple(key.decode() for key in zmq.auth.load_certificate(secret_path))
        for path in public_path, secret_path:
            certificate = load(path)
            self.assertEqual(keys_of(certificate), keys)
            self.assertEqual(metadata_of(certificate),
                             {"name": "b", "full name": "b", "note": "x#y"})
        os.remove(secret_path)
        self.assertEqual(keys_of(load(public_path)), (keys[0], None))

    def test_read_by_czmq(self):
        certificate = ZmqGlib.Certificate()
        certificate.set_metadata("name", "it's # 1")
        certificate.set_metadata("note", "\"quoted\"")
        certificate.set_metadata("empty", "")
        path = self.folder / "a.key"
        certificate.save_public(in_file(path))
        self.assertEqual(self.czmq("load", str(path)), [certificate.get_public_key(), NO_SECRET])
        certificate.save_secret(in_file(self.folder / "a.key_secret"))
        self.assertEqual(self.czmq("load", str(path), "name", "note", "empty", "none"),
                         [*keys_of(certificate), "it's # 1", "\"quoted\"", "", ""])

    def test_written_by_czmq(self):
        path = self.folder / "c.key"
        keys = tuple(self.czmq("save", str(path), "name=it's # 1", "note=x = y"))
        for each in path, self.folder / "c.key_secret":
            certificate = load(each)
            self.assertEqual(keys_of(certificate), keys)
            self.assertEqual(metadata_of(certificate), {"name": "it's # 1", "note": "x = y"})
        os.remove(self.folder / "c.key_secret")
        self.assertEqual(keys_of(load(path)), (keys[0], None))

    def test_public_one_of_czmq(self):
        """Where it knows no secret key it writes one of zeros."""
        path = self.folder / "d.key"
        public, _ = self.czmq("save", str(path))
        with open(path, "a", encoding="utf8") as file:
            file.write(f"    secret-key = \"{NO_SECRET}\"\n")
        os.remove(self.folder / "d.key_secret")
        self.assertEqual(keys_of(load(path)), (public, None))


if __name__ == "__main__":
    sys.exit(tap.main())
