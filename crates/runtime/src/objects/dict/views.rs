//! Views of a dict's keys, values and items, and the iterators over them.

use std::cell::Cell;

use super::Dict;
use crate::objects::set::Set;
use crate::prelude::*;

/// An iterator: its dict, how many entries that had, where it stands.
macro_rules! iterators {
    ($($forward:ident $forward_name:literal, $reverse:ident $reverse_name:literal, $pick:expr;)*) => {$(
        iterator!($forward, $forward_name, next_entry, |_dict: &Dict| 0, $pick);
        iterator!($reverse, $reverse_name, previous_entry, |dict: &Dict| dict.end(), $pick);
    )*};
}

macro_rules! iterator {
    ($type:ident, $name:literal, $step:ident, $start:expr, $pick:expr) => {
        #[doc = concat!("`", $name, "`")]
        #[class(name = $name, flags(GC, DISALLOW_INSTANTIATION), doc = "")]
        #[repr(C)]
        pub struct $type {
            head: Object,
            dict: Link<Dict>,
            #[gc(skip)]
            size: Cell<usize>,
            #[gc(skip)]
            position: Cell<usize>,
            #[gc(skip)]
            left: Cell<usize>,
        }

        impl $type {
            pub fn new(dict: &Dict) -> Ref<$type> {
                let start: fn(&Dict) -> usize = $start;
                Ref::new($type {
                    head: Object::HEAD,
                    dict: Link::new(Ref::from_borrowed(dict)),
                    size: Cell::new(dict.len()),
                    position: Cell::new(start(dict)),
                    left: Cell::new(dict.len()),
                })
            }
        }

        #[methods]
        impl $type {
            #[slot]
            fn tp_iter(&self) -> Ref {
                self.to_ref()
            }

            #[slot]
            fn tp_iternext(&self) -> Result<Option<Ref>> {
                let Some(dict) = self.dict.get() else { return Ok(None) };
                if dict.len() != self.size.get() {
                    // From now on it always fails.
                    self.size.set(usize::MAX);
                    return Err(raise!(RuntimeError, "dictionary changed size during iteration"));
                }
                let mut position = self.position.get();
                let pick: fn(Ref, Ref) -> Ref = $pick;
                match dict.$step(&mut position) {
                    Some(_) if self.left.get() == 0 => {
                        self.dict.set(None);
                        Err(raise!(RuntimeError, "dictionary keys changed during iteration"))
                    }
                    Some((key, value)) => {
                        self.position.set(position);
                        self.left.set(self.left.get() - 1);
                        Ok(Some(pick(key, value)))
                    }
                    None => {
                        self.dict.set(None);
                        Ok(None)
                    }
                }
            }

            #[method(name = "__length_hint__", signature = "($self, /)")]
            fn length_hint(&self) -> usize {
                let same = self.dict.get().is_some_and(|dict| dict.len() == self.size.get());
                if same { self.left.get() } else { 0 }
            }

            #[method(name = "__reduce__", signature = "($self, /)")]
            fn reduce(&self) -> Result<Ref<Tuple>> {
                let rest = $type::rest(self)?;
                let iter = crate::eval::names::builtin(Interpreter::current(), intern!("iter"))?;
                let rest = List::from_vec(rest).into_object();
                Ok(Tuple::pack([iter, Tuple::pack([rest]).into_object()]))
            }
        }

        impl $type {
            /// What is left, without moving on.
            fn rest(&self) -> Result<Vec<Ref>> {
                let pick: fn(Ref, Ref) -> Ref = $pick;
                let mut items = Vec::new();
                if let Some(dict) = self.dict.get() {
                    let mut position = self.position.get();
                    while let Some((key, value)) = dict.$step(&mut position) {
                        items.push(pick(key, value));
                    }
                }
                Ok(items)
            }
        }
    };
}

iterators! {
    DictKeyIterator "dict_keyiterator", DictReverseKeyIterator "dict_reversekeyiterator", |key, _| key;
    DictValueIterator "dict_valueiterator", DictReverseValueIterator "dict_reversevalueiterator", |_, value| value;
    DictItemIterator "dict_itemiterator", DictReverseItemIterator "dict_reverseitemiterator",
        |key, value| Tuple::pack([key, value]).into_object();
}

