//! `_collections`: deque, defaultdict, OrderedDict, and what `collections` needs beside them.

use runtime::prelude::*;
use runtime::protocol::number;

mod defaultdict;
mod deque;
mod deque_iterators;
mod ordered;
mod ordered_views;
mod tuplegetter;

use defaultdict::DefaultDict;
use deque::Deque;
use deque_iterators::{DequeIterator, DequeReverseIterator};
use ordered::OrderedDict;
use tuplegetter::TupleGetter;

/// Are `get` and `__setitem__` of the mapping's type those of dict?
fn counts_as_dict(mapping: &Object) -> bool {
    let same = |name: &Str| match (mapping.ty().lookup(name), Dict::type_object().lookup(name)) {
        (Some(own), Some(plain)) => own.is_same(&plain),
        _ => false,
    };
    same(intern!("get")) && same(intern!("__setitem__"))
}

/// Count elements in the iterable, updating the mapping
#[function(name = "_count_elements", signature = "($module, mapping, iterable, /)")]
fn count_elements(_module: &Module, mapping: &Object, iterable: &Object) -> Result<()> {
    let iterator = iterable.iter()?;
    let one = Int::small(1).into_object();
    if let Some(dict) = mapping.downcast::<Dict>().filter(|_| counts_as_dict(mapping)) {
        while let Some(key) = iterator.iter_next()? {
            let hash = key.hash()?;
            let count = match dict.get_with_hash(&key, hash)? {
                Some(count) => number::add(&count, &one)?,
                None => one.clone(),
            };
            dict.insert_with_hash(&key, &count, hash)?;
        }
        return Ok(());
    }
    let get = mapping.get_attr(intern!("get"))?;
    let zero = Int::small(0).into_object();
    while let Some(key) = iterator.iter_next()? {
        let count = get.call(&[&key, &zero])?;
        mapping.set_item(&key, &*number::add(&count, &one)?)?;
    }
    Ok(())
}

module! {
    name: "_collections",
    doc: "What collections is made of: deque, defaultdict, OrderedDict and helpers.\n",
    functions: [count_elements],
    classes: [Deque, DefaultDict, OrderedDict, DequeIterator, DequeReverseIterator, TupleGetter],
}
