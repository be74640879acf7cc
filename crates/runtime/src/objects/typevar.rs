//! What PEP 695 syntax makes (`TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`): not there yet, and saying so.

use crate::errors::{Raised, Result};
use crate::object::Object;
use crate::raise;

#[cold]
fn missing(what: &str) -> Raised {
    raise!(NotImplementedError, "{what} is not implemented in Taipan yet")
}

pub fn make_typevar(
    _name: &Object,
    _evaluate_bound: Option<&Object>,
    _evaluate_constraints: Option<&Object>,
) -> Result {
    Err(missing("typing.TypeVar"))
}

pub fn make_paramspec(_name: &Object) -> Result {
    Err(missing("typing.ParamSpec"))
}

pub fn make_typevartuple(_name: &Object) -> Result {
    Err(missing("typing.TypeVarTuple"))
}

/// `Generic[parameters]`.
pub fn subscript_generic(_parameters: &Object) -> Result {
    Err(missing("typing.Generic"))
}

/// From the tuple (name, type parameters, evaluator).
pub fn make_typealias(_parts: &Object) -> Result {
    Err(missing("typing.TypeAliasType"))
}

/// Sets the function that evaluates a type parameter's default.
pub fn set_default(_parameter: &Object, _evaluate: &Object) -> Result<()> {
    Err(missing("a type parameter's default"))
}
