//! Texts, bytes and tuples: concatenation, repetition, subscription.

use bytecode::{Constant, Wtf8, Wtf8Buf};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use super::{MAX_COLLECTION_SIZE, MAX_STR_SIZE, MAX_TOTAL_ITEMS, to_isize};

pub(super) fn concatenate(left: &Constant, right: &Constant) -> Option<Constant> {
    Some(match (left, right) {
        (Constant::Str(a), Constant::Str(b)) => {
            let mut text = a.clone();
            text.push_wtf8(b);
            Constant::Str(text)
        }
        (Constant::Bytes(a), Constant::Bytes(b)) => Constant::Bytes([&a[..], b].concat()),
        (Constant::Tuple(a), Constant::Tuple(b)) => Constant::Tuple([&a[..], b].concat()),
        _ => return None,
    })
}

/// `sequence * count`, if the result is small.
pub(super) fn repeat(sequence: &Constant, count: &BigInt) -> Option<Constant> {
    let length = length(sequence)?;
    if length == 0 {
        to_isize(count)?;
        return Some(sequence.clone());
    }
    let limit = if matches!(sequence, Constant::Tuple(_)) { MAX_COLLECTION_SIZE } else { MAX_STR_SIZE };
    let count = count.to_usize().filter(|&count| count <= limit / length)?;
    Some(match sequence {
        Constant::Str(text) => Constant::Str(text_of(text.as_bytes().repeat(count))),
        Constant::Bytes(bytes) => Constant::Bytes(bytes.repeat(count)),
        Constant::Tuple(items) => {
            if let Some(limit) = MAX_TOTAL_ITEMS.checked_div(count) {
                remaining_items(items, limit)?;
            }
            Constant::Tuple(std::iter::repeat_n(items, count).flatten().cloned().collect())
        }
        _ => return None,
    })
}

/// `limit` without the items and the items of items; `None` if there are more.
fn remaining_items(items: &[Constant], limit: usize) -> Option<usize> {
    items.iter().try_fold(limit.checked_sub(items.len())?, |limit, item| match item {
        Constant::Tuple(items) | Constant::FrozenSet(items) => remaining_items(items, limit),
        _ => Some(limit),
    })
}

/// `len(sequence)`; a text's length is counted in code points.
fn length(sequence: &Constant) -> Option<usize> {
    match sequence {
        Constant::Str(text) => Some(text.code_points().count()),
        Constant::Bytes(bytes) => Some(bytes.len()),
        Constant::Tuple(items) => Some(items.len()),
        _ => None,
    }
}

/// `container[index]`.
pub(super) fn subscript(container: &Constant, index: &Constant) -> Option<Constant> {
    let length = length(container)?;
    match index {
        Constant::Slice(parts) => slice(container, length, parts),
        Constant::Int(_) | Constant::Bool(_) => {
            let index = as_index(index)?;
            let index = if index < 0 { index.checked_add(length as isize)? } else { index };
            let index = usize::try_from(index).ok().filter(|&index| index < length)?;
            Some(match container {
                Constant::Str(text) => Constant::Str(code_point_text(text.code_points().nth(index)?)),
                Constant::Bytes(bytes) => Constant::Int(BigInt::from(bytes[index])),
                Constant::Tuple(items) => items[index].clone(),
                _ => return None,
            })
        }
        _ => None,
    }
}

fn as_index(constant: &Constant) -> Option<isize> {
    match constant {
        Constant::Int(value) => to_isize(value),
        Constant::Bool(value) => Some(*value as isize),
        _ => None,
    }
}

/// A slice's bound or step; too large ones are clipped.
fn as_bound(constant: &Constant) -> Option<Option<isize>> {
    match constant {
        Constant::None => Some(None),
        Constant::Int(value) => {
            let clipped = if value.is_negative() { -isize::MAX } else { isize::MAX };
            Some(Some(to_isize(value).unwrap_or(clipped).max(-isize::MAX)))
        }
        Constant::Bool(value) => Some(Some(*value as isize)),
        _ => None,
    }
}

fn slice(container: &Constant, length: usize, parts: &[Constant; 3]) -> Option<Constant> {
    let step = as_bound(&parts[2])?.unwrap_or(1);
    if step == 0 {
        return None;
    }
    let length = length as isize;
    // The first and last places that a walk in the step's direction may stop at.
    let (lowest, highest) = if step < 0 { (-1, length - 1) } else { (0, length) };
    let clip = |bound: isize| {
        let bound = if bound < 0 { bound + length } else { bound };
        bound.clamp(lowest, highest)
    };
    let start = as_bound(&parts[0])?.map_or(if step < 0 { highest } else { lowest }, clip);
    let stop = as_bound(&parts[1])?.map_or(if step < 0 { lowest } else { highest }, clip);

    let mut indexes = Vec::new();
    let mut at = start;
    while if step < 0 { at > stop } else { at < stop } {
        indexes.push(at as usize);
        let Some(next) = at.checked_add(step) else { break };
        at = next;
    }
    Some(match container {
        Constant::Str(text) => {
            let points: Vec<u32> = text.code_points().collect();
            let mut result = Wtf8Buf::new();
            indexes.iter().for_each(|&index| result.push_code_point(points[index]));
            Constant::Str(result)
        }
        Constant::Bytes(bytes) => Constant::Bytes(indexes.iter().map(|&index| bytes[index]).collect()),
        Constant::Tuple(items) => {
            Constant::Tuple(indexes.iter().map(|&index| items[index].clone()).collect())
        }
        _ => return None,
    })
}

fn text_of(bytes: Vec<u8>) -> Wtf8Buf {
    Wtf8::from_bytes_unchecked(&bytes).to_owned()
}

fn code_point_text(code: u32) -> Wtf8Buf {
    let mut text = Wtf8Buf::new();
    text.push_code_point(code);
    text
}
