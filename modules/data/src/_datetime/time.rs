//! `time`: times of the day.

use std::cell::Cell;
use std::fmt::Write;

use runtime::hash::bytes_hash;
use runtime::prelude::*;

use super::arguments::{self, Keywords, Parameters, exactly};
use super::calendar;
use super::date::format_argument;
use super::format::{self, Precision, Text};
use super::span::{SECONDS_A_DAY, Span};
use super::timedelta::{Delta, hash_of};
use super::{parse, support, tzinfo};

/// A time of the day.
///
/// All arguments are optional: numbers, and for tzinfo None or an instance
/// of a tzinfo subclass.
#[class(name = "datetime.time", flags(BASETYPE))]
#[repr(C)]
pub struct Time {
    head: Object,
    hashcode: Cell<isize>,
    has_zone: Cell<bool>,
    /// Hour, minute, second, and microseconds in three bytes.
    data: [Cell<u8>; 6],
    fold: Cell<u8>,
    zone: Link,
}

const _: () = {
    use runtime::native::abi::PyDateTime_Time as C;
    use std::mem::offset_of;
    assert!(size_of::<Time>() == size_of::<C>());
    assert!(offset_of!(Time, hashcode) == offset_of!(C, hashcode));
    assert!(offset_of!(Time, has_zone) == offset_of!(C, hastzinfo));
    assert!(offset_of!(Time, data) == offset_of!(C, data));
    assert!(offset_of!(Time, fold) == offset_of!(C, fold));
    assert!(offset_of!(Time, zone) == offset_of!(C, tzinfo));
};

/// The bytes of a time.
pub fn pack([hour, minute, second, microsecond]: [i32; 4]) -> [u8; 6] {
    let [_, high, middle, low] = microsecond.to_be_bytes();
    [hour as u8, minute as u8, second as u8, high, middle, low]
}

impl Time {
    fn from_bytes(class: &Type, bytes: [u8; 6], zone: Option<Ref>, fold: u8) -> Ref<Time> {
        Ref::new_in(
            class,
            Time {
                head: Object::HEAD,
                hashcode: Cell::new(-1),
                has_zone: Cell::new(zone.is_some()),
                data: bytes.map(Cell::new),
                fold: Cell::new(fold),
                zone: Link::from_option(zone),
            },
        )
    }

    /// A checked time, of a subclass without running its constructor.
    pub fn new_in(class: &Type, fields: [i32; 4], zone: Option<&Object>, fold: i32) -> Result<Ref<Time>> {
        calendar::check_time(fields, fold)?;
        let zone = zone.map_or(Ok(None), tzinfo::check)?;
        Ok(Time::from_bytes(class, pack(fields), zone.map(Object::to_ref), fold as u8))
    }

    /// Hour, minute, second, microsecond.
    pub fn clock(&self) -> [i32; 4] {
        let [hour, minute, second, high, middle, low] = self.bytes();
        let microsecond = i32::from_be_bytes([0, high, middle, low]);
        [hour.into(), minute.into(), second.into(), microsecond]
    }

    pub fn zone(&self) -> Option<Ref> {
        self.zone.get()
    }

    pub fn fold(&self) -> i32 {
        self.fold.get().into()
    }

    fn bytes(&self) -> [u8; 6] {
        std::array::from_fn(|index| self.data[index].get())
    }

    /// The offset of the time zone, which is asked without a date.
    fn offset(&self) -> Result<Option<Span>> {
        tzinfo::utcoffset(self.zone().as_deref(), &none())
    }

    /// The time since midnight.
    fn since_midnight(&self) -> [i64; 2] {
        let [hour, minute, second, microsecond] = self.clock();
        [i64::from(hour * 3600 + minute * 60 + second), microsecond.into()]
    }

    fn state(&self, protocol: i32) -> Ref<Tuple> {
        let mut bytes = self.bytes();
        if protocol > 3 && self.fold.get() != 0 {
            bytes[0] |= 0x80;
        }
        let bytes = Bytes::new(&bytes).into_object();
        match self.zone() {
            Some(zone) => Tuple::pack([bytes, zone]),
            None => Tuple::pack([bytes]),
        }
    }
}

/// An instance of a class by its constructor.
fn make(class: &Type, fields: [i32; 4], zone: Option<&Object>, fold: i32) -> Result {
    if std::ptr::eq(class, Time::type_object()) {
        return Ok(Time::new_in(class, fields, zone, fold)?.into_object());
    }
    support::construct(class, &fields, zone, fold)
}

