//! `generator`, `coroutine` and the body that async generators share with them: a frame that can be suspended.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr;

use bytecode::code::flags;

use crate::eval::frame::{ExceptionInfo, Frame, Owner};
use crate::eval::run::run;
use crate::eval::stackref::StackRef;
use crate::objects::async_generator::AsyncGenerator;
use crate::objects::exceptions::{self, BaseException};
use crate::objects::frame::traverse_frame;
use crate::prelude::*;
use crate::weakref::WeakList;

/// What a generator's frame does; numbers as CPython's `gi_frame_state`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(i8)]
pub enum State {
    Created = -3,
    Suspended = -2,
    SuspendedYieldFrom = -1,
    Executing = 0,
    Completed = 1,
    Cleared = 4,
}

/// Which of the three types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Generator,
    Coroutine,
    AsyncGenerator,
}

/// What sending into a generator gives.
pub enum Sent {
    Yielded(Ref),
    Returned(Ref),
}

/// The common body; the frame's locals and stack follow it.
#[repr(C)]
pub struct Body {
    head: Object,
    pub(super) weakrefs: WeakList,
    pub name: Link<Str>,
    pub qualname: Link<Str>,
    exception_info: ExceptionInfo,
    /// A coroutine's origin, an async generator's finalizer.
    pub origin_or_finalizer: Link,
    pub hooks_inited: Cell<bool>,
    pub closed: Cell<bool>,
    pub running_async: Cell<bool>,
    state: Cell<State>,
    frame: MaybeUninit<Frame>,
}

impl std::ops::Deref for Body {
    type Target = Object;
    fn deref(&self) -> &Object {
        &self.head
    }
}

impl Traverse for Body {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        for stop in [
            self.name.traverse(visitor),
            self.qualname.traverse(visitor),
            self.exception_info.value.traverse(visitor),
            self.origin_or_finalizer.traverse(visitor),
        ] {
            if stop != 0 {
                return stop;
            }
        }
        match self.state.get() {
            // SAFETY: a suspended frame is complete.
            State::Created | State::Suspended | State::SuspendedYieldFrom => unsafe {
                traverse_frame(self.frame(), visitor)
            },
            _ => 0,
        }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if self.state.get() < State::Executing {
            self.discard_frame();
        }
        // SAFETY: of an ended frame only the code is left.
        drop(unsafe { ptr::replace(&mut (*self.frame()).executable, StackRef::NULL) });
    }
}

/// Create a generator: made by calling a generator function.
#[class(name = "generator", symbol = "PyGen_Type", flags(GC, DISALLOW_INSTANTIATION), itemsize = 8)]
#[repr(C)]
pub struct Generator {
    #[weaklist(weakrefs)]
    raw: Body,
}

/// Create a coroutine: made by calling a coroutine function.
#[class(name = "coroutine", symbol = "PyCoro_Type", flags(GC, DISALLOW_INSTANTIATION), itemsize = 8)]
#[repr(C)]
pub struct Coroutine {
    #[weaklist(weakrefs)]
    raw: Body,
}

/// The body of a generator of any of the three kinds.
#[inline(always)]
pub fn body_of(object: &Object) -> Option<&Body> {
    if object.is::<Generator>() || object.is::<Coroutine>() || object.is::<AsyncGenerator>() {
        // SAFETY: all three begin with the body.
        return Some(unsafe { &*(object as *const Object as *const Body) });
    }
    None
}

/// The body, if the object is a generator (no coroutine, no async generator).
#[inline(always)]
pub fn plain_body_of(object: &Object) -> Option<&Body> {
    // SAFETY: a generator begins with the body.
    object.is::<Generator>().then(|| unsafe { &*(object as *const Object as *const Body) })
}

/// The generator whose frame this is.
///
/// # Safety
/// The frame's owner is a generator.
#[inline(always)]
pub unsafe fn of_frame<'a>(frame: *const Frame) -> &'a Body {
    // SAFETY: such frames lie in their generator's body.
    unsafe { &*frame.cast::<u8>().sub(std::mem::offset_of!(Body, frame)).cast() }
}

/// As [`of_frame`], for a frame that is known to be owned by one.
pub fn of_frame_ref(frame: &Frame) -> &Body {
    debug_assert_eq!(frame.owner, Owner::Generator);
    // SAFETY: callers have looked at the owner.
    unsafe { of_frame(frame) }
}

