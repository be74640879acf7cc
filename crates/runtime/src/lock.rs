//! A lock that any thread may open, with timeouts, interrupted by signals: what `_thread.lock` is made of.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::errors::Result;
use crate::gil;
use crate::signal;

/// A binary semaphore.
#[derive(Default)]
pub struct RawLock(AtomicU32);

const OPEN: u32 = 0;
const LOCKED: u32 = 1;
/// Locked, and somebody waits.
const CONTENDED: u32 = 2;

/// How waiting ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waited {
    Acquired,
    TimedOut,
    Interrupted,
}

/// The monotonic clock.
pub fn monotonic_now() -> Duration {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes to memory of ours.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut now) };
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

impl RawLock {
    pub const fn new() -> RawLock {
        RawLock(AtomicU32::new(OPEN))
    }

    pub fn is_locked(&self) -> bool {
        self.0.load(Ordering::Acquire) != OPEN
    }

    pub fn try_lock(&self) -> bool {
        self.0.compare_exchange(OPEN, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Waits until the lock is ours, the monotonic clock shows `deadline`, or a signal comes.
    pub fn lock_until(&self, deadline: Option<Duration>) -> Waited {
        if self.try_lock() {
            return Waited::Acquired;
        }
        while self.0.swap(CONTENDED, Ordering::Acquire) != OPEN {
            let until = deadline
                .map(|at| libc::timespec { tv_sec: at.as_secs() as i64, tv_nsec: at.subsec_nanos().into() });
            let until = until.as_ref().map_or(std::ptr::null(), |until| until as *const libc::timespec);
            let operation = libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG;
            // SAFETY: the word and the time live through the call.
            let result = unsafe {
                libc::syscall(
                    libc::SYS_futex,
                    self.0.as_ptr(),
                    operation,
                    CONTENDED,
                    until,
                    std::ptr::null::<u32>(),
                    u32::MAX,
                )
            };
            if result < 0 {
                match std::io::Error::last_os_error().raw_os_error() {
                    Some(libc::ETIMEDOUT) => {
                        let free =
                            self.0.compare_exchange(OPEN, CONTENDED, Ordering::Acquire, Ordering::Relaxed);
                        return if free.is_ok() { Waited::Acquired } else { Waited::TimedOut };
                    }
                    Some(libc::EINTR) => return Waited::Interrupted,
                    _ => {}
                }
            }
        }
        Waited::Acquired
    }

    /// Opens the lock; false if it was open.
    pub fn unlock(&self) -> bool {
        match self.0.swap(OPEN, Ordering::Release) {
            OPEN => false,
            LOCKED => true,
            _ => {
                let operation = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
                // SAFETY: the word lives through the call.
                unsafe { libc::syscall(libc::SYS_futex, self.0.as_ptr(), operation, 1) };
                true
            }
        }
    }

    /// Opens the lock in a forked child, where nobody waits.
    pub fn reset(&self) {
        self.0.store(OPEN, Ordering::Release);
    }

    /// Waits with the GIL given up; handlers of signals run in between and may raise. `timeout`: None waits for ever.
    pub fn acquire(&self, timeout: Option<Duration>) -> Result<bool> {
        if self.try_lock() {
            return Ok(true);
        }
        if timeout == Some(Duration::ZERO) {
            return Ok(false);
        }
        let deadline = timeout.and_then(|timeout| monotonic_now().checked_add(timeout));
        loop {
            match gil::allow_threads(|| self.lock_until(deadline)) {
                Waited::Acquired => return Ok(true),
                Waited::TimedOut => return Ok(false),
                Waited::Interrupted => signal::check()?,
            }
        }
    }
}

/// Native data that several threads may use, one at a time, and that is worked on without the interpreter's lock.
pub struct Shared<T>(std::sync::Mutex<T>);

impl<T: Send> Shared<T> {
    pub fn new(data: T) -> Shared<T> {
        Shared(std::sync::Mutex::new(data))
    }

    /// Waits for another thread that works on it, without holding that up.
    pub fn lock(&self) -> std::sync::MutexGuard<'_, T> {
        use std::sync::{PoisonError, TryLockError};
        match self.0.try_lock() {
            Ok(data) => data,
            Err(TryLockError::Poisoned(data)) => data.into_inner(),
            Err(TryLockError::WouldBlock) => {
                crate::gil::allow_threads(|| self.0.lock().unwrap_or_else(PoisonError::into_inner))
            }
        }
    }

    /// Works on it while other threads run Python code.
    pub fn work<R>(&self, body: impl FnOnce(&mut T) -> R + Send) -> R {
        use std::sync::PoisonError;
        crate::gil::allow_threads(|| body(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}
