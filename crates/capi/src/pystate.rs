//! Interpreters, threads, the GIL, locks and thread-local storage. <https://docs.python.org/3.14/c-api/init.html>

use std::cell::Cell;
use std::ffi::{c_int, c_long, c_ulong, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use abi::{Py_tss_t, PyInterpreterState, PyMutex, PyThreadState};
use runtime::prelude::*;

use crate::containers::borrowed;
use crate::support::{Raw, exported};

/// The head that C sees of a thread.
fn state_of(thread: Option<&Thread>) -> *mut PyThreadState {
    thread.map_or(null_mut(), |thread| (&raw const thread.head).cast_mut())
}

/// The thread behind C's pointer.
unsafe fn thread_of<'a>(state: *mut PyThreadState) -> Option<&'a Thread> {
    // SAFETY: a thread begins with its head, and C got the pointer from here.
    unsafe { state.cast::<Thread>().as_ref() }
}

/// The interpreter as an opaque pointer.
fn interpreter_pointer(interpreter: &'static Interpreter) -> *mut PyInterpreterState {
    (&raw const *interpreter).cast_mut().cast()
}

unsafe fn interpreter_of<'a>(interpreter: *mut PyInterpreterState) -> &'a Interpreter {
    // SAFETY: C got the pointer from here.
    unsafe { &*interpreter.cast() }
}

/// The main interpreter, for threads that Python has not seen yet.
static MAIN: std::sync::atomic::AtomicPtr<Interpreter> = std::sync::atomic::AtomicPtr::new(null_mut());

fn main_interpreter() -> Option<&'static Interpreter> {
    if let Some(thread) = Thread::current_opt() {
        MAIN.store((&raw const *thread.interpreter).cast_mut(), Ordering::Release);
        return Some(thread.interpreter);
    }
    // SAFETY: interpreters live as long as the process.
    unsafe { MAIN.load(Ordering::Acquire).as_ref() }
}

/// Notes the interpreter, before foreign threads can ask for it.
pub fn remember_main() {
    main_interpreter();
}

thread_local! {
    /// The thread that `PyGILState_Ensure` uses here, whether it is attached or not.
    static KNOWN: Cell<*mut PyThreadState> = const { Cell::new(null_mut()) };
}

/// Gives the GIL up and detaches the thread.
fn detach() -> *mut PyThreadState {
    main_interpreter();
    let state = state_of(Thread::current_opt());
    KNOWN.set(state);
    crate::gil::detach();
    state
}

/// Attaches the thread and waits for the GIL.
unsafe fn attach(state: *mut PyThreadState) {
    // SAFETY: the thread is alive.
    if let Some(thread) = unsafe { thread_of(state) } {
        crate::gil::attach(thread);
        KNOWN.set(state);
    }
}

