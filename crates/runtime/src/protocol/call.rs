//! Calls, by PEP 590's vectorcall.

use super::attribute::Method;
use super::type_name;
use crate::errors::{Raised, Result};
use crate::object::{Object, RawObject};
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::raise;
use crate::reference::Ref;
use crate::thread::Thread;

/// Set in `nargsf` where the callee may overwrite the word before the arguments (it restores it).
pub const ARGUMENTS_OFFSET: usize = 1 << (usize::BITS - 1);

/// The number of positional arguments in `nargsf`.
#[inline(always)]
pub fn positional_count(nargsf: usize) -> usize {
    nargsf & !ARGUMENTS_OFFSET
}

/// The vectorcall function of a callable, if it has one.
#[inline(always)]
pub fn vectorcall_function(callable: &Object) -> abi::vectorcallfunc {
    let ty = callable.ty();
    if !ty.has_flag(abi::Py_TPFLAGS_HAVE_VECTORCALL) {
        return None;
    }
    let offset = ty.raw.tp_vectorcall_offset.get();
    // SAFETY: the flag promises a vectorcall field at that offset of every instance.
    unsafe { *callable.as_ptr().cast::<u8>().offset(offset).cast::<abi::vectorcallfunc>() }
}

/// Calls with arguments in C's form.
///
/// # Safety
/// `args` points to the positional arguments, followed by the values of `kwnames` (null or a tuple of strings), all alive;
/// with [`ARGUMENTS_OFFSET`] in `nargsf`, the word before is writable.
#[inline]
pub unsafe fn vectorcall_raw(
    callable: &Object,
    args: *const *mut RawObject,
    nargsf: usize,
    kwnames: *mut RawObject,
) -> Result {
    let result = match vectorcall_function(callable) {
        // SAFETY: by contract.
        Some(function) => unsafe { function(callable.as_ptr(), args, nargsf, kwnames) },
        // SAFETY: by contract.
        None => return unsafe { call_slot(callable, args, positional_count(nargsf), kwnames) },
    };
    // SAFETY: the callee gives a strong reference or null.
    unsafe { check_result(callable, result) }
}

/// A call's result, held to the rule: either a value or an exception.
///
/// # Safety
/// `result` is null or a strong reference that the caller owns.
#[inline(always)]
pub unsafe fn check_result(callable: &Object, result: *mut RawObject) -> Result {
    let thread = Thread::current();
    // SAFETY: by contract.
    match unsafe { Ref::from_owned_opt(result) } {
        Some(value) if !thread.has_exception() => Ok(value),
        None if thread.has_exception() => Err(Raised::assume_set()),
        value => Err(broken_call(callable, value)),
    }
}

#[cold]
fn broken_call(callable: &Object, value: Option<Ref>) -> Raised {
    let cause = Thread::current().take_exception();
    let name = callable.repr().map(|name| name.to_string()).unwrap_or_else(|raised| {
        raised.clear();
        type_name(callable).to_owned()
    });
    if value.is_none() {
        return raise!(SystemError, "{name} returned NULL without setting an exception");
    }
    let raised = raise!(SystemError, "{name} returned a result with an exception set");
    let error = raised.take();
    if let Some(cause) = cause {
        crate::objects::exceptions::set_cause(&error, Some(&cause));
        crate::objects::exceptions::set_context(&error, Some(&cause));
    }
    crate::errors::restore(error)
}

/// Calls through `tp_call`, with a tuple and a dictionary.
///
/// # Safety
/// As for [`vectorcall_raw`].
#[cold]
unsafe fn call_slot(
    callable: &Object,
    args: *const *mut RawObject,
    positional: usize,
    kwnames: *mut RawObject,
) -> Result {
    // SAFETY: by contract all are alive.
    let (arguments, keywords) = unsafe {
        let names = Object::from_raw_opt(kwnames).map(|names| names.downcast_unchecked::<Tuple>());
        let total = positional + names.map_or(0, Tuple::len);
        let values: &[&Object] =
            if total == 0 { &[] } else { std::slice::from_raw_parts(args.cast(), total) };
        let arguments = Tuple::from_vec(values[..positional].iter().map(|value| value.to_ref()).collect());
        let keywords = match names {
            Some(names) if !names.is_empty() => {
                let keywords = Dict::new();
                for (name, value) in names.as_slice().iter().zip(&values[positional..]) {
                    keywords.insert(name, value)?;
                }
                Some(keywords)
            }
            _ => None,
        };
        (arguments, keywords)
    };
    callable.call_slot_with(&arguments, keywords.as_deref())
}

impl Object {
    /// `self(*arguments)`.
    #[inline]
    pub fn call(&self, arguments: &[&Object]) -> Result {
        // SAFETY: the arguments are borrowed for the call.
        unsafe { vectorcall_raw(self, arguments.as_ptr().cast(), arguments.len(), std::ptr::null_mut()) }
    }

