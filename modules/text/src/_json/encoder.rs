//! The encoder: from objects to text.

use runtime::errors::{Raised, restore};
use runtime::objects::str::StrBuilder;
use runtime::prelude::*;

use super::State;
use super::quote::quote;
use crate::support::{bind, entries};

/// Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)
#[class(name = "_json.Encoder", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Encoder {
    head: Object,
    /// markers
    #[member(readonly)]
    markers: Link,
    /// default
    #[member(readonly)]
    default: Link,
    /// encoder
    #[member(readonly)]
    encoder: Link,
    /// indent
    #[member(readonly)]
    indent: Link,
    /// key_separator
    #[member(readonly)]
    key_separator: Link,
    /// item_separator
    #[member(readonly)]
    item_separator: Link,
    /// sort_keys
    #[gc(skip)]
    #[member(readonly)]
    sort_keys: bool,
    /// skipkeys
    #[gc(skip)]
    #[member(readonly)]
    skipkeys: bool,
    #[gc(skip)]
    allow_nan: bool,
}

const PARAMETERS: [&str; 9] = [
    "markers",
    "default",
    "encoder",
    "indent",
    "key_separator",
    "item_separator",
    "sort_keys",
    "skipkeys",
    "allow_nan",
];

#[methods]
impl Encoder {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let keywords = entries(Some(&*kwargs.to_dict()?));
        let values = bind("make_encoder", PARAMETERS, args, &keywords)?;
        let must_be = |position: usize, kind: &str| {
            let given = values[position].ty().full_name();
            let position = position + 1;
            raise!(TypeError, "make_encoder() argument {position} must be {kind}, not {given}")
        };
        for position in [4, 5] {
            if values[position].downcast::<Str>().is_none() {
                return Err(must_be(position, "str"));
            }
        }
        let (sort_keys, skipkeys, allow_nan) =
            (values[6].is_true()?, values[7].is_true()?, values[8].is_true()?);
        if !values[0].is_none() && values[0].downcast::<Dict>().is_none() {
            return Err(must_be(0, "dict or None"));
        }
        let [markers, default, encoder, indent, key_separator, item_separator, ..] = values.map(Link::new);
        Ok(Ref::new_in(
            class,
            Encoder {
                head: Object::HEAD,
                markers,
                default,
                encoder,
                indent,
                key_separator,
                item_separator,
                sort_keys,
                skipkeys,
                allow_nan,
            },
        ))
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result<Ref<Tuple>> {
        let positional: Vec<&Object> = arguments.as_slice().iter().map(|item| &**item).collect();
        let [object, level] =
            bind("_iterencode", ["obj", "_current_indent_level"], &positional, &entries(keywords))?;
        let level = level.to_isize_index(&runtime::objects::exceptions::OverflowError)?;
        let text =
            |link: &Link| link.get().and_then(|text| text.cast::<Str>().ok()).unwrap_or_else(Str::empty);
        let state = Interpreter::current().state::<State>();
        let encoder = self.encoder.get().unwrap_or_else(none);
        let quoting = match (state.plain.is(&encoder), state.ascii.is(&encoder)) {
            (true, _) => Quoting::Plain,
            (_, true) => Quoting::Ascii,
            _ => Quoting::Call(encoder),
        };
        let mut writer = Writer {
            out: StrBuilder::new(),
            markers: self.markers.get().and_then(|markers| markers.cast::<Dict>().ok()),
            default: self.default.get().unwrap_or_else(none),
            quoting,
            indent: self.indent.get().filter(|indent| !indent.is_none()),
            key_separator: text(&self.key_separator),
            item_separator: text(&self.item_separator),
            sort_keys: self.sort_keys,
            skipkeys: self.skipkeys,
            allow_nan: self.allow_nan,
        };
        writer.value(&object, level)?;
        Ok(Tuple::pack([writer.out.try_finish()?.into_object()]))
    }
}

enum Quoting {
    Plain,
    Ascii,
    Call(Ref),
}

