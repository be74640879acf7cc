# wheel: mypy
"""The type checker, compiled by itself."""
import mypy, mypy.api
from mypy import build
print(build.__file__.endswith(".so"), mypy.api.run(["-c", "x: int = 'a'\ndef f(a: str) -> int: return len(a) + a", "--no-incremental", "--cache-dir=/dev/null"]))
