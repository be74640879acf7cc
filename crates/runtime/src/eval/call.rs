//! Calls of Python functions: new frames, vectorcall, keyword merging.

use std::ptr;

use crate::errors::Result;
use crate::eval::arguments::bind;
use crate::eval::frame::{FRAME_WORDS, Frame};
use crate::eval::run::run;
use crate::eval::stackref::StackRef;
use crate::object::{Object, RawObject};
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::protocol::call::{positional_count, vectorcall_raw};
use crate::protocol::result_into_raw;
use crate::raise;
use crate::reference::Ref;
use crate::thread::Thread;
use bytecode::code::flags;

/// The arguments of a call, where they lie: `count` positional ones, then the values of `names`. Whoever holds them keeps
/// them: binding takes references of its own.
pub struct Arguments<'a> {
    pub base: *mut StackRef,
    pub count: usize,
    pub names: Option<&'a Tuple>,
}

impl Arguments<'_> {
    /// Positional arguments and keyword values together.
    pub fn total(&self) -> usize {
        self.count + self.names.map_or(0, Tuple::len)
    }

    /// The argument at `index`, as an object.
    pub fn object(&self, index: usize) -> Ref {
        // SAFETY: arguments are not null.
        unsafe { self.get(index).into_ref() }
    }

    /// A new reference to the argument at `index`.
    #[inline(always)]
    pub fn get(&self, index: usize) -> StackRef {
        debug_assert!(index < self.total());
        // SAFETY: there are that many.
        unsafe { (*self.base.add(index)).duplicate_owned() }
    }
}

/// Calls any callable with arguments that lie on the evaluation stack.
///
/// # Safety
/// The arguments are alive, and the stack keeps them until the call is done.
pub unsafe fn call_stack(callable: &Object, arguments: &Arguments<'_>) -> Result {
    let total = arguments.total();
    let names = arguments.names.map_or(ptr::null_mut(), |names| names.as_ptr());
    // A word before the arguments for the callee's use, and no tags.
    let mut few = [ptr::null_mut::<RawObject>(); 9];
    let mut many;
    let words: &mut [*mut RawObject] = if total < few.len() {
        &mut few[..=total]
    } else {
        many = vec![ptr::null_mut(); total + 1];
        &mut many
    };
    for i in 0..total {
        // SAFETY: there are that many.
        words[i + 1] = unsafe { (*arguments.base.add(i)).as_raw() };
    }
    let nargsf = arguments.count | crate::protocol::call::ARGUMENTS_OFFSET;
    // SAFETY: the words are as vectorcall wants them.
    unsafe { vectorcall_raw(callable, words.as_ptr().add(1), nargsf, names) }
}

/// Is the function one whose parameters are exactly `count` positional ones, and that runs in a plain frame?
#[inline(always)]
pub fn takes_exactly(function: &Function, count: usize) -> bool {
    let code = function.code();
    let simple = flags::OPTIMIZED | flags::NEWLOCALS;
    let special = flags::VARARGS | flags::VARKEYWORDS;
    code.argcount() == count
        && code.kwonlyargcount() == 0
        && code.flags() & (simple | special) == simple
        && function.runs_plainly()
}

/// A frame for a call of the function, its locals still empty but for the first `filled`, which the caller writes.
#[inline(always)]
pub fn new_frame(thread: &Thread, function: Ref<Function>, locals: Option<Ref>, filled: usize) -> *mut Frame {
    let code = function.code_ref();
    let words = FRAME_WORDS + code.locals_plus_count() + code.stacksize();
    let frame: *mut Frame = thread.frames().data_stack().push(words).cast();
    // SAFETY: there is room for it.
    unsafe { Frame::initialize(frame, function, code, locals, ptr::null_mut(), filled) };
    frame
}

/// A complete frame for a call of the function; `None` if something other than a plain frame must run it (another
/// vectorcall was set).
#[inline]
pub fn push_frame(
    thread: &Thread,
    function: &Function,
    locals: Option<Ref>,
    arguments: &Arguments<'_>,
) -> Result<Option<*mut Frame>> {
    if !function.runs_plainly() {
        return Ok(None);
    }
    bound_frame(thread, function, locals, arguments).map(Some)
}

