//! The registry: search functions, what they found, error handlers.

use std::cell::RefCell;
use std::collections::HashMap;

use super::handlers;
use crate::prelude::*;

/// What one interpreter has registered.
#[derive(Default)]
struct State {
    searches: RefCell<Vec<Ref>>,
    found: RefCell<HashMap<String, Ref>>,
    handlers: RefCell<HashMap<String, Ref>>,
}

fn state() -> &'static State {
    Interpreter::current().state::<State>()
}

/// A name as the registry keeps it: in lower case, what is no letter, digit or dot as single underscores.
pub fn normalize(name: &str) -> String {
    let mut result = String::with_capacity(name.len());
    let mut gap = false;
    for character in name.chars() {
        if character.is_ascii_alphanumeric() || character == '.' {
            if gap && !result.is_empty() {
                result.push('_');
            }
            gap = false;
            result.push(character.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    result
}

/// `codecs.register(search)`.
pub fn register(search: &Object) -> Result<()> {
    if !search.is_callable() {
        return Err(raise!(TypeError, "argument must be callable"));
    }
    state().searches.borrow_mut().push(search.to_ref());
    Ok(())
}

/// `codecs.unregister(search)`.
pub fn unregister(search: &Object) {
    let place = state().searches.borrow().iter().position(|known| known.is_same(search));
    let Some(place) = place else { return };
    let removed = state().searches.borrow_mut().remove(place);
    let found = std::mem::take(&mut *state().found.borrow_mut());
    drop((removed, found));
}

fn search_all(name: &Str, searches: &[Ref]) -> Result<Option<Ref>> {
    for search in searches {
        let found = search.call(&[name])?;
        if found.is_none() {
            continue;
        }
        if found.downcast::<Tuple>().is_none_or(|found| found.len() != 4) {
            return Err(raise!(TypeError, "codec search functions must return 4-tuples"));
        }
        return Ok(Some(found));
    }
    Ok(None)
}

/// The codec of that name: `codecs.lookup`.
pub fn lookup(encoding: &str) -> Result {
    let name = normalize(encoding);
    let known = state().found.borrow().get(&name).cloned();
    if let Some(found) = known {
        return Ok(found);
    }
    if state().searches.borrow().is_empty() {
        // The package registers itself.
        crate::import::import_module("encodings")?;
    }
    let text = Str::new(&name);
    let searches = state().searches.borrow().clone();
    match search_all(&text, &searches)? {
        Some(found) => {
            let old = state().found.borrow_mut().insert(name, found.clone());
            drop(old);
            Ok(found)
        }
        None => Err(raise!(LookupError, "unknown encoding: {encoding}")),
    }
}

/// Part of a codec: its encoder (0) or decoder (1).
fn part(codec: &Object, index: usize) -> Result {
    match codec.downcast::<Tuple>().and_then(|codec| codec.as_slice().get(index).cloned()) {
        Some(part) => Ok(part),
        None => Err(raise!(TypeError, "codec search functions must return 4-tuples")),
    }
}

/// Tells in a note which codec failed.
fn with_note<T>(result: Result<T>, doing: &str, encoding: &str) -> Result<T> {
    result.map_err(|raised| {
        let exception = raised.take();
        let note = Str::from_string(format!("{doing} with '{encoding}' codec failed"));
        if let Err(raised) = exception.call_method(intern!("add_note"), &[&*note]) {
            raised.clear();
        }
        crate::errors::restore(exception)
    })
}

fn run(codec: &Object, index: usize, object: &Object, encoding: &str, errors: Option<&str>) -> Result {
    let (doing, role) = if index == 0 { ("encoding", "encoder") } else { ("decoding", "decoder") };
    let function = part(codec, index)?;
    let errors = errors.map(Str::new);
    let result = match &errors {
        Some(errors) => function.call(&[object, errors]),
        None => function.call(&[object]),
    };
    let result = with_note(result, doing, encoding)?;
    match result.downcast::<Tuple>() {
        Some(pair) if pair.len() == 2 => Ok(pair.as_slice()[0].clone()),
        _ => Err(raise!(TypeError, "{role} must return a tuple (object, integer)")),
    }
}

/// `codecs.encode`.
pub fn encode(object: &Object, encoding: &str, errors: Option<&str>) -> Result {
    run(&*lookup(encoding)?, 0, object, encoding, errors)
}

/// `codecs.decode`.
pub fn decode(object: &Object, encoding: &str, errors: Option<&str>) -> Result {
    run(&*lookup(encoding)?, 1, object, encoding, errors)
}

/// The codec, if it is one between text and bytes; `alternative` is what takes any codec.
///
/// `alternative` is what the refusal of others names, where there is such.
pub fn lookup_text(encoding: &str, alternative: Option<&str>) -> Result {
    let codec = lookup(encoding)?;
    if !codec.is::<Tuple>()
        && let Some(flag) = codec.get_attr_opt(intern!("_is_text_encoding"))?
        && !flag.is_true()?
    {
        return Err(match alternative {
            Some(other) => raise!(
                LookupError,
                "'{encoding}' is not a text encoding; use {other} to handle arbitrary codecs"
            ),
            None => raise!(LookupError, "'{encoding}' is not a text encoding"),
        });
    }
    Ok(codec)
}

/// What a text encoding makes of text.
pub fn encode_text(text: &Str, encoding: &str, errors: Option<&str>) -> Result {
    run(&*lookup_text(encoding, Some("codecs.encode()"))?, 0, text, encoding, errors)
}

/// What a text encoding makes of bytes.
pub fn decode_text(object: &Object, encoding: &str, errors: Option<&str>) -> Result {
    run(&*lookup_text(encoding, Some("codecs.decode()"))?, 1, object, encoding, errors)
}

/// `codecs.register_error`.
pub fn register_error(name: &str, handler: &Object) -> Result<()> {
    if !handler.is_callable() {
        return Err(raise!(TypeError, "handler must be callable"));
    }
    let old = state().handlers.borrow_mut().insert(name.to_string(), handler.to_ref());
    drop(old);
    Ok(())
}

/// `_codecs._unregister_error`.
pub fn unregister_error(name: &str) -> Result<bool> {
    if handlers::is_builtin(name) {
        return Err(raise!(ValueError, "cannot un-register built-in error handler '{name}'"));
    }
    let old = state().handlers.borrow_mut().remove(name);
    Ok(old.is_some())
}

/// `codecs.lookup_error`.
pub fn lookup_error(name: &str) -> Result {
    let known = state().handlers.borrow().get(name).cloned();
    if let Some(handler) = known {
        return Ok(handler);
    }
    match handlers::builtin(name)? {
        Some(handler) => {
            register_error(name, &handler)?;
            Ok(handler)
        }
        None => Err(raise!(LookupError, "unknown error handler name '{name}'")),
    }
}
