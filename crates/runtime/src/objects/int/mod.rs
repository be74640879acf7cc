//! `int`: integers of any size, laid out as C sees them: a tag with sign and number of digits, then digits of 30 bits.
//!
//! [`digits`] is the arithmetic on bare digits, [`arithmetic`] the operators, [`parse`] and [`text`] the way from and to text.

use std::ptr::NonNull;

use crate::memory;
use crate::native::class::free;
use crate::prelude::*;

mod arithmetic;
mod bytes;
mod construct;
pub mod decimal;
pub mod digits;
mod divide;
mod methods;
pub mod parse;
mod power;
pub mod text;

use digits::SHIFT;

/// int([x]) -> integer
/// int(x, base=10) -> integer
///
/// Convert a number or string to an integer, or return 0 if no arguments
/// are given.  A number is converted by its __int__(), and a float loses its fraction.
///
/// With a base, x is a string, bytes, or bytearray: a literal in that base, maybe
/// with a sign before it and whitespace around it.  The base is 10 unless given, and may
/// be 0 or 2-36.  Base 0 takes the base from the literal's prefix.
/// >>> int('0b100', base=0)
/// 4
#[class(
    name = "int",
    symbol = "PyLong_Type",
    flags(BASETYPE, LONG_SUBCLASS, MATCH_SELF),
    basicsize = Int::HEAD_SIZE,
    itemsize = 4
)]
#[repr(C)]
pub struct Int {
    raw: abi::PyLongObject,
}

const SIGN_MASK: usize = abi::_PyLong_SIGN_MASK;
const SIZE_SHIFT: u32 = abi::_PyLong_NON_SIZE_BITS;
const NEGATIVE: usize = 2;
const ZERO_TAG: usize = 1;
const SMALLEST: isize = -5;
const LARGEST: isize = 256;

static SMALL: Static<[Int; (LARGEST - SMALLEST + 1) as usize]> = Static::new({
    let mut table = [const { Int::immortal(INT_TYPE.as_type(), 0, true) }; (LARGEST - SMALLEST + 1) as usize];
    let mut index = 0;
    while index < table.len() {
        table[index] = Int::immortal(INT_TYPE.as_type(), index as isize + SMALLEST, true);
        index += 1;
    }
    table
});

#[inline(always)]
const fn tag_of(negative: bool, count: usize) -> usize {
    if count == 0 { ZERO_TAG } else { count << SIZE_SHIFT | if negative { NEGATIVE } else { 0 } }
}

impl Int {
    /// The bytes before the digits.
    pub const HEAD_SIZE: usize = std::mem::offset_of!(abi::PyLongObject, long_value)
        + std::mem::offset_of!(abi::_PyLongValue, ob_digit);

    /// One in static memory. `cached`: one of the small ints that exist once.
    pub(super) const fn immortal(ty: &Type, value: isize, cached: bool) -> Int {
        let magnitude = value.unsigned_abs() as u32;
        let tag = tag_of(value < 0, (value != 0) as usize);
        let tag = if cached { tag | abi::_PyLong_IMMORTALITY_BIT_MASK } else { tag };
        Int {
            raw: abi::PyLongObject {
                ob_base: abi::PyObject::immortal(ty as *const Type as *const abi::PyTypeObject),
                long_value: abi::_PyLongValue { lv_tag: tag, ob_digit: [magnitude] },
            },
        }
    }

    /// Memory of an exact int of `count` digits, uninitialized but for its head and tag.
    #[inline(always)]
    fn allocate(negative: bool, count: usize) -> NonNull<Int> {
        // A whole `Int` at least: its padding is part of it.
        let size = (Int::HEAD_SIZE + 4 * count).max(size_of::<Int>());
        let object = memory::allocate_small(size).expect("out of memory").cast::<Int>();
        // SAFETY: fresh memory of that size.
        unsafe {
            let head = object.cast::<Object>();
            head.write(Object::HEAD);
            head.as_ref().refcount.set(1);
            head.as_ref().set_type(INT_TYPE.as_type());
            (*object.as_ptr()).raw.long_value.lv_tag = tag_of(negative, count);
        }
        object
    }

