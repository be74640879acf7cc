//! File descriptors: opening, reading, writing, duplicating, pipes, terminals, locks, events.

use super::*;

/// Open a file for low level IO.  Returns a file descriptor (integer).
///
/// If dir_fd is not None, it should be a file descriptor open to a directory,
///   and path should be relative; path will then be relative to that directory.
/// dir_fd may not be implemented on your platform.
///   If it is unavailable, using it will raise a NotImplementedError.
#[function(signature = "(path, flags, mode=511, *, dir_fd=None)")]
pub fn open(path: &Object, flags: i32, mode: Option<i32>, dir_fd: Option<&Object>) -> Result<i32> {
    let path = Path::new("open", "path", path)?;
    let (dir_fd, mode) = (super::dir_fd(dir_fd)?, mode.unwrap_or(0o777));
    let text = &path.text;
    path.run(|| c!(libc::openat(dir_fd, text.as_ptr(), flags | libc::O_CLOEXEC, mode as libc::mode_t)))
}

/// Close a file descriptor.
#[function(signature = "(fd)")]
pub fn close(fd: i32) -> Result<()> {
    let (result, error) = gil::allow_threads(|| (c!(libc::close(fd)), errno()));
    if result < 0 && error != libc::EINTR { Err(fail(error)) } else { Ok(()) }
}

/// Closes all file descriptors in [fd_low, fd_high), ignoring errors.
#[function(signature = "(fd_low, fd_high, /)")]
pub fn closerange(fd_low: i32, fd_high: i32) {
    let (low, high) = (fd_low.max(0), fd_high);
    if high > low {
        gil::allow_threads(|| c!(libc::syscall(libc::SYS_close_range, low as u32, (high - 1) as u32, 0)));
    }
}

/// Return a duplicate of a file descriptor.
#[function(signature = "(fd, /)")]
pub fn dup(fd: i32) -> Result<i32> {
    check(c!(libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0)))
}

/// Duplicate file descriptor.
#[function(signature = "(fd, fd2, inheritable=True)")]
pub fn dup2(fd: i32, fd2: i32, inheritable: Option<bool>) -> Result<i32> {
    if fd < 0 || fd2 < 0 {
        return Err(fail(libc::EBADF));
    }
    if inheritable.unwrap_or(true) || fd == fd2 {
        return run(|| c!(libc::dup2(fd, fd2)));
    }
    run(|| c!(libc::dup3(fd, fd2, libc::O_CLOEXEC)))
}

/// Set the position of a file descriptor.  Return the new position.
#[function(signature = "(fd, position, whence, /)")]
pub fn lseek(fd: i32, position: i64, whence: i32) -> Result<i64> {
    run(|| c!(libc::lseek(fd, position, whence)))
}

/// Read from a file descriptor.  Returns a bytes object.
#[function(signature = "(fd, length, /)")]
pub fn read(fd: i32, length: isize) -> Result<Vec<u8>> {
    if length < 0 {
        return Err(fail(libc::EINVAL));
    }
    let mut buffer = room(length)?;
    let count = run(|| c!(libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len())))?;
    buffer.truncate(count as usize);
    Ok(buffer)
}

/// Memory for reading, at most what one system call fills.
pub fn room(length: isize) -> Result<Vec<u8>> {
    let length = (length as usize).min(0x7fff_f000);
    let mut buffer = Vec::new();
    if buffer.try_reserve_exact(length).is_err() {
        return Err(runtime::errors::no_memory());
    }
    buffer.resize(length, 0);
    Ok(buffer)
}

/// Read into a buffer object from a file descriptor.
#[function(signature = "(fd, buffer, /)")]
pub fn readinto(fd: i32, mut buffer: WritableBytes) -> Result<isize> {
    let buffer: &mut [u8] = &mut buffer;
    run(|| c!(libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len())))
}

/// Write a bytes object to a file descriptor.
#[function(signature = "(fd, data, /)")]
pub fn write(fd: i32, data: BytesLike<'_>) -> Result<isize> {
    let data: &[u8] = &data;
    run(|| c!(libc::write(fd, data.as_ptr().cast(), data.len())))
}

