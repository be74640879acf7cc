//! The value of a timedelta, apart from objects: arithmetic without allocation.

use runtime::prelude::*;

pub const MAX_DAYS: i64 = 999_999_999;
pub const MICROSECONDS_A_SECOND: i64 = 1_000_000;
pub const SECONDS_A_DAY: i64 = 86_400;
const MICROSECONDS_A_DAY: i128 = 86_400_000_000;

/// A difference of times, normalized: only the days may be negative. Ordered as the times are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub days: i32,
    pub seconds: i32,
    pub microseconds: i32,
}

#[cold]
fn too_many_days(days: i64) -> Raised {
    raise!(OverflowError, "days={days}; must have magnitude <= {MAX_DAYS}")
}

impl Span {
    pub const ZERO: Span = Span { days: 0, seconds: 0, microseconds: 0 };
    pub const MIN: Span = Span { days: -999_999_999, seconds: 0, microseconds: 0 };
    pub const MAX: Span = Span { days: 999_999_999, seconds: 86_399, microseconds: 999_999 };
    pub const RESOLUTION: Span = Span { days: 0, seconds: 0, microseconds: 1 };
    pub const DAY: Span = Span { days: 1, seconds: 0, microseconds: 0 };

    /// From numbers of any sign and size.
    pub fn new(days: i64, seconds: i64, microseconds: i64) -> Result<Span> {
        let seconds = seconds + microseconds.div_euclid(MICROSECONDS_A_SECOND);
        let days = days + seconds.div_euclid(SECONDS_A_DAY);
        if !(-MAX_DAYS..=MAX_DAYS).contains(&days) {
            return Err(too_many_days(days));
        }
        Ok(Span {
            days: days as i32,
            seconds: seconds.rem_euclid(SECONDS_A_DAY) as i32,
            microseconds: microseconds.rem_euclid(MICROSECONDS_A_SECOND) as i32,
        })
    }

    pub fn from_microseconds(total: i128) -> Result<Span> {
        let days = total.div_euclid(MICROSECONDS_A_DAY);
        let rest = total.rem_euclid(MICROSECONDS_A_DAY) as i64;
        match i32::try_from(days) {
            Ok(days) => Span::new(days.into(), 0, rest),
            Err(_) => Err(out_of_range()),
        }
    }

    pub fn to_microseconds(self) -> i128 {
        i128::from(self.days) * MICROSECONDS_A_DAY
            + i128::from(self.seconds) * i128::from(MICROSECONDS_A_SECOND)
            + i128::from(self.microseconds)
    }

    pub fn is_zero(self) -> bool {
        self == Span::ZERO
    }

    pub fn is_negative(self) -> bool {
        self.days < 0
    }

    pub fn add(self, other: Span) -> Result<Span> {
        Span::new(
            i64::from(self.days) + i64::from(other.days),
            i64::from(self.seconds) + i64::from(other.seconds),
            i64::from(self.microseconds) + i64::from(other.microseconds),
        )
    }

    pub fn subtract(self, other: Span) -> Result<Span> {
        Span::new(
            i64::from(self.days) - i64::from(other.days),
            i64::from(self.seconds) - i64::from(other.seconds),
            i64::from(self.microseconds) - i64::from(other.microseconds),
        )
    }

    pub fn negate(self) -> Result<Span> {
        Span::ZERO.subtract(self)
    }

    /// May it be an offset from UTC: less than a day?
    pub fn is_offset(self) -> bool {
        (-1..1).contains(&self.days) && self != Span { days: -1, seconds: 0, microseconds: 0 }
    }

    /// The sign, and hours, minutes, seconds and microseconds of the size: how an offset is written.
    pub fn clock(self) -> (char, [i64; 4]) {
        let total = self.to_microseconds();
        let size = total.unsigned_abs();
        let seconds = (size / MICROSECONDS_A_SECOND as u128) as i64;
        let microseconds = (size % MICROSECONDS_A_SECOND as u128) as i64;
        let sign = if total < 0 { '-' } else { '+' };
        (sign, [seconds / 3600, seconds / 60 % 60, seconds % 60, microseconds])
    }
}

/// What CPython says where the days don't fit an int.
#[cold]
pub fn out_of_range() -> Raised {
    raise!(OverflowError, "Python int too large to convert to C int")
}

/// `numerator / denominator` rounded to the nearest, half to even. The denominator is not 0, and both are far from overflow.
pub fn divide_nearest(numerator: i128, denominator: i128) -> i128 {
    let (numerator, denominator) =
        if denominator < 0 { (-numerator, -denominator) } else { (numerator, denominator) };
    let (quotient, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
    let left = denominator - rest;
    quotient + i128::from(rest > left || (rest == left && quotient & 1 == 1))
}
