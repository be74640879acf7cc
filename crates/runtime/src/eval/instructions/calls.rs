//! Calls, and making functions and classes.
#![allow(clippy::not_unsafe_ptr_arg_deref, reason = "the pointers are slots of the machine's own stack")]

use bytecode::operands::FunctionAttribute;

use crate::eval::call::{self, Arguments};
use crate::eval::machine::{Machine, Step};
use crate::eval::stackref::StackRef;
use crate::eval::{intrinsics, specialize};
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::method::Method;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::reference::Ref;
use crate::{intern, raise};

pub const CALL_CACHES: usize = 3;

#[inline(never)]
pub fn call(m: &mut Machine, count: usize) -> Step {
    specialize::call(m, count);
    call_general(m, count)
}

/// callable self-or-null args*count -- result
#[inline(never)]
pub fn call_general(m: &mut Machine, count: usize) -> Step {
    let base = bind_self(m, count);
    let arguments = Arguments { base, count: count_on_stack(m, base), names: None };
    if let Some(function) = m.callee(base).downcast_exact::<Function>()
        && let Some(frame) = call::push_frame(m.thread, function, None, &arguments)?
    {
        m.drop_call(base);
        // SAFETY: the frame is complete.
        return unsafe { m.enter(frame, 1 + CALL_CACHES) };
    }
    m.skip(CALL_CACHES);
    // SAFETY: callable and arguments lie on the stack, which keeps them.
    let result = unsafe { call::call_stack(m.callee(base), &arguments) }?;
    m.drop_call(base);
    m.push_ref(result);
    // A call is a chance for signals and other threads.
    crate::eval::breaker::check(m)
}

/// Makes the callable's `self` the first argument: a bound method is taken apart, a null self is closed up.
/// Gives the first argument's slot.
#[inline(always)]
pub(crate) fn bind_self(m: &mut Machine, count: usize) -> *mut StackRef {
    let first = m.slot(count);
    // SAFETY: below the arguments lie self-or-null and the callable.
    unsafe {
        let receiver = first.sub(1);
        if !(*receiver).is_null() {
            // The receiver is the first argument; the callable lies right below: keep two slots of head.
            return receiver;
        }
        let callable = first.sub(2);
        if let Some(method) = (*callable).object().downcast_exact::<Method>() {
            let (function, object) = (method.function(), method.receiver());
            std::ptr::write(receiver, StackRef::new(object));
            drop(std::ptr::replace(callable, StackRef::new(function)));
            return receiver;
        }
        first
    }
}

/// How many items there are from `base` to the top.
#[inline(always)]
pub(crate) fn count_on_stack(m: &Machine, base: *mut StackRef) -> usize {
    // SAFETY: both point into the stack.
    unsafe { m.sp.offset_from(base) as usize }
}

impl Machine {
    /// The callable of a call whose arguments begin at `base`: one below a receiver, two below otherwise.
    #[inline(always)]
    pub(crate) fn callee(&self, base: *mut StackRef) -> &'static crate::object::Object {
        // SAFETY: the call's stack picture.
        unsafe {
            let below = base.sub(1);
            let slot = if (*below).is_null() { base.sub(2) } else { below };
            &*(*slot).as_raw().cast()
        }
    }

    /// Drops a call's arguments, self-or-null and callable.
    #[inline(always)]
    pub(crate) fn drop_call(&mut self, base: *mut StackRef) {
        while self.sp > base {
            drop(self.pop());
        }
        let below = self.pop();
        if below.is_null() {
            drop(self.pop());
        }
    }
}

/// callable self-or-null args*count keyword-names -- result
#[inline(never)]
pub fn call_kw(m: &mut Machine, count: usize) -> Step {
    specialize::call_kw(m, count);
    call_kw_general(m, count)
}

