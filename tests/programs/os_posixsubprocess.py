# _posixsubprocess.fork_exec: descriptors, environment, errors of the child and of the arguments.
import posix
from _posixsubprocess import fork_exec


def run(argv, programs, *, cwd=None, env=None, keep=(), preexec=None, stdin=-1, umask=-1):
    read, write = posix.pipe()
    error_read, error_write = posix.pipe()
    posix.write(2, b"") if False else None
    pid = fork_exec(
        argv, programs, True, tuple(sorted({error_write, *keep})), cwd, env,
        stdin, -1, read, write, -1, -1, error_read, error_write,
        True, False, -1, None, None, None, umask, preexec,
    )
    posix.close(write)
    posix.close(error_write)
    output = b""
    while part := posix.read(read, 1000):
        output += part
    error = posix.read(error_read, 1000)
    posix.close(read)
    posix.close(error_read)
    _, status = posix.waitpid(pid, 0)
    return output, error, posix.waitstatus_to_exitcode(status)


print(run(["sh", "-c", "echo out; exit 3"], [b"/nowhere/sh", b"/bin/sh"]))
print(run([b"sh", b"-c", b"pwd; echo $A"], (b"/bin/sh",), cwd="/", env=[b"A=1"]))
print(run(["x"], [b"/nowhere/x"]))
print(run(["x"], [b"/etc/passwd", b"/nowhere/x"]))
print(run(["x"], [b"/bin/true"], cwd="/nowhere"))
print(run(["sh", "-c", "umask"], [b"/bin/sh"], umask=0o27))
print(run(["sh", "-c", "echo $B"], [b"/bin/sh"], preexec=lambda: posix.putenv(b"B", b"two")))
print(run(["true"], [b"/bin/true"], preexec=lambda: 1 / 0))
r, w = posix.pipe()
posix.write(w, b"given")
posix.close(w)
print(run(["cat"], [b"/bin/cat"], stdin=r))

base = [["x"], [b"/bin/true"], True, (), None, None, -1, -1, -1, -1, -1, -1, -1, 5, False, False, -1, None, None, None, -1, None]
for index, value in [
    (0, 5), (0, [5]), (0, ["\0"]), (1, 5), (1, ["a"]), (1, [b"a\0b"]), (3, []), (3, (5, 4)), (3, ("a",)),
    (3, (-1,)), (4, 5), (5, 5), (5, ["a"]), (5, {}), (13, 1), (17, "a"), (17, -2), (18, 5), (18, ["a"]),
    (18, [1 << 70]), (18, [1] * 100000), (19, "a"), (19, 1 << 40), (20, "a"),
]:
    arguments = list(base)
    arguments[index] = value
    try:
        print(fork_exec(*arguments))
    except Exception as error:
        print(index, type(error).__name__, error)
try:
    fork_exec()
except TypeError as error:
    print(error)
