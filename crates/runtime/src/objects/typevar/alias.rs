//! `typing.TypeAliasType`: what a `type` statement makes.

use super::lazy::Lazy;
use super::{caller, default_of, iterate_unpacked, no_default, unpack_tuples};
use crate::objects::function::Function;
use crate::objects::generic_alias::GenericAlias;
use crate::prelude::*;

/// Type alias.
///
/// The `type` statement makes one:
///
///     type ListOrSet[T] = list[T] | set[T]
///
/// Its value is evaluated when `__value__` is first read.
#[class(name = "typing.TypeAliasType", flags(GC))]
#[repr(C)]
pub struct TypeAliasType {
    head: Object,
    #[member(readonly, name = "__name__")]
    name: Link<Str>,
    /// Null if there are none.
    type_params: Link<Tuple>,
    value: Lazy,
    /// Of an alias made by a call.
    module: Link,
}

impl TypeAliasType {
    fn make(name: Ref<Str>, parameters: Option<Ref<Tuple>>, value: Lazy, module: Option<Ref>) -> Ref<Self> {
        Ref::new(TypeAliasType {
            head: Object::HEAD,
            name: Link::new(name),
            type_params: Link::from_option(parameters.filter(|parameters| !parameters.is_empty())),
            value,
            module: Link::from_option(module),
        })
    }

    pub(super) fn from_syntax(name: Ref<Str>, parameters: &Object, evaluate: &Object) -> Result<Ref<Self>> {
        let parameters = parameters.downcast::<Tuple>().map(Ref::from_borrowed);
        Ok(TypeAliasType::make(name, parameters, Lazy::of_evaluator(Some(evaluate)), None))
    }
}

/// Are these type parameters, those with a default last?
fn check_parameters(parameters: &Tuple) -> Result<()> {
    let mut default_seen = false;
    for parameter in parameters.as_slice() {
        if !default_of(parameter)?.is_same(&no_default()) {
            default_seen = true;
        } else if default_seen {
            return Err(raise!(
                TypeError,
                "non-default type parameter '{}' follows default type parameter",
                parameter.repr()?
            ));
        }
    }
    Ok(())
}

#[methods]
impl TypeAliasType {
    #[new(name = "typealias", signature = "(name, value, *, type_params=())", hidden_signature)]
    fn tp_new(
        _class: &Type,
        name: Ref<Str>,
        value: &Object,
        type_params: Option<&Object>,
    ) -> Result<Ref<Self>> {
        let parameters = match type_params {
            Some(parameters) => match parameters.downcast::<Tuple>() {
                Some(parameters) => Some(parameters),
                None => return Err(raise!(TypeError, "type_params must be a tuple")),
            },
            None => None,
        };
        parameters.map_or(Ok(()), check_parameters)?;
        let value = Lazy::of_value(Some(value.to_ref()));
        Ok(TypeAliasType::make(name, parameters.map(Ref::from_borrowed), value, Some(caller()?)))
    }

    #[slot]
    fn tp_repr(&self) -> Ref<Str> {
        self.name.get().unwrap_or_else(Str::empty)
    }

    #[slot]
    fn tp_iter(&self) -> Result {
        iterate_unpacked(self)
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        if self.type_params.is_null() {
            return Err(raise!(TypeError, "Only generic type aliases are subscriptable"));
        }
        Ok(GenericAlias::new(self, key)?.into_object())
    }

    #[slot]
    fn nb_or(left: &Object, right: &Object) -> Result {
        crate::objects::union::or(left, right)
    }

    #[getter(name = "__type_params__")]
    fn get_type_params(&self) -> Ref<Tuple> {
        self.type_params.get().unwrap_or_else(Tuple::empty)
    }

    #[getter(name = "__parameters__")]
    fn get_parameters(&self) -> Result<Ref<Tuple>> {
        match self.type_params.get() {
            Some(parameters) => unpack_tuples(&parameters),
            None => Ok(Tuple::empty()),
        }
    }

    #[getter(name = "__value__")]
    fn get_value(&self) -> Result {
        Ok(self.value.value()?.unwrap_or_else(none))
    }

    #[getter(name = "evaluate_value")]
    fn get_evaluate_value(&self) -> Ref {
        self.value.evaluator()
    }

    #[getter(name = "__module__")]
    fn get_module(&self) -> Ref {
        if let Some(module) = self.module.get() {
            return module;
        }
        let evaluate = self.value.own_evaluator();
        let function = evaluate.as_ref().and_then(|evaluate| evaluate.downcast::<Function>());
        function.and_then(|function| function.module.get()).unwrap_or_else(none)
    }

    /// It is pickled by its name.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Ref<Str> {
        self.name.get().unwrap_or_else(Str::empty)
    }
}
