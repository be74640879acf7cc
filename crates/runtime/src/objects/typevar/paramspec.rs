//! `typing.ParamSpec`: a variable for the parameters of a callable.

use std::cell::Cell;

use super::lazy::Lazy;
use super::paramspec_parts::{ParamSpecArgs, ParamSpecKwargs};
use super::variable::has_default;
use super::{
    call_typing, cannot_subclass, check_variance, make_union, no_default, set_module, with_variance,
};
use crate::prelude::*;

/// Parameter specification variable.
///
/// The way to make one is the syntax for type parameters:
///
///     type IntFunc[**P] = Callable[P, int]
///
/// `P.args` and `P.kwargs` annotate `*args` and `**kwargs`.
#[class(name = "typing.ParamSpec", flags(GC))]
#[repr(C)]
pub struct ParamSpec {
    head: Object,
    #[member(readonly, name = "__name__")]
    name: Link<Str>,
    #[member(readonly, name = "__bound__")]
    bound: Link,
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

impl ParamSpec {
    fn make(name: Ref<Str>, bound: Ref, default: Option<Ref>, variance: [bool; 3]) -> Ref<ParamSpec> {
        let [covariant, contravariant, infer_variance] = variance.map(Cell::new);
        Ref::new(ParamSpec {
            head: Object::HEAD,
            name: Link::new(name),
            bound: Link::new(bound),
            default: Lazy::of_value(default),
            covariant,
            contravariant,
            infer_variance,
            dict: Link::null(),
            weakrefs: WeakList::new(),
        })
    }

    pub(super) fn from_syntax(name: Ref<Str>) -> Ref<ParamSpec> {
        ParamSpec::make(name, none(), None, [false, false, true])
    }

    pub(super) fn default(&self) -> &Lazy {
        &self.default
    }

    /// The default, or `NoDefault`.
    pub(super) fn default_value(&self) -> Result {
        Ok(self.default.value()?.unwrap_or_else(no_default))
    }

    pub(super) fn name(&self) -> Ref<Str> {
        self.name.get().unwrap_or_else(Str::empty)
    }
}

#[methods]
impl ParamSpec {
    #[constant]
    #[allow(non_upper_case_globals)]
    const __module__: &'static str = "typing";

    #[new(
        name = "paramspec",
        signature = "(name, *, bound=None, default=NoDefault, covariant=False, contravariant=False, \
                     infer_variance=False)",
        hidden_signature
    )]
    fn tp_new(
        _class: &Type,
        name: Ref<Str>,
        bound: Option<&Object>,
        default: Option<&Object>,
        covariant: bool,
        contravariant: bool,
        infer_variance: bool,
    ) -> Result<Ref<Self>> {
        check_variance(covariant, contravariant, infer_variance)?;
        let bound = bound.map_or_else(none, Object::to_ref);
        let default = default.map_or_else(no_default, Object::to_ref);
        let spec = ParamSpec::make(name, bound, Some(default), [covariant, contravariant, infer_variance]);
        set_module(&spec)?;
        Ok(spec)
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

    /// Represents positional arguments.
    #[getter(name = "args")]
    fn get_args(&self) -> Ref<ParamSpecArgs> {
        ParamSpecArgs::of(self)
    }

    /// Represents keyword arguments.
    #[getter(name = "kwargs")]
    fn get_kwargs(&self) -> Ref<ParamSpecKwargs> {
        ParamSpecKwargs::of(self)
    }

    /// The default value for this ParamSpec.
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
        call_typing(intern!("_paramspec_subst"), &[self, arg])
    }

    /// The arguments as they are to be put in the parameters' places.
    #[method(name = "__typing_prepare_subst__", signature = "($self, alias, args, /)")]
    fn typing_prepare_subst(&self, alias: &Object, args: &Object) -> Result {
        call_typing(intern!("_paramspec_prepare_subst"), &[self, alias, args])
    }

    /// It is pickled by its name.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Ref<Str> {
        self.name()
    }

    // It is no base of a class.
    #[method(name = "__mro_entries__", signature = "($self, object, /)")]
    fn mro_entries(&self, _bases: &Object) -> Result {
        Err(cannot_subclass("ParamSpec"))
    }
}
