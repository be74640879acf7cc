# sys.settrace, sys.setprofile, and what frames let tracers do.
import sys
import threading
import warnings


def show(arg):
    if isinstance(arg, tuple):
        return (arg[0].__name__, str(arg[1]), arg[2] is not None)
    return getattr(arg, "__name__", type(arg) if " at 0x" in repr(arg) else arg)


def trace(func, *args, opcodes=False, lines=True, profile=False):
    events = []

    def tracer(frame, event, arg):
        code = frame.f_code
        if code.co_filename != __file__:
            return None
        frame.f_trace_opcodes = opcodes
        frame.f_trace_lines = lines
        place = frame.f_lasti if event == "opcode" else frame.f_lineno - func.__code__.co_firstlineno
        events.append((event, code.co_name, place, show(arg)))
        return tracer

    setter = sys.setprofile if profile else sys.settrace
    setter(tracer)
    try:
        func(*args)
    except Exception as error:
        events.append(("left by", type(error).__name__, str(error)))
    finally:
        setter(None)
    print("==", func.__name__, "opcodes" if opcodes else "", "profile" if profile else "")
    for event in events:
        print("  ", *event)


def counter(n):
    for i in range(n):
        yield i
    return "done"


def loops():
    total = 0
    for i in counter(2):
        total += i
    while total < 4: total += 1
    return [x for x in (1, 2)], total


def errors():
    try:
        counter(1).throw(KeyError("k"))
    except KeyError as error:
        try:
            try:
                raise ValueError("v") from error
            finally:
                total = 0
        except Exception:
            pass
    return total


def classes():
    class A:
        """doc"""
        x = 1

        def method(self): return self.x
    with open(__file__) as f:
        pass
    return A().method(), sorted([2, 1], key=lambda x: -x), "a".upper()


async def waits():
    async def inner():
        return 1

    async def items():
        yield 1
        yield 2
    await inner()
    async for item in items():
        pass
    return item


def runs_coroutine():
    try:
        waits().send(None)
    except StopIteration as stop:
        return stop.value


def delegate():
    result = yield from counter(1)
    return result


def drains(): return list(delegate())


for function in (loops, errors, classes, runs_coroutine, drains):
    trace(function)
trace(errors, opcodes=True, lines=False)
for function in (loops, errors, drains):
    trace(function, profile=True)
trace(classes, profile=True)


# Jumps.
def jumper(func, at, to):
    def tracer(frame, event, arg):
        if frame.f_code is func.__code__ and event == "line" and frame.f_lineno - func.__code__.co_firstlineno == at:
            if frame.f_trace is not None:
                frame.f_trace = None
                try:
                    frame.f_lineno = func.__code__.co_firstlineno + to
                except ValueError as error:
                    print("  ValueError:", error)
        return tracer if frame.f_trace is None and event == "call" else None
    out = []
    sys.settrace(tracer)
    try:
        func(out)
    except Exception as error:
        out.append(repr(error))
    finally:
        sys.settrace(None)
    print(func.__name__, at, to, out)


def body(out):
    out.append(1)
    out.append(2)
    for i in range(2):
        out.append(3)
    try:
        out.append(4)
    except ValueError:
        out.append(5)
    finally:
        out.append(6)
    with threading.Lock():
        out.append(7)
    out.append(8)


warnings.simplefilter("ignore")
for at, to in ((1, 3), (2, 1), (1, 4), (4, 12), (1, 8), (1, 11), (6, 13), (11, 1), (1, 99), (12, 13), (3, 10)):
    jumper(body, at, to)
try:
    sys._getframe().f_lineno = 1
except ValueError as error:
    print("ValueError:", error)
for value in ("x", 1 << 70):
    try:
        sys._getframe().f_lineno = value
    except ValueError as error:
        print("ValueError:", error)


# A tracer that fails is switched off, and its exception goes on.
def fails(frame, event, arg):
    if event == where:
        raise RuntimeError(event)
    return fails


for where in ("call", "line", "return", "exception"):
    sys.settrace(fails)
    try:
        errors()
    except RuntimeError as error:
        print("failed at", error, sys.gettrace())
    else:
        sys.settrace(None)
        print("not reached", where)


def fails_profiling(frame, event, arg):
    if event == "c_call":
        raise RuntimeError(event)


sys.setprofile(fails_profiling)
try:
    len([])
except RuntimeError as error:
    print("failed at", error, sys.getprofile())


# Changing the tracer from within, call_tracing, other threads.
def once(frame, event, arg):
    sys.settrace(None)
    return once


sys.settrace(once)
loops()
print(sys.gettrace())

seen = []


def outer(frame, event, arg):
    if frame.f_code is errors.__code__ and event == "call":
        sys.call_tracing(drains, ())
    seen.append(frame.f_code.co_name)
    return outer


sys.settrace(outer)
errors()
sys.settrace(None)
print(seen)

names = []
threading.settrace(lambda frame, event, arg: names.append(frame.f_code.co_name))
thread = threading.Thread(target=drains)
thread.start()
thread.join()
threading.settrace(None)
print([name for name in names if name in ("drains", "counter", "run")], threading.gettrace())
names.clear()
threading.setprofile_all_threads(lambda frame, event, arg: names.append((frame.f_code.co_name, event)))
drains()
threading.setprofile_all_threads(None)
print([name for name in names if name[0] in ("drains", "counter", "delegate")], sys.getprofile())

frame = sys._getframe()
for name in ("f_trace_lines", "f_trace_opcodes"):
    for value in (1, None):
        try:
            setattr(frame, name, value)
        except TypeError as error:
            print(name, error)
frame.f_trace = print
print(frame.f_trace)
del frame.f_trace
print(frame.f_trace, frame.f_trace_lines, frame.f_trace_opcodes)