/// The second argument of a pickle's constructor call.
pub fn pickled_zone(object: Option<&&Object>) -> Result<Option<Ref>> {
    match object {
        Some(zone) if !zone.is_none() => match zone.downcast::<tzinfo::TzInfo>() {
            Some(_) => Ok(Some(zone.to_ref())),
            None => Err(raise!(TypeError, "bad tzinfo state arg")),
        },
        _ => Ok(None),
    }
}

const NAMES: &[&str] = &["hour", "minute", "second", "microsecond", "tzinfo", "fold"];
static PARAMETERS: Parameters = Parameters { function: "", names: NAMES, required: 0, positional: 5 };
static REPLACE: Parameters = Parameters { function: "replace", names: NAMES, required: 0, positional: 5 };
static ISOFORMAT: Parameters =
    Parameters { function: "isoformat", names: &["timespec"], required: 0, positional: 1 };

#[methods(parts(constructors))]
impl Time {
    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let [hour, minute, second, microsecond] = self.clock();
        let mut text = format!("{}({hour}, {minute}", self.ty().full_name());
        if second != 0 || microsecond != 0 {
            let _ = write!(text, ", {second}");
        }
        if microsecond != 0 {
            let _ = write!(text, ", {microsecond}");
        }
        if let Some(zone) = self.zone() {
            let _ = write!(text, ", tzinfo={}", zone.repr()?);
        }
        if self.fold() != 0 {
            let _ = write!(text, ", fold={}", self.fold());
        }
        text.push(')');
        Ok(text)
    }

    #[slot]
    fn tp_str(&self) -> Result {
        self.call_method(intern!("isoformat"), &[])
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        if self.hashcode.get() == -1 {
            let hash = match self.offset()? {
                None => bytes_hash(&self.bytes()),
                Some(offset) => {
                    let [seconds, microseconds] = self.since_midnight();
                    let span = Span::new(0, seconds, microseconds)?.subtract(offset)?;
                    hash_of([span.days, span.seconds, span.microseconds])
                }
            };
            self.hashcode.set(hash);
        }
        Ok(self.hashcode.get())
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(other) = other.downcast::<Time>() else { return Ok(not_implemented()) };
        let ordering = self.bytes().cmp(&other.bytes());
        if self.zone.as_ptr() == other.zone.as_ptr() {
            return Ok(py_bool(op.accepts(ordering)));
        }
        let ordering = match (self.offset()?, other.offset()?) {
            (first, second) if first == second => ordering,
            (Some(first), Some(second)) => {
                let moment = |time: &Time, offset: Span| {
                    let [seconds, microseconds] = time.since_midnight();
                    let shift = i64::from(offset.days) * SECONDS_A_DAY + i64::from(offset.seconds);
                    (seconds - shift, microseconds)
                };
                moment(self, first).cmp(&moment(other, second))
            }
            _ => match op {
                CompareOp::Eq => return Ok(py_false()),
                CompareOp::Ne => return Ok(py_true()),
                _ => return Err(raise!(TypeError, "can't compare offset-naive and offset-aware times")),
            },
        };
        Ok(py_bool(op.accepts(ordering)))
    }

    #[getter(doc = "")]
    fn hour(&self) -> i32 {
        self.clock()[0]
    }

    #[getter(doc = "")]
    fn minute(&self) -> i32 {
        self.clock()[1]
    }

    #[getter(doc = "")]
    fn second(&self) -> i32 {
        self.clock()[2]
    }

    #[getter(doc = "")]
    fn microsecond(&self) -> i32 {
        self.clock()[3]
    }

    #[getter(name = "tzinfo", doc = "")]
    fn get_zone(&self) -> Option<Ref> {
        self.zone()
    }

    #[getter(name = "fold", doc = "")]
    fn get_fold(&self) -> i32 {
        self.fold()
    }

    /// The time in ISO 8601 format.
    ///
    /// The argument says how much of it is written: 'auto', 'hours',
    /// 'minutes', 'seconds', 'milliseconds' or 'microseconds'.
    #[method(signature = "($self, *args, **kwargs)", hidden_signature)]
    fn isoformat(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Str>> {
        let mut arguments = ISOFORMAT.bind(args, Keywords::Pairs(&kwargs))?;
        let timespec = arguments.take()?;
        let fields = self.clock();
        let precision = Precision::of(timespec, "isoformat", 1, fields[3])?;
        arguments.finish()?;
        let mut text = Text::default();
        text.clock(fields, precision);
        if let Some(offset) = self.offset()? {
            text.offset(offset, true);
        }
        Ok(text.finish())
    }

    /// The time written as a format says.
    #[method(signature = "($self, *args, **kwargs)", hidden_signature)]
    fn strftime(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        let format = format_argument(args, &kwargs)?;
        let [hour, minute, second, _] = self.clock();
        let tuple = support::tuple_of([1900, 1, 1, hour, minute, second, 0, 1, -1]);
        format::strftime(self, format, &tuple, &none())
    }

    /// The time by strftime's format; plain str() for an empty one.
    #[method(name = "__format__", signature = "($self, *args)", hidden_signature)]
    fn dunder_format(&self, args: &[&Object]) -> Result {
        support::format(self, args)
    }

    /// What the time zone says is its offset from UTC.
    #[method(signature = "($self, /)")]
    fn utcoffset(&self) -> Result<Option<Ref<Delta>>> {
        tzinfo::utcoffset_object(self.zone().as_deref(), &none())
    }

    /// What the time zone calls itself.
    #[method(signature = "($self, /)")]
    fn tzname(&self) -> Result {
        tzinfo::tzname(self.zone().as_deref(), &none())
    }

    /// What the time zone says is DST of its offset.
    #[method(signature = "($self, /)")]
    fn dst(&self) -> Result<Option<Ref<Delta>>> {
        tzinfo::dst(self.zone().as_deref(), &none())
    }

    #[method(
        signature = "($self, *args, **kwargs)",
        hidden_signature,
        doc = "replace($self, /, hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)\n--\n\nA time that differs in the given fields."
    )]
    fn replace(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        let mut arguments = REPLACE.bind(args, Keywords::Pairs(&kwargs))?;
        let mut fields = self.clock();
        for field in &mut fields {
            if let Some(value) = arguments.take()? {
                *field = arguments::clinic_int(value)?;
            }
        }
        let zone = match arguments.take()? {
            Some(zone) => Some(zone.to_ref()).filter(|zone| !zone.is_none()),
            None => self.zone(),
        };
        let fold = arguments.take()?.map_or(Ok(self.fold()), arguments::clinic_int)?;
        arguments.finish()?;
        make(self.ty(), fields, zone.as_deref(), fold)
    }

    #[method(
        name = "__replace__",
        signature = "($self, *args, **kwargs)",
        hidden_signature,
        doc = "__replace__($self, /, **changes)\n--\n\nWhat copy.replace() calls."
    )]
    fn dunder_replace(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        self.replace(args, kwargs)
    }

    /// For pickling by a protocol: the class, the time in bytes, its zone.
    #[method(name = "__reduce_ex__", signature = "($self, *args)", hidden_signature)]
    fn reduce_ex(&self, args: &[&Object]) -> Result<(Ref, Ref<Tuple>)> {
        let [protocol] = exactly::<1>("__reduce_ex__", args)?;
        Ok((self.ty().to_ref(), self.state(arguments::int(protocol)?)))
    }

    /// For pickling: the class, the time in bytes, its zone.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> (Ref, Ref<Tuple>) {
        (self.ty().to_ref(), self.state(2))
    }
}

