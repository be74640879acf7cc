//! The socket type.

use std::cell::Cell;
use std::time::Duration;

use runtime::gil;
use runtime::lock::monotonic_now;
use runtime::modules::sys::audit;
use runtime::native::buffer::Buffer;
use runtime::native::system::*;
use runtime::objects::exceptions::TimeoutError;
use runtime::prelude::*;

use super::address::{self, Address};
use super::{DefaultTimeout, int_of, seconds_of, timeout_of};

/// socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object
/// socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object
///
/// Open a socket of the given type.  With a fileno, what isn't given is found out from the descriptor.
/// The socket is created as non-inheritable.
#[class(name = "_socket.socket", flags(BASETYPE))]
#[repr(C)]
pub struct Socket {
    head: Object,
    fd: Cell<i32>,
    family: Cell<i32>,
    kind: Cell<i32>,
    proto: Cell<i32>,
    /// In nanoseconds; negative for none.
    timeout: Cell<i64>,
}

fn timed_out() -> Raised {
    runtime::errors::raise_message(&TimeoutError, "timed out")
}

/// How waiting for a socket ended.
enum Ready {
    Yes,
    TimedOut,
    Failed(i32),
}

impl Socket {
    fn fresh(fd: i32, family: i32, kind: i32, proto: i32) -> Socket {
        Socket {
            head: Object::HEAD,
            fd: Cell::new(fd),
            family: Cell::new(family),
            kind: Cell::new(kind),
            proto: Cell::new(proto),
            timeout: Cell::new(-1),
        }
    }

    /// A new object for an open socket.
    pub fn of_descriptor(fd: i32, family: i32, kind: i32, proto: i32) -> Result<Ref<Socket>> {
        let socket = Ref::new(Socket::fresh(-1, 0, 0, 0));
        socket.take_over(fd, family, kind, proto)?;
        Ok(socket)
    }

