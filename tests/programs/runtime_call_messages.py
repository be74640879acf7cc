# What calls with wrong arguments and wrong operands say.
import itertools


def t(source):
    try:
        result = eval(source)
    except Exception as e:
        result = f"{type(e).__name__}: {e}"
    print(source, "->", result)


for source in """\
max(1, a=1, b=2, c=3)
[].sort(a=1, b=2, c=3)
zip(a=1)
enumerate([], a=1, b=2)
sum([], a=1, b=3)
compile(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
int(a=1)
round(1, 2, 3)
"".split(1, 2, 3)
dict.fromkeys(1, 2, 3)
bytes(1, 2, 3, 4)
"".encode(a=1, b=2, c=3)
open()
round()
itertools.count(1, 2, 3)
itertools.product(0, repeat=1, foo=2)
sum()
sum([], 1, 2)
property(1, 2, 3, 4, 5)
super(1, 2, 3)
complex(1, 2, 3)
float(1, 2)
list(1, 2)
set(1, 2)
tuple(1, 2)
bool(1, 2)
object(1)
range()
range(1, 2, 3, 4)
slice()
type()
memoryview()
bytearray(1, 2, 3, 4)
frozenset(1, 2)
str(1, a=2)
reversed()
map()
filter(1)
classmethod()
staticmethod(1, 2)
str(object=1, encoding=2, errors=3, x=3)
dict(1, 2)
hash()
len(1, 2)
getattr(1)
getattr(1, 2, 3, 4)
pow(1)
divmod(1)
isinstance(1)
iter()
next()
print(sep=1)
id()
ord("ab")
chr(-1)
vars(1)
input(1, 2)
eval()
exec(1)
format()
bin(1.5)
min()
max([])
abs("a")
callable()
setattr(1, 2)
"".join(1)
[].append()
[].insert(1)
{}.get()
{}.pop()
(1).to_bytes(a=1)
int.from_bytes()
[].index()
"a".replace("a")
"a".strip(1)
"a".startswith(1)
b"a".startswith("a")
"a".count()
set().add()
[].pop("a")
itertools()
{}[[]]
1 in 2
len(5)
-"a"
"a" + 1
1 + "a"
[1] + (1,)
(1,) + [1]
b"a" + "a"
"a" * "b"
[1] * "a"
"a" % 1
"%d" % "a"
"%s %s" % 1
"%(a)s" % 1
"%z" % 1
"%c" % t
"{}".format()
"{a}".format()
"{0.x}".format(1)
format(1, "z")
format("a", "d")
format(1.5, "s")
f"{1!s:d}"
"a  b ".split(None, 1)
" a b ".rsplit(None, 1)
b"a  b ".split(None, 1)
b" a b ".rsplit(None, 1)""".splitlines():
    t(source)
