//! `datetime`: days with a time of the day. Constructors are in `construct.rs`, conversions in `convert.rs`.

use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt::Write;

use runtime::hash::bytes_hash;
use runtime::prelude::*;

use super::calendar;
use super::date::{self, Date};
use super::span::{SECONDS_A_DAY, Span};
use super::timedelta::{Delta, hash_of, span_of};
use super::{support, tzinfo};

/// A day and a time.
///
/// Year, month and day are required; the others are numbers, and for tzinfo
/// None or an instance of a tzinfo subclass.
#[class(name = "datetime.datetime", flags(BASETYPE))]
#[repr(C)]
pub struct DateTime {
    /// Its bytes go on with hour, minute and second.
    base: Date,
    microsecond: [Cell<u8>; 3],
    fold: Cell<u8>,
    zone: Link,
}

const _: () = {
    use runtime::native::abi::PyDateTime_DateTime as C;
    use std::mem::offset_of;
    assert!(size_of::<DateTime>() == size_of::<C>());
    assert!(offset_of!(DateTime, microsecond) == offset_of!(C, data) + 7);
    assert!(offset_of!(DateTime, fold) == offset_of!(C, fold));
    assert!(offset_of!(DateTime, zone) == offset_of!(C, tzinfo));
};

impl DateTime {
    pub(super) fn from_bytes(class: &Type, bytes: [u8; 10], zone: Option<Ref>, fold: u8) -> Ref<DateTime> {
        let [head @ .., high, middle, low] = bytes;
        Ref::new_in(
            class,
            DateTime {
                base: Date::body(head, zone.is_some()),
                microsecond: [high, middle, low].map(Cell::new),
                fold: Cell::new(fold),
                zone: Link::from_option(zone),
            },
        )
    }

    /// A checked datetime, of a subclass without running its constructor.
    pub fn new_in(class: &Type, fields: [i32; 7], zone: Option<&Object>, fold: i32) -> Result<Ref<DateTime>> {
        let [year, month, day, hour, minute, second, microsecond] = fields;
        calendar::check_date(year, month, day)?;
        calendar::check_time([hour, minute, second, microsecond], fold)?;
        let zone = zone.map_or(Ok(None), tzinfo::check)?;
        let [a, b, c, d] = date::pack(year, month, day);
        let [_, high, middle, low] = microsecond.to_be_bytes();
        let bytes = [a, b, c, d, hour as u8, minute as u8, second as u8, high, middle, low];
        Ok(DateTime::from_bytes(class, bytes, zone.map(Object::to_ref), fold as u8))
    }

    pub(super) fn bytes(&self) -> [u8; 10] {
        std::array::from_fn(|index| match index {
            0..7 => self.base.data[index].get(),
            _ => self.microsecond[index - 7].get(),
        })
    }

    /// Year to microsecond.
    pub fn fields(&self) -> [i32; 7] {
        let data = |index: usize| i32::from(self.base.data[index].get());
        [self.base.year(), data(2), data(3), data(4), data(5), data(6), self.microsecond()]
    }

    pub fn microsecond(&self) -> i32 {
        let [high, middle, low] = [0, 1, 2].map(|index| self.microsecond[index].get());
        i32::from_be_bytes([0, high, middle, low])
    }

    pub fn zone(&self) -> Option<Ref> {
        self.zone.get()
    }

    pub fn fold(&self) -> i32 {
        self.fold.get().into()
    }

    /// Puts the time zone into an object under construction.
    pub(super) fn set_zone(&self, zone: Ref) {
        self.base.has_zone.set(true);
        self.base.hashcode.set(-1);
        self.zone.set(Some(zone));
    }

    /// Says of an object under construction that clocks show it for the second time.
    pub(crate) fn set_fold(&self) {
        self.fold.set(1);
    }

    /// What the time zone says of this.
    pub(super) fn offset(&self) -> Result<Option<Span>> {
        tzinfo::utcoffset(self.zone().as_deref(), self)
    }