/// One call of an encoder.
struct Writer {
    out: StrBuilder,
    markers: Option<Ref<Dict>>,
    default: Ref,
    quoting: Quoting,
    indent: Option<Ref>,
    key_separator: Ref<Str>,
    item_separator: Ref<Str>,
    sort_keys: bool,
    skipkeys: bool,
    allow_nan: bool,
}

/// Adds a note to the current exception.
#[cold]
fn noted(raised: Raised, note: impl FnOnce() -> Result<String>) -> Raised {
    let error = raised.take();
    match note() {
        Ok(note) => match error.call_method(intern!("add_note"), &[&Str::from_string(note)]) {
            Ok(_) => restore(error),
            Err(raised) => raised,
        },
        Err(raised) => raised,
    }
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.out.push_latin1(text.as_bytes());
    }

    fn string(&mut self, text: &Str) -> Result<()> {
        match &self.quoting {
            Quoting::Plain => quote(&mut self.out, text, false),
            Quoting::Ascii => quote(&mut self.out, text, true),
            Quoting::Call(encoder) => {
                let encoded = encoder.call(&[text])?;
                let Some(encoded) = encoded.downcast::<Str>() else {
                    let kind = encoded.ty().full_name();
                    return Err(raise!(TypeError, "encoder() must return a string, not {kind}"));
                };
                self.out.push_str(encoded);
            }
        }
        Ok(())
    }

    fn float(&self, number: &Float) -> Result<String> {
        let value = number.value();
        if value.is_finite() {
            return Ok(runtime::objects::float::format::repr(value, true));
        }
        if !self.allow_nan {
            let shown = number.repr()?;
            return Err(raise!(ValueError, "Out of range float values are not JSON compliant: {shown}"));
        }
        Ok(if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_string())
    }

    /// Notes that `object` is being written; an error if it already is.
    fn enter(&self, object: &Object) -> Result<Option<Ref<Int>>> {
        let Some(markers) = &self.markers else { return Ok(None) };
        let id = Int::from_usize(object.as_ptr() as usize);
        if markers.contains_key(&id)? {
            return Err(raise!(ValueError, "Circular reference detected"));
        }
        markers.insert(&id, object)?;
        Ok(Some(id))
    }

    fn leave(&self, id: Option<Ref<Int>>) -> Result<()> {
        if let (Some(markers), Some(id)) = (&self.markers, id)
            && markers.remove(&id)?.is_none()
        {
            return Err(runtime::objects::dict::key_error(&id));
        }
        Ok(())
    }

    fn new_line(&mut self, level: isize) -> Result<()> {
        let Some(indent) = self.indent.clone() else { return Ok(()) };
        let Some(indent) = indent.downcast::<Str>() else {
            let kind = indent.ty().name();
            return Err(raise!(TypeError, "can only concatenate str (not \"{kind}\") to str"));
        };
        self.out.push(u32::from(b'\n'));
        for _ in 0..level {
            self.out.push_str(indent);
        }
        Ok(())
    }

    fn value(&mut self, object: &Object, level: isize) -> Result<()> {
        if object.is_none() {
            self.text("null");
        } else if object.is_same(&py_true()) {
            self.text("true");
        } else if object.is_same(&py_false()) {
            self.text("false");
        } else if let Some(text) = object.downcast::<Str>() {
            self.string(text)?;
        } else if let Some(number) = object.downcast::<Int>() {
            let text = number.to_decimal_string()?;
            self.text(&text);
        } else if let Some(number) = object.downcast::<Float>() {
            let text = self.float(number)?;
            self.text(&text);
        } else {
            Thread::current().check_recursion(" while encoding a JSON object")?;
            if object.downcast::<List>().is_some() || object.downcast::<Tuple>().is_some() {
                self.list(object, level)?;
            } else if let Some(dict) = object.downcast::<Dict>() {
                self.dict(dict, level)?;
            } else {
                let id = self.enter(object)?;
                let replacement = self.default.call(&[object])?;
                self.value(&replacement, level).map_err(|raised| {
                    noted(raised, || Ok(format!("when serializing {} object", object.ty().qualified_name())))
                })?;
                self.leave(id)?;
            }
        }
        Ok(())
    }

    fn list(&mut self, sequence: &Object, level: isize) -> Result<()> {
        let item = |index: usize| match sequence.downcast::<List>() {
            Some(list) => list.get(index),
            None => sequence.downcast::<Tuple>().and_then(|tuple| tuple.get(index)),
        };
        let Some(mut next) = item(0) else {
            self.text("[]");
            return Ok(());
        };
        let id = self.enter(sequence)?;
        self.text("[");
        self.new_line(level + 1)?;
        let mut index = 0;
        loop {
            self.value(&next, level + 1).map_err(|raised| {
                noted(raised, || {
                    Ok(format!("when serializing {} item {index}", sequence.ty().qualified_name()))
                })
            })?;
            index += 1;
            let Some(item) = item(index) else { break };
            next = item;
            self.out.push_str(&self.item_separator);
            self.new_line(level + 1)?;
        }
        self.leave(id)?;
        self.new_line(level)?;
        self.text("]");
        Ok(())
    }

    fn dict(&mut self, dict: &Dict, level: isize) -> Result<()> {
        if dict.is_empty() {
            self.text("{}");
            return Ok(());
        }
        let id = self.enter(dict)?;
        self.text("{");
        let mut first = true;
        if self.sort_keys || !dict.is::<Dict>() {
            let items = match dict.is::<Dict>() {
                true => {
                    let mut position = 0;
                    let pairs = std::iter::from_fn(|| dict.next_entry(&mut position));
                    List::from_vec(
                        pairs.map(|(key, value)| Tuple::pack([key, value]).into_object()).collect(),
                    )
                }
                false => {
                    let items = dict.call_method(intern!("items"), &[])?;
                    if items.ty().raw.tp_iter.get().is_none() && !items.is_sequence() {
                        let (class, kind) = (dict.ty().name(), items.ty().full_name());
                        return Err(raise!(
                            TypeError,
                            "{class}.items() returned a non-iterable (type {kind})"
                        ));
                    }
                    List::from_vec(items.collect()?)
                }
            };
            if self.sort_keys {
                items.sort_by(None, false)?;
            }
            let mut index = 0;
            while let Some(item) = items.get(index) {
                let pair = item.downcast::<Tuple>().filter(|pair| pair.len() == 2);
                let Some((key, value)) = pair.and_then(|pair| Some((pair.get(0)?, pair.get(1)?))) else {
                    return Err(raise!(ValueError, "items must return 2-tuples"));
                };
                self.entry(dict, &key, &value, &mut first, level)?;
                index += 1;
            }
        } else {
            let mut position = 0;
            while let Some((key, value)) = dict.next_entry(&mut position) {
                self.entry(dict, &key, &value, &mut first, level)?;
            }
        }
        self.leave(id)?;
        if !first {
            self.new_line(level)?;
        }
        self.text("}");
        Ok(())
    }

    fn entry(
        &mut self,
        dict: &Dict,
        key: &Object,
        value: &Object,
        first: &mut bool,
        level: isize,
    ) -> Result<()> {
        let constant = |text: &str| Some(Str::new(text));
        let name = if let Some(text) = key.downcast::<Str>() {
            Some(Ref::from_borrowed(text))
        } else if let Some(number) = key.downcast::<Float>() {
            Some(Str::from_string(self.float(number)?))
        } else if key.is_none() {
            constant("null")
        } else if key.is_same(&py_true()) {
            constant("true")
        } else if key.is_same(&py_false()) {
            constant("false")
        } else if let Some(number) = key.downcast::<Int>() {
            Some(number.to_decimal()?)
        } else {
            None
        };
        let Some(name) = name else {
            if self.skipkeys {
                return Ok(());
            }
            let kind = key.ty().full_name();
            return Err(raise!(TypeError, "keys must be str, int, float, bool or None, not {kind}"));
        };
        if !std::mem::take(first) {
            self.out.push_str(&self.item_separator);
        }
        self.new_line(level + 1)?;
        self.string(&name)?;
        self.out.push_str(&self.key_separator);
        self.value(value, level + 1).map_err(|raised| {
            noted(raised, || {
                let shown = key.repr()?;
                Ok(format!("when serializing {} item {shown}", dict.ty().qualified_name()))
            })
        })
    }
}
