//! The scanner: from text to objects.

use runtime::errors::raise_value;
use runtime::objects::exceptions::StopIteration;
use runtime::objects::str::{Unit, Units};
use runtime::prelude::*;

use super::scanstring::{decode_error, scan};
use crate::support::{bind, entries};

/// JSON scanner object
#[class(name = "_json.Scanner", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Scanner {
    head: Object,
    /// strict
    #[gc(skip)]
    #[member(readonly)]
    strict: bool,
    /// object_hook
    #[member(readonly)]
    object_hook: Link,
    #[member(readonly)]
    object_pairs_hook: Link,
    /// parse_float
    #[member(readonly)]
    parse_float: Link,
    /// parse_int
    #[member(readonly)]
    parse_int: Link,
    /// parse_constant
    #[member(readonly)]
    parse_constant: Link,
}

#[methods]
impl Scanner {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let keywords = entries(Some(&*kwargs.to_dict()?));
        let [context] = bind("make_scanner", ["context"], args, &keywords)?;
        let strict = context.get_attr(intern!("strict"))?.is_true()?;
        let part = |name: &'static Str| -> Result<Link> { Ok(Link::new(context.get_attr(name)?)) };
        let scanner = Scanner {
            head: Object::HEAD,
            strict,
            object_hook: part(intern!("object_hook"))?,
            object_pairs_hook: part(intern!("object_pairs_hook"))?,
            parse_float: part(intern!("parse_float"))?,
            parse_int: part(intern!("parse_int"))?,
            parse_constant: part(intern!("parse_constant"))?,
        };
        Ok(Ref::new_in(class, scanner))
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result<(Ref, usize)> {
        let positional: Vec<&Object> = arguments.as_slice().iter().map(|item| &**item).collect();
        let [document, index] = bind("scan_once", ["string", "idx"], &positional, &entries(keywords))?;
        let index = index.to_isize_index(&runtime::objects::exceptions::OverflowError)?;
        let Some(document) = document.downcast::<Str>() else {
            let kind = document.ty().full_name();
            return Err(raise!(TypeError, "first argument must be a string, not {kind}"));
        };
        let Ok(index) = usize::try_from(index) else {
            return Err(raise!(ValueError, "idx cannot be negative"));
        };
        match document.units() {
            Units::One(text) => self.reader(document, text)?.value(index),
            Units::Two(text) => self.reader(document, text)?.value(index),
            Units::Four(text) => self.reader(document, text)?.value(index),
        }
    }
}

impl Scanner {
    fn reader<'a, U: Unit>(&self, document: &'a Str, text: &'a [U]) -> Result<Reader<'a, U>> {
        // A hook that is the plain type needs no call.
        let number = |link: &Link, plain: &Type| link.get().filter(|hook| !hook.is_same(plain));
        let hook = |link: &Link| link.get().filter(|hook| !hook.is_none());
        Ok(Reader {
            document,
            text,
            strict: self.strict,
            object_hook: hook(&self.object_hook),
            object_pairs_hook: hook(&self.object_pairs_hook),
            parse_float: number(&self.parse_float, Float::type_object()),
            parse_int: number(&self.parse_int, Int::type_object()),
            parse_constant: self.parse_constant.get().unwrap_or_else(none),
            keys: Dict::new(),
        })
    }
}

/// One scan of a document.
struct Reader<'a, U> {
    document: &'a Str,
    text: &'a [U],
    strict: bool,
    object_hook: Option<Ref>,
    object_pairs_hook: Option<Ref>,
    parse_float: Option<Ref>,
    parse_int: Option<Ref>,
    parse_constant: Ref,
    /// Equal keys are one object.
    keys: Ref<Dict>,
}

/// There is no value here.
#[cold]
fn no_value(index: usize) -> Raised {
    raise_value(&StopIteration, &Int::from_usize(index))
}

