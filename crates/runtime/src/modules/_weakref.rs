//! `_weakref`: what `weakref` is built on.

use crate::errors::Result;
use crate::prelude::*;
use crate::weakref::{self, CALLABLE_PROXY_TYPE, PROXY_TYPE, REFERENCE_TYPE};

module! {
    name: "_weakref",
    doc: "Weak-reference support module.",
    functions: [getweakrefcount, remove_dead_weakref, getweakrefs, proxy],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    dict.insert_str(intern!("ref"), &REFERENCE_TYPE)?;
    dict.insert_str(intern!("ReferenceType"), &REFERENCE_TYPE)?;
    dict.insert_str(intern!("ProxyType"), &PROXY_TYPE)?;
    dict.insert_str(intern!("CallableProxyType"), &CALLABLE_PROXY_TYPE)
}

/// Return the number of weak references to 'object'.
#[function(signature = "(object, /)")]
fn getweakrefcount(object: &Object) -> usize {
    weakref::count(object)
}

/// Atomically remove key from dict if it points to a dead weakref.
#[function(name = "_remove_dead_weakref", signature = "(dct, key, /)")]
fn remove_dead_weakref(dct: &Dict, key: &Object) -> Result<()> {
    let Some(value) = dct.get(key)? else { return Ok(()) };
    let Some(reference) = weakref::as_reference(&value) else {
        return Err(raise!(TypeError, "not a weakref"));
    };
    if reference.is_dead() {
        drop(dct.remove(key)?);
    }
    Ok(())
}

/// Return a list of all weak reference objects pointing to 'object'.
#[function(signature = "(object, /)")]
fn getweakrefs(object: &Object) -> Ref<List> {
    List::from_vec(weakref::all(object))
}

/// A stand-in for object that does not keep it alive.
///
/// callback is called with the stand-in when the object dies.
#[function(signature = "(object, callback=None, /)")]
fn proxy(object: &Object, callback: Option<&Object>) -> Result {
    weakref::new_proxy(object, callback)
}
