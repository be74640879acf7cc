//! `__build_class__`: what the class statement calls.

use crate::objects::cell::Cell;
use crate::objects::function::Function;
use crate::objects::r#type::Type;
use crate::prelude::*;

/// The bases with those replaced that are no classes but say by `__mro_entries__` what they stand for (PEP 560).
fn resolve_bases(given: &[&Object]) -> Result<(Ref<Tuple>, bool)> {
    let original = Tuple::from_vec(given.iter().map(|base| base.to_ref()).collect());
    let mut bases: Vec<Ref> = Vec::with_capacity(given.len());
    let mut changed = false;
    for base in given {
        if base.downcast::<Type>().is_some() {
            bases.push(base.to_ref());
            continue;
        }
        let Some(entries) = base.get_attr_opt(intern!("__mro_entries__"))? else {
            bases.push(base.to_ref());
            continue;
        };
        let entries = entries.call(&[&original])?;
        let Some(entries) = entries.downcast::<Tuple>() else {
            return Err(raise!(TypeError, "__mro_entries__ must return a tuple"));
        };
        bases.extend_from_slice(entries.as_slice());
        changed = true;
    }
    if changed { Ok((Tuple::from_vec(bases), true)) } else { Ok((original, false)) }
}

/// __build_class__(func, name, /, *bases, [metaclass], **kwds) -> class
///
/// What a class statement calls.
#[function(name = "__build_class__", signature = "(*args, **kwds)", hidden_signature)]
pub(super) fn build_class(args: &[&Object], kwds: KwArgs<'_>) -> Result {
    let [function, name, given_bases @ ..] = args else {
        return Err(raise!(TypeError, "__build_class__: not enough arguments"));
    };
    let Some(function) = function.downcast_exact::<Function>() else {
        return Err(raise!(TypeError, "__build_class__: func must be a function"));
    };
    if name.downcast::<Str>().is_none() {
        return Err(raise!(TypeError, "__build_class__: name is not a string"));
    }
    let (bases, changed) = resolve_bases(given_bases)?;
    let keywords = kwds.to_dict()?;
    let mut metaclass = match keywords.remove(intern!("metaclass"))? {
        Some(metaclass) => metaclass,
        None => match bases.as_slice().first() {
            Some(base) => base.ty().to_ref(),
            None => Type::type_object().to_ref(),
        },
    };
    let is_class = metaclass.downcast::<Type>().is_some();
    if let Some(class) = metaclass.downcast::<Type>() {
        let winner = crate::objects::r#type::calculate_metaclass(class, &bases)?;
        metaclass = winner.into_object();
    }
    let keywords_or_none = (!keywords.is_empty()).then_some(&*keywords);
    let namespace = match metaclass.get_attr_opt(intern!("__prepare__"))? {
        Some(prepare) => {
            let arguments = Tuple::pack([name.to_ref(), bases.clone().into_object()]);
            prepare.call_dict(&arguments, keywords_or_none)?
        }
        None => Dict::new().into_object(),
    };
    if !namespace.is_mapping() {
        let owner = match metaclass.downcast::<Type>() {
            Some(class) if is_class => class.full_name().to_owned(),
            _ => "<metaclass>".to_owned(),
        };
        let given = namespace.ty().full_name();
        return Err(raise!(TypeError, "{owner}.__prepare__() must return a mapping, not {given}"));
    }
    let cell = crate::eval::call::run_function(
        Thread::current(),
        Ref::from_borrowed(function),
        Some(namespace.clone()),
        &[],
        None,
    )?;
    if changed {
        let original = Tuple::from_vec(given_bases.iter().map(|base| base.to_ref()).collect());
        namespace.set_item(intern!("__orig_bases__"), &original)?;
    }
    let arguments = Tuple::pack([name.to_ref(), bases.into_object(), namespace]);
    let class = metaclass.call_dict(&arguments, keywords_or_none)?;
    if class.downcast::<Type>().is_some()
        && let Some(cell) = cell.downcast_exact::<Cell>()
    {
        match cell.contents() {
            None => {
                let (name, class) = (name.repr()?, class.repr()?);
                return Err(raise!(
                    RuntimeError,
                    "__class__ not set defining {name} as {class}. Was __classcell__ propagated to type.__new__?"
                ));
            }
            Some(contents) if !contents.is_same(&class) => {
                let (set, name, class) = (contents.repr()?, name.repr()?, class.repr()?);
                return Err(raise!(TypeError, "__class__ set to {set} defining {name} as {class}"));
            }
            Some(_) => {}
        }
    }
    Ok(class)
}
