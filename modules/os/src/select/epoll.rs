//! `epoll` objects.

use std::cell::Cell;

use runtime::gil;
use runtime::prelude::*;

use super::Deadline;
use runtime::native::system::*;

/// The descriptor of an epoll object, closed when nobody has done so before.
struct Control(Cell<i32>);

impl Drop for Control {
    fn drop(&mut self) {
        let fd = self.0.get();
        if fd >= 0 {
            c!(libc::close(fd));
        }
    }
}

/// select.epoll(sizehint=-1, flags=0)
///
/// Waits for events of many descriptors (epoll(7)). sizehint no longer matters, but must
/// be positive or -1.
#[class(name = "select.epoll")]
#[repr(C)]
pub struct Epoll {
    head: Object,
    control: Control,
}

const DEFAULT_EVENTS: u32 = (libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as u32;

/// A mask of events: the low 32 bits of an integer.
fn events(object: &Object) -> Result<u32> {
    let index = object.index()?;
    if let Some(value) = index.to_i64() {
        return Ok(value as u32);
    }
    let low = index.to_bigint() & num_bigint::BigInt::from(u32::MAX);
    Ok(u32::try_from(low).unwrap_or(0))
}

impl Epoll {
    fn open(&self) -> Result<i32> {
        match self.control.0.get() {
            fd if fd < 0 => Err(raise!(ValueError, "I/O operation on closed epoll object")),
            fd => Ok(fd),
        }
    }

    fn close_now(&self) -> Result<()> {
        let fd = self.control.0.replace(-1);
        if fd < 0 {
            return Ok(());
        }
        let (result, error) = gil::allow_threads(|| (c!(libc::close(fd)), errno()));
        if result < 0 { Err(fail(error)) } else { Ok(()) }
    }

    fn control(&self, operation: i32, fd: i32, events: u32) -> Result<()> {
        let control = self.open()?;
        let mut event = libc::epoll_event { events, u64: fd as u32 as u64 };
        let (result, error) =
            gil::allow_threads(|| (c!(libc::epoll_ctl(control, operation, fd, &mut event)), errno()));
        if result < 0 { Err(fail(error)) } else { Ok(()) }
    }
}

#[methods]
impl Epoll {
    #[new(signature = "(sizehint=-1, flags=0)", hidden_signature)]
    fn new(class: &Type, sizehint: Option<i32>, flags: Option<i32>) -> Result<Ref<Epoll>> {
        if !matches!(sizehint.unwrap_or(-1), -1 | 1..) {
            return Err(raise!(ValueError, "negative sizehint"));
        }
        if flags.unwrap_or(0) & !libc::EPOLL_CLOEXEC != 0 {
            return Err(raise!(OSError, "invalid flags"));
        }
        let fd = check(c!(libc::epoll_create1(libc::EPOLL_CLOEXEC)))?;
        Ok(Ref::new_in(class, Epoll { head: Object::HEAD, control: Control(Cell::new(fd)) }))
    }

    /// Create an epoll object from a given control fd.
    #[classmethod(signature = "($type, fd, /)")]
    fn fromfd(class: &Type, fd: i32) -> Ref<Epoll> {
        Ref::new_in(class, Epoll { head: Object::HEAD, control: Control(Cell::new(fd)) })
    }

    /// Close the descriptor; after that, every other call raises ValueError.
    #[method(signature = "($self, /)")]
    fn close(&self) -> Result<()> {
        self.close_now()
    }

    /// True if the epoll handler is closed
    #[getter]
    fn closed(&self) -> bool {
        self.control.0.get() < 0
    }

    /// Return the epoll control file descriptor.
    #[method(signature = "($self, /)")]
    fn fileno(&self) -> Result<i32> {
        self.open()
    }

    /// Wait for other events of a descriptor.
    #[method(signature = "($self, /, fd, eventmask)")]
    fn modify(&self, fd: &Object, eventmask: &Object) -> Result<()> {
        let fd = fileno(fd)?;
        self.control(libc::EPOLL_CTL_MOD, fd, events(eventmask)?)
    }

    /// Registers a new fd or raises an OSError if the fd is already registered.
    ///
    ///   fd
    ///     the target file descriptor of the operation
    ///   eventmask
    ///     a bit set composed of the various EPOLL constants
    #[method(signature = "($self, /, fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)")]
    fn register(&self, fd: &Object, eventmask: Option<&Object>) -> Result<()> {
        let fd = fileno(fd)?;
        self.control(libc::EPOLL_CTL_ADD, fd, eventmask.map_or(Ok(DEFAULT_EVENTS), events)?)
    }

    /// Wait for no event of a descriptor any more.
    #[method(signature = "($self, /, fd)")]
    fn unregister(&self, fd: &Object) -> Result<()> {
        let fd = fileno(fd)?;
        self.control(libc::EPOLL_CTL_DEL, fd, 0)
    }

    /// Wait for events on the epoll file descriptor.
    ///
    ///   timeout
    ///     the maximum time to wait in seconds (as float);
    ///     a timeout of None or -1 makes poll wait indefinitely
    ///   maxevents
    ///     the maximum number of events returned; -1 means no limit
    ///
    /// Returns a list containing any descriptors that have events to report,
    /// as a list of (fd, events) 2-tuples.
    #[method(signature = "($self, /, timeout=None, maxevents=-1)")]
    fn poll(&self, timeout: Option<&Object>, maxevents: Option<i32>) -> Result<Ref<List>> {
        let control = self.open()?;
        let timeout = match timeout.filter(|timeout| !timeout.is_none()) {
            None => None,
            Some(timeout) => {
                let nanos = nanoseconds_or(timeout, "timeout must be an integer or None")?;
                let millis = nanos.div_euclid(1_000_000) + i64::from(nanos.rem_euclid(1_000_000) > 0);
                if i32::try_from(millis).is_err() {
                    return Err(raise!(OverflowError, "timeout is too large"));
                }
                (nanos >= 0).then_some(nanos)
            }
        };
        let most = match maxevents.unwrap_or(-1) {
            -1 => libc::FD_SETSIZE as i32 - 1,
            most if most < 1 => {
                return Err(raise!(ValueError, "maxevents must be greater than 0, got {most}"));
            }
            most => most,
        };
        let mut found = Vec::new();
        if found.try_reserve_exact(most as usize).is_err() {
            return Err(runtime::errors::no_memory());
        }
        found.resize(most as usize, libc::epoll_event { events: 0, u64: 0 });
        let deadline = Deadline::after(timeout);
        let count = run(|| c!(libc::epoll_wait(control, found.as_mut_ptr(), most, deadline.left_millis())))?;
        let pairs = found[..count as usize].iter().map(|event| {
            let (fd, events) = (event.u64 as i32, event.events);
            Tuple::pack([int(fd), int(events)]).into_object()
        });
        Ok(List::from_vec(pairs.collect()))
    }

    #[method(name = "__enter__", signature = "($self, /)")]
    fn enter(&self) -> Result {
        self.open()?;
        Ok(self.to_ref())
    }

    #[method(name = "__exit__", signature = "($self, exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn exit(
        &self,
        _exc_type: Option<&Object>,
        _exc_value: Option<&Object>,
        _exc_tb: Option<&Object>,
    ) -> Result {
        self.call_method(intern!("close"), &[])
    }
}
