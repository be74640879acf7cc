//! `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`, `Generic`: what PEP 695 syntax makes.

use crate::errors::Result;
use crate::object::Object;

pub fn make_typevar(
    _name: &Object,
    _evaluate_bound: Option<&Object>,
    _evaluate_constraints: Option<&Object>,
) -> Result {
    todo!()
}
pub fn make_paramspec(_name: &Object) -> Result {
    todo!()
}
pub fn make_typevartuple(_name: &Object) -> Result {
    todo!()
}
/// `Generic[parameters]`.
pub fn subscript_generic(_parameters: &Object) -> Result {
    todo!()
}
/// From the tuple (name, type parameters, evaluator).
pub fn make_typealias(_parts: &Object) -> Result {
    todo!()
}
/// Sets the function that evaluates a type parameter's default.
pub fn set_default(_parameter: &Object, _evaluate: &Object) -> Result<()> {
    todo!()
}
