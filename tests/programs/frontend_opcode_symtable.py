# _opcode and _symtable.
import _opcode
import _symtable


def t(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e)


def show(entry, depth=0):
    print(" " * depth, entry.name, entry.type, entry.lineno, entry.nested, entry.varnames, sorted(entry.symbols.items()))
    for child in sorted(entry.children, key=lambda child: (child.lineno, child.name)):
        show(child, depth + 2)


show(_symtable.symtable("""
x: int = 1
def f(a, *b, c: int = 2, **d):
    global x
    def g():
        nonlocal a
        return a, [i for i in b if c]
    return lambda y: (y, x)
class C[T: int](B):
    z = 1
    def m(self): return __class__
type A[K] = list[K]
import os.path as p
""", "<s>", "exec"))
e=_symtable.symtable("def f(a):\n  global x\n  return x\n","<s>","exec")
E=type(e)
f=e.children[0]
t(lambda: E())
t(lambda: _symtable.symtable())
t(lambda: _symtable.symtable('a','f','foo'))
t(lambda: _symtable.symtable(3,'f','exec'))
t(lambda: _symtable.symtable('a\0','f','exec'))
t(lambda: _symtable.symtable('(','f','exec'))
t(lambda: _symtable.symtable('a','f','eval').name)
t(lambda: _symtable.symtable('a','f','func_type').name)
t(lambda: _symtable.symtable('a','f','exec', module='a').name)
print(_opcode.get_nb_ops())
t(lambda:_opcode.stack_effect(1))
t(lambda:_opcode.stack_effect(1,3))
t(lambda:_opcode.stack_effect(1,None))
t(lambda:_opcode.stack_effect(50))
t(lambda:_opcode.stack_effect(50,'a'))
t(lambda:_opcode.stack_effect(5,2,jump=1))
t(lambda:_opcode.stack_effect(5,2,jump=True))
t(lambda:_opcode.stack_effect(300))
t(lambda:_opcode.stack_effect(3000))
t(lambda:_opcode.stack_effect(-1))
t(lambda:_opcode.get_executor(code=(lambda:0).__code__,offset=0))
t(lambda:_opcode.get_executor(code=3,offset=0))
t(lambda:_opcode.get_executor(code=(lambda:0).__code__,offset=5000))
for n in ('is_valid','has_arg','has_const','has_name','has_jump','has_free','has_local','has_exc'):
    print(n,[i for i in range(-3,300) if getattr(_opcode,n)(i)])
for j in (None,True,False):
  for arg in (0,1,2,3,5,256):
    r=[]
    for i in range(0,280):
        try: r.append(_opcode.stack_effect(i,arg,jump=j))
        except ValueError as e:
            try: r.append(_opcode.stack_effect(i,jump=j))
            except ValueError: r.append('x')
    print(j,arg,r)