    /// The same with the other fold.
    fn flipped(&self) -> Result<Ref<DateTime>> {
        let class = DateTime::type_object();
        DateTime::new_in(class, self.fields(), self.zone().as_deref(), 1 - self.fold().min(1))
    }

    /// Does the time zone's offset depend on the fold? Then no datetime of another zone equals this one (PEP 495).
    fn depends_on_fold(&self, offset: Option<Span>) -> Result<bool> {
        Ok(self.flipped()?.offset()? != offset)
    }

    /// Days, seconds and microseconds since the day before year 1.
    fn since_start(&self) -> [i64; 3] {
        let [year, month, day, hour, minute, second, microsecond] = self.fields();
        let seconds = hour * 3600 + minute * 60 + second;
        [calendar::to_ordinal(year, month, day), seconds.into(), microsecond.into()]
    }

    /// The difference of what clocks show.
    pub(super) fn minus(&self, other: &DateTime) -> Result<Span> {
        let ([d1, s1, u1], [d2, s2, u2]) = (self.since_start(), other.since_start());
        Span::new(d1 - d2, s1 - s2, u1 - u2)
    }

    /// The fields of a moment that is later by a span, or earlier with a sign of -1.
    pub(super) fn moved(&self, span: Span, sign: i64) -> Result<[i32; 7]> {
        let [year, month, day, hour, minute, second, microsecond] = self.fields();
        let microseconds = i64::from(microsecond) + sign * i64::from(span.microseconds);
        let seconds = i64::from(hour * 3600 + minute * 60 + second)
            + sign * i64::from(span.seconds)
            + microseconds.div_euclid(1_000_000);
        let days = sign * i64::from(span.days) + seconds.div_euclid(SECONDS_A_DAY);
        let (microsecond, rest) =
            (microseconds.rem_euclid(1_000_000) as i32, seconds.rem_euclid(SECONDS_A_DAY) as i32);
        let (year, month, day) = calendar::add_days(year, month, day, days)?;
        Ok([year, month, day, rest / 3600, rest / 60 % 60, rest % 60, microsecond])
    }

    /// A datetime of the same class and zone that is later by a span, or earlier.
    pub fn plus(&self, span: Span, sign: i64) -> Result {
        make(self.ty(), self.moved(span, sign)?, self.zone().as_deref(), 0)
    }
}

/// An instance of a class by its constructor: what the alternative constructors give.
pub fn make(class: &Type, fields: [i32; 7], zone: Option<&Object>, fold: i32) -> Result {
    if std::ptr::eq(class, DateTime::type_object()) {
        return Ok(DateTime::new_in(class, fields, zone, fold)?.into_object());
    }
    support::construct(class, &fields, zone, fold)
}

#[cold]
pub fn mixed_subtraction() -> Raised {
    raise!(TypeError, "can't subtract offset-naive and offset-aware datetimes")
}

/// The difference of two moments.
fn difference(left: &DateTime, right: &DateTime) -> Result<Span> {
    if left.zone.as_ptr() == right.zone.as_ptr() {
        return left.minus(right);
    }
    match (left.offset()?, right.offset()?) {
        (Some(first), Some(second)) if first != second => {
            left.minus(right)?.subtract(first.subtract(second)?)
        }
        (first, second) if first.is_some() == second.is_some() => left.minus(right),
        _ => Err(mixed_subtraction()),
    }
}

