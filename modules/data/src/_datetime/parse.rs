//! Reading ISO 8601, over bytes. As CPython's C code reads them: behind the end, and from a null character on, there are zeros.

use runtime::prelude::*;

use super::calendar;
use super::span::Span;
use super::timezone::TimeZone;

/// The argument of `fromisoformat`.
pub fn text(object: &Object) -> Result<&Str> {
    object.downcast::<Str>().ok_or_else(|| raise!(TypeError, "fromisoformat: argument must be str"))
}

#[cold]
pub fn invalid(text: &Str) -> Raised {
    match text.repr() {
        Ok(text) => raise!(ValueError, "Invalid isoformat string: {text}"),
        Err(raised) => raised,
    }
}

fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// So many digits, and the place behind them.
fn digits(text: &[u8], at: usize, count: usize) -> Option<(i32, usize)> {
    let digits = text.get(at..at + count)?;
    let mut number = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i32::from(digit - b'0');
    }
    Some((number, at + count))
}

/// Year, month and day at the start of a text, which has the date in its first `len` bytes.
pub fn date(text: &[u8], len: usize) -> Option<(i32, i32, i32)> {
    let (year, mut at) = digits(text, 0, 4)?;
    let separated = byte(text, at) == b'-';
    at += usize::from(separated);
    if byte(text, at) == b'W' {
        let (week, mut at) = digits(text, at + 1, 2)?;
        let mut weekday = 1;
        if at < len {
            if separated {
                if byte(text, at) != b'-' {
                    return None;
                }
                at += 1;
            }
            weekday = digits(text, at, 1)?.0;
        }
        return calendar::from_iso(year, week, weekday).ok();
    }
    let (month, mut at) = digits(text, at, 2)?;
    if separated {
        if byte(text, at) != b'-' {
            return None;
        }
        at += 1;
    }
    Some((year, month, digits(text, at, 2)?.0))
}

/// Where the character between date and time is.
fn separator(text: &[u8]) -> usize {
    const DATE_SEPARATOR: u8 = b'-';
    let len = text.len();
    if len == 7 {
        return 7;
    }
    if text[4] == DATE_SEPARATOR {
        if text[5] != b'W' {
            return 10;
        }
        // YYYY-Www, then a weekday, or a time if two digits follow.
        if len > 8 && text[8] == DATE_SEPARATOR {
            return if len > 10 && text[10].is_ascii_digit() { 8 } else { 10 };
        }
        return 8;
    }
    if text[4] != b'W' {
        return 8;
    }
    // YYYYWww or YYYYWwwd: the digits of a time come in pairs.
    let end = (7..len).find(|&at| !text[at].is_ascii_digit()).unwrap_or(len);
    match end {
        0..9 => end,
        _ if end.is_multiple_of(2) => 7,
        _ => 8,
    }
}

/// Hour, minute, second, microsecond between two places; and is that all there is?
fn clock(text: &[u8], start: usize, end: usize) -> Option<([i32; 4], bool)> {
    let mut fields = [0; 4];
    let mut at = start;
    let mut separated = true;
    for index in 0..3 {
        (fields[index], at) = digits(text, at, 2)?;
        let next = byte(text, at);
        at += 1;
        if index == 0 {
            separated = next == b':';
        }
        if at >= end {
            let point = next == b'.' || next == b',';
            return (!point).then_some((fields, next == 0));
        }
        if separated && next == b':' {
            if index == 2 {
                return None;
            }
        } else if next == b'.' || next == b',' {
            if index < 2 {
                return None;
            }
            break;
        } else if separated {
            return None;
        } else {
            at -= 1;
        }
    }
    let count = (end - at).min(6);
    let (fraction, mut at) = digits(text, at, count)?;
    fields[3] = fraction * 10i32.pow(6 - count as u32);
    while byte(text, at).is_ascii_digit() {
        at += 1;
    }
    Some((fields, byte(text, at) == 0))
}

/// A time of the day, and the offset of its zone.
type ParsedTime = ([i32; 4], Option<[i64; 2]>);

