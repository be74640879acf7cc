# zlib: every format, streams in pieces, dictionaries, messages.
import zlib
def t(f,*a,**k):
    try:
        r=f(*a,**k); print(repr(r)[:300].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
d=bytes(i*i&255 for i in range(3000))+b'hello hello hello'*100
c=zlib.compress(d)
print(len(c),zlib.crc32(c),zlib.adler32(c),zlib.crc32(d,5),zlib.adler32(d,7), zlib.crc32(b''), zlib.adler32(b''), zlib.adler32(d,-1), zlib.crc32(d,1<<40))
for l in range(-1,10):
    for w in (15,-15,31,9,-9,25):
        x=zlib.compress(d,l,w); print(l,w,len(x),zlib.crc32(x)); assert zlib.decompress(x,w)==d
        if w>0: assert zlib.decompress(x,47)==d
t(zlib.compress,d,10);t(zlib.compress,d,1,100);t(zlib.compress,'x');t(zlib.compress,d,'x');t(zlib.compress,data=d)
t(zlib.decompress,c[:-1]);t(zlib.decompress,b'');t(zlib.decompress,b'xxxx');t(zlib.decompress,c,100);t(zlib.decompress,c,15,-1);t(zlib.decompress,c[:-1]+b'x');t(zlib.decompress,c,bufsize=0);t(zlib.decompress,c+b'tail');t(zlib.decompress,c,wbits=-15);t(zlib.decompress,c,bufsize=1<<100)
t(zlib.compressobj,10);t(zlib.compressobj,1,9);t(zlib.compressobj,wbits=100);t(zlib.compressobj,memLevel=10);t(zlib.compressobj,strategy=9);t(zlib.compressobj,zdict='x');t(zlib.compressobj,zdict=b'');t(zlib.compressobj,1,2,3,4,5,6,7);t(zlib.compressobj,wbits=31,zdict=b'abc');t(zlib.compressobj,zdict=None)
t(zlib.decompressobj,100);t(zlib.decompressobj,zdict='x');t(zlib.decompressobj,zdict=None);t(zlib.decompressobj,zdict=5)
o=zlib.compressobj(9,zdict=b'hello'); a=o.compress(d); b=o.flush(zlib.Z_SYNC_FLUSH); p=o.copy(); e=o.flush(); print(len(a),len(b),len(e)); t(o.flush); t(o.compress,b'x'); t(o.copy); print(p.flush()==e)
t(o.flush,99); t(zlib.compressobj().flush,99); t(zlib.compressobj().flush,0);t(zlib.compressobj().flush,'x')
full=a+b+e
u=zlib.decompressobj(); t(u.decompress,full)
u=zlib.decompressobj(zdict=b'nope'); t(u.decompress,full)
u=zlib.decompressobj(zdict=bytearray(b'hello')); print(u.decompress(full+b'more')==d,u.unused_data,u.eof,u.unconsumed_tail); t(u.decompress,b'zz'); print(u.unused_data); t(u.flush); t(u.decompress,b'q'); print(u.unused_data); t(u.copy)
u=zlib.decompressobj(); t(u.decompress,c,-1); x=u.decompress(c,100); print(len(x),len(u.unconsumed_tail),u.eof); y=u.copy(); z=u.decompress(u.unconsumed_tail,50); print(len(z),len(u.unconsumed_tail)); r=u.flush(); print(x+z+r==d,u.eof,u.unconsumed_tail); print(x+y.flush()==d); t(u.flush,0); t(u.flush,-5); t(u.decompress,b'')
u=zlib.decompressobj(); x=u.decompress(c[:50]); t(u.flush); print(u.eof)
u=zlib.decompressobj(-15,zdict=b'hello'); o=zlib.compressobj(9,zlib.DEFLATED,-15,zdict=b'hello'); q=o.compress(b'hello')+o.flush(); t(u.decompress,q)
import zlib
D=zlib._ZlibDecompressor
u=D(); print(u.eof,u.needs_input,u.unused_data); x=u.decompress(c,10); print(x,u.eof,u.needs_input); 
while not u.eof: x+=u.decompress(b'',333)
print(x==d,u.needs_input,u.unused_data); t(u.decompress,b'')
u=D(); x=u.decompress(c+b'tail'); print(x==d,u.unused_data,u.eof,u.needs_input)
t(D,100);t(D().decompress,b"xx")
u=D(); r=b''.join(u.decompress(c[i:i+1]) for i in range(len(c))); print(r==d,u.eof)
print(type(zlib.compressobj()),type(zlib.decompressobj()),zlib.error.__mro__,zlib.ZLIB_VERSION,zlib.ZLIB_RUNTIME_VERSION)
t(type(zlib.compressobj())); t(type(zlib.decompressobj()))
for n in sorted(vars(zlib)):
    if isinstance(getattr(zlib,n),int): print(n,getattr(zlib,n))
print(zlib.__version__ if hasattr(zlib,'__version__') else None, zlib.__all__ if hasattr(zlib,'__all__') else None)
t(zlib.crc32,'x');t(zlib.crc32,b'',1.5);t(zlib.adler32,b'','')
import sys
