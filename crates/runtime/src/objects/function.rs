//! `function`: Python functions. Layout: `PyFunctionObject`.

use std::cell::Cell;

use crate::eval::call::function_vectorcall;
use crate::objects::code::Code;
use crate::objects::method::Method;
use crate::prelude::*;
use crate::protocol::call::vectorcall_call;
use crate::weakref::WeakList;

/// Create a function object.
#[class(name = "function", symbol = "PyFunction_Type", flags(GC, HAVE_VECTORCALL, METHOD_DESCRIPTOR))]
#[repr(C)]
pub struct Function {
    head: Object,
    #[member(readonly, name = "__globals__")]
    pub globals: Link<Dict>,
    #[member(readonly, name = "__builtins__")]
    pub builtins: Link,
    name: Link<Str>,
    qualname: Link<Str>,
    code: Link<Code>,
    pub defaults: Link,
    pub kwdefaults: Link,
    #[member(readonly, name = "__closure__")]
    pub closure: Link<Tuple>,
    #[member(name = "__doc__")]
    pub doc: Link,
    #[dict]
    dict: Link<Dict>,
    #[weaklist]
    weakrefs: WeakList,
    #[member(name = "__module__")]
    pub module: Link,
    pub annotations: Link,
    pub annotate: Link,
    pub type_params: Link,
    #[vectorcall]
    #[gc(skip)]
    vectorcall: Cell<abi::vectorcallfunc>,
    #[gc(skip)]
    version: Cell<u32>,
}

const _: () = assert!(size_of::<Function>() == size_of::<abi::PyFunctionObject>());

impl Function {
    /// A function of that code in those globals, named as the code.
    pub fn new(code: &Code, globals: &Dict) -> Result<Ref<Function>> {
        let builtins = crate::eval::names::builtins_of(globals)?;
        let doc = if code.flags() & bytecode::code::flags::HAS_DOCSTRING != 0 && code.constant_count() > 0 {
            code.constant(0).to_ref()
        } else {
            none()
        };
        let module = globals.get_str(intern!("__name__"))?;
        Ok(Ref::new(Function {
            head: Object::HEAD,
            globals: Link::new(Ref::from_borrowed(globals)),
            builtins: Link::new(builtins),
            name: Link::new(code.name()),
            qualname: Link::new(code.qualname()),
            code: Link::new(Ref::from_borrowed(code)),
            defaults: Link::null(),
            kwdefaults: Link::null(),
            closure: Link::null(),
            doc: Link::new(doc),
            dict: Link::null(),
            weakrefs: WeakList::new(),
            module: Link::from_option(module),
            annotations: Link::null(),
            annotate: Link::null(),
            type_params: Link::null(),
            vectorcall: Cell::new(Some(function_vectorcall)),
            version: Cell::new(code.version()),
        }))
    }

    #[inline(always)]
    pub fn code(&self) -> &Code {
        // SAFETY: the code is set as long as the function lives; callers use the borrow before Python code runs again, or hold a frame, which owns the code.
        unsafe { &*self.code.as_ptr() }
    }

    #[inline(always)]
    pub fn code_ref(&self) -> Ref<Code> {
        Ref::from_borrowed(self.code())
    }

    /// Does a plain frame run it (nobody set another vectorcall)?
    #[inline(always)]
    pub fn runs_plainly(&self) -> bool {
        self.vectorcall
            .get()
            .is_some_and(|function| function as usize == function_vectorcall as *const () as usize)
    }

    /// What guards of specialized calls compare: all functions that were made of one code object, and still run it in a
    /// plain frame, have the same. 0: none.
    #[inline(always)]
    pub fn version(&self) -> u32 {
        self.version.get()
    }

    /// The version, which is made if need be and possible.
    pub fn ensure_version(&self) -> u32 {
        if self.version.get() == 0 && self.runs_plainly() {
            self.version.set(crate::objects::code::next_version());
        }
        self.version.get()
    }

