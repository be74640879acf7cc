//! CALL and CALL_KW for one kind of callable each. Where a guard fails, the general instruction runs.

use std::mem::MaybeUninit;

use super::calls::{CALL_CACHES, bind_self, count_on_stack};
use crate::eval::call::{self, Arguments};
use crate::eval::frame::Frame;
use crate::eval::machine::{Machine, Step, Stop};
use crate::eval::specialize::calls::{FAST_KEYWORDS, convention};
use crate::eval::stackref::StackRef;
use crate::object::{NativeType, Object, RawObject};
use crate::objects::builtin_function::{BuiltinFunction, FastFunction, FastKeywordsFunction};
use crate::objects::function::Function;
use crate::objects::int::Int;
use crate::objects::list::List;
use crate::objects::method::Method;
use crate::objects::method_descriptor::MethodDescriptor;
use crate::objects::singletons::py_bool;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::{Type, heap};
use crate::reference::Ref;

/// The callable of a call.
#[inline(always)]
fn callable(m: &Machine, count: usize) -> &'static Object {
    m.peek(count + 2)
}

/// Is there a receiver between callable and arguments?
#[inline(always)]
fn has_receiver(m: &Machine, count: usize) -> bool {
    // SAFETY: the stack picture of a call.
    unsafe { !(*m.slot(count + 1)).is_null() }
}

