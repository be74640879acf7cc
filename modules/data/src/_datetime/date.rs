//! `date`: days of the proleptic Gregorian calendar.

use std::cell::Cell;

use runtime::clock;
use runtime::hash::bytes_hash;
use runtime::prelude::*;

use super::arguments::{self, Keywords, Parameters, exactly};
use super::calendar::{self, BadIso, DAY_NAMES, MONTH_NAMES};
use super::datetime::DateTime;
use super::isocalendar::IsoCalendarDate;
use super::span::Span;
use super::timedelta::{Delta, span_of};
use super::{format, parse, support, timestamp};

/// A day of the Gregorian calendar, which goes on to both sides.
#[class(name = "datetime.date", flags(BASETYPE))]
#[repr(C)]
pub struct Date {
    head: Object,
    pub(super) hashcode: Cell<isize>,
    pub(super) has_zone: Cell<bool>,
    /// The year in two bytes, month, day; a datetime's hour, minute and second follow where a plain date has nothing.
    pub(super) data: [Cell<u8>; 7],
}

const _: () = {
    use runtime::native::abi::PyDateTime_Date as C;
    use std::mem::offset_of;
    assert!(size_of::<Date>() == size_of::<C>());
    assert!(offset_of!(Date, hashcode) == offset_of!(C, hashcode));
    assert!(offset_of!(Date, has_zone) == offset_of!(C, hastzinfo));
    assert!(offset_of!(Date, data) == offset_of!(C, data));
};

/// The bytes of a date.
pub fn pack(year: i32, month: i32, day: i32) -> [u8; 4] {
    [(year >> 8) as u8, year as u8, month as u8, day as u8]
}

impl Date {
    /// The body of an instance, with a datetime's bytes.
    pub(super) fn body(bytes: [u8; 7], has_zone: bool) -> Date {
        Date {
            head: Object::HEAD,
            hashcode: Cell::new(-1),
            has_zone: Cell::new(has_zone),
            data: bytes.map(Cell::new),
        }
    }

    fn from_bytes(class: &Type, [a, b, c, d]: [u8; 4]) -> Ref<Date> {
        Ref::new_in(class, Date::body([a, b, c, d, 0, 0, 0], false))
    }

    /// A checked date, of a subclass without running its constructor.
    pub fn new_in(class: &Type, year: i32, month: i32, day: i32) -> Result<Ref<Date>> {
        calendar::check_date(year, month, day)?;
        Ok(Date::from_bytes(class, pack(year, month, day)))
    }

    pub fn year(&self) -> i32 {
        i32::from(self.data[0].get()) << 8 | i32::from(self.data[1].get())
    }

    pub fn month(&self) -> i32 {
        self.data[2].get().into()
    }

    pub fn day(&self) -> i32 {
        self.data[3].get().into()
    }

    pub fn ordinal(&self) -> i64 {
        calendar::to_ordinal(self.year(), self.month(), self.day())
    }

    fn bytes(&self) -> [u8; 4] {
        std::array::from_fn(|index| self.data[index].get())
    }

    fn plus_days(&self, days: i64) -> Result {
        let (year, month, day) = calendar::add_days(self.year(), self.month(), self.day(), days)?;
        make(self.ty(), year, month, day)
    }
}

/// An instance of a class by its constructor: what the alternative constructors give.
pub fn make(class: &Type, year: i32, month: i32, day: i32) -> Result {
    if std::ptr::eq(class, Date::type_object()) {
        return Ok(Date::new_in(class, year, month, day)?.into_object());
    }
    if std::ptr::eq(class, DateTime::type_object()) {
        let fields = [year, month, day, 0, 0, 0, 0];
        return Ok(DateTime::new_in(class, fields, None, 0)?.into_object());
    }
    // The object that it is the class of may get another one meanwhile.
    let class = class.to_type_ref();
    let [year, month, day] = [year, month, day].map(|number| Int::new(number.into()));
    class.call(&[&year, &month, &day])
}

/// A date that isn't a datetime.
fn plain(object: &Object) -> Option<&Date> {
    if object.is::<Date>() {
        return object.downcast_exact::<Date>();
    }
    object.downcast::<Date>().filter(|_| object.downcast::<DateTime>().is_none())
}

static PARAMETERS: Parameters =
    Parameters { function: "", names: &["year", "month", "day"], required: 3, positional: 3 };
static FROM_ISO: Parameters =
    Parameters { function: "fromisocalendar", names: &["year", "week", "day"], required: 3, positional: 3 };
static REPLACE: Parameters =
    Parameters { function: "replace", names: &["year", "month", "day"], required: 0, positional: 3 };
static STRFTIME: Parameters =
    Parameters { function: "strftime", names: &["format"], required: 1, positional: 1 };

