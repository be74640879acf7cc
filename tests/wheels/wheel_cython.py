# wheel: cython
"""The compiler, itself compiled."""
import os, tempfile
from Cython.Compiler import Main, Scanning
folder = tempfile.mkdtemp()
path = os.path.join(folder, "m.pyx")
with open(path, "w") as file:
    file.write("def f(int x):\n    return x * 2\n")
result = Main.compile_single(path, Main.CompilationOptions(Main.default_options), None)
print(result.num_errors, os.path.exists(os.path.join(folder, "m.c")), Scanning.__file__.endswith(".so"))
