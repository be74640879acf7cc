//! `_functools`: reduce, partial, cmp_to_key, and the cache behind lru_cache.

use runtime::objects::exceptions::TypeError;
use runtime::prelude::*;

mod key_wrapper;
mod lru_cache;
mod partial;

use lru_cache::LruCacheWrapper;
use partial::{PLACEHOLDER, Partial, Placeholder};

/// Fold an iterable with a function of two arguments, from the left.
///
/// What the function returned so far is its first argument, the next item its
/// second. The fold starts with initial, or without it with the first item;
/// an empty iterable gives initial.
#[function(signature = "($module, function, iterable, /, initial=<unrepresentable>)")]
fn reduce(_module: &Module, function: &Object, iterable: &Object, initial: Option<&Object>) -> Result {
    let iterator = match iterable.iter() {
        Ok(iterator) => iterator,
        Err(raised) if raised.matches(&TypeError) => {
            raised.clear();
            return Err(raise!(TypeError, "reduce() arg 2 must support iteration"));
        }
        Err(raised) => return Err(raised),
    };
    let mut result = initial.map(Object::to_ref);
    while let Some(item) = iterator.iter_next()? {
        result = Some(match result {
            None => item,
            Some(so_far) => function.call(&[&so_far, &item])?,
        });
    }
    result.ok_or_else(|| raise!(TypeError, "reduce() of empty iterable with no initial value"))
}

fn exec(module: &Module) -> Result<()> {
    module.dict().insert_str(intern!("Placeholder"), PLACEHOLDER.as_object())
}

module! {
    name: "_functools",
    doc: "Tools that operate on functions.",
    functions: [reduce, key_wrapper::cmp_to_key],
    classes: [Partial, LruCacheWrapper, Placeholder],
    exec: exec,
}
