//! What `match` statements ask of classes and mappings: <https://peps.python.org/pep-0634/>.

use crate::errors::Result;
use crate::object::{NativeType, Object};
use crate::objects::set::Set;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::Type;
use crate::reference::Ref;
use crate::{intern, raise};

/// The values of all keys, or `None` if one is missing.
pub fn match_keys(subject: &Object, keys: &Tuple) -> Result<Option<Ref<Tuple>>> {
    let seen = Set::new();
    let missing = crate::objects::object::BaseObject::type_object().call(&[])?;
    let get = subject.get_attr(intern!("get"))?;
    let mut values = Vec::with_capacity(keys.len());
    for key in keys.as_slice() {
        if seen.contains_item(key)? {
            return Err(raise!(ValueError, "mapping pattern checks duplicate key ({})", key.repr()?));
        }
        seen.add(key)?;
        let value = get.call(&[key, &missing])?;
        if value.is_same(&missing) {
            return Ok(None);
        }
        values.push(value);
    }
    Ok(Some(Tuple::from_vec(values)))
}

/// The values of the attributes that a class pattern names, or `None` if the subject does not match.
pub fn match_class(
    subject: &Object,
    class: &Object,
    positional: usize,
    names: &Tuple,
) -> Result<Option<Ref<Tuple>>> {
    let Some(ty) = class.downcast::<Type>() else {
        return Err(raise!(TypeError, "called match pattern must be a class"));
    };
    if !subject.is_instance(class)? {
        return Ok(None);
    }
    let mut values = Vec::new();
    let seen = Set::new();
    let mut take = |name: &Ref| -> Result<bool> {
        let Some(text) = name.downcast::<Str>() else {
            return Err(raise!(
                TypeError,
                "__match_args__ elements must be strings (got {})",
                name.ty().name()
            ));
        };
        if seen.contains_item(name)? {
            return Err(raise!(
                TypeError,
                "{}() got multiple sub-patterns for attribute {}",
                ty.name(),
                name.repr()?
            ));
        }
        seen.add(name)?;
        match subject.get_attr_opt(text)? {
            Some(value) => values.push(value),
            None => return Ok(false),
        }
        Ok(true)
    };
    let mut whole = None;
    if positional > 0 {
        let args = class.get_attr_opt(intern!("__match_args__"))?;
        let (args, match_self) = match args {
            None => (Tuple::empty(), ty.has_flag(abi::_Py_TPFLAGS_MATCH_SELF)),
            Some(args) => match args.cast_exact::<Tuple>() {
                Ok(args) => (args, false),
                Err(other) => {
                    return Err(raise!(
                        TypeError,
                        "{}.__match_args__ must be a tuple (got {})",
                        ty.name(),
                        other.ty().name()
                    ));
                }
            },
        };
        let allowed = if match_self { 1 } else { args.len() };
        if allowed < positional {
            let plural = if allowed == 1 { "" } else { "s" };
            return Err(raise!(
                TypeError,
                "{}() accepts {allowed} positional sub-pattern{plural} ({positional} given)",
                ty.name()
            ));
        }
        if match_self {
            whole = Some(subject.to_ref());
        } else {
            for name in &args.as_slice()[..positional] {
                if !take(name)? {
                    return Ok(None);
                }
            }
        }
    }
    for name in names.as_slice() {
        if !take(name)? {
            return Ok(None);
        }
    }
    Ok(Some(Tuple::from_vec(whole.into_iter().chain(values).collect())))
}
