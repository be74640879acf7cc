//! `range` and its iterators.

use std::cell::Cell;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use crate::objects::slice::Slice;
use crate::prelude::*;

/// range(stop) -> range object
/// range(start, stop[, step]) -> range object
///
/// The ints from start (0 if left out) up to, but without, stop, in steps of step.
/// range(3) is 0, 1, 2; range(3, 0, -1) is 3, 2, 1.
#[class(name = "range", symbol = "PyRange_Type", flags(SEQUENCE))]
#[repr(C)]
pub struct Range {
    head: Object,
    #[member(readonly)]
    start: Link<Int>,
    #[member(readonly)]
    stop: Link<Int>,
    #[member(readonly)]
    step: Link<Int>,
    length: Link<Int>,
}

fn number(link: &Link<Int>) -> Ref<Int> {
    link.get().unwrap_or_else(|| Int::new(0))
}

/// How many numbers lie from `start` to `stop` by `step`.
fn count(start: &BigInt, stop: &BigInt, step: &BigInt) -> BigInt {
    let (low, high, step) =
        if step.is_negative() { (stop, start, -step) } else { (start, stop, step.clone()) };
    if low >= high { BigInt::zero() } else { (high - low - 1u32) / step + 1u32 }
}

impl Range {
    /// A range of these bounds; `step` is not zero.
    pub fn new(start: Ref<Int>, stop: Ref<Int>, step: Ref<Int>) -> Ref<Range> {
        let length = match (start.to_i64(), stop.to_i64(), step.to_i64()) {
            (Some(start), Some(stop), Some(1)) if start >= 0 => Int::new(stop.saturating_sub(start).max(0)),
            _ => Int::from_bigint(&count(&start.to_bigint(), &stop.to_bigint(), &step.to_bigint())),
        };
        Ref::new(Range {
            head: Object::HEAD,
            start: Link::new(start),
            stop: Link::new(stop),
            step: Link::new(step),
            length: Link::new(length),
        })
    }

    fn length(&self) -> BigInt {
        number(&self.length).to_bigint()
    }

    /// The number at an index, which is in range.
    fn item(&self, index: &BigInt) -> BigInt {
        number(&self.start).to_bigint() + number(&self.step).to_bigint() * index
    }

    /// Start, step and length as words, if they and all numbers in between fit.
    fn words(&self) -> Option<(i64, i64, i64)> {
        let (start, step) = (number(&self.start).to_i64()?, number(&self.step).to_i64()?);
        let length = number(&self.length).to_i64()?;
        start.checked_add(step.checked_mul(length)?)?;
        Some((start, step, length))
    }

    /// The index of an exact int, if it is one of the numbers.
    fn position(&self, value: &BigInt) -> Option<BigInt> {
        let (offset, remainder) =
            (value - number(&self.start).to_bigint()).div_rem(&number(&self.step).to_bigint());
        (remainder.is_zero() && !offset.is_negative() && offset < self.length()).then_some(offset)
    }

    fn part(&self, slice: &Slice) -> Result<Ref<Range>> {
        let bounds = slice.call_method(intern!("indices"), &[&number(&self.length)])?;
        let parts: Vec<BigInt> = bounds
            .collect()?
            .iter()
            .map(|part| part.index().map(|part| part.to_bigint()))
            .collect::<Result<_>>()?;
        let [start, stop, step] = parts.as_slice() else {
            return Err(raise!(SystemError, "slice.indices() gave no triple"));
        };
        let own_step = number(&self.step).to_bigint();
        Ok(Range::new(
            Int::from_bigint(&self.item(start)),
            Int::from_bigint(&self.item(stop)),
            Int::from_bigint(&(own_step * step)),
        ))
    }

    /// What equality and hash look at: length, and if there are numbers the first and the step.
    fn identity(&self) -> Ref<Tuple> {
        let length = self.length();
        let start = if length.is_zero() { none() } else { number(&self.start).into_object() };
        let step = if length <= BigInt::one() { none() } else { number(&self.step).into_object() };
        Tuple::pack([number(&self.length).into_object(), start, step])
    }
}