    /// One of the immortal small ints; `value` must be from -5 to 256.
    #[inline(always)]
    pub fn small(value: isize) -> Ref<Int> {
        let int: &'static Int = &SMALL[(value - SMALLEST) as usize];
        // SAFETY: immortal: references to it need not be counted.
        unsafe { Ref::from_owned(int.as_ptr()) }
    }

    #[inline]
    pub fn new(value: i64) -> Ref<Int> {
        if (SMALLEST as i64..=LARGEST as i64).contains(&value) {
            return Int::small(value as isize);
        }
        Int::from_magnitude(value < 0, value.unsigned_abs())
    }

    /// Not one of the small ones.
    #[inline]
    fn from_magnitude(negative: bool, magnitude: u64) -> Ref<Int> {
        let count = if magnitude >> SHIFT == 0 {
            1
        } else if magnitude >> (2 * SHIFT) == 0 {
            2
        } else {
            3
        };
        let object = Int::allocate(negative, count);
        // SAFETY: the object has that many digits.
        unsafe {
            let digits = object.byte_add(Int::HEAD_SIZE).cast::<u32>();
            digits.write(magnitude as u32 & digits::MASK);
            if count > 1 {
                digits.add(1).write((magnitude >> SHIFT) as u32 & digits::MASK);
                if count > 2 {
                    digits.add(2).write((magnitude >> (2 * SHIFT)) as u32);
                }
            }
            Ref::from_owned(object.as_ptr().cast())
        }
    }

    pub fn from_u64(value: u64) -> Ref<Int> {
        if value <= LARGEST as u64 { Int::small(value as isize) } else { Int::from_magnitude(false, value) }
    }

    pub fn from_usize(value: usize) -> Ref<Int> {
        Int::from_u64(value as u64)
    }

    pub fn from_i128(value: i128) -> Ref<Int> {
        match i64::try_from(value) {
            Ok(value) => Int::new(value),
            Err(_) => {
                let mut digits = [0; 5];
                let mut rest = value.unsigned_abs();
                for digit in &mut digits {
                    *digit = rest as u32 & digits::MASK;
                    rest >>= SHIFT;
                }
                Int::from_digits(value < 0, &digits)
            }
        }
    }

    /// Of a magnitude in digits, lowest first; zeros at the end are fine.
    pub fn from_digits(negative: bool, digits: &[u32]) -> Ref<Int> {
        let digits = digits::trim(digits);
        match *digits {
            [] => return Int::small(0),
            [low] => {
                let value = if negative { -i64::from(low) } else { i64::from(low) };
                return Int::new(value);
            }
            _ => {}
        }
        let object = Int::allocate(negative, digits.len());
        // SAFETY: the object has that many digits.
        unsafe {
            let target = object.byte_add(Int::HEAD_SIZE).cast::<u32>();
            std::ptr::copy_nonoverlapping(digits.as_ptr(), target.as_ptr(), digits.len());
            Ref::from_owned(object.as_ptr().cast())
        }
    }

    pub fn from_bigint(value: &num_bigint::BigInt) -> Ref<Int> {
        let words: Vec<u64> = value.iter_u64_digits().collect();
        Int::from_digits(value.sign() == num_bigint::Sign::Minus, &digits::from_words(&words))
    }

    pub fn to_bigint(&self) -> num_bigint::BigInt {
        use num_bigint::{BigInt, Sign};
        if let Some(value) = self.medium() {
            return BigInt::from(value);
        }
        let sign = if self.is_negative() { Sign::Minus } else { Sign::Plus };
        let halves =
            digits::to_words(self.digits()).iter().flat_map(|&w| [w as u32, (w >> 32) as u32]).collect();
        BigInt::new(sign, halves)
    }

    /// Truncates towards zero. `None` for infinities and NaN.
    pub fn from_f64(value: f64) -> Option<Ref<Int>> {
        if !value.is_finite() {
            return None;
        }
        if value.abs() < 9e18 {
            return Some(Int::new(value as i64));
        }
        let bits = value.to_bits();
        let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
        let exponent = (bits >> 52 & 0x7ff) as usize - 1075;
        let low = digits::from_words(&[mantissa]);
        Some(Int::from_digits(value < 0.0, &digits::shift_left(&low, exponent)))
    }