/// Makes a generator of the kind that the code's flags say, and moves the running frame's content into it.
///
/// # Safety
/// The frame is complete; afterwards its memory holds nothing any more.
pub unsafe fn from_frame(frame: *mut Frame) -> Ref {
    // SAFETY: by contract.
    unsafe {
        let code = (*frame).code();
        let function = (*frame).func();
        let ty = if code.flags() & flags::COROUTINE != 0 {
            Coroutine::type_object()
        } else if code.flags() & flags::ASYNC_GENERATOR != 0 {
            AsyncGenerator::type_object()
        } else {
            Generator::type_object()
        };
        let words = code.locals_plus_count() + code.stacksize();
        let memory = crate::memory::allocate_object(ty, words).expect("out of memory");
        let body = memory.cast::<Body>();
        body.write(Body {
            head: Object::HEAD,
            weakrefs: WeakList::new(),
            name: Link::new(function.name()),
            qualname: Link::new(function.qualname()),
            exception_info: ExceptionInfo::default(),
            origin_or_finalizer: Link::null(),
            hooks_inited: Cell::new(false),
            closed: Cell::new(false),
            running_async: Cell::new(false),
            state: Cell::new(State::Created),
            frame: MaybeUninit::uninit(),
        });
        let own = body.as_ref().frame();
        ptr::copy_nonoverlapping(frame, own, 1);
        let from = Frame::slots(frame);
        let to = Frame::slots(own);
        let used = (*frame).stack_pointer.offset_from(from) as usize;
        for i in 0..used {
            ptr::write(to.add(i), ptr::read(from.add(i)).into_owned());
        }
        (*own).stack_pointer = to.add(used);
        (*own).owner = Owner::Generator;
        (*own).previous = ptr::null_mut();
        (*own).is_entry = false;
        if let Some(object) = (*own).frame_object.get() {
            object.moved(own);
        }
        if code.flags() & flags::COROUTINE != 0 {
            let origin = crate::eval::origin::coroutine_origin((*frame).previous.as_ref());
            body.as_ref().origin_or_finalizer.set(origin);
        }
        crate::memory::initialize(memory, ty);
        Ref::from_owned(memory.as_ptr().cast())
    }
}

/// Takes a generator's exception off the thread's chain, when it stops running.
pub fn unlink_exception_info(thread: &Thread, body: &Body) {
    debug_assert!(ptr::eq(thread.exception_info(), &body.exception_info));
    thread.set_exception_info(body.exception_info.previous.replace(ptr::null()));
}

/// The frame of a generator has returned or raised: the generator is at its end.
///
/// # Safety
/// The frame is a generator's and has ended.
pub unsafe fn finish(frame: *mut Frame) {
    // SAFETY: by contract.
    let body = unsafe { of_frame(frame) };
    let keep = body.head.to_ref();
    unlink_exception_info(Thread::current(), body);
    body.state.set(State::Cleared);
    body.exception_info.value.set(None);
    // SAFETY: by contract.
    unsafe {
        (*frame).previous = ptr::null_mut();
        clear_but_code(frame);
    }
    drop(keep);
}

/// Clears an ended frame; the generator goes on telling which code it ran.
///
/// # Safety
/// As for [`Frame::clear`].
unsafe fn clear_but_code(frame: *mut Frame) {
    // SAFETY: by contract; clearing leaves no code.
    unsafe {
        let code = (*frame).executable.duplicate_owned();
        Frame::clear(frame);
        drop(ptr::replace(&mut (*frame).executable, code));
    }
}

impl Body {
    #[inline(always)]
    pub fn frame(&self) -> *mut Frame {
        self.frame.as_ptr().cast_mut()
    }

    pub fn object(&self) -> Ref {
        self.head.to_ref()
    }

    pub fn kind(&self) -> Kind {
        if self.head.is::<Generator>() {
            Kind::Generator
        } else if self.head.is::<Coroutine>() {
            Kind::Coroutine
        } else {
            Kind::AsyncGenerator
        }
    }

    pub fn is_coroutine(&self) -> bool {
        self.kind() == Kind::Coroutine
    }

    pub fn is_running(&self) -> bool {
        self.state.get() == State::Executing
    }

