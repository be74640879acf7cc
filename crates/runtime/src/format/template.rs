//! `str.format`: literal text, and replacement fields `{name!conversion:spec}`; the parser that `_string` shows.

use super::spec;
use crate::objects::exceptions;
use crate::objects::str::StrBuilder;
use crate::prelude::*;

/// A part of a template, as indices.
#[derive(Clone, Copy)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    fn is_empty(self) -> bool {
        self.start >= self.end
    }

    pub fn of(self, text: &Str) -> Ref<Str> {
        text.substring(self.start, self.end)
    }
}

/// A replacement field.
pub struct Field {
    pub name: Span,
    pub conversion: Option<u32>,
    pub spec: Span,
    /// Are there fields in the spec?
    pub nested: bool,
}

/// Literal text, and the field that follows it.
pub struct Piece {
    pub literal: Span,
    pub field: Option<Field>,
}

/// The next piece from `at`, which moves behind it; `None` at the end.
pub fn next_piece(text: &Str, at: &mut usize, end: usize) -> Result<Option<Piece>> {
    let start = *at;
    if start >= end {
        return Ok(None);
    }
    let units = text.units();
    let (open, close) = ('{' as u32, '}' as u32);
    let found = (start..end).find(|&index| matches!(units.at(index), code if code == open || code == close));
    let Some(brace) = found else {
        *at = end;
        return Ok(Some(Piece { literal: Span { start, end }, field: None }));
    };
    let code = units.at(brace);
    *at = brace + 1;
    let doubled = *at < end && units.at(*at) == code;
    if code == close && !doubled {
        return Err(raise!(ValueError, "Single '}}' encountered in format string"));
    }
    if *at >= end {
        return Err(raise!(ValueError, "Single '{{' encountered in format string"));
    }
    if doubled {
        *at += 1;
        return Ok(Some(Piece { literal: Span { start, end: brace + 1 }, field: None }));
    }
    let field = parse_field(text, at, end)?;
    Ok(Some(Piece { literal: Span { start, end: brace }, field: Some(field) }))
}