/// The function to be called, if it has the version in the cache.
#[inline(always)]
fn guarded(m: &Machine, callable: &'static Object) -> Option<&'static Function> {
    callable.downcast_exact::<Function>().filter(|function| function.version() == m.cache_32(1))
}

/// A call of a Python function whose parameters are just positional ones, as many as given.
#[inline(always)]
pub fn call_py_exact_args(m: &mut Machine, count: usize) -> Step {
    let Some(function) = guarded(m, callable(m, count)) else { return Err(Stop::Miss) };
    let total = count + usize::from(has_receiver(m, count));
    if function.code().argcount() != total {
        return Err(Stop::Miss);
    }
    let receiver = m.slot(count + 1);
    push_exact(m, function, total, receiver)
}

/// Puts a bound method's parts where callable and receiver are.
#[inline(always)]
fn take_apart(m: &mut Machine, method: &Method, receiver: *mut StackRef) {
    let (function, object) = (method.function(), method.receiver());
    // SAFETY: the two slots belong to the call; the receiver's is null.
    unsafe {
        std::ptr::write(receiver, StackRef::new(object));
        drop(std::ptr::replace(receiver.sub(1), StackRef::new(function)));
    }
    let _ = m;
}

/// The bound method that is called, if its function has the version in the cache.
#[inline(always)]
fn guarded_method(m: &Machine, count: usize) -> Option<(&'static Method, &'static Function)> {
    let method = callable(m, count).downcast_exact::<Method>()?;
    if has_receiver(m, count) {
        return None;
    }
    let function = guarded(m, method.function_static())?;
    Some((method, function))
}

/// A bound method of such a function.
#[inline(always)]
pub fn call_bound_method_exact_args(m: &mut Machine, count: usize) -> Step {
    let Some((method, function)) = guarded_method(m, count) else { return Err(Stop::Miss) };
    if function.code().argcount() != count + 1 {
        return Err(Stop::Miss);
    }
    let receiver = m.slot(count + 1);
    take_apart(m, method, receiver);
    push_exact(m, function, count + 1, receiver)
}

/// Moves the arguments, which end the stack, into a new frame.
#[inline(always)]
fn push_exact(m: &mut Machine, function: &Function, total: usize, receiver: *mut StackRef) -> Step {
    // SAFETY: `total` arguments end the stack; the frame has room for them.
    unsafe {
        let first = m.slot(total);
        let frame = call::new_frame(m.thread, Ref::from_borrowed(function), None, total);
        let locals = Frame::slots(frame);
        for i in 0..total {
            std::ptr::write(locals.add(i), std::ptr::read(first.add(i)).into_owned());
        }
        m.sp = receiver.sub(1);
        // The frame holds the function, so this is not its last reference.
        drop(std::ptr::read(receiver.sub(1)));
        m.enter(frame, 1 + CALL_CACHES)
    }
}

/// A Python function whose parameters have to be bound.
#[inline(always)]
pub fn call_py_general(m: &mut Machine, count: usize) -> Step {
    match guarded(m, callable(m, count)) {
        Some(function) => m.out(|m| push_bound(m, function, count, None)),
        None => Err(Stop::Miss),
    }
}

#[inline(always)]
pub fn call_bound_method_general(m: &mut Machine, count: usize) -> Step {
    let Some((method, function)) = guarded_method(m, count) else { return Err(Stop::Miss) };
    let receiver = m.slot(count + 1);
    take_apart(m, method, receiver);
    m.out(|m| push_bound(m, function, count, None))
}

#[inline(never)]
fn push_bound(m: &mut Machine, function: &Function, count: usize, names: Option<&Tuple>) -> Step {
    let base = m.slot(count + usize::from(has_receiver(m, count)));
    let keywords = names.map_or(0, Tuple::len);
    let arguments = Arguments { base, count: count_on_stack(m, base) - keywords, names };
    let frame = call::bound_frame(m.thread, function, None, &arguments)?;
    m.drop_items(count + 2);
    // SAFETY: the frame is complete.
    unsafe { m.enter(frame, 1 + CALL_CACHES) }
}

/// Takes the names of the keywords off the stack.
#[inline(always)]
fn take_names(m: &mut Machine) -> Ref<Tuple> {
    // SAFETY: the compiler pushes a tuple of names.
    unsafe { m.pop_ref().cast_unchecked() }
}

#[inline(always)]
pub fn call_kw_py(m: &mut Machine, count: usize) -> Step {
    let Some(function) = guarded(m, m.peek(count + 3)) else { return Err(Stop::Miss) };
    let names = take_names(m);
    m.out(|m| push_bound(m, function, count, Some(&names)))
}

#[inline(always)]
pub fn call_kw_bound_method(m: &mut Machine, count: usize) -> Step {
    let Some(method) = m.peek(count + 3).downcast_exact::<Method>() else {
        return Err(Stop::Miss);
    };
    // SAFETY: the stack picture of a call, the tuple of names on top.
    if unsafe { !(*m.slot(count + 2)).is_null() } {
        return Err(Stop::Miss);
    }
    let Some(function) = guarded(m, method.function_static()) else { return Err(Stop::Miss) };
    let names = take_names(m);
    let receiver = m.slot(count + 1);
    take_apart(m, method, receiver);
    m.out(|m| push_bound(m, function, count, Some(&names)))
}

#[inline(always)]
pub fn call_kw_non_py(m: &mut Machine, count: usize) -> Step {
    let callable = m.peek(count + 3);
    if callable.is::<Function>() || callable.is::<Method>() {
        return Err(Stop::Miss);
    }
    m.out(|m| super::calls::call_kw_general(m, count))
}

/// Anything that is called natively.
#[inline(always)]
pub fn call_non_py_general(m: &mut Machine, count: usize) -> Step {
    let callable = callable(m, count);
    if callable.is::<Function>() || callable.is::<Method>() {
        return Err(Stop::Miss);
    }
    m.out(|m| call_native(m, count))
}

#[inline(never)]
fn call_native(m: &mut Machine, count: usize) -> Step {
    m.skip(CALL_CACHES);
    let base = bind_self(m, count);
    let arguments = Arguments { base, count: count_on_stack(m, base), names: None };
    // SAFETY: callable and arguments lie on the stack, which keeps them.
    let result = unsafe { call::call_stack(callable(m, count), &arguments) }?;
    finish(m, count, result)
}

/// Drops a call's items, pushes its result, and looks at the breaker.
#[inline(always)]
fn finish(m: &mut Machine, count: usize, result: Ref) -> Step {
    m.drop_items(count + 2);
    m.push_ref(result);
    crate::eval::breaker::check(m)
}

/// As [`finish`], for what a C function gave.
#[inline(always)]
fn finish_raw(m: &mut Machine, count: usize, result: *mut RawObject) -> Step {
    // SAFETY: a C function gives a strong reference, or null with an exception set.
    match unsafe { Ref::from_owned_opt(result) } {
        Some(result) => finish(m, count, result),
        None => m.out(|m| failed_call(m, count)),
    }
}

#[cold]
#[inline(never)]
fn failed_call(m: &mut Machine, count: usize) -> Step {
    // SAFETY: null: the function failed.
    match unsafe { crate::protocol::call::check_result(callable(m, count), std::ptr::null_mut()) } {
        Ok(result) => finish(m, count, result),
        Err(raised) => Err(raised.into()),
    }
}

const FEW: usize = 8;

/// Gives `then` the arguments without tags, after a word for the callee's use.
#[inline(always)]
fn with_words<T>(base: *mut StackRef, total: usize, then: impl FnOnce(*const *mut RawObject) -> T) -> T {
    let fill = |words: *mut *mut RawObject| {
        for i in 0..total {
            // SAFETY: there are that many arguments, and as many words.
            unsafe { *words.add(i + 1) = (*base.add(i)).as_raw() };
        }
        // SAFETY: one word comes before them.
        unsafe { words.add(1) }
    };
    if total < FEW {
        let mut words = [const { MaybeUninit::<*mut RawObject>::uninit() }; FEW];
        return then(fill(words.as_mut_ptr().cast()));
    }
    let mut words = vec![std::ptr::null_mut(); total + 1];
    then(fill(words.as_mut_ptr()))
}

/// The native stack's check before C code runs.
#[inline(always)]
fn check_stack(m: &Machine) -> Result<(), Stop> {
    Ok(m.thread.check_recursion(" while calling a Python object")?)
}

/// A native function of that convention.
#[inline(always)]
fn builtin_of(m: &Machine, count: usize, wanted: i32) -> Option<(&'static BuiltinFunction, usize)> {
    let function = callable(m, count).downcast_exact::<BuiltinFunction>()?;
    let total = count + usize::from(has_receiver(m, count));
    (convention(function.definition()) == wanted).then_some((function, total))
}

#[inline(always)]
pub fn call_builtin_o(m: &mut Machine, count: usize) -> Step {
    let Some((function, 1)) = builtin_of(m, count, abi::METH_O) else { return Err(Stop::Miss) };
    let Some(native) = function.definition().ml_meth else { return Err(Stop::Miss) };
    check_stack(m)?;
    m.skip(CALL_CACHES);
    // SAFETY: the convention says what type the function has; the stack keeps the argument.
    let result = unsafe { native(function.receiver_ptr(), m.peek(1).as_ptr()) };
    finish_raw(m, count, result)
}

#[inline(never)]
pub fn call_builtin_fast(m: &mut Machine, count: usize) -> Step {
    let Some((function, total)) = builtin_of(m, count, abi::METH_FASTCALL) else {
        return Err(Stop::Miss);
    };
    let Some(native) = function.definition().ml_meth else { return Err(Stop::Miss) };
    check_stack(m)?;
    m.skip(CALL_CACHES);
    // SAFETY: the convention says what type the function has; the stack keeps the arguments.
    let result = unsafe {
        let native = std::mem::transmute::<abi::PyCFunction, FastFunction>(Some(native));
        with_words(m.slot(total), total, |words| native(function.receiver_ptr(), words, total as isize))
    };
    finish_raw(m, count, result)
}

#[inline(never)]
pub fn call_builtin_fast_with_keywords(m: &mut Machine, count: usize) -> Step {
    let Some((function, total)) = builtin_of(m, count, FAST_KEYWORDS) else {
        return Err(Stop::Miss);
    };
    let Some(native) = function.definition().ml_meth else { return Err(Stop::Miss) };
    check_stack(m)?;
    m.skip(CALL_CACHES);
    // SAFETY: the convention says what type the function has; the stack keeps the arguments.
    let result = unsafe {
        let native = std::mem::transmute::<abi::PyCFunction, FastKeywordsFunction>(Some(native));
        with_words(m.slot(total), total, |words| {
            native(function.receiver_ptr(), words, total as isize, std::ptr::null_mut())
        })
    };
    finish_raw(m, count, result)
}

/// A native type that makes its instances by vectorcall.
#[inline(never)]
pub fn call_builtin_class(m: &mut Machine, count: usize) -> Step {
    let callable = callable(m, count);
    if !callable.ty().has_flag(abi::Py_TPFLAGS_TYPE_SUBCLASS) {
        return Err(Stop::Miss);
    }
    // SAFETY: just checked.
    let class = unsafe { callable.downcast_unchecked::<Type>() };
    let Some(vectorcall) = class.raw.tp_vectorcall.get() else { return Err(Stop::Miss) };
    m.skip(CALL_CACHES);
    let total = count + usize::from(has_receiver(m, count));
    // SAFETY: the stack keeps the arguments; a word before them is free.
    let result = with_words(m.slot(total), total, |words| unsafe {
        let nargsf = total | crate::protocol::call::ARGUMENTS_OFFSET;
        vectorcall(class.as_ptr(), words, nargsf, std::ptr::null_mut())
    });
    finish_raw(m, count, result)
}

/// A method of a native type, of that convention, and its receiver, which is exactly of that type.
#[inline(always)]
fn method_of(m: &Machine, count: usize, wanted: i32) -> Option<(abi::PyCFunction, &'static Object, usize)> {
    let descriptor = callable(m, count).downcast_exact::<MethodDescriptor>()?;
    let total = count + usize::from(has_receiver(m, count));
    if total == 0 || convention(descriptor.definition()) != wanted {
        return None;
    }
    let receiver = m.peek(total);
    std::ptr::eq(receiver.ty(), descriptor.common().owner()).then_some((
        descriptor.definition().ml_meth,
        receiver,
        total,
    ))
}

#[inline(always)]
pub fn call_method_descriptor_noargs(m: &mut Machine, count: usize) -> Step {
    let Some((Some(native), receiver, 1)) = method_of(m, count, abi::METH_NOARGS) else {
        return Err(Stop::Miss);
    };
    check_stack(m)?;
    m.skip(CALL_CACHES);
    // SAFETY: the convention says what type the function has; the stack keeps the receiver.
    let result = unsafe { native(receiver.as_ptr(), std::ptr::null_mut()) };
    finish_raw(m, count, result)
}

#[inline(always)]
pub fn call_method_descriptor_o(m: &mut Machine, count: usize) -> Step {
    let Some((Some(native), receiver, 2)) = method_of(m, count, abi::METH_O) else {
        return Err(Stop::Miss);
    };
    check_stack(m)?;
    m.skip(CALL_CACHES);
    // SAFETY: the convention says what type the function has; the stack keeps receiver and argument.
    let result = unsafe { native(receiver.as_ptr(), m.peek(1).as_ptr()) };
    finish_raw(m, count, result)
}

#[inline(never)]
pub fn call_method_descriptor_fast(m: &mut Machine, count: usize) -> Step {
    let Some((Some(native), receiver, total)) = method_of(m, count, abi::METH_FASTCALL) else {
        return Err(Stop::Miss);
    };
    check_stack(m)?;
    m.skip(CALL_CACHES);
    // SAFETY: the convention says what type the function has; the stack keeps receiver and arguments.
    let result = unsafe {
        let native = std::mem::transmute::<abi::PyCFunction, FastFunction>(Some(native));
        with_words(m.slot(total - 1), total - 1, |words| native(receiver.as_ptr(), words, total as isize - 1))
    };
    finish_raw(m, count, result)
}

#[inline(never)]
pub fn call_method_descriptor_fast_with_keywords(m: &mut Machine, count: usize) -> Step {
    let Some((Some(native), receiver, total)) = method_of(m, count, FAST_KEYWORDS) else {
        return Err(Stop::Miss);
    };
    check_stack(m)?;
    m.skip(CALL_CACHES);
    // SAFETY: the convention says what type the function has; the stack keeps receiver and arguments.
    let result = unsafe {
        let native = std::mem::transmute::<abi::PyCFunction, FastKeywordsFunction>(Some(native));
        with_words(m.slot(total - 1), total - 1, |words| {
            native(receiver.as_ptr(), words, total as isize - 1, std::ptr::null_mut())
        })
    };
    finish_raw(m, count, result)
}

#[inline(always)]
pub fn call_len(m: &mut Machine, count: usize) -> Step {
    if count != 1 || has_receiver(m, 1) || !m.thread.interpreter.callables.len.is(callable(m, 1)) {
        return Err(Stop::Miss);
    }
    m.skip(CALL_CACHES);
    let length = m.peek(1).length()?;
    m.drop_items(3);
    m.push_ref(Int::from_usize(length));
    Ok(())
}

#[inline(always)]
pub fn call_isinstance(m: &mut Machine, count: usize) -> Step {
    let total = count + usize::from(has_receiver(m, count));
    if total != 2 || !m.thread.interpreter.callables.isinstance.is(callable(m, count)) {
        return Err(Stop::Miss);
    }
    m.skip(CALL_CACHES);
    let (object, class) = (m.peek(2), m.peek(1));
    let truth = if class.is_same(object.ty()) { true } else { object.is_instance(class)? };
    m.drop_items(count + 2);
    m.push_ref(py_bool(truth));
    Ok(())
}

/// `list.append(item)` as a statement: the POP_TOP behind it is done, too.
#[inline(always)]
pub fn call_list_append(m: &mut Machine, count: usize) -> Step {
    if count != 1 || !has_receiver(m, 1) || !m.thread.interpreter.callables.list_append.is(callable(m, 1)) {
        return Err(Stop::Miss);
    }
    let Some(list) = m.peek(2).downcast_exact::<List>() else { return Err(Stop::Miss) };
    m.skip(CALL_CACHES + 1);
    let item = m.pop_ref();
    list.push(item)?;
    m.drop_items(2);
    Ok(())
}

/// A call of a class with one argument: the class that was called, if it is that one.
#[inline(always)]
fn is_call_of<T: NativeType>(m: &Machine, count: usize) -> bool {
    count == 1 && !has_receiver(m, 1) && callable(m, 1).is_same(T::type_object())
}

#[inline(always)]
pub fn call_type_1(m: &mut Machine, count: usize) -> Step {
    if !is_call_of::<Type>(m, count) {
        return Err(Stop::Miss);
    }
    m.skip(CALL_CACHES);
    let ty = m.peek(1).ty().to_ref();
    m.drop_items(3);
    m.push_ref(ty);
    Ok(())
}

#[inline(always)]
pub fn call_str_1(m: &mut Machine, count: usize) -> Step {
    if !is_call_of::<Str>(m, count) {
        return Err(Stop::Miss);
    }
    m.skip(CALL_CACHES);
    let text = m.peek(1).str_()?;
    finish(m, 1, text.into_object())
}

#[inline(always)]
pub fn call_tuple_1(m: &mut Machine, count: usize) -> Step {
    if !is_call_of::<Tuple>(m, count) {
        return Err(Stop::Miss);
    }
    m.skip(CALL_CACHES);
    let tuple = crate::objects::r#type::bridge::tuple_from(m.peek(1))?;
    finish(m, 1, tuple.into_object())
}

/// A class whose instances are made by `object`'s `__new__`: the instance stays on the stack while `__init__` runs.
#[inline(always)]
pub fn call_alloc_and_enter_init(m: &mut Machine, count: usize) -> Step {
    let callable = callable(m, count);
    if has_receiver(m, count) || !callable.ty().has_flag(abi::Py_TPFLAGS_TYPE_SUBCLASS) {
        return Err(Stop::Miss);
    }
    // SAFETY: just checked.
    let class = unsafe { callable.downcast_unchecked::<Type>() };
    if class.raw.tp_version_tag.get() != m.cache_32(1) {
        return Err(Stop::Miss);
    }
    // SAFETY: the class holds the function that is kept beside it, until it is modified.
    let init = class
        .heap()
        .and_then(|heap| unsafe { Object::from_raw_opt(heap._spec_cache.init.get()) })
        .and_then(|init| init.downcast_exact::<Function>())
        .filter(|function| function.runs_plainly() && !function.makes_generator());
    let Some(init) = init else { return Err(Stop::Miss) };
    enter_init(m, class, init, count)
}

#[inline(always)]
fn enter_init(m: &mut Machine, class: &Type, init: &Function, count: usize) -> Step {
    if !call::takes_exactly(init, count + 1) {
        return m.out(|m| bind_init(m, class, init, count));
    }
    let instance = heap::allocate(class, 0)?;
    let receiver = m.slot(count + 1);
    // SAFETY: the receiver's slot is null; the arguments follow it.
    unsafe {
        std::ptr::write(receiver, StackRef::new(instance.clone()));
        let frame = call::new_frame(m.thread, Ref::from_borrowed(init), None, count + 1);
        let locals = Frame::slots(frame);
        for i in 0..count + 1 {
            std::ptr::write(locals.add(i), std::ptr::read(receiver.add(i)).into_owned());
        }
        m.sp = receiver;
        construct(m, frame, instance)
    }
}

/// As [`enter_init`], where the parameters have to be bound.
#[inline(never)]
fn bind_init(m: &mut Machine, class: &Type, init: &Function, count: usize) -> Step {
    let instance = heap::allocate(class, 0)?;
    let receiver = m.slot(count + 1);
    // SAFETY: the receiver's slot is null; the arguments follow it.
    unsafe {
        std::ptr::write(receiver, StackRef::new(instance.clone()));
        let arguments = Arguments { base: receiver, count: count + 1, names: None };
        let frame = call::bound_frame(m.thread, init, None, &arguments)?;
        m.drop_items(count + 1);
        construct(m, frame, instance)
    }
}

/// The instance takes the place of its class, which it holds, and `__init__` begins.
///
/// # Safety
/// `frame` is a complete frame, not linked yet.
#[inline(always)]
unsafe fn construct(m: &mut Machine, frame: *mut Frame, instance: Ref) -> Step {
    m.set_top(StackRef::new(instance));
    // SAFETY: by contract.
    unsafe {
        (*frame).is_constructor = true;
        m.enter(frame, 1 + CALL_CACHES)
    }
}
