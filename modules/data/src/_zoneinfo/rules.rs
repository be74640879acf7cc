//! The rules after a zone's last transition: POSIX TZ strings, as "EST5EDT,M3.2.0,M11.1.0".

use crate::_datetime::calendar;

/// Seconds that a zone without an own DST offset puts its clocks forward.
pub const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
/// The ordinal of the day before the epoch.
const BEFORE_EPOCH: i64 = 719_163;

/// The day of a rule.
#[derive(Debug, Clone, Copy)]
enum Day {
    /// The weekday (0 for Sunday) in a month's week; the fifth week is the last.
    Calendar { month: i32, week: i64, weekday: i64 },
    /// Counted from the start of the year; a Julian one doesn't count February 29.
    Count { day: i64, julian: bool },
}

/// When DST begins or ends, in local time.
#[derive(Debug, Clone, Copy)]
pub struct Transition {
    day: Day,
    /// Seconds after midnight.
    time: i64,
}

impl Transition {
    /// The transition in a year, in seconds of local time since 1970.
    pub fn in_year(&self, year: i32) -> i64 {
        let new_year = calendar::to_ordinal(year, 1, 1) - BEFORE_EPOCH;
        let days = match self.day {
            Day::Count { day, julian } => {
                // As CPython counts, both begin before the first of January.
                new_year - 1 + day + i64::from(julian && day >= 59 && calendar::is_leap(year))
            }
            Day::Calendar { month, week, weekday } => {
                let first = i64::from(calendar::weekday(year, month, 1));
                let mut day = (weekday - (first + 1)).rem_euclid(7) + 1 + (week - 1) * 7;
                if day > calendar::days_in_month(year, month).into() {
                    day -= 7;
                }
                calendar::to_ordinal(year, month, day as i32) - BEFORE_EPOCH
            }
        };
        days * DAY + self.time
    }
}

/// A parsed TZ string.
#[derive(Debug)]
pub struct Parsed<'a> {
    pub name: &'a str,
    /// Seconds east of Greenwich.
    pub offset: i64,
    pub dst: Option<ParsedDst<'a>>,
}

/// Its second half.
#[derive(Debug)]
pub struct ParsedDst<'a> {
    pub name: &'a str,
    pub offset: i64,
    pub start: Transition,
    pub end: Transition,
}

/// What is read, and where.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte && self.at < self.text.len();
        self.at += usize::from(found);
        found
    }

    fn take_while(&mut self, wanted: fn(u8) -> bool) -> Option<&'a str> {
        let start = self.at;
        while self.at < self.text.len() && wanted(self.peek()) {
            self.at += 1;
        }
        std::str::from_utf8(&self.text[start..self.at]).ok().filter(|name| !name.is_empty())
    }

    /// Letters, or more between angle brackets.
    fn name(&mut self) -> Option<&'a str> {
        if !self.accept(b'<') {
            return self.take_while(|byte| byte.is_ascii_alphabetic());
        }
        let name = self.take_while(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'-')?;
        self.accept(b'>').then_some(name)
    }

    /// A number of so many digits at least and at most.
    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let start = self.at;
        let mut number = 0;
        while self.at - start < most && self.peek().is_ascii_digit() {
            number = number * 10 + i64::from(self.peek() - b'0');
            self.at += 1;
        }
        (self.at - start >= least).then_some(number)
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    fn time(&mut self, most_hours: i64) -> Option<i64> {
        let negative = self.accept(b'-');
        if !negative {
            self.accept(b'+');
        }
        let hours = self.number(1, 3)?;
        if hours > most_hours {
            return None;
        }
        let mut seconds = hours * HOUR;
        if self.accept(b':') {
            seconds += self.number(2, 2)? * 60;
            if self.accept(b':') {
                seconds += self.number(2, 2)?;
            }
        }
        Some(if negative { -seconds } else { seconds })
    }

    /// An offset, which TZ strings count west of Greenwich.
    fn offset(&mut self) -> Option<i64> {
        self.time(24).map(|seconds| -seconds)
    }

    fn transition(&mut self) -> Option<Transition> {
        let day = if self.accept(b'M') {
            let month = self.number(1, 2)? as i32;
            let week = self.accept(b'.').then(|| self.number(1, 1)).flatten()?;
            let weekday = self.accept(b'.').then(|| self.number(1, 1)).flatten()?;
            if !(1..=12).contains(&month) || !(1..=5).contains(&week) || weekday > 6 {
                return None;
            }
            Day::Calendar { month, week, weekday }
        } else {
            let julian = self.accept(b'J');
            let day = self.number(1, 3)?;
            if !(i64::from(julian)..=365).contains(&day) {
                return None;
            }
            Day::Count { day, julian }
        };
        let time = if self.accept(b'/') { self.time(167)? } else { 2 * HOUR };
        Some(Transition { day, time })
    }
}

/// Reads a TZ string; an error is the message, to be followed by the string.
pub fn parse(text: &[u8]) -> Result<Parsed<'_>, &'static str> {
    let mut reader = Reader { text, at: 0 };
    let name = reader.name().ok_or("Invalid STD format in ")?;
    let offset = reader.offset().ok_or("Invalid STD offset in ")?;
    if reader.at == text.len() {
        return Ok(Parsed { name, offset, dst: None });
    }
    let dst_name = reader.name().ok_or("Invalid DST format in ")?;
    let dst_offset = match reader.peek() {
        b',' => offset + HOUR,
        _ => reader.offset().ok_or("Invalid DST offset in ")?,
    };
    let mut rule = || match reader.accept(b',') {
        true => reader.transition().ok_or("Malformed transition rule in TZ string: "),
        false => Err("Missing transition rules in TZ string: "),
    };
    let (start, end) = (rule()?, rule()?);
    if reader.at != text.len() {
        return Err("Extraneous characters at end of TZ string: ");
    }
    Ok(Parsed { name, offset, dst: Some(ParsedDst { name: dst_name, offset: dst_offset, start, end }) })
}
