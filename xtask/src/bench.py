"""Times CPython's front end: reads paths, one a line; writes seconds to parse and to compile them all, and peak KiB."""

import sys
import time
import warnings

warnings.simplefilter("ignore")
sources = []
for path in sys.stdin.buffer.read().split(b"\n"):
    if path:
        with open(path, "rb") as file:
            sources.append(file.read())


def run(flags):
    started = time.process_time()
    for source in sources:
        try:
            compile(source, "bench", "exec", flags, dont_inherit=True, optimize=0)
        except (SyntaxError, ValueError):
            pass
    return time.process_time() - started


def peak():
    """The most KiB held since exec; ru_maxrss would count what the parent held at the fork."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


base = peak()
compiled = min(run(0) for _ in range(2))
# AST objects cost CPython extra: parsing alone can't be seen from outside.
print(compiled, peak() - base)