#[methods]
impl Range {
    #[new(hidden_signature, signature = "(*args)")]
    fn tp_new(_class: &Type, args: &[&Object]) -> Result<Ref<Self>> {
        let exact = |object: &Object| object.index().map(|number| Int::exact(&number));
        match *args {
            [stop] => Ok(Range::new(Int::new(0), exact(stop)?, Int::new(1))),
            [start, stop] => Ok(Range::new(exact(start)?, exact(stop)?, Int::new(1))),
            [start, stop, step] => {
                let (start, stop, step) = (exact(start)?, exact(stop)?, exact(step)?);
                if step.sign() == 0 {
                    return Err(raise!(ValueError, "range() arg 3 must not be zero"));
                }
                Ok(Range::new(start, stop, step))
            }
            [] => Err(raise!(TypeError, "range expected at least 1 argument, got 0")),
            _ => Err(raise!(TypeError, "range expected at most 3 arguments, got {}", args.len())),
        }
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let (start, stop, step) =
            (number(&self.start).repr()?, number(&self.stop).repr()?, number(&self.step));
        if step.to_i64() == Some(1) {
            return Ok(format!("range({start}, {stop})"));
        }
        Ok(format!("range({start}, {stop}, {})", step.repr()?))
    }

    #[slot]
    fn mp_length(&self) -> Result<usize> {
        self.sq_length()
    }

    #[slot]
    fn sq_length(&self) -> Result<usize> {
        match number(&self.length).to_isize() {
            Some(length) => Ok(length as usize),
            None => Err(raise!(OverflowError, "Python int too large to convert to C ssize_t")),
        }
    }

    #[slot]
    fn nb_bool(&self) -> bool {
        number(&self.length).sign() != 0
    }

    #[slot]
    fn sq_item(&self, index: isize) -> Result<BigInt> {
        let index = BigInt::from(index);
        if index.is_negative() || index >= self.length() {
            return Err(raise!(IndexError, "range object index out of range"));
        }
        Ok(self.item(&index))
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        if let Some(slice) = key.downcast::<Slice>() {
            return Ok(self.part(slice)?.into_object());
        }
        if key.ty().nb_index().is_none() {
            let name = key.ty().full_name();
            return Err(raise!(TypeError, "range indices must be integers or slices, not {name}"));
        }
        let mut index = key.index()?.to_bigint();
        let length = self.length();
        if index.is_negative() {
            index += &length;
        }
        if index.is_negative() || index >= length {
            return Err(raise!(IndexError, "range object index out of range"));
        }
        Ok(Int::from_bigint(&self.item(&index)).into_object())
    }

    #[slot]
    fn sq_contains(&self, value: &Object) -> Result<bool> {
        if value.is::<Int>() || value.is::<crate::objects::bool_::Bool>() {
            return Ok(self.position(&value.index()?.to_bigint()).is_some());
        }
        self.contains_by_iteration(value)
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let (Some(other), CompareOp::Eq | CompareOp::Ne) = (other.downcast::<Range>(), op) else {
            return Ok(not_implemented());
        };
        self.identity().rich_compare(&other.identity(), op)
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        self.identity().hash()
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        match self.words() {
            Some((start, step, length)) => RangeIterator::new(start, step, length).into_object(),
            None => LongRangeIterator::new(&number(&self.start), &number(&self.step), &number(&self.length))
                .into_object(),
        }
    }

    /// Return a reverse iterator.
    #[method(name = "__reversed__", signature = "($self, /)")]
    fn reversed(&self) -> Ref {
        if let Some((start, step, length)) = self.words()
            && let Some(back) = step.checked_neg()
        {
            return RangeIterator::new(start + step * (length - 1).max(-1), back, length).into_object();
        }
        let last = self.item(&(self.length() - 1));
        let back = -number(&self.step).to_bigint();
        LongRangeIterator::new(&Int::from_bigint(&last), &Int::from_bigint(&back), &number(&self.length))
            .into_object()
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Ref<Tuple> {
        let bounds = [&self.start, &self.stop, &self.step].map(|bound| number(bound).into_object());
        Tuple::pack([self.ty().to_ref(), Tuple::pack(bounds).into_object()])
    }

    /// rangeobject.count(value) -> integer -- return number of occurrences of value
    #[method(hidden_signature, signature = "($self, object, /)")]
    fn count(&self, value: &Object) -> Result<usize> {
        if value.is::<Int>() || value.is::<crate::objects::bool_::Bool>() {
            return Ok(usize::from(self.sq_contains(value)?));
        }
        let mut count = 0;
        self.for_each(|item| {
            count += usize::from(item.rich_compare_bool(value, CompareOp::Eq)?);
            Ok(())
        })?;
        Ok(count)
    }

    /// rangeobject.index(value) -> integer
    ///
    /// Where value is in the range; ValueError if it is not.
    #[method(hidden_signature, signature = "($self, object, /)")]
    fn index(&self, value: &Object) -> Result<BigInt> {
        if value.is::<Int>() || value.is::<crate::objects::bool_::Bool>() {
            let found = self.position(&value.index()?.to_bigint());
            return found.map_or_else(|| Err(raise!(ValueError, "range.index(x): x not in range")), Ok);
        }
        let mut index = BigInt::zero();
        let iterator = self.iter()?;
        while let Some(item) = iterator.iter_next()? {
            if item.rich_compare_bool(value, CompareOp::Eq)? {
                return Ok(index);
            }
            index += 1;
        }
        Err(raise!(ValueError, "sequence.index(x): x not in sequence"))
    }
}

/// The iterator over a range whose numbers are words.
#[class(name = "range_iterator", symbol = "PyRangeIter_Type", flags(DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct RangeIterator {
    head: Object,
    next: Cell<i64>,
    step: Cell<i64>,
    left: Cell<i64>,
}

