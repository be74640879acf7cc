//! `types.GenericAlias`: `list[int]` and the like (PEP 585).

use std::cell::Cell;

use crate::prelude::*;
use crate::weakref::WeakList;

/// GenericAlias(origin, args, /)
/// --
///
/// Represent a PEP 585 generic type
///
/// E.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).
#[class(
    name = "types.GenericAlias",
    symbol = "Py_GenericAliasType",
    flags(BASETYPE, GC),
    doc = "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,)."
)]
#[repr(C)]
pub struct GenericAlias {
    head: Object,
    origin: Link,
    arguments: Link<Tuple>,
    parameters: Link<Tuple>,
    #[weaklist]
    weakrefs: WeakList,
    #[gc(skip)]
    starred: Cell<bool>,
}

/// Attributes that are the alias's own, not the origin's.
const OWN: &[&str] = &[
    "__class__",
    "__bases__",
    "__file__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__copy__",
    "__deepcopy__",
];

impl GenericAlias {
    /// `origin[arguments]`.
    pub fn new(origin: &Object, arguments: &Object) -> Result<Ref<GenericAlias>> {
        GenericAlias::new_in(GenericAlias::type_object(), origin, arguments, false)
    }

    fn new_in(class: &Type, origin: &Object, arguments: &Object, starred: bool) -> Result<Ref<GenericAlias>> {
        let arguments = match arguments.downcast::<Tuple>() {
            Some(arguments) => Ref::from_borrowed(arguments),
            None => Tuple::pack([arguments.to_ref()]),
        };
        Ok(Ref::new_in(
            class,
            GenericAlias {
                head: Object::HEAD,
                origin: Link::new(origin.to_ref()),
                arguments: Link::new(arguments),
                parameters: Link::null(),
                weakrefs: WeakList::new(),
                starred: Cell::new(starred),
            },
        ))
    }

    fn target(&self) -> Ref {
        self.origin.get().unwrap_or_else(none)
    }

    fn items(&self) -> Ref<Tuple> {
        self.arguments.get().unwrap_or_else(Tuple::empty)
    }

    fn own_parameters(&self) -> Result<Ref<Tuple>> {
        if let Some(parameters) = self.parameters.get() {
            return Ok(parameters);
        }
        let parameters = parameters_of(&self.items())?;
        self.parameters.set(Some(parameters.clone()));
        Ok(parameters)
    }
}

/// A type as an alias's repr shows it.
pub fn type_repr(object: &Object) -> Result<Ref<Str>> {
    if object.is_same(&ellipsis()) {
        return Ok(Str::new("..."));
    }
    if let Some(list) = object.downcast_exact::<List>() {
        let mut pieces = vec![Str::new("[")];
        for index in 0..list.len() {
            if index > 0 {
                pieces.push(Str::new(", "));
            }
            let item = list.get(index).ok_or_else(|| raise!(IndexError, "list index out of range"))?;
            pieces.push(type_repr(&item)?);
        }
        pieces.push(Str::new("]"));
        return Str::join_all(pieces.iter().map(|piece| &**piece));
    }
    let special = object.get_attr_opt(intern!("__origin__"))?.is_some()
        && object.get_attr_opt(intern!("__args__"))?.is_some();
    if special {
        return object.repr();
    }
    let (Some(qualname), Some(module)) =
        (object.get_attr_opt(intern!("__qualname__"))?, object.get_attr_opt(intern!("__module__"))?)
    else {
        return object.repr();
    };
    if module.is_none() {
        return object.repr();
    }
    let qualname = qualname.str_()?;
    if module.downcast::<Str>().is_some_and(|module| module.eq_str("builtins")) {
        return Ok(qualname);
    }
    Ok(Str::from_string(format!("{}.{qualname}", module.str_()?)))
}

/// Is it a type parameter (not a class)?
fn is_parameter(object: &Object) -> Result<bool> {
    if object.downcast::<Type>().is_some() {
        return Ok(false);
    }
    Ok(object.get_attr_opt(intern!("__typing_subst__"))?.is_some())
}

/// The type parameters among arguments, each once, in order.
pub fn parameters_of(arguments: &Tuple) -> Result<Ref<Tuple>> {
    crate::thread::Thread::current().check_recursion(" in __parameter__ calculation")?;
    let mut parameters: Vec<Ref> = Vec::new();
    let add = |parameters: &mut Vec<Ref>, parameter: &Ref| {
        if !parameters.iter().any(|known| known.is_same(parameter)) {
            parameters.push(parameter.clone());
        }
    };
    for argument in arguments.as_slice() {
        if argument.downcast::<Type>().is_some() {
            continue;
        }
        if is_parameter(argument)? {
            add(&mut parameters, argument);
            continue;
        }
        let nested = if argument.is::<List>() || argument.is::<Tuple>() {
            Some(parameters_of(&Tuple::from_vec(argument.collect()?))?.into_object())
        } else {
            argument.get_attr_opt(intern!("__parameters__"))?
        };
        if let Some(nested) = nested
            && let Some(nested) = nested.downcast::<Tuple>()
        {
            for parameter in nested.as_slice() {
                add(&mut parameters, parameter);
            }
        }
    }
    Ok(Tuple::from_vec(parameters))
}

