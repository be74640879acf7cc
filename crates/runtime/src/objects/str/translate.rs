//! `translate` and `maketrans`.

use super::{Str, StrBuilder};
use crate::objects::exceptions;
use crate::prelude::*;

/// What a translation table says of a character.
enum Translation {
    Keep,
    Delete,
    Char(u32),
    Text(Ref<Str>),
}

fn look_up(table: &Object, code: u32) -> Result<Translation> {
    let value = match table.get_item(&Int::new(code.into())) {
        Ok(value) => value,
        Err(raised) if raised.matches(&exceptions::LookupError) => {
            raised.clear();
            return Ok(Translation::Keep);
        }
        Err(raised) => return Err(raised),
    };
    if value.is_none() {
        return Ok(Translation::Delete);
    }
    if let Some(number) = value.downcast::<Int>() {
        return match number.to_i64() {
            Some(code @ 0..=0x10_ffff) => Ok(Translation::Char(code as u32)),
            _ => Err(raise!(ValueError, "character mapping must be in range(0x110000)")),
        };
    }
    match value.cast::<Str>() {
        Ok(text) => Ok(Translation::Text(text)),
        Err(_) => Err(raise!(TypeError, "character mapping must return integer, None or str")),
    }
}

#[methods(part = translate)]
impl Str {
    /// The string with each character replaced as the table says.
    ///
    ///   table
    ///     Anything with __getitem__ from code points to code points, texts or None,
    ///     which leaves the character out. What raises LookupError stays. See maketrans.
    #[method(signature = "($self, table, /)")]
    fn translate(&self, table: &Object) -> Result<Ref<Str>> {
        let mut result = StrBuilder::with_capacity(self.len());
        // For an exact dict lookups have no side effects: each ASCII character is asked for once.
        let mut known: [Option<Translation>; 128] = [const { None }; 128];
        let cacheable = table.is::<Dict>();
        for code in self.code_points() {
            let cached = cacheable && code < 0x80;
            let translation = match cached.then(|| known[code as usize].take()).flatten() {
                Some(translation) => translation,
                None => look_up(table, code)?,
            };
            match &translation {
                Translation::Keep => result.push(code),
                Translation::Delete => {}
                Translation::Char(code) => result.push(*code),
                Translation::Text(text) => result.push_str(text),
            }
            if cached {
                known[code as usize] = Some(translation);
            }
        }
        result.try_finish()
    }

    /// Return a translation table usable for str.translate().
    ///
    /// If there is only one argument, it must be a dictionary mapping
    /// Unicode ordinals (integers) or characters to Unicode ordinals,
    /// strings or None.  Character keys will be then converted to ordinals.
    /// If there are two arguments, they must be strings of equal length,
    /// and in the resulting dictionary, each character in x will be mapped
    /// to the character at the same position in y.  If there is a third
    /// argument, it must be a string, whose characters will be mapped to
    /// None in the result.
    #[staticmethod(signature = "(x, y=<unrepresentable>, z=<unrepresentable>, /)")]
    fn maketrans(x: &Object, y: Option<&Str>, z: Option<&Str>) -> Result<Ref<Dict>> {
        let table = Dict::new();
        let Some(y) = y else {
            let Some(source) = x.downcast_exact::<Dict>() else {
                return Err(raise!(
                    TypeError,
                    "if you give only one argument to maketrans it must be a dict"
                ));
            };
            let mut position = 0;
            while let Some((key, value)) = source.next_entry(&mut position) {
                if let Some(key) = key.downcast::<Str>() {
                    if key.len() != 1 {
                        return Err(raise!(ValueError, "string keys in translatetable must be of length 1"));
                    }
                    table.insert(&Int::new(key.char_at(0).into()), &value)?;
                } else if key.downcast::<Int>().is_some() {
                    table.insert(&key, &value)?;
                } else {
                    return Err(raise!(TypeError, "keys in translate table mustbe strings or integers"));
                }
            }
            return Ok(table);
        };
        let Some(x) = x.downcast::<Str>() else {
            return Err(raise!(
                TypeError,
                "first maketrans argument must be a string if there is a second argument"
            ));
        };
        if x.len() != y.len() {
            return Err(raise!(ValueError, "the first two maketrans arguments must have equal length"));
        }
        for (from, to) in x.code_points().zip(y.code_points()) {
            table.insert(&Int::new(from.into()), &Int::new(to.into()))?;
        }
        for code in z.iter().flat_map(|z| z.code_points()) {
            table.insert(&Int::new(code.into()), &none())?;
        }
        Ok(table)
    }
}
