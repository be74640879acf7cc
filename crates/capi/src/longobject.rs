//! `int`. <https://docs.python.org/3.14/c-api/long.html>

use std::ffi::{c_char, c_int, c_long, c_void};
use std::ptr::{null, null_mut};

use num_bigint::{BigInt, Sign};
use runtime::prelude::*;

use crate::support::{Raw, bad_internal_call, exported, not_null};

/// An int's C struct.
fn raw(number: &Int) -> &abi::PyLongObject {
    // SAFETY: every int begins so.
    unsafe { &*number.as_ptr().cast() }
}

/// An int's digits.
fn digits(number: &Int) -> &[u32] {
    let raw = raw(number);
    let count = raw.long_value.lv_tag >> abi::_PyLong_NON_SIZE_BITS;
    // SAFETY: that many digits follow.
    unsafe { std::slice::from_raw_parts((&raw const raw.long_value.ob_digit).cast(), count) }
}

/// The lowest 64 bits in two's complement.
fn low_bits(number: &Int) -> u64 {
    let magnitude = digits(number)
        .iter()
        .take(3)
        .enumerate()
        .fold(0u64, |sum, (index, &digit)| sum.wrapping_add(u64::from(digit) << (30 * index)));
    if number.sign() < 0 { magnitude.wrapping_neg() } else { magnitude }
}

/// The object, if it is an int already.
fn int_only(object: Option<&Object>) -> Result<&Int> {
    let object = object.ok_or_else(bad_internal_call)?;
    object.downcast().ok_or_else(|| raise!(TypeError, "an integer is required"))
}

/// The object as an int, by `__index__` if need be.
fn indexed(object: Option<&Object>) -> Result<Ref<Int>> {
    object.ok_or_else(bad_internal_call)?.index()
}

fn too_large(kind: &str) -> Raised {
    raise!(OverflowError, "Python int too large to convert to C {kind}")
}

/// An object as C's `int`.
pub fn to_int(object: &Object) -> Result<c_int> {
    let number = object.index()?;
    number.to_i64().and_then(|value| value.try_into().ok()).ok_or_else(|| too_large("int"))
}

/// A value, and whether it overflowed: then its sign.
///
/// # Safety
/// `overflow` may be written.
unsafe fn and_overflow(object: Option<&Object>, overflow: *mut c_int) -> Result<i64> {
    // SAFETY: by contract.
    unsafe { *overflow = 0 };
    let number = indexed(object)?;
    Ok(number.to_i64().unwrap_or_else(|| {
        // SAFETY: by contract.
        unsafe { *overflow = number.sign() };
        -1
    }))
}

