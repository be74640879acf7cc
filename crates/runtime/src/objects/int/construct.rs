//! `int(…)`: what the constructor takes.

use super::Int;
use crate::native::buffer::Buffer;
use crate::prelude::*;

#[methods(part = construct)]
impl Int {
    #[new(signature = "(x=0, /, base=10)", hidden_signature)]
    fn new_object(class: &Type, x: Option<&Object>, base: Option<&Object>) -> Result<Ref<Self>> {
        let number = match (x, base) {
            (None, None) => Int::small(0),
            (None, Some(_)) => return Err(raise!(TypeError, "int() missing string argument")),
            (Some(x), None) => x.to_int()?,
            (Some(x), Some(base)) => {
                let base = base.to_isize_index_or_clip(None)?;
                if (base != 0 && base < 2) || base > 36 {
                    return Err(raise!(ValueError, "int() base must be >= 2 and <= 36, or 0"));
                }
                let base = base as u32;
                if let Some(text) = x.downcast::<Str>() {
                    Int::parse_str(text, base)?
                } else if let Some(bytes) = x.downcast::<Bytes>() {
                    Int::parse_bytes(bytes.as_slice(), base, x)?
                } else if x.ty().name() == "bytearray" && x.ty().bf_getbuffer().is_some() {
                    let bytes = Buffer::of(x)?.as_slice().to_vec();
                    Int::parse_bytes(&bytes, base, &Bytes::new(&bytes))?
                } else {
                    return Err(raise!(TypeError, "int() can't convert non-string with explicit base"));
                }
            }
        };
        Int::in_class(class, number)
    }
}