/// The one argument `format`.
pub fn format_argument<'a>(args: &'a [&'a Object], kwargs: &'a KwArgs<'a>) -> Result<&'a Str> {
    let mut arguments = STRFTIME.bind(args, Keywords::Pairs(kwargs))?;
    let format = arguments::text("strftime", 1, arguments.need()?)?;
    arguments.finish()?;
    Ok(format)
}

#[methods(parts(constructors))]
impl Date {
    #[slot]
    fn tp_repr(&self) -> String {
        format!("{}({}, {}, {})", self.ty().full_name(), self.year(), self.month(), self.day())
    }

    #[slot]
    fn tp_str(&self) -> Result {
        self.call_method(intern!("isoformat"), &[])
    }

    #[slot]
    fn tp_hash(&self) -> isize {
        if self.hashcode.get() == -1 {
            self.hashcode.set(bytes_hash(&self.bytes()));
        }
        self.hashcode.get()
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Ref {
        match plain(other) {
            Some(other) => py_bool(op.accepts(self.bytes().cmp(&other.bytes()))),
            None => not_implemented(),
        }
    }

    #[slot]
    fn nb_add(left: &Object, right: &Object) -> Result {
        let (date, span) = match (plain(left), plain(right)) {
            (Some(date), None) => (date, span_of(right)),
            (None, Some(date)) => (date, span_of(left)),
            _ => return Ok(not_implemented()),
        };
        match span {
            Some(span) => date.plus_days(span.days.into()),
            None => Ok(not_implemented()),
        }
    }

    #[slot]
    fn nb_subtract(left: &Object, right: &Object) -> Result {
        let Some(date) = plain(left) else { return Ok(not_implemented()) };
        if let Some(other) = plain(right) {
            let span = Span::new(date.ordinal() - other.ordinal(), 0, 0)?;
            return Ok(Delta::new(span).into_object());
        }
        match span_of(right) {
            Some(span) => date.plus_days(-i64::from(span.days)),
            None => Ok(not_implemented()),
        }
    }

    #[getter(name = "year", doc = "")]
    fn get_year(&self) -> i32 {
        self.year()
    }

    #[getter(name = "month", doc = "")]
    fn get_month(&self) -> i32 {
        self.month()
    }

    #[getter(name = "day", doc = "")]
    fn get_day(&self) -> i32 {
        self.day()
    }

    /// The day as C's ctime() writes it.
    #[method(signature = "($self, /)")]
    fn ctime(&self) -> String {
        ctime(self, 0, 0, 0)
    }

    /// The day written as a format says.
    #[method(signature = "($self, *args, **kwargs)", hidden_signature)]
    fn strftime(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        let format = format_argument(args, &kwargs)?;
        let tuple = self.call_method(intern!("timetuple"), &[])?;
        format::strftime(self, format, &tuple, self)
    }

    /// The day by strftime's format; plain str() for an empty one.
    #[method(name = "__format__", signature = "($self, *args)", hidden_signature)]
    fn dunder_format(&self, args: &[&Object]) -> Result {
        support::format(self, args)
    }

    /// The day as the tuple that time.localtime() gives.
    #[method(signature = "($self, /)")]
    fn timetuple(&self) -> Result {
        support::struct_time([self.year(), self.month(), self.day(), 0, 0, 0], -1)
    }

    /// The ISO year, week number and weekday.
    #[method(signature = "($self, /)")]
    fn isocalendar(&self) -> Result {
        let (year, week, weekday) = calendar::to_iso(self.year(), self.month(), self.day());
        IsoCalendarDate::make(year, week, weekday)
    }

    /// The day as YYYY-MM-DD.
    #[method(signature = "($self, /)")]
    fn isoformat(&self) -> Ref<Str> {
        let mut text = format::Text::default();
        text.date(self);
        text.finish()
    }

    /// The day of the week: Monday is 1, Sunday 7.
    #[method(signature = "($self, /)")]
    fn isoweekday(&self) -> i32 {
        calendar::weekday(self.year(), self.month(), self.day()) + 1
    }

    /// The number of the day: 0001-01-01 has 1.
    #[method(signature = "($self, /)")]
    fn toordinal(&self) -> i64 {
        self.ordinal()
    }

    /// The day of the week: Monday is 0, Sunday 6.
    #[method(signature = "($self, /)")]
    fn weekday(&self) -> i32 {
        calendar::weekday(self.year(), self.month(), self.day())
    }

    #[method(
        signature = "($self, *args, **kwargs)",
        hidden_signature,
        doc = "replace($self, /, year=unchanged, month=unchanged, day=unchanged)\n--\n\nA date that differs in the given fields."
    )]
    fn replace(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        let mut arguments = REPLACE.bind(args, Keywords::Pairs(&kwargs))?;
        let mut fields = [self.year(), self.month(), self.day()];
        for field in &mut fields {
            if let Some(value) = arguments.take()? {
                *field = arguments::clinic_int(value)?;
            }
        }
        arguments.finish()?;
        let [year, month, day] = fields;
        make(self.ty(), year, month, day)
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

    /// For pickling: the class, and the day in bytes.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> (Ref, (Vec<u8>,)) {
        (self.ty().to_ref(), (self.bytes().to_vec(),))
    }
}

