//! Sorting as `list.sort` does: stable, keys once, and whatever the comparisons do, no item is lost.

use std::cmp::Ordering;

use crate::prelude::*;

/// Sorts the items (descending if `reverse`, equal ones in their order). A failing key or comparison gives all items back.
pub fn sort(
    items: Vec<Ref>,
    key: Option<&Object>,
    reverse: bool,
) -> std::result::Result<Vec<Ref>, (Vec<Ref>, Raised)> {
    let mut keys = Vec::new();
    if let Some(key) = key {
        keys.reserve_exact(items.len());
        for item in &items {
            match key.call(&[item]) {
                Ok(value) => keys.push(value),
                Err(raised) => return Err((items, raised)),
            }
        }
    }
    let keyed = key.is_some();
    let mut order: Vec<u32> = Vec::new();
    if items.len() > u32::MAX as usize {
        return Err((items, crate::errors::no_memory()));
    }
    order.extend(0..items.len() as u32);
    if reverse {
        order.reverse();
    }
    let values: &[Ref] = if keyed { &keys } else { &items };
    let outcome = merge_sort(&mut order, values);
    if reverse {
        order.reverse();
    }
    // Put the items in order, each moved once.
    let mut slots: Vec<Option<Ref>> = items.into_iter().map(Some).collect();
    let sorted = order.iter().filter_map(|&index| slots[index as usize].take()).collect();
    match outcome {
        Ok(()) => Ok(sorted),
        Err(raised) => Err((sorted, raised)),
    }
}

/// How two values compare: by a fast path where all are of one well-known type.
enum Less {
    Str,
    Int,
    Float,
    General,
}

impl Less {
    fn for_values(values: &[Ref]) -> Less {
        let all = |is: fn(&Object) -> bool| values.iter().all(|value| is(value));
        match values.first() {
            Some(first) if first.is::<Str>() && all(|value| value.is::<Str>()) => Less::Str,
            Some(first) if first.is::<Int>() && all(is_compact) => Less::Int,
            Some(first) if first.is::<Float>() && all(|value| value.is::<Float>()) => Less::Float,
            _ => Less::General,
        }
    }

    #[inline]
    fn less(&self, left: &Object, right: &Object) -> Result<bool> {
        // SAFETY: the fast paths are chosen only if all values are of that type.
        unsafe {
            match self {
                Less::Str => Ok(left.downcast_unchecked::<Str>().compare(right.downcast_unchecked::<Str>())
                    == Ordering::Less),
                Less::Int => {
                    let (left, right) = (left.downcast_unchecked::<Int>(), right.downcast_unchecked::<Int>());
                    Ok(left.compact_value() < right.compact_value())
                }
                Less::Float => {
                    Ok(left.downcast_unchecked::<Float>().value()
                        < right.downcast_unchecked::<Float>().value())
                }
                Less::General => left.rich_compare(right, CompareOp::Lt)?.is_true(),
            }
        }
    }
}

fn is_compact(value: &Object) -> bool {
    value.downcast_exact::<Int>().is_some_and(Int::is_compact)
}

/// The shortest run that merging works on; shorter ones are extended by insertion.
const MINIMUM_RUN: usize = 32;

/// A natural merge sort: finds runs, extends short ones, merges neighbours of similar length.
fn merge_sort(order: &mut [u32], values: &[Ref]) -> Result<()> {
    let less = Less::for_values(values);
    let is_less = |left: u32, right: u32| less.less(&values[left as usize], &values[right as usize]);
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut buffer: Vec<u32> = Vec::new();
    let mut start = 0;
    while start < order.len() {
        let mut end = start + 1;
        if end < order.len() {
            if is_less(order[end], order[start])? {
                while end + 1 < order.len() && is_less(order[end + 1], order[end])? {
                    end += 1;
                }
                end += 1;
                order[start..end].reverse();
            } else {
                while end + 1 < order.len() && !is_less(order[end + 1], order[end])? {
                    end += 1;
                }
                end += 1;
            }
        }
        let wanted = (start + MINIMUM_RUN).min(order.len());
        while end < wanted {
            insert(order, start, end, &is_less)?;
            end += 1;
        }
        runs.push((start, end));
        start = end;
        while let [.., (a, b), (_, c)] = *runs.as_slice() {
            if b - a > 2 * (c - b) && start < order.len() {
                break;
            }
            merge(order, a, b, c, &mut buffer, &is_less)?;
            runs.pop();
            if let Some(last) = runs.last_mut() {
                *last = (a, c);
            }
        }
    }
    while let [.., (a, b), (_, c)] = *runs.as_slice() {
        merge(order, a, b, c, &mut buffer, &is_less)?;
        runs.pop();
        if let Some(last) = runs.last_mut() {
            *last = (a, c);
        }
    }
    Ok(())
}

/// Puts `order[end]` into the sorted run before it, by binary search.
fn insert(
    order: &mut [u32],
    start: usize,
    end: usize,
    is_less: &impl Fn(u32, u32) -> Result<bool>,
) -> Result<()> {
    let item = order[end];
    let (mut low, mut high) = (start, end);
    while low < high {
        let middle = low + (high - low) / 2;
        if is_less(item, order[middle])? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    order[low..=end].rotate_right(1);
    Ok(())
}

/// Merges two neighbouring runs; if a comparison fails, every index is still there.
fn merge(
    order: &mut [u32],
    start: usize,
    middle: usize,
    end: usize,
    buffer: &mut Vec<u32>,
    is_less: &impl Fn(u32, u32) -> Result<bool>,
) -> Result<()> {
    // Often the runs follow each other already.
    if !is_less(order[middle], order[middle - 1])? {
        return Ok(());
    }
    buffer.clear();
    buffer.extend_from_slice(&order[start..middle]);
    let (mut left, mut right, mut out) = (0, middle, start);
    let mut outcome = Ok(());
    while left < buffer.len() && right < end {
        match is_less(order[right], buffer[left]) {
            Ok(true) => {
                order[out] = order[right];
                right += 1;
            }
            Ok(false) => {
                order[out] = buffer[left];
                left += 1;
            }
            Err(raised) => {
                outcome = Err(raised);
                break;
            }
        }
        out += 1;
    }
    let rest = buffer.len() - left;
    order[out..out + rest].copy_from_slice(&buffer[left..]);
    outcome
}
