# sys.monitoring: events, their order and arguments, disabling, local events, instrumented code (PEP 669).
import dis
import sys

M = sys.monitoring
E = M.events
TOOL = 3


def show(value):
    if value is M.MISSING:
        return "MISSING"
    if isinstance(value, BaseException):
        return f"{type(value).__name__}{value.args}"
    name = getattr(value, "__name__", None)
    return name if name else f"<{type(value).__name__}>" if " at 0x" in repr(value) else repr(value)


def record(func, *names, args=(), answer=lambda name, code, args: None, local=False):
    log = []

    def callback(name):
        def call(code, *args):
            if code.co_filename == __file__ and code is not record.__code__:
                log.append((name, code.co_name, *map(show, args)))
            return answer(name, code, args)
        return call
    M.use_tool_id(TOOL, "test")
    events = 0
    for name in names:
        M.register_callback(TOOL, getattr(E, name), callback(name))
        events |= getattr(E, name)
    if local:
        M.set_local_events(TOOL, func.__code__, events)
    else:
        M.set_events(TOOL, events)
    try:
        func(*args)
    except Exception as error:
        log.append(("left by", show(error)))
    finally:
        M.set_events(TOOL, 0)
        M.free_tool_id(TOOL)
    print("==", func.__name__, *names)
    for line in log:
        print("  ", *line)


def fails():
    1 / 0


def handles():
    try:
        fails()
    except ZeroDivisionError as e:
        try:
            raise
        finally:
            len([])


def gen():
    try:
        x = yield 1
    except ValueError as e:
        yield 3
    yield 2
    return 7


def generators():
    it = gen()
    next(it)
    it.throw(ValueError("x"))
    for i in it:
        pass
    [*gen()]
    it = gen()
    next(it)
    it.throw(KeyError)


def delegates():
    def inner():
        r = yield from gen()
    for x in inner():
        pass
    int("x", *())


def calls(**kw):
    class A:
        def __init__(self, a=1): super().__init__()
    A(a=2)
    A()
    "a".upper().lower()
    str.upper("a")
    print("x", end="", **kw)
    print(*"ab", end="\n", **kw)
    a = x = None
    for i in range(3):
        if i == 1: continue
        elif i == 2: break
    while not x:
        x = 1
    x = [i for i in range(2)]
    return (lambda: 4)()


class Manager:
    async def __aenter__(self): return 1
    async def __aexit__(self, *a): return None
    def __enter__(self): pass
    def __exit__(self, *a): return True


async def agen():
    yield 1
    yield 2


async def coroutine():
    async for x in agen(): pass
    y = [z async for z in agen() if z]
    async with Manager() as f: pass
    return 6


def runs():
    try:
        coroutine().send(None)
    except StopIteration: pass


def tight():
    i = 0
    while i < 2: i += 1
    for i in (1, 2): pass


def groups():
    try:
        try: raise ValueError
        except* TypeError: pass
    except* ValueError: pass
    with Manager():
        raise KeyError


LOCAL = ("PY_START", "PY_RESUME", "PY_RETURN", "PY_YIELD", "CALL", "LINE", "JUMP", "BRANCH_LEFT", "BRANCH_RIGHT",
         "STOP_ITERATION")
OTHER = ("RAISE", "EXCEPTION_HANDLED", "PY_UNWIND", "PY_THROW", "RERAISE", "C_RETURN", "C_RAISE")
FUNCTIONS = (handles, generators, delegates, calls, runs, tight, groups)
for function in FUNCTIONS:
    record(function, *LOCAL, *OTHER)
for function in (generators, tight):
    record(function, *LOCAL, *OTHER, "INSTRUCTION")
for function in (tight, calls):
    record(function, "LINE")
    record(function, "INSTRUCTION", "BRANCH_LEFT", "BRANCH_RIGHT")
    record(function, "JUMP", "BRANCH")
    record(function, *LOCAL, local=True)
    record(function, *LOCAL, answer=lambda *a: M.DISABLE)
    record(function, "BRANCH", answer=lambda *a: M.DISABLE)
