//! `instancemethod`: a callable that binds to instances as functions do, for extension modules.

use crate::prelude::*;

/// instancemethod(function)
///
/// Bind a function to a class.
#[class(name = "instancemethod", symbol = "PyInstanceMethod_Type", flags(GC))]
#[repr(C)]
pub struct InstanceMethod {
    head: Object,
    function: Link,
}

const _: () = assert!(size_of::<InstanceMethod>() == size_of::<abi::PyInstanceMethodObject>());

#[methods]
impl InstanceMethod {
    /// A binding form of a callable.
    pub fn new(function: &Object) -> Ref<InstanceMethod> {
        Ref::new(InstanceMethod { head: Object::HEAD, function: Link::new(function.to_ref()) })
    }

    /// The callable.
    pub fn function(&self) -> Result {
        self.function.get().ok_or_else(|| raise!(SystemError, "an instancemethod without a function"))
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let function = self.function()?;
        let name = match function.get_attr_opt(intern!("__name__"))? {
            Some(name) => name.str_()?.to_string(),
            None => "?".to_owned(),
        };
        Ok(Str::new(&format!("<instancemethod {name} at {:p}>", function.as_ptr())))
    }

    /// What the type does not have is the function's.
    #[slot]
    fn tp_getattro(&self, name: &Str) -> Result {
        if let Some(found) = self.ty().lookup(name) {
            return crate::objects::r#type::bind(found, Some(self), self.ty());
        }
        self.function()?.get_attr(name)
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        self.function()?.call_dict(arguments, keywords)
    }

    #[slot]
    fn tp_descr_get(&self, object: Option<&Object>, _owner: Option<&Object>) -> Result {
        let function = self.function()?;
        match object {
            None => Ok(function),
            Some(object) => Ok(crate::objects::method::Method::new(&function, object).into_object()),
        }
    }
}
