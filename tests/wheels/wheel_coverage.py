# wheel: coverage
"""The tracer in C."""
import os
import tempfile
import coverage
from coverage.tracer import CTracer
folder = tempfile.mkdtemp()
path = os.path.join(folder, "covered.py")
with open(path, "w") as file:
    file.write("def f(x):\n    if x:\n        return 1\n    return 2\nf(1)\n")
cover = coverage.Coverage(data_file=None, include=[path], config_file=False)
cover.set_option("run:core", "ctrace")
cover.start()
exec(compile(open(path).read(), path, "exec"), {})
cover.stop()
print(CTracer.__name__, cover.analysis(path)[1:3])
