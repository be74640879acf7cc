//! `_thread`: threads, locks, thread-local data. <https://docs.python.org/3.14/library/_thread.html>.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use runtime::gil;
use runtime::lock::RawLock;
use runtime::objects::exceptions::BaseException;
use runtime::objects::object::{generic_get_attr, generic_set_attr, no_attribute};
use runtime::prelude::*;
use runtime::weakref::{self, Reference};

use runtime::native::system::*;

module! {
    name: "_thread",
    doc: "Threads and locks, as threading builds on them.",
    functions: [
        start_new_thread, start_new, start_joinable_thread, daemon_threads_allowed, allocate_lock, allocate,
        exit_thread, exit, interrupt_main, get_ident, get_native_id, count, stack_size, excepthook,
        is_main_interpreter, main_thread_ident, shutdown, make_thread_handle, set_name, get_name,
    ],
    classes: [Lock, RLock, Local, ThreadHandle],
    exec: exec,
}

/// The longest timeout in seconds.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

#[derive(Default)]
struct State {
    /// Threads that run.
    count: Cell<usize>,
    stack_size: Cell<usize>,
    /// Handles of running threads; those of daemons don't keep the interpreter from ending.
    running: RefCell<Vec<(Ref<ThreadHandle>, bool)>>,
    /// Thread-local objects with data of each thread, by the thread's key.
    locals: RefCell<HashMap<u64, Vec<Ref<Reference>>>>,
}

fn state() -> &'static State {
    Interpreter::current().state::<State>()
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    dict.insert_str(intern!("LockType"), Lock::type_object())?;
    dict.insert_str(intern!("error"), &runtime::objects::exceptions::RuntimeError)?;
    dict.insert_str(intern!("TIMEOUT_MAX"), &Float::new(TIMEOUT_MAX))?;
    dict.insert_str(intern!("_NAME_MAXLEN"), &Int::new(15))?;
    declare_sequence(
        module,
        "_thread._ExceptHookArgs",
        "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.",
        &[
            ("exc_type", "Exception type"),
            ("exc_value", "Exception value"),
            ("exc_traceback", "Exception traceback"),
            ("thread", "Thread"),
        ],
        4,
    )
}

/// `acquire`'s arguments: None waits for ever.
fn timeout_of(blocking: Option<bool>, timeout: Option<&Object>) -> Result<Option<Duration>> {
    let blocking = blocking.unwrap_or(true);
    let nanos = match timeout {
        Some(timeout) => nanoseconds(timeout)?,
        None => -1_000_000_000,
    };
    let forever = nanos == -1_000_000_000;
    if !blocking && !forever {
        return Err(raise!(ValueError, "can't specify a timeout for a non-blocking call"));
    }
    if nanos < 0 && !forever {
        return Err(raise!(ValueError, "timeout value must be a non-negative number"));
    }
    if nanos as f64 > TIMEOUT_MAX * 1e9 {
        return Err(raise!(OverflowError, "timeout value is too large"));
    }
    Ok(match (blocking, forever) {
        (false, _) => Some(Duration::ZERO),
        (true, true) => None,
        (true, false) => Some(Duration::from_nanos(nanos as u64)),
    })
}

/// A lock object is a synchronization primitive.  To create a lock,
/// call threading.Lock().
#[class(name = "_thread.lock")]
#[repr(C)]
pub struct Lock {
    head: Object,
    lock: RawLock,
    #[weaklist]
    weakrefs: WeakList,
}

impl Lock {
    fn create() -> Ref<Lock> {
        Ref::new(Lock { head: Object::HEAD, lock: RawLock::new(), weakrefs: WeakList::new() })
    }

    fn open(&self) -> Result<()> {
        if self.lock.unlock() { Ok(()) } else { Err(raise!(RuntimeError, "release unlocked lock")) }
    }
}

#[methods]
impl Lock {
    #[new(signature = "()")]
    fn new(_class: &Type) -> Result<Ref<Lock>> {
        Ok(Lock::create())
    }