/// The arguments that a starred alias stands for.
fn unpacked(argument: &Object) -> Result<Option<Ref>> {
    if argument.downcast::<Type>().is_some() {
        return Ok(None);
    }
    let found = argument.get_attr_opt(intern!("__typing_unpacked_tuple_args__"))?;
    Ok(found.filter(|found| {
        found
            .downcast::<Tuple>()
            .is_some_and(|items| !items.as_slice().last().is_some_and(|last| last.is_same(&ellipsis())))
    }))
}

/// The arguments after putting `given` in the parameters' places.
pub fn substitute(
    alias: &Object,
    arguments: &Tuple,
    parameters: &Tuple,
    given: &Object,
) -> Result<Ref<Tuple>> {
    if parameters.is_empty() {
        return Err(raise!(TypeError, "{} is not a generic class", alias.repr()?));
    }
    let mut flat = Vec::new();
    let given: Ref<Tuple> = match given.downcast::<Tuple>() {
        Some(given) => Ref::from_borrowed(given),
        None => Tuple::pack([given.to_ref()]),
    };
    for argument in given.as_slice() {
        match unpacked(argument)? {
            Some(items) => flat.extend(items.collect()?),
            None => flat.push(argument.clone()),
        }
    }
    let mut item = Tuple::from_vec(flat);
    for parameter in parameters.as_slice() {
        if let Some(prepare) = parameter.get_attr_opt(intern!("__typing_prepare_subst__"))?
            && !prepare.is_none()
        {
            let prepared = prepare.call(&[alias, &item])?;
            item = match prepared.cast::<Tuple>() {
                Ok(tuple) => tuple,
                Err(single) => Tuple::pack([single]),
            };
        }
    }
    if item.len() != parameters.len() {
        return Err(raise!(
            TypeError,
            "Too {} arguments for {}; actual {}, expected {}",
            if item.len() > parameters.len() { "many" } else { "few" },
            alias.repr()?,
            item.len(),
            parameters.len()
        ));
    }
    let place = |parameter: &Object| parameters.as_slice().iter().position(|known| known.is_same(parameter));
    let mut result: Vec<Ref> = Vec::new();
    for argument in arguments.as_slice() {
        if argument.downcast::<Type>().is_some() {
            result.push(argument.clone());
            continue;
        }
        if argument.is::<List>() || argument.is::<Tuple>() {
            let replaced = substitute(alias, &Tuple::from_vec(argument.collect()?), parameters, &item)?;
            result.push(match argument.is::<List>() {
                true => List::from_vec(replaced.as_slice().to_vec()).into_object(),
                false => replaced.into_object(),
            });
            continue;
        }
        let unpack = match argument.get_attr_opt(intern!("__typing_is_unpacked_typevartuple__"))? {
            Some(flag) => flag.is_true()?,
            None => false,
        };
        let new = match argument.get_attr_opt(intern!("__typing_subst__"))? {
            Some(subst) => match place(argument) {
                Some(index) => subst.call(&[&item.as_slice()[index]])?,
                None => argument.clone(),
            },
            None => substitute_nested(argument, parameters, &item)?,
        };
        if !unpack {
            result.push(new);
        } else if let Some(items) = new.downcast::<Tuple>() {
            result.extend_from_slice(items.as_slice());
        } else {
            return Err(raise!(
                TypeError,
                "expected {}.__typing_subst__() to return a tuple, not {}",
                argument.ty().full_name(),
                new.ty().full_name()
            ));
        }
    }
    Ok(Tuple::from_vec(result))
}

/// An argument that is generic itself, with its parameters replaced.
fn substitute_nested(argument: &Object, parameters: &Tuple, item: &Tuple) -> Result {
    let Some(inner) = argument.get_attr_opt(intern!("__parameters__"))? else { return Ok(argument.to_ref()) };
    let Some(inner) = inner.downcast::<Tuple>().filter(|inner| !inner.is_empty()) else {
        return Ok(argument.to_ref());
    };
    let mut values = Vec::new();
    for parameter in inner.as_slice() {
        match parameters.as_slice().iter().position(|known| known.is_same(parameter)) {
            Some(index) => {
                let value = &item.as_slice()[index];
                let many = parameter.ty().has_iter_slot() && value.downcast::<Tuple>().is_some();
                if many { values.extend(value.collect()?) } else { values.push(value.clone()) }
            }
            None => values.push(parameter.clone()),
        }
    }
    argument.get_item(&Tuple::from_vec(values))
}

impl Type {
    /// Has it `tp_iter`?
    fn has_iter_slot(&self) -> bool {
        self.raw.tp_iter.get().is_some()
    }
}

