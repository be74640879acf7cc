//! `AttributeError` and `NameError`: exceptions that know which name was missing.

use super::BaseException;
use super::base::take_keywords;
use super::stop::ExceptionBase;
use crate::prelude::*;

/// Attribute not found.
#[class(name = "AttributeError", variable = AttributeError, base = ExceptionBase, flags(BASETYPE, GC, BASE_EXC_SUBCLASS))]
#[repr(C)]
pub struct AttributeError {
    base: BaseException,
    /// object
    #[member]
    pub obj: Link,
    /// attribute name
    #[member]
    pub name: Link,
}

const _: () = assert!(size_of::<AttributeError>() == size_of::<abi::PyAttributeErrorObject>());

#[methods]
impl AttributeError {
    #[slot]
    fn tp_init(&self, args: &Tuple, keywords: Option<&Dict>) -> Result<()> {
        self.args.set(Some(Ref::from_borrowed(args)));
        let [name, object] = take_keywords("AttributeError", keywords, ["name", "obj"])?;
        self.name.set(name);
        self.obj.set(object);
        Ok(())
    }

    /// The dictionary with the name and the arguments; the object may not be picklable and is left out.
    #[method(name = "__getstate__", signature = "($self, /)", doc = "")]
    fn get_state(&self) -> Result {
        let dict = self.dict.get();
        let name = self.name.get();
        if name.is_none() && self.args.is_null() {
            return Ok(dict.map_or_else(none, Ref::into_object));
        }
        let state = match dict {
            Some(dict) => dict.copy()?,
            None => Dict::new(),
        };
        if let Some(name) = name {
            state.insert_str(intern!("name"), &name)?;
        }
        // What `copy` and `pickle` need to come by the same arguments, though a subclass's `__init__` may take others.
        state.insert_str(intern!("args"), &self.args())?;
        Ok(state.into_object())
    }

    #[method(name = "__reduce__", signature = "($self, /)", doc = "")]
    fn reduce(&self) -> Result {
        let state = self.get_state()?;
        let class = self.ty().to_type_ref().into_object();
        Ok(Tuple::pack([class, self.args().into_object(), state]).into_object())
    }
}

/// Name not found globally.
#[class(name = "NameError", variable = NameError, base = ExceptionBase, flags(BASETYPE, GC, BASE_EXC_SUBCLASS))]
#[repr(C)]
pub struct NameError {
    base: BaseException,
    /// name
    #[member]
    pub name: Link,
}

const _: () = assert!(size_of::<NameError>() == size_of::<abi::PyNameErrorObject>());

#[methods]
impl NameError {
    #[slot]
    fn tp_init(&self, args: &Tuple, keywords: Option<&Dict>) -> Result<()> {
        self.args.set(Some(Ref::from_borrowed(args)));
        let [name] = take_keywords("NameError", keywords, ["name"])?;
        self.name.set(name);
        Ok(())
    }
}

/// `class(message, name=name)`, `class` being NameError or a subclass.
pub fn name_error(class: &Type, message: &str, name: &Object) -> Result<Ref<BaseException>> {
    let made = super::instantiate(class, Some(&Str::new(message)))?;
    if let Some(error) = made.downcast::<NameError>() {
        error.name.set(Some(name.to_ref()));
    }
    Ok(made)
}
