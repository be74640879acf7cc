# The ast node classes, trees as objects and back.
import ast
import warnings

warnings.simplefilter("always")
warnings.showwarning = lambda m, c, *a, **k: print("   warning", c.__name__, m)


def t(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e)


for n in ("expr", "Name", "Load", "expr_context", "Module", "arg", "Constant", "ImportFrom", "ExceptHandler", "Dict",
          "BinOp", "arguments", "stmt", "mod", "type_ignore", "excepthandler"):
    c = getattr(ast, n)
    print(n, c.__mro__[1].__name__, c._fields, c._attributes, c.__match_args__, c.__doc__)
    print("  ", getattr(c, "_field_types", None), c.__module__, c.__qualname__)
t(lambda: ast.Name())
t(lambda: ast.Name("x"))
t(lambda: ast.Name("x").ctx is ast.Name("y").ctx)
t(lambda: ast.Name("x", 3, 4))
t(lambda: ast.Name("x", id=3))
t(lambda: ast.Name("x", foo=3).foo)
t(lambda: ast.Name("x", lineno=3).lineno)
t(lambda: ast.Name("x").lineno)
t(lambda: ast.Name("x").end_lineno)
t(lambda: sorted(ast.FunctionDef("f", ast.arguments()).__dict__))
t(lambda: ast.Constant(3).kind)
t(lambda: ast.AST(1))
t(lambda: ast.AST(a=1))
t(lambda: ast.Load() is ast.Load())


class X(ast.Name): ...


t(lambda: X("a"))


class Y(ast.AST):
    _fields = ("a", "b")


t(lambda: Y(1, 2))
t(lambda: Y(1, 2, 3))
t(lambda: Y(c=2))
x = ast.Name("x", lineno=1)
t(lambda: x.__reduce_ex__(2))
t(lambda: x.__replace__(id="y").__dict__)
t(lambda: x.__replace__(foo="y"))
t(lambda: x.__replace__("y"))
t(lambda: ast.Name(**{"ctx": ast.Load()}).__replace__())
t(lambda: ast.parse("x=1+2\ndef f(a,b=2,*c):\n  return [1,2,3,4,5,6]"))
t(lambda: ast.parse("[1,[2,[3]]]", mode="eval"))
t(lambda: ast.List((1, 2, 3, 4)))
n = ast.Name("x")
del n.id
t(lambda: n)
n = ast.List([])
n.elts.append(n)
t(lambda: n)


def c(o, mode="exec", flags=0):
    return type(compile(o, "<f>", mode, flags)).__name__


L = dict(lineno=1, col_offset=0)
E = ast.Expression
N = lambda *a: ast.Name(*a, **L)
t(lambda: c(3))
t(lambda: c(ast.Name("x")))
t(lambda: c(E(ast.Name("x"))))
t(lambda: c(E(ast.Name("x")), "eval"))
t(lambda: c(E(N("x")), "eval"))
for bad in ((3,), (None,), ("None",), ("x", 3), ("x", None), ("x", ast.Store())):
    t(lambda: c(E(N(*bad)), "eval"))
t(lambda: c(E(None), "eval"))
t(lambda: c(E(3), "eval"))
t(lambda: c(E(ast.BinOp(ast.Constant(1, **L), 3, ast.Constant(1, **L), **L)), "eval"))
t(lambda: c(E(ast.BinOp(ast.Constant(1, **L), ast.Sub, ast.Constant(1, **L), **L)), "eval"))
for bad in (int, [1], (1, [2])):
    t(lambda: c(E(ast.Constant(bad, **L)), "eval"))
good = (1, (2, frozenset({3})), 3j, ..., "\ud800", b"x", 1 << 100, True, None, 2.5)
t(lambda: eval(compile(E(ast.Constant(good, **L)), "f", "eval")))
t(lambda: c(E(ast.Constant(3, kind=4, **L)), "eval"))
t(lambda: c(E(ast.Tuple(3, ast.Load(), **L)), "eval"))
t(lambda: c(E(ast.Tuple([3], ast.Load(), **L)), "eval"))
t(lambda: c(E(ast.Tuple([None], ast.Load(), **L)), "eval"))
t(lambda: c(E(ast.Tuple([], ast.Load(), lineno="a", col_offset=0)), "eval"))
t(lambda: c(E(ast.Tuple([], ast.Load(), lineno=1 << 40, col_offset=0)), "eval"))
t(lambda: c(E(ast.Tuple([], ast.Load(), lineno=5, end_lineno=2, col_offset=0)), "eval"))
t(lambda: c(ast.Module([ast.Pass(**L)])))
t(lambda: c(ast.Module([ast.Pass()], [])))
t(lambda: c(ast.Module([None], [])))
t(lambda: c(ast.Module([ast.ImportFrom(level=None, module="a", names=[ast.alias("x", **L)], **L)], [])))
t(lambda: c(ast.Module([ast.ImportFrom(level=0, module="a", names=[ast.alias("x")], **L)], [])))
t(lambda: c(ast.Module([ast.Global(names=[3], **L)], [])))
t(lambda: c(ast.Module([ast.FunctionDef("f", ast.arguments(), [ast.Pass(**L)], **L)], [])))
t(lambda: c(ast.Interactive([ast.Pass(**L)]), "single"))
t(lambda: c(ast.Interactive([ast.Pass(**L)]), "exec"))
t(lambda: c(ast.FunctionType([], N("x")), "func_type", ast.PyCF_ONLY_AST))
t(lambda: c(ast.AST()))
t(lambda: c(E(ast.expr(**L)), "eval"))
t(lambda: c(E(X("x", **L)), "eval"))
source = '''
import a.b as c, d
from . import e
@deco(1, *x, y=2, **z)
async def f[T: int = str](a, /, b: int = 1, *c, d=2, **e) -> None:
    """doc"""
    async with a as b, c: yield
    async for x, *y in z: await w
    else: pass
class C[**P](B, metaclass=M):
    x: int = 1
    (y): str
try: pass
except* A as a: raise B from C
else: del a, b.c, d[1:2, ...]
finally: assert x, "m"
match x:
    case [1, *rest] | {"k": -1 + 2j, **kw} | C(a, b=None) as q if t: pass
    case _: pass
while a < b <= c is not d not in e: break
x = y = lambda *a, k=1: (a := {1, *b}, {**c, 1: 2}, [i async for i in j if k], {i: j for i in k})
x += f"a{b!r:>{c}}d" "e" if not -x ** ~y @ z else t"{a = }{b:c}"
type A[*Ts] = B[*Ts]
global g; nonlocal h
print(1_000, 0xff, 1e3, b"x", "\\ud800", ..., True)
'''
tree = ast.parse(source)
print(ast.dump(tree, include_attributes=True))
try:
    compile(tree, "f", "exec")
except SyntaxError as e:
    print(e)
print(ast.dump(ast.parse("1+2+x\nif __debug__: y\n'a' 'b'", optimize=1)))
print(ast.dump(ast.parse("(int, *str) -> x", mode="func_type")))
print(ast.dump(ast.parse("x = 1 # type: int\n# type: ignore[a]", type_comments=True)))
print(compile("1", "f", "eval", ast.PyCF_ONLY_AST), ast.PyCF_OPTIMIZED_AST, ast.PyCF_TYPE_COMMENTS)
namespace = {}
exec(compile(ast.parse("a = [i * 2 for i in range(5)]\ndef g(x, *, y=3): return x + y\nb = g(4)"), "f", "exec"), namespace)
print(namespace["a"], namespace["b"])