    pub fn is_finished(&self) -> bool {
        self.state.get() >= State::Completed
    }

    pub fn is_started(&self) -> bool {
        self.state.get() != State::Created
    }

    /// Does it wait in `await` or `yield from`?
    pub fn is_suspended_in_await(&self) -> bool {
        self.state.get() == State::SuspendedYieldFrom
    }

    pub fn suspend(&self, state: State) {
        self.state.set(state);
    }

    /// Can the instruction loop go on in its frame right away?
    #[inline(always)]
    pub fn can_resume(&self) -> bool {
        self.state.get() < State::Executing
    }

    /// Prepares the frame to run in the loop: the value on its stack, its exception on the thread's chain.
    #[inline(always)]
    pub fn start(&self, thread: &Thread, value: Ref) -> *mut Frame {
        let frame = self.frame();
        // SAFETY: a suspended frame is complete and its stack has room for the value sent.
        unsafe {
            ptr::write((*frame).stack_pointer, StackRef::new(value));
            (*frame).stack_pointer = (*frame).stack_pointer.add(1);
            (*frame).is_entry = false;
        }
        self.exception_info.previous.set(thread.exception_info());
        thread.set_exception_info(&self.exception_info);
        self.state.set(State::Executing);
        frame
    }

    fn kind_name(&self) -> &'static str {
        match self.kind() {
            Kind::Generator => "generator",
            Kind::Coroutine => "coroutine",
            Kind::AsyncGenerator => "async generator",
        }
    }

    /// Resumes with a value, or (with an exception set and `raised`) by raising. `None` as the value is a plain `next`.
    pub fn resume(&self, value: Option<&Object>, raised: bool, closing: bool) -> Result<Sent> {
        let state = self.state.get();
        if state == State::Created && value.is_some_and(|value| !value.is_none()) && !raised {
            return Err(raise!(
                TypeError,
                "can't send non-None value to a just-started {}",
                self.kind_name()
            ));
        }
        if state == State::Executing {
            return Err(raise!(ValueError, "{} already executing", self.kind_name()));
        }
        if state > State::Executing {
            if self.is_coroutine() && !closing {
                return Err(raise!(RuntimeError, "cannot reuse already awaited coroutine"));
            }
            if raised {
                return Err(Raised::assume_set());
            }
            return Ok(Sent::Returned(none()));
        }
        let keep = self.head.to_ref();
        let thread = Thread::current();
        let frame = self.start(thread, value.map_or_else(none, Object::to_ref));
        if raised && let Some(exception) = thread.take_exception() {
            // Its context is what the generator itself is handling.
            let _ = crate::errors::raise(exception);
        }
        // SAFETY: the frame is complete.
        let result = unsafe { run(thread, frame, raised) };
        let suspended = self.state.get() < State::Executing;
        drop(keep);
        Ok(if suspended { Sent::Yielded(result?) } else { Sent::Returned(result?) })
    }

    /// As `resume`; the return value becomes a StopIteration (StopAsyncIteration for async generators).
    pub fn resume_or_stop(&self, value: Option<&Object>, raised: bool, closing: bool) -> Result {
        match self.resume(value, raised, closing)? {
            Sent::Yielded(value) => Ok(value),
            Sent::Returned(value) => Err(self.stop(&value)),
        }
    }

    fn stop(&self, value: &Object) -> Raised {
        if self.kind() == Kind::AsyncGenerator {
            return raise!(StopAsyncIteration);
        }
        raise_stop_iteration(value)
    }

    /// What it delegates to (`gi_yieldfrom`).
    pub fn delegate(&self) -> Option<Ref> {
        if self.state.get() != State::SuspendedYieldFrom {
            return None;
        }
        // SAFETY: in this state the receiver is the top of the suspended stack.
        unsafe { (*(*self.frame()).stack_pointer.sub(1)).get().map(Object::to_ref) }
    }

    fn discard_frame(&self) {
        self.state.set(State::Cleared);
        // SAFETY: the frame is suspended, and nobody resumes it any more.
        unsafe { clear_but_code(self.frame()) };
    }

    /// Ends a generator that has not started.
    pub fn close_unstarted(&self) {
        if self.state.get() == State::Created {
            self.discard_frame();
        }
    }

    /// `close()`: raises GeneratorExit inside; gives the value that it returns.
    pub fn close(&self) -> Result {
        match self.state.get() {
            State::Created => {
                self.discard_frame();
                return Ok(none());
            }
            State::Completed | State::Cleared => return Ok(none()),
            _ => {}
        }
        let mut failed = None;
        if let Some(delegate) = self.delegate() {
            self.state.set(State::Executing);
            let closed = close_iterator(&delegate);
            self.state.set(State::SuspendedYieldFrom);
            failed = closed.err();
        }
        if failed.is_none() {
            let _ = raise!(GeneratorExit);
        }
        match self.resume(None, true, true) {
            Ok(Sent::Yielded(value)) => {
                drop(value);
                Err(raise!(RuntimeError, "{} ignored GeneratorExit", self.kind_name()))
            }
            Ok(Sent::Returned(value)) => Ok(value),
            Err(raised) if raised.matches(&exceptions::GeneratorExit) => {
                raised.clear();
                Ok(none())
            }
            Err(raised) if raised.matches(&exceptions::StopIteration) => {
                let exception = raised.take();
                Ok(stop_iteration_value(&exception))
            }
            Err(raised) => Err(raised),
        }
    }

    /// `throw()`: raises inside, or inside what it delegates to.
    pub fn throw(
        &self,
        close_on_exit: bool,
        exception: &Object,
        value: Option<&Object>,
        traceback: Option<&Object>,
    ) -> Result {
        if let Some(delegate) = self.delegate() {
            let is_exit = exceptions::is_class_or_instance_of(exception, &exceptions::GeneratorExit);
            if is_exit && close_on_exit {
                self.state.set(State::Executing);
                let closed = close_iterator(&delegate);
                self.state.set(State::SuspendedYieldFrom);
                if closed.is_err() {
                    return self.resume_or_stop(None, true, false);
                }
            } else {
                let answer = if let Some(body) =
                    body_of(&delegate).filter(|body| body.kind() != Kind::AsyncGenerator)
                {
                    Some(self.delegating(|| body.throw(close_on_exit, exception, value, traceback)))
                } else {
                    delegate.get_attr_opt(intern!("throw"))?.map(|method| {
                        self.delegating(|| match (value, traceback) {
                            (None, _) => method.call(&[exception]),
                            (Some(value), None) => method.call(&[exception, value]),
                            (Some(value), Some(traceback)) => method.call(&[exception, value, traceback]),
                        })
                    })
                };
                match answer {
                    None => {}
                    Some(Ok(value)) => return Ok(value),
                    // The frame's own handler (CLEANUP_THROW) takes a StopIteration's value.
                    Some(Err(_)) => return self.resume_or_stop(None, true, false),
                }
            }
        }
        let exception = exceptions::normalize_thrown(exception, value, traceback)?;
        let _ = crate::errors::restore(exception);
        self.resume_or_stop(None, true, false)
    }

    /// Runs what it delegates to, its frame being the caller's.
    fn delegating(&self, run: impl FnOnce() -> Result) -> Result {
        let (current, frame) = (Thread::current().frames().current_cell(), self.frame());
        self.state.set(State::Executing);
        let previous = current.replace(frame);
        // SAFETY: the frame is suspended, and lives as long as the generator.
        unsafe { (*frame).previous = previous };
        let answer = run();
        current.set(previous);
        // SAFETY: as above.
        unsafe { (*frame).previous = ptr::null_mut() };
        self.state.set(State::SuspendedYieldFrom);
        answer
    }

    /// When it dies unfinished: closes it, or warns about a coroutine that nobody awaited.
    pub fn finalize(&self) {
        if self.is_finished() {
            return;
        }
        let thread = Thread::current();
        let saved = thread.take_exception();
        if self.is_coroutine() && self.state.get() == State::Created {
            crate::eval::origin::warn_never_awaited(self);
            self.discard_frame();
        } else if let Err(raised) = self.close() {
            exceptions::write_unraisable_doing(raised.take(), "closing generator", &self.head);
        }
        thread.set_exception(saved);
    }
}

