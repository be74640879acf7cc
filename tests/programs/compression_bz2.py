# bzip2 in pieces, and its messages.
import _bz2 as b
def t(f,*a,**k):
    try:
        r=f(*a,**k); print(repr(r)[:300].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
d=bytes(i*i&255 for i in range(30000))+b'hello hello hello'*100
C,D=b.BZ2Compressor,b.BZ2Decompressor
for l in (1,5,9):
    c=C(l); x=c.compress(d)+c.flush(); print(l,len(x),hash(x)==hash(x),x[-20:].hex())
t(C,0);t(C,10);t(C,'x');t(C,1,2);t(c.compress,b'x');t(c.flush);t(C().compress,'x');t(C().flush)
u=D(); print(u.eof,u.needs_input,u.unused_data); r=u.decompress(x,10); print(r,u.eof,u.needs_input)
while not u.eof: r+=u.decompress(b'',3333)
print(r==d,u.needs_input,u.unused_data); t(u.decompress,b'')
u=D(); r=u.decompress(x+b'tail'); print(r==d,u.unused_data,u.eof,u.needs_input)
u=D(); r=b''.join(u.decompress(x[i:i+1]) for i in range(len(x))); print(r==d,u.eof)
t(C().__reduce__); print(C.__text_signature__,D.__text_signature__)
u=D(); out=[]
i=0
while not u.eof:
    if u.needs_input: q=x[i:i+7]; i+=7
    else: q=b''
    out.append(u.decompress(q,100))
print(b''.join(out)==d, len(out))
