//! The methods and operators of dict.

use super::views::{DictItems, DictKeyIterator, DictKeys, DictReverseKeyIterator, DictValues};
use super::{Dict, key_error};
use crate::native::args::KwArgs;
use crate::prelude::*;

impl Dict {
    /// `dict(source, **keywords)` or `update(source, **keywords)`.
    pub fn update_with(&self, source: Option<&Object>, keywords: KwArgs<'_>, name: &str) -> Result<()> {
        if let Some(source) = source {
            if source.is::<Dict>() || source.get_attr_opt(intern!("keys"))?.is_some() {
                self.merge(source, true)?;
            } else {
                self.update_from_pairs(source, name)?;
            }
        }
        for (key, value) in keywords.iter() {
            self.insert(key, value)?;
        }
        Ok(())
    }

    /// Adds pairs from an iterable.
    pub fn update_from_pairs(&self, pairs: &Object, _name: &str) -> Result<()> {
        let mut index = 0usize;
        pairs.for_each(|pair| {
            let items = match pair.collect() {
                Ok(items) => items,
                Err(raised)
                    if raised.matches(&crate::objects::exceptions::TypeError)
                        && !pair.is_sequence()
                        && pair.ty().raw.tp_iter.get().is_none() =>
                {
                    raised.clear();
                    return Err(no_sequence(raise!(TypeError, "object is not iterable"), index));
                }
                Err(raised) => return Err(no_sequence(raised, index)),
            };
            let [key, value] = items.as_slice() else {
                return Err(raise!(
                    ValueError,
                    "dictionary update sequence element #{index} has length {}; 2 is required",
                    items.len()
                ));
            };
            index += 1;
            self.insert(key, value)
        })
    }

    /// `self[key]`, asking a subclass's `__missing__`.
    fn subscript(&self, key: &Object) -> Result {
        if let Some(value) = self.get(key)? {
            return Ok(value);
        }
        if !self.is::<Dict>()
            && let Some(value) = self.call_special(intern!("__missing__"), &[key])?
        {
            return Ok(value);
        }
        Err(key_error(key))
    }

