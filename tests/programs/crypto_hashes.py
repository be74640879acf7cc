# The hash modules: digests at block boundaries, all parameters, messages.
import _md5,_sha1,_sha2,_sha3,_blake2
def t(f,*a,**k):
    try: print(repr(f(*a,**k)).split(' at ')[0])
    except BaseException as e: print(type(e).__name__, e)
t(_md5.md5,'x');t(_md5.md5,5);t(_md5.md5,string=b'x');t(_md5.md5,b'a',string=b'x');t(_md5.md5,b'',1);t(_md5.md5,data=None);t(_md5.md5,string=None)
t(type(_md5.md5())); print(_md5.md5().name,_sha2.sha224().name,_sha3.sha3_224().name,_sha3.shake_128().digest_size,_sha3.shake_128()._capacity_bits,_sha3.shake_128()._rate_bits,_sha3.shake_128()._suffix,_sha3.sha3_256()._suffix,_sha3.shake_128().block_size)
h=_sha3.shake_128(b'')
t(h.digest,-1);t(h.digest,1<<29);t(h.digest,'x');t(h.digest);t(h.digest,1<<80);t(h.hexdigest,length=3);t(h.hexdigest,0)
t(_sha3.shake_128,b'a',string=b'x');t(_sha3.sha3_224,'x');t(_sha3.sha3_224,b'',1)
B=_blake2.blake2b;S=_blake2.blake2s
for k in (dict(digest_size=0),dict(digest_size=65),dict(digest_size=-1),dict(key=b'x'*65),dict(key='a'),dict(salt=b'x'*17),dict(person=b'x'*17),dict(fanout=256),dict(fanout=-1),dict(depth=0),dict(depth=256),dict(leaf_size=-1),dict(leaf_size=1<<32),dict(node_offset=-1),dict(node_offset=1<<64),dict(node_depth=-1),dict(node_depth=256),dict(inner_size=-1),dict(inner_size=65),dict(string=b'x'),dict(data=b'a',string=b'x'),dict(digest_size='x'),dict(data='x')):
    print(k); t(B,**k)
t(S,node_offset=1<<48);t(S,salt=b'x'*9);t(S,person=b'x'*9);t(S,inner_size=33);t(S,key=b'x'*33);t(S,digest_size=33);t(S,b'',1)
for k in (dict(salt=b'ab',person=b'cd'),dict(key=b'k'),dict(fanout=2,depth=2,leaf_size=4096,node_offset=1,node_depth=0,inner_size=64,last_node=True),dict(depth=255,leaf_size=2**32-1,node_depth=255)):
    print(B(b'abc',**k).hexdigest()); 
    k['inner_size']=min(32,k.get('inner_size',0));print(S(b'abc',**k).hexdigest())
cs=[_md5.md5,_sha1.sha1,_sha2.sha224,_sha2.sha256,_sha2.sha384,_sha2.sha512,_sha3.sha3_224,_sha3.sha3_256,_sha3.sha3_384,_sha3.sha3_512,_sha3.shake_128,_sha3.shake_256,B,S]
d=bytes(i*7&255 for i in range(5000))
for c in cs:
    h=c(); print(h.name,h.block_size,h.digest_size, repr(h)[:12], c.__text_signature__)
    for n in (0,1,3,55,56,63,64,65,71,72,111,112,127,128,129,135,136,137,143,144,167,168,169,255,256,257,4000):
        a=(300,) if h.digest_size==0 else ()
        h=c(d[:n]); x=h.hexdigest(*a); 
        h=c(); h.update(d[:n//3]); g=h.copy(); h.update(d[n//3:n]); assert h.hexdigest(*a)==x; g.update(memoryview(d)[n//3:n]); assert g.digest(*a).hex()==x
        print(x)
