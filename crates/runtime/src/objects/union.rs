//! `typing.Union`: `int | str` (PEP 604).

use crate::objects::generic_alias::{GenericAlias, parameters_of, substitute, type_repr};
use crate::objects::set::FrozenSet;
use crate::objects::typevar::TypeAliasType;
use crate::prelude::*;
use crate::weakref::WeakList;

/// Represent a union type
///
/// E.g. for int | str
#[class(name = "typing.Union", symbol = "_PyUnion_Type", flags(GC))]
#[repr(C)]
pub struct Union {
    head: Object,
    #[member(readonly, name = "__args__")]
    members: Link<Tuple>,
    /// Of the members, those with a hash.
    hashable: Link<FrozenSet>,
    /// The others; null if there are none.
    unhashable: Link<Tuple>,
    parameters: Link<Tuple>,
    #[weaklist]
    weakrefs: WeakList,
}

/// A union in the making: its members in order, each once.
#[derive(Default)]
struct Builder {
    members: Vec<Ref>,
    hashable: Option<Ref<Set>>,
    unhashable: Vec<Ref>,
    /// Must members be types?
    is_checked: bool,
}

impl Builder {
    /// Adds a member: unions bring theirs, None is its type, equal ones count once.
    fn add(&mut self, member: &Object) -> Result<()> {
        if let Some(union) = member.downcast_exact::<Union>() {
            for member in union.arguments().as_slice() {
                self.add_checked(member)?;
            }
            return Ok(());
        }
        if member.is_none() {
            return self.add_checked(member.ty());
        }
        if self.is_checked && !is_unionable(member) {
            let message = Str::new("Union[arg, ...]: each arg must be a type.");
            let checked = crate::import::import_attribute("typing", intern!("_type_check"))?
                .call(&[member, &message])?;
            return self.add_checked(&checked);
        }
        self.add_checked(member)
    }

    fn add_checked(&mut self, member: &Object) -> Result<()> {
        match member.hash() {
            Ok(_) => {
                let known = self.hashable.get_or_insert_with(Set::new);
                if known.contains(member)? {
                    return Ok(());
                }
                known.add(member)?;
            }
            Err(raised) if raised.matches(&crate::objects::exceptions::TypeError) => {
                raised.clear();
                for known in &self.unhashable {
                    if known.rich_compare_bool(member, CompareOp::Eq)? {
                        return Ok(());
                    }
                }
                self.unhashable.push(member.to_ref());
            }
            Err(raised) => return Err(raised),
        }
        self.members.push(member.to_ref());
        Ok(())
    }

    fn finish(self) -> Result {
        if self.members.is_empty() {
            return Err(raise!(TypeError, "Cannot take a Union of no types."));
        }
        if let [only] = self.members.as_slice() {
            return Ok(only.clone());
        }
        let hashable = self.hashable.map_or_else(Vec::new, |set| set.collect().unwrap_or_default());
        let unhashable = (!self.unhashable.is_empty()).then(|| Tuple::from_vec(self.unhashable));
        Ok(Ref::new(Union {
            head: Object::HEAD,
            members: Link::new(Tuple::from_vec(self.members)),
            hashable: Link::new(FrozenSet::from_items(hashable)?),
            unhashable: Link::from_option(unhashable),
            parameters: Link::null(),
            weakrefs: WeakList::new(),
        })
        .into_object())
    }
}

/// `Union[members]`.
pub fn from_members(members: &[Ref]) -> Result {
    let mut builder = Builder { is_checked: true, ..Builder::default() };
    for member in members {
        builder.add(member)?;
    }
    builder.finish()
}

/// Can it stand in a union that `|` makes?
fn is_unionable(object: &Object) -> bool {
    object.is_none()
        || object.downcast::<Type>().is_some()
        || object.downcast::<GenericAlias>().is_some()
        || object.is::<Union>()
        || object.is::<TypeAliasType>()
}

/// `left | right` for types; NotImplemented if one of them is none.
pub fn or(left: &Object, right: &Object) -> Result {
    if !is_unionable(left) || !is_unionable(right) {
        return Ok(not_implemented());
    }
    let mut builder = Builder::default();
    builder.add(left)?;
    builder.add(right)?;
    builder.finish()
}

impl Union {
    /// The members, as a tuple.
    pub fn arguments(&self) -> Ref<Tuple> {
        self.members.get().unwrap_or_else(Tuple::empty)
    }

    /// Have both the same members, in any order?
    fn equals(&self, other: &Union) -> Result<bool> {
        let none_if_null = |set: &Link<FrozenSet>| set.get().map_or_else(none, Ref::into_object);
        let (left, right) = (none_if_null(&self.hashable), none_if_null(&other.hashable));
        if !left.rich_compare_bool(&right, CompareOp::Eq)? {
            return Ok(false);
        }
        let (left, right) = (self.unhashable.get(), other.unhashable.get());
        let (left, right) = match (&left, &right) {
            (None, None) => return Ok(true),
            (Some(left), Some(right)) if left.len() == right.len() => (left, right),
            _ => return Ok(false),
        };
        for member in left.as_slice() {
            if !right.contains(member)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[methods]
impl Union {
    #[constant]
    #[allow(non_upper_case_globals)]
    const __module__: &'static str = "typing";

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
        if let Some(unhashable) = self.unhashable.get() {
            for member in unhashable.as_slice() {
                member.hash()?;
            }
            return Err(raise!(TypeError, "union contains {} unhashable elements", unhashable.len()));
        }
        match self.hashable.get() {
            Some(members) => members.hash(),
            None => Ok(0),
        }
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let (Some(other), CompareOp::Eq | CompareOp::Ne) = (other.downcast::<Union>(), op) else {
            return Ok(not_implemented());
        };
        Ok(py_bool(self.equals(other)? == (op == CompareOp::Eq)))
    }

    #[slot]
    fn tp_getattro(&self, name: &Str) -> Result {
        crate::objects::object::generic_get_attr(self, name)
    }

    #[slot]
    fn nb_or(left: &Object, right: &Object) -> Result {
        from_members(&[left.to_ref(), right.to_ref()])
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        let arguments = substitute(self, &self.arguments(), &*self.get_parameters()?, key)?;
        from_members(arguments.as_slice())
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

    #[method(name = "__mro_entries__", signature = "($self, object, /)")]
    fn mro_entries(&self, _bases: &Object) -> Result {
        Err(raise!(TypeError, "Cannot subclass {}", self.repr()?))
    }

    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(_class: &Type, members: &Object) -> Result {
        match members.downcast::<Tuple>() {
            Some(members) => from_members(members.as_slice()),
            None => from_members(&[members.to_ref()]),
        }
    }
}
