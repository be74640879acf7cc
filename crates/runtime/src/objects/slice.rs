//! `slice`: the bounds of a subscript. Layout: `PySliceObject`.

use crate::prelude::*;

/// slice(stop)
/// slice(start, stop[, step])
///
/// Create a slice object.  This is used for extended slicing (e.g. a[0:10:2]).
#[class(name = "slice", symbol = "PySlice_Type", flags(GC))]
#[repr(C)]
pub struct Slice {
    head: Object,
    #[member(readonly)]
    pub start: Link,
    #[member(readonly)]
    pub stop: Link,
    #[member(readonly)]
    pub step: Link,
}

const _: () = assert!(size_of::<Slice>() == size_of::<abi::PySliceObject>());

/// A slice's bounds for a sequence of known length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceRange {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
    /// How many items it selects.
    pub length: usize,
}

impl SliceRange {
    /// Does it select everything, in order?
    pub fn is_whole(&self, length: usize) -> bool {
        self.start == 0 && self.step == 1 && self.length == length
    }

    /// The selected indices, in the slice's order.
    pub fn indices(self) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator {
        (0..self.length).map(move |i| (self.start + i as isize * self.step) as usize)
    }
}

/// A bound as an index that is clipped to what a word holds.
fn bound(value: &Object) -> Result<isize> {
    if value.ty().nb_index().is_none() {
        return Err(raise!(TypeError, "slice indices must be integers or None or have an __index__ method"));
    }
    value.to_isize_index_or_clip(None)
}

impl Slice {
    pub fn new(start: &Object, stop: &Object, step: &Object) -> Ref<Slice> {
        let link = |part: &Object| Link::new(part.to_ref());
        Ref::new(Slice { head: Object::HEAD, start: link(start), stop: link(stop), step: link(step) })
    }

    fn parts(&self) -> [Ref; 3] {
        [&self.start, &self.stop, &self.step].map(|part| part.get().unwrap_or_else(none))
    }

    /// Start, stop and step as words, absent ones by the step's sign (C: `PySlice_Unpack`).
    pub fn unpack(&self) -> Result<(isize, isize, isize)> {
        let [start, stop, step] = self.parts();
        let step = if step.is_none() { 1 } else { bound(&step)? };
        if step == 0 {
            return Err(raise!(ValueError, "slice step cannot be zero"));
        }
        // So that the step can be negated.
        let step = step.max(-isize::MAX);
        let start = if start.is_none() { if step < 0 { isize::MAX } else { 0 } } else { bound(&start)? };
        let stop =
            if stop.is_none() { if step < 0 { isize::MIN } else { isize::MAX } } else { bound(&stop)? };
        Ok((start, stop, step))
    }

    /// The bounds for a sequence of that length.
    pub fn resolve(&self, length: usize) -> Result<SliceRange> {
        let (start, stop, step) = self.unpack()?;
        Ok(adjust(start, stop, step, length))
    }
}

/// C's `PySlice_AdjustIndices`.
pub fn adjust(start: isize, stop: isize, step: isize, length: usize) -> SliceRange {
    let length = length as isize;
    let clip = |bound: isize| {
        if bound < 0 {
            let bound = bound.saturating_add(length);
            if bound < 0 { if step < 0 { -1 } else { 0 } } else { bound }
        } else if bound >= length {
            if step < 0 { length - 1 } else { length }
        } else {
            bound
        }
    };
    let (start, stop) = (clip(start), clip(stop));
    let count = if step < 0 {
        if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    SliceRange { start, stop, step, length: count as usize }
}

#[methods]
impl Slice {
    #[new(hidden_signature, signature = "(*args)")]
    fn tp_new(_class: &Type, args: &[&Object]) -> Result<Ref<Self>> {
        let none = none();
        match *args {
            [stop] => Ok(Slice::new(&none, stop, &none)),
            [start, stop] => Ok(Slice::new(start, stop, &none)),
            [start, stop, step] => Ok(Slice::new(start, stop, step)),
            [] => Err(raise!(TypeError, "slice expected at least 1 argument, got 0")),
            _ => Err(raise!(TypeError, "slice expected at most 3 arguments, got {}", args.len())),
        }
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let [start, stop, step] = self.parts();
        let pieces = [
            Str::new("slice("),
            start.repr()?,
            Str::new(", "),
            stop.repr()?,
            Str::new(", "),
            step.repr()?,
            Str::new(")"),
        ];
        Str::join_all(pieces.iter().map(|piece| &**piece))
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(other) = other.downcast::<Slice>() else { return Ok(not_implemented()) };
        if self.is_same(other) {
            return Ok(py_bool(matches!(op, CompareOp::Eq | CompareOp::Le | CompareOp::Ge)));
        }
        Tuple::pack(self.parts()).rich_compare(&Tuple::pack(other.parts()), op)
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        Tuple::pack(self.parts()).hash()
    }

    /// S.indices(len) -> (start, stop, stride)
    ///
    /// What the slice means for a sequence of that length, its bounds clipped to it.
    #[method(hidden_signature, signature = "($self, object, /)")]
    fn indices(&self, length: &Object) -> Result<Ref<Tuple>> {
        use num_bigint::BigInt;
        use num_traits::{One, Signed, Zero};
        let length = length.index()?.to_bigint();
        if length.is_negative() {
            return Err(raise!(ValueError, "length should not be negative"));
        }
        let part = |part: &Object| -> Result<Option<BigInt>> {
            if part.is_none() {
                return Ok(None);
            }
            if part.ty().nb_index().is_none() {
                return Err(raise!(
                    TypeError,
                    "slice indices must be integers or None or have an __index__ method"
                ));
            }
            Ok(Some(part.index()?.to_bigint()))
        };
        let [start, stop, step] = self.parts();
        let step = part(&step)?.unwrap_or_else(BigInt::one);
        if step.is_zero() {
            return Err(raise!(ValueError, "slice step cannot be zero"));
        }
        let backward = step.is_negative();
        let (lower, upper) =
            if backward { (BigInt::from(-1), &length - 1) } else { (BigInt::zero(), length.clone()) };
        let clip = |bound: Option<BigInt>, absent: &BigInt| match bound {
            None => absent.clone(),
            Some(bound) if bound.is_negative() => (bound + &length).max(lower.clone()),
            Some(bound) => bound.min(upper.clone()),
        };
        let (first, last) = if backward { (&upper, &lower) } else { (&lower, &upper) };
        let start = clip(part(&start)?, first);
        let stop = clip(part(&stop)?, last);
        Ok(Tuple::pack([&start, &stop, &step].map(|number| Int::from_bigint(number).into_object())))
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Ref<Tuple> {
        Tuple::pack([self.ty().to_ref(), Tuple::pack(self.parts()).into_object()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_clipped_as_python_does() {
        assert_eq!(adjust(0, isize::MAX, 1, 5), SliceRange { start: 0, stop: 5, step: 1, length: 5 });
        assert_eq!(
            adjust(isize::MAX, isize::MIN, -1, 5),
            SliceRange { start: 4, stop: -1, step: -1, length: 5 }
        );
        assert_eq!(adjust(-3, -1, 1, 5).length, 2);
        assert_eq!(adjust(4, 0, -2, 5).indices().collect::<Vec<_>>(), [4, 2]);
        assert_eq!(adjust(3, 1, 1, 5).length, 0);
    }
}