    /// Lock the lock.
    #[method(signature = "($self, /, blocking=True, timeout=-1)")]
    fn acquire(&self, blocking: Option<bool>, timeout: Option<&Object>) -> Result<bool> {
        self.lock.acquire(timeout_of(blocking, timeout)?)
    }

    /// An obsolete synonym of acquire().
    #[method(signature = "($self, /, blocking=True, timeout=-1)")]
    fn acquire_lock(&self, blocking: Option<bool>, timeout: Option<&Object>) -> Result<bool> {
        self.lock.acquire(timeout_of(blocking, timeout)?)
    }

    /// Release the lock, allowing another thread that is blocked waiting for the lock to acquire it.
    #[method(signature = "($self, /)")]
    fn release(&self) -> Result<()> {
        self.open()
    }

    /// An obsolete synonym of release().
    #[method(signature = "($self, /)")]
    fn release_lock(&self) -> Result<()> {
        self.open()
    }

    /// Return whether the lock is in the locked state.
    #[method(signature = "($self, /)")]
    fn locked(&self) -> bool {
        self.lock.is_locked()
    }

    /// An obsolete synonym of locked().
    #[method(signature = "($self, /)")]
    fn locked_lock(&self) -> bool {
        self.lock.is_locked()
    }

    /// Lock the lock.
    #[method(name = "__enter__", signature = "($self, /)")]
    fn enter(&self) -> Result<bool> {
        self.lock.acquire(None)
    }

    /// Release the lock.
    #[method(name = "__exit__", signature = "($self, /, *exc_info)")]
    fn leave(&self, _exc_info: &[&Object]) -> Result<()> {
        self.open()
    }

    #[method(name = "_at_fork_reinit", signature = "($self, /)")]
    fn at_fork_reinit(&self) {
        self.lock.reset();
    }

    #[slot]
    fn tp_repr(&self) -> String {
        let state = if self.lock.is_locked() { "locked" } else { "unlocked" };
        format!("<{state} {} object at {:p}>", self.ty().full_name(), self)
    }
}

/// A reentrant lock: the thread that holds it may take it again.
#[class(name = "_thread.RLock", flags(BASETYPE))]
#[repr(C)]
pub struct RLock {
    head: Object,
    lock: RawLock,
    owner: Cell<u64>,
    count: Cell<usize>,
    #[weaklist]
    weakrefs: WeakList,
}

impl RLock {
    fn is_mine(&self) -> bool {
        self.count.get() > 0 && self.owner.get() == Thread::current().ident
    }

    fn take(&self, timeout: Option<Duration>) -> Result<bool> {
        if self.is_mine() {
            self.count.set(self.count.get() + 1);
            return Ok(true);
        }
        if !self.lock.acquire(timeout)? {
            return Ok(false);
        }
        self.owner.set(Thread::current().ident);
        self.count.set(1);
        Ok(true)
    }

    fn open(&self) -> Result<()> {
        if !self.is_mine() {
            return Err(raise!(RuntimeError, "cannot release un-acquired lock"));
        }
        self.count.set(self.count.get() - 1);
        if self.count.get() == 0 {
            self.owner.set(0);
            self.lock.unlock();
        }
        Ok(())
    }
}

