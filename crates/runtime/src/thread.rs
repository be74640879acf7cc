//! What belongs to one thread: its current exception, its native stack's limits, its frames, its context.

use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use crate::errors::Result;
use crate::eval::frame::ExceptionInfo;
use crate::interpreter_state::Interpreter;
use crate::object::Object;
use crate::objects::exceptions::BaseException;
use crate::objects::r#type::Type;
use crate::raise;
use crate::reference::{Link, Ref};

thread_local! {
    static CURRENT: Cell<*const Thread> = const { Cell::new(std::ptr::null()) };
}

/// A thread that is attached to an interpreter. Begins with the public head of C's `PyThreadState`.
#[repr(C)]
pub struct Thread {
    pub head: abi::PyThreadState,
    pub interpreter: &'static Interpreter,
    /// Objects whose deallocation waits for room on the native stack.
    pub(crate) trash: RefCell<Vec<NonNull<Object>>>,
    pub stack: NativeStack,
    /// The frame of which monitoring tells an event right now: it alone may be made to jump.
    pub reporting: Cell<*mut crate::eval::frame::Frame>,
    /// Free memory.
    pub(crate) blocks: crate::memory::Blocks,
    /// What interrupts this thread's code.
    pub breaker: crate::eval::breaker::Breaker,
    /// An exception that another thread sent to this one.
    pub asynchronous_exception: Link,
    pub async_generator_hooks: crate::objects::async_generator::Hooks,
    /// The id that `threading.get_ident()` gives.
    pub ident: u64,
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.frames().data_stack().free();
    }
}

impl Thread {
    pub fn new(interpreter: &'static Interpreter) -> Thread {
        let head = abi::PyThreadState::zeroed();
        head.what_event.set(-1);
        // As on CPython a thread that Python made stands for one `PyGILState_Ensure`: pybind11 counts on.
        head.gilstate_counter.set(1);
        head.interp.set((&raw const *interpreter).cast_mut().cast());
        head.py_recursion_limit.set(crate::eval::RECURSION_LIMIT);
        head.py_recursion_remaining.set(crate::eval::RECURSION_LIMIT);
        Thread {
            head,
            interpreter,
            trash: RefCell::new(Vec::new()),
            stack: NativeStack::of_this_thread(),
            reporting: Cell::new(std::ptr::null_mut()),
            blocks: Default::default(),
            breaker: Default::default(),
            asynchronous_exception: Link::null(),
            async_generator_hooks: Default::default(),
            // SAFETY: no precondition.
            ident: unsafe { libc::pthread_self() } as u64,
        }
    }

    /// Frames and how many more there may be.
    #[inline(always)]
    pub fn frames(&self) -> &crate::eval::ThreadFrames {
        crate::eval::ThreadFrames::of(&self.head)
    }

    /// The current context (`contextvars`): a field that extensions that switch stacks change too.
    pub fn context(&self) -> &Link {
        // SAFETY: the field owns an object or is null; a link is laid out as a pointer.
        unsafe { &*(&raw const self.head.context).cast() }
    }

