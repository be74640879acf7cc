//! The global interpreter lock: one thread at a time runs Python code; a thread that waits may ask the holder for its turn.
//! Also which threads there are, starting one, and what happens to the lock at a fork.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::eval::breaker::Reason;
use crate::interpreter_state::Interpreter;
use crate::thread::Thread;

/// The lock's state; pointers to threads are addresses, as only their atomic breaker is used from other threads.
struct State {
    locked: bool,
    holder: usize,
    /// How often the lock was taken.
    switches: u64,
    /// How many threads wait.
    waiting: usize,
    /// The threads that started here.
    threads: Vec<usize>,
}

/// The lock is the process's: signals, `fork` and C extensions are, too.
struct Gil {
    state: Mutex<State>,
    /// Somebody gave the lock up.
    free: Condvar,
    /// Somebody took it.
    taken: Condvar,
    /// How long to wait before asking for a turn, in microseconds.
    interval: AtomicU64,
    /// The interpreter ends: whoever else wants the lock waits for ever.
    /// Only the thread that ends it takes the lock then: its address, 0 before.
    closed: AtomicUsize,
}

static GIL: Gil = Gil {
    state: Mutex::new(State { locked: false, holder: 0, switches: 0, waiting: 0, threads: Vec::new() }),
    free: Condvar::new(),
    taken: Condvar::new(),
    interval: AtomicU64::new(5000),
    closed: AtomicUsize::new(0),
};

fn state() -> MutexGuard<'static, State> {
    GIL.state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn address(thread: &Thread) -> usize {
    thread as *const Thread as usize
}

/// The time after which a waiting thread gets its turn.
pub fn switch_interval() -> Duration {
    Duration::from_micros(GIL.interval.load(Ordering::Relaxed))
}

pub fn set_switch_interval(interval: Duration) {
    GIL.interval.store((interval.as_micros() as u64).max(1), Ordering::Relaxed);
}

fn take(mut state: MutexGuard<'static, State>, thread: &Thread) {
    state.waiting += 1;
    while state.locked {
        let switches = state.switches;
        let (back, timeout) =
            GIL.free.wait_timeout(state, switch_interval()).unwrap_or_else(PoisonError::into_inner);
        state = back;
        if timeout.timed_out() && state.locked && state.switches == switches && state.holder != 0 {
            // SAFETY: a holder takes itself out before it goes away, under this mutex.
            unsafe { &*(state.holder as *const Thread) }.breaker.set(Reason::DropGil);
        }
    }
    state.waiting -= 1;
    let closed_by = GIL.closed.load(Ordering::Acquire);
    if closed_by != 0 && closed_by != address(thread) {
        drop(state);
        GIL.free.notify_one();
        loop {
            std::thread::park();
        }
    }
    state.locked = true;
    state.holder = address(thread);
    state.switches += 1;
    if !state.threads.contains(&address(thread)) {
        state.threads.push(address(thread));
    }
    drop(state);
    GIL.taken.notify_all();
    Thread::make_current(Some(thread));
    thread.breaker.set_version(thread.interpreter.monitoring.version());
}

fn give_up(state: &mut State) {
    state.locked = false;
    state.holder = 0;
    GIL.free.notify_one();
}

/// Waits for the lock and makes `thread` this native thread's current one.
pub fn attach(thread: &Thread) {
    take(state(), thread);
}

/// Gives the lock up; gives the thread that was current.
pub fn detach() -> Option<&'static Thread> {
    let thread = Thread::make_current(None);
    if thread.is_some() {
        give_up(&mut state());
    }
    thread
}

