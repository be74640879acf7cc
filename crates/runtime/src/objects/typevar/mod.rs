//! What PEP 695 syntax and `typing` make: `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`, `Generic`, `NoDefault`.
//! One file a type; here, what they share and what the interpreter's intrinsics call. What is only Python's affair is
//! done by `typing.py`, which is imported when needed.

mod alias;
mod evaluator;
mod generic;
mod lazy;
mod no_default;
mod paramspec;
mod paramspec_parts;
mod variable;
mod variable_tuple;

pub use alias::{TYPE_ALIAS_TYPE_TYPE, TypeAliasType};
pub use evaluator::{CONST_EVALUATOR_TYPE, ConstEvaluator};
pub use generic::{GENERIC_TYPE, Generic};
pub use no_default::{NO_DEFAULT_TYPE_TYPE, NoDefaultType, no_default};
pub use paramspec::{PARAM_SPEC_TYPE, ParamSpec};
pub use paramspec_parts::{PARAM_SPEC_ARGS_TYPE, PARAM_SPEC_KWARGS_TYPE, ParamSpecArgs, ParamSpecKwargs};
pub use variable::{TYPE_VAR_TYPE, TypeVar};
pub use variable_tuple::{TYPE_VAR_TUPLE_TYPE, TypeVarTuple};

use crate::prelude::*;

/// Calls a function of `typing`.
fn call_typing(function: &Str, arguments: &[&Object]) -> Result {
    crate::import::import_module("typing")?.get_attr(function)?.call(arguments)
}

/// `typing.Unpack[object]`: what `*object` stands for.
fn unpack(object: &Object) -> Result {
    crate::import::import_module("typing")?.get_attr(intern!("Unpack"))?.get_item(object)
}

/// The only item of an iterable that gives `Unpack[object]`.
fn iterate_unpacked(object: &Object) -> Result {
    Tuple::pack([unpack(object)?]).iter()
}

/// The parameters with each `TypeVarTuple` unpacked.
fn unpack_tuples(parameters: &Tuple) -> Result<Ref<Tuple>> {
    let mut items = Vec::with_capacity(parameters.len());
    for parameter in parameters.as_slice() {
        items.push(match parameter.is::<TypeVarTuple>() {
            true => unpack(parameter)?,
            false => parameter.clone(),
        });
    }
    Ok(Tuple::from_vec(items))
}

/// What must be a type; strings become forward references.
fn check_type(object: &Object, message: &str) -> Result {
    if object.is_none() {
        return Ok(object.ty().to_ref());
    }
    call_typing(intern!("_type_check"), &[object, &Str::new(message)])
}

/// The `__module__` of the function that runs: who makes a type parameter.
fn caller() -> Result {
    match Thread::current().frames().current() {
        Some(frame) => Ok(frame.func().module.get().unwrap_or_else(none)),
        None => Ok(none()),
    }
}

/// Notes on a parameter that a call made in which module it was made.
fn set_module(parameter: &Object) -> Result<()> {
    let module = caller()?;
    parameter.set_attr(intern!("__module__"), &module)
}

/// How a parameter is written: with its variance, if that isn't inferred.
fn with_variance(name: &Str, covariant: bool, contravariant: bool, inferred: bool) -> String {
    let mark = match (inferred, covariant, contravariant) {
        (true, ..) => "",
        (false, true, _) => "+",
        (false, false, true) => "-",
        (false, false, false) => "~",
    };
    format!("{mark}{name}")
}

/// Refuses variances that contradict each other.
fn check_variance(covariant: bool, contravariant: bool, inferred: bool) -> Result<()> {
    if covariant && contravariant {
        return Err(raise!(ValueError, "Bivariant types are not supported."));
    }
    if inferred && (covariant || contravariant) {
        return Err(raise!(ValueError, "Variance cannot be specified with infer_variance."));
    }
    Ok(())
}

fn cannot_subclass(what: &str) -> Raised {
    raise!(TypeError, "Cannot subclass an instance of {what}")
}

/// `left | right`, of which one is a type parameter.
fn make_union(left: &Object, right: &Object) -> Result {
    crate::objects::union::from_members(&[left.to_ref(), right.to_ref()])
}

fn name_of(name: &Object) -> Result<Ref<Str>> {
    match name.downcast::<Str>() {
        Some(name) => Ok(Ref::from_borrowed(name)),
        None => Err(raise!(SystemError, "the name of a type parameter is no string")),
    }
}

/// A type parameter's default, evaluated; `NoDefault` if it has none.
fn default_of(parameter: &Object) -> Result {
    if let Some(variable) = parameter.downcast_exact::<TypeVar>() {
        return variable.default_value();
    }
    if let Some(spec) = parameter.downcast_exact::<ParamSpec>() {
        return spec.default_value();
    }
    if let Some(tuple) = parameter.downcast_exact::<TypeVarTuple>() {
        return tuple.default_value();
    }
    Err(raise!(TypeError, "Expected a type param, got {}", parameter.repr()?))
}

/// The `TypeVar` of `[T]`, `[T: bound]` or `[T: (constraint, …)]`.
pub fn make_typevar(
    name: &Object,
    evaluate_bound: Option<&Object>,
    evaluate_constraints: Option<&Object>,
) -> Result {
    Ok(TypeVar::from_syntax(name_of(name)?, evaluate_bound, evaluate_constraints).into_object())
}

/// The `ParamSpec` of `[**P]`.
pub fn make_paramspec(name: &Object) -> Result {
    Ok(ParamSpec::from_syntax(name_of(name)?).into_object())
}

/// The `TypeVarTuple` of `[*Ts]`.
pub fn make_typevartuple(name: &Object) -> Result {
    Ok(TypeVarTuple::from_syntax(name_of(name)?).into_object())
}

/// `Generic[parameters]`, as a class with type parameters has it as its base.
pub fn subscript_generic(parameters: &Object) -> Result {
    let Some(parameters) = parameters.downcast::<Tuple>() else {
        return Err(raise!(SystemError, "type parameters are no tuple"));
    };
    let parameters = unpack_tuples(parameters)?;
    call_typing(intern!("_GenericAlias"), &[Generic::type_object(), &parameters])
}

/// The alias of a `type` statement, from the tuple (name, type parameters, evaluator).
pub fn make_typealias(parts: &Object) -> Result {
    match parts.downcast::<Tuple>().map(Tuple::as_slice) {
        Some([name, parameters, evaluate]) => {
            Ok(TypeAliasType::from_syntax(name_of(name)?, parameters, evaluate)?.into_object())
        }
        _ => Err(raise!(SystemError, "TYPEALIAS of something else than three parts")),
    }
}

/// Sets the function that evaluates a type parameter's default.
pub fn set_default(parameter: &Object, evaluate: &Object) -> Result<()> {
    let default = if let Some(variable) = parameter.downcast_exact::<TypeVar>() {
        variable.default()
    } else if let Some(spec) = parameter.downcast_exact::<ParamSpec>() {
        spec.default()
    } else if let Some(tuple) = parameter.downcast_exact::<TypeVarTuple>() {
        tuple.default()
    } else {
        return Err(raise!(TypeError, "Expected a type param, got {}", parameter.repr()?));
    };
    default.set_evaluator(evaluate);
    Ok(())
}