/// A frame for a call of the function, its parameters bound.
#[inline]
pub fn bound_frame(
    thread: &Thread,
    function: &Function,
    locals: Option<Ref>,
    arguments: &Arguments<'_>,
) -> Result<*mut Frame> {
    // Code that isn't a function's keeps its names in a dictionary.
    let locals = match locals {
        None if function.code().flags() & flags::OPTIMIZED == 0 => {
            function.globals.get().map(Ref::into_object)
        }
        locals => locals,
    };
    let frame = new_frame(thread, Ref::from_borrowed(function), locals, 0);
    // SAFETY: the frame is fresh.
    if let Err(raised) = unsafe { bind(function, Frame::slots(frame), arguments) } {
        // SAFETY: the frame is the last that was pushed.
        unsafe {
            let exception = thread.take_exception();
            Frame::clear(frame);
            thread.frames().data_stack().pop(frame.cast());
            thread.set_exception(exception);
        }
        return Err(raised);
    }
    Ok(frame)
}

/// Runs a function to its end, from native code.
pub fn run_function(
    thread: &'static Thread,
    function: Ref<Function>,
    locals: Option<Ref>,
    arguments: &[&Object],
    names: Option<&Tuple>,
) -> Result {
    let count = arguments.len() - names.map_or(0, Tuple::len);
    let arguments = Arguments { base: arguments.as_ptr() as *mut StackRef, count, names };
    let frame = bound_frame(thread, &function, locals, &arguments)?;
    // SAFETY: the frame is complete.
    unsafe { run(thread, frame, false) }
}

/// The vectorcall of Python functions.
///
/// # Safety
/// As C's `vectorcallfunc`.
pub unsafe extern "C" fn function_vectorcall(
    callable: *mut RawObject,
    args: *const *mut RawObject,
    nargsf: usize,
    kwnames: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: by contract a function and a tuple or null.
    let (function, names) = unsafe {
        (
            Object::from_raw(callable).downcast_unchecked::<Function>(),
            Object::from_raw_opt(kwnames).map(|names| names.downcast_unchecked::<Tuple>()),
        )
    };
    let thread = Thread::current();
    let arguments = Arguments { base: args as *mut StackRef, count: positional_count(nargsf), names };
    let result = bound_frame(thread, function, None, &arguments)
        // SAFETY: the frame is complete.
        .and_then(|frame| unsafe { run(thread, frame, false) });
    result_into_raw(result)
}

/// The name of a callable in messages: `module.qualname()`.
pub fn callable_name(callable: &Object) -> String {
    crate::objects::function::describe_callable(callable)
}

/// The positional arguments of `f(*iterable)`.
pub fn positional_from(callable: &Object, iterable: &Object) -> Result<Ref<Tuple>> {
    if iterable.ty().raw.tp_iter.get().is_none() && !iterable.is_sequence() {
        return Err(raise!(
            TypeError,
            "{} argument after * must be an iterable, not {}",
            callable_name(callable),
            iterable.ty().full_name()
        ));
    }
    Ok(Tuple::from_vec(iterable.collect()?))
}

/// Adds the mapping of `f(**mapping)` to the keyword arguments; a repeated one is an error.
pub fn merge_keywords(callable: &Object, keywords: &Dict, mapping: &Object) -> Result<()> {
    let add = |key: &Object, value: &Object| -> Result<()> {
        if keywords.get(key)?.is_some() {
            return match key.downcast::<Str>() {
                Some(key) => Err(raise!(
                    TypeError,
                    "{} got multiple values for keyword argument '{key}'",
                    callable_name(callable)
                )),
                None => Err(raise!(TypeError, "{} keywords must be strings", callable_name(callable))),
            };
        }
        keywords.insert(key, value)
    };
    if let Some(dict) = mapping.downcast_exact::<Dict>() {
        let mut position = 0;
        while let Some((key, value)) = dict.next_entry(&mut position) {
            add(&key, &value)?;
        }
        return Ok(());
    }
    let keys = match mapping.get_attr_opt(crate::intern!("keys"))? {
        Some(keys) => keys.call(&[])?,
        None => {
            return Err(raise!(
                TypeError,
                "{} argument after ** must be a mapping, not {}",
                callable_name(callable),
                mapping.ty().full_name()
            ));
        }
    };
    keys.for_each(|key| {
        let value = mapping.get_item(&key)?;
        add(&key, &value)
    })
}