/// Raises StopIteration with a value.
pub fn raise_stop_iteration(value: &Object) -> Raised {
    if value.is_none() {
        return raise!(StopIteration);
    }
    // A tuple or an exception as the value must not be taken for arguments: make the instance by a call.
    match exceptions::StopIteration.call(&[value]) {
        Ok(exception) => match exception.cast::<BaseException>() {
            Ok(exception) => crate::errors::raise(exception),
            Err(_) => raise!(SystemError, "StopIteration() gave no exception"),
        },
        Err(raised) => raised,
    }
}

/// The `value` of a StopIteration.
pub fn stop_iteration_value(exception: &Object) -> Ref {
    match exception.get_attr(intern!("value")) {
        Ok(value) => value,
        Err(raised) => {
            raised.clear();
            none()
        }
    }
}

/// Closes any iterator that can be closed.
fn close_iterator(iterator: &Object) -> Result<()> {
    if let Some(body) = body_of(iterator).filter(|body| body.kind() != Kind::AsyncGenerator) {
        return body.close().map(drop);
    }
    match iterator.get_attr_opt(intern!("close")) {
        Ok(Some(close)) => close.call(&[]).map(drop),
        Ok(None) => Ok(()),
        Err(raised) => {
            exceptions::write_unraisable_doing(raised.take(), "closing generator", iterator);
            Ok(())
        }
    }
}

