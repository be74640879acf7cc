//! What a zone's file says: its transitions, and which offsets apply when.

use runtime::prelude::*;

use super::rules::{self, HOUR, Transition};
use crate::_datetime::{Delta, Span};

/// What applies for a time: the answers of a zone's methods.
#[derive(Clone)]
pub struct Info {
    pub offset: i64,
    pub utcoff: Ref<Delta>,
    pub dstoff: Ref<Delta>,
    pub name: Ref,
}

impl Info {
    fn new(offset: i64, dst: i64, name: Ref) -> Result<Info> {
        let delta = |seconds| Span::new(0, seconds, 0).map(Delta::new);
        Ok(Info { offset, utcoff: delta(offset)?, dstoff: delta(dst)?, name })
    }

    fn equals(&self, other: &Info) -> Result<bool> {
        Ok(self.offset == other.offset
            && self.dstoff.span() == other.dstoff.span()
            && self.name.rich_compare_bool(&other.name, CompareOp::Eq)?)
    }
}

/// What applies after the last transition.
struct After {
    std: Info,
    dst: Option<(Info, Transition, Transition)>,
}

impl After {
    /// With DST: its info, its length in seconds, and its start and end in a year, in local time.
    fn in_year(&self, year: i32) -> Option<(&Info, i64, i64, i64)> {
        let (dst, start, end) = self.dst.as_ref()?;
        Some((dst, dst.offset - self.std.offset, start.in_year(year), end.in_year(year)))
    }

    fn at(&self, time: i64, fold: bool, year: i32) -> &Info {
        let Some((dst, difference, mut start, mut end)) = self.in_year(year) else { return &self.std };
        // With fold 0 the time with the smaller offset is from the end of the gap to the end of the fold, with fold 1
        // from the start of the gap to the start of the fold.
        if fold == (difference >= 0) {
            end -= difference;
        } else {
            start += difference;
        }
        if is_between(time, start, end) { dst } else { &self.std }
    }

    fn at_utc(&self, time: i64, year: i32) -> (&Info, bool) {
        let Some((dst, difference, start, end)) = self.in_year(year) else { return (&self.std, false) };
        let (start, end) = (start - self.std.offset, end - dst.offset);
        let info = if is_between(time, start, end) { dst } else { &self.std };
        let ambiguous = if difference > 0 { end..end + difference } else { start..start - difference };
        (info, ambiguous.contains(&time))
    }
}

/// Is a time in a part of the year that may go over its end?
fn is_between(time: i64, start: i64, end: i64) -> bool {
    if start < end { (start..end).contains(&time) } else { !(end..start).contains(&time) }
}

/// A zone.
pub struct Data {
    /// The transitions in UTC, and in local time with a fold of 0 and 1.
    utc: Vec<i64>,
    local: [Vec<i64>; 2],
    /// What applies from each on: an index into `infos`.
    applies: Vec<usize>,
    infos: Vec<Info>,
    /// What applies before the first: an index, too.
    before: usize,
    after: After,
    /// Is it always the same?
    pub fixed: bool,
}

fn numbers(object: &Object) -> Result<Vec<i64>> {
    let items = object.collect()?;
    items
        .iter()
        .map(|item| {
            item.index()?
                .to_i64()
                .ok_or_else(|| raise!(OverflowError, "Python int too large to convert to C long"))
        })
        .collect()
}

/// How much of each offset is DST, which files don't say: the difference to what applied before or after it.
fn dst_offsets(applies: &[usize], offsets: &[i64], is_dst: &[bool]) -> Vec<i64> {
    let mut result = vec![0; offsets.len()];
    let total = is_dst.iter().filter(|&&dst| dst).count();
    let mut found = 0;
    for (position, &index) in applies.iter().enumerate().skip(1) {
        if found == total {
            break;
        }
        if !is_dst[index] || result[index] != 0 {
            continue;
        }
        let mut difference = 0;
        let before = applies[position - 1];
        if !is_dst[before] {
            difference = offsets[index] - offsets[before];
        }
        if difference == 0
            && index + 1 < offsets.len()
            && let Some(&next) = applies.get(position + 1)
        {
            if is_dst[next] {
                continue;
            }
            difference = offsets[index] - offsets[next];
        }
        if difference != 0 {
            found += 1;
            result[index] = difference;
        }
    }
    if found < total {
        // An hour is the best guess.
        for (difference, &dst) in result.iter_mut().zip(is_dst) {
            if dst && *difference == 0 {
                *difference = HOUR;
            }
        }
    }
    result
}

/// The transitions in local time: with fold 0 what the larger offset makes of them, with fold 1 the smaller.
fn in_local(utc: &[i64], applies: &[usize], offsets: &[i64]) -> [Vec<i64>; 2] {
    let mut local = [utc.to_vec(), utc.to_vec()];
    let mut before = offsets.first().copied().unwrap_or(0);
    for (position, &index) in applies.iter().enumerate().take(utc.len()) {
        let offset = offsets[index];
        let first = position == 0 && offsets.len() <= 1;
        let offset = if first { before } else { offset };
        local[0][position] = utc[position].saturating_add(before.max(offset));
        local[1][position] = utc[position].saturating_add(before.min(offset));
        before = offset;
    }
    local
}

