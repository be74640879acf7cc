//! `method_descriptor` and `classmethod_descriptor`: native methods in a type's namespace.

use std::cell::Cell;

use crate::errors::Result;
use crate::object::RawObject;
use crate::objects::builtin_function::{
    BuiltinFunction, Convention, FastFunction, FastKeywordsFunction, MethodFunction, call_varargs,
    has_keywords, name_of, no_keywords, wrong_count,
};
use crate::objects::descriptor::{self, common_part, display_name};
use crate::objects::staticmethod::StaticMethod;
use crate::prelude::*;
use crate::protocol::call::positional_count;

/// A native method of a type (C: `PyMethodDescrObject`).
#[class(name = "method_descriptor", flags(GC, METHOD_DESCRIPTOR), symbol = "PyMethodDescr_Type")]
#[repr(C)]
pub struct MethodDescriptor {
    head: Object,
    #[member(readonly, name = "__objclass__")]
    owner: Link<Type>,
    #[member(readonly, name = "__name__")]
    name: Link<Str>,
    qualname: Link,
    #[gc(skip)]
    definition: Cell<*const abi::PyMethodDef>,
    #[vectorcall]
    vectorcall: Cell<abi::vectorcallfunc>,
}

/// A native class method in a type's namespace.
#[class(name = "classmethod_descriptor", flags(GC), symbol = "PyClassMethodDescr_Type")]
#[repr(C)]
pub struct ClassMethodDescriptor {
    head: Object,
    #[member(readonly, name = "__objclass__")]
    owner: Link<Type>,
    #[member(readonly, name = "__name__")]
    name: Link<Str>,
    qualname: Link,
    #[gc(skip)]
    definition: Cell<*const abi::PyMethodDef>,
    #[gc(skip)]
    unused: Cell<usize>,
}

const _: () = assert!(size_of::<MethodDescriptor>() == size_of::<abi::PyMethodDescrObject>());
const _: () = assert!(size_of::<ClassMethodDescriptor>() == size_of::<abi::PyMethodDescrObject>());

common_part!(MethodDescriptor);
common_part!(ClassMethodDescriptor);

/// What stands in a type's namespace for an entry of its method table, by the entry's flags.
///
/// # Safety
/// `definition` is well formed and outlives the descriptor.
pub unsafe fn from_definition(ty: &Type, definition: *const abi::PyMethodDef) -> Result {
    // SAFETY: by contract.
    unsafe {
        let flags = (*definition).ml_flags;
        match (flags & abi::METH_CLASS != 0, flags & abi::METH_STATIC != 0) {
            (true, true) => Err(raise!(ValueError, "method cannot be both class and static")),
            (true, false) => Ok(ClassMethodDescriptor::new(ty, definition)?.into_object()),
            (false, true) => {
                let function = BuiltinFunction::from_definition(definition, Some(ty), None, None)?;
                Ok(StaticMethod::new(&function).into_object())
            }
            (false, false) => Ok(MethodDescriptor::new(ty, definition)?.into_object()),
        }
    }
}

impl MethodDescriptor {
    /// As C's `PyDescr_NewMethod`.
    ///
    /// # Safety
    /// `definition` is well formed and outlives the descriptor.
    pub unsafe fn new(owner: &Type, definition: *const abi::PyMethodDef) -> Result<Ref<MethodDescriptor>> {
        // SAFETY: by contract.
        let convention = Convention::of(unsafe { &*definition })?;
        let vectorcall: abi::vectorcallfunc = Some(match convention {
            Convention::VarArgs | Convention::VarArgsKeywords => call_with_tuple,
            Convention::Fast => call_fast,
            Convention::FastKeywords => call_fast_keywords,
            Convention::NoArgs => call_no_args,
            Convention::OneArg => call_one_arg,
            Convention::Method => call_method,
        });
        // SAFETY: by contract.
        let name = Str::intern(Str::from_string(name_of(unsafe { &*definition })));
        Ok(Ref::new(MethodDescriptor {
            head: Object::HEAD,
            owner: Link::new(owner.to_type_ref()),
            name: Link::new(name),
            qualname: Link::null(),
            definition: Cell::new(definition),
            vectorcall: Cell::new(vectorcall),
        }))
    }

    #[inline(always)]
    pub fn definition(&self) -> &abi::PyMethodDef {
        // SAFETY: by the constructor's contract.
        unsafe { &*self.definition.get() }
    }
}

