//! `typing.Union`: `int | str` (PEP 604).

use crate::objects::generic_alias::{GenericAlias, parameters_of, substitute, type_repr};
use crate::objects::set::FrozenSet;
use crate::prelude::*;
use crate::weakref::WeakList;

/// Represent a union type
///
/// E.g. for int | str
#[class(name = "typing.Union", symbol = "_PyUnion_Type", flags(GC))]
#[repr(C)]
pub struct Union {
    head: Object,
    members: Link<Tuple>,
    parameters: Link<Tuple>,
    #[weaklist]
    weakrefs: WeakList,
}

/// Adds a member: unions bring theirs, None is its type, equal ones count once.
fn add(members: &mut Vec<Ref>, member: &Object) -> Result<()> {
    if let Some(union) = member.downcast_exact::<Union>() {
        for member in union.arguments().as_slice() {
            add(members, member)?;
        }
        return Ok(());
    }
    let member = if member.is_none() { member.ty().to_ref() } else { member.to_ref() };
    for known in members.iter() {
        if known.is_same(&member) || known.rich_compare_bool(&member, CompareOp::Eq)? {
            return Ok(());
        }
    }
    members.push(member);
    Ok(())
}

fn make(members: Vec<Ref>) -> Ref {
    match <[Ref; 1]>::try_from(members) {
        Ok([only]) => only,
        Err(members) => Ref::new(Union {
            head: Object::HEAD,
            members: Link::new(Tuple::from_vec(members)),
            parameters: Link::null(),
            weakrefs: WeakList::new(),
        })
        .into_object(),
    }
}

/// `Union[members]`.
pub fn from_members(members: &[Ref]) -> Result {
    let mut all = Vec::new();
    for member in members {
        add(&mut all, member)?;
    }
    if all.is_empty() {
        return Err(raise!(TypeError, "Cannot take a Union of no types."));
    }
    Ok(make(all))
}

/// Can it stand in a union that `|` makes?
fn is_unionable(object: &Object) -> bool {
    object.is_none()
        || object.downcast::<Type>().is_some()
        || object.downcast::<GenericAlias>().is_some()
        || object.is::<Union>()
        || object.ty().full_name() == "typing.TypeAliasType"
}

/// `left | right` for types; NotImplemented if one of them is none.
pub fn or(left: &Object, right: &Object) -> Result {
    if !is_unionable(left) || !is_unionable(right) {
        return Ok(not_implemented());
    }
    let mut members = Vec::new();
    add(&mut members, left)?;
    add(&mut members, right)?;
    Ok(make(members))
}

impl Union {
    /// The members, as a tuple.
    pub fn arguments(&self) -> Ref<Tuple> {
        self.members.get().unwrap_or_else(Tuple::empty)
    }

    fn as_set(&self) -> Result<Ref<FrozenSet>> {
        FrozenSet::from_items(self.arguments().as_slice().to_vec())
    }
}

#[methods]
impl Union {
    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let mut pieces = Vec::new();
        for (index, member) in self.arguments().as_slice().iter().enumerate() {
            if index > 0 {
                pieces.push(Str::new(" | "));
            }
            if member.is_same(none().ty()) {
                pieces.push(Str::new("None"));
            } else {
                pieces.push(type_repr(member)?);
            }
        }
        Str::join_all(pieces.iter().map(|piece| &**piece))
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        self.as_set()?.hash()
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let (Some(other), CompareOp::Eq | CompareOp::Ne) = (other.downcast::<Union>(), op) else {
            return Ok(not_implemented());
        };
        self.as_set()?.rich_compare(&*other.as_set()?, op)
    }

    #[slot]
    fn tp_getattro(&self, name: &Str) -> Result {
        crate::objects::object::generic_get_attr(self, name)
    }

    #[slot]
    fn nb_or(left: &Object, right: &Object) -> Result {
        or(left, right)
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        let arguments = substitute(self, &self.arguments(), &*self.get_parameters()?, key)?;
        let mut result: Option<Ref> = None;
        for member in arguments.as_slice() {
            result = Some(match result {
                None => member.clone(),
                Some(left) => crate::protocol::number::or(&left, member)?,
            });
        }
        Ok(result.unwrap_or_else(none))
    }

    #[getter(name = "__args__")]
    fn get_args(&self) -> Ref<Tuple> {
        self.arguments()
    }

    #[getter(name = "__parameters__")]
    fn get_parameters(&self) -> Result<Ref<Tuple>> {
        if let Some(parameters) = self.parameters.get() {
            return Ok(parameters);
        }
        let parameters = parameters_of(&self.arguments())?;
        self.parameters.set(Some(parameters.clone()));
        Ok(parameters)
    }

    #[getter(name = "__origin__")]
    fn get_origin(&self) -> Ref {
        self.ty().to_ref()
    }

    #[getter(name = "__name__")]
    fn get_name(&self) -> &'static str {
        "Union"
    }

    #[getter(name = "__qualname__")]
    fn get_qualname(&self) -> &'static str {
        "Union"
    }

    #[method(name = "__mro_entries__", signature = "($self, bases, /)")]
    fn mro_entries(&self, _bases: &Object) -> Result {
        Err(raise!(TypeError, "Cannot subclass {}", self.repr()?))
    }

    #[method(name = "__instancecheck__", signature = "($self, instance, /)")]
    fn instancecheck(&self, instance: &Object) -> Result<bool> {
        self.check(|member| instance.is_instance(member), "isinstance")
    }

    #[method(name = "__subclasscheck__", signature = "($self, subclass, /)")]
    fn subclasscheck(&self, subclass: &Object) -> Result<bool> {
        self.check(|member| subclass.is_subclass(member), "issubclass")
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let operator = crate::import::import_module("operator")?;
        let or_ = crate::import::import_module("functools")?.get_attr(intern!("reduce"))?;
        let function = operator.get_attr(intern!("or_"))?;
        Ok(Tuple::pack([or_, Tuple::pack([function, self.arguments().into_object()]).into_object()]))
    }

    #[classmethod(name = "__class_getitem__", signature = "($type, members, /)")]
    fn class_getitem(_class: &Type, members: &Object) -> Result {
        match members.downcast::<Tuple>() {
            Some(members) => from_members(members.as_slice()),
            None => from_members(&[members.to_ref()]),
        }
    }
}

impl Union {
    fn check(&self, mut matches: impl FnMut(&Object) -> Result<bool>, function: &str) -> Result<bool> {
        let members = self.arguments();
        if members.as_slice().iter().any(|member| member.downcast::<GenericAlias>().is_some()) {
            return Err(raise!(TypeError, "{function}() argument 2 cannot be a parameterized generic"));
        }
        for member in members.as_slice() {
            if matches(member)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
