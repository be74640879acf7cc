//! `builtin_function_or_method`: a native function bound to its module or to an object; and `builtin_method`, one that
//! also knows the class that defines it. Layout: <https://docs.python.org/3.14/c-api/structures.html#implementing-functions-and-methods>.

use std::cell::Cell;
use std::ffi::CStr;

use crate::errors::{Raised, Result};
use crate::object::RawObject;
use crate::objects::descriptor::{self, builtin, display_name, hash_pointer, join_names};
use crate::prelude::*;
use crate::protocol::call::positional_count;
use crate::protocol::result_from_raw;

/// How a native function is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Convention {
    VarArgs,
    VarArgsKeywords,
    Fast,
    FastKeywords,
    NoArgs,
    OneArg,
    /// As `FastKeywords`, with the defining class.
    Method,
}

impl Convention {
    /// From `ml_flags`.
    pub fn of(definition: &abi::PyMethodDef) -> Result<Convention> {
        const CONVENTION: i32 = abi::METH_VARARGS
            | abi::METH_FASTCALL
            | abi::METH_NOARGS
            | abi::METH_O
            | abi::METH_KEYWORDS
            | abi::METH_METHOD;
        const VARARGS_KEYWORDS: i32 = abi::METH_VARARGS | abi::METH_KEYWORDS;
        const FAST_KEYWORDS: i32 = abi::METH_FASTCALL | abi::METH_KEYWORDS;
        const METHOD: i32 = abi::METH_METHOD | abi::METH_FASTCALL | abi::METH_KEYWORDS;
        match definition.ml_flags & CONVENTION {
            abi::METH_VARARGS => Ok(Convention::VarArgs),
            VARARGS_KEYWORDS => Ok(Convention::VarArgsKeywords),
            abi::METH_FASTCALL => Ok(Convention::Fast),
            FAST_KEYWORDS => Ok(Convention::FastKeywords),
            abi::METH_NOARGS => Ok(Convention::NoArgs),
            abi::METH_O => Ok(Convention::OneArg),
            METHOD => Ok(Convention::Method),
            _ => Err(raise!(SystemError, "{}() method: bad call flags", name_of(definition))),
        }
    }
}

/// The name in a definition.
pub fn name_of(definition: &abi::PyMethodDef) -> String {
    // SAFETY: a definition's name is a C string that lives as long as it.
    unsafe { CStr::from_ptr(definition.ml_name) }.to_string_lossy().into_owned()
}

/// A native function or a native method bound to an object (C: `PyCFunctionObject`).
#[class(name = "builtin_function_or_method", flags(GC), symbol = "PyCFunction_Type")]
#[repr(C)]
pub struct BuiltinFunction {
    head: Object,
    #[gc(skip)]
    definition: Cell<*const abi::PyMethodDef>,
    receiver: Link,
    #[member(name = "__module__")]
    module: Link,
    #[weaklist]
    weakrefs: WeakList,
    #[vectorcall]
    vectorcall: Cell<abi::vectorcallfunc>,
}

/// A native method that is told the class that defines it (C: `PyCMethodObject`).
#[class(name = "builtin_method", flags(GC), symbol = "PyCMethod_Type")]
#[repr(C)]
pub struct BuiltinMethod {
    base: BuiltinFunction,
    class: Link<Type>,
}

const _: () = assert!(size_of::<BuiltinFunction>() == size_of::<abi::PyCFunctionObject>());
const _: () = assert!(size_of::<BuiltinMethod>() == size_of::<abi::PyCMethodObject>());

impl BuiltinFunction {
    /// A function of a native module: `receiver` is what the function gets first, `module` the name for `__module__`.
    pub fn new(
        definition: &'static abi::PyMethodDef,
        receiver: Option<&Object>,
        module: Option<&Object>,
    ) -> Result<Ref<BuiltinFunction>> {
        // SAFETY: it lives as long as the process.
        unsafe { BuiltinFunction::from_definition(definition, receiver, module, None) }
    }

