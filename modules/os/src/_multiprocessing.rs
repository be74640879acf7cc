//! `_multiprocessing`: named semaphores. <https://docs.python.org/3.14/library/multiprocessing.html>.

use std::cell::Cell;
use std::ffi::CString;

use runtime::prelude::*;

use runtime::native::system::*;

module! {
    name: "_multiprocessing",
    functions: [sem_unlink],
    classes: [SemLock],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let flags = Dict::new();
    for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
        flags.insert(&Str::new(name), &Int::new(1))?;
    }
    module.dict().insert_str(intern!("flags"), &flags)
}

const RECURSIVE_MUTEX: i32 = 0;
const SEMAPHORE: i32 = 1;

/// An open semaphore by its address; closed on drop.
struct Handle(usize);

impl Drop for Handle {
    fn drop(&mut self) {
        if self.0 != 0 {
            c!(libc::sem_close(self.get()));
        }
    }
}

impl Handle {
    fn get(&self) -> *mut libc::sem_t {
        self.0 as *mut libc::sem_t
    }
}

/// Semaphore/Mutex type
#[class(name = "_multiprocessing.SemLock", flags(BASETYPE))]
#[repr(C)]
pub struct SemLock {
    head: Object,
    handle: Handle,
    /// The thread that acquired it last.
    owner: Cell<u64>,
    count: Cell<i32>,
    maxvalue: i32,
    kind: i32,
    name: Option<CString>,
}

fn c_name(name: &Str) -> Result<CString> {
    CString::new(encode(name)?).map_err(|_| raise!(ValueError, "embedded null character"))
}

impl SemLock {
    fn mine(&self) -> bool {
        self.count.get() > 0 && self.owner.get() == Thread::current().ident
    }

    fn value(&self) -> Result<i32> {
        let mut value = 0;
        check(c!(libc::sem_getvalue(self.handle.get(), &mut value)))?;
        Ok(value.max(0))
    }

    fn lock(&self, block: bool, timeout: Option<&Object>) -> Result<bool> {
        if self.kind == RECURSIVE_MUTEX && self.mine() {
            self.count.set(self.count.get() + 1);
            return Ok(true);
        }
        let deadline = match timeout.filter(|timeout| !timeout.is_none()) {
            None => None,
            Some(timeout) => {
                let seconds = timeout.to_float()?.max(0.0);
                let mut now: libc::timespec = zeroed();
                check(c!(libc::clock_gettime(libc::CLOCK_REALTIME, &mut now)))?;
                let whole = seconds.floor().min(1e15);
                let nanos = now.tv_nsec + ((seconds - seconds.floor()) * 1e9 + 0.5) as i64;
                Some((now.tv_sec + whole as i64 + nanos / 1_000_000_000, nanos % 1_000_000_000))
            }
        };
        let at = self.handle.0;
        let mut result = loop {
            if c!(libc::sem_trywait(at as *mut libc::sem_t)) == 0 {
                break Ok(0);
            }
            match errno() {
                libc::EINTR => runtime::signal::check()?,
                error => break Err(error),
            }
        };
        if result == Err(libc::EAGAIN) && block {
            result = call(|| {
                let semaphore = at as *mut libc::sem_t;
                match deadline {
                    None => c!(libc::sem_wait(semaphore)),
                    Some((tv_sec, tv_nsec)) => {
                        c!(libc::sem_timedwait(semaphore, &libc::timespec { tv_sec, tv_nsec }))
                    }
                }
            })?;
        }
        match result {
            Ok(_) => {
                self.count.set(self.count.get() + 1);
                self.owner.set(Thread::current().ident);
                Ok(true)
            }
            Err(libc::EAGAIN | libc::ETIMEDOUT) => Ok(false),
            Err(error) => Err(fail(error)),
        }
    }

    fn unlock(&self) -> Result<()> {
        if self.kind == RECURSIVE_MUTEX {
            if !self.mine() {
                return Err(raise!(AssertionError, "attempt to release recursive lock not owned by thread"));
            }
            if self.count.get() > 1 {
                self.count.set(self.count.get() - 1);
                return Ok(());
            }
        } else if self.value()? >= self.maxvalue {
            return Err(raise!(ValueError, "semaphore or lock released too many times"));
        }
        check(c!(libc::sem_post(self.handle.get())))?;
        self.count.set(self.count.get() - 1);
        Ok(())
    }
}

#[methods]
impl SemLock {
    #[constant]
    const SEM_VALUE_MAX: i32 = i32::MAX;

