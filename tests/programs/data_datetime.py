"""datetime: what it makes of good and bad arguments, all by expressions."""
import datetime as module
import os
import pickle
import time as clock
import warnings
from datetime import *

os.environ["TZ"] = "EST5EDT,M3.2.0,M11.1.0"
clock.tzset()
warnings.simplefilter("error")
d = date(2024, 2, 29)
Iso = type(d.isocalendar())


class Index:
    def __index__(self):
        return 5


class S(datetime):
    pass


class SD(date):
    pass


class ST(time):
    pass


class STD(timedelta):
    pass


class Zone(tzinfo):
    def __init__(self, *answers):
        self.answers = answers

    def utcoffset(self, moment):
        return self.answers[0]

    def tzname(self, moment):
        return self.answers[1]

    def dst(self, moment):
        return self.answers[2]

    def __repr__(self):
        return "Zone()"


BAD = Zone(5, 5, timedelta(1))
NONE = Zone(None, None, None)
ODD = Zone(timedelta(hours=-1, microseconds=3), "a%Zb", timedelta(0))


class Told(datetime):
    def __new__(cls, *arguments, **keywords):
        print("Told", arguments, keywords)
        return datetime.__new__(cls, *arguments, **keywords)


def show(text):
    try:
        print(text, "->", ascii(eval(text)))
    except Exception as error:
        print(text, "!!", type(error).__name__, ascii(str(error)))