/// Sends into anything that can be iterated: `SEND`'s rule.
pub fn send_any(receiver: &Object, value: &Object) -> Result<Sent> {
    if let Some(body) = body_of(receiver).filter(|body| body.kind() != Kind::AsyncGenerator) {
        return body.resume(Some(value), false, false);
    }
    if let Some(send) = receiver.ty().am_send() {
        let mut result = ptr::null_mut();
        // SAFETY: both are alive during the call, which fills in the result.
        let status = unsafe { send(receiver.as_ptr(), value.as_ptr(), &mut result) };
        // SAFETY: with a status other than an error the result is a strong reference.
        return match (status as i32, unsafe { Ref::from_owned_opt(result) }) {
            (1, Some(value)) => Ok(Sent::Yielded(value)),
            (0, Some(value)) => Ok(Sent::Returned(value)),
            _ => Err(Raised::assume_set()),
        };
    }
    let next = if value.is_none() && receiver.is_iterator() {
        // The iterator's end may carry a value, so its StopIteration is looked at here.
        let next = receiver.ty().raw.tp_iternext.get().expect("it is an iterator");
        // SAFETY: the receiver is alive during the call.
        match unsafe { Ref::from_owned_opt(next(receiver.as_ptr())) } {
            Some(value) => Ok(value),
            None if !Thread::current().has_exception() => return Ok(Sent::Returned(none())),
            None => Err(Raised::assume_set()),
        }
    } else {
        receiver.call_method(intern!("send"), &[value])
    };
    match next {
        Ok(value) => Ok(Sent::Yielded(value)),
        Err(raised) if raised.matches(&exceptions::StopIteration) => {
            let exception = raised.take();
            Ok(Sent::Returned(stop_iteration_value(&exception)))
        }
        Err(raised) => Err(raised),
    }
}

/// Is it a generator made by a function that `types.coroutine` marked?
fn is_iterable_coroutine(object: &Object) -> bool {
    object.is::<Generator>()
        && body_of(object).is_some_and(|body| {
            // SAFETY: an unfinished generator's frame has its code.
            !body.is_finished() && unsafe { (*body.frame()).code().flags() } & flags::ITERABLE_COROUTINE != 0
        })
}

/// The iterator that `await` drives.
pub fn awaitable_iterator(object: &Object) -> Result {
    if object.is::<Coroutine>() || is_iterable_coroutine(object) {
        return Ok(object.to_ref());
    }
    let Some(am_await) = object.ty().am_await() else {
        return Err(raise!(TypeError, "'{}' object can't be awaited", object.ty().full_name()));
    };
    // SAFETY: the object is alive during the call.
    let iterator: Ref = unsafe { crate::protocol::result_from_raw(am_await(object.as_ptr())) }?;
    if iterator.is::<Coroutine>() || is_iterable_coroutine(&iterator) {
        return Err(raise!(TypeError, "__await__() returned a coroutine"));
    }
    if !iterator.is_iterator() {
        let name = iterator.ty().full_name();
        return Err(raise!(TypeError, "__await__() returned non-iterator of type '{name}'"));
    }
    Ok(iterator)
}

