//! Items, length and containment: the sequence and mapping protocols.

use super::{result_from_raw, status_from_raw, type_name};
use crate::errors::{Raised, Result};
use crate::object::{NativeType, Object};
use crate::objects::int::Int;
use crate::objects::r#type::Type;
use crate::protocol::compare::CompareOp;
use crate::reference::Ref;
use crate::{intern, raise};

impl Object {
    /// `self[key]`.
    pub fn get_item(&self, key: &Object) -> Result {
        let ty = self.ty();
        if let Some(subscript) = ty.mp_subscript() {
            // SAFETY: both are alive during the call.
            return unsafe { result_from_raw(subscript(self.as_ptr(), key.as_ptr())) };
        }
        if ty.sq_item().is_some() {
            if key.ty().nb_index().is_none() {
                return Err(raise!(TypeError, "sequence index must be integer, not '{}'", type_name(key)));
            }
            return self.get_index(key.to_isize_index(&crate::objects::exceptions::IndexError)?);
        }
        if let Some(class) = self.downcast::<Type>() {
            if std::ptr::eq(class, Type::type_object()) {
                return Ok(crate::objects::generic_alias::GenericAlias::new(self, key)?.into_object());
            }
            return match self.get_attr_opt(intern!("__class_getitem__"))? {
                Some(method) if !method.is_none() => method.call(&[key]),
                _ => Err(raise!(TypeError, "type '{}' is not subscriptable", class.full_name())),
            };
        }
        Err(raise!(TypeError, "'{}' object is not subscriptable", type_name(self)))
    }

    /// `self[index]` by the sequence protocol; a negative index counts from the end.
    pub fn get_index(&self, index: isize) -> Result {
        let ty = self.ty();
        if let Some(item) = ty.sq_item() {
            let index = self.adjusted(index)?;
            // SAFETY: the object is alive during the call.
            return unsafe { result_from_raw(item(self.as_ptr(), index)) };
        }
        if ty.mp_subscript().is_some() {
            return Err(raise!(TypeError, "{} is not a sequence", type_name(self)));
        }
        Err(raise!(TypeError, "'{}' object does not support indexing", type_name(self)))
    }

    fn adjusted(&self, index: isize) -> Result<isize> {
        match self.ty().sq_length() {
            Some(length) if index < 0 => {
                // SAFETY: the object is alive during the call.
                let length = length_from_raw(unsafe { length(self.as_ptr()) })?;
                Ok(index + length as isize)
            }
            _ => Ok(index),
        }
    }

    /// `self[key] = value`.
    pub fn set_item(&self, key: &Object, value: &Object) -> Result<()> {
        self.assign_item(key, Some(value))
    }

    /// `del self[key]`.
    pub fn del_item(&self, key: &Object) -> Result<()> {
        self.assign_item(key, None)
    }

    /// Sets the item, or deletes it where there is no value.
    pub fn assign_item(&self, key: &Object, value: Option<&Object>) -> Result<()> {
        let ty = self.ty();
        if let Some(assign) = ty.mp_ass_subscript() {
            let value = value.map_or(std::ptr::null_mut(), Object::as_ptr);
            // SAFETY: all are alive during the call.
            return status_from_raw(unsafe { assign(self.as_ptr(), key.as_ptr(), value) }).map(drop);
        }
        if !ty.raw.tp_as_sequence.get().is_null() {
            if key.ty().nb_index().is_some() {
                let index = key.to_isize_index(&crate::objects::exceptions::IndexError)?;
                return self.assign_index(index, value);
            }
            if ty.sq_ass_item().is_some() {
                return Err(raise!(TypeError, "sequence index must be integer, not '{}'", type_name(key)));
            }
        }
        let what = if value.is_some() { "assignment" } else { "deletion" };
        Err(raise!(TypeError, "'{}' object does not support item {what}", type_name(self)))
    }

    /// Sets or deletes `self[index]` by the sequence protocol.
    pub fn assign_index(&self, index: isize, value: Option<&Object>) -> Result<()> {
        let Some(assign) = self.ty().sq_ass_item() else {
            return Err(no_item_assignment(self, value.is_some()));
        };
        let index = self.adjusted(index)?;
        let value = value.map_or(std::ptr::null_mut(), Object::as_ptr);
        // SAFETY: all are alive during the call.
        status_from_raw(unsafe { assign(self.as_ptr(), index, value) }).map(drop)
    }