    #[new(signature = "(kind, value, maxvalue, name, unlink)", hidden_signature)]
    fn new(
        class: &Type,
        kind: i32,
        value: i32,
        maxvalue: i32,
        name: &Str,
        unlink: bool,
    ) -> Result<Ref<SemLock>> {
        if kind != RECURSIVE_MUTEX && kind != SEMAPHORE {
            return Err(raise!(ValueError, "unrecognized kind"));
        }
        let text = c_name(name)?;
        let flags = libc::O_CREAT | libc::O_EXCL;
        let handle = c!(libc::sem_open(text.as_ptr(), flags, 0o600, value as u32));
        if handle == libc::SEM_FAILED {
            return Err(last_error());
        }
        let handle = Handle(handle as usize);
        if unlink {
            check(c!(libc::sem_unlink(text.as_ptr())))?;
        }
        let name = (!unlink).then_some(text);
        Ok(SemLock::make(class, handle, kind, maxvalue, name))
    }

    #[classmethod(signature = "($type, handle, kind, maxvalue, name, /)")]
    fn _rebuild(
        class: &Type,
        handle: usize,
        kind: i32,
        maxvalue: i32,
        name: &Object,
    ) -> Result<Ref<SemLock>> {
        let name = match name.downcast::<Str>() {
            Some(name) => Some(c_name(name)?),
            None if name.is_none() => None,
            None => {
                let kind = runtime::native::args::kind_of(name);
                return Err(raise!(TypeError, "_rebuild() argument 4 must be str or None, not {kind}"));
            }
        };
        let handle = match &name {
            Some(text) => {
                let handle = c!(libc::sem_open(text.as_ptr(), 0));
                if handle == libc::SEM_FAILED {
                    return Err(last_error());
                }
                Handle(handle as usize)
            }
            None => Handle(handle),
        };
        Ok(SemLock::make(class, handle, kind, maxvalue, name))
    }

    /// Acquire the semaphore/lock.
    #[method(signature = "($self, /, block=True, timeout=None)")]
    fn acquire(&self, block: Option<bool>, timeout: Option<&Object>) -> Result<bool> {
        self.lock(block.unwrap_or(true), timeout)
    }

    /// Release the semaphore/lock.
    #[method(signature = "($self, /)")]
    fn release(&self) -> Result<()> {
        self.unlock()
    }

    /// Enter the semaphore/lock.
    #[method(name = "__enter__", signature = "($self, /)")]
    fn enter(&self) -> Result<bool> {
        self.lock(true, None)
    }

    /// Exit the semaphore/lock.
    #[method(name = "__exit__", signature = "($self, exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn exit(
        &self,
        _exc_type: Option<&Object>,
        _exc_value: Option<&Object>,
        _exc_tb: Option<&Object>,
    ) -> Result<()> {
        self.unlock()
    }

    /// Num of `acquire()`s minus num of `release()`s for this process.
    #[method(signature = "($self, /)")]
    fn _count(&self) -> i32 {
        self.count.get()
    }

    /// Whether the lock is owned by this thread.
    #[method(signature = "($self, /)")]
    fn _is_mine(&self) -> bool {
        self.mine()
    }

    /// Get the value of the semaphore.
    #[method(signature = "($self, /)")]
    fn _get_value(&self) -> Result<i32> {
        self.value()
    }

    /// Return whether semaphore has value zero.
    #[method(signature = "($self, /)")]
    fn _is_zero(&self) -> Result<bool> {
        Ok(self.value()? == 0)
    }

    /// Rezero the net acquisition count after fork().
    #[method(signature = "($self, /)")]
    fn _after_fork(&self) {
        self.count.set(0);
    }

    #[getter]
    fn handle(&self) -> usize {
        self.handle.0
    }

    #[getter]
    fn kind(&self) -> i32 {
        self.kind
    }

    #[getter]
    fn maxvalue(&self) -> i32 {
        self.maxvalue
    }

    #[getter]
    fn name(&self) -> Option<Ref<Str>> {
        self.name.as_ref().map(|name| decode(name.to_bytes()))
    }
}

impl SemLock {
    fn make(class: &Type, handle: Handle, kind: i32, maxvalue: i32, name: Option<CString>) -> Ref<SemLock> {
        let (owner, count) = (Cell::new(0), Cell::new(0));
        Ref::new_in(class, SemLock { head: Object::HEAD, handle, owner, count, maxvalue, kind, name })
    }
}

#[function(signature = "($module, name, /)")]
fn sem_unlink(_module: &Module, name: &Str) -> Result<()> {
    let name = c_name(name)?;
    check(c!(libc::sem_unlink(name.as_ptr())))?;
    Ok(())
}
