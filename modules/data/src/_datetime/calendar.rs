//! The proleptic Gregorian calendar in numbers: ordinals, weekdays, ISO weeks.

use runtime::prelude::*;

pub const MIN_YEAR: i32 = 1;
pub const MAX_YEAR: i32 = 9999;
/// The ordinal of the last day of `MAX_YEAR`.
pub const MAX_ORDINAL: i64 = 3_652_059;

const DAYS_IN_400_YEARS: i64 = 146_097;
const DAYS_IN_100_YEARS: i64 = 36_524;
const DAYS_IN_4_YEARS: i64 = 1461;

/// The days of the months before each month of an ordinary year.
const DAYS_BEFORE: [i64; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

pub const DAY_NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
pub const MONTH_NAMES: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

pub fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The month is one of 1 to 12.
pub fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        2 => 28 + i32::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days of the year before the first of a month.
pub fn days_before_month(year: i32, month: i32) -> i64 {
    DAYS_BEFORE[month.clamp(0, 12) as usize] + i64::from(month > 2 && is_leap(year))
}

fn days_before_year(year: i32) -> i64 {
    let before = i64::from(year) - 1;
    before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400)
}

/// A day's number: 0001-01-01 has 1.
pub fn to_ordinal(year: i32, month: i32, day: i32) -> i64 {
    days_before_year(year) + days_before_month(year, month) + i64::from(day)
}

/// Year, month and day of an ordinal, which is at least 1.
pub fn from_ordinal(ordinal: i64) -> (i32, i32, i32) {
    let rest = ordinal - 1;
    let (cycles, rest) = (rest.div_euclid(DAYS_IN_400_YEARS), rest.rem_euclid(DAYS_IN_400_YEARS));
    let (centuries, rest) = (rest / DAYS_IN_100_YEARS, rest % DAYS_IN_100_YEARS);
    let (fours, rest) = (rest / DAYS_IN_4_YEARS, rest % DAYS_IN_4_YEARS);
    let (years, rest) = (rest / 365, rest % 365);
    let year = (cycles * 400 + centuries * 100 + fours * 4 + years + 1) as i32;
    if years == 4 || centuries == 4 {
        // The last day of a leap year.
        return (year - 1, 12, 31);
    }
    let mut month = (rest as i32 + 50) >> 5;
    let mut before = days_before_month(year, month);
    if before > rest {
        month -= 1;
        before = days_before_month(year, month);
    }
    (year, month, (rest - before) as i32 + 1)
}

/// 0 for Monday.
pub fn weekday(year: i32, month: i32, day: i32) -> i32 {
    ((to_ordinal(year, month, day) + 6).rem_euclid(7)) as i32
}

/// The ordinal of the Monday that begins an ISO year.
pub fn iso_week1_monday(year: i32) -> i64 {
    let first = to_ordinal(year, 1, 1);
    let weekday = (first + 6).rem_euclid(7);
    let monday = first - weekday;
    // The week with the year's first Thursday is the first.
    if weekday > 3 { monday + 7 } else { monday }
}

/// ISO year, week and weekday of a day.
pub fn to_iso(year: i32, month: i32, day: i32) -> (i32, i32, i32) {
    let today = to_ordinal(year, month, day);
    let mut year = year;
    let mut monday = iso_week1_monday(year);
    if today < monday {
        year -= 1;
        monday = iso_week1_monday(year);
    } else if today >= monday + 52 * 7 {
        let next = iso_week1_monday(year + 1);
        if today >= next {
            year += 1;
            monday = next;
        }
    }
    let days = today - monday;
    (year, (days / 7) as i32 + 1, (days % 7) as i32 + 1)
}

/// What is wrong with an ISO date.
#[derive(Debug, Clone, Copy)]
pub enum BadIso {
    Year,
    Week,
    Weekday,
}

/// Year, month and day of an ISO date; the year may be one more than `MAX_YEAR`.
pub fn from_iso(year: i32, week: i32, weekday: i32) -> std::result::Result<(i32, i32, i32), BadIso> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(BadIso::Year);
    }
    let long = || {
        let first = self::weekday(year, 1, 1);
        first == 3 || (first == 2 && is_leap(year))
    };
    let exists = (1..=52).contains(&week) || (week == 53 && long());
    if !exists {
        return Err(BadIso::Week);
    }
    if !(1..=7).contains(&weekday) {
        return Err(BadIso::Weekday);
    }
    Ok(from_ordinal(iso_week1_monday(year) + i64::from(week - 1) * 7 + i64::from(weekday) - 1))
}

#[cold]
pub fn bad_year(year: i64) -> Raised {
    raise!(ValueError, "year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}")
}

/// ValueError for a year out of range.
pub fn check_year(year: i64) -> Result<i32> {
    match (i64::from(MIN_YEAR)..=i64::from(MAX_YEAR)).contains(&year) {
        true => Ok(year as i32),
        false => Err(bad_year(year)),
    }
}

/// ValueError for what is no day.
pub fn check_date(year: i32, month: i32, day: i32) -> Result<()> {
    check_year(year.into())?;
    if !(1..=12).contains(&month) {
        return Err(raise!(ValueError, "month must be in 1..12, not {month}"));
    }
    let last = days_in_month(year, month);
    if day < 1 || day > last {
        return Err(raise!(
            ValueError,
            "day {day} must be in range 1..{last} for month {month} in year {year}"
        ));
    }
    Ok(())
}

/// ValueError for what is no time of the day.
pub fn check_time([hour, minute, second, microsecond]: [i32; 4], fold: i32) -> Result<()> {
    if !(0..=23).contains(&hour) {
        return Err(raise!(ValueError, "hour must be in 0..23, not {hour}"));
    }
    if !(0..=59).contains(&minute) {
        return Err(raise!(ValueError, "minute must be in 0..59, not {minute}"));
    }
    if !(0..=59).contains(&second) {
        return Err(raise!(ValueError, "second must be in 0..59, not {second}"));
    }
    if !(0..=999_999).contains(&microsecond) {
        return Err(raise!(ValueError, "microsecond must be in 0..999999, not {microsecond}"));
    }
    if fold != 0 && fold != 1 {
        return Err(raise!(ValueError, "fold must be either 0 or 1, not {fold}"));
    }
    Ok(())
}

/// A day that is `days` after another one's; OverflowError where there is none.
pub fn add_days(year: i32, month: i32, day: i32, days: i64) -> Result<(i32, i32, i32)> {
    let moved = i64::from(day) + days;
    if moved >= 1 && moved <= days_in_month(year, month).into() && (MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Ok((year, month, moved as i32));
    }
    let ordinal = to_ordinal(year, month, 1) + moved - 1;
    match (1..=MAX_ORDINAL).contains(&ordinal) {
        true => Ok(from_ordinal(ordinal)),
        false => Err(raise!(OverflowError, "date value out of range")),
    }
}
