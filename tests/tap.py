# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Test Anything Protocol for the checks and the Python tests."""
import sys
import traceback
import unittest


class Plan:
    """Reports cases one by one and the plan at the end."""

    def __init__(self):
        self.count = 0
        self.failures = 0

    def case(self, name, problems=()):
        """One case; it failed when there are problems, each a line of text."""
        problems = list(problems)
        self.count += 1
        self.failures += bool(problems)
        print(f"{'not ' if problems else ''}ok {self.count} {name}", flush=True)
        for problem in problems:
            for line in str(problem).splitlines():
                print(f"# {line}", flush=True)

    def skip(self, name, reason):
        self.count += 1
        print(f"ok {self.count} {name} # SKIP {reason}", flush=True)

    def finish(self):
        print(f"1..{self.count}", flush=True)
        return 1 if self.failures else 0


class Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.plan = Plan()

    @staticmethod
    def name(test):
        return "/" + test.id().removeprefix("__main__.").replace(".", "/")

    def report(self, test, error):
        self.plan.case(self.name(test), ["".join(traceback.format_exception(*error))])

    def addSuccess(self, test):
        self.plan.case(self.name(test))

    def addSubTest(self, test, subtest, err):
        if err:
            self.report(subtest, err)

    def addSkip(self, test, reason):
        self.plan.skip(self.name(test), reason)

    def addError(self, test, err):
        self.report(test, err)

    def addFailure(self, test, err):
        self.report(test, err)


def main():
    """Runs the tests of the main module."""
    result = Result()
    loader = unittest.defaultTestLoader
    loader.loadTestsFromModule(sys.modules["__main__"]).run(result)
    return result.plan.finish()
