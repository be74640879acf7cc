//! `async_generator` (PEP 525): the generator, and the awaitables that its methods give.

use std::cell::Cell;

use crate::objects::exceptions;
use crate::objects::generator::{Body, Sent};
use crate::prelude::*;

/// Create an async generator: made by calling an async generator function.
#[class(
    name = "async_generator",
    symbol = "PyAsyncGen_Type",
    flags(GC, DISALLOW_INSTANTIATION),
    itemsize = 8
)]
#[repr(C)]
pub struct AsyncGenerator {
    #[weaklist(weakrefs)]
    raw: Body,
}

/// A value that an async generator yields, told apart from what its awaits pass through.
#[class(name = "async_generator_wrapped_value", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
struct WrappedValue {
    head: Object,
    value: Link,
}

/// Wraps a yielded value.
pub fn wrap_value(value: &Object) -> Ref {
    Ref::new(WrappedValue { head: Object::HEAD, value: Link::new(value.to_ref()) }).into_object()
}

/// The hooks that `sys.set_asyncgen_hooks` sets for the thread.
#[derive(Default)]
pub struct Hooks {
    pub first_iteration: Link,
    pub finalizer: Link,
}

impl AsyncGenerator {
    /// At its first iteration: remembers the finalizer, calls the first-iteration hook.
    fn init_hooks(&self) -> Result<()> {
        if self.raw.hooks_inited.replace(true) {
            return Ok(());
        }
        let hooks = &Thread::current().async_generator_hooks;
        if let Some(finalizer) = hooks.finalizer.get() {
            self.raw.origin_or_finalizer.set(Some(finalizer));
        }
        match hooks.first_iteration.get() {
            Some(hook) => hook.call(&[self]).map(drop),
            None => Ok(()),
        }
    }

    /// What a step of the generator means for whoever awaits it.
    fn unwrap(&self, result: Result<Sent>) -> Result {
        match result {
            Ok(Sent::Yielded(value)) => match value.downcast_exact::<WrappedValue>() {
                Some(wrapped) => {
                    self.raw.running_async.set(false);
                    let value = wrapped.value.get().unwrap_or_else(none);
                    Err(crate::objects::generator::raise_stop_iteration(&value))
                }
                None => Ok(value),
            },
            Ok(Sent::Returned(_)) => {
                self.raw.running_async.set(false);
                self.raw.closed.set(true);
                Err(raise!(StopAsyncIteration))
            }
            Err(raised) => {
                if raised.matches(&exceptions::StopAsyncIteration)
                    || raised.matches(&exceptions::GeneratorExit)
                {
                    self.raw.closed.set(true);
                }
                self.raw.running_async.set(false);
                Err(raised)
            }
        }
    }

    fn throw_inside(
        &self,
        exception: &Object,
        value: Option<&Object>,
        traceback: Option<&Object>,
    ) -> Result<Sent> {
        // The generator's `throw` turns a return into StopAsyncIteration, which `unwrap` passes on.
        self.raw.throw(false, exception, value, traceback).map(Sent::Yielded)
    }
}

#[methods]
impl AsyncGenerator {
    #[slot]
    fn am_aiter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn am_anext(&self) -> Result {
        self.init_hooks()?;
        Ok(Send::new(self, None).into_object())
    }

    /// asend(v) -> send 'v' in generator.
    #[method(signature = "($self, value, /)")]
    fn asend(&self, value: &Object) -> Result {
        self.init_hooks()?;
        Ok(Send::new(self, Some(value)).into_object())
    }

    /// athrow(value)
    /// athrow(type[,value[,tb]])
    ///
    /// raise exception in generator.
    #[method(hidden_signature, signature = "($self, type, value=None, traceback=None, /)")]
    fn athrow(&self, exception: &Object, value: Option<&Object>, traceback: Option<&Object>) -> Result {
        if value.is_some() || traceback.is_some() {
            let message = "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.";
            crate::warnings::warn(&exceptions::DeprecationWarning, message, 1)?;
        }
        self.init_hooks()?;
        let arguments = Tuple::pack([
            exception.to_ref(),
            value.map_or_else(none, Object::to_ref),
            traceback.map_or_else(none, Object::to_ref),
        ]);
        Ok(Throw::new(self, Some(arguments)).into_object())
    }