exported! {
    fn PyLong_FromLong(value: c_long) -> Ref<Int> {
        Int::new(value)
    }

    fn PyLong_FromLongLong(value: i64) -> Ref<Int> {
        Int::new(value)
    }

    fn PyLong_FromSsize_t(value: isize) -> Ref<Int> {
        Int::new(value as i64)
    }

    fn PyLong_FromInt32(value: i32) -> Ref<Int> {
        Int::new(value as i64)
    }

    fn PyLong_FromInt64(value: i64) -> Ref<Int> {
        Int::new(value)
    }

    fn PyLong_FromUInt32(value: u32) -> Ref<Int> {
        Int::new(value as i64)
    }

    fn PyLong_FromUInt64(value: u64) -> Ref<Int> {
        Int::from_u64(value)
    }

    fn PyLong_FromUnsignedLong(value: u64) -> Ref<Int> {
        Int::from_u64(value)
    }

    fn PyLong_FromUnsignedLongLong(value: u64) -> Ref<Int> {
        Int::from_u64(value)
    }

    fn PyLong_FromSize_t(value: usize) -> Ref<Int> {
        Int::from_usize(value)
    }

    fn PyLong_FromVoidPtr(value: *mut c_void) -> Ref<Int> {
        Int::from_usize(value as usize)
    }

    fn PyLong_FromDouble(value: f64) -> Result<Ref<Int>> {
        Float::new(value).to_int()
    }

    fn PyLong_FromString(text: *const c_char, end: *mut *mut c_char, base: c_int) -> Result {
        from_string(text, end, base)
    }

    fn PyLong_FromUnicodeObject(text: &Object, base: c_int) -> Result {
        if base != 0 && !(2..=36).contains(&base) {
            return Err(raise!(ValueError, "int() arg 2 must be >= 2 and <= 36"));
        }
        Int::type_object().call(&[text, &*Int::new(base as i64)])
    }

    fn PyLong_AsLong(object: Option<&Object>) -> Result<c_long> {
        indexed(object)?.to_i64().ok_or_else(|| too_large("long"))
    }

    fn PyLong_AsInt(object: Option<&Object>) -> Result<c_int> {
        to_int(object.ok_or_else(bad_internal_call)?)
    }

    fn _PyLong_AsInt(object: Option<&Object>) -> Result<c_int> {
        to_int(object.ok_or_else(bad_internal_call)?)
    }

    fn PyLong_AsLongLong(object: Option<&Object>) -> Result<i64> {
        indexed(object)?.to_i64().ok_or_else(|| raise!(OverflowError, "int too big to convert"))
    }

    fn PyLong_AsLongAndOverflow(object: Option<&Object>, overflow: *mut c_int) -> Result<i64> {
        and_overflow(object, overflow)
    }

    fn PyLong_AsLongLongAndOverflow(object: Option<&Object>, overflow: *mut c_int) -> Result<i64> {
        and_overflow(object, overflow)
    }

    fn PyLong_AsSsize_t(object: Option<&Object>) -> Result<isize> {
        int_only(object)?.to_isize().ok_or_else(|| too_large("ssize_t"))
    }

    fn PyLong_AsUnsignedLong(object: Option<&Object>) -> Result<u64> {
        unsigned(int_only(object)?, "unsigned int", "unsigned long")
    }

    fn PyLong_AsSize_t(object: Option<&Object>) -> Result<usize> {
        Ok(unsigned(int_only(object)?, "size_t", "size_t")? as usize)
    }

    fn PyLong_AsUnsignedLongLong(object: Option<&Object>) -> Result<u64> {
        let number = int_only(object)?;
        if number.sign() < 0 {
            return Err(raise!(OverflowError, "can't convert negative int to unsigned"));
        }
        number.to_u64().ok_or_else(|| raise!(OverflowError, "int too big to convert"))
    }

    fn PyLong_AsUnsignedLongMask(object: Option<&Object>) -> Result<u64> {
        Ok(low_bits(&*indexed(object)?))
    }

    fn PyLong_AsUnsignedLongLongMask(object: Option<&Object>) -> Result<u64> {
        Ok(low_bits(&*indexed(object)?))
    }

    fn PyLong_AsInt32(object: Option<&Object>, value: *mut i32) -> Result<()> {
        let number = indexed(object)?.to_i64().and_then(|number| number.try_into().ok());
        *value = number.ok_or_else(|| too_large("int32_t"))?;
        Ok(())
    }

    fn PyLong_AsInt64(object: Option<&Object>, value: *mut i64) -> Result<()> {
        *value = indexed(object)?.to_i64().ok_or_else(|| too_large("int64_t"))?;
        Ok(())
    }

    fn PyLong_AsUInt32(object: Option<&Object>, value: *mut u32) -> Result<()> {
        let number = non_negative(indexed(object)?)?;
        *value = number.to_u64().and_then(|number| number.try_into().ok()).ok_or_else(|| too_large("uint32_t"))?;
        Ok(())
    }

    fn PyLong_AsUInt64(object: Option<&Object>, value: *mut u64) -> Result<()> {
        *value = non_negative(indexed(object)?)?.to_u64().ok_or_else(|| too_large("uint64_t"))?;
        Ok(())
    }

    fn PyLong_AsDouble(object: Option<&Object>) -> Result<f64> {
        int_only(object)?.to_f64()
    }

    fn PyLong_AsVoidPtr(object: Option<&Object>) -> Result<*mut c_void> {
        let number = int_only(object)?;
        let value = if number.sign() < 0 { number.to_i64().map(|value| value as u64) } else { number.to_u64() };
        let kind = if number.sign() < 0 { "long" } else { "unsigned long" };
        value.map(|value| value as *mut c_void).ok_or_else(|| too_large(kind))
    }

    fn PyLong_IsPositive(object: Option<&Object>) -> Result<bool> {
        Ok(int_argument(object)?.sign() > 0)
    }

    fn PyLong_IsNegative(object: Option<&Object>) -> Result<bool> {
        Ok(int_argument(object)?.sign() < 0)
    }

    fn PyLong_IsZero(object: Option<&Object>) -> Result<bool> {
        Ok(int_argument(object)?.sign() == 0)
    }

    fn PyLong_GetSign(object: Option<&Object>, sign: *mut c_int) -> Result<()> {
        *sign = int_argument(object)?.sign();
        Ok(())
    }

    fn _PyLong_Sign(object: &Object) -> c_int {
        object.downcast_unchecked::<Int>().sign()
    }

    fn _PyLong_NumBits(object: &Object) -> i64 {
        object.downcast_unchecked::<Int>().to_bigint().bits() as i64
    }

    fn _PyLong_Copy(object: &Object) -> Ref<Int> {
        Int::exact(object.downcast_unchecked())
    }

    fn _PyLong_New(size: isize) -> Raw {
        // The caller fills the digits in: an int of its own, of that many digits.
        let mut digits = vec![u32::MAX >> 2; size.max(1) as usize];
        digits[0] = u32::MAX >> 2;
        let made = from_digits(false, &digits);
        for place in 0..size as usize {
            let raw = raw(&made);
            (&raw const raw.long_value.ob_digit).cast::<u32>().cast_mut().add(place).write(0);
        }
        made.into_raw()
    }

    fn _PyLong_FromDigits(negative: c_int, count: isize, start: *const u32) -> Ref<Int> {
        from_digits(negative != 0, std::slice::from_raw_parts(start, count as usize))
    }

    fn _PyLong_FromByteArray(start: *const u8, size: usize, little: c_int, signed: c_int) -> Ref<Int> {
        let bytes = if size == 0 { &[] } else { std::slice::from_raw_parts(start, size) };
        Int::from_bigint(&from_bytes(bytes, little != 0, signed != 0))
    }

    fn _PyLong_AsByteArray(object: &Object, start: *mut u8, size: usize, little: c_int, signed: c_int, with_exceptions: c_int) -> Result<()> {
        let number = object.downcast_unchecked::<Int>();
        if signed == 0 && number.sign() < 0 {
            if with_exceptions == 0 {
                return Err(bad_internal_call());
            }
            return Err(raise!(OverflowError, "can't convert negative int to unsigned"));
        }
        let target = std::slice::from_raw_parts_mut(start, size);
        let needed = fill(number, target, little != 0, signed != 0);
        if needed > size {
            return Err(raise!(OverflowError, "int too big to convert"));
        }
        Ok(())
    }

    fn PyLong_AsNativeBytes(object: Option<&Object>, start: *mut u8, size: isize, flags: c_int) -> Result<isize> {
        let object = not_null(object)?;
        let number = match object.downcast::<Int>() {
            Some(number) => Ref::from_borrowed(number),
            None if flags != -1 && flags & abi::Py_ASNATIVEBYTES_ALLOW_INDEX != 0 => object.index()?,
            None => return Err(raise!(TypeError, "expect int, got {}", object.ty().full_name())),
        };
        let asked = flags;
        let flags = if flags == -1 { abi::Py_ASNATIVEBYTES_NATIVE_ENDIAN } else { flags };
        if flags & abi::Py_ASNATIVEBYTES_REJECT_NEGATIVE != 0 && number.sign() < 0 {
            return Err(raise!(ValueError, "can't convert negative int"));
        }
        let little = flags & (abi::Py_ASNATIVEBYTES_LITTLE_ENDIAN | 2) != 0;
        let target = if size == 0 { &mut [] } else { std::slice::from_raw_parts_mut(start, size as usize) };
        let signed = flags & abi::Py_ASNATIVEBYTES_UNSIGNED_BUFFER == 0 || number.sign() < 0;
        fill(&number, target, little, signed);
        Ok(bytes_needed(&number, size, asked))
    }

    fn PyLong_FromNativeBytes(start: *const u8, size: usize, flags: c_int) -> Ref<Int> {
        let little = flags == -1 || flags & (abi::Py_ASNATIVEBYTES_LITTLE_ENDIAN | 2) != 0;
        let unsigned = flags != -1 && flags & abi::Py_ASNATIVEBYTES_UNSIGNED_BUFFER != 0;
        let bytes = if size == 0 { &[] } else { std::slice::from_raw_parts(start, size) };
        Int::from_bigint(&from_bytes(bytes, little, !unsigned))
    }

    fn PyLong_FromUnsignedNativeBytes(start: *const u8, size: usize, flags: c_int) -> Ref<Int> {
        let little = flags == -1 || flags & (abi::Py_ASNATIVEBYTES_LITTLE_ENDIAN | 2) != 0;
        let bytes = if size == 0 { &[] } else { std::slice::from_raw_parts(start, size) };
        Int::from_bigint(&from_bytes(bytes, little, false))
    }

    fn PyLong_GetInfo() -> Result {
        crate::sys::get(intern!("int_info"))
    }

    fn PyLong_GetNativeLayout() -> *const abi::PyLongLayout {
        static LAYOUT: abi::PyLongLayout =
            abi::PyLongLayout { bits_per_digit: 30, digit_size: 4, digits_order: -1, digit_endianness: -1 };
        &raw const LAYOUT
    }

    fn PyLong_Export(object: &Object, export: *mut abi::PyLongExport) -> Result<()> {
        let Some(number) = object.downcast::<Int>() else {
            *export = abi::PyLongExport { value: 0, negative: 0, ndigits: 0, digits: null(), _reserved: 0 };
            return Err(raise!(TypeError, "expect int, got {}", object.ty().full_name()));
        };
        *export = match number.to_i64() {
            Some(value) => abi::PyLongExport { value, negative: 0, ndigits: 0, digits: null(), _reserved: 0 },
            None => {
                let digits = digits(number);
                abi::PyLongExport {
                    value: 0,
                    negative: (number.sign() < 0) as u8,
                    ndigits: digits.len() as isize,
                    digits: digits.as_ptr().cast(),
                    _reserved: object.to_ref().into_raw() as usize,
                }
            }
        };
        Ok(())
    }

    fn PyLong_FreeExport(export: *mut abi::PyLongExport) {
        let held = std::mem::take(&mut (*export)._reserved);
        drop(Ref::<Object>::from_owned_opt(held as Raw));
    }

    fn PyLongWriter_Create(negative: c_int, count: isize, digits: *mut *mut c_void) -> Result<*mut c_void> {
        if count <= 0 {
            *digits = null_mut();
            return Err(raise!(ValueError, "ndigits must be positive"));
        }
        let mut writer = Box::new(Writer { negative: negative != 0, digits: vec![0; count as usize] });
        *digits = writer.digits.as_mut_ptr().cast();
        Ok(Box::into_raw(writer).cast())
    }

    fn PyLongWriter_Finish(writer: *mut c_void) -> Ref<Int> {
        let writer = Box::from_raw(writer.cast::<Writer>());
        from_digits(writer.negative, &writer.digits)
    }

    fn PyLongWriter_Discard(writer: *mut c_void) {
        if !writer.is_null() {
            drop(Box::from_raw(writer.cast::<Writer>()));
        }
    }

    fn PyUnstable_Long_IsCompact(object: &Object) -> bool {
        object.downcast_unchecked::<Int>().is_compact()
    }

    fn PyUnstable_Long_CompactValue(object: &Object) -> isize {
        object.downcast_unchecked::<Int>().compact_value()
    }

    fn PyBool_FromLong(value: c_long) -> Ref {
        py_bool(value != 0)
    }
}

