//! `property`: an attribute that functions get, set and delete.

use std::cell::Cell;

use crate::errors::Result;
use crate::objects::exceptions;
use crate::objects::wrapped_function::is_abstract;
use crate::prelude::*;

/// An attribute that functions stand for.
///
///   fget
///     what reading it calls
///   fset
///     what setting it calls
///   fdel
///     what deleting it calls
///   doc
///     its text for help; by default that of fget
///
/// As a decorator:
///
/// class C(object):
///     @property
///     def x(self):
///         return self._x
///     @x.setter
///     def x(self, value):
///         self._x = value
#[class(name = "property", flags(GC, BASETYPE), symbol = "PyProperty_Type")]
#[repr(C)]
pub struct Property {
    head: Object,
    #[member(readonly, name = "fget")]
    getter: Link,
    #[member(readonly, name = "fset")]
    setter: Link,
    #[member(readonly, name = "fdel")]
    deleter: Link,
    #[member(name = "__doc__")]
    doc: Link,
    name: Link,
    /// The documentation is the getter's.
    #[gc(skip)]
    doc_of_getter: Cell<bool>,
}

const _: () = assert!(size_of::<Property>() == 64);

/// An argument where None means "no function".
fn given(object: Option<&Object>) -> Option<Ref> {
    object.filter(|object| !object.is_none()).map(Object::to_ref)
}

impl Property {
    /// The getter, for the interpreter's shortcut.
    pub fn getter_function(&self) -> Option<Ref> {
        self.getter.get()
    }

    /// The name by `__set_name__`, else that of the getter.
    fn find_name(&self) -> Result<Option<Ref>> {
        if let Some(name) = self.name.get() {
            return Ok(Some(name));
        }
        match self.getter.get() {
            Some(getter) => getter.get_attr_opt(intern!("__name__")),
            None => Ok(None),
        }
    }

    #[cold]
    fn lacks(&self, object: &Object, what: &str) -> Result {
        let name = self.find_name()?;
        let class = object.ty().get_attr(intern!("__qualname__"))?.repr()?;
        Err(match name {
            Some(name) => {
                let name = name.repr()?;
                raise!(AttributeError, "property {name} of {class} object has no {what}")
            }
            None => raise!(AttributeError, "property of {class} object has no {what}"),
        })
    }

    /// A property of the same class with one function replaced.
    fn copy(&self, getter: Option<&Object>, setter: Option<&Object>, deleter: Option<&Object>) -> Result {
        let replaced =
            |new: Option<&Object>, old: &Link| given(new).or_else(|| old.get()).unwrap_or_else(none);
        let getter = replaced(getter, &self.getter);
        let setter = replaced(setter, &self.setter);
        let deleter = replaced(deleter, &self.deleter);
        let doc = if self.doc_of_getter.get() && !getter.is_none() { None } else { self.doc.get() };
        let doc = doc.unwrap_or_else(none);
        let copy = self.ty().to_ref().call(&[&getter, &setter, &deleter, &doc])?;
        if let Some(property) = copy.downcast::<Property>() {
            property.name.set(self.name.get());
        }
        Ok(copy)
    }
}

#[methods]
impl Property {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new_empty(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let _ = (args, kwargs);
        Ok(Ref::new_in(
            class,
            Property {
                head: Object::HEAD,
                getter: Link::null(),
                setter: Link::null(),
                deleter: Link::null(),
                doc: Link::null(),
                name: Link::null(),
                doc_of_getter: Cell::new(false),
            },
        ))
    }

    #[init(signature = "(fget=None, fset=None, fdel=None, doc=None)")]
    fn init(
        &self,
        getter: Option<&Object>,
        setter: Option<&Object>,
        deleter: Option<&Object>,
        doc: Option<&Object>,
    ) -> Result<()> {
        let getter = given(getter);
        self.getter.set(getter.clone());
        self.setter.set(given(setter));
        self.deleter.set(given(deleter));
        self.doc.set(None);
        self.name.set(None);
        self.doc_of_getter.set(false);
        let mut doc = given(doc);
        if doc.is_none()
            && let Some(getter) = getter
        {
            doc = getter.get_attr_opt(intern!("__doc__"))?.filter(|doc| !doc.is_none());
            self.doc_of_getter.set(doc.is_some());
        }
        if self.is::<Property>() {
            self.doc.set(doc);
            return Ok(());
        }
        // A subclass's `__doc__` hides the member.
        match self.set_attr(intern!("__doc__"), &doc.unwrap_or_else(none)) {
            Err(raised) if !self.doc_of_getter.get() && raised.matches(&exceptions::AttributeError) => {
                raised.clear();
                Ok(())
            }
            result => result,
        }
    }

    /// Descriptor to obtain a copy of the property with a different getter.
    #[method(signature = "($self, object, /)")]
    fn getter(&self, object: &Object) -> Result {
        self.copy(Some(object), None, None)
    }

    /// Descriptor to obtain a copy of the property with a different setter.
    #[method(signature = "($self, object, /)")]
    fn setter(&self, object: &Object) -> Result {
        self.copy(None, Some(object), None)
    }

    /// Descriptor to obtain a copy of the property with a different deleter.
    #[method(signature = "($self, object, /)")]
    fn deleter(&self, object: &Object) -> Result {
        self.copy(None, None, Some(object))
    }

    #[method(
        name = "__set_name__",
        signature = "(*args)",
        hidden_signature,
        doc = "__set_name__($self, owner, name, /)\n--\n\nMethod to set name of a property."
    )]
    fn set_name(&self, args: &[&Object]) -> Result<()> {
        let [_, name] = args else {
            let count = args.len();
            return Err(raise!(
                TypeError,
                "__set_name__() takes 2 positional arguments but {count} were given"
            ));
        };
        self.name.set(Some(name.to_ref()));
        Ok(())
    }

    #[getter(name = "__name__")]
    fn get_name(&self) -> Result {
        match self.find_name()? {
            Some(name) => Ok(name),
            None => Err(raise!(AttributeError, "'property' object has no attribute '__name__'")),
        }
    }

    #[setter(name = "__name__")]
    fn assign_name(&self, value: Option<&Object>) -> Result<()> {
        self.name.set(value.map(Object::to_ref));
        Ok(())
    }

    #[getter(name = "__isabstractmethod__")]
    fn is_abstract(&self) -> Result<bool> {
        Ok(is_abstract(self.getter.get())?
            || is_abstract(self.setter.get())?
            || is_abstract(self.deleter.get())?)
    }

    #[slot]
    fn tp_descr_get(&self, object: Option<&Object>, _owner: Option<&Object>) -> Result {
        let Some(object) = object.filter(|object| !object.is_none()) else { return Ok(self.to_ref()) };
        match self.getter.get() {
            Some(getter) => getter.call(&[object]),
            None => self.lacks(object, "getter"),
        }
    }

    #[slot]
    fn tp_descr_set(&self, object: &Object, value: Option<&Object>) -> Result<()> {
        match value {
            Some(value) => match self.setter.get() {
                Some(setter) => setter.call(&[object, value]).map(drop),
                None => self.lacks(object, "setter").map(drop),
            },
            None => match self.deleter.get() {
                Some(deleter) => deleter.call(&[object]).map(drop),
                None => self.lacks(object, "deleter").map(drop),
            },
        }
    }
}