/// Gives the lock to a thread that waits for it, and takes it back.
pub fn yield_to_others() {
    let Some(thread) = Thread::current_opt() else { return };
    let mut state = state();
    if state.waiting == 0 {
        return;
    }
    Thread::make_current(None);
    give_up(&mut state);
    let switches = state.switches;
    while state.waiting > 0 && state.switches == switches {
        state = GIL.taken.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    take(state, thread);
}

/// The thread that started the interpreter runs without having taken the lock: now that it matters, it does.
fn hold() {
    let Some(thread) = Thread::current_opt() else { return };
    let mut state = state();
    if !state.locked {
        state.locked = true;
        state.holder = address(thread);
    }
    if !state.threads.contains(&address(thread)) {
        state.threads.insert(0, address(thread));
    }
}

/// Takes the lock back even if the closure panics.
struct Reattach(Option<&'static Thread>);

impl Drop for Reattach {
    fn drop(&mut self) {
        if let Some(thread) = self.0 {
            attach(thread);
        }
    }
}

/// Runs `body` without the lock, so that other threads can run meanwhile. It is `Send`, so it can't hold Python objects.
pub fn allow_threads<R>(body: impl FnOnce() -> R + Send) -> R {
    let _back = Reattach(detach());
    body()
}

/// Carries what belongs to Python into a new thread, which takes the lock before it touches it.
struct Carried<T>(T);

// SAFETY: only `spawn` makes one; it is opened with the lock held.
unsafe impl<T> Send for Carried<T> {}

impl<T> Carried<T> {
    fn open(self) -> T {
        self.0
    }
}

/// The stack of a new thread where no other size is asked for.
pub const DEFAULT_STACK: usize = 16 << 20;

/// Runs `body` in a new thread that is attached to this interpreter. What it raises must be handled in it.
pub fn spawn(stack_size: usize, body: impl FnOnce() + 'static) -> std::io::Result<()> {
    hold();
    let carried = Carried((Thread::current().interpreter, body));
    let size = if stack_size == 0 { DEFAULT_STACK } else { stack_size.max(256 << 10) };
    std::thread::Builder::new().stack_size(size).spawn(move || {
        let carried = carried;
        let (interpreter, body) = carried.open();
        let thread = Box::new(Thread::new(interpreter));
        attach(&thread);
        body();
        clear(&thread);
        forget(&thread);
        detach();
    })?;
    Ok(())
}

/// Gives back what a thread holds, while it can still run Python code.
pub fn clear(thread: &Thread) {
    crate::eval::instrumentation::legacy::forget(thread);
    drop(thread.take_exception());
    drop(thread.context().take());
    drop(thread.asynchronous_exception.take());
    drop(thread.exception_info().value.take());
}

/// Takes a thread off the list.
pub fn forget(thread: &Thread) {
    state().threads.retain(|other| *other != address(thread));
}

/// The threads of the process, the current one among them. Others are only to be looked at with the lock held.
pub fn threads() -> Vec<&'static Thread> {
    hold();
    // SAFETY: threads take themselves off the list before they go away, for which they need the lock.
    state().threads.iter().map(|thread| unsafe { &*(*thread as *const Thread) }).collect()
}

/// Visits the threads, the newest first, without waiting or allocating: for handlers of fatal signals, which can't wait for
/// a lock that the interrupted thread may hold. False if that is so.
///
/// # Safety
/// Other threads may run meanwhile: what is read of them may be torn.
pub unsafe fn try_each_thread(mut visit: impl FnMut(&Thread)) -> bool {
    let state = match GIL.state.try_lock() {
        Ok(state) => state,
        Err(std::sync::TryLockError::Poisoned(state)) => state.into_inner(),
        Err(std::sync::TryLockError::WouldBlock) => return false,
    };
    for thread in state.threads.iter().rev() {
        // SAFETY: threads take themselves off the list, under this mutex, before they go away.
        visit(unsafe { &*(*thread as *const Thread) });
    }
    true
}

/// Sends an exception to the thread of that identity; the number of threads that there were.
pub fn send_exception(ident: u64, exception: Option<crate::reference::Ref>) -> usize {
    let found = threads().into_iter().find(|thread| thread.ident == ident);
    let Some(thread) = found else { return 0 };
    let given = exception.is_some();
    thread.asynchronous_exception.set(exception);
    if given {
        thread.breaker.set(Reason::AsyncException);
    }
    1
}

/// From now on only the current thread gets the lock: the interpreter ends.
pub fn close() {
    hold();
    if let Some(thread) = Thread::current_opt() {
        GIL.closed.store(address(thread), Ordering::Release);
    }
}

/// `fork()`. In the child only the current thread is left.
pub fn fork() -> i32 {
    hold();
    let mut state = state();
    // SAFETY: nobody else is inside the lock's own mutex; the child goes on as the thread that called.
    let result = unsafe { libc::fork() };
    if result == 0 {
        state.waiting = 0;
        let holder = state.holder;
        state.threads.retain(|thread| *thread == holder);
        drop(state);
        crate::signal::after_fork_in_child();
    }
    result
}

/// What a child process that did not come from [`fork`] does to be alone with the lock.
pub fn after_fork_in_child() {
    if let Some(thread) = Thread::current_opt() {
        let mut state = state();
        state.waiting = 0;
        state.locked = true;
        state.holder = address(thread);
        state.threads = vec![address(thread)];
        drop(state);
        crate::signal::after_fork_in_child();
    }
}

/// The interpreter of the thread that holds the lock, if that is this one.
pub fn interpreter() -> Option<&'static Interpreter> {
    Thread::current_opt().map(|thread| thread.interpreter)
}
