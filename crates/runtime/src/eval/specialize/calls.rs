//! CALL and CALL_KW: what is called, and the instruction for that.

use std::cell::Cell;

use bytecode::opcode::Opcode;

use super::{failed, is_due, specialized, write_32};
use crate::eval::call::takes_exactly;
use crate::eval::machine::Machine;
use crate::object::{NativeType, Object};
use crate::objects::builtin_function::BuiltinFunction;
use crate::objects::function::Function;
use crate::objects::list::List;
use crate::objects::method::Method;
use crate::objects::method_descriptor::MethodDescriptor;
use crate::objects::module::Module;
use crate::objects::object::construct;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::{Type, heap, slot_functions};

/// Built-in functions with instructions of their own, as soon as one was specialized: they never die then.
#[derive(Default)]
pub struct Callables {
    pub len: Callable,
    pub isinstance: Callable,
    pub list_append: Callable,
}

/// One of [`Callables`].
#[derive(Default)]
pub struct Callable(Cell<*const Object>);

impl Callable {
    #[inline(always)]
    pub fn is(&self, object: &Object) -> bool {
        std::ptr::eq(self.0.get(), object)
    }

    /// Remembers the function for good.
    fn keep(&self, object: &Object) -> bool {
        if self.0.get().is_null() {
            std::mem::forget(object.to_ref());
            self.0.set(object);
        }
        self.is(object)
    }
}

#[inline(always)]
pub fn call(m: &Machine, count: usize) {
    if is_due(m) {
        match find(m, count) {
            Some(opcode) => specialized(m, opcode),
            None => failed(m),
        }
    }
}

#[inline(always)]
pub fn call_kw(m: &Machine, count: usize) {
    if is_due(m) {
        match find_kw(m, count) {
            Some(opcode) => specialized(m, opcode),
            None => failed(m),
        }
    }
}

/// The function's version goes into the cache; `None` if it has none, or runs in no plain frame.
fn guard_function(m: &Machine, function: &Function) -> Option<()> {
    match function.ensure_version() {
        0 => None,
        version if function.runs_plainly() => {
            write_32(m, 1, version);
            Some(())
        }
        _ => None,
    }
}

#[cold]
fn find(m: &Machine, count: usize) -> Option<Opcode> {
    let callable = m.peek(count + 2);
    // SAFETY: the stack picture of a call.
    let has_self = unsafe { !(*m.slot(count + 1)).is_null() };
    let total = count + usize::from(has_self);
    if let Some(function) = callable.downcast_exact::<Function>() {
        guard_function(m, function)?;
        return Some(match takes_exactly(function, total) {
            true => Opcode::CALL_PY_EXACT_ARGS,
            false => Opcode::CALL_PY_GENERAL,
        });
    }
    if let Some(method) = callable.downcast_exact::<Method>() {
        if has_self {
            return None;
        }
        let function = method.function();
        let function = function.downcast_exact::<Function>()?;
        guard_function(m, function)?;
        return Some(match takes_exactly(function, count + 1) {
            true => Opcode::CALL_BOUND_METHOD_EXACT_ARGS,
            false => Opcode::CALL_BOUND_METHOD_GENERAL,
        });
    }
    if let Some(function) = callable.downcast_exact::<BuiltinFunction>() {
        return Some(builtin(m, function, total));
    }
    if let Some(descriptor) = callable.downcast_exact::<MethodDescriptor>() {
        return Some(descriptor_call(m, descriptor, count, has_self));
    }
    if let Some(class) = callable.downcast::<Type>() {
        return class_call(m, class, count, has_self);
    }
    Some(Opcode::CALL_NON_PY_GENERAL)
}

const CONVENTION: i32 = abi::METH_VARARGS
    | abi::METH_FASTCALL
    | abi::METH_NOARGS
    | abi::METH_O
    | abi::METH_KEYWORDS
    | abi::METH_METHOD;
pub const FAST_KEYWORDS: i32 = abi::METH_FASTCALL | abi::METH_KEYWORDS;

/// How a native function is called, of its flags.
#[inline(always)]
pub fn convention(definition: &abi::PyMethodDef) -> i32 {
    definition.ml_flags & CONVENTION
}

fn is_named(definition: &abi::PyMethodDef, name: &std::ffi::CStr) -> bool {
    // SAFETY: a definition's name is a C string that lives as long as it.
    unsafe { std::ffi::CStr::from_ptr(definition.ml_name) == name }
}

