# binascii over generated input, and its messages.
import binascii as b
s=12345
def r(n):
    global s
    s=(s*6364136223846793005+1442695040888963407)&(2**64-1)
    return (s>>33)%n
def t(f,*a,**k):
    try: return f(*a,**k)
    except Exception as e: return type(e).__name__+str(e)
alph=b'AB+/=\n c='; al2=b' !`AZ\n\r'; al3=b'=A3f\r\n _.a\t\x80\xff'
for i in range(150):
    d=bytes(alph[r(len(alph))] for _ in range(r(12)))
    print(d,t(b.a2b_base64,d),t(b.a2b_base64,d,strict_mode=True))
    d=bytes(al2[r(len(al2))] for _ in range(r(9)))
    print(d,t(b.a2b_uu,d))
    d=bytes(al3[r(len(al3))] for _ in range(r(160)))
    for k in range(0,8,3): print(t(b.b2a_qp,d,k&1,k&2,k&4))
    print(t(b.a2b_qp,d),t(b.a2b_qp,d,True),b.crc32(d,i),b.crc_hqx(d,i),t(b.b2a_uu,d),t(b.b2a_uu,d[:40],backtick=True),b.b2a_base64(d),b.b2a_base64(d,newline=False),b.hexlify(d,'-',r(9)-4))
print(b.crc32(bytes(range(256))*100))
def t(f,*a,**k):
    try: print(repr(f(*a,**k)))
    except BaseException as e: print(type(e).__name__, e)
t(b.crc32,b'x','s'); t(b.crc32,'x'); t(b.crc32,b'x',-1); t(b.crc32,b'x',1<<40); t(b.crc_hqx,b'x',-1);t(b.crc_hqx,b'x',1.5)
t(b.a2b_hex,'é'); t(b.a2b_hex,5); t(b.a2b_hex,'abc'); t(b.a2b_hex,'zz'); t(b.a2b_hex, b'ab zz')
t(b.b2a_hex,b'abc','xx');t(b.b2a_hex,b'abc','é');t(b.b2a_hex,b'abc',3);t(b.b2a_hex,b'abcde',':',2);t(b.b2a_hex,b'abcde',b'\xff',-2);t(b.b2a_hex,b'abcde',sep='');t(b.b2a_hex,b'abcde',None);t(b.b2a_hex,b'abcde',[1])
t(b.b2a_uu,b'a'*46);t(b.a2b_uu,b'');t(b.a2b_uu,'\x80');t(b.a2b_uu,b'!zz');t(b.a2b_uu,b'!!!!!!');t(b.b2a_uu,b'',backtick=True)
t(b.a2b_uu,None); t(b.a2b_base64,memoryview(b'abcdefgh')[::2]); t(b.b2a_hex,5); t(b.b2a_hex,'a'); t(b.b2a_qp,'a'); t(b.a2b_qp,'a=')
t(b.b2a_hex,b'abcde',':',1<<80); t(b.b2a_hex,b'abcde','\u1234');t(b.b2a_hex,memoryview(b'abcd')[::2]);
t(b.a2b_hex); t(b.a2b_hex,1,2); t(b.a2b_qp); t(b.crc32); t(b.a2b_base64,'=',strict_mode=1);t(b.a2b_base64,'a',strict_mode=0);
t(b.b2a_hex, b'abc', '\x80')
print(b.__doc__); print(b.Error.__doc__, b.Incomplete.__doc__)
