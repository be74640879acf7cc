"""pickle: every protocol's bytes, shared and recursive objects, hooks, errors and their notes, hostile input."""
import copyreg
import io
import pickle
import re
import _pickle
from _pickle import PickleBuffer


def show(label, function, *args, **kwargs):
    try:
        print(label, function(*args, **kwargs))
    except Exception as error:
        notes = getattr(error, "__notes__", None)
        print(label, type(error).__name__, re.sub("0x[0-9a-f]+", "ADDRESS", str(error)), notes or "")


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)

    class Inner:
        pass


class Slotted:
    __slots__ = ("a", "b")


class Words(list):
    pass


class Named(str):
    def __getnewargs_ex__(self):
        return (str(self),), {}


class Settable:
    def __setstate__(self, state):
        self.state = state

    def __getstate__(self):
        return ("state", 1)


def all_protocols():
    shared = ["shared"]
    recursive = []
    recursive.append((recursive,))
    slotted = Slotted()
    slotted.a = 1
    values = [
        None, True, False, 0, 255, 256, 65535, 65536, -1, 2**31 - 1, -2**31, 2**31, -2**63, 10**30, -(10**30),
        -128, -32768, 2**2100, 1.5, -0.0, 1e300, "", "text", "\u00e9\u20ac\U0001f600\\\n", "\ud800", "x" * 300, b"", b"bytes",
        b"y" * 300, bytearray(b"array"), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, 2], {}, {1: 2},
        {"a": 1, "b": [2]}, set(), {1}, frozenset(), frozenset([3]), [shared, shared], recursive, recursive[0],
        len, int, type(None), type(...), NotImplemented, ..., Point, Point.Inner, Point(1, [2]), slotted,
        Words(["a", "b"]), Named("name"), Settable(), 1 + 2j, range(3), slice(1, 2), ValueError("message"), [].append,
    ]
    for value in values:
        for protocol in range(6):
            try:
                data = _pickle.dumps(value, protocol)
            except TypeError as error:
                print(protocol, error, error.__notes__ if hasattr(error, "__notes__") else "")
                continue
            print(protocol, data if len(data) < 200 else (len(data), data[:20], data[-20:]))
            loaded = _pickle.loads(data)
            if value is not recursive and value is not recursive[0] and not isinstance(value, (Slotted, Settable, ValueError)):
                assert loaded == value or callable(value), (value, loaded)
    many = {i: str(i) for i in range(2500)}
    big = [many, list(range(2500)), set(range(1000)), "z" * 70000, b"w" * 70000, bytearray(70000), tuple(range(10))]
    for protocol in range(6):
        data = _pickle.dumps(big, protocol)
        print(protocol, len(data), hash_of(data), _pickle.loads(data) == big, pickle._loads(data) == big)


def hash_of(data):
    total = 0
    for byte in data:
        total = (total * 31 + byte) % (1 << 61)
    return total


class Chunks:
    def __init__(self):
        self.pieces = []

    def write(self, data):
        self.pieces.append(bytes(data))


def streams():
    chunks = Chunks()
    pickler = _pickle.Pickler(chunks, 4)
    pickler.dump(["a" * 40000, "b" * 40000, b"c" * 80000, 1])
    print([len(piece) for piece in chunks.pieces], _pickle.loads(b"".join(chunks.pieces))[3])
    shared = ["kept"]
    pickler = _pickle.Pickler(file := io.BytesIO(), 2)
    pickler.dump(shared)
    pickler.dump([shared])
    print(file.getvalue(), sorted(pickler.memo.copy().values(), key=str))
    pickler.clear_memo()
    pickler.fast = True
    pickler.dump([shared, shared])
    print(file.getvalue())
    file.seek(0)
    unpickler = _pickle.Unpickler(file)
    print(unpickler.load(), unpickler.load(), unpickler.memo.copy(), unpickler.load())
    show("end", unpickler.load)


class HookedPickler(_pickle.Pickler):
    dispatch_table = copyreg.dispatch_table.copy()
    dispatch_table[complex] = lambda value: (complex, (value.real + 1, value.imag))

    def persistent_id(self, value):
        return "id" if isinstance(value, Slotted) else None

    def reducer_override(self, value):
        return (Point, (7, 8)) if isinstance(value, Point) else NotImplemented


