# _zstd: levels, options, dictionaries, streams in pieces, messages.
import _zstd as b
class CP(int): pass
class DP(int): pass
def t(f,*a,**k):
    try:
        r=f(*a,**k); print(repr(r)[:200].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
d=bytes(i*i&255 for i in range(30000))+b'hello hello hello'*100
C,D,Z=b.ZstdCompressor,b.ZstdDecompressor,b.ZstdDict
t(b.set_parameter_types,CP,DP);t(b.set_parameter_types,1,2)
def rt(dk={},**k):
    c=C(**k); x=c.compress(d)+c.flush()
    u=D(**dk); r=u.decompress(x+b'tail'); print(k,len(x),x[:8].hex(),x[-8:].hex(),r==d,u.eof,u.unused_data,u.needs_input,c.last_mode)
    return x
x=rt()
for l in (-5,0,1,3,10,22): rt(level=l)
rt(options={b.ZSTD_c_checksumFlag:1,b.ZSTD_c_compressionLevel:7,b.ZSTD_c_windowLog:20})
rt(options={b.ZSTD_c_nbWorkers:1})
for k in (dict(level=100),dict(level=-(1<<40)),dict(level='x'),dict(level=1,options={}),dict(options=5),dict(options={'x':1}),dict(options={99:1}),dict(options={b.ZSTD_c_windowLog:99}),dict(options={b.ZSTD_c_windowLog:'x'}),dict(zstd_dict=5),dict(options={b.ZSTD_c_strategy:100}),dict(options={DP(100):1}),dict(options={1<<70:1}),dict(options={100:1<<70}),dict(options={b.ZSTD_c_compressionLevel:100}),dict(foo=1),dict(options={101:9})):
    print(k); t(C,**k)
for k in (dict(options={b.ZSTD_d_windowLogMax:20}),dict(options={b.ZSTD_d_windowLogMax:99}),dict(options={5:1}),dict(options=5),dict(options={CP(100):20}),dict(zstd_dict=5),dict(options={'x':1}),dict(options={100:'x'})):
    print(k); t(D,**k)
c=C(); print(c.last_mode,c.CONTINUE,c.FLUSH_BLOCK,c.FLUSH_FRAME); t(c.compress,b'abc',5); t(c.compress,'x'); t(c.flush,0); t(c.flush,9); print(c.compress(b'abc',c.FLUSH_BLOCK).hex(),c.last_mode, c.flush(c.FLUSH_BLOCK).hex(), c.flush().hex(), c.flush().hex(),c.last_mode, c.compress(b'x',mode=2).hex())
c=C(); t(c.set_pledged_input_size,5); t(c.compress,b'abcdefg',2); c=C(); c.set_pledged_input_size(3); print(c.compress(b'abc',2).hex()); t(c.set_pledged_input_size,-1); t(c.set_pledged_input_size,None);t(c.set_pledged_input_size,'x');t(c.set_pledged_input_size,1<<64); c.compress(b'a'); t(c.set_pledged_input_size,5)
c=C(); c.set_pledged_input_size(5); t(c.compress,b'abc',2); 
u=D(); print(u.eof,u.needs_input,u.unused_data); r=u.decompress(x,10); print(r,u.eof,u.needs_input)
while not u.eof: r+=u.decompress(b'',3333)
print(r==d,u.needs_input,u.unused_data); t(u.decompress,b'')
u=D(); r=b''.join(u.decompress(x[i:i+1]) for i in range(len(x))); print(r==d,u.eof)
t(D().decompress,b'xxxxxxxxxxxxxxxxxxxx');t(D().decompress,x[:100]+b'zz'+x[102:]);t(D().decompress,b''); t(D().decompress,x,0); t(D().decompress,'x')
u=D(); out=[]; i=0
while not u.eof:
    if u.needs_input: q=x[i:i+7]; i+=7
    else: q=b''
    out.append(u.decompress(q,100))
print(b''.join(out)==d, len(out))
t(b.get_frame_info,x);t(b.get_frame_info,b'');t(b.get_frame_info,b'xxxxxxxxxxxxx');t(b.get_frame_size,x+b'tail');t(b.get_frame_size,x[:-1]);t(b.get_frame_size,b'');t(b.get_frame_info,frame_buffer=C().compress(b'abc',2))
for p in (100,101,107,160,400): t(b.get_param_bounds,p,True)
t(b.get_param_bounds,100,False);t(b.get_param_bounds,5,False);t(b.get_param_bounds,5,True);t(b.get_param_bounds,parameter=100,is_compress=False)
samples=[bytes((i*j+j)&255 for j in range(50+i%7))+b'common text here for all of the samples'+str(i).encode() for i in range(300)]
td=b.train_dict(b''.join(samples),tuple(map(len,samples)),4096); print(len(td), td[:4].hex())
fd=b.finalize_dict(td,b''.join(samples),tuple(map(len,samples)),4096,5); print(len(fd))
t(b.train_dict,b'abc',(1,1,1),100);t(b.train_dict,b'abc',(1,1),100);t(b.train_dict,b'abc',[3],100);t(b.train_dict,b'abc',('x',),100);t(b.train_dict,b'abc',(3,),-1);t(b.train_dict,b'abc',(3,),0);t(b.train_dict,b'abc',(-1,),9);t(b.finalize_dict,b'',b'abc',(3,),100,3);t(b.finalize_dict,td,b'abc',(3,),-1,3)
z=Z(td); print(z.dict_id==int.from_bytes(td[4:8],'little'),len(z),z.dict_content==td,repr(z).replace(str(z.dict_id),'ID')); t(Z,b'abc');t(Z,b'');t(Z,b'12345678');t(Z,'x');r=Z(b'12345678',is_raw=True);print(repr(r),r.dict_id,len(r));t(Z)
for mode in (z,z.as_digested_dict,z.as_undigested_dict,z.as_prefix,r,r.as_prefix):
    c=C(zstd_dict=mode); y=c.compress(samples[0])+c.flush(); u=D(zstd_dict=mode); print(len(y),u.decompress(y)==samples[0]); 
    try: print(b.get_frame_info(y)[1]==z.dict_id)
    except Exception as e: print(e)
c=C(zstd_dict=z); y=c.compress(samples[0])+c.flush(); t(D().decompress,y); t(D(zstd_dict=r).decompress,y)
print(type(z.as_prefix), z.as_prefix[1:], len(z.as_prefix)); t(C,zstd_dict=(z,9));t(C,zstd_dict=(z,)); t(C,zstd_dict=(z,0)) if 0 else None
print(b.ZstdError.__mro__,b.zstd_version,b.zstd_version_number)
print(sorted((k,v) for k,v in vars(b).items() if isinstance(v,int)))
print(D.__text_signature__,C.__text_signature__,Z.__text_signature__)
t(c.__reduce__);t(z.__reduce__); t(hash,z) if 0 else None