impl<U: Unit> Reader<'_, U> {
    fn at(&self, index: usize) -> Option<u8> {
        self.text.get(index).and_then(|unit| u8::try_from(unit.code()).ok())
    }

    fn is_at(&self, index: usize, word: &[u8]) -> bool {
        self.text
            .get(index..)
            .and_then(|rest| rest.get(..word.len()))
            .is_some_and(|part| part.iter().zip(word).all(|(unit, &byte)| unit.code() == u32::from(byte)))
    }

    /// The first index from here on that isn't white space.
    fn skip(&self, mut index: usize) -> usize {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.at(index) {
            index += 1;
        }
        index
    }

    fn skip_digits(&self, mut index: usize) -> usize {
        while let Some(b'0'..=b'9') = self.at(index) {
            index += 1;
        }
        index
    }

    fn fail<T>(&self, message: &str, index: usize) -> Result<T> {
        Err(decode_error(message, self.document, index as isize))
    }

    /// The value that begins at `index`, and where it ends.
    fn value(&self, index: usize) -> Result<(Ref, usize)> {
        let constant = |name: &str| -> Result<(Ref, usize)> {
            Ok((self.parse_constant.call(&[&Str::new(name)])?, index + name.len()))
        };
        match self.at(index) {
            None if index >= self.text.len() => Err(no_value(index)),
            Some(b'"') => {
                let (text, end) = scan(self.document, self.text, index + 1, self.strict)?;
                Ok((text.into_object(), end))
            }
            Some(b'{') => {
                Thread::current().check_recursion(" while decoding a JSON object from a unicode string")?;
                self.object(index + 1)
            }
            Some(b'[') => {
                Thread::current().check_recursion(" while decoding a JSON array from a unicode string")?;
                self.array(index + 1)
            }
            Some(b'n') if self.is_at(index, b"null") => Ok((none(), index + 4)),
            Some(b't') if self.is_at(index, b"true") => Ok((py_true(), index + 4)),
            Some(b'f') if self.is_at(index, b"false") => Ok((py_false(), index + 5)),
            Some(b'N') if self.is_at(index, b"NaN") => constant("NaN"),
            Some(b'I') if self.is_at(index, b"Infinity") => constant("Infinity"),
            Some(b'-') if self.is_at(index, b"-Infinity") => constant("-Infinity"),
            _ => self.number(index),
        }
    }

    fn number(&self, start: usize) -> Result<(Ref, usize)> {
        let mut index = start;
        if self.at(index) == Some(b'-') {
            index += 1;
        }
        index = match self.at(index) {
            Some(b'0') => index + 1,
            Some(b'1'..=b'9') => self.skip_digits(index),
            _ => return Err(no_value(start)),
        };
        let mut is_float = false;
        if self.at(index) == Some(b'.') && self.at(index + 1).is_some_and(|byte| byte.is_ascii_digit()) {
            is_float = true;
            index = self.skip_digits(index + 1);
        }
        if let Some(b'e' | b'E') = self.at(index) {
            let digits = index + 1 + usize::from(matches!(self.at(index + 1), Some(b'+' | b'-')));
            let end = self.skip_digits(digits);
            if end > digits {
                is_float = true;
                index = end;
            }
        }
        let hook = if is_float { &self.parse_float } else { &self.parse_int };
        let digits = &self.text[start..index];
        if let Some(hook) = hook {
            let digits = Str::from_units(U::wrap(digits))?;
            return Ok((hook.call(&[&digits])?, index));
        }
        let ascii: String = digits.iter().map(|unit| char::from(unit.code() as u8)).collect();
        let number = if is_float {
            Float::new(ascii.parse().unwrap_or(f64::NAN)).into_object()
        } else {
            match ascii.parse::<i64>() {
                Ok(value) => Int::new(value).into_object(),
                Err(_) => Int::parse_str(&Str::from_string(ascii), 10)?.into_object(),
            }
        };
        Ok((number, index))
    }

    fn array(&self, index: usize) -> Result<(Ref, usize)> {
        let mut items = Vec::new();
        let mut index = self.skip(index);
        if self.at(index) != Some(b']') {
            loop {
                let (item, end) = self.value(index)?;
                items.push(item);
                index = self.skip(end);
                match self.at(index) {
                    Some(b']') => break,
                    Some(b',') => {}
                    _ => return self.fail("Expecting ',' delimiter", index),
                }
                let comma = index;
                index = self.skip(index + 1);
                if self.at(index) == Some(b']') {
                    return self.fail("Illegal trailing comma before end of array", comma);
                }
            }
        }
        Ok((List::from_vec(items).into_object(), index + 1))
    }

    fn object(&self, index: usize) -> Result<(Ref, usize)> {
        let pairs = self.object_pairs_hook.as_ref().map(|hook| (hook, List::new()));
        let dict = Dict::new();
        let mut index = self.skip(index);
        if self.at(index) != Some(b'}') {
            loop {
                if self.at(index) != Some(b'"') {
                    return self.fail("Expecting property name enclosed in double quotes", index);
                }
                let (key, end) = scan(self.document, self.text, index + 1, self.strict)?;
                let key = self.keys.get_or_insert(&key, &key)?;
                index = self.skip(end);
                if self.at(index) != Some(b':') {
                    return self.fail("Expecting ':' delimiter", index);
                }
                let (value, end) = self.value(self.skip(index + 1))?;
                match &pairs {
                    Some((_, list)) => list.push(Tuple::pack([key, value]).into_object())?,
                    None => dict.insert(&key, &value)?,
                }
                index = self.skip(end);
                match self.at(index) {
                    Some(b'}') => break,
                    Some(b',') => {}
                    _ => return self.fail("Expecting ',' delimiter", index),
                }
                let comma = index;
                index = self.skip(index + 1);
                if self.at(index) == Some(b'}') {
                    return self.fail("Illegal trailing comma before end of object", comma);
                }
            }
        }
        let result = match (pairs, &self.object_hook) {
            (Some((hook, list)), _) => hook.call(&[&list])?,
            (None, Some(hook)) => hook.call(&[&dict])?,
            (None, None) => dict.into_object(),
        };
        Ok((result, index + 1))
    }
}
