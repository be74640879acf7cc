//! `mappingproxy`: a read-only view of a mapping, as `__dict__` of a class gives it.

use crate::errors::Result;
use crate::objects::generic_alias::GenericAlias;
use crate::prelude::*;
use crate::protocol::number;

/// Read-only proxy of a mapping.
#[class(name = "mappingproxy", flags(GC, MAPPING), symbol = "PyDictProxy_Type")]
#[repr(C)]
pub struct MappingProxy {
    head: Object,
    mapping: Link,
}

impl MappingProxy {
    /// A view of `mapping`, which is not checked.
    pub fn new(mapping: &Object) -> Ref<MappingProxy> {
        Ref::new(MappingProxy { head: Object::HEAD, mapping: Link::new(mapping.to_ref()) })
    }

    /// What it is a view of.
    pub fn mapping(&self) -> Ref {
        self.mapping.get().expect("set when it is made")
    }
}

/// What a proxy stands for; any other object itself.
fn unwrap(object: &Object) -> Ref {
    object.downcast::<MappingProxy>().map_or_else(|| object.to_ref(), MappingProxy::mapping)
}

#[methods]
impl MappingProxy {
    #[new(signature = "(mapping)")]
    fn new_checked(class: &Type, mapping: &Object) -> Result<Ref<Self>> {
        let is_mapping = mapping.ty().mp_subscript().is_some()
            && mapping.downcast::<List>().is_none()
            && mapping.downcast::<Tuple>().is_none();
        if !is_mapping {
            let given = mapping.ty().full_name();
            return Err(raise!(TypeError, "mappingproxy() argument must be a mapping, not {given}"));
        }
        Ok(Ref::new_in(class, MappingProxy { head: Object::HEAD, mapping: Link::new(mapping.to_ref()) }))
    }

    /// Return the value for key if key is in the mapping, else default.
    #[method(signature = "($self, key, default=None, /)")]
    fn get(&self, key: &Object, default: Option<&Object>) -> Result {
        let none = none();
        self.mapping().call_method(intern!("get"), &[key, default.unwrap_or(&none)])
    }

    /// D.keys() -> a set-like object providing a view on D's keys
    #[method(signature = "($self, /)")]
    fn keys(&self) -> Result {
        self.mapping().call_method(intern!("keys"), &[])
    }

    /// D.values() -> an object providing a view on D's values
    #[method(signature = "($self, /)")]
    fn values(&self) -> Result {
        self.mapping().call_method(intern!("values"), &[])
    }

    /// D.items() -> a set-like object providing a view on D's items
    #[method(signature = "($self, /)")]
    fn items(&self) -> Result {
        self.mapping().call_method(intern!("items"), &[])
    }

    /// D.copy() -> a shallow copy of D
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Result {
        self.mapping().call_method(intern!("copy"), &[])
    }

    /// mappingproxy objects are generic over two types, signifying (respectively) the types of their keys and values
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result {
        Ok(GenericAlias::new(class, object)?.into_object())
    }

    /// D.__reversed__() -> reverse iterator
    #[method(name = "__reversed__", signature = "($self, /)")]
    fn reversed(&self) -> Result {
        self.mapping().call_method(intern!("__reversed__"), &[])
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        Thread::current().check_recursion(" while getting the repr of an object")?;
        Ok(format!("mappingproxy({})", self.mapping().repr()?))
    }

    #[slot]
    fn tp_str(&self) -> Result<Ref<Str>> {
        self.mapping().str_()
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        self.mapping().hash()
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        self.mapping().rich_compare(other, op)
    }

    #[slot]
    fn tp_iter(&self) -> Result {
        self.mapping().iter()
    }

    #[slot]
    fn mp_length(&self) -> Result<usize> {
        self.mapping().length()
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        self.mapping().get_item(key)
    }

    #[slot]
    fn sq_contains(&self, key: &Object) -> Result<bool> {
        self.mapping().contains(key)
    }

    #[slot]
    fn nb_or(left: &Object, right: &Object) -> Result {
        number::or(&unwrap(left), &unwrap(right))
    }

    #[slot]
    fn nb_inplace_or(&self, _other: &Object) -> Result {
        Err(raise!(TypeError, "'|=' is not supported by {}; use '|' instead", self.ty().full_name()))
    }

    /// What it shows stays until it dies.
    #[slot]
    fn tp_clear(&self) {}
}
