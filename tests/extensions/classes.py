"""Types made in C."""

import gc
import ext_classes as x
from support import call, plain


def attempt(text, **names):
    names.update(globals())
    try:
        result = eval(text, names)
    except Exception as error:
        print(text, "raises", type(error).__name__, error)
    else:
        print(text, "=", plain(result))


print(x.count(), x.count(), x.__doc__)
for name in ("Static Derived SubList SubStr SubInt SubDict SubError Abstract Plain Members Managed Offsets Variable Meta ByMeta Immutable Token").split():
    kind = getattr(x, name)
    print(name, kind, kind.__name__, kind.__qualname__, kind.__module__, repr(kind.__doc__), kind.__text_signature__, kind.__mro__, kind.__base__, type(kind))
    info = x.type_info(kind)
    print("  ", info, x.slots_of(kind), kind.__dictoffset__, kind.__weakrefoffset__)
    print("  ", sorted(n for n in vars(kind)))
print(x.same_slots())

# The static type.
s = x.Static([1], number=3)
print(s, hash(s), s.held, s.held_or_none, s.number, s.label, s.fixed, s.double(), bool(s), len(s), s[1], s[-1], s["key"], s(1, a=2), 3 in s, 4 in s)
print(s + 1, 1 + s, s == x.Static(number=3), s < x.Static(number=4), s != 5, list(s), [10, 20, 30, 40][s])
s[1] = "v"
print(s.held)
del s[0]
print(s.number)
attempt("s < 5")
attempt("s.fixed.x")
for statement in ("s.label = 9", "del s.label", "s.fixed = 1", "s.held_or_none = 3", "s.number = 'x'", "s.number = 1 << 40", "del s.number", "del s.held", "s.held",
                  "s.anything = 5", "s.__dict__ = {'q': 1}", "s.q", "s.anything", "s.__dict__ = 5", "del s.__dict__", "x.Static.new = 1", "x.Static(1, 2, 3)", "x.Static(wrong=1)"):
    try:
        exec(statement)
    except Exception as error:
        print(statement, "raises", type(error).__name__, error)
    else:
        print(statement, "passes", s, s.__dict__)
print(x.Static.held, x.Static.label, x.Static.double, x.Static.held.__doc__, x.Static.double.__doc__, x.Static.double.__text_signature__, x.Static.__add__, x.Static.__len__, x.Static.__init__, x.Static.__new__ is object.__new__)
d = x.Derived("h", 5)
d.extra = 7
print(d, d.extra, d.double(), d.held, isinstance(d, x.Static), d + d == ("add", d, d))
attempt("type('Sub', (x.Derived,), {})")
class Sub(x.Static):
    def __len__(self): return 99
    def double(self): return super().double() + 1
    def __getitem__(self, key): return ("py", key)
    def __del__(self): print("del", self.number)
p = Sub(number=4)
p.own = 1
print(len(p), p.double(), p["a"], p[2], p.own, p.__dict__, hash(p), p)
del p
x.dealloc_count()
a, b = x.Static(number=1), x.Static(number=2)
a.held, b.held = b, a
del a, b
print(x.dealloc_count(), gc.collect() >= 2, x.dealloc_count())
a = x.Static(number=1)
a.me = a
del a
x.collect()
print(x.dealloc_count())
import _weakref
s = x.Static(number=8)
r = _weakref.ref(s, lambda r: print("weak callback", r() is None))
print(r() is s)
del s
print(r(), x.dealloc_count())

# Below built-in types.
l = x.SubList("abc")
l.append("d")
print(l, len(l), l.increment(), l.increment(), l[1:], l == list("abcd"), x.SubList.__base__, isinstance(l, list))
t = x.SubStr("text")
print(t, t.upper(), len(t), t == "text", hash(t) == hash("text"), {t: 1}["text"], type(t), x.SubStr("wide €"), x.SubStr())
print(x.SubInt(5) + 1, x.SubInt("77"), type(x.SubInt(3)), x.SubInt(1 << 70), -x.SubInt(4))
d = x.SubDict(a=1)
d["b"] = 2
print(d, list(d), d.get("a"), {**d})
try:
    raise x.SubError("message", 2)
