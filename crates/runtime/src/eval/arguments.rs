//! Binding the arguments of a call to a function's parameters:
//! <https://docs.python.org/3.14/reference/expressions.html#calls>.

use std::ptr;

use bytecode::code::flags;

use crate::errors::{Raised, Result};
use crate::eval::call::Arguments;
use crate::eval::stackref::StackRef;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::protocol::compare::CompareOp;
use crate::raise;
use crate::reference::Ref;

/// Fills the parameters' slots; where a parameter gets nothing or too much, raises as CPython does.
///
/// # Safety
/// `slots` are the empty slots of a new frame of `function`.
#[inline]
pub unsafe fn bind(function: &Function, slots: *mut StackRef, arguments: &Arguments<'_>) -> Result<()> {
    let code = function.code();
    let positional = code.argcount();
    if arguments.names.is_none()
        && arguments.count == positional
        && code.kwonlyargcount() == 0
        && code.flags() & (flags::VARARGS | flags::VARKEYWORDS) == 0
    {
        for i in 0..positional {
            // SAFETY: parameters come first among the slots, which are empty.
            unsafe { ptr::write(slots.add(i), arguments.get(i)) };
        }
        return Ok(());
    }
    bind_general(function, code, slots, arguments)
}

#[inline(never)]
fn bind_general(
    function: &Function,
    code: &Code,
    slots: *mut StackRef,
    arguments: &Arguments<'_>,
) -> Result<()> {
    let (positional, keyword_only) = (code.argcount(), code.kwonlyargcount());
    let named = positional + keyword_only;
    // SAFETY: parameters come first among the slots.
    let slot = |index: usize| unsafe { &mut *slots.add(index) };

    let extra_keywords = (code.flags() & flags::VARKEYWORDS != 0).then(Dict::new);
    if let Some(extra) = &extra_keywords {
        let index = named + usize::from(code.flags() & flags::VARARGS != 0);
        *slot(index) = StackRef::new(extra.clone());
    }
    for i in 0..arguments.count.min(positional) {
        *slot(i) = arguments.get(i);
    }
    if code.flags() & flags::VARARGS != 0 {
        // SAFETY: arguments are not null.
        let rest = Tuple::build(arguments.count.saturating_sub(positional), |i| unsafe {
            arguments.get(positional + i).into_ref()
        });
        *slot(named) = StackRef::new(rest);
    }
    if let Some(names) = arguments.names {
        for (i, name) in names.as_slice().iter().enumerate() {
            let value = arguments.get(arguments.count + i);
            let Some(keyword) = name.downcast::<Str>() else {
                return Err(raise!(TypeError, "{}() keywords must be strings", function.qualname()));
            };
            match find_parameter(code, keyword, named)? {
                Some(index) => {
                    if !slot(index).is_null() {
                        return Err(raise!(
                            TypeError,
                            "{}() got multiple values for argument '{keyword}'",
                            function.qualname()
                        ));
                    }
                    *slot(index) = value;
                }
                None => match &extra_keywords {
                    // SAFETY: arguments are not null.
                    Some(extra) => extra.insert(name, unsafe { value.object() })?,
                    None => return Err(unexpected_keyword(function, code, names, keyword)),
                },
            }
        }
    }
    if arguments.count > positional && code.flags() & flags::VARARGS == 0 {
        return Err(too_many_positional(function, code, arguments.count, slots));
    }
    let defaults = function.defaults_tuple();
    let default_count = defaults.as_ref().map_or(0, |defaults| defaults.len());
    if arguments.count < positional {
        let required = positional.saturating_sub(default_count);
        let missing: Vec<usize> = (arguments.count..required).filter(|&i| slot(i).is_null()).collect();
        if !missing.is_empty() {
            return Err(missing_arguments(function, code, &missing, "positional"));
        }
        if let Some(defaults) = &defaults {
            for (i, default) in defaults.as_slice().iter().enumerate() {
                let Some(index) = (positional + i).checked_sub(default_count) else { continue };
                if slot(index).is_null() {
                    *slot(index) = StackRef::new(default.clone());
                }
            }
        }
    }
    if keyword_only > 0 {
        let defaults = function.kwdefaults_dict();
        let mut missing = Vec::new();
        for i in positional..named {
            if !slot(i).is_null() {
                continue;
            }
            let default = match &defaults {
                Some(defaults) => defaults.get_str(&code.local_name(i))?,
                None => None,
            };
            match default {
                Some(default) => *slot(i) = StackRef::new(default),
                None => missing.push(i),
            }
        }
        if !missing.is_empty() {
            return Err(missing_arguments(function, code, &missing, "keyword-only"));
        }
    }
    Ok(())
}