/// A view's struct and what all three share.
macro_rules! view {
    ($type:ident, $name:literal, $symbol:literal, $iterator:ident, $reverse:ident) => {
        #[doc = concat!("`", $name, "`")]
        #[class(name = $name, symbol = $symbol, flags(GC, DISALLOW_INSTANTIATION), doc = "")]
        #[repr(C)]
        pub struct $type {
            head: Object,
            dict: Link<Dict>,
        }

        impl $type {
            pub fn new(dict: &Dict) -> Ref<$type> {
                Ref::new($type::body(dict))
            }

            /// The body of a view: for native types that derive from this one.
            pub fn body(dict: &Dict) -> $type {
                $type { head: Object::HEAD, dict: Link::new(Ref::from_borrowed(dict)) }
            }

            /// The dict that is viewed.
            pub fn target(&self) -> Ref<Dict> {
                self.dict.get().unwrap_or_else(Dict::new)
            }
        }

        #[methods(parts(own))]
        impl $type {
            #[slot]
            fn tp_iter(&self) -> Ref {
                $iterator::new(&self.target()).into_object()
            }

            #[slot]
            fn sq_length(&self) -> usize {
                self.target().len()
            }

            #[slot]
            fn tp_repr(&self) -> Result<String> {
                let text = crate::protocol::repr_guard::guarded(self, "...", || {
                    List::from_vec(self.collect()?).repr()
                })?;
                Ok(format!("{}({text})", self.ty().name()))
            }

            /// dictionary that this view refers to
            #[getter]
            fn mapping(&self) -> Result {
                crate::objects::r#type::bridge::mapping_proxy(&self.target())
            }

            #[method(name = "__reversed__", signature = "($self, /)")]
            fn reversed(&self) -> Ref<$reverse> {
                $reverse::new(&self.target())
            }
        }
    };
}

view!(DictKeys, "dict_keys", "PyDictKeys_Type", DictKeyIterator, DictReverseKeyIterator);
view!(DictValues, "dict_values", "PyDictValues_Type", DictValueIterator, DictReverseValueIterator);
view!(DictItems, "dict_items", "PyDictItems_Type", DictItemIterator, DictReverseItemIterator);

#[methods(part = own)]
impl DictValues {}

/// A new set of an object's items.
fn set_of(object: &Object) -> Result<Ref<Set>> {
    let set = Set::new();
    set.update_from(object)?;
    Ok(set)
}

fn is_set_like(object: &Object) -> bool {
    object.downcast::<DictKeys>().is_some()
        || object.downcast::<DictItems>().is_some()
        || object.downcast::<Set>().is_some()
        || object.downcast::<crate::objects::set::FrozenSet>().is_some()
}

/// All items of `inner` are in `outer`.
fn all_in(inner: &Object, outer: &Object) -> Result<bool> {
    let iterator = inner.iter()?;
    while let Some(item) = iterator.iter_next()? {
        if !outer.contains(&item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare(left: &Object, right: &Object, op: CompareOp) -> Result {
    if !is_set_like(right) {
        return Ok(not_implemented());
    }
    let (ours, theirs) = (left.length()?, right.length()?);
    let answer = match op {
        CompareOp::Eq => ours == theirs && all_in(left, right)?,
        CompareOp::Ne => !(ours == theirs && all_in(left, right)?),
        CompareOp::Lt => ours < theirs && all_in(left, right)?,
        CompareOp::Le => ours <= theirs && all_in(left, right)?,
        CompareOp::Gt => ours > theirs && all_in(right, left)?,
        CompareOp::Ge => ours >= theirs && all_in(right, left)?,
    };
    Ok(py_bool(answer))
}

fn disjoint(left: &Object, right: &Object) -> Result<bool> {
    if left.is_same(right) {
        return Ok(left.length()? == 0);
    }
    let iterator = right.iter()?;
    while let Some(item) = iterator.iter_next()? {
        if left.contains(&item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The operators that views of keys and items share with sets.
macro_rules! set_like {
    ($type:ident, $contains:expr) => {
        #[methods(part = own)]
        impl $type {
            #[slot]
            fn sq_contains(&self, item: &Object) -> Result<bool> {
                let contains: fn(&Dict, &Object) -> Result<bool> = $contains;
                contains(&self.target(), item)
            }

            #[slot]
            fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
                compare(self, other, op)
            }

            #[slot]
            fn nb_and(left: &Object, right: &Object) -> Result {
                let result = Set::new();
                let (view, other) =
                    if left.downcast::<$type>().is_some() { (left, right) } else { (right, left) };
                other.for_each(|item| if view.contains(&item)? { result.add(&item) } else { Ok(()) })?;
                Ok(result.into_object())
            }

            #[slot]
            fn nb_or(left: &Object, right: &Object) -> Result {
                let result = set_of(left)?;
                result.update_from(right)?;
                Ok(result.into_object())
            }

            #[slot]
            fn nb_subtract(left: &Object, right: &Object) -> Result {
                let result = set_of(left)?;
                right.for_each(|item| result.discard(&item).map(drop))?;
                Ok(result.into_object())
            }

            #[slot]
            fn nb_xor(left: &Object, right: &Object) -> Result {
                let (ours, theirs) = (set_of(left)?, set_of(right)?);
                crate::protocol::number::xor(&ours, &theirs)
            }

            /// Return True if the view and the given iterable have a null intersection.
            #[method(signature = "($self, other, /)")]
            fn isdisjoint(&self, other: &Object) -> Result<bool> {
                disjoint(self, other)
            }
        }
    };
}

set_like!(DictKeys, |dict, key| dict.contains_key(key));
set_like!(DictItems, |dict, item| {
    let Some(pair) = item.downcast::<Tuple>().filter(|pair| pair.len() == 2) else { return Ok(false) };
    match dict.get(&pair.as_slice()[0])? {
        Some(value) => value.rich_compare_bool(&pair.as_slice()[1], CompareOp::Eq),
        None => Ok(false),
    }
});
