# array: methods, errors and corner cases.
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
import array
from array import array as A
def t(f,*a,**k):
    try: print(f(*a,**k))
    except BaseException as e: print(type(e).__name__, e)
t(A); t(A,1); t(A,'x'); t(A,'ii'); t(A,'i',5); t(A,'i','abc'); t(A,'w','a\U00012345'); t(A,'b',[128]); t(A,'b',[-129]); t(A,'b',['a']); t(A,'B',[256]); t(A,'B',[-1]); t(A,'h',[1<<15]); t(A,'H',[1<<16]);t(A,'H',[-1]); t(A,'i',[1<<31]);t(A,'I',[1<<32]);t(A,'I',[-1]);t(A,'l',[1<<63]);t(A,'L',[1<<64]);t(A,'L',[-1]);t(A,'q',[1<<63]);t(A,'Q',[1<<64]);t(A,'Q',[-1]);t(A,'f',['a']);t(A,'d',['a']);t(A,'i',[1.5]);t(A,'I',[1.5]); t(A,'w',['ab']);t(A,'w',[1]);t(A,'w',b'ab'); t(A,'i',b'abcde'); t(A,'i',b'abcd'); t(A,'b',bytearray(b'ab')); t(A,'i',A('f',[1.5])); t(A,'f',A('i',[1])); t(A,'i',A('w','a')); t(A,'i',[1],2); t(A,'i',x=1); t(A,'f',[1e300]); t(A,'h',[1<<40]); t(A,'b',[1<<70]); t(A,'i',[1<<70]); t(A,'I',[1<<70]); t(A,'L',[1<<70]); t(A,'Q',['x']);t(A,'q',[1.5]);t(A,'H',['a']);t(A,'h',['a'])
a=A('i',range(5)); print(a,a[1],a[-1],a[1:3],a[::2],a[::-1]); t(lambda:a[9]); t(lambda:a['a']); t(a.__setitem__,9,1); t(a.__setitem__,0,'a'); t(a.__setitem__,'a',1); t(a.__delitem__,9); t(a.__setitem__,slice(0,2),[1]); t(a.__setitem__,slice(0,2),A('f',[1])); t(a.__setitem__,slice(0,4,2),A('i',[1])); t(a.__setitem__,slice(0,2),A('i',[7,8,9])); print(a); del a[::2]; print(a)
t(a.index,99); t(a.remove,99); t(a.pop,99); t(A('i').pop); t(a.extend,A('f',[1])); t(a.extend,[1,'a']); t(a.extend,5); print(a); t(a.fromlist,(1,)); t(a.fromlist,[1,'a']); print(a); t(a.frombytes,b'abc'); t(a.frombytes,'abc'); t(a.fromunicode,'a'); t(a.tounicode); t(A('w','abc').tounicode); t(lambda: a+[1]); t(lambda:a+A('f')); t(lambda: a*'a'); t(lambda: a*-1); t(a.__iadd__,[1]); t(a.__iadd__,A('f',[1])); t(a.insert,'a',1); t(a.insert,0,'a'); t(a.append,'a')
print(a==A('d',a), a<A('f',[99]), a!=[1], a==list(a)); print(a.buffer_info()[1], a.typecode,a.itemsize, 0); b=A('h',[1,2]); b.byteswap(); print(b, b.tobytes(), b.tolist()); print(b.__reduce_ex__(2), b.__reduce_ex__(3), A('d',[1.5]).__reduce_ex__(2), A('L',[1]).__reduce_ex__(4),A('w','a').__reduce_ex__(2))
m=memoryview(a); print(m.format,m.itemsize,m.shape,m.tolist(), m.nbytes, m.strides, m.readonly); m[0]=77; t(a.append,1); t(a.pop); m.release(); a.append(1); print(a, memoryview(A('w','ab')).format)
it=iter(a); print(type(it), next(it), it.__reduce__(), it.__length_hint__() if hasattr(it,'__length_hint__') else 'nolh'); it.__setstate__(3); print(list(it), it.__reduce__()); print([x for x in dir(it) if x not in dir(object)])
from array import _array_reconstructor as R
t(R,A,'i',8,b'abcd'); t(R,A,'i',8,b'abc'); t(R,int,'i',8,b''); t(R,A,'z',8,b''); t(R,A,'i',99,b''); t(R,A,'i',8,'x'); print(R(A,'i',9,b'\0\0\0\1')); t(R,A,'f',14,b'\0\0\x80?'); t(R,A,'w',20,b'a\0\0\0'); t(R,A,'d',16,b'\0'*8); t(R,A,'i',-1,b''); t(R,A,'L',11,bytes(range(8))); t(R,A,'d',15,b'?\x80\0\0'); t(R,A,'w',19,b'\0a\0b')
class B(A):
    def __init__(self,*a): self.x=1
print(repr(B('i',[1])), B('i',[1]).__reduce_ex__(3)); print(B('i',[1])[:], type(B('i',[1])+A('i'))); t(hash,a); print(A('w','a\'"'), A('w'), A('b'))
print(a.__copy__(), a.__deepcopy__(None), a.count(1), 1 in a, 'a' in a, a.index(1), a.reverse(), a)
t(a.index,1,5); t(a.index,1,0,1); t(a.tofile,1); t(a.fromfile,1,2); t(a.clear); print(a); t(iter(A('i')).__setstate__,'a'); print(A.__class_getitem__(int))
t(a.fromunicode,1); t(A('w').fromunicode,'a\ud800'); t(A('w',[ 'a']).tounicode); t(A('w').frombytes,b'\xff\xff\xff\xff'); x=A('w'); x.frombytes(b'\xff\xff\xff\xff'); t(lambda:x[0]); t(x.tounicode); t(repr,x)
t(lambda: memoryview(A('i')).tolist()); t(lambda: A('i',[1,2])>A('i',[1])); t(lambda: bytes(A('i',[1]))); 
class I:
    def __index__(self): return 3
print(A('i',[I()]), A('Q',[I()]), A('B',[I()])); t(A,'d',[10**400])
class F:
    def __init__(s,b=b''): s.b=b
    def read(s,n): r,s.b=s.b[:n],s.b[n:]; return r
    def write(s,b): s.b+=b
f=F(b'abcdefgh1'); a=A('i'); a.fromfile(f,2); print(a); t(a.fromfile,f,1); f=F(b'abcd'); t(a.fromfile,f,2); t(a.fromfile,f,-1); print(a); f=F(); a.tofile(f); print(f.b)
a=A('i',range(100)); del a[10:90]; a[5:5]=a; a*=2; a+=a; print(len(a), sum(a), a[::7]); a[::7]=a[::7][::-1]; print(a[:20]); del a[::-3]; print(len(a), array.typecodes, array.ArrayType is A); a.insert(-1,5); a.insert(1000,6); a.insert(-1000,7); print(a[-3:],a[0]); a.remove(7); print(a.pop(0), a.pop(), len(a))
import gc,_weakref; r=_weakref.ref(a); print(r() is a); del a; print(r())
for c in 'bBhHiIlLqQfd': x=A(c,[1,2,3]); print(x, x.itemsize, x==A('d',[1,2,3]), x.tobytes()[:8])