    #[inline(always)]
    fn tag(&self) -> usize {
        self.raw.long_value.lv_tag
    }

    /// How many digits there are; zero has none.
    #[inline(always)]
    pub fn digit_count(&self) -> usize {
        self.tag() >> SIZE_SHIFT
    }

    /// The digits of the magnitude, lowest first, 30 bits each.
    #[inline(always)]
    pub fn digits(&self) -> &[u32] {
        // SAFETY: the tag says how many digits lie behind it.
        unsafe {
            let first = (self as *const Int as *const u8).add(Int::HEAD_SIZE) as *const u32;
            std::slice::from_raw_parts(first, self.digit_count())
        }
    }

    #[inline(always)]
    pub fn is_negative(&self) -> bool {
        self.tag() & SIGN_MASK == NEGATIVE
    }

    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        self.tag() & SIGN_MASK == ZERO_TAG
    }

    /// -1, 0 or 1.
    #[inline(always)]
    pub fn sign(&self) -> i32 {
        1 - (self.tag() & SIGN_MASK) as i32
    }

    /// Has it at most one digit?
    #[inline(always)]
    pub fn is_compact(&self) -> bool {
        self.tag() < 2 << SIZE_SHIFT
    }

    /// The value of a compact int.
    #[inline(always)]
    pub fn compact_value(&self) -> isize {
        let sign = 1 - (self.tag() & SIGN_MASK) as isize;
        sign * self.raw.long_value.ob_digit[0] as isize
    }

    /// The value if it has at most two digits, so that it is below 2⁶⁰: no sum or difference of two such overflows.
    #[inline(always)]
    pub fn medium(&self) -> Option<i64> {
        if self.is_compact() {
            return Some(self.compact_value() as i64);
        }
        match *self.digits() {
            [low, high] => {
                let magnitude = i64::from(high) << SHIFT | i64::from(low);
                Some(if self.is_negative() { -magnitude } else { magnitude })
            }
            _ => None,
        }
    }

    /// The magnitude if it fits.
    fn magnitude(&self) -> Option<u128> {
        let digits = self.digits();
        if digits.len() > 4 {
            return None;
        }
        Some(digits.iter().rev().fold(0, |value, &digit| value << SHIFT | u128::from(digit)))
    }

    #[inline]
    pub fn to_i64(&self) -> Option<i64> {
        if self.is_compact() {
            return Some(self.compact_value() as i64);
        }
        let magnitude = self.magnitude()? as i128;
        i64::try_from(if self.is_negative() { -magnitude } else { magnitude }).ok()
    }

    pub fn to_u64(&self) -> Option<u64> {
        if self.is_negative() {
            return None;
        }
        u64::try_from(self.magnitude()?).ok()
    }

    #[inline]
    pub fn to_isize(&self) -> Option<isize> {
        self.to_i64().map(|value| value as isize)
    }

    pub fn to_usize(&self) -> Option<usize> {
        self.to_u64().map(|value| value as usize)
    }

    /// How many bits the magnitude has.
    pub fn bit_length(&self) -> usize {
        digits::bit_length(self.digits())
    }

    /// The nearest double; OverflowError "int too large to convert to float".
    pub fn to_f64(&self) -> Result<f64> {
        if let Some(value) = self.medium() {
            return Ok(value as f64);
        }
        match digits::to_f64(self.digits()) {
            Some(value) => Ok(if self.is_negative() { -value } else { value }),
            None => Err(raise!(OverflowError, "int too large to convert to float")),
        }
    }

    /// The sum of two compact ints; `None` if one is not compact.
    #[inline(always)]
    pub fn add_compact(left: &Int, right: &Int) -> Option<Ref<Int>> {
        (left.is_compact() && right.is_compact())
            .then(|| Int::new((left.compact_value() + right.compact_value()) as i64))
    }

    #[inline(always)]
    pub fn subtract_compact(left: &Int, right: &Int) -> Option<Ref<Int>> {
        (left.is_compact() && right.is_compact())
            .then(|| Int::new((left.compact_value() - right.compact_value()) as i64))
    }

    #[inline(always)]
    pub fn multiply_compact(left: &Int, right: &Int) -> Option<Ref<Int>> {
        (left.is_compact() && right.is_compact())
            .then(|| Int::new((left.compact_value() * right.compact_value()) as i64))
    }

    /// The same number as an instance of exactly `int`.
    pub fn exact(number: &Int) -> Ref<Int> {
        if number.is::<Int>() {
            return Ref::from_borrowed(number);
        }
        Int::from_digits(number.is_negative(), number.digits())
    }

    /// Is the object an int, maybe of a subclass?
    #[inline(always)]
    pub fn of(object: &Object) -> Option<&Int> {
        // SAFETY: every instance of a class with this flag begins with an int.
        object.ty().has_flag(abi::Py_TPFLAGS_LONG_SUBCLASS).then(|| unsafe { object.downcast_unchecked() })
    }

    /// The same number as an instance of `class`, which is `int` or derives from it.
    pub fn in_class(class: &Type, number: Ref<Int>) -> Result<Ref<Int>> {
        if std::ptr::eq(class, INT_TYPE.as_type()) {
            return Ok(Int::exact(&number));
        }
        let count = number.digit_count();
        let object = match class.raw.tp_alloc.get() {
            // SAFETY: the class is alive; a null result means that an exception is set.
            Some(allocate) => unsafe {
                match Ref::<Int>::from_owned_opt(allocate(class.as_type_ptr(), count.max(1) as isize)) {
                    Some(object) => object,
                    None => return Err(Raised::assume_set()),
                }
            },
            None => return Err(raise!(TypeError, "cannot create '{}' instances", class.name())),
        };
        // SAFETY: a new object with room for that many digits, which nobody else has seen.
        unsafe {
            let target = object.as_ptr() as *mut Int;
            (*target).raw.long_value.lv_tag = tag_of(number.is_negative(), count);
            let digits = (target as *mut u8).add(Int::HEAD_SIZE) as *mut u32;
            digits.write(0);
            std::ptr::copy_nonoverlapping(number.digits().as_ptr(), digits, count);
        }
        Ok(object)
    }

    /// `hash(self)`: the value modulo 2⁶¹ - 1, with its sign.
    #[inline]
    pub fn hash_value(&self) -> isize {
        let hash = if self.is_compact() {
            self.compact_value()
        } else {
            let hash = digits::modulo_mersenne(self.digits()) as isize;
            if self.is_negative() { -hash } else { hash }
        };
        if hash == -1 { -2 } else { hash }
    }
}