    fn take_over(&self, fd: i32, family: i32, kind: i32, proto: i32) -> Result<()> {
        self.fd.set(fd);
        self.family.set(family);
        self.kind.set(kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC));
        self.proto.set(proto);
        if kind & libc::SOCK_NONBLOCK != 0 {
            self.timeout.set(0);
            return Ok(());
        }
        let timeout = Interpreter::current().state::<DefaultTimeout>().0.get();
        self.timeout.set(timeout);
        if timeout >= 0 { self.set_native_blocking(false) } else { Ok(()) }
    }

    fn set_native_blocking(&self, blocking: bool) -> Result<()> {
        let (fd, mut off) = (self.fd.get(), i32::from(!blocking));
        check(c!(libc::ioctl(fd, libc::FIONBIO, &mut off)))?;
        Ok(())
    }

    fn set_timeout_nanos(&self, nanos: i64) -> Result<()> {
        self.timeout.set(nanos);
        self.set_native_blocking(nanos < 0)
    }

    pub fn family_number(&self) -> i32 {
        self.family.get()
    }

    pub fn address_of(&self, function: &str, object: &Object) -> Result<Address> {
        address::parse(function, self.family.get(), self.proto.get(), object)
    }

    /// The moment at which an operation that starts now times out.
    pub fn deadline(&self) -> Option<Duration> {
        let timeout = self.timeout.get();
        (timeout > 0).then(|| monotonic_now() + Duration::from_nanos(timeout as u64))
    }

    fn wait(&self, events: i16, deadline: Option<Duration>) -> Result<Ready> {
        let fd = self.fd.get();
        if fd < 0 {
            return Ok(Ready::Yes);
        }
        let result = call(|| {
            let left = deadline.map(|at| at.saturating_sub(monotonic_now()));
            let millis = left
                .map_or(-1, |left| i32::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX));
            let mut entry = libc::pollfd { fd, events, revents: 0 };
            c!(libc::poll(&mut entry, 1, millis))
        })?;
        Ok(match result {
            Ok(0) => Ready::TimedOut,
            Ok(_) => Ready::Yes,
            Err(error) => Ready::Failed(error),
        })
    }

    /// Does `body` as often as signals and the timeout allow.
    pub fn operate<R: Status + Send>(
        &self,
        writing: bool,
        deadline: Option<Duration>,
        mut body: impl FnMut(i32) -> R + Send,
    ) -> Result<R> {
        let events = if writing { libc::POLLOUT } else { libc::POLLIN };
        let limited = self.timeout.get() > 0;
        loop {
            if limited {
                match self.wait(events, deadline)? {
                    Ready::Yes => {}
                    Ready::TimedOut => return Err(timed_out()),
                    Ready::Failed(error) => return Err(fail(error)),
                }
            }
            let fd = self.fd.get();
            match call(|| body(fd))? {
                Ok(result) => return Ok(result),
                Err(libc::EAGAIN) if limited => {}
                Err(error) => return Err(fail(error)),
            }
        }
    }

    /// Connects; the errno if that fails.
    fn connect_to(&self, address: &Address) -> Result<std::result::Result<(), i32>> {
        let fd = self.fd.get();
        let (result, error) =
            gil::allow_threads(|| (c!(libc::connect(fd, address.as_ptr(), address.len)), errno()));
        if result == 0 {
            return Ok(Ok(()));
        }
        let must_wait = if error == libc::EINTR {
            runtime::signal::check()?;
            self.timeout.get() != 0
        } else {
            self.timeout.get() > 0 && error == libc::EINPROGRESS
        };
        if !must_wait {
            return Ok(Err(error));
        }
        match self.wait(libc::POLLOUT | libc::POLLERR, self.deadline())? {
            Ready::Yes => {}
            Ready::TimedOut => return Ok(Err(TIMED_OUT)),
            Ready::Failed(error) => return Ok(Err(error)),
        }
        let (mut error, mut len) = (0i32, size_of::<i32>() as libc::socklen_t);
        let result =
            c!(libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_ERROR, (&raw mut error).cast(), &mut len));
        if result < 0 {
            return Ok(Err(errno()));
        }
        Ok(if error == 0 || error == libc::EISCONN { Ok(()) } else { Err(error) })
    }

    fn named(&self, body: impl Fn(&mut Address) -> i32) -> Result {
        let mut address = Address::empty();
        check(body(&mut address))?;
        address.shown()
    }

    fn receive(&self, into: &mut [u8], flags: i32) -> Result<usize> {
        let count = self.operate(false, self.deadline(), |fd| {
            c!(libc::recv(fd, into.as_mut_ptr().cast(), into.len(), flags))
        })?;
        Ok(count as usize)
    }

    fn receive_from(&self, into: &mut [u8], flags: i32) -> Result<(usize, Ref)> {
        let mut from = Address::empty();
        let count = self.operate(false, self.deadline(), |fd| {
            from = Address::empty();
            let len = &raw mut from.len;
            c!(libc::recvfrom(fd, into.as_mut_ptr().cast(), into.len(), flags, from.as_mut_ptr(), len))
        })?;
        Ok((count as usize, from.shown()?))
    }

    fn option(&self, level: i32, name: i32) -> Result<i32> {
        let (mut value, mut len) = (0i32, size_of::<i32>() as libc::socklen_t);
        check(c!(libc::getsockopt(self.fd.get(), level, name, (&raw mut value).cast(), &mut len)))?;
        Ok(value)
    }
}

/// The errno of a connection that took too long.
const TIMED_OUT: i32 = libc::EWOULDBLOCK;

/// Room for received bytes.
pub fn room(length: isize) -> Result<Vec<u8>> {
    let mut buffer = Vec::new();
    if buffer.try_reserve_exact(length as usize).is_err() {
        return Err(runtime::errors::no_memory());
    }
    buffer.resize(length as usize, 0);
    Ok(buffer)
}

