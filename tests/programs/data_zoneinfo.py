"""zoneinfo: TZ strings, files, caches."""
import io
import pickle
import struct
import tempfile
import zoneinfo
from datetime import *
from pathlib import Path
from zoneinfo import ZoneInfo


def mk(rule, transitions=(), kinds=((0, 0, 0),), names=b"UTC\0"):
    if isinstance(rule, str):
        rule = rule.encode()
    size = struct.pack(">6l", 0, 0, 0, len(transitions), len(kinds), len(names))
    kinds = b"".join(struct.pack(">lbb", *kind) for kind in kinds)

    def block(code):
        times = b"".join(struct.pack(">" + code, time if code == "q" else 0) for time, kind in transitions)
        return b"TZif2" + bytes(15) + size + times + bytes(kind for time, kind in transitions) + kinds + names

    return io.BytesIO(block("l") + block("q") + b"\n" + rule + b"\n")


def rules(rule):
    try:
        zone = ZoneInfo.from_file(mk(rule), key="x")
        for month in (1, 3, 4, 7, 10, 11):
            for fold in (0, 1):
                moment = datetime(2024, month, 10, 2, 30, fold=fold, tzinfo=zone)
                local = zone.fromutc(moment)
                print(rule, moment.utcoffset(), moment.dst(), moment.tzname(), local, local.fold)
        print(time(1, tzinfo=zone).utcoffset(), zone.tzname(None))
    except Exception as error:
        print(ascii(rule), "!!", type(error).__name__, error)


for rule in r"""
UTC0
EST5EDT,M3.2.0,M11.1.0
EST5EDT4,M3.2.0/4:00,M11.1.0/3:00:01
<+03>-3
<-03>3<-02>,M3.5.0/-2,M10.5.0/-1
IST-1GMT0,M10.5.0,M3.5.0/1
AAA3BBB,J60/2,J300/2
AAA3BBB,60,300
AAA3BBB,0/0,J365/25
AAA3BBB,0/0,J366
PST8PDT
PST8PDT,
PST8PDT,M3.2.0
PST8PDT,M13.2.0,M11.1.0
PST8PDT,M3.6.0,M11.1.0
PST8PDT,M3.2.7,M11.1.0
PST8PDT,M3.2.0/,M11.1.0
PST8PDT,M3.2.0/168,M11.1.0
PST8PDT,M3.2.0/167:59:59,M11.1.0
PST8PDT,M3.2.0/2:60,M11.1.0
PST8PDT,M3,2,M11.1.0
PST8PDT,M3.2.0,M11.1.0,
PST8PDT,M3.2.0,M11.1.0x
PST8PDT,M03.2.0,M11.1.0
PST8PDT,M003.2.0,M11.1.0
PST8PDT,M3-2-0,M11.1.0
PST8PDT,J0,J3
PST8PDT,-1,J3
PST8PDT,366,J3
PST8PDT,J,J3
PST8PDT,0001,J3
PST8PDT,J001,J3
PST
PST+
8
+8
<PST8
<>8
<P>8
P8
PS8
<PS T>8
P+8
PST25
PST24
PST24:60
PST24:59:59
PST-24:59:59
PST167
PST168
PST8:1
PST8:01:1
PST008
PST0008
PST8PDT25,M3.2.0,M11.1.0
PST8PDT24:59:59,M3.2.0,M11.1.0
,M3.2.0,M11.1.0
PST,M3.2.0,M11.1.0
PST8,M3.2.0,M11.1.0
PST8 PDT,M3.2.0,M11.1.0
PST8<PDT,M3.2.0,M11.1.0
PST8PD_T,M3.2.0,M11.1.0
PS_T8
:PST8
PST8PDT,M3.2.0/a,M11.1.0
PST8PDT,M3.2.0/+2,M11.1.0/-2
PST8PDT,M3.2.0/02:30:15,M11.1.0
PST8PDT,M3.2.0/2:3,M11.1.0
PST8PDT, M3.2.0,M11.1.0
PST 8
""".strip().splitlines():
    rules(rule)
rules(b"P\xffT8")
rules("")