    /// As C's `PyCMethod_New`.
    ///
    /// # Safety
    /// `definition` is well formed and outlives the function.
    pub unsafe fn from_definition(
        definition: *const abi::PyMethodDef,
        receiver: Option<&Object>,
        module: Option<&Object>,
        class: Option<&Type>,
    ) -> Result<Ref<BuiltinFunction>> {
        // SAFETY: by contract.
        let convention = Convention::of(unsafe { &*definition })?;
        let vectorcall: abi::vectorcallfunc = match convention {
            Convention::VarArgs | Convention::VarArgsKeywords => None,
            Convention::Fast => Some(call_fast),
            Convention::FastKeywords => Some(call_fast_keywords),
            Convention::NoArgs => Some(call_no_args),
            Convention::OneArg => Some(call_one_arg),
            Convention::Method => Some(call_method),
        };
        let base = BuiltinFunction {
            head: Object::HEAD,
            definition: Cell::new(definition),
            receiver: Link::from_option(receiver.map(Object::to_ref)),
            module: Link::from_option(module.map(Object::to_ref)),
            weakrefs: WeakList::new(),
            vectorcall: Cell::new(vectorcall),
        };
        match (convention == Convention::Method, class) {
            (false, None) => Ok(Ref::new(base)),
            (true, Some(class)) => {
                let method = Ref::new(BuiltinMethod { base, class: Link::new(class.to_type_ref()) });
                // SAFETY: it begins with one.
                Ok(unsafe { method.cast_unchecked() })
            }
            (true, None) => Err(raise!(
                SystemError,
                "attempting to create PyCMethod with a METH_METHOD flag but no class"
            )),
            (false, Some(_)) => Err(raise!(
                SystemError,
                "attempting to create PyCFunction with class but no METH_METHOD flag"
            )),
        }
    }

    #[inline(always)]
    pub fn definition(&self) -> &abi::PyMethodDef {
        // SAFETY: by the constructor's contract.
        unsafe { &*self.definition.get() }
    }

    /// The name as the definition has it.
    pub fn name(&self) -> String {
        name_of(self.definition())
    }

    /// What the function gets first: its module, the object it is bound to, or nothing.
    #[inline(always)]
    pub fn receiver(&self) -> Option<&Object> {
        if self.definition().ml_flags & abi::METH_STATIC != 0 {
            return None;
        }
        // SAFETY: never changed while the function lives.
        unsafe { self.receiver.borrow() }
    }

    /// As [`BuiltinFunction::receiver`], for static methods the class.
    pub fn raw_receiver(&self) -> Option<&Object> {
        // SAFETY: never changed while the function lives.
        unsafe { self.receiver.borrow() }
    }

    /// As [`BuiltinFunction::receiver`], for C.
    #[inline(always)]
    pub fn receiver_ptr(&self) -> *mut RawObject {
        self.receiver().map_or(std::ptr::null_mut(), Object::as_ptr)
    }

    /// Is it a function of a module, no method?
    fn is_function(&self) -> bool {
        self.raw_receiver().is_none_or(|receiver| receiver.downcast::<Module>().is_some())
    }
}

#[methods]
impl BuiltinFunction {
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result {
        let name = Str::from_string(self.name());
        match self.raw_receiver().filter(|_| !self.is_function()) {
            Some(receiver) => {
                let arguments = Tuple::pack([receiver.to_ref(), name.into_object()]);
                Ok(Tuple::pack([builtin(intern!("getattr"))?, arguments.into_object()]).into_object())
            }
            None => Ok(name.into_object()),
        }
    }

    #[getter(name = "__doc__")]
    fn documentation(&self) -> Option<String> {
        let definition = self.definition();
        // SAFETY: C strings of the definition.
        unsafe { descriptor::documentation(definition.ml_name, definition.ml_doc) }
    }

    #[getter(name = "__name__")]
    fn plain_name(&self) -> String {
        self.name()
    }

