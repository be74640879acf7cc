//! Attributes: <https://docs.python.org/3.14/c-api/object.html#c.PyObject_GetAttr>.

use super::{result_from_raw, status_from_raw, type_name};
use crate::errors::{Raised, Result};
use crate::object::{NativeType, Object};
use crate::objects::object::{generic_get_attr, generic_get_attr_opt};
use crate::objects::str::Str;
use crate::raise;
use crate::reference::Ref;

/// A method found for a call without making a bound method of it.
pub enum Method {
    /// A function that wants the object as its first argument.
    Unbound(Ref),
    /// Anything else, ready to be called as it is.
    Bound(Ref),
}

impl Object {
    /// `self.name`.
    #[inline]
    pub fn get_attr(&self, name: &Str) -> Result {
        let Some(getattro) = self.ty().raw.tp_getattro.get() else { return self.get_attr_old_style(name) };
        // SAFETY: the slot is called with objects of its type, alive during the call.
        match unsafe { Ref::from_owned_opt(getattro(self.as_ptr(), name.as_ptr())) } {
            Some(value) => Ok(value),
            None => Err(self.attribute_failed(name)),
        }
    }

    /// An AttributeError on its way out learns whose attribute it was, unless it knows.
    #[cold]
    fn attribute_failed(&self, name: &Str) -> Raised {
        let raised = Raised::assume_set();
        if !raised.matches(&crate::objects::exceptions::AttributeError) {
            return raised;
        }
        let exception = raised.take();
        // SAFETY: every AttributeError has this layout and owns its fields.
        unsafe {
            let raw = &*(exception.as_ptr() as *const abi::PyAttributeErrorObject);
            if raw.obj.get().is_null() && raw.name.get().is_null() {
                raw.obj.set(self.to_ref().into_raw());
                raw.name.set(name.to_ref().into_raw());
            }
        }
        crate::errors::restore(exception)
    }

    #[cold]
    fn get_attr_old_style(&self, name: &Str) -> Result {
        if let Some(getattr) = self.ty().raw.tp_getattr.get() {
            let name = std::ffi::CString::new(name.to_utf8()?).unwrap_or_default();
            // SAFETY: as above; the name outlives the call.
            return unsafe { result_from_raw(getattr(self.as_ptr(), name.as_ptr() as *mut _)) };
        }
        Err(raise!(AttributeError, "'{}' object has no attribute '{}'", type_name(self), name))
    }

    /// `getattr(self, name)`, for a name that may be no string.
    pub fn get_attr_by(&self, name: &Object) -> Result {
        self.get_attr(attribute_name(name)?)
    }

