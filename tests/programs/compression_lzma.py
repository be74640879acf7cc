# Every format and filter of _lzma, streams in pieces, messages.
import _lzma as b
def t(f,*a,**k):
    try:
        r=f(*a,**k); print(repr(r)[:200].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
d=bytes(i*i&255 for i in range(30000))+b'hello hello hello'*100
C,D=b.LZMACompressor,b.LZMADecompressor
def rt(dk={},**k):
    c=C(**k); x=c.compress(d)+c.flush()
    u=D(**dk); r=u.decompress(x+b'tail'); print(k,len(x),x[:8].hex(),x[-8:].hex(),r==d,u.check,u.eof,u.unused_data,u.needs_input)
    return x
x=rt()
for p in (0,3,6,9,9|b.PRESET_EXTREME): rt(preset=p)
for ch in (0,1,4,10): rt(check=ch)
a=rt(format=b.FORMAT_ALONE)
F=[{'id':b.FILTER_LZMA2,'preset':3,'dict_size':1<<16,'lc':1,'lp':1,'pb':1,'mode':b.MODE_FAST,'nice_len':64,'mf':b.MF_HC4,'depth':5}]
rt(filters=F); rt({'format':b.FORMAT_RAW,'filters':F},format=b.FORMAT_RAW,filters=F)
G=[{'id':b.FILTER_DELTA,'dist':4},{'id':b.FILTER_X86,'start_offset':0},{'id':b.FILTER_LZMA2}]
rt(filters=G); rt({'format':b.FORMAT_RAW,'filters':G},format=b.FORMAT_RAW,filters=G)
rt(format=b.FORMAT_ALONE,filters=[{'id':b.FILTER_LZMA1,'preset':1}])
for k in (dict(preset=10),dict(preset='x'),dict(preset=-1),dict(preset=1<<40),dict(preset=1,filters=F),dict(format=9),dict(format=2,check=1),dict(format=3),dict(format=2,filters=F),dict(filters=[]),dict(filters=[{}]),dict(filters=[5]),dict(filters=[{'id':99}]),dict(filters=F*5),dict(filters=[{'id':b.FILTER_LZMA2,'foo':1}]),dict(filters=[{'id':b.FILTER_DELTA,'foo':1}]),dict(filters=[{'id':b.FILTER_X86,'foo':1}]),dict(filters=[{'id':b.FILTER_LZMA2,'lc':'x'}]),dict(filters=[{'id':b.FILTER_LZMA2,'preset':99}]),dict(check=99),dict(check=5),dict(filters=5),dict(filters=[{'id':'x'}]),dict(filters=[{'id':-1}]),dict(filters=[{'id':b.FILTER_LZMA2,'dict_size':1<<40}]),dict(check='x'),dict(foo=1)):
    print(k); t(C,**k)
for k in (dict(memlimit=1),dict(memlimit=1<<30),dict(format=3),dict(format=3,filters=F,memlimit=5),dict(format=1,filters=F),dict(format=9),dict(memlimit=-1),dict(memlimit='x'),dict(memlimit=1<<70)):
    print(k); t(D,**k)
t(D(memlimit=1000).decompress,x)
c=C(); c.flush(); t(c.flush); t(c.compress,b''); t(C().compress,'x')
u=D(); print(u.check,u.eof,u.needs_input,u.unused_data); r=u.decompress(x,10); print(r,u.eof,u.needs_input,u.check)
while not u.eof: r+=u.decompress(b'',3333)
print(r==d,u.needs_input,u.unused_data); t(u.decompress,b'')
u=D(); r=b''.join(u.decompress(x[i:i+1]) for i in range(len(x))); print(r==d,u.eof)
t(D().decompress,b'xxxxxxxxxxxxxxxxxxxx');t(D().decompress,x[:100]+b'zz'+x[102:]);t(D(format=1).decompress,a);t(D(format=2).decompress,a[:50]);t(D().decompress,b'')
t(D().decompress,x,0)
u=D(); out=[]; i=0
while not u.eof:
    if u.needs_input: q=x[i:i+7]; i+=7
    else: q=b''
    out.append(u.decompress(q,100))
print(b''.join(out)==d, len(out))
for f in ({'id':b.FILTER_LZMA1},{'id':b.FILTER_LZMA2,'dict_size':1<<20},{'id':b.FILTER_DELTA,'dist':9},{'id':b.FILTER_X86},{'id':b.FILTER_ARM,'start_offset':16},{'id':b.FILTER_DELTA,'dist':999},{'id':5,'x':1}):
    t(b._encode_filter_properties,f)
t(b._decode_filter_properties,b.FILTER_LZMA1,b']\0\0\x80\0');t(b._decode_filter_properties,b.FILTER_LZMA2,b'\x10');t(b._decode_filter_properties,b.FILTER_DELTA,b'\x08');t(b._decode_filter_properties,b.FILTER_X86,b'');t(b._decode_filter_properties,b.FILTER_ARM,b'\x10\0\0\0');t(b._decode_filter_properties,99,b'');t(b._decode_filter_properties,b.FILTER_LZMA2,b'');t(b._decode_filter_properties,'x',b'')
print([b.is_check_supported(i) for i in range(16)]); t(b.is_check_supported,99);t(b.is_check_supported,'x'); t(C().__reduce__)
print(b.LZMAError.__mro__)
print({k:v for k,v in vars(b).items() if isinstance(v,int)}==0 or sorted((k,v) for k,v in vars(b).items() if isinstance(v,int)))
print(D.__text_signature__,C.__text_signature__)