    /// aclose() -> raise GeneratorExit inside generator.
    #[method(signature = "($self, /)")]
    fn aclose(&self) -> Result {
        self.init_hooks()?;
        Ok(Throw::new(self, None).into_object())
    }

    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, item: &Object) -> Result {
        Ok(crate::objects::generic_alias::GenericAlias::new(class, item)?.into_object())
    }

    #[slot]
    fn tp_finalize(&self) {
        if self.raw.is_finished() {
            return;
        }
        if let Some(finalizer) = self.raw.origin_or_finalizer.get()
            && !self.raw.closed.get()
        {
            let thread = Thread::current();
            let saved = thread.take_exception();
            if let Err(raised) = finalizer.call(&[self]) {
                exceptions::write_unraisable_doing(raised.take(), "finalizing generator", self);
            }
            thread.set_exception(saved);
            return;
        }
        self.raw.finalize();
    }

    #[slot]
    fn tp_repr(&self) -> String {
        let name = self.raw.qualname.get().map_or(String::new(), |name| name.to_string());
        format!("<async_generator object {name} at {:p}>", self.as_ptr())
    }

    #[getter(name = "__name__")]
    fn get_name(&self) -> Option<Ref<Str>> {
        self.raw.name.get()
    }

    #[setter(name = "__name__")]
    fn set_name(&self, value: &Str) {
        self.raw.name.set(Some(Ref::from_borrowed(value)));
    }

    #[getter(name = "__qualname__")]
    fn get_qualname(&self) -> Option<Ref<Str>> {
        self.raw.qualname.get()
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(&self, value: &Str) {
        self.raw.qualname.set(Some(Ref::from_borrowed(value)));
    }

    #[getter]
    fn ag_await(&self) -> Option<Ref> {
        self.raw.delegate()
    }

    #[getter]
    fn ag_running(&self) -> bool {
        self.raw.running_async.get()
    }

    #[getter]
    fn ag_suspended(&self) -> bool {
        self.raw.can_resume() && self.raw.is_started()
    }

    #[getter]
    fn ag_frame(&self) -> Option<Ref<crate::objects::frame::FrameObject>> {
        self.raw.frame_object()
    }

    #[getter]
    fn ag_code(&self) -> Option<Ref> {
        self.raw.code()
    }
}

/// How far an awaitable has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Init,
    Iterating,
    Closed,
}

/// The awaitable of `__anext__()` and `asend()`.
#[class(name = "async_generator_asend", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
struct Send {
    head: Object,
    generator: Link<AsyncGenerator>,
    value: Link,
    #[gc(skip)]
    progress: Cell<Progress>,
}

impl Send {
    fn new(generator: &AsyncGenerator, value: Option<&Object>) -> Ref<Send> {
        Ref::new(Send {
            head: Object::HEAD,
            generator: Link::new(Ref::from_borrowed(generator)),
            value: Link::from_option(value.map(Object::to_ref)),
            progress: Cell::new(Progress::Init),
        })
    }

    fn target(&self) -> Result<Ref<AsyncGenerator>> {
        self.generator.get().ok_or_else(|| raise!(RuntimeError, "the async generator is gone"))
    }

    fn begin(&self, generator: &AsyncGenerator) -> Result<()> {
        match self.progress.get() {
            Progress::Closed => {
                return Err(raise!(RuntimeError, "cannot reuse already awaited __anext__()/asend()"));
            }
            Progress::Init => {
                if generator.raw.running_async.get() {
                    self.progress.set(Progress::Closed);
                    return Err(raise!(RuntimeError, "anext(): asynchronous generator is already running"));
                }
                self.progress.set(Progress::Iterating);
            }
            Progress::Iterating => {}
        }
        generator.raw.running_async.set(true);
        Ok(())
    }

    fn finish(&self, generator: &AsyncGenerator, result: Result<Sent>) -> Result {
        let result = generator.unwrap(result);
        if result.is_err() {
            self.progress.set(Progress::Closed);
        }
        result
    }
}