    #[getter(name = "__qualname__")]
    fn qualified_name(&self) -> Result<Ref<Str>> {
        let name = Str::from_string(self.name());
        let Some(receiver) = self.raw_receiver().filter(|_| !self.is_function()) else { return Ok(name) };
        let class = receiver.downcast::<Type>().unwrap_or(receiver.ty());
        let outer = class.get_attr(intern!("__qualname__"))?;
        match outer.downcast::<Str>() {
            Some(outer) => Ok(join_names(outer, &name)),
            None => Err(raise!(TypeError, "<method>.__class__.__qualname__ is not a unicode object")),
        }
    }

    #[getter(name = "__self__")]
    fn bound_to(&self) -> Option<&Object> {
        self.receiver()
    }

    #[getter(name = "__text_signature__")]
    fn signature(&self) -> Option<String> {
        let definition = self.definition();
        // SAFETY: C strings of the definition.
        unsafe { descriptor::signature(definition.ml_name, definition.ml_doc, definition.ml_flags) }
    }

    #[slot]
    fn tp_repr(&self) -> String {
        let name = self.name();
        match self.raw_receiver().filter(|_| !self.is_function()) {
            Some(receiver) => {
                let (ty, address) = (receiver.ty().full_name(), receiver.as_ptr());
                format!("<built-in method {name} of {ty} object at {address:p}>")
            }
            None => format!("<built-in function {name}>"),
        }
    }

    #[slot]
    fn tp_hash(&self) -> isize {
        let function = self.definition().ml_meth.map_or(0, |function| function as usize);
        hash_pointer(self.receiver.as_ptr()) ^ hash_pointer(function as *const u8)
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<BuiltinFunction>()) else {
            return Ok(not_implemented());
        };
        let address = |function: &BuiltinFunction| function.definition().ml_meth.map_or(0, |f| f as usize);
        let same = self.receiver.as_ptr() == other.receiver.as_ptr() && address(self) == address(other);
        Ok(py_bool(same == (op == CompareOp::Eq)))
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        if self.vectorcall.get().is_some() {
            return self.call_dict(arguments, keywords);
        }
        let definition = self.definition();
        let keywords = keywords.filter(|keywords| !keywords.is_empty());
        let raw_keywords = keywords.map_or(std::ptr::null_mut(), |keywords| keywords.as_ptr());
        // SAFETY: the flags say how the function is called; all arguments are alive.
        unsafe { call_varargs(definition, self.receiver_ptr(), arguments, raw_keywords) }
    }

    /// What a function holds stays until it dies.
    #[slot]
    fn tp_clear(&self) {}
}

#[methods]
impl BuiltinMethod {
    /// The class stays, too: calls need it.
    #[slot]
    fn tp_clear(&self) {}
}

/// Calls a function that wants a tuple, and perhaps a dictionary.
///
/// # Safety
/// The definition is of that convention; `receiver` and `keywords` are null or alive.
pub unsafe fn call_varargs(
    definition: &abi::PyMethodDef,
    receiver: *mut RawObject,
    arguments: &Tuple,
    keywords: *mut RawObject,
) -> Result {
    let Some(function) = definition.ml_meth else { return Err(no_function(definition)) };
    // SAFETY: by contract.
    unsafe {
        if definition.ml_flags & abi::METH_KEYWORDS != 0 {
            let function: unsafe extern "C" fn(
                *mut RawObject,
                *mut RawObject,
                *mut RawObject,
            ) -> *mut RawObject = std::mem::transmute(function);
            return result_from_raw(function(receiver, arguments.as_ptr(), keywords));
        }
        if !keywords.is_null() {
            return Err(raise!(TypeError, "{}() takes no keyword arguments", name_of(definition)));
        }
        result_from_raw(function(receiver, arguments.as_ptr()))
    }
}

#[cold]
fn no_function(definition: &abi::PyMethodDef) -> Raised {
    raise!(SystemError, "{}() method: no function", name_of(definition))
}

/// TypeError: "len() takes exactly one argument (2 given)" and the like.
#[cold]
pub(super) fn wrong_count(function: &Object, wanted: &str, given: usize) -> Raised {
    match display_name(function) {
        Ok(name) => raise!(TypeError, "{name} takes {wanted} ({given} given)"),
        Err(raised) => raised,
    }
}

