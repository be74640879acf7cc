//! `classmethod`: a function in a class that binds to the class.

use crate::errors::Result;
use crate::objects::method::Method;
use crate::objects::wrapped_function;
use crate::prelude::*;

/// A function in a class that gets the class first, also through an instance.
///
///   class C:
///       @classmethod
///       def f(cls, argument):
///           ...
///
/// C.f(1) and C().f(1) call it with C and 1; a derived class comes in place of C.
#[class(name = "classmethod", flags(GC, BASETYPE), symbol = "PyClassMethod_Type")]
#[repr(C)]
pub struct ClassMethod {
    head: Object,
    #[member(readonly, name = "__func__")]
    #[member(readonly, name = "__wrapped__")]
    function: Link,
    #[dict]
    dict: Link<Dict>,
}

impl ClassMethod {
    /// Without the function's names: what C's `PyClassMethod_New` makes.
    pub fn new(function: &Object) -> Ref<ClassMethod> {
        Ref::new(ClassMethod {
            head: Object::HEAD,
            function: Link::new(function.to_ref()),
            dict: Link::null(),
        })
    }

    /// The function itself.
    pub fn function(&self) -> Option<Ref> {
        self.function.get()
    }
}

wrapped_function::common_part!(ClassMethod, "classmethod");

#[methods(parts(common))]
impl ClassMethod {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new_empty(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let _ = (args, kwargs);
        let method = ClassMethod { head: Object::HEAD, function: Link::new(none()), dict: Link::null() };
        Ok(Ref::new_in(class, method))
    }

    #[init(signature = "(function, /)")]
    fn init(&self, function: &Object) -> Result<()> {
        self.function.set(Some(function.to_ref()));
        wrapped_function::copy_attributes(self, function)
    }

    #[slot]
    fn tp_descr_get(&self, object: Option<&Object>, owner: Option<&Object>) -> Result {
        let function = self.function.get().unwrap_or_else(none);
        match (owner, object) {
            (Some(owner), _) => Ok(Method::new(&function, owner).into_object()),
            (None, Some(object)) => Ok(Method::new(&function, object.ty()).into_object()),
            (None, None) => Err(raise!(TypeError, "__get__(None, None) is invalid")),
        }
    }
}
