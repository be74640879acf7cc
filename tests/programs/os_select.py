# select, poll, epoll: readiness, timeouts, errors.
import errno
import posix
import select


def attempt(function, *arguments):
    try:
        print(function(*arguments))
    except BaseException as error:
        print(type(error).__name__, error)


class File:
    def __init__(self, fd):
        self.fd = fd

    def fileno(self):
        return self.fd


r, w = posix.pipe()
reader = File(r)
print(select.select([r], [w], [], 0) == ([], [w], []))
posix.write(w, b"x")
print(select.select([reader], [w], [w])[0] == [reader])
attempt(select.select, [], [], [], "a")
attempt(select.select, [], [], [], -1)
attempt(select.select, [], [], [], float("nan"))
attempt(select.select, 1, [], [])
attempt(select.select, ["a"], [], [])
attempt(select.select, [-1], [], [])
attempt(select.select, [5000], [], [])
attempt(select.select, [], [], [], 0.01)

poll = select.poll()
poll.register(reader, select.POLLIN)
poll.register(w)
print([(fd == r, events) for fd, events in poll.poll()])
poll.modify(r, select.POLLPRI)
print(sorted((fd == r, events) for fd, events in poll.poll(10)))
poll.unregister(w)
print(poll.poll(0), poll.poll(1.5))
attempt(poll.unregister, 900)
attempt(poll.modify, 900, 1)
attempt(poll.register, r, -1)
attempt(poll.register, r, 1 << 16)
attempt(poll.poll, "a")
attempt(poll.poll, 1 << 40)
attempt(poll.poll, float("nan"))
attempt(type(poll))

with select.epoll() as epoll:
    print(epoll.closed, type(epoll.fileno()))
    epoll.register(r, select.EPOLLIN)
    epoll.register(w, select.EPOLLOUT)
    print(sorted((fd == r, events) for fd, events in epoll.poll(1)))
    print(len(epoll.poll(maxevents=1)))
    epoll.unregister(w)
    epoll.modify(r, select.EPOLLPRI)
    print(epoll.poll(0), epoll.poll(0.001), epoll.poll(timeout=0, maxevents=3))
    attempt(epoll.register, r)
    attempt(epoll.unregister, 900)
    attempt(epoll.poll, "a")
    attempt(epoll.poll, 0, 0)
    attempt(epoll.register, r, "a")
attempt(epoll.fileno)
attempt(epoll.poll)
print(epoll.closed, epoll.close())
attempt(select.epoll, -2)
attempt(select.epoll, 0)
attempt(select.epoll, 1, 5)
print(select.error is OSError, select.PIPE_BUF, select.EPOLLET)
