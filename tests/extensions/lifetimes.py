"""Buffers, capsules, weak references, threads, contexts, dates."""

import gc
import sys
import ext_lifetimes as x
from support import call, plain

SIMPLE, WRITABLE, FORMAT, ND, STRIDES, FULL = 0, 1, 4, 8, 0x18, 0x11d
for value in (b"bytes", bytearray(b"array"), memoryview(b"view")[1:], memoryview(bytearray(b"abcdef"))[::2], x.Matrix(), memoryview(x.Matrix()), "text", 5):
    for flags in (SIMPLE, WRITABLE, FORMAT, ND, STRIDES, FULL):
        call(x.take, value, flags)
m = x.Matrix()
v = memoryview(m)
print(v.shape, v.strides, v.format, v.tolist(), v[1, 2], m.exports, v.nbytes, v.contiguous, v.readonly)
v[0, 1] = 1234
print(v.tolist(), bytes(v.cast("B"))[:4], m.exports)
v.release()
print(m.exports)
call(x.views, b"for views")
call(x.views, bytearray(b"q"))
call(x.views, 5)
call(x.capsules)
call(x.import_capsule, "ext_lifetimes._API")
call(x.import_capsule, "ext_lifetimes.none")
call(x.import_capsule, "ext_lifetimes_missing._API")
print(plain(x._API))
class Target:
    def __repr__(self): return "<target>"
t = Target()
r = x.weak(t, lambda ref: print("callback"))
print(plain(r[0])[:20], plain(r[1]), r[2:])
del t
gc.collect()
print(r[0]())
call(x.weak, 5, None)
call(x.memory)
l = []
print(x.threads(l), l)
call(x.fields)
try:
    raise ValueError("handled")
except ValueError:
    call(x.fields)
def generator():
    try:
        raise KeyError("in a generator")
    except KeyError:
        yield x.fields()
    yield x.fields()
print(list(generator()))
call(x.contexts)
call(x.evaluate)
try:
    result = x.imports()
    print([plain(i).split(" from ")[0].split(" (")[0] for i in result])
except Exception as e:
    print(type(e), e)
call(x.system)
call(x.sequences)
call(x.dates)