#[methods(parts(arithmetic, divide, power, methods, bytes, construct))]
impl Int {
    #[slot]
    unsafe fn tp_dealloc(object: *mut Object) {
        // SAFETY: the slot gets a dead object; what an exact int holds is plain memory of our allocation.
        unsafe {
            if (*object).is::<Int>() {
                memory::free_small(object as *mut u8, size_of::<Int>());
            } else {
                free(object as *mut RawObject);
            }
        }
    }
    #[slot]
    fn tp_hash(&self) -> isize {
        self.hash_value()
    }
    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        match Int::of(other) {
            Some(other) => Ok(py_bool(op.accepts(self.compare(other)))),
            None => Ok(not_implemented()),
        }
    }
    #[slot]
    fn nb_bool(&self) -> bool {
        !self.is_zero()
    }
    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        self.to_decimal()
    }
}

impl Int {
    /// The order of two ints.
    #[inline]
    pub fn compare(&self, other: &Int) -> std::cmp::Ordering {
        if self.is_compact() && other.is_compact() {
            return self.compact_value().cmp(&other.compact_value());
        }
        match (self.is_negative(), other.is_negative()) {
            (false, true) => std::cmp::Ordering::Greater,
            (true, false) => std::cmp::Ordering::Less,
            (false, false) => digits::compare(self.digits(), other.digits()),
            (true, true) => digits::compare(other.digits(), self.digits()),
        }
    }
}
