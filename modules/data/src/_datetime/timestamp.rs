//! Between seconds since the epoch and calendar fields, in UTC and in local time.

use runtime::clock;
use runtime::prelude::*;

use super::calendar;

/// Seconds from the start of year 1 to the epoch.
pub const EPOCH: i64 = 719_163 * 86_400;
/// No change of local time is larger than this.
const MAX_FOLD: i64 = 24 * 3600;

#[cold]
fn out_of_range() -> Raised {
    raise!(OverflowError, "timestamp out of range for platform time_t")
}

fn not_nan(value: f64) -> Result<f64> {
    match value.is_nan() {
        true => Err(raise!(ValueError, "Invalid value NaN (not a number)")),
        false => Ok(value),
    }
}

/// A double without a fraction as seconds.
fn seconds_of(value: f64) -> Result<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    match (-LIMIT..LIMIT).contains(&value) {
        true => Ok(value as i64),
        false => Err(out_of_range()),
    }
}

/// A timestamp rounded down.
pub fn whole_seconds(object: &Object) -> Result<i64> {
    if let Some(float) = object.downcast::<Float>() {
        return seconds_of(not_nan(float.value())?.floor());
    }
    object.index()?.to_i64().ok_or_else(out_of_range)
}

/// A timestamp in seconds and microseconds, rounded half to even.
pub fn split(object: &Object) -> Result<(i64, i32)> {
    let Some(float) = object.downcast::<Float>() else {
        if object.downcast::<Int>().is_none() && object.ty().nb_index().is_none() {
            let kind = object.ty().full_name();
            return Err(raise!(TypeError, "argument must be int or float, not {kind}"));
        }
        return Ok((object.index()?.to_i64().ok_or_else(out_of_range)?, 0));
    };
    let value = not_nan(float.value())?;
    let mut seconds = value.trunc();
    let fraction = if value.is_finite() { value - seconds } else { 0.0 };
    let mut microseconds = (fraction * 1e6).round_ties_even();
    if microseconds >= 1e6 {
        microseconds -= 1e6;
        seconds += 1.0;
    } else if microseconds < 0.0 {
        microseconds += 1e6;
        seconds -= 1.0;
    }
    Ok((seconds_of(seconds)?, microseconds as i32))
}

/// Seconds from the start of year 1 to a moment of UTC.
pub fn utc_seconds([year, month, day, hour, minute, second]: [i64; 6]) -> Result<i64> {
    let year = calendar::check_year(year)?;
    let days = calendar::to_ordinal(year, month as i32, day as i32);
    Ok(((days * 24 + hour) * 60 + minute) * 60 + second)
}

fn broken_seconds(broken: &clock::Broken) -> Result<i64> {
    let (month, day) = (broken.month.into(), broken.day.into());
    let (hour, minute, second) = (broken.hour.into(), broken.minute.into(), broken.second.into());
    utc_seconds([broken.year, month, day, hour, minute, second])
}

/// What local clocks show at a moment of UTC, both as seconds from the start of year 1.
fn local(moment: i64) -> Result<i64> {
    broken_seconds(&clock::local(moment - EPOCH)?)
}

/// The fields that a moment has in UTC or in local time, and its fold.
pub fn fields(seconds: i64, microsecond: i32, in_local: bool) -> Result<([i32; 7], i32)> {
    let broken = if in_local { clock::local(seconds)? } else { clock::universal(seconds)? };
    let mut fold = 0;
    if in_local {
        // Is it the second time that clocks show this?
        let shown = broken_seconds(&clock::Broken { second: broken.second.min(59), ..broken })?;
        let before = local(EPOCH + seconds - MAX_FOLD)?;
        let transition = shown - before - MAX_FOLD;
        if transition < 0 && local(EPOCH + seconds + transition)? == shown {
            fold = 1;
        }
    }
    let year = calendar::check_year(broken.year)?;
    let clock::Broken { month, day, hour, minute, second, .. } = broken;
    Ok(([year, month, day, hour, minute, second.min(59), microsecond], fold))
}

/// The moment at which local clocks show something: seconds of UTC from the start of year 1.
pub fn from_local(fields: [i64; 6], fold: bool) -> Result<i64> {
    let shown = utc_seconds(fields)?;
    let first_offset = local(shown)? - shown;
    let first = shown - first_offset;
    let first_shown = local(first)?;
    let second_offset = if first_shown == shown {
        // One solution; there may be an earlier one, or a later one.
        let other = if fold { first + MAX_FOLD } else { first - MAX_FOLD };
        let offset = local(other)? - other;
        if offset == first_offset {
            return Ok(first);
        }
        offset
    } else {
        first_shown - first
    };
    let second = shown - second_offset;
    if local(second)? == shown {
        return Ok(second);
    }
    if first_shown == shown {
        return Ok(first);
    }
    // Clocks were put forward over it.
    Ok(if fold { first.min(second) } else { first.max(second) })
}
