import itertools as I, gc
def p(*a): print(*a)
def tk(it, n=12): return list(I.islice(it, n))
p(list(I.accumulate([1,2,3,4])), list(I.accumulate([1,2,3], lambda a,b:a*b, initial=10)), list(I.accumulate('abc')), list(I.accumulate([])), list(I.accumulate([], initial=5)))
p(list(I.batched('abcdefg',3)), list(I.batched([],2)))
try: list(I.batched('abcdefg',3,strict=True))
except ValueError as e: p(e)
p(list(I.chain('abc',[1,2],())), list(I.chain.from_iterable(['ab','cd'])))
p(list(I.combinations('abcd',2)), list(I.combinations(range(4),3)), list(I.combinations('a',0)), list(I.combinations('a',2)))
p(list(I.combinations_with_replacement('abc',2)), list(I.combinations_with_replacement('',0)), list(I.combinations_with_replacement('',1)))
p(list(I.permutations('abc')), list(I.permutations('abcd',2)), list(I.permutations('',0)), list(I.permutations('ab',0)), list(I.permutations('ab',3)))
p(list(I.product('ab',range(3))), list(I.product((0,1),repeat=3)), list(I.product()), list(I.product('ab',[])), list(I.product('ab',repeat=0)))
p(list(I.compress('abcdef',[1,0,1,0,1,1])), tk(I.count()), tk(I.count(5,3)), tk(I.count(1.5,.5),4), tk(I.count(2**63-3),6), tk(I.count(2**70,-1),3), tk(I.count(10,-3),3))
c=I.count(2**63-2); p(next(c),c,next(c),c,next(c),c); c=I.count(True); p(next(c),c)
p(tk(I.cycle('abc'),8), list(I.cycle('')), list(I.dropwhile(lambda x:x<3,[1,2,3,1,5])), list(I.takewhile(lambda x:x<3,[1,2,3,1,5])))
p(list(I.filterfalse(lambda x:x%2,range(8))), list(I.filterfalse(None,[0,1,2,''])), list(I.filterfalse(bool,[0,1,2,''])))
p([(k,list(g)) for k,g in I.groupby('aaabbca')], [(k,list(g)) for k,g in I.groupby(range(10),lambda x:x//3)])
gs=list(I.groupby('aabb')); p([(k,list(g)) for k,g in gs])
g=I.groupby('aabbcc'); k1,a=next(g); next(a); k2,b=next(g); p(k1,k2,list(a),list(b))
gr=I._grouper(I.groupby('aab'),'a'); p(list(gr))
p(list(I.islice('abcdefg',2)),list(I.islice('abcdefg',2,4)),list(I.islice('abcdefg',2,None)),list(I.islice('abcdefg',0,None,3)),list(I.islice('abcdefg',0)), list(I.islice('abcdefg',None)), list(I.islice('abcdefg',None,5,2)))
it=iter(range(20)); p(list(I.islice(it,3,9,4)), next(it)); it=iter(range(20)); p(list(I.islice(it,0,3)), next(it))
p(list(I.pairwise('abcd')), list(I.pairwise('a')), list(I.pairwise('')))
p(list(I.repeat('x',3)), tk(I.repeat(1),3), I.repeat('x',3), I.repeat('y'), len(list(I.repeat(None,0))))
p(list(I.starmap(pow,[(2,5),(3,2)])), list(I.starmap(max,[[1,2,3],(4,5,6,7),range(5)])), list(I.starmap(lambda:1,[(),()])))
a,b=I.tee('abcdefg'); p(next(a),next(a),list(b),list(a)); a,=I.tee(range(200),1); b=a.__copy__(); p(sum(a),sum(b))
x,y,z=I.tee(iter(range(300)),3); p(sum(x),sum(y),sum(z)); t=I._tee('abc'); p(list(t), type(I.tee(t)[0]))
p(list(I.zip_longest('abc','x',fillvalue='-')), list(I.zip_longest()), list(I.zip_longest('ab')), list(I.zip_longest([], [1,2])))
class S(I.count):
    def __init__(self,*a,**k): self.x=k
s=S(3); s.y=4; p(next(s), s, s.__dict__)
class R(I.repeat): pass
p(R(1,2), R(5))
class CH(I.chain):
    def __init__(self,*a,k=1): self.k=k
p(list(CH([1],[2],k=3)))
for n in sorted(n for n in dir(I) if n[:2]!='__'):
    o=getattr(I,n); p(n, o.__module__, o.__qualname__, o.__text_signature__, [k for k in sorted(vars(o)) if k not in ('__getattribute__', '__module__')] if isinstance(o,type) else '', hex(o.__flags__&0x4400) if isinstance(o,type) else '', isinstance(o,type) and o.__weakrefoffset__>0)
def f():
    try: I.tee([])[0].foo
    except AttributeError as e: p(e)
    try: I.repeat(1).__setstate__
    except AttributeError as e: p(e)
    for T in (I._tee, I._grouper, I._tee_dataobject):
        try:
            class X(T): pass
        except TypeError as e: p(e)
f()
# reentrancy
def gen():
    yield 1
    yield next(t0)
t0,t1=I.tee(gen())
try: list(t0)
except RuntimeError as e: p('RE',e)
class E:
    def __iter__(self): return self
    def __next__(self): raise ZeroDivisionError('z')
for mk in (lambda:I.accumulate(E()),lambda:I.batched(E(),2),lambda:I.chain(E()),lambda:I.chain.from_iterable(E()),lambda:I.compress(E(),[1]),lambda:I.compress([1],E()),lambda:I.cycle(E()),lambda:I.dropwhile(bool,E()),lambda:I.filterfalse(None,E()),lambda:I.groupby(E()),lambda:I.islice(E(),3),lambda:I.islice(E(),1,3),lambda:I.pairwise(E()),lambda:I.starmap(max,E()),lambda:I.takewhile(bool,E()),lambda:I.tee(E())[0],lambda:I.zip_longest('a',E())):
    it=mk()
    for _ in range(2):
        try: p(type(it).__name__, next(it))
        except BaseException as e: p(type(it).__name__, type(e).__name__, e)
import sys
p([sys.getsizeof(x) for x in (I.combinations('abcd',3),I.permutations('abcd'),I.permutations('abcd',2),I.product('ab','12'),I.combinations_with_replacement('abcd',5))])
for T in (I.cycle, I.groupby, I.pairwise, I.accumulate): 
    a=[]; a.append(T(a)); del a
p('collected', gc.collect()>=0)
p(I.repeat(object=1,times=2), len([*I.repeat(1,4)]), I.repeat(1,4).__length_hint__())
n=0
t=I.tee(range(100000))[0]
u=t.__copy__()
for _ in t: pass
del t,u
a,b=I.tee(I.count()); 
for i in range(100000): next(a)
del a,b
p('done')
