"""Runs one module of CPython's test suite and writes how each test ended: "STATE<tab>ID" a line.

    one_module.py MODULE OUT [SKIPPED]

"start" is written before a test, then "ok" or "not". SKIPPED names a file of ids to leave out. Plain text and few
imports, so that a young interpreter can run it.
"""

import os
import sys
import unittest


def identity(test):
    """The test's id; some test classes have an attribute of that name."""
    return test.id() if callable(test.id) else unittest.TestCase.id(test)


class Recorder(unittest.TestResult):
    def __init__(self, out):
        super().__init__()
        self.out = out
        self.good = False

    def line(self, state, test):
        self.out.write(state + "\t" + identity(test) + "\n")
        self.out.flush()

    def startTest(self, test):
        super().startTest(test)
        self.good = False
        self.failed = False
        self.line("start", test)

    def stopTest(self, test):
        super().stopTest(test)
        self.line("ok" if self.good and not self.failed else "not", test)

    def addSuccess(self, test):
        self.good = True

    def addExpectedFailure(self, test, error):
        self.good = True

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.failed = True


def without(suite, skipped):
    kept = []
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            kept.append(without(item, skipped))
        elif identity(item) not in skipped:
            kept.append(item)
    return suite.__class__(kept)


def main(module, out, skipped=None):
    from test import support

    support.use_resources = ["cpu", "subprocess"]
    support.verbose = 0
    if skipped is not None:
        with open(skipped) as file:
            skipped = set(file.read().split("\n"))
    suite = unittest.TestLoader().loadTestsFromName("test." + module)
    with open(out, "a", encoding="utf-8", errors="backslashreplace") as file:
        without(suite, skipped or ()).run(Recorder(file))
        file.write("end\t" + module + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)