    /// Does calling it give a generator, a coroutine or an asynchronous generator?
    #[inline(always)]
    pub fn makes_generator(&self) -> bool {
        use bytecode::code::flags::{ASYNC_GENERATOR, COROUTINE, GENERATOR};
        self.code().flags() & (GENERATOR | COROUTINE | ASYNC_GENERATOR) != 0
    }

    pub fn set_vectorcall(&self, function: abi::vectorcallfunc) {
        self.version.set(0);
        self.vectorcall.set(function);
    }

    pub fn qualname(&self) -> Ref<Str> {
        self.qualname.get().unwrap_or_else(|| Str::new("?"))
    }

    pub fn name(&self) -> Ref<Str> {
        self.name.get().unwrap_or_else(|| Str::new("?"))
    }

    pub fn set_qualname(&self, name: &Str) {
        self.qualname.set(Some(Ref::from_borrowed(name)));
    }

    pub fn defaults_tuple(&self) -> Option<Ref<Tuple>> {
        self.defaults.get().and_then(|defaults| defaults.cast::<Tuple>().ok())
    }

    pub fn kwdefaults_dict(&self) -> Option<Ref<Dict>> {
        self.kwdefaults.get().and_then(|defaults| defaults.cast::<Dict>().ok())
    }
}

/// `module.qualname()` of a callable, as messages about calls name it.
pub fn describe_callable(callable: &Object) -> String {
    let text = |name: &Str| match callable.get_attr_opt(name) {
        Ok(value) => value.and_then(|value| value.downcast::<Str>().map(|text| text.to_string())),
        Err(raised) => {
            raised.clear();
            None
        }
    };
    let Some(qualname) = text(intern!("__qualname__")) else {
        return callable.str_().map(|text| text.to_string()).unwrap_or_else(|raised| {
            raised.clear();
            String::new()
        });
    };
    match text(intern!("__module__")) {
        Some(module) if module != "builtins" => format!("{module}.{qualname}()"),
        _ => format!("{qualname}()"),
    }
}

/// The value of an attribute that must be a string.
fn string_value(value: Option<&Object>, attribute: &str) -> Result<Ref<Str>> {
    match value.and_then(|value| value.downcast::<Str>()) {
        Some(text) => Ok(Ref::from_borrowed(text)),
        None => Err(raise!(TypeError, "{attribute} must be set to a string object")),
    }
}

/// The value of an attribute that must be a `T` or None (as deletion).
fn value_or_none<T: NativeType>(value: Option<&Object>, attribute: &str, kind: &str) -> Result<Option<Ref>> {
    match value {
        None => Ok(None),
        Some(value) if value.is_none() => Ok(None),
        Some(value) if value.downcast::<T>().is_some() => Ok(Some(value.to_ref())),
        Some(_) => Err(raise!(TypeError, "{attribute} must be set to a {kind} object")),
    }
}

