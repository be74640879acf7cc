//! Polling objects: a set of descriptors with the events to wait for.

use std::cell::{Cell, RefCell};

use runtime::prelude::*;

use super::Deadline;
use runtime::native::system::*;

#[class(name = "select.poll", flags(DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct Poll {
    head: Object,
    registered: RefCell<Vec<libc::pollfd>>,
    running: Cell<bool>,
}

const DEFAULT_EVENTS: u16 = (libc::POLLIN | libc::POLLPRI | libc::POLLOUT) as u16;

/// Returns a polling object.
///
/// This object supports registering and unregistering file descriptors, and then
/// polling them for I/O events.
#[function(name = "poll", signature = "($module, /)")]
pub fn poll_function(_module: &Module) -> Ref<Poll> {
    Ref::new(Poll { head: Object::HEAD, registered: RefCell::default(), running: Cell::new(false) })
}

#[methods]
impl Poll {
    /// Register a file descriptor with the polling object.
    ///
    ///   fd
    ///     either an integer, or an object with a fileno() method returning an int
    ///   eventmask
    ///     an optional bitmask describing the type of events to check for
    #[method(signature = "($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)")]
    fn register(&self, fd: &Object, eventmask: Option<u16>) -> Result<()> {
        let fd = fileno(fd)?;
        let events = eventmask.unwrap_or(DEFAULT_EVENTS) as i16;
        let mut registered = self.registered.borrow_mut();
        match registered.iter_mut().find(|entry| entry.fd == fd) {
            Some(entry) => entry.events = events,
            None => registered.push(libc::pollfd { fd, events, revents: 0 }),
        }
        Ok(())
    }

    /// Modify an already registered file descriptor.
    ///
    ///   fd
    ///     either an integer, or an object with a fileno() method returning
    ///     an int
    ///   eventmask
    ///     a bitmask describing the type of events to check for
    #[method(signature = "($self, fd, eventmask, /)")]
    fn modify(&self, fd: &Object, eventmask: u16) -> Result<()> {
        let fd = fileno(fd)?;
        let events = eventmask as i16;
        let known = match self.registered.borrow_mut().iter_mut().find(|entry| entry.fd == fd) {
            Some(entry) => {
                entry.events = events;
                true
            }
            None => false,
        };
        if known { Ok(()) } else { Err(fail(libc::ENOENT)) }
    }

    /// Remove a file descriptor being tracked by the polling object.
    #[method(signature = "($self, fd, /)")]
    fn unregister(&self, fd: &Object) -> Result<()> {
        let fd = fileno(fd)?;
        let found = self.registered.borrow().iter().position(|entry| entry.fd == fd);
        match found {
            Some(at) => {
                self.registered.borrow_mut().remove(at);
                Ok(())
            }
            None => Err(runtime::errors::raise_value(
                &runtime::objects::exceptions::KeyError,
                &Int::new(fd.into()),
            )),
        }
    }

    /// Polls the set of registered file descriptors.
    ///
    ///   timeout
    ///     The maximum time to wait in milliseconds, or else None (or a negative
    ///     value) to wait indefinitely.
    ///
    /// Returns a list containing any descriptors that have events or errors to
    /// report, as a list of (fd, event) 2-tuples.
    #[method(signature = "($self, timeout=None, /)")]
    fn poll(&self, timeout: Option<&Object>) -> Result<Ref<List>> {
        let timeout = match timeout.filter(|timeout| !timeout.is_none()) {
            None => None,
            Some(timeout) => {
                let nanos = scaled_nanoseconds(timeout, 1_000_000, "timeout must be an integer or None")?;
                let millis = nanos.div_euclid(1_000_000) + i64::from(nanos.rem_euclid(1_000_000) > 0);
                if i32::try_from(millis).is_err() {
                    return Err(raise!(OverflowError, "timeout is too large"));
                }
                (nanos >= 0).then_some(nanos)
            }
        };
        if self.running.replace(true) {
            return Err(raise!(RuntimeError, "concurrent poll() invocation"));
        }
        let mut entries = self.registered.borrow().clone();
        let deadline = Deadline::after(timeout);
        let polled = run(|| {
            c!(libc::poll(entries.as_mut_ptr(), entries.len() as libc::nfds_t, deadline.left_millis()))
        });
        self.running.set(false);
        polled?;
        let ready = entries.iter().filter(|entry| entry.revents != 0);
        let pairs = ready.map(|entry| Tuple::pack([int(entry.fd), int(entry.revents as u16)]).into_object());
        Ok(List::from_vec(pairs.collect()))
    }
}
