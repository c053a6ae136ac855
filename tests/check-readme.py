# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the programs in README.md and compares what they print with what README.md says.

A fenced block marked c, python or javascript is a program. Its output stands in the block marked
text, or in the comment that begins with "<!-- output", right behind it; … stands there for any text
of a line.

usage: check-readme.py README BUILD-ROOT LANGUAGE=COMMAND...
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

PROGRAM = re.compile(r"^```(c|python|javascript)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# One line of prose may stand between a program and its output
OUTPUT = re.compile(r"\n*(?:[^`<#\n][^\n]*\n+)?"
                    r"(?:```(?:text|output)\n(.*?)^```$|<!-- output\n(.*?)^-->$)",
                    re.DOTALL | re.MULTILINE)
DEADLINE = 20


def find_programs(text):
    """Yields language, line, program and what it should print, None where nothing is said."""
    for program in PROGRAM.finditer(text):
        output = OUTPUT.match(text, program.end())
        line = text.count("\n", 0, program.start()) + 1
        said = None if output is None else output[1] if output[1] is not None else output[2]
        yield program[1], line, program[2], said


def compile_c(source, cc, build):
    """Compiles like a user: with what pkg-config tells."""
    env = dict(os.environ, PKG_CONFIG_PATH=str(build / "meson-uninstalled"))
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "zmqglib-1.0"], env=env, check=True,
                           text=True, capture_output=True).stdout
    program = source.with_suffix("")
    subprocess.run([*cc, "-Wall", "-Wextra", "-Werror", "-o", program, source,
                    *shlex.split(flags)], check=True, text=True, capture_output=True)
    return [str(program)]


def command_for(language, folder, text, tools, build):
    suffix = {"c": ".c", "python": ".py", "javascript": ".js"}[language]
    source = Path(folder) / f"example{suffix}"
    source.write_text(text, encoding="utf-8")
    if language == "c":
        return compile_c(source, tools["c"], build)
    if language == "python":
        return [*tools["python"], str(source)]
    return [*tools["javascript"], "-m", str(source)]


def as_pattern(said):
    parts = [re.escape(part) for part in said.strip().split("…")]
    return re.compile("[^\n]*".join(parts))


def run_program(language, text, said, tools, build):
    """Yields what is wrong."""
    if said is None:
        yield "what it prints is not said behind it"
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            command = command_for(language, folder, text, tools, build)
            run = subprocess.run(command, cwd=folder, text=True, capture_output=True,
                                 stdin=subprocess.DEVNULL, timeout=DEADLINE)
        except subprocess.CalledProcessError as error:
            yield f"does not compile:\n{error.stderr}"
            return
        except subprocess.TimeoutExpired as error:
            yield f"still running after {DEADLINE} s, has printed {error.stdout!r}"
            return
    if run.returncode != 0:
        yield f"ended with status {run.returncode}:\n{run.stderr}"
    elif not as_pattern(said).fullmatch(run.stdout.strip()):
        yield f"printed\n{run.stdout}instead of\n{said}"
    elif run.stderr.strip():
        yield f"complained:\n{run.stderr}"


def main():
    readme, build, *commands = sys.argv[1:]
    tools = {}
    for command in commands:
        language, _, words = command.partition("=")
        tools[language] = shlex.split(words)
    plan = tap.Plan()
    seen = set()
    for language, line, text, said in find_programs(Path(readme).read_text(encoding="utf-8")):
        name = f"/readme/{language}/line-{line}"
        seen.add(language)
        if language in tools:
            plan.case(name, run_program(language, text, said, tools, Path(build)))
        else:
            plan.skip(name, "no such language here")
    for language in ("c", "python", "javascript"):
        plan.case(f"/readme/has-{language}", [] if language in seen else ["no example"])
    return plan.finish()


sys.exit(main())