/// Read a number of bytes from a file descriptor starting at a particular offset.
#[function(signature = "(fd, length, offset, /)")]
pub fn pread(fd: i32, length: isize, offset: i64) -> Result<Vec<u8>> {
    if length < 0 {
        return Err(fail(libc::EINVAL));
    }
    let mut buffer = room(length)?;
    let count = run(|| c!(libc::pread(fd, buffer.as_mut_ptr().cast(), buffer.len(), offset)))?;
    buffer.truncate(count as usize);
    Ok(buffer)
}

/// Write bytes to a file descriptor starting at a particular offset.
#[function(signature = "(fd, buffer, offset, /)")]
pub fn pwrite(fd: i32, buffer: BytesLike<'_>, offset: i64) -> Result<isize> {
    let data: &[u8] = &buffer;
    run(|| c!(libc::pwrite(fd, data.as_ptr().cast(), data.len(), offset)))
}

/// Buffers for vectored I/O, by address and length; they stay lent while this lives.
struct Vectors {
    _lent: Vec<runtime::native::buffer::Buffer>,
    parts: Vec<(usize, usize)>,
}

impl Vectors {
    fn new(function: &str, buffers: &Object, flags: i32) -> Result<Vectors> {
        if !buffers.is_sequence() {
            return Err(raise!(TypeError, "{function}() arg 2 must be a sequence"));
        }
        let (mut lent, mut parts) = (Vec::new(), Vec::new());
        for item in buffers.collect()? {
            let buffer = runtime::native::buffer::Buffer::acquire(&item, flags)?;
            parts.push((buffer.view().buf as usize, buffer.view().len as usize));
            lent.push(buffer);
        }
        Ok(Vectors { _lent: lent, parts })
    }
}

fn vectored(
    vectors: &Vectors,
    mut body: impl FnMut(*const libc::iovec, i32) -> isize + Send,
) -> Result<isize> {
    let parts = &vectors.parts;
    run(|| {
        let parts: Vec<libc::iovec> = parts
            .iter()
            .map(|(base, len)| libc::iovec { iov_base: *base as *mut libc::c_void, iov_len: *len })
            .collect();
        body(parts.as_ptr(), parts.len() as i32)
    })
}

/// Read from a file descriptor fd into an iterable of buffers.
#[function(signature = "(fd, buffers, /)")]
pub fn readv(fd: i32, buffers: &Object) -> Result<isize> {
    let vectors = Vectors::new("readv", buffers, WRITABLE)?;
    vectored(&vectors, |parts, count| c!(libc::readv(fd, parts, count)))
}

const WRITABLE: i32 = 1;

/// Iterate over buffers, and write the contents of each to a file descriptor.
#[function(signature = "(fd, buffers, /)")]
pub fn writev(fd: i32, buffers: &Object) -> Result<isize> {
    let vectors = Vectors::new("writev", buffers, 0)?;
    vectored(&vectors, |parts, count| c!(libc::writev(fd, parts, count)))
}

/// Reads from a file descriptor into a number of mutable bytes-like objects.
#[function(signature = "(fd, buffers, offset, flags=0, /)")]
pub fn preadv(fd: i32, buffers: &Object, offset: i64, flags: Option<i32>) -> Result<isize> {
    let vectors = Vectors::new("preadv2", buffers, WRITABLE)?;
    let flags = flags.unwrap_or(0);
    vectored(&vectors, |parts, count| c!(libc::preadv2(fd, parts, count, offset, flags)))
}

/// Writes the contents of bytes-like objects to a file descriptor at a given offset.
#[function(signature = "(fd, buffers, offset, flags=0, /)")]
pub fn pwritev(fd: i32, buffers: &Object, offset: i64, flags: Option<i32>) -> Result<isize> {
    let vectors = Vectors::new("pwritev2", buffers, 0)?;
    let flags = flags.unwrap_or(0);
    vectored(&vectors, |parts, count| c!(libc::pwritev2(fd, parts, count, offset, flags)))
}

