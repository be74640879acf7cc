//! `_string`: the parser of `str.format`, for `string.Formatter`.

use std::cell::Cell;

use crate::format::template::{Span, Step, first_name, next_piece, next_step};
use crate::prelude::*;

module! {
    name: "_string",
    doc: "string helper module",
    functions: [formatter_field_name_split, formatter_parser],
}

/// The pieces of a format string.
#[class(name = "formatteriterator", doc = "")]
#[repr(C)]
pub struct FormatterIterator {
    head: Object,
    text: Link<Str>,
    at: Cell<usize>,
}

#[methods]
impl FormatterIterator {
    #[slot]
    fn tp_iter(&self) -> &Self {
        self
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref<Tuple>>> {
        let Some(text) = self.text.get() else { return Ok(None) };
        let mut at = self.at.get();
        let piece = next_piece(&text, &mut at, text.len())?;
        self.at.set(at);
        let Some(piece) = piece else { return Ok(None) };
        let literal = piece.literal.of(&text).into_object();
        let Some(field) = piece.field else {
            return Ok(Some(Tuple::pack([literal, none(), none(), none()])));
        };
        let name = field.name.of(&text).into_object();
        let spec = field.spec.of(&text).into_object();
        let conversion = field.conversion.map_or_else(none, |code| Str::from_char(code).into_object());
        Ok(Some(Tuple::pack([literal, name, spec, conversion])))
    }
}

/// The steps of a field's name after the first part.
#[class(name = "fieldnameiterator", doc = "")]
#[repr(C)]
pub struct FieldNameIterator {
    head: Object,
    text: Link<Str>,
    start: Cell<usize>,
}

#[methods]
impl FieldNameIterator {
    #[slot]
    fn tp_iter(&self) -> &Self {
        self
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<(bool, Ref)>> {
        let Some(text) = self.text.get() else { return Ok(None) };
        let mut rest = Span { start: self.start.get(), end: text.len() };
        let step = next_step(&text, &mut rest)?;
        self.start.set(rest.start);
        Ok(step.map(|step| match step {
            Step::Attribute(name) => (true, name.into_object()),
            Step::Key(name) => (false, name.into_object()),
            Step::Index(index) => (false, Int::from_usize(index).into_object()),
        }))
    }
}

fn text_of(object: &Object) -> Result<&Str> {
    object.downcast::<Str>().ok_or_else(|| raise!(TypeError, "expected str, got {}", object.ty().full_name()))
}

/// split the argument as a field name
#[function(signature = "($module, object, /)", name = "formatter_field_name_split")]
fn formatter_field_name_split(_module: &Module, object: &Object) -> Result<(Ref, Ref<FieldNameIterator>)> {
    let text = text_of(object)?;
    let (first, index, rest) = first_name(text, Span { start: 0, end: text.len() })?;
    let first = match index {
        Some(index) => Int::from_usize(index).into_object(),
        None => first.of(text).into_object(),
    };
    let iterator = Ref::new(FieldNameIterator {
        head: Object::HEAD,
        text: Link::new(Ref::from_borrowed(text)),
        start: Cell::new(rest.start),
    });
    Ok((first, iterator))
}

/// parse the argument as a format string
#[function(signature = "(object, /)")]
fn formatter_parser(object: &Object) -> Result<Ref<FormatterIterator>> {
    let text = text_of(object)?;
    Ok(Ref::new(FormatterIterator {
        head: Object::HEAD,
        text: Link::new(Ref::from_borrowed(text)),
        at: Cell::new(0),
    }))
}