fn parse_field(text: &Str, at: &mut usize, end: usize) -> Result<Field> {
    let units = text.units();
    let character = |index: usize| char::from_u32(units.at(index)).unwrap_or('\u{fffd}');
    let mut field = Field {
        name: Span { start: *at, end: *at },
        conversion: None,
        spec: Span { start: 0, end: 0 },
        nested: false,
    };
    let mut terminator = '\0';
    while *at < end {
        terminator = character(*at);
        *at += 1;
        match terminator {
            '{' => return Err(raise!(ValueError, "unexpected '{{' in field name")),
            '[' => {
                while *at < end && character(*at) != ']' {
                    *at += 1;
                }
            }
            '}' | ':' | '!' => break,
            _ => {}
        }
    }
    match terminator {
        '}' | ':' | '!' => field.name.end = *at - 1,
        _ => return Err(raise!(ValueError, "expected '}}' before end of string")),
    }
    if terminator == '}' {
        return Ok(field);
    }
    if terminator == '!' {
        if *at >= end {
            return Err(raise!(ValueError, "end of string while looking for conversion specifier"));
        }
        field.conversion = Some(units.at(*at));
        *at += 1;
        if *at < end {
            let next = character(*at);
            *at += 1;
            match next {
                '}' => return Ok(field),
                ':' => {}
                _ => return Err(raise!(ValueError, "expected ':' after conversion specifier")),
            }
        }
    }
    field.spec.start = *at;
    let mut depth = 0;
    while *at < end {
        let next = character(*at);
        *at += 1;
        match next {
            '{' => {
                field.nested = true;
                depth += 1;
            }
            '}' if depth == 0 => {
                field.spec.end = *at - 1;
                return Ok(field);
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    Err(raise!(ValueError, "unmatched '{{' in format spec"))
}

/// The first part of a field's name: what it is looked up by, if it is a number, and where the rest begins.
pub fn first_name(text: &Str, name: Span) -> Result<(Span, Option<usize>, Span)> {
    let units = text.units();
    let dot_or_bracket = |&index: &usize| matches!(char::from_u32(units.at(index)), Some('.' | '['));
    let end = (name.start..name.end).find(dot_or_bracket).unwrap_or(name.end);
    let first = Span { start: name.start, end };
    let index = whole_number(text, first)?;
    Ok((first, index, Span { start: end, end: name.end }))
}

/// The number that a part spells, if it does.
fn whole_number(text: &Str, part: Span) -> Result<Option<usize>> {
    let mut at = part.start;
    let number = spec::number(text, &mut at, part.end)?;
    Ok(number.filter(|_| at == part.end))
}

/// A step from a value to a part of it.
pub enum Step {
    Attribute(Ref<Str>),
    Index(usize),
    Key(Ref<Str>),
}

/// The next step of `rest`, which becomes what follows; `None` at the end.
pub fn next_step(text: &Str, rest: &mut Span) -> Result<Option<Step>> {
    if rest.is_empty() {
        return Ok(None);
    }
    let units = text.units();
    let character = |index: usize| char::from_u32(units.at(index)).unwrap_or('\u{fffd}');
    let start = rest.start + 1;
    let (name, is_attribute) = match character(rest.start) {
        '.' => {
            let end =
                (start..rest.end).find(|&index| matches!(character(index), '.' | '[')).unwrap_or(rest.end);
            rest.start = end;
            (Span { start, end }, true)
        }
        '[' => {
            let Some(end) = (start..rest.end).find(|&index| character(index) == ']') else {
                return Err(raise!(ValueError, "Missing ']' in format string"));
            };
            rest.start = end + 1;
            (Span { start, end }, false)
        }
        _ => {
            return Err(raise!(ValueError, "Only '.' or '[' may follow ']' in format field specifier"));
        }
    };
    let index = if is_attribute { None } else { whole_number(text, name)? };
    if name.is_empty() {
        return Err(raise!(ValueError, "Empty attribute in format string"));
    }
    Ok(Some(match index {
        Some(index) => Step::Index(index),
        None if is_attribute => Step::Attribute(name.of(text)),
        None => Step::Key(name.of(text)),
    }))
}

/// How fields without a name are numbered.
#[derive(Clone, Copy, PartialEq)]
enum Numbering {
    Unknown,
    Automatic(usize),
    Manual,
}

/// Where the values come from.
enum Values<'a> {
    Arguments(&'a [&'a Object], &'a KwArgs<'a>),
    Mapping(&'a Object),
}

struct Formatter<'a> {
    values: Values<'a>,
    numbering: Numbering,
}

impl Formatter<'_> {
    fn render(&mut self, text: &Str, span: Span, depth: usize, result: &mut StrBuilder) -> Result<()> {
        if depth == 0 {
            return Err(raise!(ValueError, "Max string recursion exceeded"));
        }
        let mut at = span.start;
        while let Some(piece) = next_piece(text, &mut at, span.end)? {
            result.push_part(text, piece.literal.start, piece.literal.end);
            if let Some(field) = piece.field {
                self.render_field(text, &field, depth, result)?;
            }
        }
        Ok(())
    }

    fn render_field(
        &mut self,
        text: &Str,
        field: &Field,
        depth: usize,
        result: &mut StrBuilder,
    ) -> Result<()> {
        let mut value = self.value(text, field.name)?;
        if let Some(conversion) = field.conversion {
            value = match char::from_u32(conversion) {
                Some('r') => value.repr()?,
                Some('s') => value.str_()?,
                Some('a') => value.ascii()?,
                _ => {
                    return Err(match conversion {
                        33..127 => {
                            raise!(ValueError, "Unknown conversion specifier {}", conversion as u8 as char)
                        }
                        _ => raise!(ValueError, "Unknown conversion specifier \\x{conversion:x}"),
                    });
                }
            }
            .into_object();
        }
        let spec = if field.nested {
            let mut spec = StrBuilder::new();
            self.render(text, field.spec, depth - 1, &mut spec)?;
            spec.try_finish()?
        } else {
            field.spec.of(text)
        };
        result.push_str(&*value.format(&spec)?);
        Ok(())
    }

    /// The value that a field names.
    fn value(&mut self, text: &Str, name: Span) -> Result {
        let (first, mut index, mut rest) = first_name(text, name)?;
        if first.is_empty() || index.is_some() {
            match (self.numbering, first.is_empty()) {
                (Numbering::Unknown, true) => self.numbering = Numbering::Automatic(0),
                (Numbering::Unknown, false) => self.numbering = Numbering::Manual,
                (Numbering::Manual, true) => {
                    return Err(raise!(
                        ValueError,
                        "cannot switch from manual field specification to automatic field numbering"
                    ));
                }
                (Numbering::Automatic(_), false) => {
                    return Err(raise!(
                        ValueError,
                        "cannot switch from automatic field numbering to manual field specification"
                    ));
                }
                _ => {}
            }
            if first.is_empty()
                && let Numbering::Automatic(next) = self.numbering
            {
                index = Some(next);
                self.numbering = Numbering::Automatic(next + 1);
            }
        }
        let mut value = match (&self.values, index) {
            (Values::Mapping(_), Some(_)) => {
                return Err(raise!(ValueError, "Format string contains positional fields"));
            }
            (Values::Mapping(mapping), None) => mapping.get_item(&first.of(text))?,
            (Values::Arguments(positional, _), Some(index)) => match positional.get(index) {
                Some(value) => value.to_ref(),
                None => {
                    return Err(raise!(
                        IndexError,
                        "Replacement index {index} out of range for positional args tuple"
                    ));
                }
            },
            (Values::Arguments(_, keywords), None) => {
                let name = first.of(text);
                match keywords.iter().find(|(key, _)| key.equals(&name)) {
                    Some((_, value)) => value.to_ref(),
                    None => return Err(crate::errors::raise_value(&exceptions::KeyError, &name)),
                }
            }
        };
        while let Some(step) = next_step(text, &mut rest)? {
            value = match step {
                Step::Attribute(name) => value.get_attr(&name)?,
                Step::Key(key) => value.get_item(&key)?,
                Step::Index(index) if value.is_sequence() => value.get_index(index as isize)?,
                Step::Index(index) => value.get_item(&Int::from_usize(index))?,
            };
        }
        Ok(value)
    }
}

fn run(text: &Str, values: Values<'_>) -> Result<Ref<Str>> {
    let mut result = StrBuilder::with_capacity(text.len() + 16);
    let mut formatter = Formatter { values, numbering: Numbering::Unknown };
    formatter.render(text, Span { start: 0, end: text.len() }, 2, &mut result)?;
    result.try_finish()
}

/// `text.format(*positional, **keywords)`.
pub fn format<'a>(text: &Str, positional: &'a [&'a Object], keywords: &'a KwArgs<'a>) -> Result<Ref<Str>> {
    if let ([value, ..], true) = (positional, text.eq_str("{}")) {
        return value.format(&Str::empty());
    }
    run(text, Values::Arguments(positional, keywords))
}

/// `text.format_map(mapping)`.
pub fn format_map(text: &Str, mapping: &Object) -> Result<Ref<Str>> {
    run(text, Values::Mapping(mapping))
}