#[methods]
impl RLock {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new(class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Result<Ref<RLock>> {
        Ok(Ref::new_in(
            class,
            RLock {
                head: Object::HEAD,
                lock: RawLock::new(),
                owner: Cell::new(0),
                count: Cell::new(0),
                weakrefs: WeakList::new(),
            },
        ))
    }

    /// Lock the lock.
    #[method(signature = "($self, /, blocking=True, timeout=-1)")]
    fn acquire(&self, blocking: Option<bool>, timeout: Option<&Object>) -> Result<bool> {
        self.take(timeout_of(blocking, timeout)?)
    }

    /// Release the lock, allowing another thread that is blocked waiting for the lock to acquire it.
    #[method(signature = "($self, /)")]
    fn release(&self) -> Result<()> {
        self.open()
    }

    /// Return a boolean indicating whether this object is locked right now.
    #[method(signature = "($self, /)")]
    fn locked(&self) -> bool {
        self.lock.is_locked()
    }

    #[method(name = "__enter__", signature = "($self, /)")]
    fn enter(&self) -> Result<bool> {
        self.take(None)
    }

    #[method(name = "__exit__", signature = "($self, /, *exc_info)")]
    fn leave(&self, _exc_info: &[&Object]) -> Result<()> {
        self.open()
    }

    /// For internal use by `threading.Condition`.
    #[method(name = "_is_owned", signature = "($self, /)")]
    fn is_owned(&self) -> bool {
        self.is_mine()
    }

    /// For internal use by reentrancy checks.
    #[method(name = "_recursion_count", signature = "($self, /)")]
    fn recursion_count(&self) -> usize {
        if self.is_mine() { self.count.get() } else { 0 }
    }

    /// For internal use by `threading.Condition`.
    #[method(name = "_release_save", signature = "($self, /)")]
    fn release_save(&self) -> Result<(usize, u64)> {
        if self.count.get() == 0 {
            return Err(raise!(RuntimeError, "cannot release un-acquired lock"));
        }
        let saved = (self.count.replace(0), self.owner.replace(0));
        self.lock.unlock();
        Ok(saved)
    }

    /// For internal use by `threading.Condition`.
    #[method(name = "_acquire_restore", signature = "($self, state, /)")]
    fn acquire_restore(&self, state: &Tuple) -> Result<()> {
        let [count, owner] = state.as_slice() else {
            return Err(raise!(TypeError, "function takes exactly 2 arguments ({} given)", state.len()));
        };
        let count = count.index()?.to_u64().unwrap_or(0) as usize;
        let owner = owner.index()?.to_u64().unwrap_or(0);
        self.lock.acquire(None)?;
        self.count.set(count);
        self.owner.set(owner);
        Ok(())
    }

    #[method(name = "_at_fork_reinit", signature = "($self, /)")]
    fn at_fork_reinit(&self) {
        self.lock.reset();
        self.owner.set(0);
        self.count.set(0);
    }

    #[slot]
    fn tp_repr(&self) -> String {
        let count = self.count.get();
        let state = if count > 0 { "locked" } else { "unlocked" };
        let (name, owner) = (self.ty().full_name(), self.owner.get());
        format!("<{state} {name} object owner={owner} count={count} at {:p}>", self)
    }
}

static NEXT_KEY: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// Unlike its identity, a thread's key is never used again.
    static KEY: u64 = NEXT_KEY.fetch_add(1, Ordering::Relaxed);
}

/// Thread-local data
#[class(name = "_thread._local", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Local {
    head: Object,
    /// The namespaces by the thread's key.
    dicts: RefCell<HashMap<u64, Ref<Dict>>>,
    args: Link<Tuple>,
    keywords: Link<Dict>,
    #[weaklist]
    weakrefs: WeakList,
}

impl Local {
    /// This thread's namespace; a new one is filled by `__init__`.
    fn namespace(&self) -> Result<Ref<Dict>> {
        let key = KEY.with(|key| *key);
        if let Some(dict) = self.dicts.borrow().get(&key) {
            return Ok(dict.clone());
        }
        let dict = self.enter(key)?;
        let init = self.ty().raw.tp_init.get().map(|slot| slot as usize);
        let plain = plain_init();
        if init != plain {
            let args = self.args.get().unwrap_or_else(Tuple::empty);
            let init = self.get_attr(intern!("__init__"));
            let result = init.and_then(|init| init.call_dict(&args, self.keywords.get().as_deref()));
            if let Err(raised) = result {
                let gone = self.dicts.borrow_mut().remove(&key);
                drop(gone);
                return Err(raised);
            }
        }
        Ok(dict)
    }

    /// Makes the namespace, and notes that it goes with the thread.
    fn enter(&self, key: u64) -> Result<Ref<Dict>> {
        let dict = Dict::new();
        let reference = weakref::new_reference(self, None)?;
        self.dicts.borrow_mut().insert(key, dict.clone());
        state().locals.borrow_mut().entry(key).or_default().push(reference);
        Ok(dict)
    }

