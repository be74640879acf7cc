//! The format spec: `[[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type]`.

use crate::errors::Raised;
use crate::objects::str::unicode;
use crate::prelude::*;

/// A parsed format spec.
#[derive(Clone, Debug)]
pub struct Spec {
    pub fill: u32,
    pub align: u8,
    pub sign: Option<u8>,
    pub no_negative_zero: bool,
    pub alternate: bool,
    pub width: Option<usize>,
    /// `,` or `_` between groups of digits.
    pub grouping: Option<u8>,
    pub precision: Option<usize>,
    /// The same in the fraction.
    pub fraction_grouping: Option<u8>,
    /// The type's character; the default where none is given.
    pub kind: u32,
}

fn is_align(code: u32) -> bool {
    matches!(char::from_u32(code), Some('<' | '>' | '=' | '^'))
}

/// The decimal number at `at`, which moves behind it; `None` if there is none.
pub fn number(text: &Str, at: &mut usize, end: usize) -> Result<Option<usize>> {
    let start = *at;
    let mut value = 0usize;
    while *at < end
        && let Some(digit) = unicode::decimal(text.char_at(*at))
    {
        value = match value.checked_mul(10).and_then(|value| value.checked_add(digit.into())) {
            Some(value) if value <= isize::MAX as usize => value,
            _ => return Err(raise!(ValueError, "Too many decimal digits in format string")),
        };
        *at += 1;
    }
    Ok((*at > start).then_some(value))
}

#[cold]
fn both_groupings() -> Raised {
    raise!(ValueError, "Cannot specify both ',' and '_'.")
}

/// A printable ASCII character, or its code.
fn shown(code: u32) -> String {
    match code {
        33..128 => (code as u8 as char).to_string(),
        _ => format!("\\x{code:x}"),
    }
}

impl Spec {
    /// Parses `text` for an object: `object` is named in errors.
    pub fn parse(text: &Str, default_kind: char, default_align: u8, object: &Object) -> Result<Spec> {
        let end = text.len();
        let peek = |at: usize| if at < end { text.char_at(at) } else { u32::MAX };
        let is = |at: usize, wanted: u8| peek(at) == wanted as u32;
        let mut at = 0;
        let mut spec = Spec {
            fill: ' ' as u32,
            align: default_align,
            sign: None,
            no_negative_zero: false,
            alternate: false,
            width: None,
            grouping: None,
            precision: None,
            fraction_grouping: None,
            kind: default_kind as u32,
        };
        let (mut has_fill, mut has_align) = (false, false);
        if end >= 2 && is_align(peek(1)) {
            spec.fill = peek(0);
            spec.align = peek(1) as u8;
            (has_fill, has_align) = (true, true);
            at = 2;
        } else if is_align(peek(0)) {
            spec.align = peek(0) as u8;
            has_align = true;
            at = 1;
        }
        if is(at, b' ') || is(at, b'+') || is(at, b'-') {
            spec.sign = Some(peek(at) as u8);
            at += 1;
        }
        if is(at, b'z') {
            spec.no_negative_zero = true;
            at += 1;
        }
        if is(at, b'#') {
            spec.alternate = true;
            at += 1;
        }
        if !has_fill && is(at, b'0') {
            spec.fill = '0' as u32;
            if !has_align && default_align == b'>' {
                spec.align = b'=';
            }
            at += 1;
        }
        spec.width = number(text, &mut at, end)?;
        spec.grouping = Spec::grouping(&peek, &mut at)?;
        if is(at, b'.') {
            at += 1;
            spec.precision = number(text, &mut at, end)?;
            spec.fraction_grouping = Spec::grouping(&peek, &mut at)?;
            if spec.precision.is_none() && spec.fraction_grouping.is_none() {
                return Err(raise!(ValueError, "Format specifier missing precision"));
            }
        }
        if end - at > 1 {
            return Err(raise!(
                ValueError,
                "Invalid format specifier '{text}' for object of type '{}'",
                object.ty().full_name()
            ));
        }
        if at < end {
            spec.kind = peek(at);
        }
        let kind = u8::try_from(spec.kind).unwrap_or(u8::MAX);
        let refuse = |grouping: u8| {
            raise!(ValueError, "Cannot specify '{}' with '{}'.", grouping as char, shown(spec.kind))
        };
        let plain = matches!(kind, b'd' | b'e' | b'f' | b'g' | b'E' | b'G' | b'%' | b'F' | 0);
        if let Some(grouping) = spec.grouping
            && !plain
            && !(grouping == b'_' && matches!(kind, b'b' | b'o' | b'x' | b'X'))
        {
            return Err(refuse(grouping));
        }
        if let Some(grouping) = spec.fraction_grouping
            && kind == b'n'
        {
            return Err(refuse(grouping));
        }
        Ok(spec)
    }

    fn grouping(peek: &impl Fn(usize) -> u32, at: &mut usize) -> Result<Option<u8>> {
        let (comma, underscore) = (',' as u32, '_' as u32);
        let mut grouping = None;
        if peek(*at) == comma {
            grouping = Some(b',');
            *at += 1;
        }
        if peek(*at) == underscore {
            if grouping.is_some() {
                return Err(both_groupings());
            }
            grouping = Some(b'_');
            *at += 1;
        }
        if peek(*at) == comma && grouping == Some(b'_') {
            return Err(both_groupings());
        }
        Ok(grouping)
    }

    /// ValueError: the type is none of the object's.
    #[cold]
    pub fn unknown_kind(&self, object: &Object) -> Raised {
        raise!(
            ValueError,
            "Unknown format code '{}' for object of type '{}'",
            shown(self.kind),
            object.ty().full_name()
        )
    }

    /// The fill characters on the left and on the right of a text of that length.
    pub fn padding(&self, len: usize) -> (usize, usize) {
        let missing = self.width.unwrap_or(0).saturating_sub(len);
        match self.align {
            b'>' => (missing, 0),
            b'^' => (missing / 2, missing - missing / 2),
            _ => (0, missing),
        }
    }
}