/// Copy count bytes from file descriptor in_fd to file descriptor out_fd.
#[function(signature = "(out_fd, in_fd, offset, count)")]
pub fn sendfile(out_fd: i32, in_fd: i32, offset: &Object, count: isize) -> Result<isize> {
    let mut position = if offset.is_none() { None } else { Some(to_i64(offset)?) };
    run(|| {
        let position = position.as_mut().map_or(std::ptr::null_mut(), |position| position as *mut i64);
        c!(libc::sendfile(out_fd, in_fd, position, count as usize))
    })
}

fn to_i64(object: &Object) -> Result<i64> {
    object.index()?.to_i64().ok_or_else(|| raise!(OverflowError, "Python int too large to convert to C long"))
}

fn offset(object: Option<&Object>) -> Result<Option<i64>> {
    object.filter(|object| !object.is_none()).map(to_i64).transpose()
}

/// Copy count bytes from one file descriptor to another.
#[function(signature = "(src, dst, count, offset_src=None, offset_dst=None)")]
pub fn copy_file_range(
    src: i32,
    dst: i32,
    count: isize,
    offset_src: Option<&Object>,
    offset_dst: Option<&Object>,
) -> Result<isize> {
    if count < 0 {
        return Err(raise!(ValueError, "negative value for 'count' not allowed"));
    }
    let (mut from, mut to) = (offset(offset_src)?, offset(offset_dst)?);
    run(|| {
        let from = from.as_mut().map_or(std::ptr::null_mut(), |from| from as *mut i64);
        let to = to.as_mut().map_or(std::ptr::null_mut(), |to| to as *mut i64);
        c!(libc::copy_file_range(src, from, dst, to, count as usize, 0))
    })
}

/// Transfer count bytes from one pipe to a descriptor or vice versa without copying.
#[function(signature = "(src, dst, count, offset_src=None, offset_dst=None, flags=0)")]
pub fn splice(
    src: i32,
    dst: i32,
    count: isize,
    offset_src: Option<&Object>,
    offset_dst: Option<&Object>,
    flags: Option<u32>,
) -> Result<isize> {
    if count < 0 {
        return Err(raise!(ValueError, "negative value for 'count' not allowed"));
    }
    let (mut from, mut to) = (offset(offset_src)?, offset(offset_dst)?);
    let flags = flags.unwrap_or(0);
    run(|| {
        let from = from.as_mut().map_or(std::ptr::null_mut(), |from| from as *mut i64);
        let to = to.as_mut().map_or(std::ptr::null_mut(), |to| to as *mut i64);
        c!(libc::splice(src, from, dst, to, count as usize, flags))
    })
}

/// Truncate a file, specified by file descriptor, to a specific length.
#[function(signature = "(fd, length, /)")]
pub fn ftruncate(fd: i32, length: i64) -> Result<()> {
    run(|| c!(libc::ftruncate(fd, length)))?;
    Ok(())
}

/// Force write of fd to disk.
#[function(signature = "(fd)")]
pub fn fsync(fd: &Object) -> Result<()> {
    let fd = fileno(fd)?;
    run(|| c!(libc::fsync(fd)))?;
    Ok(())
}

/// Force write of fd to disk without forcing update of metadata.
#[function(signature = "(fd)")]
pub fn fdatasync(fd: &Object) -> Result<()> {
    let fd = fileno(fd)?;
    run(|| c!(libc::fdatasync(fd)))?;
    Ok(())
}

/// Force write of everything to disk.
#[function(signature = "()")]
pub fn sync() {
    gil::allow_threads(|| c!(libc::sync()));
}

/// Apply, test or remove a POSIX lock on an open file descriptor.
#[function(signature = "(fd, command, length, /)")]
pub fn lockf(fd: i32, command: i32, length: i64) -> Result<()> {
    run(|| c!(libc::lockf(fd, command, length)))?;
    Ok(())
}