impl RangeIterator {
    fn new(start: i64, step: i64, length: i64) -> Ref<RangeIterator> {
        Ref::new(RangeIterator {
            head: Object::HEAD,
            next: Cell::new(start),
            step: Cell::new(step),
            left: Cell::new(length),
        })
    }

    /// The next item, if there is one.
    #[inline(always)]
    pub fn next_item(&self) -> Option<Ref> {
        let left = self.left.get();
        if left <= 0 {
            return None;
        }
        let value = self.next.get();
        self.left.set(left - 1);
        self.next.set(value.wrapping_add(self.step.get()));
        Some(Int::new(value).into_object())
    }
}

#[methods]
impl RangeIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Option<Ref> {
        self.next_item()
    }

    #[method(name = "__length_hint__", signature = "($self, /)")]
    fn length_hint(&self) -> i64 {
        self.left.get().max(0)
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let (start, step, left) = (self.next.get(), self.step.get(), self.left.get().max(0));
        let stop = BigInt::from(start) + BigInt::from(step) * left;
        reduce_iterator(Int::new(start), Int::from_bigint(&stop), Int::new(step))
    }

    #[method(name = "__setstate__", signature = "($self, state, /)")]
    fn setstate(&self, state: i64) {
        let skip = state.clamp(0, self.left.get().max(0));
        self.next.set(self.next.get().wrapping_add(self.step.get().wrapping_mul(skip)));
        self.left.set(self.left.get() - skip);
    }
}

fn reduce_iterator(start: Ref<Int>, stop: Ref<Int>, step: Ref<Int>) -> Result<Ref<Tuple>> {
    let iter = crate::eval::names::builtin(Interpreter::current(), intern!("iter"))?;
    let range = Range::new(start, stop, step).into_object();
    Ok(Tuple::pack([iter, Tuple::pack([range]).into_object(), none()]))
}

/// The iterator over a range of larger numbers.
#[class(
    name = "longrange_iterator",
    symbol = "PyLongRangeIter_Type",
    flags(DISALLOW_INSTANTIATION),
    doc = ""
)]
#[repr(C)]
pub struct LongRangeIterator {
    head: Object,
    next: Link<Int>,
    step: Link<Int>,
    left: Link<Int>,
}

impl LongRangeIterator {
    fn new(start: &Int, step: &Int, length: &Int) -> Ref<LongRangeIterator> {
        let link = |number: &Int| Link::new(Ref::from_borrowed(number));
        Ref::new(LongRangeIterator {
            head: Object::HEAD,
            next: link(start),
            step: link(step),
            left: link(length),
        })
    }

    fn advance(&self, by: &BigInt) {
        let next = number(&self.next).to_bigint() + number(&self.step).to_bigint() * by;
        let left = number(&self.left).to_bigint() - by;
        self.next.set(Some(Int::from_bigint(&next)));
        self.left.set(Some(Int::from_bigint(&left)));
    }
}

#[methods]
impl LongRangeIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Option<Ref<Int>> {
        if number(&self.left).sign() <= 0 {
            return None;
        }
        let item = number(&self.next);
        self.advance(&BigInt::one());
        Some(item)
    }

    #[method(name = "__length_hint__", signature = "($self, /)")]
    fn length_hint(&self) -> Ref<Int> {
        number(&self.left)
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let (start, step) = (number(&self.next), number(&self.step));
        let stop = start.to_bigint() + step.to_bigint() * number(&self.left).to_bigint();
        reduce_iterator(start, Int::from_bigint(&stop), step)
    }

    #[method(name = "__setstate__", signature = "($self, state, /)")]
    fn setstate(&self, state: BigInt) {
        let left = number(&self.left).to_bigint();
        self.advance(&state.clamp(BigInt::zero(), left));
    }
}