#[methods(parts(common))]
impl MethodDescriptor {
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        self.common().reduce()
    }

    #[getter(name = "__doc__")]
    fn documentation(&self) -> Option<String> {
        let definition = self.definition();
        // SAFETY: C strings of the definition.
        unsafe { descriptor::documentation(definition.ml_name, definition.ml_doc) }
    }

    #[getter(name = "__text_signature__")]
    fn signature(&self) -> Option<String> {
        let definition = self.definition();
        // SAFETY: C strings of the definition.
        unsafe { descriptor::signature(definition.ml_name, definition.ml_doc, definition.ml_flags) }
    }

    #[slot]
    fn tp_repr(&self) -> Ref<Str> {
        self.common().describe("method")
    }

    #[slot]
    fn tp_descr_get(&self, object: Option<&Object>, owner: Option<&Object>) -> Result {
        let Some(object) = object else { return Ok(self.to_ref()) };
        let common = self.common();
        common.check(object)?;
        let definition = self.definition();
        let class = if definition.ml_flags & abi::METH_METHOD != 0 {
            if let Some(owner) = owner
                && owner.downcast::<Type>().is_none()
            {
                let (name, given) = (common.name(), owner.ty().full_name());
                return Err(raise!(TypeError, "descriptor '{name}' needs a type, not '{given}', as arg 2"));
            }
            Some(common.owner())
        } else {
            None
        };
        // SAFETY: by the constructor's contract.
        let bound = unsafe { BuiltinFunction::from_definition(definition, Some(object), None, class) }?;
        Ok(bound.into_object())
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        self.call_dict(arguments, keywords)
    }
}

/// What every call of a method through its descriptor checks first.
///
/// # Safety
/// The arguments are those of a vectorcall of a `MethodDescriptor`.
#[inline(always)]
unsafe fn enter<'a>(
    callable: *mut RawObject,
    arguments: *const *mut RawObject,
    count: usize,
    kwnames: *mut RawObject,
    keywords_allowed: bool,
) -> Result<&'a MethodDescriptor> {
    // SAFETY: by contract.
    unsafe {
        let callable = Object::from_raw(callable).downcast_unchecked::<MethodDescriptor>();
        if count == 0 {
            let name = display_name(callable)?;
            return Err(raise!(TypeError, "unbound method {name} needs an argument"));
        }
        callable.common().check(Object::from_raw(*arguments))?;
        if !keywords_allowed && has_keywords(kwnames) {
            return Err(no_keywords(callable));
        }
        Thread::current().check_recursion(" while calling a Python object")?;
        Ok(callable)
    }
}

/// Declares the vectorcall functions of methods: `name(callable, arguments, count, names; function; keywords allowed)`.
macro_rules! vectorcalls {
    ($($name:ident($callable:ident, $arguments:ident, $count:ident, $names:ident, $function:ident, $keywords:literal)
        $body:block)*) => {$(
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
                    let $callable = enter(callable, $arguments, $count, $names, $keywords)?;
                    let Some($function) = $callable.definition().ml_meth else {
                        return Err(raise!(SystemError, "a method without a function"));
                    };
                    Ok($body)
                }
            };
            body().unwrap_or(std::ptr::null_mut())
        }
    )*};
}

vectorcalls! {
    call_no_args(callable, arguments, count, _names, function, false) {
        if count != 1 {
            return Err(wrong_count(callable, "no arguments", count - 1));
        }
        function(*arguments, std::ptr::null_mut())
    }
    call_one_arg(callable, arguments, count, _names, function, false) {
        if count != 2 {
            return Err(wrong_count(callable, "exactly one argument", count - 1));
        }
        function(*arguments, *arguments.add(1))
    }
    call_fast(callable, arguments, count, _names, function, false) {
        let function = std::mem::transmute::<abi::PyCFunction, FastFunction>(Some(function));
        function(*arguments, arguments.add(1), count as isize - 1)
    }
    call_fast_keywords(callable, arguments, count, names, function, true) {
        let function = std::mem::transmute::<abi::PyCFunction, FastKeywordsFunction>(Some(function));
        function(*arguments, arguments.add(1), count as isize - 1, names)
    }
    call_method(callable, arguments, count, names, function, true) {
        let function = std::mem::transmute::<abi::PyCFunction, MethodFunction>(Some(function));
        let class = callable.common().owner().as_type_ptr();
        function(*arguments, class, arguments.add(1), count as isize - 1, names)
    }
    call_with_tuple(callable, arguments, count, names, _function, true) {
        let rest = std::slice::from_raw_parts(arguments.add(1) as *const &Object, count - 1);
        let tuple = Tuple::from_vec(rest.iter().map(|value| value.to_ref()).collect());
        let keywords = keyword_dict(arguments.add(count), names)?;
        let keywords = keywords.as_ref().map_or(std::ptr::null_mut(), |keywords| keywords.as_ptr());
        if !keywords.is_null() && callable.definition().ml_flags & abi::METH_KEYWORDS == 0 {
            return Err(no_keywords(callable));
        }
        call_varargs(callable.definition(), *arguments, &tuple, keywords)?.into_raw()
    }
}

