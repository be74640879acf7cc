# wheel: gevent
"""Greenlets with a loop."""
import gevent
from gevent import monkey, pool, queue
def work(n):
    gevent.sleep(0.01 * (3 - n))
    return n * n
print(pool.Pool(2).map(work, range(3)))
q = queue.Queue()
def put():
    for i in range(3):
        q.put(i)
        gevent.sleep(0)
    q.put(StopIteration)
gevent.spawn(put)
print(list(q))
try:
    with gevent.Timeout(0.05):
        gevent.sleep(5)
except gevent.Timeout as error:
    print(type(error).__name__)
gevent.get_hub().exception_stream = None
g = gevent.spawn(lambda: 1 / 0)
g.link_exception(lambda g: print("failed", g.exception))
g.join()
