//! `classmethod`: a function in a class that binds to the class.

use crate::errors::Result;
use crate::objects::method::Method;
use crate::objects::wrapped_function;
use crate::prelude::*;

/// Convert a function to be a class method.
///
/// A class method receives the class as implicit first argument,
/// just like an instance method receives the instance.
/// To declare a class method, use this idiom:
///
///   class C:
///       @classmethod
///       def f(cls, arg1, arg2, argN):
///           ...
///
/// It can be called either on the class (e.g. C.f()) or on an instance
/// (e.g. C().f()).  The instance is ignored except for its class.
/// If a class method is called for a derived class, the derived class
/// object is passed as the implied first argument.
///
/// Class methods are different than C++ or Java static methods.
/// If you want those, see the staticmethod builtin.
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
