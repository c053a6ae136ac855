# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts the test cases in meson's JSON logs, shows what failed and ends in "N passed, N failed".

A program that speaks TAP counts as its cases, any other as one. Cases that were announced and never
reported count as failed, and so does a program that ends badly although each of its cases was fine.
"""
import json
import re
import sys

RESULT = re.compile(r"^(not )?ok\b\s*\d*\s*(?:-\s+)?(.*)$")
DIRECTIVE = re.compile(r"#\s*(skip|todo)\b(.*)$", re.IGNORECASE)
PLAN = re.compile(r"^1\.\.(\d+)(?:\s*#\s*(.*))?$")
TAIL_LINES = 40


class Program:
    def __init__(self, record):
        self.name = record["name"].split(" / ")[-1]
        self.result = record["result"]
        self.seconds = record["duration"]
        self.stdout = record.get("stdout", "")
        self.stderr = record.get("stderr", "")
        self.passed, self.failed, self.skipped = 0, [], []
        self.planned = None
        if self.result == "SKIP" and not PLAN.search(self.stdout):
            self.skipped.append(self.name)
            return
        for line in self.stdout.splitlines():
            self.read(line)
        self.settle()

    def read(self, line):
        plan, result = PLAN.match(line), RESULT.match(line)
        if plan:
            self.planned = int(plan[1])
            if self.planned == 0:
                self.skipped.append(f"{self.name}: {plan[2] or 'no cases'}")
        elif result:
            directive = DIRECTIVE.search(result[2])
            label = DIRECTIVE.sub("", result[2]).strip()
            if directive and directive[1].lower() == "skip":
                self.skipped.append(f"{label}: {directive[2].strip()}")
            elif result[1]:
                self.failed.append(label)
            else:
                self.passed += 1

    def settle(self):
        seen = self.passed + len(self.failed) + len(self.skipped)
        if self.planned is None and seen == 0:
            if self.result == "OK":
                self.passed = 1
            else:
                self.failed.append(self.result.lower())
            return
        unreported = (self.planned or 0) - seen
        if self.planned and unreported > 0:
            self.failed += [f"not reported ({self.result.lower()})"] * unreported
        if self.result not in ("OK", "SKIP") and not self.failed:
            self.failed.append(f"the program itself ({self.result.lower()})")

    def show(self):
        mark = "FAIL" if self.failed else "skip" if not self.passed else "ok"
        parts = [f"{self.passed:4} passed"]
        if self.failed:
            parts.append(f"{len(self.failed)} failed")
        if self.skipped:
            parts.append(f"{len(self.skipped)} skipped")
        print(f"  {mark:4}  {self.name:<28} {self.seconds:7.2f} s  {', '.join(parts)}")

    def explain(self):
        print(f"\n{self.name} failed:")
        for label in sorted(set(self.failed)):
            times = self.failed.count(label)
            print(f"  - {label}" + (f" ({times} times)" if times > 1 else ""))
        for title, text in (("standard output", self.stdout), ("standard error", self.stderr)):
            lines = text.rstrip().splitlines()
            if lines:
                print(f"  {title}" + (", its end:" if len(lines) > TAIL_LINES else ":"))
                print("\n".join("    " + line for line in lines[-TAIL_LINES:]))


def read_log(path):
    with open(path, encoding="utf-8", errors="replace") as log:
        return [Program(json.loads(line)) for line in log]


def main():
    programs = [program for path in sys.argv[1:] for program in read_log(path)]
    print()
    for program in sorted(programs, key=lambda each: each.name):
        program.show()
    skipped = [label for program in programs for label in program.skipped]
    if skipped:
        print("\nSkipped:")
        print("\n".join(f"  - {label}" for label in skipped))
    for program in programs:
        if program.failed:
            program.explain()
    passed = sum(program.passed for program in programs)
    failed = sum(len(program.failed) for program in programs)
    if passed + failed == 0:
        print("\nNo test ran.")
    print(f"\n{passed} passed, {failed} failed")
    return 0 if passed > 0 and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