#[methods(parts(message))]
impl Socket {
    #[slot]
    fn tp_new(class: &Type, _arguments: &Tuple, _keywords: Option<&Dict>) -> Ref<Socket> {
        Ref::new_in(class, Socket::fresh(-1, 0, 0, 0))
    }

    #[init(signature = "(family=-1, type=-1, proto=-1, fileno=None)", hidden_signature)]
    fn init(
        &self,
        family: Option<i32>,
        r#type: Option<i32>,
        proto: Option<i32>,
        fileno: Option<&Object>,
    ) -> Result<()> {
        let (mut family, mut kind, mut proto) =
            (family.unwrap_or(-1), r#type.unwrap_or(-1), proto.unwrap_or(-1));
        if let Some(fileno) = fileno.filter(|fileno| !fileno.is_none()) {
            let fd = int_of(fileno)?;
            if fd < 0 {
                return Err(raise!(ValueError, "negative file descriptor"));
            }
            let mut name = Address::empty();
            let len = &raw mut name.len;
            if c!(libc::getsockname(fd, name.as_mut_ptr(), len)) < 0 {
                let error = errno();
                if family == -1 || error == libc::EBADF || error == libc::ENOTSOCK {
                    return Err(fail(error));
                }
            } else if family == -1 {
                family = name.family();
            }
            let old = self.fd.replace(fd);
            let options = (|| -> Result<()> {
                if kind == -1 {
                    kind = self.option(libc::SOL_SOCKET, libc::SO_TYPE)?;
                }
                if proto == -1 {
                    proto = self.option(libc::SOL_SOCKET, libc::SO_PROTOCOL)?;
                }
                Ok(())
            })();
            self.fd.set(old);
            options?;
            return self.take_over(fd, family, kind, proto);
        }
        let default = |value: i32, default: i32| if value == -1 { default } else { value };
        let (family, kind, proto) =
            (default(family, libc::AF_INET), default(kind, libc::SOCK_STREAM), default(proto, 0));
        let (fd, error) =
            gil::allow_threads(|| (c!(libc::socket(family, kind | libc::SOCK_CLOEXEC, proto)), errno()));
        if fd < 0 {
            return Err(fail(error));
        }
        self.take_over(fd, family, kind, proto)
    }

    #[slot]
    fn tp_repr(&self) -> String {
        format!(
            "<socket object, fd={}, family={}, type={}, proto={}>",
            self.fd.get(),
            self.family.get(),
            self.kind.get(),
            self.proto.get()
        )
    }

    #[slot]
    fn tp_finalize(&self) {
        if self.fd.get() < 0 {
            return;
        }
        let shown = match self.repr() {
            Ok(shown) => shown.to_string(),
            Err(raised) => {
                raised.clear();
                "socket".to_string()
            }
        };
        if let Err(raised) = runtime::warnings::resource_warning(self, &format!("unclosed {shown}")) {
            runtime::objects::exceptions::write_unraisable(raised.take(), Some(self));
        }
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            gil::allow_threads(|| c!(libc::close(fd)));
        }
    }

    /// the socket family
    #[getter]
    fn family(&self) -> i32 {
        self.family.get()
    }

    /// the socket type
    #[getter(name = "type")]
    fn kind(&self) -> i32 {
        self.kind.get()
    }

    /// the socket protocol
    #[getter]
    fn proto(&self) -> i32 {
        self.proto.get()
    }

    /// the socket timeout
    #[getter]
    fn timeout(&self) -> Option<f64> {
        seconds_of(self.timeout.get())
    }

    /// Wait for an incoming connection: its file descriptor and the client's address.
    #[method(signature = "($self, /)")]
    fn _accept(&self) -> Result<(i32, Ref)> {
        let mut from = Address::empty();
        let fd = self.operate(false, self.deadline(), |fd| {
            from = Address::empty();
            let len = &raw mut from.len;
            c!(libc::accept4(fd, from.as_mut_ptr(), len, libc::SOCK_CLOEXEC))
        })?;
        match from.shown() {
            Ok(address) => Ok((fd, address)),
            Err(raised) => {
                c!(libc::close(fd));
                Err(raised)
            }
        }
    }