#[methods]
impl Send {
    #[slot]
    fn tp_finalize(&self) {
        if matches!(self.progress.get(), Progress::Init) && !self.value.is_null() {
            warn_never_awaited("asend", &self.generator);
        }
    }

    #[slot]
    fn am_await(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        self.send(&none()).map(Some)
    }

    #[method(signature = "($self, value, /)")]
    fn send(&self, value: &Object) -> Result {
        let generator = self.target()?;
        let first = self.progress.get() == Progress::Init;
        self.begin(&generator)?;
        let first_value = if first && value.is_none() { self.value.get() } else { None };
        let result = generator.raw.resume(Some(first_value.as_deref().unwrap_or(value)), false, false);
        self.finish(&generator, result)
    }

    #[method(hidden_signature, signature = "($self, type, value=None, traceback=None, /)")]
    fn throw(&self, exception: &Object, value: Option<&Object>, traceback: Option<&Object>) -> Result {
        let generator = self.target()?;
        self.begin(&generator)?;
        let result = generator.throw_inside(exception, value, traceback);
        self.finish(&generator, result)
    }

    #[method(signature = "($self, /)")]
    fn close(&self) -> Result<()> {
        if self.progress.get() == Progress::Closed {
            return Ok(());
        }
        close_awaitable(self.throw(&exceptions::GeneratorExit, None, None))
    }
}

/// `close()` of an awaitable: it must not yield any more.
fn close_awaitable(result: Result) -> Result<()> {
    match result {
        Ok(_) => Err(raise!(RuntimeError, "coroutine ignored GeneratorExit")),
        Err(raised)
            if raised.matches(&exceptions::StopIteration)
                || raised.matches(&exceptions::StopAsyncIteration)
                || raised.matches(&exceptions::GeneratorExit) =>
        {
            raised.clear();
            Ok(())
        }
        Err(raised) => Err(raised),
    }
}

/// The awaitable of `athrow()`, and of `aclose()` (no arguments).
#[class(name = "async_generator_athrow", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
struct Throw {
    head: Object,
    generator: Link<AsyncGenerator>,
    arguments: Link<Tuple>,
    #[gc(skip)]
    progress: Cell<Progress>,
}

impl Throw {
    fn new(generator: &AsyncGenerator, arguments: Option<Ref<Tuple>>) -> Ref<Throw> {
        Ref::new(Throw {
            head: Object::HEAD,
            generator: Link::new(Ref::from_borrowed(generator)),
            arguments: Link::from_option(arguments),
            progress: Cell::new(Progress::Init),
        })
    }

    fn name(&self) -> &'static str {
        if self.arguments.is_null() { "aclose()" } else { "athrow()" }
    }

    /// After a step of `aclose()`: an item yielded is an error, the end is what was wanted.
    fn finish_close(&self, generator: &AsyncGenerator, result: Result<Sent>) -> Result {
        match result {
            Ok(Sent::Yielded(value)) if value.downcast_exact::<WrappedValue>().is_some() => {
                generator.raw.running_async.set(false);
                self.progress.set(Progress::Closed);
                Err(raise!(RuntimeError, "async generator ignored GeneratorExit"))
            }
            Ok(Sent::Yielded(value)) => Ok(value),
            Ok(Sent::Returned(_)) => {
                generator.raw.running_async.set(false);
                self.progress.set(Progress::Closed);
                Err(raise!(StopIteration))
            }
            Err(raised) => {
                generator.raw.running_async.set(false);
                self.progress.set(Progress::Closed);
                if raised.matches(&exceptions::StopAsyncIteration)
                    || raised.matches(&exceptions::GeneratorExit)
                {
                    raised.clear();
                    return Err(raise!(StopIteration));
                }
                Err(raised)
            }
        }
    }

    fn finish(&self, generator: &AsyncGenerator, result: Result<Sent>) -> Result {
        if self.arguments.is_null() {
            return self.finish_close(generator, result);
        }
        let result = generator.unwrap(result);
        if result.is_err() {
            self.progress.set(Progress::Closed);
        }
        result
    }
}