/// CALL_KW of anything.
#[inline(never)]
pub fn call_kw_general(m: &mut Machine, count: usize) -> Step {
    let names = m.pop_ref();
    // SAFETY: the compiler pushes a tuple of names.
    let names: Ref<Tuple> = unsafe { names.cast_unchecked() };
    let base = bind_self(m, count);
    let arguments = Arguments { base, count: count_on_stack(m, base) - names.len(), names: Some(&names) };
    if let Some(function) = m.callee(base).downcast_exact::<Function>()
        && let Some(frame) = call::push_frame(m.thread, function, None, &arguments)?
    {
        m.drop_call(base);
        // SAFETY: the frame is complete.
        return unsafe { m.enter(frame, 1 + CALL_CACHES) };
    }
    m.skip(CALL_CACHES);
    // SAFETY: callable and arguments lie on the stack, which keeps them.
    let result = unsafe { call::call_stack(m.callee(base), &arguments) }?;
    m.drop_call(base);
    m.push_ref(result);
    crate::eval::breaker::check(m)
}

/// What a CALL_FUNCTION_EX calls, and with what.
struct Unpacked {
    callable: Ref,
    arguments: Ref<Tuple>,
    keywords: Option<Ref<Dict>>,
}

/// Pops the operands of a CALL_FUNCTION_EX.
fn pop_unpacked(m: &mut Machine) -> crate::errors::Result<Unpacked> {
    let keywords = m.pop().into_option();
    let (arguments, receiver, callable) = (m.pop_ref(), m.pop(), m.pop_ref());
    let arguments = if arguments.is::<Tuple>() {
        // SAFETY: just checked.
        unsafe { arguments.cast_unchecked::<Tuple>() }
    } else {
        call::positional_from(&callable, &arguments)?
    };
    let keywords = match keywords {
        None => None,
        Some(mapping) if mapping.is::<Dict>() => {
            // SAFETY: just checked.
            Some(unsafe { mapping.cast_unchecked::<Dict>() })
        }
        Some(mapping) => {
            let dict = Dict::new();
            call::merge_keywords(&callable, &dict, &mapping)?;
            Some(dict)
        }
    };
    let arguments = match receiver.into_option() {
        Some(receiver) => {
            Tuple::from_vec(std::iter::once(receiver).chain(arguments.as_slice().iter().cloned()).collect())
        }
        None => arguments,
    };
    Ok(Unpacked { callable, arguments, keywords })
}

/// Pops the operands of a CALL_FUNCTION_EX and calls, whatever it is, as a native function.
pub fn call_unpacked_native(m: &mut Machine) -> crate::errors::Result {
    let Unpacked { callable, arguments, keywords } = pop_unpacked(m)?;
    callable.call_dict(&arguments, keywords.as_deref())
}

/// callable null-or-self args kwargs-or-null -- result
#[inline(never)]
pub fn call_function_ex(m: &mut Machine) -> Step {
    let Unpacked { callable, arguments, keywords } = pop_unpacked(m)?;
    if let Some(function) = callable.downcast_exact::<Function>()
        && keywords.as_ref().is_none_or(|keywords| keywords.is_empty())
    {
        let values = arguments.as_slice();
        // The tuple keeps the values; binding takes references of its own.
        let given = Arguments { base: values.as_ptr() as *mut StackRef, count: values.len(), names: None };
        if let Some(frame) = call::push_frame(m.thread, function, None, &given)? {
            // SAFETY: the frame is complete.
            return unsafe { m.enter(frame, 1) };
        }
    } else if let Some(function) = callable.downcast_exact::<Function>() {
        let mut values: Vec<Ref> = arguments.as_slice().to_vec();
        let mut names = Vec::new();
        if let Some(keywords) = &keywords {
            let mut position = 0;
            while let Some((name, value)) = keywords.next_entry(&mut position) {
                if name.downcast::<Str>().is_none() {
                    return Err(raise!(TypeError, "keywords must be strings").into());
                }
                names.push(name);
                values.push(value);
            }
        }
        let names = (!names.is_empty()).then(|| Tuple::from_vec(names));
        let arguments = Arguments {
            base: values.as_ptr() as *mut StackRef,
            count: arguments.len(),
            names: names.as_deref(),
        };
        if let Some(frame) = call::push_frame(m.thread, function, None, &arguments)? {
            // SAFETY: the frame is complete.
            return unsafe { m.enter(frame, 1) };
        }
    }
    let result = callable.call_dict(&arguments, keywords.as_deref())?;
    m.push_ref(result);
    crate::eval::breaker::check(m)
}

