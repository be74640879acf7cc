//! How arrays are pickled: as bytes in the machine's format, which another machine's array is rebuilt from.

use runtime::native::args::kind_of;
use runtime::objects::str::construct;
use runtime::prelude::*;

use super::Array;
use super::items::Kind;

/// What a format's number says: item size (as CPython has it, also where it isn't), signed, big-endian.
fn describe(format: isize) -> Option<(usize, bool, bool)> {
    let big_endian = format % 2 == 1;
    Some(match format {
        0 => (1, false, false),
        1 => (1, true, false),
        2 | 3 => (2, false, big_endian),
        4 | 5 => (2, true, big_endian),
        6 | 7 => (4, false, big_endian),
        8 | 9 => (4, true, big_endian),
        10 | 11 => (8, false, big_endian),
        12 | 13 => (8, true, big_endian),
        14 | 15 => (4, false, big_endian),
        16 | 17 => (8, false, big_endian),
        18 | 19 => (4, false, big_endian),
        20 | 21 => (8, false, big_endian),
        _ => return None,
    })
}

/// Internal. Used for pickling support.
#[function(
    name = "_array_reconstructor",
    signature = "($module, arraytype, typecode, mformat_code, items, /)"
)]
pub fn reconstruct(
    _module: &Module,
    arraytype: &Object,
    typecode: char,
    mformat_code: i32,
    items: &Object,
) -> Result {
    let Some(class) = arraytype.downcast::<Type>() else {
        let name = kind_of(arraytype);
        return Err(raise!(TypeError, "first argument must be a type object, not {name}"));
    };
    if !class.is_subtype(Array::type_object()) {
        let name = class.full_name();
        return Err(raise!(TypeError, "{name} is not a subtype of array.array"));
    }
    let Some(mut kind) = Kind::of(typecode.into()) else {
        return Err(raise!(ValueError, "second argument must be a valid type code"));
    };
    let format = mformat_code as isize;
    let Some((size, signed, big_endian)) = describe(format) else {
        return Err(raise!(ValueError, "third argument must be a valid machine format code."));
    };
    let Some(bytes) = items.downcast::<Bytes>() else {
        return Err(raise!(TypeError, "fourth argument should be bytes, not {}", kind_of(items)));
    };
    let make = |kind: Kind, content: &Object| class.call(&[&Str::from_char(kind.code() as u32), content]);
    if format == kind.machine_format() {
        return make(kind, items);
    }
    let bytes = bytes.as_slice();
    if !bytes.len().is_multiple_of(size) {
        return Err(raise!(ValueError, "string length not a multiple of item size"));
    }
    if format >= 18 {
        let encoding = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"][format as usize - 18];
        return make(kind, &*construct::decode(items, Some(encoding), Some("strict"))?);
    }
    let mut values = Vec::with_capacity(bytes.len() / size);
    for item in bytes.chunks_exact(size) {
        let mut word = [0; 8];
        word[..size].copy_from_slice(item);
        if big_endian {
            word[..size].reverse();
        }
        let word = u64::from_le_bytes(word);
        let unused = 64 - size as u32 * 8;
        values.push(match format {
            14 | 15 => Float::new(f32::from_bits(word as u32).into()).into_object(),
            16 | 17 => Float::new(f64::from_bits(word)).into_object(),
            _ if signed => Int::new((word << unused) as i64 >> unused).into_object(),
            _ => Int::from_u64(word).into_object(),
        });
    }
    if format < 14 {
        // The kind that has this size here.
        kind = Kind::integer(size, signed).unwrap_or(kind);
    }
    make(kind, &List::from_vec(values))
}
