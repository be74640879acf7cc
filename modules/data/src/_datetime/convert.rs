//! What datetimes are converted to: text, tuples, timestamps, pickles, other time zones.

use runtime::clock;
use runtime::prelude::*;

use super::arguments::{self, Keywords, Parameters, exactly};
use super::date::{self, Date};
use super::datetime::{DateTime, make, mixed_subtraction};
use super::format::{Precision, Text};
use super::span::Span;
use super::time::Time;
use super::timedelta::{Delta, true_quotient};
use super::timestamp::{self, EPOCH};
use super::timezone::TimeZone;
use super::{support, tzinfo};

static ISOFORMAT: Parameters =
    Parameters { function: "isoformat", names: &["sep", "timespec"], required: 0, positional: 2 };
static ASTIMEZONE: Parameters =
    Parameters { function: "astimezone", names: &["tz"], required: 0, positional: 1 };

/// A separator's code point.
fn separator(object: &Object) -> Result<u32> {
    match object.downcast::<Str>() {
        Some(text) if text.len() == 1 => Ok(text.char_at(0)),
        Some(text) => Err(raise!(
            TypeError,
            "isoformat() argument 1 must be a unicode character, not a string of length {}",
            text.len()
        )),
        None => Err(arguments::must_be("isoformat", 1, "a unicode character", object)),
    }
}

/// The local time zone at a moment, in seconds from the start of year 1.
fn local_zone(moment: i64) -> Result {
    let (offset, name) = clock::local_zone(moment - EPOCH)?;
    TimeZone::with(Delta::new(Span::new(0, offset, 0)?), name)
}

impl DateTime {
    /// Year to second, for the functions about timestamps.
    fn shown(&self) -> [i64; 6] {
        let [year, month, day, hour, minute, second, _] = self.fields().map(i64::from);
        [year, month, day, hour, minute, second]
    }

    /// The local time zone when local clocks show this. What they never show belongs to the time before the gap, and with a fold
    /// to that behind it.
    fn own_local_zone(&self) -> Result {
        let fold = self.fold() != 0;
        let moment = timestamp::from_local(self.shown(), fold)?;
        let other = timestamp::from_local(self.shown(), !fold)?;
        local_zone(if other != moment && (other > moment) == fold { other } else { moment })
    }

    fn state(&self, protocol: i32) -> Ref<Tuple> {
        let mut bytes = self.bytes();
        if protocol > 3 && self.fold() != 0 {
            bytes[2] |= 0x80;
        }
        let bytes = Bytes::new(&bytes).into_object();
        match self.zone() {
            Some(zone) => Tuple::pack([bytes, zone]),
            None => Tuple::pack([bytes]),
        }
    }

    fn time_fields(&self) -> [i32; 4] {
        let [_, _, _, hour, minute, second, microsecond] = self.fields();
        [hour, minute, second, microsecond]
    }
}

#[methods(part = conversions)]
impl DateTime {
    /// The day alone.
    #[method(signature = "($self, /)")]
    fn date(&self) -> Result<Ref<Date>> {
        let [year, month, day, ..] = self.fields();
        Date::new_in(Date::type_object(), year, month, day)
    }

    /// The time alone, without its zone.
    #[method(signature = "($self, /)")]
    fn time(&self) -> Result<Ref<Time>> {
        Time::new_in(Time::type_object(), self.time_fields(), None, self.fold())
    }

    /// The time with its zone.
    #[method(signature = "($self, /)")]
    fn timetz(&self) -> Result<Ref<Time>> {
        Time::new_in(Time::type_object(), self.time_fields(), self.zone().as_deref(), self.fold())
    }

    /// Day and time as C's ctime() writes them.
    #[method(signature = "($self, /)")]
    fn ctime(&self) -> String {
        let [hour, minute, second, _] = self.time_fields();
        date::ctime(self, hour, minute, second)
    }

    /// Day and time as the tuple that time.localtime() gives.
    #[method(signature = "($self, /)")]
    fn timetuple(&self) -> Result {
        let dst = match self.zone() {
            None => -1,
            zone => match tzinfo::dst(zone.as_deref(), self)? {
                Some(saving) => i32::from(!saving.span().is_zero()),
                None => -1,
            },
        };
        let [year, month, day, hour, minute, second, _] = self.fields();
        support::struct_time([year, month, day, hour, minute, second], dst)
    }

    /// Day and time in UTC as the tuple that time.gmtime() gives.
    #[method(signature = "($self, /)")]
    fn utctimetuple(&self) -> Result {
        let fields = match self.offset()? {
            Some(offset) => self.moved(offset, -1)?,
            None => self.fields(),
        };
        let [year, month, day, hour, minute, second, _] = fields;
        support::struct_time([year, month, day, hour, minute, second], 0)
    }

