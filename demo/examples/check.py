# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs an example and compares what it prints with what it should print.

Lines may come in another order where two sockets receive independently of each other.

usage: check.py EXPECTED COMMAND...
"""

import difflib
import subprocess
import sys
from pathlib import Path

DEADLINE = 20


def main():
    expected = Path(sys.argv[1]).read_text().splitlines()
    result = subprocess.run(sys.argv[2:], capture_output=True, text=True, timeout=DEADLINE)
    printed = result.stdout.splitlines()
    problems = list(difflib.unified_diff(sorted(expected), sorted(printed), 'expected', 'printed',
                                         lineterm=''))
    # A warning, or an exception in a handler, does not end a program
    problems += result.stderr.splitlines()
    if result.returncode != 0:
        problems.append(f'exit status {result.returncode}')
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


main()
