# Guards of specialized instructions: what they were specialized for changes while they run.
import types


class Plain:
    kind = "plain"

    def __init__(self, x, y=2):
        self.x = x
        self.y = y

    def get(self):
        return self.x

    @property
    def double(self):
        return self.x * 2


def read(p):
    return p.x, p.get(), p.double, p.kind, p.y


p = Plain(1)
for _ in range(100):
    read(p)
print(read(p))

# Values move to a dictionary and back.
d = p.__dict__
d["x"] = 10
print(read(p), list(d))
p.z = 3
print(d)
p.__dict__ = {"x": 5, "y": 6, "kind": "own", "get": lambda: "own get"}
print(read(p))
del p.__dict__
try:
    read(p)
except AttributeError as error:
    print(error)

# The class changes.
p = Plain(1)
read(p)
Plain.get = lambda self: "new get"
Plain.kind = "new kind"
Plain.double = 7
print(read(p))
Plain.x = property(lambda self: "a data descriptor")
print(read(p))
del Plain.x
Plain.__getattribute__ = lambda self, name: name
print(read.__name__, p.x, p.kind)
del Plain.__getattribute__
Plain.__getattr__ = lambda self, name: "missing " + name
print(p.x, p.nothing)


class Other:
    def __init__(self):
        self.y = "other y"
        self.x = "other x"

    get = lambda self: "other get"
    double = kind = 0


o = Other()
print(read(o), read(p))
o.__class__ = Plain
print(read(o), o.__dict__)


# Slots, deletion, order of attributes.
class Slots:
    __slots__ = ("a", "b")


def slots(s, value):
    s.a = value
    s.b = value
    return s.a


for i in range(50):
    s = Slots()
    slots(s, i)
del s.a
try:
    print(s.a)
except AttributeError as error:
    print(error)


class Order:
    pass


for i in range(60):
    q = Order()
    if i % 2:
        q.a = 1
        q.b = 2
    else:
        q.b = 2
        q.a = 1
    del q.a
    q.c = 3
    q.a = 4
print(vars(q))
q = Order()
for i in range(40):
    setattr(q, f"name{i}", i)
print(len(vars(q)), q.name39, q.name0)


# Globals and built-ins.
def use_len():
    return len("abc")


for _ in range(100):
    use_len()
print(use_len())
len = lambda value: "global len"
print(use_len())
del len
print(use_len())
import builtins

real = builtins.len
builtins.len = lambda value: "built-in len"
print(use_len())
builtins.len = real
print(use_len())


# Calls: code replaced, __init__ replaced, not None.
def f(a, b=1):
    return a + b


def call():
    return f(1), f(1, 2), f(1, b=5)


for _ in range(100):
    call()
print(call())
f.__defaults__ = (100,)
print(call())
f.__code__ = (lambda a, b=0: ("code", a, b)).__code__
print(call())


class Made:
    def __init__(self, value):
        self.value = value


def make(value):
    return Made(value)


for i in range(100):
    make(i)
print(make(1).value)
Made.__init__ = lambda self, value: value
try:
    make(1)
except TypeError as error:
    print(error)


def generator(self, value):
    yield


Made.__init__ = generator
try:
    make(1)
except TypeError as error:
    print(error)
Made.__init__ = lambda self, *args: setattr(self, "args", args)
print(make(1).args)
Made.__new__ = lambda cls, value: value
print(make(9))


# A comparison that changes the dictionary it is looked up in.
class Key:
    def __init__(self, hash):
        self.hash = hash

    def __hash__(self):
        return self.hash

    def __eq__(self, other):
        table.clear()
        return False


table = {}


def look(key):
    return table.get(key), key in table


for _ in range(50):
    look("a")
table[Key(hash("a"))] = 1
print(look("a"), table)

# In place and beyond small ints.
total = 0
for i in range(200):
    total += i << 20
    total -= 2**40 if i == 150 else 0
print(total, -7 // 2, -7 % 3, 7 // -2, 7 % -3, 1 << 40, -1 >> 70, 7 / 2)
text = ""
for i in range(100):
    text += str(i)
print(text[-10:], real(text))


# Super and generators.
class Base:
    def m(self):
        return "base"


class Derived(Base):
    def m(self):
        return super().m() + " derived"


def supers():
    return Derived().m()


for _ in range(50):
    supers()
Base.m = lambda self: "changed"
print(supers())


def gen(n):
    for i in range(n):
        yield i
    return "end"


def chain():
    result = yield from gen(3)
    yield result


print([list(chain()) for _ in range(30)][-1], sum(x for x in gen(50)))
