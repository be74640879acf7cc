//! Writing dates and times: ISO 8601, and `strftime` with the codes that C's doesn't have.

use runtime::import::import_attribute;
use runtime::objects::str::StrBuilder;
use runtime::prelude::*;

use super::date::Date;
use super::datetime::DateTime;
use super::span::Span;
use super::time::Time;
use super::tzinfo;

/// A short ASCII text in the making, without allocation.
pub struct Text {
    bytes: [u8; 96],
    len: usize,
}

impl Default for Text {
    fn default() -> Text {
        Text { bytes: [0; 96], len: 0 }
    }
}

/// Up to which part a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
    Microseconds,
}

impl Precision {
    /// What an `isoformat` argument asks for; "auto" leaves out a zero of microseconds.
    pub fn of(
        timespec: Option<&Object>,
        function: &str,
        position: usize,
        microsecond: i32,
    ) -> Result<Precision> {
        let auto = if microsecond == 0 { Precision::Seconds } else { Precision::Microseconds };
        let Some(timespec) = timespec else { return Ok(auto) };
        let text = super::arguments::text(function, position, timespec)?.to_utf8()?;
        if text.contains('\0') {
            return Err(raise!(ValueError, "embedded null character"));
        }
        Ok(match text {
            "auto" => auto,
            "hours" => Precision::Hours,
            "minutes" => Precision::Minutes,
            "seconds" => Precision::Seconds,
            "milliseconds" => Precision::Milliseconds,
            "microseconds" => Precision::Microseconds,
            _ => return Err(raise!(ValueError, "Unknown timespec value")),
        })
    }
}

impl Text {
    /// Adds a character; what can't be written is left out, as the room is more than any value needs.
    pub fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    /// A number that isn't negative, with zeros before it.
    pub fn number(&mut self, number: i64, width: u32) {
        let mut divisor = 10i64.pow(width - 1);
        while number / divisor >= 10 {
            divisor *= 10;
        }
        while divisor > 0 {
            self.push(b'0' + (number / divisor % 10) as u8);
            divisor /= 10;
        }
    }

    /// YYYY-MM-DD.
    pub fn date(&mut self, date: &Date) {
        self.number(date.year().into(), 4);
        self.push(b'-');
        self.number(date.month().into(), 2);
        self.push(b'-');
        self.number(date.day().into(), 2);
    }

    /// HH:MM:SS.ffffff, as far as wanted.
    pub fn clock(&mut self, [hour, minute, second, microsecond]: [i32; 4], precision: Precision) {
        self.number(hour.into(), 2);
        if precision >= Precision::Minutes {
            self.push(b':');
            self.number(minute.into(), 2);
        }
        if precision >= Precision::Seconds {
            self.push(b':');
            self.number(second.into(), 2);
        }
        if precision >= Precision::Milliseconds {
            self.push(b'.');
            match precision {
                Precision::Milliseconds => self.number((microsecond / 1000).into(), 3),
                _ => self.number(microsecond.into(), 6),
            }
        }
    }

    /// An offset from UTC: +HH:MM, with seconds and microseconds where there are any.
    pub fn offset(&mut self, offset: Span, separated: bool) {
        let (sign, [hours, minutes, seconds, microseconds]) = offset.clock();
        self.push(sign as u8);
        self.number(hours, 2);
        if separated {
            self.push(b':');
        }
        self.number(minutes, 2);
        if seconds != 0 || microseconds != 0 {
            if separated {
                self.push(b':');
            }
            self.number(seconds, 2);
        }
        if microseconds != 0 {
            self.push(b'.');
            self.number(microseconds, 6);
        }
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }

    pub fn finish(&self) -> Ref<Str> {
        Str::new(self.as_str())
    }
}

/// The `tzinfo` of a datetime or time.
fn zone_of(object: &Object) -> Option<Ref> {
    match object.downcast::<DateTime>() {
        Some(moment) => moment.zone(),
        None => object.downcast::<Time>().and_then(Time::zone),
    }
}