/// Ensure a file has allocated at least a particular number of bytes on disk.
#[function(signature = "(fd, offset, length, /)")]
pub fn posix_fallocate(fd: i32, offset: i64, length: i64) -> Result<()> {
    match gil::allow_threads(|| c!(libc::posix_fallocate(fd, offset, length))) {
        0 => Ok(()),
        error => Err(fail(error)),
    }
}

/// Announce an intention to access data in a specific pattern.
#[function(signature = "(fd, offset, length, advice, /)")]
pub fn posix_fadvise(fd: i32, offset: i64, length: i64, advice: i32) -> Result<()> {
    match gil::allow_threads(|| c!(libc::posix_fadvise(fd, offset, length, advice))) {
        0 => Ok(()),
        error => Err(fail(error)),
    }
}

/// Create a pipe.
#[function(signature = "()")]
pub fn pipe() -> Result<(i32, i32)> {
    pipe2(libc::O_CLOEXEC)
}

/// Create a pipe with flags set atomically.
#[function(signature = "(flags, /)")]
pub fn pipe2(flags: i32) -> Result<(i32, i32)> {
    let mut ends = [0; 2];
    check(c!(libc::pipe2(ends.as_mut_ptr(), flags)))?;
    Ok((ends[0], ends[1]))
}

/// Return True if the fd is connected to a terminal.
#[function(signature = "(fd, /)")]
pub fn isatty(fd: i32) -> bool {
    gil::allow_threads(|| c!(libc::isatty(fd))) != 0
}

/// Return the name of the terminal device connected to 'fd'.
#[function(signature = "(fd, /)")]
pub fn ttyname(fd: i32) -> Result<Ref<Str>> {
    let mut name = [0 as libc::c_char; 512];
    match c!(libc::ttyname_r(fd, name.as_mut_ptr(), name.len())) {
        0 => Ok(c!(decode_c(name.as_ptr()))),
        error => Err(fail(error)),
    }
}

/// Get the close-on-exe flag of the specified file descriptor.
#[function(signature = "(fd, /)")]
pub fn get_inheritable(fd: i32) -> Result<bool> {
    Ok(check(c!(libc::fcntl(fd, libc::F_GETFD)))? & libc::FD_CLOEXEC == 0)
}

/// Set the inheritable flag of the specified file descriptor.
#[function(signature = "(fd, inheritable, /)")]
pub fn set_inheritable(fd: i32, inheritable: i32) -> Result<()> {
    let flags = check(c!(libc::fcntl(fd, libc::F_GETFD)))?;
    let new = if inheritable != 0 { flags & !libc::FD_CLOEXEC } else { flags | libc::FD_CLOEXEC };
    check(c!(libc::fcntl(fd, libc::F_SETFD, new)))?;
    Ok(())
}

/// Get the blocking mode of the file descriptor.
#[function(signature = "(fd, /)")]
pub fn get_blocking(fd: i32) -> Result<bool> {
    Ok(check(c!(libc::fcntl(fd, libc::F_GETFL)))? & libc::O_NONBLOCK == 0)
}

/// Set the blocking mode of the specified file descriptor.
#[function(signature = "(fd, blocking, /)")]
pub fn set_blocking(fd: i32, blocking: bool) -> Result<()> {
    let flags = check(c!(libc::fcntl(fd, libc::F_GETFL)))?;
    let new = if blocking { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK };
    check(c!(libc::fcntl(fd, libc::F_SETFL, new)))?;
    Ok(())
}

/// Return the size of the terminal window as (columns, lines).
#[function(signature = "(fd=<unrepresentable>, /)")]
pub fn get_terminal_size(fd: Option<i32>) -> Result {
    let fd = fd.unwrap_or(1);
    let mut size: libc::winsize = zeroed();
    check(c!(libc::ioctl(fd, libc::TIOCGWINSZ, &mut size)))?;
    sequence("os.terminal_size", vec![int(size.ws_col), int(size.ws_row)])
}

