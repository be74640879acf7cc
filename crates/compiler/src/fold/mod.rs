//! Arithmetic on constants, as Python does it. `None` means that the operation raises, or that the result could be too
//! large to be worth folding: then it is left to run time.

mod complex;
mod number;
mod sequence;

use bytecode::Constant;
use bytecode::operands::BinaryOperator;
use hashbrown::HashTable;
use num_bigint::BigInt;
use num_traits::{FromPrimitive, ToPrimitive, Zero};

use number::Number;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// The most bits of an int that is folded.
const MAX_INT_SIZE: u64 = 128;
/// The most items of a tuple that is folded by repetition.
const MAX_COLLECTION_SIZE: usize = 256;
/// The most characters or bytes of a text that is folded by repetition.
const MAX_STR_SIZE: usize = 4096;
/// The most items of such a tuple, those of its items included.
const MAX_TOTAL_ITEMS: usize = 1024;

/// The unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unary {
    Positive,
    Negative,
    Invert,
    Not,
}

/// `bool(constant)`.
pub(crate) fn truth(constant: &Constant) -> bool {
    match constant {
        Constant::None => false,
        Constant::Ellipsis | Constant::Slice(_) | Constant::Code(_) => true,
        Constant::Bool(value) => *value,
        Constant::Int(value) => !value.is_zero(),
        Constant::Float(value) => *value != 0.0,
        Constant::Complex { real, imag } => *real != 0.0 || *imag != 0.0,
        Constant::Str(value) => !value.is_empty(),
        Constant::Bytes(value) => !value.is_empty(),
        Constant::Tuple(items) | Constant::FrozenSet(items) => !items.is_empty(),
    }
}

/// `operator constant`. `~` of a bool is left to run time, where it warns.
pub(crate) fn unary(operator: Unary, constant: &Constant) -> Option<Constant> {
    if operator == Unary::Not {
        return Some(Constant::Bool(!truth(constant)));
    }
    if operator == Unary::Invert && matches!(constant, Constant::Bool(_)) {
        return None;
    }
    let number = Number::of(constant)?;
    Some(match (operator, number) {
        (Unary::Positive, number) => number.into_constant(),
        (Unary::Negative, Number::Int(value)) => Constant::Int(-value.into_owned()),
        (Unary::Negative, Number::Float(value)) => Constant::Float(-value),
        (Unary::Negative, Number::Complex(value)) => {
            Constant::Complex { real: -value.real, imag: -value.imag }
        }
        (_, Number::Int(value)) => Constant::Int(-value.into_owned() - 1),
        _ => return None,
    })
}

/// `left operator right`.
pub(crate) fn binary(operator: BinaryOperator, left: &Constant, right: &Constant) -> Option<Constant> {
    if operator == BinaryOperator::Subscript {
        return sequence::subscript(left, right);
    }
    if let (Constant::Bool(a), Constant::Bool(b)) = (left, right) {
        match operator {
            BinaryOperator::And => return Some(Constant::Bool(a & b)),
            BinaryOperator::Or => return Some(Constant::Bool(a | b)),
            BinaryOperator::Xor => return Some(Constant::Bool(a ^ b)),
            _ => {}
        }
    }
    match (Number::of(left), Number::of(right)) {
        (Some(left), Some(right)) => number::binary(operator, left, right),
        (None, None) if operator == BinaryOperator::Add => sequence::concatenate(left, right),
        (None, Some(Number::Int(count))) if operator == BinaryOperator::Multiply => {
            sequence::repeat(left, &count)
        }
        (Some(Number::Int(count)), None) if operator == BinaryOperator::Multiply => {
            sequence::repeat(right, &count)
        }
        _ => None,
    }
}

/// A frozenset: without items that are equal to one before.
pub(crate) fn frozenset(items: Vec<Constant>) -> Constant {
    let mut kept: Vec<Constant> = Vec::with_capacity(items.len());
    let mut slots = HashTable::with_capacity(items.len());
    for item in items {
        let hash = hash(&item);
        if slots.find(hash, |&slot: &usize| equal(&kept[slot], &item)).is_none() {
            slots.insert_unique(hash, kept.len(), |&slot| self::hash(&kept[slot]));
            kept.push(item);
        }
    }
    Constant::FrozenSet(kept)
}

/// A hash that is the same for constants that are equal.
fn hash(constant: &Constant) -> u64 {
    let mut hasher = FxHasher::default();
    match constant {
        Constant::Int(_) | Constant::Bool(_) | Constant::Float(_) | Constant::Complex { .. } => {
            let value = match Number::of(constant) {
                Some(Number::Complex(value)) if value.imag == 0.0 => Some(value.real),
                Some(number) => number.to_f64(),
                None => None,
            };
            // Ints too large for a float are equal to no float; both zeros are equal.
            value.map_or(0, |value| (value + 0.0).to_bits()).hash(&mut hasher);
        }
        Constant::Tuple(items) => items.iter().for_each(|item| hash(item).hash(&mut hasher)),
        Constant::FrozenSet(items) => {
            items.iter().fold(0u64, |sum, item| sum.wrapping_add(hash(item))).hash(&mut hasher);
        }
        _ => return crate::constants::hash(constant),
    }
    hasher.finish()
}

/// `a == b`: numbers of different types may be equal.
fn equal(a: &Constant, b: &Constant) -> bool {
    match (Number::of(a), Number::of(b)) {
        (Some(a), Some(b)) => return equal_numbers(a, b),
        (None, None) => {}
        _ => return false,
    }
    match (a, b) {
        (Constant::Tuple(a), Constant::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Constant::FrozenSet(a), Constant::FrozenSet(b)) => {
            a.len() == b.len() && a.iter().all(|item| b.iter().any(|other| equal(item, other)))
        }
        _ => crate::constants::same(a, b),
    }
}

fn equal_numbers(a: Number<'_>, b: Number<'_>) -> bool {
    let int_is =
        |int: &BigInt, float: f64| float.fract() == 0.0 && BigInt::from_f64(float).as_ref() == Some(int);
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => a == b,
        (Number::Float(a), Number::Float(b)) => a == b,
        (Number::Complex(a), Number::Complex(b)) => a.real == b.real && a.imag == b.imag,
        (Number::Int(int), Number::Float(float)) | (Number::Float(float), Number::Int(int)) => {
            int_is(&int, float)
        }
        (Number::Int(int), Number::Complex(value)) | (Number::Complex(value), Number::Int(int)) => {
            value.imag == 0.0 && int_is(&int, value.real)
        }
        (Number::Float(float), Number::Complex(value)) | (Number::Complex(value), Number::Float(float)) => {
            value.imag == 0.0 && value.real == float
        }
    }
}

/// An index or count; `None` if it doesn't fit.
fn to_isize(value: &BigInt) -> Option<isize> {
    value.to_isize()
}

#[cfg(test)]
mod tests;