    /// `self.name`, or `None` where that raises AttributeError.
    pub fn get_attr_opt(&self, name: &Str) -> Result<Option<Ref>> {
        if self.ty().raw.tp_getattro.get().is_some_and(|slot| slot as usize == generic_get_attr_slot()) {
            return generic_get_attr_opt(self, name);
        }
        if self.is::<crate::objects::r#type::Type>() {
            // Without an AttributeError to throw away.
            // SAFETY: just checked.
            let class = unsafe { self.downcast_unchecked::<crate::objects::r#type::Type>() };
            return match crate::objects::r#type::get_opt(class, name) {
                Err(raised) if raised.matches(&crate::objects::exceptions::AttributeError) => {
                    raised.clear();
                    Ok(None)
                }
                result => result,
            };
        }
        if let Some(module) = self.downcast_exact::<crate::objects::module::Module>() {
            return module.get_attr_quiet(name);
        }
        match self.get_attr(name) {
            Ok(value) => Ok(Some(value)),
            Err(raised) if raised.matches(&crate::objects::exceptions::AttributeError) => {
                raised.clear();
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
    }

    pub fn has_attr(&self, name: &Str) -> Result<bool> {
        Ok(self.get_attr_opt(name)?.is_some())
    }

    /// `self.name = value`.
    #[inline]
    pub fn set_attr(&self, name: &Str, value: &Object) -> Result<()> {
        self.assign_attr(name, Some(value))
    }

    /// `del self.name`.
    pub fn del_attr(&self, name: &Str) -> Result<()> {
        self.assign_attr(name, None)
    }

    /// Sets the attribute, or deletes it where there is no value.
    #[inline]
    pub fn assign_attr(&self, name: &Str, value: Option<&Object>) -> Result<()> {
        let Some(setattro) = self.ty().raw.tp_setattro.get() else {
            return self.assign_attr_old_style(name, value);
        };
        let value = value.map_or(std::ptr::null_mut(), Object::as_ptr);
        // SAFETY: the slot is called with objects of its type, alive during the call.
        status_from_raw(unsafe { setattro(self.as_ptr(), name.as_ptr(), value) }).map(drop)
    }

    #[cold]
    fn assign_attr_old_style(&self, name: &Str, value: Option<&Object>) -> Result<()> {
        if let Some(setattr) = self.ty().raw.tp_setattr.get() {
            let name = std::ffi::CString::new(name.to_utf8()?).unwrap_or_default();
            let value = value.map_or(std::ptr::null_mut(), Object::as_ptr);
            // SAFETY: as above; the name outlives the call.
            let status = unsafe { setattr(self.as_ptr(), name.as_ptr() as *mut _, value) };
            return status_from_raw(status).map(drop);
        }
        let readable = self.ty().raw.tp_getattr.get().is_some() || self.ty().raw.tp_getattro.get().is_some();
        let has = if readable { "only read-only" } else { "no" };
        let what = if value.is_some() { "assign to" } else { "del" };
        Err(raise!(TypeError, "'{}' object has {has} attributes ({what} .{})", type_name(self), name))
    }

    /// A special method, looked up on the type alone and bound: `None` if the type has none.
    pub fn lookup_special(&self, name: &Str) -> Result<Option<Ref>> {
        let Some(found) = self.ty().lookup(name) else { return Ok(None) };
        let Some(descr_get) = found.ty().raw.tp_descr_get.get() else { return Ok(Some(found)) };
        // SAFETY: all three are alive during the call.
        unsafe { result_from_raw(descr_get(found.as_ptr(), self.as_ptr(), self.ty().as_ptr())).map(Some) }
    }

    /// A special method for a call: functions are not bound first.
    pub fn lookup_special_method(&self, name: &Str) -> Result<Option<Method>> {
        let Some(found) = self.ty().lookup(name) else { return Ok(None) };
        if found.ty().has_flag(abi::Py_TPFLAGS_METHOD_DESCRIPTOR) {
            return Ok(Some(Method::Unbound(found)));
        }
        let Some(descr_get) = found.ty().raw.tp_descr_get.get() else {
            return Ok(Some(Method::Bound(found)));
        };
        // SAFETY: all three are alive during the call.
        let bound = unsafe { result_from_raw(descr_get(found.as_ptr(), self.as_ptr(), self.ty().as_ptr())) }?;
        Ok(Some(Method::Bound(bound)))
    }

    /// `self.name` for a call at once: where generic lookup finds a plain function on the type, it is given unbound.
    pub fn get_method(&self, name: &Str) -> Result<Method> {
        let ty = self.ty();
        if ty.raw.tp_getattro.get().is_none_or(|slot| slot as usize != generic_get_attr_slot()) {
            return Ok(Method::Bound(self.get_attr(name)?));
        }
        if let Some(found) = ty.lookup(name)
            && found.ty().has_flag(abi::Py_TPFLAGS_METHOD_DESCRIPTOR)
            && crate::objects::object::instance_attribute(self, name)?.is_none()
        {
            return Ok(Method::Unbound(found));
        }
        Ok(Method::Bound(generic_get_attr(self, name)?))
    }
}

/// The address of `object`'s own `tp_getattro`.
#[inline(always)]
pub fn generic_get_attr_slot() -> usize {
    crate::objects::object::BaseObject::type_object().raw.tp_getattro.get().map_or(0, |slot| slot as usize)
}

/// An attribute's name must be a string.
pub fn attribute_name(name: &Object) -> Result<&Str> {
    name.downcast::<Str>()
        .ok_or_else(|| raise!(TypeError, "attribute name must be string, not '{}'", type_name(name)))
}
