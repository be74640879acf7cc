# mmap: arguments, reading, writing, slices, resizing, buffers, closed maps.
import mmap,os
def t(f,*a,**k):
    try: print(getattr(f,'__name__',f),a,k,f(*a,**k))
    except BaseException as e: print(getattr(f,'__name__',f),a,k,type(e).__name__, e)
M=mmap.mmap
t(M,-1,-1);t(M,-1,0);t(M,-1,10,offset=-1);t(M,-1,10,access=9);t(M,-1,10,flags=2,access=1);t(M,'a',1);t(M,999,10);t(M,-1,1<<70);t(M,-1,10,offset=1)
f=os.open('/tmp/taipan_mmap_test',os.O_RDWR|os.O_CREAT|os.O_TRUNC); t(M,f,0); os.write(f,b'hello world\nline two\n'); t(M,f,100);t(M,f,0,offset=4096);t(M,f,5,offset=8192)
m=M(f,0); print(repr(m),len(m))
t(m.read,5);t(m.read);t(m.read,-1);t(m.read,None);t(m.seek,0);t(m.seek,-1);t(m.seek,1<<40);t(m.seek,5,9);t(m.seek,-3,2);t(m.tell);t(m.seek,1,1);t(m.readline);t(m.seek,0);t(m.readline);t(m.readline);t(m.readline);t(m.read_byte);t(m.seek,0);t(m.read_byte);t(m.read,'a')
t(m.find,b'o');t(m.find,b'o',5);t(m.rfind,b'o');t(m.find,b'');t(m.find,b'zz');t(m.find,b'o',-3);t(m.find,b'o',0,3);t(m.rfind,b'l',0,-1);t(m.find,'a');t(m.find,b'o',None,None);t(m.find,b'',100);t(m.rfind,b'')
t(m.__getitem__,0);t(m.__getitem__,-1);t(m.__getitem__,100);t(m.__getitem__,slice(0,5));t(m.__getitem__,slice(0,10,2));t(m.__getitem__,'a');t(m.__getitem__,slice(5,0));t(m.__getitem__,1.5)
t(m.__setitem__,0,65);t(m.__setitem__,0,b'a');t(m.__setitem__,0,256);t(m.__setitem__,0,-1);t(m.__setitem__,0,1<<70);t(m.__setitem__,100,1);t(m.__setitem__,'a',1);t(m.__setitem__,slice(0,2),b'abc');t(m.__setitem__,slice(0,2),b'ab');t(m.__setitem__,slice(0,4,2),b'xy');t(m.__setitem__,slice(0,4,2),b'x');t(m.__setitem__,slice(0,2),5);t(m.__delitem__,0);t(m.__delitem__,slice(0,2));t(m.__setitem__,slice(0,2),'ab');t(m.__delitem__,'a')
print(m[:]); t(m.write,b'HH');t(m.write_byte,1);t(m.write_byte,300);t(m.write_byte,'a');t(m.seek,0,2);t(m.write_byte,1);t(m.write,b'a');t(m.write,'a')
t(m.move,0,5,3);t(m.move,0,5,300);t(m.move,-1,0,0);t(m.flush);t(m.flush,0,4096);t(m.flush,100,5);t(m.flush,-1,5);t(m.flush,0,-5);t(m.flush,1,1);t(m.size);t(m.seekable);t(m.madvise,0);t(m.madvise,999);t(m.madvise,0,100);t(m.madvise,0,-1);t(m.madvise,0,0,-1);t(m.madvise,0,0,100);t(m.madvise,0,0,1<<63)
v=memoryview(m); t(m.close);t(m.resize,5); print(v.readonly,v.format,v.shape); v.release()
t(m.resize,-1);t(m.resize,10);print(m[:], len(m))
print(list(m[:3]), b'e' in m, 101 in m, m.closed, [x for x in m][:2], bool(m))
with m as q: print(q is m)
print(m.closed, repr(m));t(len,m);t(m.read);t(m.close);t(m.size);t(memoryview,m);t(m.__enter__);t(m.__getitem__,0);t(m.seekable);t(m.tell);t(m.flush);t(bool,m)
r=M(f,0,access=mmap.ACCESS_READ); print(repr(r));t(r.write,b'a');t(r.__setitem__,0,1);t(r.resize,5);t(r.flush);t(r.write_byte,1);t(r.move,0,0,1);print(memoryview(r).readonly)
c=M(f,0,access=mmap.ACCESS_COPY);t(c.resize,5);t(c.write,b'zz');t(c.flush);print(repr(c));
p=M(f,0,prot=mmap.PROT_READ);print(repr(p))
p=M(f,0,prot=mmap.PROT_WRITE);print(repr(p))
n=M(f,0,trackfd=False);t(n.size);t(n.resize,5)
a=M(-1,100);t(a.size);t(a.resize,50);t(a.resize,200);t(a.resize,20000);a2=M(-1,100,flags=mmap.MAP_PRIVATE);t(a2.resize,20000);print(repr(a2))
class S(M): pass
s=S(-1,10);s.x=1;print(type(s),s.x,repr(s))
t(hash,a) if 0 else None; print(a==a, a!=a2); t(lambda:a<a2); t(lambda: a+a);t(lambda:a*2)