impl Data {
    /// From the tuple that `zoneinfo._common.load_data` gives.
    pub fn from_parts(parts: &Object) -> Result<Data> {
        let parts = parts.collect()?;
        let [applies, utc, offsets, is_dst, names, rule] = parts.as_slice() else {
            return Err(raise!(ValueError, "Invalid data result returned: {} values", parts.len()));
        };
        let (utc, offsets) = (numbers(utc)?, numbers(offsets)?);
        let is_dst: Vec<bool> = numbers(is_dst)?.into_iter().map(|dst| dst != 0).collect();
        let names = names.collect()?;
        if is_dst.len() != offsets.len() || names.len() != offsets.len() {
            return Err(raise!(ValueError, "inconsistent time zone data"));
        }
        let mut applying = Vec::with_capacity(utc.len());
        for index in numbers(applies)? {
            match usize::try_from(index) {
                Ok(index) if index < offsets.len() => applying.push(index),
                _ => {
                    return Err(raise!(
                        ValueError,
                        "Invalid transition index found while reading TZif: {index}"
                    ));
                }
            }
        }
        if applying.len() != utc.len() {
            return Err(raise!(ValueError, "inconsistent time zone data"));
        }
        let dst = dst_offsets(&applying, &offsets, &is_dst);
        let local = in_local(&utc, &applying, &offsets);
        let mut infos = Vec::with_capacity(offsets.len());
        for (index, name) in names.into_iter().enumerate() {
            infos.push(Info::new(offsets[index], dst[index], name)?);
        }
        let before = is_dst.iter().position(|&dst| !dst).unwrap_or(0);
        let after = match rule.downcast::<Bytes>().filter(|rule| !rule.is_empty()) {
            Some(rule) => after_of(rule)?,
            None => {
                let last = applying.last().copied().or(infos.len().checked_sub(1));
                let Some(last) = last else {
                    return Err(raise!(ValueError, "No time zone information found."));
                };
                After { std: infos[last].clone(), dst: None }
            }
        };
        let fixed = after.dst.is_none()
            && match infos.as_slice() {
                [] => true,
                [only] => only.equals(&after.std)?,
                _ => false,
            };
        Ok(Data { utc, local, applies: applying, infos, before, after, fixed })
    }

    fn before(&self) -> &Info {
        self.infos.get(self.before).unwrap_or(&self.after.std)
    }

    /// What applies at any time, in a fixed zone.
    pub fn always(&self) -> &Info {
        &self.after.std
    }

    /// What applies when local clocks show a time, in seconds since 1970.
    pub fn at(&self, time: i64, fold: bool, year: i32) -> &Info {
        let transitions = &self.local[usize::from(fold)];
        match (transitions.first(), transitions.last()) {
            (Some(&first), _) if time < first => self.before(),
            (_, Some(&last)) if time <= last => {
                let passed = transitions.partition_point(|&transition| transition <= time);
                // Local times of transitions may be out of order.
                &self.infos[self.applies[passed.saturating_sub(1)]]
            }
            _ => self.after.at(time, fold, year),
        }
    }

    /// What applies at a moment of UTC; and do clocks show that local time for the second time?
    pub fn at_utc(&self, time: i64, year: i32) -> (&Info, bool) {
        let count = self.utc.len();
        match (self.utc.first(), self.utc.last()) {
            (Some(&first), _) if time < first => (self.before(), false),
            (_, Some(&last)) if time <= last => {
                let passed = self.utc.partition_point(|&transition| transition <= time);
                let position = passed.saturating_sub(1);
                let info = &self.infos[self.applies[position]];
                let previous = match position {
                    0 => self.before(),
                    _ => &self.infos[self.applies[position - 1]],
                };
                (info, previous.offset - info.offset > time - self.utc[position])
            }
            (_, last) => {
                let (info, mut fold) = self.after.at_utc(time, year);
                if let Some(last) = last {
                    // Right after the last transition the rules don't know what was before it.
                    let previous = match count {
                        1 => self.before(),
                        _ => &self.infos[self.applies[count - 2]],
                    };
                    let difference = previous.offset - info.offset;
                    fold |= difference > 0 && time < last + difference;
                }
                (info, fold)
            }
        }
    }
}

/// The rules of a TZ string.
fn after_of(rule: &Bytes) -> Result<After> {
    let parsed = match rules::parse(rule.as_slice()) {
        Ok(parsed) => parsed,
        Err(message) => {
            let rule = rule.repr()?;
            return Err(raise!(ValueError, "{message}{rule}"));
        }
    };
    let name = |name: &str| Str::new(name).into_object();
    let std = Info::new(parsed.offset, 0, name(parsed.name))?;
    let dst = match parsed.dst {
        Some(dst) => {
            let info = Info::new(dst.offset, dst.offset - parsed.offset, name(dst.name))?;
            Some((info, dst.start, dst.end))
        }
        None => None,
    };
    Ok(After { std, dst })
}