#[methods(part = constructors)]
impl Time {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        if let [state] | [state, _] = args
            && let Some(mut bytes) = support::pickled::<6>(state, "time", 0, 0x7F, 0..=23)?
        {
            let zone = pickled_zone(args.get(1))?;
            let fold = bytes[0] >> 7;
            bytes[0] &= 0x7F;
            return Ok(Time::from_bytes(class, bytes, zone, fold));
        }
        let mut arguments = PARAMETERS.bind(args, Keywords::Pairs(&kwargs))?;
        let mut fields = [0; 4];
        for field in &mut fields {
            *field = arguments.int_or(0)?;
        }
        let zone = arguments.take()?;
        let fold = arguments.int_or(0)?;
        arguments.finish()?;
        Time::new_in(class, fields, zone, fold)
    }

    /// The time that a string names, read by a format.
    #[classmethod(signature = "(*args)", hidden_signature)]
    fn strptime(class: &Type, args: &[&Object]) -> Result {
        support::strptime(class, "_strptime_datetime_time", args)
    }

    /// The time that a string in ISO 8601 format names.
    #[classmethod(signature = "($type, object, /)")]
    fn fromisoformat(class: &Type, object: &Object) -> Result {
        let (fields, zone) = parse::iso_time(parse::text(object)?)?;
        make(class, fields, zone.as_deref(), 0)
    }
}

/// `time.min`, `time.max` and `time.resolution`.
pub fn constants() -> Result<()> {
    let class = Time::type_object();
    support::constant(class, intern!("min"), || Ok(Time::new_in(class, [0; 4], None, 0)?.into_object()))?;
    support::constant(class, intern!("max"), || {
        Ok(Time::new_in(class, [23, 59, 59, 999_999], None, 0)?.into_object())
    })?;
    support::constant(class, intern!("resolution"), || Ok(Delta::new(Span::RESOLUTION).into_object()))
}
