//! `typing.TypeVar`: a type variable, with its bound or constraints, variance and default.

use std::cell::Cell;

use super::lazy::Lazy;
use super::{
    call_typing, cannot_subclass, check_type, check_variance, make_union, no_default, set_module,
    with_variance,
};
use crate::prelude::*;

/// Type variable.
///
/// The way to make one is the syntax for type parameters:
///
///     class Sequence[T]: ...
///
/// One can also be made by a call:
///
///     T = TypeVar('T')              # anything
///     S = TypeVar('S', bound=str)   # str or a subtype
///     A = TypeVar('A', str, bytes)  # exactly str or bytes
#[class(name = "typing.TypeVar", flags(GC))]
#[repr(C)]
pub struct TypeVar {
    head: Object,
    #[member(readonly, name = "__name__")]
    name: Link<Str>,
    bound: Lazy,
    constraints: Lazy,
    default: Lazy,
    #[gc(skip)]
    #[member(readonly, name = "__covariant__")]
    covariant: Cell<bool>,
    #[gc(skip)]
    #[member(readonly, name = "__contravariant__")]
    contravariant: Cell<bool>,
    #[gc(skip)]
    #[member(readonly, name = "__infer_variance__")]
    infer_variance: Cell<bool>,
    #[dict]
    dict: Link<Dict>,
    #[weaklist]
    weakrefs: WeakList,
}

impl TypeVar {
    fn make(
        name: Ref<Str>,
        bound: Lazy,
        constraints: Lazy,
        default: Lazy,
        variance: [bool; 3],
    ) -> Ref<TypeVar> {
        let [covariant, contravariant, infer_variance] = variance.map(Cell::new);
        Ref::new(TypeVar {
            head: Object::HEAD,
            name: Link::new(name),
            bound,
            constraints,
            default,
            covariant,
            contravariant,
            infer_variance,
            dict: Link::null(),
            weakrefs: WeakList::new(),
        })
    }

    pub(super) fn from_syntax(
        name: Ref<Str>,
        evaluate_bound: Option<&Object>,
        evaluate_constraints: Option<&Object>,
    ) -> Ref<TypeVar> {
        TypeVar::make(
            name,
            Lazy::of_evaluator(evaluate_bound),
            Lazy::of_evaluator(evaluate_constraints),
            Lazy::of_value(None),
            [false, false, true],
        )
    }

    pub(super) fn default(&self) -> &Lazy {
        &self.default
    }

    /// The default, or `NoDefault`.
    pub(super) fn default_value(&self) -> Result {
        Ok(self.default.value()?.unwrap_or_else(no_default))
    }

    fn name(&self) -> Ref<Str> {
        self.name.get().unwrap_or_else(Str::empty)
    }
}

#[methods]
impl TypeVar {
    #[constant]
    #[allow(non_upper_case_globals)]
    const __module__: &'static str = "typing";

    #[new(
        name = "typevar",
        signature = "(name, *constraints, bound=None, default=NoDefault, covariant=False, contravariant=False, \
                     infer_variance=False)",
        hidden_signature
    )]
    fn tp_new(
        _class: &Type,
        name: Ref<Str>,
        constraints: &[&Object],
        bound: Option<&Object>,
        default: Option<&Object>,
        covariant: bool,
        contravariant: bool,
        infer_variance: bool,
    ) -> Result<Ref<Self>> {
        check_variance(covariant, contravariant, infer_variance)?;
        let bound = match bound.filter(|bound| !bound.is_none()) {
            Some(bound) => Some(check_type(bound, "Bound must be a type.")?),
            None => None,
        };
        let constraints = match constraints {
            [] => None,
            [_] => return Err(raise!(TypeError, "A single constraint is not allowed")),
            _ if bound.is_some() => {
                return Err(raise!(TypeError, "Constraints cannot be combined with bound=..."));
            }
            constraints => {
                let constraints = constraints.iter().map(|constraint| constraint.to_ref()).collect();
                Some(Tuple::from_vec(constraints).into_object())
            }
        };
        let variable = TypeVar::make(
            name,
            Lazy::of_value(bound),
            Lazy::of_value(constraints),
            Lazy::of_value(Some(default.map_or_else(no_default, Object::to_ref))),
            [covariant, contravariant, infer_variance],
        );
        set_module(&variable)?;
        Ok(variable)
    }

    #[slot]
    fn tp_repr(&self) -> String {
        let (covariant, contravariant) = (self.covariant.get(), self.contravariant.get());
        with_variance(&self.name(), covariant, contravariant, self.infer_variance.get())
    }

    #[slot]
    fn nb_or(left: &Object, right: &Object) -> Result {
        make_union(left, right)
    }

    #[getter(name = "__bound__")]
    fn get_bound(&self) -> Result {
        Ok(self.bound.value()?.unwrap_or_else(none))
    }

    #[getter(name = "evaluate_bound")]
    fn get_evaluate_bound(&self) -> Ref {
        self.bound.evaluator()
    }

    #[getter(name = "__constraints__")]
    fn get_constraints(&self) -> Result {
        Ok(self.constraints.value()?.unwrap_or_else(|| Tuple::empty().into_object()))
    }

    #[getter(name = "evaluate_constraints")]
    fn get_evaluate_constraints(&self) -> Ref {
        self.constraints.evaluator()
    }

    #[getter(name = "__default__")]
    fn get_default(&self) -> Result {
        self.default_value()
    }

    #[getter(name = "evaluate_default")]
    fn get_evaluate_default(&self) -> Ref {
        self.default.evaluator()
    }

    /// Has it a default?
    #[method(signature = "($self, /)")]
    fn has_default(&self) -> bool {
        has_default(&self.default)
    }

    /// What stands for the variable if `arg` is given for it.
    #[method(name = "__typing_subst__", signature = "($self, arg, /)")]
    fn typing_subst(&self, arg: &Object) -> Result {
        call_typing(intern!("_typevar_subst"), &[self, arg])
    }

    /// The arguments with the default added, if it is needed.
    #[method(name = "__typing_prepare_subst__", signature = "($self, alias, args, /)")]
    fn typing_prepare_subst(&self, alias: &Object, args: &Object) -> Result {
        let parameters = alias.get_attr(intern!("__parameters__"))?.collect()?;
        let length = args.length()?;
        let Some(index) = parameters.iter().position(|parameter| parameter.is_same(self)) else {
            return Err(raise!(ValueError, "sequence.index(x): x not in sequence"));
        };
        if index < length {
            return Ok(args.to_ref());
        }
        if index == length {
            let default = self.default_value()?;
            if !default.is_same(&no_default()) {
                return crate::protocol::number::add(args, &Tuple::pack([default]));
            }
        }
        Err(raise!(
            TypeError,
            "Too few arguments for {}; actual {length}, expected at least {}",
            alias.str_()?,
            index + 1
        ))
    }

    /// It is pickled by its name.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Ref<Str> {
        self.name()
    }

    // It is no base of a class.
    #[method(name = "__mro_entries__", signature = "($self, object, /)")]
    fn mro_entries(&self, _bases: &Object) -> Result {
        Err(cannot_subclass("TypeVar"))
    }
}

/// Has a parameter a default, evaluated or not?
pub(super) fn has_default(default: &Lazy) -> bool {
    default.has_evaluator() || default.known().is_some_and(|value| !value.is_same(&no_default()))
}