class HookedUnpickler(_pickle.Unpickler):
    def persistent_load(self, identifier):
        return "persistent " + identifier

    def find_class(self, module, name):
        print("find", module, name)
        return super().find_class(module, name)


def hooks():
    for protocol in 0, 2, 5:
        HookedPickler(file := io.BytesIO(), protocol).dump([Slotted(), 1j, Point(0, 0), len])
        file.seek(0)
        loaded = HookedUnpickler(file).load()
        print(loaded[:2], loaded[2].x, loaded[3])
    buffers = []
    data = _pickle.dumps([PickleBuffer(bytearray(b"out")), PickleBuffer(b"read-only")], 5, buffer_callback=buffers.append)
    print(data, [bytes(buffer) for buffer in buffers])
    print([bytes(buffer) for buffer in _pickle.loads(data, buffers=buffers)])
    print(_pickle.loads(_pickle.dumps([PickleBuffer(bytearray(b"in")), PickleBuffer(b"too")], 5)))
    show("few", _pickle.loads, data, buffers=buffers[:1])
    show("none", _pickle.loads, data)
    copyreg.add_extension("collections", "OrderedDict", 240)
    from collections import OrderedDict
    print(_pickle.dumps(OrderedDict, 2), _pickle.loads(_pickle.dumps(OrderedDict, 2)))
    copyreg.remove_extension("collections", "OrderedDict", 240)


class Bad:
    def __init__(self, reduction):
        self.reduction = reduction

    def __reduce__(self):
        return self.reduction

    def __repr__(self):
        return "Bad"


def errors():
    for reduction in [(), (1, 2), (len, 2), (len, (), None, 3), (len, (), None, None, 4), (len, (), None, None, None, 5),
                      3, "nothing", (copyreg.__newobj__, ()), (copyreg.__newobj__, (int,)), (copyreg.__newobj_ex__, (1, 2, 3)),
                      (len, (), None, None, iter([1])), (len, (), {1: (x for x in ())})]:
        show("reduce", _pickle.dumps, Bad(reduction), 2)
    show("local", _pickle.dumps, {"key": [1, (2, [lambda: 0])]})
    show("generator", _pickle.dumps, [(i for i in ())])
    show("protocol", _pickle.dumps, 1, 6)
    show("file", _pickle.Pickler, 3)
    show("callback", _pickle.dumps, 1, 4, buffer_callback=len)
    deep = []
    for _ in range(1000000):
        deep = [deep]
    try:
        _pickle.dumps(deep)
    except RecursionError:
        print("too deep")
    while deep:
        deep = deep[0]
    data = _pickle.dumps([Point(1, {"a": (2, 3.5, "x" * 300)}), {4}, b"5", 10**20], 4)
    outcomes = set()
    for end in range(len(data)):
        try:
            _pickle.loads(data[:end])
        except Exception as error:
            outcomes.add((type(error).__name__, str(error)))
    print(sorted(outcomes))
    for data in [b".", b"0.", b"(.", b"a.", b"]a.", b"(e.", b"}(Nu.", b"NR.", b"h\x00.", b"X\xff\xff\xff\xff.", b"\x8b\xff\xff\xff\xff.",
                 b"\x95\xff\xff\xff\xff\xff\xff\xff\x7f", b"cos\nnothing\n.", b"\x80\x04cos\npath.nothing\n.", b"I1x\n.", b"Sx\n.",
                 b"Fx\n.", b"\x82\x01.", b"N}b.", b"NN\x81.", b"\x80\x09.", b"Pid\n."]:
        show(data, _pickle.loads, data)


def buffers():
    class Exporter:
        def __init__(self):
            self.data = bytearray(b"exported")
            self.held = 0

        def __buffer__(self, flags):
            self.held += 1
            return memoryview(self.data)

        def __release_buffer__(self, view):
            self.held -= 1
            view.release()

    exporter = Exporter()
    wrapper = PickleBuffer(exporter)
    print(exporter.held)
    show("indirect", bytes, wrapper)
    wrapper.release()
    print(exporter.held)
    show("released", wrapper.raw)
    show("released", memoryview, wrapper)
    with memoryview(exporter) as view:
        view[0] = 69
        print(exporter.held, view.tolist()[:2])
    print(exporter.held, exporter.data)
    show("strided", PickleBuffer(memoryview(b"abcdef")[::2]).raw)
    show("text", PickleBuffer, "text")


all_protocols()
streams()
hooks()
errors()
buffers()
