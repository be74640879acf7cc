"""Calling conventions, argument parsing, value building."""

import ext_calling as x
from support import call, plain

print(plain(x).split(" from ")[0], x.__doc__, x.ANSWER, x.WORD, x.METH_O, x.__name__, type(x.__loader__).__name__, type(x.__spec__).__name__)
for owner in (x, x.Methods(), x.Static, x.Static(), x.Class, x.Class(), type("Sub", (x.Methods,), {"__repr__": lambda self: "<sub>"})()):
    for name in ("noargs", "single", "varargs", "keywords", "fast", "fast_keywords"):
        method = getattr(owner, name)
        print(plain(method).split(" from ")[0], repr(method.__doc__), method.__text_signature__, method.__name__, method.__qualname__, method.__module__)
        for args, kwargs in [((), {}), ((1,), {}), ((1, 2), {}), ((), {"k": 1}), ((1,), {"k": 1, "z": 2})]:
            try:
                result = method(*args, **kwargs)
            except Exception as error:
                print("  raises", type(error).__name__, error)
            else:
                print("  ", plain(result).split(" from ")[0])
m = x.Methods()
call(m.with_class, 1, a=2)
class Sub(x.Methods):
    def with_class(self):
        return super().with_class("sub")
call(Sub().with_class)
for name in ("noargs", "single", "with_class"):
    print(plain(getattr(x.Methods, name)), getattr(x.Methods, name).__qualname__, plain(getattr(x.Methods, name).__objclass__))
call(x.Methods.noargs)
call(x.Methods.noargs, 5)
call(x.Methods.single, m)
call(x.make_wrong)
try:
    x.null_without_error()
except SystemError as error:
    print(error)
try:
    x.result_with_error()
except SystemError as error:
    print(error, "caused by", repr(error.__cause__))

class Index:
    def __index__(self): return 12
    def __repr__(self): return "<Index>"
class Float:
    def __float__(self): return 1.5
    def __repr__(self): return "<Float>"
class Complex:
    def __complex__(self): return 1 + 5j
    def __repr__(self): return "<Complex>"

values = [0, -1, 255, 256, 40000, 1 << 31, 1 << 40, 1 << 63, 1 << 64, -(1 << 63), -(1 << 63) - 1, 1.5, 1j, True, None, "a", "abc", "€", "é", "nul\0", "\ud800",
          b"x", b"xyz", b"\0", bytearray(b"qr"), memoryview(b"mem"), memoryview(bytearray(b"abcdef"))[::2], [1], (1, 2), Index(), Float(), Complex()]
for unit in "b B h H i I l k L K n c C f d D p s z y S Y U O O! O& s# z# y# s* z* y* w* es et es# et#".split():
    for value in values:
        call(x.parse, unit, (value,))
    call(x.parse, unit, ())
    if unit in "bBhHiIlkLKncCfdpszySYUO" and unit not in ("c",):
        call(x.parse, unit, (), True)
    call(x.parse, unit, (1, 2))
for args in [((1, 2), "s"), ([1, 2], "s"), ((1,), "s"), (5, "s"), ((1, "a"), "s"), ((1, 2), 5), ((1, 2),), ("ab", "c")]:
    call(x.parse, "(ii)s", args)
for args in [(), (1,), (1, 2), (1, 2, "s"), (1, 2, "s", 4), ("x",), (1, "x")]:
    call(x.parse, "i|is", args)
    call(x.parse, "unpack", args)
call(x.parse, "bad", (1,))
for args, kwargs in [((), {}), ((1,), {}), ((1, 2), {}), ((1, 2, 3, "x"), {}), ((1, 2, 3, "x", 5), {}), ((1, 2), {"third": "z"}), ((1,), {"first": 3, "only": 4}),
                     ((1, 2), {"first": 3}), ((1, 2), {"wrong": 3}), ((1, 2), {"only": 3, "thirt": 3}), ((), {"": 1}), ((1, 2), {"second": "s"}), ((1, 2, 3), {"third": 3}), ((1,) * 8, {})]:
    call(x.named, *args, **kwargs)
for args, kwargs in [((), {}), ((1,), {}), ((1, 2, 3), {}), ((), {"b": 1}), ((), {"a": 1}), ((1,), {"a": 1}), ((1,), {"c": 1}), ((1, 2), {"b": 1})]:
    call(x.named_simple, *args, **kwargs)
    call(x.named_required, *args, **kwargs)
call(x.no_keywords, a=1)
for value in ((1, 2), [1, 2], (1,), 5):
    call(x.single_parse, value)
for item in x.build():
    print(repr(item))
f = x.new_function("bound")
print(plain(f), f.__module__, f.__self__, f.__doc__, f.__text_signature__)
call(f)
f = x.new_function()
print(plain(f), f.__self__)
call(f.__reduce__)
