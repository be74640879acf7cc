//! How datetimes are made: the constructor and its alternatives.

use runtime::clock;
use runtime::objects::exceptions::DeprecationWarning;
use runtime::prelude::*;
use runtime::warnings::warn;

use super::arguments::{self, Arguments, Keywords, Parameters, exactly};
use super::date::Date;
use super::datetime::{DateTime, make};
use super::time::{Time, pickled_zone};
use super::{parse, support, timestamp, tzinfo};

const NAMES: &[&str] = &["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"];
static PARAMETERS: Parameters = Parameters { function: "", names: NAMES, required: 3, positional: 8 };
static REPLACE: Parameters = Parameters { function: "replace", names: NAMES, required: 0, positional: 8 };
static FROM_TIMESTAMP: Parameters =
    Parameters { function: "fromtimestamp", names: &["timestamp", "tz"], required: 1, positional: 2 };
static COMBINE: Parameters =
    Parameters { function: "combine", names: &["date", "time", "tzinfo"], required: 2, positional: 3 };

/// Makes one of the arguments of a call of the class.
fn build(class: &Type, args: &[&Object], keywords: Keywords<'_>) -> Result<Ref<DateTime>> {
    if let [state] | [state, _] = args
        && let Some(mut bytes) = support::pickled::<10>(state, "datetime", 2, 0x7F, 1..=12)?
    {
        let zone = pickled_zone(args.get(1))?;
        let fold = bytes[2] >> 7;
        bytes[2] &= 0x7F;
        return Ok(DateTime::from_bytes(class, bytes, zone, fold));
    }
    let mut arguments = PARAMETERS.bind(args, keywords)?;
    let mut fields = [0; 7];
    for field in &mut fields {
        *field = arguments.int_or(0)?;
    }
    let zone = arguments.take()?;
    let fold = arguments.int_or(0)?;
    arguments.finish()?;
    DateTime::new_in(class, fields, zone, fold)
}

/// A moment in a time zone, or in local time. Its fields are those of UTC, which the zone converts.
fn at(class: &Type, seconds: i64, microsecond: i32, zone: Option<&Object>) -> Result {
    let (fields, fold) = timestamp::fields(seconds, microsecond, zone.is_none())?;
    let moment = make(class, fields, zone, fold)?;
    match zone {
        Some(zone) => zone.call_method(intern!("fromutc"), &[&moment]),
        None => Ok(moment),
    }
}

fn now_in(class: &Type, zone: Option<&Object>) -> Result {
    let (seconds, nanoseconds) = clock::now();
    at(class, seconds, (nanoseconds / 1000) as i32, zone)
}

/// A moment's fields in UTC, without a zone.
fn naive_utc(class: &Type, seconds: i64, microsecond: i32) -> Result {
    let (fields, _) = timestamp::fields(seconds, microsecond, false)?;
    make(class, fields, None, 0)
}

/// An argument for a time zone, checked.
fn zone_argument(argument: Option<&Object>) -> Result<Option<&Object>> {
    argument.map_or(Ok(None), tzinfo::check)
}

fn deprecated(old: &str, new: &str) -> Result<()> {
    let message = format!(
        "datetime.datetime.{old}() is deprecated and scheduled for removal in a future version. \
         Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.{new}."
    );
    warn(&DeprecationWarning, &message, 1)
}

#[methods(part = constructors)]
impl DateTime {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        build(class, args, Keywords::Pairs(&kwargs))
    }

    #[slot]
    fn tp_vectorcall(class: &Type, args: &[&Object], names: Option<&Tuple>) -> Result<Ref<DateTime>> {
        match names {
            Some(names) => {
                let (given, values) = args.split_at(args.len() - names.len());
                build(class, given, Keywords::Vector(names, values))
            }
            None => build(class, args, Keywords::None),
        }
    }

    /// The current time in a time zone, or in local time.
    ///
    ///   tz
    ///     The time zone.
    ///
    /// Without tz the result is naive.
    #[classmethod(signature = "($type, /, tz=None)")]
    fn now(class: &Type, tz: Option<&Object>) -> Result {
        now_in(class, zone_argument(tz)?)
    }

    /// The current time in UTC, naive. Deprecated.
    #[classmethod(signature = "($type, /)")]
    fn utcnow(class: &Type) -> Result {
        deprecated("utcnow", "now(datetime.UTC)")?;
        let (seconds, nanoseconds) = clock::now();
        naive_utc(class, seconds, (nanoseconds / 1000) as i32)
    }

    /// The time in a zone, or local time, at a number of seconds since the epoch.
    #[classmethod(signature = "(*args, **kwargs)", hidden_signature)]
    fn fromtimestamp(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        let mut arguments = FROM_TIMESTAMP.bind(args, Keywords::Pairs(&kwargs))?;
        let timestamp = arguments.need()?;
        let zone = arguments.take()?;
        arguments.finish()?;
        let zone = zone_argument(zone)?;
        let (seconds, microsecond) = timestamp::split(timestamp)?;
        at(class, seconds, microsecond, zone)
    }

    /// The time in UTC, naive, at a number of seconds since the epoch. Deprecated.
    #[classmethod(signature = "(*args)", hidden_signature)]
    fn utcfromtimestamp(class: &Type, args: &[&Object]) -> Result {
        deprecated("utcfromtimestamp", "fromtimestamp(timestamp, datetime.UTC)")?;
        let [timestamp] = exactly::<1>("utcfromtimestamp", args)?;
        let (seconds, microsecond) = timestamp::split(timestamp)?;
        naive_utc(class, seconds, microsecond)
    }

    /// The day and time that a string names, read by a format.
    #[classmethod(signature = "(*args)", hidden_signature)]
    fn strptime(class: &Type, args: &[&Object]) -> Result {
        support::strptime(class, "_strptime_datetime_datetime", args)
    }

    /// A day and a time put together.
    #[classmethod(signature = "(*args, **kwargs)", hidden_signature)]
    fn combine(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        let mut arguments = COMBINE.bind(args, Keywords::Pairs(&kwargs))?;
        let date = arguments.need()?;
        let Some(date) = date.downcast::<Date>() else {
            return Err(arguments::must_be("combine", 1, "datetime.date", date));
        };
        let time = arguments.need()?;
        let Some(time) = time.downcast::<Time>() else {
            return Err(arguments::must_be("combine", 2, "datetime.time", time));
        };
        let zone = arguments.take()?.map_or_else(|| time.zone(), |zone| Some(zone.to_ref()));
        arguments.finish()?;
        let [hour, minute, second, microsecond] = time.clock();
        let fields = [date.year(), date.month(), date.day(), hour, minute, second, microsecond];
        make(class, fields, zone.as_deref(), time.fold())
    }

    /// The day and time that a string in ISO 8601 format names.
    #[classmethod(signature = "($type, object, /)")]
    fn fromisoformat(class: &Type, object: &Object) -> Result {
        let (fields, zone) = parse::iso_datetime(parse::text(object)?)?;
        make(class, fields, zone.as_deref(), 0)
    }

    #[method(
        signature = "($self, *args, **kwargs)",
        hidden_signature,
        doc = "replace($self, /, year=unchanged, month=unchanged, day=unchanged,\n        hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)\n--\n\nA datetime that differs in the given fields."
    )]
    fn replace(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        let mut arguments: Arguments<'_> = REPLACE.bind(args, Keywords::Pairs(&kwargs))?;
        let mut fields = self.fields();
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
}