    /// Are both equal, key by key?
    pub fn equals(&self, other: &Dict) -> Result<bool> {
        if self.len() != other.len() {
            return Ok(false);
        }
        let mut position = 0;
        while let Some((key, value)) = self.next_entry(&mut position) {
            match other.get(&key)? {
                Some(candidate) if value.rich_compare_bool(&candidate, CompareOp::Eq)? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

#[methods]
impl Dict {
    #[new(hidden_signature, signature = "(*args, **kwargs)")]
    fn tp_new(class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        Ok(Ref::new_in(class, Dict::empty()))
    }

    #[init(hidden_signature, signature = "(*args, **kwargs)")]
    fn init(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result<()> {
        if args.len() > 1 {
            return Err(raise!(TypeError, "dict expected at most 1 argument, got {}", args.len()));
        }
        self.update_with(args.first().copied(), kwargs, "dict")
    }

    #[slot]
    pub fn tp_repr(&self) -> Result<Ref<Str>> {
        if self.is_empty() {
            return Ok(Str::new("{}"));
        }
        crate::protocol::repr_guard::guarded(self, "{...}", || {
            let mut pieces: Vec<Ref<Str>> = vec![Str::new("{")];
            let mut position = 0;
            while let Some((key, value)) = self.next_entry(&mut position) {
                if pieces.len() > 1 {
                    pieces.push(Str::new(", "));
                }
                pieces.push(key.repr()?);
                pieces.push(Str::new(": "));
                pieces.push(value.repr()?);
            }
            pieces.push(Str::new("}"));
            Str::join_all(pieces.iter().map(|piece| &**piece))
        })
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        match (other.downcast::<Dict>(), op) {
            (Some(other), CompareOp::Eq) => self.equals(other).map(py_bool),
            (Some(other), CompareOp::Ne) => self.equals(other).map(|equal| py_bool(!equal)),
            _ => Ok(not_implemented()),
        }
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        DictKeyIterator::new(self).into_object()
    }

    #[slot]
    fn mp_length(&self) -> usize {
        self.len()
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        self.subscript(key)
    }

    #[slot]
    fn mp_ass_subscript(&self, key: &Object, value: Option<&Object>) -> Result<()> {
        match value {
            Some(value) => self.insert(key, value),
            None => match self.remove(key)? {
                Some(_) => Ok(()),
                None => Err(key_error(key)),
            },
        }
    }

    #[slot]
    fn sq_contains(&self, key: &Object) -> Result<bool> {
        self.contains_key(key)
    }

    #[slot]
    fn nb_or(left: &Object, right: &Object) -> Result {
        let (Some(left), Some(_)) = (left.downcast::<Dict>(), right.downcast::<Dict>()) else {
            return Ok(not_implemented());
        };
        let merged = left.copy()?;
        merged.merge(right, true)?;
        Ok(merged.into_object())
    }

    #[slot]
    fn nb_inplace_or(&self, other: &Object) -> Result {
        if other.is::<Dict>() || other.get_attr_opt(intern!("keys"))?.is_some() {
            self.merge(other, true)?;
        } else {
            self.update_from_pairs(other, "update")?;
        }
        Ok(self.to_ref())
    }

    /// True if the dictionary has the specified key, else False.
    #[method(name = "__contains__", signature = "($self, key, /)", coexist)]
    fn contains_method(&self, key: &Object) -> Result<bool> {
        self.contains_key(key)
    }

    /// Return self[key].
    #[method(name = "__getitem__", signature = "($self, key, /)", coexist)]
    fn getitem_method(&self, key: &Object) -> Result {
        self.subscript(key)
    }

    /// Return the value for key if key is in the dictionary, else default.
    #[method(name = "get", signature = "($self, key, default=None, /)")]
    fn get_method(&self, key: &Object, default: Option<&Object>) -> Result {
        Ok(self.get(key)?.unwrap_or_else(|| default.map_or_else(none, Object::to_ref)))
    }

    /// The value for key; a key that is not there is first added, with default.
    #[method(signature = "($self, key, default=None, /)")]
    fn setdefault(&self, key: &Object, default: Option<&Object>) -> Result {
        self.get_or_insert(key, &default.map_or_else(none, Object::to_ref))
    }

    /// D.pop(k[,d]) -> v, take a key out and return its value.
    ///
    /// Without the key: d, or KeyError if d is not given.
    #[method(signature = "($self, key, default=<unrepresentable>, /)")]
    fn pop(&self, key: &Object, default: Option<&Object>) -> Result {
        // An empty dict doesn't ask for the hash.
        let removed = if self.is_empty() { None } else { self.remove(key)? };
        match (removed, default) {
            (Some(value), _) => Ok(value),
            (None, Some(default)) => Ok(default.to_ref()),
            (None, None) => Err(key_error(key)),
        }
    }

    /// Take the newest entry out and return it as (key, value).
    ///
    /// An empty dict raises KeyError.
    #[method(signature = "($self, /)")]
    fn popitem(&self) -> Result<Ref<Tuple>> {
        let mut position = self.end();
        if self.previous_entry(&mut position).is_none() {
            return Err(raise!(KeyError, "popitem(): dictionary is empty"));
        }
        let (key, value) = self.take_entry(position);
        self.trim();
        Ok(Tuple::pack([key, value]))
    }

    /// Remove all items from the dict.
    #[method(name = "clear", signature = "($self, /)")]
    fn clear_method(&self) {
        self.clear();
    }

    /// Return a shallow copy of the dict.
    #[method(name = "copy", signature = "($self, /)")]
    fn copy_method(&self) -> Result<Ref<Dict>> {
        self.copy()
    }

    /// D.update([E, ]**F) -> None.  Add the entries of E, a mapping (it has keys()) or an
    /// iterable of pairs, then those of F; keys that are there get the new values.
    #[method(hidden_signature, signature = "($self, /, *args, **kwargs)")]
    fn update(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result<()> {
        if args.len() > 1 {
            return Err(raise!(TypeError, "update expected at most 1 argument, got {}", args.len()));
        }
        self.update_with(args.first().copied(), kwargs, "update")
    }

    /// Create a new dictionary with keys from iterable and values set to value.
    #[classmethod(signature = "($type, iterable, value=None, /)")]
    fn fromkeys(class: &Type, iterable: &Object, value: Option<&Object>) -> Result {
        let value = value.map_or_else(none, Object::to_ref);
        let dict = class.call(&[])?;
        match dict.downcast_exact::<Dict>() {
            Some(exact) => iterable.for_each(|key| exact.insert(&key, &value))?,
            None => iterable.for_each(|key| dict.set_item(&key, &value))?,
        }
        Ok(dict)
    }

    /// Return a set-like object providing a view on the dict's keys.
    #[method(signature = "($self, /)")]
    fn keys(&self) -> Ref<DictKeys> {
        DictKeys::new(self)
    }

    /// Return an object providing a view on the dict's values.
    #[method(signature = "($self, /)")]
    fn values(&self) -> Ref<DictValues> {
        DictValues::new(self)
    }

    /// Return a set-like object providing a view on the dict's items.
    #[method(signature = "($self, /)")]
    fn items(&self) -> Ref<DictItems> {
        DictItems::new(self)
    }

    /// Return a reverse iterator over the dict keys.
    #[method(name = "__reversed__", signature = "($self, /)")]
    fn reversed(&self) -> Ref<DictReverseKeyIterator> {
        DictReverseKeyIterator::new(self)
    }

    /// Return the size of the dict in memory.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn size_of(&self) -> usize {
        self.memory()
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, item: &Object) -> Result {
        Ok(crate::objects::generic_alias::GenericAlias::new(class, item)?.into_object())
    }
}

/// Adds to a TypeError which element of an update was no sequence.
fn no_sequence(raised: Raised, index: usize) -> Raised {
    if !raised.matches(&crate::objects::exceptions::TypeError) {
        return raised;
    }
    let exception = raised.take();
    let note = format!("Cannot convert dictionary update sequence element #{index} to a sequence");
    match exception.call_method(intern!("add_note"), &[&*Str::from_string(note)]) {
        Ok(_) => crate::errors::restore(exception),
        Err(raised) => raised,
    }
}