/// A time from a place on.
fn time(text: &[u8], start: usize) -> Option<ParsedTime> {
    let end = text.len();
    let is_sign = |at: &usize| matches!(byte(text, *at), b'+' | b'-' | b'Z');
    // The first character is looked at even if there is none.
    let zone = (start..end.max(start + 1)).find(is_sign).unwrap_or(end.max(start + 1));
    let (fields, complete) = clock(text, start, zone)?;
    if zone >= end {
        return complete.then_some((fields, None));
    }
    let sign = byte(text, zone);
    if sign == b'Z' {
        return (byte(text, zone + 1) == 0).then_some((fields, Some([0, 0])));
    }
    let (offset, complete) = clock(text, zone + 1, end)?;
    let [hours, minutes, seconds, microseconds] = offset.map(i64::from);
    let sign = if sign == b'-' { -1 } else { 1 };
    let offset = [sign * (hours * 3600 + minutes * 60 + seconds), sign * microseconds];
    complete.then_some((fields, Some(offset)))
}

fn zone(offset: Option<[i64; 2]>) -> Result<Option<Ref>> {
    match offset {
        None => Ok(None),
        Some([0, 0]) => TimeZone::utc().map(|zone| Some(zone.into_object())),
        Some([seconds, microseconds]) => TimeZone::make(Span::new(0, seconds, microseconds)?).map(Some),
    }
}

#[cold]
fn bad_midnight() -> Raised {
    raise!(ValueError, "minute, second, and microsecond must be 0 when hour is 24")
}

/// What `time.fromisoformat` reads.
pub fn iso_time(text: &Str) -> Result<([i32; 4], Option<Ref>)> {
    let parsed = text.as_utf8().map(str::as_bytes).and_then(|text| {
        // A time may begin with T.
        time(text, usize::from(text.first() == Some(&b'T')))
    });
    let Some((mut fields, offset)) = parsed else { return Err(invalid(text)) };
    if fields[0] == 24 {
        if fields[1..] != [0, 0, 0] {
            return Err(bad_midnight());
        }
        fields[0] = 0;
    }
    Ok((fields, zone(offset)?))
}

/// The text with its separator, if that is a lone surrogate, as a letter.
fn without_surrogate(text: &Str) -> Option<Ref<Str>> {
    let is_surrogate = |at: &usize| (0xD800..=0xDFFF).contains(&text.char_at(*at));
    let at = [7, 8, 10].into_iter().filter(|&at| at < text.len()).find(is_surrogate)?;
    let points = text.code_points().enumerate();
    Some(Str::from_code_points(points.map(|(index, code)| if index == at { 'T'.into() } else { code })))
}

/// Year to microsecond, and the time zone.
type ParsedMoment = ([i32; 7], Option<Ref>);

/// What `datetime.fromisoformat` reads.
pub fn iso_datetime(text: &Str) -> Result<ParsedMoment> {
    let cleaned = if text.is_ascii() || text.len() <= 7 { None } else { without_surrogate(text) };
    let parsed = cleaned.as_deref().unwrap_or(text).as_utf8().map(str::as_bytes).and_then(moment);
    let Some((mut fields, offset)) = parsed else { return Err(invalid(text)) };
    let zone = zone(offset)?;
    let [year, month, day, hour, minute, second, microsecond] = &mut fields;
    if *hour == 24 && (1..=12).contains(month) {
        let last = calendar::days_in_month(*year, *month);
        if *day <= last {
            if [*minute, *second, *microsecond] != [0, 0, 0] {
                return Err(bad_midnight());
            }
            *hour = 0;
            *day += 1;
            if *day > last {
                *day = 1;
                *month += 1;
                if *month > 12 {
                    *month = 1;
                    *year += 1;
                }
            }
        }
    }
    Ok((fields, zone))
}

fn moment(text: &[u8]) -> Option<([i32; 7], Option<[i64; 2]>)> {
    if text.len() < 7 {
        return None;
    }
    let at = separator(text);
    let (year, month, day) = date(text, at)?;
    let mut fields = [year, month, day, 0, 0, 0, 0];
    if text.len() <= at {
        return Some((fields, None));
    }
    let width = match text[at] {
        0..0x80 => 1,
        0xE0..0xF0 => 3,
        0xF0.. => 4,
        _ => 2,
    };
    let (clock, offset) = time(text, at + width)?;
    fields[3..].copy_from_slice(&clock);
    Some((fields, offset))
}