    fn is_data_attribute(&self, name: &Str) -> bool {
        self.ty().lookup(name).is_some_and(|found| found.ty().raw.tp_descr_set.get().is_some())
    }
}

/// The thread ends: its data in all thread-local objects goes.
fn leave_locals() {
    let key = KEY.with(|key| *key);
    let locals = state().locals.borrow_mut().remove(&key);
    for reference in locals.unwrap_or_default() {
        let Some(local) = reference.target() else { continue };
        if let Some(local) = local.downcast::<Local>() {
            let gone = local.dicts.borrow_mut().remove(&key);
            drop(gone);
        }
    }
}

#[methods]
impl Local {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Local>> {
        let init = class.raw.tp_init.get().map(|slot| slot as usize);
        if (!args.is_empty() || !kwargs.is_empty()) && init == plain_init() {
            return Err(raise!(TypeError, "Initialization arguments are not supported"));
        }
        let keywords = Dict::new();
        for (name, value) in kwargs.iter() {
            keywords.insert(name, value)?;
        }
        let args = Tuple::from_vec(args.iter().map(|argument| argument.to_ref()).collect());
        let local = Ref::new_in(
            class,
            Local {
                head: Object::HEAD,
                dicts: RefCell::default(),
                args: Link::new(args),
                keywords: Link::new(keywords),
                weakrefs: WeakList::new(),
            },
        );
        // The creating thread's __init__ runs as that of any class.
        local.enter(KEY.with(|key| *key))?;
        Ok(local)
    }

    #[slot]
    fn tp_getattro(&self, name: &Str) -> Result {
        let dict = self.namespace()?;
        if name.eq_str("__dict__") {
            return Ok(dict.into_object());
        }
        if !self.is_data_attribute(name)
            && let Some(value) = dict.get_str(name)?
        {
            return Ok(value);
        }
        generic_get_attr(self, name)
    }

