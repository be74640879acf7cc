# struct: methods, errors and corner cases.
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
import _struct as struct
def t(f,*a,**k):
    try: print(f(*a,**k))
    except BaseException as e: print(type(e).__name__, e)
p=struct.pack
for f,a in [('i',('a',)),('i',(2**40,)),('i',(1.5,)),('B',(256,)),('b',(200,)),('h',(1<<20,)),('H',(-1,)),('I',(-1,)),('I',(2**32,)),('l',(2**63,)),('L',(-1,)),('q',(2**63,)),('Q',(2**64,)),('Q',(-1,)),('n',(2**63,)),('N',(-1,)),('P',(2**64,)),('P',(-1,)),('P',('a',)),('c',('a',)),('c',(b'ab',)),('s',('a',)),('s',(1,)),('p',(1,)),('f',('a',)),('f',(1e300,)),('e',(1e10,)),('d',('a',)),('F',('a',)),('D',('x',)),('F',(1e300,)),('?',(1,)),('ii',(1,)),('i',(1,2)),('i',()),('<i',('a',)),('<i',(2**40,)),('<b',(200,)),('<B',(-1,)),('<h',(1<<20,)),('<H',(-1,)),('<I',(-1,)),('<q',(2**63,)),('<Q',(2**64,)),('<Q',(-1,)),('<Q',(1.5,)),('>l',(2**40,)),('<n',(1,)),('<P',(1,)),('z',()),('3',()),('99999999999999999999i',()),('9223372036854775807i',()),('<f',(1e300,)),('>e',(1e6,)),('>e',('',)),('<F',(1,)),('i i',(1,2)),(' 2h',(1,2)),('\x00i',(1,)),('i\x00',(1,)),('é',()),('<iq',(1,2)),('iq',(1,2)),('0i',()),('b0i',(1,)),('5s',(b'abcdefgh',)),('5p',(b'abcdefgh',)),('0s',(b'abc',)),('0p',(b'a',)),('p',(b'a',)),('300p',(b'a'*299,)),('3x',()),('2?',([],5)),('2?',(1,)),('i',(None,)),('<?',(1,)),('>?',(0,)),('>hIqf2sd',(1,2,3,4.5,b'ab',6.25)),('@bhilqfd',(1,2,3,4,5,6,7)),('!D',(1+2j,)),('>F',(1+2j,))]:
    try: r=p(f,*a); print(f, r[:40], len(r))
    except BaseException as e: print(f,a,type(e).__name__, e)
t(struct.unpack,'i',b'abc'); t(struct.unpack,'i','abcd'); t(struct.unpack_from,'i',b'abc'); t(struct.unpack_from,'i',b'abcdefg',4); t(struct.unpack_from,'i',b'abcd',-5);t(struct.unpack_from,'i',b'abcd',-1); t(struct.unpack_from,'i',b'abcdefgh',-4)
b=bytearray(8); t(struct.pack_into,'i',b,0,1); t(struct.pack_into,'i',b,6,1); t(struct.pack_into,'i',b,-2,1); t(struct.pack_into,'i',b,-9,1); t(struct.pack_into,'i',b'',0,1); t(struct.pack_into,'i'); t(struct.pack_into,'i',b); t(struct.pack_into,'i',b,0); t(struct.pack_into,'i',b,0,1,2); t(struct.pack_into,'i',b,'a',1); t(struct.pack_into,'i',b,2**70,1); t(struct.pack); t(struct.pack,1); t(struct.pack,b'i',5); t(struct.calcsize,1); t(struct.calcsize,b'\xff'); print(b)
s=struct.Struct('<2hi'); print(s, s.format, s.size); t(s.pack,1); t(s.pack_into,b); t(s.pack_into,b,0); t(s.unpack,b'a'); t(s.iter_unpack,b'a'); t(struct.iter_unpack,'0s',b''); it=s.iter_unpack(b'12345678'*2); print(it, it.__length_hint__(), list(it)); t(struct.Struct); t(struct.Struct,1); t(struct.Struct,'z'); t(struct.Struct,'i','i'); t(struct.Struct,format='i'); x=struct.Struct.__new__(struct.Struct); t(x.pack,1); t(x.unpack,b'');  t(lambda:x.size); t(lambda:x.format); t(repr,x); t(x.iter_unpack,b'');t(x.pack_into,b,0);t(x.unpack_from,b''); t(s.unpack_from,buffer=b'12345678',offset=0);t(s.__sizeof__)
t(struct.unpack,'2sc?x3p5sPnN',bytes(range(40))[:struct.calcsize('2sc?x3p5sPnN')]); t(struct.unpack,'<eFDfd',bytes(range(2+8+16+4+8))); t(struct.unpack,'0i',b'')
print(type(it).__name__, type(it), struct.error.__mro__); t(type(it)); print(struct.calcsize('iq'),struct.calcsize('bqb'),struct.calcsize('b0q'),struct.calcsize('bD'),struct.calcsize('bF'),struct.calcsize('<bFDq'), struct.calcsize('@bPn'))
class X(struct.Struct):
    def __init__(self,f): super().__init__(f); self.x=1
y=X('i'); print(y.pack(5), y.x); y.__init__('h'); print(y.size)
class Y(struct.Struct):
    def __new__(cls,*a): return super().__new__(cls,'q')
    def __init__(self,a): super().__init__(a)
print(Y('i').size)
t(struct.unpack,'2i',memoryview(b'12345678')[::1]); t(struct.unpack,'i',memoryview(b'12345678')[::2])
class I:
    def __index__(self): return 7
print(p('b',I()), p('P',I()))
class J:
    def __index__(self): raise OverflowError('x')
t(p,'b',J()); t(p,'<q',J()); t(p,'c',b''); t(p,'s',bytearray(b'x')); t(p,'c',bytearray(b'x')); t(p,'f',10**400);t(p,'e',65520);t(p,'e',65519); t(p,'e',1e-8); t(p,'f',3.5e38)
import math
for x in [0.0,-0.0,1.0,65504.0,2**-14,2**-24,2**-25,2**-25*1.1,1/3,-2.5,float('inf'),-float('inf'),float('nan'),-float('nan'),1e-7,6.1e-5]: print(p('>e',x).hex(), repr(struct.unpack('>e',p('>e',x))[0]), p('>f',x).hex(), p('>d',x).hex())
print(struct.unpack('>bBhHiIlLqQ', p('>bBhHiIlLqQ', -1,255,-2,65535,-3,2**32-1,-4,2**32-4,-5,2**64-5)))
