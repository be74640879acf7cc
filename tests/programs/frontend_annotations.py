# PEP 649 and 695: annotations are evaluated when they are asked for.
def show(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e)


x: int = 3
y: undefined_name


def f(a: int, b: later = 2, *args: str, k: "text", **kw: float) -> list[later]: ...


show(lambda: f.__annotations__)
later = bytes
show(lambda: f.__annotations__)
show(lambda: f.__annotate__(1) == f.__annotations__)
show(lambda: f.__annotate__(2))
show(lambda: f.__annotate__.__qualname__)
show(lambda: __annotate__(1))
show(lambda: __annotations__)
undefined_name = str
show(lambda: __annotate__(1))


class C:
    a: int
    b: D
    if x:
        c: str = "x"

    def method(self) -> D: ...


show(lambda: C.__annotations__)


class D(C): ...


show(lambda: C.__annotations__)
show(lambda: D.__annotations__)
show(lambda: C.__annotate__(1))
show(lambda: D.__annotate__)
show(lambda: C.method.__annotations__)
C.__annotations__ = {"z": 1}
show(lambda: (C.__annotations__, C.__annotate__))
del C.__annotations__
show(lambda: C.__annotations__)
C.__annotate__ = lambda format: {"w": format}
show(lambda: C.__annotations__)
f.__annotate__ = lambda format: {"a": format}
show(lambda: f.__annotations__)
f.__annotations__ = {"q": 2}
show(lambda: (f.__annotate__, f.__annotations__))
show(lambda: setattr(f, "__annotate__", 3))
show(lambda: setattr(f, "__annotations__", 3))
show(lambda: delattr(f, "__annotate__"))


def generic[T: (int, str), U: undefined_bound = list[T], *Ts = *tuple[int, str], **P = [int]](a: T) -> U: ...


T, U, Ts, P = generic.__type_params__
show(lambda: generic.__type_params__)
show(lambda: T.__constraints__)
show(lambda: U.__bound__)
undefined_bound = float
show(lambda: (U.__bound__, U.__default__, U.has_default(), T.has_default()))
show(lambda: (T.__infer_variance__, T.__covariant__, T.__name__, T.__module__))
show(lambda: generic.__annotations__)
type Alias[K] = dict[K, "Alias[K]"]
show(lambda: (Alias, Alias.__value__, Alias.__type_params__, Alias.__name__, Alias.__module__))
show(lambda: (Alias[int], Alias[int].__origin__ is Alias, Alias[int].__args__))
type Plain = int | None
show(lambda: (Plain.__value__, Plain | str, str | Plain))
show(lambda: Plain[int])
show(lambda: T.evaluate_constraints(1))
for union in (lambda: (int | str) | 3, lambda: "3" | (int | str), lambda: int | "3", lambda: (int | str) | ()):
    show(union)
show(lambda: hash(int | str) == hash(str | int))
show(lambda: (isinstance(3, int | list[int]), (int | list[T])[str], (int | str).__parameters__))


class Names(dict):
    def __missing__(self, key):
        return key


show(lambda: eval("a + b", Names()))