#[cold]
pub(super) fn no_keywords(function: &Object) -> Raised {
    match display_name(function) {
        Ok(name) => raise!(TypeError, "{name} takes no keyword arguments"),
        Err(raised) => raised,
    }
}

/// Does a vectorcall pass keywords?
///
/// # Safety
/// `kwnames` is null or a live tuple.
#[inline(always)]
pub(super) unsafe fn has_keywords(kwnames: *mut RawObject) -> bool {
    // SAFETY: by contract.
    unsafe { (kwnames as *const Tuple).as_ref() }.is_some_and(|names| !names.is_empty())
}

/// The function types that the conventions' C functions have.
pub type FastFunction = unsafe extern "C" fn(*mut RawObject, *const *mut RawObject, isize) -> *mut RawObject;
pub type FastKeywordsFunction =
    unsafe extern "C" fn(*mut RawObject, *const *mut RawObject, isize, *mut RawObject) -> *mut RawObject;
pub(super) type MethodFunction = unsafe extern "C" fn(
    *mut RawObject,
    *mut abi::PyTypeObject,
    *const *mut RawObject,
    isize,
    *mut RawObject,
) -> *mut RawObject;

/// Declares the vectorcall functions: `name(callable, arguments, count, names; function) -> raw result`.
macro_rules! vectorcalls {
    ($($name:ident($callable:ident, $arguments:ident, $count:ident, $names:ident, $function:ident) $body:block)*) => {$(
        unsafe extern "C" fn $name(
            callable: *mut RawObject,
            $arguments: *const *mut RawObject,
            nargsf: usize,
            $names: *mut RawObject,
        ) -> *mut RawObject {
            let $count = positional_count(nargsf);
            let body = || -> Result<*mut RawObject> {
                // SAFETY: vectorcall passes the callable itself, `count` arguments and the values of the names, all
                // alive; the convention says what type the function has.
                unsafe {
                    let $callable = Object::from_raw(callable).downcast_unchecked::<BuiltinFunction>();
                    let Some($function) = $callable.definition().ml_meth else {
                        return Err(no_function($callable.definition()));
                    };
                    Ok($body)
                }
            };
            body().unwrap_or(std::ptr::null_mut())
        }
    )*};
}

const CALLING: &str = " while calling a Python object";

vectorcalls! {
    call_no_args(callable, _arguments, count, names, function) {
        if has_keywords(names) {
            return Err(no_keywords(callable));
        }
        if count != 0 {
            return Err(wrong_count(callable, "no arguments", count));
        }
        Thread::current().check_recursion(CALLING)?;
        function(callable.receiver_ptr(), std::ptr::null_mut())
    }
    call_one_arg(callable, arguments, count, names, function) {
        if has_keywords(names) {
            return Err(no_keywords(callable));
        }
        if count != 1 {
            return Err(wrong_count(callable, "exactly one argument", count));
        }
        Thread::current().check_recursion(CALLING)?;
        function(callable.receiver_ptr(), *arguments)
    }
    call_fast(callable, arguments, count, names, function) {
        if has_keywords(names) {
            return Err(no_keywords(callable));
        }
        Thread::current().check_recursion(CALLING)?;
        let function = std::mem::transmute::<abi::PyCFunction, FastFunction>(Some(function));
        function(callable.receiver_ptr(), arguments, count as isize)
    }
    call_fast_keywords(callable, arguments, count, names, function) {
        Thread::current().check_recursion(CALLING)?;
        let function = std::mem::transmute::<abi::PyCFunction, FastKeywordsFunction>(Some(function));
        function(callable.receiver_ptr(), arguments, count as isize, names)
    }
    call_method(callable, arguments, count, names, function) {
        Thread::current().check_recursion(CALLING)?;
        let class = &callable.downcast_unchecked::<BuiltinMethod>().class;
        let function = std::mem::transmute::<abi::PyCFunction, MethodFunction>(Some(function));
        function(callable.receiver_ptr(), class.as_ptr() as *mut abi::PyTypeObject, arguments, count as isize, names)
    }
}