except ValueError as error:
    print(repr(error), error.args, type(error).__mro__)
attempt("x.Abstract()")
attempt("object.__new__(x.Abstract)")
attempt("type(x.Plain())")
attempt("x.Plain(1)")
attempt("x.Immutable.__dict__['__doc__']")
for statement in ("x.Immutable.a = 1", "x.Members.a = 1", "x.Members().zz = 1"):
    try:
        exec(statement)
        print(statement, "passes")
    except Exception as error:
        print(statement, "raises", type(error).__name__, error)

# Members.
m = x.Members()
names = [n for n in vars(x.Members) if n.startswith("t_")] + ["read_only"]
print({n: getattr(m, n, "missing") for n in names})
for n in names:
    for value in (1, -1, 200, 70000, 1 << 40, 1 << 70, 1.5, "q", "qq", True, None, [1]):
        try:
            setattr(m, n, value)
        except Exception as error:
            print(n, plain(value), "raises", type(error).__name__, error)
        else:
            print(n, plain(value), "gives", plain(getattr(m, n)))
    try:
        delattr(m, n)
        print("deleted", n, plain(getattr(m, n, "missing")))
    except Exception as error:
        print("del", n, "raises", type(error).__name__, error)
print(x.Members(1).t_string)
attempt("m.t_object_ex")
class Under(x.Members):
    __slots__ = ("a",)
u = Under()
u.a = u.t_object = 5
print(u.a, u.t_object)

# Managed dictionaries.
o = x.Managed()
o.a, o.b = 1, 2
print(o.__dict__, o.a, x.gc_state(o))
r = _weakref.ref(o)
o.me = o
o.set_other(o)
print(next(o) is o, list(o))
del o
gc.collect()
print(r(), x.dealloc_count())
class Below(x.Managed):
    pass
o = Below()
o.q = 1
o.__dict__["z"] = 2
print(o.__dict__, o.z, vars(o))
o.__dict__ = {"new": 3}
print(o.new)
del o
print(x.dealloc_count())
print(list(map(lambda v: (x.gc_state(v)), ((), [], {}, 5, "a", x.Managed, (1, 2), lambda: 0))))

o = x.Offsets()
o.attr = 5
print(o(1, 2, k=3), o.magic, o.attr, o.__dict__, _weakref.ref(o)() is o)
class Holder:
    offsets = o
print(Holder.offsets, Holder().offsets[1])
attempt("o.none")
v = x.Variable(5)
print(v.sum(), v.__sizeof__(), x.Variable.__itemsize__, x.Variable(0).sum())
class SubVariable(x.Variable):
    pass
v = SubVariable(3)
v.attr = 1
print(v.sum(), v.attr, SubVariable.__dictoffset__, SubVariable.__weakrefoffset__)
print(type(x.ByMeta), x.ByMeta.data(3), x.ByMeta.data(4))
class PyMeta(x.ByMeta):
    pass
print(type(PyMeta), PyMeta.data(1))
class Meta2(x.Meta):
    attr = 1
class C(metaclass=Meta2):
    pass
print(C.data(5), C.attr, type(C))
print(x.by_token(x.Token), x.by_token(int), x.by_token(type("T", (x.Token,), {})))
attempt("x.from_spec(None, 'meta')")
attempt("x.from_spec((x.ByMeta,), 'meta')")
attempt("x.from_spec((x.Managed,), 'members')")
attempt("x.from_spec((bool,), 'members')")
attempt("x.from_spec(int, 'token')")
attempt("x.from_spec((5,), 'token')")
class Python:
    attr = 1
print(x.cache(Python, "attr", 2), Python.attr, x.cache(Python, "fresh", 3), Python().fresh)