exported! {
    fn PyEval_SaveThread() -> *mut PyThreadState {
        detach()
    }

    fn PyEval_RestoreThread(state: *mut PyThreadState) {
        attach(state);
    }

    fn PyEval_AcquireThread(state: *mut PyThreadState) {
        attach(state);
    }

    fn PyEval_ReleaseThread(_state: *mut PyThreadState) {
        detach();
    }

    fn PyEval_InitThreads() {}

    fn PyEval_ThreadsInitialized() -> bool {
        true
    }

    fn PyGILState_Ensure() -> c_int {
        if Thread::current_opt().is_some() {
            let thread = Thread::current();
            thread.head.gilstate_counter.set(thread.head.gilstate_counter.get() + 1);
            return abi::PyGILState_LOCKED;
        }
        let mut state = KNOWN.get();
        if state.is_null() {
            let Some(interpreter) = main_interpreter() else {
                eprintln!("Fatal Python error: PyGILState_Ensure: Python is not initialized");
                std::process::abort();
            };
            state = new_thread(interpreter);
            (*state).gilstate_counter.set(0);
        }
        attach(state);
        (*state).gilstate_counter.set((*state).gilstate_counter.get() + 1);
        abi::PyGILState_UNLOCKED
    }

    fn PyGILState_Release(before: c_int) {
        let Some(thread) = Thread::current_opt() else { return };
        let count = thread.head.gilstate_counter.get() - 1;
        thread.head.gilstate_counter.set(count);
        if before == abi::PyGILState_UNLOCKED {
            // A thread that C made stays known here, so that the next call finds it.
            detach();
        }
    }

    fn PyGILState_Check() -> bool {
        Thread::current_opt().is_some()
    }

    fn PyGILState_GetThisThreadState() -> *mut PyThreadState {
        match Thread::current_opt() {
            Some(thread) => state_of(Some(thread)),
            None => KNOWN.get(),
        }
    }

    fn PyThreadState_Get() -> *mut PyThreadState {
        state_of(Some(Thread::current()))
    }

    fn PyThreadState_GetUnchecked() -> *mut PyThreadState {
        state_of(Thread::current_opt())
    }

    fn _PyThreadState_UncheckedGet() -> *mut PyThreadState {
        state_of(Thread::current_opt())
    }

    fn PyThreadState_New(interpreter: *mut PyInterpreterState) -> *mut PyThreadState {
        // SAFETY: interpreters live as long as the process.
        new_thread(&*interpreter.cast::<Interpreter>())
    }

    fn PyThreadState_Swap(state: *mut PyThreadState) -> *mut PyThreadState {
        let old = state_of(Thread::current_opt());
        if !old.is_null() {
            detach();
        }
        attach(state);
        old
    }

    fn PyThreadState_Clear(state: *mut PyThreadState) {
        let Some(thread) = thread_of(state) else { return };
        thread.set_exception(None);
        thread.context().set(None);
        drop(Ref::<Object>::from_owned_opt(thread.head.dict.replace(null_mut())));
    }

    fn PyThreadState_Delete(state: *mut PyThreadState) {
        if KNOWN.get() == state {
            KNOWN.set(null_mut());
        }
        drop(Box::from_raw(state.cast::<Thread>()));
    }

    fn PyThreadState_DeleteCurrent() {
        let state = detach();
        KNOWN.set(null_mut());
        drop(Box::from_raw(state.cast::<Thread>()));
    }

    fn PyThreadState_GetInterpreter(state: *mut PyThreadState) -> *mut PyInterpreterState {
        thread_of(state).map_or(null_mut(), |thread| interpreter_pointer(thread.interpreter))
    }

    fn PyThreadState_GetID(state: *mut PyThreadState) -> u64 {
        thread_of(state).map_or(0, |thread| thread.ident)
    }

    fn PyThreadState_GetDict() -> Raw {
        let Some(thread) = Thread::current_opt() else { return null_mut() };
        if thread.head.dict.get().is_null() {
            thread.head.dict.set(Dict::new().into_raw());
        }
        thread.head.dict.get()
    }

    fn PyThreadState_Next(_state: *mut PyThreadState) -> *mut PyThreadState {
        null_mut()
    }

    fn PyThreadState_SetAsyncExc(_thread: c_ulong, _exception: Raw) -> c_int {
        0
    }

    fn PyThreadState_EnterTracing(state: *mut PyThreadState) {
        (*state).tracing.set((*state).tracing.get() + 1);
    }

    fn PyThreadState_LeaveTracing(state: *mut PyThreadState) {
        (*state).tracing.set((*state).tracing.get() - 1);
    }

    fn PyInterpreterState_Get() -> *mut PyInterpreterState {
        interpreter_pointer(Interpreter::current())
    }

    fn PyInterpreterState_Main() -> *mut PyInterpreterState {
        main_interpreter().map_or(null_mut(), interpreter_pointer)
    }

    fn PyInterpreterState_Head() -> *mut PyInterpreterState {
        main_interpreter().map_or(null_mut(), interpreter_pointer)
    }

    fn PyInterpreterState_Next(_interpreter: *mut PyInterpreterState) -> *mut PyInterpreterState {
        null_mut()
    }

    fn PyInterpreterState_ThreadHead(_interpreter: *mut PyInterpreterState) -> *mut PyThreadState {
        state_of(Thread::current_opt())
    }

    fn PyInterpreterState_GetID(_interpreter: *mut PyInterpreterState) -> i64 {
        0
    }

    fn PyInterpreterState_GetDict(interpreter: *mut PyInterpreterState) -> Raw {
        #[derive(Default)]
        struct Extensions(Link<Dict>);
        let slot = &interpreter_of(interpreter).state::<Extensions>().0;
        if slot.is_null() {
            slot.set(Some(Dict::new()));
        }
        slot.get().map_or(null_mut(), |dict| borrowed(dict.into_object()))
    }

    fn Py_IsInitialized() -> bool {
        main_interpreter().is_some()
    }

    fn Py_IsFinalizing() -> bool {
        Thread::current_opt().is_some() && runtime::modules::sys::finalizing()
    }

    fn _Py_IsFinalizing() -> bool {
        Thread::current_opt().is_some() && runtime::modules::sys::finalizing()
    }

    fn Py_AddPendingCall(call: Option<unsafe extern "C" fn(*mut c_void) -> c_int>, argument: *mut c_void) -> c_int {
        match call {
            Some(call) if runtime::signal::add_pending_call(call, argument) => 0,
            _ => -1,
        }
    }

    fn Py_MakePendingCalls() -> Result<()> {
        crate::eval::check_signals()
    }

    fn _PyEval_EvalFrameDefault(_state: *mut PyThreadState, _frame: *mut c_void, _throw: c_int) -> Result {
        Err(raise!(NotImplementedError, "frames of this interpreter are not evaluated from outside"))
    }

    fn _PyEval_FrameClearAndPop(_state: *mut PyThreadState, _frame: *mut c_void) {}

    /// Frames are always evaluated by the interpreter itself.
    fn _PyInterpreterState_GetEvalFrameFunc(_interpreter: *mut PyInterpreterState) -> *mut c_void {
        _PyEval_EvalFrameDefault as *mut c_void
    }

    /// There is no hook to put another function in.
    fn _PyInterpreterState_SetEvalFrameFunc(_interpreter: *mut PyInterpreterState, _function: *mut c_void) {}

    fn _PyEval_StopTheWorld(_interpreter: *mut PyInterpreterState) {}

    fn _PyEval_StartTheWorld(_interpreter: *mut PyInterpreterState) {}
}

