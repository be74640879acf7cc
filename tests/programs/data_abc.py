import _abc as B
def p(*a): print(*a)
def t(f,*a,**k):
    try: r=f(*a,**k)
    except BaseException as e: r=type(e).__name__+': '+str(e)
    print(r)
class Meta(type):
    def __new__(m,n,b,ns,/,**k):
        c=super().__new__(m,n,b,ns,**k); B._abc_init(c); return c
    def register(c,s): return B._abc_register(c,s)
    def __instancecheck__(c,i): return B._abc_instancecheck(c,i)
    def __subclasscheck__(c,s): return B._abc_subclasscheck(c,s)
def abstract(f): f.__isabstractmethod__=True; return f
class A(metaclass=Meta):
    @abstract
    def f(self): pass
    @abstract
    def g(self): pass
p(sorted(A.__abstractmethods__), type(A.__abstractmethods__)); t(A)
class D(A):
    def f(self): pass
p(sorted(D.__abstractmethods__)); t(D)
class E(D):
    def g(self): pass
p(E.__abstractmethods__, isinstance(E(),A), issubclass(E,A), issubclass(int,A), isinstance(3,A))
tok=B.get_cache_token()
p(A.register(int), isinstance(3,A), issubclass(bool,A), issubclass(str,A), B.get_cache_token()-tok, A.register(int), B.get_cache_token()-tok)
t(D.register,A); t(A.register,D); t(A.register,3); t(issubclass,3,A)
r,c,n,v=B._get_dump(A); p(type(r),len(r),len(c),len(n),v==B.get_cache_token(), sorted(w().__name__ for w in r), sorted(w().__name__ for w in c), sorted(w().__name__ for w in n))
class H(metaclass=Meta):
    @classmethod
    def __subclasshook__(cls,s): return {int:True,str:False,float:7}.get(s,NotImplemented)
p(issubclass(int,H),issubclass(str,H),isinstance('',H)); t(issubclass,float,H); p(issubclass(list,H))
import gc
def mk():
    class T: pass
    A.register(T); return T
T=mk(); T2=type('T2',(T,),{}); p(len(B._get_dump(A)[0]), issubclass(T2,A), len(B._get_dump(A)[1]))
del T,T2; gc.collect(); p(len(B._get_dump(A)[0]),len(B._get_dump(A)[1]))
B._reset_caches(A); p([len(x) for x in B._get_dump(A)[:3]]); B._reset_registry(A); p([len(x) for x in B._get_dump(A)[:3]])
class Sq(metaclass=Meta): __abc_tpflags__=1<<5
class Mp(metaclass=Meta): __abc_tpflags__=1<<6
p(hasattr(Sq,'__abc_tpflags__'), bool(Sq.__flags__&32), bool(Mp.__flags__&64))
class U: pass
class V(U): pass
Sq.register(U); p(bool(U.__flags__&32), bool(V.__flags__&32))
match V():
    case [*_]: p('no')
    case _: p('other')
try:
    class Bad(metaclass=Meta): __abc_tpflags__=(1<<5)|(1<<6)
except TypeError as e: p(e)
class P:
    def __init__(s,c): s.c=c
    @property
    def __class__(s): return s.c
A.register(str); p(isinstance(P(str),A), isinstance(P(float),A), isinstance(P(list),H))
class Fake: _abc_impl=3
t(B._abc_instancecheck,Fake,1); t(B._get_dump,Fake)
class Pr(metaclass=Meta):
    @property
    @abstract
    def x(self): pass
    @classmethod
    @abstract
    def y(cls): pass
    @staticmethod
    @abstract
    def z(): pass
p(sorted(Pr.__abstractmethods__)); t(Pr)
for n in sorted(dir(B)):
    o=getattr(B,n)
    if callable(o) and n!='__loader__': p(n,o.__text_signature__)
p(type(A._abc_impl).__name__, type(A._abc_impl).__module__)