/// What stands for `%z` and `%:z`.
fn offset_text(object: &Object, argument: &Object, separated: bool) -> Result<Ref<Str>> {
    let zone = zone_of(object);
    match tzinfo::utcoffset(zone.as_deref(), argument)? {
        Some(offset) => {
            let mut text = Text::default();
            text.offset(offset, separated);
            Ok(text.finish())
        }
        None => Ok(Str::empty()),
    }
}

/// What stands for `%Z`, its percent signs doubled: it is still to be formatted.
fn zone_name(object: &Object, argument: &Object) -> Result<Ref<Str>> {
    let zone = zone_of(object);
    let name = tzinfo::tzname(zone.as_deref(), argument)?;
    let (percent, doubled) = (Str::new("%"), Str::new("%%"));
    if let Some(name) = name.downcast_exact::<Str>() {
        return name.replaced(&percent, &doubled, -1);
    }
    if name.is_none() {
        return Ok(Str::empty());
    }
    // A subclass may replace in its own way.
    let replaced = name.call_method(intern!("replace"), &[&percent, &doubled])?;
    replaced.cast::<Str>().map_err(|_| raise!(TypeError, "tzname.replace() did not return a string"))
}

/// What stands for `%f`.
fn microseconds(object: &Object) -> Ref<Str> {
    let microsecond = match (object.downcast::<DateTime>(), object.downcast::<Time>()) {
        (Some(moment), _) => moment.microsecond(),
        (_, Some(time)) => time.clock()[3],
        _ => 0,
    };
    let mut text = Text::default();
    text.number(microsecond.into(), 6);
    text.finish()
}

/// What stands for a code with the year: the C library doesn't fill it up to four digits.
fn year(code: u8, tuple: &Object, strftime: &Object) -> Result<Ref<Str>> {
    let mut year = tuple.get_index(0)?;
    if code == b'G' {
        year = strftime.call(&[&Str::new("%G"), tuple])?.to_int()?.into_object();
    }
    let too_large = || raise!(OverflowError, "Python int too large to convert to C long");
    let year = year.index()?.to_i64().ok_or_else(too_large)?;
    Ok(Str::from_string(match code {
        b'F' => format!("{year:04}-%m-%d"),
        b'C' => format!("{:02}", year / 100),
        _ => format!("{year:04}"),
    }))
}

/// `time.strftime` after filling in what it doesn't know. `argument` is what the time zone's methods get.
pub fn strftime(object: &Object, format: &Str, tuple: &Object, argument: &Object) -> Result {
    let strftime = import_attribute("time", intern!("strftime"))?;
    let units = format.units();
    let at = |index: usize| (index < units.len()).then(|| u8::try_from(units.at(index)).unwrap_or(0));
    let (mut z, mut colon_z, mut name, mut fraction) = (None, None, None, None);
    let mut century;
    let mut filled = StrBuilder::new();
    let (mut copied, mut index) = (0, 0);
    while let Some(byte) = at(index) {
        let start = index;
        index += 1;
        if byte != b'%' {
            continue;
        }
        let Some(code) = at(index) else { break };
        index += 1;
        let cached = match code {
            b'z' => &mut z,
            b':' if at(index) == Some(b'z') => {
                index += 1;
                &mut colon_z
            }
            b'Z' => &mut name,
            b'f' => &mut fraction,
            b'Y' | b'G' | b'F' | b'C' => {
                century = None;
                &mut century
            }
            _ => continue,
        };
        let replacement = match cached {
            Some(replacement) => replacement,
            None => cached.insert(match code {
                b'z' | b':' => offset_text(object, argument, code == b':')?,
                b'Z' => zone_name(object, argument)?,
                b'f' => microseconds(object),
                _ => year(code, tuple, &strftime)?,
            }),
        };
        filled.push_part(format, copied, start);
        filled.push_str(replacement);
        copied = index;
    }
    if copied == 0 {
        return strftime.call(&[format, tuple]);
    }
    filled.push_part(format, copied, units.len());
    strftime.call(&[&*filled.try_finish()?, tuple])
}