/// The memory behind a `PyLongWriter`.
struct Writer {
    negative: bool,
    digits: Vec<u32>,
}

fn int_argument(object: Option<&Object>) -> Result<&Int> {
    let object = not_null(object)?;
    object.downcast().ok_or_else(|| raise!(TypeError, "expected int, got {}", object.ty().full_name()))
}

fn unsigned(number: &Int, negative: &str, large: &str) -> Result<u64> {
    if number.sign() < 0 {
        return Err(raise!(OverflowError, "can't convert negative value to {negative}"));
    }
    number.to_u64().ok_or_else(|| too_large(large))
}

fn non_negative(number: Ref<Int>) -> Result<Ref<Int>> {
    if number.sign() < 0 {
        return Err(raise!(ValueError, "Cannot convert negative int"));
    }
    Ok(number)
}

/// An int of 30-bit digits, lowest first.
fn from_digits(negative: bool, digits: &[u32]) -> Ref<Int> {
    let mut bits = Vec::with_capacity(digits.len());
    let (mut carry, mut width) = (0u64, 0);
    for &digit in digits {
        carry |= u64::from(digit) << width;
        width += 30;
        if width >= 32 {
            bits.push(carry as u32);
            carry >>= 32;
            width -= 32;
        }
    }
    bits.push(carry as u32);
    let sign = if negative { Sign::Minus } else { Sign::Plus };
    Int::from_bigint(&BigInt::new(sign, bits))
}

