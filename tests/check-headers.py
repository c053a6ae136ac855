# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Public headers: complete behind the umbrella, whole in themselves, in C and in C++.

usage: check-headers.py SOURCE-ROOT BUILD-ROOT CC [CXX]
"""
import re
import subprocess
import sys
from pathlib import Path

import tap

INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.MULTILINE)
UMBRELLA = "zmqglib/zmqglib.h"
STRICT = ["-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
LANGUAGES = {"c": ["-xc", "-std=c99"], "c++": ["-xc++", "-std=c++11"]}


def public_headers(roots):
    """Public headers by the path they are included with, from sources and build."""
    headers = {}
    for root in roots:
        for path in (root / "zmqglib").rglob("*.h"):
            if not path.stem.endswith("-private"):
                headers[str(path.relative_to(root))] = path
    return dict(sorted(headers.items()))


def system_flags():
    flags = subprocess.run(["pkg-config", "--cflags", "gio-2.0"], check=True, text=True,
                           capture_output=True).stdout.split()
    # What GLib's own headers are warned of is not ours to mend
    return [flag.replace("-I", "-isystem", 1) for flag in flags]


def compile_text(compiler, language, roots, text):
    """What the compiler says of a text, nothing if all is well."""
    command = [compiler, *LANGUAGES[language], *STRICT, *system_flags()]
    command += [f"-I{root}" for root in roots] + ["-"]
    run = subprocess.run(command, input=text, text=True, capture_output=True)
    return [] if run.returncode == 0 else [run.stderr or f"status {run.returncode}"]


def check_includes(name, path, headers):
    for target in INCLUDE.findall(path.read_text(encoding="utf-8")):
        if target.endswith("-private.h"):
            yield f"{name} includes the private {target}"
        elif target == "zmq.h":
            yield f"{name} includes libzmq's zmq.h"
        elif target.split("/")[0] == "zmqglib" and target not in headers:
            yield f"{name} includes {target}, which is not there"
        elif "/" not in target and target.startswith("zmqg"):
            yield f"{name} includes {target} without its folder"


def check_umbrella(headers):
    included = INCLUDE.findall(headers[UMBRELLA].read_text(encoding="utf-8"))
    for name in headers:
        if name != UMBRELLA and name not in included:
            yield f"{UMBRELLA} does not include {name}"
    for name in {each for each in included if included.count(each) > 1}:
        yield f"{UMBRELLA} includes {name} twice"


def check_guard(name, compiler, roots):
    """A header by itself is refused, with the hint what to include."""
    found = compile_text(compiler, "c", roots, f"#include <{name}>\n")
    if not any("Only <zmqglib/zmqglib.h>" in text for text in found):
        yield f"{name} can be included directly"


def main():
    roots = [Path(sys.argv[1]), Path(sys.argv[2])]
    compilers = dict(zip(("c", "c++"), sys.argv[3:]))
    headers = public_headers(roots)
    plan = tap.Plan()

    plan.case("/headers/umbrella", check_umbrella(headers))
    for name, path in headers.items():
        plan.case(f"/headers/includes/{name}", check_includes(name, path, headers))
        if name != UMBRELLA:
            plan.case(f"/headers/guard/{name}", check_guard(name, compilers["c"], roots))
    for language in LANGUAGES:
        if language not in compilers:
            plan.skip(f"/headers/{language}", "no compiler")
            continue
        for name in headers:
            inside = "" if name == UMBRELLA else "#define ZMQG_INSIDE\n"
            text = f"{inside}#include <{name}>\n"
            plan.case(f"/headers/{language}/{name}",
                      compile_text(compilers[language], language, roots, text))
    return plan.finish()


sys.exit(main())