/// The keywords of a vectorcall as a dictionary; none if there are none.
///
/// # Safety
/// `names` is null or a live tuple; `values` points to as many live objects.
unsafe fn keyword_dict(values: *const *mut RawObject, names: *mut RawObject) -> Result<Option<Ref<Dict>>> {
    // SAFETY: by contract.
    let Some(names) = (unsafe { (names as *const Tuple).as_ref() }).filter(|names| !names.is_empty()) else {
        return Ok(None);
    };
    let keywords = Dict::new();
    for (index, name) in names.as_slice().iter().enumerate() {
        // SAFETY: by contract.
        keywords.insert(name, unsafe { Object::from_raw(*values.add(index)) })?;
    }
    Ok(Some(keywords))
}

impl ClassMethodDescriptor {
    /// As C's `PyDescr_NewClassMethod`.
    ///
    /// # Safety
    /// `definition` is well formed and outlives the descriptor.
    pub unsafe fn new(
        owner: &Type,
        definition: *const abi::PyMethodDef,
    ) -> Result<Ref<ClassMethodDescriptor>> {
        // SAFETY: by contract.
        let name = Str::intern(Str::from_string(name_of(unsafe { &*definition })));
        Ok(Ref::new(ClassMethodDescriptor {
            head: Object::HEAD,
            owner: Link::new(owner.to_type_ref()),
            name: Link::new(name),
            qualname: Link::null(),
            definition: Cell::new(definition),
            unused: Cell::new(0),
        }))
    }

    #[inline(always)]
    pub fn definition(&self) -> &abi::PyMethodDef {
        // SAFETY: by the constructor's contract.
        unsafe { &*self.definition.get() }
    }

    fn bind(&self, class: &Object) -> Result<Ref<BuiltinFunction>> {
        let (name, owner) = (self.common().name(), self.common().owner());
        let Some(class) = class.downcast::<Type>() else {
            return Err(raise!(
                TypeError,
                "descriptor '{name}' for type '{}' needs a type, not a '{}' as arg 2",
                owner.full_name(),
                class.ty().full_name()
            ));
        };
        if !class.is_subtype(owner) {
            return Err(raise!(
                TypeError,
                "descriptor '{name}' requires a subtype of '{}' but received '{}'",
                owner.full_name(),
                class.full_name()
            ));
        }
        let definition = self.definition();
        let defining = (definition.ml_flags & abi::METH_METHOD != 0).then_some(owner);
        // SAFETY: by the constructor's contract.
        unsafe { BuiltinFunction::from_definition(definition, Some(class), None, defining) }
    }
}

#[methods(parts(common))]
impl ClassMethodDescriptor {
    #[getter(name = "__doc__")]
    fn documentation(&self) -> Option<String> {
        let definition = self.definition();
        // SAFETY: C strings of the definition.
        unsafe { descriptor::documentation(definition.ml_name, definition.ml_doc) }
    }

    #[getter(name = "__text_signature__")]
    fn signature(&self) -> Option<String> {
        let definition = self.definition();
        // SAFETY: C strings of the definition.
        unsafe { descriptor::signature(definition.ml_name, definition.ml_doc, definition.ml_flags) }
    }

    #[slot]
    fn tp_repr(&self) -> Ref<Str> {
        self.common().describe("method")
    }

    #[slot]
    fn tp_descr_get(&self, object: Option<&Object>, owner: Option<&Object>) -> Result {
        let class = match (owner, object) {
            (Some(owner), _) => owner,
            (None, Some(object)) => object.ty(),
            (None, None) => {
                return Err(raise!(
                    TypeError,
                    "descriptor '{}' for type '{}' needs either an object or a type",
                    self.common().name(),
                    self.common().owner().full_name()
                ));
            }
        };
        Ok(self.bind(class)?.into_object())
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        let Some((class, rest)) = arguments.as_slice().split_first() else {
            return Err(raise!(
                TypeError,
                "descriptor '{}' of '{}' object needs an argument",
                self.common().name(),
                self.common().owner().full_name()
            ));
        };
        let bound = self.bind(class)?;
        bound.call_dict(&Tuple::from_vec(rest.to_vec()), keywords)
    }
}