    /// Bind the socket to a local address.
    #[method(signature = "($self, object, /)")]
    fn bind(&self, object: &Object) -> Result<()> {
        let address = self.address_of("bind", object)?;
        audit("socket.bind", &[self, object])?;
        let fd = self.fd.get();
        let (result, error) =
            gil::allow_threads(|| (c!(libc::bind(fd, address.as_ptr(), address.len)), errno()));
        if result < 0 { Err(fail(error)) } else { Ok(()) }
    }

    /// Close the socket.  It cannot be used after this call.
    #[method(signature = "($self, /)")]
    fn close(&self) -> Result<()> {
        let fd = self.fd.replace(-1);
        if fd < 0 {
            return Ok(());
        }
        let (result, error) = gil::allow_threads(|| (c!(libc::close(fd)), errno()));
        // The other side's reset says nothing about this one's closing.
        if result < 0 && error != libc::ECONNRESET { Err(fail(error)) } else { Ok(()) }
    }

    /// Connect the socket to a remote address.
    #[method(signature = "($self, object, /)")]
    fn connect(&self, object: &Object) -> Result<()> {
        let address = self.address_of("connect", object)?;
        audit("socket.connect", &[self, object])?;
        let waits = self.timeout.get() > 0;
        match self.connect_to(&address)? {
            Ok(()) => Ok(()),
            Err(TIMED_OUT) if waits => Err(timed_out()),
            Err(error) => Err(fail(error)),
        }
    }

    /// This is like connect(address), but returns an error code instead of raising an exception.
    #[method(signature = "($self, object, /)")]
    fn connect_ex(&self, object: &Object) -> Result<i32> {
        let address = self.address_of("connect_ex", object)?;
        audit("socket.connect", &[self, object])?;
        Ok(self.connect_to(&address)?.err().unwrap_or(0))
    }

    /// Close the socket object without closing the underlying file descriptor, which is returned.
    #[method(signature = "($self, /)")]
    fn detach(&self) -> i32 {
        self.fd.replace(-1)
    }

    /// Return the integer file descriptor of the socket.
    #[method(signature = "($self, /)")]
    fn fileno(&self) -> i32 {
        self.fd.get()
    }

    /// Return the address of the remote endpoint.
    #[method(signature = "($self, /)")]
    fn getpeername(&self) -> Result {
        let fd = self.fd.get();
        self.named(|address| {
            let len = &raw mut address.len;
            c!(libc::getpeername(fd, address.as_mut_ptr(), len))
        })
    }

    /// Return the address of the local endpoint.
    #[method(signature = "($self, /)")]
    fn getsockname(&self) -> Result {
        let fd = self.fd.get();
        self.named(|address| {
            let len = &raw mut address.len;
            c!(libc::getsockname(fd, address.as_mut_ptr(), len))
        })
    }

    /// Get a socket option: an integer, or with a nonzero buffersize that many bytes at most.
    #[method(signature = "($self, level, option, buffersize=0, /)", hidden_signature)]
    fn getsockopt(&self, level: i32, option: i32, buffersize: Option<i32>) -> Result {
        let size = buffersize.unwrap_or(0);
        if size == 0 {
            return Ok(int(self.option(level, option)?));
        }
        if !(1..=1024).contains(&size) {
            return Err(raise!(OSError, "getsockopt buflen out of range"));
        }
        let mut value = vec![0u8; size as usize];
        let mut len = size as libc::socklen_t;
        check(c!(libc::getsockopt(self.fd.get(), level, option, value.as_mut_ptr().cast(), &mut len)))?;
        value.truncate(len as usize);
        value.into_result()
    }