for name in OTHER[:5]:
    record(handles, name, answer=lambda *a: M.DISABLE)
for name in OTHER[5:]:
    record(calls, "CALL", "C_RETURN", "C_RAISE", answer=lambda event, *a: M.DISABLE if event == name else None)


def raises(name, code, args):
    if code is tight.__code__ and name == at:
        raise KeyError(name)


for at in ("PY_START", "LINE", "JUMP", "BRANCH_LEFT", "PY_RETURN"):
    record(tight, "PY_START", "LINE", "JUMP", "BRANCH_LEFT", "PY_RETURN", "RAISE", "PY_UNWIND", answer=raises)


# What is written into the code; co_code never shows it.
def instrumented(code):
    adaptive, plain = code._co_code_adaptive, code.co_code
    found, i = [], 0
    while i < len(plain):
        if adaptive[i] >= dis._all_opmap["INSTRUMENTED_END_FOR"]:
            found.append((i, dis._all_opname[adaptive[i]]))
        i += 2 + 2 * dis._inline_cache_entries.get(dis.opname[plain[i]], 0)
    return found


M.use_tool_id(TOOL, "test")
for function in (*FUNCTIONS, gen, agen, coroutine):
    code = function.__code__
    before = code.co_code
    for name in (*LOCAL, "INSTRUCTION"):
        M.set_local_events(TOOL, code, getattr(E, name))
        print(code.co_name, name, M.get_local_events(TOOL, code) == getattr(E, name), instrumented(code))
    M.set_local_events(TOOL, code, 0)
    print(code.co_name, before == code.co_code, instrumented(code), list(code.co_branches()))

# Disabling and restarting; changes from within callbacks.
count = 0


def line(code, number):
    global count
    count += 1
    return M.DISABLE


M.register_callback(TOOL, E.LINE, line)
M.set_local_events(TOOL, tight.__code__, E.LINE)
for restart in (False, False, True, False):
    if restart:
        M.restart_events()
    count = 0
    tight()
    print("lines", count)


def other(code, number):
    M.register_callback(TOOL, E.LINE, None)
    M.set_local_events(TOOL, code, 0)


M.restart_events()
print(M.register_callback(TOOL, E.LINE, other) is line)
tight()
print(M.get_local_events(TOOL, tight.__code__), M.register_callback(TOOL, E.LINE, None))
M.free_tool_id(TOOL)


def attempt(function, *args):
    try:
        print(function.__name__, *args, "->", function(*args))
    except Exception as error:
        print(function.__name__, *args, type(error).__name__, error)


for tool in (-1, 6, 8):
    attempt(M.use_tool_id, tool, "x")
attempt(M.use_tool_id, 1, 1)
attempt(M.use_tool_id, 1, "x")
attempt(M.use_tool_id, 1, "y")
attempt(M.get_tool, 1)
attempt(M.get_tool, 2)
for events in (-1, 1 << 19, E.BRANCH, E.C_RAISE, E.C_RETURN | E.CALL, 0xFF, (1 << 19) - 1):
    attempt(M.set_events, 1, events)
    attempt(M.get_events, 1)
M.set_events(1, 0)
for events in (-1, 1 << 19, E.BRANCH, E.RAISE, 0xFF, 0):
    try:
        print(events, M.set_local_events(1, tight.__code__, events), M.get_local_events(1, tight.__code__))
    except ValueError as error:
        print(events, error)
attempt(M.set_local_events, 1, 3, 0)
attempt(M.get_local_events, 1, 3)
for event in (-1, 0, 3, 1 << 19, E.BRANCH):
    attempt(M.register_callback, 1, event, len)
    attempt(M.register_callback, 1, event, None)
attempt(M._all_events)
M.set_events(1, E.LINE | E.RAISE)
attempt(M._all_events)
attempt(M.clear_tool_id, 1)
attempt(M.free_tool_id, 1)
attempt(M.free_tool_id, 1)
attempt(M.set_events, 1, 0)
print(M.events, type(M.DISABLE), M.DISABLE is not M.MISSING)