    /// Makes this the thread that [`Thread::current`] gives, on this native thread; gives the one before.
    pub fn make_current(thread: Option<&Thread>) -> Option<&'static Thread> {
        if let Some(thread) = thread
            && thread.head.exc_info.get().is_null()
        {
            thread.head.exc_info.set((&raw const thread.head.exc_state).cast_mut());
        }
        let old = CURRENT.replace(thread.map_or(std::ptr::null(), |thread| thread));
        // SAFETY: attached threads are freed only after they are detached.
        unsafe { old.as_ref() }
    }

    /// The thread that runs here. Panics where no interpreter is attached: a bug of the embedder.
    #[inline(always)]
    pub fn current() -> &'static Thread {
        let current = CURRENT.get();
        debug_assert!(!current.is_null(), "no interpreter is attached to this thread");
        // SAFETY: attached threads live until they are detached.
        unsafe { &*current }
    }

    pub fn current_opt() -> Option<&'static Thread> {
        // SAFETY: as above.
        unsafe { CURRENT.get().as_ref() }
    }

    /// The exception that is on its way up: a field that compiled extensions change too.
    #[inline(always)]
    fn raised(&self) -> &Link<BaseException> {
        // SAFETY: the field owns an exception or is null; a link is laid out as a pointer.
        unsafe { &*(&raw const self.head.current_exception).cast() }
    }

    /// The innermost exception info, which may hold none: the thread's own, or a running generator's.
    #[inline(always)]
    pub fn exception_info(&self) -> &ExceptionInfo {
        let info = self.head.exc_info.get();
        // SAFETY: what is linked is a running generator's, or ours.
        unsafe {
            &*if info.is_null() { (&raw const self.head.exc_state).cast() } else { info.cast_const().cast() }
        }
    }

    /// Puts the innermost exception info in place.
    #[inline(always)]
    pub fn set_exception_info(&self, info: *const ExceptionInfo) {
        self.head.exc_info.set(info.cast_mut().cast());
    }

    /// The exception that is being handled, the nearest one (`sys.exception()`).
    pub fn handled_exception(&self) -> Option<Ref> {
        let mut info = self.exception_info();
        loop {
            if let Some(value) = info.value.get()
                && !value.is_none()
            {
                return Some(value);
            }
            // SAFETY: links live as long as what they are linked from.
            info = unsafe { info.previous.get().as_ref() }?;
        }
    }

    #[inline(always)]
    pub fn has_exception(&self) -> bool {
        !self.raised().is_null()
    }

    pub fn exception(&self) -> Option<Ref<BaseException>> {
        self.raised().get()
    }

    pub fn exception_type(&self) -> Option<&Type> {
        // SAFETY: the type of the current exception stays while the exception does.
        unsafe { self.raised().borrow() }.map(|exception| exception.ty())
    }

    pub fn take_exception(&self) -> Option<Ref<BaseException>> {
        self.raised().take()
    }

    pub fn set_exception(&self, exception: Option<Ref<BaseException>>) {
        self.raised().set(exception);
    }

    /// Raises RecursionError if the native stack is nearly used up: every native recursion over Python data asks first.
    /// `doing` completes "maximum recursion depth exceeded", as in " while getting the repr of an object".
    #[inline]
    pub fn check_recursion(&self, doing: &str) -> Result<()> {
        if self.stack.is_low() {
            return Err(stack_overflow(doing));
        }
        Ok(())
    }
}

#[cold]
fn stack_overflow(doing: &str) -> crate::errors::Raised {
    raise!(RecursionError, "maximum recursion depth exceeded{doing}")
}

/// The limits of this thread's native stack.
pub struct NativeStack {
    low: usize,
    nearly_low: usize,
}

/// Left for what runs without asking: C code, deallocation, error handling.
const MARGIN: usize = 192 * 1024;

impl NativeStack {
    fn of_this_thread() -> NativeStack {
        let here = stack_pointer();
        // SAFETY: plain queries of this thread's attributes, into memory of ours.
        let base = unsafe {
            let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
            let (mut address, mut size) = (std::ptr::null_mut(), 0);
            if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) == 0 {
                libc::pthread_attr_getstack(&attributes, &mut address, &mut size);
                libc::pthread_attr_destroy(&mut attributes);
            }
            address as usize
        };
        let base = if base == 0 || base > here { here.saturating_sub(4 << 20) } else { base };
        NativeStack { low: base + MARGIN, nearly_low: base + 2 * MARGIN }
    }

    #[inline(always)]
    pub fn is_low(&self) -> bool {
        stack_pointer() < self.low
    }

    #[inline(always)]
    pub fn is_nearly_low(&self) -> bool {
        stack_pointer() < self.nearly_low
    }
}

#[inline(always)]
fn stack_pointer() -> usize {
    #[cfg(target_arch = "x86_64")]
    {
        let pointer: usize;
        // SAFETY: reads a register. (The address of a local would keep handlers from ending in a jump.)
        unsafe {
            std::arch::asm!("mov {}, rsp", out(reg) pointer, options(nomem, nostack, preserves_flags, pure));
        }
        pointer
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let marker = 0u8;
        std::hint::black_box(&marker as *const u8) as usize
    }
}