    #[slot]
    fn tp_setattro(&self, name: &Str, value: Option<&Object>) -> Result<()> {
        let dict = self.namespace()?;
        if name.eq_str("__dict__") {
            let class = self.ty().full_name();
            return Err(raise!(AttributeError, "'{class}' object attribute '__dict__' is read-only"));
        }
        if self.is_data_attribute(name) {
            return generic_set_attr(self, name, value);
        }
        match value {
            Some(value) => dict.insert_str(name, value),
            None => match dict.remove(name)? {
                Some(_) => Ok(()),
                None => Err(no_attribute(self, name)),
            },
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    #[default]
    NotStarted,
    Starting,
    Running,
    Done,
}

/// A handle to a thread: to wait for its end.
#[class(name = "_thread._ThreadHandle")]
#[repr(C)]
pub struct ThreadHandle {
    head: Object,
    ident: Cell<u64>,
    phase: Cell<Phase>,
    /// Locked while the thread runs.
    running: RawLock,
}

impl ThreadHandle {
    fn create() -> Ref<ThreadHandle> {
        Ref::new(ThreadHandle {
            head: Object::HEAD,
            ident: Cell::new(0),
            phase: Cell::new(Phase::NotStarted),
            running: RawLock::new(),
        })
    }

    fn finish(&self) {
        self.phase.set(Phase::Done);
        self.running.unlock();
    }

    fn wait(&self, timeout: Option<Duration>) -> Result<bool> {
        match self.phase.get() {
            Phase::NotStarted => return Err(raise!(RuntimeError, "thread not started")),
            Phase::Done => return Ok(true),
            _ => {}
        }
        if self.ident.get() == Thread::current().ident {
            return Err(raise!(RuntimeError, "Cannot join current thread"));
        }
        if runtime::modules::sys::finalizing() {
            // Other threads run no more: it would never end.
            return Err(raise!(PythonFinalizationError, "cannot join thread at Python shutdown"));
        }
        let done = self.running.acquire(timeout)?;
        if done {
            self.running.unlock();
        }
        Ok(done)
    }
}

#[methods]
impl ThreadHandle {
    #[new(signature = "()", hidden_signature)]
    fn new(_class: &Type) -> Result<Ref<ThreadHandle>> {
        Ok(ThreadHandle::create())
    }

    #[getter]
    fn ident(&self) -> u64 {
        self.ident.get()
    }

    /// Wait until the thread ends.
    #[method(signature = "($self, timeout=None, /)", hidden_signature)]
    fn join(&self, timeout: Option<&Object>) -> Result<()> {
        let timeout = match timeout.filter(|timeout| !timeout.is_none()) {
            Some(timeout) => {
                let nanos = nanoseconds(timeout)?;
                (nanos >= 0).then(|| Duration::from_nanos(nanos as u64))
            }
            None => None,
        };
        self.wait(timeout)?;
        Ok(())
    }

    #[method(signature = "($self, /)")]
    fn is_done(&self) -> bool {
        self.phase.get() == Phase::Done
    }

    #[method(name = "_set_done", signature = "($self, /)")]
    fn set_done(&self) -> Result<()> {
        if self.phase.get() == Phase::NotStarted {
            return Err(raise!(RuntimeError, "thread not started"));
        }
        self.finish();
        Ok(())
    }

    #[slot]
    fn tp_repr(&self) -> String {
        format!("<{} object: ident={}>", self.ty().full_name(), self.ident.get())
    }
}

/// Starts a thread; the handle shows what becomes of it.
fn start(
    function: &Object,
    args: Ref<Tuple>,
    keywords: Option<Ref<Dict>>,
    handle: Ref<ThreadHandle>,
    daemon: bool,
) -> Result<()> {
    if handle.phase.get() != Phase::NotStarted {
        return Err(raise!(RuntimeError, "thread already started"));
    }
    let started = std::sync::Arc::new(RawLock::new());
    started.try_lock();
    handle.phase.set(Phase::Starting);
    handle.running.try_lock();
    let (function, own, signal) = (function.to_ref(), handle.clone(), started.clone());
    let body = move || {
        own.ident.set(Thread::current().ident);
        own.phase.set(Phase::Running);
        let state = state();
        state.count.set(state.count.get() + 1);
        state.running.borrow_mut().push((own.clone(), daemon));
        signal.unlock();
        if let Err(raised) = function.call_dict(&args, keywords.as_deref()) {
            let exception = raised.take();
            if !exception.ty().is_subtype(&runtime::objects::exceptions::SystemExit) {
                let message = match function.repr() {
                    Ok(shown) => format!("Exception ignored in thread started by {shown}"),
                    Err(raised) => {
                        raised.clear();
                        "Exception ignored in thread".to_string()
                    }
                };
                runtime::objects::exceptions::write_unraisable_message(exception, Some(&message), None);
            }
        }
        drop((function, args, keywords));
        leave_locals();
        state.count.set(state.count.get() - 1);
        let is_own = |other: &Ref<ThreadHandle>| std::ptr::eq::<ThreadHandle>(&**other, &*own);
        let gone: Vec<_> = {
            let mut running = state.running.borrow_mut();
            let (gone, kept) = running.drain(..).partition(|(other, _)| is_own(other));
            *running = kept;
            gone
        };
        drop(gone);
        own.finish();
    };
    if gil::spawn(state().stack_size.get(), body).is_err() {
        handle.phase.set(Phase::NotStarted);
        handle.running.unlock();
        return Err(raise!(RuntimeError, "can't start new thread"));
    }
    // The identity is known when the thread has begun.
    gil::allow_threads(|| while started.lock_until(None) != runtime::lock::Waited::Acquired {});
    Ok(())
}

/// After a fork, in the child: the other threads are gone.
pub fn after_fork() {
    let state = state();
    let mine = Thread::current().ident;
    let running = state.running.take();
    for (handle, daemon) in running {
        if handle.ident.get() == mine {
            state.running.borrow_mut().push((handle, daemon));
        } else {
            handle.running.reset();
            handle.phase.set(Phase::Done);
        }
    }
    state.count.set(state.running.borrow().len());
}

fn start_plain(function: &Object, args: &Object, kwargs: Option<&Object>) -> Result<u64> {
    if !function.is_callable() {
        return Err(raise!(TypeError, "first arg must be callable"));
    }
    let Some(args) = args.downcast::<Tuple>() else {
        return Err(raise!(TypeError, "2nd arg must be a tuple"));
    };
    let kwargs = match kwargs {
        Some(kwargs) => match kwargs.downcast::<Dict>() {
            Some(kwargs) => Some(Ref::from_borrowed(kwargs)),
            None => return Err(raise!(TypeError, "optional 3rd arg must be a dictionary")),
        },
        None => None,
    };
    let handle = ThreadHandle::create();
    start(function, Ref::from_borrowed(args), kwargs, handle.clone(), true)?;
    Ok(handle.ident.get())
}

/// Start a new thread and return its identifier.
#[function(signature = "(function, args, kwargs={}, /)")]
fn start_new_thread(function: &Object, args: &Object, kwargs: Option<&Object>) -> Result<u64> {
    start_plain(function, args, kwargs)
}

/// An obsolete synonym of start_new_thread().
#[function(signature = "(function, args, kwargs={}, /)")]
fn start_new(function: &Object, args: &Object, kwargs: Option<&Object>) -> Result<u64> {
    start_plain(function, args, kwargs)
}

/// Start a new thread that can be waited for.
#[function(signature = "(function, handle=None, daemon=True)")]
fn start_joinable_thread(
    function: &Object,
    handle: Option<&Object>,
    daemon: Option<bool>,
) -> Result<Ref<ThreadHandle>> {
    if !function.is_callable() {
        return Err(raise!(TypeError, "thread function must be callable"));
    }
    let handle = match handle.filter(|handle| !handle.is_none()) {
        Some(handle) => match handle.downcast::<ThreadHandle>() {
            Some(handle) => Ref::from_borrowed(handle),
            None => return Err(raise!(TypeError, "'handle' must be a _ThreadHandle")),
        },
        None => ThreadHandle::create(),
    };
    start(function, Tuple::empty(), None, handle.clone(), daemon.unwrap_or(true))?;
    Ok(handle)
}

/// Return True if daemon threads are allowed in the current interpreter.
#[function(signature = "()")]
fn daemon_threads_allowed() -> bool {
    true
}

/// Create a new lock object.
#[function(signature = "()")]
fn allocate_lock() -> Ref<Lock> {
    Lock::create()
}

/// An obsolete synonym of allocate_lock().
#[function(signature = "()")]
fn allocate() -> Ref<Lock> {
    Lock::create()
}

/// This is synonymous to 'raise SystemExit'.
#[function(signature = "()")]
fn exit() -> Result<()> {
    Err(raise!(SystemExit))
}

/// An obsolete synonym of exit().
#[function(signature = "()")]
fn exit_thread() -> Result<()> {
    Err(raise!(SystemExit))
}

/// Simulate the arrival of the given signal in the main thread.
#[function(signature = "(signum=signal.SIGINT, /)")]
fn interrupt_main(signum: Option<i32>) -> Result<()> {
    let number = signum.unwrap_or(libc::SIGINT);
    if !(1..runtime::signal::NSIG as i32).contains(&number) {
        return Err(raise!(ValueError, "signal number out of range"));
    }
    let plain = runtime::signal::handler(number as usize)
        .is_some_and(|handler| handler.is_none() || handler.downcast::<Int>().is_some());
    if !plain {
        runtime::signal::trip(number as usize);
    }
    Ok(())
}

/// Return a non-zero integer that uniquely identifies the current thread.
#[function(signature = "()")]
fn get_ident() -> u64 {
    Thread::current().ident
}

/// Return a non-negative integer identifying the thread as reported by the OS (kernel).
#[function(signature = "()")]
fn get_native_id() -> i64 {
    c!(libc::syscall(libc::SYS_gettid))
}

/// Return the number of currently running Python threads, excluding the main thread.
#[function(name = "_count", signature = "()")]
fn count() -> usize {
    state().count.get()
}

/// Return the thread stack size used when creating new threads.
#[function(signature = "(size=0, /)")]
fn stack_size(size: isize) -> Result<usize> {
    if size < 0 {
        return Err(raise!(ValueError, "size must be 0 or a positive value"));
    }
    if size != 0 && size < 32768 {
        return Err(raise!(ValueError, "size not valid: {size} bytes"));
    }
    Ok(state().stack_size.replace(size as usize))
}

/// Handle uncaught Thread.run() exception.
#[function(name = "_excepthook", signature = "(args, /)")]
fn excepthook(args: &Object) -> Result<()> {
    let class = sequence_type("_thread._ExceptHookArgs");
    if !class.is_some_and(|class| args.ty().is_subtype(&class)) {
        return Err(raise!(TypeError, "_thread._excepthook argument type must be ExceptHookArgs"));
    }
    let kind = args.get_index(0)?;
    if kind.is_same(runtime::objects::exceptions::SystemExit.as_type()) {
        return Ok(());
    }
    let thread = args.get_index(3)?;
    let name = if thread.is_none() { None } else { thread.get_attr_opt(intern!("_name"))? };
    let name = match name {
        Some(name) => name.str_()?.to_string(),
        None => Thread::current().ident.to_string(),
    };
    runtime::errors::print::write_error_text(&Str::from_string(format!("Exception in thread {name}:\n")))?;
    let value = args.get_index(1)?;
    if let Some(exception) = value.downcast::<BaseException>() {
        runtime::errors::print::display_exception(exception);
    }
    Ok(())
}

/// Return True if the current interpreter is the main Python interpreter.
#[function(name = "_is_main_interpreter", signature = "()")]
fn is_main_interpreter() -> bool {
    true
}

/// Return the ident of the main thread.
#[function(name = "_get_main_thread_ident", signature = "()")]
fn main_thread_ident() -> u64 {
    runtime::signal::main_ident()
}

/// Wait for all non-daemon threads (other than the calling thread) to stop.
#[function(name = "_shutdown", signature = "()")]
fn shutdown() -> Result<()> {
    loop {
        let mine = Thread::current().ident;
        let next = {
            let running = state().running.borrow();
            let other = running.iter().find(|(handle, daemon)| !daemon && handle.ident.get() != mine);
            other.map(|(handle, _)| handle.clone())
        };
        let Some(handle) = next else { return Ok(()) };
        handle.wait(None)?;
    }
}

/// Internal only. Make a thread handle for threads not spawned by the _thread or threading module.
#[function(name = "_make_thread_handle", signature = "(ident, /)")]
fn make_thread_handle(ident: u64) -> Ref<ThreadHandle> {
    let handle = ThreadHandle::create();
    handle.ident.set(ident);
    handle.phase.set(Phase::Running);
    handle.running.try_lock();
    handle
}

/// Set the name of the current thread.
#[function(signature = "(name)")]
fn set_name(name: &Str) -> Result<()> {
    let mut bytes = runtime::codecs::Native::Utf8.encode(name, "replace")?;
    // The system knows no more of a name than this.
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    bytes.truncate(end.min(15));
    let name = std::ffi::CString::new(bytes).unwrap_or_default();
    match c!(libc::pthread_setname_np(libc::pthread_self(), name.as_ptr())) {
        0 => Ok(()),
        error => Err(fail(error)),
    }
}

/// Get the name of the current thread.
#[function(name = "_get_name", signature = "()")]
fn get_name() -> Result<Ref<Str>> {
    let mut name = [0 as libc::c_char; 100];
    match c!(libc::pthread_getname_np(libc::pthread_self(), name.as_mut_ptr(), name.len())) {
        0 => Ok(c!(decode_c(name.as_ptr()))),
        error => Err(fail(error)),
    }
}

/// `object.__init__`'s slot.
fn plain_init() -> Option<usize> {
    runtime::objects::object::OBJECT_TYPE.raw.tp_init.get().map(|slot| slot as usize)
}