#[methods]
impl GenericAlias {
    #[new(signature = "(origin, args, /)")]
    fn tp_new(class: &Type, origin: &Object, args: &Object) -> Result<Ref<Self>> {
        GenericAlias::new_in(class, origin, args, false)
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let mut pieces = Vec::new();
        if self.starred.get() {
            pieces.push(Str::new("*"));
        }
        pieces.push(type_repr(&self.target())?);
        pieces.push(Str::new("["));
        let items = self.items();
        for (index, item) in items.as_slice().iter().enumerate() {
            if index > 0 {
                pieces.push(Str::new(", "));
            }
            pieces.push(type_repr(item)?);
        }
        pieces.push(Str::new(if items.is_empty() { "()]" } else { "]" }));
        Str::join_all(pieces.iter().map(|piece| &**piece))
    }

    #[slot]
    fn tp_getattro(&self, name: &Str) -> Result {
        let own = OWN.iter().any(|own| name.eq_str(own));
        let text = name.to_utf8()?;
        let dunder = text.starts_with("__") && text.ends_with("__") && text.len() > 4;
        if !(own || dunder && matches!(text, "__class__" | "__dict__")) {
            let hidden = dunder && self.ty().lookup(name).is_some() && text == "__slots__";
            if !hidden {
                return self.target().get_attr(name);
            }
        }
        crate::objects::object::generic_get_attr(self, name)
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        let result = self.target().call_dict(arguments, keywords)?;
        if let Err(raised) = result.set_attr(intern!("__orig_class__"), self) {
            if !raised.matches(&crate::objects::exceptions::AttributeError)
                && !raised.matches(&crate::objects::exceptions::TypeError)
            {
                return Err(raised);
            }
            raised.clear();
        }
        Ok(result)
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        let arguments = substitute(self, &self.items(), &*self.own_parameters()?, key)?;
        Ok(GenericAlias::new_in(self.ty(), &self.target(), &arguments, self.starred.get())?.into_object())
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        let hash = self.target().hash()? ^ self.items().hash()?;
        Ok(if hash == -1 { -2 } else { hash })
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let (Some(other), CompareOp::Eq | CompareOp::Ne) = (other.downcast::<GenericAlias>(), op) else {
            return Ok(not_implemented());
        };
        let equal = self.starred.get() == other.starred.get()
            && self.target().rich_compare_bool(&other.target(), CompareOp::Eq)?
            && self.items().rich_compare_bool(&other.items(), CompareOp::Eq)?;
        Ok(py_bool(equal == (op == CompareOp::Eq)))
    }

    #[slot]
    fn tp_iter(&self) -> Result {
        let starred = GenericAlias::new_in(GenericAlias::type_object(), &self.target(), &self.items(), true)?;
        Tuple::pack([starred.into_object()]).iter()
    }

    #[slot]
    fn nb_or(left: &Object, right: &Object) -> Result {
        crate::objects::union::or(left, right)
    }

    #[getter(name = "__origin__")]
    fn get_origin(&self) -> Ref {
        self.target()
    }

    #[getter(name = "__args__")]
    fn get_args(&self) -> Ref<Tuple> {
        self.items()
    }

    #[getter(name = "__parameters__")]
    fn get_parameters(&self) -> Result<Ref<Tuple>> {
        self.own_parameters()
    }

    #[getter(name = "__unpacked__")]
    fn get_unpacked(&self) -> bool {
        self.starred.get()
    }

    #[getter(name = "__typing_unpacked_tuple_args__")]
    fn get_unpacked_args(&self) -> Ref {
        let tuple: &Object = Tuple::type_object();
        if self.starred.get() && self.target().is_same(tuple) { self.items().into_object() } else { none() }
    }

    #[method(name = "__mro_entries__", signature = "($self, bases, /)")]
    fn mro_entries(&self, _bases: &Object) -> Ref<Tuple> {
        Tuple::pack([self.target()])
    }

    #[method(name = "__instancecheck__", signature = "($self, instance, /)")]
    fn instancecheck(&self, _instance: &Object) -> Result {
        Err(raise!(TypeError, "isinstance() argument 2 cannot be a parameterized generic"))
    }

    #[method(name = "__subclasscheck__", signature = "($self, subclass, /)")]
    fn subclasscheck(&self, _subclass: &Object) -> Result {
        Err(raise!(TypeError, "issubclass() argument 2 cannot be a parameterized generic"))
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let plain = Tuple::pack([self.target(), self.items().into_object()]).into_object();
        if self.starred.get() {
            let alias = GenericAlias::new(&self.target(), &self.items())?;
            let iterator = alias.iter()?;
            let next = crate::eval::names::builtin(Interpreter::current(), intern!("next"))?;
            return Ok(Tuple::pack([next, Tuple::pack([iterator]).into_object()]));
        }
        Ok(Tuple::pack([self.ty().to_ref(), plain]))
    }

    #[method(name = "__dir__", signature = "($self, /)")]
    fn dir(&self) -> Result {
        let names = match self.target().call_special(intern!("__dir__"), &[])? {
            Some(names) => names.collect()?,
            None => Vec::new(),
        };
        let list = List::from_vec(names);
        let hidden = ["__bases__", "__copy__", "__deepcopy__", "__file__"];
        for name in OWN.iter().filter(|name| !hidden.contains(name)) {
            let name = Str::new(name);
            if !list.contains(&name)? {
                list.push(name.into_object())?;
            }
        }
        Ok(list.into_object())
    }
}
