# collections: methods, errors and corner cases.
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
from _collections import OrderedDict, defaultdict, deque, _tuplegetter, _count_elements
def t(f,*a,**k):
    try: print(f(*a,**k))
    except BaseException as e: print(type(e).__name__, e)
class S(defaultdict):
    def __setitem__(self,k,v): print('set',k,v); super().__setitem__(k,v)
s=S(int); s['a']; 
class O(OrderedDict):
    def items(self): print('items'); return super().items()
    def keys(self): print('keys'); return super().keys()
    def __getitem__(self,k): print('get',k); return super().__getitem__(k)
o=O(a=1); print(repr(o))
t(OrderedDict,1,2); t(OrderedDict,[(1,)]); t(OrderedDict,[()]); t(OrderedDict,[(1,2,3)]); t(OrderedDict,[1]);t(OrderedDict,5)
o=OrderedDict(); t(o.update,1,2); t(o.popitem); t(o.move_to_end,1); t(o.pop,1); t(o.pop, (1,2)); t(o.__delitem__,3); t(o.__getitem__,3)
o[1]=2; t(o.move_to_end,'x'); t(o.move_to_end,(1,)); t(o.pop,'x',d=1); t(o.pop,'x',default=1); t(o.pop,key=1)
t(hash,o); t(hash,deque())
print(o.keys(),o.items(),o.values(), type(iter(o.items())), type(o.keys()).__mro__, type(iter(o)).__mro__)
t(deque,1,2,3); t(deque,'abc','x'); t(deque,'abc',-1); t(deque,'abc',2**70); t(deque,'abc',maxlen=1.5); t(deque,foo=1)
d=deque('abc'); t(d.index,'z'); t(d.remove,'z'); t(d.__getitem__,9); t(d.__getitem__,'a'); t(d.__setitem__,9,1); t(d.insert,'a',1); t(d.insert)
t(lambda:d+[1]); t(lambda: d*2.0); t(lambda: 3*d); t(d.rotate,1.5); t(d.rotate,1,2); t(lambda: d.append()); t(d.index,'a',1,2,3)
t(type(iter(d)), 1); t(lambda: d[0:1]);t(lambda: d < [1])
t(defaultdict, 1); t(defaultdict, int, 1, 2); t(defaultdict,int,1); t(lambda: defaultdict()['x']); 
t(_tuplegetter,1); t(_tuplegetter,'a',1); g=_tuplegetter(1,'doc'); print(g, g.__doc__, g.__reduce__()); t(g.__get__, 5); t(g.__get__,(1,)); t(g.__set__,1,2)
t(dict,1,2); t(OrderedDict.fromkeys,'ab',1); t(OrderedDict.fromkeys); t(OrderedDict.__or__,o,5); t(lambda: OrderedDict(a=1)|{'b':2}); t(lambda: {'b':2}|OrderedDict(a=1));
print(o.__sizeof__(), OrderedDict().__sizeof__(), OrderedDict.fromkeys(range(100)).__sizeof__(), {}.__sizeof__(), dict.fromkeys(range(100)).__sizeof__(),{1:1}.__sizeof__())
print(OrderedDict.__doc__, deque.__doc__)
# deque
d=deque(range(5),3); print(d, d.maxlen, len(d)); d.append(9); d.appendleft(8); print(d); d.extend('ab'); d.extendleft('xy'); print(d)
d*=3; print(d); print(d*2, d+deque([1]), d==deque(d), d<deque([1])if 0 else 0); d.insert(1,1) if 0 else t(d.insert,1,1)
d=deque('abcdef'); d.rotate(2); print(d); d.rotate(-3); print(d); d.rotate(100); print(d); d.reverse(); print(d); del d[2]; d[-1]='Z'; print(d, list(reversed(d)), 'Z' in d, d.count('a'), d.index('Z',-1))
it=iter(d); next(it); d.append(1); t(next,it); t(next,it)
d.append(d); print(d); d.pop(); print(d.copy(), d.__copy__(), d>deque('a'), d>=d, d!=d, d==d, d<deque('zz'))
for x in (1,-1,100,-100): d.insert(x,x)
print(d); d.clear(); t(d.pop); t(d.popleft); print(d, bool(d)); print(deque('abc').__reduce__()[1:3], deque('abc',4).__reduce__()[1:3])
class D(deque):
    pass
