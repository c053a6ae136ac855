# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Peers of zeromq.js, in processes of Node."""
import os
import shutil
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from zmqgtest import DEADLINE, GLib

PACKAGE = "zeromq@6"
INSTALL_TIMEOUT = 90


def install(case):
    """A folder with zeromq.js, for as long as the test case is run; skips it without npm."""
    if not shutil.which("npm") or not shutil.which("node"):
        raise unittest.SkipTest("there is no npm")
    folder = Path(tempfile.mkdtemp(prefix="zmqg-"))
    case.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
    command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund",
               "--no-save", PACKAGE]
    try:
        run = subprocess.run(command, capture_output=True, timeout=INSTALL_TIMEOUT, text=True,
                             stdin=subprocess.DEVNULL, cwd=folder)
    except subprocess.TimeoutExpired as timeout:
        raise unittest.SkipTest("npm took too long") from timeout
    if run.returncode:
        raise unittest.SkipTest(f"npm could not install {PACKAGE}")
    return folder


class Peer:
    """A process of Node, whose lines are collected while the main loop runs."""

    def __init__(self, program, folder, *arguments):
        environment = dict(os.environ, NODE_PATH=str(folder / "node_modules"))
        environment.pop("LD_LIBRARY_PATH", None)
        self.process = subprocess.Popen(["node", str(program), *arguments], text=True,
                                        env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.lines = []
        self.ended = False
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            GLib.idle_add(self.lines.append, line.rstrip("\n"))
        GLib.idle_add(setattr, self, "ended", True)

    def finish(self):
        self.process.stdin.close()
        try:
            return self.process.wait(DEADLINE)
        finally:
            self.process.kill()
            self.thread.join()
            self.process.stdout.close()
