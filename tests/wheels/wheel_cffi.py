# wheel: cffi
"""C from Python: the backend's ABI mode."""
from cffi import FFI
import _cffi_backend

ffi = FFI()
ffi.cdef("""
    typedef struct { int x; double y; char name[8]; struct inner { short s; } in; } point;
    enum color { RED, GREEN = 5, BLUE };
    typedef int (*callback)(int, void *);
    size_t strlen(const char *); int abs(int); double sqrt(double); int snprintf(char *, size_t, const char *, ...); void qsort(void *, size_t, size_t, int (*)(const void *, const void *));
""")
C = ffi.dlopen(None)
print(C.strlen(b"hello"), C.abs(-5), C.RED, C.BLUE, ffi.sizeof("point"), ffi.alignof("point"), ffi.offsetof("point", "in"))
p = ffi.new("point *", {"x": 5, "y": 1.5, "name": b"nm"})
p.x += 1; p.__getattribute__("in").s = 9
print(p.x, p.y, ffi.string(p.name), getattr(p, "in").s, ffi.typeof(p), ffi.typeof("int[5]").length, [f[0] for f in ffi.typeof("point").fields])
a = ffi.new("int[]", [3, 1, 2]); print(list(a), len(a), a[0:2], ffi.sizeof(a), a + 1 == ffi.addressof(a, 1), bytes(ffi.buffer(a))[:4])
@ffi.callback("int(const void *, const void *)")
def compare(x, y):
    return ffi.cast("int *", x)[0] - ffi.cast("int *", y)[0]
C.qsort(a, 3, 4, compare); print(list(a))
buf = ffi.new("char[]", 32); print(C.snprintf(buf, 32, b"%d-%s", ffi.cast("int", 7), ffi.new("char[]", b"var")), ffi.string(buf))
h = ffi.new_handle({"k": 1}); print(ffi.from_handle(h), int(ffi.cast("uint8_t", 300)), ffi.cast("enum color", 5), float(ffi.cast("float", 0.5)), ffi.NULL, bool(ffi.NULL))
for action in (lambda: a[5], lambda: C.nothing, lambda: ffi.new("int", 5), lambda: ffi.cdef("int f("), lambda: p.z, lambda: C.abs("x"), lambda: ffi.new("char[2]", b"abc"), lambda: ffi.cast("int *", 0)[0], lambda: ffi.new("int *", 1 << 40)):
    try:
        print(action())
    except Exception as e:
        print(type(e).__name__, str(e).split("\n")[0].split(" 0x")[0])
log = []
g = ffi.gc(ffi.new("int *"), lambda x: log.append("freed")); del g
import gc; gc.collect(); print(log, _cffi_backend.__version__)
