//! Strings as JSON writes them.

use runtime::objects::str::StrBuilder;
use runtime::prelude::*;

/// Does a string need no escapes below U+0080?
fn is_plain(code: u32) -> bool {
    code >= 0x20 && code != u32::from(b'"') && code != u32::from(b'\\')
}

fn push_hex(out: &mut StrBuilder, unit: u32) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |shift: u32| DIGITS[(unit >> shift & 15) as usize];
    out.push_latin1(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
}

/// Adds a string in quotes, all in ASCII if `ascii`.
pub fn quote(out: &mut StrBuilder, text: &Str, ascii: bool) {
    out.push(u32::from(b'"'));
    let units = text.units();
    let mut done = 0;
    for (index, code) in units.code_points().enumerate() {
        if is_plain(code) && (!ascii || code < 0x7f) {
            continue;
        }
        if !ascii && code >= 0x20 && is_plain(code) {
            continue;
        }
        out.push_units(units.part(done, index));
        done = index + 1;
        match code {
            0x22 => out.push_latin1(b"\\\""),
            0x5c => out.push_latin1(b"\\\\"),
            0x0a => out.push_latin1(b"\\n"),
            0x0d => out.push_latin1(b"\\r"),
            0x09 => out.push_latin1(b"\\t"),
            0x0c => out.push_latin1(b"\\f"),
            0x08 => out.push_latin1(b"\\b"),
            0x1_0000.. => {
                let rest = code - 0x1_0000;
                push_hex(out, 0xd800 + (rest >> 10));
                push_hex(out, 0xdc00 + (rest & 0x3ff));
            }
            _ => push_hex(out, code),
        }
    }
    out.push_units(units.part(done, units.len()));
    out.push(u32::from(b'"'));
}

fn quoted(object: &Object, ascii: bool) -> Result<Ref<Str>> {
    let Some(text) = object.downcast::<Str>() else {
        let kind = object.ty().full_name();
        return Err(raise!(TypeError, "first argument must be a string, not {kind}"));
    };
    let mut out = StrBuilder::with_capacity(text.len() + 2);
    quote(&mut out, text, ascii);
    out.try_finish()
}

/// encode_basestring(string) -> string
///
/// A text as JSON has it.
#[function(signature = "(object, /)")]
pub fn encode_basestring(object: &Object) -> Result<Ref<Str>> {
    quoted(object, false)
}

/// encode_basestring_ascii(string) -> string
///
/// A text as JSON has it, in ASCII alone.
#[function(signature = "(object, /)")]
pub fn encode_basestring_ascii(object: &Object) -> Result<Ref<Str>> {
    quoted(object, true)
}