fn from_bytes(bytes: &[u8], little: bool, signed: bool) -> BigInt {
    match (little, signed) {
        (true, true) => BigInt::from_signed_bytes_le(bytes),
        (false, true) => BigInt::from_signed_bytes_be(bytes),
        (true, false) => BigInt::from_bytes_le(Sign::Plus, bytes),
        (false, false) => BigInt::from_bytes_be(Sign::Plus, bytes),
    }
}

/// Writes an int in two's complement, cut to the target's size; gives the size that it needs.
fn fill(number: &Int, target: &mut [u8], little: bool, signed: bool) -> usize {
    let value = number.to_bigint();
    let mut bytes = value.to_signed_bytes_le();
    if !signed && bytes.len() > 1 && bytes.last() == Some(&0) {
        bytes.pop();
    }
    let padding = if value.sign() == Sign::Minus { 0xff } else { 0 };
    for (index, byte) in target.iter_mut().enumerate() {
        *byte = bytes.get(index).copied().unwrap_or(padding);
    }
    if !little {
        target.reverse();
    }
    bytes.len()
}

/// What `PyLong_AsNativeBytes` says that it needs: `room`, if the number fits there; else an estimate, which for small numbers
/// is a machine word.
fn bytes_needed(number: &Int, room: isize, flags: c_int) -> isize {
    let unsigned = flags & abi::Py_ASNATIVEBYTES_UNSIGNED_BUFFER != 0;
    let bits = number.to_bigint().bits() as isize;
    let negative = number.sign() < 0;
    if number.is_compact() {
        let fits = |bytes: isize| match number.compact_value() {
            value if negative => value >= -1 << (8 * bytes - 1),
            value => value < 1 << (8 * bytes - !unsigned as isize),
        };
        return if (1..8).contains(&room) && fits(room) { room } else { 8 };
    }
    let needed = bits / 8 + 1;
    if room > 0 && needed == room + 1 && bits % 8 == 0 {
        let power = number.to_bigint().trailing_zeros() == Some(bits as u64 - 1);
        if if negative { power } else { unsigned } {
            return room;
        }
    }
    needed
}

