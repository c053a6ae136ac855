# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library exports what its public headers declare, no more and no less.

usage: check-symbols.py LIBRARY SOURCE-ROOT BUILD-ROOT
"""
import re
import subprocess
import sys
from pathlib import Path

import tap

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
EXPORTED = re.compile(r"\bZMQG_AVAILABLE_IN_\w+\s+([^;{]*?)\(", re.DOTALL)
DECLARE = re.compile(r"\bG_DECLARE_\w+\s*\(\s*\w+\s*,\s*(\w+)")
FUNCTION = re.compile(r"\b(zmqg_\w+)\s*\(")


def declared(roots):
    """Functions declared with an export macro, and all that the public headers mention."""
    exported, mentioned = set(), set()
    for root in roots:
        for path in (root / "zmqglib").rglob("*.h"):
            if path.stem.endswith("-private"):
                continue
            text = COMMENT.sub("", path.read_text(encoding="utf-8"))
            text = re.sub(r"^\s*#.*(?:\\\n.*)*$", "", text, flags=re.MULTILINE)
            mentioned.update(FUNCTION.findall(text))
            for declaration in EXPORTED.findall(text):
                words = declaration.split()
                if words and words[0].startswith("G_DECLARE_"):
                    continue
                exported.add(words[-1].lstrip("*"))
            exported.update(f"{name}_get_type" for name in DECLARE.findall(text))
    return exported, mentioned


def symbols(library):
    output = subprocess.run(["nm", "--dynamic", "--defined-only", "--extern-only", library],
                            check=True, text=True, capture_output=True).stdout
    return {line.split()[-1].split("@")[0] for line in output.splitlines()}


def main():
    found = symbols(sys.argv[1])
    exported, mentioned = declared([Path(root) for root in sys.argv[2:]])
    plan = tap.Plan()
    plan.case("/symbols/some", [] if len(found) > 50 else [f"only {len(found)} symbols"])
    plan.case("/symbols/prefix", sorted(f"{name} is not ours to export" for name in found
                                        if not name.startswith("zmqg_")))
    plan.case("/symbols/declared", sorted(f"{name} is exported and not in a public header"
                                          for name in found - exported))
    plan.case("/symbols/exported", sorted(f"{name} is declared and not exported"
                                          for name in exported - found))
    plan.case("/symbols/macro", sorted(f"{name} has no ZMQG_AVAILABLE_IN_…"
                                       for name in mentioned - exported))
    return plan.finish()


sys.exit(main())