    /// Set a socket option: an integer, a bytes-like object, or None with a length.
    #[method(signature = "($self, level, option, value, optlen=0, /)", hidden_signature)]
    fn setsockopt(&self, level: i32, option: i32, value: &Object, optlen: Option<u32>) -> Result<()> {
        let fd = self.fd.get();
        if let Some(len) = optlen {
            if !value.is_none() {
                return Err(raise!(TypeError, "setsockopt() takes exactly 3 arguments (4 given)"));
            }
            check(c!(libc::setsockopt(fd, level, option, std::ptr::null(), len)))?;
            return Ok(());
        }
        let number = match value.ty().nb_index().is_some() {
            true => value.index()?.to_i64().and_then(|number| i32::try_from(number).ok()),
            false => None,
        };
        if let Some(number) = number {
            let len = size_of::<i32>() as libc::socklen_t;
            check(c!(libc::setsockopt(fd, level, option, (&raw const number).cast(), len)))?;
            return Ok(());
        }
        let bytes = BytesLike::of(value)?;
        let len = bytes.len() as libc::socklen_t;
        check(c!(libc::setsockopt(fd, level, option, bytes.as_ptr().cast(), len)))?;
        Ok(())
    }

    /// Enable a server to accept connections.
    #[method(signature = "($self, backlog=min(SOMAXCONN, 128), /)", hidden_signature)]
    fn listen(&self, backlog: Option<i32>) -> Result<()> {
        let (fd, backlog) = (self.fd.get(), backlog.unwrap_or(128).max(0));
        let (result, error) = gil::allow_threads(|| (c!(libc::listen(fd, backlog)), errno()));
        if result < 0 { Err(fail(error)) } else { Ok(()) }
    }

    /// Receive up to buffersize bytes from the socket.
    #[method(signature = "($self, buffersize, flags=0, /)", hidden_signature)]
    fn recv(&self, buffersize: isize, flags: Option<i32>) -> Result<Vec<u8>> {
        if buffersize < 0 {
            return Err(raise!(ValueError, "negative buffersize in recv"));
        }
        let mut buffer = room(buffersize)?;
        let count = self.receive(&mut buffer, flags.unwrap_or(0))?;
        buffer.truncate(count);
        Ok(buffer)
    }

    /// A version of recv() that stores its data into a buffer.
    #[method(signature = "($self, /, buffer, nbytes=0, flags=0)", hidden_signature)]
    fn recv_into(
        &self,
        mut buffer: WritableBytes,
        nbytes: Option<isize>,
        flags: Option<i32>,
    ) -> Result<usize> {
        let wanted = match nbytes.unwrap_or(0) {
            count if count < 0 => return Err(raise!(ValueError, "negative buffersize in recv_into")),
            0 => buffer.len(),
            count => count as usize,
        };
        if wanted > buffer.len() {
            return Err(raise!(ValueError, "buffer too small for requested bytes"));
        }
        self.receive(&mut buffer[..wanted], flags.unwrap_or(0))
    }

    /// Like recv(buffersize, flags) but also return the sender's address info.
    #[method(signature = "($self, buffersize, flags=0, /)", hidden_signature)]
    fn recvfrom(&self, buffersize: isize, flags: Option<i32>) -> Result<(Vec<u8>, Ref)> {
        if buffersize < 0 {
            return Err(raise!(ValueError, "negative buffersize in recvfrom"));
        }
        let mut buffer = room(buffersize)?;
        let (count, from) = self.receive_from(&mut buffer, flags.unwrap_or(0))?;
        buffer.truncate(count);
        Ok((buffer, from))
    }

    /// Like recv_into(buffer[, nbytes[, flags]]) but also return the sender's address info.
    #[method(signature = "($self, /, buffer, nbytes=0, flags=0)", hidden_signature)]
    fn recvfrom_into(
        &self,
        mut buffer: WritableBytes,
        nbytes: Option<isize>,
        flags: Option<i32>,
    ) -> Result<(usize, Ref)> {
        let wanted = match nbytes.unwrap_or(0) {
            count if count < 0 => return Err(raise!(ValueError, "negative buffersize in recvfrom_into")),
            0 => buffer.len(),
            count => count as usize,
        };
        if wanted > buffer.len() {
            return Err(raise!(ValueError, "nbytes is greater than the length of the buffer"));
        }
        self.receive_from(&mut buffer[..wanted], flags.unwrap_or(0))
    }

