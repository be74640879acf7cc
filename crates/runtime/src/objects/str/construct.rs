//! `str(…)`, `encode`, and what pickling and formatting ask of a str.

use super::{Str, encode_error};
use crate::prelude::*;

/// `codecs.decode(bytes, encoding, errors)` of a bytes-like object, which must give a str.
pub fn decode(object: &Object, encoding: Option<&str>, errors: Option<&str>) -> Result<Ref<Str>> {
    if object.downcast::<Str>().is_some() {
        return Err(raise!(TypeError, "decoding str is not supported"));
    }
    if object.ty().bf_getbuffer().is_none() {
        return Err(raise!(
            TypeError,
            "decoding to str: need a bytes-like object, {} found",
            object.ty().full_name()
        ));
    }
    let text = crate::codecs::decode_object(object, encoding, errors)?;
    text.cast::<Str>().map_err(|other| {
        raise!(TypeError, "decoder should return a string result, not '{}'", other.ty().full_name())
    })
}

impl Str {
    /// The text in `encoding`.
    pub fn encoded(&self, encoding: &str, errors: &str) -> Result<Ref> {
        if errors == "strict" {
            match encoding.to_ascii_lowercase().replace('_', "-").as_str() {
                "utf-8" | "utf8" => {
                    return Ok(Bytes::new(self.to_utf8()?.as_bytes()).into_object());
                }
                "ascii" | "us-ascii" => {
                    return Ok(Bytes::new(self.to_narrow("ascii", 0x80)?).into_object());
                }
                "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" => {
                    return Ok(Bytes::new(self.to_narrow("latin-1", 0x100)?).into_object());
                }
                _ => {}
            }
        }
        crate::codecs::encode(self, Some(encoding), Some(errors))
    }

    /// The characters as bytes if all are below `limit` (0x80 or 0x100).
    fn to_narrow(&self, encoding: &str, limit: u32) -> Result<&[u8]> {
        if let super::Units::One(units) = self.units()
            && (limit == 0x100 || self.is_ascii())
        {
            return Ok(units);
        }
        let start = self.code_points().position(|code| code >= limit).unwrap_or(0);
        let end = start + self.code_points().skip(start).take_while(|&code| code >= limit).count();
        let reason = format!("ordinal not in range({limit})");
        Err(encode_error(encoding, self, start, end, &reason))
    }
}

#[methods(part = construct)]
impl Str {
    #[new(hidden_signature, signature = "(object=None, encoding='', errors='')")]
    fn new_from(
        class: &Type,
        object: Option<&Object>,
        encoding: Option<&str>,
        errors: Option<&str>,
    ) -> Result<Ref<Self>> {
        let text = match object {
            None => Str::empty(),
            Some(object) if encoding.is_none() && errors.is_none() => object.str_()?,
            Some(object) => decode(object, encoding, errors)?,
        };
        if std::ptr::eq(class, Str::type_object()) {
            return Ok(text);
        }
        Str::new_in(class, &text)
    }

    /// The string as bytes.
    ///
    ///   encoding
    ///     The codec's name.
    ///   errors
    ///     What happens with characters that it lacks: 'strict' raises
    ///     UnicodeEncodeError; 'ignore', 'replace', 'xmlcharrefreplace' and names
    ///     given to codecs.register_error are others.
    #[method(signature = "($self, /, encoding='utf-8', errors='strict')")]
    fn encode(&self, encoding: &str, errors: &str) -> Result {
        self.encoded(encoding, errors)
    }

    /// Return a formatted version of the string as described by format_spec.
    #[method(name = "__format__", signature = "($self, format_spec, /)")]
    fn format_with(&self, format_spec: &Str) -> Result<Ref<Str>> {
        if format_spec.is_empty() {
            return if self.as_object().is::<Str>() { Ok(Str::exact(self)) } else { self.as_object().str_() };
        }
        crate::format::format_str(self, format_spec)
    }

    /// Return the size of the string in memory, in bytes.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn size(&self) -> usize {
        let kind = self.units().kind();
        let mut size = (self.len() + 1) * kind;
        size += if !self.raw().is_compact() {
            size_of::<abi::PyUnicodeObject>()
        } else if self.is_ascii() {
            super::ASCII_HEAD
        } else {
            super::COMPACT_HEAD
        };
        size + self.cached_utf8_size()
    }

    #[method(name = "__getnewargs__", signature = "($self, /)")]
    fn new_arguments(&self) -> (Ref<Str>,) {
        (Str::from_units_with_max(self.units(), self.max_class()).unwrap_or_else(|_| Str::empty()),)
    }

    /// The string with its replacement fields, which stand in braces, filled from the arguments.
    #[method(signature = "($self, /, *args, **kwargs)")]
    fn format(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Str>> {
        crate::format::template::format(self, args, &kwargs)
    }

    /// The string with its replacement fields, which stand in braces, filled from a mapping.
    #[method(signature = "($self, mapping, /)")]
    fn format_map(&self, mapping: &Object) -> Result<Ref<Str>> {
        crate::format::template::format_map(self, mapping)
    }
}
