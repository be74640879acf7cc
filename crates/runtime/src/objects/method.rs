//! `method`: a callable bound to its first argument.

use crate::prelude::*;
use crate::protocol::call::{ARGUMENTS_OFFSET, positional_count, vectorcall_call, vectorcall_raw};
use crate::protocol::result_into_raw;
use crate::weakref::WeakList;

/// Create a bound instance method object.
#[class(name = "method", symbol = "PyMethod_Type", flags(GC, HAVE_VECTORCALL))]
#[repr(C)]
pub struct Method {
    head: Object,
    #[member(readonly, name = "__func__", doc = "the function (or other callable) implementing a method")]
    function: Link,
    #[member(readonly, name = "__self__", doc = "the instance to which a method is bound")]
    receiver: Link,
    #[weaklist]
    weakrefs: WeakList,
    #[vectorcall]
    #[gc(skip)]
    vectorcall: std::cell::Cell<abi::vectorcallfunc>,
}

const _: () = assert!(size_of::<Method>() == size_of::<abi::PyMethodObject>());

impl Method {
    pub fn new(function: &Object, receiver: &Object) -> Ref<Method> {
        Ref::new(Method {
            head: Object::HEAD,
            function: Link::new(function.to_ref()),
            receiver: Link::new(receiver.to_ref()),
            weakrefs: WeakList::new(),
            vectorcall: std::cell::Cell::new(Some(method_vectorcall)),
        })
    }

    #[inline(always)]
    pub fn function(&self) -> Ref {
        self.function.get().expect("a method's function is set when it is made")
    }

    /// The function, lent for as long as the caller knows the method to live.
    #[inline(always)]
    pub fn function_static(&self) -> &'static Object {
        // SAFETY: set when the method is made, and never changed.
        unsafe { &*self.function.as_ptr() }
    }

    #[inline(always)]
    pub fn receiver(&self) -> Ref {
        self.receiver.get().expect("a method's receiver is set when it is made")
    }
}

/// Puts the receiver before the arguments, in the caller's spare word if it offers one.
unsafe extern "C" fn method_vectorcall(
    callable: *mut RawObject,
    args: *const *mut RawObject,
    nargsf: usize,
    kwnames: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: vectorcall's contract: a method, the arguments, the names.
    unsafe {
        if let Err(raised) =
            crate::thread::Thread::current().check_recursion(" while calling a Python object")
        {
            return result_into_raw::<Object>(Err(raised));
        }
        let method = Object::from_raw(callable).downcast_unchecked::<Method>();
        let (function, receiver) = (method.function(), method.receiver());
        let count = positional_count(nargsf);
        if nargsf & ARGUMENTS_OFFSET != 0 {
            let words = args.cast_mut().sub(1);
            let spare = *words;
            *words = receiver.as_ptr();
            let result = vectorcall_raw(&function, words, count + 1, kwnames);
            *words = spare;
            return result_into_raw(result);
        }
        let keywords =
            Object::from_raw_opt(kwnames).map_or(0, |names| names.downcast_unchecked::<Tuple>().len());
        let mut words = Vec::with_capacity(count + keywords + 1);
        words.push(receiver.as_ptr());
        for i in 0..count + keywords {
            words.push(*args.add(i));
        }
        result_into_raw(vectorcall_raw(&function, words.as_ptr(), count + 1, kwnames))
    }
}

#[methods]
impl Method {
    #[new(signature = "(function, instance, /)")]
    fn tp_new(_class: &Type, function: &Object, instance: &Object) -> Result<Ref<Self>> {
        if !function.is_callable() {
            return Err(raise!(TypeError, "first argument must be callable"));
        }
        if instance.is_none() {
            return Err(raise!(TypeError, "instance must not be None"));
        }
        Ok(Method::new(function, instance))
    }

    #[slot]
    unsafe fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        let keywords = keywords.map_or(std::ptr::null_mut(), |keywords| keywords.as_ptr());
        // SAFETY: all are alive during the call.
        unsafe {
            crate::protocol::result_from_raw(vectorcall_call(self.as_ptr(), arguments.as_ptr(), keywords))
        }
    }

    /// The function's docstring.
    #[getter(name = "__doc__")]
    fn doc(&self) -> Result {
        self.function().get_attr(intern!("__doc__"))
    }

    #[slot]
    fn tp_getattro(&self, name: &Str) -> Result {
        if let Some(found) = self.ty().lookup(name) {
            return crate::objects::r#type::bind(found, Some(self), self.ty());
        }
        crate::thread::Thread::current().check_recursion(" while getting an attribute")?;
        self.function().get_attr(name)
    }

    #[slot]
    fn tp_descr_get(&self, _object: Option<&Object>, _owner: Option<&Object>) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let function = self.function();
        let mut name = function.get_attr_opt(intern!("__qualname__"))?;
        if name.is_none() {
            name = function.get_attr_opt(intern!("__name__"))?;
        }
        let name = name.and_then(|name| name.downcast::<Str>().map(|name| name.to_string()));
        Ok(format!("<bound method {} of {}>", name.as_deref().unwrap_or("?"), self.receiver().repr()?))
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        let address = self.receiver.as_ptr() as usize;
        Ok((address >> 4 | address << 60) as isize ^ self.function().hash()?)
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(other) = other.downcast_exact::<Method>() else { return Ok(not_implemented()) };
        let equal = match op {
            CompareOp::Eq | CompareOp::Ne => {
                self.function().rich_compare_bool(&other.function(), CompareOp::Eq)?
                    && self.receiver().is_same(&other.receiver())
            }
            _ => return Ok(not_implemented()),
        };
        Ok(py_bool(equal == (op == CompareOp::Eq)))
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result {
        let name = self.function().get_attr(intern!("__name__"))?;
        let getattr = crate::eval::names::builtin(Interpreter::current(), intern!("getattr"))?;
        Ok(Tuple::pack([getattr, Tuple::pack([self.receiver(), name]).into_object()]).into_object())
    }
}
