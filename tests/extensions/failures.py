"""Exceptions set, fetched and matched in C."""

import sys
import ext_failures as x
from support import call, plain


class Mine(Exception):
    pass


class Picky(Exception):
    def __init__(self, a, b):
        super().__init__(a, b)


for kind in (ValueError, Mine, Picky, KeyError, OSError, int, 5):
    for which in ("none", "string", "format", "errno", "filename", "cause"):
        if which != "filename" or kind is not int:  # int's message is another one there
            call(x.set, which, kind)
    for value in (None, "v", (1, 2), ValueError("instance"), Mine("mine")):
        call(x.set, "object", kind, value)
        if isinstance(kind, type) and issubclass(kind, Exception):
            call(x.set, "restore", kind, value)
for which in ("memory", "argument", "interrupt"):
    call(x.set, which, ValueError, 1)
call(x.set, "filenames", OSError, "other")
call(x.set, "raised", None, Mine("again"))
call(x.set, "import", None, "message")
call(x.set, "subclass", ModuleNotFoundError, "message")
call(x.set, "subclass", ValueError, "message")
try:
    x.set("import", None, "message")
except ImportError as e:
    print(e.name, e.path, e.msg, e.args)
try:
    x.set("filename", OSError)
except PermissionError as e:
    print(e.errno, e.filename, e.strerror)
try:
    x.set("cause", Mine)
except Mine as e:
    print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
try:
    try:
        raise KeyError("outer")
    except KeyError:
        print(x.handled())
        x.set("string", ValueError)
except ValueError as e:
    print(repr(e.__context__), e.__traceback__.tb_next)
print(x.handled())
call(x.with_handled, ValueError("pretend"), sys.exception)
try:
    x.chained()
except TypeError as e:
    print(repr(e), repr(e.__context__))


def raiser():
    raise Mine("from Python")
def chain():
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise Mine("chained") from e
for f in (raiser, chain, lambda: {}["q"], lambda: [].x, lambda: 5):
    print(plain(x.fetch(f)))
for raised, kind in [(ValueError("x"), ValueError), (ValueError("x"), (KeyError, ValueError)), (ValueError, Exception), (ValueError, (int, (KeyError, Exception))),
                     (KeyError("k"), ValueError), (5, ValueError), (ValueError("x"), 5), (Mine("m"), Mine)]:
    call(x.matches, raised, kind)
for args in [("pkg.Err",), ("pkg.Err", "The doc."), ("pkg.Err", None, KeyError), ("pkg.Err", None, (KeyError, OSError), {"attr": 1}), ("nodot",)]:
    try:
        kind = x.make(*args)
        print(kind, kind.__mro__[1:3], kind.__doc__, kind.__module__, getattr(kind, "attr", None), repr(kind(1)))
    except Exception as e:
        print("make raises", type(e).__name__, e)
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for which in ("ex", "format", "explicit", "resource"):
        call(x.warn, which, DeprecationWarning)
    call(x.warn, "ex", None)
    call(x.warn, "ex", int)
for w in caught:
    print(w.category.__name__, w.message, w.lineno if w.filename == "file.py" else "", plain(w.source))
with warnings.catch_warnings():
    warnings.simplefilter("error")
    call(x.warn, "ex", UserWarning)
    call(x.warn, "format", UserWarning)
sys.unraisablehook = lambda u: print("unraisable", u.exc_type.__name__, u.exc_value, u.err_msg, plain(u.object))
print(x.unraisable(None), x.unraisable("object"))
print(x.unicode_errors())
import io
sys.stderr = io.StringIO()
last = x.print(Mine("printed"))
text = sys.stderr.getvalue()
sys.stderr = sys.__stderr__
print(text, repr(last))
try:
    x.add_traceback()
except RuntimeError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_frame.f_code.co_filename.rsplit("/")[-1], tb.tb_lineno)
        tb = tb.tb_next
try:
    x.deep(x.deep)
except RecursionError as e:
    print(type(e).__name__)