/// A new thread, detached.
fn new_thread(interpreter: &'static Interpreter) -> *mut PyThreadState {
    let thread = Box::new(Thread::new(interpreter));
    thread.head.interp.set(interpreter_pointer(interpreter));
    Box::into_raw(thread).cast()
}

/// A lock of `pythread.h`: any thread may release it.
struct Lock {
    locked: Mutex<bool>,
    released: Condvar,
}

impl Lock {
    /// Waits until `deadline`, for ever without one.
    fn acquire(&self, deadline: Option<Instant>) -> bool {
        let mut locked = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        while *locked {
            let Some(deadline) = deadline else {
                locked = self.released.wait(locked).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            locked = self.released.wait_timeout(locked, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        *locked = true;
        true
    }
}

unsafe fn lock_of<'a>(lock: *mut c_void) -> &'a Lock {
    // SAFETY: C got the pointer from `PyThread_allocate_lock`.
    unsafe { &*lock.cast() }
}

/// The bits of a `PyMutex`.
unsafe fn bits<'a>(mutex: *mut PyMutex) -> &'a AtomicU8 {
    // SAFETY: one byte, which C changes atomically too.
    unsafe { AtomicU8::from_ptr(mutex.cast()) }
}

exported! {
    fn PyThread_init_thread() {}

    fn PyThread_allocate_lock() -> *mut c_void {
        Box::into_raw(Box::new(Lock { locked: Mutex::new(false), released: Condvar::new() })).cast()
    }

    fn PyThread_free_lock(lock: *mut c_void) {
        drop(Box::from_raw(lock.cast::<Lock>()));
    }

    fn PyThread_acquire_lock(lock: *mut c_void, wait: c_int) -> bool {
        lock_of(lock).acquire(if wait != 0 { None } else { Some(Instant::now()) })
    }

    fn PyThread_acquire_lock_timed(lock: *mut c_void, microseconds: i64, _interruptible: c_int) -> bool {
        let deadline = u64::try_from(microseconds).ok().map(|time| Instant::now() + Duration::from_micros(time));
        lock_of(lock).acquire(deadline)
    }

    fn PyThread_release_lock(lock: *mut c_void) {
        let lock = lock_of(lock);
        *lock.locked.lock().unwrap_or_else(PoisonError::into_inner) = false;
        lock.released.notify_one();
    }

    fn PyThread_get_thread_ident() -> c_ulong {
        libc::pthread_self()
    }

    fn PyThread_get_thread_native_id() -> c_ulong {
        libc::syscall(libc::SYS_gettid) as c_ulong
    }

    fn PyThread_get_stacksize() -> usize {
        0
    }

    fn PyThread_GetInfo() -> Result {
        crate::sys::get(intern!("thread_info"))
    }

    fn PyThread_start_new_thread(run: Option<unsafe extern "C" fn(*mut c_void)>, argument: *mut c_void) -> c_ulong {
        let Some(run) = run else { return c_ulong::MAX };
        let argument = argument as usize;
        // SAFETY: the caller says that the function may run on another thread.
        let started = std::thread::Builder::new().spawn(move || unsafe { run(argument as *mut c_void) });
        use std::os::unix::thread::JoinHandleExt;
        started.map_or(c_ulong::MAX, |thread| thread.into_pthread_t())
    }

    fn PyThread_exit_thread() {
        libc::pthread_exit(null_mut());
    }

    fn PyThread_tss_alloc() -> *mut Py_tss_t {
        Box::into_raw(Box::new(Py_tss_t { _is_initialized: Cell::new(0), _key: Cell::new(0) }))
    }

    fn PyThread_tss_free(key: *mut Py_tss_t) {
        if !key.is_null() {
            PyThread_tss_delete(key);
            drop(Box::from_raw(key));
        }
    }

    fn PyThread_tss_is_created(key: &Py_tss_t) -> bool {
        key._is_initialized.get() != 0
    }

    fn PyThread_tss_create(key: *mut Py_tss_t) -> c_int {
        let key = &*key;
        if key._is_initialized.get() != 0 {
            return 0;
        }
        let mut made = 0;
        if libc::pthread_key_create(&mut made, None) != 0 {
            return -1;
        }
        key._key.set(made);
        key._is_initialized.set(1);
        0
    }

    fn PyThread_tss_delete(key: *mut Py_tss_t) {
        let key = &*key;
        if key._is_initialized.get() != 0 {
            libc::pthread_key_delete(key._key.get());
            key._is_initialized.set(0);
        }
    }

    fn PyThread_tss_get(key: &Py_tss_t) -> *mut c_void {
        libc::pthread_getspecific(key._key.get())
    }

    fn PyThread_tss_set(key: &Py_tss_t, value: *mut c_void) -> c_int {
        if libc::pthread_setspecific(key._key.get(), value) == 0 { 0 } else { -1 }
    }

    fn PyMutex_Lock(mutex: *mut PyMutex) {
        let bits = bits(mutex);
        let try_lock = || bits.fetch_or(1, Ordering::Acquire) & 1 == 0;
        if (0..64).any(|_| try_lock()) {
            return;
        }
        // Who holds it may need the GIL to go on.
        let state = if Thread::current_opt().is_some() { detach() } else { null_mut() };
        while !try_lock() {
            std::thread::sleep(Duration::from_micros(20));
        }
        attach(state);
    }

    /// Gives 1 with the lock, 0 when the time (in nanoseconds, negative for any) is over.
    fn _PyMutex_LockTimed(mutex: *mut PyMutex, timeout: i64, _flags: c_int) -> c_int {
        if timeout < 0 {
            PyMutex_Lock(mutex);
            return 1;
        }
        let bits = bits(mutex);
        let try_lock = || bits.fetch_or(1, Ordering::Acquire) & 1 == 0;
        let deadline = Instant::now() + Duration::from_nanos(timeout as u64);
        let mut locked = try_lock();
        if !locked && timeout > 0 {
            let state = if Thread::current_opt().is_some() { detach() } else { null_mut() };
            while !locked && Instant::now() < deadline {
                std::thread::sleep(Duration::from_micros(20));
                locked = try_lock();
            }
            attach(state);
        }
        locked as c_int
    }

    fn PyMutex_Unlock(mutex: *mut PyMutex) {
        bits(mutex).store(0, Ordering::Release);
    }

    fn PyMutex_IsLocked(mutex: *mut PyMutex) -> bool {
        bits(mutex).load(Ordering::Relaxed) & 1 != 0
    }

    fn PyCriticalSection_Begin(_section: *mut c_void, _object: Raw) {}
    fn PyCriticalSection_BeginMutex(_section: *mut c_void, _mutex: *mut PyMutex) {}
    fn PyCriticalSection_End(_section: *mut c_void) {}
    fn PyCriticalSection2_Begin(_section: *mut c_void, _a: Raw, _b: Raw) {}
    fn PyCriticalSection2_BeginMutex(_section: *mut c_void, _a: *mut PyMutex, _b: *mut PyMutex) {}
    fn PyCriticalSection2_End(_section: *mut c_void) {}

    fn PyTraceMalloc_Track(domain: u32, pointer: usize, size: usize) -> c_int {
        // -2: nothing is traced.
        if runtime::tracemalloc::is_on() && runtime::tracemalloc::track(domain, pointer, size) { 0 } else { -2 }
    }

    fn PyTraceMalloc_Untrack(domain: u32, pointer: usize) -> c_int {
        if runtime::tracemalloc::is_on() && runtime::tracemalloc::untrack(domain, pointer) { 0 } else { -2 }
    }

    fn Py_NewInterpreter() -> *mut PyThreadState {
        // There are no subinterpreters yet. The caller has no thread state, and so nowhere to put an exception.
        null_mut()
    }

    fn Py_EndInterpreter(_state: *mut PyThreadState) {}

    fn PyUnstable_AtExit(
        _interpreter: *mut PyInterpreterState, function: unsafe extern "C" fn(*mut c_void), data: *mut c_void
    ) -> Result<()> {
        crate::atexit::register(function, data)
    }

    fn PyTime_Time(result: *mut i64) -> c_int {
        *result = clock(libc::CLOCK_REALTIME);
        0
    }

    fn PyTime_Monotonic(result: *mut i64) -> c_int {
        *result = clock(libc::CLOCK_MONOTONIC);
        0
    }

    fn PyTime_PerfCounter(result: *mut i64) -> c_int {
        *result = clock(libc::CLOCK_MONOTONIC);
        0
    }

    fn PyTime_TimeRaw(result: *mut i64) -> c_int {
        *result = clock(libc::CLOCK_REALTIME);
        0
    }

    fn PyTime_MonotonicRaw(result: *mut i64) -> c_int {
        *result = clock(libc::CLOCK_MONOTONIC);
        0
    }

    fn PyTime_PerfCounterRaw(result: *mut i64) -> c_int {
        *result = clock(libc::CLOCK_MONOTONIC);
        0
    }

    fn PyTime_AsSecondsDouble(time: i64) -> f64 {
        time as f64 * 1e-9
    }
}

/// A clock in nanoseconds.
fn clock(id: libc::clockid_t) -> i64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a plain query.
    unsafe { libc::clock_gettime(id, &mut time) };
    time.tv_sec * 1_000_000_000 + time.tv_nsec as c_long
}