/// The parameter with this name that may be given by name.
fn find_parameter(code: &Code, keyword: &Str, named: usize) -> Result<Option<usize>> {
    let names = code.local_names();
    let candidates = code.posonlyargcount()..named;
    for i in candidates.clone() {
        if names.as_slice()[i].is_same(keyword) {
            return Ok(Some(i));
        }
    }
    for i in candidates {
        if keyword.rich_compare_bool(&names.as_slice()[i], CompareOp::Eq)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

#[cold]
fn unexpected_keyword(function: &Function, code: &Code, names: &Tuple, keyword: &Str) -> Raised {
    let name = function.qualname();
    let only: Vec<String> = (0..code.posonlyargcount())
        .map(|i| code.local_name(i).to_string())
        .filter(|parameter| {
            names
                .as_slice()
                .iter()
                .any(|name| name.downcast::<Str>().is_some_and(|name| name.eq_str(parameter)))
        })
        .collect();
    if !only.is_empty() {
        return raise!(
            TypeError,
            "{name}() got some positional-only arguments passed as keyword arguments: '{}'",
            only.join(", ")
        );
    }
    let parameters: Vec<Ref> = (code.posonlyargcount()..code.argcount() + code.kwonlyargcount())
        .map(|i| code.local_name(i).into_object())
        .collect();
    match suggest(keyword, &parameters) {
        Some(suggestion) => raise!(
            TypeError,
            "{name}() got an unexpected keyword argument '{keyword}'. Did you mean '{suggestion}'?"
        ),
        None => raise!(TypeError, "{name}() got an unexpected keyword argument '{keyword}'"),
    }
}

fn suggest(keyword: &Str, parameters: &[Ref]) -> Option<String> {
    let names: Vec<String> =
        parameters.iter().filter_map(|name| name.downcast::<Str>()).map(|name| name.to_string()).collect();
    crate::native::suggestions::nearest(&keyword.to_string(), names.iter().map(String::as_str))
        .map(str::to_owned)
}

#[cold]
fn too_many_positional(function: &Function, code: &Code, given: usize, slots: *mut StackRef) -> Raised {
    let positional = code.argcount();
    let keyword_given = (positional..positional + code.kwonlyargcount())
        // SAFETY: parameters come first among the slots.
        .filter(|&i| unsafe { !(*slots.add(i)).is_null() })
        .count();
    let defaults = function.defaults_tuple().map_or(0, |defaults| defaults.len());
    let (plural, takes) = if defaults > 0 {
        (true, format!("from {} to {positional}", positional.saturating_sub(defaults)))
    } else {
        (positional != 1, positional.to_string())
    };
    let also = if keyword_given > 0 {
        let s = |count: usize| if count == 1 { "" } else { "s" };
        format!(
            " positional argument{} (and {keyword_given} keyword-only argument{})",
            s(given),
            s(keyword_given)
        )
    } else {
        String::new()
    };
    raise!(
        TypeError,
        "{}() takes {takes} positional argument{} but {given}{also} {} given",
        function.qualname(),
        if plural { "s" } else { "" },
        if given == 1 && keyword_given == 0 { "was" } else { "were" }
    )
}

#[cold]
fn missing_arguments(function: &Function, code: &Code, missing: &[usize], kind: &str) -> Raised {
    let names: Vec<String> = missing.iter().map(|&i| format!("'{}'", code.local_name(i))).collect();
    let list = match names.as_slice() {
        [only] => only.clone(),
        [first, second] => format!("{first} and {second}"),
        [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
        [] => String::new(),
    };
    raise!(
        TypeError,
        "{}() missing {} required {kind} argument{}: {list}",
        function.qualname(),
        names.len(),
        if names.len() == 1 { "" } else { "s" }
    )
}
