# functools: methods, errors and corner cases.
import sys


class Masked:
    """Output without addresses."""

    def __init__(self, stream):
        self.stream = stream

    def write(self, text):
        first, *rest = text.split("0x")
        self.stream.write(first + "".join("0xX" + part.lstrip("0123456789abcdef") for part in rest))

    def flush(self):
        self.stream.flush()


sys.stdout = Masked(sys.stdout)
from _functools import partial, Placeholder as _, reduce, cmp_to_key, _lru_cache_wrapper, _PlaceholderType
def t(f,*a,**k):
    try: print(f(*a,**k))
    except BaseException as e: print(type(e).__name__, e)
t(reduce,1,2); t(reduce,max,[]); t(reduce,max,[],initial=3); t(reduce,max,[1],2,initial=3); t(reduce, max,[1],foo=3); t(reduce,lambda a,b:a+b,range(10)); t(reduce,lambda a,b:a+b,['a'],'q')
t(cmp_to_key); t(cmp_to_key,1,2); k=cmp_to_key(lambda a,b:a-b); print(type(k), type(k(1)), type(k).__name__, type(k).__module__); t(lambda:k(1)<1); t(lambda:k(1)<k(2)); t(hash,k(1)); t(lambda:k()); t(lambda: k(1,2)); t(lambda:k(obj=3).obj); t(lambda: k.obj)
t(lambda: cmp_to_key(5)(1)<cmp_to_key(4)(3)); t(lambda: cmp_to_key(lambda a,b:'x')(1)<k(2)); t(type(k)); print(sorted([3,1,2],key=cmp_to_key(lambda a,b:b-a)))
t(partial); t(partial,1); t(partial,print,_); t(partial,print,1,_); p=partial(print,_,2,k=1); t(p); t(p,1); print(p,p.args,p.keywords,p.func); t(partial,print,k=_); t(partial(print,_,2),k=_)
p2=partial(p,9,10,z=3); print(p2); t(p2); 
print(p.__reduce__()); t(p.__setstate__,1); t(p.__setstate__,(1,2,3,4)); t(p.__setstate__,(print,(1,_),{},None)); t(p.__setstate__,(print,(1,),{},{'a':1})); print(p.__dict__)
print(repr(_), type(_), type(_)() is _, _.__reduce__()); t(type(_),1); 
class P(partial): pass
print(P(print,1)); q=P(print); q.__setstate__((q,(),{},{})); print(repr(q))
print(partial.__doc__); t(_lru_cache_wrapper,1,2,3,4); t(_lru_cache_wrapper,print,'x',False,tuple)
info=lambda *a: a
def lru_cache(maxsize,typed=False):
    return lambda f: _lru_cache_wrapper(f,maxsize,typed,info)
f=lru_cache(-5)(lambda x:x); print(f.cache_info())
f=lru_cache(3)(lambda *a,**k:(a,k)); f(1);f(1.0);f(1,a=2);f('a');print(f.cache_info()); t(f,[])
f=lru_cache(3,True)(lambda *a,**k:(a,k)); f(1);f(1.0);f(a=1);f(a=1.0);print(f.cache_info()); f.x=1; print(f.__dict__)
calls=[]
@lru_cache(3)
def g(x): calls.append(x); return x*2
for i in [1,2,3,1,4,2,1,5,1,1,3]: g(i)
print(calls, g.cache_info()); g.cache_clear(); print(g.cache_info()); g(1); print(calls[-1], g.cache_info())
@lru_cache(None)
def fib(n): return n if n<2 else fib(n-1)+fib(n-2)
print(fib(100), fib.cache_info())
@lru_cache(5)
def fib(n): return n if n<2 else fib(n-1)+fib(n-2)
print(fib(50), fib.cache_info())
class A:
    @lru_cache(10)
    def m(self): return 1
print(type(A().m), A().m(), A().m()); print(A.m.cache_info(), f.__copy__() is f, f.__deepcopy__({}) is f)
t(partial(int).__get__,None,int); t(partial(int).__get__, 1)
class E:
    def __init__(s,v): s.v=v
    def __hash__(s): return 1
    def __eq__(s,o):
        if h.cache_info()[0]>=0 and s.v==3: h.cache_clear()
        return s.v==o.v
@lru_cache(2)
def h(x): return x.v
for v in [1,2,3,1,2,3,4,3,2]: print(h(E(v)),end=' ')
print(h.cache_info())
p=partial(int,base=2); print(p('101'), p('77',base=8), partial(max,1,2)(5,key=lambda x:-x)); p=partial(dict,a=1); print(p(b=2), p(a=3,c=4)); t(partial(print,sep='-'),1,2,3,end='!\n')
print(partial(partial(partial(print,1),2),3).args, partial(partial(print,_,2,_,4),1,3).args, partial(partial(print,_,2,_,4),1).args, partial(partial(print,_,2,_,4),_,3).args)
t(partial(print,_,2,_,4),1); t(partial(print,_,2,_,4),1,3,5)
p=partial(print); p.foo=1; 
try: del p.__dict__
except TypeError as e: print(e)
try: p.func=2
except AttributeError as e: print(e)
class C:
    pm=partial(lambda *a,**k:(len(a),k),1,x=2)
    g=staticmethod(partial(print,'st'))
print(C().pm(5), C.pm(5)); C().g(); print(partial[int])
