//! `_datetime`: dates, times, their differences and time zones. <https://docs.python.org/3.14/library/datetime.html>.
//!
//! The instances are laid out as `datetime.h` says. Values are plain numbers (`span`, `calendar`, `timestamp`, `parse`);
//! the classes wrap them (`timedelta`, `date`, `time`, `datetime`, `tzinfo`, `timezone`, `isocalendar`).

use runtime::native::datetime::{Constructors, capsule};
use runtime::prelude::*;

mod arguments;
pub(crate) mod calendar;
mod construct;
mod convert;
mod date;
mod datetime;
mod format;
mod isocalendar;
mod parse;
mod span;
mod support;
mod time;
mod timedelta;
mod timestamp;
mod timezone;
mod tzinfo;

use date::Date;
pub(crate) use datetime::DateTime;
use isocalendar::IsoCalendarDate;
pub(crate) use span::Span;
use time::Time;
pub(crate) use timedelta::Delta;
use timezone::TimeZone;
pub(crate) use tzinfo::{TzInfo, moment_of};

module! {
    name: "_datetime",
    doc: "Dates, times, differences of times, and time zones.",
    functions: [],
    classes: [Delta, Date, DateTime, Time, TzInfo, TimeZone],
    exec: exec,
}

/// What the C API needs: it makes objects of a class without running the class's constructor.
static CONSTRUCTORS: Constructors = Constructors {
    date_type: Date::type_object,
    datetime_type: DateTime::type_object,
    time_type: Time::type_object,
    delta_type: Delta::type_object,
    zone_type: TzInfo::type_object,
    utc: || Ok(TimeZone::utc()?.into_object()),
    date: |class, [year, month, day]| Ok(Date::new_in(class, year, month, day)?.into_object()),
    datetime: |class, fields, zone, fold| Ok(DateTime::new_in(class, fields, Some(zone), fold)?.into_object()),
    time: |class, fields, zone, fold| Ok(Time::new_in(class, fields, Some(zone), fold)?.into_object()),
    delta: |class, [days, seconds, microseconds], normalize| {
        let span = match normalize {
            true => Span::new(days.into(), seconds.into(), microseconds.into())?,
            false => Span { seconds, microseconds, ..Span::new(days.into(), 0, 0)? },
        };
        Ok(Delta::new_in(class, span).into_object())
    },
    timezone: |offset, name| {
        let Some(offset) = offset.downcast::<Delta>() else {
            return Err(arguments::must_be("timezone", 1, "datetime.timedelta", offset));
        };
        let name = name.map(|name| arguments::text("timezone", 2, name)).transpose()?;
        TimeZone::with(Ref::from_borrowed(offset), name.map(Ref::from_borrowed))
    },
};

fn exec(module: &Module) -> Result<()> {
    IsoCalendarDate::static_type().ready()?;
    let class = Delta::type_object();
    for (name, span) in
        [(intern!("resolution"), Span::RESOLUTION), (intern!("min"), Span::MIN), (intern!("max"), Span::MAX)]
    {
        support::constant(class, name, || Ok(Delta::new(span).into_object()))?;
    }
    date::constants()?;
    datetime::constants()?;
    time::constants()?;
    timezone::constants()?;
    let dict = module.dict();
    dict.insert_str(intern!("MINYEAR"), &Int::new(calendar::MIN_YEAR.into()))?;
    dict.insert_str(intern!("MAXYEAR"), &Int::new(calendar::MAX_YEAR.into()))?;
    dict.insert_str(intern!("UTC"), &*TimeZone::utc()?)?;
    if let Some(capsule) = capsule(&CONSTRUCTORS)? {
        dict.insert_str(intern!("datetime_CAPI"), &capsule)?;
    }
    Ok(())
}