    /// `len(self)`.
    pub fn length(&self) -> Result<usize> {
        let ty = self.ty();
        let Some(length) = ty.sq_length().or_else(|| ty.mp_length()) else {
            return Err(raise!(TypeError, "object of type '{}' has no len()", type_name(self)));
        };
        crate::thread::Thread::current().check_recursion(" in len()")?;
        // SAFETY: the object is alive during the call.
        length_from_raw(unsafe { length(self.as_ptr()) })
    }

    /// `operator.length_hint(self, default)`: <https://peps.python.org/pep-0424/>.
    pub fn length_hint(&self, default: usize) -> Result<usize> {
        let type_error = &crate::objects::exceptions::TypeError;
        let ty = self.ty();
        if ty.sq_length().or_else(|| ty.mp_length()).is_some() {
            match self.length() {
                Err(raised) if raised.matches(type_error) => raised.clear(),
                known => return known,
            }
        }
        let hint = match self.call_special(intern!("__length_hint__"), &[]) {
            Ok(Some(hint)) => hint,
            Ok(None) => return Ok(default),
            Err(raised) if raised.matches(type_error) => {
                raised.clear();
                return Ok(default);
            }
            Err(raised) => return Err(raised),
        };
        if hint.is_same(&crate::objects::singletons::not_implemented()) {
            return Ok(default);
        }
        let Some(number) = hint.downcast::<Int>() else {
            return Err(raise!(TypeError, "__length_hint__ must be an integer, not {}", type_name(&hint)));
        };
        match number.to_isize() {
            Some(hint) if hint >= 0 => Ok(hint as usize),
            None => Err(raise!(OverflowError, "Python int too large to convert to C ssize_t")),
            Some(_) => Err(raise!(ValueError, "__length_hint__() should return >= 0")),
        }
    }

    /// `item in self`.
    pub fn contains(&self, item: &Object) -> Result<bool> {
        if let Some(contains) = self.ty().sq_contains() {
            // SAFETY: both are alive during the call.
            return status_from_raw(unsafe { contains(self.as_ptr(), item.as_ptr()) })
                .map(|found| found != 0);
        }
        self.contains_by_iteration(item)
    }

    /// `item in self`, by looking at one item after the other.
    pub fn contains_by_iteration(&self, item: &Object) -> Result<bool> {
        let iterator = match self.iter() {
            Ok(iterator) => iterator,
            Err(raised) if raised.matches(&crate::objects::exceptions::TypeError) => {
                raised.clear();
                return Err(raise!(
                    TypeError,
                    "argument of type '{}' is not a container or iterable",
                    type_name(self)
                ));
            }
            Err(raised) => return Err(raised),
        };
        while let Some(candidate) = iterator.iter_next()? {
            if candidate.rich_compare_bool(item, CompareOp::Eq)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Has it `sq_item` (and is no dict)? What C's `PySequence_Check` says.
    pub fn is_sequence(&self) -> bool {
        !self.ty().has_flag(abi::Py_TPFLAGS_DICT_SUBCLASS) && self.ty().sq_item().is_some()
    }

    /// Has it `mp_subscript`? What C's `PyMapping_Check` says.
    pub fn is_mapping(&self) -> bool {
        self.ty().mp_subscript().is_some()
    }
}

fn length_from_raw(length: isize) -> Result<usize> {
    usize::try_from(length).map_err(|_| Raised::assume_set())
}

#[cold]
fn no_item_assignment(object: &Object, assign: bool) -> Raised {
    let name = type_name(object);
    if assign {
        raise!(TypeError, "'{name}' object does not support item assignment")
    } else {
        raise!(TypeError, "'{name}' object doesn't support item deletion")
    }
}

/// `key`'s value where a missing key or index is no error.
pub fn get_item_opt(object: &Object, key: &Object) -> Result<Option<Ref>> {
    if let Some(dict) = object.downcast_exact::<crate::objects::dict::Dict>() {
        return dict.get(key);
    }
    match object.get_item(key) {
        Ok(value) => Ok(Some(value)),
        Err(raised) if raised.matches(&crate::objects::exceptions::KeyError) => {
            raised.clear();
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}