/// As C's `ctime` writes a moment.
pub fn ctime(date: &Date, hour: i32, minute: i32, second: i32) -> String {
    let (year, month, day) = (date.year(), date.month(), date.day());
    let weekday = DAY_NAMES[calendar::weekday(year, month, day) as usize];
    let name = MONTH_NAMES[(month - 1).clamp(0, 11) as usize];
    format!("{weekday} {name} {day:2} {hour:02}:{minute:02}:{second:02} {year:04}")
}

/// `fromtimestamp` of dates.
pub fn from_timestamp(class: &Type, timestamp: &Object) -> Result {
    let broken = clock::local(timestamp::whole_seconds(timestamp)?)?;
    let year = i32::try_from(broken.year).unwrap_or(i32::MAX);
    make(class, year, broken.month, broken.day)
}

#[methods(part = constructors)]
impl Date {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        if let [state] = args
            && let Some(bytes) = support::pickled(state, "date", 2, u32::MAX, 1..=12)?
        {
            return Ok(Date::from_bytes(class, bytes));
        }
        let mut arguments = PARAMETERS.bind(args, Keywords::Pairs(&kwargs))?;
        let year = arguments.int_or(0)?;
        let month = arguments.int_or(0)?;
        let day = arguments.int_or(0)?;
        arguments.finish()?;
        Date::new_in(class, year, month, day)
    }

    /// The local day at a number of seconds since the epoch.
    #[classmethod(signature = "($type, timestamp, /)")]
    fn fromtimestamp(class: &Type, timestamp: &Object) -> Result {
        from_timestamp(class, timestamp)
    }

    /// The day with a number, 1 being that of 0001-01-01.
    #[classmethod(signature = "(*args)", hidden_signature)]
    fn fromordinal(class: &Type, args: &[&Object]) -> Result {
        let [ordinal] = exactly::<1>("fromordinal", args)?;
        let ordinal = arguments::int(ordinal)?;
        if ordinal < 1 {
            return Err(raise!(ValueError, "ordinal must be >= 1"));
        }
        let (year, month, day) = calendar::from_ordinal(ordinal.into());
        make(class, year, month, day)
    }

    /// The day that a string in ISO 8601 format names.
    #[classmethod(signature = "($type, object, /)")]
    fn fromisoformat(class: &Type, object: &Object) -> Result {
        let text = parse::text(object)?;
        let parsed = text.as_utf8().filter(|text| matches!(text.len(), 7 | 8 | 10)).map(str::as_bytes);
        match parsed.and_then(|bytes| parse::date(bytes, bytes.len())) {
            Some((year, month, day)) => make(class, year, month, day),
            None => Err(parse::invalid(text)),
        }
    }

    /// The day of an ISO year, week and weekday.
    #[classmethod(signature = "(*args, **kwargs)", hidden_signature)]
    fn fromisocalendar(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        let parse = || -> Result<[i32; 3]> {
            let mut arguments = FROM_ISO.bind(args, Keywords::Pairs(&kwargs))?;
            let fields = [arguments.int_or(0)?, arguments.int_or(0)?, arguments.int_or(0)?];
            arguments.finish()?;
            Ok(fields)
        };
        let [year, week, weekday] = parse().map_err(|raised| {
            if !raised.matches(&runtime::objects::exceptions::OverflowError) {
                return raised;
            }
            raised.clear();
            raise!(ValueError, "ISO calendar component out of range")
        })?;
        match calendar::from_iso(year, week, weekday) {
            Ok((year, month, day)) => make(class, year, month, day),
            Err(BadIso::Year) => Err(calendar::bad_year(year.into())),
            Err(BadIso::Week) => Err(raise!(ValueError, "Invalid week: {week}")),
            Err(BadIso::Weekday) => Err(raise!(ValueError, "Invalid weekday: {weekday} (range is [1, 7])")),
        }
    }

    /// The day that a string names, read by a format.
    #[classmethod(signature = "(*args)", hidden_signature)]
    fn strptime(class: &Type, args: &[&Object]) -> Result {
        support::strptime(class, "_strptime_datetime_date", args)
    }

    /// Today, or for datetimes now, in local time.
    #[classmethod(signature = "($type, /)")]
    fn today(class: &Type) -> Result {
        if std::ptr::eq(class, Date::type_object()) {
            let broken = clock::local(clock::now().0)?;
            let year = calendar::check_year(broken.year)?;
            return Ok(Date::new_in(class, year, broken.month, broken.day)?.into_object());
        }
        let now = runtime::import::import_attribute("time", intern!("time"))?.call(&[])?;
        class.call_method(intern!("fromtimestamp"), &[&now])
    }
}

/// `date.min`, `date.max` and `date.resolution`.
pub fn constants() -> Result<()> {
    let class = Date::type_object();
    support::constant(class, intern!("min"), || Ok(Date::new_in(class, 1, 1, 1)?.into_object()))?;
    support::constant(class, intern!("max"), || {
        Ok(Date::new_in(class, calendar::MAX_YEAR, 12, 31)?.into_object())
    })?;
    support::constant(class, intern!("resolution"), || Ok(Delta::new(Span::DAY).into_object()))
}