#[inline(never)]
pub fn call_intrinsic_1(m: &mut Machine, which: usize) -> Step {
    let value = m.pop_ref();
    let result = intrinsics::call_1(m.frame(), which as u32, &value)?;
    m.push_ref(result);
    Ok(())
}

#[inline(never)]
pub fn call_intrinsic_2(m: &mut Machine, which: usize) -> Step {
    let (right, left) = (m.pop_ref(), m.pop_ref());
    let result = intrinsics::call_2(which as u32, &left, &right)?;
    m.push_ref(result);
    Ok(())
}

#[inline(never)]
pub fn make_function(m: &mut Machine) -> Step {
    let code = m.pop_ref();
    // SAFETY: the compiler pushes a code object.
    let code: Ref<Code> = unsafe { code.cast_unchecked() };
    let function = Function::new(&code, m.frame().globals())?;
    m.push_ref(function);
    Ok(())
}

#[inline(never)]
pub fn set_function_attribute(m: &mut Machine, which: usize) -> Step {
    let function = m.pop_ref();
    let value = m.pop_ref();
    // SAFETY: MAKE_FUNCTION made it.
    let made: &Function = unsafe { function.downcast_unchecked() };
    match which as u32 {
        FunctionAttribute::DEFAULTS => made.defaults.set(Some(value)),
        FunctionAttribute::KWDEFAULTS => made.kwdefaults.set(Some(value)),
        FunctionAttribute::ANNOTATIONS => made.annotations.set(Some(value)),
        // SAFETY: the compiler builds a tuple of cells.
        FunctionAttribute::CLOSURE => made.closure.set(Some(unsafe { value.cast_unchecked() })),
        FunctionAttribute::ANNOTATE => {
            // Its code is named alone: the function that it belongs to is not known to the compiler by then.
            if let Some(annotate) = value.downcast::<Function>() {
                let name = format!("{}.{}", made.qualname(), annotate.name());
                annotate.set_qualname(&Str::from_string(name));
            }
            made.annotate.set(Some(value));
        }
        _ => return Err(raise!(SystemError, "bad SET_FUNCTION_ATTRIBUTE oparg").into()),
    }
    m.push_ref(function);
    Ok(())
}

#[inline(never)]
pub fn load_build_class(m: &mut Machine) -> Step {
    let name = intern!("__build_class__");
    match crate::protocol::item::get_item_opt(m.frame().builtins(), name)? {
        Some(function) => m.push_ref(function),
        None => return Err(raise!(NameError, "__build_class__ not found").into()),
    }
    Ok(())
}

#[inline(never)]
pub fn setup_annotations(m: &mut Machine) -> Step {
    let Some(locals) = m.frame().locals.get() else {
        return Err(raise!(SystemError, "no locals found when setting up annotations").into());
    };
    let name = intern!("__annotations__");
    if crate::protocol::item::get_item_opt(&locals, name)?.is_none() {
        locals.set_item(name, &Dict::new())?;
    }
    Ok(())
}

#[inline(always)]
pub fn return_value(m: &mut Machine) -> Step {
    let value = m.pop().into_owned();
    m.leave(value)
}

#[inline(never)]
pub fn exit_init_check(m: &mut Machine) -> Step {
    let value = m.pop_ref();
    if !value.is_none() {
        let name = value.ty().full_name().to_owned();
        return Err(raise!(TypeError, "__init__() should return None, not '{name}'").into());
    }
    Ok(())
}