folder = Path(tempfile.mkdtemp())
(folder / "Europe").mkdir()
(folder / "UTC").write_bytes(mk("UTC0").read())
dublin = mk(
    "IST-1GMT0,M10.5.0,M3.5.0/1",
    [(-2821649915, 1), (-1691962479, 2), (-1680471279, 3), (354675600, 4), (372819600, 5), (386125200, 4)],
    [(-1500, 0, 0), (-1521, 0, 4), (2079, 1, 8), (0, 0, 12), (3600, 0, 16), (0, 1, 12)],
    b"LMT\0DMT\0IST\0GMT\0IST\0",
)
(folder / "Europe" / "Dublin").write_bytes(dublin.read())
zoneinfo.reset_tzpath([str(folder)])
z = ZoneInfo.from_file(mk("EST5EDT,M3.2.0,M11.1.0"))
z1 = ZoneInfo("Europe/Dublin")


class S(ZoneInfo):
    pass


class SS(ZoneInfo):
    def __new__(cls, *arguments, **keywords):
        return ZoneInfo.__new__(cls, *arguments, **keywords)


class Moment(datetime):
    pass


def show(text):
    try:
        print(text, "->", ascii(eval(text)))
    except Exception as error:
        print(text, "!!", type(error).__name__, ascii(str(error)))


for second in (-2821649915, -1691962479, -1680471279, 354675600, 372819600, 386125200, 386125200 + 2 * 10**7, 4 * 10**9):
    for shift in (-7200, -3601, -3600, -2600, -1, 0, 1, 2000, 3599, 3600, 7200):
        for kind in (datetime, Moment):
            moment = kind.fromtimestamp(second + shift, z1)
            again = moment.replace(fold=1 - moment.fold)
            print(moment, moment.fold, moment.tzname(), moment.dst(), again, again.tzname(), moment == again)
for text in r"""
str(z)[:10]
z.key
z.__reduce__()
pickle.dumps(z)
z.utcoffset(1)
z.utcoffset(None)
z.dst(None), z.tzname(None)
z.fromutc(1)
z.fromutc(datetime(1,1,1))
z.fromutc(None)
z1,str(z1)
ZoneInfo()
ZoneInfo(1)
ZoneInfo(None)
ZoneInfo('a','b')
ZoneInfo('Nope/X')
ZoneInfo('../x')
ZoneInfo('/x')
ZoneInfo('')
ZoneInfo('a\\0b')
ZoneInfo('\\ud800')
ZoneInfo('America')
ZoneInfo(key='UTC') is ZoneInfo('UTC')
ZoneInfo.no_cache()
ZoneInfo.no_cache(key='UTC',x=1)
ZoneInfo.from_file(io.BytesIO(b''))
ZoneInfo.from_file(io.BytesIO(b'TZif'))
ZoneInfo.from_file(1)
ZoneInfo.from_file()
ZoneInfo.from_file(file_obj=1)
ZoneInfo.from_file(io.BytesIO(b'x'*100))
ZoneInfo.clear_cache(1)
ZoneInfo.clear_cache(only_keys=1)
ZoneInfo.clear_cache(only_keys=['UTC'])
ZoneInfo.clear_cache()
ZoneInfo._unpickle('UTC',True), ZoneInfo._unpickle('UTC',0), ZoneInfo._unpickle('UTC',300)
ZoneInfo._unpickle('UTC')
S('UTC'), S('UTC') is S('UTC'), S.__dict__.get('_weak_cache').__class__
S.__init_subclass__(a=1)
type('X',(ZoneInfo,),{},a=1)
z1.key is z1.key
setattr(z1,'key',1)
delattr(z1,'key')
hash(z1)==hash(ZoneInfo('Europe/Dublin')), z1==ZoneInfo.no_cache('Europe/Dublin')
__import__('weakref').ref(z1)() is z1
z1.__dict__
z1.foo
ZoneInfo.x
datetime(2024,7,1,tzinfo=z1).utcoffset() is datetime(2023,7,2,tzinfo=z1).utcoffset()
ZoneInfo.from_file(mk('UTC0'),'k','x')
ZoneInfo.from_file(mk('UTC0'),foo='x')
ZoneInfo.__new__(int,'UTC')
ZoneInfo.no_cache('UTC') is ZoneInfo('UTC'), ZoneInfo.no_cache('UTC').__reduce__()[1], z1.__reduce__()[1]
SS('UTC').__reduce__()[1], SS('UTC') is SS('UTC')
repr(z)[:40]
ZoneInfo.from_file(mk('UTC0'),'k')
[pickle.loads(pickle.dumps(x)) is x for x in (z1, ZoneInfo('UTC'), S('UTC'))]
[datetime(y,m,1,tzinfo=z1).isoformat() for y in (1900,1970,2024,2100) for m in (1,7)]
[ZoneInfo.clear_cache(), ZoneInfo('UTC') is ZoneInfo('UTC')]
""".strip().splitlines():
    show(text)
