import _heapq as H, _bisect as B, _stat, _statistics as S
def p(*a): print(*a)
def t(f,*a,**k):
    try: r=f(*a,**k)
    except BaseException as e: r=type(e).__name__+': '+str(e)
    print(str(r).split(' at 0x')[0])
seed=12345
def rnd():
    global seed
    seed=(seed*1103515245+12345)%2**31
    return seed>>8
for n in (0,1,2,3,10,57,300):
    d=[rnd()%50 for _ in range(n)]
    h=list(d); H.heapify(h); g=list(d); H.heapify_max(g); p(h[:20],g[:20])
    for i in range(5): H.heappush(h,rnd()%50); H.heappush_max(g,rnd()%50)
    p(h[:20],g[:20],H.heappushpop(h,7),H.heappushpop_max(g,30),H.heapreplace(h,60),H.heapreplace_max(g,-1))
    p([H.heappop(h) for _ in range(len(h))]==sorted(h),[H.heappop_max(g) for _ in range(len(g))][:9])
big=[rnd() for _ in range(5000)]; h=list(big); H.heapify(h); p(h[:10], [H.heappop(h) for _ in h[:]]==sorted(big))
class X:
    def __init__(s,v,l=None): s.v=v; s.l=l
    def __lt__(s,o):
        if s.l is not None: s.l.clear()
        return s.v<o.v
for f,a in ((H.heappush,1),(H.heappop,0),(H.heapify,0),(H.heapreplace,1),(H.heappushpop,1),(H.heappush_max,1),(H.heappop_max,0),(H.heapify_max,0)):
    l=[]; l.extend(X(i,l) for i in range(10))
    t(f,l,*[X(-5,l)]*a)
class E:
    def __lt__(s,o): raise ZeroDivisionError
t(H.heapify,[E(),E()]); t(H.heappush,[E()],E())
for n in sorted(dir(H)): 
    if n[0]!='_': p(n,getattr(H,n).__text_signature__)
l=[1,2,2,2,3,9]
p([(B.bisect_left(l,x),B.bisect_right(l,x)) for x in (0,1,2,2.5,3,9,10)], B.bisect_left(l,2,2), B.bisect_left(l,2,hi=1), B.bisect_right(l,2,1,3))
p(B.bisect_left(['a','bb','ccc'],2,key=len), B.bisect_right(['a','bb','ccc'],2,key=len))
m=[]; 
for i in range(30): (B.insort_left if i%2 else B.insort_right)(m,rnd()%20)
p(m); B.insort(m,5) if hasattr(B,'insort') else None
w=['a','ccc']; B.insort_right(w,'bb',key=len); p(w); B.insort_left(w,'dd',key=len); p(w); t(B.insort_right,w,1,key=len)
class L(list):
    def insert(s,i,x): print('insert',i,x); list.insert(s,i,x)
q=L([1,3]); B.insort_left(q,2); p(q); B.insort_right(a=q,x=4); p(q)
class Big:
    def __len__(s): return 2**63-1
    def __getitem__(s,i): return i
t(B.bisect_right,range(2**62),2**61); t(B.bisect_left,Big(),2**62)
for n in sorted(dir(B)):
    if n[0]!='_': p(n,getattr(B,n).__text_signature__)
p({n:getattr(_stat,n) for n in sorted(dir(_stat)) if n[0]!='_' and isinstance(getattr(_stat,n),int)})
p([(n,getattr(_stat,n)(0o40755),getattr(_stat,n).__text_signature__) for n in sorted(dir(_stat)) if n[0]!='_' and callable(getattr(_stat,n))])
p([S._normal_dist_inv_cdf(x/1000,3.5,1.25) for x in range(1,1000)])
p([S._normal_dist_inv_cdf(x,0,1) for x in (1e-10,1e-20,1e-300,1-1e-10,1-1e-16,5e-324)])