    /// Send a data string to the socket; the number of bytes sent.
    #[method(signature = "($self, data, flags=0, /)", hidden_signature)]
    fn send(&self, data: BytesLike<'_>, flags: Option<i32>) -> Result<isize> {
        let (data, flags) = (&*data, flags.unwrap_or(0));
        self.operate(true, self.deadline(), |fd| c!(libc::send(fd, data.as_ptr().cast(), data.len(), flags)))
    }

    /// Send all of a data string to the socket.
    #[method(signature = "($self, data, flags=0, /)", hidden_signature)]
    fn sendall(&self, data: BytesLike<'_>, flags: Option<i32>) -> Result<()> {
        let (mut rest, flags) = (&*data, flags.unwrap_or(0));
        let deadline = self.deadline();
        loop {
            if deadline.is_some_and(|at| monotonic_now() >= at) {
                return Err(timed_out());
            }
            let count = self
                .operate(true, deadline, |fd| c!(libc::send(fd, rest.as_ptr().cast(), rest.len(), flags)))?;
            rest = &rest[(count as usize).min(rest.len())..];
            runtime::signal::check()?;
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    /// sendto(data[, flags], address) -> count
    ///
    /// Like send(data, flags) but allows specifying the destination address.
    #[method(signature = "($self, /, *args)", hidden_signature)]
    fn sendto(&self, args: &[&Object]) -> Result<isize> {
        let (data, flags, address) = match args {
            [data, address] => (data, 0, address),
            [data, flags, address] => (data, int_of(flags)?, address),
            _ => {
                let count = args.len();
                return Err(raise!(TypeError, "sendto() takes 2 or 3 arguments ({count} given)"));
            }
        };
        let data = Buffer::of(data)?;
        let to = self.address_of("sendto", address)?;
        audit("socket.sendto", &[self, address])?;
        let bytes = data.as_slice();
        self.operate(true, self.deadline(), |fd| {
            c!(libc::sendto(fd, bytes.as_ptr().cast(), bytes.len(), flags, to.as_ptr(), to.len))
        })
    }

    /// Set the socket to blocking (flag is true) or non-blocking (false).
    #[method(signature = "($self, object, /)")]
    fn setblocking(&self, object: bool) -> Result<()> {
        self.set_timeout_nanos(if object { -1 } else { 0 })
    }

    /// Returns True if socket is in blocking mode, or False if it is in non-blocking mode.
    #[method(signature = "($self, /)")]
    fn getblocking(&self) -> bool {
        self.timeout.get() != 0
    }

    /// Set a timeout on socket operations, in seconds; None for none.
    #[method(signature = "($self, object, /)")]
    fn settimeout(&self, object: &Object) -> Result<()> {
        let nanos = timeout_of(object)?;
        self.set_timeout_nanos(nanos)
    }

    /// Returns the timeout in seconds (float) associated with socket operations, or None.
    #[method(signature = "($self, /)")]
    fn gettimeout(&self) -> Option<f64> {
        seconds_of(self.timeout.get())
    }

    /// Shut down the reading side of the socket (SHUT_RD), the writing side (SHUT_WR), or both (SHUT_RDWR).
    #[method(signature = "($self, object, /)")]
    fn shutdown(&self, object: &Object) -> Result<()> {
        let (fd, how) = (self.fd.get(), int_of(object)?);
        let (result, error) = gil::allow_threads(|| (c!(libc::shutdown(fd, how)), errno()));
        if result < 0 { Err(fail(error)) } else { Ok(()) }
    }
}