/// Return a string describing the encoding of a terminal's file descriptor.
#[function(signature = "(fd)")]
pub fn device_encoding(fd: i32) -> Option<&'static str> {
    (c!(libc::isatty(fd)) != 0).then_some("UTF-8")
}

/// Return the process group associated with the terminal specified by fd.
#[function(signature = "(fd, /)")]
pub fn tcgetpgrp(fd: i32) -> Result<i32> {
    check(c!(libc::tcgetpgrp(fd)))
}

/// Set the process group associated with the terminal specified by fd.
#[function(signature = "(fd, pgid, /)")]
pub fn tcsetpgrp(fd: i32, pgid: i32) -> Result<()> {
    check(c!(libc::tcsetpgrp(fd, pgid)))?;
    Ok(())
}

/// Open a pseudo-terminal, returning open fd's for both master and slave end.
#[function(signature = "()")]
pub fn openpty() -> Result<(i32, i32)> {
    let (mut master, mut slave) = (0, 0);
    let nothing = std::ptr::null_mut();
    check(c!(libc::openpty(&mut master, &mut slave, nothing, std::ptr::null_mut(), std::ptr::null_mut())))?;
    set_inheritable(master, 0)?;
    set_inheritable(slave, 0)?;
    Ok((master, slave))
}

/// Prepare the tty of which fd is a file descriptor for a new login session.
#[function(signature = "(fd, /)")]
pub fn login_tty(fd: i32) -> Result<()> {
    check(c!(libc::login_tty(fd)))?;
    Ok(())
}

/// Open and return a file descriptor for a master pseudo-terminal device.
#[function(signature = "(oflag, /)")]
pub fn posix_openpt(oflag: i32) -> Result<i32> {
    check(c!(libc::posix_openpt(oflag | libc::O_CLOEXEC)))
}

/// Grant access to the slave pseudo-terminal device.
#[function(signature = "(fd, /)")]
pub fn grantpt(fd: i32) -> Result<()> {
    check(c!(libc::grantpt(fd)))?;
    Ok(())
}

/// Unlock a pseudo-terminal master/slave pair.
#[function(signature = "(fd, /)")]
pub fn unlockpt(fd: i32) -> Result<()> {
    check(c!(libc::unlockpt(fd)))?;
    Ok(())
}

/// Return the name of the slave pseudo-terminal device.
#[function(signature = "(fd, /)")]
pub fn ptsname(fd: i32) -> Result<Ref<Str>> {
    let mut name = [0 as libc::c_char; 512];
    match c!(libc::ptsname_r(fd, name.as_mut_ptr(), name.len())) {
        0 => Ok(c!(decode_c(name.as_ptr()))),
        error => Err(fail(error)),
    }
}

/// Create an anonymous file and return a file descriptor that refers to it.
#[function(signature = "(name, flags=MFD_CLOEXEC)")]
pub fn memfd_create(name: &Object, flags: Option<u32>) -> Result<i32> {
    let name = fs_string(name)?;
    let flags = flags.unwrap_or(libc::MFD_CLOEXEC);
    run(|| c!(libc::memfd_create(name.as_ptr(), flags)))
}

/// Creates and returns an event notification file descriptor.
#[function(signature = "(initval, flags=EFD_CLOEXEC)")]
pub fn eventfd(initval: u32, flags: Option<i32>) -> Result<i32> {
    check(c!(libc::eventfd(initval, flags.unwrap_or(libc::EFD_CLOEXEC))))
}

/// Read eventfd value
#[function(signature = "(fd)")]
pub fn eventfd_read(fd: &Object) -> Result<u64> {
    let fd = fileno(fd)?;
    let mut value = 0u64;
    run(|| c!(libc::eventfd_read(fd, &mut value)))?;
    Ok(value)
}

/// Write eventfd value.
#[function(signature = "(fd, value)")]
pub fn eventfd_write(fd: &Object, value: u64) -> Result<()> {
    let fd = fileno(fd)?;
    run(|| c!(libc::eventfd_write(fd, value)))?;
    Ok(())
}
