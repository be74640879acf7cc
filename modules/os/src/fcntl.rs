//! `fcntl`: control of descriptors, locks on files. <https://docs.python.org/3.14/library/fcntl.html>.

use runtime::modules::sys::audit;
use runtime::prelude::*;

use runtime::native::system::*;

module! {
    name: "fcntl",
    doc: "fcntl(), ioctl() and locks, on file descriptors or what has a fileno().",
    functions: [fcntl, flock, ioctl, lockf],
    exec: exec,
}

#[rustfmt::skip]
const CONSTANTS: &[(&str, i64)] = &[
    ("DN_ACCESS", 1), ("DN_ATTRIB", 32), ("DN_CREATE", 4), ("DN_DELETE", 8), ("DN_MODIFY", 2),
    ("DN_MULTISHOT", 2147483648), ("DN_RENAME", 16), ("FASYNC", 8192), ("FD_CLOEXEC", 1),
    ("FICLONE", 1074041865), ("FICLONERANGE", 1075876877), ("F_ADD_SEALS", 1033), ("F_DUPFD", 0),
    ("F_DUPFD_CLOEXEC", 1030), ("F_DUPFD_QUERY", 1027), ("F_EXLCK", 4), ("F_GETFD", 1), ("F_GETFL", 3),
    ("F_GETLEASE", 1025), ("F_GETLK", 5), ("F_GETLK64", 5), ("F_GETOWN", 9), ("F_GETOWN_EX", 16),
    ("F_GETPIPE_SZ", 1032), ("F_GETSIG", 11), ("F_GET_FILE_RW_HINT", 1037), ("F_GET_RW_HINT", 1035),
    ("F_GET_SEALS", 1034), ("F_NOTIFY", 1026), ("F_OFD_GETLK", 36), ("F_OFD_SETLK", 37), ("F_OFD_SETLKW", 38),
    ("F_OWNER_PGRP", 2), ("F_OWNER_PID", 1), ("F_OWNER_TID", 0), ("F_RDLCK", 0), ("F_SEAL_FUTURE_WRITE", 16),
    ("F_SEAL_GROW", 4), ("F_SEAL_SEAL", 1), ("F_SEAL_SHRINK", 2), ("F_SEAL_WRITE", 8), ("F_SETFD", 2),
    ("F_SETFL", 4), ("F_SETLEASE", 1024), ("F_SETLK", 6), ("F_SETLK64", 6), ("F_SETLKW", 7),
    ("F_SETLKW64", 7), ("F_SETOWN", 8), ("F_SETOWN_EX", 15), ("F_SETPIPE_SZ", 1031), ("F_SETSIG", 10),
    ("F_SET_FILE_RW_HINT", 1038), ("F_SET_RW_HINT", 1036), ("F_SHLCK", 8), ("F_UNLCK", 2), ("F_WRLCK", 1),
    ("LOCK_EX", 2), ("LOCK_MAND", 32), ("LOCK_NB", 4), ("LOCK_READ", 64), ("LOCK_RW", 192), ("LOCK_SH", 1),
    ("LOCK_UN", 8), ("LOCK_WRITE", 128), ("RWH_WRITE_LIFE_EXTREME", 5), ("RWH_WRITE_LIFE_LONG", 4),
    ("RWH_WRITE_LIFE_MEDIUM", 3), ("RWH_WRITE_LIFE_NONE", 1), ("RWH_WRITE_LIFE_NOT_SET", 0),
    ("RWH_WRITE_LIFE_SHORT", 2),
];

fn exec(module: &Module) -> Result<()> {
    constants(module, CONSTANTS)
}

/// The third argument of `fcntl` and `ioctl`.
enum Argument {
    Number(i32),
    Bytes(Vec<u8>),
}

/// The low bits of an integer of any size.
fn low_bits(object: &Object) -> Result<u64> {
    let index = object.index()?;
    match (index.to_i64(), index.to_u64()) {
        (Some(value), _) => Ok(value as u64),
        (_, Some(value)) => Ok(value),
        _ => {
            let low = index.to_bigint() & num_bigint::BigInt::from(u64::MAX);
            Ok(u64::try_from(low).unwrap_or(0))
        }
    }
}

/// The most bytes that an argument has.
const MOST: usize = 1024;

fn argument(function: &str, object: Option<&Object>) -> Result<Argument> {
    let Some(object) = object else { return Ok(Argument::Number(0)) };
    if object.ty().nb_index().is_some() {
        return Ok(Argument::Number(low_bits(object)? as i32));
    }
    let bytes = if let Some(text) = object.downcast::<Str>() {
        text.to_utf8()?.as_bytes().to_vec()
    } else if object.ty().bf_getbuffer().is_some() {
        BytesLike::of(object)?.to_vec()
    } else {
        return Err(raise!(
            TypeError,
            "{function}() argument 3 must be an integer, a bytes-like object, or a string, not {}",
            object.ty().name()
        ));
    };
    if bytes.len() > MOST {
        return Err(raise!(ValueError, "{function} argument 3 is too long"));
    }
    Ok(Argument::Bytes(bytes))
}

/// Room for what the system writes: it may believe that there is more than was given.
fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut buffer = bytes.to_vec();
    buffer.resize(MOST + 1, 0);
    buffer
}