#[methods(parts(constructors, conversions))]
impl DateTime {
    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let [year, month, day, hour, minute, second, microsecond] = self.fields();
        let mut text = format!("{}({year}, {month}, {day}, {hour}, {minute}", self.ty().full_name());
        if second != 0 || microsecond != 0 {
            let _ = write!(text, ", {second}");
        }
        if microsecond != 0 {
            let _ = write!(text, ", {microsecond}");
        }
        if self.fold() != 0 {
            let _ = write!(text, ", fold={}", self.fold());
        }
        if let Some(zone) = self.zone() {
            let _ = write!(text, ", tzinfo={}", zone.repr()?);
        }
        text.push(')');
        Ok(text)
    }

    #[slot]
    fn tp_str(&self) -> Result {
        self.call_method(intern!("isoformat"), &[&Str::new(" ")])
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        let known = self.base.hashcode.get();
        if known != -1 {
            return Ok(known);
        }
        let offset = if self.fold() != 0 { self.flipped()?.offset()? } else { self.offset()? };
        let hash = match offset {
            None => bytes_hash(&self.bytes()),
            Some(offset) => {
                let [days, seconds, microseconds] = self.since_start();
                let span = Span::new(days, seconds, microseconds)?.subtract(offset)?;
                hash_of([span.days, span.seconds, span.microseconds])
            }
        };
        self.base.hashcode.set(hash);
        Ok(hash)
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(other) = other.downcast::<DateTime>() else { return Ok(not_implemented()) };
        let shown = self.bytes().cmp(&other.bytes());
        if self.zone.as_ptr() == other.zone.as_ptr() {
            return Ok(py_bool(op.accepts(shown)));
        }
        let (first, second) = (self.offset()?, other.offset()?);
        let mut ordering = match (first, second) {
            _ if first == second => shown,
            (Some(first), Some(second)) => {
                self.minus(other)?.subtract(first.subtract(second)?)?.cmp(&Span::ZERO)
            }
            _ => match op {
                CompareOp::Eq => return Ok(py_false()),
                CompareOp::Ne => return Ok(py_true()),
                _ => {
                    return Err(raise!(TypeError, "can't compare offset-naive and offset-aware datetimes"));
                }
            },
        };
        if ordering.is_eq()
            && matches!(op, CompareOp::Eq | CompareOp::Ne)
            && (self.depends_on_fold(first)? || other.depends_on_fold(second)?)
        {
            ordering = Ordering::Greater;
        }
        Ok(py_bool(op.accepts(ordering)))
    }

    #[slot]
    fn nb_add(left: &Object, right: &Object) -> Result {
        let (moment, span) = match left.downcast::<DateTime>() {
            Some(moment) => (moment, span_of(right)),
            None => match right.downcast::<DateTime>() {
                Some(moment) => (moment, span_of(left)),
                None => return Ok(not_implemented()),
            },
        };
        span.map_or_else(|| Ok(not_implemented()), |span| moment.plus(span, 1))
    }

    #[slot]
    fn nb_subtract(left: &Object, right: &Object) -> Result {
        let Some(moment) = left.downcast::<DateTime>() else { return Ok(not_implemented()) };
        if let Some(other) = right.downcast::<DateTime>() {
            return Ok(Delta::new(difference(moment, other)?).into_object());
        }
        span_of(right).map_or_else(|| Ok(not_implemented()), |span| moment.plus(span, -1))
    }

    #[getter(doc = "")]
    fn hour(&self) -> i32 {
        self.fields()[3]
    }

    #[getter(doc = "")]
    fn minute(&self) -> i32 {
        self.fields()[4]
    }

    #[getter(doc = "")]
    fn second(&self) -> i32 {
        self.fields()[5]
    }

    #[getter(name = "microsecond", doc = "")]
    fn get_microsecond(&self) -> i32 {
        self.microsecond()
    }

    #[getter(name = "tzinfo", doc = "")]
    fn get_zone(&self) -> Option<Ref> {
        self.zone()
    }

    #[getter(name = "fold", doc = "")]
    fn get_fold(&self) -> i32 {
        self.fold()
    }
}

/// `datetime.min`, `datetime.max` and `datetime.resolution`.
pub fn constants() -> Result<()> {
    let class = DateTime::type_object();
    let constant = |name: &Str, fields| {
        support::constant(class, name, || Ok(DateTime::new_in(class, fields, None, 0)?.into_object()))
    };
    constant(intern!("min"), [1, 1, 1, 0, 0, 0, 0])?;
    constant(intern!("max"), [calendar::MAX_YEAR, 12, 31, 23, 59, 59, 999_999])?;
    support::constant(class, intern!("resolution"), || Ok(Delta::new(Span::RESOLUTION).into_object()))
}