#[methods]
impl Function {
    #[new(signature = "(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)")]
    fn tp_new(
        _class: &Type,
        code: &Code,
        globals: &Dict,
        name: Option<&Object>,
        argdefs: Option<&Object>,
        closure: Option<&Object>,
        kwdefaults: Option<&Object>,
    ) -> Result<Ref<Self>> {
        let given = |value: Option<&Object>| value.filter(|value| !value.is_none()).map(Object::to_ref);
        let (name, argdefs, closure, kwdefaults) =
            (given(name), given(argdefs), given(closure), given(kwdefaults));
        if name.as_ref().is_some_and(|name| name.downcast::<Str>().is_none()) {
            return Err(raise!(TypeError, "arg 3 (name) must be None or string"));
        }
        if argdefs.as_ref().is_some_and(|defaults| defaults.downcast::<Tuple>().is_none()) {
            return Err(raise!(TypeError, "arg 4 (defaults) must be None or tuple"));
        }
        let free = code.free_count();
        let closure = match closure {
            None if free > 0 => return Err(raise!(TypeError, "arg 5 (closure) must be tuple")),
            None => None,
            Some(closure) => match closure.cast::<Tuple>() {
                Ok(closure) => Some(closure),
                Err(_) => return Err(raise!(TypeError, "arg 5 (closure) must be None or tuple")),
            },
        };
        let given = closure.as_ref().map_or(0, |closure| closure.len());
        if given != free {
            return Err(raise!(ValueError, "{} requires closure of length {free}, not {given}", code.name()));
        }
        if let Some(closure) = &closure {
            for cell in closure.as_slice() {
                if cell.downcast::<crate::objects::cell::Cell>().is_none() {
                    let name = cell.ty().full_name();
                    return Err(raise!(TypeError, "arg 5 (closure) expected cell, found {name}"));
                }
            }
        }
        if kwdefaults.as_ref().is_some_and(|defaults| defaults.downcast::<Dict>().is_none()) {
            return Err(raise!(TypeError, "arg 6 (kwdefaults) must be None or dict"));
        }
        let function = Function::new(code, globals)?;
        if let Some(name) = name.and_then(|name| name.cast::<Str>().ok()) {
            function.name.set(Some(name));
        }
        function.defaults.set(argdefs);
        function.closure.set(closure);
        function.kwdefaults.set(kwdefaults);
        Ok(function)
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        let keywords = keywords.map_or(std::ptr::null_mut(), |keywords| keywords.as_ptr());
        // SAFETY: all are alive during the call.
        unsafe {
            crate::protocol::result_from_raw(vectorcall_call(self.as_ptr(), arguments.as_ptr(), keywords))
        }
    }

    #[slot]
    fn tp_descr_get(&self, object: Option<&Object>, _owner: Option<&Object>) -> Ref {
        match object {
            Some(object) if !object.is_none() => Method::new(self, object).into_object(),
            _ => self.to_ref(),
        }
    }

    #[slot]
    fn tp_repr(&self) -> String {
        format!("<function {} at {:p}>", self.qualname(), self.as_ptr())
    }

    #[getter(name = "__code__")]
    fn get_code(&self) -> Ref<Code> {
        self.code_ref()
    }

    #[setter(name = "__code__")]
    fn set_code(&self, value: Option<&Object>) -> Result<()> {
        let Some(code) = value.and_then(|value| value.downcast::<Code>()) else {
            return Err(raise!(TypeError, "__code__ must be set to a code object"));
        };
        let closure = self.closure.get().map_or(0, |closure| closure.len());
        if code.free_count() != closure {
            return Err(raise!(
                ValueError,
                "{}() requires a code object with {closure} free vars, not {}",
                self.name(),
                code.free_count()
            ));
        }
        let kinds = bytecode::code::flags::GENERATOR
            | bytecode::code::flags::COROUTINE
            | bytecode::code::flags::ASYNC_GENERATOR;
        if code.flags() & kinds != self.code().flags() & kinds {
            let message = "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain \
                           function)";
            crate::warnings::warn(&crate::objects::exceptions::DeprecationWarning, message, 1)?;
        }
        self.version.set(0);
        self.code.set(Some(Ref::from_borrowed(code)));
        Ok(())
    }

    #[getter(name = "__name__")]
    fn get_name(&self) -> Ref<Str> {
        self.name()
    }

    #[setter(name = "__name__")]
    fn set_name(&self, value: Option<&Object>) -> Result<()> {
        self.name.set(Some(string_value(value, "__name__")?));
        Ok(())
    }

    #[getter(name = "__qualname__")]
    fn get_qualname(&self) -> Ref<Str> {
        self.qualname()
    }

    #[setter(name = "__qualname__")]
    fn set_qualified_name(&self, value: Option<&Object>) -> Result<()> {
        self.qualname.set(Some(string_value(value, "__qualname__")?));
        Ok(())
    }

    #[getter(name = "__defaults__")]
    fn get_defaults(&self) -> Option<Ref> {
        self.defaults.get()
    }

