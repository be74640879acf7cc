# contextvars: methods, errors and corner cases.
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
import _contextvars, _queue
from _contextvars import *
def t(f,*a,**k):
    try: print(f(*a,**k))
    except BaseException as e: print(type(e).__name__, e)
v=ContextVar('v'); w=ContextVar('w',default=5); print(v,w); t(v.get); t(v.get,3); t(w.get); t(w.get,9); tok=v.set(1); print(tok, tok.var is v, tok.old_value, Token.MISSING, type(Token.MISSING)); v.reset(tok); t(v.reset,tok); print(tok); t(v.reset,1); t(w.reset,tok)
t(ContextVar); t(ContextVar,1); t(ContextVar,'a',2); t(ContextVar,'a',default=2,foo=1); t(Token); t(Context,1); t(Context,a=1); c=Context(); t(c.run); t(c.run,print,1,sep='x'); t(c.run,c.run,print); 
tok=v.set(1); t(lambda: c.run(v.reset,tok)); 
c=copy_context(); print(c[v], len(c), list(c), list(c.keys()), list(c.values()), list(c.items()), v in c, w in c, c.get(v), c.get(w), c.get(w,3)); t(lambda:c[1]); t(lambda:c[w]); t(lambda: 1 in c); t(c.get,1); t(c.copy); print(c==copy_context(), c==Context(), c!=Context(), c==1); t(hash,c); t(lambda:c<c); 
with v.set(7) as tk: print(v.get(), tk)
print(v.get()); t(tk.__enter__); t(tk.__exit__,None,None,None)
print(iter(c), c.keys(), c.items(), c.values(), iter(c.keys()), type(iter(c)).__name__); 
t(type(Token.MISSING)); print(type(iter(c)), type(c.keys()), isinstance(hash(v),int), v.name); 
try: v.name=1
except Exception as e: print(type(e),e)
try: del v.foo
except Exception as e: print(type(e),e)
t(lambda: setattr(v,'foo',1)); t(type,'X',(ContextVar,),{}); t(type,'X',(Context,),{}); print(ContextVar[int], Token[int]); t(lambda: Context[int])
r=[]; x=ContextVar(r.__class__.__name__, default=r); r.append(x); print(x)
class S(str): pass
print(ContextVar(S('q')))
tok=v.set('x'*10); print(tok); del tok
t(hash, tk)
vs=[ContextVar(str(i)) for i in range(200)]
for i,q in enumerate(vs): q.set(i)
c1=copy_context()
def ff():
    for q in vs[::2]: q.set(-1)
    return sum(q.get() for q in vs)
print(c1.run(ff), sum(q.get() for q in vs), len(c1), c1!=copy_context())
def gen():
    yield v.get()
    v.set('g'); yield v.get()
print(list(gen()), v.get())
q=_queue.SimpleQueue(); t(q.get_nowait); t(q.get,False); t(q.get,timeout=0.01); t(q.get,timeout=-1); t(q.get,True,'x'); q.put(1); q.put(2,False,3); q.put_nowait(3); t(q.put); print(q.qsize(), q.empty(), q.get(), q.get(timeout=1), q.get_nowait(), q.empty()); t(_queue.SimpleQueue,1); print(_queue.SimpleQueue[int], _queue.Empty, _queue.Empty.__doc__, _queue.Empty.__mro__, repr(q)[:20]); t(q.put,1,2,3,4); t(q.get,1,2,3); t(q.get,timeout=1e100); print(_queue.SimpleQueue.__doc__)
import _thread
def prod():
    for i in range(100): q.put(i)
    q.put(None)
q=_queue.SimpleQueue(); _thread.start_new_thread(prod,()); n=0
while (x:=q.get()) is not None: n+=x
print(n)