/// `async with` tells which of its methods gave something that can't be awaited.
pub fn bad_awaitable_in_with(object: &Object, oparg: usize, raised: Raised) -> Raised {
    if !raised.matches(&exceptions::TypeError) || object.ty().am_await().is_some() {
        return raised;
    }
    raised.clear();
    let method = if oparg == 1 { "__aenter__" } else { "__aexit__" };
    raise!(
        TypeError,
        "'async with' received an object from {method} that does not implement __await__: {}",
        object.ty().full_name()
    )
}

/// The awaitable for an async iterator's next item.
pub fn anext_awaitable(iterator: &Object) -> Result {
    let ty = iterator.ty();
    let Some(anext) = ty.am_anext() else {
        let name = ty.full_name();
        return Err(raise!(TypeError, "'async for' requires an iterator with __anext__ method, got {name}"));
    };
    // SAFETY: the iterator is alive during the call.
    let next: Ref = unsafe { crate::protocol::result_from_raw(anext(iterator.as_ptr())) }?;
    if iterator.is::<AsyncGenerator>() {
        return Ok(next);
    }
    awaitable_iterator(&next).map_err(|raised| {
        let cause = raised.take();
        let error = raise!(
            TypeError,
            "'async for' received an invalid object from __anext__: {}",
            next.ty().full_name()
        );
        let error = error.take();
        exceptions::set_cause(&error, Some(&cause));
        crate::errors::restore(error)
    })
}

/// The methods and attributes that generators and coroutines share; `prefix` begins the attributes' names.
macro_rules! generator_methods {
    ($type:ident, $frame:literal, $running:literal, $code:literal, $delegate:literal, $suspended:literal) => {
        #[methods(parts(own))]
        impl $type {
            /// send(value) -> send 'value' into it, return next yielded value or raise StopIteration.
            #[method(signature = "($self, value, /)")]
            fn send(&self, value: &Object) -> Result {
                self.raw.resume_or_stop(Some(value), false, false)
            }

            /// throw(value)
            /// throw(type[,value[,tb]])
            ///
            /// Raise exception in it, return next yielded value or raise StopIteration.
            #[method(hidden_signature, signature = "($self, type, value=None, traceback=None, /)")]
            fn throw(&self, exception: &Object, value: Option<&Object>, traceback: Option<&Object>) -> Result {
                if value.is_some() || traceback.is_some() {
                    let message = "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.";
                    crate::warnings::warn(&exceptions::DeprecationWarning, message, 1)?;
                }
                self.raw.throw(true, exception, value, traceback)
            }

            /// close() -> raise GeneratorExit inside.
            #[method(signature = "($self, /)")]
            fn close(&self) -> Result {
                self.raw.close()
            }

            #[slot]
            fn tp_finalize(&self) {
                self.raw.finalize();
            }

            #[slot]
            fn am_send(&self, value: &Object) -> Result<crate::native::slots::Sent> {
                Ok(match self.raw.resume(Some(value), false, false)? {
                    Sent::Yielded(value) => crate::native::slots::Sent::Next(value),
                    Sent::Returned(value) => crate::native::slots::Sent::Return(value),
                })
            }

            #[slot]
            fn tp_repr(&self) -> String {
                let kind = self.raw.kind_name();
                let name = self.raw.qualname.get().map_or(String::new(), |name| name.to_string());
                format!("<{kind} object {name} at {:p}>", self.as_ptr())
            }

            #[getter(name = "__name__")]
            fn get_name(&self) -> Option<Ref<Str>> {
                self.raw.name.get()
            }

            #[setter(name = "__name__")]
            fn set_name(&self, value: Option<&Object>) -> Result<()> {
                match value.and_then(|value| value.downcast::<Str>()) {
                    Some(name) => self.raw.name.set(Some(Ref::from_borrowed(name))),
                    None => return Err(raise!(TypeError, "__name__ must be set to a string object")),
                }
                Ok(())
            }

            #[getter(name = "__qualname__")]
            fn get_qualname(&self) -> Option<Ref<Str>> {
                self.raw.qualname.get()
            }

            #[setter(name = "__qualname__")]
            fn set_qualname(&self, value: Option<&Object>) -> Result<()> {
                match value.and_then(|value| value.downcast::<Str>()) {
                    Some(name) => self.raw.qualname.set(Some(Ref::from_borrowed(name))),
                    None => return Err(raise!(TypeError, "__qualname__ must be set to a string object")),
                }
                Ok(())
            }

            #[getter(name = $delegate)]
            fn get_delegate(&self) -> Option<Ref> {
                self.raw.delegate()
            }

            #[getter(name = $running)]
            fn get_running(&self) -> bool {
                self.raw.is_running()
            }

            #[getter(name = $suspended)]
            fn get_suspended(&self) -> bool {
                matches!(self.raw.state.get(), State::Suspended | State::SuspendedYieldFrom)
            }

            #[getter(name = $frame)]
            fn get_frame(&self) -> Option<Ref<crate::objects::frame::FrameObject>> {
                self.raw.frame_object()
            }

            #[getter(name = $code)]
            fn get_code(&self) -> Option<Ref> {
                self.raw.code()
            }

            #[method(name = "__sizeof__", signature = "($self, /)")]
            fn size_of(&self) -> usize {
                size_of::<Body>() + 64
            }
        }
    };
}

