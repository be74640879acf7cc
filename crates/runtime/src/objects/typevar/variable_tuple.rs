//! `typing.TypeVarTuple`: a variable for any number of types.

use super::lazy::Lazy;
use super::variable::has_default;
use super::{call_typing, cannot_subclass, iterate_unpacked, no_default, set_module};
use crate::prelude::*;

/// Type variable tuple: a type variable for any number of types.
///
/// The way to make one is the syntax for type parameters:
///
///     def rotate[T, *Ts](items: tuple[T, *Ts]) -> tuple[*Ts, T]: ...
#[class(name = "typing.TypeVarTuple", flags(GC))]
#[repr(C)]
pub struct TypeVarTuple {
    head: Object,
    #[member(readonly, name = "__name__")]
    name: Link<Str>,
    default: Lazy,
    #[dict]
    dict: Link<Dict>,
    #[weaklist]
    weakrefs: WeakList,
}

impl TypeVarTuple {
    fn make(name: Ref<Str>, default: Option<Ref>) -> Ref<TypeVarTuple> {
        Ref::new(TypeVarTuple {
            head: Object::HEAD,
            name: Link::new(name),
            default: Lazy::of_value(default),
            dict: Link::null(),
            weakrefs: WeakList::new(),
        })
    }

    pub(super) fn from_syntax(name: Ref<Str>) -> Ref<TypeVarTuple> {
        TypeVarTuple::make(name, None)
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
impl TypeVarTuple {
    #[constant]
    #[allow(non_upper_case_globals)]
    const __module__: &'static str = "typing";

    #[new(name = "typevartuple", signature = "(name, *, default=NoDefault)", hidden_signature)]
    fn tp_new(_class: &Type, name: Ref<Str>, default: Option<&Object>) -> Result<Ref<Self>> {
        let tuple = TypeVarTuple::make(name, Some(default.map_or_else(no_default, Object::to_ref)));
        set_module(&tuple)?;
        Ok(tuple)
    }

    #[slot]
    fn tp_repr(&self) -> Ref<Str> {
        self.name()
    }

    #[slot]
    fn tp_iter(&self) -> Result {
        iterate_unpacked(self)
    }

    /// The default value for this TypeVarTuple.
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

    /// A tuple of types can't stand where one type does.
    #[method(name = "__typing_subst__", signature = "($self, arg, /)")]
    fn typing_subst(&self, _arg: &Object) -> Result {
        Err(raise!(TypeError, "Substitution of bare TypeVarTuple is not supported"))
    }

    /// The arguments as they are to be put in the parameters' places.
    #[method(name = "__typing_prepare_subst__", signature = "($self, alias, args, /)")]
    fn typing_prepare_subst(&self, alias: &Object, args: &Object) -> Result {
        call_typing(intern!("_typevartuple_prepare_subst"), &[self, alias, args])
    }

    /// It is pickled by its name.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Ref<Str> {
        self.name()
    }

    // It is no base of a class.
    #[method(name = "__mro_entries__", signature = "($self, object, /)")]
    fn mro_entries(&self, _bases: &Object) -> Result {
        Err(cannot_subclass("TypeVarTuple"))
    }
}