fn builtin(m: &Machine, function: &BuiltinFunction, total: usize) -> Opcode {
    let definition = function.definition();
    let callables = &m.thread.interpreter.callables;
    let of_builtins = || {
        function.raw_receiver().and_then(|module| module.downcast_exact::<Module>()).is_some_and(|module| {
            let builtins = m.thread.interpreter.builtins.get();
            builtins.is_some_and(|builtins| builtins.is_same(&module.dict()))
        })
    };
    match convention(definition) {
        abi::METH_O if total == 1 => {
            if is_named(definition, c"len") && of_builtins() && callables.len.keep(function) {
                return Opcode::CALL_LEN;
            }
            Opcode::CALL_BUILTIN_O
        }
        abi::METH_FASTCALL => {
            let is_isinstance = total == 2 && is_named(definition, c"isinstance");
            if is_isinstance && of_builtins() && callables.isinstance.keep(function) {
                return Opcode::CALL_ISINSTANCE;
            }
            Opcode::CALL_BUILTIN_FAST
        }
        FAST_KEYWORDS => Opcode::CALL_BUILTIN_FAST_WITH_KEYWORDS,
        _ => Opcode::CALL_NON_PY_GENERAL,
    }
}

fn descriptor_call(m: &Machine, descriptor: &MethodDescriptor, count: usize, has_self: bool) -> Opcode {
    let definition = descriptor.definition();
    let total = count + usize::from(has_self);
    let callables = &m.thread.interpreter.callables;
    match convention(definition) {
        abi::METH_NOARGS if total == 1 => Opcode::CALL_METHOD_DESCRIPTOR_NOARGS,
        abi::METH_O if total == 2 => {
            // SAFETY: an instruction follows the caches of every call.
            let next = unsafe { (*m.ip.add(3)).opcode() };
            if has_self
                && count == 1
                && next == Opcode::POP_TOP as u16
                && is_named(definition, c"append")
                && std::ptr::eq(descriptor.common().owner(), List::type_object())
                && callables.list_append.keep(descriptor)
            {
                return Opcode::CALL_LIST_APPEND;
            }
            Opcode::CALL_METHOD_DESCRIPTOR_O
        }
        abi::METH_FASTCALL if total >= 1 => Opcode::CALL_METHOD_DESCRIPTOR_FAST,
        FAST_KEYWORDS if total >= 1 => Opcode::CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS,
        _ => Opcode::CALL_NON_PY_GENERAL,
    }
}

fn class_call(m: &Machine, class: &Type, count: usize, has_self: bool) -> Option<Opcode> {
    let general = Some(Opcode::CALL_NON_PY_GENERAL);
    if class.is_immutable() {
        if count == 1 && !has_self {
            if std::ptr::eq(class, Str::type_object()) {
                return Some(Opcode::CALL_STR_1);
            }
            if std::ptr::eq(class, Type::type_object()) {
                return Some(Opcode::CALL_TYPE_1);
            }
            if std::ptr::eq(class, Tuple::type_object()) {
                return Some(Opcode::CALL_TUPLE_1);
            }
        }
        return if class.raw.tp_vectorcall.get().is_some() {
            Some(Opcode::CALL_BUILTIN_CLASS)
        } else {
            general
        };
    }
    match constructor(class) {
        Some(version) if !has_self => {
            write_32(m, 1, version);
            Some(Opcode::CALL_ALLOC_AND_ENTER_INIT)
        }
        _ => general,
    }
}

/// The version of a class whose instances are made by `object`'s `__new__` and an `__init__` written in Python, which is then
/// kept beside the class.
fn constructor(class: &Type) -> Option<u32> {
    let raw = &class.raw;
    let heap_part = class.heap()?;
    let slot = |function: Option<usize>, wanted: *const ()| function == Some(wanted as usize);
    if !class.ty().is_same(Type::type_object())
        || !slot(raw.tp_new.get().map(|f| f as usize), construct::new as *const ())
        || !slot(raw.tp_init.get().map(|f| f as usize), slot_functions::init as *const ())
        || !slot(raw.tp_alloc.get().map(|f| f as usize), heap::generic_alloc as *const ())
        || class.has_flag(abi::Py_TPFLAGS_IS_ABSTRACT)
    {
        return None;
    }
    let version = class.version();
    let init = class.lookup(crate::intern!("__init__"))?;
    let function = init.downcast_exact::<Function>()?;
    if version == 0 || !function.runs_plainly() || function.makes_generator() {
        return None;
    }
    heap_part._spec_cache.init.set(init.as_ptr());
    Some(version)
}

#[cold]
fn find_kw(m: &Machine, count: usize) -> Option<Opcode> {
    // Above the arguments lies the tuple of names.
    let callable = m.peek(count + 3);
    // SAFETY: the stack picture of a call.
    let has_self = unsafe { !(*m.slot(count + 2)).is_null() };
    if let Some(function) = callable.downcast_exact::<Function>() {
        guard_function(m, function)?;
        return Some(Opcode::CALL_KW_PY);
    }
    if let Some(method) = callable.downcast_exact::<Method>().filter(|_| !has_self) {
        let function = method.function();
        if let Some(function) = function.downcast_exact::<Function>() {
            guard_function(m, function)?;
            return Some(Opcode::CALL_KW_BOUND_METHOD);
        }
    }
    Some(Opcode::CALL_KW_NON_PY)
}