for text in r'''
date(0,1,1)
date(2000,13,1)
date(2000,2,30)
date()
date(1)
date(1,2,3,4)
date(1,2,3,year=4)
date(1,2,dy=4)
date('a',1,1)
date(2**40,1,1)
date(2**70,1,1)
date(1.0,1,1)
datetime(1,2,3,4,5,6,7,None,1)
datetime(1,2,3,foo=1)
datetime(1,2,3,24)
datetime(1,2,3,0,60)
datetime(1,2,3,0,0,0,1000000)
datetime(1,2,3,fold=2)
datetime(1,2,3,tzinfo=3)
time(1,2,3,4,None,5)
timedelta(1,2,3,4,5,6,7,8)
timedelta(day=1)
timedelta(days='a')
timedelta(days=10**10)
timedelta(days=2**31-1)
timedelta(days=1e300)
timedelta(days=float('nan'))
timedelta(days=float('inf'))
timedelta(1)/0
timedelta(1)/0.0
timedelta(1)//0
timedelta(1)//timedelta(0)
timedelta(1)/timedelta(0)
timedelta(1)%timedelta(0)
divmod(timedelta(1),timedelta(0))
timedelta(1)*float('inf')
timedelta(1)*float('nan')
timedelta(1)*10**20
timedelta(999999999)+timedelta(1)
timedelta(999999999)*10
-timedelta.min
-timedelta.max
abs(timedelta.min)
date.fromordinal(0)
date.fromordinal(10**9)
date.fromordinal()
date.fromordinal('a')
date.fromordinal(2**40)
date.fromisocalendar(0,1,1)
date.fromisocalendar(2020,54,1)
date.fromisocalendar(2020,1,8)
date.fromisocalendar(9999,52,7)
date.fromisocalendar(2**70,1,1)
date.fromisocalendar(2**40,1,1)
date.fromisocalendar('a',1,1)
date.fromisocalendar(1,1)
date.fromisoformat(1)
date.fromisoformat('x')
date.fromisoformat('2020010112')
date.fromisoformat('2020-\\ud80001')
datetime.fromisoformat('2020-01-01T25')
datetime.fromisoformat('2020-01-01T24:01')
datetime.fromisoformat('2020-01-01T24')
datetime.fromisoformat('9999-12-31T24')
datetime.fromisoformat('2020-01-01T00+24:00')
datetime.fromisoformat('2020-01-01T00+23:60')
datetime.fromisoformat('2020-01-01T00+00:00:00.000001')
datetime.fromisoformat('2020-01-01\\ud80000:00')
time.fromisoformat('25')
time.fromisoformat('24:01')
time.fromisoformat('\\ud800')
datetime.fromtimestamp(1e18)
datetime.fromtimestamp(1e15)
datetime.fromtimestamp(-1e15)
datetime.fromtimestamp(1e15, UTC)
datetime.fromtimestamp(1e30)
datetime.fromtimestamp(2**80)
datetime.fromtimestamp(2**55)
datetime.fromtimestamp(2**60)
datetime.fromtimestamp(2**62)
datetime.fromtimestamp(float('nan'))
datetime.fromtimestamp('a')
datetime.fromtimestamp()
datetime.fromtimestamp(1,2)
date.fromtimestamp(2**62)
date.fromtimestamp(1e15)
date.fromtimestamp('a')
date.fromtimestamp()
datetime.strptime('a')
datetime.strptime('a',1)
datetime.strptime(1,'a')
d.strftime(1)
d.strftime()
d.__format__(1)
d.__format__()
format(date(1,2,3),'%Y %G %F %C %z|%:z|%Z|%f|%')
datetime.combine(1,2)
datetime.combine(date(1,1,1),2)
datetime.combine(date(1,1,1),time(2),3)
datetime.combine(date(1,1,1))
datetime(1,1,1).isoformat(1)
datetime(1,1,1).isoformat('ab')
datetime(1,1,1).isoformat('a','b')
datetime(1,1,1).isoformat('a',1)
datetime(1,1,1).isoformat('a','\\0')
datetime(1,1,1).isoformat('a','b','c')
datetime(1,1,1).isoformat('\\u1234')
datetime(1,1,1).isoformat(timespec='hours')
time().isoformat(1)
time().isoformat('x')
time().isoformat(foo=1)
datetime(1,1,1).astimezone(3)
datetime(1,1,1).astimezone()
datetime(1,1,1).replace(1,2,3,4,5,6,7,8,9)
datetime(1,1,1).replace(year='a')
datetime(1,1,1).replace(year=2**40)
datetime(1,1,1).replace(foo=1)
datetime(1,1,1).replace(fold=3)
datetime(1,1,1).__replace__(foo=1)
datetime(1,1,1).__replace__(1,2,3)
date(1,1,1).replace(1,2,3,4)
time().replace(fold=9)
time().replace(1,2,3,4,5,6)
datetime(1,1,1).__reduce_ex__()
datetime(1,1,1).__reduce_ex__('a')
datetime(1,1,1).__reduce_ex__(4)
datetime(1,1,1,fold=1).__reduce_ex__(4)
datetime(1,1,1,fold=1).__reduce__()
datetime(1,1,1,fold=1,tzinfo=UTC).__reduce__()
time(fold=1).__reduce_ex__(4)
timezone()
timezone(1)
timezone(timedelta(1))
timezone(timedelta(0),1)
timezone(timedelta(0),'a','b')
timezone(offset=timedelta(0),name='x')
timezone(offset=timedelta(0),nam='x')
timezone(timedelta(hours=1)).utcoffset(1)
timezone(timedelta(hours=1)).tzname(1)
timezone(timedelta(hours=1)).dst(1)
timezone(timedelta(hours=1)).fromutc(1)
timezone(timedelta(hours=1)).fromutc(datetime(1,1,1))
timezone(timedelta(hours=1)) < timezone.utc
UTC.__reduce__()
timezone(timedelta(hours=1),'x').__reduce__()
tzinfo().__reduce__()
tzinfo(1,2,a=3).__reduce_ex__(2)
tzinfo().utcoffset(1)
tzinfo().tzname(1)
tzinfo().dst(1)
tzinfo().fromutc(1)
tzinfo().fromutc(datetime(1,1,1))
date.max+timedelta(1)
datetime.max+timedelta(1)
date.min-date.max
date(1,1,1)-datetime(1,1,1)
date(1,1,1)<datetime(1,1,1)
date(1,1,1)==datetime(1,1,1)
datetime(1,1,1)<datetime(1,1,1,tzinfo=UTC)
datetime(1,1,1)-datetime(1,1,1,tzinfo=UTC)
time(1)<time(1,tzinfo=UTC)
date(b'\\0\\1\\1\\1')
date(b'\\0\\0\\1\\0')
date(b'\\0\\1\\15\\1')
date('\\0\\1\\1\\1')
date('\\0\\1\\1\\u1234')
datetime('\\0\\1\\1\\u1234000000')
datetime(b'\\0\\1\\1\\1\\0\\0\\0\\0\\0\\0', 1)
datetime(b'\\0\\1\\x81\\1\\0\\0\\0\\0\\0\\0', UTC)
time(b'\\x81\\1\\1\\1\\0\\0', UTC)
time(b'\\x81\\1\\1\\1\\0\\0', 1)
time('\\x01\\1\\1\\1\\0\\u1234', UTC)
d.isocalendar().__reduce__()
Iso(1,2,3)
Iso(1,2)
Iso(1,2,3,4)
Iso(year=1,week=2,weekday='a')
Iso(year=1,week=2,foo=1)
date(1,1,1).toordinal(1)
datetime(1,1,1,tzinfo=UTC).timestamp()
datetime(1,1,1).timestamp()
datetime(2020,1,1).timetuple()
datetime(2020,1,1,tzinfo=UTC).utctimetuple()
date(2020,1,1).ctime()
repr(datetime(2020,1,1,1,2,3,4,tzinfo=UTC,fold=1))
repr(time(1,2,fold=1,tzinfo=timezone(timedelta(hours=1),'x')))
timedelta(hours=1)*1.5, timedelta(1)/1.5, 2.5*timedelta(microseconds=1)
timedelta(1)+1
timedelta(1)<1
timedelta(1).__new__(int)
date.__new__(int)
time.strptime('1','%H'), date.strptime('2000','%Y')
date.strptime('2000 1','%Y %H')
date(2020,1,1).__format__('')
date(2020,1,1,).strftime('%z')
timezone(timedelta(hours=1)).__getinitargs__()
date(1,1,1).year.__class__
delattr(date(1,1,1),'year')
setattr(date(1,1,1),'year',3)
setattr(timedelta(1),'days',3)
date.x
timedelta.total_seconds(1)
datetime.fromtimestamp(253402300800)
datetime.fromtimestamp(-62135596801, UTC)
datetime.fromtimestamp(-62135596801)
datetime.min.timestamp(), datetime.max.timestamp()
datetime.max.astimezone()
datetime.min.astimezone(UTC)
datetime.min.replace(tzinfo=timezone.max).astimezone(UTC)
datetime.min.replace(tzinfo=timezone.max).utctimetuple()
datetime.fromtimestamp(Index())
datetime.fromtimestamp(True)
datetime.fromtimestamp(None)
datetime.fromtimestamp(5+1j)
date.fromtimestamp(Index())
date.fromtimestamp(5.5)
date.fromtimestamp(float('inf'))
date.fromtimestamp(2**80)
datetime.fromtimestamp(float('inf'))
datetime.fromtimestamp(1.0000005, UTC), datetime.fromtimestamp(-1.0000005, UTC), datetime.fromtimestamp(0.9999999,UTC), datetime.fromtimestamp(-0.0000001,UTC)
datetime.fromtimestamp(0.0000015,UTC), datetime.fromtimestamp(0.0000025,UTC)
datetime.fromisoformat('2020-01-01T00+25:00')
datetime.fromisoformat('2020-01-01T00+00:61')
datetime.fromisoformat('2020-01-01T00+22:61')
datetime.fromisoformat('2020-01-01T00+22:61:61')
datetime.fromisoformat('2020-01-01T00+99:99:99')
time.fromisoformat('00+99:99:99')
time.fromisoformat('00-00:00:00.0')
time.fromisoformat('00-00:00:00.1')
time.fromisoformat('00Z1')
time.fromisoformat('00z')
time.fromisoformat('T00')
time.fromisoformat('TT00')
time.fromisoformat('')
time.fromisoformat('T')
time.fromisoformat('12345678')
time.fromisoformat('123456.1234567')
time.fromisoformat('123456.123456a')
time.fromisoformat('12:34.5')
time.fromisoformat('12:3456')
time.fromisoformat('1234:56')
time.fromisoformat('00\\0')
time.fromisoformat('00:00:00,5')
time.fromisoformat('00:00:00.')
time.fromisoformat('24:00')
time.fromisoformat('24:00:00.000001')
time.fromisoformat('24+01:00')
datetime.fromisoformat('2020-01-01T24:00+01:00')
datetime.fromisoformat('2020-13-01T24:00')
datetime.fromisoformat('2020-01-32T24:00')
datetime.fromisoformat('2020-00-32T24:00')
datetime.fromisoformat('2020-W01')
datetime.fromisoformat('2020W01')
datetime.fromisoformat('2020W011T12')
datetime.fromisoformat('2020-W01-12')
datetime.fromisoformat('2020-W01-1')
datetime.fromisoformat('2020-W54-1')
datetime.fromisoformat('0000-W01-1')
datetime.fromisoformat('2020-W01-8')
datetime.fromisoformat('2020-001')
datetime.fromisoformat('2020-01-01\\u1234' + '12:00')
datetime.fromisoformat('2020-01-01\\U00012345' + '12:00')
datetime.fromisoformat('2020-01-01\\xe9' + '12:00')
datetime.fromisoformat('2020-01-01T')
datetime.fromisoformat('2020-01-01T12:00:00.\\ud800')
datetime.fromisoformat('2020-01-01T12:00Z')
datetime.fromisoformat('2020-01-01T12:00 Z')
datetime.fromisoformat('2020-01-01T12:00\\u0661')
datetime(1,1,2,tzinfo=BAD).utcoffset()
datetime(1,1,2,tzinfo=BAD).tzname()
datetime(1,1,2,tzinfo=BAD).dst()
datetime(1,1,2,tzinfo=BAD).timetuple()
datetime(1,1,2,tzinfo=BAD).isoformat()
datetime(1,1,2,tzinfo=BAD).strftime('%Z')
hash(datetime(1,1,2,tzinfo=BAD))
datetime(1,1,2,tzinfo=NONE).isoformat()
datetime(1,1,2,tzinfo=NONE).strftime('%Z|%z|%:z')
NONE.fromutc(datetime(1,1,2,tzinfo=NONE))
[z.fromutc(datetime(1,1,2,tzinfo=z)) for z in [NONE]]
[z.fromutc(datetime(1,1,2,tzinfo=z)) for z in [ODD]]
datetime(1,1,2,tzinfo=ODD).strftime('%Z|%z|%:z|%%z|%:a|%:')
datetime(1,1,2,tzinfo=ODD).isoformat()
datetime(1,1,2,tzinfo=NONE).timestamp()
datetime(2000,1,2,tzinfo=NONE).astimezone(UTC)
datetime(2000,1,2,tzinfo=ODD).astimezone(UTC)
datetime(2000,1,2,tzinfo=ODD).astimezone()
datetime(2000,1,2,tzinfo=NONE).utctimetuple()
S(1,1,1).replace(fold=3)
S(1,1,1).replace(fold=1)
S(1,1,1) + timedelta(1)
SD(1,1,1) + timedelta(1), timedelta(1)+SD(1,1,1), SD(1,1,2) - timedelta(1)
ST(1).replace(hour=3, fold=1)
STD(1)+STD(2), -STD(1), +STD(1), abs(STD(1)), STD(1)*2
S(1,1,1,fold=1).date(), S(1,1,1,fold=1).time(), S(1,1,1,fold=1).timetz()
S(1,1,1), SD(1,1,1), ST(1), STD(1)
str(S(1,1,1)), str(SD(1,1,1)), str(ST(1)), str(STD(1))
[str(timedelta(x)) for x in (0,1,-1,2,1.5,-0.00001)]
[repr(timedelta(x)) for x in (0,1,-1,2,1.5,-0.00001)]
[str(timezone(timedelta(seconds=x))) for x in (0,1,-1,3600,-3600.5,0.000001)]
timezone(timedelta(0),'')
timezone.min, timezone.max, timezone(timedelta(hours=1)), timezone(timedelta(hours=1),'é')
timedelta(1)/3, timedelta(1)/timedelta(3), timedelta(1)//3, timedelta(1)//timedelta(hours=5), timedelta(1)%timedelta(hours=5), divmod(timedelta(-1),timedelta(hours=5))
timedelta.max/timedelta(microseconds=1), timedelta.max//timedelta(microseconds=1), timedelta.max.total_seconds(), timedelta.min.total_seconds()
timedelta.max*0.5, timedelta.max/1.0000001, timedelta.max/1e300, timedelta.max*1e-300, timedelta(0)*1e300,timedelta(0)*10**100
timedelta.max/1e-10
timedelta.max/10**50, timedelta.max//10**50, timedelta.max//-10**50, timedelta(0)//-10**50
timedelta.max*True
1/timedelta(1)
1//timedelta(1)
timedelta(1)%5
timedelta(1)/'a'
3.5*timedelta(1)
timedelta(10**40,-86400*10**40)
timedelta(1e40,-864e2*1e40)
timedelta(microseconds=0.5),timedelta(microseconds=1.5),timedelta(microseconds=-0.5),timedelta(seconds=0.0000005,microseconds=1)
timedelta(microseconds=True)
datetime.max-datetime.min
datetime(2020,1,1)-SD(2020,1,1)
datetime(2020,1,1).isocalendar()
date(1,1,1).isocalendar(), date(9999,12,31).isocalendar()
date(1,1,1).weekday(), date(1,1,1).isoweekday()
datetime(1,1,1).toordinal()
datetime(2020,1,1).ctime()
hash(timedelta(1))==hash((1,0,0)), hash(date(2000,1,1))==hash(b'\\x07\\xd0\\1\\1'), hash(UTC)==hash(timedelta(0)), hash(datetime(2000,1,1))==hash(b'\\x07\\xd0\\1\\1\\0\\0\\0\\0\\0\\0')
hash(datetime(2000,1,1,tzinfo=UTC))==hash(timedelta(date(2000,1,1).toordinal())), hash(time(1))==hash(b'\\1\\0\\0\\0\\0\\0'),hash(time(1,tzinfo=UTC))==hash(timedelta(hours=1))
time(1,tzinfo=timezone(timedelta(hours=1)))==time(0,tzinfo=UTC)
time(1,tzinfo=timezone(timedelta(hours=1)))<time(0,1,tzinfo=UTC)
bool(time()), bool(timedelta()), bool(timedelta(1))
SD.__new__(SD, b'\\7\\xd0\\1\\1'), S.__new__(S, b'\\7\\xd0\\1\\1\\0\\0\\0\\0\\0\\0')
datetime(2000,1,1,tzinfo=BAD) == datetime(2000,1,1,tzinfo=BAD)
datetime.combine(date=date(1,1,1), time=time(1,tzinfo=UTC,fold=1)), datetime.combine(date(1,1,1), time(1,tzinfo=UTC,fold=1), tzinfo=None)
datetime.combine(datetime(1,1,1,5),ST(3))
UTC.fromutc(datetime(2000,1,1,tzinfo=UTC))
UTC.fromutc(S(2000,1,1,tzinfo=UTC))
S(2000,1,1).astimezone(UTC)
S(2000,1,1,tzinfo=UTC).astimezone(timezone(timedelta(hours=3)))
datetime(2000,1,1).__sub__(1), datetime(2000,1,1).__radd__(1), date(2000,1,1).__rsub__(datetime(2000,1,1)), date(2000,1,1).__add__(timedelta(hours=30)), date(2000,1,1)-timedelta(hours=-30)
Iso(2020, 1, 2), Iso(2020, 1, 2).year, Iso(2020, 1, 2).week, Iso(2020, 1, 2).weekday
d.isocalendar().__reduce__()
pickle.loads(pickle.dumps(d.isocalendar()))
[pickle.loads(pickle.dumps(x, p)) for p in range(6) for x in (d, S(1,1,1,fold=1), ST(1,tzinfo=UTC,fold=1), timedelta(1), UTC, timezone(timedelta(hours=1)), timezone(timedelta(hours=1), "x"))] and 1
[pickle.loads(pickle.dumps(x, p)) == x for p in range(6) for x in (d, S(1,1,1,fold=1), ST(1,tzinfo=UTC,fold=1), timedelta(1), UTC)]
pickle.loads(pickle.dumps(UTC)) is UTC, timezone(timedelta(0)) is UTC, timezone.utc is UTC
Told(2000, 1, 1).replace(fold=1), Told.fromisoformat("2000-01-01T00Z"), Told.fromordinal(5), Told.combine(d, time(1, fold=1)), Told(2000,1,1) + timedelta(1)
datetime(2024,3,10,2,30).timestamp(), datetime(2024,3,10,2,30,fold=1).timestamp(), datetime(2024,11,3,1,30).timestamp(), datetime(2024,11,3,1,30,fold=1).timestamp()
datetime.fromtimestamp(1730613600), datetime.fromtimestamp(1730617200)
datetime(2024,11,3,1,30,fold=1).astimezone(), datetime(2024,11,3,1,30).astimezone(), datetime(2024,7,1).astimezone().tzname()
datetime.utcnow()
datetime.utcfromtimestamp(0)
datetime.now(1, 2)
datetime.now(3)
[type(x.now()) for x in (datetime, S)], [type(x.today()) for x in (date, datetime, SD, S)]
MINYEAR, MAXYEAR, UTC, date.min, date.max, date.resolution, time.min, time.max, time.resolution, datetime.min, datetime.max, datetime.resolution, timedelta.min, timedelta.max, timedelta.resolution
module.datetime_CAPI.__class__, [x for x in dir(module) if not x.startswith("__")]
[x.__basicsize__ for x in (timedelta, date, time, datetime, tzinfo, timezone, Iso)], [x.__module__ for x in (date, timezone, Iso)]
type("X", (timezone,), {})
type("X", (Iso,), {})
setattr(date, "x", 1)
datetime.replace.__text_signature__, time.replace.__text_signature__, date.__replace__.__text_signature__, datetime.now.__text_signature__, date.__text_signature__
'''.strip().splitlines():
    show(text)