    /// `self(...)` with the values of `names` behind the positional arguments.
    #[inline]
    pub fn call_kw(&self, arguments: &[&Object], names: Option<&Tuple>) -> Result {
        let keywords = names.map_or(0, Tuple::len);
        let positional = arguments.len() - keywords;
        let names = names.filter(|_| keywords > 0).map_or(std::ptr::null_mut(), |names| names.as_ptr());
        // SAFETY: the arguments are borrowed for the call.
        unsafe { vectorcall_raw(self, arguments.as_ptr().cast(), positional, names) }
    }

    /// `self(*arguments, **keywords)`.
    pub fn call_dict(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        if vectorcall_function(self).is_none() {
            return self.call_slot_with(arguments, keywords);
        }
        let mut values: Vec<Ref> = arguments.as_slice().to_vec();
        let mut names = Vec::new();
        if let Some(keywords) = keywords {
            let mut position = 0;
            while let Some((name, value)) = keywords.next_entry(&mut position) {
                if name.downcast::<Str>().is_none() {
                    return Err(raise!(TypeError, "keywords must be strings"));
                }
                names.push(name);
                values.push(value);
            }
        }
        let names = (!names.is_empty()).then(|| Tuple::from_vec(names));
        let borrowed: Vec<&Object> = values.iter().map(|value| &**value).collect();
        self.call_kw(&borrowed, names.as_deref())
    }

    /// The TypeError; a module may hold what was meant under its own name.
    #[cold]
    fn not_callable(&self) -> Raised {
        let meant = || -> Result<Option<Ref<Str>>> {
            if self.downcast::<crate::objects::module::Module>().is_none() {
                return Ok(None);
            }
            let Some(name) =
                self.get_attr_opt(crate::intern!("__name__"))?.and_then(|name| name.cast::<Str>().ok())
            else {
                return Ok(None);
            };
            let found = self.get_attr_opt(&name)?;
            Ok(found.filter(|found| found.is_callable()).map(|_| name))
        };
        match meant() {
            Ok(Some(name)) => {
                raise!(TypeError, "'module' object is not callable. Did you mean: '{name}.{name}(...)'?")
            }
            Ok(None) => raise!(TypeError, "'{}' object is not callable", type_name(self)),
            Err(raised) => raised,
        }
    }

    fn call_slot_with(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        let Some(call) = self.ty().raw.tp_call.get() else {
            return Err(self.not_callable());
        };
        Thread::current().check_recursion(" while calling a Python object")?;
        let keywords = keywords.map_or(std::ptr::null_mut(), |keywords| keywords.as_ptr());
        // SAFETY: all are alive during the call; the callee gives a strong reference or null.
        unsafe { check_result(self, call(self.as_ptr(), arguments.as_ptr(), keywords)) }
    }

    /// `self.name(*arguments)`, without making a bound method.
    pub fn call_method(&self, name: &Str, arguments: &[&Object]) -> Result {
        let method = self.get_method(name)?;
        self.call_found(&method, arguments)
    }

    /// Calls a special method of the type; `None` if there is none.
    pub fn call_special(&self, name: &Str, arguments: &[&Object]) -> Result<Option<Ref>> {
        match self.lookup_special_method(name)? {
            Some(method) => self.call_found(&method, arguments).map(Some),
            None => Ok(None),
        }
    }

    /// Calls a method that was found on this object.
    pub fn call_found(&self, method: &Method, arguments: &[&Object]) -> Result {
        match method {
            Method::Bound(callable) => callable.call(arguments),
            Method::Unbound(function) => match *arguments {
                [] => function.call(&[self]),
                [a] => function.call(&[self, a]),
                [a, b] => function.call(&[self, a, b]),
                _ => {
                    let mut all = Vec::with_capacity(arguments.len() + 1);
                    all.push(self);
                    all.extend_from_slice(arguments);
                    function.call(&all)
                }
            },
        }
    }

    /// Can it be called?
    pub fn is_callable(&self) -> bool {
        self.ty().raw.tp_call.get().is_some()
    }
}

/// The body of a `tp_call` slot for a type that has vectorcall: unpacks and passes on.
///
/// # Safety
/// As C's `PyVectorcall_Call`.
pub unsafe extern "C" fn vectorcall_call(
    callable: *mut RawObject,
    arguments: *mut RawObject,
    keywords: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: by contract: a callable, a tuple, null or a dict.
    let (callable, arguments, keywords) = unsafe {
        (
            Object::from_raw(callable),
            Object::from_raw(arguments).downcast_unchecked::<Tuple>(),
            Object::from_raw_opt(keywords).map(|keywords| keywords.downcast_unchecked::<Dict>()),
        )
    };
    if vectorcall_function(callable).is_none() {
        let _ = raise!(TypeError, "'{}' object does not support vectorcall", type_name(callable));
        return std::ptr::null_mut();
    }
    super::result_into_raw(callable.call_dict(arguments, keywords))
}
