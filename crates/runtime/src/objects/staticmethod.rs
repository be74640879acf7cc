//! `staticmethod`: a function in a class that binds to nothing.

use crate::errors::Result;
use crate::objects::wrapped_function;
use crate::prelude::*;

/// A function in a class that gets neither instance nor class.
///
///      class C:
///          @staticmethod
///          def f(argument):
///              ...
///
/// Both C.f(1) and C().f(1) call it with 1 alone.
#[class(name = "staticmethod", flags(GC, BASETYPE), symbol = "PyStaticMethod_Type")]
#[repr(C)]
pub struct StaticMethod {
    head: Object,
    #[member(readonly, name = "__func__")]
    #[member(readonly, name = "__wrapped__")]
    function: Link,
    #[dict]
    dict: Link<Dict>,
}

impl StaticMethod {
    /// Without the function's names: what `tp_methods` and C's `PyStaticMethod_New` make.
    pub fn new(function: &Object) -> Ref<StaticMethod> {
        Ref::new(StaticMethod {
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

wrapped_function::common_part!(StaticMethod, "staticmethod");

#[methods(parts(common))]
impl StaticMethod {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new_empty(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let _ = (args, kwargs);
        let method = StaticMethod { head: Object::HEAD, function: Link::new(none()), dict: Link::null() };
        Ok(Ref::new_in(class, method))
    }

    #[init(signature = "(function, /)")]
    fn init(&self, function: &Object) -> Result<()> {
        self.function.set(Some(function.to_ref()));
        wrapped_function::copy_attributes(self, function)
    }

    #[slot]
    fn tp_descr_get(&self, _object: Option<&Object>, _owner: Option<&Object>) -> Result {
        Ok(self.function.get().unwrap_or_else(none))
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        self.function.get().unwrap_or_else(none).call_dict(arguments, keywords)
    }
}