/// Perform the operation `cmd` on file descriptor fd.
///
/// The values used for `cmd` are operating system dependent, and are available
/// as constants in the fcntl module, using the same names as used in the relevant
/// C header files.  The argument arg is optional, and defaults to 0; it may be an
/// int or a string.  If arg is given as a string, the return value of fcntl is a
/// string of that length, containing the resulting value put in the arg buffer
/// by the operating system.  If the arg given is an integer or if none is specified,
/// the result value is an integer corresponding to the return value of the fcntl
/// call in the C code.
#[function(signature = "($module, fd, cmd, arg=0, /)")]
fn fcntl(_module: &Module, fd: &Object, cmd: i32, arg: Option<&Object>) -> Result {
    let fd = fileno(fd)?;
    let shown = arg.map_or_else(none, |arg| arg.to_ref());
    audit("fcntl.fcntl", &[&Int::new(fd.into()), &Int::new(cmd.into()), &shown])?;
    match argument("fcntl", arg)? {
        Argument::Number(number) => Ok(int(run(|| c!(libc::fcntl(fd, cmd, number)))?)),
        Argument::Bytes(bytes) => {
            let mut buffer = padded(&bytes);
            run(|| c!(libc::fcntl(fd, cmd, buffer.as_mut_ptr())))?;
            buffer.truncate(bytes.len());
            buffer.into_result()
        }
    }
}

/// Perform the operation request on file descriptor fd.
///
/// A mutable buffer as argument gets what the operating system writes, unless
/// mutate_flag is false; the result is then the system call's.  For other
/// buffers and strings the result is a bytes object, for integers the system
/// call's result.
#[function(signature = "($module, fd, request, arg=0, mutate_flag=True, /)")]
fn ioctl(
    _module: &Module,
    fd: &Object,
    request: &Object,
    arg: Option<&Object>,
    mutate_flag: Option<bool>,
) -> Result {
    let fd = fileno(fd)?;
    let request = low_bits(request)?;
    let shown = arg.map_or_else(none, |arg| arg.to_ref());
    audit("fcntl.ioctl", &[&Int::new(fd.into()), &Int::from_u64(request), &shown])?;
    if let Some(object) = arg.filter(|arg| arg.ty().nb_index().is_none() && arg.ty().bf_getbuffer().is_some())
        && mutate_flag.unwrap_or(true)
    {
        match runtime::native::buffer::Buffer::acquire(object, WRITABLE) {
            Ok(lent) => {
                let (at, len) = (lent.view().buf as usize, lent.view().len as usize);
                if len > MOST {
                    return Ok(int(run(|| c!(libc::ioctl(fd, request, at as *mut u8)))?));
                }
                let mut buffer = padded(lent.as_slice());
                let result = run(|| c!(libc::ioctl(fd, request, buffer.as_mut_ptr())))?;
                c!(std::ptr::copy_nonoverlapping(buffer.as_ptr(), at as *mut u8, len));
                return Ok(int(result));
            }
            Err(raised) => raised.clear(),
        }
    }
    match argument("ioctl", arg)? {
        Argument::Number(number) => Ok(int(run(|| c!(libc::ioctl(fd, request, number)))?)),
        Argument::Bytes(bytes) => {
            let mut buffer = padded(&bytes);
            run(|| c!(libc::ioctl(fd, request, buffer.as_mut_ptr())))?;
            buffer.truncate(bytes.len());
            buffer.into_result()
        }
    }
}

const WRITABLE: i32 = 1;

/// Perform the lock operation `operation` on file descriptor fd.
#[function(signature = "($module, fd, operation, /)")]
fn flock(_module: &Module, fd: &Object, operation: i32) -> Result<()> {
    let fd = fileno(fd)?;
    audit("fcntl.flock", &[&Int::new(fd.into()), &Int::new(operation.into())])?;
    run(|| c!(libc::flock(fd, operation)))?;
    Ok(())
}

fn position(object: Option<&Object>) -> Result<i64> {
    match object {
        None => Ok(0),
        Some(object) => object
            .index()?
            .to_i64()
            .ok_or_else(|| raise!(OverflowError, "Python int too large to convert to C long")),
    }
}

/// A wrapper around the fcntl() locking calls.
///
/// fd is the file descriptor of the file to lock or unlock, and cmd is one of
/// LOCK_UN, LOCK_SH, LOCK_EX, the latter two with or without LOCK_NB.
/// len is the number of bytes to lock, start the byte offset at which the lock
/// begins, relative to whence: 0, the beginning of the file; 1, the current
/// position; 2, the end of the file.
#[function(signature = "($module, fd, cmd, len=0, start=0, whence=0, /)")]
fn lockf(
    _module: &Module,
    fd: &Object,
    cmd: i32,
    len: Option<&Object>,
    start: Option<&Object>,
    whence: Option<i32>,
) -> Result<()> {
    let fd = fileno(fd)?;
    let (shown_len, shown_start) =
        (len.map_or_else(none, |len| len.to_ref()), start.map_or_else(none, |start| start.to_ref()));
    let (shown_fd, shown_cmd, whence) = (Int::new(fd.into()), Int::new(cmd.into()), whence.unwrap_or(0));
    audit("fcntl.lockf", &[&shown_fd, &shown_cmd, &shown_len, &shown_start, &Int::new(whence.into())])?;
    let kind = if cmd == libc::LOCK_UN {
        libc::F_UNLCK
    } else if cmd & libc::LOCK_SH != 0 {
        libc::F_RDLCK
    } else if cmd & libc::LOCK_EX != 0 {
        libc::F_WRLCK
    } else {
        return Err(raise!(ValueError, "unrecognized lockf argument"));
    };
    let mut lock: libc::flock = zeroed();
    lock.l_type = kind as libc::c_short;
    lock.l_start = position(start)?;
    lock.l_len = position(len)?;
    lock.l_whence = whence as libc::c_short;
    let operation = if cmd & libc::LOCK_NB != 0 { libc::F_SETLK } else { libc::F_SETLKW };
    run(|| c!(libc::fcntl(fd, operation, &lock)))?;
    Ok(())
}
