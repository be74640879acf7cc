//! `_socket`: BSD sockets. <https://docs.python.org/3.14/library/socket.html>.

mod address;
mod constants;
mod message;
mod names;
mod socket;

use std::cell::Cell;

use runtime::native::system::*;
use runtime::objects::exceptions::{OSError, TimeoutError};
use runtime::prelude::*;

use names::*;
use socket::*;

module! {
    name: "_socket",
    doc: "The native part of the socket module.",
    functions: [
        close, dup, getdefaulttimeout, setdefaulttimeout, socketpair, cmsg_len, cmsg_space, getaddrinfo, gethostbyaddr,
        gethostbyname, gethostbyname_ex, gethostname, getnameinfo, getprotobyname, getservbyname, getservbyport, htonl,
        htons, if_indextoname, if_nameindex, if_nametoindex, inet_aton, inet_ntoa, inet_ntop, inet_pton, ntohl, ntohs,
        sethostname,
    ],
    classes: [Socket],
    exec: exec,
}

/// The timeout of new sockets in nanoseconds; negative for none.
struct DefaultTimeout(Cell<i64>);

impl Default for DefaultTimeout {
    fn default() -> Self {
        DefaultTimeout(Cell::new(-1))
    }
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    constants(module, constants::CONSTANTS)?;
    dict.insert_str(intern!("has_ipv6"), &py_true())?;
    dict.insert_str(intern!("SocketType"), Socket::type_object())?;
    dict.insert_str(intern!("error"), &OSError)?;
    dict.insert_str(intern!("timeout"), &TimeoutError)?;
    dict.insert_str(intern!("gaierror"), &*exception_class("socket.gaierror", &OSError)?)?;
    dict.insert_str(intern!("herror"), &*exception_class("socket.herror", &OSError)?)?;
    dict.insert_str(intern!("BDADDR_ANY"), &Str::new("00:00:00:00:00:00"))?;
    dict.insert_str(intern!("BDADDR_LOCAL"), &Str::new("00:00:00:FF:FF:FF"))
}

/// Close an integer socket file descriptor.
#[function(signature = "(object, /)")]
fn close(object: &Object) -> Result<()> {
    let fd = int_of(object)?;
    let (result, error) = runtime::gil::allow_threads(|| (c!(libc::close(fd)), errno()));
    if result < 0 && error != libc::ECONNRESET { Err(fail(error)) } else { Ok(()) }
}

/// Duplicate an integer socket file descriptor.
#[function(signature = "(object, /)")]
fn dup(object: &Object) -> Result<i32> {
    let fd = int_of(object)?;
    check(c!(libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0)))
}

/// An integer as C's int.
fn int_of(object: &Object) -> Result<i32> {
    match object.index()?.to_i64().and_then(|value| i32::try_from(value).ok()) {
        Some(value) => Ok(value),
        None => Err(raise!(OverflowError, "Python int too large to convert to C int")),
    }
}

/// The default timeout in seconds (float) for new socket objects; None for none.
#[function(signature = "()")]
fn getdefaulttimeout() -> Option<f64> {
    seconds_of(Interpreter::current().state::<DefaultTimeout>().0.get())
}

/// Set the default timeout in seconds (float) for new socket objects; None for none.
#[function(signature = "(object, /)")]
fn setdefaulttimeout(object: &Object) -> Result<()> {
    Interpreter::current().state::<DefaultTimeout>().0.set(timeout_of(object)?);
    Ok(())
}

/// A timeout in nanoseconds; -1 for None.
fn timeout_of(object: &Object) -> Result<i64> {
    if object.is_none() {
        return Ok(-1);
    }
    let nanos = nanoseconds(object)?;
    if nanos < 0 {
        return Err(raise!(ValueError, "Timeout value out of range"));
    }
    if nanos.unsigned_abs().div_ceil(1_000_000) > i32::MAX as u64 {
        return Err(raise!(OverflowError, "timeout doesn't fit into C timeval"));
    }
    Ok(nanos)
}

fn seconds_of(nanos: i64) -> Option<f64> {
    (nanos >= 0).then_some(nanos as f64 / 1e9)
}

/// Create a pair of socket objects from the sockets returned by the platform
/// socketpair() function.
#[function(signature = "(family=AF_UNIX, type=SOCK_STREAM, proto=0, /)", hidden_signature)]
fn socketpair(
    family: Option<i32>,
    r#type: Option<i32>,
    proto: Option<i32>,
) -> Result<(Ref<Socket>, Ref<Socket>)> {
    let family = family.unwrap_or(libc::AF_UNIX);
    let (kind, proto) = (r#type.unwrap_or(libc::SOCK_STREAM), proto.unwrap_or(0));
    let mut pair = [-1; 2];
    check(c!(libc::socketpair(family, kind | libc::SOCK_CLOEXEC, proto, pair.as_mut_ptr())))?;
    let make = |fd| Socket::of_descriptor(fd, family, kind, proto);
    Ok((make(pair[0])?, make(pair[1])?))
}

/// Return the total length, without trailing padding, of an ancillary data item of the given length.
#[function(name = "CMSG_LEN", signature = "(length, /)", hidden_signature)]
fn cmsg_len(length: isize) -> Result<usize> {
    match message::cmsg_sizes(length) {
        Some((len, _)) => Ok(len),
        None => Err(raise!(OverflowError, "CMSG_LEN() argument out of range")),
    }
}

/// Return the buffer size needed to receive an ancillary data item of the given length, with padding.
#[function(name = "CMSG_SPACE", signature = "(length, /)", hidden_signature)]
fn cmsg_space(length: isize) -> Result<usize> {
    match message::cmsg_sizes(length) {
        Some((_, space)) => Ok(space),
        None => Err(raise!(OverflowError, "CMSG_SPACE() argument out of range")),
    }
}