#[methods]
impl Throw {
    #[slot]
    fn tp_finalize(&self) {
        if matches!(self.progress.get(), Progress::Init) {
            warn_never_awaited(if self.arguments.is_null() { "aclose" } else { "athrow" }, &self.generator);
        }
    }

    #[slot]
    fn am_await(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        self.send(&none()).map(Some)
    }

    #[method(signature = "($self, value, /)")]
    fn send(&self, value: &Object) -> Result {
        let Some(generator) = self.generator.get() else {
            return Err(raise!(RuntimeError, "the async generator is gone"));
        };
        match self.progress.get() {
            Progress::Closed => {
                return Err(raise!(RuntimeError, "cannot reuse already awaited aclose()/athrow()"));
            }
            Progress::Init => {
                if generator.raw.running_async.get() {
                    self.progress.set(Progress::Closed);
                    return Err(raise!(
                        RuntimeError,
                        "{}: asynchronous generator is already running",
                        self.name()
                    ));
                }
                if generator.raw.closed.get() || generator.raw.is_finished() {
                    self.progress.set(Progress::Closed);
                    return Err(if self.arguments.is_null() {
                        raise!(StopIteration)
                    } else {
                        raise!(StopAsyncIteration)
                    });
                }
                if !value.is_none() {
                    return Err(raise!(
                        RuntimeError,
                        "can't send non-None value to a just-started coroutine"
                    ));
                }
                self.progress.set(Progress::Iterating);
                generator.raw.running_async.set(true);
                let result = match self.arguments.get() {
                    None => {
                        generator.raw.closed.set(true);
                        generator.throw_inside(&exceptions::GeneratorExit, None, None)
                    }
                    Some(arguments) => {
                        let given = |index: usize| {
                            arguments
                                .as_slice()
                                .get(index)
                                .map(|value| &**value)
                                .filter(|value| !value.is_none())
                        };
                        generator.throw_inside(&arguments.as_slice()[0], given(1), given(2))
                    }
                };
                return self.finish(&generator, result);
            }
            Progress::Iterating => {}
        }
        let result = generator.raw.resume(Some(value), false, false);
        self.finish(&generator, result)
    }

    #[method(hidden_signature, signature = "($self, type, value=None, traceback=None, /)")]
    fn throw(&self, exception: &Object, value: Option<&Object>, traceback: Option<&Object>) -> Result {
        let Some(generator) = self.generator.get() else {
            return Err(raise!(RuntimeError, "the async generator is gone"));
        };
        match self.progress.get() {
            Progress::Closed => {
                return Err(raise!(RuntimeError, "cannot reuse already awaited aclose()/athrow()"));
            }
            Progress::Init => {
                if generator.raw.running_async.get() {
                    self.progress.set(Progress::Closed);
                    return Err(raise!(
                        RuntimeError,
                        "{}: asynchronous generator is already running",
                        self.name()
                    ));
                }
                self.progress.set(Progress::Iterating);
                generator.raw.running_async.set(true);
            }
            Progress::Iterating => {}
        }
        let result = generator.throw_inside(exception, value, traceback);
        self.finish(&generator, result)
    }

    #[method(signature = "($self, /)")]
    fn close(&self) -> Result<()> {
        if self.progress.get() == Progress::Closed {
            return Ok(());
        }
        close_awaitable(self.throw(&exceptions::GeneratorExit, None, None))
    }
}

/// Warns of an awaitable that dies without having been awaited.
fn warn_never_awaited(method: &str, generator: &Link<AsyncGenerator>) {
    let (Some(thread), Some(generator)) = (Thread::current_opt(), generator.get()) else { return };
    let saved = thread.take_exception();
    let name = generator.raw.qualname.get().map_or(String::new(), |name| name.to_string());
    let message = format!("coroutine method '{method}' of '{name}' was never awaited");
    if let Err(raised) = crate::warnings::warn(&exceptions::RuntimeWarning, &message, 1) {
        exceptions::write_unraisable(raised.take(), Some(&generator));
    }
    thread.set_exception(saved);
}
