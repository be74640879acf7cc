"""cmath: values and errors, over ordinary and special numbers."""
import cmath
import random

random.seed(7)
parts = [0.0, -0.0, 1.0, -1.0, 0.5, 1e-320, 1e308, -1e308, 710.0, float("inf"), float("-inf"), float("nan")]
numbers = [complex(a, b) for a in parts for b in parts]
numbers += [complex(random.uniform(-9, 9), random.uniform(-9, 9)) for _ in range(40)]


def show(function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
        # The C library's last digit differs from version to version.
        result = f"{result:.12g}" if isinstance(result, (float, complex)) else repr(result)
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    print(function.__name__, args, kwargs, result)


for name in dir(cmath):
    value = getattr(cmath, name)
    if not callable(value) or name.startswith("_"):
        print(name, value if not name.startswith("_") else "")
    elif name not in ("rect", "isclose", "log", "polar"):
        for number in numbers:
            show(value, number)


class Like:
    def __complex__(self):
        return 1j


class Index:
    def __index__(self):
        return 3


for number in numbers[::7]:
    show(cmath.log, number)
    show(cmath.log, number, 2)
    show(cmath.rect, number.real, number.imag)
    show(cmath.isclose, number, 1)
for arguments in ("a",), (None,), (), (1, 2, 3):
    show(cmath.log, *arguments)
    show(cmath.rect, *arguments)
    show(cmath.sqrt, *arguments)
print(cmath.sqrt(Like()), cmath.sqrt(Index()), cmath.sqrt(True))
show(cmath.isclose, 1, 1.1, rel_tol=-1)
show(cmath.isclose, 1, 1.1, rel_tol=0.2)
show(cmath.isclose, 1, 1.1, abs_tol=0.2)
show(cmath.isclose, a=1, b=float("inf"))