z=D('abc',5); z.foo=1; print(z, z.copy(), type(z.copy()), z.__reduce__()[1:3]); print(D.__mro__)
class Bad:
    def __eq__(self,o): dd.clear(); return False
dd=deque([Bad(),1,2]); t(dd.remove,5); dd=deque([Bad(),1,2]); t(lambda: 5 in dd); dd=deque([Bad(),1,2]); t(dd.count,5); dd=deque([Bad(),1,2]); t(dd.index,5)
d=deque([1,2]); d.extend(d); d.extendleft(d); print(d); d+=d; print(len(d)); d+='x'; print(d[-1], d[0])
print(deque([1,2])==[1,2], deque.__class_getitem__(int), deque[int], defaultdict[int,str])
it=iter(deque('abc')); next(it); print(it.__length_hint__(), it.__reduce__()[1]); r=reversed(deque('abc')); print(next(r), list(r), type(r))
# defaultdict
d=defaultdict(list); d['a'].append(1); print(d, d.copy(), d.__copy__(), d|{'b':2}, {'b':2}|d, type({'b':2}|d), d.default_factory, d.__reduce__()[:4], dict(d.__reduce__()[4]))
d.default_factory=None; t(lambda:d['q']); del d.default_factory; print(d, d.default_factory); t(lambda: d['q']); d.default_factory=d.copy
e=defaultdict(None,{'a':1},b=2); print(e, e=={'a':1,'b':2}); e|={'c':3}; print(e); 
class DD(defaultdict):
    def __init__(self): super().__init__(self.mk)
    def mk(self): return 1
    def __repr__(self): return defaultdict.__repr__(self).split(' at ')[0]
print(DD())
c={}; _count_elements(c,'hello'); print(c)
class C(dict):
    def get(self,k,d=None): return super().get(k,d+10)
c=C(); _count_elements(c,'hello'); print(c)
# ordered
o=OrderedDict([('a',1),('b',2),('c',3)]); o.move_to_end('a'); print(o, list(reversed(o))); o.move_to_end('c',last=False); print(o.popitem(False), o.popitem(), o)
o=OrderedDict.fromkeys('abcdefgh'); del o['c']; o['c']=1; print(list(o), list(o.items()), list(reversed(o.values()))); o2=OrderedDict(reversed(list(o.items()))); print(o==o2, o==dict(o2), dict(o2)==o, o!=o2, o.keys()==o2.keys()); print(o.copy()==o, o.__reduce__()[:4], list(o.__reduce__()[4]))
it=iter(o); next(it); o.move_to_end('a'); t(next,it); t(next,it); it=iter(o); next(it); o['zz']=1; t(next,it)
for i in range(1000): o[i]=i
for i in range(0,1000,2): o.move_to_end(i, last=bool(i%4))
for i in range(0,1000,3): o.pop(i)
print(hash(tuple(map(str,o)))==hash(tuple(map(str,o.keys()))), len(o), list(o)[:20], list(o)[-20:]); o.clear(); print(o, list(o)); o['x']=1; print(o)
o=OrderedDict(a=1,b=2); dict.__delitem__(o,'a'); t(repr,o); o=OrderedDict(a=1,b=2); dict.clear(o); t(repr,o); o=OrderedDict(a=1,b=2);dict.__setitem__(o,'c',3); t(repr,o); t(list,o.items());  o=OrderedDict(a=1,b=2); dict.pop(o,'b'); t(list,o); t(o.setdefault,'z',5); t(o.setdefault,'z',6); t(repr,o)
o=OrderedDict(); o['me']=o; print(o); o|=[(1,2)]; print(list(o)); o.x=5; print(o.__dict__, o.__reduce__()[2])
print(o.keys()&{'me'}, o.items()-[(1,2)]== {('me',o)} if 0 else '', dict(o)[1], {**o}[1])
def f(**k): return list(k)
print(f(**OrderedDict([('z',1),('y',2),('a',3)])))
