import _operator as O
def p(*a): print(*a)
def t(f,*a,**k):
    try: r=f(*a,**k)
    except BaseException as e: r=type(e).__name__+': '+str(e)
    print(r)
class C: pass
c=C(); c.x=C(); c.x.y=3; c.z=4
p(O.attrgetter('x.y')(c), O.attrgetter('x.y','z')(c)); t(O.attrgetter('x.q'),c); t(O.attrgetter('x.y'),object=c); t(O.attrgetter('a..b'),c)
p(O.itemgetter(1)('abc'), O.itemgetter(1,-1)([1,2,3]), O.itemgetter('k')({'k':5}), O.itemgetter(slice(1,3))('abcd'), O.itemgetter(-1)((1,2)), O.itemgetter(0)((1,2)))
p(O.methodcaller('upper')('ab'), O.methodcaller('split',',')('a,b'), O.methodcaller('split',sep=',',maxsplit=1)('a,b,c'), O.methodcaller('replace','a','b')('aaa'))
for T in (O.itemgetter,O.attrgetter,O.methodcaller): t(type,'X',(T,),{})
t(lambda: O.itemgetter(1).__dict__); t(setattr,O.itemgetter(1),'y',1)
for n in sorted(dir(O)):
    o=getattr(O,n)
    if n[:2]!='__': p(n,o.__name__,o.__qualname__,o.__module__,o.__text_signature__)
x=[1]; y=x; p(O.iconcat(x,[2]) is y, O.iadd(x,(3,)) is y, O.imul(x,2) is y, x)
class Seq:
    def __init__(self,l): self.l=l
    def __getitem__(self,i): return self.l[i]
    def __len__(self): return len(self.l)
    def __add__(self,o): return ('add',o)
    def __iadd__(self,o): return ('iadd',o)
t(O.concat,Seq([1]),[2]); t(O.iconcat,Seq([1]),[2]); t(O.concat,Seq([1]),3)
t(O.countOf,[1,2,1.0,True],1); t(O.indexOf,(1,2,float('nan')),2); n=float('nan'); t(O.countOf,[n,n,float('nan')],n); t(O.indexOf,iter('abc'),'c')
class I:
    def __index__(self): return True
    def __length_hint__(self): return 7
class I2(int): pass
p(O.index(5), type(O.index(I2(3)))); t(O.length_hint,I()); t(O.length_hint,c,3)
import sys
d={}; O.setitem(d,'a',1); p(d, O.getitem(d,'a'), O.delitem(d,'a'), d)
for f,a,b in ((O.lt,1,2),(O.le,2,2),(O.eq,1,1.0),(O.ne,1,2),(O.ge,1,2),(O.gt,1,2),(O.sub,5,3),(O.mul,'a',3),(O.floordiv,7,2),(O.truediv,7,2),(O.mod,'%s',3),(O.pow,2,10),(O.lshift,1,5),(O.rshift,32,2),(O.and_,6,3),(O.or_,6,3),(O.xor,6,3),(O.isub,5,3),(O.ifloordiv,7,2),(O.itruediv,7,2),(O.imod,7,2),(O.ipow,2,3),(O.ilshift,1,5),(O.irshift,32,2),(O.iand,6,3),(O.ior,6,3),(O.ixor,6,3),(O.is_,1,1),(O.is_not,1,1),(O.contains,'abc','b'),(O.matmul,1,2)): t(f,a,b)
for f in (O.neg,O.pos,O.abs,O.inv,O.invert,O.truth,O.not_,O.is_none,O.is_not_none,O.index): t(f,-5); t(f,'a')
t(O.call,max,1,2,key=lambda v:-v); t(O.call,lambda *a,**k:(a,k),1,obj=2)
r=O.itemgetter([]); l=[]; g=O.itemgetter(l); l.append(g); p(repr(g)); m=O.methodcaller('a',l); l.append(m); p(repr(m))
p(sorted([(2,'b'),(1,'a')],key=O.itemgetter(0)), list(map(O.attrgetter('real'),[1,2])))
import itertools
p(list(itertools.starmap(O.mul,[(1,2),(3,4)])))