    /// Seconds since the epoch, as a float.
    #[method(signature = "($self, /)")]
    fn timestamp(&self) -> Result<f64> {
        let microsecond = self.microsecond();
        if self.zone().is_none() {
            let seconds = timestamp::from_local(self.shown(), self.fold() != 0)?;
            return Ok((seconds - EPOCH) as f64 + f64::from(microsecond) / 1e6);
        }
        let offset = self.offset()?.ok_or_else(mixed_subtraction)?;
        let [year, month, day, hour, minute, second] = self.shown();
        let days = super::calendar::to_ordinal(year as i32, month as i32, day as i32);
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - EPOCH;
        let total = i128::from(seconds) * 1_000_000 + i128::from(microsecond) - offset.to_microseconds();
        true_quotient(total, 1_000_000)
    }

    /// Day and time in ISO 8601 format.
    ///
    /// sep stands between date and time, 'T' by default. timespec says how much
    /// of the time is written: 'auto', 'hours', 'minutes', 'seconds',
    /// 'milliseconds' or 'microseconds'.
    #[method(signature = "($self, *args, **kwargs)", hidden_signature)]
    fn isoformat(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Str>> {
        let mut arguments = ISOFORMAT.bind(args, Keywords::Pairs(&kwargs))?;
        let separator = arguments.take()?.map_or(Ok(u32::from('T')), separator)?;
        let timespec = arguments.take()?;
        let precision = Precision::of(timespec, "isoformat", 2, self.microsecond())?;
        arguments.finish()?;
        let mut text = Text::default();
        text.date(self);
        let split = text.as_str().len();
        text.push(u8::try_from(separator).unwrap_or(0) & 0x7F);
        text.clock(self.time_fields(), precision);
        if let Some(offset) = self.offset()? {
            text.offset(offset, true);
        }
        if separator < 0x80 {
            return Ok(text.finish());
        }
        let points = text.as_str().chars().enumerate();
        let points = points.map(|(index, code)| if index == split { separator } else { code.into() });
        Ok(Str::from_code_points(points))
    }

    /// What the time zone says is the offset from UTC.
    #[method(signature = "($self, /)")]
    fn utcoffset(&self) -> Result<Option<Ref<Delta>>> {
        tzinfo::utcoffset_object(self.zone().as_deref(), self)
    }

    /// What the time zone calls itself then.
    #[method(signature = "($self, /)")]
    fn tzname(&self) -> Result {
        tzinfo::tzname(self.zone().as_deref(), self)
    }

    /// What the time zone says is DST of the offset.
    #[method(signature = "($self, /)")]
    fn dst(&self) -> Result<Option<Ref<Delta>>> {
        tzinfo::dst(self.zone().as_deref(), self)
    }

    /// The same moment in another time zone, or in local time.
    #[method(signature = "($self, *args, **kwargs)", hidden_signature)]
    fn astimezone(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        let mut arguments = ASTIMEZONE.bind(args, Keywords::Pairs(&kwargs))?;
        let wanted = arguments.take()?;
        arguments.finish()?;
        let wanted = wanted.map_or(Ok(None), tzinfo::check)?;
        let own = self.zone();
        if let (Some(own), Some(wanted)) = (&own, wanted)
            && own.is_same(wanted)
        {
            return Ok(self.to_ref());
        }
        let offset = match tzinfo::utcoffset(own.as_deref(), self)? {
            Some(offset) => offset,
            // Local clocks show this.
            None => tzinfo::utcoffset(Some(&*self.own_local_zone()?), self)?.unwrap_or(Span::ZERO),
        };
        let made = make(self.ty(), self.moved(offset, -1)?, own.as_deref(), 0)?;
        let Ok(mut universal) = made.cast::<DateTime>() else {
            return Err(raise!(TypeError, "fromutc: argument must be a datetime"));
        };
        let zone = match wanted {
            Some(zone) => zone.to_ref(),
            None => local_zone(timestamp::utc_seconds(universal.shown())?)?,
        };
        match universal.zone() {
            Some(_) => universal.set_zone(zone.clone()),
            None => {
                let (fields, fold) = (universal.fields(), universal.fold());
                let class = universal.ty().to_type_ref();
                universal = DateTime::new_in(&class, fields, Some(&*zone), fold)?;
            }
        }
        zone.call_method(intern!("fromutc"), &[&universal])
    }

    /// For pickling by a protocol: the class, the fields in bytes, the zone.
    #[method(name = "__reduce_ex__", signature = "($self, *args)", hidden_signature)]
    fn reduce_ex(&self, args: &[&Object]) -> Result<(Ref, Ref<Tuple>)> {
        let [protocol] = exactly::<1>("__reduce_ex__", args)?;
        Ok((self.ty().to_ref(), self.state(arguments::int(protocol)?)))
    }

    /// For pickling: the class, the fields in bytes, the zone.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> (Ref, Ref<Tuple>) {
        (self.ty().to_ref(), self.state(2))
    }
}