impl Body {
    /// The frame as Python sees it; none when it has ended.
    pub fn frame_object(&self) -> Option<Ref<crate::objects::frame::FrameObject>> {
        // SAFETY: the frame of an unfinished generator is complete.
        (!self.is_finished()).then(|| crate::objects::frame::FrameObject::of(unsafe { &*self.frame() }))
    }

    /// The code that it runs, or ran.
    pub fn code(&self) -> Option<Ref> {
        // SAFETY: the frame keeps its code when it is cleared.
        unsafe { (*self.frame()).executable.get().map(Object::to_ref) }
    }
}

generator_methods!(Generator, "gi_frame", "gi_running", "gi_code", "gi_yieldfrom", "gi_suspended");
generator_methods!(Coroutine, "cr_frame", "cr_running", "cr_code", "cr_await", "cr_suspended");

#[methods(part = own)]
impl Generator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        match self.raw.resume(None, false, false)? {
            Sent::Yielded(value) => Ok(Some(value)),
            Sent::Returned(value) if value.is_none() => Ok(None),
            Sent::Returned(value) => Err(raise_stop_iteration(&value)),
        }
    }

    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, item: &Object) -> Result {
        Ok(crate::objects::generic_alias::GenericAlias::new(class, item)?.into_object())
    }
}

#[methods(part = own)]
impl Coroutine {
    #[slot]
    fn am_await(&self) -> Ref {
        CoroutineWrapper::new(self).into_object()
    }

    #[getter]
    fn cr_origin(&self) -> Option<Ref> {
        self.raw.origin_or_finalizer.get()
    }

    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, item: &Object) -> Result {
        Ok(crate::objects::generic_alias::GenericAlias::new(class, item)?.into_object())
    }
}

/// A wrapper object implementing __await__ for coroutines.
#[class(name = "coroutine_wrapper", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct CoroutineWrapper {
    head: Object,
    coroutine: Link<Coroutine>,
}

impl CoroutineWrapper {
    fn new(coroutine: &Coroutine) -> Ref<CoroutineWrapper> {
        Ref::new(CoroutineWrapper { head: Object::HEAD, coroutine: Link::new(Ref::from_borrowed(coroutine)) })
    }

    fn target(&self) -> Ref<Coroutine> {
        self.coroutine.get().expect("a wrapper's coroutine is set when it is made")
    }
}

#[methods]
impl CoroutineWrapper {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        match self.target().raw.resume(None, false, false)? {
            Sent::Yielded(value) => Ok(Some(value)),
            Sent::Returned(value) => Err(raise_stop_iteration(&value)),
        }
    }

    /// send(arg) -> send 'arg' into coroutine
    #[method(signature = "($self, value, /)")]
    fn send(&self, value: &Object) -> Result {
        self.target().raw.resume_or_stop(Some(value), false, false)
    }

    /// throw(value)
    #[method(hidden_signature, signature = "($self, type, value=None, traceback=None, /)")]
    fn throw(&self, exception: &Object, value: Option<&Object>, traceback: Option<&Object>) -> Result {
        self.target().raw.throw(true, exception, value, traceback)
    }

    /// close() -> raise GeneratorExit inside coroutine.
    #[method(signature = "($self, /)")]
    fn close(&self) -> Result {
        self.target().raw.close()
    }
}
