# faulthandler: arguments, dumping to a descriptor, signals, timers; _tracemalloc at rest; timerfd.
import faulthandler as f
import posix
import _signal
import _tracemalloc


def t(function, *arguments, **keywords):
    try:
        print(function.__name__, arguments, function(*arguments, **keywords))
    except BaseException as error:
        print(function.__name__, arguments, type(error).__name__, error)


for call in [
    (f.is_enabled,), (f.enable, "a"), (f.enable, -1), (f.enable, 1 << 40), (f.enable, 2), (f.is_enabled,), (f.disable,),
    (f.disable,), (f.dump_traceback_later, -1), (f.dump_traceback_later, "a"), (f.dump_traceback_later, 1e300),
    (f.dump_traceback_later, 100, False, 2), (f.cancel_dump_traceback_later,), (f.cancel_dump_traceback_later,),
    (f.register, 1000), (f.register, 11), (f.register, 10, 2), (f.unregister, 10), (f.unregister, 10), (f.unregister, 11),
    (f.unregister, 1000), (f.register, "a"),
]:
    t(*call)
r, w = posix.pipe()
code = """
def deep(count):
    return deep(count - 1) if count else action()
deep(3)
"""


def run(action, name="<string>"):
    exec(compile(code, name, "exec"), {"action": action})
    text = posix.read(r, 10000).decode()
    return "\n".join(line for line in text.split("\n") if "programs" not in line and "__main__" not in line)


print(run(lambda: f.dump_traceback(w, False)))
print(run(lambda: f.dump_traceback(w, False), "<\xe9\u20ac\U0001f600>"))
f.register(_signal.SIGUSR1, w, all_threads=False)
print(run(lambda: _signal.raise_signal(_signal.SIGUSR1)))
_signal.signal(_signal.SIGUSR2, lambda number, frame: print("chained", number))
f.register(_signal.SIGUSR2, w, all_threads=False, chain=True)
print(run(lambda: _signal.raise_signal(_signal.SIGUSR2)))
f.unregister(_signal.SIGUSR1)
for child in ("_sigsegv", "_sigabrt", "_sigfpe", "_read_null", "_stack_overflow"):
    pid = posix.fork()
    if not pid:
        f.enable(w, all_threads=False, c_stack=False)
        getattr(f, child)()
        posix._exit(0)
    _, status = posix.waitpid(pid, 0)
    print(child, posix.waitstatus_to_exitcode(status), posix.read(r, 1000).decode().split("\n")[:3])

t(_tracemalloc.start, 0)
print(_tracemalloc.is_tracing(), _tracemalloc.get_traced_memory(), _tracemalloc._get_traces())
timer = posix.timerfd_create(1)
t(posix.timerfd_settime, timer, initial=0, interval=5)
t(posix.timerfd_settime_ns, timer, initial=10**18, interval=7, flags=1)
print(posix.timerfd_gettime_ns(timer)[1])
t(posix.timerfd_settime, timer, initial="a")
t(posix.timerfd_settime, timer, initial=1e300)
t(posix.timerfd_gettime, -1)