/// `PyLong_FromString`: all of the text must be a literal; the end is where reading stopped.
unsafe fn from_string(start: *const c_char, end: *mut *mut c_char, base: c_int) -> Result {
    if base != 0 && !(2..=36).contains(&base) {
        return Err(raise!(ValueError, "int() arg 2 must be >= 2 and <= 36"));
    }
    // SAFETY: a C string.
    let whole = unsafe { std::ffi::CStr::from_ptr(start) }.to_bytes();
    let at = |index: usize| whole.get(index).copied().unwrap_or(0);
    let skip = |mut index: usize| {
        while at(index).is_ascii_whitespace() || at(index) == 11 {
            index += 1;
        }
        index
    };
    let begin = skip(0);
    let mut index = begin + matches!(at(begin), b'+' | b'-') as usize;
    let prefix = if at(index) == b'0' {
        match at(index + 1) | 0x20 {
            b'x' => 16,
            b'o' => 8,
            b'b' => 2,
            _ => 0,
        }
    } else {
        0
    };
    let radix = match (base, prefix) {
        (0, 0) => 10,
        (0, prefix) => prefix,
        (base, _) => base,
    };
    if prefix != 0 && prefix == radix {
        index += 2;
        index += (at(index) == b'_') as usize;
    }
    let first = index;
    loop {
        let here = at(index);
        let digit = (here as char).to_digit(36).is_some_and(|digit| (digit as c_int) < radix);
        let separator = here == b'_' && index > first && at(index - 1) != b'_';
        if !digit && !separator {
            break;
        }
        index += 1;
    }
    if index > first && at(index - 1) == b'_' {
        index -= 1;
    }
    let stop = if index == first { 0 } else { skip(index) };
    if !end.is_null() {
        // SAFETY: the place may be written; `stop` is inside the string.
        unsafe { *end = start.add(stop).cast_mut() };
    }
    let text = Str::new(&String::from_utf8_lossy(whole));
    Int::type_object().call(&[&*text, &*Int::new(base as i64)])
}
