//! What types need of their neighbours: descriptors, dictionaries, weak references.

use crate::errors::Result;
use crate::object::Object;
use crate::objects::list::List;
use crate::objects::singletons::none;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// The descriptor for a method in a type's table.
pub fn method(_ty: &Type, _definition: &mut abi::PyMethodDef) -> Result {
    Ok(none())
}

/// The descriptor for a C field.
pub fn member(_ty: &Type, _definition: &mut abi::PyMemberDef) -> Result {
    Ok(none())
}

/// The descriptor for a computed attribute.
pub fn getset(_ty: &Type, _definition: &mut abi::PyGetSetDef) -> Result {
    Ok(none())
}

/// Makes the keys that the instances of a class share.
pub fn prepare_keys(_ty: &Type) -> Result<()> {
    Ok(())
}

/// `tuple(iterable)`.
pub fn tuple_from(iterable: &Object) -> Result<Ref<Tuple>> {
    if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
        return Ok(Ref::from_borrowed(tuple));
    }
    if let Some(list) = iterable.downcast_exact::<List>() {
        return Ok(Tuple::from_vec(list.to_vec()));
    }
    let iterator = iterable.iter()?;
    let mut items = Vec::new();
    while let Some(item) = iterator.iter_next()? {
        items.push(item);
    }
    Ok(Tuple::from_vec(items))
}
