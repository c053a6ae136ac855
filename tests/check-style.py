# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rules of CONTRIBUTING.md that a program can check.

usage: check-style.py SOURCE-ROOT
"""
import re
import sys
from pathlib import Path

import tap

FOLDERS = ("zmqglib", "introspection", "tests", "demo", ".ci")
TOP_FILES = ("meson.build", "meson_options.txt")
C_SUFFIXES = {".c", ".h", ".cpp"}
CODE_SUFFIXES = C_SUFFIXES | {".py", ".js", ".vala", ".build"}
MAX_COLUMNS = 100
MAX_BODY = 60
MAX_FILE = 500
# A table, with the documentation of each row: to be read row by row
TABLES = {"zmqg-socket-option-table.c"}
FLOORS = ("base", "loop", "socket", "connection", "pattern")

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
FUNCTION = re.compile(r"^(\w+) \(", re.MULTILINE)
TIGHT_CALL = re.compile(r"\b(?!defined\b)[A-Za-z_]\w*\(")
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
DEFINE = re.compile(r"^(\s*#\s*define\s+\w+)\(", re.MULTILINE)


def is_code(path):
    if path.suffix in CODE_SUFFIXES or path.name.endswith(".h.in"):
        return True
    # The scripts have no suffix
    return not path.suffix and path.read_bytes().startswith(b"#!")


def code_files(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and is_code(path):
                yield path
    for name in TOP_FILES:
        yield root / name


def check_lines(path, lines):
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_COLUMNS:
            yield number, f"{len(line)} columns"
        if "\t" in line:
            yield number, "a tab"
        if line != line.rstrip():
            yield number, "trailing blanks"


def check_file(path, lines):
    head = "\n".join(lines[:6])
    if "SPDX-FileCopyrightText:" not in head or "SPDX-License-Identifier:" not in head:
        yield 1, "no SPDX header"
    if len(lines) > MAX_FILE and path.name not in TABLES:
        yield len(lines), f"{len(lines)} lines in one file"
    if lines and not lines[-1]:
        yield len(lines), "an empty line at the end"


def check_bodies(path, lines):
    """Bodies of functions: between a brace alone in the first column and its counterpart."""
    if path.suffix != ".c":
        return
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            names = FUNCTION.findall("\n".join(lines[max(0, start - 15):start - 1]))
            name = names[-1] if names else "?"
            length = number - start - 1
            if length > MAX_BODY and not name.endswith("_class_init"):
                yield start, f"{name}() has {length} lines"
            start = None
        elif line.startswith("}"):
            start = None


def check_includes(path, lines, root):
    """An include names the folder it reaches into, and points down the house or stays level."""
    parts = path.relative_to(root).parts
    if parts[0] != "zmqglib" or path.suffix not in C_SUFFIXES or len(parts) < 3:
        return
    own = FLOORS.index(parts[1])
    for number, line in enumerate(lines, 1):
        include = INCLUDE.match(line)
        if not include:
            continue
        target = include[2].split("/")
        if include[1] == '"':
            yield number, f'"{include[2]}" instead of <zmqglib/…>'
        elif target[0] == "zmqglib" and len(target) == 3 and FLOORS.index(target[1]) > own:
            yield number, f"{parts[1]}/ includes {target[1]}/, which is above it"
        elif target == ["zmqglib", "zmqglib.h"]:
            yield number, "the library includes its own umbrella header"


def check_calls(path, lines):
    """A blank stands before the parenthesis of a call."""
    if path.suffix not in C_SUFFIXES:
        return
    text = "\n".join(lines)
    text = NOT_CODE.sub(lambda found: "\n" * found[0].count("\n"), text)
    text = DEFINE.sub(r"\1 (", text)
    for number, line in enumerate(text.split("\n"), 1):
        found = TIGHT_CALL.search(line)
        if found:
            yield number, f"no blank in {found[0]!r}"


def main():
    root = Path(sys.argv[1])
    plan = tap.Plan()
    checks = {
        "lines": check_lines,
        "files": check_file,
        "bodies": check_bodies,
        "includes": lambda path, lines: check_includes(path, lines, root),
        "calls": check_calls,
    }
    problems = {name: [] for name in checks}
    for path in code_files(root):
        lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
        for name, check in checks.items():
            for number, text in check(path, lines):
                problems[name].append(f"{path.relative_to(root)}:{number}: {text}")
    for name in checks:
        plan.case(f"/style/{name}", problems[name])
    return plan.finish()


sys.exit(main())
