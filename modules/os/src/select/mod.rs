//! `select`: waiting for file descriptors. <https://docs.python.org/3.14/library/select.html>.

mod epoll;
mod poll;

use std::time::Duration;

use runtime::lock::monotonic_now;
use runtime::prelude::*;

use epoll::Epoll;
use runtime::native::system::*;

module! {
    name: "select",
    doc: "Waiting for several files at once.",
    functions: [select, poll::poll_function],
    classes: [Epoll],
    exec: exec,
}

#[rustfmt::skip]
const CONSTANTS: &[(&str, i64)] = &[
    ("EPOLLERR", 8), ("EPOLLET", 2147483648), ("EPOLLEXCLUSIVE", 268435456), ("EPOLLHUP", 16), ("EPOLLIN", 1),
    ("EPOLLMSG", 1024), ("EPOLLONESHOT", 1073741824), ("EPOLLOUT", 4), ("EPOLLPRI", 2), ("EPOLLRDBAND", 128),
    ("EPOLLRDHUP", 8192), ("EPOLLRDNORM", 64), ("EPOLLWAKEUP", 536870912), ("EPOLLWRBAND", 512),
    ("EPOLLWRNORM", 256), ("EPOLL_CLOEXEC", 524288), ("PIPE_BUF", 4096), ("POLLERR", 8), ("POLLHUP", 16),
    ("POLLIN", 1), ("POLLMSG", 1024), ("POLLNVAL", 32), ("POLLOUT", 4), ("POLLPRI", 2), ("POLLRDBAND", 128),
    ("POLLRDHUP", 8192), ("POLLRDNORM", 64), ("POLLWRBAND", 512), ("POLLWRNORM", 256),
];

fn exec(module: &Module) -> Result<()> {
    poll::POLL_TYPE.ready()?;
    module.dict().insert_str(intern!("error"), &runtime::objects::exceptions::OSError)?;
    constants(module, CONSTANTS)
}

/// How long is left of a timeout, over interruptions.
#[derive(Clone, Copy)]
pub struct Deadline(Option<Duration>);

impl Deadline {
    /// `None` waits for ever.
    pub fn after(nanos: Option<i64>) -> Deadline {
        Deadline(nanos.map(|nanos| monotonic_now() + Duration::from_nanos(nanos.max(0) as u64)))
    }

    /// The time that is left.
    pub fn left(self) -> Option<Duration> {
        self.0.map(|at| at.saturating_sub(monotonic_now()))
    }

    /// As `poll` takes it: whole milliseconds, rounded up; -1 for ever.
    pub fn left_millis(self) -> i32 {
        match self.left() {
            None => -1,
            Some(left) => i32::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX),
        }
    }
}

/// The objects of one argument of `select`, with their descriptors, which are entered into the set.
fn descriptors(objects: &Object, set: &mut libc::fd_set) -> Result<Vec<(Ref, i32)>> {
    let mut found: Vec<(Ref, i32)> = Vec::new();
    let list = match objects.downcast::<List>() {
        // Looked at live: a `fileno` method may change it.
        Some(list) => Ref::from_borrowed(list),
        None => List::from_vec(objects.collect_or("arguments 1-3 must be sequences")?),
    };
    let mut at = 0;
    while let Some(object) = list.get(at) {
        let fd = fileno(&object)?;
        if fd as usize >= libc::FD_SETSIZE {
            return Err(raise!(ValueError, "filedescriptor out of range in select()"));
        }
        if found.len() > libc::FD_SETSIZE {
            return Err(raise!(ValueError, "too many file descriptors in select()"));
        }
        c!(libc::FD_SET(fd, set));
        found.push((object, fd));
        at += 1;
    }
    Ok(found)
}

/// Wait until one or more file descriptors are ready for some kind of I/O.
///
/// The first three arguments are iterables of file descriptors to be waited for:
/// rlist -- wait until ready for reading
/// wlist -- wait until ready for writing
/// xlist -- wait for an "exceptional condition"
/// If only one kind of condition is required, pass [] for the other lists.
///
/// A file descriptor is either a socket or file object, or a small integer
/// gotten from a fileno() method call on one of those.
///
/// The optional 4th argument specifies a timeout in seconds; it may be
/// a floating-point number to specify fractions of seconds.  If it is absent
/// or None, the call will never time out.
///
/// The return value is a tuple of three lists corresponding to the first three
/// arguments; each contains the subset of the corresponding file descriptors
/// that are ready.
#[function(signature = "(rlist, wlist, xlist, timeout=None, /)")]
fn select(rlist: &Object, wlist: &Object, xlist: &Object, timeout: Option<&Object>) -> Result {
    let timeout = match timeout.filter(|timeout| !timeout.is_none()) {
        None => None,
        Some(timeout) => {
            let nanos = nanoseconds_or(timeout, "timeout must be a float or None")?;
            if nanos < 0 {
                return Err(raise!(ValueError, "timeout must be non-negative"));
            }
            Some(nanos)
        }
    };
    let mut wanted: [libc::fd_set; 3] = [zeroed(); 3];
    let given = [
        descriptors(rlist, &mut wanted[0])?,
        descriptors(wlist, &mut wanted[1])?,
        descriptors(xlist, &mut wanted[2])?,
    ];
    let count = given.iter().flatten().map(|(_, fd)| fd + 1).max().unwrap_or(0);
    let deadline = Deadline::after(timeout);
    let mut ready = wanted;
    run(|| {
        ready = wanted;
        let mut left = deadline.left().map(|left| {
            let micros = left.as_nanos().div_ceil(1000) as i64;
            libc::timeval { tv_sec: micros / 1_000_000, tv_usec: micros % 1_000_000 }
        });
        let left = left.as_mut().map_or(std::ptr::null_mut(), |left| left as *mut libc::timeval);
        let [read, write, except] = &mut ready;
        c!(libc::select(count, read, write, except, left))
    })?;
    let mut results = Vec::with_capacity(3);
    for (objects, set) in given.iter().zip(&ready) {
        let set_objects = objects.iter().filter(|(_, fd)| c!(libc::FD_ISSET(*fd, set)));
        results.push(List::from_vec(set_objects.map(|(object, _)| object.clone()).collect()).into_object());
    }
    Ok(Tuple::from_vec(results).into_object())
}