    #[setter(name = "__defaults__")]
    fn set_defaults(&self, value: Option<&Object>) -> Result<()> {
        self.defaults.set(value_or_none::<Tuple>(value, "__defaults__", "tuple")?);
        Ok(())
    }

    #[getter(name = "__kwdefaults__")]
    fn get_kwdefaults(&self) -> Option<Ref> {
        self.kwdefaults.get()
    }

    #[setter(name = "__kwdefaults__")]
    fn set_kwdefaults(&self, value: Option<&Object>) -> Result<()> {
        self.kwdefaults.set(value_or_none::<Dict>(value, "__kwdefaults__", "dict")?);
        Ok(())
    }

    #[getter(name = "__annotations__")]
    fn get_annotations(&self) -> Result {
        if let Some(annotations) = self.annotations.get() {
            // MAKE_FUNCTION may leave names and values in a flat tuple.
            if let Some(flat) = annotations.downcast_exact::<Tuple>() {
                let dict = Dict::new();
                for pair in flat.as_slice().chunks_exact(2) {
                    dict.insert(&pair[0], &pair[1])?;
                }
                self.annotations.set(Some(dict.clone().into_object()));
                return Ok(dict.into_object());
            }
            return Ok(annotations);
        }
        let annotations = match self.annotate.get() {
            Some(annotate) if annotate.is_callable() => {
                let result = annotate.call(&[&Int::new(1)])?;
                if result.downcast::<Dict>().is_none() {
                    let name = result.ty().full_name();
                    return Err(raise!(TypeError, "__annotate__() must return a dict, not {name}"));
                }
                result
            }
            _ => Dict::new().into_object(),
        };
        self.annotations.set(Some(annotations.clone()));
        Ok(annotations)
    }

    #[setter(name = "__annotations__")]
    fn set_annotations(&self, value: Option<&Object>) -> Result<()> {
        let value = value_or_none::<Dict>(value, "__annotations__", "dict")?;
        self.annotations.set(value);
        self.annotate.set(None);
        Ok(())
    }

    #[getter(name = "__annotate__")]
    fn get_annotate(&self) -> Option<Ref> {
        self.annotate.get()
    }

    #[setter(name = "__annotate__")]
    fn set_annotate(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else {
            return Err(raise!(TypeError, "__annotate__ cannot be deleted"));
        };
        if value.is_none() {
            self.annotate.set(None);
        } else if value.is_callable() {
            self.annotate.set(Some(value.to_ref()));
            self.annotations.set(None);
        } else {
            return Err(raise!(TypeError, "__annotate__ must be callable or None"));
        }
        Ok(())
    }

    #[getter(name = "__type_params__")]
    fn get_type_params(&self) -> Ref {
        self.type_params.get().unwrap_or_else(|| Tuple::empty().into_object())
    }

    #[setter(name = "__type_params__")]
    fn set_type_params(&self, value: Option<&Object>) -> Result<()> {
        match value.filter(|value| value.downcast::<Tuple>().is_some()) {
            Some(value) => self.type_params.set(Some(value.to_ref())),
            None => return Err(raise!(TypeError, "__type_params__ must be set to a tuple")),
        }
        Ok(())
    }

    #[getter(name = "__dict__")]
    fn get_dict(&self) -> Ref<Dict> {
        if self.dict.is_null() {
            self.dict.set(Some(Dict::new()));
        }
        self.dict.get().unwrap_or_else(Dict::new)
    }

    #[setter(name = "__dict__")]
    fn set_dict(&self, value: Option<&Object>) -> Result<()> {
        match value {
            None => Err(raise!(TypeError, "cannot delete __dict__")),
            Some(value) => match value.downcast::<Dict>() {
                Some(dict) => {
                    self.dict.set(Some(Ref::from_borrowed(dict)));
                    Ok(())
                }
                None => {
                    let name = value.ty().full_name();
                    Err(raise!(TypeError, "__dict__ must be set to a dictionary, not a '{name}'"))
                }
            },
        }
    }
}
